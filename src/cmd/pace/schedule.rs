//! The decisions about a job's pace, with the clock as a parameter.

use std::time::{Duration, Instant};

use super::{Leave, Weight};
use crate::wire::Allowance;

#[cfg(test)]
mod tests;

/// The space between two requests behind a first refusal, and at most.
const FIRST_GAP: Duration = Duration::from_millis(10);
const LONGEST_GAP: Duration = Duration::from_secs(2);
/// Shorter than this is none.
const SHORTEST_GAP: Duration = Duration::from_millis(1);
/// The pause where the server does not say how long; twice as long each time that nothing was
/// answered in between, up to a bound.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The longest that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(120);
/// For so long a server may refuse whatever comes. Most limits are counted by the minute.
const PATIENCE: Duration = Duration::from_secs(120);
/// So many times as long, while another request is under way.
const BUSY: u32 = 5;

#[derive(Debug)]
pub(super) struct Schedule {
    /// Nothing leaves before.
    hold: Instant,
    /// When the last one left.
    last: Option<Instant>,
    /// The space that refusals have taught us to leave between two.
    gap: Duration,
    /// What the server said of what it has left: of requests, and of tokens.
    shares: [Option<Share>; 2],
    /// How often there was a pause.
    pauses: u64,
    /// How long the next is, and since when nothing has been answered.
    pause: Duration,
    refused_since: Option<Instant>,
    /// How many pauses there were since then.
    refused: u64,
    /// How many requests were given up since then.
    given_up: u64,
    random: u64,
}

/// The space between two requests until the server has more.
#[derive(Clone, Copy, Debug)]
struct Share {
    gap: Duration,
    until: Instant,
}

impl Schedule {
    pub(super) fn new(now: Instant, seed: u64) -> Self {
        Self {
            hold: now,
            last: None,
            gap: Duration::ZERO,
            shares: [None; 2],
            pauses: 0,
            pause: FIRST_PAUSE,
            refused_since: None,
            refused: 0,
            given_up: 0,
            random: seed,
        }
    }

    /// How long it is until one more may leave, as far as is known now.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let mut at = self.hold;
        if let Some(last) = self.last {
            at = at.max(last + self.gap);
            for share in self.shares.iter().flatten() {
                at = at.max(share.until.min(last + share.gap));
            }
        }
        at.saturating_duration_since(now)
    }

    pub(super) fn depart(&mut self, now: Instant) -> Leave {
        self.last = Some(now);
        Leave(self.pauses)
    }

    /// Too much, or nobody there: a pause as long as the server asks for, or as we think fit. Only
    /// the first refusal of those that left together makes the pace slower, and only if others
    /// were answered before: what refuses everything does not mind the pace. While the server is
    /// busy with others of ours, there is hope for longer.
    pub(super) fn pause(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
        leave: Leave,
        is_busy: bool,
    ) -> Weight {
        let is_first = leave.0 == self.pauses;
        let pause = match asked {
            Some(asked) => asked.min(LONGEST_ASKED),
            None if is_first => self.pause,
            None => Duration::ZERO,
        };
        self.hold = self.hold.max(now + pause);
        let since = *self.refused_since.get_or_insert(now);
        let nothing_answered = self.refused > 0;
        if is_first {
            self.pauses += 1;
            self.refused += 1;
            if !nothing_answered {
                self.gap = (self.gap * 2).clamp(FIRST_GAP, LONGEST_GAP);
            }
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            // Processes that were refused together do not come back together.
            let apart = self.part_of(pause / 16);
            self.hold += apart;
        }
        let longest = if is_busy { PATIENCE * BUSY } else { PATIENCE };
        if now - since >= longest {
            Weight::Hopeless
        } else if is_first && !nothing_answered {
            Weight::Shared
        } else {
            Weight::None
        }
    }

    /// How many requests in a row, one after the other, came to nothing.
    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    /// How many requests have been given up since something was answered, with this one.
    pub(super) fn give_up(&mut self) -> u64 {
        self.given_up += 1;
        self.given_up
    }

    /// The server has said something else than that it is too much.
    pub(super) fn heard(&mut self) {
        (self.pause, self.refused_since) = (FIRST_PAUSE, None);
        (self.refused, self.given_up) = (0, 0);
    }

    pub(super) fn speed_up(&mut self) {
        self.heard();
        self.gap -= self.gap / 16;
        if self.gap < SHORTEST_GAP {
            self.gap = Duration::ZERO;
        }
    }

    /// With room for fewer than are under way, the rest is spread over the time until there is
    /// more; with room for none, nothing leaves before.
    pub(super) fn heed(
        &mut self,
        what: usize,
        now: Instant,
        allowance: &Allowance,
        need: u64,
        at_once: u64,
    ) {
        let room = allowance.remaining / need.max(1);
        let reset = allowance.reset.min(LONGEST_ASKED);
        let until = now + reset;
        self.shares[what] = None;
        if room == 0 {
            self.hold = self.hold.max(until);
        } else if room < at_once {
            let gap = reset / u32::try_from(room + 1).unwrap_or(u32::MAX);
            self.shares[what] = Some(Share { gap, until });
        }
    }

    /// Something up to all of it.
    fn part_of(&mut self, time: Duration) -> Duration {
        // SplitMix64: enough to keep processes apart.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        time * u32::from((mixed >> 56) as u8) / 256
    }
}
