//! Requests that are booked together: what each leaves, and that the sums stay those of the rows.

use super::*;

/// The rows as they are: how many requests, state, what counts.
fn rows(home: &Home) -> Vec<String> {
    let mut rows = Vec::new();
    let visit = |row: &Row| {
        let Row { entry, state, .. } = row;
        rows.push(format!("{} {state:?} {}", entry.requests, row.amount()));
    };
    home.ledger.rows(Span::default(), NOON, visit).unwrap();
    rows
}

#[track_caller]
fn check(home: &Home, expected: &[&str]) {
    assert_eq!(rows(home), expected);
    for tag in [None, Some("t")] {
        assert_eq!(home.booked(None, tag), home.added_up(None, tag), "{tag:?}");
    }
}

fn part(worst_case: u128) -> Entry<'static> {
    Entry { tag: Some("t"), prompt_tokens: 5, reply_tokens: 100, ..entry(NOON, worst_case) }
}

/// One row for requests of 1, 2, 3 ... picodollars.
fn bundle(home: &mut Home, requests: u32) -> RowId {
    let all = u128::from(requests);
    let sums = Entry {
        requests,
        prompt_tokens: 5 * u64::from(requests),
        reply_tokens: 100 * u64::from(requests),
        ..part(all * (all + 1) / 2)
    };
    match home.ledger.reserve(&sums, &[]).unwrap() {
        Reservation::Booked(row) => row,
        Reservation::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn end(home: &mut Home, ended: &[Ended]) {
    home.ledger.book(ended, &[], &[]).unwrap();
}

fn paid(row: RowId, worst_case: u128, cost: u128) -> Ended<'static> {
    Ended { row, part: Some(part(worst_case)), settlement: Some(billed(cost)) }
}

fn unsent(row: RowId, worst_case: u128) -> Ended<'static> {
    Ended { row, part: Some(part(worst_case)), settlement: None }
}

#[test]
fn each_request_gets_a_row_when_it_ends() {
    let mut home = home();
    let row = bundle(&mut home, 5);
    check(&home, &["5 Reserved 15"]);
    end(&mut home, &[paid(row, 3, 2)]);
    check(&home, &["4 Reserved 12", "1 Settled 2"]);
    end(&mut home, &[unsent(row, 1), paid(row, 5, 9)]);
    check(&home, &["2 Reserved 6", "1 Settled 2", "1 Settled 9"]);
    let lost = home.ledger.settle_part(row, &part(2), &Settlement::default()).unwrap();
    check(&home, &["1 Reserved 4", "1 Settled 2", "1 Settled 9", "1 Unsettled 2"]);
    assert_eq!(lost, Some(RowId(4)));
    end(&mut home, &[paid(row, 4, 0)]);
    check(&home, &["1 Settled 2", "1 Settled 9", "1 Unsettled 2", "1 Settled 0"]);
    home.bill(lost.unwrap(), 1);
    check(&home, &["1 Settled 2", "1 Settled 9", "1 Settled 1", "1 Settled 0"]);
}

#[test]
fn a_row_is_the_same_as_of_a_request_that_was_booked_alone() {
    let mut home = home();
    let usage = Usage {
        prompt: 5,
        cached: 1,
        cache_written: 2,
        reply: 7,
        reasoning: 3,
        counted_here: true,
    };
    let settlement = Settlement {
        bill: Some(Bill { cost: 4, usage: Some(usage) }),
        model: Some("m-2"),
        finish_reason: Some("stop"),
        request_id: Some("req-1"),
        attempts: 2,
        duration_ms: 30,
    };
    let row = bundle(&mut home, 1);
    end(&mut home, &[Ended { row, part: Some(part(1)), settlement: Some(settlement) }]);
    let alone = home.ledger.reserve(&part(1), &[]).unwrap();
    let Reservation::Booked(alone) = alone else { panic!("{alone:?}") };
    home.ledger.settle(alone, &settlement).unwrap();
    let mut told = Vec::new();
    let visit =
        |row: &Row| told.push(format!("{:?} {:?} {:?}", row.state, row.entry, row.settlement));
    home.ledger.rows(Span::default(), NOON, visit).unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
}

#[test]
fn what_is_left_of_a_bundle_is_taken_out_behind_its_requests() {
    let mut home = home();
    let row = bundle(&mut home, 3);
    let rest = Ended { row, part: None, settlement: None };
    end(&mut home, &[rest, paid(row, 2, 1)]);
    check(&home, &["1 Settled 1"]);
    // There is nothing left.
    let row = bundle(&mut home, 1);
    end(&mut home, &[paid(row, 1, 1), Ended { row, ..rest }]);
    check(&home, &["1 Settled 1", "1 Settled 1"]);
}

