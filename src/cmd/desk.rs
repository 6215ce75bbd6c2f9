//! Money and ledger for requests that are made at once. They share what `--max-cost` allows, and
//! one ledger. Whoever comes first writes for all who wait, in one transaction: a sync of the disk
//! then serves many, and still no reservation is told before it is on the disk. What was settled
//! goes along with the next reservation.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::account::money::Picodollars;
use crate::books::{Bill, Budget, Entry, Ledger, Reservation, RowId, Settlement};
use crate::exit::{Exit, failure};

/// So many settlements do not wait for a reservation to go along with.
const MOST_SETTLED: usize = 256;

pub struct Desk {
    ledger: Option<Mutex<Ledger>>,
    waiting: Mutex<Waiting>,
    purse: Purse,
    open: Mutex<Open>,
    ended: Condvar,
}

/// How many requests are reserved and not settled, and how many have been settled.
#[derive(Clone, Copy, Default)]
struct Open {
    under_way: u64,
    ended: u64,
}

/// What all of them may cost together, and what of it is spent or may be.
struct Purse {
    limit: Option<Picodollars>,
    taken: Mutex<Picodollars>,
}

#[derive(Default)]
struct Waiting {
    claims: Vec<(Numbers, Slot)>,
    settled: Vec<Owned>,
}

/// Where an answer is put. An error is one for all, so it is words.
type Slot = Arc<Mutex<Option<Result<Reservation, String>>>>;

/// What is of one request alone; the rest of an entry is the same for all of a job.
struct Numbers {
    time: i64,
    deadline: i64,
    retry_of: Option<RowId>,
    prompt_tokens: u64,
    reply_tokens: u64,
    exact: bool,
    worst_case: u128,
}

struct Owned {
    row: RowId,
    bill: Option<Bill>,
    model: Option<String>,
    finish_reason: Option<String>,
    request_id: Option<String>,
    attempts: u32,
    duration_ms: u64,
}

impl Desk {
    pub fn new(ledger: Option<Ledger>, limit: Option<Picodollars>) -> Self {
        let purse = Purse { limit, taken: Mutex::default() };
        let (waiting, open, ended) = Default::default();
        Self { ledger: ledger.map(Mutex::new), waiting, purse, open, ended }
    }

    /// Takes what a request can cost from what all of them may. They fit together once; those that
    /// have to be sent again may not.
    pub fn take(&self, worst: Picodollars) -> anyhow::Result<()> {
        let mut taken = lock(&self.purse.taken);
        let all = taken.plus(worst);
        match self.purse.limit {
            Some(limit) if all > limit => {
                let message = format!(
                    "over --max-cost ${limit}: ${taken} is spent or may be, as requests had to be \
                     repeated, and this could cost ${worst}"
                );
                Err(failure(Exit::OverCost, message))
            }
            _ => {
                *taken = all;
                Ok(())
            }
        }
    }

    /// What is spent or may be.
    pub fn taken(&self) -> Picodollars {
        *lock(&self.purse.taken)
    }

    /// Gives back what it did not cost.
    pub fn give_back(&self, unspent: Picodollars) {
        let mut taken = lock(&self.purse.taken);
        *taken = Picodollars(taken.0.saturating_sub(unspent.0));
    }

    /// Books a request. When this returns it is on the disk. None if there is no ledger.
    pub fn reserve(
        &self,
        entry: &Entry,
        budgets: &[Budget],
    ) -> Option<Result<Reservation, String>> {
        let ledger = self.ledger.as_ref()?;
        loop {
            let before = *lock(&self.open);
            let booked = self.book(ledger, entry, budgets);
            match booked {
                Ok(Reservation::Booked(_)) => lock(&self.open).under_way += 1,
                // What is under way costs less in the end than what is reserved for it.
                Ok(Reservation::Refused(_)) if self.waits_for_room(before) => continue,
                _ => {}
            }
            return Some(booked);
        }
    }

