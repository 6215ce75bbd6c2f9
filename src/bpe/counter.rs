//! Counts text that comes in blocks, in constant memory: what can still grow is kept.

use super::classes::{UPPER, WHITE, skip};
use super::cut::safe_cut;
use super::long::{LOOKAHEAD, Long};
use super::pattern::{Pattern, piece_end};
use super::{Encoding, count, pieces};

/// A piece that grows longer than this is no longer kept.
const KEPT: usize = 1 << 16;

/// Tokens of a text that is pushed block by block, cut anywhere.
pub struct Counter {
    encoding: Encoding,
    tokens: u64,
    /// What was not counted yet; empty while there is a long piece.
    kept: Vec<u8>,
    long: Option<Box<Long>>,
    /// How much may be kept.
    limit: usize,
}

impl Counter {
    pub fn new(encoding: Encoding) -> Self {
        Self::with_limit(encoding, KEPT)
    }

    /// Tests keep less, to see long pieces in short texts.
    pub(super) fn with_limit(encoding: Encoding, limit: usize) -> Self {
        Self { encoding, tokens: 0, kept: Vec::new(), long: None, limit }
    }

    pub fn push(&mut self, block: &[u8]) {
        for block in block.chunks(self.limit) {
            match self.long.as_mut().map(|long| long.push(block)) {
                None => self.kept.extend_from_slice(block),
                Some(None) => continue,
                Some(Some(ended)) => {
                    self.tokens += ended.tokens;
                    self.kept = ended.rest;
                    self.long = None;
                }
            }
            self.settle();
        }
    }

    /// The tokens of what cannot change any more.
    pub fn so_far(&self) -> u64 {
        self.tokens
    }

    /// The tokens of all that was pushed.
    pub fn finish(mut self) -> u64 {
        while let Some(long) = self.long.take() {
            let ended = long.finish();
            self.tokens += ended.tokens;
            self.kept = ended.rest;
        }
        self.tokens + count(self.encoding, &self.kept)
    }

    /// Counts what cannot change any more.
    fn settle(&mut self) {
        let (vocabulary, pattern) = self.encoding.parts();
        let mut settled = safe_cut(pattern, &self.kept);
        self.tokens += count(self.encoding, &self.kept[..settled]);
        if self.kept.len() - settled >= self.limit {
            while let Some(end) = settled_end(pattern, &self.kept, settled) {
                self.tokens += pieces::count_piece(vocabulary, &self.kept[settled..end]);
                settled = end;
            }
        }
        self.kept.drain(..settled);
        if self.kept.len() >= self.limit {
            let start = std::mem::take(&mut self.kept);
            let mut long = Box::new(Long::new(vocabulary, pattern, &start));
            match long.push(&[]) {
                None => self.long = Some(long),
                Some(ended) => {
                    self.tokens += ended.tokens;
                    self.kept = ended.rest;
                }
            }
        }
    }
}

/// The end of the piece that starts at `start`, if it stays there whatever follows the text.
fn settled_end(pattern: Pattern, text: &[u8], start: usize) -> Option<usize> {
    if start == text.len() {
        return None;
    }
    let end = piece_end(pattern, text, start);
    // Where the end of a piece depends on what comes after it, that is a run of white space or
    // of capitals, and the one character after that.
    let seen = skip(text, end, WHITE).max(skip(text, end, UPPER)) + LOOKAHEAD;
    (seen < text.len()).then_some(end)
}
