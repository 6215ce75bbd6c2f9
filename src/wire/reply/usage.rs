//! What the server says it counted.

use serde_json::Value;

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
    let named = match either(object, "completion_tokens", "output_tokens") {
        Some(value) => Some(count(value)?),
        None => None,
    };
    // Some servers bill reasoning that they leave out of the reply: the total has it.
    let left = object.get("total_tokens").and_then(count).and_then(|all| all.checked_sub(prompt));
    let reply = named.max(left)?;
    if prompt == 0 && reply == 0 {
        return None;
    }
    let detail = |details: Option<&Value>, name| match details.and_then(|d| d.get(name)) {
        None | Some(Value::Null) => Some(0),
        Some(value) => count(value),
    };
    let of_prompt = either(object, "prompt_tokens_details", "input_tokens_details");
    let of_reply = either(object, "completion_tokens_details", "output_tokens_details");
    let cached = detail(of_prompt, "cached_tokens")?.min(prompt);
    let cache_written = detail(of_prompt, "cache_write_tokens")?.min(prompt - cached);
    let part = |details, name, whole: u64| Some(detail(details, name)?.min(whole));
    Some(Usage {
        prompt,
        cached,
        cache_written,
        picture_in: part(of_prompt, "image_tokens", prompt)?,
        audio_in: part(of_prompt, "audio_tokens", prompt)?,
        reply,
        reasoning: part(of_reply, "reasoning_tokens", reply)?,
        picture_out: part(of_reply, "image_tokens", reply)?,
        audio_out: part(of_reply, "audio_tokens", reply)?,
    })
}

/// The field by one name or the other, unless it is null.
fn either<'a>(object: &'a Value, name: &str, other: &str) -> Option<&'a Value> {
    let field = |name| object.get(name).filter(|value| !value.is_null());
    field(name).or_else(|| field(other))
}

/// A count, which some servers write as `25.0`. More than a million million is none: a day of a
/// whole provider has fewer.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Checked to be exact.
fn count(value: &Value) -> Option<u64> {
    const MOST: u64 = 1_000_000_000_000;
    let whole = value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        (float.fract() == 0.0 && (0.0..=1e15).contains(&float)).then_some(float as u64)
    })?;
    (whole <= MOST).then_some(whole)
}
