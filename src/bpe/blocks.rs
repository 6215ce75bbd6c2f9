//! Plain ASCII, sixty-four bytes at a time: where pieces start, by arithmetic on bit masks. Says
//! the same as `pattern.rs`, or nothing where it cannot know. On processors other than x86-64 it
//! says nothing, and `pattern.rs` does it all.

#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, unused_variables))]
#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m128i, __m512i, _mm_add_epi8, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_movemask_epi8,
    _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_slli_epi16, _mm512_cmpeq_epi8_mask,
    _mm512_cmplt_epu8_mask, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set_epi64,
    _mm512_set1_epi8, _mm512_sub_epi8, _mm512_test_epi8_mask,
};

use super::classes::{LETTER, LOWER, MARK, OTHER, UPPER, class_at};
use super::pattern::{Pattern, piece_end};

/// The pieces of a part of a text, as the places where one ends and the next one starts.
pub struct Bounds {
    places: Box<[u32; CAPACITY]>,
    count: usize,
}

/// As many places as are collected at a time.
const CAPACITY: usize = 1 << 10;
/// As many as a block may add.
const SPARE: usize = 64;

impl Default for Bounds {
    fn default() -> Self {
        Self { places: vec![0; CAPACITY].try_into().expect("as long as it was made"), count: 0 }
    }
}

impl Bounds {
    /// The places, the first of which is the start of the first piece.
    pub fn places(&self) -> &[u32] {
        &self.places[..self.count]
    }

