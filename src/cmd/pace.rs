//! When the requests of a job may leave: at once, until the server says that it is too much. Then
//! all of them wait, and leave one by one behind the pause. Waits end when the job is stopped.

mod schedule;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::wire::{Allowance, Failure, Kind, Retry};
use schedule::Schedule;

/// So many records find nobody there, with all their retries, or are refused for so long that they
/// are given up, before it is taken for granted.
const ALONE: u64 = 3;

pub struct Pace {
    /// Of those that wait for leave, one looks at the clock; the others wait for their turn to.
    turn: Mutex<()>,
    schedule: Mutex<Schedule>,
    changed: Condvar,
    /// Set while the schedule is locked, so that nobody who begins to wait misses it.
    stopped: AtomicBool,
    /// How many requests may be under way, and how many are.
    at_once: u64,
    under_way: AtomicU64,
}

/// What a request got leave with; to be shown again with what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leave(u64);

/// How much a failure weighs against the request that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is the request's own.
    Own,
    /// The pace of all was too fast, and this one was hit.
    Shared,
    /// Others that left together were refused before, or nothing was answered in between.
    None,
    /// Nothing has been answered for so long that nothing will be.
    Hopeless,
}

impl Pace {
    pub fn new(at_once: u64, seed: u64) -> Self {
        let schedule = Mutex::new(Schedule::new(Instant::now(), seed));
        let (turn, changed, stopped, under_way) = Default::default();
        Self { turn, schedule, changed, stopped, at_once, under_way }
    }

    /// Waits for leave to send; none once the job is stopped.
    pub fn leave(&self) -> Option<Leave> {
        let now = Instant::now();
        let mut schedule = lock(&self.schedule);
        // Nearly always.
        if !self.is_stopped() && schedule.wait(now).is_zero() {
            return Some(schedule.depart(now));
        }
        drop(schedule);
        let _turn = lock(&self.turn);
        let mut schedule = lock(&self.schedule);
        while !self.is_stopped() {
            let now = Instant::now();
            let wait = schedule.wait(now);
            if wait.is_zero() {
                return Some(schedule.depart(now));
            }
            schedule = self.wait_in(schedule, wait);
        }
        None
    }

    /// Does what sends a request and waits for its answer.
    pub fn during<T>(&self, attempt: impl FnOnce() -> T) -> T {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let ended = attempt();
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        ended
    }

    /// Waits as long as one request has to before it is tried again; false if the job is stopped.
    pub fn wait(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        let mut schedule = lock(&self.schedule);
        while !self.is_stopped() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            schedule = self.wait_in(schedule, left);
        }
        false
    }

    /// How long it is until one more may leave.
    pub fn hold(&self) -> Duration {
        lock(&self.schedule).wait(Instant::now())
    }

    /// Nothing more is sent.
    pub fn stop(&self) {
        let schedule = lock(&self.schedule);
        self.stopped.store(true, Ordering::SeqCst);
        drop(schedule);
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// An answer came that took so many tokens, with what the server says of its limits.
    pub fn answered(&self, allowances: &[Option<Allowance>; 2], tokens: u64) {
        let now = Instant::now();
        let mut schedule = lock(&self.schedule);
        let before = schedule.wait(now);
        schedule.speed_up();
        for (what, (allowance, need)) in allowances.iter().zip([1, tokens]).enumerate() {
            if let Some(allowance) = allowance {
                schedule.heed(what, now, allowance, need, self.at_once);
            }
        }
        // Who waits may leave sooner.
        if schedule.wait(now) < before {
            self.changed.notify_all();
        }
    }

    /// None came. If it was too much for the server, or nobody is there, all are slowed down; and
    /// if that goes on for long, it is no longer worth another attempt. If that befalls several
    /// requests in a row, it will befall every other.
    pub fn failed(&self, failure: &mut Failure, leave: Leave, retries: u32) -> Weight {
        let is_shared = matches!(failure.kind, Kind::RateLimited | Kind::Connect);
        let asked = match failure.retry {
            Retry::After(pause) => Some(pause),
            Retry::Backoff if is_shared => None,
            _ => {
                if failure.status.is_some() {
                    // Of this request the server wants nothing, but it takes requests.
                    lock(&self.schedule).heard();
                }
                return Weight::Own;
            }
        };
        let is_busy = self.under_way.load(Ordering::SeqCst) > 0;
        let mut schedule = lock(&self.schedule);
        let weight = schedule.pause(Instant::now(), asked, leave, is_busy);
        let refused = schedule.refused();
        let is_alone = failure.kind == Kind::Connect && refused >= (u64::from(retries) + 1) * ALONE;
        if !is_shared {
            return Weight::Own;
        }
        if is_alone || weight == Weight::Hopeless {
            let times = format!("; so it was {refused} times in a row");
            failure.message.push_str(&times);
        }
        if is_alone || (weight == Weight::Hopeless && schedule.give_up() >= ALONE) {
            failure.retry = Retry::Never;
        }
        weight
    }

    fn wait_in<'a>(
        &self,
        schedule: MutexGuard<'a, Schedule>,
        longest: Duration,
    ) -> MutexGuard<'a, Schedule> {
        self.changed.wait_timeout(schedule, longest).unwrap_or_else(PoisonError::into_inner).0
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
