//! Many records in one input, and what each of them asks: lines, NUL-separated texts, JSON lines.
//! Knows nothing of requests and of what becomes of a record.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;

use crate::args;
use crate::exit::{self, Exit, failure};

/// How records are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    Lines,
    Null,
    Json,
}

impl Records {
    /// What the flags ask for, if they ask for records.
    pub fn asked(args: &args::Records) -> Option<Self> {
        match args {
            args::Records { lines: true, .. } => Some(Self::Lines),
            args::Records { null: true, .. } => Some(Self::Null),
            args::Records { jsonl: true, .. } => Some(Self::Json),
            _ => None,
        }
    }

    /// The next record of `input` without what ends it; false at the end. Blank lines behind the
    /// last JSON are none.
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
        Ok(self != Self::Json || !record.trim_ascii().is_empty() || !only_blanks(input)?)
    }

    /// What record number `index`, counted from one, asks. Nothing but a prompt is one: an empty
    /// record is as wrong as one that is not UTF-8.
    pub fn read(self, bytes: &[u8], index: u64) -> anyhow::Result<Record> {
        let wrong = |why: &str| Err(failure(Exit::Usage, format!("record {index}: {why}")));
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return wrong(&format!("not UTF-8 at byte {}", error.valid_up_to())),
        };
        let (id, content) = match self {
            Self::Lines | Self::Null => (None, Content::Prompt(text.to_owned())),
            Self::Json => {
                let JsonRecord { prompt, messages, id } = JsonRecord::read(bytes, index)?;
                let content = match (prompt, messages) {
                    (Some(prompt), _) => Content::Prompt(prompt),
                    (None, Some(Value::Array(messages))) => Content::Messages(messages),
                    (None, _) => return wrong("\"messages\" is no array"),
                };
                (id.filter(|id| !id.is_null()), content)
            }
        };
        if let Some(id) = &id
            && !(id.is_string() || id.is_number())
        {
            return wrong("its \"id\" is neither a text nor a number");
        }
        match &content {
            Content::Prompt(text) if text.trim().is_empty() => wrong("its prompt is empty"),
            Content::Messages(messages) if messages.is_empty() => wrong("it has no messages"),
            _ => Ok(Record { index, id, content }),
        }
    }
}

/// Nothing else is left.
fn only_blanks(input: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = input.fill_buf()?;
        if bytes.is_empty() {
            return Ok(true);
        }
        if !bytes.trim_ascii().is_empty() {
            return Ok(false);
        }
        let blank = bytes.len();
        input.consume(blank);
    }
}

/// One of many.
#[derive(Clone, Debug)]
pub struct Record {
    /// From one on.
    pub index: u64,
    /// A text or a number.
    pub id: Option<Value>,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    Prompt(String),
    Messages(Vec<Value>),
}

impl Record {
    /// A name of its own: the id as text, or else a number that no sensible id looks like.
    pub fn name(&self) -> String {
        match &self.id {
            Some(Value::String(id)) => id.clone(),
            Some(id) => id.to_string(),
            None => format!("record-{}", self.index),
        }
    }

    /// What it asks, in a few characters. FNV-1a: the same in every version of the program.
    pub fn digest(&self) -> String {
        let text = match &self.content {
            Content::Prompt(text) => text.clone(),
            Content::Messages(messages) => Value::from(messages.clone()).to_string(),
        };
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{hash:016x}")
    }

    /// An error of this record's, named after it.
    pub fn wrong(&self, error: &anyhow::Error) -> anyhow::Error {
        failure(exit::code(error), format!("{self}: {error:#}"))
    }
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "record {}", self.index)?;
        match &self.id {
            Some(id) => write!(f, " (id {id})"),
            None => Ok(()),
        }
    }
}

/// A JSON line: one of the two, and perhaps a name.
#[derive(Deserialize)]
pub struct JsonRecord {
    pub prompt: Option<String>,
    pub messages: Option<Value>,
    pub id: Option<Value>,
}

