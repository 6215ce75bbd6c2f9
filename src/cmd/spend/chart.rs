//! Money by day as bars, for a terminal of 80 columns; by week or month where days would be too
//! many lines. In eighths of a character, or in plain ASCII.

use jiff::civil::{Date, Time};
use jiff::{ToSpan, Zoned};

use crate::account::money::Picodollars;
use crate::cmd::spend::report::{self, Report};

const WIDTH: usize = 80;
/// More bars than that are drawn in the next larger unit.
const MOST_BARS: usize = 62;

#[derive(Clone, Copy)]
enum Unit {
    Day,
    Week,
    Month,
}

/// What one bar shows, in picodollars.
#[derive(Clone, Copy, Default)]
struct Bar {
    spent: u128,
    /// Reserved or unsettled, at the worst case.
    open: u128,
}

pub fn text(report: &Report, now: &Zoned, unicode: bool) -> String {
    let Some((first, last)) = range(report, now) else {
        return "nothing was spent\n".to_owned();
    };
    let unit = Unit::fitting(first, last);
    let bars = bars(report, unit, first, last);
    let most = bars.iter().map(|(_, bar)| bar.spent + bar.open).max().unwrap_or(0);
    let end = round(most);
    let style = if unicode { &UNICODE } else { &ASCII };

    let mut text = heading(report, unit, first, last, now);
    let amounts: Vec<String> =
        bars.iter().map(|(_, bar)| Picodollars(bar.spent).to_string()).collect();
    let widest = amounts.iter().map(String::len).max().unwrap_or(0);
    let mut margin = 0;
    for ((start, bar), amount) in bars.iter().zip(&amounts) {
        let label = format!("{}  {amount:>widest$} ", unit.label(*start));
        margin = label.len();
        let drawn = style.bar(*bar, end, WIDTH - margin - 2);
        text.push_str(format!("{label}{}{drawn}", style.axis).trim_end());
        text.push('\n');
    }
    text.push_str(&style.scale(margin, WIDTH - margin - 2, end));
    if report.total.booked() > report.total.spent {
        let open = Picodollars(report.total.booked() - report.total.spent);
        let legend = format!("{} not settled: at most ${open}\n", style.open);
        text.push_str(&legend);
    }
    text
}

/// The unit, the time that is drawn (to the minute where it was asked for so) and its sum.
fn heading(report: &Report, unit: Unit, first: Date, last: Date, now: &Zoned) -> String {
    let edge = |time: Option<i64>, day: Date| {
        let time = time.map(|time| report::local(time, now.time_zone()));
        match time.filter(|time| time.time() != Time::midnight()) {
            Some(time) => time.strftime("%Y-%m-%d %H:%M").to_string(),
            None => day.to_string(),
        }
    };
    let (first, last) = (edge(report.span.since, first), edge(report.span.until, last));
    let total = Picodollars(report.total.spent);
    format!("dollars by {}, {first} to {last}: ${total} spent\n", unit.name())
}

/// The first and the last day to draw: what was asked for, else what there is, up to today.
fn range(report: &Report, now: &Zoned) -> Option<(Date, Date)> {
    let days = || report.groups.keys().flatten().filter_map(|day| day.parse::<Date>().ok());
    let zone = now.time_zone();
    let (earliest, latest) = (days().min()?, days().max()?);
    let first = report.span.since.map_or(earliest, |since| report::date(since, zone));
    let today = match report.span.until {
        Some(until) => report::date(until.saturating_sub(1), zone).min(now.date()),
        None => now.date(),
    };
    Some((first, today.max(latest)))
}

fn bars(report: &Report, unit: Unit, first: Date, last: Date) -> Vec<(Date, Bar)> {
    let mut bars: Vec<(Date, Bar)> =
        unit.starts(first, last).map(|start| (start, Bar::default())).collect();
    for (day, sum) in &report.groups {
        let Some(day) = day.as_ref().and_then(|day| day.parse::<Date>().ok()) else { continue };
        let index = bars.partition_point(|(start, _)| *start <= day);
        if let Some((_, bar)) = bars[..index].last_mut() {
            bar.spent += sum.spent;
            bar.open += sum.booked() - sum.spent;
        }
    }
    bars
}

