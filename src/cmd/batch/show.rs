//! `gpt batch status`, `cancel` and `list`: batches as the server describes them.

use std::io::Write;

use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::args;
use crate::cmd::batch::ids;
use crate::cmd::batch::server::{Repeat, Server};
use crate::cmd::signals::Signals;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::stdio::Stdio;
use crate::wire::Payload;
use crate::wire::reply::batches::{self, Batch};

/// As many as a page of the API's can hold.
const PAGE: u32 = 100;

pub fn status(args: &args::Status, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let ids = ids(&args.ids)?;
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let mut shown = Vec::new();
    for id in &ids {
        shown.push(server.batch(id, stdio)?);
    }
    server.close();
    show(&shown, args.json, stdio)
}

pub fn cancel(args: &args::Cancel, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let ids = ids(&args.ids)?;
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let mut shown = Vec::new();
    let nothing = Payload::nothing();
    for id in &ids {
        let endpoint = format!("batches/{id}/cancel");
        let body = server.post(&endpoint, &nothing, Repeat::Harmless, stdio);
        let body = body.map_err(|failed| server.told(failed))?;
        let batch = batches::batch(&body)?;
        shown.push((body, batch));
    }
    server.close();
    show(&shown, args.json, stdio)
}

pub fn list(args: &args::List, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let signals = Signals::watch(stdio.is_interactive())?;
    let settings = Settings::read(args.connection.profile.as_deref())?;
    let server = Server::open(&args.connection, &settings, &signals)?;
    let limit = args.limit as usize;
    let mut listed: Vec<(Vec<u8>, Batch)> = Vec::new();
    loop {
        let after = listed.last().map(|(_, last)| format!("&after={}", last.id));
        let page = PAGE.min(args.limit);
        let endpoint = format!("batches?limit={page}{}", after.unwrap_or_default());
        let page = batches::page(&server.get(&endpoint, stdio)?)?;
        let before = listed.len();
        // A server that knows no pages gives the same one again: nothing in it is new.
        let is_new = |batch: &Batch| listed.iter().all(|(_, known)| known.id != batch.id);
        let new: Vec<(Box<RawValue>, Batch)> =
            page.batches.into_iter().filter(|(_, batch)| is_new(batch)).collect();
        listed.extend(new.into_iter().map(|(raw, batch)| (raw.get().as_bytes().to_vec(), batch)));
        if !page.more || listed.len() >= limit || listed.len() == before {
            break;
        }
    }
    server.close();
    listed.truncate(limit);
    show(&listed, args.json, stdio)
}

fn show(batches: &[(Vec<u8>, Batch)], json: bool, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    if json {
        for (body, _) in batches {
            // JSON has line breaks only between its parts.
            let line: Vec<u8> = body
                .trim_ascii()
                .iter()
                .map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte })
                .collect();
            stdio.out.write_all(&line)?;
            stdio.out.write_all(b"\n")?;
        }
    } else {
        let table = table(batches.iter().map(|(_, batch)| batch));
        for line in table {
            writeln!(stdio.out, "{line}")?;
        }
    }
    Ok(Exit::Done)
}

const HEAD: [&str; 6] = ["ID", "STATUS", "TOTAL", "DONE", "FAILED", "CREATED"];

fn table<'a>(batches: impl Iterator<Item = &'a Batch>) -> Vec<String> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(batches.map(|batch| {
        let counts = batch.counts();
        let created = Timestamp::from_second(batch.created_at).unwrap_or_default();
        [
            batch.id.to_string(),
            batch.status.chars().filter(char::is_ascii_graphic).take(40).collect(),
            counts.total.to_string(),
            counts.completed.to_string(),
            counts.failed.to_string(),
            created.to_string(),
        ]
    }));
    let mut widths = [0; 6];
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.len().max(*width));
    }
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            match (2..=4).contains(&column) {
                true => format!("{cell:>width$}"),
                false => format!("{cell:width$}"),
            }
        });
        let cells: Vec<String> = cells.collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
