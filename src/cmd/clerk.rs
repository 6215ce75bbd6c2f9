//! One ledger for requests that are made at once. One of those who wait writes for all of them, in
//! one transaction: a sync of the disk then serves many, and still no reservation is told before it
//! is on the disk. Who comes meanwhile waits for the next. What was settled goes along with the
//! next reservation. Knows nothing of what a job may cost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};

use crate::books::{Bill, Budget, Entry, Ledger, Reservation, RowId, Settlement};

/// So many settlements do not wait for a reservation to go along with.
const MOST_SETTLED: usize = 256;

pub struct Clerk {
    ledger: Mutex<Ledger>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    claims: Vec<(Arc<Claim>, Vec<Numbers>)>,
    ended: Vec<Ended>,
    /// Somebody is writing, or has been told to.
    writing: bool,
}

/// An error is one for all of a transaction, so it is words.
pub type Told = Result<Reservation, String>;

/// What a thread waits for, woken alone: to be told, or to write for the others.
struct Claim {
    thread: Thread,
    told: OnceLock<Vec<Told>>,
    writes: AtomicBool,
}

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

/// A request that was settled or, without a settlement, never sent.
struct Ended {
    row: RowId,
    settlement: Option<Owned>,
}

struct Owned {
    bill: Option<Bill>,
    model: Option<String>,
    finish_reason: Option<String>,
    request_id: Option<String>,
    attempts: u32,
    duration_ms: u64,
}

impl Clerk {
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger: Mutex::new(ledger), waiting: Mutex::default() }
    }

    /// Books requests of one job, the answers in their order. When this returns they are on the
    /// disk.
    pub fn book(&self, entries: &[Entry], budgets: &[Budget]) -> Vec<Told> {
        let Some(like) = entries.first() else { return Vec::new() };
        let claim = Arc::new(Claim {
            thread: thread::current(),
            told: OnceLock::new(),
            writes: AtomicBool::new(false),
        });
        let mut waiting = lock(&self.waiting);
        waiting.claims.push((Arc::clone(&claim), entries.iter().map(Numbers::of).collect()));
        let is_first = !std::mem::replace(&mut waiting.writing, true);
        drop(waiting);
        if is_first || claim.wait() {
            self.write_for_all(like, budgets);
        }
        let told = claim.told.get().cloned();
        told.unwrap_or_else(|| vec![Err("the ledger gave no answer".to_owned()); entries.len()])
    }

    /// Writes what all who wait have claimed, and leaves the next of them to write after that.
    fn write_for_all(&self, like: &Entry, budgets: &[Budget]) {
        let mut waiting = lock(&self.waiting);
        let claims = std::mem::take(&mut waiting.claims);
        let ended = std::mem::take(&mut waiting.ended);
        drop(waiting);
        let numbers = claims.iter().flat_map(|(_, numbers)| numbers);
        let entries: Vec<_> = numbers.map(|numbers| numbers.entry(like)).collect();
        let booked = write(&mut lock(&self.ledger), &ended, &entries, budgets);
        let mut waiting = lock(&self.waiting);
        let answers = booked.unwrap_or_else(|error| {
            waiting.ended.extend(ended);
            vec![Err(error); entries.len()]
        });
        match waiting.claims.first() {
            Some((next, _)) => next.wake(|next| next.writes.store(true, Ordering::Release)),
            None => waiting.writing = false,
        }
        drop(waiting);
        let mut answers = answers.into_iter();
        for (claim, numbers) in &claims {
            let answers = answers.by_ref().take(numbers.len()).collect();
            // Nobody else tells it.
            claim.wake(|claim| drop(claim.told.set(answers)));
        }
    }

    /// Takes note of how a request ended; without a settlement it was never sent.
    pub fn settle(&self, row: RowId, settlement: Option<&Settlement>) {
        let mut waiting = lock(&self.waiting);
        waiting.ended.push(Ended { row, settlement: settlement.map(Owned::of) });
        // Also where they could not be written before.
        let many = waiting.ended.len().is_multiple_of(MOST_SETTLED);
        drop(waiting);
        if many {
            // That they stay booked at their worst case is told at the end, by `finish`.
            let _ = self.finish();
        }
    }

    /// Writes what has ended, unless somebody is writing already.
    pub fn catch_up(&self) {
        let waiting = lock(&self.waiting);
        let has_time = !waiting.writing && !waiting.ended.is_empty();
        drop(waiting);
        if has_time {
            // That they stay booked at their worst case is told at the end, by `finish`.
            let _ = self.finish();
        }
    }

    /// Writes what is not written yet.
    pub fn finish(&self) -> Result<(), String> {
        // Whoever books behind this sees what is settled here.
        let mut ledger = lock(&self.ledger);
        let ended = std::mem::take(&mut lock(&self.waiting).ended);
        let written = write(&mut ledger, &ended, &[], &[]).map(|_| ());
        if written.is_err() {
            lock(&self.waiting).ended.extend(ended);
        }
        written
    }
}

/// Settles and books, with an answer for each that is booked; or does nothing, and says why.
fn write(
    ledger: &mut Ledger,
    ended: &[Ended],
    entries: &[Entry],
    budgets: &[Budget],
) -> Result<Vec<Told>, String> {
    let settlements = ended.iter().map(|one| one.settlement.as_ref().map(Owned::settlement));
    let ended: Vec<_> = ended.iter().map(|one| one.row).zip(settlements).collect();
    let booked = ledger.book(&ended, entries, budgets).map_err(|error| error.to_string())?;
    Ok(booked.into_iter().map(|one| one.map_err(|error| error.to_string())).collect())
}

impl Claim {
    /// Whether this thread is to write; else it was told.
    fn wait(&self) -> bool {
        loop {
            if self.told.get().is_some() {
                return false;
            }
            if self.writes.load(Ordering::Acquire) {
                return true;
            }
            thread::park();
        }
    }

    fn wake(&self, change: impl FnOnce(&Self)) {
        change(self);
        self.thread.unpark();
    }
}

impl Numbers {
    fn of(entry: &Entry) -> Self {
        Self {
            time: entry.time,
            deadline: entry.deadline,
            retry_of: entry.retry_of,
            prompt_tokens: entry.prompt_tokens,
            reply_tokens: entry.reply_tokens,
            exact: entry.exact,
            worst_case: entry.worst_case,
        }
    }

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
    fn of(settlement: &Settlement) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            bill: settlement.bill,
            model: owned(settlement.model),
            finish_reason: owned(settlement.finish_reason),
            request_id: owned(settlement.request_id),
            attempts: settlement.attempts,
            duration_ms: settlement.duration_ms,
        }
    }

    fn settlement(&self) -> Settlement<'_> {
        Settlement {
            bill: self.bill,
            model: self.model.as_deref(),
            finish_reason: self.finish_reason.as_deref(),
            request_id: self.request_id.as_deref(),
            attempts: self.attempts,
            duration_ms: self.duration_ms,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
