//! A request's way through the ledger: reserved before it is sent, settled after.

use std::mem;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::account::bill::Bill;
use crate::account::money::Picodollars;
use crate::account::price::Price;
use crate::books::{self, Entry, Ledger, Reservation, RowId, Settlement};
use crate::cmd::budget::Budget;
use crate::cmd::clerk::Booked;
use crate::cmd::desk::{Claimed, Desk};
use crate::cmd::report;
use crate::cmd::request::{Claim, Request};
use crate::exit::{Exit, failure};
use crate::settings::LedgerPlace;
use crate::stdio::Stdio;

/// How long after its timeout a request may still be settled before it shows as unsettled.
const GRACE: Duration = Duration::from_secs(60);
/// How much later that is for one of many: what it waits for the others does not count.
const WAITS: Duration = Duration::from_secs(600);
/// What was booked early counts from then on, so it is not sent much later.
const FRESH: Duration = Duration::from_secs(10);

pub struct Booking<'a> {
    books: Books<'a>,
    /// What the request that is booked can cost.
    worst: Picodollars,
    booked: Option<Booked>,
    state: State,
    terms: &'a Terms,
    patience: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is booked, or all that was is settled.
    Closed,
    /// Booked in a bundle at that time, and not sent yet.
    Early(Instant),
    /// Booked, and perhaps sent.
    Open,
}

/// What the ledger is told of every request of a call, and what they must not exceed.
pub struct Terms {
    pub budgets: Vec<Budget>,
    tag: Option<String>,
    /// Of the base URL, without its port.
    host: String,
    rates: String,
    source: String,
}

impl Terms {
    pub fn new(budgets: Vec<Budget>, tag: Option<&str>, host: &str, price: &Price) -> Self {
        let (rates, source) = (report::rates(price), price.source.to_string());
        let (tag, host) = (tag.map(str::to_owned), host.to_owned());
        Self { budgets, tag, host, rates, source }
    }

    fn entry<'a>(
        &'a self,
        claim: &Claim<'a>,
        retry_of: Option<RowId>,
        time: Timestamp,
        patience: Duration,
    ) -> Entry<'a> {
        let time = time.as_millisecond();
        let patience = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
        Entry {
            time,
            deadline: time.saturating_add(patience),
            retry_of,
            command: claim.command,
            tag: self.tag.as_deref(),
            model: claim.model,
            host: &self.host,
            prompt_tokens: claim.prompt_tokens,
            reply_tokens: claim.reply_tokens,
            exact: claim.exact,
            price: &self.rates,
            price_source: &self.source,
            worst_case: claim.worst.0,
            requests: 1,
        }
    }
}

enum Books<'a> {
    None,
    Own(Ledger),
    Shared {
        desk: &'a Desk,
        /// Which of the job's requests it is.
        place: u64,
    },
}

