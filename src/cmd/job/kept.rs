//! What an earlier run has answered: found in its output again, line by line, without keeping more
//! of it than where each line stands.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::cmd::job::line::Form;
use crate::cmd::records::Record;
use crate::exit::{Exit, failure};
use crate::stdio::reason;

pub struct Kept {
    form: Form,
    files: Vec<File>,
    places: HashMap<u128, Place>,
    keys: [RandomState; 2],
    /// Lines in the last file that was read, answered or not.
    pub lines: u64,
    /// Answered records stay where they are: what is new goes behind them.
    pub in_place: bool,
}

#[derive(Clone, Copy)]
pub struct Place {
    file: usize,
    offset: u64,
    length: usize,
    /// Which line it is, from one on.
    pub line: u64,
    /// Which record it was the answer to.
    pub index: u64,
}

/// A line as `--json` writes it, as far as it matters here.
#[derive(Deserialize)]
struct Line {
    index: u64,
    id: Option<Value>,
    digest: Option<String>,
    error: Option<Value>,
}

impl Kept {
    pub fn nothing(form: Form) -> Self {
        let keys = [RandomState::new(), RandomState::new()];
        let (files, places) = Default::default();
        Self { form, files, places, keys, lines: 0, in_place: false }
    }

    /// Takes in the lines of an earlier output, and cuts off a last one that is not whole.
    pub fn read(&mut self, file: File, path: &Path) -> anyhow::Result<()> {
        let wrong = |error: &std::io::Error| {
            failure(Exit::Local, format!("{}: {}", path.display(), reason(error)))
        };
        let mut input = BufReader::new(&file);
        let (mut bytes, mut offset) = (Vec::new(), 0);
        self.lines = 0;
        loop {
            bytes.clear();
            input.read_until(self.form.end(), &mut bytes).map_err(|error| wrong(&error))?;
            if bytes.last() != Some(&self.form.end()) {
                break;
            }
            self.lines += 1;
            let (length, line) = (bytes.len(), self.lines);
            let answered = self.answered(&bytes, line).map_err(|why| {
                let message = format!(
                    "{} is no earlier output of this job: line {line} {why}; name another file",
                    path.display()
                );
                failure(Exit::Usage, message)
            })?;
            if let Some((key, index)) = answered {
                let file = self.files.len();
                self.places.insert(key, Place { file, offset, length, line, index });
            }
            offset += length as u64;
        }
        if !bytes.is_empty() {
            file.set_len(offset).map_err(|error| wrong(&error))?;
        }
        self.files.push(file);
        Ok(())
    }

    /// How many records are answered.
    pub fn count(&self) -> u64 {
        self.places.len() as u64
    }

    pub fn place(&self, record: &Record) -> Option<Place> {
        // Nearly always: then its content need not be looked through.
        if self.places.is_empty() {
            return None;
        }
        self.places.get(&self.key_of(record)).copied()
    }

    /// The line of a record that was answered; empty if it stays where it is.
    pub fn line(&self, record: &Record) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(place) = self.place(record) else { return Ok(None) };
        if self.in_place {
            return Ok(Some(Vec::new()));
        }
        let mut line = vec![0; place.length];
        self.files[place.file].read_exact_at(&mut line, place.offset).map_err(|error| {
            failure(Exit::Local, format!("the earlier output cannot be read: {}", reason(&error)))
        })?;
        if self.form == Form::Json && place.line != record.index {
            line = renumbered(line, record.index);
        }
        Ok(Some(line))
    }

    fn key_of(&self, record: &Record) -> u128 {
        match &record.id {
            _ if self.form != Form::Json => self.key(("line", record.index, "")),
            Some(id) => self.key(("id", 0, &id.to_string())),
            None => self.key(("record", record.index, &record.digest())),
        }
    }

    /// The record that a line answers, and which it was; none if it tells of a failure.
    fn answered(&self, bytes: &[u8], number: u64) -> Result<Option<(u128, u64)>, &'static str> {
        if self.form != Form::Json {
            return Ok((bytes.len() > 1).then(|| (self.key(("line", number, "")), number)));
        }
        let line: Line = serde_json::from_slice(bytes).map_err(|_| "is none that --json writes")?;
        let key = match (line.error, line.id, line.digest) {
            (Some(error), ..) if !error.is_null() => return Ok(None),
            (_, Some(id), _) if !id.is_null() => self.key(("id", 0, &id.to_string())),
            (_, _, Some(digest)) => self.key(("record", line.index, &digest)),
            _ => return Err("has neither an id nor a digest"),
        };
        Ok(Some((key, line.index)))
    }

    fn key(&self, what: (&str, u64, &str)) -> u128 {
        let [high, low] = self.keys.each_ref().map(|key| u128::from(key.hash_one(what)));
        high << 64 | low
    }
}

/// The same line for a record that stands elsewhere now.
fn renumbered(line: Vec<u8>, index: u64) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(&line) else { return line };
    value["index"] = index.into();
    let mut line = value.to_string().into_bytes();
    line.push(b'\n');
    line
}
