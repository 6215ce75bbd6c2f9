//! The threads that ask: each takes the next record, asks it the way a single request is asked,
//! and hands on what came of it. The order is restored by who prints.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::account::bill::Bill;
use crate::cmd::booking::Booking;
use crate::cmd::call::Call;
use crate::cmd::connection;
use crate::cmd::desk::Desk;
use crate::cmd::exchange::{Account, Exchange};
use crate::cmd::job::kept::Kept;
use crate::cmd::job::line::{Form, Outcome};
use crate::cmd::job::spool::Reading;
use crate::cmd::job::work::{Answer, Exchanged, Taken, Work};
use crate::cmd::pace::{Leave, Pace};
use crate::cmd::records::{Record, Records};
use crate::cmd::report::Told;
use crate::cmd::signals::SIGINT;
use crate::exit::{self, Exit};
use crate::stdio::Stdio;
use crate::wire::{self, Client, Failure, Interrupter, Kind};

/// How often a thread that waits for room looks whether the job was stopped.
const GLANCE: Duration = Duration::from_millis(200);

/// So many records, for each thread, may be asked ahead of the last that was printed: few while
/// much waits to be printed, many while it is little.
const NEAREST: u64 = 2;
const FURTHEST: u64 = 256;
const MOST_HELD: usize = 16 << 20;

pub struct Crew<'a, W> {
    pub call: &'a Call<'a>,
    pub server: &'a wire::Settings,
    pub work: &'a W,
    /// What `--max-cost` caps each reply at.
    pub cap: Option<u64>,
    pub records: Records,
    pub form: Form,
    pub desk: &'a Desk,
    pub kept: &'a Kept,
    pub stop: Arc<Stop>,
    pub line: Line<'a>,
}

/// The records that wait, and how far their answers may run ahead of what is printed.
pub struct Line<'a> {
    input: Mutex<Input<'a>>,
    room: Condvar,
    at_once: u64,
}

struct Input<'a> {
    reading: Reading<'a>,
    printed: u64,
    /// The bytes of lines that wait to be printed.
    held: usize,
}

/// How the job is brought to an end before its time.
pub struct Stop {
    pub pace: Pace,
    clients: Mutex<Vec<Interrupter>>,
    signals: AtomicU32,
}

/// What came of a record.
pub struct Asked {
    pub index: u64,
    /// Its line of output; empty for one that was answered before and stays where it is.
    pub line: Vec<u8>,
    pub bill: Option<Bill>,
    pub fate: Fate,
    /// What is to be told of it on standard error.
    pub said: Vec<String>,
}

pub enum Fate {
    /// Answered by an earlier run.
    Kept,
    Answered,
    Failed(Exit, String),
    /// The job was stopped before: nothing was sent.
    Unasked,
}

impl Stop {
    pub fn new(at_once: u64, seed: u64) -> Self {
        Self {
            pace: Pace::new(at_once, seed),
            clients: Mutex::default(),
            signals: AtomicU32::new(0),
        }
    }

    /// A signal: what is under way may end, unless it is the second or not from the keyboard. Says
    /// whether that may take its time.
    pub fn hear(&self, signal: i32) -> bool {
        self.pace.stop();
        let is_first = self.signals.fetch_add(1, Ordering::SeqCst) == 0;
        let patient = is_first && signal == SIGINT;
        if !patient {
            lock(&self.clients).iter().for_each(Interrupter::interrupt);
        }
        patient
    }
}

impl<'a> Line<'a> {
    pub fn new(reading: Reading<'a>, at_once: u64) -> Self {
        let input = Mutex::new(Input { reading, printed: 0, held: 0 });
        Self { input, room: Condvar::new(), at_once }
    }

    /// So many records are printed, and lines of so many bytes wait to be.
    pub fn printed(&self, count: u64, held: usize) {
        let mut input = lock(&self.input);
        (input.printed, input.held) = (count, held);
        drop(input);
        self.room.notify_all();
    }

