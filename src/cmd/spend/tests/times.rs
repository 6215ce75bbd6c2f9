//! What `--since` and `--until` understand.

use super::*;

#[track_caller]
fn check_when(text: &str, start: &str, end: &str) {
    let period = when::parse("--since", text, &now()).unwrap();
    let said = |moment: &Zoned| moment.strftime("%Y-%m-%d %H:%M:%S%:z").to_string();
    assert_eq!((said(&period.start), said(&period.end)), (start.to_owned(), end.to_owned()));
}

#[test]
fn times() {
    check_when("today", "2026-11-03 00:00:00+01:00", "2026-11-04 00:00:00+01:00");
    check_when("yesterday", "2026-11-02 00:00:00+01:00", "2026-11-03 00:00:00+01:00");
    check_when("week", "2026-11-02 00:00:00+01:00", "2026-11-09 00:00:00+01:00");
    check_when("month", "2026-11-01 00:00:00+01:00", "2026-12-01 00:00:00+01:00");
    check_when("2026-11-01", "2026-11-01 00:00:00+01:00", "2026-11-02 00:00:00+01:00");
    // A day of 25 hours, and one before it.
    check_when("2026-10-25", "2026-10-25 00:00:00+02:00", "2026-10-26 00:00:00+01:00");
    check_when("10d", "2026-10-24 13:00:00+02:00", "2026-10-24 13:00:00+02:00");
    check_when("12h", "2026-11-03 01:00:00+01:00", "2026-11-03 01:00:00+01:00");
    check_when("1w", "2026-10-27 13:00:00+01:00", "2026-10-27 13:00:00+01:00");
    for text in ["2026-11-01T14:30", "2026-11-01 14:30:00", "2026-11-01T13:30:00Z"] {
        check_when(text, "2026-11-01 14:30:00+01:00", "2026-11-01 14:30:00+01:00");
    }
}

#[track_caller]
fn check_refused(words: &[&str], expected: &str) {
    let error = plan(words).map(|_| ()).unwrap_err();
    let failure: &crate::exit::Failure = error.downcast_ref().unwrap();
    assert_eq!(failure.exit, Exit::Usage);
    assert_eq!(failure.message, expected);
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        " ",
        "d",
        "h",
        "7",
        "7m",
        "-7d",
        "+7d",
        "7.5d",
        "99999999999999999999d",
        "999999999d",
        "tomorrow",
        "Today",
        "2026-13-01",
        "2026-02-29",
        "2026/11/01",
        "2026-11-1",
        "01.11.2026",
        "2026-11-01T25:00",
        "0000-00-00",
        "é",
        "١d",
    ] {
        let why = "is no time; write a date (2026-11-01), a time (2026-11-01T14:30), \
                   today, yesterday, week, month, 7d or 12h";
        check_refused(&[&format!("--since={text}")], &format!("--since: '{text}' {why}"));
        check_refused(&[&format!("--until={text}")], &format!("--until: '{text}' {why}"));
    }
    let swapped = "--until is not after --since: nothing lies between; swap them";
    check_refused(&["--since", "today", "--until", "2d"], swapped);
    check_refused(&["--since", "today", "--until", "yesterday"], swapped);
}
