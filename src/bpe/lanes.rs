//! Which of sixty-four bytes are what, as masks of one bit a byte. There is a plain way that
//! every processor can go, and quicker ones for those that have the instructions; all of them
//! say the same. Knows nothing of patterns, nor of characters that are not ASCII.

/// One bit a byte, the first byte lowest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masks {
    pub letter: u64,
    pub capital: u64,
    pub digit: u64,
    pub space: u64,
    /// White space but for line breaks.
    pub blank: u64,
    pub line_break: u64,
    pub apostrophe: u64,
    pub slash: u64,
    /// What is none of these.
    pub symbol: u64,
    /// The bytes of symbols that are not ASCII, but for the first.
    pub tail: u64,
    /// The bytes that are none of all these.
    pub high: u64,
    /// How many bytes there are before the first of those.
    pub known: u32,
}

/// What the instructions tell apart; the rest follows from it.
struct Raw {
    letter: u64,
    /// The bytes that have the bit by which small letters differ from capitals.
    small: u64,
    digit: u64,
    space: u64,
    /// Tab, line feed, vertical tab, form feed, carriage return.
    control: u64,
    line_break: u64,
    apostrophe: u64,
    slash: u64,
    high: u64,
}

impl Raw {
    const NONE: Self = Self {
        letter: 0,
        small: 0,
        digit: 0,
        space: 0,
        control: 0,
        line_break: 0,
        apostrophe: 0,
        slash: 0,
        high: 0,
    };

    #[inline(always)]
    fn masks(self) -> Masks {
        let blank = (self.control | self.space) & !self.line_break;
        Masks {
            letter: self.letter,
            capital: self.letter & !self.small,
            digit: self.digit,
            space: self.space,
            blank,
            line_break: self.line_break,
            apostrophe: self.apostrophe,
            slash: self.slash,
            symbol: !(self.letter | self.digit | blank | self.line_break | self.high),
            tail: 0,
            high: self.high,
            known: self.high.trailing_zeros(),
        }
    }
}