    /// Returns once another request has ended since `before`; false if none was under way.
    fn waits_for_room(&self, before: Open) -> bool {
        let mut open = lock(&self.open);
        while open.ended == before.ended {
            if open.under_way == 0 {
                return false;
            }
            open = self.ended.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    fn book(
        &self,
        ledger: &Mutex<Ledger>,
        entry: &Entry,
        budgets: &[Budget],
    ) -> Result<Reservation, String> {
        let slot = Slot::default();
        let numbers = Numbers {
            time: entry.time,
            deadline: entry.deadline,
            retry_of: entry.retry_of,
            prompt_tokens: entry.prompt_tokens,
            reply_tokens: entry.reply_tokens,
            exact: entry.exact,
            worst_case: entry.worst_case,
        };
        lock(&self.waiting).claims.push((numbers, Arc::clone(&slot)));
        let mut ledger = lock(ledger);
        let told = lock(&slot).take();
        told.unwrap_or_else(|| {
            let _ = self.write(&mut ledger, Some(entry), budgets);
            lock(&slot).take().unwrap_or_else(|| Err("the ledger gave no answer".to_owned()))
        })
    }

    /// Takes note of how a request ended.
    pub fn settle(&self, row: RowId, settlement: &Settlement) {
        self.note(row, settlement);
        let mut open = lock(&self.open);
        open.under_way = open.under_way.saturating_sub(1);
        open.ended += 1;
        drop(open);
        self.ended.notify_all();
    }

    fn note(&self, row: RowId, settlement: &Settlement) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let mut waiting = lock(&self.waiting);
        waiting.settled.push(Owned {
            row,
            bill: settlement.bill,
            model: owned(settlement.model),
            finish_reason: owned(settlement.finish_reason),
            request_id: owned(settlement.request_id),
            attempts: settlement.attempts,
            duration_ms: settlement.duration_ms,
        });
        let many = waiting.settled.len() >= MOST_SETTLED;
        drop(waiting);
        if many {
            // That they stay booked at their worst case is told at the end, by `finish`.
            let _ = self.finish();
        }
    }

    /// Writes what is not written yet.
    pub fn finish(&self) -> Result<(), String> {
        match &self.ledger {
            Some(ledger) => self.write(&mut lock(ledger), None, &[]),
            None => Ok(()),
        }
    }

    fn write(
        &self,
        ledger: &mut Ledger,
        like: Option<&Entry>,
        budgets: &[Budget],
    ) -> Result<(), String> {
        let Waiting { claims, settled } = {
            let mut waiting = lock(&self.waiting);
            match like {
                Some(_) => std::mem::take(&mut *waiting),
                None => {
                    Waiting { settled: std::mem::take(&mut waiting.settled), claims: Vec::new() }
                }
            }
        };
        let entries: Vec<Entry> =
            claims.iter().filter_map(|(numbers, _)| Some(numbers.entry(like?))).collect();
        let settlements: Vec<_> = settled.iter().map(Owned::settlement).collect();
        match ledger.book(&settlements, &entries, budgets) {
            Ok(booked) => {
                for ((_, slot), one) in claims.iter().zip(booked) {
                    *lock(slot) = Some(one.map_err(|error| error.to_string()));
                }
                Ok(())
            }
            Err(error) => {
                let why = error.to_string();
                for (_, slot) in &claims {
                    *lock(slot) = Some(Err(why.clone()));
                }
                Err(why)
            }
        }
    }
}

impl Numbers {
    fn entry<'a>(&self, like: &Entry<'a>) -> Entry<'a> {
        Entry {
            time: self.time,
            deadline: self.deadline,
            retry_of: self.retry_of,
            prompt_tokens: self.prompt_tokens,
            reply_tokens: self.reply_tokens,
            exact: self.exact,
            worst_case: self.worst_case,
            ..*like
        }
    }
}

impl Owned {
    fn settlement(&self) -> (RowId, Settlement<'_>) {
        let settlement = Settlement {
            bill: self.bill,
            model: self.model.as_deref(),
            finish_reason: self.finish_reason.as_deref(),
            request_id: self.request_id.as_deref(),
            attempts: self.attempts,
            duration_ms: self.duration_ms,
        };
        (self.row, settlement)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