impl JsonRecord {
    /// Reads record number `index`, counted from one. Before the first there may be a mark of the
    /// encoding.
    pub fn read(line: &[u8], index: u64) -> anyhow::Result<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| index == 1).unwrap_or(line);
        let wrong = |why: String| failure(Exit::Usage, format!("record {index}: {why}"));
        if line.trim_ascii_start().first() != Some(&b'{') {
            return Err(wrong("not a JSON object, such as {\"prompt\": \"...\"}".into()));
        }
        let record: Self = serde_json::from_slice(line).map_err(|error| {
            let (words, column) = (error.to_string(), error.column());
            let what = words.split(" at line ").next().unwrap_or_default();
            wrong(format!("not a JSON record: {what}, column {column}"))
        })?;
        match (&record.prompt, &record.messages) {
            (None, None) => Err(wrong("neither \"prompt\" nor \"messages\" in it".into())),
            (Some(_), Some(_)) => Err(wrong("both \"prompt\" and \"messages\" in it".into())),
            _ => Ok(record),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Records};

    #[track_caller]
    fn check(records: Records, input: &[u8], expected: &[&str]) {
        let (mut rest, mut bytes, mut index) = (input, Vec::new(), 0);
        let mut found = Vec::new();
        while records.next(&mut rest, &mut bytes).unwrap() {
            index += 1;
            found.push(match records.read(&bytes, index) {
                Ok(record) => match &record.content {
                    Content::Prompt(text) => format!("{} {text}", record.name()),
                    Content::Messages(list) => format!("{} {}", record.name(), list.len()),
                },
                Err(error) => error.to_string(),
            });
        }
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(input));
    }

    #[test]
    fn records_are_told_apart() {
        check(Records::Lines, b"", &[]);
        check(Records::Lines, b"a", &["record-1 a"]);
        check(Records::Lines, b"a\nb\r\n", &["record-1 a", "record-2 b"]);
        check(
            Records::Lines,
            b"a\n\nb",
            &["record-1 a", "record 2: its prompt is empty", "record-3 b"],
        );
        check(Records::Null, b"a\nb\0c\0", &["record-1 a\nb", "record-2 c"]);
        check(Records::Lines, b"a\nb\xff\n", &["record-1 a", "record 2: not UTF-8 at byte 1"]);
    }

    #[test]
    fn json_lines_may_begin_with_a_mark_and_end_in_blank_lines() {
        let a = r#"{"prompt":"a"}"#;
        let no_object = "not a JSON object, such as {\"prompt\": \"...\"}";
        let [second, third] = [2, 3].map(|index| format!("record {index}: {no_object}"));
        for (input, expected) in [
            (format!("\u{feff}{a}\n"), &["record-1 a"][..]),
            (format!("{a}\n\n"), &["record-1 a"]),
            (format!("{a}\n \r\n\t\n\n"), &["record-1 a"]),
            ("\n\n".into(), &[]),
            (format!("{a}\n\n{a}\n"), &["record-1 a", &second, "record-3 a"]),
            (format!("{a}\n{a}\n\u{feff}{a}\n"), &["record-1 a", "record-2 a", &third]),
        ] {
            check(Records::Json, input.as_bytes(), expected);
        }
    }

    #[test]
    fn a_json_line_is_a_prompt_or_messages() {
        let wrong = "record 1: neither \"prompt\" nor \"messages\" in it";
        for (line, expected) in [
            (r#"{"prompt":"p"}"#, "record-1 p"),
            (r#"{"prompt":"p","id":"x","label":3}"#, "x p"),
            (r#"{"prompt":"p","id":7}"#, "7 p"),
            (r#"{"prompt":"p","id":null}"#, "record-1 p"),
            (r#"{"messages":[{"role":"user","content":"a"}]}"#, "record-1 1"),
            (r#"{"messages":[]}"#, "record 1: it has no messages"),
            (r#"{"messages":{}}"#, "record 1: \"messages\" is no array"),
            (r#"{"prompt":" "}"#, "record 1: its prompt is empty"),
            (r#"{"prompt":null}"#, wrong),
            ("{}", wrong),
            (r#"{"prompt":"p","id":[]}"#, "record 1: its \"id\" is neither a text nor a number"),
        ] {
            check(Records::Json, line.as_bytes(), &[expected]);
        }
    }
}