    fn next(&self, stop: &Stop) -> Option<(u64, anyhow::Result<Vec<u8>>)> {
        let mut input = lock(&self.input);
        loop {
            if stop.pace.is_stopped() {
                return None;
            }
            let ahead = input.reading.read() - input.printed;
            let most = if input.held < MOST_HELD { FURTHEST } else { NEAREST };
            if ahead < self.at_once * most {
                return input.reading.take_next();
            }
            let waited = self.room.wait_timeout(input, GLANCE);
            input = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<W: Work> Crew<'_, W> {
    /// What one thread does.
    pub fn work(&self, done: &Sender<Asked>) {
        let mut stdio = Stdio::aside(self.call.args.quiet);
        let Ok(client) = connection::open(self.server) else {
            // The settings were good for a client before.
            return self.stop.pace.stop();
        };
        let client = Arc::new(client);
        lock(&self.stop.clients).push(client.interrupter());
        while let Some((index, bytes)) = self.line.next(&self.stop) {
            let record = bytes.and_then(|bytes| self.records.read(&bytes, index));
            let mut asked = match record {
                Ok(record) => self.ask(&record, &client, &mut stdio),
                Err(error) => {
                    // It was readable a moment ago.
                    self.stop.pace.stop();
                    let fate = Fate::Failed(exit::code(&error), format!("{error:#}"));
                    Asked { index, line: Vec::new(), bill: None, fate, said: Vec::new() }
                }
            };
            asked.said.extend(stdio.said().iter().map(|said| format!("record {index}: {said}")));
            if done.send(asked).is_err() {
                return;
            }
        }
    }

    fn ask(&self, record: &Record, client: &Arc<Client>, stdio: &mut Stdio) -> Asked {
        let index = record.index;
        let asked = |line, bill, fate| Asked { index, line, bill, fate, said: Vec::new() };
        match self.kept.line(record) {
            Ok(None) => {}
            Ok(Some(line)) => return asked(line, None, Fate::Kept),
            Err(error) => {
                self.stop.pace.stop();
                let fate = Fate::Failed(exit::code(&error), format!("{record}: {error:#}"));
                return asked(Vec::new(), None, fate);
            }
        }
        let Some(leave) = self.stop.pace.leave() else {
            return asked(self.unasked(record), None, Fate::Unasked);
        };
        let plan = match self.work.plan(record, self.cap) {
            Ok(plan) => plan,
            Err(error) => {
                let message = format!("{error:#}");
                return asked(
                    self.failed(record, &message),
                    None,
                    Fate::Failed(exit::code(&error), message),
                );
            }
        };
        let mut answer = self.work.answer(&plan);
        let (ended, account) =
            self.exchange(record.index, &plan, client, &mut answer, leave, stdio);
        let (plan, account) = (&plan, &account);
        let asked = Exchanged { record, plan, answer: &mut answer, account, ended };
        let taken = self.work.take(asked, stdio);
        self.report(plan, account, &answer, &taken.1, stdio);
        self.conclude(record, taken, W::several(plan), account.bill)
    }

    /// From a reservation to a settlement, like any single request.
    fn exchange(
        &self,
        place: u64,
        plan: &W::Plan,
        client: &Arc<Client>,
        answer: &mut Answer<W>,
        leave: Leave,
        stdio: &mut Stdio,
    ) -> (anyhow::Result<()>, Account) {
        let call = self.call;
        let tag = call.args.tag.as_deref();
        let booking = Booking::at(self.desk, place, &call.budgets, tag, &call.host, call.timeout);
        let (client, retries) = (Arc::clone(client), call.args.connection.retries);
        let mut exchange =
            Exchange::new(plan, client, &call.signals, booking, call.timeout, retries);
        let ended = exchange.run_paced(answer, &self.stop.pace, leave, stdio);
        (ended, exchange.account)
    }

    fn report(
        &self,
        plan: &W::Plan,
        account: &Account,
        answer: &Answer<W>,
        outcome: &anyhow::Result<Exit>,
        stdio: &mut Stdio,
    ) {
        let told = self.call.report.tell(&Told {
            model: &self.call.model.name,
            estimate: &|| W::estimate(plan),
            price: &self.call.price,
            account,
            reply: answer,
            outcome,
        });
        if let Err(error) = told {
            stdio.error(format_args!("{error:#}"));
        }
    }

    fn conclude(
        &self,
        record: &Record,
        (replies, outcome): Taken,
        several: bool,
        bill: Option<Bill>,
    ) -> Asked {
        let index = record.index;
        let asked = |line, bill, fate| Asked { index, line, bill, fate, said: Vec::new() };
        let error = match outcome {
            Ok(_) if self.form == Form::Null && replies.iter().any(|text| text.contains('\0')) => {
                let why = "the reply holds a NUL, which --null cannot show; take --json";
                exit::failure(Exit::Incomplete, why)
            }
            Ok(_) => {
                let line = self.line(record, &replies, several, bill.as_ref(), None);
                return asked(line, bill, Fate::Answered);
            }
            Err(error) => error,
        };
        let exit = exit::code(&error);
        let was_stopped = matches!(exit, Exit::Interrupted | Exit::Terminated);
        // One refusal is told, not what it does to those that came at the same time.
        if exit == Exit::OverCost && self.stop.pace.is_stopped() {
            return asked(self.unasked(record), None, Fate::Unasked);
        }
        if was_stopped && bill.as_ref().is_some_and(|bill| bill.cost.0 == 0) {
            return asked(self.unasked(record), None, Fate::Unasked);
        }
        if ends_all(&error, exit) {
            self.stop.pace.stop();
        }
        let message = format!("{error:#}");
        let line = self.line(record, &replies, several, bill.as_ref(), Some(&message));
        asked(line, bill, Fate::Failed(exit, format!("{record}: {message}")))
    }

    fn line(
        &self,
        record: &Record,
        replies: &[String],
        several: bool,
        bill: Option<&Bill>,
        error: Option<&str>,
    ) -> Vec<u8> {
        let between = W::BETWEEN;
        self.form.line(record, Outcome { replies, between, several, bill, error })
    }

    fn failed(&self, record: &Record, message: &str) -> Vec<u8> {
        self.line(record, &[], false, None, Some(message))
    }

    fn unasked(&self, record: &Record) -> Vec<u8> {
        self.failed(record, "not asked: the job was stopped before")
    }
}

/// What would befall every other record as well: no money or no ledger here, no money or no such
/// key there.
fn ends_all(error: &anyhow::Error, exit: Exit) -> bool {
    let no_credit = error.downcast_ref::<Failure>().is_some_and(|failure| {
        failure.kind == Kind::RateLimited
            && failure.server.as_ref().is_some_and(|server| server.is_quota())
    });
    no_credit || matches!(exit, Exit::OverCost | Exit::Key | Exit::Local)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
