//! A request's way through the ledger: reserved before it is sent, settled after.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::account::bill::Bill;
use crate::account::money::Picodollars;
use crate::books::{self, Entry, Ledger, Reservation, RowId, Settlement};
use crate::cmd::budget::Budget;
use crate::cmd::desk::Desk;
use crate::cmd::report;
use crate::cmd::request::Request;
use crate::exit::{Exit, failure};
use crate::settings::LedgerPlace;
use crate::stdio::Stdio;

/// How long after its timeout a request may still be settled before it shows as unsettled.
const GRACE: Duration = Duration::from_secs(60);

pub struct Booking<'a> {
    books: Books<'a>,
    /// What the request that is booked can cost.
    worst: Picodollars,
    row: Option<RowId>,
    budgets: &'a [Budget],
    tag: Option<&'a str>,
    host: &'a str,
    timeout: Duration,
}

enum Books<'a> {
    None,
    Own(Ledger),
    Shared(&'a Desk),
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
        Ok(Self { books, worst: Picodollars::ZERO, row: None, budgets, tag, host, timeout })
    }

    /// At a desk that others book at as well.
    pub fn at(
        desk: &'a Desk,
        budgets: &'a [Budget],
        tag: Option<&'a str>,
        host: &'a str,
        timeout: Duration,
    ) -> Self {
        let (books, worst) = (Books::Shared(desk), Picodollars::ZERO);
        Self { books, worst, row: None, budgets, tag, host, timeout }
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
        if let Books::Shared(desk) = self.books {
            desk.take(claim.worst)?;
        }
        self.worst = claim.worst;
        if !self.keeps_books() {
            return Ok(());
        }
        let time = now.timestamp().as_millisecond();
        let patience = self.timeout.saturating_add(GRACE);
        let windows: Vec<_> = self.budgets.iter().map(|budget| budget.window(&now)).collect();
        let entry = Entry {
            time,
            deadline: time.saturating_add(i64::try_from(patience.as_millis()).unwrap_or(i64::MAX)),
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
        let reserved = match &mut self.books {
            Books::None => return Ok(()),
            Books::Own(ledger) => {
                ledger.reserve(&entry, &windows).map_err(|error| error.to_string())
            }
            Books::Shared(desk) => desk.reserve(&entry, &windows),
        };
        match reserved {
            Ok(Reservation::Booked(row)) => self.row = Some(row),
            Ok(Reservation::Refused(refusal)) => {
                self.unspent(Picodollars::ZERO);
                return Err(failure(
                    Exit::OverCost,
                    over_budget(|left| request.affordable(left), &refusal),
                ));
            }
            Err(error) if !self.budgets.is_empty() => {
                return Err(failure(Exit::Local, format!("{error}; nothing was sent")));
            }
            Err(error) => {
                stdio.note(format_args!("warning: this call is not booked: {error}"));
                self.books = match self.books {
                    Books::Shared(desk) => Books::Shared(desk),
                    _ => Books::None,
                };
                self.row = None;
            }
        }
        Ok(())
    }

    fn keeps_books(&self) -> bool {
        match self.books {
            Books::None => false,
            Books::Own(_) => true,
            Books::Shared(desk) => desk.has_ledger(),
        }
    }

    /// What the request did not cost is there for others again.
    fn unspent(&self, cost: Picodollars) {
        if let Books::Shared(desk) = self.books {
            desk.give_back(Picodollars(self.worst.0.saturating_sub(cost.0)));
        }
    }

    /// Records how the request ended; without a bill it stays booked at its worst case.
    pub fn settle(&mut self, settlement: &Settlement, stdio: &mut Stdio) {
        if let Some(bill) = settlement.bill {
            self.unspent(Picodollars(bill.cost));
        }
        let Some(row) = self.row else { return };
        let settled = match &mut self.books {
            Books::None => Ok(()),
            Books::Own(ledger) => ledger.settle(row, settlement),
            Books::Shared(desk) => {
                desk.settle(row, settlement);
                Ok(())
            }
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
