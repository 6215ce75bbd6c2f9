//! `gpt image`: pictures, made or edited.

mod format;
mod inputs;
mod output;
mod plan;
mod reply;
mod show;

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::account::bill::Bill;
use crate::account::price::Source;
use crate::args;
use crate::cmd::body::Body;
use crate::cmd::call::{self, Call};
use crate::cmd::exact_json;
use crate::cmd::exchange::{Account, incomplete};
use crate::cmd::plan::{Kind, limits_of};
use crate::cmd::prompt;
use crate::cmd::records::Records;
use crate::cmd::report::{self, Told};
use crate::cmd::request::{Reply, Request};
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, visible};
use crate::wire::reply::Made;
use crate::wire::{self, Url, Waits};
use format::Format;
use output::Output;
use plan::Plan;
use reply::Answer;
use show::Screen;

/// The largest picture that is fetched.
const LARGEST: usize = 128 << 20;

pub fn run(args: &args::Image, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    call::with(Kind::Image, &args.request, stdio, |call, stdio| {
        refuse_text_options(&args.request)?;
        if Records::asked(&args.request.records).is_some() {
            return Err(failure(
                Exit::Usage,
                "many pictures are not made at once yet; loop instead",
            ));
        }
        let from_stdin = args.edit.iter().chain(&args.mask).any(|path| path.as_os_str() == "-");
        let no_stdin = args.request.no_stdin || from_stdin;
        let text = prompt::read(&args.prompt, &args.request.file, no_stdin, stdio)?;
        if text.is_empty() {
            return Err(prompt::missing());
        }
        let screen = screen(args, call, stdio)?;
        let body = body(args, call, text, screen.is_some())?;
        let inputs = inputs::read(&args.edit, args.mask.as_deref())?;
        if args.request.dry_run {
            let mut shown = body.value().clone();
            let (pictures, mask) = &inputs;
            if !pictures.is_empty() {
                shown["image"] = pictures.iter().map(inputs::Input::name).collect();
            }
            if let Some(mask) = mask {
                shown["mask"] = mask.name().into();
            }
            writeln!(stdio.out, "{shown}")?;
        }
        let limits = limits_of(&args.request, !call.budgets.is_empty())?;
        let plan = Plan::new(call.model.clone(), call.price.clone(), &body, inputs, limits);
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

/// What only text can be asked for.
fn refuse_text_options(args: &args::Request) -> anyhow::Result<()> {
    let given = [
        ("--temperature", args.temperature.is_some()),
        ("--top-p", args.top_p.is_some()),
        ("--stop", !args.stop.is_empty()),
        ("--seed", args.seed.is_some()),
        ("--max-tokens", args.max_tokens.is_some()),
        ("--max-tokens-field", args.max_tokens_field.is_some()),
        ("--allow-incomplete", args.allow_incomplete),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let message = format!("{name} says nothing of pictures; leave it out");
            Err(failure(Exit::Usage, message))
        }
        None => Ok(()),
    }
}

fn screen(args: &args::Image, call: &Call, stdio: &Stdio) -> anyhow::Result<Option<Screen>> {
    if !args.show {
        return Ok(None);
    }
    if !stdio.out_is_terminal && !stdio.err_is_terminal && !call.only_looks() {
        let message = "--show needs a terminal on standard output or standard error";
        return Err(failure(Exit::Usage, message));
    }
    let (terminal, unicode) = (call.settings.terminal, call.settings.unicode);
    Ok(Some(Screen { terminal, unicode }))
}

/// Only what was asked for, in the API's words.
fn body(args: &args::Image, call: &Call, text: String, shows: bool) -> anyhow::Result<Body> {
    let request = &args.request;
    let mut body = Body::new(Kind::Image, &call.model, request);
    body.set("prompt", text);
    body.set_some("n", request.choices);
    body.set_some("size", args.size.as_deref());
    body.set_some("quality", args.quality.as_deref());
    body.set_some("background", args.background.as_deref());
    body.set_some("output_format", args.format.as_deref());
    if request.stream && (shows || request.json) {
        body.set("stream", true);
        body.set("partial_images", 2);
    }
    body.set_options(&request.option)?;
    let choices = &body.value()["n"];
    if !choices.is_null() && !choices.as_u64().is_some_and(|number| (1..=1000).contains(&number)) {
        return Err(failure(Exit::Usage, format!("n is {choices}; write a number from 1 on")));
    }
    Ok(body)
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
            Some(output) => Delivery { call, output, screen, deadline }.all(made, plan, stdio),
            None => stdio.out.flush().map_err(anyhow::Error::from),
        };
        ended.and(delivered)?;
        let (count, wanted) = (answer.count(), plan.choices);
        if count < wanted {
            let why = incomplete(&format!("{count} of {wanted} pictures came"));
            return Err(failure(Exit::Incomplete, format!("{why}{}", account.request())));
        }
        Ok(Exit::Done)
    });
    if let Some(bill) = account.bill.as_ref().filter(|_| answer.has_arrived()) {
        stdio.note(format_args!("used: {}", told(bill, answer.count())));
    }
    let told = call.report.tell(Told {
        model: &plan.model.name,
        estimate: estimate(plan),
        price: &plan.price,
        account: &account,
        reply: &answer,
        outcome: &outcome,
    });
    outcome.and_then(|exit| told.map(|()| exit))
}

