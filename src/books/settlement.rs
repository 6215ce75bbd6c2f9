//! Settling: the server's bill, no bill at all, or one by hand.

use rusqlite::{
    CachedStatement, Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params,
};

use super::entry::{Ended, RowId, Settlement};
use super::error::{Error, Fault};
use super::reservation::tokens;
use super::sums::{Amount, Changes};
use super::{journal, process};

/// In characters. Real ones have fewer than 50.
const LONGEST_NAME: usize = 200;

pub(super) fn settle(
    connection: &mut Connection,
    id: RowId,
    settlement: &Settlement,
) -> Result<(), Fault> {
    // Lost, it leaves the worst case booked. A bill beyond that must not be lost.
    let ended = Ended { row: id, part: None, settlement: Some(*settlement) };
    if exceeds_worst_case(connection, &ended)? {
        journal::durable(connection)?;
    } else {
        journal::losable(connection)?;
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let mut sums = Changes::default();
    Settling::prepare(&transaction)?.record(id, settlement, &mut sums)?;
    sums.write(&transaction)?;
    Ok(transaction.commit()?)
}

/// Settles one row after the other.
pub(super) struct Settling<'t> {
    found: CachedStatement<'t>,
    update: CachedStatement<'t>,
}

impl<'t> Settling<'t> {
    pub(super) fn prepare(transaction: &'t Transaction) -> rusqlite::Result<Self> {
        let found = transaction.prepare_cached(FOUND)?;
        let update = transaction.prepare_cached(
            "UPDATE request SET waiting = NULL, model_answered = ?2, finish_reason = ?3,
               request_id = ?4, attempts = ?5, duration_ms = ?6,
               state = CASE WHEN ?7 IS NOT NULL THEN 'settled'
                 WHEN state = 'reserved' THEN 'unsettled' ELSE state END,
               by_hand = by_hand AND ?7 IS NULL, cost = coalesce(?7, cost),
               usage_source = ?8, prompt = ?9, cached = ?10, cache_written = ?11, reply = ?12,
               reasoning = ?13
             WHERE id = ?1",
        )?;
        Ok(Self { found, update })
    }

    pub(super) fn record(
        &mut self,
        id: RowId,
        settlement: &Settlement,
        sums: &mut Changes,
    ) -> Result<(), Fault> {
        let cost = settlement.bill.map(|bill| most_that_fits(bill.cost));
        count_anew(&mut self.found, id, cost, sums)?;
        let usage = settlement.bill.and_then(|bill| bill.usage);
        self.update.execute(params![
            id.0,
            settlement.model.map(clipped),
            settlement.finish_reason.map(clipped),
            settlement.request_id.map(clipped),
            settlement.attempts,
            tokens(settlement.duration_ms),
            cost,
            usage.map(|u| if u.counted_here { "count" } else { "server" }),
            usage.map(|u| tokens(u.prompt)),
            usage.map(|u| tokens(u.cached)),
            usage.map(|u| tokens(u.cache_written)),
            usage.map(|u| tokens(u.reply)),
            usage.map(|u| tokens(u.reasoning)),
        ])?;
        Ok(())
    }
}

/// Takes out a request that was never sent.
pub(super) fn withdraw(
    transaction: &Transaction,
    id: RowId,
    sums: &mut Changes,
) -> Result<(), Fault> {
    let mut delete = transaction.prepare_cached(
        "DELETE FROM request WHERE id = ?1 AND state = 'reserved'
         RETURNING tag, booked, spent, reserved",
    )?;
    let mut rows = delete.query([id.0])?;
    while let Some(row) = rows.next()? {
        let tag = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        sums.take(tag, row.get(1)?, Amount { spent: row.get(2)?, reserved: row.get(3)? });
    }
    Ok(())
}

pub(super) fn settle_by_hand(
    connection: &mut Connection,
    id: RowId,
    cost: u128,
    now: i64,
) -> Result<(), Fault> {
    let cost = i64::try_from(cost).map_err(|_| Error::TooMuch)?;
    journal::durable(connection)?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let mut sums = Changes::default();
    count_anew(&mut transaction.prepare_cached(FOUND)?, id, Some(cost), &mut sums)?;
    refuse_under_way(&transaction, id, now)?;
    transaction.execute(
        "UPDATE request SET state = 'settled', by_hand = 1, cost = ?2 WHERE id = ?1",
        (id.0, cost),
    )?;
    sums.write(&transaction)?;
    Ok(transaction.commit()?)
}

const FOUND: &str = "SELECT state = 'settled' AND NOT by_hand, tag, booked, spent, reserved
  FROM request WHERE id = ?1";

/// Takes note that the row will count at this cost, if it has one. Only a row that the server's
/// bill has not settled can be settled.
fn count_anew(
    found: &mut CachedStatement,
    id: RowId,
    cost: Option<i64>,
    sums: &mut Changes,
) -> Result<(), Fault> {
    let mut rows = found.query([id.0])?;
    let row = rows.next()?.ok_or(Error::NoSuchRow { id })?;
    if row.get(0)? {
        return Err(Error::AlreadySettled { id }.into());
    }
    if let Some(cost) = cost {
        let tag = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let booked = row.get(2)?;
        sums.take(tag, booked, Amount { spent: row.get(3)?, reserved: row.get(4)? });
        sums.add(tag, booked, Amount { spent: cost, reserved: 0 });
    }
    Ok(())
}

/// A request that somebody still waits for may yet be billed at anything up to its worst case. It
/// has no process once it has ended. Where its process cannot be seen, one request may be settled
/// all the same; of a bundle many may not even be sent yet, until its deadline.
fn refuse_under_way(transaction: &Transaction, id: RowId, now: i64) -> Result<(), Fault> {
    let query = "SELECT waiting, iif(state = 'reserved' AND requests > 1, deadline, 0)
      FROM request WHERE id = ?1";
    let found = |row: &Row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?));
    let (waiting, deadline) = transaction.query_row(query, [id.0], found)?;
    match waiting.as_deref().and_then(process::has_ended) {
        Some(false) => Err(Error::UnderWay { id }.into()),
        None if deadline > now => {
            let minutes = (deadline - now + 59_999) / 60_000;
            Err(Error::OutOfSight { id, minutes }.into())
        }
        _ => Ok(()),
    }
}

pub(super) fn exceeds_worst_case(connection: &Connection, ended: &Ended) -> rusqlite::Result<bool> {
    let Some(bill) = ended.settlement.and_then(|settlement| settlement.bill) else {
        return Ok(false);
    };
    if let Some(part) = &ended.part {
        return Ok(part.worst_case < bill.cost);
    }
    let query = "SELECT worst_case < ?2 FROM request WHERE id = ?1";
    let mut query = connection.prepare_cached(query)?;
    let exceeds = query.query_row((ended.row.0, most_that_fits(bill.cost)), |row| row.get(0));
    exceeds.optional().map(|exceeds| exceeds.unwrap_or(false))
}

/// A bill that no row can hold is booked as the most that one can: it breaks any budget as well.
pub(super) fn most_that_fits(cost: u128) -> i64 {
    i64::try_from(cost).unwrap_or(i64::MAX)
}

/// The server's own words, as far as anyone will read them: it cannot fill the disk.
pub(super) fn clipped(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).map_or(text, |(end, _)| &text[..end])
}
