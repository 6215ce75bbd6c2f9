//! `LiteLLM`'s price map as it is published: one JSON object, a model an entry, every field
//! optional, dollars by the token.

mod pictures;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::money::{MoneyError, Picodollars};
use super::price::{Kind, Price, Rates, Source, Tier};
pub use pictures::{Listing, listing};

/// What the map says of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// None if the entry has no price by the token, or one that depends on more than we know.
    pub price: Option<Price>,
    pub longest_prompt: Option<u64>,
    pub longest_reply: Option<u64>,
    /// Billed for more than its tokens: by the request, the query, the picture.
    pub has_fees: bool,
}

/// One line naming the model and the field, or the place in the file, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapError(String);

/// The entry for `model`: by its exact name, by the name behind the provider it is asked from
/// (`openai/gpt-4o`), or by the base of a fine-tuned one (`ft:gpt-4o:org::id`).
pub fn entry(map: &str, model: &str) -> Result<Option<Entry>, MapError> {
    let wanted = names(model);
    let mut deserializer = serde_json::Deserializer::from_str(map);
    let mut found = deserializer
        .deserialize_map(Entries { wanted: &wanted })
        .map_err(|error| MapError(format!("no price map: {error}; one JSON object is wanted")))?;
    deserializer.end().map_err(|error| MapError(format!("no price map: {error}")))?;
    let best = (0..wanted.len()).find_map(|at| found.remove(&at).map(|fields| (at, fields)));
    best.map(|(at, fields)| read(&wanted[at].name, &fields)).transpose()
}

/// A name to look for, and the provider that its entry must be of.
struct Wanted<'a> {
    name: String,
    provider: Option<&'a str>,
}

/// What to look for, the best first.
fn names(model: &str) -> Vec<Wanted<'_>> {
    let mut names = vec![Wanted { name: model.to_owned(), provider: None }];
    if let Some((provider, name)) = model.split_once('/') {
        names.push(Wanted { name: name.to_owned(), provider: Some(provider) });
    }
    if let Some(base) = model.strip_prefix("ft:").and_then(|tuned| tuned.split(':').next()) {
        names.push(Wanted { name: format!("ft:{base}"), provider: None });
    }
    names
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads the entries of the wanted names and skips the others unread: there are thousands.
struct Entries<'a> {
    wanted: &'a [Wanted<'a>],
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = BTreeMap<usize, Fields<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of models")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = self.wanted.iter().position(|wanted| wanted.name == name);
            let Some(at) = at.filter(|_| name != "sample_spec") else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let fields = map.next_value::<Fields>()?;
            let provider = self.wanted[at].provider;
            if provider.is_none_or(|provider| is_of(&fields, provider)) {
                found.insert(at, fields);
            }
        }
        Ok(found)
    }
}

fn is_of(fields: &Fields, provider: &str) -> bool {
    fields.get("litellm_provider").is_some_and(|of| of.get().trim_matches('"') == provider)
}

fn read(model: &str, fields: &Fields) -> Result<Entry, MapError> {
    let mut lists: BTreeMap<(u64, usize), Rates> = BTreeMap::new();
    for (field, value) in fields {
        let Some((kind, above, tier)) = meaning(field) else { continue };
        let Some(rate) = dollars(model, field, value)? else { continue };
        let rates = lists.entry((above, tier as usize)).or_default();
        // The same kind by two names (kept for one hour, for twelve): the dearer counts.
        rates.set(kind, rates.own(kind).map_or(rate, |other| other.max(rate)));
    }
    let limit = |field: &str| limit(model, field, fields);
    Ok(Entry {
        // A price in steps of its own has no rate that bounds it.
        price: price(&lists).filter(|_| !fields.contains_key("tiered_pricing")),
        longest_prompt: limit("max_input_tokens")?,
        longest_reply: limit("max_output_tokens")?.or(limit("max_tokens")?),
        has_fees: is_of(fields, "perplexity") || model.contains("-search") || has_fees(fields),
    })
}

fn has_fees(fields: &Fields) -> bool {
    const FEES: [&str; 4] = [
        "citation_cost_per_token",
        "input_cost_per_image",
        "input_cost_per_query",
        "input_cost_per_request",
    ];
    let is_free = |fee: &RawValue| matches!(fee.get(), "null" | "0" | "0.0");
    FEES.iter().any(|fee| fields.get(*fee).is_some_and(|fee| !is_free(fee)))
}

