//! The threads that ask: each takes the next record, asks it the way a single request is asked,
//! and hands on what came of it. The order is restored by who prints.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use crate::account::bill::Bill;
use crate::cmd::booking::Booking;
use crate::cmd::call::Call;
use crate::cmd::connection;
use crate::cmd::desk::Desk;
use crate::cmd::exchange::{Account, Exchange};
use crate::cmd::job::kept::Kept;
use crate::cmd::job::line::{Form, Outcome};
use crate::cmd::job::queue::Queue;
use crate::cmd::job::stop::Stop;
use crate::cmd::job::work::{Answer, Exchanged, Taken, Work};
use crate::cmd::pace::Leave;
use crate::cmd::records::{Record, Records};
use crate::cmd::report::Told;
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
    Answered,
    Failed(Exit, String),
    /// The job was stopped before: nothing was sent.
    Unasked,
}

impl Asked {
    fn new(index: u64, line: Vec<u8>, bill: Option<Bill>, fate: Fate) -> Self {
        Self { index, line, bill, fate, said: Vec::new(), fault: None }
    }
}

impl<W: Work> Crew<'_, W> {
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
        while let Some((index, bytes)) = self.queue.next(&self.stop) {
            let record = bytes.and_then(|bytes| self.records.read(&bytes, index));
            let mut asked = match record {
                Ok(record) => self.ask(&record, client.as_ref(), &mut stdio),
                Err(error) => {
                    // It was readable a moment ago.
                    self.stop.pace.stop();
                    let fate = Fate::Failed(exit::code(&error), format!("{error:#}"));
                    Asked::new(index, Vec::new(), None, fate)
                }
            };
            asked.said.extend(stdio.said().iter().map(|said| format!("record {index}: {said}")));
            if done.send(asked).is_err() {
                return;
            }
        }
    }

    fn ask(&self, record: &Record, client: Option<&Arc<Client>>, stdio: &mut Stdio) -> Asked {
        let index = record.index;
        let asked = |line, bill, fate| Asked::new(index, line, bill, fate);
        match self.kept.line(record) {
            Ok(None) => {}
            Ok(Some(line)) => return asked(line, None, Fate::Kept),
            Err(error) => {
                self.stop.pace.stop();
                let fate = Fate::Failed(exit::code(&error), format!("{record}: {error:#}"));
                return asked(Vec::new(), None, fate);
            }
        }
        let Some((leave, client)) = self.stop.pace.leave().zip(client) else {
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
        let (ended, account) = self.exchange(index, &plan, client, &mut answer, leave, stdio);
        let (plan, account) = (&plan, &account);
        let asked = Exchanged { record, plan, answer: &mut answer, account, ended };
        let taken = self.work.take(asked, stdio);
        let reported = self.report(plan, account, &answer, &taken.1);
        let asked = self.conclude(record, taken, W::several(plan), account.bill);
        let fault = reported.err().map(|error| {
            self.stop.pace.stop();
            (exit::code(&error), format!("{record}: {error:#}"))
        });
        Asked { fault, ..asked }
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
        (replies, outcome): Taken,
        several: bool,
        bill: Option<Bill>,
    ) -> Asked {
        let index = record.index;
        let asked = |line, bill, fate| Asked::new(index, line, bill, fate);
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
