//! The threads that ask: each takes the next record, asks it the way a single request is asked,
//! and hands on what came of it. The order is restored by who prints.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::account::bill::Bill;
use crate::cmd::booking::{Booking, Bundle};
use crate::cmd::call::Call;
use crate::cmd::connection;
use crate::cmd::desk::Desk;
use crate::cmd::exchange::{Account, Exchange};
use crate::cmd::job::ahead::{Ahead, Block};
use crate::cmd::job::kept::Kept;
use crate::cmd::job::line::{Form, Outcome};
use crate::cmd::job::queue::{Queue, Taken};
use crate::cmd::job::stop::Stop;
use crate::cmd::job::work::{self, Answer, Exchanged, Work};
use crate::cmd::pace::Leave;
use crate::cmd::records::{Record, Records};
use crate::cmd::report::Told;
use crate::cmd::request::{Claim, Request};
use crate::exit::{self, Exit};
use crate::stdio::Stdio;
use crate::wire::{self, Client};

pub struct Crew<'a, W> {
    pub call: &'a Call<'a>,
    /// None where there is nothing to be asked.
    pub server: Option<&'a wire::Settings>,
    pub work: &'a W,
    /// What `--max-cost` caps each reply at.
    pub cap: Option<u64>,
    pub records: Records,
    pub form: Form,
    pub desk: &'a Desk,
    pub kept: &'a Kept,
    pub stop: Arc<Stop>,
    pub queue: Queue<'a>,
    /// Where records may be booked together.
    pub ahead: Option<Ahead<'a, Bundle>>,
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
    /// What went wrong here, whatever came of the record.
    pub fault: Option<(Exit, String)>,
}

pub enum Fate {
    /// Answered by an earlier run.
    Kept,
    /// With the digest of what was asked, where that is kept.
    Answered(String),
    Failed(Exit, String),
    /// The job was stopped before: nothing was sent.
    Unasked,
}

/// What a thread has made of a record before it asks.
enum Step<W: Work> {
    Ready(Record, W::Plan),
    /// There is nothing to ask.
    Ended(Box<Asked>),
}

impl Asked {
    fn new(index: u64, line: Vec<u8>, bill: Option<Bill>, fate: Fate) -> Self {
        Self { index, line, bill, fate, said: Vec::new(), fault: None }
    }
}

impl<'a, W: Work> Crew<'a, W> {
    /// What one thread does.
    pub fn work(&self, done: &Sender<Asked>) {
        let mut stdio = Stdio::aside(self.call.args.quiet);
        let Ok(client) = self.server.map(connection::open).transpose() else {
            // The settings were good for a client before.
            return self.stop.pace.stop();
        };
        let client = client.map(Arc::new);
        if let Some(client) = &client {
            self.stop.add(client.interrupter());
        }
        while let Some(taken) = self.queue.next(&self.stop, || self.desk.catch_up()) {
            let mut asked = match self.prepare(taken) {
                Step::Ended(asked) => *asked,
                Step::Ready(record, plan) => self.ask(&record, &plan, client.as_ref(), &mut stdio),
            };
            let index = asked.index;
            let said = stdio.said();
            asked.said.extend(said.iter().map(|said| format!("record {index}: {said}")));
            self.queue.hold(asked.line.len());
            if done.send(asked).is_err() {
                return;
            }
        }
        self.desk.catch_up();
    }

    /// What is booked and will not be asked.
    pub fn give_back(&self) {
        for bundle in self.ahead.iter().flat_map(Ahead::left) {
            bundle.give_back(self.desk);
        }
    }

    /// A record's request, or what comes of it without one.
    fn prepare(&self, (index, bytes): Taken) -> Step<W> {
        let ended = |line, fate| Step::Ended(Box::new(Asked::new(index, line, None, fate)));
        let record = match bytes.and_then(|bytes| self.records.read(&bytes, index)) {
            Ok(record) => record,
            Err(error) => {
                // It was readable a moment ago.
                self.stop.pace.stop();
                let fate = Fate::Failed(exit::code(&error), format!("{error:#}"));
                return ended(Vec::new(), fate);
            }
        };
        match self.kept.line(&record) {
            Ok(None) => {}
            Ok(Some(line)) => return ended(line, Fate::Kept),
            Err(error) => {
                self.stop.pace.stop();
                let fate = Fate::Failed(exit::code(&error), format!("{record}: {error:#}"));
                return ended(Vec::new(), fate);
            }
        }
        match self.work.plan(&record, self.cap) {
            Ok(plan) => Step::Ready(record, plan),
            Err(error) => {
                let message = format!("{error:#}");
                let line = self.failed(&record, &message);
                ended(line, Fate::Failed(exit::code(&error), message))
            }
        }
    }

