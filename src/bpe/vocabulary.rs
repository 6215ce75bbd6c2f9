//! The tables of one set of tokens, as `build.rs` wrote them, and the questions they answer.
//! Knows nothing of patterns: any bytes may be asked about.

/// No token is longer, so a token that starts this far back has ended.
pub const LONGEST_TOKEN: usize = 128;

/// What the tables say where there is no token.
pub const NO_TOKEN: u32 = 0xFFF_FFFF;

/// The flags of a node of the trie; `build/trie.rs` explains them.
const CHILD: u32 = 1 << 8;
const LEAF: u32 = 1 << 9;
const ENDS: u32 = 1 << 10;
const END: u8 = 0x7F;

/// The mark beside a token's halves; `build/merges.rs` explains it.
const QUIET: u32 = 1 << 31;

/// How many there are.
pub const VOCABULARIES: usize = 4;

pub static R50K: Vocabulary = vocabulary!(0, "p50k", 50_256);
pub static P50K: Vocabulary = vocabulary!(1, "p50k", 50_281);
pub static CL100K: Vocabulary = vocabulary!(2, "cl100k", 100_256);
pub static O200K: Vocabulary = vocabulary!(3, "o200k", 199_998);

pub struct Vocabulary {
    /// Which of them this is.
    pub index: usize,
    /// Tokens from this one on do not exist: `r50k_base` is `p50k_base` cut short.
    pub end: u32,
    trie: &'static [u8],
    filter: &'static [u8],
    pilots: &'static [u8],
    pairs: &'static [u8],
    halves: &'static [u8],
    starts: &'static [u8],
    lengths: &'static [u8],
    bytes: &'static [u8],
}

impl Vocabulary {
    /// The bytes of a token.
    pub fn bytes(&self, token: u32) -> Option<&'static [u8]> {
        if token >= self.end {
            return None;
        }
        let token = token as usize;
        let block = token / 64 * 64;
        let before: usize = self.lengths[block..token].iter().map(|&l| usize::from(l)).sum();
        let start = word(self.starts, token / 64) as usize + before;
        let length = usize::from(self.lengths[token]);
        (length > 0).then(|| &self.bytes[start..start + length])
    }

    /// Follows the text down the trie, and notes where a token ends: at which node, and after
    /// how many bytes. How many there are is the result; the longest is the last.
    #[inline]
    pub fn walk(&self, text: &[u8], ends: &mut [(u32, u32); LONGEST_TOKEN + 1]) -> usize {
        let mut count = 0;
        let mut node = word(self.trie, 0);
        for (&byte, length) in text.iter().zip(1..) {
            node = word(self.trie, (node >> 12) as usize ^ usize::from(byte));
            if node & (CHILD | 0xFF) != CHILD | u32::from(byte) {
                break;
            }
            ends[count] = (node, length);
            count += usize::from(node & ENDS != 0);
            if node & LEAF != 0 {
                break;
            }
        }
        count
    }

    /// Every token that `text` starts with, the shortest first, with its length.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(u32, usize)) {
        let mut node = word(self.trie, 0);
        for (&byte, length) in text.iter().zip(1..) {
            node = word(self.trie, (node >> 12) as usize ^ usize::from(byte));
            if node & (CHILD | 0xFF) != CHILD | u32::from(byte) {
                return;
            }
            if node & ENDS != 0 {
                let token = self.token_at(node);
                if token < self.end {
                    found(token, length);
                }
                if node & LEAF != 0 {
                    return;
                }
            }
        }
    }

    #[inline]
    pub fn token_at(&self, node: u32) -> u32 {
        let end = if node & LEAF != 0 {
            node
        } else {
            word(self.trie, (node >> 12) as usize ^ usize::from(END))
        };
        end >> 12
    }

    /// The token that two neighbours become when they merge, or `NO_TOKEN`.
    #[inline(always)]
    pub fn merged(&self, left: u32, right: u32) -> u32 {
        let key = u64::from(left) << 18 | u64::from(right);
        let product = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let hash = product ^ product >> 32;
        let bits = 1 << (hash >> 52 & 63) | 1 << (hash >> 58);
        let filter = double_word(self.filter, hash as usize & (self.filter.len() / 8 - 1));
        let bucket = (hash >> 40) as usize & (self.pilots.len() - 1);
        let step = (hash >> 20) | 1;
        let place = hash.wrapping_add(u64::from(self.pilots[bucket]).wrapping_mul(step)) as usize;
        if filter & bits != bits {
            return NO_TOKEN;
        }
        let slot = word(self.pairs, place & (self.pairs.len() / 4 - 1));
        let token = slot & 0x3_FFFF;
        if slot >> 18 == (hash >> 50) as u32
            && token < self.end
            && self.halves(token) == (left, right)
        {
            token
        } else {
            NO_TOKEN
        }
    }

    #[inline]
    fn halves(&self, token: u32) -> (u32, u32) {
        let both = double_word(self.halves, token as usize);
        (both as u32 & !QUIET, (both >> 32) as u32 & !QUIET)
    }

    /// Whether no merge happens between these two but perhaps their own.
    #[inline]
    fn are_quiet(&self, left: u32, right: u32) -> bool {
        let left = double_word(self.halves, left as usize) as u32;
        let right = (double_word(self.halves, right as usize) >> 32) as u32;
        left & right & QUIET != 0
    }

    /// Whether `right` stays a token of its own after `left`, when the bytes of both are merged
    /// in one piece: no merge ever reaches across from one to the other.
    #[inline]
    pub fn follows(&self, left: u32, right: u32) -> bool {
        if self.are_quiet(left, right) {
            return self.merged(left, right) == NO_TOKEN;
        }
        self.follows_taken_apart(left, right)
    }

    /// The merges are undone backwards, those of the end of `left` and those of the beginning of
    /// `right`, the youngest first, until two bytes face each other. At every step `until` is
    /// the merge at which one of the two tokens that face each other vanished: if they had a
    /// merge of their own before that, they would have taken it.
    #[inline]
    fn follows_taken_apart(&self, mut left: u32, mut right: u32) -> bool {
        let mut until = self.end;
        loop {
            if self.merged(left, right) < until {
                return false;
            }
            if left.max(right) < 256 {
                return true;
            }
            // Of equal merges the one further to the left comes first. So `left` vanished before
            // an equal merge across, but `right` after it; and of two equal tokens `right` is
            // the younger.
            let left_is_younger = left > right;
            until = if left_is_younger { left } else { right + 1 };
            if left_is_younger {
                (_, left) = self.halves(left);
            } else {
                (right, _) = self.halves(right);
            }
        }
    }
}

