//! A request's way through the ledger: reserved before it is sent, settled after.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::account::bill::Bill;
use crate::account::money::Picodollars;
use crate::books::{self, Entry, Ledger, Reservation, RowId, Settlement};
use crate::cmd::budget::Budget;
use crate::cmd::desk::{Claimed, Desk};
use crate::cmd::report;
use crate::cmd::request::Request;
use crate::exit::{Exit, failure};
use crate::settings::LedgerPlace;
use crate::stdio::Stdio;

/// How long after its timeout a request may still be settled before it shows as unsettled.
const GRACE: Duration = Duration::from_secs(60);
/// How much later that is for one of many: what it waits for the others does not count.
const WAITS: Duration = Duration::from_secs(600);

pub struct Booking<'a> {
    books: Books<'a>,
    /// What the request that is booked can cost.
    worst: Picodollars,
    row: Option<RowId>,
    /// It is booked and not settled yet.
    under_way: bool,
    budgets: &'a [Budget],
    tag: Option<&'a str>,
    host: &'a str,
    patience: Duration,
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
        budgets: &'a [Budget],
        tag: Option<&'a str>,
        host: &'a str,
        timeout: Duration,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Self> {
        let books = open_ledger(place, !budgets.is_empty(), stdio)?.map_or(Books::None, Books::Own);
        let patience = timeout.saturating_add(GRACE);
        Ok(Self::with(books, budgets, tag, host, patience))
    }

    /// At a desk that others book at as well.
    pub fn at(
        desk: &'a Desk,
        place: u64,
        budgets: &'a [Budget],
        tag: Option<&'a str>,
        host: &'a str,
        timeout: Duration,
    ) -> Self {
        let patience = timeout.saturating_add(GRACE).saturating_add(WAITS);
        Self::with(Books::Shared { desk, place }, budgets, tag, host, patience)
    }

    fn with(
        books: Books<'a>,
        budgets: &'a [Budget],
        tag: Option<&'a str>,
        host: &'a str,
        patience: Duration,
    ) -> Self {
        let (worst, row) = (Picodollars::ZERO, None);
        Self { books, worst, row, under_way: false, budgets, tag, host, patience }
    }

    /// The time where we are. To find out where that is reads a hundred directories and files:
    /// only budgets need it.
    fn now(&self) -> Zoned {
        match self.budgets {
            [] => Timestamp::now().to_zoned(TimeZone::UTC),
            _ => Zoned::now(),
        }
    }

    /// Books the worst case of the request. When this returns it is on the disk.
    pub fn reserve(&mut self, request: &impl Request, stdio: &mut Stdio) -> anyhow::Result<()> {
        let now = self.now();
        let claim = request.claim();
        let time = now.timestamp().as_millisecond();
        let patience = i64::try_from(self.patience.as_millis()).unwrap_or(i64::MAX);
        let windows: Vec<_> = self.budgets.iter().map(|budget| budget.window(&now)).collect();
        let entry = Entry {
            time,
            deadline: time.saturating_add(patience),
            retry_of: self.row,
            command: claim.command,
            tag: self.tag,
            model: claim.model,
            host: self.host,
            prompt_tokens: claim.prompt_tokens,
            reply_tokens: claim.reply_tokens,
            exact: claim.exact,
            price: &report::rates(claim.price),
            price_source: &claim.price.source.to_string(),
            worst_case: claim.worst.0,
        };
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
            Claimed::Booked(row) => self.row = row,
            Claimed::OverLimit(error) => return Err(error),
            Claimed::OverBudget(refusal) => {
                let message = over_budget(|left| request.affordable(left), &refusal);
                return Err(failure(Exit::OverCost, message));
            }
            Claimed::Unbooked(error) if !self.budgets.is_empty() => {
                return Err(failure(Exit::Local, format!("{error}; nothing was sent")));
            }
            Claimed::Unbooked(error) => {
                stdio.note(format_args!("warning: this call is not booked: {error}"));
                if matches!(self.books, Books::Own(_)) {
                    self.books = Books::None;
                }
                self.row = None;
            }
        }
        (self.worst, self.under_way) = (claim.worst, true);
        Ok(())
    }

    /// Records how the request ended, once; without a bill it stays booked at its worst case.
    pub fn settle(&mut self, settlement: &Settlement, stdio: &mut Stdio) {
        if !std::mem::take(&mut self.under_way) {
            return;
        }
        let settled = match (&mut self.books, self.row) {
            (Books::Shared { desk, .. }, row) => {
                desk.settle(self.worst, row, settlement);
                Ok(())
            }
            (Books::Own(ledger), Some(row)) => ledger.settle(row, settlement),
            _ => Ok(()),
        };
        if let Err(error) = settled {
            stdio.note(format_args!("warning: the call stays booked at its worst case: {error}"));
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
