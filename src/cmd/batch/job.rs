//! A file of requests on its way into batches: every line checked and priced, copied to where
//! nobody else changes it, and cut where a batch is full. Nothing is sent here.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read, Write};

use crate::account::estimate::estimate;
use crate::account::limits::{self, Limits};
use crate::account::models::Model;
use crate::account::price::Price;
use crate::cmd::batch::line::{Endpoint, Line};
use crate::cmd::batch::sum::Sum;
use crate::cmd::job::ids::Ids;
use crate::cmd::plan::refused;
use crate::cmd::pricing::Pricing;
use crate::exit::{Exit, Failure, failure};
use crate::stdio::reason;

/// What fits into one batch.
#[derive(Clone, Copy)]
pub struct Room {
    pub lines: u64,
    pub bytes: u64,
}

/// The API's limits. Whether a megabyte is a million bytes there nobody says: it is the smaller.
pub const BATCH: Room = Room { lines: 50_000, bytes: 200_000_000 };

/// How the lines are priced.
pub struct Terms<'a> {
    pub pricing: &'a Pricing<'a>,
    pub host: &'a str,
    /// A limit holds: what has no price or no bound is refused.
    pub limited: bool,
}

/// All the requests, ready to be sent.
pub struct Job {
    pub spool: File,
    pub parts: Vec<Part>,
    pub endpoint: Endpoint,
    pub model: Model,
    pub price: Price,
    pub sum: Sum,
}

/// What goes into one batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The lines of the input that it begins and ends with, counted from one.
    pub first: u64,
    pub last: u64,
    /// Where it lies in the spool.
    pub start: u64,
    pub length: u64,
    pub sum: Sum,
}

impl Job {
    /// Reads all of the input. Memory holds a few bytes an id, and one line.
    pub fn read(input: impl BufRead, terms: &Terms, room: Room) -> anyhow::Result<Self> {
        let spool = tempfile::tempfile().map_err(|error| unspooled(&error))?;
        let mut reading = Reading { terms, room, ids: Ids::new(), parts: Vec::new(), of: None };
        let mut out = BufWriter::new(&spool);
        let mut input = input;
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = (&mut input).take(room.bytes.saturating_add(1)).read_until(b'\n', &mut line);
            if read.map_err(|error| unread(&error))? == 0 {
                break;
            }
            let text = line.trim_ascii();
            // A blank line is no request, and is not sent.
            if text.is_empty() {
                continue;
            }
            reading.take(text, number).map_err(|error| at(number, &error))?;
            out.write_all(text).and_then(|()| out.write_all(b"\n")).map_err(|e| unspooled(&e))?;
        }
        out.flush().map_err(|error| unspooled(&error))?;
        drop(out);
        let Reading { parts, of: Some((endpoint, model, price)), .. } = reading else {
            return Err(failure(Exit::Usage, "no requests: the input is empty; nothing was sent"));
        };
        let sum = parts.iter().fold(Sum::default(), |sum, part| sum.plus(&part.sum));
        Ok(Self { spool, parts, endpoint, model, price, sum })
    }
}

/// What the lines so far have come to.
struct Reading<'a> {
    terms: &'a Terms<'a>,
    room: Room,
    ids: Ids,
    parts: Vec<Part>,
    /// What all lines have in common.
    of: Option<(Endpoint, Model, Price)>,
}

impl Reading<'_> {
    fn take(&mut self, text: &[u8], number: u64) -> anyhow::Result<()> {
        let wrong = |why: String| failure(Exit::Usage, why);
        let length = text.len() as u64 + 1;
        if length > self.room.bytes {
            return Err(wrong(format!("longer than a batch can be, {} bytes", self.room.bytes)));
        }
        let line = Line::read(text).map_err(wrong)?;
        let (endpoint, model, price) = match &mut self.of {
            Some(common) => common,
            none => {
                let (model, price) = self.terms.pricing.at(Some(&line.model), self.terms.host)?;
                none.insert((line.endpoint, model, price))
            }
        };
        if line.endpoint != *endpoint {
            let (this, first) = (line.endpoint.url(), endpoint.url());
            return Err(wrong(format!("\"url\" is {this}, and {first} before; make two files")));
        }
        if line.model != model.name {
            let (this, first) = (&line.model, &model.name);
            return Err(wrong(format!(
                "its model is {this}, and {first} before: a batch has one model; make two files"
            )));
        }
        let ask = line.ask(model).map_err(wrong)?;
        let estimated = estimate(&ask, model, price);
        let limits = Limits { budget: self.terms.limited, ..Limits::default() };
        limits::check(model, &ask, &estimated, &limits).map_err(|refusal| refused(&refusal))?;
        let sum = Sum::one(&ask, &estimated, model, price);
        let id = &line.custom_id;
        if let Some(before) = self.ids.take(id, number) {
            return Err(wrong(format!("its custom_id \"{id}\" is that of line {before}")));
        }
        place(&mut self.parts, self.room, number, length, &sum);
        Ok(())
    }
}

/// Puts a line into the last part, or into a new one if that is full.
fn place(parts: &mut Vec<Part>, room: Room, number: u64, length: u64, sum: &Sum) {
    match parts.last_mut() {
        Some(part) if part.sum.requests < room.lines && part.length + length <= room.bytes => {
            part.last = number;
            part.length += length;
            part.sum = part.sum.plus(sum);
        }
        last => {
            let start = last.map_or(0, |part| part.start + part.length);
            parts.push(Part { first: number, last: number, start, length, sum: sum.clone() });
        }
    }
}

/// What is wrong, and in which line; the exit code stays.
fn at(number: u64, error: &anyhow::Error) -> anyhow::Error {
    let exit = error.downcast_ref::<Failure>().map_or(Exit::Local, |failure| failure.exit);
    failure(exit, format!("line {number}: {error}; nothing was sent"))
}

fn unread(error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("the requests cannot be read: {}", reason(error)))
}

fn unspooled(error: &io::Error) -> anyhow::Error {
    let why = reason(error);
    failure(Exit::Local, format!("no room for a copy of the requests: {why}; nothing was sent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that lines of these lengths come to, as `first-last@start+length`.
    #[track_caller]
    fn check(lengths: &[u64], room: (u64, u64), expected: &str) {
        let mut parts = Vec::new();
        let room = Room { lines: room.0, bytes: room.1 };
        let mut sum = Sum::default();
        sum.requests = 1;
        for (length, number) in lengths.iter().zip(1..) {
            place(&mut parts, room, number, *length, &sum);
        }
        let told =
            |part: &Part| format!("{}-{}@{}+{}", part.first, part.last, part.start, part.length);
        let told: Vec<String> = parts.iter().map(told).collect();
        assert_eq!(told.join(" "), expected);
    }

    #[test]
    fn a_batch_that_is_full_begins_another() {
        check(&[], (2, 10), "");
        check(&[3, 3], (2, 10), "1-2@0+6");
        check(&[3, 3, 3], (2, 10), "1-2@0+6 3-3@6+3");
        check(&[5, 5, 1], (9, 10), "1-2@0+10 3-3@10+1");
        check(&[5, 6, 1], (9, 10), "1-1@0+5 2-3@5+7");
        check(&[10, 10, 10], (9, 10), "1-1@0+10 2-2@10+10 3-3@20+10");
        check(&[1, 1, 1], (1, 10), "1-1@0+1 2-2@1+1 3-3@2+1");
    }
}
