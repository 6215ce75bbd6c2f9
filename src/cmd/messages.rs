//! Messages as files hold them: a JSON array, or one message a line.

use serde_json::Value;

use crate::exit::{Exit, failure};

/// The messages in `text`, at least one; `file` is named when they are none.
pub fn parse(text: &str, file: &str) -> anyhow::Result<Vec<Value>> {
    let messages = if text.trim_start().starts_with('[') {
        let messages = serde_json::from_str(text)
            .map_err(|error| wrong(file, &not_json(error.line(), &error)))?;
        checked(messages, file)?
    } else {
        lines(text, file)?
    };
    if messages.is_empty() { Err(wrong(file, "no messages in it")) } else { Ok(messages) }
}

/// One message a line; blank lines are none.
pub fn lines(text: &str, file: &str) -> anyhow::Result<Vec<Value>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let messages = lines.map(|(index, line)| {
        serde_json::from_str(line).map_err(|error| wrong(file, &not_json(index + 1, &error)))
    });
    checked(messages.collect::<anyhow::Result<_>>()?, file)
}

fn checked(messages: Vec<Value>, file: &str) -> anyhow::Result<Vec<Value>> {
    match messages.iter().position(|message| !message["role"].is_string()) {
        Some(index) => {
            let number = index + 1;
            let why = format!("message {number} is none: it is to be an object with a \"role\"");
            Err(wrong(file, &why))
        }
        None => Ok(messages),
    }
}

/// The parser's words with a place of the file's, not of the line's that it was given.
fn not_json(line: usize, error: &serde_json::Error) -> String {
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or_default();
    format!("line {line}, column {}: not JSON: {what}", error.column())
}

fn wrong(file: &str, why: &str) -> anyhow::Error {
    failure(Exit::Usage, format!("{file}: {why}; nothing was sent"))
}
