//! Many records as one job: estimated as a whole before the first request, then asked one by one.

mod ids;
mod spool;
mod survey;

use std::io::Write;

use serde_json::json;

use crate::cmd::body::Body;
use crate::cmd::call::Call;
use crate::cmd::plan::Plan;
use crate::cmd::records::{Record, Records};
use crate::cmd::report;
use crate::exit::{self, Exit, failure};
use crate::stdio::Stdio;
use spool::Spool;
use survey::Survey;

/// Makes a request's body of a record. In every pass it makes the same.
pub type Make<'a> = &'a (dyn Fn(&Record) -> anyhow::Result<Body> + Sync);

/// Asks every record of standard input.
pub fn run(call: &Call, form: Records, make: Make<'_>, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    if stdio.input_is_terminal {
        let message = "no records: standard input is a terminal; pipe a file in";
        return Err(failure(Exit::Usage, message));
    }
    let spool = Spool::fill(form, stdio)?;
    let survey = Survey::take(call, &spool, make).map_err(|error| unsent(&error))?;
    if call.args.estimate {
        print_estimate(call, &survey, stdio)?;
    }
    if let Some(refusal) = &survey.refusal {
        return Err(unsent(refusal));
    }
    if call.args.dry_run {
        dry_run(call, &spool, &survey, make, stdio)?;
    }
    if call.only_looks() {
        return Ok(Exit::Done);
    }
    Err(failure(Exit::Local, "many records are not sent yet; nothing was sent"))
}

fn unsent(error: &anyhow::Error) -> anyhow::Error {
    failure(exit::code(error), format!("{error:#}; nothing was sent"))
}

/// A record's request, at the job's cap if it has one.
fn plan(call: &Call, make: Make<'_>, cap: Option<u64>, record: &Record) -> anyhow::Result<Plan> {
    let mut limits = call.limits()?;
    // A limit of the whole job, which the survey has held it against; what it takes to judge one
    // request by it is what a budget takes.
    limits.budget |= limits.cost.take().is_some();
    make(record)
        .and_then(|mut body| {
            if let Some(cap) = cap {
                body.set_cap(cap);
            }
            let (model, price) = (call.model.clone(), call.price.clone());
            Plan::as_it_is(call.kind, model, price, body, limits)
        })
        .map_err(|error| record.wrong(&error))
}

/// Every request as a line of the file that the Batch API takes.
fn dry_run(
    call: &Call,
    spool: &Spool,
    survey: &Survey,
    make: Make<'_>,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let url = format!("/v1/{}", call.kind.endpoint());
    for record in spool.records()? {
        let record = record?;
        let plan = plan(call, make, survey.cap, &record)?;
        let (id, body) = (record.name(), plan.body.value());
        let line = json!({"custom_id": id, "method": "POST", "url": url, "body": body});
        writeln!(stdio.out, "{line}")?;
    }
    Ok(())
}

fn print_estimate(call: &Call, survey: &Survey, stdio: &mut Stdio) -> anyhow::Result<()> {
    if !call.args.json {
        writeln!(stdio.out, "{survey} ({})", call.model.name)?;
        return Ok(());
    }
    let mut estimate = report::estimate(&survey.total());
    estimate["replies"] = survey.replies.into();
    let line = json!({
        "model": call.model.name,
        "requests": survey.requests,
        "estimate": estimate,
        "price": report::price(&call.price),
    });
    writeln!(stdio.out, "{line}")?;
    Ok(())
}
