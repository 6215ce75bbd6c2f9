//! The grammar of `--rate`: dollars per 1,000 tokens, or per the number its suffix names.

use super::money::{MoneyError, Picodollars};

/// Dollars for one token in, and for one token out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub input: Picodollars,
    pub output: Picodollars,
}

/// One line that names the text and says what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateError(String);

/// A dollar for a token is a slip of the finger: the dearest model ever listed asks 0.0006.
const MOST: Picodollars = Picodollars::DOLLAR;

/// `0.002`, `0.002/1k`, `2/1M:12/1M`: one figure counts both ways, each side has its own suffix.
pub fn parse(text: &str) -> Result<Rate, RateError> {
    let (input, output) = match text.split_once(':') {
        Some((input, output)) => (side(text, input)?, side(text, output)?),
        None => (side(text, text)?, side(text, text)?),
    };
    Ok(Rate { input, output })
}

/// Dollars for one token, from one side of the colon.
fn side(whole: &str, side: &str) -> Result<Picodollars, RateError> {
    let wrong =
        |why: &str| RateError(format!("rate '{whole}' {why}; write 0.002, 0.002/1k or 2/1M:12/1M"));
    let (dollars, zeros) = match side.split_once('/') {
        None | Some((_, "1k" | "1K")) => (side.split('/').next().unwrap_or(side), 3),
        Some((dollars, "1M" | "1m")) => (dollars, 6),
        Some((_, _)) => return Err(wrong("is neither per 1k nor per 1M tokens")),
    };
    match Picodollars::from_dollars_per(dollars, zeros) {
        Ok(rate) if rate <= MOST => Ok(rate),
        Ok(_) | Err(MoneyError::TooLarge(_)) => Err(wrong("is over a dollar a token")),
        Err(MoneyError::NotANumber(_)) => Err(wrong("is no number of dollars")),
        Err(MoneyError::Negative(_)) => Err(wrong("is negative")),
        Err(MoneyError::TooFine(_)) => Err(wrong("is finer than a picodollar a token")),
    }
}

impl std::fmt::Display for RateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, input: u128, output: u128) {
        let (input, output) = (Picodollars(input), Picodollars(output));
        assert_eq!(parse(text), Ok(Rate { input, output }));
    }

    #[test]
    fn a_rate_is_by_the_thousand_unless_its_suffix_says_otherwise() {
        check("0.002", 2_000_000, 2_000_000);
        check("0.002/1k", 2_000_000, 2_000_000);
        check("0.002/1K", 2_000_000, 2_000_000);
        check("2/1M", 2_000_000, 2_000_000);
        check("2/1m", 2_000_000, 2_000_000);
        check("2/1M:12/1M", 2_000_000, 12_000_000);
        check("0.002:12/1M", 2_000_000, 12_000_000);
        check("2/1M:0.012", 2_000_000, 12_000_000);
        check("0", 0, 0);
        check("1e-7", 100, 100);
        check("1000", 1_000_000_000_000, 1_000_000_000_000);
        check("0.000000001", 1, 1);
        check("0.000001/1M", 1, 1);
    }

    #[test]
    fn a_rate_that_is_none_says_what_would_be_right() {
        let check = |text: &str, why: &str| {
            let line = format!("rate '{text}' {why}; write 0.002, 0.002/1k or 2/1M:12/1M");
            assert_eq!(parse(text), Err(RateError(line)));
        };
        check("-1", "is negative");
        check("1:-1", "is negative");
        check("nan", "is no number of dollars");
        check("", "is no number of dollars");
        check(":", "is no number of dollars");
        check("1:", "is no number of dollars");
        check("1:2:3", "is no number of dollars");
        check("/1k", "is no number of dollars");
        check("inf", "is no number of dollars");
        check("2/1G", "is neither per 1k nor per 1M tokens");
        check("2/", "is neither per 1k nor per 1M tokens");
        check("2/1M/1M", "is neither per 1k nor per 1M tokens");
        check("0.0000000001", "is finer than a picodollar a token");
        check("0.0000001/1M", "is finer than a picodollar a token");
        check("1001", "is over a dollar a token");
        check("1e300", "is over a dollar a token");
    }
}
