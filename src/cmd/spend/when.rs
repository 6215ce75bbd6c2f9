//! WHEN, as `--since` and `--until` take it. Pure: the time and the zone are those of `now`.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan, Zoned};

use crate::exit::{Exit, failure};

/// The time that `text` names, from its first moment up to the first one after it: a day for a day,
/// so that `--until 2026-11-30` has that day in it; nothing for a moment.
pub fn parse(option: &str, text: &str, now: &Zoned) -> anyhow::Result<Range<Zoned>> {
    period(text, now).ok_or_else(|| {
        let message = format!(
            "{option}: '{text}' is no time; write a date (2026-11-01), a time (2026-11-01T14:30), \
             today, yesterday, week, month, 7d or 12h"
        );
        failure(Exit::Usage, message)
    })
}

fn period(text: &str, now: &Zoned) -> Option<Range<Zoned>> {
    let today = now.date();
    let days = match text {
        "today" => today..today.tomorrow().ok()?,
        "yesterday" => today.yesterday().ok()?..today,
        "week" => {
            let monday = today.weekday().to_monday_zero_offset();
            let monday = today.checked_sub(i64::from(monday).days()).ok()?;
            monday..monday.checked_add(1.week()).ok()?
        }
        "month" => today.first_of_month()..today.last_of_month().tomorrow().ok()?,
        _ if text.len() == "2026-11-01".len() => {
            let day: Date = text.parse().ok()?;
            day..day.tomorrow().ok()?
        }
        _ => return moment(text, now).map(|moment| moment.clone()..moment),
    };
    let midnight = |day: Date| day.to_zoned(now.time_zone().clone()).ok();
    Some(midnight(days.start)?..midnight(days.end)?)
}

fn moment(text: &str, now: &Zoned) -> Option<Zoned> {
    if let Some(ago) = ago(text, now) {
        return Some(ago);
    }
    let zone = now.time_zone().clone();
    match text.parse::<Timestamp>() {
        Ok(moment) => Some(moment.to_zoned(zone)),
        Err(_) => text.parse::<DateTime>().ok()?.to_zoned(zone).ok(),
    }
}

/// `12h`, `7d`, `2w` before now.
fn ago(text: &str, now: &Zoned) -> Option<Zoned> {
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = count.parse().ok()?;
    let span = match unit {
        "h" => jiff::Span::new().try_hours(count),
        "d" => jiff::Span::new().try_days(count),
        "w" => jiff::Span::new().try_weeks(count),
        _ => return None,
    };
    now.checked_sub(span.ok()?).ok()
}
