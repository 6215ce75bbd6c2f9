//! A number of tokens that knows how sure it is of itself.

use std::fmt;

/// `tokens` is what we believe, `bound` what the server cannot exceed: equal when `exact`.
/// Money and limits go by the bound. `u64::MAX` means that only the model's context bounds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub tokens: u64,
    pub exact: bool,
    pub bound: u64,
}

impl Count {
    pub const fn exact(tokens: u64) -> Self {
        Self { tokens, exact: true, bound: tokens }
    }

    pub const fn about(tokens: u64, bound: u64) -> Self {
        Self { tokens, exact: false, bound }
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            exact: self.exact && other.exact,
            bound: self.bound.saturating_add(other.bound),
        }
    }

    /// A few tokens more, or less.
    #[must_use]
    pub const fn shifted(self, by: i64) -> Self {
        Self {
            tokens: self.tokens.saturating_add_signed(by),
            exact: self.exact,
            bound: match self.bound {
                u64::MAX => u64::MAX,
                bound => bound.saturating_add_signed(by),
            },
        }
    }
}

/// `25`, or `~25` when it is not exact.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.exact { "" } else { "~" }, self.tokens)
    }
}
