//! Bytes to tokens, exactly as OpenAI's tokenizers do it. Knows nothing of models, money or
//! JSON, does no input or output, and could be a crate of its own.
//!
//! Text is cut into pieces by the encoding's pattern, and each piece is merged on its own.
//! Special tokens never match in text. Bytes that are not UTF-8 are counted too: each longest
//! run of bytes that belong to no well-formed character is a piece, merged as bytes, and the
//! text before and after it is tokenized as if it stood alone.
//!
//! How a text goes through the files: `pieces` takes it and has `blocks` cut it: `lanes` says
//! which of sixty-four bytes are what, `starts` where pieces start among them, and `pattern` does
//! the same character by character where they cannot know, asking `classes`. A piece that came
//! by lately is in `cache`; for any other, `merge` searches the `vocabulary`, whose tables are
//! made by `build.rs`. A text that comes in parts goes to `counter`, which cuts it by `cut` where
//! no piece can cross, and feeds a piece that does not end to `long` and its `run`.

// Ids, lengths of tokens and places in a block are narrower than the machine's words: bounded by
// how they are made. What is in the inner loop is asked to be there.
#![allow(clippy::cast_possible_truncation, clippy::inline_always, clippy::match_same_arms)]

mod blocks;
mod cache;
mod classes;
mod counter;
mod cut;
mod lanes;
mod long;
mod merge;
mod pattern;
mod pieces;
mod run;
mod starts;
mod vocabulary;

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod long_tests;
#[cfg(test)]
mod tests;

pub use counter::Counter;
pub use vocabulary::LONGEST_TOKEN;

use pattern::Pattern;
use vocabulary::{Vocabulary, table};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    R50k,
    P50k,
    P50kEdit,
    Cl100k,
    O200k,
    O200kHarmony,
}

impl Encoding {
    pub const ALL: [Self; 6] =
        [Self::R50k, Self::P50k, Self::P50kEdit, Self::Cl100k, Self::O200k, Self::O200kHarmony];

    /// The name under which it was published.
    pub fn name(self) -> &'static str {
        match self {
            Self::R50k => "r50k_base",
            Self::P50k => "p50k_base",
            Self::P50kEdit => "p50k_edit",
            Self::Cl100k => "cl100k_base",
            Self::O200k => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
        }
    }

    /// The encoding of this name; `gpt2` is the older name of `r50k_base`.
    pub fn named(name: &str) -> Option<Self> {
        if name == "gpt2" {
            return Some(Self::R50k);
        }
        Self::ALL.into_iter().find(|encoding| encoding.name() == name)
    }

    fn parts(self) -> (&'static Vocabulary, Pattern) {
        match self {
            Self::R50k => (&vocabulary::R50K, Pattern::R50k),
            Self::P50k | Self::P50kEdit => (&vocabulary::P50K, Pattern::R50k),
            Self::Cl100k => (&vocabulary::CL100K, Pattern::Cl100k),
            Self::O200k | Self::O200kHarmony => (&vocabulary::O200K, Pattern::O200k),
        }
    }

    /// Records of `id, length, bytes`, in order of their ids.
    fn specials(self) -> &'static [u8] {
        match self {
            Self::R50k => table!("r50k_base.specials"),
            Self::P50k => table!("p50k_base.specials"),
            Self::P50kEdit => table!("p50k_edit.specials"),
            Self::Cl100k => table!("cl100k_base.specials"),
            Self::O200k => table!("o200k_base.specials"),
            Self::O200kHarmony => table!("o200k_harmony.specials"),
        }
    }
}

/// How many tokens the text is.
pub fn count(encoding: Encoding, text: &[u8]) -> u64 {
    let (vocabulary, pattern) = encoding.parts();
    pieces::count(vocabulary, pattern, text)
}

/// Appends the ids of the text's tokens.
pub fn encode(encoding: Encoding, text: &[u8], ids: &mut Vec<u32>) {
    let (vocabulary, pattern) = encoding.parts();
    pieces::encode(vocabulary, pattern, text, ids);
}

/// The bytes of a token; those of a special token are its name.
pub fn token(encoding: Encoding, id: u32) -> Option<&'static [u8]> {
    let (vocabulary, _) = encoding.parts();
    vocabulary.bytes(id).or_else(|| special(encoding.specials(), id))
}

/// The last place in the text that no token can cross, whatever follows; 0 if there is none.
/// What is before it and what is after it can be tokenized apart from each other.
pub fn safe_cut(encoding: Encoding, text: &[u8]) -> usize {
    let (_, pattern) = encoding.parts();
    cut::safe_cut(pattern, text)
}

fn special(mut records: &'static [u8], id: u32) -> Option<&'static [u8]> {
    while let Some((head, tail)) = records.split_first_chunk::<5>() {
        let (bytes, later) = tail.split_at(usize::from(head[4]));
        if head[..4] == id.to_le_bytes() {
            return Some(bytes);
        }
        records = later;
    }
    None
}
