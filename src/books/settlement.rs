//! Settling: the server's bill, no bill at all, or one by hand.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, named_params};

use super::entry::{RowId, Settlement};
use super::error::{Error, Fault};
use super::reservation::tokens;
use super::{journal, process};

/// In characters. Real ones have fewer than 50.
const LONGEST_NAME: usize = 200;

pub(super) fn settle(
    connection: &mut Connection,
    id: RowId,
    settlement: &Settlement,
) -> Result<(), Fault> {
    // Lost, it leaves the worst case booked. A bill beyond that must not be lost.
    if exceeds_worst_case(connection, id, settlement)? {
        journal::durable(connection)?;
    } else {
        journal::losable(connection)?;
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    record(&transaction, id, settlement)?;
    Ok(transaction.commit()?)
}

pub(super) fn record(
    transaction: &Transaction,
    id: RowId,
    settlement: &Settlement,
) -> Result<(), Fault> {
    refuse_settled(transaction, id)?;
    let cost = settlement.bill.map(|bill| most_that_fits(bill.cost));
    let usage = settlement.bill.and_then(|bill| bill.usage);
    let mut update = transaction.prepare_cached(
        "UPDATE request SET model_answered = :model, finish_reason = :finish_reason,
           request_id = :request_id, attempts = :attempts, duration_ms = :duration_ms,
           process = NULL,
           state = CASE WHEN :cost IS NOT NULL THEN 'settled'
             WHEN state = 'reserved' THEN 'unsettled' ELSE state END,
           by_hand = by_hand AND :cost IS NULL, cost = coalesce(:cost, cost),
           usage_source = :usage_source, prompt = :prompt, cached = :cached,
           cache_written = :cache_written, reply = :reply, reasoning = :reasoning
         WHERE id = :id",
    )?;
    update.execute(named_params! {
        ":id": id.0,
        ":model": settlement.model.map(clipped),
        ":finish_reason": settlement.finish_reason.map(clipped),
        ":request_id": settlement.request_id.map(clipped),
        ":attempts": settlement.attempts,
        ":duration_ms": tokens(settlement.duration_ms),
        ":cost": cost,
        ":usage_source": usage.map(|u| if u.counted_here { "count" } else { "server" }),
        ":prompt": usage.map(|u| tokens(u.prompt)),
        ":cached": usage.map(|u| tokens(u.cached)),
        ":cache_written": usage.map(|u| tokens(u.cache_written)),
        ":reply": usage.map(|u| tokens(u.reply)),
        ":reasoning": usage.map(|u| tokens(u.reasoning)),
    })?;
    Ok(())
}

pub(super) fn settle_by_hand(
    connection: &mut Connection,
    id: RowId,
    cost: u128,
) -> Result<(), Fault> {
    let cost = i64::try_from(cost).map_err(|_| Error::TooMuch)?;
    journal::durable(connection)?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    refuse_settled(&transaction, id)?;
    refuse_under_way(&transaction, id)?;
    transaction.execute(
        "UPDATE request SET state = 'settled', by_hand = 1, cost = ?2 WHERE id = ?1",
        (id.0, cost),
    )?;
    Ok(transaction.commit()?)
}

/// Only a row that the server's bill has not settled can be settled.
fn refuse_settled(transaction: &Transaction, id: RowId) -> Result<(), Fault> {
    let query = "SELECT state = 'settled' AND NOT by_hand FROM request WHERE id = ?1";
    match transaction.prepare_cached(query)?.query_row([id.0], |row| row.get(0)) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::AlreadySettled { id }.into()),
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(Error::NoSuchRow { id }.into()),
        Err(error) => Err(error.into()),
    }
}

/// A request that somebody still waits for may yet be billed at anything up to its worst case. It
/// has no process once it has ended.
fn refuse_under_way(transaction: &Transaction, id: RowId) -> Result<(), Fault> {
    let query = "SELECT process FROM request WHERE id = ?1";
    let waiting: Option<String> = transaction.query_row(query, [id.0], |row| row.get(0))?;
    match waiting.as_deref().and_then(process::has_ended) {
        Some(false) => Err(Error::UnderWay { id }.into()),
        _ => Ok(()),
    }
}

fn exceeds_worst_case(
    connection: &Connection,
    id: RowId,
    settlement: &Settlement,
) -> rusqlite::Result<bool> {
    let Some(bill) = settlement.bill else { return Ok(false) };
    let query = "SELECT worst_case < ?2 FROM request WHERE id = ?1";
    let exceeds = connection.query_row(query, (id.0, most_that_fits(bill.cost)), |row| row.get(0));
    exceeds.optional().map(|exceeds| exceeds.unwrap_or(false))
}

/// A bill that no row can hold is booked as the most that one can: it breaks any budget as well.
fn most_that_fits(cost: u128) -> i64 {
    i64::try_from(cost).unwrap_or(i64::MAX)
}

/// The server's own words, as far as anyone will read them: it cannot fill the disk.
fn clipped(text: &str) -> &str {
    text.char_indices().nth(LONGEST_NAME).map_or(text, |(end, _)| &text[..end])
}
