//! The tokens of whole texts: pieces are cut off, many at a time, and looked up together; what is
//! not known is searched for.

use std::cell::RefCell;

use super::blocks::Bounds;
use super::cache::{Cache, WINDOW};
use super::merge::Search;
use super::pattern::{Pattern, piece_end};
use super::run::Run;
use super::vocabulary::Vocabulary;

/// A piece longer than this is counted bit by bit.
const LONG: usize = 1 << 16;

/// What is kept from one text to the next.
struct Memory {
    cache: Cache,
    search: Search,
    bounds: Bounds,
    unknown: Box<[u16; 1024]>,
}
impl Default for Memory {
    fn default() -> Self {
        Self {
            cache: Cache::default(),
            search: Search::default(),
            bounds: Bounds::default(),
            unknown: Box::new([0; 1024]),
        }
    }
}

thread_local! {
    static MEMORY: RefCell<[Option<Box<Memory>>; 4]> = RefCell::default();
}

fn with<T>(vocabulary: &'static Vocabulary, f: impl FnOnce(&mut Memory) -> T) -> T {
    let index = vocabulary.index();
    MEMORY.with_borrow_mut(|m| f(m[index].get_or_insert_default()))
}

/// The tokens of a text, which is taken to be whole.
pub fn count(vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8]) -> u64 {
    with(vocabulary, |m| m.count(vocabulary, pattern, text))
}

pub fn count_piece(vocabulary: &'static Vocabulary, piece: &[u8]) -> u64 {
    with(vocabulary, |m| tokens(vocabulary, &mut m.search, piece))
}

impl Memory {
    fn count(&mut self, vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8]) -> u64 {
        let mut total = 0;
        let mut at = 0;
        while at + 96 < text.len() {
            self.bounds.cut(pattern, text, at, 96);
            let mut places = self.bounds.places();
            while *places.last().expect("the first is always there") as usize + 16 > text.len() {
                places = &places[..places.len() - 1];
            }
            let (known, unknown) = self.cache.known(text, places, &mut self.unknown[..]);
            total += known;
            for &index in &self.unknown[..unknown] {
                let index = usize::from(index);
                let start = places[index] as usize;
                let piece = &text[start..places[index + 1] as usize];
                let mut count = || tokens(vocabulary, &mut self.search, piece);
                total += match text[start..].first_chunk::<WINDOW>() {
                    Some(window) => self.cache.tokens(window, piece.len(), count),
                    None => count(),
                };
            }
            let new = *places.last().expect("the first is always there") as usize;
            if new == at {
                break;
            }
            at = new;
        }
        while at < text.len() {
            let end = piece_end(pattern, text, at);
            total += tokens(vocabulary, &mut self.search, &text[at..end]);
            at = end;
        }
        total
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

/// Appends the ids of the tokens of a text, which is taken to be whole.
pub fn encode(vocabulary: &'static Vocabulary, pattern: Pattern, text: &[u8], ids: &mut Vec<u32>) {
    with(vocabulary, |m| {
        let search = &mut m.search;
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
