//! One ledger for requests that are made at once. One of those who wait writes for all of them, in
//! one transaction: a sync of the disk then serves many, and still no reservation is told before it
//! is on the disk. Who comes meanwhile waits for the next. What was settled goes along with the
//! next reservation. Knows nothing of what a job may cost.

mod endings;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};

use crate::books::{Budget, Entry, Ledger, Reservation, RowId, Settlement};
use endings::Endings;

/// So many settlements do not wait for a reservation to go along with.
const MOST_SETTLED: usize = 4096;

pub struct Clerk {
    ledger: Mutex<Ledger>,
    waiting: Mutex<Waiting>,
    /// What is the same for all requests of a job. It is known once there is something booked.
    like: OnceLock<Like>,
}

#[derive(Default)]
struct Waiting {
    claims: Vec<(Arc<Claim>, Numbers)>,
    ended: Endings,
    /// Somebody is writing, or has been told to.
    writing: bool,
}

/// An error is one for all of a transaction, so it is words.
pub type Told = Result<Reservation, String>;

/// What a thread waits for, woken alone: to be told, or to write for the others.
struct Claim {
    thread: Thread,
    told: OnceLock<Told>,
    writes: AtomicBool,
}

/// Where a request is booked.
#[derive(Clone, Copy)]
pub struct Booked {
    pub row: RowId,
    /// The row is a bundle's, of which this is one.
    pub part: Option<Numbers>,
}

struct Like {
    command: String,
    tag: Option<String>,
    model: String,
    host: String,
    price: String,
    price_source: String,
}

/// What is of one request alone, or of one bundle.
#[derive(Clone, Copy)]
pub struct Numbers {
    time: i64,
    deadline: i64,
    retry_of: Option<RowId>,
    prompt_tokens: u64,
    reply_tokens: u64,
    exact: bool,
    worst_case: u128,
    requests: u32,
}

impl Clerk {
    pub fn new(ledger: Ledger) -> Self {
        let (waiting, like) = Default::default();
        Self { ledger: Mutex::new(ledger), waiting, like }
    }

    /// Books a request of the job, or a bundle of them. When this returns it is on the disk.
    pub fn book(&self, entry: &Entry, budgets: &[Budget]) -> Told {
        self.like.get_or_init(|| Like::of(entry));
        let claim = Arc::new(Claim {
            thread: thread::current(),
            told: OnceLock::new(),
            writes: AtomicBool::new(false),
        });
        let mut waiting = lock(&self.waiting);
        waiting.claims.push((Arc::clone(&claim), Numbers::of(entry)));
        let is_first = !std::mem::replace(&mut waiting.writing, true);
        drop(waiting);
        if is_first || claim.wait() {
            self.write_for_all(budgets);
        }
        claim.told.get().cloned().unwrap_or_else(|| Err("the ledger gave no answer".to_owned()))
    }

    /// Writes what all who wait have claimed, and leaves the next of them to write after that.
    fn write_for_all(&self, budgets: &[Budget]) {
        let mut waiting = lock(&self.waiting);
        let claims = std::mem::take(&mut waiting.claims);
        let ended = std::mem::take(&mut waiting.ended);
        drop(waiting);
        let claimed = claims.iter().map(|(_, numbers)| *numbers).collect::<Vec<_>>();
        let booked = self.write(&mut lock(&self.ledger), &ended, &claimed, budgets);
        let mut waiting = lock(&self.waiting);
        let answers = booked.unwrap_or_else(|error| {
            self.put_back(&mut waiting, ended);
            vec![Err(error); claims.len()]
        });
        match waiting.claims.first() {
            Some((next, _)) => next.wake(|next| next.writes.store(true, Ordering::Release)),
            None => waiting.writing = false,
        }
        drop(waiting);
        for ((claim, _), answer) in claims.iter().zip(answers) {
            // Nobody else tells it.
            claim.wake(|claim| drop(claim.told.set(answer)));
        }
    }

