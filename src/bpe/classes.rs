//! Bytes to characters to the classes that the patterns tell apart.

use super::vocabulary::table;

/// Flags of a character's class; exactly one is set, and none where no character is: at the end
/// of the text, and at bytes that are not UTF-8. `build/classes.rs` has the same flags.
pub type Class = u8;

pub const UPPER: Class = 1;
pub const LOWER: Class = 2;
pub const CASELESS: Class = 4;
pub const MARK: Class = 8;
pub const NUMBER: Class = 16;
pub const SPACE: Class = 32;
pub const BREAK: Class = 64;
pub const OTHER: Class = 128;

pub const LETTER: Class = UPPER | LOWER | CASELESS;
pub const WHITE: Class = SPACE | BREAK;

static BLOCKS: &[u8; 0x11_0000 / 128] = table!("classes.blocks");
static FLAGS: &[u8] = table!("classes.flags");
static ASCII: &[u8; 128] = table!("classes.ascii");

/// The class of the character at `at` and its length; no class and length 0 where none is.
#[inline(always)]
pub fn class_at(text: &[u8], at: usize) -> (Class, usize) {
    match text.get(at) {
        Some(&byte) if byte < 0x80 => (ASCII[usize::from(byte)], 1),
        Some(_) => wide_class(&text[at..]),
        None => (0, 0),
    }
}

fn wide_class(text: &[u8]) -> (Class, usize) {
    match decode(text) {
        Some((character, length)) => {
            let block = usize::from(BLOCKS[character as usize / 128]);
            (FLAGS[block * 128 + character as usize % 128], length)
        }
        None => (0, 0),
    }
}

/// The first place from `at` on where the character is of none of these classes.
#[inline]
pub fn skip(text: &[u8], mut at: usize, classes: Class) -> usize {
    loop {
        let (class, length) = class_at(text, at);
        if class & classes == 0 {
            return at;
        }
        at += length;
    }
}

/// The first place from `at` on where a character stands, or the end.
pub fn skip_broken(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && class_at(text, at).0 == 0 {
        at += 1;
    }
    at
}

/// The character of two bytes or more that `text` starts with, if it is well-formed: neither
/// overlong, nor a surrogate, nor beyond U+10FFFF.
#[inline]
fn decode(text: &[u8]) -> Option<(u32, usize)> {
    let bytes = match text.first_chunk::<4>() {
        Some(bytes) => *bytes,
        None => std::array::from_fn(|at| text.get(at).copied().unwrap_or(0)),
    };
    // The six bits of each, and whether the later ones are what may follow a first.
    let [first, second, third, fourth] = bytes.map(|byte| u32::from(byte & 0x3F));
    let follows = |at: usize| bytes[at] & 0xC0 == 0x80;
    match bytes[0] {
        0xC2..=0xDF => follows(1).then_some(((first & 0x1F) << 6 | second, 2)),
        0xE0..=0xEF => {
            let character = (first & 0x0F) << 12 | second << 6 | third;
            let valid = character >= 0x800 && character >> 11 != 0x1B;
            (valid && follows(1) && follows(2)).then_some((character, 3))
        }
        0xF0..=0xF4 => {
            let character = (first & 0x07) << 18 | second << 12 | third << 6 | fourth;
            let valid = (0x1_0000..0x11_0000).contains(&character);
            (valid && follows(1) && follows(2) && follows(3)).then_some((character, 4))
        }
        _ => None,
    }
}
