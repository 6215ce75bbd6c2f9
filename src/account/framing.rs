//! What a conversation costs over its text: roles, names, priming, tools. Knows the rules of the
//! API's chat format, found from recorded requests and their bills; nothing of money.

use serde_json::Value;

use crate::bpe;

use super::count::Count;
use super::message::{Call, Message, Part};
use super::models::Model;
use super::{pictures, schema, tools};

/// How a model wraps what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// gpt-3.5-turbo-0301: four a message, one less for a name, three for the reply.
    Chat0301,
    /// Three a message, one for a name, three for the reply.
    Chat,
    /// The same, but two for the reply: the o series and gpt-5.
    Reasoning,
    /// Plain text.
    Text,
    /// Not published: counted as `Reasoning`, never exact.
    Unknown,
}

/// Everything in a chat request that is billed as prompt.
#[derive(Clone, Debug, Default)]
pub struct Chat<'a> {
    pub messages: Vec<Message<'a>>,
    pub tools: Option<&'a Value>,
    pub tool_choice: Option<&'a Value>,
    pub functions: Option<&'a Value>,
    pub function_call: Option<&'a Value>,
    pub response_format: Option<&'a Value>,
}

/// A prompt of a text completion: a text, or that many token ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt<'a> {
    Text(&'a str),
    Ids(u64),
}

/// What a template of our own ignorance may add to a message, and to the whole: the largest
/// default system prompt of a public chat template is about 150 tokens.
const UNKNOWN_MESSAGE: u64 = 16;
const UNKNOWN_REQUEST: u64 = 256;

/// What the prompt of a chat will be billed at.
pub fn chat(model: &Model, chat: &Chat) -> Count {
    let rules = Rules::of(model);
    let messages = chat.messages.iter().map(|message| rules.message(model, message));
    let framed = messages.fold(rules.prime, Count::plus);
    framed.plus(tools::count(model, chat)).plus(schema::count(model, chat.response_format))
}

/// What the prompts of a text completion will be billed at.
pub fn completion(model: &Model, prompts: &[Prompt]) -> Count {
    let counts = prompts.iter().map(|prompt| match prompt {
        Prompt::Text(prompt) => text(model, prompt),
        Prompt::Ids(ids) => Count::exact(*ids),
    });
    let prompts = counts.fold(Count::exact(0), Count::plus);
    match model.framing {
        Framing::Unknown => prompts.plus(Count::about(0, UNKNOWN_REQUEST)),
        _ => prompts,
    }
}

/// What one text is in this model's tokens, without framing. Where the encoding is not published,
/// no token is less than a byte.
pub fn text(model: &Model, text: &str) -> Count {
    let tokens = bpe::count(model.encoding, text.as_bytes());
    if model.published {
        Count::exact(tokens)
    } else {
        Count::about(tokens, tokens.max(text.len() as u64))
    }
}

/// The figures of a framing.
struct Rules {
    message: Count,
    /// What a name costs besides itself; 0301 leaves the role out for it.
    name: i64,
    prime: Count,
}

impl Rules {
    fn of(model: &Model) -> Self {
        match model.framing {
            Framing::Chat0301 => {
                Self { message: Count::exact(4), name: -1, prime: Count::exact(3) }
            }
            Framing::Chat => Self { message: Count::exact(3), name: 1, prime: Count::exact(3) },
            Framing::Reasoning => {
                Self { message: Count::exact(3), name: 1, prime: Count::exact(2) }
            }
            Framing::Text | Framing::Unknown => Self {
                message: Count::about(3, 3 + UNKNOWN_MESSAGE),
                name: 1,
                prime: Count::about(2, UNKNOWN_REQUEST),
            },
        }
    }

    fn message(&self, model: &Model, message: &Message) -> Count {
        let mut count = self.message.plus(text(model, message.role));
        if !matches!(message.role, "system" | "developer" | "user" | "assistant") {
            count = count.plus(Count::about(0, UNKNOWN_MESSAGE));
        }
        match (message.answers, message.name) {
            (Some(function), _) => {
                let result = text(model, &format!("functions.{function}"));
                count = count.plus(result).plus(Count::about(0, UNKNOWN_MESSAGE));
            }
            (None, Some(name)) => {
                let same = i64::from(name == message.role);
                count = count.plus(text(model, name)).shifted(self.name - same);
            }
            (None, None) => {}
        }
        let calls = message.calls.iter().map(|call| self::call(model, call));
        calls.fold(count.plus(content(model, &message.parts)), Count::plus)
    }
}

/// Text parts are joined before they are counted; a picture ends the run.
fn content(model: &Model, parts: &[Part]) -> Count {
    let mut count = Count::exact(0);
    let mut run = String::new();
    let mut runs = 0;
    for part in parts {
        if let Part::Text(text) = part {
            // The usual message is one text: counted where it is.
            if parts.len() == 1 {
                return self::text(model, text);
            }
            run.push_str(text);
            continue;
        }
        count = count.plus(text(model, &run)).plus(match part {
            Part::Text(_) => Count::exact(0),
            Part::Picture { size, detail } => match model.sight {
                Some(sight) => pictures::tokens(sight, *size, *detail),
                None => Count::about(0, u64::MAX),
            },
            Part::Refusal(refusal) => {
                let refused = text(model, refusal);
                Count::about(refused.tokens, refused.bound.saturating_add(UNKNOWN_MESSAGE))
            }
            Part::Field(length) => Count::about(0, length.saturating_add(UNKNOWN_MESSAGE)),
            Part::Audio | Part::Other => Count::about(0, u64::MAX),
        });
        runs += u64::from(!run.is_empty());
        run.clear();
    }
    runs += u64::from(!run.is_empty());
    // Text on both sides of a picture was never recorded: how the ends are joined is not known.
    let joints = if runs > 1 { Count::about(0, 2 * runs) } else { Count::exact(0) };
    count.plus(text(model, &run)).plus(joints)
}

/// A call with its answer costs five more than its text; several at once about sixteen more each.
/// Five in six of the recorded ones are met exactly, which is not exact.
fn call(model: &Model, call: &Call) -> Count {
    let text = text(model, call.name).plus(text(model, call.arguments));
    text.plus(Count::about(6, 6 + 2 * UNKNOWN_MESSAGE))
}

#[cfg(test)]
mod tests;
