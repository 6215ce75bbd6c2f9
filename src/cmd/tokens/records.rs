//! A count a record: lines, NUL-separated records, JSON lines.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;

use crate::account::count::Count;
use crate::account::framing::{self, Chat};
use crate::account::message;
use crate::account::models::Model;
use crate::exit::{Exit, failure};

/// How records are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Records {
    Lines,
    Null,
    Json,
}

impl Records {
    /// The next record of `input` without what ends it; false at the end.
    pub fn next(self, input: &mut impl BufRead, record: &mut Vec<u8>) -> io::Result<bool> {
        let end = if self == Self::Null { 0 } else { b'\n' };
        record.clear();
        if input.read_until(end, record)? == 0 {
            return Ok(false);
        }
        if record.last() == Some(&end) {
            record.pop();
            if self != Self::Null && record.last() == Some(&b'\r') {
                record.pop();
            }
        }
        Ok(true)
    }
}

/// A JSON line: one of the two, and perhaps a name.
#[derive(Deserialize)]
pub struct JsonRecord {
    prompt: Option<String>,
    messages: Option<Value>,
    pub id: Option<Value>,
}

impl JsonRecord {
    /// Reads record number `index`, counted from one.
    pub fn read(line: &[u8], index: u64) -> anyhow::Result<Self> {
        let wrong = |why: String| failure(Exit::Usage, format!("record {index}: {why}"));
        let record: Self = serde_json::from_slice(line)
            .map_err(|error| wrong(format!("not a JSON record: {error}")))?;
        match (&record.prompt, &record.messages) {
            (None, None) => Err(wrong("neither \"prompt\" nor \"messages\" in it".into())),
            (Some(_), Some(_)) => Err(wrong("both \"prompt\" and \"messages\" in it".into())),
            _ => Ok(record),
        }
    }

    /// A prompt counts as text, messages with their framing.
    pub fn count(&self, model: &Model, index: u64) -> anyhow::Result<Count> {
        let Some(messages) = &self.messages else {
            return Ok(framing::text(model, self.prompt.as_deref().unwrap_or_default()));
        };
        let messages = message::read(messages)
            .map_err(|error| failure(Exit::Usage, format!("record {index}: {error}")))?;
        Ok(framing::chat(model, &Chat { messages, ..Chat::default() }))
    }
}
