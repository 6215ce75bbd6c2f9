//! A record's line of output: the reply alone, or JSON.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::account::bill::Bill;
use crate::cmd::exact_json;
use crate::cmd::records::{Record, Records};
use crate::cmd::report;
use crate::stdio::visible;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Line breaks folded to a blank, ended by one.
    Line {
        for_terminal: bool,
    },
    /// Untouched, ended by NUL.
    Null,
    Json,
}

/// What came of a record.
#[derive(Clone, Copy)]
pub struct Outcome<'a> {
    /// The choices, as far as they came.
    pub replies: &'a [String],
    /// What stands between them, before line breaks are folded.
    pub between: &'static str,
    /// Several were asked for, so JSON has a list of them.
    pub several: bool,
    pub bill: Option<&'a Bill>,
    pub error: Option<&'a str>,
}

impl Form {
    pub fn of(records: Records, json: bool, for_terminal: bool) -> Self {
        match records {
            _ if json => Self::Json,
            Records::Null => Self::Null,
            Records::Lines | Records::Json => Self::Line { for_terminal },
        }
    }

    /// What ends a line.
    pub fn end(self) -> u8 {
        if self == Self::Null { 0 } else { b'\n' }
    }

    /// A text that fails is an empty line: a pipe gets a whole reply or none.
    pub fn line(self, record: &Record, outcome: Outcome<'_>) -> Vec<u8> {
        let text = || match (outcome.error, outcome.replies) {
            (Some(_), _) => Cow::default(),
            (None, [one]) => Cow::from(one),
            (None, several) => several.join(outcome.between).into(),
        };
        let mut line = match self {
            Self::Line { for_terminal: true } => visible(&folded(&text())).into_owned(),
            Self::Line { for_terminal: false } => folded(&text()),
            Self::Null => text().into_owned(),
            Self::Json => json(record, outcome).to_string(),
        }
        .into_bytes();
        line.push(self.end());
        line
    }
}

/// On one line: line breaks become one blank, those at the end none.
pub fn folded(text: &str) -> String {
    let lines = text.trim_end_matches(['\r', '\n']).split(['\r', '\n']);
    let mut folded = String::with_capacity(text.len());
    for (place, line) in lines.enumerate().filter(|(place, line)| *place == 0 || !line.is_empty()) {
        if place > 0 {
            folded.push(' ');
        }
        folded.push_str(line);
    }
    folded
}

fn json(record: &Record, outcome: Outcome<'_>) -> Value {
    let reply = match outcome.replies {
        [] => Value::Null,
        [one] if !outcome.several => one.as_str().into(),
        several => several.into(),
    };
    let mut line = json!({
        "index": record.index,
        "id": record.id,
        "reply": reply,
        "usage": outcome.bill.map(report::usage),
        "cost": outcome.bill.map(|bill| exact_json(bill.cost)),
        "error": outcome.error,
    });
    if record.id.is_none() {
        line["digest"] = record.digest().into();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn line_breaks_become_blanks() {
        for (text, line) in [
            ("", ""),
            ("\n", ""),
            ("a", "a"),
            ("a\n", "a"),
            ("a\nb", "a b"),
            ("a\r\nb\r\n", "a b"),
            ("a\n\n\nb\n\n", "a b"),
            ("\na", " a"),
            ("a \n b", "a   b"),
        ] {
            assert_eq!(folded(text), line, "{text:?}");
        }
    }
}
