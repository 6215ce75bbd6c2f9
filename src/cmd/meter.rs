//! Counts a reply as it comes, and says where the cap is reached, whatever the server thinks.

use crate::bpe::{self, Encoding};
use crate::cmd::tokens::cut::longest_start;

/// How much text may wait for a place to cut. Beyond it (text without any boundary) the count
/// may be off by a token a stretch, which is no worse than any count of a reply.
const LONGEST_WAIT: usize = 8 * 1024;
/// How much text comes before a place to cut is looked for again: a reply comes word by word.
const STRETCH: usize = 1024;

pub struct Meter {
    encoding: Encoding,
    cap: u64,
    settled: u64,
    /// Text whose tokens may still change.
    tail: Vec<u8>,
    /// How long the tail may grow before it is settled.
    next: usize,
}

impl Meter {
    pub fn new(encoding: Encoding, cap: Option<u64>) -> Self {
        let cap = cap.unwrap_or(u64::MAX);
        Self { encoding, cap, settled: 0, tail: Vec::new(), next: STRETCH }
    }

    pub fn tokens(&self) -> u64 {
        self.settled + bpe::count(self.encoding, &self.tail)
    }

    /// Leaves less of the cap to this text: others have taken a part of it.
    pub fn lower(&mut self, cap: Option<u64>, taken: u64) {
        self.cap = cap.map_or(u64::MAX, |cap| cap.saturating_sub(taken));
    }

    /// Takes a piece of the reply; returns how much of it is within the cap.
    pub fn admit(&mut self, piece: &str) -> usize {
        let before = self.tail.len();
        self.tail.extend_from_slice(piece.as_bytes());
        let left = self.cap.saturating_sub(self.settled);
        // No text has more tokens than bytes.
        let may_be_over = self.tail.len() as u64 > left;
        if may_be_over && bpe::count(self.encoding, &self.tail) > left {
            let end = longest_start(self.encoding, &self.tail, self.tail.len(), left);
            self.tail.truncate(end.max(before));
            return end.saturating_sub(before);
        }
        if self.tail.len() >= self.next {
            self.settle();
        }
        piece.len()
    }

    fn settle(&mut self) {
        let cut = match bpe::safe_cut(self.encoding, &self.tail) {
            0 if self.tail.len() > LONGEST_WAIT => self.tail.len(),
            cut => cut,
        };
        self.settled += bpe::count(self.encoding, &self.tail[..cut]);
        self.tail.drain(..cut);
        self.next = self.tail.len() + STRETCH;
    }
}

#[cfg(test)]
mod tests {
    use super::{Meter, longest_start};
    use crate::bpe::{self, Encoding};

    const O200K: Encoding = Encoding::O200k;

    /// Text in pieces of `step` words, as models write it, under a cap: what is let through and
    /// how it is counted are the same as for the text as a whole.
    #[track_caller]
    fn check(text: &str, step: usize, cap: u64) {
        let mut meter = Meter::new(O200K, Some(cap));
        let mut through = 0;
        let words: Vec<&str> = text.split_inclusive(' ').collect();
        for piece in words.chunks(step).map(<[&str]>::concat) {
            let admitted = meter.admit(&piece);
            through += admitted;
            if admitted < piece.len() {
                break;
            }
        }
        let all = bpe::count(O200K, text.as_bytes());
        if all <= cap {
            assert_eq!((through, meter.tokens()), (text.len(), all));
        } else {
            assert!(meter.tokens() <= cap, "{} tokens over a cap of {cap}", meter.tokens());
            let longest = longest_start(O200K, text.as_bytes(), text.len(), cap);
            assert!(through >= longest, "{through} bytes where {longest} are allowed");
        }
    }

    #[test]
    fn counts_in_pieces_what_it_counts_at_once() {
        let words = "The quick brown fox, 12345 times; jumps over it's lazy dog.\n".repeat(100);
        for step in [1, 2, 3, 7, 64, 5000] {
            for cap in [0, 1, 2, 15, 100, 1000, 10_000] {
                check(&words, step, cap);
            }
        }
        check(&"a".repeat(40_000), 1, 10_000);
    }
}
