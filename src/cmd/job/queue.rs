//! The records that wait to be asked, and how far their answers may run ahead of what is printed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cmd::job::spool::Reading;
use crate::cmd::job::stop::Stop;

/// How often a thread that waits for room looks whether the job was stopped.
const GLANCE: Duration = Duration::from_millis(200);

/// So many records, for each thread, may be asked ahead of the last that was printed: few while
/// much waits to be printed, many while it is little.
const NEAREST: u64 = 2;
const FURTHEST: u64 = 256;
const MOST_HELD: usize = 16 << 20;

pub struct Queue<'a> {
    input: Mutex<Input<'a>>,
    room: Condvar,
    at_once: u64,
}

struct Input<'a> {
    reading: Reading<'a>,
    printed: u64,
    /// The bytes of lines that wait to be printed.
    held: usize,
}

impl<'a> Queue<'a> {
    pub fn new(reading: Reading<'a>, at_once: u64) -> Self {
        let input = Mutex::new(Input { reading, printed: 0, held: 0 });
        Self { input, room: Condvar::new(), at_once }
    }

    /// So many records are printed, and lines of so many bytes wait to be.
    pub fn printed(&self, count: u64, held: usize) {
        let mut input = lock(&self.input);
        (input.printed, input.held) = (count, held);
        drop(input);
        self.room.notify_all();
    }

    pub fn next(&self, stop: &Stop) -> Option<(u64, anyhow::Result<Vec<u8>>)> {
        let mut input = lock(&self.input);
        loop {
            if stop.pace.is_stopped() {
                return None;
            }
            let ahead = input.reading.read() - input.printed;
            let most = if input.held < MOST_HELD { FURTHEST } else { NEAREST };
            if ahead < self.at_once * most {
                return input.reading.take_next();
            }
            let waited = self.room.wait_timeout(input, GLANCE);
            input = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