    /// Cuts the text into pieces, the first of which starts at `at`, until there are many or the
    /// next one may reach into the last `reserve` bytes of the text.
    pub fn cut(&mut self, pattern: Pattern, text: &[u8], at: usize, reserve: usize) {
        self.places[0] = at as u32;
        self.count = 1;
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
            {
                // SAFETY: the processor was just asked.
                unsafe { self.cut_avx512(pattern, text, reserve) }
            } else {
                // SAFETY: every x86-64 processor has SSE2.
                unsafe { self.cut_sse2(pattern, text, reserve) }
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512bw,bmi1,bmi2,lzcnt,popcnt")]
    fn cut_avx512(&mut self, pattern: Pattern, text: &[u8], reserve: usize) {
        self.cut_by(pattern, text, reserve, |block| masks_avx512(block));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "sse2")]
    fn cut_sse2(&mut self, pattern: Pattern, text: &[u8], reserve: usize) {
        self.cut_by(pattern, text, reserve, |block| masks(block));
    }

    #[inline(always)]
    fn cut_by(
        &mut self,
        pattern: Pattern,
        text: &[u8],
        reserve: usize,
        masks: impl Fn(&[u8; 64]) -> Masks,
    ) {
        let mut at = self.places[0] as usize;
        let mut count = 1;
        while count + SPARE <= CAPACITY && at + reserve < text.len() {
            let mut bits = 0;
            if let Some(block) = text[at..].first_chunk::<64>() {
                let mut masks = masks(block);
                if masks.known < 64 {
                    masks.add_wide(pattern, block);
                }
                bits = starts(pattern, &masks, block);
            }
            if bits == 0 {
                at = piece_end(pattern, text, at);
                self.places[count] = at as u32;
                count += 1;
                continue;
            }
            let out: &mut [u32; SPARE] = self.places[count..].first_chunk_mut().expect("room");
            let new = bits.count_ones() as usize;
            let last = 63 - bits.leading_zeros() as usize;
            for eight in out.chunks_exact_mut(8).take(new.div_ceil(8)) {
                for place in eight {
                    *place = at as u32 + bits.trailing_zeros();
                    bits &= bits.wrapping_sub(1);
                }
            }
            count += new;
            at += last;
        }
        self.count = count;
    }
}

/// Which of sixty-four bytes are what, one bit a byte, the first byte lowest.
struct Masks {
    letter: u64,
    capital: u64,
    digit: u64,
    space: u64,
    /// White space but for line breaks.
    blank: u64,
    line_break: u64,
    apostrophe: u64,
    slash: u64,
    /// What is none of these.
    symbol: u64,
    /// The bytes of symbols that are not ASCII, but for the first.
    tail: u64,
    /// The bytes that are none of all these.
    high: u64,
    /// How many bytes there are before the first of those.
    known: u32,
}

impl Masks {
    /// Adds the characters that are not ASCII, up to the first that is not just a letter or a
    /// symbol.
    fn add_wide(&mut self, pattern: Pattern, block: &[u8; 64]) {
        let (letters, symbols) = match pattern {
            Pattern::R50k | Pattern::Cl100k => (LETTER, OTHER | MARK),
            Pattern::O200k => (UPPER | LOWER, OTHER),
        };
        while self.known < 64 {
            // Folded to an s, this one may be a contraction's: that is for the plain way to see.
            if block[self.known as usize..].starts_with("\u{17f}".as_bytes()) {
                return;
            }
            let (class, length) = class_at(block, self.known as usize);
            let bits = below(length as u32) << self.known;
            if class & letters != 0 {
                self.letter |= bits;
                self.capital |= if class == UPPER { bits } else { 0 };
            } else if class & symbols != 0 {
                self.symbol |= bits;
                self.tail |= bits & bits << 1;
            } else {
                return;
            }
            self.high &= !bits;
            self.known = self.high.trailing_zeros();
        }
    }
}

/// Where pieces start in `block`, the first byte of which starts one. Its own bit is not set,
/// nor is any from the place on where it cannot be known without looking further.
#[inline(always)]
fn starts(pattern: Pattern, masks: &Masks, block: &[u8; 64]) -> u64 {
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
                starts &= !(0b110 << at);
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
                starts &= !(0b111 << at);
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
fn below(end: u32) -> u64 {
    1u64.checked_shl(end).map_or(u64::MAX, |bit| bit - 1)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn masks(block: &[u8; 64]) -> Masks {
    let mut m = Masks {
        letter: 0,
        capital: 0,
        digit: 0,
        space: 0,
        blank: 0,
        line_break: 0,
        apostrophe: 0,
        slash: 0,
        symbol: 0,
        tail: 0,
        high: 0,
        known: 0,
    };
    let mut small = 0;
    let (sixteens, _) = block.as_chunks::<16>();
    for (bytes, shift) in sixteens.iter().zip([0, 16, 32, 48]) {
        let bytes = load(bytes);
        let bits = |mask: __m128i| u64::from(_mm_movemask_epi8(mask) as u16) << shift;
        let is = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
        m.high |= bits(bytes);
        m.letter |= bits(within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), b'a', b'z'));
        // The bit that small letters have and capitals do not, moved to where it is seen.
        small |= bits(_mm_slli_epi16::<2>(bytes));
        m.digit |= bits(within(bytes, b'0', b'9'));
        m.space |= bits(is(b' '));
        m.blank |= bits(within(bytes, b'\t', b'\r'));
        m.line_break |= bits(_mm_or_si128(is(b'\n'), is(b'\r')));
        m.apostrophe |= bits(is(b'\''));
        m.slash |= bits(is(b'/'));
    }
    m.capital = m.letter & !small;
    m.blank = (m.blank | m.space) & !m.line_break;
    m.symbol = !(m.letter | m.digit | m.blank | m.line_break | m.high);
    m.known = m.high.trailing_zeros();
    m
}

/// Which bytes are from `first` to `last`.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn within(bytes: __m128i, first: u8, last: u8) -> __m128i {
    // There is only a signed comparison, so the range is moved to the lowest numbers.
    let moved = _mm_add_epi8(bytes, _mm_set1_epi8(0x80u8.wrapping_sub(first) as i8));
    _mm_cmplt_epi8(moved, _mm_set1_epi8((0x80 + (last - first) + 1) as i8))
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    let both = u128::from_le_bytes(*bytes);
    _mm_set_epi64x((both >> 64) as i64, both as i64)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512bw")]
fn masks_avx512(block: &[u8; 64]) -> Masks {
    let (words, _) = block.as_chunks::<8>();
    let word = |at: usize| i64::from_le_bytes(words[at]);
    let bytes =
        _mm512_set_epi64(word(7), word(6), word(5), word(4), word(3), word(2), word(1), word(0));
    let all = |byte: u8| _mm512_set1_epi8(byte as i8);
    let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, all(byte));
    let within = |bytes: __m512i, first: u8, last: u8| {
        _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, all(first)), all(last - first + 1))
    };
    let high = _mm512_movepi8_mask(bytes);
    let letter = within(_mm512_or_si512(bytes, all(0x20)), b'a', b'z');
    let digit = within(bytes, b'0', b'9');
    let space = is(b' ');
    let line_break = is(b'\n') | is(b'\r');
    let blank = (within(bytes, b'\t', b'\r') | space) & !line_break;
    Masks {
        letter,
        capital: letter & !_mm512_test_epi8_mask(bytes, all(0x20)),
        digit,
        space,
        blank,
        line_break,
        apostrophe: is(b'\''),
        slash: is(b'/'),
        symbol: !(letter | digit | blank | line_break | high),
        tail: 0,
        high,
        known: high.trailing_zeros(),
    }
}
