//! The classes of characters that the patterns of the encodings tell apart, as flags in two
//! levels: which block of 128 characters, and the flags of each in it.

use regex_syntax::hir::{Class, HirKind};

/// Class and flag; `src/bpe/classes.rs` has the same flags. White space comes after the others
/// and line breaks last, for they are both.
const CLASSES: [(&str, u8); 7] = [
    (r"[\p{Lu}\p{Lt}]", 1),
    (r"\p{Ll}", 2),
    (r"[\p{Lm}\p{Lo}]", 4),
    (r"\p{M}", 8),
    (r"\p{N}", 16),
    (r"\s", 32),
    (r"[\r\n]", 64),
];
const OTHER: u8 = 128;

/// The numbers of the blocks, and the flags in the blocks one after the other: first that of ASCII.
pub fn two_level() -> (Vec<u8>, Vec<u8>) {
    let mut flags = vec![OTHER; 0x11_0000];
    for (pattern, flag) in CLASSES {
        let hir = regex_syntax::parse(pattern).expect("the pattern is well-formed");
        let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
            panic!("{pattern} is a class of characters");
        };
        for range in class.ranges() {
            flags[range.start() as usize..=range.end() as usize].fill(flag);
        }
    }
    let mut blocks = Vec::new();
    let mut distinct: Vec<&[u8]> = Vec::new();
    for block in flags.chunks(128) {
        let index = distinct.iter().position(|&known| known == block).unwrap_or_else(|| {
            distinct.push(block);
            distinct.len() - 1
        });
        blocks.push(u8::try_from(index).expect("fewer than 256 distinct blocks"));
    }
    (blocks, distinct.concat())
}
