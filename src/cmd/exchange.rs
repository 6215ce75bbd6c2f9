//! One request, from reservation to settlement: the only place where money, wire and output
//! meet.

mod way;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use crate::account::bill::Bill;
use crate::books::Settlement;
use crate::cmd::attempt::Event;
use crate::cmd::booking::{Booking, booked};
use crate::cmd::pace::{Leave, Pace};
use crate::cmd::request::{Course, Reply, Request};
use crate::cmd::signals::{SIGINT, Signals};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;
use crate::wire::reply::BadReply;
use crate::wire::{Client, Failure, Kind, Payload, Waits};
use way::{Paced, Watched, Way};

/// How often whoever waits is told that it goes on.
const TICK: Duration = Duration::from_secs(1);
/// How many pieces may wait for a slow reader of our output.
const QUEUE: usize = 64;
/// How long an attempt that was interrupted may take to tell how far it had come.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How a call went, for the report and for whoever goes on from there.
#[derive(Default)]
pub struct Account {
    pub bill: Option<Bill>,
    pub request_id: Option<String>,
    pub attempts: u32,
    pub elapsed: Duration,
}

impl Account {
    pub fn milliseconds(&self) -> u64 {
        u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    /// The request's id, for the end of a message.
    pub fn request(&self) -> String {
        self.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default()
    }
}

type Whole<R> = <<R as Request>::Reply as Reply>::Whole;

/// How the attempts ended.
enum End {
    Answered,
    Failed(Failure),
    /// By a signal, and whether the request may have been sent by then.
    Stopped {
        signal: i32,
        sent: bool,
    },
    /// The server answered with something else.
    Misanswered(BadReply),
    /// Our own output failed.
    Unprinted(anyhow::Error),
}

pub struct Exchange<'a, R> {
    pub plan: &'a R,
    pub client: Arc<Client>,
    pub signals: &'a Signals,
    pub booking: Booking<'a>,
    pub timeout: Duration,
    pub retries: u32,
    pub account: Account,
    started: Instant,
    /// What of it was waited for others, and does not count against the time.
    waited: Duration,
    /// How often the request was sent since it was booked.
    booked_attempts: u32,
}

impl<'a, R: Request> Exchange<'a, R> {
    pub fn new(
        plan: &'a R,
        client: Arc<Client>,
        signals: &'a Signals,
        booking: Booking<'a>,
        timeout: Duration,
        retries: u32,
    ) -> Self {
        let (account, started, waited) = (Account::default(), Instant::now(), Duration::ZERO);
        Self {
            plan,
            client,
            signals,
            booking,
            timeout,
            retries,
            account,
            started,
            waited,
            booked_attempts: 0,
        }
    }

    /// Sends the request, again if that makes sense, and has `answer` take what comes. In the end
    /// the books are in order, however it went.
    pub fn run(&mut self, answer: &mut R::Reply, stdio: &mut Stdio) -> anyhow::Result<()> {
        let (sender, events) = sync_channel(QUEUE);
        let (heard, interrupter) = (sender.clone(), self.client.interrupter());
        self.signals.tell(move |signal| {
            interrupter.interrupt();
            // Should the queue be full, the attempt's end will say that it was interrupted.
            let _ = heard.try_send(Event::Signal(signal));
        });
        let end = match self.booking.reserve(self.plan, stdio) {
            Ok(()) => Ok(self.attempts(&mut Watched { sender, events }, answer, stdio)),
            Err(error) => Err(error),
        };
        self.signals.hold();
        self.client.interrupter().interrupt();
        answer.redact(&self.client);
        if let Ok(end) = &end {
            self.settle(end, answer, stdio);
        }
        self.signals.rest();
        conclude(end?, answer, &self.account)
    }

