//! The sums of all rows, kept up with every transaction, so that a budget is checked without
//! looking at a million rows.

use rusqlite::Connection;

/// Milliseconds in a row of `sums`.
pub(super) const QUARTER: i64 = 15 * 60 * 1000;

/// The quarter that stands for all time.
const ALWAYS: i64 = -1;

/// What a row counts in a budget: one of the two is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub spent: i64,
    pub reserved: i64,
}

/// What a transaction changes, to be written before it ends and before a budget is checked.
#[derive(Default)]
pub(super) struct Changes(Vec<Change>);

/// By so much a row of `sums` changes. An amount is split, as it is there.
struct Change {
    tag: String,
    quarter: i64,
    spent: [i64; 2],
    reserved: [i64; 2],
}

impl Changes {
    /// A row under this tag, booked at this time, counts so much.
    pub(super) fn add(&mut self, tag: &str, booked: i64, amount: Amount) {
        self.note(tag, booked, amount, 1);
    }

    /// It does not any more.
    pub(super) fn take(&mut self, tag: &str, booked: i64, amount: Amount) {
        self.note(tag, booked, amount, -1);
    }

    fn note(&mut self, tag: &str, booked: i64, amount: Amount, sign: i64) {
        let tags = [Some(""), Some(tag).filter(|tag| !tag.is_empty())];
        for tag in tags.into_iter().flatten() {
            for quarter in [ALWAYS, booked / QUARTER] {
                let change = self.of(tag, quarter);
                for (sum, amount) in
                    [(&mut change.spent, amount.spent), (&mut change.reserved, amount.reserved)]
                {
                    sum[0] += sign * (amount / SPLIT);
                    sum[1] += sign * (amount % SPLIT);
                }
            }
        }
    }

    /// There are hardly ever more than four.
    fn of(&mut self, tag: &str, quarter: i64) -> &mut Change {
        let known = self.0.iter().position(|one| one.quarter == quarter && one.tag == tag);
        let at = known.unwrap_or_else(|| {
            let (spent, reserved) = Default::default();
            self.0.push(Change { tag: tag.to_owned(), quarter, spent, reserved });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Writes all that was noted.
    pub(super) fn write(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for Change { tag, quarter, spent, reserved } in self.0.drain(..) {
            let mut upsert = connection.prepare_cached(
                "INSERT INTO sums VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET
                   spent_high = spent_high + ?3, spent_low = spent_low + ?4,
                   reserved_high = reserved_high + ?5, reserved_low = reserved_low + ?6",
            )?;
            upsert.execute((tag, quarter, spent[0], spent[1], reserved[0], reserved[1]))?;
        }
        Ok(())
    }
}

/// Amounts are kept as amount / 10^9 and amount % 10^9, each summed for itself: neither sum can
/// overflow before there are a thousand million rows.
const SPLIT: i64 = 1_000_000_000;

/// What is settled, and what is reserved or unsettled, in a window and under a tag.
pub(super) fn booked_since(
    connection: &Connection,
    since: Option<i64>,
    tag: Option<&str>,
) -> rusqlite::Result<(u128, u128)> {
    let (condition, quarter) = match since {
        Some(since) => ("quarter >= ?2", since.max(0) / QUARTER),
        None => ("quarter = ?2", ALWAYS),
    };
    let query = format!(
        "SELECT coalesce(sum(spent_high), 0), coalesce(sum(spent_low), 0),
           coalesce(sum(reserved_high), 0), coalesce(sum(reserved_low), 0)
         FROM sums WHERE tag = ?1 AND {condition}"
    );
    connection.prepare_cached(&query)?.query_row((tag.unwrap_or(""), quarter), |row| {
        let amount = |high: usize| -> rusqlite::Result<u128> {
            let (high, low): (i64, i64) = (row.get(high)?, row.get(high + 1)?);
            let amount = i128::from(high) * i128::from(SPLIT) + i128::from(low);
            u128::try_from(amount).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, high))
        };
        Ok((amount(0)?, amount(2)?))
    })
}
