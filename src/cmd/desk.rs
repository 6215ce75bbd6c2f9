//! Money and ledger for requests that are made at once. They share what `--max-cost` allows, and
//! one ledger.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::account::money::Picodollars;
use crate::books::{Budget, Entry, Ledger, Refusal, Reservation, RowId, Settlement};
use crate::cmd::clerk::Clerk;
use crate::exit::{Exit, failure};

#[cfg(test)]
mod tests;

pub struct Desk {
    clerk: Option<Clerk>,
    /// What all requests may cost together.
    limit: Option<Picodollars>,
    open: Mutex<Open>,
    changed: Condvar,
}

/// What is under way, and who waits for room.
#[derive(Default)]
struct Open {
    /// Requests that are claimed and not settled, and those that are about to be claimed.
    under_way: u64,
    /// How many have been settled.
    ended: u64,
    /// What is spent or may be.
    taken: Picodollars,
    /// The places in the job of those that there was no room for.
    without_room: BTreeSet<u64>,
}

/// What comes of a claim.
pub enum Claimed {
    /// It may be sent. It has a row if there is a ledger.
    Booked(Option<RowId>),
    /// The ledger could not be written.
    Unbooked(String),
    /// All of them together would cost too much.
    OverLimit(anyhow::Error),
    OverBudget(Refusal),
}

impl Desk {
    pub fn new(ledger: Option<Ledger>, limit: Option<Picodollars>) -> Self {
        let (open, changed) = Default::default();
        Self { clerk: ledger.map(Clerk::new), limit, open, changed }
    }

    /// What is spent or may be.
    pub fn taken(&self) -> Picodollars {
        lock(&self.open).taken
    }

    /// Takes what a request can cost from what all of them may, and books it. When this returns it
    /// is on the disk. What is under way costs less in the end than is reserved for it: who has no
    /// room waits for that, and whose place in the job is first is the first to get it.
    pub fn claim(
        &self,
        place: u64,
        worst: Picodollars,
        entry: &Entry,
        budgets: &[Budget],
    ) -> Claimed {
        let mut open = lock(&self.open);
        loop {
            while open.without_room.first().is_some_and(|first| *first < place) {
                open = self.wait(open);
            }
            let ended = open.ended;
            // Whoever is refused meanwhile is to wait for what comes of this.
            open.under_way += 1;
            let had_room = !open.without_room.contains(&place);
            drop(open);
            let claimed = self.try_claim(worst, entry, budgets);
            let may_leave = match claimed {
                Claimed::Booked(_) => true,
                Claimed::Unbooked(_) => budgets.is_empty(),
                Claimed::OverLimit(_) | Claimed::OverBudget(_) => false,
            };
            if may_leave && had_room {
                return claimed;
            }
            open = lock(&self.open);
            open.under_way -= u64::from(!may_leave);
            if matches!(claimed, Claimed::OverLimit(_) | Claimed::OverBudget(_)) {
                open.without_room.insert(place);
                self.changed.notify_all();
                while open.ended == ended && open.is_held_up(place) {
                    open = self.wait(open);
                }
                if open.ended != ended {
                    continue;
                }
            }
            open.without_room.remove(&place);
            self.changed.notify_all();
            return claimed;
        }
    }

    fn wait<'a>(&self, open: MutexGuard<'a, Open>) -> MutexGuard<'a, Open> {
        self.changed.wait(open).unwrap_or_else(PoisonError::into_inner)
    }

    fn try_claim(&self, worst: Picodollars, entry: &Entry, budgets: &[Budget]) -> Claimed {
        if let Err(error) = self.take(worst) {
            return Claimed::OverLimit(error);
        }
        let Some(clerk) = &self.clerk else { return Claimed::Booked(None) };
        match clerk.book(entry, budgets) {
            Ok(Reservation::Booked(row)) => Claimed::Booked(Some(row)),
            Ok(Reservation::Refused(refusal)) => {
                lock(&self.open).spend(worst, Picodollars::ZERO);
                Claimed::OverBudget(refusal)
            }
            Err(error) => {
                if !budgets.is_empty() {
                    lock(&self.open).spend(worst, Picodollars::ZERO);
                }
                Claimed::Unbooked(error)
            }
        }
    }

    /// They fit together once. Those that have to be sent again may not, nor those behind a bill
    /// that is higher than it could be.
    fn take(&self, worst: Picodollars) -> anyhow::Result<()> {
        let mut open = lock(&self.open);
        let all = open.taken.plus(worst);
        self.hold_against_limit(all, open.taken, &format!(", and this could cost ${worst}"))?;
        open.taken = all;
        Ok(())
    }

    /// Refuses what all requests came to, if that is more than they may cost.
    pub fn check(&self) -> anyhow::Result<()> {
        let taken = self.taken();
        self.hold_against_limit(taken, taken, "")
    }

    fn hold_against_limit(
        &self,
        all: Picodollars,
        taken: Picodollars,
        more: &str,
    ) -> anyhow::Result<()> {
        match self.limit {
            Some(limit) if all > limit => {
                let message = format!(
                    "over --max-cost ${limit}: ${taken} is spent or may be, as requests were \
                     repeated or billed beyond their cap{more}"
                );
                Err(failure(Exit::OverCost, message))
            }
            _ => Ok(()),
        }
    }

    /// Takes note of how a request ended. Without a bill it may have cost all it could.
    pub fn settle(&self, worst: Picodollars, row: Option<RowId>, settlement: &Settlement) {
        // First, so that who is told of the room finds it.
        if let Some((clerk, row)) = self.clerk.as_ref().zip(row) {
            clerk.settle(row, settlement);
        }
        let mut open = lock(&self.open);
        open.spend(worst, settlement.bill.map_or(worst, |bill| Picodollars(bill.cost)));
        open.under_way = open.under_way.saturating_sub(1);
        open.ended += 1;
        // To call where nobody waits takes a call of the system all the same.
        let is_waited_for = !open.without_room.is_empty();
        drop(open);
        if is_waited_for {
            self.changed.notify_all();
        }
    }

    /// Writes what is not written yet.
    pub fn finish(&self) -> Result<(), String> {
        self.clerk.as_ref().map_or(Ok(()), Clerk::finish)
    }
}

impl Open {
    /// What could cost so much has cost this. A bill may be higher than it could be.
    fn spend(&mut self, worst: Picodollars, cost: Picodollars) {
        self.taken = Picodollars(self.taken.0.saturating_sub(worst.0)).plus(cost);
    }

    /// Something may still end, or somebody before this place has no room either.
    fn is_held_up(&self, place: u64) -> bool {
        self.under_way > 0 || self.without_room.first().is_some_and(|first| *first < place)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
