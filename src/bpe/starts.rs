//! Where pieces start among sixty-four bytes, by arithmetic on their masks. Says the same as
//! `pattern.rs`, or nothing where it cannot know.

use super::lanes::Masks;
use super::pattern::Pattern;

/// Where pieces start in `block`, the first byte of which starts one. Its own bit is not set,
/// nor is any from the place on where it cannot be known without looking further.
#[inline(always)]
pub fn starts(pattern: Pattern, masks: &Masks, block: &[u8; 64]) -> u64 {
    match pattern {
        Pattern::R50k => r50k(masks, block),
        Pattern::Cl100k => cl100k(masks, block),
        Pattern::O200k => o200k(masks, block),
    }
}

#[inline(always)]
fn r50k(m: &Masks, block: &[u8; 64]) -> u64 {
    let white = m.blank | m.line_break;
    let mut starts =
        m.letter & !(m.letter << 1) | m.digit & !(m.digit << 1) | m.symbol & !(m.symbol << 1);
    starts &= !(m.space << 1);
    let symbol_starts = starts & m.symbol;
    starts |= white & !(white << 1 & white >> 1);
    let mut end = m.known.saturating_sub(1);
    let mut quotes = m.apostrophe & symbol_starts & m.letter >> 1;
    while quotes != 0 {
        let at = quotes.trailing_zeros();
        quotes &= quotes - 1;
        match contraction(block, at, |byte| byte) {
            Contraction::None => {}
            Contraction::Unknown => end = end.min(at + 1),
            Contraction::Of(length) => {
                starts &= !(below(length - 1) << (at + 1));
                starts |= m.letter & 1u64.checked_shl(at + length).unwrap_or(0);
            }
        }
    }
    starts & below(end) & !1
}

#[inline(always)]
fn cl100k(m: &Masks, block: &[u8; 64]) -> u64 {
    let symbol_starts = m.symbol & !(m.symbol << 1) & !(m.space << 1);
    let after_symbol = (symbol_starts << 1).wrapping_add(m.tail) & !m.tail;
    let (white, end) = white_starts(m);
    let mut starts = symbol_starts
        | m.letter & !((m.letter | m.blank) << 1 | after_symbol)
        | threes(m.digit)
        | white;
    // A contraction of one letter is also what a symbol before a word makes it.
    let mut quotes = m.apostrophe & symbol_starts & m.letter >> 1 & m.letter >> 2;
    while quotes != 0 {
        let at = quotes.trailing_zeros();
        quotes &= quotes - 1;
        if let Contraction::Of(length) = contraction(block, at, |byte| byte | 0x20) {
            starts |= m.letter & 1u64.checked_shl(at + length).unwrap_or(0);
        }
    }
    starts & below(end) & !1
}

#[inline(always)]
fn o200k(m: &Masks, block: &[u8; 64]) -> u64 {
    let symbol_starts = m.symbol & !(m.symbol << 1) & !(m.space << 1);
    let after_symbol = (symbol_starts << 1).wrapping_add(m.tail) & !m.tail;
    let (white, mut end) = white_starts(m);
    let mut starts = symbol_starts
        | m.letter & !((m.letter | m.blank) << 1 | after_symbol)
        | m.capital & (m.letter & !m.capital) << 1
        | threes(m.digit)
        | white;
    // After a line break, a slash may belong to the symbols before the break.
    end = end.min((m.slash & m.line_break << 1).trailing_zeros());
    let mut quotes = m.apostrophe & m.letter << 1 & m.letter >> 1;
    let mut last_end = 0;
    while quotes != 0 {
        let at = quotes.trailing_zeros();
        quotes &= quotes - 1;
        if at == last_end {
            continue;
        }
        match contraction(block, at, |byte| byte | 0x20) {
            Contraction::None => {}
            Contraction::Unknown => end = end.min(at),
            Contraction::Of(length) => {
                last_end = at + length;
                starts &= !(below(length) << at);
                starts |= m.letter & 1u64.checked_shl(last_end).unwrap_or(0);
            }
        }
    }
    starts & below(end) & !1
}

enum Contraction {
    None,
    Of(u32),
    /// It depends on a byte after the block.
    Unknown,
}

/// What the letters after the apostrophe at `at` make.
#[inline(always)]
fn contraction(block: &[u8; 64], at: u32, fold: impl Fn(u8) -> u8) -> Contraction {
    let letter = |at: u32| block.get(at as usize).map(|&byte| fold(byte));
    match (letter(at + 1), letter(at + 2)) {
        (Some(b's' | b'd' | b'm' | b't'), _) => Contraction::Of(2),
        (Some(b'l'), Some(b'l')) | (Some(b'v' | b'r'), Some(b'e')) => Contraction::Of(3),
        (Some(b'l' | b'v' | b'r'), None) => Contraction::Unknown,
        _ => Contraction::None,
    }
}

/// Where white space starts pieces, and up to where that can be known: a line break takes
/// the blanks before it, the last blank of others is left to what follows.
#[inline(always)]
fn white_starts(m: &Masks) -> (u64, u32) {
    let white = m.blank | m.line_break;
    let starts = m.blank & !(m.blank << 1 & white >> 1) | m.line_break & (m.letter | m.digit) << 1;
    // Blanks after a line break, and then another line break, or who knows what: rare enough
    // to be left to the plain way.
    let after = m.blank & m.line_break << 1;
    let (ends, overflow) = after.overflowing_add(m.blank);
    let unknown = m.line_break | !below(m.known);
    let end = if overflow || ends & !m.blank & unknown != 0 { after.trailing_zeros() } else { 64 };
    (starts, end.min(m.known.saturating_sub(1)))
}

/// Every third digit of each run, from its first on.
#[inline(always)]
fn threes(digit: u64) -> u64 {
    let mut starts = digit & !(digit << 1);
    let fourth = digit & digit << 1 & digit << 2 & digit << 3;
    let mut next = starts << 3 & fourth;
    while next != 0 {
        starts |= next;
        next = next << 3 & fourth;
    }
    starts
}

/// The bits below this one.
#[inline(always)]
pub fn below(end: u32) -> u64 {
    1u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1)
}
