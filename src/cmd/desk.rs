//! Money and ledger for requests that are made at once. They share what `--max-cost` allows, and
//! one ledger.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::account::money::Picodollars;
use crate::books::{Budget, Entry, Ledger, Refusal, Reservation, RowId, Settlement};
use crate::cmd::clerk::{Booked, Clerk, Numbers};
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
    /// How often something was taken from what all may cost, and given back.
    given_back: u64,
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
            let (ended, given_back) = (open.ended, open.given_back);
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
                // Room that somebody had for a moment in vain may have been what was missing.
                let over_limit = matches!(claimed, Claimed::OverLimit(_));
                if open.ended != ended || (over_limit && open.given_back != given_back) {
                    continue;
                }
            }
            open.without_room.remove(&place);
            self.changed.notify_all();
            return claimed;
        }
    }

    /// Nothing can refuse a request but a budget: without one, several may be claimed before the
    /// first is sent.
    pub fn refuses_nothing(&self) -> bool {
        self.clerk.is_some() && self.limit.is_none()
    }

    /// Books several that nothing can refuse, as one entry. Each of them begins before it is sent.
    pub fn book_bundle(&self, bundle: &Entry) -> Option<RowId> {
        match self.clerk.as_ref()?.book(bundle, &[]) {
            Ok(Reservation::Booked(row)) => Some(row),
            Ok(Reservation::Refused(_)) | Err(_) => None,
        }
    }

    /// One of a bundle is about to be sent.
    pub fn begin(&self, bundle: RowId, entry: &Entry) -> Booked {
        let mut open = lock(&self.open);
        open.under_way += 1;
        open.taken = open.taken.plus(Picodollars(entry.worst_case));
        Booked { row: bundle, part: Some(Numbers::of(entry)) }
    }

    /// Gives back what is left of a bundle.
    pub fn give_back(&self, bundle: RowId) {
        if let Some(clerk) = &self.clerk {
            clerk.settle(Booked::alone(bundle), None);
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
                lock(&self.open).give_back(worst);
                Claimed::OverBudget(refusal)
            }
            Err(error) => {
                if !budgets.is_empty() {
                    lock(&self.open).give_back(worst);
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
        self.hold_against_limit(all, open.taken, || format!(", and this could cost ${worst}"))?;
        open.taken = all;
        Ok(())
    }

    /// Refuses what all requests came to, if that is more than they may cost.
    pub fn check(&self) -> anyhow::Result<()> {
        let taken = self.taken();
        self.hold_against_limit(taken, taken, String::new)
    }

    fn hold_against_limit(
        &self,
        all: Picodollars,
        taken: Picodollars,
        more: impl Fn() -> String,
    ) -> anyhow::Result<()> {
        match self.limit {
            Some(limit) if all > limit => {
                let message = format!(
                    "over --max-cost ${limit}: ${taken} is spent or may be, as requests were \
                     repeated or billed beyond their cap{}",
                    more()
                );
                Err(failure(Exit::OverCost, message))
            }
            _ => Ok(()),
        }
    }

    /// Takes note of how a request ended. Without a bill it may have cost all it could: then this
    /// tells its row, for another attempt.
    pub fn settle(
        &self,
        worst: Picodollars,
        booked: Option<Booked>,
        settlement: &Settlement,
    ) -> Option<RowId> {
        let cost = settlement.bill.map_or(worst, |bill| Picodollars(bill.cost));
        self.end(worst, cost, booked, Some(settlement))
    }

    /// Gives back what was claimed for a request that is not sent after all.
    pub fn withdraw(&self, worst: Picodollars, booked: Option<Booked>) {
        self.end(worst, Picodollars::ZERO, booked, None);
    }

    fn end(
        &self,
        worst: Picodollars,
        cost: Picodollars,
        booked: Option<Booked>,
        settlement: Option<&Settlement>,
    ) -> Option<RowId> {
        // First, so that who is told of the room finds it.
        let row = self.clerk.as_ref().zip(booked).and_then(|(clerk, booked)| {
            let row = clerk.settle(booked, settlement);
            if cost > worst {
                // It must not be lost. That it was not written is told at the end.
                let _ = clerk.finish();
            }
            row
        });
        let mut open = lock(&self.open);
        open.spend(worst, cost);
        open.under_way = open.under_way.saturating_sub(1);
        open.ended += 1;
        // To call where nobody waits takes a call of the system all the same.
        let is_waited_for = !open.without_room.is_empty();
        drop(open);
        if is_waited_for {
            self.changed.notify_all();
        }
        row
    }

    /// Writes what was settled, for who waits and has no reservation that it could go along with.
    pub fn catch_up(&self) {
        if let Some(clerk) = &self.clerk {
            clerk.catch_up();
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

    fn give_back(&mut self, worst: Picodollars) {
        self.spend(worst, Picodollars::ZERO);
        self.given_back += 1;
    }

    /// Something may still end, or somebody before this place has no room either.
    fn is_held_up(&self, place: u64) -> bool {
        self.under_way > 0 || self.without_room.first().is_some_and(|first| *first < place)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
