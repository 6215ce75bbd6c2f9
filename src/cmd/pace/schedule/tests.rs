//! What leaves when, one decision at a time and in whole jobs against servers with limits.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Allowance, FIRST_GAP, FIRST_PAUSE, LONGEST_PAUSE, Leave, PATIENCE, Schedule, Weight};

const SECOND: Duration = Duration::from_secs(1);

fn new(now: Instant) -> Schedule {
    Schedule::new(now, 1)
}

#[test]
fn nothing_waits_while_nothing_is_wrong() {
    let now = Instant::now();
    let mut schedule = new(now);
    for _ in 0..100 {
        assert_eq!(schedule.wait(now), Duration::ZERO);
        assert_eq!(schedule.depart(now), Leave(0));
    }
}

#[test]
fn behind_a_pause_they_leave_one_by_one() {
    let mut now = Instant::now();
    let mut schedule = new(now);
    let weights: Vec<_> =
        (0..16).map(|_| schedule.pause(now, Some(SECOND), Leave(0), false)).collect();
    assert_eq!(weights[0], Weight::Shared);
    assert!(weights[1..].iter().all(|weight| *weight == Weight::None));
    let wait = schedule.wait(now);
    assert!(wait >= SECOND && wait <= SECOND * 17 / 16, "{wait:?}");
    now += wait;
    assert_eq!(schedule.depart(now), Leave(1));
    assert_eq!(schedule.wait(now), FIRST_GAP);
    schedule.speed_up();
    assert!(schedule.wait(now) < FIRST_GAP, "who waits already leaves sooner");
    for _ in 0..200 {
        schedule.speed_up();
    }
    assert_eq!(schedule.wait(now), Duration::ZERO);
}

