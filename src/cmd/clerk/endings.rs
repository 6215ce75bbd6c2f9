//! How requests ended, until that is written. All their words are in one text: with thousands of
//! requests a second, to take and free memory for each of them costs as much as to write them.

use std::ops::Range;

use super::{Booked, Like, Numbers};
use crate::books::{self, Bill, Settlement};

#[derive(Default)]
pub struct Endings {
    list: Vec<Ending>,
    words: String,
}

struct Ending {
    booked: Booked,
    settled: Option<Settled>,
}

/// A settlement, with places in the text for its words.
#[derive(Clone)]
struct Settled {
    bill: Option<Bill>,
    model: Option<Range<usize>>,
    finish_reason: Option<Range<usize>>,
    request_id: Option<Range<usize>>,
    attempts: u32,
    duration_ms: u64,
}

impl Endings {
    /// Without a settlement it was never sent.
    pub fn push(&mut self, booked: Booked, settlement: Option<&Settlement>) {
        let settled = settlement.map(|settlement| Settled {
            bill: settlement.bill,
            model: self.keep(settlement.model),
            finish_reason: self.keep(settlement.finish_reason),
            request_id: self.keep(settlement.request_id),
            attempts: settlement.attempts,
            duration_ms: settlement.duration_ms,
        });
        self.list.push(Ending { booked, settled });
    }

    fn keep(&mut self, word: Option<&str>) -> Option<Range<usize>> {
        let begin = self.words.len();
        self.words.push_str(word?);
        Some(begin..self.words.len())
    }

    /// Those of another list, behind these.
    pub fn append(&mut self, others: &Self, like: &Like) {
        for ended in others.iter(like) {
            let part = ended.part.as_ref().map(Numbers::of);
            let booked = Booked { row: ended.row, part };
            self.push(booked, ended.settlement.as_ref());
        }
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// As the ledger is told of them.
    pub fn iter<'a>(&'a self, like: &'a Like) -> impl Iterator<Item = books::Ended<'a>> {
        self.list.iter().map(|one| books::Ended {
            row: one.booked.row,
            part: one.booked.part.map(|part| like.entry(part)),
            settlement: one.settled.as_ref().map(|settled| self.settlement(settled)),
        })
    }

    fn settlement(&self, settled: &Settled) -> Settlement<'_> {
        let word = |place: &Option<Range<usize>>| place.clone().map(|place| &self.words[place]);
        Settlement {
            bill: settled.bill,
            model: word(&settled.model),
            finish_reason: word(&settled.finish_reason),
            request_id: word(&settled.request_id),
            attempts: settled.attempts,
            duration_ms: settled.duration_ms,
        }
    }
}
