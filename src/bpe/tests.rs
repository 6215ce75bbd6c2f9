use std::sync::LazyLock;

use tiktoken_rs::CoreBPE;

use super::*;

pub fn oracle(encoding: Encoding) -> &'static CoreBPE {
    static ALL: LazyLock<Vec<CoreBPE>> = LazyLock::new(|| {
        vec![
            tiktoken_rs::r50k_base().unwrap(),
            tiktoken_rs::p50k_base().unwrap(),
            tiktoken_rs::cl100k_base().unwrap(),
            tiktoken_rs::o200k_base().unwrap(),
        ]
    });
    match encoding {
        Encoding::R50k => &ALL[0],
        Encoding::P50k | Encoding::P50kEdit => &ALL[1],
        Encoding::Cl100k => &ALL[2],
        Encoding::O200k | Encoding::O200kHarmony => &ALL[3],
    }
}

/// xorshift64*
pub struct Random(pub u64);
impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }
}

#[track_caller]
fn check(encoding: Encoding, text: &str) {
    let mut ids = Vec::new();
    encode(encoding, text.as_bytes(), &mut ids);
    let expected = oracle(encoding).encode_ordinary(text);
    assert_eq!(ids, expected, "{} {text:?}", encoding.name());
    assert_eq!(
        count(encoding, text.as_bytes()),
        expected.len() as u64,
        "{} {text:?}",
        encoding.name()
    );
}

const PARTS: &[&str] = &[
    "a",
    "b",
    "s",
    "S",
    "t",
    "T",
    "re",
    "RE",
    "ve",
    "ll",
    "LL",
    "lL",
    "d",
    "m",
    "M",
    "ſ",
    "K",
    "K",
    "'",
    "'",
    "'s",
    "'ll",
    "'ſ",
    "’",
    "'t",
    "'Re",
    " ",
    " ",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{3000}",
    "\u{200b}",
    "\u{feff}",
    "1",
    "12",
    "٣",
    "Ⅷ",
    "²",
    "½",
    "3456",
    ".",
    ",",
    "/",
    "//",
    "-",
    "=",
    "!!",
    "(",
    ")",
    "{",
    "\"",
    "_",
    "é",
    "É",
    "ß",
    "Ж",
    "ж",
    "слово",
    "Слово",
    "中",
    "文字",
    "。",
    "ひ",
    "カ",
    "한국",
    "ع",
    "العربية",
    "א",
    "ก",
    "नमस्ते",
    "\u{301}",
    "\u{301}\u{302}",
    "ǅ",
    "ʰ",
    "ª",
    "😀",
    "👨\u{200d}👩\u{200d}👧",
    "🇩🇪",
    "👍🏽",
    "\u{fe0f}",
    "\u{e000}",
    "\u{378}",
    "\u{10ffff}",
    "\u{0}",
    "\u{7f}",
    "\u{1c}",
    "\u{ad}",
    "hello",
    "World",
    "HTML",
    "Parser",
    "camelCase",
    "the",
    " the",
    "function",
    "    ",
    "<|endoftext|>",
    "A",
    "Z",
    "AA",
    "ǅAa",
    "ᾼ",
    "Ⓐ",
    "ⓐ",
    "〇",
];

pub fn generated(random: &mut Random, parts: usize) -> String {
    (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect()
}

#[test]
fn generated_text() {
    let mut random = Random(1);
    for encoding in [Encoding::R50k, Encoding::P50k, Encoding::Cl100k, Encoding::O200k] {
        for _ in 0..20000 {
            let n = 1 + random.below(12);
            check(encoding, &generated(&mut random, n));
        }
    }
}

#[test]
fn every_token() {
    for encoding in Encoding::ALL {
        let mut n = 0;
        for id in 0..202_000 {
            let expected = oracle(encoding).decode_bytes(&[id]).ok();
            let bytes = token(encoding, id);
            if id < 50256 {
                assert_eq!(bytes, expected.as_deref());
            }
            if let Some(bytes) = bytes {
                n += 1;
                if let Ok(text) = std::str::from_utf8(bytes) {
                    check(encoding, text);
                }
            }
        }
        dbg!(n);
    }
}

#[test]
fn streamed() {
    let mut random = Random(2);
    for encoding in [Encoding::R50k, Encoding::P50k, Encoding::Cl100k, Encoding::O200k] {
        for _ in 0..3000 {
            let n = 1 + random.below(12);
            let mut text = generated(&mut random, n).into_bytes();
            if random.below(3) == 0 {
                let at = random.below(text.len());
                text[at] = 0xFF;
            }
            if random.below(3) == 0 {
                let at = random.below(text.len());
                text.remove(at);
            }
            let expected = count(encoding, &text);
            for limit in [16, 23, 40] {
                for split in 0..=text.len() {
                    let mut counter = Counter::with_limit(encoding, limit);
                    counter.push(&text[..split]);
                    counter.push(&text[split..]);
                    assert_eq!(
                        counter.finish(),
                        expected,
                        "{} {:?} {limit} {split}",
                        encoding.name(),
                        String::from_utf8_lossy(&text)
                    );
                }
            }
            for split in 0..=text.len() {
                let cut = safe_cut(encoding, &text[..split]);
                assert_eq!(
                    count(encoding, &text[..cut]) + count(encoding, &text[cut..]),
                    expected,
                    "{} {:?} {cut}",
                    encoding.name(),
                    String::from_utf8_lossy(&text)
                );
            }
        }
    }
}

/// What once was counted wrongly, sixty-four bytes at a time.
#[test]
fn once_counted_wrongly() {
    for text in ["T'\u{17f}'Rem and more. ".repeat(20), "IT'\u{17f} 'LL\u{17f}".repeat(20)] {
        for encoding in Encoding::ALL {
            check(encoding, &text);
        }
    }
}
