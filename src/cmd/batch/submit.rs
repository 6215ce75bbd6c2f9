//! `gpt batch submit`: all is checked, priced and booked; then each part is uploaded and made a
//! batch. An upload costs nothing and may be repeated. A batch is made once: if nobody knows
//! whether it was, it stays booked, and the user is told where to look.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use serde_json::json;

use crate::account::money::Picodollars;
use crate::args;
use crate::books::RowId;
use crate::cmd::batch::job::{BATCH, Job, Part, Terms};
use crate::cmd::batch::ledger::Books;
use crate::cmd::batch::server::{Repeat, Server, may_be_done};
use crate::cmd::pricing::Pricing;
use crate::cmd::signals::Signals;
use crate::cmd::{budget, connection};
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::{self, Stdio, reason};
use crate::wire::reply::batches::{self, Id};
use crate::wire::{Payload, Stretch};

/// Under this name the server keeps the file.
const FILE_NAME: &str = "requests.jsonl";

pub fn run(args: &args::Submit, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    stdio.quiet = args.quiet;
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let prices = &args.prices;
    let pricing = Pricing::read(&settings, prices.rate.as_deref(), prices.prices.as_deref())?;
    let base = connection::base(&args.connection, &settings)?;
    let budgets = budget::all(&args.budget, args.tag.as_deref(), &settings)?;
    let limit = args.max_cost.as_deref().map(sum_of_money).transpose()?;
    let limited = limit.is_some() || !budgets.is_empty();
    let terms = Terms { pricing: &pricing, host: base.host(), limited };
    let job = Job::read(open(args.file.as_deref(), stdio)?, &terms, BATCH)?;
    let estimate = format!("{} ({}, batch)", job.sum, job.model.name);
    if args.estimate {
        writeln!(stdio.out, "{estimate}")?;
        return check(&job, limit).map(|()| Exit::Done);
    }
    stdio.note(format_args!("estimate: {estimate}"));
    check(&job, limit)?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let mut books = Books::open(&settings.ledger, &budgets, base.host(), stdio)?;
    let rows = books.reserve(&job, args.tag.as_deref(), stdio)?;
    let mut submission = Submission { job: &job, server, books, rows, made: Vec::new() };
    let outcome = submission.run(stdio);
    submission.server.close();
    outcome.map(|()| Exit::Done)
}

fn sum_of_money(text: &str) -> anyhow::Result<Picodollars> {
    Picodollars::from_dollars(text.strip_prefix('$').unwrap_or(text))
        .map_err(|error| failure(Exit::Usage, format!("--max-cost {error}")))
}

fn open(path: Option<&Path>, stdio: &Stdio) -> anyhow::Result<Box<dyn BufRead>> {
    match path.filter(|path| *path != Path::new("-")) {
        Some(path) => {
            let file = File::open(path).map_err(|error| {
                let why = format!("{}: {}; nothing was sent", path.display(), reason(&error));
                failure(Exit::Local, why)
            })?;
            Ok(Box::new(BufReader::new(file)))
        }
        None if stdio.input_is_terminal => {
            Err(failure(Exit::Usage, "no requests: name a file of them, or pipe them in"))
        }
        None => Ok(Box::new(stdio::input().lock())),
    }
}

/// `--max-cost` is for all of it. That every request has a bound was checked line by line.
fn check(job: &Job, limit: Option<Picodollars>) -> anyhow::Result<()> {
    let Some(limit) = limit.filter(|limit| job.sum.worst > *limit) else { return Ok(()) };
    let advice = match job.sum.affordable_cap(limit) {
        Some(cap) => format!("make the file with --max-tokens {cap}, or raise --max-cost"),
        None => "it is too little for the prompts alone; shorten them or raise it".to_owned(),
    };
    let worst = job.sum.worst;
    Err(failure(
        Exit::OverCost,
        format!("too dear: at most ${worst}, and --max-cost is ${limit}; {advice}"),
    ))
}

/// Parts on their way, and the batches that were made of those before.
struct Submission<'a> {
    job: &'a Job,
    server: Server<'a>,
    books: Books<'a>,
    rows: Vec<Option<RowId>>,
    made: Vec<Id>,
}

/// Why a part is not known to be a batch.
struct Stop {
    error: anyhow::Error,
    /// The server may have made one all the same.
    may_be_made: bool,
}

