//! What is retried, and after how long.

use std::time::{Duration, SystemTime};

use super::{Waits, advice};
use crate::wire::{Failure, Kind, Retry, ServerError};

const LONG: Duration = Duration::from_secs(600);

fn failure(retry: Retry) -> Failure {
    Failure::new(Kind::Server, retry, String::new())
}

#[test]
fn waits_double_with_jitter_and_end() {
    for seed in 0..1000 {
        let mut waits = Waits::new(7, seed);
        for whole in [500, 1000, 2000, 4000, 8000, 8000, 8000] {
            let wait = waits.after(&failure(Retry::Backoff), LONG).unwrap();
            let whole = Duration::from_millis(whole);
            assert!(wait > whole * 3 / 4 && wait <= whole, "{wait:?} of {whole:?}");
        }
        assert_eq!(waits.after(&failure(Retry::Backoff), LONG), None);
        assert_eq!(waits.after(&failure(Retry::After(Duration::from_secs(1))), LONG), None);
    }
    let first = |seed| Waits::new(1, seed).after(&failure(Retry::Backoff), LONG);
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
    let most = Waits::new(u32::MAX, 0).after(&failure(Retry::Backoff), LONG);
    assert!(most.is_some());
}

#[test]
fn a_wait_that_was_asked_for_is_kept_to_the_letter() {
    let mut waits = Waits::new(2, 0);
    for wait in [Duration::from_millis(1), Duration::from_secs(120)] {
        assert_eq!(waits.after(&failure(Retry::After(wait)), LONG), Some(wait));
    }
}

#[test]
fn nothing_is_retried_in_vain() {
    assert_eq!(Waits::new(2, 0).after(&failure(Retry::Never), LONG), None);
    assert_eq!(Waits::new(0, 0).after(&failure(Retry::Backoff), LONG), None);
    let second = failure(Retry::After(Duration::from_secs(1)));
    let mut waits = Waits::new(1, 0);
    assert_eq!(waits.after(&second, Duration::ZERO), None);
    assert_eq!(waits.after(&second, Duration::from_secs(1)), None);
    assert!(waits.after(&second, Duration::from_millis(1001)).is_some());
}

/// Headers as `name: value`, separated by `;`.
fn advise(status: u16, headers: &str, error: Option<&ServerError>) -> (Retry, Option<Duration>) {
    let header = |name: &str| {
        headers
            .split(';')
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| *n == name)
            .map(|h| h.1)
    };
    // Sun, 06 Nov 1994 08:49:37 GMT
    advice(status, header, error, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
}

#[track_caller]
fn check(status: u16, headers: &str, expected: Retry) {
    assert_eq!(advise(status, headers, None), (expected, None));
}

#[test]
fn the_status_decides() {
    for status in 300..600 {
        let retried = matches!(status, 408 | 409 | 429 | 500..);
        let expected = if retried { Retry::Backoff } else { Retry::Never };
        for headers in ["", "x-should-retry: true", "x-should-retry: perhaps"] {
            check(status, headers, expected);
        }
        check(status, "x-should-retry: false", Retry::Never);
    }
}

#[test]
fn money_that_is_lacking_is_not_waited_for() {
    for name in ["insufficient_quota", "credit_balance_exhausted"] {
        let name = Some(name.to_owned());
        let by_code = ServerError { code: name.clone(), ..ServerError::default() };
        let by_type = ServerError { kind: name, ..ServerError::default() };
        for error in [by_code, by_type] {
            for headers in ["", "retry-after: 1", "x-should-retry: true"] {
                assert_eq!(advise(429, headers, Some(&error)), (Retry::Never, None));
            }
        }
    }
    let other =
        ServerError { code: Some("rate_limit_exceeded".to_owned()), ..ServerError::default() };
    assert_eq!(advise(429, "", Some(&other)), (Retry::Backoff, None));
}

#[test]
fn the_wait_comes_from_the_headers() {
    let after = |millis| Retry::After(Duration::from_millis(millis));
    check(429, "retry-after: 1", after(1000));
    check(429, "retry-after:  0.25 ", after(250));
    check(503, "retry-after: 120", after(120_000));
    check(429, "retry-after-ms: 250", after(250));
    check(429, "retry-after-ms: 0.5;retry-after: 9", Retry::After(Duration::from_micros(500)));
    check(429, "retry-after-ms: soon;retry-after: 9", after(9000));
    check(429, "retry-after: Sun, 06 Nov 1994 08:49:39 GMT", after(2000));
    check(
        429,
        "date: Sun, 06 Nov 1994 08:49:30 GMT;retry-after: Sun, 06 Nov 1994 08:49:39 GMT",
        after(9000),
    );
    for nonsense in [
        "0",
        "-1",
        "",
        "NaN",
        "inf",
        "1e9",
        "0x10",
        "1s",
        "+3",
        ".",
        "1.2.3",
        "tomorrow",
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sun, 99 Nov 1994 08:49:36 GMT",
    ] {
        check(429, &format!("retry-after: {nonsense}"), Retry::Backoff);
        check(400, &format!("retry-after: {nonsense}"), Retry::Never);
    }
    check(400, "retry-after: 1", Retry::Never);
}

#[test]
fn a_wait_that_is_too_long_is_not_waited_but_told() {
    let told = |headers| match advise(429, headers, None) {
        (Retry::Never, Some(wait)) => wait.as_millis(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told("retry-after: 121"), 121_000);
    assert_eq!(told("retry-after: 120.001"), 120_001);
    assert_eq!(told("retry-after-ms: 120001"), 120_001);
    assert_eq!(told("retry-after: Sun, 06 Nov 1994 09:49:37 GMT"), 3_600_000);
    assert_eq!(told("retry-after: 99999999999999999999999999"), Duration::MAX.as_millis());
    assert_eq!(advise(400, "retry-after: 121", None), (Retry::Never, None));
}
