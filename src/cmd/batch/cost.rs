//! What a batch has cost, answer by answer, and its way into the ledger.

use serde::Deserialize;
use serde_json::Value;

use crate::account::bill::{Bill, Usage, bill};
use crate::account::money::Picodollars;
use crate::account::price::{Price, Tier};
use crate::books::Settlement;
use crate::cmd::answer::counted;
use crate::cmd::batch::harvest::Harvest;
use crate::cmd::batch::ledger::{Booked, Books};
use crate::cmd::booking::booked;
use crate::stdio::Stdio;
use crate::wire::reply;

/// All answers together.
pub struct Cost {
    pub bill: Bill,
    answers: u64,
    /// Answers that do not say what they have used.
    silent: u64,
    model: Option<String>,
}

/// Adds up what every answer says it has used. A refused request costs nothing.
pub fn of(harvest: &Harvest, price: &Price) -> anyhow::Result<Cost> {
    let bill = bill(&Usage::default(), price, Tier::Batch, true);
    let mut all = Cost { bill, answers: 0, silent: 0, model: None };
    harvest.each(|kept, answer| {
        if let Ok(body) = answer {
            all.add(body.get().as_bytes(), kept, price);
        }
        Ok(())
    })?;
    Ok(all)
}

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    usage: Option<Value>,
}

/// What an answer says it has used.
pub fn usage(body: &[u8], kept: bool) -> Option<Usage> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let usage = body.usage.as_ref().and_then(reply::usage)?;
    Some(Usage { kept, ..counted(usage) })
}

impl Cost {
    fn add(&mut self, body: &[u8], kept: bool, price: &Price) {
        self.answers += 1;
        if self.model.is_none() {
            let body: Option<Body> = serde_json::from_slice(body).ok();
            self.model = body.and_then(|body| body.model);
        }
        let Some(usage) = usage(body, kept) else {
            self.silent += 1;
            return;
        };
        // Each for itself: the rate of one may depend on how long its prompt is.
        let one = bill(&usage, price, Tier::Batch, true);
        let sum = &mut self.bill;
        sum.cost = Picodollars(sum.cost.0.saturating_add(one.cost.0));
        sum.exact &= one.exact;
        let add = |sum: &mut u64, one: u64| *sum = sum.saturating_add(one);
        add(&mut sum.usage.prompt, usage.prompt);
        add(&mut sum.usage.cached, usage.cached);
        add(&mut sum.usage.written, usage.written);
        add(&mut sum.usage.reply, usage.reply);
        add(&mut sum.usage.reasoning, usage.reasoning);
    }

    /// Why this is not all that the batch has cost, if it may not be.
    fn doubt(&self, harvest: &Harvest) -> Option<String> {
        let counted = harvest.batch.counts().completed;
        if harvest.unreadable > 0 {
            Some(format!("{} lines of its results cannot be read", harvest.unreadable))
        } else if self.silent > 0 {
            Some(format!("{} of its answers do not say what they have used", self.silent))
        } else if self.answers < counted {
            Some(format!("{} answers came of {counted}", self.answers))
        } else {
            None
        }
    }
}

/// Tells what the batch has cost and settles its row, if all is known.
pub fn close(
    harvest: &Harvest,
    cost: &Cost,
    row: Option<&Booked>,
    books: &mut Books,
    stdio: &mut Stdio,
) {
    let id = harvest.batch.id.as_str();
    let doubt = cost.doubt(harvest);
    match (&doubt, row) {
        (None, _) => stdio.note(format_args!("used: {} ({id})", cost.bill)),
        (Some(why), Some(row)) => stdio.error(format_args!(
            "{id} stays booked at its worst case: {why}; 'gpt spend --settle {} USD' books what it \
             cost",
            row.number()
        )),
        (Some(why), None) => stdio.error(format_args!("what {id} has cost is not known: {why}")),
    }
    let Some(row) = row else {
        if books.is_open() {
            stdio.note(format_args!("{id} is not in this ledger"));
        }
        return;
    };
    if doubt.is_some() {
        return;
    }
    let settlement = Settlement {
        bill: Some(booked(&cost.bill)),
        model: cost.model.as_deref(),
        finish_reason: Some(&harvest.batch.status),
        request_id: Some(id),
        attempts: 1,
        duration_ms: harvest.batch.seconds().saturating_mul(1000),
    };
    books.close(row, &settlement, stdio);
}
