//! The patterns that cut text into pieces before any merge: where the piece that starts at a
//! place ends. Written from the regular expressions of the encodings, one character at a time;
//! `blocks.rs` does the same for plain ASCII, sixty-four bytes at a time.

use super::classes::{
    BREAK, CASELESS, LETTER, LOWER, MARK, NUMBER, OTHER, SPACE, UPPER, WHITE, class_at, skip,
    skip_broken,
};

/// What the patterns call a letter within a word of `O200k`.
pub const WORD: u8 = LETTER | MARK;
/// What is neither white space nor letter nor number.
pub const SYMBOL: u8 = OTHER | MARK;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+$|\s+(?!\S)|\s`
    R50k,
    /// `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`
    /// `|\s+$|\s*[\r\n]|\s+(?!\S)|\s`
    Cl100k,
    /// `[^\r\n\p{L}\p{N}]?U*L+C?|[^\r\n\p{L}\p{N}]?U+L*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*`
    /// `|\s*[\r\n]+|\s+(?!\S)|\s+`
    ///
    /// with `U` for `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `L` for `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` and
    /// `C` for `(?i:'s|'t|'re|'ve|'m|'ll|'d)`.
    O200k,
}

/// The end of the piece that starts at `start`, which must not be the end of `text`. Bytes that
/// are not UTF-8 are a piece of their own, and to the characters around them the end of the text.
#[inline]
pub fn piece_end(pattern: Pattern, text: &[u8], start: usize) -> usize {
    match pattern {
        Pattern::R50k => r50k(text, start),
        Pattern::Cl100k => cl100k(text, start),
        Pattern::O200k => o200k(text, start),
    }
}

fn r50k(text: &[u8], start: usize) -> usize {
    if let Some(end) = contraction(text, start, false) {
        return end;
    }
    let (class, length) = class_at(text, start);
    let space = usize::from(text[start] == b' ');
    let (next, _) = if space == 1 { class_at(text, start + 1) } else { (class, length) };
    for run in [LETTER, NUMBER, SYMBOL] {
        if next & run != 0 {
            return skip(text, start + space, run);
        }
    }
    if class & WHITE == 0 {
        return skip_broken(text, start);
    }
    let white = white_run(text, start);
    if white.at_end { white.end } else { white.last.max(start + length) }
}

fn cl100k(text: &[u8], start: usize) -> usize {
    if let Some(end) = contraction(text, start, true) {
        return end;
    }
    let (class, length) = class_at(text, start);
    if class & LETTER != 0 {
        return skip(text, start, LETTER);
    }
    if class & (SPACE | SYMBOL) != 0 {
        let (next, _) = class_at(text, start + length);
        if next & LETTER != 0 {
            return skip(text, start + length, LETTER);
        }
        if class & SYMBOL != 0 || text[start] == b' ' && next & SYMBOL != 0 {
            return skip(text, skip(text, start + length, SYMBOL), BREAK);
        }
    }
    match class {
        NUMBER => three_numbers(text, start),
        SPACE | BREAK => {
            let white = white_run(text, start);
            match white.last_break {
                _ if white.at_end => white.end,
                Some(end) => end,
                None => white.last.max(start + length),
            }
        }
        _ => skip_broken(text, start),
    }
}

fn o200k(text: &[u8], start: usize) -> usize {
    let (class, length) = class_at(text, start);
    if class & WORD != 0 {
        return word_end(text, start);
    }
    if class & (SPACE | OTHER) != 0 {
        let (next, _) = class_at(text, start + length);
        if next & WORD != 0 {
            return word_end(text, start + length);
        }
        if class == OTHER || text[start] == b' ' && next & SYMBOL != 0 {
            let mut end = skip(text, start + length, SYMBOL);
            while matches!(text.get(end), Some(b'\r' | b'\n' | b'/')) {
                end += 1;
            }
            return end;
        }
    }
    match class {
        NUMBER => three_numbers(text, start),
        SPACE | BREAK => {
            let white = white_run(text, start);
            match white.last_break {
                Some(end) => end,
                None if white.at_end => white.end,
                None => white.last.max(start + length),
            }
        }
        _ => skip_broken(text, start),
    }
}

/// The end of a word of `O200k` with its contraction. Letters without case and marks count as
/// capitals and as small letters; a word must have a small letter if it can, so capitals that
/// no small letter follows are given back up to the last letter without case.
fn word_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut last_small = None;
    loop {
        let (class, length) = class_at(text, at);
        if class & (UPPER | CASELESS | MARK) == 0 {
            break;
        }
        at += length;
        if class != UPPER {
            last_small = Some(at);
        }
    }
    if class_at(text, at).0 == LOWER {
        at = skip(text, at, LOWER | CASELESS | MARK);
    } else if let Some(end) = last_small {
        at = end;
    }
    contraction(text, at, true).unwrap_or(at)
}

/// The end of `'s`, `'t`, `'m`, `'d`, `'ll`, `'ve` or `'re` at this place. Folding cases, the
/// long s U+017F is an s too.
#[inline]
pub fn contraction(text: &[u8], at: usize, fold: bool) -> Option<usize> {
    if text.get(at) != Some(&b'\'') {
        return None;
    }
    let letter = |at: usize| match text.get(at) {
        Some(byte) if fold => byte.to_ascii_lowercase(),
        Some(&byte) => byte,
        None => 0,
    };
    match (letter(at + 1), letter(at + 2)) {
        (b's' | b'd' | b'm' | b't', _) => Some(at + 2),
        (b'l', b'l') | (b'v' | b'r', b'e') => Some(at + 3),
        (0xC5, 0xBF) if fold => Some(at + 3),
        _ => None,
    }
}

fn three_numbers(text: &[u8], mut at: usize) -> usize {
    for _ in 0..3 {
        let (class, length) = class_at(text, at);
        if class != NUMBER {
            break;
        }
        at += length;
    }
    at
}

/// White space as far as it goes.
struct White {
    end: usize,
    /// Where its last character starts.
    last: usize,
    /// Where its last line break ends.
    last_break: Option<usize>,
    /// Whether nothing follows.
    at_end: bool,
}

fn white_run(text: &[u8], start: usize) -> White {
    let mut white = White { end: start, last: start, last_break: None, at_end: false };
    loop {
        let (class, length) = class_at(text, white.end);
        if class & WHITE == 0 {
            white.at_end = class == 0;
            return white;
        }
        white.last = white.end;
        white.end += length;
        if class == BREAK {
            white.last_break = Some(white.end);
        }
    }
}
