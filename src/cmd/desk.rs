//! Money and ledger for requests that are made at once. They share what `--max-cost` allows, and
//! one ledger.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::account::money::Picodollars;
use crate::books::{Budget, Entry, Ledger, Reservation, RowId, Settlement};
use crate::cmd::clerk::Clerk;
use crate::exit::{Exit, failure};

pub struct Desk {
    clerk: Option<Clerk>,
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

impl Desk {
    pub fn new(ledger: Option<Ledger>, limit: Option<Picodollars>) -> Self {
        let purse = Purse { limit, taken: Mutex::default() };
        let (open, ended) = Default::default();
        Self { clerk: ledger.map(Clerk::new), purse, open, ended }
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
        self.clerk.is_some()
    }

    /// Books a request. When this returns it is on the disk.
    pub fn reserve(&self, entry: &Entry, budgets: &[Budget]) -> Result<Reservation, String> {
        let clerk = self.clerk.as_ref().ok_or("there is no ledger")?;
        loop {
            let before = *lock(&self.open);
            let booked = clerk.book(entry, budgets);
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

    /// Takes note of how a request ended.
    pub fn settle(&self, row: RowId, settlement: &Settlement) {
        if let Some(clerk) = &self.clerk {
            clerk.settle(row, settlement);
        }
        let mut open = lock(&self.open);
        open.under_way = open.under_way.saturating_sub(1);
        open.ended += 1;
        drop(open);
        self.ended.notify_all();
    }

    /// Writes what is not written yet.
    pub fn finish(&self) -> Result<(), String> {
        self.clerk.as_ref().map_or(Ok(()), Clerk::finish)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
