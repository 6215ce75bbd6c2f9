//! What can go wrong with the ledger, so that a command can choose: warn and go on, or stop.

use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::RowId;

/// Why a ledger can be read and not be written.
pub(super) const READ_ONLY: &str = "the file or its directory is read-only";

/// Why the ledger could not be opened, read or written. None of them leaves half a reservation
/// behind: what failed is not booked, and what is not booked must not be sent under a budget.
#[derive(Debug, PartialEq, Eq)]
pub enum Error {
    /// The file or its directory cannot be made, opened or written: permissions, a directory in its
    /// place, a read-only file system.
    CannotOpen { path: PathBuf, why: String },
    /// A file is there, but it is none of ours. It was not touched.
    NotALedger { path: PathBuf },
    /// Written by a later version of this program.
    Newer { path: PathBuf },
    /// Other processes kept it locked for longer than anyone should wait.
    Busy { path: PathBuf },
    /// No space left on the device.
    DiskFull { path: PathBuf },
    /// SQLite finds the file damaged.
    Corrupt { path: PathBuf, why: String },
    /// Anything else SQLite has to say.
    Failed { path: PathBuf, why: String },
    /// More than a row can hold, 9.2 million dollars: no such request exists.
    TooMuch,
    /// There is no row with this number.
    NoSuchRow { id: RowId },
    /// Somebody waits for its answer: it is too early to settle.
    UnderWay { id: RowId },
    /// Some of a bundle's requests may not even be sent yet.
    OutOfSight { id: RowId, minutes: i64 },
    /// The row has the server's bill: there is nothing to settle.
    AlreadySettled { id: RowId },
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::CannotOpen { path, why } => write!(
                f,
                "cannot open the ledger {}: {why}; make it writable, or name another path",
                path.display()
            ),
            Error::NotALedger { path } => write!(
                f,
                "cannot use the ledger {}: the file is something else, and was left alone; \
                 name another path",
                path.display()
            ),
            Error::Newer { path } => write!(
                f,
                "cannot use the ledger {}: a later version of gpt has written it; \
                 use that version, or name another path",
                path.display()
            ),
            Error::Busy { path } => write!(
                f,
                "cannot use the ledger {}: other processes keep it locked; try again",
                path.display()
            ),
            Error::DiskFull { path } => {
                write!(f, "cannot write the ledger {}: the disk is full; make room", path.display())
            }
            Error::Corrupt { path, why } => write!(
                f,
                "cannot use the ledger {}: it is damaged ({why}); restore it from a backup, \
                 or move it away to begin a new one",
                path.display()
            ),
            Error::Failed { path, why } => {
                write!(f, "cannot use the ledger {}: {why}", path.display())
            }
            Error::TooMuch => f.write_str(
                "cannot book the request: it would cost more than $9.2 million; lower the rate",
            ),
            Error::NoSuchRow { id } => write!(
                f,
                "cannot settle request {}: the ledger has no such request; gpt spend lists those \
                 that are unsettled",
                id.0
            ),
            Error::UnderWay { id } => write!(
                f,
                "cannot settle request {}: it is still under way; wait for its end, or end it",
                id.0
            ),
            Error::OutOfSight { id, minutes } => write!(
                f,
                "cannot settle request {}: its process cannot be seen from here, and may be at \
                 work for another {minutes} min",
                id.0
            ),
            Error::AlreadySettled { id } => write!(
                f,
                "cannot settle request {}: the server's bill has settled it already",
                id.0
            ),
        }
    }
}

/// A failure inside the room, before anyone knows which file it is about.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Known(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sqlite(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Known(error)
    }
}

impl Fault {
    /// The error it is for the file at `path`.
    pub(super) fn at(self, path: &Path) -> Error {
        let error = match self {
            Fault::Known(error) => return error,
            Fault::Sqlite(error) => error,
        };
        let path = path.to_owned();
        let why = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Error::NotALedger { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
            Some(ErrorCode::DiskFull) => Error::DiskFull { path },
            Some(ErrorCode::ReadOnly) => Error::CannotOpen { path, why: READ_ONLY.to_owned() },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Error::CannotOpen { path, why }
            }
            // `None` is not SQLite's own: a column holds what this program would not have written.
            Some(ErrorCode::DatabaseCorrupt) | None => Error::Corrupt { path, why },
            Some(_) => Error::Failed { path, why },
        }
    }
}
