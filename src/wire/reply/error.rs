//! What a server says went wrong, in the shapes that servers use.

use std::fmt;

use serde_json::Value;

use crate::wire::Secret;

/// How much of a server's text is repeated.
const LONGEST: usize = 600;

/// A server's error object. Texts are cut to a bearable length, without control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerError {
    pub message: String,
    /// `type`, such as `invalid_request_error`.
    pub kind: Option<String>,
    pub param: Option<String>,
    /// `code`, such as `insufficient_quota`; a number is told as text.
    pub code: Option<String>,
}

impl ServerError {
    /// Finds the error in a body: `{"error":{…}}` as the API has it, or what others send.
    pub fn read(body: &[u8]) -> Option<ServerError> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let object = body.get(0).unwrap_or(&body);
        match object.get("error") {
            Some(Value::Object(error)) => {
                let message = error.get("message").and_then(text);
                let whole = || tidy(&Value::Object(error.clone()).to_string());
                Some(ServerError {
                    message: message.unwrap_or_else(whole),
                    kind: error.get("type").and_then(text),
                    param: error.get("param").and_then(text),
                    code: error.get("code").and_then(text),
                })
            }
            Some(error) if !error.is_null() => Some(ServerError::plain(text(error)?)),
            _ => {
                let message = object.get("message").or_else(|| object.get("detail"))?;
                Some(ServerError {
                    kind: object.get("type").and_then(text),
                    param: object.get("param").and_then(text),
                    code: object.get("code").and_then(text),
                    ..ServerError::plain(text(message)?)
                })
            }
        }
    }

    fn plain(message: String) -> ServerError {
        ServerError { message, ..ServerError::default() }
    }

    /// Whether it says that money is lacking: to ask again would change nothing.
    pub fn is_quota(&self) -> bool {
        [&self.code, &self.kind]
            .into_iter()
            .flatten()
            .any(|name| matches!(name.as_str(), "insufficient_quota" | "credit_balance_exhausted"))
    }

    /// The same without the key, should the server have repeated it.
    pub fn redacted(self, key: &Secret) -> ServerError {
        let hidden = |text: Option<String>| text.map(|text| key.redact(&text));
        ServerError {
            message: key.redact(&self.message),
            kind: hidden(self.kind),
            param: hidden(self.param),
            code: hidden(self.code),
        }
    }
}

impl fmt::Display for ServerError {
    /// The message, and the code where the message does not name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code.as_ref().or(self.kind.as_ref()) {
            Some(name) if self.message.is_empty() => f.write_str(name),
            Some(name) if !self.message.contains(name.as_str()) => {
                write!(f, "{} [{name}]", self.message)
            }
            _ => f.write_str(&self.message),
        }
    }
}

/// A field as text, if it says anything: other JSON than a text is told as it stands.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => tidy(text),
        other => tidy(&other.to_string()),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A foreign text on one line: no control characters, single blanks, not too long.
pub(in crate::wire) fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    for word in text.split(|c: char| c.is_control() || c.is_whitespace()) {
        if !word.is_empty() {
            let blank = if tidy.is_empty() { "" } else { " " };
            tidy.extend([blank, word]);
        }
        if tidy.len() > LONGEST {
            let start: String = tidy.chars().take(LONGEST).collect();
            return start + "…";
        }
    }
    tidy
}