impl Submission<'_> {
    fn run(&mut self, stdio: &mut Stdio) -> anyhow::Result<()> {
        let mut printed = Ok(());
        for (place, part) in self.job.parts.iter().enumerate() {
            let id = match self.part(part, self.rows[place], stdio) {
                Ok(id) => id,
                Err(stop) => {
                    let rest = self.rows.split_off(place + 1);
                    for row in rest {
                        self.books.release(row, stdio);
                    }
                    return Err(self.stopped(place, &stop));
                }
            };
            stdio.note(format_args!("submitted: {id}, {}", part.sum.requests()));
            let print = writeln!(stdio.out, "{id}").and_then(|()| stdio.out.flush());
            if print.is_err() {
                // An id that is lost would be a batch that is lost.
                stdio.error(format_args!("{id} was submitted, and could not be printed"));
                printed = printed.and(print);
            }
            self.made.push(id);
        }
        Ok(printed?)
    }

    /// Uploads a part and makes a batch of it. However it ends, its row is in order.
    fn part(&mut self, part: &Part, row: Option<RowId>, stdio: &mut Stdio) -> Result<Id, Stop> {
        let file = match self.upload(part, stdio) {
            Ok(file) => file,
            Err(error) => {
                self.books.release(row, stdio);
                return Err(Stop { error, may_be_made: false });
            }
        };
        self.books.name(row, file.as_str(), stdio);
        let order = json!({
            "input_file_id": file.as_str(),
            "endpoint": self.job.endpoint.url(),
            "completion_window": "24h",
        });
        let order = Payload::json(order.to_string());
        let (exit, why) = match self.server.post("batches", &order, Repeat::Costly, stdio) {
            Ok(body) => match batches::batch(&body) {
                Ok(batch) => {
                    self.books.name(row, batch.id.as_str(), stdio);
                    return Ok(batch.id);
                }
                Err(bad) => (Exit::ServerFailed, bad.to_string()),
            },
            Err(failed) if may_be_done(&failed) => {
                let told = self.server.told(failed);
                (crate::exit::code(&told), told.to_string())
            }
            Err(failed) => {
                self.books.release(row, stdio);
                return Err(Stop { error: self.server.told(failed), may_be_made: false });
            }
        };
        self.books.leave(row, file.as_str(), stdio);
        let message = format!(
            "{why}; whether a batch was made of file {file} nobody knows, so it stays booked; \
             'gpt batch list' tells"
        );
        Err(Stop { error: failure(exit, message), may_be_made: true })
    }

    fn upload(&self, part: &Part, stdio: &mut Stdio) -> anyhow::Result<Id> {
        let file = self.job.spool.try_clone().map_err(|error| {
            failure(Exit::Local, format!("the copy of the requests: {}", reason(&error)))
        })?;
        let content = Stretch { file, start: part.start, length: part.length };
        let form = Payload::upload(&[("purpose", "batch")], FILE_NAME, content);
        let body = self
            .server
            .post("files", &form, Repeat::Harmless, stdio)
            .map_err(|failed| self.server.told(failed))?;
        Ok(batches::file(&body)?)
    }

    /// Why it stopped at a part, and which lines are known not to be submitted.
    fn stopped(&self, place: usize, stop: &Stop) -> anyhow::Error {
        let Stop { error, may_be_made } = stop;
        let parts = &self.job.parts;
        let mut words = vec![error.to_string()];
        if parts.len() > 1 {
            let Part { first, last, .. } = parts[place];
            if *may_be_made {
                words.push(format!("; the file has the lines {first} to {last}"));
            }
            let ids: Vec<&str> = self.made.iter().map(Id::as_str).collect();
            words.push(match ids.len() {
                0 => "; no batch was submitted before it".to_owned(),
                made => {
                    let (all, ids) = (parts.len(), ids.join(", "));
                    format!("; {made} of {all} batches were submitted ({ids})")
                }
            });
        }
        // Sent again, the lines of a batch that was made would be paid for twice.
        let rest = parts.get(place + usize::from(*may_be_made)).map(|part| part.first);
        if let Some(rest) = rest.filter(|first| *first > parts[0].first) {
            words.push(format!(", the lines from {rest} on were not: 'tail -n +{rest}' has them"));
        }
        let message = words.concat();
        failure(crate::exit::code(error), message)
    }
}
