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
    /// The output, then perhaps what was answered ahead of its turn.
    files: Vec<File>,
    /// Of the answers in the output, and of those that are kept beside it.
    places: HashMap<u128, Place>,
    ahead: HashMap<u128, Place>,
    keys: [RandomState; 2],
    /// Lines of the output, answered or not, that are whole.
    pub lines: u64,
    /// Lines of the output stay where they are: what is new goes behind them.
    pub in_place: bool,
}

#[derive(Clone, Copy)]
pub struct Place {
    file: usize,
    offset: u64,
    length: usize,
    /// Which line of the output it is, from one on; none of those, if it is kept beside it.
    pub line: Option<u64>,
    /// Which record it was the answer to.
    pub index: u64,
}

/// Where the whole lines of a file end, and what stands behind them.
pub struct Tail {
    pub offset: u64,
    pub torn: Vec<u8>,
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
        let (files, places, ahead) = Default::default();
        Self { form, files, places, ahead, keys, lines: 0, in_place: false }
    }

    /// Takes in the lines of an earlier output, all that are whole.
    pub fn read(&mut self, file: File, path: &Path) -> anyhow::Result<Tail> {
        let tail = each_line(&file, path, self.form.end(), |bytes, offset| {
            self.lines += 1;
            let (length, line) = (bytes.len(), self.lines);
            let Some((key, index)) = self.answered(bytes, line)? else { return Ok(()) };
            let file = self.files.len();
            self.places.insert(key, Place { file, offset, length, line: Some(line), index });
            Ok(())
        })?;
        self.files.push(file);
        Ok(tail)
    }

    /// Takes in the lines that were kept beside it, each behind the number of its record and what
    /// that asked. What the output has as well stays where it is there; what nothing of this job
    /// asks is of no use.
    pub fn read_ahead(&mut self, file: File, path: &Path) -> anyhow::Result<Tail> {
        let tail = each_line(&file, path, self.form.end(), |bytes, offset| {
            let (index, digest, line) = labelled(bytes).ok_or("has no number")?;
            let id = match self.form {
                Form::Json => parsed(line)?.id.filter(|id| !id.is_null()),
                Form::Line { .. } | Form::Null => None,
            };
            let (file, length) = (self.files.len(), line.len());
            let offset = offset + (bytes.len() - length) as u64;
            let key = self.ahead_key(index, id.as_ref(), digest);
            self.ahead.insert(key, Place { file, offset, length, line: None, index });
            Ok(())
        })?;
        self.files.push(file);
        Ok(tail)
    }

    /// Whether a line that is not whole can be the beginning of one of ours. Text can be anything:
    /// it is one only behind others.
    pub fn may_be_ours(&self, torn: &[u8]) -> bool {
        if self.form != Form::Json {
            return self.lines > 0;
        }
        let Some(rest) = begins(torn, br#"{"index":"#) else { return false };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        begins(&rest[digits..], br#","id":"#).is_some()
    }

    /// How many answers there are in the output.
    pub fn count(&self) -> u64 {
        self.places.len() as u64
    }

    pub fn place(&self, record: &Record) -> Option<Place> {
        // Nearly always: then its content need not be looked through.
        if self.places.is_empty() && self.ahead.is_empty() {
            return None;
        }
        let kept = self.places.get(&self.key_of(record));
        let ahead = || {
            let id = record.id.as_ref().filter(|_| self.form == Form::Json);
            self.ahead.get(&self.ahead_key(record.index, id, &record.digest()))
        };
        match kept {
            None if !self.ahead.is_empty() => ahead().copied(),
            kept => kept.copied(),
        }
    }

    /// The line of a record that was answered; empty if it stays where it is.
    pub fn line(&self, record: &Record) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(place) = self.place(record) else { return Ok(None) };
        if self.in_place && place.line.is_some() {
            return Ok(Some(Vec::new()));
        }
        let mut line = vec![0; place.length];
        self.files[place.file].read_exact_at(&mut line, place.offset).map_err(|error| {
            failure(Exit::Local, format!("the earlier output cannot be read: {}", reason(&error)))
        })?;
        if self.form == Form::Json && place.index != record.index {
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
        let line = parsed(bytes)?;
        let key = match (line.error, line.id, line.digest) {
            (Some(error), ..) if !error.is_null() => return Ok(None),
            (_, Some(id), _) if !id.is_null() => self.key(("id", 0, &id.to_string())),
            (_, _, Some(digest)) => self.key(("record", line.index, &digest)),
            _ => return Err("has neither an id nor a digest"),
        };
        Ok(Some((key, line.index)))
    }

    fn ahead_key(&self, index: u64, id: Option<&Value>, digest: &str) -> u128 {
        match id {
            Some(id) => self.key(("id ahead", 0, &format!("{id} {digest}"))),
            None => self.key(("ahead", index, digest)),
        }
    }

    fn key(&self, what: (&str, u64, &str)) -> u128 {
        let [high, low] = self.keys.each_ref().map(|key| u128::from(key.hash_one(what)));
        high << 64 | low
    }
}

/// Every line that is whole, with where it begins. `take` says what is wrong with one.
fn each_line(
    file: &File,
    path: &Path,
    end: u8,
    mut take: impl FnMut(&[u8], u64) -> Result<(), &'static str>,
) -> anyhow::Result<Tail> {
    let mut input = BufReader::new(file);
    let (mut torn, mut offset) = (Vec::new(), 0);
    for number in 1_u64.. {
        torn.clear();
        input.read_until(end, &mut torn).map_err(|error| {
            failure(Exit::Local, format!("{}: {}", path.display(), reason(&error)))
        })?;
        if torn.last() != Some(&end) {
            break;
        }
        take(&torn, offset).map_err(|why| {
            let message = format!(
                "{} is no earlier output of this job: line {number} {why}; name another file",
                path.display()
            );
            failure(Exit::Usage, message)
        })?;
        offset += torn.len() as u64;
    }
    Ok(Tail { offset, torn })
}

/// What is kept beside the output until its turn comes: a line, and the record that it answers.
pub fn label(index: u64, digest: &str, line: &[u8]) -> Vec<u8> {
    [format!("{index} {digest} ").as_bytes(), line].concat()
}

fn labelled(bytes: &[u8]) -> Option<(u64, &str, &[u8])> {
    let mut parts = bytes.splitn(3, |byte| *byte == b' ');
    let mut word = || std::str::from_utf8(parts.next()?).ok();
    let (number, digest) = (word()?.parse().ok()?, word()?);
    Some((number, digest, parts.next()?))
}

fn parsed(line: &[u8]) -> Result<Line, &'static str> {
    serde_json::from_slice(line).map_err(|_| "is none that --json writes")
}

/// What follows `head` in `bytes`; nothing, if they end within it.
fn begins<'a>(bytes: &'a [u8], head: &[u8]) -> Option<&'a [u8]> {
    let common = bytes.len().min(head.len());
    (bytes[..common] == head[..common]).then(|| &bytes[common..])
}

/// The same line for a record that stands elsewhere now.
fn renumbered(line: Vec<u8>, index: u64) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(&line) else { return line };
    value["index"] = index.into();
    let mut line = value.to_string().into_bytes();
    line.push(b'\n');
    line
}