/// Pictures on their way to where they were asked for.
struct Delivery<'a> {
    call: &'a Call<'a>,
    output: &'a Output,
    screen: Option<Screen>,
    deadline: Instant,
}

impl Delivery<'_> {
    /// One that fails does not keep the others back; the first failure is told in the end.
    fn all(&self, made: Vec<Made>, plan: &Plan, stdio: &mut Stdio) -> anyhow::Result<()> {
        let mut first = Ok(());
        for (number, made) in (1..=plan.choices).zip(made) {
            if let Err(error) = self.one(number, made, stdio) {
                if first.is_ok() {
                    first = Err(error);
                } else {
                    stdio.error(format_args!("{error:#}"));
                }
            }
        }
        stdio.out.flush()?;
        first
    }

    fn one(&self, number: u64, made: Made, stdio: &mut Stdio) -> anyhow::Result<()> {
        let bytes = match made {
            Made::Bytes(bytes) => bytes,
            Made::Address(url) => self.fetch(&url, stdio)?,
            Made::Garbled => {
                let why =
                    "the picture is not base64, or not all of it; it is paid for all the same";
                return Err(failure(Exit::Incomplete, incomplete(why)));
            }
        };
        let format = judge(&bytes)?;
        match self.output {
            Output::Pipe => stdio.out.write_all(&bytes)?,
            Output::Files(files) => {
                let path = files.write(number, format, &bytes, stdio)?;
                let path = path.display().to_string();
                let shown = if stdio.out_is_terminal { visible(&path) } else { path.into() };
                writeln!(stdio.out, "{shown}")?;
            }
        }
        match self.screen {
            Some(screen) => screen.draw(&bytes, stdio),
            None => Ok(()),
        }
    }

    /// Without the key. The picture is paid for, so it is tried again as often as a request.
    fn fetch(&self, url: &str, stdio: &mut Stdio) -> anyhow::Result<Vec<u8>> {
        let url = Url::parse(url).map_err(|invalid| {
            failure(Exit::ServerFailed, format!("the picture's address is not fetched: {invalid}"))
        })?;
        let Some(server) = self.call.server.get() else {
            return Err(failure(Exit::ServerFailed, "the picture's server is not known"));
        };
        let mut waits = Waits::new(self.call.args.connection.retries, 0);
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let fetched =
                wire::fetch(server, &url, left).and_then(|response| response.whole(LARGEST));
            let failed = match fetched {
                Ok(bytes) => return Ok(bytes),
                Err(failed) => failed,
            };
            let Some(wait) = waits.after(&failed, left) else {
                // Whatever the picture's host says of keys and requests, ours was accepted.
                let message = format!("the picture did not come: {failed}");
                return Err(failure(Exit::ServerFailed, message));
            };
            stdio.note(format_args!("{failed}; trying again in {:.1} s", wait.as_secs_f64()));
            pause(wait);
        }
    }
}

fn pause(wait: Duration) {
    let (_speaker, silence) = channel::<()>();
    let _ = silence.recv_timeout(wait);
}

/// A whole picture, or what it is instead.
fn judge(bytes: &[u8]) -> anyhow::Result<Format> {
    match Format::of(bytes) {
        Some(format) if format.is_whole(bytes) => Ok(format),
        Some(format) => {
            let why =
                format!("the {} picture breaks off after {} bytes", format.name(), bytes.len());
            Err(failure(Exit::Incomplete, incomplete(&why)))
        }
        None => {
            let what = match bytes.trim_ascii_start() {
                [] => "nothing",
                [b'<', ..] => "HTML or XML",
                [b'{', ..] => "JSON",
                _ => "no picture known here",
            };
            let message = format!("what came as a picture is {what}, {} bytes", bytes.len());
            Err(failure(Exit::ServerFailed, message))
        }
    }
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
        "estimate": estimate(plan),
        "price": report::price(&plan.price),
    });
    writeln!(stdio.out, "{line}")?;
    Ok(())
}

fn estimate(plan: &Plan) -> Value {
    let estimate = &plan.estimate;
    json!({
        "prompt_tokens": estimate.prompt.tokens,
        "exact": estimate.prompt.exact,
        "pictures": estimate.pictures,
        "picture_tokens": estimate.each.map(|each| each.tokens),
        "max_cost": estimate.worst.map(exact_json),
    })
}
