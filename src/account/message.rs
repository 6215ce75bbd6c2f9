//! Messages as they are counted: borrowed from what is sent, and checked no further than counting
//! needs. What only the server can judge is left to the server.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::fields::find;
use super::pictures::{self, Detail, Size};
use super::schema;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message<'a> {
    pub role: &'a str,
    pub name: Option<&'a str>,
    pub parts: Vec<Part<'a>>,
    pub calls: Vec<Call<'a>>,
    /// The function whose result this is.
    pub answers: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    /// A picture; without a size where only a URL is given.
    Picture {
        size: Option<Size>,
        detail: Detail,
    },
    /// Text that is wrapped in a way nobody has published.
    Refusal(&'a str),
    Audio,
    /// A file, or a kind we have never heard of.
    Other,
    /// A field of a message that we have never heard of, so many bytes long.
    Field(u64),
}

/// A tool call in an assistant's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub arguments: &'a str,
}

/// What is wrong with which message, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageError(String);

/// Reads a JSON array of messages as the API takes them.
pub fn read(messages: &Value) -> Result<Vec<Message<'_>>, MessageError> {
    let array = messages.as_array().ok_or_else(|| {
        MessageError("messages are no array; write [{\"role\": \"user\", ...}]".to_owned())
    })?;
    let mut read = Vec::with_capacity(array.len());
    for (at, message) in array.iter().enumerate() {
        let message =
            one(message, &read).map_err(|why| MessageError(format!("message {} {why}", at + 1)))?;
        read.push(message);
    }
    Ok(read)
}

fn one<'a>(message: &'a Value, before: &[Message<'a>]) -> Result<Message<'a>, &'static str> {
    let fields =
        message.as_object().ok_or("is no object; write {\"role\": ..., \"content\": ...}")?;
    let text = |field: &str| find(fields, field).and_then(Value::as_str);
    let role = text("role").ok_or("has no role; write \"role\": \"user\"")?;
    let mut parts = match find(fields, "content") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![Part::Text(text)],
        Some(Value::Array(parts)) => parts.iter().map(part).collect(),
        Some(_) => return Err("has a content that is neither text nor parts"),
    };
    parts.extend(text("refusal").map(Part::Refusal));
    parts.extend(fields.iter().filter_map(|(name, value)| unheard(name, value)));
    parts.extend(find(fields, "audio").filter(|audio| !audio.is_null()).map(|_| Part::Audio));

    let listed = find(fields, "tool_calls").and_then(Value::as_array).into_iter().flatten();
    let called = find(fields, "function_call").filter(|call| !call.is_null());
    Ok(Message {
        role,
        name: text("name"),
        parts,
        calls: listed.map(call).chain(called.map(function)).collect(),
        answers: match role {
            "tool" => Some(answered(text("tool_call_id").unwrap_or_default(), before)),
            "function" => text("name"),
            _ => None,
        },
    })
}

/// What a server of another make may read: the reasoning before a reply, a document.
fn unheard<'a>(name: &str, value: &Value) -> Option<Part<'a>> {
    const KNOWN: [&str; 9] = [
        "annotations",
        "audio",
        "content",
        "function_call",
        "name",
        "refusal",
        "role",
        "tool_call_id",
        "tool_calls",
    ];
    let says_something = !matches!(value, Value::Null | Value::Bool(_) | Value::Number(_));
    (says_something && !KNOWN.contains(&name)).then(|| Part::Field(schema::length(value)))
}

/// The function that a tool call's id called.
fn answered<'a>(id: &'a str, before: &[Message<'a>]) -> &'a str {
    let mut calls = before.iter().rev().flat_map(|message| &message.calls);
    calls.find(|call| call.id == id).map_or(id, |call| call.name)
}

fn call(call: &Value) -> Call<'_> {
    let id = call["id"].as_str().unwrap_or_default();
    match call.get("custom") {
        Some(custom) => Call {
            id,
            name: custom["name"].as_str().unwrap_or_default(),
            arguments: custom["input"].as_str().unwrap_or_default(),
        },
        None => Call { id, ..function(&call["function"]) },
    }
}

fn function(function: &Value) -> Call<'_> {
    let text = |field: &str| function[field].as_str().unwrap_or_default();
    Call { id: "", name: text("name"), arguments: text("arguments") }
}

fn part(part: &Value) -> Part<'_> {
    match part["type"].as_str() {
        Some("text") => part["text"].as_str().map_or(Part::Other, Part::Text),
        Some("refusal") => part["refusal"].as_str().map_or(Part::Other, Part::Refusal),
        Some("image_url") => picture(&part["image_url"]),
        Some("input_audio") => Part::Audio,
        _ => Part::Other,
    }
}

fn picture(image: &Value) -> Part<'_> {
    let url = image["url"].as_str().or(image.as_str()).unwrap_or_default();
    let detail = match &image["detail"] {
        Value::Null => Detail::Auto,
        detail => match detail.as_str() {
            Some("auto") => Detail::Auto,
            Some("low") => Detail::Low,
            Some("high") => Detail::High,
            Some("original") => Detail::Original,
            _ => Detail::Unheard,
        },
    };
    Part::Picture { size: embedded_size(url), detail }
}

/// Nearly every picture says its size in its first bytes; what follows is megabytes.
const HEAD: usize = 64 * 1024;

/// The size of a picture that is in the URL itself: `data:image/png;base64,...`.
fn embedded_size(url: &str) -> Option<Size> {
    let (kind, data) = url.strip_prefix("data:")?.split_once(',')?;
    kind.ends_with(";base64").then_some(())?;
    let decode = |data: &str| STANDARD.decode(data).ok().and_then(|bytes| pictures::size(&bytes));
    let head = data.get(..HEAD).and_then(decode);
    head.or_else(|| decode(data))
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MessageError {}

#[cfg(test)]
mod tests;
