//! What a row says: everything that was put in, and what became of it.

use std::process::Command;

use super::*;

/// Every row, in words.
fn rows(ledger: &Ledger, span: Span, now: i64) -> Vec<String> {
    let mut rows = Vec::new();
    ledger.rows(span, now, |row| rows.push(format!("{row:?}"))).unwrap();
    rows
}

fn states(ledger: &Ledger, now: i64) -> Vec<State> {
    let mut states = Vec::new();
    ledger.rows(Span::default(), now, |row| states.push(row.state)).unwrap();
    states
}

#[test]
fn a_row_holds_what_was_put_in() {
    let mut home = home();
    let first = home.book(NOON - 1, 7);
    let entry = Entry {
        retry_of: Some(first),
        tag: Some("nightly"),
        prompt_tokens: u64::MAX,
        exact: false,
        ..entry(NOON, 6_050_000_000)
    };
    let usage = Usage {
        prompt: 1,
        cached: 2,
        cache_written: 3,
        reply: 4,
        reasoning: 5,
        counted_here: true,
    };
    let settlement = Settlement {
        bill: Some(Bill { cost: 134_000_000, usage: Some(usage) }),
        model: Some("gpt-5.6-terra-2026-10-01"),
        finish_reason: Some("stop"),
        request_id: Some("req_1"),
        attempts: 2,
        duration_ms: 1234,
    };
    let id = match home.ledger.reserve(&entry, &[]).unwrap() {
        Reservation::Booked(id) => id,
        Reservation::Refused(refusal) => panic!("{refusal:?}"),
    };
    home.ledger.settle(id, &settlement).unwrap();

    // No text has more tokens than that.
    let entry = Entry { prompt_tokens: i64::MAX.unsigned_abs(), ..entry };
    let row = Row { id, state: State::Settled, entry, settlement };
    let span = Span { since: Some(NOON), until: None };
    assert_eq!(rows(&home.ledger, span, NOON), [format!("{row:?}")]);
    assert_eq!(row.amount(), 134_000_000);
}

#[test]
fn a_span_has_its_beginning_and_not_its_end() {
    let mut home = home();
    for time in 0..4 {
        home.book(time, 1);
    }
    for since in 0..5 {
        for until in 0..5 {
            let span = Span { since: Some(since), until: Some(until) };
            let expected = usize::try_from((until.min(4) - since).max(0)).unwrap();
            assert_eq!(rows(&home.ledger, span, 0).len(), expected);
        }
    }
    assert_eq!(rows(&home.ledger, Span { since: None, until: Some(1) }, 0).len(), 1);
    assert_eq!(rows(&home.ledger, Span { since: Some(1), until: None }, 0).len(), 3);
    assert_eq!(rows(&home.ledger, Span::default(), 0).len(), 4);
}

#[test]
fn what_died_without_an_answer_stays_booked_until_settled_by_hand() {
    let mut home = home();
    let id = home.book(NOON, 5);
    // Whoever waits may still be billed.
    assert_eq!(home.ledger.settle_by_hand(id, 0, NOON), Err(Error::UnderWay { id }));
    home.ledger.settle(id, &Settlement::default()).unwrap();
    assert_eq!(states(&home.ledger, NOON), [State::Unsettled]);
    assert_eq!(home.booked(None, None), (0, 5));
    home.ledger.settle_by_hand(id, 9, NOON).unwrap();
    home.ledger.settle_by_hand(id, 2, NOON).unwrap();
    assert_eq!(states(&home.ledger, NOON), [State::Settled]);
    assert_eq!(home.booked(None, None), (2, 0));
    // Its process was alive all the time, out of our sight, and now gives up: the hand has spoken.
    home.ledger.settle(id, &Settlement::default()).unwrap();
    assert_eq!(home.booked(None, None), (2, 0));
    // Its answer was only late: the server's bill has the last word.
    home.bill(id, 3);
    assert_eq!(home.booked(None, None), (3, 0));
    assert_eq!(home.ledger.settle_by_hand(id, 4, NOON), Err(Error::AlreadySettled { id }));
    assert_eq!(home.ledger.settle(id, &billed(4)), Err(Error::AlreadySettled { id }));
    assert_eq!(home.booked(None, None), (3, 0));
}

