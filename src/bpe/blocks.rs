//! The pieces of a text, many at a time: their bounds within sixty-four bytes at once where they
//! can be known, else one by one as `pattern.rs` says.

use super::classes::{LETTER, LOWER, MARK, OTHER, UPPER, class_at};
use super::lanes::{self, Masks};
use super::pattern::{Pattern, piece_end};
use super::starts::{below, starts};

/// The pieces of a part of a text, as the places where one ends and the next one starts.
pub struct Bounds {
    places: Box<[usize; CAPACITY]>,
    count: usize,
}

/// As many places as are collected at a time.
const CAPACITY: usize = 1 << 10;
/// As many as a block may add.
const SPARE: usize = 64;

impl Bounds {
    pub fn new() -> Self {
        Self { places: vec![0; CAPACITY].try_into().expect("as long as it was made"), count: 0 }
    }

    /// The places, the first of which is the start of the first piece.
    pub fn places(&self) -> &[usize] {
        &self.places[..self.count]
    }

    /// Cuts the text into pieces, the first of which starts at `at`, until there are many or the
    /// next one starts in the last `reserve` bytes of the text.
    pub fn cut(&mut self, pattern: Pattern, text: &[u8], at: usize, reserve: usize) {
        #[cfg(all(target_arch = "x86_64", not(plain)))]
        {
            if lanes::x86::has_avx512() {
                // SAFETY: the processor was just asked.
                return unsafe { self.cut_avx512(pattern, text, at, reserve) };
            }
            // SAFETY: every x86-64 processor has SSE2.
            return unsafe { self.cut_sse2(pattern, text, at, reserve) };
        }
        #[allow(unreachable_code, reason = "only where there is no quicker way")]
        self.cut_by(pattern, text, at, reserve, lanes::plain);
    }

    #[cfg(all(target_arch = "x86_64", not(plain)))]
    #[target_feature(enable = "avx512bw,bmi1,bmi2,lzcnt,popcnt")]
    fn cut_avx512(&mut self, pattern: Pattern, text: &[u8], at: usize, reserve: usize) {
        self.cut_by(pattern, text, at, reserve, |block| lanes::x86::avx512(block));
    }

    #[cfg(all(target_arch = "x86_64", not(plain)))]
    #[target_feature(enable = "sse2")]
    fn cut_sse2(&mut self, pattern: Pattern, text: &[u8], at: usize, reserve: usize) {
        self.cut_by(pattern, text, at, reserve, |block| lanes::x86::sse2(block));
    }

    #[inline(always)]
    fn cut_by(
        &mut self,
        pattern: Pattern,
        text: &[u8],
        mut at: usize,
        reserve: usize,
        masks: impl Fn(&[u8; 64]) -> Masks,
    ) {
        self.places[0] = at;
        self.count = 1;
        while self.count + SPARE <= CAPACITY && at + reserve < text.len() {
            let mut bits = 0;
            if let Some(block) = text[at..].first_chunk::<64>() {
                let mut masks = masks(block);
                if masks.known < 64 {
                    add_wide(&mut masks, pattern, block);
                }
                bits = starts(pattern, &masks, block);
            }
            if bits == 0 {
                at = piece_end(pattern, text, at);
                self.places[self.count] = at;
                self.count += 1;
            } else {
                self.add(at, bits);
                at += 63 - bits.leading_zeros() as usize;
            }
        }
    }

    /// Adds the places of these bits of the block at `at`. Eight at a time, more than there are:
    /// that is quicker than to stop at the last.
    #[inline(always)]
    fn add(&mut self, at: usize, mut bits: u64) {
        let out: &mut [usize; SPARE] = self.places[self.count..].first_chunk_mut().expect("room");
        let new = bits.count_ones() as usize;
        for eight in out.chunks_exact_mut(8).take(new.div_ceil(8)) {
            for place in eight {
                *place = at + bits.trailing_zeros() as usize;
                bits &= bits.wrapping_sub(1);
            }
        }
        self.count += new;
    }
}

/// Adds the characters that are not ASCII, up to the first that is not just a letter or a
/// symbol.
fn add_wide(masks: &mut Masks, pattern: Pattern, block: &[u8; 64]) {
    let (letters, symbols) = match pattern {
        Pattern::R50k | Pattern::Cl100k => (LETTER, OTHER | MARK),
        Pattern::O200k => (UPPER | LOWER, OTHER),
    };
    while masks.known < 64 {
        // Folded to an s, this one may be a contraction's: that is for the plain way to see.
        if block[masks.known as usize..].starts_with("\u{17f}".as_bytes()) {
            return;
        }
        let (class, length) = class_at(block, masks.known as usize);
        let bits = below(length as u32) << masks.known;
        if class & letters != 0 {
            masks.letter |= bits;
            masks.capital |= if class == UPPER { bits } else { 0 };
        } else if class & symbols != 0 {
            masks.symbol |= bits;
            masks.tail |= bits & bits << 1;
        } else {
            return;
        }
        masks.high &= !bits;
        masks.known = masks.high.trailing_zeros();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Random, generated};
    use super::*;

    const RESERVE: usize = 70;

    type Cut = fn(&mut Bounds, Pattern, &[u8], usize, usize);

    #[track_caller]
    fn check(pattern: Pattern, text: &[u8], start: usize) {
        let mut expected = vec![start];
        let mut at = start;
        while at + RESERVE < text.len() {
            at = piece_end(pattern, text, at);
            expected.push(at);
        }
        let mut bounds = Bounds::new();
        let plain: Cut = |bounds, pattern, text, at, reserve| {
            bounds.cut_by(pattern, text, at, reserve, lanes::plain);
        };
        #[cfg(all(target_arch = "x86_64", not(plain)))]
        let sse2: Cut = |bounds, pattern, text, at, reserve| {
            // SAFETY: every x86-64 processor has SSE2.
            unsafe { bounds.cut_sse2(pattern, text, at, reserve) }
        };
        #[cfg(not(all(target_arch = "x86_64", not(plain))))]
        let sse2 = plain;
        for cut in [plain, sse2, Bounds::cut] {
            let mut found = vec![start];
            while let Some(&last) = found.last()
                && last + RESERVE < text.len()
            {
                cut(&mut bounds, pattern, text, last, RESERVE);
                found.extend_from_slice(&bounds.places()[1..]);
            }
            // The last block may tell of some places behind those that were asked for.
            found.truncate(expected.len());
            assert_eq!(found, expected, "{pattern:?} {:?}", String::from_utf8_lossy(text));
        }
    }

    /// Every piece and every border of a block falls at every place once.
    #[test]
    fn blocks_end_where_pieces_end() {
        let mut random = Random(6);
        for pattern in [Pattern::R50k, Pattern::Cl100k, Pattern::O200k] {
            for _ in 0..200 {
                let mut text = generated(&mut random, 80).into_bytes();
                if random.below(2) == 0 {
                    let at = random.below(text.len());
                    text[at] = 0x80 | random.below(128) as u8;
                }
                let mut at = 0;
                while at + RESERVE < text.len() {
                    check(pattern, &text, at);
                    at = piece_end(pattern, &text, at);
                }
            }
        }
    }
}
