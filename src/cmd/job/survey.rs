//! The first pass over the records: whatever is wrong with any of them, and what all of them can
//! cost together. Sends nothing.

use std::fmt;

use crate::account::count::Count;
use crate::account::estimate::Estimate;
use crate::account::limits::Together;
use crate::account::money::Picodollars;
use crate::account::price::Source;
use crate::cmd::call::Call;
use crate::cmd::job::ids::Ids;
use crate::cmd::job::kept::Kept;
use crate::cmd::job::spool::Spool;
use crate::cmd::job::{Make, plan};
use crate::cmd::plan::{Plan, refused};
use crate::exit::{Exit, failure};

/// What a job amounts to. `Display`: `3 requests, 75 prompt + up to 1500 reply tokens, ...`.
pub struct Survey {
    pub requests: u64,
    /// Records that were answered before.
    pub kept: u64,
    /// What `--max-cost` allows each reply, where nothing else caps it.
    pub cap: Option<u64>,
    prompt: Count,
    pub replies: u64,
    /// None if nothing bounds one of them.
    reply_tokens: Option<u64>,
    worst: Option<Picodollars>,
    source: Source,
    /// Why it may not be sent.
    pub refusal: Option<anyhow::Error>,
}

impl Survey {
    /// Reads every record. What is wrong with the input is an error; what is over a limit is not,
    /// yet. What is answered already costs nothing.
    pub fn take(call: &Call, spool: &Spool, make: Make<'_>, kept: &Kept) -> anyhow::Result<Self> {
        let mut survey = Self {
            requests: 0,
            kept: 0,
            cap: None,
            prompt: Count::exact(0),
            replies: 0,
            reply_tokens: Some(0),
            worst: Some(Picodollars::ZERO),
            source: call.price.source,
            refusal: None,
        };
        let (mut ids, mut together) = (Ids::new(), Together::default());
        let limit = call.limits()?.cost;
        let mut uncapped = false;
        for record in spool.records()? {
            let record = record?;
            let before = record.id.as_ref().and_then(|_| ids.take(&record.name(), record.index));
            if let Some(before) = before {
                let message = format!("{record}: record {before} has the same id");
                return Err(failure(Exit::Usage, message));
            }
            if kept.place(&record).is_some() {
                survey.kept += 1;
                continue;
            }
            let plan = plan(call, make, None, &record)?;
            survey.add(&plan);
            uncapped |= plan.ask.cap.is_none();
            let mut allowed = plan.check();
            if limit.is_some() && allowed.is_ok() {
                allowed = together
                    .add(&plan.model, &plan.ask, &plan.estimate)
                    .map_err(|refusal| refused(&refusal));
            }
            if survey.refusal.is_none() {
                survey.refusal = allowed.err().map(|error| record.wrong(&error));
            }
        }
        if let Some(limit) = limit.filter(|_| survey.refusal.is_none() && survey.requests > 0) {
            survey.hold_against(limit, &together, uncapped);
        }
        Ok(survey)
    }

    fn add(&mut self, plan: &Plan) {
        let estimate = &plan.estimate;
        self.requests += 1;
        self.prompt = self.prompt.plus(estimate.prompt);
        self.replies = self.replies.saturating_add(estimate.replies);
        let tokens = self.reply_tokens.zip(estimate.reply_tokens());
        self.reply_tokens = tokens.map(|(all, one)| all.saturating_add(one));
        self.worst = self.worst.zip(estimate.worst).map(|(all, one)| all.plus(one));
    }

    /// All of it may cost no more than `limit`; without a cap, that is what caps each reply.
    fn hold_against(&mut self, limit: Picodollars, together: &Together, uncapped: bool) {
        let allowed = match self.worst {
            Some(worst) if !uncapped => together.check(worst, limit),
            _ => together.cap(limit).map(|cap| self.cap = cap),
        };
        self.refusal = allowed.err().map(|refusal| refused(&refusal));
        if let Some(cap) = self.cap {
            self.worst = Some(together.worst(cap));
            self.reply_tokens = Some(cap.saturating_mul(self.replies));
        }
    }

    /// The whole job as if it were one request.
    pub fn total(&self) -> Estimate {
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

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.requests == 1 { "" } else { "s" };
        write!(f, "{} request{plural}, {}", self.requests, self.total())
    }
}
