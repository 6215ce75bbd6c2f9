//! What requests ask for together, and what they can cost at most. Pure.

use std::fmt;

use crate::account::body::Ask;
use crate::account::count::Count;
use crate::account::estimate::Estimate;
use crate::account::models::Model;
use crate::account::money::Picodollars;
use crate::account::price::{Price, Source};
use crate::cmd::completion::unbounded;

/// `Display`: `3 requests, 75 prompt + up to 1500 reply tokens, at most $0.009075`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub requests: u64,
    pub prompt: Count,
    /// The most reply tokens; none if nothing says.
    pub reply: Option<u64>,
    /// What they cost at most or, where nothing bounds one, what is booked for it.
    pub worst: Picodollars,
    /// Everything has a price and a bound.
    pub bounded: bool,
    /// The part of the worst case that does not depend on the caps.
    fixed: Picodollars,
    /// What one more token of cap in each costs.
    each: Picodollars,
    guessed: bool,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            requests: 0,
            prompt: Count::exact(0),
            reply: Some(0),
            worst: Picodollars::ZERO,
            bounded: true,
            fixed: Picodollars::ZERO,
            each: Picodollars::ZERO,
            guessed: false,
        }
    }
}

impl Sum {
    pub fn one(ask: &Ask, estimate: &Estimate, model: &Model, price: &Price) -> Self {
        Self {
            requests: 1,
            prompt: estimate.prompt,
            reply: estimate.reply_tokens(),
            worst: estimate.worst.unwrap_or_else(|| unbounded(ask, model, price)),
            bounded: estimate.worst.is_some(),
            fixed: estimate.fixed.unwrap_or_default(),
            each: estimate.cap_cost.unwrap_or_default(),
            guessed: price.source == Source::Default,
        }
    }

    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            prompt: self.prompt.plus(other.prompt),
            reply: self.reply.zip(other.reply).map(|(one, other)| one.saturating_add(other)),
            worst: self.worst.plus(other.worst),
            bounded: self.bounded && other.bounded,
            fixed: self.fixed.plus(other.fixed),
            each: self.each.plus(other.each),
            guessed: self.guessed || other.guessed,
        }
    }

    /// How many there are, in words.
    pub fn requests(&self) -> String {
        let plural = if self.requests == 1 { "" } else { "s" };
        format!("{} request{plural}", self.requests)
    }

    /// The cap that, set in every request, keeps all of them within a sum of money.
    pub fn affordable_cap(&self, limit: Picodollars) -> Option<u64> {
        let rest = limit.0.checked_sub(self.fixed.0)?;
        let cap = u64::try_from(rest.checked_div(self.each.0)?).ok()?;
        (cap > 0).then_some(cap)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} prompt ", self.requests(), self.prompt)?;
        match self.reply {
            Some(reply) => write!(f, "+ up to {reply} reply tokens")?,
            None => f.write_str("tokens + replies without a cap")?,
        }
        match self.bounded {
            true => write!(f, ", at most ${}", self.worst)?,
            false => f.write_str(", at no known cost")?,
        }
        if self.guessed {
            f.write_str(" (default rate)")?;
        }
        Ok(())
    }
}
