//! Chats and completions as a job's requests.

use std::fmt;

use serde_json::{Value, json};

use crate::account::count::Count;
use crate::account::estimate::Estimate;
use crate::account::limits::Together;
use crate::account::money::Picodollars;
use crate::account::price::Source;
use crate::cmd::answer::{Answer, Wanted};
use crate::cmd::batch::line::{self, Line};
use crate::cmd::body::Body;
use crate::cmd::call::Call;
use crate::cmd::job::kept::Place;
use crate::cmd::job::work::{Exchanged, Sum, Taken, Work, limits};
use crate::cmd::plan::{Plan, refused};
use crate::cmd::records::Record;
use crate::cmd::report;
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

pub struct Text<'a> {
    pub call: &'a Call<'a>,
    /// Makes a request's body of a record. In every pass it makes the same.
    pub make: &'a (dyn Fn(&Record) -> anyhow::Result<Body> + Sync),
}

impl Work for Text<'_> {
    type Plan = Plan;
    type Sum = Total;
    const BETWEEN: &'static str = "\n---\n";

    fn plan(&self, record: &Record, cap: Option<u64>) -> anyhow::Result<Plan> {
        let Self { call, make } = self;
        let limits = limits(call)?;
        make(record)
            .and_then(|mut body| {
                if let Some(cap) = cap {
                    body.set_cap(cap);
                }
                let (model, price) = (call.model.clone(), call.price.clone());
                Plan::as_it_is(call.kind, model, price, body, limits)
            })
            .and_then(|plan| self.fit_for_batch(record, &plan).map(|()| plan))
            .map_err(|error| record.wrong(&error))
    }

    fn sum(&self) -> anyhow::Result<Total> {
        Ok(Total {
            prompt: Count::exact(0),
            replies: 0,
            reply_tokens: Some(0),
            worst: Some(Picodollars::ZERO),
            source: self.call.price.source,
            limited: self.call.limits()?.cost.is_some(),
            together: Together::default(),
            uncapped: false,
        })
    }

    fn admit(&self, _: &Record, _: Option<Place>) -> anyhow::Result<()> {
        Ok(())
    }

    /// A line of the file that the Batch API takes.
    fn shown(&self, record: &Record, plan: &Plan) -> Value {
        let url = format!("/v1/{}", self.call.kind.endpoint());
        let (id, body) = (record.name(), plan.body.value());
        json!({"custom_id": id, "method": "POST", "url": url, "body": body})
    }

    fn estimate(plan: &Plan) -> Value {
        report::estimate(&plan.estimate)
    }

    fn several(plan: &Plan) -> bool {
        plan.body.choices() > 1
    }

    fn answer(&self, plan: &Plan) -> Answer {
        Answer::new(Wanted { json: false, ..self.call.wanted(plan, false) })
    }

    fn take(&self, asked: Exchanged<'_, Self>, _: &mut Stdio) -> Taken {
        let Exchanged { answer, account, ended, .. } = asked;
        let outcome = ended.and_then(|()| self.call.conclude(answer.verdict(), account));
        (answer.take_texts(), outcome)
    }
}

impl Text<'_> {
    /// What a dry run shows is what 'gpt batch submit' takes.
    fn fit_for_batch(&self, record: &Record, plan: &Plan) -> anyhow::Result<()> {
        if !self.call.args.dry_run {
            return Ok(());
        }
        line::check_tier(plan.ask.tier)
            .and_then(|()| Line::read(self.shown(record, plan).to_string().as_bytes()).map(|_| ()))
            .map_err(|why| failure(Exit::Usage, why))
    }
}

pub struct Total {
    prompt: Count,
    replies: u64,
    /// None if nothing bounds one of them.
    reply_tokens: Option<u64>,
    worst: Option<Picodollars>,
    source: Source,
    /// All of it will be held against a limit.
    limited: bool,
    together: Together,
    uncapped: bool,
}

impl Total {
    /// The whole job as if it were one request.
    fn estimate(&self) -> Estimate {
        Estimate {
            prompt: self.prompt,
            cap: self.reply_tokens,
            room: None,
            replies: 1,
            beyond_cap: 0,
            source: self.source,
            fixed: None,
            cap_cost: None,
            worst: self.worst,
        }
    }
}

impl Sum<Plan> for Total {
    fn add(&mut self, plan: &Plan) -> anyhow::Result<()> {
        let estimate = &plan.estimate;
        self.prompt = self.prompt.plus(estimate.prompt);
        self.replies = self.replies.saturating_add(estimate.replies);
        let tokens = self.reply_tokens.zip(estimate.reply_tokens());
        self.reply_tokens = tokens.map(|(all, one)| all.saturating_add(one));
        self.worst = self.worst.zip(estimate.worst).map(|(all, one)| all.plus(one));
        self.uncapped |= plan.ask.cap.is_none();
        if !self.limited {
            return Ok(());
        }
        let added = self.together.add(&plan.model, &plan.ask, estimate);
        added.map_err(|refusal| refused(&refusal))
    }

    fn merge(&mut self, other: &Self) {
        self.prompt = self.prompt.plus(other.prompt);
        self.replies = self.replies.saturating_add(other.replies);
        let tokens = self.reply_tokens.zip(other.reply_tokens);
        self.reply_tokens = tokens.map(|(all, more)| all.saturating_add(more));
        self.worst = self.worst.zip(other.worst).map(|(all, more)| all.plus(more));
        self.uncapped |= other.uncapped;
        self.together.merge(&other.together);
    }

    /// Without a cap, the limit is what caps each reply.
    fn hold_against(&mut self, limit: Picodollars) -> anyhow::Result<Option<u64>> {
        let cap = match self.worst {
            Some(worst) if !self.uncapped => self.together.check(worst, limit).map(|()| None),
            _ => self.together.cap(limit),
        };
        let cap = cap.map_err(|refusal| refused(&refusal))?;
        if let Some(cap) = cap {
            self.worst = Some(self.together.worst(cap));
            self.reply_tokens = Some(cap.saturating_mul(self.replies));
        }
        Ok(cap)
    }

    fn worst(&self) -> Option<Picodollars> {
        self.worst
    }

    fn json(&self) -> Value {
        let mut estimate = report::estimate(&self.estimate());
        estimate["replies"] = self.replies.into();
        estimate
    }
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.estimate().fmt(f)
    }
}
