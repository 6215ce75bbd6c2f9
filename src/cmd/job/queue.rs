//! The records that wait to be asked, and how far their answers may run ahead of what is printed.

use std::sync::atomic::{AtomicUsize, Ordering};
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

/// A record as it stands, with its number.
pub type Taken = (u64, anyhow::Result<Vec<u8>>);

pub struct Queue<'a> {
    input: Mutex<Input<'a>>,
    room: Condvar,
    /// How many are asked at once.
    at_once: u64,
    /// The bytes of lines that wait to be printed.
    held: AtomicUsize,
}

struct Input<'a> {
    reading: Reading<'a>,
    printed: u64,
}

impl<'a> Queue<'a> {
    pub fn new(reading: Reading<'a>, at_once: u64) -> Self {
        let input = Mutex::new(Input { reading, printed: 0 });
        Self { input, room: Condvar::new(), at_once, held: AtomicUsize::new(0) }
    }

    /// A line of so many bytes begins to wait for its turn.
    pub fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The first so many records are printed, and lines of so many bytes wait no more.
    pub fn printed(&self, count: u64, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        lock(&self.input).printed = count;
        self.room.notify_all();
    }

    /// The next record; none at the end. Before it waits it calls `idle`.
    pub fn next(&self, stop: &Stop, idle: impl Fn()) -> Option<Taken> {
        let mut input = lock(&self.input);
        let mut idled = false;
        loop {
            if stop.pace.is_stopped() {
                return None;
            }
            if self.has_room(&input) {
                return input.reading.take_next();
            }
            // There may be room by the time that it is done.
            if !std::mem::replace(&mut idled, true) {
                drop(input);
                idle();
                input = lock(&self.input);
                continue;
            }
            let waited = self.room.wait_timeout(input, GLANCE);
            input = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn has_room(&self, input: &Input<'_>) -> bool {
        let ahead = input.reading.read() - input.printed;
        let held = self.held.load(Ordering::Relaxed);
        ahead < self.at_once * if held < MOST_HELD { FURTHEST } else { NEAREST }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
