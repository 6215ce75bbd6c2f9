//! What a budget has room for: its edges, its windows, its tags, and many at once.

use std::process::{Command, Stdio};
use std::thread;

use super::*;

#[test]
fn a_budget_has_room_up_to_its_last_picodollar() {
    let mut home = home();
    for amount in 0..5 {
        for spent in 0..4 {
            for reserved in 0..4 {
                // Each with a tag of its own, so that none sees the others.
                let tag = format!("{amount} {spent} {reserved}");
                let settled = home.book_tagged(NOON, 9, Some(&tag));
                home.bill(settled, spent);
                home.book_tagged(NOON, reserved, Some(&tag));
                for asked in 0..4 {
                    let limits = [budget(amount, Some(NOON), Some(&tag))];
                    let entry = Entry { tag: Some(&tag), ..entry(NOON, asked) };
                    let made = home.ledger.reserve(&entry, &limits).unwrap();
                    let expected = Refusal {
                        label: "5/day".to_owned(),
                        tag: Some(tag.clone()),
                        amount,
                        spent,
                        reserved,
                        asked,
                    };
                    match made {
                        Reservation::Booked(id) => {
                            assert!(spent + reserved + asked <= amount);
                            home.bill(id, 0);
                        }
                        Reservation::Refused(refusal) => {
                            assert!(spent + reserved + asked > amount);
                            assert_eq!(refusal, expected);
                            assert_eq!(refusal.left(), amount.saturating_sub(spent + reserved));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_refused_request_leaves_no_trace() {
    let mut home = home();
    let limits = [budget(10, None, None), budget(3, None, None)];
    let made = home.ledger.reserve(&entry(NOON, 4), &limits).unwrap();
    assert!(matches!(made, Reservation::Refused(Refusal { amount: 3, .. })));
    home.ledger.rows(Span::default(), NOON, |row| panic!("{row:?}")).unwrap();
    assert_eq!(home.booked(None, None), (0, 0));
}

#[test]
fn an_unlimited_amount_is_not_added_past_the_end_of_numbers() {
    let mut home = home();
    home.book(NOON, 1);
    let limits = [budget(u128::MAX, None, None)];
    let made = home.ledger.reserve(&entry(NOON, u128::MAX), &limits).unwrap();
    assert!(matches!(made, Reservation::Refused(Refusal { asked: u128::MAX, .. })));
    assert_eq!(home.ledger.reserve(&entry(NOON, u128::MAX), &[]), Err(Error::TooMuch));
    assert_eq!(home.booked(None, None), (0, 1));
}

/// Sums as they come against sums of all rows, after every step of a long random walk.
#[test]
fn the_sums_are_those_of_the_rows() {
    let mut home = home();
    let mut dice = Dice(7);
    let tags = [None, Some("a"), Some("b")];
    let mut clock = NOON;
    let mut ids = Vec::new();
    for _ in 0..300 {
        // Mostly forward, sometimes back by days or ahead by weeks.
        clock += match dice.below(20) {
            0 => -(dice.below(3 * DAY.unsigned_abs()).cast_signed()),
            1 => dice.below(14 * DAY.unsigned_abs()).cast_signed(),
            _ => dice.below(QUARTER.unsigned_abs()).cast_signed(),
        };
        // Up to the largest amount there is: sums of two go past 64 bits.
        let amount = u128::from(dice.below(1 << 31)) << dice.below(33);
        match dice.below(5) {
            0 | 1 => {
                let tag = tags[usize::try_from(dice.below(3)).unwrap()];
                ids.push(home.book_tagged(clock, amount, tag));
            }
            _ if ids.is_empty() => {}
            choice => {
                let index = usize::try_from(dice.below(ids.len() as u64)).unwrap();
                let id = ids[index];
                match choice {
                    2 => home.bill_if_open(id, amount),
                    3 => home.ledger.settle_by_hand(id, amount, NOON).unwrap_or(()),
                    _ => home.ledger.settle(id, &Settlement::default()).unwrap_or(()),
                }
            }
        }
        for tag in tags {
            for since in [None, Some(0), Some(NOON), Some(clock - DAY), Some(clock - clock % DAY)] {
                assert_eq!(home.booked(since, tag), home.added_up(since, tag));
            }
        }
    }
}

impl Home {
    fn bill_if_open(&mut self, id: RowId, cost: u128) {
        match self.ledger.settle(id, &billed(cost)) {
            Ok(()) | Err(Error::AlreadySettled { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_window_begins_at_any_local_midnight() {
    // UTC, Kathmandu (+5:45), Kolkata (+5:30), St. John's (-3:30), Kiritimati (+14:00).
    for quarters_east in [0, 23, 22, -14, 56] {
        let midnight = NOON - DAY / 2 - quarters_east * QUARTER;
        let mut home = home();
        home.book(midnight - 1, 1);
        home.book(midnight, 10);
        home.book(midnight + DAY - 1, 100);
        home.book(midnight + DAY, 1000);
        assert_eq!(home.booked(Some(midnight), None), (0, 1110));
        assert_eq!(home.booked(Some(midnight + DAY), None), (0, 1000));
        assert_eq!(home.booked(Some(midnight - DAY), None), (0, 1111));
        assert_eq!(home.booked(None, None), (0, 1111));
    }
}

#[test]
fn a_tagged_budget_sees_its_tag_alone() {
    let mut home = home();
    home.book_tagged(NOON, 1, None);
    home.book_tagged(NOON, 10, Some("a"));
    home.book_tagged(NOON, 100, Some("b"));
    for since in [None, Some(NOON - DAY)] {
        assert_eq!(home.booked(since, None), (0, 111));
        assert_eq!(home.booked(since, Some("a")), (0, 10));
        assert_eq!(home.booked(since, Some("b")), (0, 100));
        assert_eq!(home.booked(since, Some("c")), (0, 0));
    }
}

#[test]
fn sums_go_past_what_sixty_four_bits_hold() {
    let mut home = home();
    let most = u128::from(i64::MAX.unsigned_abs());
    for _ in 0..10 {
        let id = home.book(NOON, most);
        home.bill(id, most);
        home.book(NOON, most);
    }
    assert_eq!(home.booked(Some(NOON), None), (10 * most, 10 * most));
    assert_eq!(home.booked(None, None), (10 * most, 10 * most));
    let mut sum = Sum::default();
    home.ledger.rows(Span::default(), NOON, |row| sum.add(row)).unwrap();
    assert_eq!((sum.spent, sum.reserved.amount), (10 * most, 10 * most));
}

#[test]
fn threads_at_once_never_book_more_than_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep/er/ledger.db");
    let booked: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| take_all(&path))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(booked, 10);
}

#[test]
fn processes_at_once_never_book_more_than_there_is() {
    for _ in 0..3 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let children: Vec<_> = (0..16)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "books::tests::budgets::process", "--ignored", "--nocapture"])
                    .env("LEDGER_OF_TEST", &path)
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let mut booked = 0;
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            booked += String::from_utf8(output.stdout).unwrap().matches("booked one").count();
        }
        assert_eq!(booked, 10);
    }
}

#[test]
#[ignore = "one of the processes of the test above"]
#[allow(clippy::print_stdout)]
fn process() {
    if let Some(path) = std::env::var_os("LEDGER_OF_TEST") {
        for _ in 0..take_all(path.as_ref()) {
            println!("booked one");
        }
    }
}

/// Takes 1 out of a budget of 10 until it is refused, on a ledger that may not be there yet.
fn take_all(path: &Path) -> usize {
    let mut booked = 0;
    loop {
        let mut ledger = Ledger::open(path).unwrap();
        match ledger.reserve(&entry(NOON, 1), &[budget(10, Some(NOON), None)]).unwrap() {
            // Unanswered or billed: it takes the same room.
            Reservation::Booked(id) if booked % 2 == 0 => {
                ledger.settle(id, &Settlement::default()).unwrap();
            }
            Reservation::Booked(id) => ledger.settle(id, &billed(1)).unwrap(),
            Reservation::Refused(_) => return booked,
        }
        booked += 1;
    }
}
