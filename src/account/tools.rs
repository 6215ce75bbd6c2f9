//! What tool definitions add to a prompt: they are rendered into it as TypeScript, by rules found
//! from recorded requests and their bills. What those do not cover is counted, but not exact.

use serde_json::Value;

use super::count::Count;
use super::framing::{self, Chat, Framing};
use super::message::{Message, Part};
use super::models::Model;
use super::rendering::Rendering;
use super::schema;
use crate::bpe::Encoding;

/// What we may miss of an unconfirmed rendering, beyond its own text: the fixed preamble of the
/// reasoning models is 85 tokens, the most ever missed of one function 22.
const UNSURE_REQUEST: u64 = 256;
const UNSURE_FUNCTION: u64 = 64;

pub(super) fn count(model: &Model, chat: &Chat) -> Count {
    let tools = chat.tools.and_then(Value::as_array).into_iter().flatten();
    let listed: Vec<Option<&Value>> = tools
        .map(|tool| tool.get("function"))
        .chain(chat.functions.and_then(Value::as_array).into_iter().flatten().map(Some))
        .collect();
    if listed.is_empty() {
        return Count::exact(0);
    }
    let reasoning = model.framing != Framing::Chat;
    let mut text = Rendering::new(reasoning);
    text.functions(&listed);
    // The one-line form came after the first of these models, and nobody recorded which.
    let old = model.encoding == Encoding::Cl100k && text.text.contains("(_: { ");

    let (placed, prompted) = placed(model, &chat.messages, &text.text);
    let choice = choice(model, chat);
    let forced = chat.tool_choice.is_some_and(Value::is_object);
    let preamble = preamble(model, prompted, forced);
    let tokens = (placed + choice.tokens + preamble).saturating_sub(1);
    if text.sure && choice.exact && model.published && !reasoning && !old {
        return Count::exact(tokens);
    }
    Count::about(tokens, bound(&text, chat, listed.len(), tokens))
}

/// What the reasoning models are told about tools in general, but less when there is no choice.
fn preamble(model: &Model, prompted: bool, forced: bool) -> u64 {
    match (model.framing, prompted) {
        (Framing::Chat | Framing::Chat0301, _) => 0,
        _ if model.name.starts_with('o') => 1,
        (_, true) => {
            if forced {
                75
            } else {
                85
            }
        }
        (_, false) => {
            if forced {
                71
            } else {
                81
            }
        }
    }
}

/// What the server cannot exceed: the rendering twice over, or a token for each byte of the
/// definitions, whichever is more, and what a request and each function may add.
fn bound(text: &Rendering, chat: &Chat, functions: usize, tokens: u64) -> u64 {
    if text.gave_up {
        return u64::MAX;
    }
    let written = [chat.tools, chat.functions].into_iter().flatten().map(schema::length);
    let text = written.sum::<u64>().max(2 * tokens).max(2 * text.text.len() as u64);
    text + UNSURE_REQUEST + UNSURE_FUNCTION * functions as u64
}

/// The rendering goes behind the first system message, or makes one of its own.
fn placed(model: &Model, messages: &[Message], tools: &str) -> (u64, bool) {
    let count = |text: &str| framing::text(model, text).tokens;
    let first = messages.iter().find(|message| matches!(message.role, "system" | "developer"));
    let Some(first) = first else { return (3 + count("system") + count(tools), false) };
    let mut text = String::new();
    for part in &first.parts {
        if let Part::Text(part) = part {
            text.push_str(part);
        }
    }
    let alone = count(&text);
    text.push_str("\n\n");
    text.push_str(tools);
    (count(&text).saturating_sub(alone), true)
}

/// What forcing the choice of a tool costs.
fn choice(model: &Model, chat: &Chat) -> Count {
    let named = |name: &str, by: u64| {
        framing::text(model, &format!("functions.{name}")).plus(Count::exact(by))
    };
    let unsure = Count::about(1, UNSURE_FUNCTION);
    match (chat.tool_choice, chat.function_call) {
        (None | Some(Value::Null), None | Some(Value::Null)) => Count::exact(0),
        (Some(Value::String(choice)), _) if matches!(choice.as_str(), "auto" | "required") => {
            Count::exact(0)
        }
        (Some(choice), _) => match choice["function"]["name"].as_str() {
            Some(name) => named(name, 6),
            None => unsure,
        },
        (None, Some(call)) => match call["name"].as_str() {
            Some(name) => unsure.plus(named(name, 3)),
            None => unsure,
        },
    }
}

#[cfg(test)]
mod tests;
