//! The tokenizer against tiktoken-rs on texts at random, and its own promises on any bytes.

use super::tests::oracle;
use super::{Encoding, count, encode, safe_cut, token};
use crate::mutate::check;

#[test]
fn any_bytes_are_encoded_and_come_back() {
    let examples: [&[u8]; 6] = [
        b"The quick brown fox's 1234567 jumps!\n\n  over  \t the \r\nlazy dog.",
        "naïve Ünïcode — 日本語のテキスト, عربي, हिन्दी, 👩‍👩‍👧 e\u{301}".as_bytes(),
        b"fn main() { let x = [0u8; 4096]; /* <|endoftext|> */ }",
        b"aaaaaaaaaaaaaaaaaaaaaaaa        \n \n\n   .....",
        b"don't DON'T we'LL i'm I'M 's'S it's",
        b"\xff\xfe\x80 \xf0\x9f\x98 \xed\xa0\x80 ok",
    ];
    check(&examples, 400, |text| {
        for encoding in Encoding::ALL {
            let mut ids = Vec::new();
            encode(encoding, text, &mut ids);
            assert_eq!(count(encoding, text), ids.len() as u64);
            let back: Vec<&[u8]> = ids.iter().filter_map(|&id| token(encoding, id)).collect();
            assert_eq!(back.concat(), text);
            let (start, end) = text.split_at(safe_cut(encoding, text));
            assert_eq!(count(encoding, start) + count(encoding, end), ids.len() as u64);
            if let Ok(text) = std::str::from_utf8(text) {
                assert_eq!(ids, oracle(encoding).encode_ordinary(text));
            }
        }
    });
}
