//! The first pass over the records: whatever is wrong with any of them, and what all of them can
//! cost together. Sends nothing.

use std::fmt;

use crate::cmd::call::Call;
use crate::cmd::job::ids::Ids;
use crate::cmd::job::kept::Kept;
use crate::cmd::job::spool::Spool;
use crate::cmd::job::work::{Sum, Work};
use crate::cmd::request::Request;
use crate::exit::{Exit, failure};

/// What a job amounts to. `Display`: `3 requests, 75 prompt + up to 1500 reply tokens, ...`.
pub struct Survey<S> {
    pub requests: u64,
    /// Records that were answered before.
    pub kept: u64,
    /// What `--max-cost` allows each reply, where nothing else caps it.
    pub cap: Option<u64>,
    pub sum: S,
    /// Why it may not be sent.
    pub refusal: Option<anyhow::Error>,
}

/// Reads every record. What is wrong with the input is an error; what is over a limit is not, yet.
/// What is answered already costs nothing.
pub fn take<W: Work>(
    call: &Call,
    spool: &Spool,
    work: &W,
    kept: &Kept,
) -> anyhow::Result<Survey<W::Sum>> {
    let mut survey = Survey { requests: 0, kept: 0, cap: None, sum: work.sum()?, refusal: None };
    let mut ids = Ids::new();
    for record in spool.records()? {
        let record = record?;
        // A dry run names those without an id as well.
        let is_named = record.id.is_some() || call.args.dry_run;
        let before = is_named.then(|| ids.take(&record.name(), record.index)).flatten();
        if let Some(before) = before {
            let message = format!("{record}: record {before} has the same id");
            let message = match &record.id {
                Some(_) => message,
                None => format!("{message}, {}; give this one an id as well", record.name()),
            };
            return Err(failure(Exit::Usage, message));
        }
        let place = kept.place(&record);
        work.admit(&record, place).map_err(|error| record.wrong(&error))?;
        if place.is_some() {
            survey.kept += 1;
            continue;
        }
        let plan = work.plan(&record, None)?;
        survey.requests += 1;
        let added = survey.sum.add(&plan);
        let allowed = plan.check().and(added);
        if survey.refusal.is_none() {
            survey.refusal = allowed.err().map(|error| record.wrong(&error));
        }
    }
    let limit = call.limits()?.cost;
    if let Some(limit) = limit.filter(|_| survey.refusal.is_none() && survey.requests > 0) {
        match survey.sum.hold_against(limit) {
            Ok(cap) => survey.cap = cap,
            Err(refusal) => survey.refusal = Some(refusal),
        }
    }
    Ok(survey)
}

impl<S: fmt::Display> fmt::Display for Survey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.requests == 1 { "" } else { "s" };
        write!(f, "{} request{plural}, {}", self.requests, self.sum)
    }
}
