//! One piece to its tokens. Instead of merging, it looks for the longest token at each place and
//! takes it if it may follow the one before; where none may, it goes back. A sequence in which
//! every token may follow the one before is the one that merging yields, and there is only one:
//! so is the token that ends at a place, and a place that led nowhere once need not be tried
//! again. That makes it linear.

use super::vocabulary::{LONGEST_TOKEN, NO_TOKEN, Vocabulary};

/// A token and where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub token: u32,
    pub start: usize,
}

/// The memory of a search, kept to be used again.
pub struct Search {
    /// The tokens up to here.
    pub path: Vec<Step>,
    /// One bit a place: the end of the text cannot be reached from it.
    dead: Vec<u64>,
    ends: Box<[(u32, u32); LONGEST_TOKEN + 1]>,
}

impl Search {
    pub fn new() -> Self {
        Self { path: Vec::new(), dead: Vec::new(), ends: Box::new([(0, 0); LONGEST_TOKEN + 1]) }
    }

    /// Forgets everything, and makes ready for a text of this length.
    pub fn begin(&mut self, length: usize) {
        self.path.clear();
        self.dead.clear();
        self.dead.resize(length / 64 + 1, 0);
    }

    /// Finds the tokens of `text` from `from` to its end, the first of which follows `previous`,
    /// and says whether there are any. What earlier searches found dead stays so.
    pub fn run(
        &mut self,
        vocabulary: &Vocabulary,
        text: &[u8],
        from: usize,
        previous: Option<u32>,
    ) -> bool {
        let previous = previous.unwrap_or(NO_TOKEN);
        let mut at = from;
        let mut last = previous;
        let mut bound = text.len();
        while at < text.len() {
            let mut count = vocabulary.walk(&text[at..bound], &mut self.ends);
            let found = loop {
                if count == 0 {
                    break None;
                }
                count -= 1;
                let (node, length) = self.ends[count];
                let token = vocabulary.token_at(node);
                if token < vocabulary.end
                    && !self.is_dead(at + length as usize)
                    && (last == NO_TOKEN || vocabulary.follows(last, token))
                {
                    break Some((token, length as usize));
                }
            };
            if let Some((token, length)) = found {
                self.path.push(Step { token, start: at });
                at += length;
                last = token;
                bound = text.len();
            } else {
                self.dead[at / 64] |= 1 << (at % 64);
                let Some(step) = self.path.pop() else { return false };
                bound = at - 1;
                at = step.start;
                last = self.path.last().map_or(previous, |step| step.token);
            }
        }
        true
    }

    fn is_dead(&self, place: usize) -> bool {
        self.dead[place / 64] >> (place % 64) & 1 == 1
    }
}
