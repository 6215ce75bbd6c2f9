//! The ways an attempt is made: alone, heard of as it comes, or as one of many that keep pace.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use super::{End, Exchange, Whole};
use crate::account::bill::Bill;
use crate::cmd::attempt::{self, Event};
use crate::cmd::pace::{Leave, Pace, Weight};
use crate::cmd::request::{Claim, Reply, Request};
use crate::stdio::Stdio;
use crate::wire::{Allowance, Failure, Kind, Payload, Waits};

/// How attempts are made, and waited for.
pub(super) trait Way<R: Request> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End;

    /// How long it takes until there may be another attempt, if there is to be one.
    fn retry(
        &mut self,
        waits: &mut Waits,
        failed: &Failure,
        time_left: Duration,
    ) -> Option<Duration>;

    /// Waits for it, and tells of it: how much of that does not count against the time. None if
    /// there is to be no other attempt after all.
    fn wait(&mut self, failed: &Failure, wait: Duration, stdio: &mut Stdio) -> Option<Duration>;

    /// There was no money for another attempt.
    fn has_no_room(&mut self) {}
}

/// On a thread of their own each, so that a signal is heard at any moment.
pub(super) struct Watched<W> {
    pub sender: SyncSender<Event<W>>,
    pub events: Receiver<Event<W>>,
}

impl<R: Request> Way<R> for Watched<Whole<R>> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End {
        let (read, sender) = (answer.reader(), self.sender.clone());
        attempt::start(&exchange.client, exchange.plan, body, read, within, sender);
        exchange.receive(body, &self.events, answer, stdio)
    }

    fn retry(
        &mut self,
        waits: &mut Waits,
        failed: &Failure,
        time_left: Duration,
    ) -> Option<Duration> {
        waits.after(failed, time_left)
    }

    fn wait(&mut self, failed: &Failure, wait: Duration, stdio: &mut Stdio) -> Option<Duration> {
        stdio.note(format_args!("{failed}; trying again in {:.1} s", wait.as_secs_f64()));
        let waited = self.events.recv_timeout(wait);
        matches!(waited, Err(RecvTimeoutError::Timeout)).then_some(Duration::ZERO)
    }
}

/// On this thread, one of many that keep pace.
pub(super) struct Paced<'p> {
    pace: &'p Pace,
    leave: Leave,
    /// How much the last failure weighs, and when it came.
    weight: Weight,
    failed: Instant,
    /// What the head of the answer says.
    allowances: Option<[Option<Allowance>; 2]>,
    /// The last failure, until there is another attempt.
    pending: Option<Repeated>,
    repeated: Option<Repeated>,
}

/// Failures of one kind in a row, behind each of which the request was tried again.
struct Repeated {
    kind: (Kind, Option<u16>),
    last: String,
    times: u32,
}

impl<'p> Paced<'p> {
    pub(super) fn new(pace: &'p Pace, leave: Leave) -> Self {
        Self {
            pace,
            leave,
            weight: Weight::Own,
            failed: Instant::now(),
            allowances: None,
            pending: None,
            repeated: None,
        }
    }

    /// What is told of one of many is told at its end: then it is one line, however often it was
    /// tried.
    pub(super) fn tell(&mut self, end: &End, stdio: &mut Stdio) {
        self.tell_repeated(stdio);
        // Else the failure is the end.
        if let (End::Stopped { .. }, Some(pending)) = (end, self.pending.take()) {
            stdio.note(pending.last);
        }
    }

    /// There is another attempt behind the failure.
    fn note_attempt(&mut self, stdio: &mut Stdio) {
        let Some(mut failed) = self.pending.take() else { return };
        match &self.repeated {
            Some(before) if before.kind == failed.kind => failed.times += before.times,
            _ => self.tell_repeated(stdio),
        }
        self.repeated = Some(failed);
    }

    fn tell_repeated(&mut self, stdio: &mut Stdio) {
        if let Some(Repeated { last, times, .. }) = self.repeated.take() {
            let times = if times == 1 { String::new() } else { format!(" {times} times") };
            stdio.note(format_args!("{last}; tried again{times}"));
        }
    }

    /// Tells the pace what an answer said. The next request is taken to need as many tokens as this
    /// one did: of what it might need, most is never used.
    pub(super) fn tell_allowances(&self, claim: &Claim<'_>, bill: Option<&Bill>) {
        let Some(allowances) = &self.allowances else { return };
        let most = claim.prompt_tokens.saturating_add(claim.reply_tokens);
        let used = bill.map(|bill| bill.usage.prompt.saturating_add(bill.usage.reply));
        self.pace.answered(allowances, used.unwrap_or(most).min(most));
    }
}

impl<R: Request> Way<R> for Paced<'_> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End {
        if self.pace.is_stopped() {
            exchange.account.attempts -= 1;
            exchange.booked_attempts -= 1;
            return exchange.stopped(false);
        }
        self.note_attempt(stdio);
        let read = answer.reader();
        let here = || attempt::here(&exchange.client, exchange.plan, body, read, within);
        match self.pace.during(here) {
            Ok(heard) => {
                self.allowances = Some(heard.allowances);
                exchange.account.request_id = heard.request_id;
                match answer.take_whole(heard.whole, stdio).map_err(anyhow::Error::downcast) {
                    Ok(()) => End::Answered,
                    Err(Ok(bad)) => End::Misanswered(exchange.client.redact_reply(bad)),
                    Err(Err(error)) => End::Unprinted(error),
                }
            }
            Err(failed) if failed.kind == Kind::Interrupted => exchange.stopped(failed.sent),
            Err(mut failed) => {
                self.failed = Instant::now();
                self.weight = self.pace.failed(&mut failed, self.leave, exchange.retries);
                End::Failed(failed)
            }
        }
    }

    fn retry(
        &mut self,
        waits: &mut Waits,
        failed: &Failure,
        time_left: Duration,
    ) -> Option<Duration> {
        let quarters = match self.weight {
            Weight::Own => Waits::WHOLE,
            Weight::Shared => 1,
            Weight::None => 0,
            Weight::Hopeless => return None,
        };
        // Only the attempts themselves count against the time.
        let longest = if time_left.is_zero() { Duration::ZERO } else { Duration::MAX };
        let wait = waits.after_part(failed, longest, quarters)?;
        Some(if self.weight == Weight::Own { wait } else { self.pace.hold() })
    }

    fn wait(&mut self, failed: &Failure, wait: Duration, _: &mut Stdio) -> Option<Duration> {
        let kind = (failed.kind, failed.status);
        self.pending = Some(Repeated { kind, last: failed.to_string(), times: 1 });
        if self.weight == Weight::Own && !self.pace.wait(wait) {
            return None;
        }
        self.leave = self.pace.leave()?;
        Some(self.failed.elapsed())
    }

    /// Nothing more is sent once a limit has refused one.
    fn has_no_room(&mut self) {
        self.pace.stop();
    }
}
