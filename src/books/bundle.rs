//! Requests that were booked together, in one row. Each gets a row of its own when it ends, so one
//! that ends well is written once. A bundle is reserved for as long as there is something in it.

use rusqlite::{
    CachedStatement, Connection, OptionalExtension, ToSql, Transaction, TransactionBehavior,
};

use super::entry::{Entry, RowId, Settlement};
use super::error::{Error, Fault};
use super::journal;
use super::reservation::tokens;
use super::settlement::{clipped, most_that_fits};
use super::sums::{Amount, Changes};

/// How many columns all requests of a bundle have in common: the first.
const COMMON: usize = 10;

const INSERT: &str =
    "INSERT INTO request (time, booked, later, deadline, command, tag, model, host,
    price, price_source, estimated_prompt, estimated_reply, estimate_exact, worst_case,
    model_answered, finish_reason, request_id, attempts, duration_ms, state, cost, usage_source,
    prompt, cached, cache_written, reply, reasoning)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
    ?21, ?22, ?23, ?24, ?25, ?26, ?27)";

/// What a transaction takes out of bundles.
pub(super) struct Parting<'t> {
    connection: &'t Connection,
    insert: CachedStatement<'t>,
    bundles: Vec<Bundle>,
    /// Where in `bundles` the one is whose common columns the statement has.
    bound: Option<usize>,
}

/// A bundle, and what is taken out of it.
struct Bundle {
    row: RowId,
    tag: String,
    /// None: it is reserved no more, for somebody has settled it by hand. What becomes of its
    /// requests is booked all the same: better twice than never.
    found: Option<Found>,
    requests: i64,
    taken: Figures,
}

#[derive(Clone, Copy)]
struct Found {
    booked: i64,
    later: Option<i64>,
    requests: i64,
    figures: Figures,
}

#[derive(Clone, Copy, Default)]
struct Figures {
    worst_case: i64,
    prompt: i64,
    reply: i64,
}

impl<'t> Parting<'t> {
    pub(super) fn prepare(connection: &'t Connection) -> rusqlite::Result<Self> {
        let insert = connection.prepare_cached(INSERT)?;
        Ok(Self { connection, insert, bundles: Vec::new(), bound: None })
    }

    /// Records how one of a bundle's requests has ended; without a settlement it was never sent.
    pub(super) fn record(
        &mut self,
        bundle: RowId,
        entry: &Entry,
        settlement: Option<&Settlement>,
        sums: &mut Changes,
    ) -> Result<Option<RowId>, Fault> {
        let worst_case = i64::try_from(entry.worst_case).map_err(|_| Error::TooMuch)?;
        let at = self.take(bundle, entry, worst_case)?;
        let Some(settlement) = settlement else { return Ok(None) };
        let found = self.bundles[at].found;
        let booked = found.map_or(entry.time.max(0), |found| found.booked);
        if self.bound != Some(at) {
            self.bind(entry, booked, found.and_then(|found| found.later))?;
            self.bound = Some(at);
        }
        let cost = settlement.bill.map(|bill| most_that_fits(bill.cost));
        let id = self.insert(entry, worst_case, settlement, cost)?;
        let amount = match cost {
            Some(spent) => Amount { spent, reserved: 0 },
            None => Amount { spent: 0, reserved: worst_case },
        };
        sums.add(entry.tag.unwrap_or(""), booked, amount);
        Ok(Some(id))
    }

    /// Takes note that the bundle has one request less, and says where in `bundles` it is.
    fn take(&mut self, row: RowId, entry: &Entry, worst_case: i64) -> rusqlite::Result<usize> {
        let known = self.bundles.iter().rposition(|bundle| bundle.row == row);
        let at = known.unwrap_or(self.bundles.len());
        if known.is_none() {
            let (found, tag) = (find(self.connection, row)?, entry.tag.unwrap_or("").to_owned());
            let (requests, taken) = Default::default();
            self.bundles.push(Bundle { row, tag, found, requests, taken });
        }
        let Bundle { requests, taken, .. } = &mut self.bundles[at];
        *requests += i64::from(entry.requests);
        taken.worst_case = taken.worst_case.saturating_add(worst_case);
        taken.prompt = taken.prompt.saturating_add(tokens(entry.prompt_tokens));
        taken.reply = taken.reply.saturating_add(tokens(entry.reply_tokens));
        Ok(at)
    }

    fn bind(&mut self, entry: &Entry, booked: i64, later: Option<i64>) -> rusqlite::Result<()> {
        let common: [&dyn ToSql; COMMON] = [
            &entry.time.max(0),
            &booked,
            &later,
            &entry.deadline,
            &entry.command,
            &entry.tag.unwrap_or(""),
            &entry.model,
            &entry.host,
            &entry.price,
            &entry.price_source,
        ];
        bind(&mut self.insert, 1, &common)
    }

