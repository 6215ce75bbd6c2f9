//! How a job is brought to an end before its time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cmd::pace::Pace;
use crate::cmd::signals::SIGINT;
use crate::exit::{self, Exit};
use crate::wire::{Failure, Interrupter, Kind, Retry};

pub struct Stop {
    pub pace: Pace,
    clients: Mutex<Vec<Interrupter>>,
    signals: AtomicU32,
}

impl Stop {
    pub fn new(at_once: u64, seed: u64) -> Self {
        Self {
            pace: Pace::new(at_once, seed),
            clients: Mutex::default(),
            signals: AtomicU32::new(0),
        }
    }

    pub fn add(&self, client: Interrupter) {
        lock(&self.clients).push(client);
    }

    /// A record failed: ends the job if that would befall every other as well.
    pub fn failed(&self, error: &anyhow::Error) {
        if ends_all(error) {
            self.pace.stop();
        }
    }

    /// A signal: what is under way may end, unless it is the second or not from the keyboard. Says
    /// whether that may take its time.
    pub fn hear(&self, signal: i32) -> bool {
        self.pace.stop();
        let is_first = self.signals.fetch_add(1, Ordering::SeqCst) == 0;
        let patient = is_first && signal == SIGINT;
        if !patient {
            lock(&self.clients).iter().for_each(Interrupter::interrupt);
        }
        patient
    }
}

/// What would befall every other record as well: no money or no ledger here, no money or no such
/// key there, or nobody there, or a server that takes no more for longer than anybody waits.
fn ends_all(error: &anyhow::Error) -> bool {
    let takes_no_more = error.downcast_ref::<Failure>().is_some_and(|failure| {
        matches!(failure.kind, Kind::RateLimited | Kind::Connect) && failure.retry == Retry::Never
    });
    takes_no_more || matches!(exit::code(error), Exit::OverCost | Exit::Key | Exit::Local)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
