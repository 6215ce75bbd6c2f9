//! What answers mean: chat and text completions, whole or in chunks, usage, errors, model lists.
//! Pure; unknown fields are left alone, and plain integers come out.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

pub mod batches;
mod error;
mod pictures;
mod progress;
mod usage;

#[cfg(test)]
mod tests;

pub use error::ServerError;
pub(super) use error::tidy;
pub use pictures::{Made, PictureEvent, Pictures, picture_count, picture_event, pictures};
pub use progress::Progress;
use usage::usage_in;
pub use usage::{Usage, usage};

/// More choices than this no server gives, and no stream may make us remember.
const MOST_CHOICES: u64 = 1024;

/// A whole chat or text completion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The model that answered, which need not be called like the one that was asked.
    pub model: Option<String>,
    /// The service tier it answered in.
    pub tier: Option<String>,
    /// At least one, in the order of their index.
    pub choices: Vec<Piece>,
    pub usage: Option<Usage>,
}

/// One event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Chunk(Chunk),
    /// `[DONE]`: nothing follows.
    Done,
}

/// A piece of a stream. Any of its parts may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    pub model: Option<String>,
    pub tier: Option<String>,
    pub pieces: Vec<Piece>,
    pub usage: Option<Usage>,
}

/// A choice, or what a chunk adds to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub index: u64,
    /// Empty when the server sent `null` or none.
    pub text: String,
    /// What the model wrote besides: its reasoning where it is shown, calls of tools.
    pub aside: String,
    /// Not empty when it is there.
    pub refusal: Option<String>,
    /// Whether it asks for a tool to be called.
    pub calls_tools: bool,
    pub finish: Finish,
}

/// Why a choice ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    Stop,
    /// Cut at its cap.
    Length,
    ContentFilter,
    ToolCalls,
    Other(String),
    /// No reason was given: it is not known to be complete.
    #[default]
    Missing,
}

/// An entry of the server's model list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Model {
    pub id: String,
    /// `YYYY-MM-DD`.
    pub shutdown_date: Option<String>,
}

/// A 2xx answer that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadReply {
    /// It is an error object.
    Error(ServerError),
    /// It cannot be understood, and why.
    Unreadable(String),
}

/// Reads a whole chat or text completion.
pub fn answer(body: &[u8]) -> Result<Answer, BadReply> {
    let Chunk { model, tier, pieces: mut choices, usage } = read::<Body>(body)?.into_chunk(body)?;
    if choices.is_empty() {
        let none = || BadReply::Unreadable("it holds no choices".to_owned());
        return Err(ServerError::read(body).map_or_else(none, BadReply::Error));
    }
    choices.sort_by_key(|choice| choice.index);
    Ok(Answer { model, tier, choices, usage })
}

/// Reads one event's data.
pub fn part(data: &str) -> Result<Part, BadReply> {
    if data.trim_ascii() == "[DONE]" {
        return Ok(Part::Done);
    }
    let body = read::<Body>(data.as_bytes())?;
    body.into_chunk(data.as_bytes()).map(Part::Chunk)
}

/// Reads a list of models.
pub fn models(body: &[u8]) -> Result<Vec<Model>, BadReply> {
    let (List::Wrapped { data } | List::Bare(data)) = read(body)?;
    Ok(data)
}

/// An answer or a chunk of one, as JSON.
#[derive(Deserialize)]
struct Body<'a> {
    model: Option<String>,
    service_tier: Option<Value>,
    choices: Option<Vec<Choice>>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    index: Option<u64>,
    // Boxed, for it is large and there is one of the two.
    message: Option<Box<Message>>,
    delta: Option<Box<Message>>,
    text: Option<String>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Message {
    content: Option<Content>,
    /// With some servers `reasoning`.
    reasoning_content: Option<Value>,
    reasoning: Option<Value>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Value>>,
    function_call: Option<Value>,
}

/// A text, or (with some servers) parts of which some are text.
struct Content(String);

