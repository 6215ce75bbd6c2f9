//! The tokens of whole texts: pieces are cut off, many at a time, and looked up together; what
//! is not known is searched for.

use std::cell::RefCell;

use super::blocks::Bounds;
use super::cache::{Cache, WINDOW};
use super::merge::Search;
use super::pattern::{Pattern, piece_end};
use super::run::Run;
use super::vocabulary::{VOCABULARIES, Vocabulary};

/// A piece longer than this is counted bit by bit.
const LONG: usize = 1 << 16;

/// The tokens of a text, which is taken to be whole.
pub fn count(vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8]) -> u64 {
    with_memory(vocabulary, |memory| memory.count(vocabulary, pattern, text))
}

/// Appends the ids of the tokens of a text, which is taken to be whole.
pub fn encode(vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8], ids: &mut Vec<u32>) {
    with_memory(vocabulary, |Memory { search, .. }| {
        let mut at = 0;
        while at < text.len() {
            let end = piece_end(pattern, text, at);
            search.begin(end - at);
            search.run(vocabulary, &text[at..end], 0, None);
            ids.extend(search.path.iter().map(|step| step.token));
            at = end;
        }
    });
}

/// How many tokens this one piece is.
pub fn count_piece(vocabulary: &'static Vocabulary, piece: &[u8]) -> u64 {
    with_memory(vocabulary, |memory| tokens(vocabulary, &mut memory.search, piece))
}

/// What a thread keeps from one text to the next.
struct Memory {
    cache: Cache,
    search: Search,
    bounds: Bounds,
    unknown: Box<[u16; 1024]>,
    /// It has counted a text before. What a short process counts once is not worth the first touch
    /// of the cache's memory.
    warm: bool,
}

thread_local! {
    static MEMORIES: RefCell<[Option<Box<Memory>>; VOCABULARIES]> = RefCell::default();
}

fn with_memory<T>(vocabulary: &'static Vocabulary, work: impl FnOnce(&mut Memory) -> T) -> T {
    MEMORIES.with_borrow_mut(|memories| {
        work(memories[vocabulary.index].get_or_insert_with(|| Box::new(Memory::new())))
    })
}

/// No place for a window is left behind the pieces that start in so many of the last bytes.
const RESERVE: usize = 96;

impl Memory {
    fn new() -> Self {
        Self {
            cache: Cache::new(),
            search: Search::new(),
            bounds: Bounds::new(),
            unknown: Box::new([0; 1024]),
            warm: false,
        }
    }

    fn count(&mut self, vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8]) -> u64 {
        let mut total = 0;
        let mut at = 0;
        while at < text.len() {
            if at + RESERVE < text.len() {
                let (tokens, end) = self.count_many(vocabulary, pattern, text, at);
                total += tokens;
                if end > at {
                    at = end;
                    continue;
                }
            }
            let end = piece_end(pattern, text, at);
            total += self.count_last(vocabulary, text, at, end);
            at = end;
        }
        self.warm = true;
        total
    }

    /// The tokens of a piece that may have no window of text behind its start.
    fn count_last(
        &mut self,
        vocabulary: &'static Vocabulary,
        text: &[u8],
        start: usize,
        end: usize,
    ) -> u64 {
        let mut search = || tokens(vocabulary, &mut self.search, &text[start..end]);
        if !self.warm {
            return search();
        }
        let there = &text[start..text.len().min(start + WINDOW)];
        let mut window = [0; WINDOW];
        window[..there.len()].copy_from_slice(there);
        self.cache.tokens(&window, end - start, search)
    }

    /// The tokens of the next pieces that have a window behind each start, and where they end.
    fn count_many(
        &mut self,
        vocabulary: &'static Vocabulary,
        pattern: Pattern,
        text: &[u8],
        at: usize,
    ) -> (u64, usize) {
        self.bounds.cut(pattern, text, at, RESERVE);
        let mut places = self.bounds.places();
        while let [before @ .., last] = places
            && last + WINDOW > text.len()
            && !before.is_empty()
        {
            places = before;
        }
        let (mut total, unknown) = self.cache.known(text, places, &mut self.unknown[..]);
        for &index in &self.unknown[..unknown] {
            let (start, end) = (places[usize::from(index)], places[usize::from(index) + 1]);
            let search = || tokens(vocabulary, &mut self.search, &text[start..end]);
            let window = text[start..].first_chunk().expect("a window of text follows");
            total += self.cache.tokens(window, end - start, search);
        }
        (total, places[places.len() - 1])
    }
}

/// The tokens of one piece.
#[inline(never)]
fn tokens(vocabulary: &'static Vocabulary, search: &mut Search, piece: &[u8]) -> u64 {
    if piece.len() > LONG {
        let mut run = Run::new(vocabulary);
        run.push(piece);
        return run.tokens();
    }
    search.begin(piece.len());
    search.run(vocabulary, piece, 0, None);
    search.path.len() as u64
}
