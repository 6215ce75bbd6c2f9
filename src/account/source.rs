//! Who says what tokens cost: it goes into the ledger and the report, with the date of what is
//! built in.

use std::fmt;

use super::models::AS_OF;

/// Who named the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `--rate`
    Flag,
    /// `[price."MODEL"]` in the config
    Config,
    /// `--prices` or `GPT_PRICES`
    Map,
    /// the built-in, dated table
    Table,
    /// the announced default of $0.002 per 1,000 tokens
    Default,
}

impl Source {
    /// As it is printed; a table of another date is the table as well.
    pub fn named(text: &str) -> Self {
        let others = [Self::Flag, Self::Config, Self::Map, Self::Default];
        others.into_iter().find(|source| source.to_string() == text).unwrap_or(Self::Table)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--rate",
            Self::Config => "config",
            Self::Map => "price map",
            Self::Table => return write!(f, "table of {AS_OF}"),
            Self::Default => "default rate",
        })
    }
}