#[test]
fn pauses_grow_while_nothing_is_answered_and_end_in_giving_up() {
    let start = Instant::now();
    let (mut now, mut schedule) = (start, new(start));
    let mut waits = Vec::new();
    loop {
        let leave = schedule.depart(now);
        let weight = schedule.pause(now, None, leave, false);
        if weight == Weight::Hopeless {
            break;
        }
        assert_eq!(weight == Weight::Shared, now == start);
        waits.push(schedule.wait(now));
        now += schedule.wait(now);
    }
    assert!(waits[0] >= FIRST_PAUSE && waits[1] >= FIRST_PAUSE * 2, "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= LONGEST_PAUSE * 17 / 16), "{waits:?}");
    assert!(now - start >= PATIENCE && now - start <= PATIENCE + LONGEST_PAUSE * 2);
    schedule.speed_up();
    let leave = schedule.depart(now);
    assert_eq!(schedule.pause(now, None, leave, false), Weight::Shared, "an answer begins it anew");
}

#[test]
fn there_is_hope_while_the_server_is_busy_with_others_or_says_something_else() {
    let mut now = Instant::now();
    let mut schedule = new(now);
    let leave = schedule.depart(now);
    schedule.pause(now, None, leave, true);
    now += PATIENCE;
    let leave = schedule.depart(now);
    assert_eq!(schedule.pause(now, None, leave, true), Weight::None);
    assert_eq!(schedule.pause(now, None, leave, false), Weight::Hopeless);
    assert_eq!(schedule.pause(now + PATIENCE * 4, None, leave, true), Weight::Hopeless);
    assert_eq!([schedule.give_up(), schedule.give_up()], [1, 2]);
    schedule.heard();
    let leave = schedule.depart(now);
    assert_eq!(schedule.pause(now, None, leave, false), Weight::Shared);
    assert_eq!(schedule.give_up(), 1);
}

#[test]
fn what_the_server_has_left_is_spread_until_there_is_more() {
    let now = Instant::now();
    for (remaining, need, wait) in [
        (100, 1, Duration::ZERO),
        (9, 1, SECOND / 10),
        (900, 100, SECOND / 10),
        (0, 1, SECOND),
        (99, 100, SECOND),
    ] {
        let mut schedule = new(now);
        schedule.depart(now);
        schedule.heed(0, now, &Allowance { remaining, reset: SECOND }, need, 16);
        assert_eq!(schedule.wait(now), wait, "{remaining}");
        // However long the last one is ago, and whatever the space was: then it is over.
        schedule.depart(now + SECOND);
        assert_eq!(schedule.wait(now + SECOND), Duration::ZERO, "{remaining}");
    }
}

/// What a server does with a request that comes at this time, in milliseconds.
enum Said {
    Fine(Option<Allowance>),
    Refused(Option<Duration>),
}

/// How a job of so many records goes, each with eight quarters of an attempt to spare: how many
/// milliseconds it takes, and how many records fail.
fn run(
    records: usize,
    at_once: usize,
    latency: u64,
    mut server: impl FnMut(u64) -> Said,
) -> (u64, usize) {
    let start = Instant::now();
    let mut schedule = new(start);
    let mut waiting: VecDeque<u64> = std::iter::repeat_n(8, records).collect();
    let mut under_way: VecDeque<(Duration, Leave, u64, Said)> = VecDeque::new();
    let (mut clock, mut failed) = (Duration::ZERO, 0);
    while !(waiting.is_empty() && under_way.is_empty()) {
        let next = schedule.wait(start + clock);
        let has_thread = under_way.len() < at_once;
        let back = under_way.front().map(|(at, ..)| *at);
        if has_thread && !waiting.is_empty() && back.is_none_or(|at| clock + next < at) {
            clock += next;
            let leave = schedule.depart(start + clock);
            let said = server(u64::try_from(clock.as_millis()).unwrap());
            let left = waiting.pop_front().unwrap();
            under_way.push_back((clock + Duration::from_millis(latency), leave, left, said));
            continue;
        }
        let (at, leave, left, said) = under_way.pop_front().unwrap();
        clock = at;
        let now = start + clock;
        match said {
            Said::Fine(allowance) => {
                schedule.speed_up();
                if let Some(allowance) = allowance {
                    schedule.heed(0, now, &allowance, 1, at_once as u64);
                }
            }
            Said::Refused(asked) => {
                let left = match schedule.pause(now, asked, leave, false) {
                    Weight::None => left,
                    Weight::Shared => left - 1,
                    Weight::Own | Weight::Hopeless => 0,
                };
                if left > 0 { waiting.push_front(left) } else { failed += 1 }
            }
        }
    }
    (u64::try_from(clock.as_millis()).unwrap(), failed)
}

#[track_caller]
fn check(within: u64, (took, failed): (u64, usize)) {
    assert!(took <= within, "{took} of {within} ms");
    assert_eq!(failed, 0);
}

#[test]
fn a_server_that_refuses_at_first_is_soon_asked_at_full_speed() {
    let mut count = 0;
    let job = run(200, 16, 20, |_| {
        count += 1;
        if count <= 60 { Said::Refused(None) } else { Said::Fine(None) }
    });
    check(60_000, job);
}

#[test]
fn what_a_server_said_is_over_at_its_reset() {
    let mut count = 0;
    let job = run(400, 32, 50, |_| {
        count += 1;
        let allowance = Allowance { remaining: 1, reset: SECOND * 10 };
        Said::Fine((count <= 3).then_some(allowance))
    });
    check(11_000, job);
}

/// Twenty in two seconds, counted from one even second to the next.
fn window(tells: bool, asks: bool) -> impl FnMut(u64) -> Said {
    let (mut last, mut count) = (0, 0);
    move |now| {
        let window = now / 2000;
        if window != last {
            (last, count) = (window, 0);
        }
        count += 1;
        let left = Duration::from_millis((window + 1) * 2000 - now);
        if count > 20 {
            return Said::Refused(asks.then(|| Duration::from_secs(left.as_secs() + 1)));
        }
        Said::Fine(tells.then_some(Allowance { remaining: 20 - count, reset: left }))
    }
}

#[test]
fn a_limit_is_used_to_the_full_where_it_is_told() {
    // Six windows, the last of them perhaps not to its end.
    check(12_000, run(120, 8, 50, window(true, true)));
    check(16_000, run(120, 8, 50, window(false, true)));
    check(25_000, run(120, 8, 50, window(false, false)));
    check(12_000, run(120, 64, 50, window(true, true)));
}

/// Twenty a second, and so many at once.
#[test]
fn a_limit_that_is_not_told_is_found() {
    let (mut thousandths, mut last) = (20_000, 0);
    let job = run(600, 64, 500, |now| {
        thousandths = (thousandths + (now - last) * 20).min(20_000);
        last = now;
        let has_room = thousandths >= 1000;
        thousandths -= if has_room { 1000 } else { 0 };
        if has_room { Said::Fine(None) } else { Said::Refused(None) }
    });
    check(40_000, job);
}
