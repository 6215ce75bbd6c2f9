//! Reads from the very body that will be sent what the estimate needs: nothing that
//! `-o KEY=VALUE` puts there can slip past the limits.

use std::fmt;

use serde_json::Value;

use super::count::Count;
use super::fields::field;
use super::framing::{self, Chat, Prompt};
use super::message::{self, Message, Part};
use super::models::Model;
use super::price::Tier;

/// What a request asks for, as far as it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub prompt: Count,
    /// The cap of one reply, if the body sets one.
    pub cap: Option<u64>,
    /// How many replies are billed: choices (or `best_of`) times prompts.
    pub replies: u64,
    /// What may be billed as reply on top of each cap (a rejected prediction).
    pub beyond_cap: u64,
    pub tier: Tier,
    /// The prompt or the reply may hold more than text, at rates of its own.
    pub media: bool,
    /// A cache breakpoint asks to be kept for longer than usual.
    pub kept: bool,
    /// What is billed beyond the tokens, for a fee that no cap bounds.
    pub fees: Option<String>,
}

/// What in the body is not as the API takes it, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyError(String);

/// Reads the body of `/chat/completions`.
pub fn chat(model: &Model, body: &Value) -> Result<Ask, BodyError> {
    let messages =
        message::read(field(body, "messages")).map_err(|error| BodyError(error.to_string()))?;
    let media = messages.iter().any(has_media) || asks_for_media(body);
    let given = |name: &str| Some(field(body, name)).filter(|value| !value.is_null());
    let asked = Chat {
        messages,
        tools: given("tools"),
        tool_choice: given("tool_choice"),
        functions: given("functions"),
        function_call: given("function_call"),
        response_format: given("response_format"),
    };
    // Both fields at once: whichever the server heeds. A cap of none is no cap: there are servers
    // that read it as their default.
    let caps = [whole(body, "max_tokens")?, whole(body, "max_completion_tokens")?];
    let cap = caps.into_iter().flatten().max().filter(|cap| *cap > 0);
    Ok(Ask {
        prompt: framing::chat(model, &asked),
        cap,
        replies: choices(body)?,
        beyond_cap: prediction(model, body),
        tier: tier(body),
        media,
        kept: is_kept(body),
        fees: fees(model, body),
    })
}

/// Reads the body of `/completions`.
pub fn completion(model: &Model, body: &Value) -> Result<Ask, BodyError> {
    let prompts = prompts(field(body, "prompt"))?;
    let mut prompt = framing::completion(model, &prompts);
    if let Some(suffix) = field(body, "suffix").as_str() {
        // What marks the gap between prompt and suffix was never published.
        let suffix = framing::text(model, suffix).plus(Count::about(0, 16));
        prompt = prompts.iter().fold(prompt, |sum, _| sum.plus(suffix));
    }
    Ok(Ask {
        prompt,
        cap: whole(body, "max_tokens")?,
        replies: choices(body)?.saturating_mul(prompts.len() as u64).max(1),
        beyond_cap: 0,
        tier: tier(body),
        media: false,
        kept: false,
        fees: fees(model, body),
    })
}

/// A prompt is a text, or token ids, or a list of either.
fn prompts(prompt: &Value) -> Result<Vec<Prompt<'_>>, BodyError> {
    match prompt {
        // Left out, it is the one token that begins a text.
        Value::Null => Ok(vec![Prompt::Ids(1)]),
        Value::Array(list) if !list.iter().any(Value::is_u64) => list.iter().map(one).collect(),
        prompt => Ok(vec![one(prompt)?]),
    }
}

fn one(prompt: &Value) -> Result<Prompt<'_>, BodyError> {
    match prompt {
        Value::String(text) => Ok(Prompt::Text(text)),
        Value::Array(ids) if ids.iter().all(Value::is_u64) => Ok(Prompt::Ids(ids.len() as u64)),
        _ => Err(BodyError(
            "prompt is neither text nor token ids; write \"prompt\": \"...\"".to_owned(),
        )),
    }
}

/// A whole number, if the field is there.
fn whole(body: &Value, name: &str) -> Result<Option<u64>, BodyError> {
    match field(body, name) {
        Value::Null => Ok(None),
        value => value.as_u64().map(Some).ok_or_else(|| {
            BodyError(format!("{name} is {value}; write a whole number of 0 or more"))
        }),
    }
}

/// How many replies are written to a prompt, whatever part of them is sent back.
fn choices(body: &Value) -> Result<u64, BodyError> {
    Ok(whole(body, "n")?.max(whole(body, "best_of")?).unwrap_or(1).max(1))
}

/// What a server of any make may charge for besides tokens, or answer with a dearer model.
fn fees(model: &Model, body: &Value) -> Option<String> {
    const FIELDS: [&str; 9] = [
        "data_sources",
        "enable_search",
        "fallbacks",
        "models",
        "plugins",
        "search_parameters",
        "web_search",
        "web_search_options",
        "x_search",
    ];
    let asked = |name: &&&str| !matches!(field(body, name), Value::Null | Value::Bool(false));
    let tools = field(body, "tools").as_array().into_iter().flatten();
    let mut kinds = tools.map(|tool| tool["type"].as_str().unwrap_or("no type"));
    if model.has_fees {
        return Some(format!("what {} does on its own", model.name));
    }
    FIELDS.iter().find(asked).map(|name| (*name).to_owned()).or_else(|| {
        let built_in = kinds.find(|kind| !matches!(*kind, "function" | "custom"))?;
        Some(format!("a tool of type {built_in}"))
    })
}

fn tier(body: &Value) -> Tier {
    match field(body, "service_tier") {
        Value::Null => Tier::Standard,
        name => name.as_str().map_or(Tier::Unheard, Tier::named),
    }
}

fn has_media(message: &Message) -> bool {
    message.parts.iter().any(|part| !matches!(part, Part::Text(_) | Part::Refusal(_)))
}

/// Audio or pictures in the reply.
fn asks_for_media(body: &Value) -> bool {
    let modalities = field(body, "modalities").as_array().into_iter().flatten();
    !field(body, "audio").is_null() || modalities.into_iter().any(|kind| kind != "text")
}

/// A predicted reply: its tokens are billed as reply where the prediction is wrong, and the cap
/// is no cap for them.
fn prediction(model: &Model, body: &Value) -> u64 {
    let content = &field(body, "prediction")["content"];
    let parts = content.as_array().into_iter().flatten().map(|part| &part["text"]);
    let texts = parts.chain([content]).filter_map(Value::as_str);
    texts.map(|text| framing::text(model, text).bound).fold(0, u64::saturating_add)
}

/// Whether any breakpoint, wherever it stands, asks for more than the usual half hour.
pub fn is_kept(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().any(is_kept),
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            let caches = name.starts_with("prompt_cache_") || name == "cache_control";
            let lasts = |ttl: &Value| !ttl.is_null() && ttl != "30m" && ttl != "5m";
            (caches && lasts(&value["ttl"])) || is_kept(value)
        }),
        _ => false,
    }
}

impl Ask {
    /// A request of one plain prompt and one reply.
    #[cfg(test)]
    pub fn plain(prompt: Count, cap: Option<u64>) -> Self {
        Self {
            prompt,
            cap,
            replies: 1,
            beyond_cap: 0,
            tier: Tier::Standard,
            media: false,
            kept: false,
            fees: None,
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BodyError {}

#[cfg(test)]
mod tests;
