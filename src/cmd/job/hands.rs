//! How many records can be asked at once: as many as there may be threads and open files.

use std::thread::{Builder, Scope};

use rustix::process::{Resource, getrlimit};

use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

/// What each thread may have open: a connection, and the file that a picture goes into.
const FILES_EACH: u64 = 2;
/// What is open besides: the streams, the records, the ledger with its files, the output, a report.
const FILES: u64 = 32;

/// As many of those that are asked for as the limit of open files allows.
pub fn affordable(at_once: u64, stdio: &mut Stdio) -> u64 {
    let Some(limit) = getrlimit(Resource::Nofile).current else { return at_once };
    let most = (limit.saturating_sub(FILES) / FILES_EACH).max(1);
    if at_once > most {
        stdio.note(format_args!(
            "-j {at_once} takes more open files than the {limit} that are allowed (ulimit -n): \
             {most} at once"
        ));
    }
    at_once.min(most)
}

/// Starts so many threads, or as many as can be.
pub fn start<'scope, W: FnOnce() + Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    count: u64,
    mut work: impl FnMut() -> W,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    for started in 0..count {
        let Err(error) = Builder::new().spawn_scoped(scope, work()) else { continue };
        let why = reason(&error);
        if started == 0 {
            let message = format!("no thread can be started: {why}; nothing was sent");
            return Err(failure(Exit::Local, message));
        }
        stdio.note(format_args!("only {started} of {count} at once: no more threads: {why}"));
        break;
    }
    Ok(())
}
