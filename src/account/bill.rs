//! What an answered request cost, from the server's own usage, exactly.

use std::fmt;

use super::money::Picodollars;
use super::price::{Kind, Price, Rates, Source, Tier};

/// Tokens as the server counts them: `cached` and `written` are part of `prompt`, `reasoning` is
/// part of `reply`, pictures and audio are part of either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt: u64,
    pub cached: u64,
    pub written: u64,
    /// What is written is kept for many hours: the request has asked for it.
    pub kept: bool,
    pub picture_in: u64,
    pub audio_in: u64,
    pub reply: u64,
    pub reasoning: u64,
    pub picture_out: u64,
    pub audio_out: u64,
}

/// `Display`: `25 prompt + 7 reply tokens, $0.000134`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill {
    pub usage: Usage,
    pub cost: Picodollars,
    /// Not if the tokens are our own count, or the tier has no price of its own.
    pub exact: bool,
    pub source: Source,
}

/// `counted_by_server` is false where the server sent no usage and our own count stands in.
pub fn bill(usage: &Usage, price: &Price, tier: Tier, counted_by_server: bool) -> Bill {
    let listed = price.rates(tier, usage.prompt);
    let rates = listed.or_else(|| price.rates(Tier::Standard, usage.prompt)).unwrap_or_default();
    let mut exact = counted_by_server && listed.is_some();
    let mut cost = Picodollars::ZERO;
    for (kind, tokens) in prompt_kinds(usage, &rates).into_iter().chain(reply_kinds(usage, &rates))
    {
        match rates.of(kind) {
            Some(rate) => cost = cost.plus(rate.times(tokens)),
            None => exact &= tokens == 0,
        }
    }
    Bill { usage: *usage, cost, exact, source: price.source }
}

/// Every prompt token in one kind. Which of several kinds the cached ones were nobody says: text,
/// which saves the least.
fn prompt_kinds(usage: &Usage, rates: &Rates) -> [(Kind, u64); 7] {
    let mut rest = usage.prompt;
    let pictures = take(&mut rest, usage.picture_in, rates.own(Kind::PictureIn).is_some());
    let audio = take(&mut rest, usage.audio_in, rates.own(Kind::AudioIn).is_some());
    let cached = usage.cached.min(rest);
    rest -= cached;
    let cached_pictures = (usage.cached - cached).min(pictures);
    let cached_audio = (usage.cached - cached - cached_pictures).min(audio);
    let written = usage.written.min(rest);
    [
        (Kind::Input, rest - written),
        (Kind::Cached, cached),
        (if usage.kept { Kind::Kept } else { Kind::Written }, written),
        (Kind::PictureIn, pictures - cached_pictures),
        (Kind::PictureCached, cached_pictures),
        (Kind::AudioIn, audio - cached_audio),
        (Kind::AudioCached, cached_audio),
    ]
}

fn reply_kinds(usage: &Usage, rates: &Rates) -> [(Kind, u64); 4] {
    let mut rest = usage.reply;
    let pictures = take(&mut rest, usage.picture_out, rates.own(Kind::PictureOut).is_some());
    let audio = take(&mut rest, usage.audio_out, rates.own(Kind::AudioOut).is_some());
    let reasoning = take(&mut rest, usage.reasoning, true);
    [
        (Kind::Output, rest),
        (Kind::Reasoning, reasoning),
        (Kind::PictureOut, pictures),
        (Kind::AudioOut, audio),
    ]
}

/// Takes tokens of a kind that has a rate of its own out of the rest.
fn take(rest: &mut u64, tokens: u64, has_rate: bool) -> u64 {
    let taken = if has_rate { tokens.min(*rest) } else { 0 };
    *rest -= taken;
    taken
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.exact { "" } else { "~" };
        let Usage { prompt, reply, .. } = self.usage;
        write!(f, "{about}{prompt} prompt + {about}{reply} reply tokens, {about}${}", self.cost)?;
        if self.source == Source::Default {
            f.write_str(" (default rate)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
