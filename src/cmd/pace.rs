//! When the requests of a job may leave: at once, until the server says that it is too much. Then
//! all of them wait, and leave one by one behind the pause. Waits end when the job is stopped.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::wire::{Allowance, Failure, Kind, Retry};

/// The space between two requests behind a first refusal, and at most.
const FIRST_GAP: Duration = Duration::from_millis(20);
const LONGEST_GAP: Duration = Duration::from_secs(5);
/// Shorter than this is none.
const SHORTEST_GAP: Duration = Duration::from_millis(1);
/// The pause where the server does not say how long.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

pub struct Pace {
    state: Mutex<State>,
    changed: Condvar,
    /// How many requests may be under way.
    at_once: u64,
}

struct State {
    schedule: Schedule,
    stopped: bool,
}

/// What a request got leave with; to be shown again with what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leave(u64);

impl Pace {
    pub fn new(at_once: u64, seed: u64) -> Self {
        let schedule = Schedule::new(Instant::now(), seed);
        let state = Mutex::new(State { schedule, stopped: false });
        Self { state, changed: Condvar::new(), at_once }
    }

    /// Waits for leave to send; none once the job is stopped.
    pub fn leave(&self) -> Option<Leave> {
        let mut state = self.lock();
        let mut booked = None;
        loop {
            let now = Instant::now();
            if state.stopped {
                return None;
            }
            let at = match booked {
                // A pause that began meanwhile holds for who waits already.
                Some(at) if at >= state.schedule.hold => at,
                _ => state.schedule.take(now),
            };
            if at <= now {
                return Some(Leave(state.schedule.pauses));
            }
            booked = Some(at);
            state = self.wait_in(state, at - now);
        }
    }

    /// Waits as long as one request has to before it is tried again; false if the job is stopped.
    pub fn wait(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        let mut state = self.lock();
        while !state.stopped {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            state = self.wait_in(state, left);
        }
        false
    }

    /// Nothing more is sent.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// An answer came, with what the server says of its limits.
    pub fn answered(&self, allowances: &[Option<Allowance>; 2], tokens: u64) {
        let mut state = self.lock();
        state.schedule.speed_up();
        for (allowance, need) in allowances.iter().zip([1, tokens]) {
            if let Some(allowance) = allowance {
                state.schedule.heed(Instant::now(), allowance, need, self.at_once);
            }
        }
    }

    /// None came. If it was too much for the server, all are slowed down.
    pub fn failed(&self, failure: &Failure, leave: Leave) {
        let limited = failure.kind == Kind::RateLimited;
        let pause = match failure.retry {
            Retry::After(pause) => pause,
            Retry::Backoff if limited => PAUSE,
            _ => return,
        };
        self.lock().schedule.pause(Instant::now(), pause, leave);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_in<'a>(
        &self,
        state: MutexGuard<'a, State>,
        longest: Duration,
    ) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, longest).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// The decisions, with the clock as a parameter.
#[derive(Debug)]
struct Schedule {
    /// Nothing leaves before.
    hold: Instant,
    /// The next leaves no sooner.
    next: Instant,
    gap: Duration,
    /// How often there was a pause.
    pauses: u64,
    random: u64,
}

impl Schedule {
    fn new(now: Instant, seed: u64) -> Self {
        Self { hold: now, next: now, gap: Duration::ZERO, pauses: 0, random: seed }
    }

    /// The time at which one more may leave.
    fn take(&mut self, now: Instant) -> Instant {
        let at = self.next.max(self.hold).max(now);
        self.next = at + self.spread(self.gap);
        at
    }

    /// Only the first refusal of those that left together makes the gap wider.
    fn pause(&mut self, now: Instant, pause: Duration, leave: Leave) {
        let pause = pause.min(LONGEST_PAUSE);
        self.hold = self.hold.max(now + pause);
        if leave.0 == self.pauses {
            self.pauses += 1;
            self.gap = (self.gap * 2).clamp(FIRST_GAP, LONGEST_GAP);
            // Processes that were refused together do not come back together.
            let apart = self.spread(pause / 16);
            self.hold += apart;
        }
        self.next = self.next.max(self.hold);
    }

    fn speed_up(&mut self) {
        self.gap -= self.gap / 16;
        if self.gap < SHORTEST_GAP {
            self.gap = Duration::ZERO;
        }
    }

    /// With room for fewer than are under way, the rest is spread over the time until there is
    /// more; with room for none, nothing leaves before.
    fn heed(&mut self, now: Instant, allowance: &Allowance, need: u64, at_once: u64) {
        let room = allowance.remaining / need.max(1);
        let reset = allowance.reset.min(LONGEST_PAUSE);
        if room == 0 {
            self.hold = self.hold.max(now + reset);
            self.gap = self.gap.max(FIRST_GAP);
        } else if room < at_once {
            let share = reset / u32::try_from(room + 1).unwrap_or(u32::MAX);
            self.gap = self.gap.max(share.min(LONGEST_GAP));
        }
    }

    /// From half to one and a half of it.
    fn spread(&mut self, time: Duration) -> Duration {
        // SplitMix64: enough to keep processes apart.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let share = u32::from((mixed >> 56) as u8);
        time / 2 + time * share / 256
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Duration, FIRST_GAP, Instant, Leave, Schedule};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn nothing_waits_while_nothing_is_wrong() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now, 1);
        for _ in 0..100 {
            assert_eq!(schedule.take(now), now);
        }
    }

    #[test]
    fn behind_a_pause_they_leave_one_by_one() {
        let now = Instant::now();
        let mut schedule = Schedule::new(now, 1);
        for _ in 0..16 {
            schedule.pause(now, SECOND, Leave(0));
        }
        assert_eq!((schedule.pauses, schedule.gap), (1, FIRST_GAP));
        let times: Vec<_> = (0..16).map(|_| schedule.take(now) - now).collect();
        assert!(times[0] >= SECOND && times[0] < SECOND * 9 / 8, "{times:?}");
        assert!(times.windows(2).all(|two| two[1] >= two[0] + FIRST_GAP / 2), "{times:?}");
        schedule.pause(now, SECOND, Leave(1));
        assert_eq!(schedule.gap, FIRST_GAP * 2);
        for _ in 0..200 {
            schedule.speed_up();
        }
        assert_eq!(schedule.gap, Duration::ZERO);
    }

    #[test]
    fn what_the_server_has_left_is_spread() {
        let now = Instant::now();
        let allowance = |remaining| Allowance { remaining, reset: SECOND };
        for (remaining, need, hold, gap) in [
            (100, 1, Duration::ZERO, Duration::ZERO),
            (9, 1, Duration::ZERO, SECOND / 10),
            (900, 100, Duration::ZERO, SECOND / 10),
            (0, 1, SECOND, FIRST_GAP),
            (99, 100, SECOND, FIRST_GAP),
        ] {
            let mut schedule = Schedule::new(now, 1);
            schedule.heed(now, &allowance(remaining), need, 16);
            assert_eq!((schedule.hold - now, schedule.gap), (hold, gap), "{remaining}");
        }
    }
}