impl<'a> Booking<'a> {
    /// With a ledger of its own.
    pub fn open(
        place: &LedgerPlace,
        terms: &'a Terms,
        timeout: Duration,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Self> {
        let ledger = open_ledger(place, !terms.budgets.is_empty(), stdio)?;
        let books = ledger.map_or(Books::None, Books::Own);
        Ok(Self::with(books, terms, timeout.saturating_add(GRACE)))
    }

    /// At a desk that others book at as well.
    pub fn at(desk: &'a Desk, place: u64, terms: &'a Terms, timeout: Duration) -> Self {
        Self::with(Books::Shared { desk, place }, terms, patience(timeout))
    }

    fn with(books: Books<'a>, terms: &'a Terms, patience: Duration) -> Self {
        let (worst, booked, state) = (Picodollars::ZERO, None, State::Closed);
        Self { books, worst, booked, state, terms, patience }
    }

    /// Several at one desk may be booked before the first of them is sent: nothing limits them.
    pub fn may_be_early(desk: &Desk, terms: &Terms) -> bool {
        desk.refuses_nothing() && terms.budgets.is_empty()
    }

    /// One that is booked already, in a bundle.
    pub fn of(
        bundle: &Bundle,
        desk: &'a Desk,
        place: u64,
        terms: &'a Terms,
        timeout: Duration,
        claim: &Claim<'_>,
    ) -> Self {
        let mut booking = Self::at(desk, place, terms, timeout);
        let entry = terms.entry(claim, None, bundle.time, booking.patience);
        booking.booked = Some(desk.begin(bundle.row, &entry));
        booking.worst = claim.worst;
        booking.state = State::Early(bundle.since);
        booking
    }

    /// Books the worst case of the request. When this returns it is on the disk.
    pub fn reserve(&mut self, request: &impl Request, stdio: &mut Stdio) -> anyhow::Result<()> {
        if let State::Early(since) = self.state {
            if since.elapsed() < FRESH {
                self.state = State::Open;
                return Ok(());
            }
            self.withdraw(stdio);
        }
        let time = Timestamp::now();
        // To find out where we are reads a hundred directories and files: only budgets need it.
        let windows: Vec<_> = match self.terms.budgets.as_slice() {
            [] => Vec::new(),
            budgets => {
                let now = time.to_zoned(TimeZone::system());
                budgets.iter().map(|budget| budget.window(&now)).collect()
            }
        };
        let claim = request.claim();
        let before = self.booked.map(|booked| booked.row);
        let entry = self.terms.entry(&claim, before, time, self.patience);
        let claimed = match &mut self.books {
            Books::None => Claimed::Booked(None),
            Books::Own(ledger) => match ledger.reserve(&entry, &windows) {
                Ok(Reservation::Booked(row)) => Claimed::Booked(Some(row)),
                Ok(Reservation::Refused(refusal)) => Claimed::OverBudget(refusal),
                Err(error) => Claimed::Unbooked(error.to_string()),
            },
            Books::Shared { desk, place } => desk.claim(*place, claim.worst, &entry, &windows),
        };
        match claimed {
            Claimed::Booked(row) => self.booked = row.map(Booked::alone),
            Claimed::OverLimit(error) => return Err(error),
            Claimed::OverBudget(refusal) => {
                let message = over_budget(|left| request.affordable(left), &refusal);
                return Err(failure(Exit::OverCost, message));
            }
            Claimed::Unbooked(error) if !self.terms.budgets.is_empty() => {
                return Err(failure(Exit::Local, format!("{error}; nothing was sent")));
            }
            Claimed::Unbooked(error) => {
                stdio.note(format_args!("warning: this call is not booked: {error}"));
                if matches!(self.books, Books::Own(_)) {
                    self.books = Books::None;
                }
                self.booked = None;
            }
        }
        (self.worst, self.state) = (claim.worst, State::Open);
        Ok(())
    }

    /// It was not sent after all: nothing is booked.
    pub fn withdraw(&mut self, stdio: &mut Stdio) {
        if let Err(error) = self.give_back() {
            stdio.note(format_args!("warning: the call stays booked at its worst case: {error}"));
        }
    }

    fn give_back(&mut self) -> Result<(), books::Error> {
        if mem::replace(&mut self.state, State::Closed) == State::Closed {
            return Ok(());
        }
        match (&mut self.books, self.booked.take()) {
            (Books::Shared { desk, .. }, booked) => desk.withdraw(self.worst, booked),
            (Books::Own(ledger), Some(booked)) => ledger.withdraw(booked.row)?,
            _ => {}
        }
        Ok(())
    }

    /// Records how the request ended, once; without a bill it stays booked at its worst case.
    pub fn settle(&mut self, settlement: &Settlement, stdio: &mut Stdio) {
        if mem::replace(&mut self.state, State::Closed) == State::Closed {
            return;
        }
        let settled = match (&mut self.books, self.booked) {
            (Books::Shared { desk, .. }, booked) => {
                let row = desk.settle(self.worst, booked, settlement);
                self.booked = row.map(Booked::alone);
                Ok(())
            }
            (Books::Own(ledger), Some(booked)) => ledger.settle(booked.row, settlement),
            _ => Ok(()),
        };
        if let Err(error) = settled {
            stdio.note(format_args!("warning: the call stays booked at its worst case: {error}"));
        }
    }
}

/// Requests that were booked together.
#[derive(Clone, Copy)]
pub struct Bundle {
    row: RowId,
    time: Timestamp,
    since: Instant,
}

impl Bundle {
    /// Books so many requests that `claim` is the sum of. None if that fails: then each is to be
    /// booked for itself, and will be told why.
    pub fn book(
        desk: &Desk,
        terms: &Terms,
        timeout: Duration,
        claim: &Claim<'_>,
        requests: u32,
    ) -> Option<Self> {
        let (time, since) = (Timestamp::now(), Instant::now());
        let entry = terms.entry(claim, None, time, patience(timeout));
        let row = desk.book_bundle(&Entry { requests, ..entry })?;
        Some(Self { row, time, since })
    }

