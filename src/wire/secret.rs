//! A text that is used and never shown.

use std::fmt;

use super::Invalid;

#[cfg(test)]
mod tests;

/// No key is shorter, and to hide every `a` would hide what a server says.
const SHORTEST: usize = 6;

/// An API key or a proxy's password. `Debug` and `Display` print `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A key as it may stand in a header: blanks around it are dropped, visible ASCII remains.
    pub fn key(text: &str) -> Result<Secret, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid("the API key is empty".to_owned()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid(
                "the API key holds a blank, a line break or a byte that is not ASCII".to_owned(),
            ));
        }
        Ok(Secret(text.to_owned()))
    }

    /// Any text that must not be shown.
    pub(super) fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The text itself, for the header it goes into.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The text with every occurrence of the secret replaced by `***`. A word like `none` or
    /// `EMPTY`, which stands in for a key with servers that want none, is no secret.
    pub fn redact(&self, text: &str) -> String {
        if self.0.len() < SHORTEST {
            return text.to_owned();
        }
        let hidden = text.replace(&self.0, "***");
        // A long text was cut, perhaps in the middle of the key.
        let Some(start) = hidden.strip_suffix('…') else { return hidden };
        let parts = (SHORTEST..self.0.len()).rev().map(|length| &self.0[..length]);
        let before = parts.into_iter().find_map(|part| start.strip_suffix(part));
        before.map_or(hidden.clone(), |before| format!("{before}***…"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
