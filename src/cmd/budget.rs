//! Budgets as they are written, and the window of time each covers now.

use jiff::{ToSpan, Zoned};

use crate::account::money::{MoneyError, Picodollars};
use crate::books;
use crate::exit::{Exit, failure};
use crate::settings::Settings;

/// An amount that a period may cost.
pub struct Budget {
    label: String,
    amount: Picodollars,
    period: Period,
    /// Only what is booked under this name counts.
    tag: Option<String>,
}

#[derive(Clone, Copy)]
enum Period {
    Day,
    Week,
    Month,
    Total,
}

/// The budgets that hold for a call. Those of the command line cover the call's tag, if it has
/// one; those of environment and config cover everything, or a tag would be a way around them.
pub fn all(
    flags: &[String],
    tag: Option<&str>,
    settings: &Settings,
) -> anyhow::Result<Vec<Budget>> {
    let scoped = flags.iter().map(|text| Budget::parse(text, tag));
    let global = settings.budgets.iter().map(|text| Budget::parse(text, None));
    scoped.chain(global).collect()
}

impl Budget {
    fn parse(text: &str, tag: Option<&str>) -> anyhow::Result<Self> {
        let wrong = |why: &str| {
            let right = "write dollars by day, week, month or total: 5/day";
            failure(Exit::Usage, format!("budget '{text}' {why}; {right}"))
        };
        let (amount, period) = text.split_once('/').ok_or_else(|| wrong("has no period"))?;
        let period = match period {
            "day" => Period::Day,
            "week" => Period::Week,
            "month" => Period::Month,
            "total" => Period::Total,
            _ => return Err(wrong("has a period that is none of ours")),
        };
        let dollars = Picodollars::from_dollars(amount.strip_prefix('$').unwrap_or(amount));
        let amount = dollars.map_err(|error| {
            wrong(match error {
                MoneyError::NotANumber(_) => "is no number of dollars",
                MoneyError::Negative(_) => "is negative",
                MoneyError::TooFine(_) => "is finer than a picodollar",
                MoneyError::TooLarge(_) => "is more than a million million dollars",
            })
        })?;
        Ok(Self { label: text.into(), amount, period, tag: tag.map(String::from) })
    }

    /// The budget as the ledger checks it: its window begins at midnight where we are, weeks on
    /// Monday.
    pub fn window(&self, now: &Zoned) -> books::Budget<'_> {
        books::Budget {
            label: &self.label,
            amount: self.amount.0,
            since: self.period.start(now),
            tag: self.tag.as_deref(),
        }
    }
}

impl Period {
    fn start(self, now: &Zoned) -> Option<i64> {
        let today = now.date();
        let first = match self {
            Self::Day => today,
            Self::Week => {
                today.saturating_sub(i64::from(now.weekday().to_monday_zero_offset()).days())
            }
            Self::Month => today.first_of_month(),
            Self::Total => return None,
        };
        let midnight = first.to_zoned(now.time_zone().clone()).ok()?;
        Some(midnight.timestamp().as_millisecond())
    }
}
