//! The report for people: a line a group, and below it what is still open.

use std::cmp::Ordering;

use jiff::tz::TimeZone;

use crate::account::money::Picodollars;
use crate::books::{State, Sum};
use crate::cmd::spend::report::{self, Open, Report};

pub fn text(report: &Report, zone: &TimeZone) -> String {
    if report.groups.is_empty() {
        return "nothing was spent\n".to_owned();
    }
    let name = report::heading(report.by).to_uppercase();
    let head =
        [&name, "REQUESTS", "PROMPT", "REPLY", "COST", "WORST CASE", "BILLED", "DRIFT"].map(cell);
    let mut lines = vec![head];
    for (name, sum) in &report.groups {
        lines.push(line(name.as_deref().unwrap_or("-"), sum));
    }
    if report.groups.len() > 1 {
        lines.push(line("total", &report.total));
    }
    let mut text = aligned(&lines, &[false, true, true, true, true, true, true, true]);
    for state in [State::Reserved, State::Unsettled] {
        let open: Vec<_> = report.open.iter().filter(|open| open.state == state).collect();
        if !open.is_empty() {
            text.push('\n');
            text.push_str(&open_requests(state, &open, zone));
        }
    }
    text
}

fn line(name: &str, sum: &Sum) -> [String; 8] {
    [
        cell(name),
        sum.requests.to_string(),
        sum.prompt.to_string(),
        sum.reply.to_string(),
        dollars(sum.spent),
        dollars(sum.worst_case),
        share(sum.billed, sum.worst_case),
        drift(sum.billed_prompt, sum.estimated_prompt),
    ]
}

fn open_requests(state: State, open: &[&Open], zone: &TimeZone) -> String {
    let amount: u128 = open.iter().map(|open| open.worst_case).sum();
    let requests = match open.iter().map(|open| u64::from(open.requests)).sum() {
        1 => "1 request".to_owned(),
        count => format!("{count} requests"),
    };
    let amount = dollars(amount);
    let head = match state {
        State::Reserved => format!("reserved: {requests} under way, at most {amount}\n"),
        _ => format!(
            "unsettled: {requests} without an answer, at most {amount}; gpt spend --settle ID USD\n"
        ),
    };
    let mut lines = vec![["ID", "TIME", "COMMAND", "TAG", "MODEL", "WORST CASE"].map(cell)];
    lines.extend(open.iter().map(|open| {
        [
            open.id.0.to_string(),
            report::local(open.time, zone).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            command(open),
            cell(open.tag.as_deref().unwrap_or("-")),
            cell(&open.model),
            dollars(open.worst_case),
        ]
    }));
    head + &aligned(&lines, &[true, false, false, false, false, true])
}

/// `chat`, or `chat, 20 requests` of a job.
fn command(open: &Open) -> String {
    match open.requests {
        1 => cell(&open.command),
        requests => format!("{}, {requests} requests", cell(&open.command)),
    }
}

fn dollars(amount: u128) -> String {
    format!("${}", Picodollars(amount))
}

/// A name as part of one line.
fn cell(name: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    name.chars().map(escaped).collect()
}

/// `part` of `whole` in percent.
fn share(part: u128, whole: u128) -> String {
    match per_mille(part, whole) {
        Some(tenths) => format!("{}.{}%", tenths / 10, tenths % 10),
        None => "-".to_owned(),
    }
}

/// By how much the bill is over or under the estimate, in percent.
fn drift(billed: u128, estimated: u128) -> String {
    let sign = match billed.cmp(&estimated) {
        Ordering::Less => "-",
        Ordering::Equal => "",
        Ordering::Greater => "+",
    };
    match per_mille(billed.abs_diff(estimated), estimated) {
        Some(tenths) => format!("{sign}{}.{}%", tenths / 10, tenths % 10),
        None => "-".to_owned(),
    }
}

/// Rounded to the nearest; `None` of nothing.
fn per_mille(part: u128, whole: u128) -> Option<u128> {
    part.saturating_mul(1000).saturating_add(whole / 2).checked_div(whole)
}

/// Columns as wide as what is in them, two spaces apart, numbers to the right.
fn aligned<const N: usize>(lines: &[[String; N]], to_the_right: &[bool; N]) -> String {
    let mut widths = [0; N];
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = (0..N)
            .map(|column| {
                let (cell, width) = (&line[column], widths[column]);
                if to_the_right[column] {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:width$}")
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
