//! The report for programs: JSON and CSV. Dollars to the last picodollar, never through a float.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::account::money::Picodollars;
use crate::books::{State, Sum};
use crate::cmd::exact_json;
use crate::cmd::spend::report::{self, Open, Report};

/// One object on one line.
pub fn json(report: &Report, zone: &TimeZone) -> String {
    let heading = report::heading(report.by);
    let groups: Vec<Value> = report
        .groups
        .iter()
        .map(|(name, sum)| {
            let mut group = Map::new();
            group.insert(heading.to_owned(), json!(name));
            group.extend(figures(sum).map(|(name, value)| (name.to_owned(), value)));
            Value::Object(group)
        })
        .collect();
    let total =
        Map::from_iter(figures(&report.total).map(|(name, value)| (name.to_owned(), value)));
    let moment = |time: Option<i64>| time.map(|time| timestamp(time, zone));
    let open: Vec<Value> = report.open.iter().map(|open| request(open, zone)).collect();
    let report = json!({
        "since": moment(report.span.since),
        "until": moment(report.span.until),
        "by": heading,
        "groups": groups,
        "total": total,
        "open": open,
    });
    format!("{report}\n")
}

/// A line a group, under a line of names.
pub fn csv(report: &Report) -> String {
    let names = figures(&report.total).map(|(name, _)| name);
    let head = format!("{},{}\n", report::heading(report.by), names.join(","));
    let lines = report.groups.iter().map(|(name, sum)| {
        let values = figures(sum).map(|(_, value)| value.to_string());
        format!("{},{}\n", quoted(name.as_deref().unwrap_or("")), values.join(","))
    });
    head + &lines.collect::<String>()
}

/// The columns. Amounts are dollars.
fn figures(sum: &Sum) -> [(&'static str, Value); 15] {
    let money = |amount| exact_json(Picodollars(amount));
    [
        ("requests", json!(sum.requests)),
        ("cost", money(sum.spent)),
        ("prompt_tokens", json!(sum.prompt)),
        ("cached_tokens", json!(sum.cached)),
        ("cache_write_tokens", json!(sum.cache_written)),
        ("reply_tokens", json!(sum.reply)),
        ("reasoning_tokens", json!(sum.reasoning)),
        ("answered_cost", money(sum.billed)),
        ("answered_max_cost", money(sum.worst_case)),
        ("estimated_prompt_tokens", json!(sum.estimated_prompt)),
        ("billed_prompt_tokens", json!(sum.billed_prompt)),
        ("reserved_requests", json!(sum.reserved.requests)),
        ("reserved_max_cost", money(sum.reserved.amount)),
        ("unsettled_requests", json!(sum.unsettled.requests)),
        ("unsettled_max_cost", money(sum.unsettled.amount)),
    ]
}

fn request(open: &Open, zone: &TimeZone) -> Value {
    let state = if open.state == State::Reserved { "reserved" } else { "unsettled" };
    json!({
        "id": open.id.0,
        "state": state,
        "requests": open.requests,
        "time": timestamp(open.time, zone),
        "command": open.command,
        "tag": open.tag,
        "model": open.model,
        "request_id": open.request_id,
        "max_cost": exact_json(Picodollars(open.worst_case)),
    })
}

/// `2026-11-01T14:30:00+01:00`
fn timestamp(time: i64, zone: &TimeZone) -> String {
    report::local(time, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A field as RFC 4180 wants it.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
