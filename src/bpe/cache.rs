//! How many tokens the pieces are that came by lately. Text repeats its words, and to look one
//! up is many times quicker than to find its tokens again.

/// The places for pieces of up to 15 bytes, as powers of two. There is memory for the most, but
/// the first touch of memory is dear: the fewest are used at first, and four times as many when
/// as many pieces were put in as there was room for.
const FEWEST: u32 = 9;
const MOST: u32 = 15;
/// The places for pieces of 16 to 30 bytes: a quarter of a megabyte.
const LONG_BITS: u32 = 13;

/// As many bytes must be there from the start of a piece on, for it to be looked up.
pub const WINDOW: usize = 32;

/// The bytes of a piece of up to 15, nought after its end; in the last byte its length in the
/// lower four bits and its tokens in the upper four. No piece is empty, so that is what an
/// unused slot holds.
type Short = [u64; 2];
/// The bytes of a piece of 16 to 30, nought after its end; in the last byte its length less 15
/// in the lower four bits and its tokens in the upper four.
type Long = [u64; 4];

/// The bits of the last word where the tokens stand.
const TOKENS: u32 = 60;

pub struct Cache {
    /// Two pieces share a place, the older one second.
    short: Box<[[Short; 2]; 1 << MOST]>,
    /// How far a hash is shifted to be a place that is in use.
    shift: u32,
    /// How many more pieces are put in before it grows.
    room: usize,
    long: Box<[Long; 1 << LONG_BITS]>,
}

impl Cache {
    pub fn new() -> Self {
        let no_short = vec![[[0; 2]; 2]; 1 << MOST].into_boxed_slice();
        let no_long = vec![[0; 4]; 1 << LONG_BITS].into_boxed_slice();
        Self {
            short: no_short.try_into().expect("as long as it was made"),
            shift: 64 - FEWEST,
            room: 2 << FEWEST,
            long: no_long.try_into().expect("as long as it was made"),
        }
    }

    /// The tokens of the known ones of the pieces between these places, which must be followed
    /// by a window of text. The indices of the others are written to `unknown`; how many there
    /// are is the second result.
    ///
    /// Nothing here depends on what is found, so that the processor may look up many at a time.
    #[inline]
    pub fn known(&self, text: &[u8], places: &[usize], unknown: &mut [u16]) -> (u64, usize) {
        let mut total = 0;
        let mut count = 0;
        let mut keys = [([0, 0], 0u32); 32];
        let mut start = places[0];
        let mut first = 0;
        for batch in places[1..].chunks(32) {
            for (slot, &end) in keys.iter_mut().zip(batch) {
                let length = end - start;
                let window = text[start..start + 16].try_into().expect("sixteen bytes");
                let key = short_key(window, length.min(15));
                let place = short_place(key, self.shift);
                prefetch(&self.short[place]);
                *slot = (key, place as u32 | u32::from(length > 15) << 31);
                start = end;
            }
            for (index, &(key, place)) in keys[..batch.len()].iter().enumerate() {
                let [newer, older] = &self.short[place as usize % (1 << MOST)];
                let is_newer = matches(*newer, key);
                let tokens = if is_newer { newer[1] } else { older[1] } >> TOKENS;
                let known = (is_newer | matches(*older, key)) && place >> 31 == 0;
                total += if known { tokens } else { 0 };
                unknown[count & (unknown.len() - 1)] = (first + index) as u16;
                count += usize::from(!known);
            }
            first += batch.len();
        }
        (total, count)
    }

