//! A batch in the ledger: one row, at its worst case from before it is sent until its results are
//! fetched, by whatever process. The row carries the name the server has for it: first that of the
//! uploaded file, which every batch repeats, then its own.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use crate::account::price::{Price, Tier};
use crate::books::{Entry, Error, Ledger, Reservation, RowId, Settlement, Span};
use crate::cmd::batch::job::{Job, Part};
use crate::cmd::booking::{open_ledger, over_budget};
use crate::cmd::budget::Budget;
use crate::cmd::completion::LONGEST_REPLY;
use crate::exit::{Exit, failure};
use crate::settings::LedgerPlace;
use crate::stdio::Stdio;
use crate::wire::reply::batches::Batch;

/// As the rows name the command.
const COMMAND: &str = "batch";
/// A batch is over within a day. Another day later, one whose results nobody has fetched shows as
/// unsettled.
const PATIENCE: Duration = Duration::from_secs(2 * 24 * 60 * 60);

pub struct Books<'a> {
    ledger: Option<Ledger>,
    budgets: &'a [Budget],
    host: &'a str,
}

/// A batch's row.
pub struct Booked {
    id: RowId,
    pub model: String,
    /// What it was sent at.
    pub price: Option<Price>,
}

impl Booked {
    /// As 'gpt spend' lists it.
    pub fn number(&self) -> i64 {
        self.id.0
    }
}

impl<'a> Books<'a> {
    pub fn open(
        place: &LedgerPlace,
        budgets: &'a [Budget],
        host: &'a str,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Self> {
        let ledger = open_ledger(place, !budgets.is_empty(), stdio)?;
        Ok(Self { ledger, budgets, host })
    }

    pub fn is_open(&self) -> bool {
        self.ledger.is_some()
    }

    /// Books the worst case of every part, or of none.
    pub fn reserve(
        &mut self,
        job: &Job,
        tag: Option<&str>,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Vec<Option<RowId>>> {
        let mut rows = Vec::new();
        for part in &job.parts {
            match self.reserve_part(job, part, tag, stdio) {
                Ok(row) => rows.push(row),
                Err(refused) => {
                    for row in rows {
                        self.release(row, stdio);
                    }
                    return Err(refused);
                }
            }
        }
        Ok(rows)
    }

    fn reserve_part(
        &mut self,
        job: &Job,
        part: &Part,
        tag: Option<&str>,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Option<RowId>> {
        let Some(ledger) = &mut self.ledger else { return Ok(None) };
        let now = Zoned::now();
        let time = now.timestamp().as_millisecond();
        let windows: Vec<_> = self.budgets.iter().map(|budget| budget.window(&now)).collect();
        let entry = Entry {
            time,
            deadline: time.saturating_add(i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX)),
            retry_of: None,
            command: COMMAND,
            tag,
            model: &job.model.name,
            host: self.host,
            prompt_tokens: part.sum.prompt.tokens,
            reply_tokens: part.sum.reply.unwrap_or(part.sum.requests * LONGEST_REPLY),
            exact: part.sum.prompt.exact,
            price: &job.price.written(Tier::Batch),
            price_source: &job.price.source.to_string(),
            worst_case: part.sum.worst.0,
            requests: 1,
        };
        match ledger.reserve(&entry, &windows) {
            Ok(Reservation::Booked(row)) => Ok(Some(row)),
            Ok(Reservation::Refused(refusal)) => {
                let fitting = |left| {
                    let cap = part.sum.affordable_cap(left)?;
                    Some(format!("a file made with --max-tokens {cap} would fit"))
                };
                Err(failure(Exit::OverCost, over_budget(fitting, &refusal)))
            }
            Err(error) if !self.budgets.is_empty() => {
                Err(failure(Exit::Local, format!("{error}; nothing was sent")))
            }
            Err(error) => {
                stdio.note(format_args!("warning: this batch is not booked: {error}"));
                Ok(None)
            }
        }
    }

    /// Notes the name that the server has for what is booked.
    pub fn name(&mut self, row: Option<RowId>, name: &str, stdio: &mut Stdio) {
        let (Some(ledger), Some(row)) = (&mut self.ledger, row) else { return };
        if let Err(error) = ledger.hand_over(row, name) {
            stdio.note(format_args!("warning: {name} will not be found in the ledger: {error}"));
        }
    }

    /// It was not carried out, and costs nothing.
    pub fn release(&mut self, row: Option<RowId>, stdio: &mut Stdio) {
        let bill = Some(crate::books::Bill::default());
        let settlement =
            Settlement { bill, finish_reason: Some("refused"), ..Settlement::default() };
        self.settle(row, &settlement, stdio);
    }

    /// Nobody knows whether it will be carried out.
    pub fn leave(&mut self, row: Option<RowId>, file: &str, stdio: &mut Stdio) {
        let settlement =
            Settlement { request_id: Some(file), attempts: 1, ..Settlement::default() };
        self.settle(row, &settlement, stdio);
    }

    fn settle(&mut self, row: Option<RowId>, settlement: &Settlement, stdio: &mut Stdio) {
        let (Some(ledger), Some(row)) = (&mut self.ledger, row) else { return };
        match ledger.settle(row, settlement) {
            // Somebody else was faster, with the same bill.
            Ok(()) | Err(Error::AlreadySettled { .. }) => {}
            Err(error) => {
                stdio.note(format_args!(
                    "warning: the batch stays booked at its worst case: {error}"
                ));
            }
        }
    }

    /// The row of a batch, whatever clock it was dated by. The last that bears its name: a server
    /// that begins anew may give a name again. A server may have several addresses: the row of
    /// another is it as well, if it is the only one with the batch's own name.
    pub fn find(&self, batch: &Batch, stdio: &mut Stdio) -> Option<Booked> {
        let ledger = self.ledger.as_ref()?;
        let names = [batch.id.as_str(), batch.input_file_id.as_str()];
        let (mut here, mut elsewhere): (Option<Booked>, Vec<Booked>) = (None, Vec::new());
        let visited = ledger.rows(Span::default(), Timestamp::now().as_millisecond(), |row| {
            let name = row.settlement.request_id.filter(|name| names.contains(name));
            if row.entry.command != COMMAND || name.is_none() {
                return;
            }
            let booked = Booked {
                id: row.id,
                model: row.entry.model.to_owned(),
                price: Price::read(row.entry.price, row.entry.price_source),
            };
            if row.entry.host != self.host {
                elsewhere.extend((name == Some(names[0])).then_some(booked));
            } else if here.as_ref().is_none_or(|last| last.id < row.id) {
                here = Some(booked);
            }
        });
        if let Err(error) = visited {
            stdio.note(format_args!("warning: {} is not found in the ledger: {error}", batch.id));
        }
        here.or_else(|| elsewhere.pop().filter(|_| elsewhere.is_empty()))
    }

    /// Books what a batch has cost.
    pub fn close(&mut self, row: &Booked, settlement: &Settlement, stdio: &mut Stdio) {
        self.settle(Some(row.id), settlement, stdio);
    }
}
