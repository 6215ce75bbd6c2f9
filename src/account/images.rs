//! What making pictures costs: output tokens by quality and size, or a price by the picture.

use std::fmt;

use super::bill::{Bill, Usage, bill};
use super::count::Count;
use super::framing;
use super::limits::{Limits, Refusal};
use super::making::{Making, making};
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

/// What one picture costs, as far as anything published says so.
struct Offer {
    tokens: Option<Count>,
    /// Billed by the token; if not, what comes as usage says nothing of the cost.
    by_token: bool,
    listed: Option<Picodollars>,
    /// Who lists it.
    by: Source,
    /// What it costs is left to the server, with the quality or the size.
    open: bool,
}

pub fn estimate(wish: &Wish, model: &Model, price: &Price) -> Estimate {
    let inputs = Count::about(
        INPUT.tokens.saturating_mul(wish.inputs),
        INPUT.bound.saturating_mul(wish.inputs),
    );
    let text = framing::text(model, wish.prompt);
    let prompt = if wish.inputs == 0 { text } else { text.plus(inputs) };
    let offer = offer(wish, model, price);
    let partial = Count::exact(PARTIAL.saturating_mul(wish.partial));
    Estimate {
        prompt,
        pictures: wish.choices,
        each: offer.tokens.map(|tokens| tokens.plus(partial)),
        source: if offer.by_token { price.source } else { offer.by },
        worst: worst(&offer, wish, prompt, partial, price),
    }
}

/// What is listed by the picture, from the price map before our own table. Who names the rate of
/// tokens does not mean what is listed elsewhere.
fn offer(wish: &Wish, model: &Model, price: &Price) -> Offer {
    let [quality, size] = [wish.quality, wish.size].map(|asked| asked.filter(|it| *it != "auto"));
    let Making { tokens, listed: tabled } = making(model, quality, size);
    let mapped = model.listing.dearest(quality, size);
    let open = (quality.is_none() || size.is_none()) && !model.listing.is_flat();
    let (listed, by) = match (price.source, mapped, tabled) {
        (Source::Flag | Source::Config, ..) => (None, price.source),
        // A map need not list the dearest that the server may choose.
        (_, Some(mapped), tabled) if open => (Some(mapped).max(tabled), Source::Map),
        (_, Some(mapped), _) => (Some(mapped), Source::Map),
        (Source::Map, None, _) => (None, Source::Map),
        (_, None, tabled) => (tabled, Source::Table),
    };
    let by_token = price.source != Source::Default || listed.is_none();
    Offer { tokens: tokens.filter(|_| by_token), by_token, listed, by, open }
}

/// Of what a picture's tokens cost and what it is listed at, the dearer.
fn worst(
    offer: &Offer,
    wish: &Wish,
    prompt: Count,
    partial: Count,
    price: &Price,
) -> Option<Picodollars> {
    if !offer.by_token {
        return Some(offer.listed?.times(wish.choices));
    }
    let rates = price.rates(Tier::Standard, prompt.bound)?;
    let rate = rates.of(Kind::PictureOut)?;
    let made = match offer.tokens {
        Some(tokens) => Some(rate.times(tokens.bound)),
        // However many there are.
        None if rate == Picodollars::ZERO => Some(rate),
        None => None,
    };
    let each = offer.listed.max(made)?.plus(rate.times(partial.bound));
    let input = rates.of(Kind::Input).max(rates.of(Kind::PictureIn))?.times(prompt.bound);
    Some(each.times(wish.choices).plus(input))
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

/// What the pictures cost: by the server's usage, or each as it is listed.
pub fn bill_pictures(
    wish: &Wish,
    model: &Model,
    price: &Price,
    usage: Option<&Usage>,
    made: u64,
) -> Bill {
    let offer = offer(wish, model, price);
    match (usage, offer.listed) {
        (Some(usage), _) if offer.by_token => bill(usage, price, Tier::Standard, true),
        (usage, Some(listed)) => Bill {
            usage: usage.copied().unwrap_or_default(),
            cost: listed.times(made),
            exact: !offer.open,
            source: offer.by,
        },
        (_, None) => {
            let reply = offer.tokens.map_or(0, |tokens| tokens.tokens).saturating_mul(made);
            let picture_in = INPUT.tokens.saturating_mul(wish.inputs);
            let prompt = framing::text(model, wish.prompt).tokens.saturating_add(picture_in);
            let ours = Usage { prompt, picture_in, reply, picture_out: reply, ..Usage::default() };
            bill(&ours, price, Tier::Standard, false)
        }
    }
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
