//! What the server says it counted.

use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// `cached` and `cache_written` are parts of `prompt` that do not overlap, `reasoning` is a part
/// of `reply`, pictures and audio are parts of either: never more than the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt: u64,
    pub cached: u64,
    pub cache_written: u64,
    pub picture_in: u64,
    pub audio_in: u64,
    pub reply: u64,
    pub reasoning: u64,
    pub picture_out: u64,
    pub audio_out: u64,
}

/// Reads a usage object, by the names of chat or by those of batches and images. One that lacks a
/// count, or holds what is no count, is none: a bill is not built on it. Nor is it on one of zeros:
/// no request is without a token, but some servers fill in the form without counting.
pub fn usage(object: &Value) -> Option<Usage> {
    let prompt = count(either(object, "prompt_tokens", "input_tokens")?)?;
    let reply = match either(object, "completion_tokens", "output_tokens") {
        Some(value) => Some(count(value)?),
        None => None,
    };
    let total = object.get("total_tokens").and_then(count);
    let part = |details: Option<&Value>, name| match details.and_then(|d| d.get(name)) {
        None | Some(Value::Null) => Some(0),
        Some(value) => count(value),
    };
    let of_prompt = either(object, "prompt_tokens_details", "input_tokens_details");
    let of_reply = either(object, "completion_tokens_details", "output_tokens_details");
    let parts = Usage {
        prompt,
        cached: part(of_prompt, "cached_tokens")?,
        cache_written: part(of_prompt, "cache_write_tokens")?,
        picture_in: part(of_prompt, "image_tokens")?,
        audio_in: part(of_prompt, "audio_tokens")?,
        reply: 0,
        reasoning: part(of_reply, "reasoning_tokens")?,
        picture_out: part(of_reply, "image_tokens")?,
        audio_out: part(of_reply, "audio_tokens")?,
    };
    whole(parts, reply, total)
}

/// The same from its text. As the API writes it, it is read without a detour.
pub(super) fn usage_in(object: &RawValue) -> Option<Usage> {
    let plain = match serde_json::from_str::<Plain>(object.get()) {
        Ok(plain) if plain.input_tokens_details.or(plain.output_tokens_details).is_none() => plain,
        _ => return usage(&serde_json::from_str(object.get()).ok()?),
    };
    let count = |count: Option<Count>| count.map_or(0, |count| count.0);
    let of_prompt = plain.prompt_tokens_details.unwrap_or_default();
    let of_reply = plain.completion_tokens_details.unwrap_or_default();
    let parts = Usage {
        prompt: plain.prompt_tokens.0,
        cached: count(of_prompt.cached_tokens),
        cache_written: count(of_prompt.cache_write_tokens),
        picture_in: count(of_prompt.image_tokens),
        audio_in: count(of_prompt.audio_tokens),
        reply: 0,
        reasoning: count(of_reply.reasoning_tokens),
        picture_out: count(of_reply.image_tokens),
        audio_out: count(of_reply.audio_tokens),
    };
    whole(parts, Some(plain.completion_tokens.0), plain.total_tokens.map(|total| total.0))
}

/// No part is more than the whole.
fn whole(parts: Usage, reply: Option<u64>, total: Option<u64>) -> Option<Usage> {
    let prompt = parts.prompt;
    // Some servers bill reasoning that they leave out of the reply: the total has it.
    let reply = reply.max(total.and_then(|all| all.checked_sub(prompt)))?;
    if prompt == 0 && reply == 0 {
        return None;
    }
    let cached = parts.cached.min(prompt);
    Some(Usage {
        prompt,
        cached,
        cache_written: parts.cache_written.min(prompt - cached),
        picture_in: parts.picture_in.min(prompt),
        audio_in: parts.audio_in.min(prompt),
        reply,
        reasoning: parts.reasoning.min(reply),
        picture_out: parts.picture_out.min(reply),
        audio_out: parts.audio_out.min(reply),
    })
}

/// A usage with the names of chat, and nothing strange about it.
#[derive(Deserialize)]
struct Plain {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Option<Count>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
    input_tokens_details: Option<IgnoredAny>,
    output_tokens_details: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the API's")]
struct Details {
    cached_tokens: Option<Count>,
    cache_write_tokens: Option<Count>,
    image_tokens: Option<Count>,
    audio_tokens: Option<Count>,
    reasoning_tokens: Option<Count>,
}

/// A whole number, and not too large.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            whole @ ..=MOST => Ok(Self(whole)),
            _ => Err(D::Error::custom("too many")),
        }
    }
}

/// The field by one name or the other, unless it is null.
fn either<'a>(object: &'a Value, name: &str, other: &str) -> Option<&'a Value> {
    let field = |name| object.get(name).filter(|value| !value.is_null());
    field(name).or_else(|| field(other))
}

/// More than a million million is no count: a day of a whole provider has fewer.
const MOST: u64 = 1_000_000_000_000;

/// A count, which some servers write as `25.0`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Checked to be exact.
fn count(value: &Value) -> Option<u64> {
    let whole = value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        (float.fract() == 0.0 && (0.0..=1e15).contains(&float)).then_some(float as u64)
    })?;
    (whole <= MOST).then_some(whole)
}