impl Unit {
    fn fitting(first: Date, last: Date) -> Self {
        let fits = |unit: &Unit| unit.starts(first, last).nth(MOST_BARS).is_none();
        [Self::Day, Self::Week].into_iter().find(fits).unwrap_or(Self::Month)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn label(self, start: Date) -> String {
        let format = match self {
            Self::Day => "%a %Y-%m-%d",
            Self::Week => "week of %Y-%m-%d",
            Self::Month => "%Y-%m",
        };
        start.strftime(format).to_string()
    }

    /// The first day of every unit that has a day from `first` to `last`.
    fn starts(self, first: Date, last: Date) -> impl Iterator<Item = Date> {
        let (start, step) = match self {
            Self::Day => (first, 1.day()),
            Self::Week => {
                let monday = i64::from(first.weekday().to_monday_zero_offset());
                (first.saturating_sub(monday.days()), 1.week())
            }
            Self::Month => (first.first_of_month(), 1.month()),
        };
        start.series(step).take_while(move |start| *start <= last)
    }
}

/// The end of the scale: a round figure not far above `most`, a millionth of a dollar at least.
fn round(most: u128) -> u128 {
    let mut unit: u128 = 100_000;
    loop {
        let figures = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80].map(|figure| unit * figure);
        if let Some(figure) = figures.into_iter().find(|figure| *figure >= most) {
            return figure;
        }
        unit *= 10;
    }
}

struct Style {
    axis: char,
    /// From one eighth of a cell to a full one.
    eighths: [char; 8],
    open: char,
    corner: char,
    line: char,
    tick: char,
}

const UNICODE: Style = Style {
    axis: '│',
    eighths: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
    open: '░',
    corner: '└',
    line: '─',
    tick: '┴',
};

/// Less than half a cell is a dot, so that a little is not nothing.
const ASCII: Style = Style {
    axis: '|',
    eighths: ['.', '.', '.', '#', '#', '#', '#', '#'],
    open: '-',
    corner: '+',
    line: '-',
    tick: '+',
};

impl Style {
    /// At most `width` cells; whatever is more than nothing has at least an eighth of one.
    fn bar(&self, bar: Bar, end: u128, width: usize) -> String {
        let eighths = |amount: u128| {
            let eighths = (amount.saturating_mul(width as u128 * 8) + end / 2) / end;
            usize::try_from(eighths.max(u128::from(amount > 0)))
                .unwrap_or(usize::MAX)
                .min(width * 8)
        };
        let spent = eighths(bar.spent);
        let mut cells: String = std::iter::repeat_n(self.eighths[7], spent / 8).collect();
        if let Some(part) = (spent % 8).checked_sub(1) {
            cells.push(self.eighths[part]);
        }
        let drawn = spent.div_ceil(8);
        let all = eighths(bar.spent + bar.open).div_ceil(8).max(drawn);
        cells.extend(std::iter::repeat_n(self.open, all - drawn));
        cells
    }

    /// The line under the bars, and what its ends and its middle stand for.
    fn scale(&self, margin: usize, width: usize, end: u128) -> String {
        let half = width / 2;
        let line = |cells| self.line.to_string().repeat(cells);
        let (left, right) = (line(half - 1), line(width - half - 1));
        let Self { corner, tick, .. } = self;
        let axis = format!("{:margin$}{corner}{left}{tick}{right}{tick}\n", "");
        // Each figure under its tick; the last one ends there.
        let dollars = |amount| format!("${}", Picodollars(amount).exact());
        let middle = dollars(end / 2);
        let before = margin + half - middle.len() / 2;
        let labels = format!("{:margin$}$0", "");
        let labels = format!("{labels:before$}{middle}");
        format!("{axis}{labels}{:>rest$}\n", dollars(end), rest = WIDTH - 1 - labels.len())
    }
}
