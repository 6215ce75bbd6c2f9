//! Many records as one job: estimated as a whole before the first request, then asked one by one
//! or several at once, and printed in their order.

mod ahead;
mod crew;
mod hands;
pub mod ids;
pub mod kept;
pub mod line;
mod outlet;
mod print;
mod progress;
mod queue;
mod spool;
mod stop;
mod survey;
pub mod text;
pub mod work;

use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::account::money::Picodollars;
use crate::cmd::booking::{self, Booking};
use crate::cmd::call::Call;
use crate::cmd::connection;
use crate::cmd::desk::Desk;
use crate::cmd::exchange::seed;
use crate::cmd::records::Records;
use crate::cmd::report;
use crate::exit::{self, Exit, failure};
use crate::stdio::Stdio;
use ahead::Ahead;
use crew::Crew;
use kept::Kept;
use line::Form;
use outlet::{Found, Outlet};
use print::Printer;
use queue::Queue;
use spool::Spool;
use stop::Stop;
use survey::Survey;
use work::{Sum, Work};

/// How long what has ended may wait for a reservation to go into the ledger with.
const BOOKED_WITHIN: Duration = Duration::from_millis(200);

/// Asks every record of standard input.
pub fn run<W: Work>(
    call: &Call,
    records: Records,
    work: &W,
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
        Some(path) => Found::open(path, form, &spool).map(|(found, kept)| (Some(found), kept)),
        None => Ok((None, Kept::nothing(form))),
    };
    let (found, kept) = opened.map_err(|error| unsent(&error))?;
    let survey =
        survey::take(call, records, &spool, work, &kept).map_err(|error| unsent(&error))?;
    if call.args.estimate {
        print_estimate(call, &survey, stdio)?;
    }
    if let Some(refusal) = &survey.refusal {
        return Err(unsent(refusal));
    }
    if call.args.dry_run {
        dry_run(&spool, survey.cap, work, stdio)?;
    }
    if call.only_looks() {
        return Ok(Exit::Done);
    }
    stdio.note(format_args!("estimate: {survey} ({})", call.model.name));
    let job = Job { call, records, form, work, spool: &spool, survey: &survey, kept: &kept };
    job.send(found, stdio)
}

/// All that was found out before the first request.
struct Job<'a, W: Work> {
    call: &'a Call<'a>,
    records: Records,
    form: Form,
    work: &'a W,
    spool: &'a Spool,
    survey: &'a Survey<W::Sum>,
    kept: &'a Kept,
}

impl<W: Work> Job<'_, W> {
    fn send(&self, found: Option<Found>, stdio: &mut Stdio) -> anyhow::Result<Exit> {
        let Self { call, spool, survey, kept, .. } = *self;
        // Where everything is answered already, no key is needed.
        let server = (survey.requests > 0).then(|| call.server()).transpose()?;
        server.map(connection::open).transpose()?;
        let limit = call.limits()?.cost;
        let has_budget = !call.terms.budgets.is_empty();
        let ledger = booking::open_ledger(&call.settings.ledger, has_budget, stdio)?;
        let mut outlet = Outlet::begin(found).map_err(|error| unsent(&error))?;
        let desk = Desk::new(ledger, limit);
        let at_once = u64::from(call.args.records.jobs).min(survey.requests + survey.kept);
        let at_once = hands::affordable(at_once, stdio);
        let stop = Arc::new(Stop::new(at_once, seed()));
        let crew = Crew {
            call,
            server,
            work: self.work,
            cap: survey.cap,
            records: self.records,
            form: self.form,
            desk: &desk,
            kept,
            stop: Arc::clone(&stop),
            queue: Queue::new(spool.records()?, at_once),
            ahead: Booking::may_be_early(&desk, &call.terms).then(|| Ahead::new(&survey.blocks)),
        };
        let heard = Arc::clone(&stop);
        call.signals.hear(move |signal| heard.hear(signal));
        let requests = survey.requests + survey.kept;
        let mut printer = Printer::new(requests, survey.sum.worst(), stdio);
        let (done, asked) = channel();
        thread::scope(|scope| {
            let crew = &crew;
            hands::start(
                scope,
                at_once,
                || {
                    let done = done.clone();
                    move || crew.work(&done)
                },
                stdio,
            )?;
            drop(done);
            let (end, ended) = channel::<()>();
            // Whoever prints does not wait for the ledger, which others may have.
            let booking = move || {
                while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(BOOKED_WITHIN) {
                    crew.desk.catch_up();
                }
            };
            // Without a thread for it, it is done by those who wait for records.
            let _ = thread::Builder::new().spawn_scoped(scope, booking);
            printer.run(&asked, crew, &mut outlet, stdio);
            drop(end);
            anyhow::Ok(())
        })?;
        call.signals.hold();
        crew.give_back();
        let closed = outlet.close(kept, self.form, spool, printer.printed());
        if let Err(why) = desk.finish() {
            stdio.note(format_args!("warning: calls stay booked at their worst case: {why}"));
        }
        call.signals.rest();
        let unsettled = Picodollars(desk.taken().0.saturating_sub(printer.cost().0));
        let exit = printer.conclude(closed, call, unsettled, stdio)?;
        if exit == Exit::Done {
            desk.check()?;
        }
        Ok(exit)
    }
}

pub fn unsent(error: &anyhow::Error) -> anyhow::Error {
    failure(exit::code(error), format!("{error:#}; nothing was sent"))
}

/// Every request as a line.
fn dry_run<W: Work>(
    spool: &Spool,
    cap: Option<u64>,
    work: &W,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    for record in spool.records()? {
        let record = record?;
        let plan = work.plan(&record, cap)?;
        writeln!(stdio.out, "{}", work.shown(&record, &plan))?;
    }
    Ok(())
}

fn print_estimate<P>(
    call: &Call,
    survey: &Survey<impl Sum<P>>,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    if !call.args.json {
        writeln!(stdio.out, "{survey} ({})", call.model.name)?;
        return Ok(());
    }
    let line = json!({
        "model": call.model.name,
        "requests": survey.requests,
        "estimate": survey.sum.json(),
        "price": report::price(&call.price),
    });
    writeln!(stdio.out, "{line}")?;
    Ok(())
}
