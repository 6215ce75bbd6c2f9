//! The ledger's file: where it comes from, who may read it, whether it is ours, which version it
//! is.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::{Error, Fault, READ_ONLY};
use super::journal;

/// "gptL", in the place that SQLite's file format has for it: what makes a database a ledger.
const APPLICATION: i32 = 0x6770_744c;

/// What makes a ledger of version n one of version n + 1; the first makes one out of nothing. Only
/// ever append to it.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("sums.sql"),
    include_str!("apart.sql"),
    include_str!("bundle.sql"),
];

/// How often to ask again for a ledger that other processes have locked: for about 20 seconds. A
/// transaction takes 3 milliseconds, a report over a million rows one second.
const TRIES: i32 = 4500;

/// A file's locks belong to the process, and go when the process closes any descriptor of that
/// file: a thread that is making the file must not close it while another is using it already.
static MAKING: Mutex<()> = Mutex::new(());

/// The ledger at `path`, for reading and writing, made if need be.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    {
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        if !exists(path)? {
            make(path).map_err(|error| cannot_open(path, &error))?;
        }
    }
    refuse_foreign(path)?;
    make_private(path).map_err(|error| cannot_open(path, &error))?;
    let mut connection = connect(path)?;
    if connection.is_readonly("main").map_err(|error| Fault::from(error).at(path))? {
        return Err(Error::CannotOpen { path: path.to_owned(), why: READ_ONLY.to_owned() });
    }
    let fail = |error: rusqlite::Error| Fault::from(error).at(path);
    journal::durable(&connection).map_err(fail)?;
    // Before there is a log: what `refuse_foreign` looks for is then in the file itself.
    bring_up_to_date(&mut connection, path, STEPS)?;
    journal::choose(&connection, path).map_err(fail)?;
    Ok(connection)
}

/// The ledger at `path`, for reading; `None` if there is none or nothing was ever written to it.
pub(super) fn open_to_read(path: &Path) -> Result<Option<Connection>, Error> {
    if !exists(path)? {
        return Ok(None);
    }
    refuse_foreign(path)?;
    let mut connection = connect(path)?;
    let mut found = version(&connection, path, STEPS);
    if matches!(found, Err(Error::CannotOpen { .. })) && !has_log(path) {
        // In a directory that cannot be written nobody else is writing either.
        connection = unshared(path)?;
        found = version(&connection, path, STEPS);
    }
    match found? {
        0 => Ok(None),
        version if version == STEPS.len() => Ok(Some(connection)),
        _ => open(path).map(Some),
    }
}

fn cannot_open(path: &Path, error: &io::Error) -> Error {
    let text = error.to_string();
    let why = text.split(" (os error").next().unwrap_or(&text).to_lowercase();
    Error::CannotOpen { path: path.to_owned(), why }
}

/// Whether there is a file. Anything else under that name (a directory, a pipe, `/dev/null`) is an
/// error.
fn exists(path: &Path) -> Result<bool, Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(true),
        Ok(_) => {
            Err(Error::CannotOpen { path: path.to_owned(), why: "it is not a file".to_owned() })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(cannot_open(path, &error)),
    }
}

/// An empty file, private from its first moment, and known to its directory even after a power cut.
fn make(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    fs::File::open(directory)?.sync_all()
}

/// Takes the ledger, and what SQLite keeps beside it, away from group and others. A file of
/// somebody else's, which we may write, is shared on purpose: it stays as it is.
fn make_private(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let path = beside(path, suffix);
        let Ok(metadata) = fs::metadata(&path) else { continue };
        let mode = metadata.permissions().mode() & 0o7777;
        let private = mode & 0o700;
        if mode == private {
            continue;
        }
        match fs::set_permissions(&path, fs::Permissions::from_mode(private)) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
            result => result?,
        }
    }
    Ok(())
}

/// The file that SQLite keeps under the name of `path` and a suffix.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|metadata| metadata.len() > 0)
}

