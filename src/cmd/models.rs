//! `gpt models`: the model table, or the server's list.

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::Instant;

use serde_json::{Value, json};

use crate::account::models::{self, Model};
use crate::account::money::Picodollars;
use crate::account::price::{Kind, Rates, Tier};
use crate::args;
use crate::cmd::{connection, exact_json, exchange};
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::{Stdio, visible};
use crate::wire::{self, Accept, Client, Method, Waits, reply};

/// The longest list of models that is read.
const LONGEST_LIST: usize = 64 << 20;

pub fn run(args: &args::Models, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let wanted = |name: &str| {
        args.prefixes.is_empty() || args.prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    if args.remote {
        return remote(args, wanted, stdio);
    }
    let listed: Vec<Model> = models::all().filter(|model| wanted(&model.name)).collect();
    if listed.is_empty() {
        return Err(failure(
            Exit::Usage,
            "no model of the table begins so; 'gpt models' lists them",
        ));
    }
    if args.json {
        listed.iter().try_for_each(|model| writeln!(stdio.out, "{}", json(model)))?;
    } else {
        print_table(&listed, stdio)?;
    }
    Ok(Exit::Done)
}

fn json(model: &Model) -> Value {
    let [input, cached, output] = rates(model).map(|rate| rate.map(exact_json));
    json!({
        "model": model.name,
        "encoding": model.published.then(|| model.encoding.name()),
        "context": model.context,
        "longest_reply": model.longest_reply,
        "input_cost_per_token": input,
        "cached_cost_per_token": cached,
        "output_cost_per_token": output,
        "ends": model.ends,
    })
}

const HEAD: [&str; 8] =
    ["MODEL", "ENCODING", "CONTEXT", "REPLY", "INPUT", "CACHED", "OUTPUT", "ENDS"];

/// Prices are dollars per million tokens.
fn print_table(listed: &[Model], stdio: &mut Stdio) -> anyhow::Result<()> {
    let number = |figure: Option<u64>| figure.map_or("-".into(), |figure| figure.to_string());
    let million =
        |rate: Option<Picodollars>| rate.map_or("-".into(), |rate| rate.times(1_000_000).exact());
    let rows = listed.iter().map(|model| {
        let [input, cached, output] = rates(model).map(million);
        [
            model.name.clone(),
            if model.published { model.encoding.name().into() } else { "-".into() },
            number(model.context),
            number(model.longest_reply),
            input,
            cached,
            output,
            model.ends.unwrap_or("").into(),
        ]
    });
    let rows: Vec<[String; 8]> = [HEAD.map(String::from)].into_iter().chain(rows).collect();
    let mut widths = [0; 8];
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.len().max(*width));
    }
    for row in &rows {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if (2..=6).contains(&column) {
                format!("{cell:>width$}")
            } else {
                format!("{cell:width$}")
            }
        });
        let line: Vec<String> = cells.collect();
        writeln!(stdio.out, "{}", line.join("  ").trim_end())?;
    }
    stdio.note(format_args!("prices are dollars per 1,000,000 tokens, as of {}", models::AS_OF));
    Ok(())
}

/// What a token of input, of cached input and of output costs.
fn rates(model: &Model) -> [Option<Picodollars>; 3] {
    let rates = model.price.as_ref().and_then(|price| price.rates(Tier::Standard, 0));
    let rate = |find: fn(&Rates) -> Option<Picodollars>| rates.as_ref().and_then(find);
    [
        rate(|rates| rates.own(Kind::Input)),
        rate(|rates| rates.own(Kind::Cached)),
        rate(|rates| rates.own(Kind::Output)),
    ]
}

fn remote(
    args: &args::Models,
    wanted: impl Fn(&str) -> bool,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let client = connection::client(&args.connection, &settings)?;
    let body = fetch(&client, &args.connection, stdio)?;
    if args.json {
        stdio.out.write_all(&body)?;
        return Ok(Exit::Done);
    }
    let mut listed = reply::models(&body).map_err(|bad| client.redact_reply(bad))?;
    listed.retain(|model| wanted(&model.id));
    listed.sort_by(|one, other| one.id.cmp(&other.id));
    let width = listed.iter().map(|model| model.id.len()).max().unwrap_or(0);
    for model in &listed {
        let ends = model.shutdown_date.as_deref().map(|day| format!("ends {day}"));
        let line = format!("{:width$}  {}", model.id, ends.unwrap_or_default());
        writeln!(stdio.out, "{}", visible(line.trim_end()))?;
    }
    Ok(Exit::Done)
}

/// The list as the server sends it, asked for again where that makes sense.
fn fetch(client: &Client, args: &args::Connection, stdio: &mut Stdio) -> anyhow::Result<Vec<u8>> {
    let timeout = connection::timeout(args)?;
    let mut waits = Waits::new(args.retries, exchange::seed());
    let started = Instant::now();
    let time_left = || timeout.saturating_sub(started.elapsed());
    // Nothing ever comes here: a wait is a wait for that.
    let (_sender, nothing) = channel::<()>();
    loop {
        let (method, accept, within) = (Method::Get, Accept::Json, time_left());
        let request = wire::Request { method, endpoint: "models", accept, within };
        let list = wire::send(client, &request).and_then(|response| response.whole(LONGEST_LIST));
        let failed = match list {
            Ok(list) => return Ok(list),
            Err(failed) => failed,
        };
        let Some(wait) = waits.after(&failed, time_left()) else { return Err(failed.into()) };
        stdio.note(format_args!("{failed}; trying again in {:.1} s", wait.as_secs_f64()));
        let _ = nothing.recv_timeout(wait);
    }
}
