//! File names by pattern: `part-%03d.txt` is part-001.txt, part-002.txt, ...

use std::path::PathBuf;

use crate::exit::{Exit, failure};

/// A name with a place for a number in it.
pub struct Pattern {
    before: String,
    width: usize,
    after: String,
}

impl Pattern {
    /// `%d` or `%0Nd`, once.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let wrong = || {
            failure(Exit::Usage, format!("pattern '{text}' needs one %d or %03d for the number"))
        };
        let (before, rest) = text.split_once('%').ok_or_else(wrong)?;
        let (width, after) = rest.split_once('d').ok_or_else(wrong)?;
        let padded = width.is_empty() || width.starts_with('0');
        let width = if width.is_empty() { 0 } else { width.parse().map_err(|_| wrong())? };
        if !padded || width > 20 || after.contains('%') {
            return Err(wrong());
        }
        Ok(Self { before: before.into(), width, after: after.into() })
    }

    pub fn file(&self, number: u64) -> PathBuf {
        let Self { before, width, after } = self;
        format!("{before}{number:0width$}{after}").into()
    }
}
