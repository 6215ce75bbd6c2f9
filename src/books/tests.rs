//! The ledger as its users see it: what is booked, what is refused, what survives.

#![allow(clippy::unwrap_used)]

mod budgets;
mod bundles;
mod clock;
mod crash;
mod files;
mod rows;

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const QUARTER: i64 = sums::QUARTER;
const DAY: i64 = 96 * QUARTER;
/// A noon in 2024, UTC.
const NOON: i64 = 19_800 * DAY + DAY / 2;

/// A ledger in a directory that goes when the value goes.
struct Home {
    directory: TempDir,
    ledger: Ledger,
}

fn home() -> Home {
    let directory = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&directory.path().join("ledger.db")).unwrap();
    Home { directory, ledger }
}

impl Home {
    fn path(&self) -> PathBuf {
        self.directory.path().join("ledger.db")
    }

    fn book(&mut self, time: i64, worst_case: u128) -> RowId {
        self.book_tagged(time, worst_case, None)
    }

    fn book_tagged(&mut self, time: i64, worst_case: u128, tag: Option<&str>) -> RowId {
        match self.ledger.reserve(&Entry { tag, ..entry(time, worst_case) }, &[]).unwrap() {
            Reservation::Booked(id) => id,
            Reservation::Refused(refusal) => panic!("{refusal:?}"),
        }
    }

    fn bill(&mut self, id: RowId, cost: u128) {
        self.ledger.settle(id, &billed(cost)).unwrap();
    }

    /// Puts everything into the one file, with nothing beside it.
    fn settle_down(&self) {
        let done = |_: &rusqlite::Row| Ok(());
        self.ledger
            .connection
            .pragma_update_and_check(None, "journal_mode", "delete", done)
            .unwrap();
    }

    /// Spent and reserved, as a budget sees them.
    fn booked(&self, since: Option<i64>, tag: Option<&str>) -> (u128, u128) {
        sums::booked_since(&self.ledger.connection, since, tag).unwrap()
    }

    /// Spent and reserved the slow way, in whole quarters of an hour.
    fn added_up(&self, since: Option<i64>, tag: Option<&str>) -> (u128, u128) {
        let mut statement = self
            .ledger
            .connection
            .prepare("SELECT booked, tag, state = 'settled', cost, worst_case FROM request")
            .unwrap();
        let mut sums = (0, 0);
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (booked, its_tag): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            let inside = since.is_none_or(|since| booked / QUARTER >= since / QUARTER);
            if !inside || tag.is_some_and(|tag| tag != its_tag) {
                continue;
            }
            if row.get(2).unwrap() {
                sums.0 += u128::from(row.get::<_, i64>(3).unwrap().unsigned_abs());
            } else {
                sums.1 += u128::from(row.get::<_, i64>(4).unwrap().unsigned_abs());
            }
        }
        sums
    }
}

fn entry(time: i64, worst_case: u128) -> Entry<'static> {
    Entry {
        time,
        deadline: time.saturating_add(600_000),
        retry_of: None,
        command: "chat",
        tag: None,
        model: "gpt-5.6-terra",
        host: "api.openai.com",
        prompt_tokens: 25,
        reply_tokens: 500,
        exact: true,
        price: "2/1M:12/1M",
        price_source: "table of 2026-11",
        worst_case,
        requests: 1,
    }
}

fn billed(cost: u128) -> Settlement<'static> {
    Settlement { bill: Some(Bill { cost, usage: None }), attempts: 1, ..Settlement::default() }
}

fn budget(amount: u128, since: Option<i64>, tag: Option<&str>) -> Budget<'_> {
    Budget { label: "5/day", amount, since, tag }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
