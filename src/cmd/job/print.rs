//! Prints what came of the records in their order, each as soon as all before it are out, and tells
//! how far it has come.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::account::money::Picodollars;
use crate::cmd::call::Call;
use crate::cmd::job::crew::{Asked, Crew, Fate};
use crate::cmd::job::outlet::Outlet;
use crate::cmd::job::progress::Tally;
use crate::cmd::job::work::Work;
use crate::cmd::signals::SIGINT;
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

/// How often a bar is drawn.
const FRAME: Duration = Duration::from_millis(200);
/// How long answers are let gather: nobody sees a millisecond, and to be woken for each answer
/// would cost as much as printing it.
const BREATH: Duration = Duration::from_millis(1);
/// How often a line is written where no bar can be.
const LINE: Duration = Duration::from_secs(30);

pub struct Printer {
    waiting: BTreeMap<u64, Asked>,
    /// The bytes of lines that had their turn since that was told.
    written: usize,
    /// Lines of records that were not asked: printed only if one behind them was.
    unasked: Vec<Asked>,
    printed: u64,
    tally: Tally,
    started: Instant,
    told: Instant,
    shows_bar: bool,
    drawn: bool,
    /// A signal came, and that was told.
    stopping: bool,
    /// The first failure's.
    exit: Option<Exit>,
    /// An answer could not be written, and why; nor can those behind it, if it had its turn.
    unprinted: Option<anyhow::Error>,
    deaf: bool,
}

impl Printer {
    pub fn new(requests: u64, worst: Option<Picodollars>, stdio: &Stdio) -> Self {
        let now = Instant::now();
        Self {
            waiting: BTreeMap::new(),
            written: 0,
            unasked: Vec::new(),
            printed: 0,
            tally: Tally::new(requests, worst),
            started: now,
            told: now,
            shows_bar: stdio.err_is_terminal && !stdio.quiet,
            drawn: false,
            stopping: false,
            exit: None,
            unprinted: None,
            deaf: false,
        }
    }

    /// What the bills of all records come to.
    pub fn cost(&self) -> Picodollars {
        self.tally.cost
    }

    /// So many of the first records have their line.
    pub fn printed(&self) -> u64 {
        self.printed
    }

