//! What a batch has cost, answer by answer, and its way into the ledger.

use serde::Deserialize;
use serde_json::Value;

use crate::account::bill::{Bill, Usage, bill};
use crate::account::models::Model;
use crate::account::money::Picodollars;
use crate::account::price::{Price, Tier};
use crate::books::Settlement;
use crate::bpe;
use crate::cmd::answer::counted;
use crate::cmd::batch::harvest::{Asked, Harvest};
use crate::cmd::batch::ledger::{Booked, Books};
use crate::cmd::batch::line::Line;
use crate::cmd::booking::booked;
use crate::stdio::Stdio;
use crate::wire::reply;
use crate::wire::reply::batches::State;

/// How answers are billed.
pub struct Rates {
    pub model: Model,
    pub price: Price,
}

/// All answers together.
pub struct Cost {
    bill: Bill,
    answers: u64,
    /// Answers that do not say what they have used, and to what nobody knows.
    silent: u64,
    model: Option<String>,
}

/// Adds up what every answer has used. A refused request costs nothing.
pub fn of(harvest: &Harvest, rates: &Rates) -> anyhow::Result<Cost> {
    let bill = bill(&Usage::default(), &rates.price, Tier::Batch, true);
    let mut all = Cost { bill, answers: 0, silent: 0, model: None };
    for asked in &harvest.asked {
        if let Some(Ok(body)) = harvest.answer(asked)? {
            let body = body.get().as_bytes();
            all.add(of_answer(harvest, asked, body, rates)?, body);
        }
    }
    for answer in harvest.strange() {
        if let Ok(body) = answer? {
            let body = body.get().as_bytes();
            all.add(usage(body).map(|usage| billed(usage, false, rates, true)), body);
        }
    }
    Ok(all)
}

/// What an answer has used by the server's count or, without one, by our own. Nothing, if the
/// request is not known either.
pub fn of_answer(
    harvest: &Harvest,
    asked: &Asked,
    body: &[u8],
    rates: &Rates,
) -> anyhow::Result<Option<Bill>> {
    if let Some(usage) = usage(body) {
        return Ok(Some(billed(usage, asked.kept, rates, true)));
    }
    let request = harvest.request(asked)?;
    let ask = request.and_then(|line| Line::read(&line).ok()?.ask(&rates.model).ok());
    let (Some(ask), Ok(answer)) = (ask, reply::answer(body)) else { return Ok(None) };
    // Of replies that were asked for and are not here nobody knows the length.
    if (answer.choices.len() as u64) < ask.replies {
        return Ok(None);
    }
    let count = |text: &str| bpe::count(rates.model.encoding, text.as_bytes());
    let reply = answer.choices.iter().map(|choice| {
        let refusal = choice.refusal.as_deref().unwrap_or_default();
        count(&choice.text) + count(refusal) + count(&choice.aside)
    });
    let (prompt, reply) = (ask.prompt.tokens, reply.sum());
    let usage = Usage { prompt, reply, ..Usage::default() };
    Ok(Some(billed(usage, asked.kept, rates, false)))
}

/// Each for itself: the rate of one may depend on how long its prompt is.
fn billed(usage: Usage, kept: bool, rates: &Rates, by_server: bool) -> Bill {
    bill(&Usage { kept, ..usage }, &rates.price, Tier::Batch, by_server)
}

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    usage: Option<Value>,
}

fn usage(body: &[u8]) -> Option<Usage> {
    let body: Body = serde_json::from_slice(body).ok()?;
    body.usage.as_ref().and_then(reply::usage).map(counted)
}

impl Cost {
    fn add(&mut self, one: Option<Bill>, body: &[u8]) {
        self.answers += 1;
        if self.model.is_none() {
            let body: Option<Body> = serde_json::from_slice(body).ok();
            self.model = body.and_then(|body| body.model);
        }
        let Some(one) = one else {
            self.silent += 1;
            return;
        };
        let sum = &mut self.bill;
        sum.cost = Picodollars(sum.cost.0.saturating_add(one.cost.0));
        sum.exact &= one.exact;
        let add = |sum: &mut u64, one: u64| *sum = sum.saturating_add(one);
        add(&mut sum.usage.prompt, one.usage.prompt);
        add(&mut sum.usage.cached, one.usage.cached);
        add(&mut sum.usage.written, one.usage.written);
        add(&mut sum.usage.reply, one.usage.reply);
        add(&mut sum.usage.reasoning, one.usage.reasoning);
    }

    /// Why this is not all that the batch has cost, if it may not be.
    fn doubt(&self, harvest: &Harvest) -> Option<String> {
        let counts = harvest.batch.counts();
        let missing = harvest.missing();
        // A server that counts says whether an answer lacks. Without its word, one may wherever a
        // request is in no file, unless that is what has become of the batch.
        let completed = harvest.batch.state() == State::Completed;
        let lacks = match counts.total {
            0 => missing > 0 && (harvest.unreadable > 0 || completed),
            _ => self.answers < counts.completed,
        };
        if completed && counts.total == 0 && harvest.is_empty() {
            return Some("neither its server nor its files tell of a request".to_owned());
        }
        if lacks && harvest.unreadable > 0 {
            Some(format!("{} of its result lines cannot be read", harvest.unreadable))
        } else if lacks && counts.total == 0 {
            Some(format!("{missing} of its requests are in none of its files"))
        } else if lacks {
            Some(format!("{} answers came of {}", self.answers, counts.completed))
        } else if self.silent > 0 {
            Some(format!("{} of its answers do not say what they have used", self.silent))
        } else {
            None
        }
    }
}

/// Tells what the batch has cost and settles its row, if all is known; says whether it is.
pub fn close(
    harvest: &Harvest,
    cost: &Cost,
    row: Option<&Booked>,
    books: &mut Books,
    stdio: &mut Stdio,
) -> bool {
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
        return doubt.is_none();
    };
    if doubt.is_some() {
        return false;
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
    true
}
