//! `gpt batch wait`: looks at batches, ever less often, until all have come to their end. A network
//! that fails is waited for as well.

use std::time::{Duration, Instant};

use crate::args;
use crate::cmd::batch::ids;
use crate::cmd::batch::server::Server;
use crate::cmd::connection;
use crate::cmd::signals::Signals;
use crate::exit::{self, Exit, failure};
use crate::settings::Settings;
use crate::stdio::{Stdio, visible};
use crate::wire::reply::batches::{self, Batch, Id, State};
use crate::wire::{Failure, Kind, Method, Response, Retry};

/// How long it is between two looks, at first and at last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(30);
/// How long a look may take, and how long the last may when time is up.
const LOOK: Duration = Duration::from_secs(60);
const LAST_LOOK: Duration = Duration::from_secs(5);
/// How often a terminal is told that time goes on.
const TICK: Duration = Duration::from_secs(1);
/// No description of a batch is longer.
const LONGEST_ANSWER: usize = 16 << 20;
/// How wide the bar is.
const BAR: u64 = 24;

pub fn run(args: &args::Wait, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    stdio.quiet = args.quiet;
    let ids = ids(&args.ids)?;
    let limit = connection::seconds("--max-wait", &args.max_wait)?;
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let looked = ids.into_iter().map(|id| Looked { id, batch: None, trouble: None }).collect();
    let mut watch = Watch { server, looked, started: Instant::now(), limit, told: String::new() };
    let outcome = watch.run(stdio);
    clear(stdio);
    watch.server.close();
    outcome?;
    Ok(watch.verdict(stdio))
}

/// What is known of a batch.
struct Looked {
    id: Id,
    batch: Option<Batch>,
    /// Why the last look told nothing.
    trouble: Option<anyhow::Error>,
}

impl Looked {
    fn is_over(&self) -> bool {
        self.batch.as_ref().is_some_and(|batch| batch.state() != State::Going)
    }
}

struct Watch<'a> {
    server: Server<'a>,
    looked: Vec<Looked>,
    started: Instant,
    limit: Duration,
    /// What was said last where there is no terminal.
    told: String,
}