    /// Returns when every thread of the crew has ended.
    pub fn run<W: Work>(
        &mut self,
        asked: &Receiver<Asked>,
        crew: &Crew<'_, W>,
        outlet: &mut Outlet,
        stdio: &mut Stdio,
    ) {
        loop {
            match asked.recv_timeout(FRAME) {
                Ok(one) => self.take(one, outlet),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            for one in asked.try_iter() {
                self.take(one, outlet);
            }
            self.print(outlet, stdio);
            crew.queue.printed(self.next() - 1, std::mem::take(&mut self.written));
            if self.unprinted.is_some() {
                crew.stop.pace.stop();
            }
            if !self.stopping && crew.call.signals.last().is_some() {
                self.stopping = true;
                if crew.call.signals.last() == Some(SIGINT) {
                    self.clear(stdio);
                    let more = "waiting for what is under way; interrupt again to end at once";
                    stdio.note(format_args!("stopping: {more}"));
                }
            }
            self.tell(Instant::now(), stdio);
            crew.stop.pace.wait(BREATH);
        }
        self.clear(stdio);
    }

    fn take(&mut self, one: Asked, outlet: &mut Outlet) {
        if let Fate::Answered(digest) = &one.fate {
            let kept = outlet.keep(one.index, digest, &one.line, one.index == self.next());
            self.unprinted = self.unprinted.take().or(kept.err());
        }
        self.waiting.insert(one.index, one);
    }

    fn print(&mut self, outlet: &mut Outlet, stdio: &mut Stdio) {
        let mut printed = false;
        while let Some(one) = self.waiting.remove(&self.next()) {
            self.written += one.line.len();
            if matches!(one.fate, Fate::Unasked) {
                self.unasked.push(one);
                continue;
            }
            for earlier in std::mem::take(&mut self.unasked) {
                self.one(earlier, outlet, stdio);
            }
            self.one(one, outlet, stdio);
            printed = true;
        }
        if printed && !self.deaf {
            let flushed = outlet.flush(stdio);
            self.wrote(flushed);
        }
    }

    fn next(&self) -> u64 {
        self.printed + self.unasked.len() as u64 + 1
    }

    fn one(&mut self, one: Asked, outlet: &mut Outlet, stdio: &mut Stdio) {
        let Asked { index, line, bill, fate, said, fault } = one;
        if !said.is_empty() || fault.is_some() {
            self.clear(stdio);
            // Without the notes that --quiet leaves out.
            for said in &said {
                stdio.error(said);
            }
        }
        if let Some((exit, message)) = fault {
            self.exit.get_or_insert(exit);
            stdio.error(message);
        }
        if let Some(bill) = &bill {
            self.tally.bill(bill);
        }
        let answered = if let Fate::Answered(digest) = &fate { Some(digest.clone()) } else { None };
        match fate {
            Fate::Kept => self.tally.kept += 1,
            Fate::Answered(_) => self.tally.answered += 1,
            Fate::Failed(exit, message) => {
                self.tally.failed += 1;
                self.exit.get_or_insert(exit);
                self.clear(stdio);
                stdio.error(message);
            }
            Fate::Unasked => {}
        }
        self.printed += 1;
        if !self.deaf && !line.is_empty() {
            if stdio.out_is_terminal && matches!(outlet, Outlet::Standard) {
                self.clear(stdio);
            }
            let written = outlet.write(index, answered.as_deref(), &line, stdio);
            self.wrote(written);
        }
    }

    fn wrote(&mut self, written: anyhow::Result<()>) {
        self.deaf |= written.is_err();
        self.unprinted = self.unprinted.take().or(written.err());
    }

    fn tell(&mut self, now: Instant, stdio: &mut Stdio) {
        let every = if self.shows_bar { FRAME } else { LINE };
        if now - self.told < every {
            return;
        }
        self.told = now;
        let elapsed = now - self.started;
        if self.shows_bar {
            // In the last column some terminals break the line.
            let width = stdio.window().0.saturating_sub(1) as usize;
            let bar = self.tally.bar(elapsed, width);
            stdio.draw(&format!("\r{bar}\x1b[K"));
            self.drawn = true;
        } else {
            stdio.note(self.tally.line(elapsed));
        }
    }

    fn clear(&mut self, stdio: &mut Stdio) {
        if std::mem::take(&mut self.drawn) {
            stdio.draw("\r\x1b[K");
        }
    }

    /// The summary, and how it ended.
    pub fn conclude(
        self,
        closed: anyhow::Result<()>,
        call: &Call,
        unsettled: Picodollars,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Exit> {
        let more = match unsettled {
            Picodollars::ZERO => String::new(),
            more => format!(", and up to ${more} for requests without an answer"),
        };
        stdio.note(format_args!("used: {}{more}", self.tally.summary()));
        let left = self.tally.left();
        let resumed = &call.args.records.resume;
        let unwritten = self.unprinted.is_some() && resumed.is_some();
        if left > 0 || self.tally.failed > 0 || unwritten {
            let what = match (left, self.tally.failed) {
                (0, 0) => "not all answers could be written; to go on".to_owned(),
                (0, _) => "to ask the failed ones again".to_owned(),
                (1, _) => "1 record is left; to go on".to_owned(),
                (left, _) => format!("{left} records are left; to go on"),
            };
            let how = match resumed {
                Some(_) => "give the same command again".to_owned(),
                None => "put the output into a file and give the same command with --resume FILE"
                    .to_owned(),
            };
            stdio.note(format_args!("{what}, {how}"));
        }
        if let Some(error) = self.unprinted {
            return Err(error);
        }
        closed?;
        match call.signals.last() {
            Some(SIGINT) => Err(failure(Exit::Interrupted, "interrupted")),
            Some(_) => Err(failure(Exit::Terminated, "terminated")),
            None if left > 0 && self.exit.is_none() => {
                Err(failure(Exit::Local, "the job was stopped before its end"))
            }
            None => Ok(self.exit.unwrap_or(Exit::Done)),
        }
    }
}
