//! A clock that jumps: an amount may count twice, it never counts nowhere.

use super::*;

/// Reserves 1, 10, 100, ... with the clock at the given days after noon, and compares what the
/// window from the last midnight on then holds. Between the last row and the look, one of 0 is
/// reserved, since that is when the ledger finds out where the clock is.
#[track_caller]
fn check(days: &[f64], look: f64, expected: u128) {
    let mut home = home();
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let at = |days: f64| NOON + (days * DAY as f64) as i64;
    let mut amount = 1;
    for time in days {
        home.book(at(*time), amount);
        amount *= 10;
    }
    home.book(at(look), 0);
    let midnight = at(look) - at(look) % DAY;
    assert_eq!(home.booked(Some(midnight), None), (0, expected));
    assert_eq!(home.booked(None, None), (0, amount / 9));
}

#[test]
fn an_amount_never_leaves_its_window() {
    // A clock that goes right.
    check(&[0.0, 0.1, 0.2], 0.3, 111);
    check(&[0.0, 0.1, 1.0], 1.1, 100);
    check(&[0.0, 1.0, 2.0], 3.0, 0);
    // Set back within the day, and by days: what is ahead of the clock counts.
    check(&[0.0, -0.1], -0.05, 11);
    check(&[0.0, -3.0], -3.0, 11);
    // Set back by days and right again: what was booked meanwhile may have been today.
    check(&[0.0, -3.0], 0.1, 11);
    check(&[0.0, -3.0, -2.9, 0.1], 0.2, 1111);
    // The same when the first request after the correction comes a day later.
    check(&[0.0, -3.0], 1.0, 10);
    // A machine that thinks it is 1970, among the first requests of a day.
    check(&[-1.0, -19_000.0, 0.0], 0.1, 110);
    // Back twice, and right again.
    check(&[0.0, -3.0, -6.0], 0.1, 111);
    // A clock that is behind passes times that it has been at before, and is set right at last.
    check(&[-2.5, 0.0, -3.0, -2.4, -2.3], 0.1, 11_110);
    // Ahead by days for a moment: that amount counts until its day is over, the others as ever.
    check(&[0.0, 3.0, 0.1], 0.2, 111);
    check(&[0.0, 3.0, 0.1], 1.0, 10);
    check(&[0.0, 3.0, 0.1, 1.0, 1.1], 2.0, 10);
    // The day that was ahead has come: what was booked since may have been on it, says the order.
    check(&[0.0, 3.0, 0.1, 1.0], 3.1, 1110);
    check(&[0.0, 3.0, 0.1, 1.0, 3.1], 4.0, 0);
    // Ahead by 20 years for a moment: no harm but for that amount.
    check(&[0.0, 7300.0, 0.1, 1.0], 1.1, 1010);
    check(&[0.0, 7300.0, 0.1, -3.0], 0.2, 1111);
}

#[test]
fn a_clock_behind_by_seconds_has_not_been_set_back() {
    let mut home = home();
    home.book(NOON, 1);
    home.book(NOON - 60_000, 10);
    home.book(NOON - 60_001, 100);
    let mut statement =
        home.ledger.connection.prepare("SELECT time, booked, later FROM request").unwrap();
    let times: Vec<(i64, i64, Option<i64>)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = [
        (NOON, NOON, None),
        (NOON - 60_000, NOON - 60_000, None),
        (NOON - 60_001, NOON - 60_001, Some(NOON)),
    ];
    assert_eq!(times, expected);
}

#[test]
fn a_clock_before_1970_books_at_its_beginning() {
    let mut home = home();
    home.book(-5, 1);
    home.book(i64::MIN, 10);
    assert_eq!(home.booked(Some(i64::MIN), None), (0, 11));
    home.book(i64::MAX, 100);
    assert_eq!(home.booked(Some(NOON), None), (0, 100));
    assert_eq!(home.booked(None, None), (0, 111));
}
