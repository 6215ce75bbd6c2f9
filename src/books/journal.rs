//! How a transaction survives a crash: in a log beside the file where that can be, else with a
//! rollback journal.
//!
//! The log needs one sync to make a reservation durable and none for a settlement, the journal five
//! for each. A call on a busy machine (two cores, a load of 3 to 11) took 5 to 12 ms with the log,
//! 39 to 51 with the journal; with the journal on an idle one 2.5. And who reads a log does not
//! hold up who writes it. But all who use a log share memory, which machines that share a network
//! file system do not: there only the journal is safe. So the log is for file systems that are
//! known to be of one machine.

use std::fs;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Result};

/// File systems of one machine. What is not here may be a network in disguise.
const LOCAL: [&str; 9] =
    ["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs"];

/// The log is merged into the file when it has so many pages, which takes two syncs: every tenth
/// call. It is short because the first process after a pause reads it through.
const LONGEST_LOG: i64 = 100;

/// Has the ledger at `path` use what is safe there.
pub(super) fn choose(connection: &Connection, path: &Path) -> Result<()> {
    let wanted = if is_local(path) { "wal" } else { "delete" };
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != wanted {
        change(connection, wanted)?;
    }
    // Processes are short: merging at the end of each would cost what the log saves.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "wal_autocheckpoint", LONGEST_LOG)?;
    Ok(())
}

/// Changing needs the file for itself. While others have it, a journal will do where a log would be
/// better; but not the other way round.
fn change(connection: &Connection, wanted: &str) -> Result<()> {
    let changed = connection.pragma_update_and_check(None, "journal_mode", wanted, |_| Ok(()));
    if wanted == "wal" { Ok(()) } else { changed }
}

/// What is committed from now on stays, even if the power fails at once. EXTRA also syncs the
/// directory once a journal is gone from it: otherwise the journal could come back, and take the
/// reservation away.
pub(super) fn durable(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "synchronous", "EXTRA")
}

/// What is committed from now on may be lost in a power failure, but nothing else. With a journal
/// there is no such thing: without its syncs the whole file would be at risk.
pub(super) fn losable(connection: &Connection) -> Result<()> {
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "wal" { connection.pragma_update(None, "synchronous", "NORMAL") } else { Ok(()) }
}

/// Whether the file is on a file system of this machine, says the list of what is mounted.
fn is_local(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let Ok(mounts) = fs::read_to_string("/proc/self/mountinfo") else { return false };
    file_system(&mounts, &path).is_some_and(|kind| LOCAL.contains(&kind))
}

/// The kind of file system that `path` is on: that of the longest place it is under, of equal ones
/// the last. The place is the fifth word of a line, the kind follows a lone `-`.
pub(super) fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let places = mounts.lines().filter_map(|line| {
        let place = line.split(' ').nth(4)?.replace("\\040", " ").replace("\\011", "\t");
        let place = place.replace("\\012", "\n").replace("\\134", "\\");
        path.starts_with(&place).then_some((place.len(), line))
    });
    let (_, line) = places.max_by_key(|(length, _)| *length)?;
    line.split_once(" - ")?.1.split(' ').next()
}
