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

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;

    use super::{Budget, Zoned};

    /// The local time at which the window of a budget begins, and its distance from UTC.
    #[track_caller]
    fn check(zone: &str, now: &str, period: &str, start: &str) {
        let zone = TimeZone::posix(zone).unwrap();
        let now: DateTime = now.parse().unwrap();
        let budget = Budget::parse(&format!("5/{period}"), None).unwrap();
        let since = budget.window(&now.to_zoned(zone.clone()).unwrap()).since;
        let local = |since| jiff::Timestamp::from_millisecond(since).unwrap().to_zoned(zone);
        let began = since.map(local).map(|began: Zoned| began.strftime("%F %H:%M %:z").to_string());
        assert_eq!(began.unwrap_or_default(), start);
    }

    #[test]
    fn a_window_begins_at_local_midnight() {
        check("UTC0", "2026-11-20T23:59:59", "day", "2026-11-20 00:00 +00:00");
        check("UTC0", "2026-11-20T00:00:00", "day", "2026-11-20 00:00 +00:00");
        check("<+0545>-5:45", "2026-11-20T01:00:00", "day", "2026-11-20 00:00 +05:45");
        check("UTC0", "2026-11-20T12:00:00", "total", "");
        check("UTC0", "2026-11-20T12:00:00", "month", "2026-11-01 00:00 +00:00");
        check("UTC0", "2026-11-01T00:00:00", "month", "2026-11-01 00:00 +00:00");
        // Weeks begin on Monday, in whatever month or year that was.
        check("UTC0", "2026-11-22T23:59:59", "week", "2026-11-16 00:00 +00:00");
        check("UTC0", "2026-11-23T00:00:00", "week", "2026-11-23 00:00 +00:00");
        check("UTC0", "2027-01-01T12:00:00", "week", "2026-12-28 00:00 +00:00");
    }

    /// A day of 25 hours, one of 23, and one whose first hour there is not.
    #[test]
    fn a_window_knows_when_the_clocks_change() {
        let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
        check(berlin, "2026-10-25T23:59:00", "day", "2026-10-25 00:00 +02:00");
        check(berlin, "2026-03-29T23:59:00", "day", "2026-03-29 00:00 +01:00");
        check(berlin, "2026-10-26T12:00:00", "month", "2026-10-01 00:00 +02:00");
        let santiago = "<-04>4<-03>,M9.1.6/24,M4.1.6/24";
        check(santiago, "2026-09-06T12:00:00", "day", "2026-09-06 01:00 -03:00");
    }
}
