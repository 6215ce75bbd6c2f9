//! Checking budgets and booking the worst case, as one transaction.
//!
//! What a wrong clock can and cannot do. A budget's window has no end, so rows dated in the future
//! count. A row booked when the ledger already has later ones (the clock has been set back, or it
//! was ahead before) counts at its own reading first. If the clock then passes one of those later
//! ones, it was that reading that was wrong, and the row is booked anew at that moment: the latest
//! that it can have been. So an amount may count in a window that it did not belong to, never in
//! none. The reading itself stays in `time`, for reports. A clock that is set ahead begins a new
//! day early: nothing tells that from a day that has passed.

use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior, params};

use super::bundle::Parting;
use super::entry::{Budget, Ended, Entry, Refusal, Reservation, RowId};
use super::error::{Error, Fault};
use super::settlement::Settling;
use super::sums::{Amount, Changes, booked_since};
use super::{journal, process, settlement};

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
    let mut sums = Changes::default();
    let behind = correct_times(&transaction, entry.time.max(0), &mut sums)?;
    let mut insert = transaction.prepare_cached(INSERT)?;
    let reserved = one(&transaction, &mut insert, entry, behind, budgets, &mut sums)?;
    drop(insert);
    if let Reservation::Booked(_) = reserved {
        sums.write(&transaction)?;
        transaction.commit()?;
    }
    Ok(reserved)
}

/// Several at once. Where one cannot be booked, the others can; where SQLite fails, none is.
pub(super) fn book(
    connection: &mut Connection,
    ended: &[Ended],
    entries: &[Entry],
    budgets: &[Budget],
) -> Result<Vec<Result<Reservation, Fault>>, Fault> {
    // Lost, they leave the worst case booked; but a bill beyond that must not be lost.
    let mut losable = entries.is_empty();
    for one in ended {
        losable = losable && !settlement::exceeds_worst_case(connection, one)?;
    }
    if losable {
        journal::losable(connection)?;
    } else {
        journal::durable(connection)?;
    }
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let mut sums = Changes::default();
    note(&transaction, ended, &mut sums)?;
    // They come together: the clock has not been set between them.
    let latest = entries.iter().map(|entry| entry.time.max(0)).max();
    let behind = latest.map(|now| correct_times(&transaction, now, &mut sums));
    let behind = behind.transpose()?.flatten();
    let mut booked = Vec::with_capacity(entries.len());
    let mut insert = transaction.prepare_cached(INSERT)?;
    for entry in entries {
        match one(&transaction, &mut insert, entry, behind, budgets, &mut sums) {
            Err(fault @ Fault::Sqlite(_)) => return Err(fault),
            known => booked.push(known),
        }
    }
    drop(insert);
    sums.write(&transaction)?;
    transaction.commit()?;
    Ok(booked)
}

/// What has ended.
fn note(transaction: &Transaction, ended: &[Ended], sums: &mut Changes) -> Result<(), Fault> {
    let mut settling = Settling::prepare(transaction)?;
    let mut parting = Parting::prepare(transaction)?;
    for Ended { row, part, settlement } in ended {
        let noted = match (part, settlement) {
            (Some(part), _) => parting.record(*row, part, settlement.as_ref(), sums).map(drop),
            (None, Some(settlement)) => settling.record(*row, settlement, sums),
            (None, None) => Ok(()),
        };
        match noted {
            // Somebody has settled it by hand, or it would not fit: it stays as it is.
            Ok(()) | Err(Fault::Known(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    parting.finish(sums)?;
    // What is left of a bundle goes behind what was taken out of it.
    for one in ended.iter().filter(|one| one.part.is_none() && one.settlement.is_none()) {
        settlement::withdraw(transaction, one.row, sums)?;
    }
    Ok(())
}

fn one(
    transaction: &Transaction,
    insert: &mut CachedStatement,
    entry: &Entry,
    behind: Option<i64>,
    budgets: &[Budget],
    sums: &mut Changes,
) -> Result<Reservation, Fault> {
    if !budgets.is_empty() {
        sums.write(transaction)?;
    }
    for budget in budgets {
        if let Some(refusal) = check(transaction, budget, entry.worst_case)? {
            return Ok(Reservation::Refused(refusal));
        }
    }
    self::insert(insert, entry, behind, sums).map(Reservation::Booked)
}

/// Books anew what the clock shows to have been misdated. Then, the time of the next row ahead of
/// the clock, if there is one: what is reserved now may turn out to be misdated when that has
/// passed.
fn correct_times(
    transaction: &Transaction,
    now: i64,
    sums: &mut Changes,
) -> rusqlite::Result<Option<i64>> {
    let ahead: Option<i64> = transaction
        .prepare_cached("SELECT min(time) FROM request WHERE time > ?1")?
        .query_row([now.saturating_add(JITTER)], |row| row.get(0))?;
    let any = "SELECT EXISTS (SELECT * FROM request WHERE later <= ?1)";
    if transaction.prepare_cached(any)?.query_row([now], |row| row.get(0))? {
        let mut moved = transaction.prepare(
            "SELECT tag, booked, spent, reserved FROM request WHERE later <= ?1 AND booked < ?1",
        )?;
        let mut rows = moved.query([now])?;
        while let Some(row) = rows.next()? {
            let tag = row.get_ref(0)?.as_str()?;
            let amount = Amount { spent: row.get(2)?, reserved: row.get(3)? };
            sums.take(tag, row.get(1)?, amount);
            sums.add(tag, now, amount);
        }
        transaction.execute(
            "UPDATE request SET booked = max(booked, ?1), later = ?2 WHERE later <= ?1",
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

const INSERT: &str = "INSERT INTO request (time, booked, later, deadline, waiting, retry_of,
    command, tag, model, host, estimated_prompt, estimated_reply, estimate_exact, price,
    price_source, worst_case, requests, state)
  VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
    'reserved')";

fn insert(
    insert: &mut CachedStatement,
    entry: &Entry,
    behind: Option<i64>,
    sums: &mut Changes,
) -> Result<RowId, Fault> {
    let worst_case = i64::try_from(entry.worst_case).map_err(|_| Error::TooMuch)?;
    let (time, tag) = (entry.time.max(0), entry.tag.unwrap_or(""));
    let id = insert.insert(params![
        time,
        behind,
        entry.deadline,
        process::this(),
        entry.retry_of.map(|id| id.0),
        entry.command,
        tag,
        entry.model,
        entry.host,
        tokens(entry.prompt_tokens),
        tokens(entry.reply_tokens),
        entry.exact,
        entry.price,
        entry.price_source,
        worst_case,
        entry.requests,
    ])?;
    sums.add(tag, time, Amount { spent: 0, reserved: worst_case });
    Ok(RowId(id))
}

/// A count as SQLite can hold it. No text has 2^63 tokens; a server that says so gets no further.
pub(super) fn tokens(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
