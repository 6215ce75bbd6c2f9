//! What a reply has come to so far.

use std::collections::BTreeMap;

use super::{Finish, Part, Usage};

/// What is known of a stream so far, but for its text: all that decides whether it is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub model: Option<String>,
    pub tier: Option<String>,
    /// The last usage that was not null.
    pub usage: Option<Usage>,
    /// A finish for each choice seen, by index; `Missing` until it comes.
    pub finishes: BTreeMap<u64, Finish>,
    pub refused: bool,
    pub calls_tools: bool,
    /// Whether `[DONE]` was seen.
    pub done: bool,
}

impl Progress {
    /// Takes note of what one event says.
    pub fn note(&mut self, part: &Part) {
        let Part::Chunk(chunk) = part else {
            self.done = true;
            return;
        };
        if self.model.is_none() {
            self.model.clone_from(&chunk.model);
        }
        if chunk.tier.is_some() {
            self.tier.clone_from(&chunk.tier);
        }
        self.usage = chunk.usage.or(self.usage);
        for piece in &chunk.pieces {
            let finish = self.finishes.entry(piece.index).or_default();
            if piece.finish != Finish::Missing {
                *finish = piece.finish.clone();
            }
            self.refused |= piece.refusal.is_some();
            self.calls_tools |= piece.calls_tools;
        }
    }

    /// Has `hide` change the server's words, the reply's own text aside.
    pub fn redact(&mut self, hide: impl Fn(&str) -> String) {
        let reasons = self.finishes.values_mut().filter_map(|finish| match finish {
            Finish::Other(reason) => Some(reason),
            _ => None,
        });
        for text in reasons.chain(&mut self.model).chain(&mut self.tier) {
            *text = hide(text);
        }
    }
}
