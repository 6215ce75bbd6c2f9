//! The rows of a span, added up by model, day, tag or command. What is without a bill is kept one
//! by one, so that it can be listed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::args::By;
use crate::books::{self, Ledger, Row, RowId, Span, State, Sum};

pub struct Report {
    pub by: By,
    pub span: Span,
    /// By name; the rows without a tag are the one group without a name.
    pub groups: BTreeMap<Option<String>, Sum>,
    pub total: Sum,
    /// Reserved or unsettled, oldest first.
    pub open: Vec<Open>,
}

/// A request without a bill, or several that were booked together.
pub struct Open {
    pub id: RowId,
    pub requests: u32,
    pub state: State,
    pub time: i64,
    pub command: String,
    pub tag: Option<String>,
    pub model: String,
    pub request_id: Option<String>,
    pub worst_case: u128,
}

impl Report {
    pub fn new(by: By, span: Span) -> Self {
        let (groups, total, open) = (BTreeMap::new(), Sum::default(), Vec::new());
        Self { by, span, groups, total, open }
    }

    pub fn fill(&mut self, ledger: &Ledger, now: &Zoned) -> Result<(), books::Error> {
        let mut calendar = Calendar::new(now.time_zone());
        let span = self.span;
        ledger.rows(span, now.timestamp().as_millisecond(), |row| self.add(row, &mut calendar))?;
        self.open.sort_by_key(|open| (open.time, open.id));
        Ok(())
    }

    fn add(&mut self, row: &Row, calendar: &mut Calendar) {
        let name = match self.by {
            By::Model => Some(row.entry.model),
            By::Command => Some(row.entry.command),
            By::Tag => row.entry.tag,
            By::Day => Some(calendar.day(row.entry.time)),
        };
        self.total.add(row);
        let name = name.map(str::to_owned);
        self.groups.entry(name).or_default().add(row);
        if row.state != State::Settled {
            self.open.push(Open {
                id: row.id,
                requests: row.entry.requests,
                state: row.state,
                time: row.entry.time,
                command: row.entry.command.to_owned(),
                tag: row.entry.tag.map(str::to_owned),
                model: row.entry.model.to_owned(),
                request_id: row.settlement.request_id.map(str::to_owned),
                worst_case: row.entry.worst_case,
            });
        }
    }
}

/// Tells the local day of a moment. Remembers the last one, since rows come day by day.
struct Calendar<'a> {
    zone: &'a TimeZone,
    /// The day that lasts from the first moment up to the second.
    day: (i64, i64, String),
}

impl<'a> Calendar<'a> {
    fn new(zone: &'a TimeZone) -> Self {
        Self { zone, day: (0, 0, String::new()) }
    }

    fn day(&mut self, time: i64) -> &str {
        if !(self.day.0..self.day.1).contains(&time) {
            let date = date(time, self.zone);
            let start = |date: Date| date.to_zoned(self.zone.clone()).ok();
            let edge =
                |day: Option<Zoned>| day.map_or(time, |day| day.timestamp().as_millisecond());
            let next = date.tomorrow().ok().and_then(start);
            self.day = (edge(start(date)), edge(next), date.to_string());
        }
        &self.day.2
    }
}

/// The local day of a moment; a moment that no calendar reaches is on the last day of all.
pub fn date(time: i64, zone: &TimeZone) -> Date {
    local(time, zone).date()
}

pub fn local(time: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(time).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

/// What the groups are, as a heading.
pub fn heading(by: By) -> &'static str {
    match by {
        By::Model => "model",
        By::Day => "day",
        By::Tag => "tag",
        By::Command => "command",
    }
}