/// Refuses the database of another program before it is opened for writing. What cannot be read
/// like this is left to the real connection, which knows about journals.
fn refuse_foreign(path: &Path) -> Result<(), Error> {
    let Ok(connection) = unshared(path) else { return Ok(()) };
    match is_foreign(&connection) {
        Ok(true) => Err(Error::NotALedger { path: path.to_owned() }),
        Ok(false) | Err(_) => Ok(()),
    }
}

/// A connection that looks at the file as if it were carved in stone: without locks, without a
/// journal, without writing. So nothing is even recovered, let alone changed.
fn unshared(path: &Path) -> Result<Connection, Error> {
    let absolute = std::path::absolute(path).map_err(|error| cannot_open(path, &error))?;
    let bytes = absolute.as_os_str().as_encoded_bytes();
    let escaped: Vec<String> = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
    let uri = format!("file:{}?immutable=1", escaped.concat());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).map_err(|error| Fault::from(error).at(path))
}

/// The tables are looked at first: they come in one transaction with the mark, so that a ledger
/// another process is making in between has the mark when it has tables.
fn is_foreign(connection: &Connection) -> rusqlite::Result<bool> {
    let count = "SELECT count(*) > 0 FROM sqlite_schema";
    let has_tables: bool = connection.query_row(count, [], |row| row.get(0))?;
    match pragma(connection, "application_id")? {
        id if id == i64::from(APPLICATION) => Ok(false),
        0 => Ok(has_tables),
        _ => Ok(true),
    }
}

/// A connection for writing or, where SQLite sees that this is not allowed, for reading. Readers
/// too ask for writing: what a killed process has left half done, the next one has to undo.
fn connect(path: &Path) -> Result<Connection, Error> {
    let fail = |error: rusqlite::Error| Fault::from(error).at(path);
    // Absolute, so that no name (`:memory:`, `file:x`) means anything but a file.
    let absolute = std::path::absolute(path).map_err(|error| cannot_open(path, &error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(absolute, flags).map_err(fail)?;
    connection.busy_handler(Some(wait)).map_err(fail)?;
    // To take a row out, the whole ledger would be looked through for others that refer to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false).map_err(fail)?;
    Ok(connection)
}

/// Waits for 3 to 6 milliseconds, in place of SQLite, whose own waits grow to 100: with 64
/// processes that never pause, some never got their turn in 20 seconds; like this, all did within
/// 4.
#[expect(clippy::disallowed_methods, reason = "SQLite sleeps here in any case")]
fn wait(tries: i32) -> bool {
    let micros = 3000 + tries.unsigned_abs().wrapping_mul(7919) % 3000;
    thread::sleep(Duration::from_micros(micros.into()));
    tries < TRIES
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// The version of a ledger that needs some or none of `steps`; 0 for an empty file.
fn version(connection: &Connection, path: &Path, steps: &[&str]) -> Result<usize, Error> {
    let fail = |error: rusqlite::Error| Fault::from(error).at(path);
    if is_foreign(connection).map_err(fail)? {
        return Err(Error::NotALedger { path: path.to_owned() });
    }
    let version = pragma(connection, "user_version").map_err(fail)?;
    usize::try_from(version)
        .ok()
        .filter(|version| *version <= steps.len())
        .ok_or_else(|| Error::Newer { path: path.to_owned() })
}

/// Takes the steps that the ledger has not seen yet, all or none.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    path: &Path,
    steps: &[&str],
) -> Result<(), Error> {
    let fail = |error: rusqlite::Error| Fault::from(error).at(path);
    if version(connection, path, steps)? == steps.len() {
        return Ok(());
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate).map_err(fail)?;
    // Looked at again: another process may have been faster.
    let version = version(&transaction, path, steps)?;
    for step in &steps[version..] {
        transaction.execute_batch(step).map_err(fail)?;
    }
    let mark =
        format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}", steps.len());
    transaction.execute_batch(&mark).map_err(fail)?;
    transaction.commit().map_err(fail)
}
