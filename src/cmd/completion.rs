//! Chat and text completions as the exchange sees them: what is sent, booked, read and billed.

use std::sync::Arc;
use std::time::Duration;

use crate::account::bill::{Bill, Usage, bill};
use crate::account::body::Ask;
use crate::account::estimate::estimate;
use crate::account::limits;
use crate::account::models::{self, Model};
use crate::account::money::Picodollars;
use crate::account::price::{Price, Source, Tier};
use crate::cmd::answer::Answer;
use crate::cmd::plan::Plan;
use crate::cmd::request::{Claim, Course, Reply, Request};
use crate::stdio::Stdio;
use crate::wire::{Client, Failure, Payload, Response};

/// The longest answer that is read whole.
const LONGEST_ANSWER: usize = 256 << 20;
/// What prompt and reply are taken to be at most when nothing bounds them: the longest of any
/// listed model.
const LONGEST_PROMPT: u64 = 1_050_000;
pub const LONGEST_REPLY: u64 = 131_072;

impl Request for Plan {
    type Reply = Answer;

    fn check(&self) -> anyhow::Result<()> {
        Plan::check(self)
    }

    fn endpoint(&self) -> &'static str {
        self.kind.endpoint()
    }

    fn payload(&self) -> Arc<Payload> {
        Arc::new(Payload::json(self.body.text()))
    }

    fn streams(&self) -> bool {
        self.body.streams()
    }

    fn claim(&self) -> Claim<'_> {
        let estimate = &self.estimate;
        Claim {
            command: self.kind.command(),
            model: &self.model.name,
            prompt_tokens: estimate.prompt.tokens,
            reply_tokens: estimate.cap.unwrap_or(LONGEST_REPLY),
            exact: estimate.prompt.exact,
            worst: estimate.worst.unwrap_or_else(|| unbounded(&self.ask, &self.model, &self.price)),
        }
    }

    fn most(&self) -> Option<Picodollars> {
        self.limits.cost
    }

    fn affordable(&self, left: Picodollars) -> Option<String> {
        let priced = [(self.ask.clone(), self.estimate.clone())];
        let cap = limits::affordable_cap(left, &self.model, &priced).ok().flatten()?;
        Some(format!("--max-tokens {cap} would fit"))
    }

    fn bill(&self, answer: &Answer, course: Course) -> Option<Bill> {
        bill_of(self, answer, course)
    }
}

impl Reply for Answer {
    type Whole = Vec<u8>;

    fn reader(&self) -> fn(Response) -> Result<Vec<u8>, Failure> {
        |response| response.whole(LONGEST_ANSWER)
    }

    fn take_whole(&mut self, body: Vec<u8>, stdio: &mut Stdio) -> anyhow::Result<()> {
        Answer::take_whole(self, &body, stdio)
    }

    fn take_event(&mut self, data: &str, stdio: &mut Stdio) -> anyhow::Result<()> {
        Answer::take_event(self, data, stdio)
    }

    /// Text comes soon enough.
    fn progress(&self, _: Duration) -> Option<String> {
        None
    }

    fn is_done(&self) -> bool {
        self.is_over_cap() || self.progress.done
    }

    fn has_arrived(&self) -> bool {
        Answer::has_arrived(self)
    }

    fn is_broken(&self) -> bool {
        Answer::is_broken(self)
    }

    fn forget(&mut self) {
        Answer::forget(self);
    }

    fn model(&self) -> Option<&str> {
        self.progress.model.as_deref()
    }

    fn finish_reason(&self) -> Option<&str> {
        Answer::finish_reason(self)
    }

    fn redact(&mut self, client: &Client) {
        self.progress.redact(|text| client.redact(text));
    }
}

/// What to book for a request that nothing bounds: a long prompt, a long reply, the dearest tier.
pub fn unbounded(ask: &Ask, model: &Model, price: &Price) -> Picodollars {
    let mut ask = ask.clone();
    ask.cap = estimate(&ask, model, price).cap.or(Some(LONGEST_REPLY));
    ask.prompt.bound = ask.prompt.bound.min(LONGEST_PROMPT).max(ask.prompt.tokens);
    ask.fees = None;
    let worst = |tier| estimate(&Ask { tier, ..ask.clone() }, model, price).worst;
    let tiers = Tier::PRICED.into_iter().filter_map(worst);
    worst(ask.tier).or(tiers.max()).unwrap_or_default()
}

/// What a request cost by the server's usage or, without one, by our own count of what was let in.
/// None if neither tells: then it stays booked at its worst case.
fn bill_of(plan: &Plan, answer: &Answer, course: Course) -> Option<Bill> {
    let tier = answer.tier().unwrap_or(plan.ask.tier);
    let ended_well = matches!(course, Course::Whole | Course::Stopped);
    match answer.usage() {
        _ if course == Course::Unbilled => {
            Some(bill(&Usage::default(), &plan.price, plan.ask.tier, true))
        }
        // Before the end of a stream it is what was counted so far.
        Some(usage) if ended_well || answer.is_finished() => {
            let usage = Usage { kept: plan.ask.kept, ..usage };
            let exact = answer.is_finished();
            Some(dearer(plan, answer, |price| bill(&usage, price, tier, exact)))
        }
        // Of a choice that was asked for and not seen (`best_of`) nobody here knows the length.
        None if ended_well && answer.choices() >= plan.ask.replies => {
            let prompt = plan.estimate.prompt.tokens;
            let echoed = if plan.body.echoes() { prompt } else { 0 };
            let reply = answer.tokens().saturating_sub(echoed);
            let usage = Usage { prompt, reply, ..Usage::default() };
            Some(dearer(plan, answer, |price| bill(&usage, price, tier, false)))
        }
        _ => None,
    }
}

/// The bill at the price of the model that was asked. Should a dearer one of the table have
/// answered (a router fell back to it, an alias has moved on), then at its price, as an estimate:
/// the books are not to be below what is billed. Who names a price knows better.
fn dearer(plan: &Plan, answer: &Answer, bill: impl Fn(&Price) -> Bill) -> Bill {
    let asked = bill(&plan.price);
    let answered = answer.progress.model.as_deref().filter(|name| *name != plan.model.name);
    let answered = answered.filter(|_| plan.price.source == Source::Table).map(models::find);
    match answered.and_then(|model| model.price).map(|price| bill(&price)) {
        Some(other) if other.cost > asked.cost => Bill { exact: false, ..other },
        _ => asked,
    }
}