#[test]
fn a_bill_over_the_worst_case_counts_in_full() {
    let mut home = home();
    let id = home.book(NOON, 5);
    home.bill(id, 50);
    assert_eq!(home.booked(None, None), (50, 0));
    // What no row can hold is booked as the most that one can.
    let id = home.book(NOON, 5);
    home.bill(id, u128::MAX);
    assert_eq!(home.booked(None, None), (50 + u128::from(i64::MAX.unsigned_abs()), 0));
}

/// A power failure may take a settlement away, since the worst case is left then. It must not take
/// away one that is more than that.
#[test]
fn a_bill_over_the_worst_case_is_on_the_disk_at_once() {
    for (cost, synchronous) in [(4, 1), (5, 1), (6, 3)] {
        let mut home = home();
        let id = home.book(NOON, 5);
        home.bill(id, cost);
        let pragma = |row: &rusqlite::Row| row.get::<_, i64>(0);
        let used = home.ledger.connection.pragma_query_value(None, "synchronous", pragma);
        assert_eq!(used, Ok(synchronous), "{cost}");
    }
}

#[test]
fn a_server_cannot_fill_the_disk() {
    let mut home = home();
    let id = home.book(NOON, 5);
    let long = "é".repeat(10_000);
    let settlement = Settlement { request_id: Some(&long), ..billed(1) };
    home.ledger.settle(id, &settlement).unwrap();
    let mut lengths = Vec::new();
    let visit = |row: &Row| lengths.push(row.settlement.request_id.unwrap().chars().count());
    home.ledger.rows(Span::default(), NOON, visit).unwrap();
    assert_eq!(lengths, [200]);
}

#[test]
fn only_a_row_that_exists_is_settled() {
    let mut home = home();
    home.book(NOON, 5);
    for id in [RowId(0), RowId(2), RowId(-1), RowId(i64::MAX)] {
        assert_eq!(home.ledger.settle(id, &billed(1)), Err(Error::NoSuchRow { id }));
        assert_eq!(home.ledger.settle_by_hand(id, 1, NOON), Err(Error::NoSuchRow { id }));
    }
}

/// Reserves, puts `process` into the row's place for it and compares what the row is shown as
/// before and after the deadline.
#[track_caller]
fn check_process(process: Option<&str>, before: State, after: State) {
    let mut home = home();
    home.book(NOON, 5);
    home.ledger.connection.execute("UPDATE request SET waiting = ?1", [process]).unwrap();
    let deadline = NOON + 600_000;
    assert_eq!(states(&home.ledger, deadline - 1), [before]);
    assert_eq!(states(&home.ledger, deadline), [after]);
}

#[test]
fn a_reservation_lasts_as_long_as_its_process() {
    let Some(this) = process::this() else { return };
    let (place, _) = this.split_at(this.rsplitn(3, ' ').last().unwrap().len());
    check_process(Some(this), State::Reserved, State::Reserved);
    // The same number, another start: another process.
    check_process(Some(&format!("{this}0")), State::Unsettled, State::Unsettled);
    // No such number.
    check_process(Some(&format!("{place} 4194305 1")), State::Unsettled, State::Unsettled);
    // Elsewhere, or nothing that we could have written: the deadline decides.
    check_process(Some(&format!("x{this}")), State::Reserved, State::Unsettled);
    check_process(Some(&format!("{place} self 1")), State::Reserved, State::Unsettled);
    check_process(Some(""), State::Reserved, State::Unsettled);
    check_process(None, State::Reserved, State::Unsettled);
}

#[test]
fn a_killed_process_has_ended_before_anyone_asks_for_its_remains() {
    let Some(this) = process::this() else { return };
    let place = this.rsplitn(3, ' ').last().unwrap();
    let mut child = Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let start = status.rsplit(')').next().unwrap().split_ascii_whitespace().nth(19).unwrap();
    let process = format!("{place} {} {start}", child.id());
    assert_eq!(process::has_ended(&process), Some(false));
    child.kill().unwrap();
    // A zombie as soon as the signal has arrived, until `wait` below.
    let ended = (0..1_000_000).any(|_| process::has_ended(&process) == Some(true));
    assert!(ended);
    child.wait().unwrap();
    assert_eq!(process::has_ended(&process), Some(true));
}
