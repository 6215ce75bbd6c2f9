//! `gpt batch results`: fetches what came of batches, books what they cost, and prints the answers
//! in the order of the requests.

use std::io::Write;

use serde_json::json;
use serde_json::value::RawValue;

use crate::account::bill::Bill;
use crate::args;
use crate::cmd::answer::{Verdict, judge};
use crate::cmd::batch::cost::{self, Rates};
use crate::cmd::batch::harvest::{Asked, Harvest};
use crate::cmd::batch::ids;
use crate::cmd::batch::ledger::{Booked, Books};
use crate::cmd::batch::server::Server;
use crate::cmd::job::line::folded;
use crate::cmd::pricing::Pricing;
use crate::cmd::signals::Signals;
use crate::cmd::{connection, exact_json, report};
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::Stdio;
use crate::wire::reply::batches::{Refused, State};
use crate::wire::reply::{self, Chunk, Part, Progress};

pub fn run(args: &args::Results, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    stdio.quiet = args.quiet;
    let ids = ids(&args.ids)?;
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let base = connection::base(&args.connection, &settings)?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let mut batches = Vec::new();
    for id in &ids {
        let (_, batch) = server.batch(id, stdio)?;
        if batch.state() == State::Going {
            let (status, counts) = (&batch.status, batch.counts());
            let (done, total) = (counts.completed, counts.total);
            return Err(failure(
                Exit::Incomplete,
                format!("{id} is {status}, {done} of {total} done; 'gpt batch wait {id}' waits"),
            ));
        }
        batches.push(batch);
    }
    let mut books = Books::open(&settings.ledger, &[], base.host(), stdio)?;
    let (mut harvests, mut known) = (Vec::new(), true);
    for batch in batches {
        let harvest = Harvest::fetch(&server, batch, stdio)?;
        let row = books.find(&harvest.batch, stdio);
        let rates = rates(args, &settings, base.host(), &harvest, row.as_ref())?;
        let cost = cost::of(&harvest, &rates)?;
        known &= cost::close(&harvest, &cost, row.as_ref(), &mut books, stdio);
        harvests.push((harvest, rates));
    }
    server.close();
    let mut printer = Printer { args, index: 0, exit: Exit::Done };
    for (harvest, rates) in &harvests {
        printer.print(harvest, rates, stdio)?;
    }
    Ok(match printer.exit {
        Exit::Done if !known => Exit::Incomplete,
        exit => exit,
    })
}

/// The price it was sent at, unless another is given now.
fn rates(
    args: &args::Results,
    settings: &Settings,
    host: &str,
    harvest: &Harvest,
    row: Option<&Booked>,
) -> anyhow::Result<Rates> {
    let (rate, prices) = (args.prices.rate.as_deref(), args.prices.prices.as_deref());
    let pricing = Pricing::read(settings, rate, prices)?;
    let model = row.map(|row| row.model.as_str()).or(harvest.model.as_deref());
    let (model, price) = pricing.at(model, host)?;
    let booked = row.and_then(|row| row.price.clone());
    let price = booked.filter(|_| rate.is_none() && prices.is_none()).unwrap_or(price);
    Ok(Rates { model, price })
}

/// The way of the answers to standard output.
struct Printer<'a> {
    args: &'a args::Results,
    /// Of the requests of all batches, counted from one.
    index: u64,
    /// The first failure's.
    exit: Exit,
}

/// What is told of one request.
struct Told {
    reply: Option<String>,
    bill: Option<Bill>,
    error: Option<(Exit, String)>,
}