    fn insert(
        &mut self,
        entry: &Entry,
        worst_case: i64,
        settlement: &Settlement,
        cost: Option<i64>,
    ) -> rusqlite::Result<RowId> {
        let usage = settlement.bill.and_then(|bill| bill.usage);
        let own: [&dyn ToSql; 17] = [
            &tokens(entry.prompt_tokens),
            &tokens(entry.reply_tokens),
            &entry.exact,
            &worst_case,
            &settlement.model.map(clipped),
            &settlement.finish_reason.map(clipped),
            &settlement.request_id.map(clipped),
            &settlement.attempts,
            &tokens(settlement.duration_ms),
            if cost.is_some() { &"settled" } else { &"unsettled" },
            &cost,
            &usage.map(|u| if u.counted_here { "count" } else { "server" }),
            &usage.map(|u| tokens(u.prompt)),
            &usage.map(|u| tokens(u.cached)),
            &usage.map(|u| tokens(u.cache_written)),
            &usage.map(|u| tokens(u.reply)),
            &usage.map(|u| tokens(u.reasoning)),
        ];
        bind(&mut self.insert, COMMON + 1, &own)?;
        self.insert.raw_execute()?;
        Ok(RowId(self.connection.last_insert_rowid()))
    }

    /// Writes what is left of the bundles.
    pub(super) fn finish(self, sums: &mut Changes) -> rusqlite::Result<()> {
        for bundle in &self.bundles {
            if let Some(found) = bundle.found {
                bundle.shrink(found, self.connection, sums)?;
            }
        }
        Ok(())
    }
}

impl Bundle {
    fn shrink(
        &self,
        found: Found,
        connection: &Connection,
        sums: &mut Changes,
    ) -> rusqlite::Result<()> {
        let reserved = |reserved| Amount { spent: 0, reserved };
        let (row, requests) = (self.row.0, found.requests - self.requests);
        sums.take(&self.tag, found.booked, reserved(found.figures.worst_case));
        if requests <= 0 {
            let mut delete = connection.prepare_cached("DELETE FROM request WHERE id = ?1")?;
            return delete.execute([row]).map(drop);
        }
        let left = found.figures.without(self.taken);
        sums.add(&self.tag, found.booked, reserved(left.worst_case));
        let mut update = connection.prepare_cached(
            "UPDATE request SET requests = ?2, worst_case = ?3, estimated_prompt = ?4,
               estimated_reply = ?5
             WHERE id = ?1",
        )?;
        let Figures { worst_case, prompt, reply } = left;
        update.execute((row, requests, worst_case, prompt, reply)).map(drop)
    }
}

impl Figures {
    /// Never less than nothing, as sums that are too large are cut off.
    fn without(self, taken: Self) -> Self {
        Self {
            worst_case: (self.worst_case - taken.worst_case).max(0),
            prompt: (self.prompt - taken.prompt).max(0),
            reply: (self.reply - taken.reply).max(0),
        }
    }
}

/// The bundle, if it is still reserved.
fn find(connection: &Connection, row: RowId) -> rusqlite::Result<Option<Found>> {
    let mut query = connection.prepare_cached(
        "SELECT booked, later, requests, worst_case, estimated_prompt, estimated_reply
         FROM request WHERE id = ?1 AND state = 'reserved'",
    )?;
    let found = |row: &rusqlite::Row| {
        let figures = Figures { worst_case: row.get(3)?, prompt: row.get(4)?, reply: row.get(5)? };
        Ok(Found { booked: row.get(0)?, later: row.get(1)?, requests: row.get(2)?, figures })
    };
    query.query_row([row.0], found).optional()
}

/// Binds parameters from a place on. SQLite keeps them until others are bound.
fn bind(
    statement: &mut CachedStatement,
    first: usize,
    values: &[&dyn ToSql],
) -> rusqlite::Result<()> {
    (first..).zip(values).try_for_each(|(at, value)| statement.raw_bind_parameter(at, value))
}

/// Settles one of a bundle's requests at once, for whoever needs to know its row.
pub(super) fn settle_part(
    connection: &mut Connection,
    bundle: RowId,
    entry: &Entry,
    settlement: &Settlement,
) -> Result<Option<RowId>, Fault> {
    // Lost, it leaves the worst case booked, in the bundle; and who books behind it keeps it.
    journal::losable(connection)?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let mut sums = Changes::default();
    let mut parting = Parting::prepare(&transaction)?;
    let row = parting.record(bundle, entry, Some(settlement), &mut sums)?;
    parting.finish(&mut sums)?;
    sums.write(&transaction)?;
    transaction.commit()?;
    Ok(row)
}
