//! The tokenizer against tiktoken-rs, on seeded text of what the patterns care about.

use std::sync::LazyLock;

use tiktoken_rs::CoreBPE;

use super::*;

/// Those that cut and merge in ways of their own; the others share their tables.
pub const DISTINCT: [Encoding; 4] =
    [Encoding::R50k, Encoding::P50k, Encoding::Cl100k, Encoding::O200k];

pub fn oracle(encoding: Encoding) -> &'static CoreBPE {
    static ALL: LazyLock<[CoreBPE; 4]> = LazyLock::new(|| {
        [
            tiktoken_rs::r50k_base().expect("r50k_base"),
            tiktoken_rs::p50k_base().expect("p50k_base"),
            tiktoken_rs::cl100k_base().expect("cl100k_base"),
            tiktoken_rs::o200k_base().expect("o200k_base"),
        ]
    });
    match encoding {
        Encoding::R50k => &ALL[0],
        Encoding::P50k | Encoding::P50kEdit => &ALL[1],
        Encoding::Cl100k => &ALL[2],
        Encoding::O200k | Encoding::O200kHarmony => &ALL[3],
    }
}

/// A small generator of numbers (xorshift64*), the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }
}

/// Contractions in all foldings, white space of all kinds, numbers, symbols, scripts, marks,
/// emoji with joiners, private use, unassigned, control characters, words by case.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "a", "b", "s", "S", "t", "T", "re", "RE", "ve", "ll", "LL", "lL", "d", "m", "M", "ſ", "K",
    "K", "'", "'", "'s", "'ll", "'ſ", "’", "'t", "'Re", " ", " ", " ", "  ", "\t", "\n", "\r\n",
    "\r", "\n\n", "\u{b}", "\u{c}", "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}", "\u{200b}",
    "\u{feff}", "1", "12", "٣", "Ⅷ", "²", "½", "3456", ".", ",", "/", "//", "-", "=", "!!", "(",
    ")", "{", "\"", "_", "é", "É", "ß", "Ж", "ж", "слово", "Слово", "中", "文字", "。", "ひ", "カ",
    "한국", "ع", "العربية", "א", "ก", "नमस्ते", "\u{301}", "\u{301}\u{302}", "ǅ", "ʰ", "ª", "😀",
    "👨\u{200d}👩\u{200d}👧", "🇩🇪", "👍🏽", "\u{fe0f}", "\u{e000}", "\u{378}", "\u{10ffff}", "\u{0}",
    "\u{7f}", "\u{1c}", "\u{ad}", "hello", "World", "HTML", "Parser", "camelCase", "the", " the",
    "function", "    ", "<|endoftext|>", "A", "Z", "AA", "ǅAa", "ᾼ", "Ⓐ", "ⓐ", "〇",
];

/// So many of the parts, at random.
pub fn generated(random: &mut Random, parts: usize) -> String {
    (0..parts).map(|_| PARTS[random.below(PARTS.len())]).collect()
}

/// The same, with a byte missing or spoiled now and then.
fn spoiled(random: &mut Random, parts: usize) -> Vec<u8> {
    let mut text = generated(random, parts).into_bytes();
    let at = random.below(text.len());
    match random.below(4) {
        0 => text[at] = 0xFF,
        1 => drop(text.remove(at)),
        _ => {}
    }
    text
}

#[track_caller]
pub fn check(encoding: Encoding, text: &str) {
    let expected = oracle(encoding).encode_ordinary(text);
    let about = || {
        let start: String = text.chars().take(300).collect();
        format!("{}: {start:?}", encoding.name())
    };
    let mut ids = Vec::new();
    encode(encoding, text.as_bytes(), &mut ids);
    assert!(ids == expected, "{}", about());
    assert_eq!(count(encoding, text.as_bytes()), expected.len() as u64, "{}", about());
}

#[test]
fn generated_text() {
    let mut random = Random(1);
    for encoding in DISTINCT {
        for _ in 0..5000 {
            let parts = 1 + random.below(12);
            check(encoding, &generated(&mut random, parts));
        }
        for _ in 0..300 {
            check(encoding, &generated(&mut random, 300));
        }
    }
}

/// Every token that is text, alone.
#[test]
fn every_token() {
    for encoding in Encoding::ALL {
        let ordinary = encoding.parts().0.end;
        for id in 0..ordinary {
            let bytes = token(encoding, id);
            // The place of <|endoftext|> among the tokens of p50k.
            if bytes != special(encoding.specials(), id) {
                assert_eq!(bytes, oracle(encoding).decode_bytes(&[id]).ok().as_deref());
            }
            if let Some(Ok(text)) = bytes.map(std::str::from_utf8) {
                check(encoding, text);
            }
        }
    }
}

#[test]
fn special_tokens_have_names() {
    for (encoding, id, name) in [
        (Encoding::R50k, 50_256, "<|endoftext|>"),
        (Encoding::P50kEdit, 50_283, "<|fim_suffix|>"),
        (Encoding::Cl100k, 100_257, "<|endoftext|>"),
        (Encoding::Cl100k, 100_276, "<|endofprompt|>"),
        (Encoding::O200k, 200_018, "<|endofprompt|>"),
        (Encoding::O200kHarmony, 200_006, "<|start|>"),
    ] {
        assert_eq!(token(encoding, id), Some(name.as_bytes()), "{}", encoding.name());
    }
    assert_eq!(token(Encoding::R50k, 50_257), None);
    assert_eq!(token(Encoding::O200k, u32::MAX), None);
}

/// A text pushed in two parts counts as its whole does, wherever it is parted, however little
/// is kept.
#[test]
fn every_split_of_a_stream() {
    let mut random = Random(2);
    for encoding in DISTINCT {
        for _ in 0..1000 {
            let parts = 1 + random.below(12);
            let text = spoiled(&mut random, parts);
            let expected = count(encoding, &text);
            for limit in [16, 23, 40] {
                for split in 0..=text.len() {
                    let mut counter = Counter::with_limit(encoding, limit);
                    counter.push(&text[..split]);
                    counter.push(&text[split..]);
                    assert_eq!(
                        counter.finish(),
                        expected,
                        "{}: {:?}, {limit} kept, parted at {split}",
                        encoding.name(),
                        text.escape_ascii().to_string()
                    );
                }
            }
        }
    }
}

/// What is before a safe cut and what is after it count as the whole does.
#[test]
fn every_safe_cut() {
    let mut random = Random(3);
    for encoding in DISTINCT {
        for _ in 0..1000 {
            let parts = 1 + random.below(12);
            let text = spoiled(&mut random, parts);
            for split in 0..=text.len() {
                let cut = safe_cut(encoding, &text[..split]);
                assert_eq!(
                    count(encoding, &text[..cut]) + count(encoding, &text[cut..]),
                    count(encoding, &text),
                    "{}: {:?}, cut at {cut}",
                    encoding.name(),
                    text.escape_ascii().to_string()
                );
            }
        }
    }
}

/// More words than the cache holds, and then the same again.
#[test]
fn words_that_crowd_each_other_out() {
    let mut random = Random(4);
    let words: Vec<String> =
        (0..200_000).map(|_| format!("{:x}", random.next() % (1 << 20))).collect();
    let text = words.join(" ").repeat(2);
    for encoding in [Encoding::Cl100k, Encoding::O200k] {
        let mut ids = Vec::new();
        encode(encoding, text.as_bytes(), &mut ids);
        assert_eq!(count(encoding, text.as_bytes()), ids.len() as u64, "{}", encoding.name());
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
