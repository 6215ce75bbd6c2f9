//! Checking budgets and booking the worst case, as one transaction.
//!
//! What a wrong clock can and cannot do. A budget's window has no end, so rows dated in the future
//! count. A row booked when the ledger already has later ones (the clock has been set back, or it
//! was ahead before) counts at its own reading first. If the clock then passes one of those later
//! ones, it was that reading that was wrong, and the row is booked anew at that moment: the latest
//! that it can have been. So an amount may count in a window that it did not belong to, never in
//! none. The reading itself stays in `time`, for reports. A clock that is set ahead begins a new
//! day early: nothing tells that from a day that has passed.

use rusqlite::{Connection, Transaction, TransactionBehavior, named_params};

use super::entry::{Budget, Entry, Refusal, Reservation, RowId, Settlement};
use super::error::{Error, Fault};
use super::{journal, process, settlement};

/// Milliseconds in a row of `sums`.
pub(super) const QUARTER: i64 = 15 * 60 * 1000;

/// How far a row may be behind others without the clock having been set back: processes read it
/// before they wait for their turn, and time servers nudge it.
const JITTER: i64 = 60 * 1000;

pub(super) fn reserve(
    connection: &mut Connection,
    entry: &Entry,
    budgets: &[Budget],
) -> Result<Reservation, Fault> {
    journal::durable(connection)?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let behind = correct_times(&transaction, entry.time.max(0))?;
    let reserved = one(&transaction, entry, behind, budgets)?;
    if let Reservation::Booked(_) = reserved {
        transaction.commit()?;
    }
    Ok(reserved)
}

/// Several at once. Where one fails, what came of the others stands.
pub(super) fn book(
    connection: &mut Connection,
    settled: &[(RowId, Settlement)],
    entries: &[Entry],
    budgets: &[Budget],
) -> Result<Vec<Result<Reservation, Fault>>, Fault> {
    match entries {
        // Lost, they leave the worst case booked.
        [] => journal::losable(connection)?,
        _ => journal::durable(connection)?,
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    for (id, settlement) in settled {
        match settlement::record(&transaction, *id, settlement) {
            // Somebody has settled it by hand, or it would not fit: it stays as it is.
            Ok(()) | Err(Fault::Known(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    // They come together: the clock has not been set between them.
    let latest = entries.iter().map(|entry| entry.time.max(0)).max();
    let behind = latest.map(|now| correct_times(&transaction, now)).transpose()?.flatten();
    let one = |entry| one(&transaction, entry, behind, budgets);
    let booked = entries.iter().map(one).collect();
    transaction.commit()?;
    Ok(booked)
}

fn one(
    transaction: &Transaction,
    entry: &Entry,
    behind: Option<i64>,
    budgets: &[Budget],
) -> Result<Reservation, Fault> {
    for budget in budgets {
        if let Some(refusal) = check(transaction, budget, entry.worst_case)? {
            return Ok(Reservation::Refused(refusal));
        }
    }
    insert(transaction, entry, behind).map(Reservation::Booked)
}

/// Books anew what the clock shows to have been misdated. Then, the time of the next row ahead of
/// the clock, if there is one: what is reserved now may turn out to be misdated when that has
/// passed.
fn correct_times(transaction: &Transaction, now: i64) -> rusqlite::Result<Option<i64>> {
    let ahead: Option<i64> = transaction
        .prepare_cached("SELECT min(time) FROM request WHERE time > ?1")?
        .query_row([now.saturating_add(JITTER)], |row| row.get(0))?;
    let any = "SELECT EXISTS (SELECT * FROM request WHERE behind <= ?1)";
    if transaction.prepare_cached(any)?.query_row([now], |row| row.get(0))? {
        transaction.execute(
            "UPDATE request SET booked = max(booked, ?1), behind = ?2 WHERE behind <= ?1",
            (now, ahead),
        )?;
    }
    Ok(ahead)
}

fn check(
    transaction: &Transaction,
    budget: &Budget,
    asked: u128,
) -> Result<Option<Refusal>, Fault> {
    let (spent, reserved) = booked_since(transaction, budget.since, budget.tag)?;
    let total = spent.checked_add(reserved).and_then(|sum| sum.checked_add(asked));
    if total.is_some_and(|total| total <= budget.amount) {
        return Ok(None);
    }
    Ok(Some(Refusal {
        label: budget.label.to_owned(),
        tag: budget.tag.map(str::to_owned),
        amount: budget.amount,
        spent,
        reserved,
        asked,
    }))
}

/// What is settled, and what is reserved or unsettled, in a window and under a tag.
pub(super) fn booked_since(
    connection: &Connection,
    since: Option<i64>,
    tag: Option<&str>,
) -> rusqlite::Result<(u128, u128)> {
    let (condition, quarter) = match since {
        Some(since) => ("quarter >= ?2", since.max(0) / QUARTER),
        None => ("quarter = ?2", -1),
    };
    let query = format!(
        "SELECT coalesce(sum(spent_high), 0), coalesce(sum(spent_low), 0),
           coalesce(sum(reserved_high), 0), coalesce(sum(reserved_low), 0)
         FROM sums WHERE tag = ?1 AND {condition}"
    );
    connection.prepare_cached(&query)?.query_row((tag.unwrap_or(""), quarter), |row| {
        let amount = |high: usize| -> rusqlite::Result<u128> {
            let (high, low): (i64, i64) = (row.get(high)?, row.get(high + 1)?);
            let amount = i128::from(high) * 1_000_000_000 + i128::from(low);
            u128::try_from(amount).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, high))
        };
        Ok((amount(0)?, amount(2)?))
    })
}

fn insert(transaction: &Transaction, entry: &Entry, behind: Option<i64>) -> Result<RowId, Fault> {
    let worst_case = i64::try_from(entry.worst_case).map_err(|_| Error::TooMuch)?;
    let mut insert = transaction.prepare_cached(
        "INSERT INTO request (time, booked, behind, deadline, process, retry_of, command, tag,
           model, host, estimated_prompt, estimated_reply, estimate_exact, price, price_source,
           worst_case, state)
         VALUES (:time, :time, :behind, :deadline, :process, :retry_of, :command, :tag,
           :model, :host, :prompt, :reply, :exact, :price, :price_source,
           :worst_case, 'reserved')",
    )?;
    insert.execute(named_params! {
        ":time": entry.time.max(0),
        ":behind": behind,
        ":deadline": entry.deadline,
        ":process": process::this(),
        ":retry_of": entry.retry_of.map(|id| id.0),
        ":command": entry.command,
        ":tag": entry.tag.unwrap_or(""),
        ":model": entry.model,
        ":host": entry.host,
        ":prompt": tokens(entry.prompt_tokens),
        ":reply": tokens(entry.reply_tokens),
        ":exact": entry.exact,
        ":price": entry.price,
        ":price_source": entry.price_source,
        ":worst_case": worst_case,
    })?;
    Ok(RowId(transaction.last_insert_rowid()))
}

/// A count as SQLite can hold it. No text has 2^63 tokens; a server that says so gets no further.
pub(super) fn tokens(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
