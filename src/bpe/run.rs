//! The tokens of one piece that comes bit by bit and may never end, in constant memory.
//!
//! Every beginning of the piece has tokens of its own, and those of the whole agree with those
//! of the beginning that ends where one of them ends. No token is longer than `LONGEST_TOKEN`:
//! so one of the whole piece's tokens ends in the last that many places, and it is enough to
//! remember, of each of those places, how many tokens lead there and which is the last.

use super::merge::Search;
use super::vocabulary::{LONGEST_TOKEN, Vocabulary};

/// How much is collected before tokens are looked for.
const BLOCK: usize = 1 << 16;

/// The beginning of the piece up to some place: its tokens, and the last of them.
#[derive(Clone, Copy)]
struct Prefix {
    tokens: u64,
    last: Option<u32>,
}

pub struct Run {
    vocabulary: &'static Vocabulary,
    /// The last bytes that are known, and those that are not yet.
    bytes: Vec<u8>,
    /// The prefixes that end before each of the known bytes, and after them.
    known: Vec<Prefix>,
    search: Search,
}

impl Run {
    pub fn new(vocabulary: &'static Vocabulary) -> Self {
        let known = vec![Prefix { tokens: 0, last: None }];
        Self { vocabulary, bytes: Vec::new(), known, search: Search::new() }
    }

    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = (BLOCK + self.known.len()).saturating_sub(self.bytes.len());
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.bytes.extend_from_slice(now);
            if !later.is_empty() {
                self.advance();
            }
            bytes = later;
        }
    }

    /// The tokens of all that was pushed.
    pub fn tokens(&mut self) -> u64 {
        self.tokens_but(0)
    }

    /// The tokens of all that was pushed but the last few bytes, which must not be more than the
    /// longest token nor than there were.
    pub fn tokens_but(&mut self, last: usize) -> u64 {
        self.advance();
        self.known[self.known.len() - 1 - last].tokens
    }

    /// Gets to know everything up to the last byte.
    fn advance(&mut self) {
        let roots = self.known.len();
        if self.bytes.len() + 1 == roots {
            return;
        }
        self.search.begin(self.bytes.len());
        let root = (0..roots)
            .rev()
            .find(|&root| {
                let last = self.known[root].last;
                self.search.run(self.vocabulary, &self.bytes, root, last)
            })
            .expect("every text has tokens, and one of them ends at a root");
        // Nearly always the tokens of all the last places part ways not far from the end.
        let mut back = 2 * LONGEST_TOKEN;
        loop {
            let from = self.bytes.len().saturating_sub(back);
            let step = self.search.path.partition_point(|step| step.start < from);
            let known = if from < roots || step == 0 {
                self.all_from(0, &self.known)
            } else {
                let tokens = self.known[root].tokens + step as u64;
                let last = Some(self.search.path[step - 1].token);
                let start = self.search.path.get(step).map_or(self.bytes.len(), |s| s.start);
                self.all_from(start, &[Prefix { tokens, last }])
            };
            if let Some(known) = known {
                let gone = self.bytes.len() + 1 - known.len();
                self.bytes.drain(..gone);
                self.known = known;
                return;
            }
            back *= 2;
        }
    }

    /// The prefixes at the last places, if they all can be reached from those given, which end
    /// at `start` and the places after it.
    fn all_from(&self, start: usize, given: &[Prefix]) -> Option<Vec<Prefix>> {
        let text = &self.bytes[start..];
        let mut prefixes: Vec<Option<Prefix>> = given.iter().copied().map(Some).collect();
        prefixes.resize(text.len() + 1, None);
        for at in 0..text.len() {
            let Some(prefix) = prefixes[at] else { continue };
            self.vocabulary.each(&text[at..], |token, length| {
                if prefixes[at + length].is_none()
                    && prefix.last.is_none_or(|last| self.vocabulary.follows(last, token))
                {
                    let tokens = prefix.tokens + 1;
                    prefixes[at + length] = Some(Prefix { tokens, last: Some(token) });
                }
            });
        }
        let wanted = (self.bytes.len() + 1).min(LONGEST_TOKEN + 1);
        prefixes.split_off(prefixes.len().checked_sub(wanted)?).into_iter().collect()
    }
}