    /// A booking for a record: made already, if that can be.
    fn booking(&self, record: &Record, plan: &W::Plan) -> Booking<'a> {
        let (call, desk, place) = (self.call, self.desk, record.index);
        let (terms, timeout) = (&call.terms, call.timeout);
        let book = |block: &Block| {
            let claim = Claim {
                prompt_tokens: block.prompt_tokens,
                reply_tokens: block.reply_tokens,
                exact: !block.estimated,
                worst: block.worst,
                ..plan.claim()
            };
            Bundle::book(desk, terms, timeout, &claim, block.requests)
        };
        match self.ahead.as_ref().and_then(|ahead| ahead.bundle(place, book)) {
            Some(bundle) => Booking::of(&bundle, desk, place, terms, timeout, &plan.claim()),
            None => Booking::at(desk, place, terms, timeout),
        }
    }

    fn ask(
        &self,
        record: &Record,
        plan: &W::Plan,
        client: Option<&Arc<Client>>,
        stdio: &mut Stdio,
    ) -> Asked {
        let Some((leave, client)) = self.stop.pace.leave().zip(client) else {
            return Asked::new(record.index, self.unasked(record), None, Fate::Unasked);
        };
        let booking = self.booking(record, plan);
        let mut answer = self.work.answer(plan);
        let (ended, account) = self.exchange(plan, booking, client, &mut answer, leave, stdio);
        let account = &account;
        // What was waited for another attempt tells nothing, nor does a failure.
        let is_telling = account.attempts == 1 && ended.is_ok();
        if let Some(ahead) = self.ahead.as_ref().filter(|_| is_telling) {
            ahead.took(account.elapsed);
        }
        let asked = Exchanged { record, plan, answer: &mut answer, account, ended };
        let taken = self.work.take(asked, stdio);
        let reported = self.report(plan, account, &answer, &taken.1);
        let asked = self.conclude(record, taken, W::several(plan), account);
        let fault = reported.err().map(|error| {
            self.stop.pace.stop();
            (exit::code(&error), format!("{record}: {error:#}"))
        });
        Asked { fault, ..asked }
    }

    /// From a reservation to a settlement, like any single request.
    fn exchange(
        &self,
        plan: &W::Plan,
        booking: Booking<'_>,
        client: &Arc<Client>,
        answer: &mut Answer<W>,
        leave: Leave,
        stdio: &mut Stdio,
    ) -> (anyhow::Result<()>, Account) {
        let call = self.call;
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
    ) -> anyhow::Result<()> {
        self.call.report.tell(&Told {
            model: &self.call.model.name,
            estimate: &|| W::estimate(plan),
            price: &self.call.price,
            account,
            reply: answer,
            outcome,
        })
    }

    fn conclude(
        &self,
        record: &Record,
        (replies, outcome): work::Taken,
        several: bool,
        account: &Account,
    ) -> Asked {
        let (index, bill) = (record.index, account.bill);
        let asked = |line, bill, fate| Asked::new(index, line, bill, fate);
        let error = match outcome {
            Ok(_) if self.form == Form::Null && replies.iter().any(|text| text.contains('\0')) => {
                let why = "the reply holds a NUL, which --null cannot show; take --json";
                exit::failure(Exit::Incomplete, why)
            }
            Ok(_) => {
                let line = self.line(record, &replies, several, bill.as_ref(), None);
                let keeps = self.call.args.records.resume.is_some();
                let digest = if keeps { record.digest() } else { String::new() };
                return asked(line, bill, Fate::Answered(digest));
            }
            Err(error) => error,
        };
        let exit = exit::code(&error);
        // One refusal is told, not what it does to those that came at the same time.
        if exit == Exit::OverCost && self.stop.pace.is_stopped() {
            return asked(self.unasked(record), None, Fate::Unasked);
        }
        let was_stopped = matches!(exit, Exit::Interrupted | Exit::Terminated);
        if was_stopped && account.attempts == 0 {
            return asked(self.unasked(record), None, Fate::Unasked);
        }
        self.stop.failed(&error);
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