#[test]
fn what_ends_behind_a_settlement_by_hand_is_booked_all_the_same() {
    let mut home = home();
    let row = bundle(&mut home, 3);
    // As if its process could not be seen from here.
    home.ledger.connection.execute("UPDATE request SET waiting = NULL", []).unwrap();
    let deadline = part(0).deadline;
    let early = home.ledger.settle_by_hand(row, 5, deadline - 1);
    assert_eq!(early, Err(Error::OutOfSight { id: row, minutes: 1 }));
    home.ledger.settle_by_hand(row, 5, deadline).unwrap();
    end(&mut home, &[paid(row, 2, 2), unsent(row, 1)]);
    check(&home, &["3 Settled 5", "1 Settled 2"]);
}

#[test]
fn a_bill_beyond_the_worst_case_is_on_the_disk_at_once() {
    let mut home = home();
    for (cost, expected) in [(3, 1), (4, 3)] {
        let row = bundle(&mut home, 3);
        end(&mut home, &[paid(row, 3, cost)]);
        let connection = &home.ledger.connection;
        let level: i64 =
            connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!(level, expected, "{cost}");
    }
}

#[test]
fn figures_without_end_are_cut_off_and_go_to_nothing() {
    let mut home = home();
    let endless = Entry { reply_tokens: u64::MAX, ..part(0) };
    let all = Entry { requests: 3, ..endless };
    let Reservation::Booked(row) = home.ledger.reserve(&all, &[]).unwrap() else { panic!() };
    for _ in 0..3 {
        let ended = Ended { row, part: Some(endless), settlement: Some(billed(0)) };
        end(&mut home, &[ended]);
    }
    check(&home, &["1 Settled 0"; 3]);
}

/// Of a bundle that was booked while the clock was behind: one of its requests ends before that is
/// known, and one after.
#[test]
fn a_request_counts_where_its_bundle_counts() {
    let mut home = home();
    home.book(NOON + DAY, 1);
    let row = bundle(&mut home, 3);
    end(&mut home, &[paid(row, 3, 4)]);
    assert_eq!(home.booked(Some(NOON + DAY), Some("t")), (0, 0));
    // The clock passes the later one: the bundle was booked too early.
    home.book(NOON + 2 * DAY, 1);
    end(&mut home, &[paid(row, 2, 2)]);
    assert_eq!(home.booked(Some(NOON + DAY), Some("t")), (6, 1));
    let expected = ["1 Reserved 1", "1 Reserved 1", "1 Settled 4", "1 Reserved 1", "1 Settled 2"];
    check(&home, &expected);
}

#[test]
fn the_sums_are_those_of_the_rows_however_bundles_end() {
    let mut home = home();
    let mut dice = Dice(7);
    let mut open: Vec<(RowId, Vec<u128>)> = Vec::new();
    for _ in 0..300 {
        if dice.below(3) == 0 {
            let requests = u32::try_from(1 + dice.below(6)).unwrap();
            open.push((bundle(&mut home, requests), (1..=requests.into()).collect()));
        }
        let mut ended = Vec::new();
        for _ in 0..dice.below(8) {
            if open.is_empty() {
                break;
            }
            let which = usize::try_from(dice.below(open.len() as u64)).unwrap();
            let (row, left) = &mut open[which];
            let worst = left.swap_remove(usize::try_from(dice.below(left.len() as u64)).unwrap());
            ended.push(match dice.below(4) {
                0 => unsent(*row, worst),
                1 => Ended {
                    row: *row,
                    part: Some(part(worst)),
                    settlement: Some(Settlement::default()),
                },
                _ => paid(*row, worst, dice.below(9).into()),
            });
            if left.is_empty() {
                open.swap_remove(which);
            } else if dice.below(9) == 0 {
                ended.push(Ended { row: *row, part: None, settlement: None });
                open.swap_remove(which);
            }
        }
        end(&mut home, &ended);
        for tag in [None, Some("t")] {
            assert_eq!(home.booked(None, tag), home.added_up(None, tag));
        }
        let bundled: u32 = open.iter().map(|(_, left)| u32::try_from(left.len()).unwrap()).sum();
        let query = "SELECT coalesce(sum(requests), 0) FROM request WHERE state = 'reserved'";
        let reserved: u32 = home.ledger.connection.query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(reserved, bundled);
    }
}