    /// The same as one of many, without streaming: the caller, who hears of signals, has the thread
    /// to itself, and `pace` says when there may be another attempt.
    pub fn run_paced(
        &mut self,
        answer: &mut R::Reply,
        pace: &Pace,
        leave: Leave,
        stdio: &mut Stdio,
    ) -> anyhow::Result<()> {
        self.booking.reserve(self.plan, stdio)?;
        let mut way = Paced::new(pace, leave);
        let end = self.attempts(&mut way, answer, stdio);
        way.tell(&end, stdio);
        answer.redact(&self.client);
        self.settle(&end, answer, stdio);
        way.tell_allowances(&self.plan.claim(), self.account.bill.as_ref());
        conclude(end, answer, &self.account)
    }

    fn attempts(&mut self, way: &mut impl Way<R>, answer: &mut R::Reply, stdio: &mut Stdio) -> End {
        let body = self.plan.payload();
        let mut waits = None;
        let mut within = self.timeout;
        // How many attempts the server may have billed without an answer.
        let mut lost = 0;
        let mut before: Option<Failure> = None;
        self.started = Instant::now();
        loop {
            self.account.attempts += 1;
            self.booked_attempts += 1;
            let mut end = way.attempt(self, &body, within, answer, stdio);
            if let (End::Stopped { .. }, Some(failed), None) = (&end, before, self.signals.last()) {
                return End::Failed(Failure { sent: false, ..failed });
            }
            let End::Failed(failed) = &end else { return end };
            self.account.request_id.clone_from(&failed.request_id);
            if answer.has_arrived() {
                return end;
            }
            let waits = waits.get_or_insert_with(|| Waits::new(self.retries, seed()));
            let Some(wait) = way.retry(waits, failed, self.time_left()) else { return end };
            answer.forget();
            if failed.sent {
                // The server may have billed it: it stays booked, and the next is booked anew.
                self.settle(&end, answer, stdio);
                lost += 1;
                let allowed = self.allows(lost + 1);
                if let Err(refused) = allowed.and_then(|()| self.booking.reserve(self.plan, stdio))
                {
                    way.has_no_room();
                    if let End::Failed(failed) = &mut end {
                        failed.message =
                            format!("{}; not tried again: {refused:#}", failed.message);
                    }
                    return end;
                }
                self.booked_attempts = 0;
            }
            let End::Failed(failed) = end else { return end };
            let Some(uncounted) = way.wait(&failed, wait, stdio) else {
                return match self.signals.last() {
                    Some(_) => self.stopped(false),
                    // Something else has stopped it: what there is to tell is how it failed.
                    None => End::Failed(Failure { sent: false, ..failed }),
                };
            };
            self.waited += uncounted;
            within = self.time_left();
            before = Some(failed);
        }
    }

    /// A limit on the cost holds for all attempts that may be billed together.
    fn allows(&self, attempts: u64) -> anyhow::Result<()> {
        let worst = self.plan.claim().worst.times(attempts);
        match self.plan.most().filter(|most| worst > *most) {
            Some(most) => {
                let why = format!("{attempts} attempts could cost ${worst}");
                Err(failure(Exit::OverCost, format!("{why}, and --max-cost is ${most}")))
            }
            None => Ok(()),
        }
    }

    fn time_left(&self) -> Duration {
        (self.timeout + self.waited).saturating_sub(self.started.elapsed())
    }

    fn stopped(&self, sent: bool) -> End {
        End::Stopped { signal: self.signals.last().unwrap_or(SIGINT), sent }
    }

