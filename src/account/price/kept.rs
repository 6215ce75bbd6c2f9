//! A tier's price as one line of text, and back: what a request that is billed another day was
//! sent at.

use super::{Kind, Price, Rates, Source, Tier, per_million};
use crate::account::rate;

/// The kinds beside the two main ones, as they are written.
const NAMES: [(Kind, &str); 10] = [
    (Kind::Cached, "cached"),
    (Kind::Written, "written"),
    (Kind::Kept, "kept"),
    (Kind::Reasoning, "reasoning"),
    (Kind::PictureIn, "picture-in"),
    (Kind::PictureCached, "picture-cached"),
    (Kind::PictureOut, "picture-out"),
    (Kind::AudioIn, "audio-in"),
    (Kind::AudioCached, "audio-cached"),
    (Kind::AudioOut, "audio-out"),
];

impl Price {
    /// `2/1M:12/1M cached 0.2/1M; above 272000: 4/1M:18/1M`; `-` if the tier has no price.
    pub fn written(&self, tier: Tier) -> String {
        let band = |above: u64| {
            let rates = self.rates(tier, above.saturating_add(1))?;
            let others = NAMES.into_iter().filter_map(|(kind, name)| {
                rates.own(kind).map(|rate| format!(" {name} {}", per_million(rate)))
            });
            let listed = format!("{rates}{}", others.collect::<String>());
            Some(if above == 0 { listed } else { format!("above {above}: {listed}") })
        };
        let bands: Option<Vec<String>> = self.bands.iter().map(|each| band(each.above)).collect();
        bands.map_or_else(|| "-".to_owned(), |bands| bands.join("; "))
    }

    /// The price that was written so, for that tier alone; none if the text is none.
    pub fn read(text: &str, source: &str) -> Option<Self> {
        let mut bands = text.split("; above ");
        let mut price = Self::new(Source::named(source), &rates(bands.next()?)?);
        for band in bands {
            let (above, listed) = band.split_once(": ")?;
            price.add(above.parse().ok()?, Tier::Standard, &rates(listed)?);
        }
        Some(price)
    }
}

fn rates(text: &str) -> Option<Rates> {
    let mut words = text.split(' ');
    let main = rate::parse(words.next()?).ok()?;
    let mut rates = Rates::default();
    rates.set(Kind::Input, main.input);
    rates.set(Kind::Output, main.output);
    while let Some(word) = words.next() {
        let (kind, _) = NAMES.into_iter().find(|(_, name)| *name == word)?;
        rates.set(kind, rate::parse(words.next()?).ok()?.input);
    }
    Some(rates)
}