#[derive(Deserialize)]
struct ContentPart {
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Wrapped { data: Vec<Model> },
    Bare(Vec<Model>),
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or parts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Content, A::Error> {
                let mut all = String::new();
                while let Some(ContentPart { text }) = parts.next_element()? {
                    all.extend(text);
                }
                Ok(Content(all))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

impl Body<'_> {
    fn into_chunk(self, body: &[u8]) -> Result<Chunk, BadReply> {
        if self.error.is_some() {
            return Err(BadReply::Error(ServerError::read(body).unwrap_or_default()));
        }
        let choices = self.choices.unwrap_or_default().into_iter().zip(0..);
        let pieces: Vec<Piece> = choices.map(|(choice, place)| choice.into_piece(place)).collect();
        if let Some(piece) = pieces.iter().find(|piece| piece.index >= MOST_CHOICES) {
            return Err(BadReply::Unreadable(format!("it numbers a choice {}", piece.index)));
        }
        let tier = self.service_tier.as_ref().and_then(Value::as_str).map(str::to_owned);
        Ok(Chunk { model: self.model, tier, pieces, usage: self.usage.and_then(usage_in) })
    }
}

impl Choice {
    fn into_piece(self, place: u64) -> Piece {
        let message = self.delta.or(self.message).unwrap_or_default();
        let text = match message.content {
            Some(Content(text)) => text,
            None => self.text.unwrap_or_default(),
        };
        let calls = message.tool_calls.unwrap_or_default();
        let refusal = message.refusal.filter(|text| !text.is_empty());
        let mut aside = String::new();
        let reasoning = message.reasoning_content.or(message.reasoning);
        aside.extend(reasoning.as_ref().and_then(Value::as_str));
        for call in &calls {
            aside.extend(called(&call["function"]).into_iter().chain(called(&call["custom"])));
        }
        aside.extend(message.function_call.as_ref().into_iter().flat_map(called));
        Piece {
            index: self.index.unwrap_or(place),
            text,
            aside,
            refusal,
            calls_tools: !calls.is_empty() || message.function_call.is_some(),
            finish: finish(self.finish_reason.unwrap_or_default()),
        }
    }
}

/// What the model wrote to call a tool.
fn called(tool: &Value) -> [&str; 3] {
    ["name", "arguments", "input"].map(|field| tool[field].as_str().unwrap_or_default())
}

fn finish(reason: String) -> Finish {
    match reason.as_str() {
        "" => Finish::Missing,
        "stop" => Finish::Stop,
        "length" => Finish::Length,
        "content_filter" => Finish::ContentFilter,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        _ => Finish::Other(reason),
    }
}

/// Reads JSON of a known shape, and says what it is when it is not.
fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BadReply> {
    // A byte order mark is none of the JSON, but there are servers that send one.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // What is known to be text need not be looked at again string by string.
    let read = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    read.map_err(|error| unreadable(body, &error))
}

/// What a body is, or the beginning of one, that is not what was expected.
fn unreadable(body: &[u8], error: &serde_json::Error) -> BadReply {
    let text = body.trim_ascii_start();
    let place = match error.line() {
        0 => String::new(),
        line => format!(" (line {line}, column {})", error.column()),
    };
    BadReply::Unreadable(if text.is_empty() {
        "it is empty".to_owned()
    } else if text.starts_with(b"<") {
        "it is HTML, not JSON; is the base URL right?".to_owned()
    } else if error.is_data() {
        match ServerError::read(body) {
            Some(error) => return BadReply::Error(error),
            None => format!("it is JSON of another kind{place}"),
        }
    } else {
        format!("it is not JSON{place}")
    })
}

impl fmt::Display for BadReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadReply::Error(error) => write!(f, "the server reports an error: {error}"),
            BadReply::Unreadable(why) => write!(f, "the server's answer cannot be read: {why}"),
        }
    }
}

impl std::error::Error for BadReply {}
