//! `gpt spend`: what was spent, from the ledger; and settling by hand what died without an answer.
//! Sends nothing, and makes no ledger where there is none.

mod chart;
mod export;
mod report;
mod table;
mod when;

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};

use crate::account::money::Picodollars;
use crate::args::{self, By};
use crate::books::{self, Ledger, RowId, Span};
use crate::exit::{Exit, failure};
use crate::settings::{LedgerPlace, Settings};
use crate::stdio::{Stdio, visible};
use report::Report;

pub fn run(args: &args::Spend, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let settings = Settings::read(None)?;
    let path = place(settings.ledger)?;
    if let Some(words) = &args.settle {
        settle(&path, words)?;
        return Ok(Exit::Done);
    }
    let now = Zoned::now();
    let plan = Plan::new(args, &now)?;
    let text = plan.text(&path, &now, settings.unicode).map_err(|error| local(&error))?;
    if stdio.out_is_terminal {
        stdio.out.write_all(visible(&text).as_bytes())?;
    } else {
        stdio.out.write_all(text.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// What is asked of the ledger, and how it is to be told.
struct Plan {
    span: Span,
    by: By,
    form: Form,
}

#[derive(Clone, Copy)]
enum Form {
    Table,
    Json,
    Csv,
    Chart,
}

impl Plan {
    fn new(args: &args::Spend, now: &Zoned) -> anyhow::Result<Self> {
        let since = args.since.as_deref().map(|text| when::parse("--since", text, now));
        let until = args.until.as_deref().map(|text| when::parse("--until", text, now));
        let span = Span {
            since: since.transpose()?.map(|period| period.start.timestamp().as_millisecond()),
            until: until.transpose()?.map(|period| period.end.timestamp().as_millisecond()),
        };
        if let (Some(since), Some(until)) = (span.since, span.until)
            && since >= until
        {
            let message = "--until is not after --since: nothing lies between; swap them";
            return Err(failure(Exit::Usage, message));
        }
        let form = match args {
            args::Spend { json: true, .. } => Form::Json,
            args::Spend { csv: true, .. } => Form::Csv,
            args::Spend { plot: true, .. } => Form::Chart,
            _ => Form::Table,
        };
        let by = if args.plot { By::Day } else { args.by.unwrap_or(By::Model) };
        Ok(Self { span, by, form })
    }

    fn text(&self, path: &Path, now: &Zoned, unicode: bool) -> Result<String, books::Error> {
        let mut report = Report::new(self.by, self.span);
        let ledger = Ledger::read(path)?;
        if let Some(ledger) = &ledger {
            report.fill(ledger, now)?;
        }
        Ok(match self.form {
            Form::Json => export::json(&report, now.time_zone()),
            Form::Csv => export::csv(&report),
            _ if ledger.is_none() => {
                format!("nothing was spent: there is no ledger at {}\n", path.display())
            }
            Form::Table => table::text(&report, now.time_zone()),
            Form::Chart => chart::text(&report, now, unicode),
        })
    }
}

fn place(place: LedgerPlace) -> anyhow::Result<PathBuf> {
    let why = match place {
        LedgerPlace::At(path) => return Ok(path),
        LedgerPlace::Off => "GPT_LEDGER=off; set it to a path",
        LedgerPlace::Unknown => "neither GPT_LEDGER nor HOME says where it is; set one",
    };
    Err(failure(Exit::Local, format!("there is no ledger: {why}")))
}

fn local(error: &books::Error) -> anyhow::Error {
    failure(Exit::Local, error.to_string())
}

/// `--settle ID USD`.
fn settle(path: &Path, words: &[String]) -> anyhow::Result<()> {
    let [id, dollars] = words else {
        return Err(failure(Exit::Usage, "--settle: needs a number and dollars: 12 0.0035"));
    };
    let Some(id) = id.parse().ok().filter(|id| *id > 0).map(RowId) else {
        let message = format!("--settle: '{id}' is no number of a request; gpt spend lists them");
        return Err(failure(Exit::Usage, message));
    };
    let cost = Picodollars::from_dollars(dollars.strip_prefix('$').unwrap_or(dollars))
        .map_err(|error| failure(Exit::Usage, format!("--settle: {error}")))?;
    let settled = match Ledger::read(path) {
        Ok(Some(_)) => {
            let now = Timestamp::now().as_millisecond();
            Ledger::open(path).and_then(|mut it| it.settle_by_hand(id, cost.0, now))
        }
        Ok(None) => Err(books::Error::NoSuchRow { id }),
        Err(error) => Err(error),
    };
    settled.map_err(|error| match error {
        books::Error::NoSuchRow { .. }
        | books::Error::UnderWay { .. }
        | books::Error::OutOfSight { .. }
        | books::Error::AlreadySettled { .. } => failure(Exit::Usage, error.to_string()),
        books::Error::TooMuch => {
            let message = "--settle: more than $9.2 million; write what the request really cost";
            failure(Exit::Usage, message)
        }
        _ => local(&error),
    })
}

#[cfg(test)]
mod tests;
