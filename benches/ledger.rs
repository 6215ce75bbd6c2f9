//! What the ledger costs: one call (open, reserve, settle), the check of a budget and a report over
//! a million rows, and 64 processes at once. `cargo bench --bench ledger`; takes a minute.

#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src/books/mod.rs"]
mod books;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use books::{Bill, Budget, Entry, Ledger, Reservation, RowId, Settlement, Span, Sum};

const DAY: i64 = 86_400_000;
const NOW: i64 = 20_000 * DAY + DAY / 2;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, path] = &arguments[..]
        && word == "child"
    {
        return child(Path::new(path));
    }
    let directory = tempfile::tempdir().unwrap();
    let small = directory.path().join("small.db");
    println!("one call: open, reserve under two budgets, settle; fsync included");
    calls(&small, "an empty ledger", 0);
    calls(&directory.path().join("tmp.db"), "no budget", -1);
    at_once(&directory.path().join("at-once.db"));

    let large = directory.path().join("large.db");
    fill(&large, 1_000_000);
    calls(&large, "a million rows", 0);
    checks(&large);
    report(&large);
}

/// Medians of 300 calls, each with a connection of its own.
fn calls(path: &Path, title: &str, budgets: i64) {
    drop(Ledger::open(path).unwrap());
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..300 {
        let start = Instant::now();
        let mut ledger = Ledger::open(path).unwrap();
        let opened = Instant::now();
        let limits = [budget("5/day", Some(NOW - DAY / 2), None), budget("9/total", None, None)];
        let limits = if budgets < 0 { &[][..] } else { &limits[..] };
        let id = booked(ledger.reserve(&entry(NOW, None), limits).unwrap());
        let reserved = Instant::now();
        ledger.settle(id, &settlement()).unwrap();
        drop(ledger);
        let settled = Instant::now();
        for (times, time) in times.iter_mut().zip([
            opened - start,
            reserved - opened,
            settled - reserved,
            settled - start,
        ]) {
            times.push(time);
        }
    }
    let [open, reserve, settle, all] = times.map(median);
    println!("  {title:16} open {open} + reserve {reserve} + settle {settle} = {all} ms");
}

/// A budget that refuses, so that nothing is written: what the check alone takes.
fn checks(path: &Path) {
    println!("the check of a budget, with a million rows over a year");
    let mut ledger = Ledger::open(path).unwrap();
    for (label, since, tag) in [
        ("day", Some(NOW - DAY / 2), None),
        ("month", Some(NOW - 31 * DAY), None),
        ("year", Some(NOW - 365 * DAY), None),
        ("total", None, None),
        ("day, tagged", Some(NOW - DAY / 2), Some("tag 7")),
        ("month, tagged", Some(NOW - 31 * DAY), Some("tag 7")),
    ] {
        let limit = Budget { amount: 0, ..budget(label, since, tag) };
        let times = (0..100)
            .map(|_| {
                let start = Instant::now();
                let result = ledger.reserve(&entry(NOW, tag), &[limit]).unwrap();
                assert!(matches!(result, Reservation::Refused(_)));
                start.elapsed()
            })
            .collect();
        println!("  {label:16} {} ms", median(times));
    }
}

fn report(path: &Path) {
    for (title, since) in [("all", None), ("a year", Some(0)), ("a day", Some(NOW - DAY))] {
        let start = Instant::now();
        let ledger = Ledger::read(path).unwrap().unwrap();
        let mut sum = Sum::default();
        ledger.rows(Span { since, until: None }, NOW, |row| sum.add(row)).unwrap();
        println!("report: {title}: {} rows in {:?}", sum.requests, start.elapsed());
    }
}

