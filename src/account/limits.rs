//! What is asked against what was allowed and what the model takes, with all the figures.

use std::fmt;

use super::body::Ask;
use super::count::Count;
use super::estimate::Estimate;
use super::models::Model;
use super::money::Picodollars;
use super::price::{Source, Tier};

/// The limits of one request that need no ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// `--max-prompt-tokens`
    pub prompt_tokens: Option<u64>,
    /// `--max-cost`
    pub cost: Option<Picodollars>,
    /// A budget is set: the price must be the model's own, and something must bound the cost.
    pub budget: bool,
}

/// Why a request is not sent. `Display` is one line: what, why, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    PromptOverContext {
        model: String,
        prompt: Count,
        longest: u64,
    },
    OverContext {
        model: String,
        prompt: Count,
        cap: u64,
        context: u64,
    },
    OverLongestReply {
        model: String,
        cap: u64,
        longest: u64,
    },
    OverPromptLimit {
        prompt: Count,
        limit: u64,
    },
    /// With a cap of `affordable` it would be allowed; with none if that is 0.
    OverCost {
        worst: Picodollars,
        limit: Picodollars,
        affordable: u64,
    },
    /// The price is a guess.
    NoPrice {
        model: String,
    },
    /// The service tier has no price.
    NoTierPrice {
        model: String,
    },
    /// No cap, and nothing says how long a reply may be; or a prompt that nothing bounds.
    NoBound {
        model: String,
    },
    /// Something with a fee of its own.
    Fees {
        model: String,
        what: String,
    },
    /// Pictures of a quality and size that have no published cost.
    NoPicturePrice {
        model: String,
    },
    PicturesOverCost {
        worst: Picodollars,
        limit: Picodollars,
    },
}

impl Refusal {
    /// Exit 4 if it is about money, exit 3 if it is about tokens.
    pub fn is_money(&self) -> bool {
        !matches!(
            self,
            Self::PromptOverContext { .. }
                | Self::OverContext { .. }
                | Self::OverLongestReply { .. }
                | Self::OverPromptLimit { .. }
        )
    }
}

/// Tokens first, then money.
pub fn check(
    model: &Model,
    ask: &Ask,
    estimate: &Estimate,
    limits: &Limits,
) -> Result<(), Refusal> {
    check_tokens(model, ask, limits)?;
    if limits.cost.is_some() || limits.budget {
        let worst = worst(model, ask, estimate)?;
        if let Some(limit) = limits.cost.filter(|limit| worst > *limit) {
            let affordable = match (estimate.fixed, estimate.cap_cost) {
                (Some(fixed), Some(each)) => within(limit, fixed, each).unwrap_or(0),
                _ => 0,
            };
            return Err(Refusal::OverCost { worst, limit, affordable });
        }
    }
    Ok(())
}

/// What the model takes. Here our belief counts, not the bound: a prompt that is too long after
/// all is refused by the server, and costs nothing.
fn check_tokens(model: &Model, ask: &Ask, limits: &Limits) -> Result<(), Refusal> {
    let (name, prompt) = (|| model.name.clone(), ask.prompt);
    let longest = model.longest_prompt.or(model.context);
    if let Some(longest) = longest.filter(|longest| prompt.tokens > *longest) {
        return Err(Refusal::PromptOverContext { model: name(), prompt, longest });
    }
    if let Some(cap) = ask.cap {
        if let Some(longest) = model.longest_reply.filter(|longest| cap > *longest) {
            return Err(Refusal::OverLongestReply { model: name(), cap, longest });
        }
        let all = prompt.tokens.saturating_add(cap);
        if let Some(context) = model.context.filter(|context| all > *context) {
            return Err(Refusal::OverContext { model: name(), prompt, cap, context });
        }
    }
    // So it does here: a bound in bytes would refuse four times too early.
    let is_over = |limit: &u64| prompt.tokens > *limit || prompt.bound == u64::MAX;
    match limits.prompt_tokens.filter(is_over) {
        Some(limit) => Err(Refusal::OverPromptLimit { prompt, limit }),
        None => Ok(()),
    }
}

/// The worst case, if there is one that a limit can be held against.
fn worst(model: &Model, ask: &Ask, estimate: &Estimate) -> Result<Picodollars, Refusal> {
    let model = model.name.clone();
    match estimate.worst {
        _ if estimate.source == Source::Default => Err(Refusal::NoPrice { model }),
        Some(worst) => Ok(worst),
        None if ask.fees.is_some() => {
            Err(Refusal::Fees { model, what: ask.fees.clone().unwrap_or_default() })
        }
        // A price map may list a rate for one way only.
        None if estimate.cap_cost.is_none() && ask.tier == Tier::Standard => {
            Err(Refusal::NoPrice { model })
        }
        None if estimate.cap_cost.is_none() => Err(Refusal::NoTierPrice { model }),
        None => Err(Refusal::NoBound { model }),
    }
}

/// The largest cap with which all of these requests together stay within a sum of money, and each
/// within its model. None if no cap is needed: more tokens cost nothing.
pub fn affordable_cap(
    limit: Picodollars,
    model: &Model,
    asks: &[(Ask, Estimate)],
) -> Result<Option<u64>, Refusal> {
    let mut together = Together::default();
    for (ask, estimate) in asks {
        together.add(model, ask, estimate)?;
    }
    together.cap(limit)
}

