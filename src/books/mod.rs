//! The ledger: what was reserved before sending, what was billed after, and what a budget has left.
//! An SQLite file, and what SQLite keeps beside it. Knows nothing of models, rates, time zones,
//! HTTP or the environment: it is given whole numbers (money in picodollars, times in Unix
//! milliseconds), short texts and a path.
//!
//! The promise: a reservation is on the disk before `reserve` returns; what was reserved counts at
//! its worst case in every budget until it is settled; and no crash, no clock and no number of
//! processes at once makes an amount disappear.

mod bundle;
mod entry;
mod error;
mod file;
mod handover;
mod journal;
mod process;
mod reservation;
mod rows;
mod settlement;
mod sum;
mod sums;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use entry::{
    Bill, Budget, Ended, Entry, Refusal, Reservation, Row, RowId, Settlement, Span, State, Usage,
};
pub use error::Error;
pub use sum::Sum;

/// An open ledger. One to a process is enough: put it into a `Mutex` where threads share it.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
}

impl Ledger {
    /// Opens the ledger at `path` for reserving and settling. Directories (0700) and file (0600)
    /// are made where they are missing, an older ledger is brought up to date, and one that others
    /// can read is made private again.
    pub fn open(path: &Path) -> Result<Ledger, Error> {
        let connection = file::open(path)?;
        Ok(Ledger { connection, path: path.to_owned() })
    }

    /// Opens the ledger at `path` for reading. `None` where there is none: nothing is created.
    pub fn read(path: &Path) -> Result<Option<Ledger>, Error> {
        let connection = file::open_to_read(path)?;
        Ok(connection.map(|connection| Ledger { connection, path: path.to_owned() }))
    }

    /// Books the worst case of a request, if every one of `budgets` has room for it. It is on the
    /// disk when this returns `Reservation::Booked`: only then may the request be sent. Check and
    /// insertion are one transaction, so no two processes can take the same room.
    pub fn reserve(&mut self, entry: &Entry, budgets: &[Budget]) -> Result<Reservation, Error> {
        reservation::reserve(&mut self.connection, entry, budgets)
            .map_err(|fault| fault.at(&self.path))
    }

    /// Settles some requests and books others, in one transaction: one sync of the disk for all.
    /// What is settled makes room first. A request that cannot be booked does not hold up others.
    pub fn book(
        &mut self,
        ended: &[Ended],
        entries: &[Entry],
        budgets: &[Budget],
    ) -> Result<Vec<Result<Reservation, Error>>, Error> {
        let Ledger { connection, path } = self;
        let booked = reservation::book(connection, ended, entries, budgets)
            .map_err(|fault| fault.at(path))?;
        Ok(booked.into_iter().map(|one| one.map_err(|fault| fault.at(path))).collect())
    }

    /// Records how a request ended. With a bill it is settled, and counts at its cost. Without one
    /// it is unsettled: it stays booked at its worst case until somebody settles it by hand.
    /// A bill of the server's goes over one that was given by hand in the meantime.
    pub fn settle(&mut self, id: RowId, settlement: &Settlement) -> Result<(), Error> {
        settlement::settle(&mut self.connection, id, settlement)
            .map_err(|fault| fault.at(&self.path))
    }

    /// Settles one request of those that were booked together, and says which row is its own now.
    pub fn settle_part(
        &mut self,
        bundle: RowId,
        entry: &Entry,
        settlement: &Settlement,
    ) -> Result<Option<RowId>, Error> {
        bundle::settle_part(&mut self.connection, bundle, entry, settlement)
            .map_err(|fault| fault.at(&self.path))
    }

    /// Takes out a request that was never sent.
    pub fn withdraw(&mut self, id: RowId) -> Result<(), Error> {
        self.book(&[Ended { row: id, part: None, settlement: None }], &[], &[]).map(drop)
    }

    /// Notes that the server works on a request under `name`, which stays reserved until its
    /// deadline, whether or not this process is still there.
    pub fn hand_over(&mut self, id: RowId, name: &str) -> Result<(), Error> {
        handover::hand_over(&mut self.connection, id, name).map_err(|fault| fault.at(&self.path))
    }

    /// Settles by hand, at `cost`, a request that has no bill of the server's. May be repeated.
    pub fn settle_by_hand(&mut self, id: RowId, cost: u128, now: i64) -> Result<(), Error> {
        settlement::settle_by_hand(&mut self.connection, id, cost, now)
            .map_err(|fault| fault.at(&self.path))
    }

    /// Shows every row of `span`, in no certain order, as it looks at `now`. A row is only lent, so
    /// that a million of them cost no memory.
    pub fn rows(&self, span: Span, now: i64, visit: impl FnMut(&Row)) -> Result<(), Error> {
        rows::visit(&self.connection, span, now, visit).map_err(|fault| fault.at(&self.path))
    }
}
