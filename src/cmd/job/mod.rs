//! Many records as one job: estimated as a whole before the first request, then asked one by one
//! or several at once, and printed in their order.

mod crew;
pub mod ids;
mod kept;
mod line;
mod outlet;
mod print;
mod progress;
mod spool;
mod survey;

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use serde_json::json;

use crate::account::money::Picodollars;
use crate::cmd::body::Body;
use crate::cmd::booking;
use crate::cmd::call::Call;
use crate::cmd::connection;
use crate::cmd::desk::Desk;
use crate::cmd::exchange::seed;
use crate::cmd::plan::Plan;
use crate::cmd::records::{Record, Records};
use crate::cmd::report;
use crate::exit::{self, Exit, failure};
use crate::stdio::Stdio;
use crew::{Crew, Line, Stop};
use kept::Kept;
use line::Form;
use outlet::Outlet;
use print::Printer;
use spool::Spool;
use survey::Survey;

/// Makes a request's body of a record. In every pass it makes the same.
pub type Make<'a> = &'a (dyn Fn(&Record) -> anyhow::Result<Body> + Sync);

/// Asks every record of standard input.
pub fn run(
    call: &Call,
    records: Records,
    make: Make<'_>,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    if stdio.input_is_terminal {
        let message = "no records: standard input is a terminal; pipe a file in";
        return Err(failure(Exit::Usage, message));
    }
    let spool = Spool::fill(records, stdio)?;
    let shown = stdio.out_is_terminal && call.args.records.resume.is_none();
    let form = Form::of(records, call.args.json, shown);
    let opened = match &call.args.records.resume {
        Some(path) => Outlet::open(path, form, &spool),
        None => Ok((Outlet::Standard, Kept::nothing(form))),
    };
    let (outlet, kept) = opened.map_err(|error| unsent(&error))?;
    let survey = Survey::take(call, &spool, make, &kept).map_err(|error| unsent(&error))?;
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
    stdio.note(format_args!("estimate: {survey} ({})", call.model.name));
    let job = Job { call, records, form, make, spool: &spool, survey: &survey, kept: &kept };
    job.send(outlet, stdio)
}

/// All that was found out before the first request.
struct Job<'a> {
    call: &'a Call<'a>,
    records: Records,
    form: Form,
    make: Make<'a>,
    spool: &'a Spool,
    survey: &'a Survey,
    kept: &'a Kept,
}

impl Job<'_> {
    fn send(&self, mut outlet: Outlet, stdio: &mut Stdio) -> anyhow::Result<Exit> {
        let Self { call, spool, survey, kept, .. } = *self;
        let server = connection::server(&call.args.connection, &call.settings)?;
        connection::open(&server)?;
        let limit = call.limits()?.cost;
        let ledger = booking::open_ledger(&call.settings.ledger, !call.budgets.is_empty(), stdio)?;
        let desk = Desk::new(ledger, limit);
        let at_once = u64::from(call.args.records.jobs).min(survey.requests + kept.count());
        let stop = Arc::new(Stop::new(at_once, seed()));
        let crew = Crew {
            call,
            server: &server,
            make: self.make,
            cap: survey.cap,
            records: self.records,
            form: self.form,
            desk: &desk,
            kept,
            stop: Arc::clone(&stop),
            line: Line::new(spool.records()?, at_once),
        };
        let heard = Arc::clone(&stop);
        call.signals.hear(move |signal| heard.hear(signal));
        let mut printer = Printer::new(survey, stdio);
        let (done, asked) = channel();
        thread::scope(|scope| {
            for _ in 0..at_once {
                let done = done.clone();
                let crew = &crew;
                scope.spawn(move || crew.work(&done));
            }
            drop(done);
            printer.run(&asked, &crew, &mut outlet, stdio);
        });
        call.signals.hold();
        let closed = outlet.close(kept, self.form, spool, printer.printed());
        if let Err(why) = desk.finish() {
            stdio.note(format_args!("warning: calls stay booked at their worst case: {why}"));
        }
        call.signals.rest();
        let unsettled = Picodollars(desk.taken().0.saturating_sub(printer.cost().0));
        printer.conclude(closed, call, unsettled, stdio)
    }
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
