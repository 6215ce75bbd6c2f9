//! What the server says of batches and their files: a batch's state, a page of a list, and the
//! lines of the files that hold requests and answers. Pure; ids come out fit to stand in a path.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{BadReply, ServerError, read};

/// No server's ids are longer.
const LONGEST_ID: usize = 200;

/// A batch, a file, as the server names it: nothing in it can lead to another address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Id(String);

impl Id {
    pub fn read(text: &str) -> Option<Id> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        let named = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        let fits = named && text.len() <= LONGEST_ID && text.bytes().all(plain);
        fits.then(|| Id(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Id, String> {
        Id::read(&text).ok_or_else(|| "an id that is none".to_owned())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a batch has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// `validating`, `in_progress`, `finalizing`, `cancelling`, or a word that is new.
    Going,
    Completed,
    /// No request of it was carried out.
    Failed,
    /// Its time was over before all of it was done.
    Expired,
    Cancelled,
}

/// A batch as the server describes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch {
    pub id: Id,
    pub status: String,
    pub input_file_id: Id,
    pub output_file_id: Option<Id>,
    pub error_file_id: Option<Id>,
    request_counts: Option<Counts>,
    errors: Option<Errors>,
    /// Unix seconds.
    #[serde(default)]
    pub created_at: i64,
    completed_at: Option<i64>,
    expired_at: Option<i64>,
    cancelled_at: Option<i64>,
    failed_at: Option<i64>,
}

/// How many of its requests came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub total: u64,
    pub completed: u64,
    pub failed: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct Errors {
    data: Option<Vec<LineError>>,
}

#[derive(Clone, Debug, Deserialize)]
struct LineError {
    message: Option<String>,
    code: Option<String>,
    line: Option<u64>,
}

/// A part of a list of batches.
pub struct Page {
    /// Each as it was sent, and read.
    pub batches: Vec<(Box<RawValue>, Batch)>,
    pub more: bool,
}

/// A line of a file of answers.
#[derive(Debug)]
pub struct Line {
    /// Which request it answers.
    pub custom_id: String,
    pub answer: Result<Box<RawValue>, Refused>,
}

/// A request that a batch got no answer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status that a request of its own would have got.
    pub status: Option<u16>,
    pub error: ServerError,
}

pub fn batch(body: &[u8]) -> Result<Batch, BadReply> {
    read(body)
}

/// The id of a file that was uploaded.
pub fn file(body: &[u8]) -> Result<Id, BadReply> {
    #[derive(Deserialize)]
    struct File {
        id: Id,
    }
    read::<File>(body).map(|file| file.id)
}

pub fn page(body: &[u8]) -> Result<Page, BadReply> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Box<RawValue>>,
        has_more: Option<bool>,
    }
    let List { data, has_more } = read(body)?;
    let each = |raw: Box<RawValue>| Ok((batch(raw.get().as_bytes())?, raw));
    let batches = data.into_iter().map(each).map(|read| read.map(|(batch, raw)| (raw, batch)));
    Ok(Page { batches: batches.collect::<Result<_, _>>()?, more: has_more == Some(true) })
}

/// Reads a line of an output or error file.
pub fn line(text: &[u8]) -> Result<Line, BadReply> {
    #[derive(Deserialize)]
    struct Fields {
        custom_id: String,
        response: Option<Response>,
        error: Option<Value>,
    }
    #[derive(Deserialize)]
    struct Response {
        status_code: Option<u16>,
        body: Option<Box<RawValue>>,
    }
    let Fields { custom_id, response, error } = read(text)?;
    let refused = |status, error| Err(Refused { status, error });
    let answer = match response {
        _ if error.is_some() => refused(None, error_of(error.as_ref())),
        Some(Response { status_code, body: Some(body) }) => match status_code.unwrap_or(200) {
            200..=299 => Ok(body),
            status => {
                let words = ServerError::read(body.get().as_bytes()).unwrap_or_default();
                refused(Some(status), words)
            }
        },
        Some(Response { status_code, body: None }) => refused(status_code, ServerError::default()),
        None => refused(None, ServerError::default()),
    };
    Ok(Line { custom_id, answer })
}

/// An error that stands by itself, not in an answer.
fn error_of(error: Option<&Value>) -> ServerError {
    let body = serde_json::json!({ "error": error }).to_string();
    ServerError::read(body.as_bytes()).unwrap_or_default()
}

impl Batch {
    pub fn state(&self) -> State {
        match self.status.as_str() {
            "completed" => State::Completed,
            "failed" => State::Failed,
            "expired" => State::Expired,
            "cancelled" => State::Cancelled,
            _ => State::Going,
        }
    }

    pub fn counts(&self) -> Counts {
        self.request_counts.unwrap_or_default()
    }

    /// From its making to its end.
    pub fn seconds(&self) -> u64 {
        let ends = [self.completed_at, self.expired_at, self.cancelled_at, self.failed_at];
        let end = ends.into_iter().flatten().max().unwrap_or(self.created_at);
        u64::try_from(end.saturating_sub(self.created_at)).unwrap_or(0)
    }

    /// Why it failed as a whole, the first reasons of many.
    pub fn errors(&self) -> String {
        let listed = self.errors.as_ref().and_then(|errors| errors.data.as_deref());
        let told = |error: &LineError| {
            let words = ServerError {
                message: super::tidy(error.message.as_deref().unwrap_or_default()),
                code: error.code.as_deref().map(super::tidy),
                ..ServerError::default()
            };
            match error.line {
                Some(line) => format!("line {line}: {words}"),
                None => words.to_string(),
            }
        };
        let listed = listed.unwrap_or_default();
        let mut words: Vec<String> = listed.iter().take(3).map(told).collect();
        if listed.len() > words.len() {
            words.push(format!("and {} more", listed.len() - words.len()));
        }
        words.join("; ")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.error.to_string();
        match (self.status, words.as_str()) {
            (Some(status), "") => write!(f, "answered {status}"),
            (Some(status), words) => write!(f, "answered {status}: {words}"),
            (None, "") => f.write_str("no answer"),
            (None, words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests;