    /// The tokens of the piece of this length at the start of the window, which `count` finds
    /// if they are not known.
    #[inline]
    pub fn tokens(
        &mut self,
        window: &[u8; WINDOW],
        length: usize,
        count: impl FnOnce() -> u64,
    ) -> u64 {
        if length < 16 {
            let key = short_key(window.first_chunk().expect("of thirty-two"), length);
            for slot in self.short[short_place(key, self.shift)] {
                if matches(slot, key) {
                    return slot[1] >> TOKENS;
                }
            }
            let tokens = count();
            self.put([key[0], key[1] | tokens << TOKENS]);
            return tokens;
        }
        if length > 30 {
            return count();
        }
        let key = long_key(window, length);
        let slot = &mut self.long[long_place(key)];
        if slot[..3] == key[..3] && (slot[3] ^ key[3]) << 4 == 0 {
            return slot[3] >> TOKENS;
        }
        let tokens = count();
        if tokens < 16 {
            *slot = [key[0], key[1], key[2], key[3] | tokens << TOKENS];
        }
        tokens
    }

    fn put(&mut self, piece: Short) {
        if self.room == 0 && self.shift > 64 - MOST {
            self.grow();
        }
        self.room = self.room.saturating_sub(1);
        let [newer, older] = &mut self.short[short_place(untold(piece), self.shift)];
        *older = *newer;
        *newer = piece;
    }

    /// Makes four places of each, from the last one on, so that none is overwritten before.
    fn grow(&mut self) {
        let places = 1 << (64 - self.shift);
        self.shift -= 2;
        self.room = 6 * places;
        for place in (0..places).rev() {
            let [newer, older] = self.short[place];
            let mut four = [[[0; 2]; 2]; 4];
            for piece in [older, newer] {
                let [first, second] = &mut four[short_place(untold(piece), self.shift) % 4];
                *second = *first;
                *first = piece;
            }
            self.short[4 * place..4 * place + 4].copy_from_slice(&four);
        }
    }
}

/// The piece alone, without its tokens.
fn untold([first, last]: Short) -> Short {
    [first, last << 4 >> 4]
}

#[inline]
fn matches(slot: Short, key: Short) -> bool {
    slot[0] ^ key[0] | (slot[1] ^ key[1]) << 4 == 0
}

#[inline]
fn short_key(window: &[u8; 16], length: usize) -> Short {
    let [low, high] = MASKS[length & 15];
    let both = u128::from_le_bytes(*window);
    [both as u64 & low, (both >> 64) as u64 & high | (length as u64) << 56]
}

#[inline]
fn long_key(window: &[u8; WINDOW], length: usize) -> Long {
    let word = |at: usize| u64::from_le_bytes(*window[at..].first_chunk().expect("eight bytes"));
    let [low, high] = MASKS[length - 16];
    [word(0), word(8), word(16) & low, word(24) & high | (length as u64 - 15) << 56]
}

#[inline]
fn short_place(key: Short, shift: u32) -> usize {
    let hash = key[0].wrapping_mul(FACTORS[0]) ^ key[1].wrapping_mul(FACTORS[1]);
    (hash >> shift) as usize % (1 << MOST)
}

fn long_place(key: Long) -> usize {
    let hash =
        key.iter().zip(FACTORS).fold(0, |hash, (word, factor)| hash ^ word.wrapping_mul(factor));
    (hash >> (64 - LONG_BITS)) as usize
}

/// Asks for what will be read soon, where that can be asked for.
#[inline]
fn prefetch<T>(place: &T) {
    #[cfg(all(target_arch = "x86_64", not(plain)))]
    // SAFETY: a prefetch neither reads nor writes what a program can see, and the place is a
    // reference's. It lets many look-ups wait for memory together: English is counted a tenth
    // quicker.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(plain))))]
    let _ = place;
}

/// Odd numbers without a pattern.
const FACTORS: [u64; 4] =
    [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0xD6E8_FEB8_6659_FD93];

/// The first bytes of sixteen, as many as the index says.
static MASKS: [[u64; 2]; 16] = {
    let mut masks = [[0; 2]; 16];
    let mut length = 0;
    while length < 16 {
        let mask = (1u128 << (8 * length)) - 1;
        masks[length] = [mask as u64, (mask >> 64) as u64];
        length += 1;
    }
    masks
};
