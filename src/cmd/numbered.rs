//! File names by pattern: `part-%03d.txt` is part-001.txt, part-002.txt, ...

use std::path::PathBuf;

use crate::exit::{Exit, failure};

/// A name with a place for a number in it.
#[derive(Debug)]
pub struct Pattern {
    before: String,
    width: usize,
    after: String,
}

impl Pattern {
    /// `%d` or `%0Nd`, once; `%%` is a percent sign.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let wrong = || {
            let message = format!(
                "pattern '{text}' needs one %d or %03d for the number; %% is a percent sign"
            );
            failure(Exit::Usage, message)
        };
        let (before, rest) = literal(text);
        let (width, rest) = rest.and_then(|rest| rest.split_once('d')).ok_or_else(wrong)?;
        let padded = width.is_empty() || width.starts_with('0');
        let width = if width.is_empty() { 0 } else { width.parse().map_err(|_| wrong())? };
        let (after, rest) = literal(rest);
        if !padded || width > 20 || rest.is_some() {
            return Err(wrong());
        }
        Ok(Self { before, width, after })
    }

    pub fn file(&self, number: u64) -> PathBuf {
        let Self { before, width, after } = self;
        format!("{before}{number:0width$}{after}").into()
    }
}

/// Whether a name is a pattern, if perhaps a wrong one.
pub fn has_number(text: &str) -> bool {
    text.replace("%%", "").contains('%')
}

/// What stands before the first percent sign that is not doubled, and what behind it.
fn literal(text: &str) -> (String, Option<&str>) {
    let (mut before, mut rest) = (String::new(), text);
    while let Some((part, behind)) = rest.split_once('%') {
        before += part;
        let Some(doubled) = behind.strip_prefix('%') else { return (before, Some(behind)) };
        before.push('%');
        rest = doubled;
    }
    (before + rest, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, file: Option<&str>) {
        let parsed = Pattern::parse(pattern).ok().map(|pattern| pattern.file(7));
        assert_eq!(parsed, file.map(PathBuf::from));
    }

    #[test]
    fn a_pattern_has_one_number() {
        check("a-%d.png", Some("a-7.png"));
        check("%03d", Some("007"));
        check("100%%-%02d%%d.png", Some("100%-07%d.png"));
        check("%%%d%%", Some("%7%"));
        for wrong in ["", "a", "%", "%%", "%%d", "%x", "%2d", "%-1d", "%d%d", "%d%", "%099d", "%0"]
        {
            check(wrong, None);
        }
    }
}