#[inline]
fn word(table: &[u8], index: usize) -> u32 {
    let bytes = table[4 * index..4 * index + 4].try_into().expect("a slice of four bytes");
    u32::from_le_bytes(bytes)
}

#[inline]
fn double_word(table: &[u8], index: usize) -> u64 {
    let bytes = table[8 * index..8 * index + 8].try_into().expect("a slice of eight bytes");
    u64::from_le_bytes(bytes)
}

/// Tables start on a cache line, so that no entry straddles two.
#[repr(C, align(64))]
pub struct Aligned<T>(pub T);

/// A file that `build.rs` wrote, as read-only data.
macro_rules! table {
    ($($name:expr),+) => {{
        use $crate::bpe::vocabulary::Aligned;
        const LENGTH: usize = include_bytes!(concat!(env!("OUT_DIR"), "/", $($name),+)).len();
        static TABLE: Aligned<[u8; LENGTH]> =
            Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/", $($name),+)));
        &TABLE.0
    }};
}
pub(super) use table;

macro_rules! vocabulary {
    ($index:expr, $name:expr, $end:expr) => {
        Vocabulary {
            index: $index,
            end: $end,
            trie: table!($name, ".trie"),
            filter: table!($name, ".filter"),
            pilots: table!($name, ".pilots"),
            pairs: table!($name, ".pairs"),
            halves: table!($name, ".halves"),
            starts: table!($name, ".starts"),
            lengths: table!($name, ".lengths"),
            bytes: table!($name, ".bytes"),
        }
    };
}
use vocabulary;

#[cfg(test)]
mod tests {
    use super::super::tests::Random;
    use super::*;

    /// Neighbours that both are quiet are told as if they had been taken apart.
    #[test]
    fn quiet_neighbours() {
        let mut random = Random(7);
        for vocabulary in [&R50K, &P50K, &CL100K, &O200K] {
            let tokens: Vec<u32> =
                (0..vocabulary.end).filter(|&token| vocabulary.bytes(token).is_some()).collect();
            let quiet = (0..300_000).filter(|_| {
                let left = tokens[random.below(tokens.len())];
                let right = tokens[random.below(tokens.len())];
                let told = vocabulary.follows(left, right);
                assert_eq!(told, vocabulary.follows_taken_apart(left, right), "{left} {right}");
                vocabulary.are_quiet(left, right)
            });
            assert!(quiet.count() > 10);
        }
    }
}