/// 64 processes, each with 20 calls, all at once.
fn at_once(path: &Path) {
    drop(Ledger::open(path).unwrap());
    let start = Instant::now();
    let children: Vec<_> = (0..64)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .arg("child")
                .arg(path)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut times = Vec::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        times.extend(text.lines().map(|line| Duration::from_micros(line.parse().unwrap())));
    }
    let total = start.elapsed();
    let longest = *times.iter().max().unwrap();
    println!(
        "64 processes at once, 20 calls each: {} calls in {total:?}, median {} ms, longest \
         {longest:?}",
        times.len(),
        median(times.clone())
    );
}

fn child(path: &Path) {
    for _ in 0..20 {
        let start = Instant::now();
        let mut ledger = Ledger::open(path).unwrap();
        let id =
            booked(ledger.reserve(&entry(NOW, None), &[budget("9/total", None, None)]).unwrap());
        ledger.settle(id, &settlement()).unwrap();
        println!("{}", start.elapsed().as_micros());
    }
}

/// Settled rows over a year, under ten tags, straight into the tables.
fn fill(path: &Path, rows: u32) {
    drop(Ledger::open(path).unwrap());
    let connection = rusqlite::Connection::open(path).unwrap();
    let start = Instant::now();
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; BEGIN;
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows})
             INSERT INTO request (time, booked, deadline, command, tag, model, host,
               estimated_prompt, estimated_reply, estimate_exact, price, price_source, worst_case,
               state, cost, usage_source, prompt, cached, cache_written, reply, reasoning,
               model_answered, finish_reason, request_id, attempts, duration_ms)
             SELECT {NOW} - 365 * {DAY} + i * (365 * {DAY} / {rows}),
               {NOW} - 365 * {DAY} + i * (365 * {DAY} / {rows}), {NOW}, 'chat', 'tag ' || (i % 10),
               'gpt-5.6-terra', 'api.openai.com', 1000 + i % 100, 500, 1, '2/1M:12/1M',
               'built-in 2026-11-01', 8000000000 + i, 'settled', 5000000000 + i, 'server',
               1000 + i % 100, 0, 0, 250, 100, 'gpt-5.6-terra', 'stop',
               'req_0123456789abcdef0123456789abcdef', 1, 1234
             FROM n;
             INSERT INTO sums
             SELECT tag, quarter, sum(cost / 1000000000), sum(cost % 1000000000), 0, 0
             FROM (SELECT tag, booked / 900000 AS quarter, cost FROM request
               UNION ALL SELECT tag, -1, cost FROM request
               UNION ALL SELECT '', booked / 900000, cost FROM request
               UNION ALL SELECT '', -1, cost FROM request)
             GROUP BY tag, quarter;
             COMMIT;"
        ))
        .unwrap();
    let size = std::fs::metadata(path).unwrap().len() >> 20;
    println!("a million rows filled in in {:?}, {size} MB", start.elapsed());
}

fn entry(time: i64, tag: Option<&'static str>) -> Entry<'static> {
    Entry {
        time,
        deadline: time + 600_000,
        retry_of: None,
        command: "chat",
        tag,
        model: "gpt-5.6-terra",
        host: "api.openai.com",
        prompt_tokens: 1000,
        reply_tokens: 500,
        exact: true,
        price: "2/1M:12/1M",
        price_source: "built-in 2026-11-01",
        worst_case: 8_000_000_000,
        requests: 1,
    }
}

fn settlement() -> Settlement<'static> {
    Settlement {
        bill: Some(Bill { cost: 5_000_000_000, usage: None }),
        model: Some("gpt-5.6-terra"),
        finish_reason: Some("stop"),
        request_id: Some("req_0123456789abcdef"),
        attempts: 1,
        duration_ms: 1234,
    }
}

fn budget(label: &'static str, since: Option<i64>, tag: Option<&'static str>) -> Budget<'static> {
    Budget { label, amount: u128::MAX, since, tag }
}

fn booked(reservation: Reservation) -> RowId {
    match reservation {
        Reservation::Booked(id) => id,
        Reservation::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn median(mut times: Vec<Duration>) -> String {
    times.sort();
    format!("{:.2}", times[times.len() / 2].as_secs_f64() * 1000.0)
}