/// What a field is the rate of: a kind of tokens, in prompts longer than so many, in a tier.
/// Grammar: `FIELD[_above_NNNk_tokens][_TIER]`.
pub(super) fn meaning(field: &str) -> Option<(Kind, u64, Tier)> {
    const FIELDS: [(&str, Kind); 13] = [
        ("cache_creation_input_token_cost_above_12hr", Kind::Kept),
        ("cache_creation_input_token_cost_above_1hr", Kind::Kept),
        ("cache_creation_input_token_cost", Kind::Written),
        ("cache_read_input_token_cost", Kind::Cached),
        ("cache_read_input_image_token_cost", Kind::PictureCached),
        ("cache_read_input_audio_token_cost", Kind::AudioCached),
        ("input_cost_per_token", Kind::Input),
        ("input_cost_per_image_token", Kind::PictureIn),
        ("input_cost_per_audio_token", Kind::AudioIn),
        ("output_cost_per_token", Kind::Output),
        ("output_cost_per_reasoning_token", Kind::Reasoning),
        ("output_cost_per_image_token", Kind::PictureOut),
        ("output_cost_per_audio_token", Kind::AudioOut),
    ];
    let (kind, rest) =
        FIELDS.iter().find_map(|(name, kind)| Some((*kind, field.strip_prefix(name)?)))?;
    let (above, rest) = match rest.strip_prefix("_above_") {
        None => (0, rest),
        Some(rest) => {
            let (thousands, rest) = rest.split_once("k_tokens")?;
            (thousands.parse::<u64>().ok()?.checked_mul(1000)?, rest)
        }
    };
    let tier = match rest {
        "" => Tier::Standard,
        "_batches" => Tier::Batch,
        "_flex" => Tier::Flex,
        "_priority" => Tier::Priority,
        "_ultrafast" => Tier::Ultrafast,
        _ => return None,
    };
    Some((kind, above, tier))
}

/// Rates above a threshold take what they do not list from below it. A tier takes from the standard
/// one what it does not list, but for cached tokens: those have no discount but the listed one.
fn price(lists: &BTreeMap<(u64, usize), Rates>) -> Option<Price> {
    let standard = *lists.get(&(0, Tier::Standard as usize))?;
    standard.own(Kind::Input)?;
    let mut price = Price::new(Source::Map, &standard);
    let mut band = standard;
    for (&(above, tier), rates) in lists {
        match Tier::PRICED[tier] {
            Tier::Standard => {
                band = rates.completed(&band, &Kind::ALL);
                price.add(above, Tier::Standard, &band);
            }
            tier if rates.own(Kind::Input).is_some() => {
                price.add(above, tier, &rates.completed(&band, &Kind::UNDISCOUNTED));
            }
            _ => {}
        }
    }
    Some(price)
}

fn dollars(model: &str, field: &str, value: &RawValue) -> Result<Option<Picodollars>, MapError> {
    let text = value.get();
    if text == "null" {
        return Ok(None);
    }
    let wrong = |why: &str| {
        MapError(format!("price map: {field} of {model} {why}; write dollars as a number"))
    };
    match Picodollars::from_published_float(text) {
        Ok(rate) => Ok(Some(rate)),
        Err(MoneyError::Negative(_)) => Err(wrong(&format!("is negative: {text}"))),
        Err(MoneyError::TooLarge(_) | MoneyError::TooFine(_)) => {
            Err(wrong(&format!("is out of range: {text}")))
        }
        Err(MoneyError::NotANumber(_)) => Err(wrong(&format!("is no number: {text}"))),
    }
}

fn limit(model: &str, field: &str, fields: &Fields) -> Result<Option<u64>, MapError> {
    let Some(value) = fields.get(field).map(|value| value.get()).filter(|text| *text != "null")
    else {
        return Ok(None);
    };
    // Some of the published figures are floats: 8192.0.
    let whole = value.strip_suffix(".0").unwrap_or(value);
    whole.parse().map(Some).map_err(|_| {
        MapError(format!("price map: {field} of {model} is {value}; write a whole number"))
    })
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MapError {}

#[cfg(test)]
mod tests;
