//! A count a record of JSON.

use crate::account::count::Count;
use crate::account::framing::{self, Chat};
use crate::account::message;
use crate::account::models::Model;
use crate::cmd::records::JsonRecord;
use crate::exit::{Exit, failure};

/// A prompt counts as text, messages with their framing.
pub fn count(record: &JsonRecord, model: &Model, index: u64) -> anyhow::Result<Count> {
    let Some(messages) = &record.messages else {
        return Ok(framing::text(model, record.prompt.as_deref().unwrap_or_default()));
    };
    let messages = message::read(messages)
        .map_err(|error| failure(Exit::Usage, format!("record {index}: {error}")))?;
    Ok(framing::chat(model, &Chat { messages, ..Chat::default() }))
}