impl Watch<'_> {
    fn run(&mut self, stdio: &mut Stdio) -> anyhow::Result<()> {
        let mut pause = FIRST_PAUSE;
        loop {
            // Looked at once more when time is up.
            let left = self.left();
            let asked = self.look(stdio)?;
            self.tell(stdio);
            if self.looked.iter().all(Looked::is_over) {
                return Ok(());
            }
            if left.is_zero() {
                return Err(self.too_long());
            }
            self.pause(asked.max(pause).min(self.left()), stdio)?;
            pause = (pause * 3 / 2).min(LAST_PAUSE);
        }
    }

    fn left(&self) -> Duration {
        self.limit.saturating_sub(self.started.elapsed())
    }

    /// Looks at every batch that was not over. How long the server asks us to wait comes back.
    fn look(&mut self, stdio: &mut Stdio) -> anyhow::Result<Duration> {
        let mut asked = Duration::ZERO;
        for place in 0..self.looked.len() {
            if self.looked[place].is_over() {
                continue;
            }
            let endpoint = format!("batches/{}", self.looked[place].id);
            let within = LOOK.min(self.server.timeout).min(self.left().max(LAST_LOOK));
            let read = |response: Response| response.whole(LONGEST_ANSWER);
            let trouble = match self.server.once(Method::Get, &endpoint, within, read) {
                Ok(body) => match batches::batch(&body) {
                    Ok(batch) => {
                        self.looked[place].batch = Some(batch);
                        None
                    }
                    // Perhaps the page of a gateway that has lost the server behind it.
                    Err(bad) => Some(bad.into()),
                },
                Err(failed) => match advised_pause(&failed) {
                    Some(pause) => {
                        asked = asked.max(pause);
                        Some(failed.into())
                    }
                    None => return Err(self.stopped(failed)),
                },
            };
            let looked = &mut self.looked[place];
            if let Some(trouble) = &trouble
                && looked.trouble.is_none()
                && !stdio.err_is_terminal
            {
                stdio.note(format_args!("{trouble}; waiting for it"));
            }
            looked.trouble = trouble;
        }
        Ok(asked)
    }

    fn pause(&self, wait: Duration, stdio: &mut Stdio) -> anyhow::Result<()> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if !self.server.pause(left.min(TICK)) {
                return Err(self.interrupted());
            }
            self.draw(stdio);
        }
    }

    fn stopped(&self, failed: Failure) -> anyhow::Error {
        match failed.kind {
            Kind::Interrupted => self.interrupted(),
            _ => self.server.told(failed),
        }
    }

    fn interrupted(&self) -> anyhow::Error {
        let (exit, word) = self.server.signal();
        failure(exit, format!("{word}; the server works on, 'gpt batch wait' waits again"))
    }

    fn too_long(&self) -> anyhow::Error {
        let waiting = self.looked.iter().find(|looked| !looked.is_over());
        let id = waiting.map(|looked| looked.id.to_string()).unwrap_or_default();
        let limit = self.limit.as_secs_f64();
        match waiting.and_then(|looked| looked.trouble.as_ref()) {
            Some(trouble) => {
                failure(exit::code(trouble), format!("{id} cannot be looked at: {trouble}"))
            }
            None => failure(
                Exit::Incomplete,
                format!("{id} is not done after {limit} s: {}; wait again", self.line()),
            ),
        }
    }

    /// All together, in a line.
    fn line(&self) -> String {
        let (mut done, mut failed, mut total) = (0, 0, 0);
        let mut states: Vec<String> = Vec::new();
        for looked in &self.looked {
            let Some(batch) = &looked.batch else { continue };
            let counts = batch.counts();
            done += counts.completed;
            failed += counts.failed;
            total += counts.total;
            if !states.contains(&batch.status) {
                states.push(batch.status.clone());
            }
        }
        format!("{done} of {total} done, {failed} failed, {}", states.join(" and "))
    }

    fn tell(&mut self, stdio: &mut Stdio) {
        let line = self.line();
        if stdio.err_is_terminal {
            self.draw(stdio);
        } else if line != self.told && self.looked.iter().any(|looked| looked.batch.is_some()) {
            stdio.note(&line);
            self.told = line;
        }
    }

    /// The bar, on a terminal.
    fn draw(&self, stdio: &mut Stdio) {
        if !stdio.err_is_terminal || stdio.quiet {
            return;
        }
        let (mut over, mut total) = (0, 0);
        for batch in self.looked.iter().filter_map(|looked| looked.batch.as_ref()) {
            over += batch.counts().completed + batch.counts().failed;
            total += batch.counts().total;
        }
        let full = (over.min(total) * BAR).checked_div(total).unwrap_or(0);
        let bar: String = (0..BAR).map(|place| if place < full { '#' } else { '.' }).collect();
        let seconds = self.started.elapsed().as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let trouble = self.looked.iter().find_map(|looked| looked.trouble.as_ref());
        let trouble = trouble.map(|failed| format!("; {failed}")).unwrap_or_default();
        let line = format!("[{bar}] {}, {hours}:{minutes:02}:{seconds:02}{trouble}", self.line());
        let columns = usize::try_from(stdio.window().0).unwrap_or(80).saturating_sub(1);
        let line: String = visible(&line).replace('\n', " ").chars().take(columns).collect();
        stdio.draw(&format!("\r{line}\x1b[K"));
    }

    /// What became of them; the first that did not go well makes the exit code.
    fn verdict(&self, stdio: &mut Stdio) -> Exit {
        let mut verdict = Exit::Done;
        for batch in self.looked.iter().filter_map(|looked| looked.batch.as_ref()) {
            let exit = match batch.state() {
                State::Failed => Exit::Refused,
                State::Expired | State::Cancelled => Exit::Incomplete,
                State::Completed | State::Going => continue,
            };
            let counts = batch.counts();
            let why = match batch.state() {
                State::Failed => format!("failed: {}", batch.errors()),
                _ => format!("{} with {} of {} done", batch.status, counts.completed, counts.total),
            };
            stdio.error(format_args!("{} {why}", batch.id));
            if verdict == Exit::Done {
                verdict = exit;
            }
        }
        verdict
    }
}

/// Takes the bar away.
fn clear(stdio: &mut Stdio) {
    if stdio.err_is_terminal && !stdio.quiet {
        stdio.draw("\r\x1b[K");
    }
}

/// How long to pause for what may be better at the next look: the network, the server, its limits;
/// not the key. None if it will not be.
fn advised_pause(failed: &Failure) -> Option<Duration> {
    let passes = match failed.kind {
        Kind::Timeout | Kind::Connect | Kind::Broken | Kind::Server => true,
        Kind::RateLimited => !failed.server.as_ref().is_some_and(|server| server.is_quota()),
        Kind::Refused => failed.retry != Retry::Never,
        _ => false,
    };
    passes.then_some(match (failed.kind, failed.retry) {
        (_, Retry::After(wait)) => wait,
        (Kind::Timeout, _) | (_, Retry::Backoff) => Duration::ZERO,
        // It asks for a longer wait than other requests have time for.
        (_, Retry::Never) => LAST_PAUSE,
    })
}
