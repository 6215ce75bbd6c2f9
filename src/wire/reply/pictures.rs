//! Answers that hold pictures, as base64 or as addresses. They are large: base64 is decoded as it
//! is read, and the text that carried it is never held.

use std::fmt;
use std::io::{self, BufReader, Read};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{BadReply, ServerError, Usage, unreadable, usage};
use crate::wire::{Failure, Response};

/// How much of an answer is kept to say what it was, should it be no pictures.
const HEAD: usize = 64 << 10;
const PIECE: usize = 64 << 10;

/// With its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    pub made: Vec<Made>,
    pub usage: Option<Usage>,
}

/// One picture of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Made {
    Bytes(Vec<u8>),
    /// It has to be fetched.
    Address(String),
    /// Base64 that is none.
    Garbled,
}

/// One event of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum PictureEvent {
    /// A preview.
    Partial(Made),
    Whole(Pictures),
    /// It says nothing of pictures.
    Other,
}

/// Reads an answer of at most so many bytes.
pub fn pictures(response: Response, limit: usize) -> Result<Result<Pictures, BadReply>, Failure> {
    let mut reading = Reading { response, head: Vec::new(), left: limit, failure: None };
    let mut reader = BufReader::with_capacity(PIECE, &mut reading);
    let read = serde_json::from_reader::<_, Answer<Base64>>(&mut reader);
    if let Some(failure) = reading.failure {
        return Err(failure);
    }
    if reading.left == 0 {
        return Ok(Err(BadReply::Unreadable(format!("it is longer than {limit} bytes"))));
    }
    Ok(match read {
        Ok(answer) => answer.pictures(&reading.head),
        Err(error) => Err(unreadable(&reading.head, &error)),
    })
}

/// Reads an answer that is held whole, without its pictures: how many, and what they cost.
pub fn picture_count(body: &[u8]) -> Result<(u64, Option<Usage>), BadReply> {
    let answer: Answer<Unread> =
        serde_json::from_slice(body).map_err(|error| unreadable(body, &error))?;
    let count = answer.data.as_ref().map_or(0, Vec::len);
    answer.pictures(body).map(|pictures| (count as u64, pictures.usage))
}

/// Reads one event's data.
pub fn picture_event(data: &str) -> Result<PictureEvent, BadReply> {
    let body = data.as_bytes();
    let event: Event = serde_json::from_slice(body).map_err(|error| unreadable(body, &error))?;
    if event.error.is_some() {
        return Err(BadReply::Error(ServerError::read(body).unwrap_or_default()));
    }
    let kind = event.kind.unwrap_or_default();
    Ok(match event.b64_json {
        Some(Base64(made)) if kind.ends_with(".partial_image") => PictureEvent::Partial(made),
        Some(Base64(made)) if kind.ends_with(".completed") => PictureEvent::Whole(Pictures {
            made: vec![made],
            usage: event.usage.as_ref().and_then(usage),
        }),
        _ => PictureEvent::Other,
    })
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: Option<String>,
    b64_json: Option<Base64>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Answer<B> {
    data: Option<Vec<Item<B>>>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Item<B> {
    b64_json: Option<B>,
    url: Option<String>,
}

/// A text in base64, decoded.
struct Base64(Made);

/// One that nobody wants to see.
#[derive(Deserialize)]
struct Unread(#[allow(dead_code)] IgnoredAny);

impl<B: Into<Option<Made>>> Answer<B> {
    fn pictures(self, head: &[u8]) -> Result<Pictures, BadReply> {
        if self.error.is_some() {
            return Err(BadReply::Error(ServerError::read(head).unwrap_or_default()));
        }
        let Some(data) = self.data.filter(|data| !data.is_empty()) else {
            let none = || BadReply::Unreadable("it holds no pictures".to_owned());
            return Err(ServerError::read(head).map_or_else(none, BadReply::Error));
        };
        let made =
            data.into_iter().map(|item| match (item.b64_json.and_then(Into::into), item.url) {
                // Some servers fill both fields, one of them with nothing.
                (Some(Made::Bytes(none)), Some(url)) if none.is_empty() => address(url),
                (Some(made), _) => made,
                (None, Some(url)) => address(url),
                (None, None) => Made::Garbled,
            });
        Ok(Pictures { made: made.collect(), usage: self.usage.as_ref().and_then(usage) })
    }
}

/// A `data:` address holds its picture.
fn address(url: String) -> Made {
    match behind_data(&url) {
        Some(text) => decode(text),
        None => Made::Address(url),
    }
}

fn behind_data(text: &str) -> Option<&str> {
    let (_, text) = text.strip_prefix("data:")?.split_once(";base64,")?;
    Some(text)
}

/// Of a text that may be broken into lines, or be a `data:` address itself.
fn decode(text: &str) -> Made {
    let text = behind_data(text).unwrap_or(text).trim_ascii();
    let decoded = match text.contains(['\n', '\r']) {
        true => BASE64.decode(text.replace(['\n', '\r'], "")),
        false => BASE64.decode(text),
    };
    decoded.map_or(Made::Garbled, Made::Bytes)
}

impl From<Base64> for Option<Made> {
    fn from(Base64(made): Base64) -> Self {
        Some(made)
    }
}

impl From<Unread> for Option<Made> {
    fn from(_: Unread) -> Self {
        None
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Base64;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a picture in base64")
            }
            fn visit_str<E>(self, text: &str) -> Result<Base64, E> {
                Ok(Base64(decode(text)))
            }
        }
        field.deserialize_str(Text)
    }
}

/// The body as the JSON reader takes it, with what went wrong kept for us.
struct Reading {
    response: Response,
    head: Vec<u8>,
    left: usize,
    failure: Option<Failure>,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.left);
        match self.response.read(&mut buffer[..wanted]) {
            Ok(length) => {
                self.left -= length;
                let kept = length.min(HEAD - self.head.len());
                self.head.extend_from_slice(&buffer[..kept]);
                Ok(length)
            }
            Err(failure) => {
                self.failure = Some(failure);
                Err(io::Error::other("the body broke off"))
            }
        }
    }
}