/// What requests that share a sum of money and a cap cost: any number of them in a few figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Together {
    fixed: Picodollars,
    each: Picodollars,
    longest: Option<u64>,
}

impl Together {
    pub fn add(&mut self, model: &Model, ask: &Ask, estimate: &Estimate) -> Result<(), Refusal> {
        let room = estimate.room.into_iter().chain(estimate.cap);
        self.longest = room.chain(self.longest).min();
        match (estimate.fixed, estimate.cap_cost) {
            (Some(fixed), Some(each)) if is_judged(ask, estimate) => {
                self.fixed = self.fixed.plus(fixed);
                self.each = self.each.plus(each);
                Ok(())
            }
            _ => Err(worst(model, ask, estimate)
                .err()
                .unwrap_or_else(|| Refusal::NoBound { model: model.name.clone() })),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.fixed = self.fixed.plus(other.fixed);
        self.each = self.each.plus(other.each);
        self.longest = self.longest.into_iter().chain(other.longest).min();
    }

    /// The largest cap that a sum of money allows each of them.
    pub fn cap(&self, limit: Picodollars) -> Result<Option<u64>, Refusal> {
        let Self { fixed, each, longest } = *self;
        let over = |worst| Refusal::OverCost { worst, limit, affordable: 0 };
        match within(limit, fixed, each) {
            Some(0) => Err(over(fixed.plus(each))),
            Some(cap) => Ok(Some(longest.map_or(cap, |longest| cap.min(longest)))),
            None if fixed > limit => Err(over(fixed.plus(each))),
            None => Ok(longest),
        }
    }

    /// What they cost at most with this cap.
    pub fn worst(&self, cap: u64) -> Picodollars {
        self.fixed.plus(self.each.times(cap))
    }

    /// All of them at a cap that each has set against a sum of money.
    pub fn check(&self, worst: Picodollars, limit: Picodollars) -> Result<(), Refusal> {
        if worst <= limit {
            return Ok(());
        }
        let affordable = within(limit, self.fixed, self.each).unwrap_or(0);
        Err(Refusal::OverCost { worst, limit, affordable })
    }
}

fn is_judged(ask: &Ask, estimate: &Estimate) -> bool {
    ask.fees.is_none() && estimate.source != Source::Default
}

/// How many times `each` goes into what `fixed` leaves of the limit; none if each costs nothing.
fn within(limit: Picodollars, fixed: Picodollars, each: Picodollars) -> Option<u64> {
    let rest = limit.0.checked_sub(fixed.0);
    match (rest, each.0) {
        (_, 0) => None,
        (None, _) => Some(0),
        (Some(rest), each) => Some(u64::try_from(rest / each).unwrap_or(u64::MAX)),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PromptOverContext { model, prompt, longest } => write!(
                f,
                "prompt too long: {prompt} tokens, and {model} takes {longest}; \
                 shorten it, or take a model with a longer context"
            ),
            Self::OverContext { model, prompt, cap, context } => write!(
                f,
                "over the context: {prompt} prompt + {cap} reply tokens, and {model} takes \
                 {context} together; shorten the prompt or lower --max-tokens"
            ),
            Self::OverLongestReply { model, cap, longest } => write!(
                f,
                "reply cap too high: {cap} tokens, and {model} writes at most {longest}; \
                 lower --max-tokens"
            ),
            Self::OverPromptLimit { prompt, limit } if prompt.bound == u64::MAX => write!(
                f,
                "prompt without a bound: ~{} tokens and pictures that cannot be counted from here, \
                 and --max-prompt-tokens is {limit}; send pictures as files",
                prompt.tokens
            ),
            Self::OverPromptLimit { prompt, limit } => write!(
                f,
                "prompt over its limit: {prompt} tokens, and --max-prompt-tokens is {limit}; \
                 shorten it or raise the limit"
            ),
            Self::OverCost { worst, limit, affordable: 0 } => write!(
                f,
                "too dear: at most ${worst}, and --max-cost is ${limit}, too little for the prompt \
                 and one token of reply; shorten the prompt or raise --max-cost"
            ),
            Self::OverCost { worst, limit, affordable } => write!(
                f,
                "too dear: at most ${worst}, and --max-cost is ${limit}; lower --max-tokens to \
                 {affordable} or raise --max-cost"
            ),
            Self::NoPrice { model } => write!(
                f,
                "no price for {model}: a limit on a guessed price is no limit; \
                 name its price with --rate IN:OUT or --prices FILE"
            ),
            Self::NoTierPrice { model } => write!(
                f,
                "no price for {model} in this service tier: no limit can be held; \
                 name its price with --rate IN:OUT or leave service_tier out"
            ),
            Self::NoBound { model } => write!(
                f,
                "no worst case for {model}: nothing says how long its prompt or its reply can be; \
                 set --max-tokens, and send pictures as files"
            ),
            Self::NoPicturePrice { model } => write!(
                f,
                "no worst case for {model}: nobody has published what such pictures cost; name \
                 --quality and --size, list them in --prices FILE, or lift the cost limit"
            ),
            Self::PicturesOverCost { worst, limit } => write!(
                f,
                "too dear: at most ${worst}, and --max-cost is ${limit}; \
                 take a lower --quality or a smaller --size, or raise --max-cost"
            ),
            Self::Fees { model, what } => write!(
                f,
                "no worst case for {model}: {what} may be billed beyond its tokens; \
                 do without, or lift the cost limit"
            ),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests;
