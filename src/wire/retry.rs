//! Whether to try again, and when: pure decisions. The waiting itself is the caller's.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Failure, Retry, ServerError};

#[cfg(test)]
mod tests;

/// The longest wait a server may ask for.
const LONGEST: Duration = Duration::from_secs(120);

/// The waits between attempts, finite in number.
#[derive(Clone, Debug)]
pub struct Waits {
    /// In quarters of an attempt.
    left: u64,
    made: u32,
    random: u64,
}

impl Waits {
    /// As many quarters as an attempt has.
    pub const WHOLE: u64 = 4;

    /// At most so many further attempts. The seed spreads the waits of processes that fail at once.
    pub fn new(retries: u32, seed: u64) -> Waits {
        Waits { left: u64::from(retries) * Self::WHOLE, made: 0, random: seed }
    }

    /// How long to wait before the next attempt, or none when there should be none: it would not
    /// help, the retries are used up, or the wait would be longer than the time that is left.
    pub fn after(&mut self, failure: &Failure, time_left: Duration) -> Option<Duration> {
        self.after_part(failure, time_left, Self::WHOLE)
    }

    /// The same, if the attempt that failed counts as only so many quarters of one.
    pub fn after_part(
        &mut self,
        failure: &Failure,
        time_left: Duration,
        quarters: u64,
    ) -> Option<Duration> {
        let wait = match failure.retry {
            Retry::Never => return None,
            Retry::After(wait) => wait,
            Retry::Backoff => self.backoff(),
        };
        if wait >= time_left || self.left == 0 {
            return None;
        }
        self.left = self.left.saturating_sub(quarters);
        self.made += 1;
        Some(wait)
    }

    /// Half a second, doubled each time up to eight, less up to a quarter of it.
    fn backoff(&mut self) -> Duration {
        let whole = Duration::from_millis(500 << self.made.min(4));
        // SplitMix64: enough to keep processes apart.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sixteen_bits = u32::from((mixed >> 48) as u16);
        whole * ((4 << 16) - sixteen_bits) / (4 << 16)
    }
}

/// What an answer's status, headers and error say about another attempt, and how long the server
/// asked to wait when that is too long to be waited.
pub(super) fn advice<'a>(
    status: u16,
    header: impl Fn(&str) -> Option<&'a str>,
    error: Option<&ServerError>,
    now: SystemTime,
) -> (Retry, Option<Duration>) {
    let worth_it = match header("x-should-retry") {
        _ if error.is_some_and(ServerError::is_quota) => false,
        // Its opposite is not heeded: what is refused would be refused again.
        Some("false") => false,
        _ => matches!(status, 408 | 409 | 429 | 500..),
    };
    match asked_wait(header, now) {
        _ if !worth_it => (Retry::Never, None),
        Some(wait) if wait > LONGEST => (Retry::Never, Some(wait)),
        Some(wait) if !wait.is_zero() => (Retry::After(wait), None),
        _ => (Retry::Backoff, None),
    }
}

/// `retry-after-ms`, or `Retry-After` in seconds or as a date. A date is measured against the
/// server's own `Date`, so that a clock that is wrong here does no harm.
fn asked_wait<'a>(header: impl Fn(&str) -> Option<&'a str>, now: SystemTime) -> Option<Duration> {
    if let Some(millis) = header("retry-after-ms").and_then(number) {
        return Some(span(millis / 1000.0));
    }
    let text = header("retry-after")?;
    if let Some(seconds) = number(text) {
        return Some(span(seconds));
    }
    let until = date(text)?;
    let now = header("date").and_then(date).or_else(|| Timestamp::try_from(now).ok())?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// Digits with or without a fraction; not the other things that read as a float.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_ascii();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| plain)
}

fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text.trim_ascii()).ok()
}
