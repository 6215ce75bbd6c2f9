//! Making a conversation fit: the oldest turns go, the system message stays.

use serde_json::Value;

use crate::exit::{self, Exit};

pub struct Fitting {
    pub messages: Vec<Value>,
    pub dropped: usize,
}

/// The most of `messages` that `check` does not find too long. What remains begins, behind the
/// system messages, with a turn of the user's; the last turn always remains.
pub fn fit(messages: &[Value], check: impl Fn(&[Value]) -> anyhow::Result<()>) -> Fitting {
    let is = |message: &Value, role: &str| message["role"] == role;
    let system =
        messages.iter().take_while(|each| is(each, "system") || is(each, "developer")).count();
    let starts: Vec<usize> =
        (system..messages.len()).filter(|&at| at == system || is(&messages[at], "user")).collect();
    let from = |start: usize| [&messages[..system], &messages[start..]].concat();
    let too_long = |start: usize| match check(&from(start)) {
        Err(error) => exit::code(&error) == Exit::OverTokens,
        Ok(()) => false,
    };
    // Each turn less is shorter, so the first start that fits can be searched for by halves.
    let first =
        starts.partition_point(|&start| too_long(start)).min(starts.len().saturating_sub(1));
    let start = starts.get(first).copied().unwrap_or(system);
    Fitting { messages: from(start), dropped: start - system }
}