impl Printer<'_> {
    fn print(&mut self, harvest: &Harvest, rates: &Rates, stdio: &mut Stdio) -> anyhow::Result<()> {
        let mut missing = 0_u64;
        for asked in &harvest.asked {
            self.index += 1;
            let answer = harvest.answer(asked)?;
            let is_missing = answer.is_none();
            let failed = |(exit, why)| Told { reply: None, bill: None, error: Some((exit, why)) };
            let told = match answer {
                None => failed(unanswered(harvest)),
                Some(Err(refused)) => failed((exit_of(&refused), refused.to_string())),
                Some(Ok(body)) => self.read(&body, asked, harvest, rates)?,
            };
            if let Some((exit, why)) = &told.error {
                if self.exit == Exit::Done {
                    self.exit = *exit;
                }
                missing += u64::from(is_missing);
                if !is_missing {
                    let (index, id) = (self.index, &asked.id);
                    stdio.error(format_args!("request {index} ('{id}'): {why}"));
                }
            }
            if self.args.json {
                let line = json!({
                    "index": self.index,
                    "id": asked.id,
                    "reply": told.reply,
                    "usage": told.bill.as_ref().map(report::usage),
                    "cost": told.bill.as_ref().map(|bill| exact_json(bill.cost)),
                    "error": told.error.map(|(_, why)| why),
                });
                writeln!(stdio.out, "{line}")?;
            } else {
                writeln!(stdio.out, "{}", folded(told.reply.as_deref().unwrap_or_default()))?;
            }
        }
        if missing > 0 {
            let (id, all, (_, why)) = (&harvest.batch.id, harvest.asked.len(), unanswered(harvest));
            stdio.error(format_args!("{id}: {missing} of {all} requests have no answer: {why}"));
        }
        Ok(())
    }

    fn read(
        &self,
        body: &RawValue,
        asked: &Asked,
        harvest: &Harvest,
        rates: &Rates,
    ) -> anyhow::Result<Told> {
        let body = body.get().as_bytes();
        let bill = cost::of_answer(harvest, asked, body, rates)?;
        let answer = match reply::answer(body) {
            Ok(answer) => answer,
            Err(bad) => {
                let error = Some((Exit::ServerFailed, bad.to_string()));
                return Ok(Told { reply: None, bill, error });
            }
        };
        let reply::Answer { model, tier, choices, usage } = answer;
        let texts: Vec<String> = choices
            .iter()
            .map(|choice| {
                let refusal = choice.refusal.as_deref().unwrap_or_default();
                format!("{}{refusal}", choice.text).trim_end_matches('\n').to_owned()
            })
            .collect();
        let mut progress = Progress::default();
        progress.note(&Part::Chunk(Chunk { model, tier, pieces: choices, usage }));
        progress.note(&Part::Done);
        let why = match judge(&progress, 1, self.args.json) {
            Verdict::Complete => None,
            Verdict::Cut(_) if self.args.allow_incomplete => None,
            Verdict::Cut(by) => Some(by.to_owned()),
            Verdict::Incomplete(why) => Some(why),
        };
        let error = why.map(|why| (Exit::Incomplete, format!("the reply is not complete: {why}")));
        Ok(Told { reply: Some(texts.join("\n---\n")), bill, error })
    }
}

/// Why a request that is in no file was not answered.
fn unanswered(harvest: &Harvest) -> (Exit, String) {
    let batch = &harvest.batch;
    match batch.state() {
        State::Failed => (Exit::Refused, format!("the batch failed: {}", batch.errors())),
        State::Expired => (Exit::Incomplete, "the batch expired".to_owned()),
        State::Cancelled => (Exit::Incomplete, "the batch was cancelled".to_owned()),
        State::Completed | State::Going => {
            (Exit::Incomplete, "the results do not hold it".to_owned())
        }
    }
}

/// The code that the same refusal of a request of its own would have.
fn exit_of(refused: &Refused) -> Exit {
    match (refused.status, refused.error.code.as_deref()) {
        (Some(401 | 403), _) => Exit::Key,
        (Some(429), _) => Exit::RateLimited,
        (Some(400..=499), _) => Exit::Refused,
        (None, Some("batch_expired" | "batch_cancelled")) => Exit::Incomplete,
        _ => Exit::ServerFailed,
    }
}
