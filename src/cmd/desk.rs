//! Money and ledger for requests that are made at once. They share what `--max-cost` allows, and
//! one ledger. One of those who wait writes for all of them, in one transaction: a sync of the disk
//! then serves many, and still no reservation is told before it is on the disk. Who comes meanwhile
//! waits for the next. What was settled goes along with the next reservation.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::account::money::Picodollars;
use crate::books::{Bill, Budget, Entry, Ledger, Reservation, RowId, Settlement};
use crate::exit::{Exit, failure};

/// So many settlements do not wait for a reservation to go along with.
const MOST_SETTLED: usize = 256;

pub struct Desk {
    ledger: Option<Mutex<Ledger>>,
    waiting: Mutex<Waiting>,
    /// What was waited for is told.
    told: Condvar,
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
    claims: Vec<(Ticket, Numbers)>,
    settled: Vec<Owned>,
    /// Somebody is writing, for others too.
    writing: bool,
    last: Ticket,
    /// What nobody has fetched yet. An error is one for all, so it is words.
    answers: HashMap<Ticket, Told>,
}

type Ticket = u64;
type Told = Result<Reservation, String>;

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
        let (waiting, told, open, ended) = Default::default();
        Self { ledger: ledger.map(Mutex::new), waiting, told, purse, open, ended }
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

    pub fn has_ledger(&self) -> bool {
        self.ledger.is_some()
    }

    /// Books a request. When this returns it is on the disk.
    pub fn reserve(&self, entry: &Entry, budgets: &[Budget]) -> Result<Reservation, String> {
        let ledger = self.ledger.as_ref().ok_or("there is no ledger")?;
        loop {
            let before = *lock(&self.open);
            let booked = self.book(ledger, entry, budgets);
            match booked {
                Ok(Reservation::Booked(_)) => lock(&self.open).under_way += 1,
                // What is under way costs less in the end than what is reserved for it.
                Ok(Reservation::Refused(_)) if self.waits_for_room(before) => continue,
                _ => {}
            }
            return booked;
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

    fn book(&self, ledger: &Mutex<Ledger>, entry: &Entry, budgets: &[Budget]) -> Told {
        let numbers = Numbers {
            time: entry.time,
            deadline: entry.deadline,
            retry_of: entry.retry_of,
            prompt_tokens: entry.prompt_tokens,
            reply_tokens: entry.reply_tokens,
            exact: entry.exact,
            worst_case: entry.worst_case,
        };
        let mut waiting = lock(&self.waiting);
        waiting.last += 1;
        let ticket = waiting.last;
        waiting.claims.push((ticket, numbers));
        loop {
            if let Some(told) = waiting.answers.remove(&ticket) {
                return told;
            }
            if waiting.writing {
                waiting = self.told.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            waiting.writing = true;
            let claims = std::mem::take(&mut waiting.claims);
            let settled = std::mem::take(&mut waiting.settled);
            drop(waiting);
            let entries: Vec<_> = claims.iter().map(|(_, numbers)| numbers.entry(entry)).collect();
            let booked = write(ledger, &settled, &entries, budgets);
            waiting = lock(&self.waiting);
            waiting.writing = false;
            let answers = booked.unwrap_or_else(|error| {
                waiting.settled.extend(settled);
                vec![Err(error); claims.len()]
            });
            waiting.answers.extend(claims.iter().map(|(ticket, _)| *ticket).zip(answers));
            self.told.notify_all();
        }
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
        // Also where they could not be written before.
        let many = waiting.settled.len().is_multiple_of(MOST_SETTLED);
        drop(waiting);
        if many {
            // That they stay booked at their worst case is told at the end, by `finish`.
            let _ = self.finish();
        }
    }

    /// Writes what is not written yet.
    pub fn finish(&self) -> Result<(), String> {
        let Some(ledger) = &self.ledger else { return Ok(()) };
        let settled = std::mem::take(&mut lock(&self.waiting).settled);
        let written = write(ledger, &settled, &[], &[]).map(|_| ());
        if written.is_err() {
            lock(&self.waiting).settled.extend(settled);
        }
        written
    }
}

/// Settles and books, with an answer for each that is booked; or does nothing, and says why.
fn write(
    ledger: &Mutex<Ledger>,
    settled: &[Owned],
    entries: &[Entry],
    budgets: &[Budget],
) -> Result<Vec<Told>, String> {
    let settlements: Vec<_> = settled.iter().map(Owned::settlement).collect();
    let booked = lock(ledger).book(&settlements, entries, budgets);
    let booked = booked.map_err(|error| error.to_string())?;
    Ok(booked.into_iter().map(|one| one.map_err(|error| error.to_string())).collect())
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
