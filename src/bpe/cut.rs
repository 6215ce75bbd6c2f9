//! Places in a text where a piece ends, whatever stands around them.

use super::classes::{BREAK, CASELESS, Class, LETTER, LOWER, MARK, NUMBER, SPACE, UPPER, class_at};
use super::pattern::Pattern;

/// The last place where no piece can cross, whatever follows; 0 if there is none.
pub fn safe_cut(pattern: Pattern, text: &[u8]) -> usize {
    let mut at = text.len();
    let (mut next, mut next_at) = (0, text.len());
    while at > 0 {
        let start = character_start(text, at);
        let (class, length) = class_at(text, start);
        // A character that is cut off, or the end itself, says nothing of what follows.
        if class != 0 && start + length == at {
            if next != 0 && next_at == at && parts(pattern, class, next, text[at]) {
                return at;
            }
            (next, next_at) = (class, start);
        } else {
            next = 0;
        }
        at = start;
    }
    0
}

/// Whether a piece always ends between two characters of these classes.
fn parts(pattern: Pattern, class: Class, next: Class, next_byte: u8) -> bool {
    let word = UPPER | LOWER | CASELESS;
    if class & NUMBER != 0 {
        return next & NUMBER == 0;
    }
    if class & LETTER != 0 {
        return match pattern {
            Pattern::O200k => next & (word | MARK) == 0 && next_byte != b'\'',
            Pattern::R50k | Pattern::Cl100k => next & LETTER == 0,
        };
    }
    // White space never follows anything else in one piece, but for the line breaks after
    // symbols.
    class & (SPACE | BREAK) == 0 && next == SPACE
}

/// Where the character that ends at `end` starts, as far as it is one.
fn character_start(text: &[u8], end: usize) -> usize {
    let mut start = end - 1;
    while start > 0 && end - start < 4 && text[start] & 0xC0 == 0x80 {
        start -= 1;
    }
    start
}