    /// What is left of it will not be sent.
    pub fn give_back(&self, desk: &Desk) {
        desk.give_back(self.row);
    }
}

/// How long one of many may take.
fn patience(timeout: Duration) -> Duration {
    timeout.saturating_add(GRACE).saturating_add(WAITS)
}

/// What was booked early and is not sent after all is given back.
impl Drop for Booking<'_> {
    fn drop(&mut self) {
        if matches!(self.state, State::Early(_)) {
            // Nobody is told: at a desk this cannot fail yet.
            let _ = self.give_back();
        }
    }
}

/// The ledger, or none and a warning. Where a budget has to hold, none is an error.
pub fn open_ledger(
    place: &LedgerPlace,
    has_budget: bool,
    stdio: &mut Stdio,
) -> anyhow::Result<Option<Ledger>> {
    let opened = match place {
        LedgerPlace::Off => Err("it is off (GPT_LEDGER=off)".to_owned()),
        LedgerPlace::Unknown => Err("neither GPT_LEDGER nor HOME says where it is".to_owned()),
        LedgerPlace::At(path) => Ledger::open(path).map_err(|error| error.to_string()),
    };
    match opened {
        Ok(ledger) => Ok(Some(ledger)),
        Err(why) if has_budget => {
            let message = format!("a budget needs the ledger: {why}; nothing was sent");
            Err(failure(Exit::Local, message))
        }
        Err(why) => {
            if !matches!(place, LedgerPlace::Off) {
                stdio.note(format_args!("warning: this call is not booked: {why}"));
            }
            Ok(None)
        }
    }
}

/// The refusal in words. `fitting` says how to make it fit, if that can be told.
pub fn over_budget(
    fitting: impl Fn(Picodollars) -> Option<String>,
    refusal: &books::Refusal,
) -> String {
    let [asked, spent, reserved, left] =
        [refusal.asked, refusal.spent, refusal.reserved, refusal.left()].map(Picodollars);
    let tag = refusal.tag.as_ref().map(|tag| format!(" of '{tag}'")).unwrap_or_default();
    let never_fits = refusal.amount < refusal.asked;
    let advice = fitting(left).unwrap_or_else(|| match refusal.label.rsplit_once('/') {
        // No day has room for it.
        _ if never_fits => "ask for less, or raise it".to_owned(),
        Some((_, period)) if period != "total" => {
            format!("wait for the next {period}, or raise it")
        }
        _ => "raise it".to_owned(),
    });
    format!(
        "over the budget {}{tag}: this could cost ${asked}, and ${spent} is spent, ${reserved} \
         reserved or unsettled, ${left} left; {advice}; 'gpt spend' tells more",
        refusal.label
    )
}

/// A bill as the ledger keeps it.
pub fn booked(bill: &Bill) -> books::Bill {
    let usage = &bill.usage;
    books::Bill {
        cost: bill.cost.0,
        usage: Some(books::Usage {
            prompt: usage.prompt,
            cached: usage.cached,
            cache_written: usage.written,
            reply: usage.reply,
            reasoning: usage.reasoning,
            counted_here: !bill.exact,
        }),
    }
}
