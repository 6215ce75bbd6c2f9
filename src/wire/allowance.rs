//! What a server says, with an answer, of how much more it will take: `x-ratelimit-*`.

use std::time::Duration;

/// How much is left, and when all of it is there again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub remaining: u64,
    pub reset: Duration,
}

/// The headers that tell what remains, and when all of it is there again.
type Headers = [&'static str; 2];

pub(super) const REQUESTS: Headers =
    ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
pub(super) const TOKENS: Headers = ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"];

impl Allowance {
    /// The allowance that these headers tell, if they do.
    pub(super) fn read<'a>(
        [remaining, reset]: Headers,
        header: impl Fn(&str) -> Option<&'a str>,
    ) -> Option<Self> {
        let remaining = header(remaining)?.trim().parse().ok()?;
        let reset = header(reset).and_then(duration)?;
        Some(Self { remaining, reset })
    }
}

/// As Go writes durations: `6ms`, `0s`, `39.9s`, `6m0s`. A bare number is seconds.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut sum = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "h" => 3600.0,
            "m" => 60.0,
            "s" | "" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        rest = &rest[letters..];
        sum = sum.checked_add(Duration::try_from_secs_f64(number * unit).ok()?)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Duration, REQUESTS, TOKENS, duration};

    #[test]
    fn durations_as_servers_write_them() {
        for (text, millis) in [
            ("0s", Some(0)),
            ("6ms", Some(6)),
            ("1s", Some(1000)),
            ("39.9s", Some(39_900)),
            ("6m0s", Some(360_000)),
            ("1h2m3s", Some(3_723_000)),
            (" 12 ", Some(12_000)),
            ("", None),
            ("soon", None),
            ("1 s", None),
            (".", None),
            ("99999999999999999999999h", None),
        ] {
            assert_eq!(duration(text), millis.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn an_allowance_is_told_whole_or_not_at_all() {
        let headers = [
            ("x-ratelimit-remaining-requests", "9"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-remaining-tokens", "-1"),
            ("x-ratelimit-reset-tokens", "1s"),
        ];
        let header = |name: &str| Some(headers.iter().find(|header| header.0 == name)?.1);
        let second = Duration::from_secs(1);
        assert_eq!(
            Allowance::read(REQUESTS, header),
            Some(Allowance { remaining: 9, reset: second })
        );
        assert_eq!(Allowance::read(TOKENS, header), None);
    }
}