/// The plain way: eight bytes at a time in a word, each sum staying within its byte.
#[inline(always)]
pub fn plain(block: &[u8; 64]) -> Masks {
    let mut raw = Raw::NONE;
    let (words, _) = block.as_chunks::<8>();
    for (index, &word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(word);
        let low = word & !TOPS;
        // The top bit of each byte that is at least so much, of bytes whose own top bit is clear.
        let at_least = |bytes: u64, least: u8| bytes + u64::from(0x80 - least) * ONES;
        let within = |bytes: u64, first: u8, last: u8| {
            at_least(bytes, first) & !at_least(bytes, last + 1) & !word & TOPS
        };
        let is = |byte: u8| within(low, byte, byte);
        // The eight top bits, side by side.
        let bits = |tops: u64| (tops >> 7).wrapping_mul(GATHER) >> 56 << (8 * index);
        raw.letter |= bits(within(low | SMALL, b'a', b'z'));
        raw.small |= bits(word << 2 & TOPS);
        raw.digit |= bits(within(low, b'0', b'9'));
        raw.space |= bits(is(b' '));
        raw.control |= bits(within(low, b'\t', b'\r'));
        raw.line_break |= bits(is(b'\n') | is(b'\r'));
        raw.apostrophe |= bits(is(b'\''));
        raw.slash |= bits(is(b'/'));
        raw.high |= bits(word & TOPS);
    }
    raw.masks()
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = 0x80 * ONES;
const SMALL: u64 = 0x20 * ONES;
/// Moves the lowest bit of the n-th byte to the n-th bit of the highest one.
const GATHER: u64 = 0x0102_0408_1020_4080;

#[cfg(all(target_arch = "x86_64", not(plain)))]
pub mod x86 {
    //! The ways of x86-64: English is counted in two thirds of the time that the plain way takes.
    //! No memory is touched but through `block`, so that all there is to prove is that the
    //! processor has the instructions.
    #![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)]

    use std::arch::x86_64::{
        __m128i, __m512i, _mm_add_epi8, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_movemask_epi8,
        _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm_slli_epi16, _mm512_cmpeq_epi8_mask,
        _mm512_cmplt_epu8_mask, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set_epi64,
        _mm512_set1_epi8, _mm512_sub_epi8, _mm512_test_epi8_mask,
    };

    use super::{Masks, Raw};

    /// Whether `avx512` may be called, from a function with these features.
    #[inline]
    pub fn has_avx512() -> bool {
        is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }

    #[inline]
    #[target_feature(enable = "avx512bw")]
    pub fn avx512(block: &[u8; 64]) -> Masks {
        let (words, _) = block.as_chunks::<8>();
        let word = |at: usize| i64::from_le_bytes(words[at]);
        let bytes = _mm512_set_epi64(
            word(7),
            word(6),
            word(5),
            word(4),
            word(3),
            word(2),
            word(1),
            word(0),
        );
        let all = |byte: u8| _mm512_set1_epi8(byte as i8);
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, all(byte));
        let within = |bytes: __m512i, first: u8, last: u8| {
            _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, all(first)), all(last - first + 1))
        };
        let raw = Raw {
            letter: within(_mm512_or_si512(bytes, all(0x20)), b'a', b'z'),
            small: _mm512_test_epi8_mask(bytes, all(0x20)),
            digit: within(bytes, b'0', b'9'),
            space: is(b' '),
            control: within(bytes, b'\t', b'\r'),
            line_break: is(b'\n') | is(b'\r'),
            apostrophe: is(b'\''),
            slash: is(b'/'),
            high: _mm512_movepi8_mask(bytes),
        };
        raw.masks()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub fn sse2(block: &[u8; 64]) -> Masks {
        let mut raw = Raw::NONE;
        let (sixteens, _) = block.as_chunks::<16>();
        for (index, bytes) in sixteens.iter().enumerate() {
            let bytes = load(bytes);
            let bits = |mask: __m128i| u64::from(_mm_movemask_epi8(mask) as u16) << (16 * index);
            let is = |byte: u8| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
            raw.letter |= bits(within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), b'a', b'z'));
            // Moved to where it is seen.
            raw.small |= bits(_mm_slli_epi16::<2>(bytes));
            raw.digit |= bits(within(bytes, b'0', b'9'));
            raw.space |= bits(is(b' '));
            raw.control |= bits(within(bytes, b'\t', b'\r'));
            raw.line_break |= bits(_mm_or_si128(is(b'\n'), is(b'\r')));
            raw.apostrophe |= bits(is(b'\''));
            raw.slash |= bits(is(b'/'));
            raw.high |= bits(bytes);
        }
        raw.masks()
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(bytes: &[u8; 16]) -> __m128i {
        let both = u128::from_le_bytes(*bytes);
        _mm_set_epi64x((both >> 64) as i64, both as i64)
    }

    /// Which bytes are from `first` to `last`.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn within(bytes: __m128i, first: u8, last: u8) -> __m128i {
        // There is only a signed comparison, so the range is moved to the lowest numbers.
        let moved = _mm_add_epi8(bytes, _mm_set1_epi8(0x80u8.wrapping_sub(first) as i8));
        _mm_cmplt_epi8(moved, _mm_set1_epi8((0x80 + (last - first) + 1) as i8))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    #[track_caller]
    fn check(block: &[u8; 64]) {
        let expected = plain(block);
        for (place, &byte) in block.iter().enumerate() {
            let bit = |mask: u64| mask >> place & 1 == 1;
            assert_eq!(bit(expected.letter), byte.is_ascii_alphabetic(), "{byte:#x}");
            assert_eq!(bit(expected.capital), byte.is_ascii_uppercase(), "{byte:#x}");
            assert_eq!(bit(expected.digit), byte.is_ascii_digit(), "{byte:#x}");
            assert_eq!(bit(expected.space), byte == b' ', "{byte:#x}");
            assert_eq!(bit(expected.blank), matches!(byte, b' ' | b'\t' | 11 | 12), "{byte:#x}");
            assert_eq!(bit(expected.line_break), matches!(byte, b'\r' | b'\n'), "{byte:#x}");
            assert_eq!(bit(expected.apostrophe), byte == b'\'', "{byte:#x}");
            assert_eq!(bit(expected.slash), byte == b'/', "{byte:#x}");
            assert_eq!(bit(expected.high), !byte.is_ascii(), "{byte:#x}");
        }
        #[cfg(all(target_arch = "x86_64", not(plain)))]
        {
            // SAFETY: every x86-64 processor has SSE2.
            assert_eq!(unsafe { x86::sse2(block) }, expected, "{block:?}");
            if x86::has_avx512() {
                // SAFETY: the processor was just asked.
                assert_eq!(unsafe { x86::avx512(block) }, expected, "{block:?}");
            }
        }
    }

    #[test]
    fn all_ways_say_the_same() {
        for byte in 0..=255 {
            check(&[byte; 64]);
            for place in 0..64 {
                let mut block = [b'x'; 64];
                block[place] = byte;
                check(&block);
            }
        }
        let mut random = Random(5);
        for _ in 0..5000 {
            check(&std::array::from_fn(|_| random.below(256) as u8));
        }
    }
}
