//! The worst case of a request, before it is sent: "at most" is a promise.

use std::fmt;

use super::body::Ask;
use super::count::Count;
use super::models::Model;
use super::money::Picodollars;
use super::price::{Kind, Price, Rates, Source};

/// What a request can cost. `Display`: `25 prompt + up to 500 reply tokens, at most $0.006050`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub prompt: Count,
    /// The most tokens of one reply: the cap, or else the model's longest; none if nothing says.
    pub cap: Option<u64>,
    /// The most that the context leaves for a reply behind this prompt.
    pub room: Option<u64>,
    pub replies: u64,
    /// Billed as reply on top of each cap.
    pub beyond_cap: u64,
    pub source: Source,
    /// The whole prompt, none of it cached, at the dearest rate that may apply, and what comes on
    /// top of the caps. None if there is no rate for it.
    pub fixed: Option<Picodollars>,
    /// What one more token of cap costs, over all replies.
    pub cap_cost: Option<Picodollars>,
    /// None if nothing bounds it: no cap, no rate, or a fee by the query.
    pub worst: Option<Picodollars>,
}

/// The shortest prompt that a server caches on its own. Where writing to the cache costs more
/// than not to, a longer one may be billed as written, whoever asked for it.
const CACHEABLE: u64 = 1024;

pub fn estimate(ask: &Ask, model: &Model, price: &Price) -> Estimate {
    let least = if ask.prompt.exact { ask.prompt.tokens } else { 0 };
    // A longer prompt than the model takes is refused, and costs nothing.
    let most = ask.prompt.bound.min(model.longest_prompt.unwrap_or(u64::MAX)).max(least);
    let rates = price.dearest(ask.tier, least, most);
    let input = rates.and_then(|rates| dearest_input(&rates, ask, most));
    let output = rates.and_then(|rates| dearest_output(&rates, ask));

    let room = |prompt: u64| model.context.map(|context| context.saturating_sub(prompt));
    let longest = match (model.longest_reply, room(least)) {
        (Some(longest), Some(room)) => Some(longest.min(room)),
        (longest, room) => longest.or(room),
    };
    let cap = ask.cap.or(longest);
    let cap_cost = output.map(|output| output.times(ask.replies));
    let fixed = match (input, cap_cost) {
        // What costs nothing costs nothing, however much there is of it.
        (Some(input), _) if most == u64::MAX && input > Picodollars::ZERO => None,
        (Some(input), Some(cap_cost)) => {
            Some(input.times(most).plus(cap_cost.times(ask.beyond_cap)))
        }
        _ => None,
    };
    let worst = match (fixed, cap_cost, cap) {
        _ if ask.fees.is_some() => None,
        (Some(fixed), Some(cap_cost), Some(cap)) => Some(fixed.plus(cap_cost.times(cap))),
        (Some(fixed), Some(Picodollars::ZERO), None) => Some(fixed),
        _ => None,
    };
    Estimate {
        prompt: ask.prompt,
        cap,
        room: room(ask.prompt.tokens),
        replies: ask.replies,
        beyond_cap: ask.beyond_cap,
        source: price.source,
        fixed,
        cap_cost,
        worst,
    }
}

fn dearest_input(rates: &Rates, ask: &Ask, most: u64) -> Option<Picodollars> {
    let cacheable = most >= CACHEABLE;
    let kinds = [
        (Kind::Input, true),
        (Kind::Cached, cacheable),
        (Kind::Written, cacheable),
        (Kind::Kept, cacheable && ask.kept),
        (Kind::PictureIn, ask.media),
        (Kind::PictureCached, ask.media),
        (Kind::AudioIn, ask.media),
        (Kind::AudioCached, ask.media),
    ];
    dearest(rates, &kinds)
}

fn dearest_output(rates: &Rates, ask: &Ask) -> Option<Picodollars> {
    let kinds = [
        (Kind::Output, true),
        (Kind::Reasoning, true),
        (Kind::PictureOut, ask.media),
        (Kind::AudioOut, ask.media),
    ];
    dearest(rates, &kinds)
}

/// The dearest of the kinds that may be billed.
fn dearest(rates: &Rates, kinds: &[(Kind, bool)]) -> Option<Picodollars> {
    kinds.iter().filter(|(_, billed)| *billed).filter_map(|(kind, _)| rates.of(*kind)).max()
}

impl Estimate {
    /// The most reply tokens that can be billed, over all replies.
    pub fn reply_tokens(&self) -> Option<u64> {
        Some(self.cap?.saturating_add(self.beyond_cap).saturating_mul(self.replies))
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reply_tokens() {
            Some(reply) => write!(f, "{} prompt + up to {reply} reply tokens", self.prompt)?,
            None => write!(f, "{} prompt tokens + a reply without a cap", self.prompt)?,
        }
        match self.worst {
            Some(worst) => write!(f, ", at most ${worst}")?,
            None => f.write_str(", at no known cost")?,
        }
        if self.source == Source::Default {
            f.write_str(" (default rate)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