    fn receive(
        &mut self,
        body: &Payload,
        events: &Receiver<Event<Whole<R>>>,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End {
        let mut drawn = false;
        loop {
            let event = match events.recv_timeout(TICK) {
                Ok(event) => event,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let line = answer.progress(self.started.elapsed());
                    if let Some(line) = line.filter(|_| stdio.err_is_terminal && !stdio.quiet) {
                        stdio.draw(&format!("\r{line}\x1b[K"));
                        drawn = true;
                    }
                    continue;
                }
            };
            if std::mem::take(&mut drawn) {
                stdio.draw("\r\x1b[K");
            }
            let taken = match event {
                Event::Began(request_id) => {
                    self.account.request_id = request_id;
                    Ok(())
                }
                Event::Piece(data) => answer.take_event(&data, stdio),
                Event::Whole(whole) => answer.take_whole(whole, stdio),
                Event::Ended => break,
                Event::Failed(failed) if failed.kind == Kind::Interrupted => {
                    return self.stopped(failed.sent);
                }
                Event::Failed(failed) => return End::Failed(failed),
                Event::Signal(signal) => {
                    // An answer may say that the request was refused.
                    let sent = match events.recv_timeout(LAST_WORDS) {
                        Ok(Event::Failed(failed)) => failed.sent,
                        _ => body.is_sent(),
                    };
                    return End::Stopped { signal, sent };
                }
            };
            match taken.map_err(anyhow::Error::downcast::<BadReply>) {
                Ok(()) => {}
                Err(Ok(bad)) => return End::Misanswered(self.client.redact_reply(bad)),
                Err(Err(error)) => return End::Unprinted(error),
            }
            if answer.is_done() {
                break;
            }
        }
        End::Answered
    }

    fn settle(&mut self, end: &End, answer: &R::Reply, stdio: &mut Stdio) {
        self.account.elapsed = self.started.elapsed();
        let course = course(end, answer);
        self.account.bill = self.plan.bill(answer, course);
        if self.booked_attempts == 0 {
            return self.booking.withdraw(stdio);
        }
        let ours = match end {
            End::Stopped { .. } => Some("interrupted"),
            _ if course == Course::Unbilled => Some("refused"),
            _ => None,
        };
        let settlement = Settlement {
            bill: self.account.bill.as_ref().map(booked),
            model: answer.model(),
            finish_reason: answer.finish_reason().or(ours),
            request_id: self.account.request_id.as_deref(),
            attempts: self.booked_attempts,
            duration_ms: self.account.milliseconds(),
        };
        self.booking.settle(&settlement, stdio);
    }
}

/// What the end means for the bill. What was not served costs nothing. What we put an end to
/// costs what had arrived. What died on the server's side may have been billed.
fn course(end: &End, answer: &impl Reply) -> Course {
    let arrived = answer.has_arrived();
    match end {
        End::Failed(Failure { sent, .. }) | End::Stopped { sent, .. } if !sent && !arrived => {
            Course::Unbilled
        }
        End::Answered if !answer.is_broken() => Course::Whole,
        End::Stopped { .. } | End::Unprinted(_) if arrived => Course::Stopped,
        _ => Course::Broken,
    }
}

/// What the end means: a reply that can be judged, or a failure with its exit code.
fn conclude(end: End, answer: &impl Reply, account: &Account) -> anyhow::Result<()> {
    let failed = |exit, why: String| Err(failure(exit, format!("{why}{}", account.request())));
    let exit = if answer.has_arrived() { Exit::Incomplete } else { Exit::ServerFailed };
    match end {
        End::Answered => Ok(()),
        End::Failed(failed) if !answer.has_arrived() => Err(failed.into()),
        End::Failed(Failure { message, .. }) => failed(exit, incomplete(&message)),
        End::Misanswered(bad) if answer.has_arrived() => failed(exit, incomplete(&bad.to_string())),
        End::Misanswered(bad) => failed(exit, bad.to_string()),
        End::Unprinted(error) => Err(error),
        End::Stopped { signal: SIGINT, .. } => Err(failure(Exit::Interrupted, "interrupted")),
        End::Stopped { .. } => Err(failure(Exit::Terminated, "terminated")),
    }
}

pub fn incomplete(why: &str) -> String {
    format!("the reply is not complete: {why}")
}

/// Spreads the waits of processes that failed together.
pub fn seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::from(std::process::id()).rotate_left(32) ^ u64::from(now.subsec_nanos())
}