    /// Takes note of how a request ended; without a settlement it was never sent. Where there may
    /// be another attempt this tells the row of this one.
    pub fn settle(&self, booked: Booked, settlement: Option<&Settlement>) -> Option<RowId> {
        let lost = settlement.filter(|settlement| settlement.bill.is_none());
        if let Some((part, lost)) = booked.part.zip(lost) {
            let row = self.settle_part(booked.row, part, lost);
            if row.is_some() {
                return row;
            }
        }
        let mut waiting = lock(&self.waiting);
        waiting.ended.push(booked, settlement);
        // Also where they could not be written before.
        let many = waiting.ended.len().is_multiple_of(MOST_SETTLED);
        drop(waiting);
        if many {
            // That they stay booked at their worst case is told at the end, by `finish`.
            let _ = self.finish();
        }
        Some(booked.row).filter(|_| booked.part.is_none())
    }

    /// A part of a bundle gets a row of its own at once. None if that fails: it can wait.
    fn settle_part(&self, bundle: RowId, part: Numbers, lost: &Settlement) -> Option<RowId> {
        let entry = self.like.get()?.entry(part);
        lock(&self.ledger).settle_part(bundle, &entry, lost).ok()?
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
        let written = self.write(&mut ledger, &ended, &[], &[]).map(|_| ());
        if written.is_err() {
            self.put_back(&mut lock(&self.waiting), ended);
        }
        written
    }

    /// They could not be written yet.
    fn put_back(&self, waiting: &mut Waiting, ended: Endings) {
        if waiting.ended.is_empty() {
            waiting.ended = ended;
        } else if let Some(like) = self.like.get() {
            waiting.ended.append(&ended, like);
        }
    }

    /// Settles and books, with an answer for each that is booked; or does nothing, and says why.
    fn write(
        &self,
        ledger: &mut Ledger,
        ended: &Endings,
        claimed: &[Numbers],
        budgets: &[Budget],
    ) -> Result<Vec<Told>, String> {
        // Before the first claim there is nothing to write.
        let Some(like) = self.like.get() else { return Ok(Vec::new()) };
        let ended: Vec<_> = ended.iter(like).collect();
        let entries: Vec<_> = claimed.iter().map(|numbers| like.entry(*numbers)).collect();
        let booked = ledger.book(&ended, &entries, budgets).map_err(|error| error.to_string())?;
        Ok(booked.into_iter().map(|one| one.map_err(|error| error.to_string())).collect())
    }
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

impl Booked {
    pub fn alone(row: RowId) -> Self {
        Self { row, part: None }
    }
}

impl Numbers {
    pub fn of(entry: &Entry) -> Self {
        Self {
            time: entry.time,
            deadline: entry.deadline,
            retry_of: entry.retry_of,
            prompt_tokens: entry.prompt_tokens,
            reply_tokens: entry.reply_tokens,
            exact: entry.exact,
            worst_case: entry.worst_case,
            requests: entry.requests,
        }
    }
}

impl Like {
    fn of(entry: &Entry) -> Self {
        Self {
            command: entry.command.to_owned(),
            tag: entry.tag.map(str::to_owned),
            model: entry.model.to_owned(),
            host: entry.host.to_owned(),
            price: entry.price.to_owned(),
            price_source: entry.price_source.to_owned(),
        }
    }

    fn entry(&self, numbers: Numbers) -> Entry<'_> {
        Entry {
            time: numbers.time,
            deadline: numbers.deadline,
            retry_of: numbers.retry_of,
            command: &self.command,
            tag: self.tag.as_deref(),
            model: &self.model,
            host: &self.host,
            prompt_tokens: numbers.prompt_tokens,
            reply_tokens: numbers.reply_tokens,
            exact: numbers.exact,
            price: &self.price,
            price_source: &self.price_source,
            worst_case: numbers.worst_case,
            requests: numbers.requests,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
