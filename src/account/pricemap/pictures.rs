//! What a price map lists pictures at: by the picture or by its pixels, for a quality and a size,
//! in entries such as `hd/1024-x-1792/dall-e-3`.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::{Fields, MapError, Picodollars, Wanted, dollars, is_of, names};

/// The entries of one model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing(Vec<Listed>);

/// One entry. Where it names no quality or size, it is for any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    quality: Option<String>,
    size: Option<String>,
    cost: Cost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cost {
    Picture(Picodollars),
    Pixel(Picodollars),
}

/// What the map lists pictures of this model at; it may be nothing.
pub fn listing(map: &str, model: &str) -> Result<Listing, MapError> {
    let wanted = names(model);
    let mut deserializer = serde_json::Deserializer::from_str(map);
    let found = deserializer
        .deserialize_map(Entries { wanted: &wanted })
        .map_err(|error| MapError(format!("no price map: {error}; one JSON object is wanted")))??;
    // The best name that has any.
    let best = found.iter().map(|(at, _)| *at).min();
    let fits = found.into_iter().filter(|(at, _)| Some(*at) == best);
    Ok(Listing(fits.map(|(_, listed)| listed).collect()))
}

impl Listing {
    /// A picture costs the same whatever its quality and size.
    pub fn is_flat(&self) -> bool {
        matches!(&self.0[..], [Listed { quality: None, size: None, cost: Cost::Picture(_) }])
    }

    /// The dearest that a picture of this quality and size is listed at; either may be left to the
    /// server. None for one that is not listed, where others are.
    pub fn dearest(&self, quality: Option<&str>, size: Option<&str>) -> Option<Picodollars> {
        let by_quality = self.0.iter().any(|listed| listed.quality.is_some());
        let by_size = self.0.iter().any(|listed| listed.size.is_some());
        let is = |by: bool, asked: Option<&str>, listed: Option<&str>| {
            !by || asked.is_none() || asked == listed
        };
        let fits = |listed: &&Listed| {
            is(by_quality, quality, listed.quality.as_deref())
                && is(by_size, size, listed.size.as_deref())
        };
        let mut costs = self.0.iter().filter(fits).map(|listed| listed.cost(size));
        let first = costs.next()??;
        costs.try_fold(first, |dearest, cost| Some(dearest.max(cost?)))
    }
}

impl Listed {
    fn cost(&self, size: Option<&str>) -> Option<Picodollars> {
        match self.cost {
            Cost::Picture(cost) => Some(cost),
            Cost::Pixel(cost) => {
                let (width, height) = self.size.as_deref().or(size)?.split_once('x')?;
                let pixels = width.parse::<u64>().ok()?.checked_mul(height.parse().ok()?)?;
                Some(cost.times(pixels))
            }
        }
    }
}

/// Reads the entries of one model's pictures and skips all others unread.
struct Entries<'a> {
    wanted: &'a [Wanted<'a>],
}

type Found = Vec<(usize, Listed)>;

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Result<Found, MapError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of models")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Ok(Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            let place = |wanted: &Wanted| place(&key, wanted);
            let at = self.wanted.iter().position(|wanted| place(wanted).is_some());
            let Some((at, wanted)) = at.map(|at| (at, &self.wanted[at])) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let fields = map.next_value::<Fields>()?;
            let named = wanted.provider.is_none_or(|provider| is_of(&fields, provider));
            let (Ok(list), Some((quality, size)), true) = (&mut found, place(wanted), named) else {
                continue;
            };
            match cost(&key, &fields) {
                Ok(Some(cost)) => list.push((at, Listed { quality, size, cost })),
                Ok(None) => {}
                Err(error) => found = Err(error),
            }
        }
        Ok(found)
    }
}

/// The quality and the size of a key, `[PROVIDER/][[QUALITY/]SIZE/]MODEL`, if it is of the model.
fn place(key: &str, wanted: &Wanted) -> Option<(Option<String>, Option<String>)> {
    let behind = |provider: &str| key.strip_prefix(provider)?.strip_prefix('/');
    let key = wanted.provider.and_then(behind).unwrap_or(key);
    let before = key.strip_suffix(wanted.name.as_str())?;
    let Some(before) = before.strip_suffix('/') else {
        return before.is_empty().then_some((None, None));
    };
    let (quality, size) = match before.split_once('/') {
        Some((quality, size)) => (Some(quality.to_owned()), size),
        None => (None, before),
    };
    let (width, height) = size.split_once("-x-")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_size = is_number(width) && is_number(height);
    is_size.then(|| (quality, Some(format!("{width}x{height}"))))
}

