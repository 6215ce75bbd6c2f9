//! `gpt image`: pictures, made or edited.

mod body;
mod delivery;
mod format;
mod inputs;
mod output;
mod plan;
mod records;
mod reply;
mod show;

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::account::bill::Bill;
use crate::account::images::Estimate;
use crate::account::price::Source;
use crate::args;
use crate::cmd::call::{self, Call};
use crate::cmd::exact_json;
use crate::cmd::exchange::{Account, incomplete};
use crate::cmd::plan::{Kind, limits_of};
use crate::cmd::prompt;
use crate::cmd::records::Records;
use crate::cmd::report::{self, Told};
use crate::cmd::request::{Reply, Request};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;
use delivery::Delivery;
use output::Output;
use plan::Plan;
use reply::Answer;
use show::Screen;

pub fn run(args: &args::Image, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    call::with(Kind::Image, &args.request, stdio, |call, stdio| {
        body::refuse_text_options(&args.request)?;
        if let Some(form) = Records::asked(&args.request.records) {
            return records::run(args, call, form, stdio);
        }
        if args.request.json && args.output.is_some() {
            return Err(failure(
                Exit::Usage,
                "--json writes no files but those of many records; leave out --output",
            ));
        }
        let no_stdin = args.request.no_stdin || is_edited_from_stdin(args);
        let text = prompt::read(&args.prompt, &args.request.file, no_stdin, stdio)?;
        if text.is_empty() {
            return Err(prompt::missing());
        }
        let screen = screen(args, call, stdio)?;
        let body = body::body(args, call, text, screen.is_some())?;
        let inputs = inputs::read(&args.edit, args.mask.as_deref())?;
        let limits = limits_of(&args.request, !call.terms.budgets.is_empty())?;
        let (model, price) = (call.model.clone(), call.price.clone());
        let plan = Plan::new(model, price, &body, Arc::new(inputs), limits);
        if args.request.dry_run {
            writeln!(stdio.out, "{}", plan.shown())?;
        }
        if args.request.estimate {
            print_estimate(&plan, args.request.json, stdio)?;
        }
        if call.only_looks() {
            return plan.check().map(|()| Exit::Done);
        }
        let (file, format) = (args.output.as_deref(), body.value()["output_format"].as_str());
        let output = match args.request.json {
            true => None,
            false => Some(Output::choose(file, args.force, plan.choices, format, stdio)?),
        };
        send(call, &plan, output.as_ref(), screen, stdio)
    })
}

fn is_edited_from_stdin(args: &args::Image) -> bool {
    args.edit.iter().chain(&args.mask).any(|path| path.as_os_str() == "-")
}

fn screen(args: &args::Image, call: &Call, stdio: &Stdio) -> anyhow::Result<Option<Screen>> {
    if !args.show {
        return Ok(None);
    }
    if !stdio.out_is_terminal && !stdio.err_is_terminal && !call.only_looks() {
        let message = "--show needs a terminal on standard output or standard error";
        return Err(failure(Exit::Usage, message));
    }
    let screen = Screen::new(call.settings.terminal, call.settings.unicode);
    screen.map(Some).map_err(|why| failure(Exit::Usage, format!("--show: {why}; leave it out")))
}

/// From a plan to an exit code: told, checked, sent, written, reported.
fn send(
    call: &Call,
    plan: &Plan,
    output: Option<&Output>,
    screen: Option<Screen>,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let mut answer = Answer::new(call.args.json, plan.choices, screen);
    let mut account = Account::default();
    stdio.note(format_args!("estimate: {} ({})", plan.estimate, plan.model.name));
    let outcome = call.prepare(plan, stdio).and_then(|mut exchange| {
        let ended = exchange.run(&mut answer, stdio);
        account = exchange.account;
        let deadline = started + call.timeout;
        let made = std::mem::take(&mut answer.made);
        let delivered = match output {
            Some(output) => {
                let delivery = Delivery { call, output, first: 1, aside: false, screen, deadline };
                delivery.all(made, plan, stdio).1
            }
            None => stdio.out.flush().map_err(anyhow::Error::from),
        };
        ended.and(delivered)?;
        conclude(plan, &answer, &account)
    });
    if let Some(bill) = account.bill.as_ref().filter(|_| answer.has_arrived()) {
        stdio.note(format_args!("used: {}", told(bill, answer.count())));
    }
    let told = call.report.tell(&Told {
        model: &plan.model.name,
        estimate: &|| estimate(&plan.estimate),
        price: &plan.price,
        account: &account,
        reply: &answer,
        outcome: &outcome,
    });
    outcome.and_then(|exit| told.map(|()| exit))
}

/// Whether all came that was asked for.
fn conclude(plan: &Plan, answer: &Answer, account: &Account) -> anyhow::Result<Exit> {
    let (count, wanted) = (answer.count(), plan.choices);
    if count < wanted {
        let why = incomplete(&format!("{count} of {wanted} pictures came"));
        return Err(failure(Exit::Incomplete, format!("{why}{}", account.request())));
    }
    Ok(Exit::Done)
}

/// A bill by the picture has no tokens to tell.
fn told(bill: &Bill, count: u64) -> String {
    if bill.usage.prompt + bill.usage.reply > 0 {
        return bill.to_string();
    }
    let plural = if count == 1 { "" } else { "s" };
    let about = if bill.exact { "" } else { "~" };
    let guess = if bill.source == Source::Default { " (default rate)" } else { "" };
    format!("{count} picture{plural}, {about}${}{guess}", bill.cost)
}

fn print_estimate(plan: &Plan, as_json: bool, stdio: &mut Stdio) -> anyhow::Result<()> {
    if !as_json {
        writeln!(stdio.out, "{} ({})", plan.estimate, plan.model.name)?;
        return Ok(());
    }
    let line = json!({
        "model": plan.model.name,
        "estimate": estimate(&plan.estimate),
        "price": report::price(&plan.price),
    });
    writeln!(stdio.out, "{line}")?;
    Ok(())
}

fn estimate(estimate: &Estimate) -> Value {
    json!({
        "prompt_tokens": estimate.prompt.tokens,
        "exact": estimate.prompt.exact,
        "pictures": estimate.pictures,
        "picture_tokens": estimate.each.map(|each| each.tokens),
        "max_cost": estimate.worst.map(exact_json),
    })
}
