//! What making pictures costs: output tokens by quality and size, or a price by the picture.

use std::fmt;

use super::bill::{Bill, Usage, bill};
use super::count::Count;
use super::framing;
use super::limits::{Limits, Refusal};
use super::making::making;
use super::models::Model;
use super::money::Picodollars;
use super::price::{Kind, Price, Source, Tier};

/// A request for pictures, as far as it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    pub prompt: &'a str,
    /// Pictures sent along to be edited, the mask among them.
    pub inputs: u64,
    pub choices: u64,
    pub quality: Option<&'a str>,
    pub size: Option<&'a str>,
    /// Previews on the way, a hundred tokens each.
    pub partial: u64,
}

/// `Display`: `~12 prompt tokens + 1 picture of ~7024 tokens, at most $0.213100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub prompt: Count,
    pub pictures: u64,
    /// The tokens of one picture; none where it has a price of its own, or nothing is known.
    pub each: Option<Count>,
    pub source: Source,
    /// None if nothing published says what a picture of this kind costs.
    pub worst: Option<Picodollars>,
}

/// A picture that is sent along: with high fidelity the dearest is 65 + 8 * 129 tokens and 6240
/// more.
const INPUT: Count = Count::about(1500, 8192);

const PARTIAL: u64 = 100;

pub fn estimate(wish: &Wish, model: &Model, price: &Price) -> Estimate {
    let inputs = Count::about(
        INPUT.tokens.saturating_mul(wish.inputs),
        INPUT.bound.saturating_mul(wish.inputs),
    );
    let text = framing::text(model, wish.prompt);
    let prompt = if wish.inputs == 0 { text } else { text.plus(inputs) };
    let making = making(model, wish.quality, wish.size);
    let partial = PARTIAL.saturating_mul(wish.partial);
    let each = making.tokens.map(|tokens| tokens.plus(Count::exact(partial)));
    let priced = price.source != Source::Default || making.listed.is_none();
    Estimate {
        prompt,
        pictures: wish.choices,
        each,
        source: if priced { price.source } else { Source::Table },
        worst: worst(wish, prompt, making.listed, each, price),
    }
}

/// Of what a picture's tokens cost and what it is listed at, the dearer; who names the rate of
/// tokens does not mean what is listed elsewhere.
fn worst(
    wish: &Wish,
    prompt: Count,
    listed: Option<Picodollars>,
    each: Option<Count>,
    price: &Price,
) -> Option<Picodollars> {
    let rates = price.rates(Tier::Standard, prompt.bound)?;
    let own = matches!(price.source, Source::Table | Source::Default);
    let listed = listed.filter(|_| own);
    let by_token = match price.source {
        Source::Default if listed.is_some() => None,
        _ => each.and_then(|each| Some(rates.of(Kind::PictureOut)?.times(each.bound))),
    };
    let input = match price.source {
        // Nothing but the picture is billed where there is no rate for tokens.
        Source::Default if listed.is_some() => Picodollars::ZERO,
        _ => rates.of(Kind::Input).max(rates.of(Kind::PictureIn))?.times(prompt.bound),
    };
    Some(listed.max(by_token)?.times(wish.choices).plus(input))
}

/// Limits on tokens, then on money.
pub fn check(estimate: &Estimate, model: &Model, limits: &Limits) -> Result<(), Refusal> {
    let prompt = estimate.prompt;
    if let Some(limit) = limits.prompt_tokens.filter(|limit| prompt.bound > *limit) {
        return Err(Refusal::OverPromptLimit { prompt, limit });
    }
    if limits.cost.is_none() && !limits.budget {
        return Ok(());
    }
    let model = model.name.clone();
    if estimate.source == Source::Default {
        return Err(Refusal::NoPrice { model });
    }
    let worst = estimate.worst.ok_or(Refusal::NoPicturePrice { model })?;
    match limits.cost.filter(|limit| worst > *limit) {
        Some(limit) => Err(Refusal::PicturesOverCost { worst, limit }),
        None => Ok(()),
    }
}

/// What the pictures cost: by the server's usage, or each at its listed price where it sent none.
pub fn bill_pictures(
    wish: &Wish,
    model: &Model,
    price: &Price,
    usage: Option<&Usage>,
    made: u64,
) -> Bill {
    if let Some(usage) = usage {
        return bill(usage, price, Tier::Standard, true);
    }
    let making = making(model, wish.quality, wish.size);
    let own = matches!(price.source, Source::Table | Source::Default);
    if let Some(listed) = making.listed.filter(|_| own) {
        return Bill {
            usage: Usage::default(),
            cost: listed.times(made),
            exact: wish.quality.is_some() && wish.size.is_some(),
            source: Source::Table,
        };
    }
    let reply = making.tokens.map_or(0, |tokens| tokens.tokens).saturating_mul(made);
    let picture_in = INPUT.tokens.saturating_mul(wish.inputs);
    let prompt = framing::text(model, wish.prompt).tokens.saturating_add(picture_in);
    let ours = Usage { prompt, picture_in, reply, picture_out: reply, ..Usage::default() };
    bill(&ours, price, Tier::Standard, false)
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.pictures == 1 { "" } else { "s" };
        write!(f, "{} prompt tokens + {} picture{plural}", self.prompt, self.pictures)?;
        if let Some(each) = self.each {
            write!(f, " of {each} tokens")?;
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