/// What generated pictures cost; where pictures sent along have a fee as well, the two together.
fn cost(model: &str, fields: &Fields) -> Result<Option<Cost>, MapError> {
    let of = |field: &str| match fields.get(field) {
        Some(value) => dollars(model, field, value),
        None => Ok(None),
    };
    // What a model that writes asks for seeing a picture is no price for making one.
    let makes = fields.get("mode").is_some_and(|mode| mode.get().starts_with("\"image_"));
    let sum = |input: Option<Picodollars>, output: Option<Picodollars>| match (input, output) {
        (Some(input), Some(output)) => Some(input.plus(output)),
        (input, output) => output.or(input.filter(|_| makes)),
    };
    let by_picture = sum(of("input_cost_per_image")?, of("output_cost_per_image")?);
    let by_pixel = sum(of("input_cost_per_pixel")?, of("output_cost_per_pixel")?);
    Ok(by_picture.map(Cost::Picture).or(by_pixel.map(Cost::Pixel)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"{
        "gpt-image-1": {"mode": "image_generation", "output_cost_per_image_token": 4e-05},
        "low/1024-x-1024/gpt-image-1": {"mode": "image_generation", "input_cost_per_image": 0.011,
            "input_cost_per_pixel": 1.0490417e-08, "output_cost_per_pixel": 0.0},
        "high/1024-x-1536/gpt-image-1": {"mode": "image_generation", "input_cost_per_image": 0.25},
        "azure/low/1024-x-1024/gpt-image-1": {"litellm_provider": "azure",
            "mode": "image_generation", "input_cost_per_image": 0.5},
        "1024-x-1024/dall-e-2": {"mode": "image_generation", "input_cost_per_pixel": 1.9e-8,
            "output_cost_per_pixel": 0.0},
        "hd/1024-x-1792/dall-e-3": {"mode": "image_generation", "input_cost_per_pixel": 6.539e-8,
            "output_cost_per_pixel": 0.0},
        "flux": {"litellm_provider": "aiml", "mode": "image_generation",
            "output_cost_per_image": 0.05},
        "sd": {"mode": "image_generation", "input_cost_per_pixel": 1e-8},
        "both": {"mode": "image_edit", "input_cost_per_image": 0.01, "output_cost_per_image": 0.04},
        "50-steps/1024-x-1024/max/odd": {"mode": "image_generation", "output_cost_per_image": 1},
        "sees": {"mode": "chat", "input_cost_per_image": 0.01}
    }"#;

    #[track_caller]
    fn check(model: &str, quality: Option<&str>, size: Option<&str>, dollars: Option<&str>) {
        let dearest = listing(MAP, model).unwrap().dearest(quality, size);
        assert_eq!(dearest.map(Picodollars::exact).as_deref(), dollars);
    }

    #[test]
    fn pictures_are_listed_by_quality_and_size() {
        let (low, high) = (Some("low"), Some("high"));
        let (square, tall) = (Some("1024x1024"), Some("1024x1536"));
        check("gpt-image-1", low, square, Some("0.011"));
        check("gpt-image-1", high, tall, Some("0.25"));
        check("gpt-image-1", high, square, None);
        check("gpt-image-1", Some("max"), None, None);
        check("gpt-image-1", None, square, Some("0.011"));
        check("gpt-image-1", None, None, Some("0.25"));
        check("azure/gpt-image-1", low, square, Some("0.5"));
        check("dall-e-2", None, square, Some("0.019922944"));
        check("dall-e-2", Some("standard"), None, Some("0.019922944"));
        check("dall-e-3", Some("hd"), Some("1024x1792"), Some("0.11999117312"));
        check("dall-e-3", Some("standard"), Some("1024x1792"), None);
        check("flux", high, tall, Some("0.05"));
        check("aiml/flux", high, None, Some("0.05"));
        check("other/flux", high, None, None);
        check("sd", None, Some("1000x1000"), Some("0.01"));
        check("sd", None, None, None);
        check("both", None, None, Some("0.05"));
        check("odd", None, None, None);
        check("sees", None, None, None);
        check("unheard", None, None, None);
    }

    #[test]
    fn what_is_no_price_is_refused() {
        let map = |cost: &str| format!("{{\"a\": {{\"output_cost_per_image\": {cost}}}}}");
        assert_eq!(listing(&map("null"), "a"), Ok(Listing::default()));
        for (cost, why) in [
            ("-1", "output_cost_per_image of a is negative: -1"),
            ("\"x\"", "output_cost_per_image of a is no number: \"x\""),
        ] {
            let error = listing(&map(cost), "a").unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert_eq!(listing(&map(cost), "b"), Ok(Listing::default()));
        }
    }
}
