//! What tokens cost, and who says so. Knows kinds of tokens, tiers and thresholds; no models.

mod kept;

use std::fmt;
use std::sync::Arc;

use super::money::Picodollars;
use super::rate::Rate;

pub use super::source::Source;

/// The service tier that a request is processed and billed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    Standard,
    Batch,
    Flex,
    /// `priority`, which the API also calls `fast`
    Priority,
    Ultrafast,
    /// One we have never heard of: it has no price.
    Unheard,
}

/// The kinds of tokens that may have a rate of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Input,
    Cached,
    Written,
    /// written to be kept for many hours
    Kept,
    Output,
    Reasoning,
    PictureIn,
    PictureCached,
    PictureOut,
    AudioIn,
    AudioCached,
    AudioOut,
}

/// Dollars for one token of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates([Option<Picodollars>; 12]);

/// The rates of one model: by tier, and by the length of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub source: Source,
    /// Whatever the tier, the rates are these: somebody who pays has said so.
    flat: bool,
    /// By ascending threshold; the first is for any length. Shared: kilobytes, and every request of
    /// a job has them.
    bands: Arc<Vec<Band>>,
}

/// The rates of a prompt strictly longer than `above`, by tier.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Band {
    above: u64,
    tiers: [Option<Rates>; TIERS],
}

const TIERS: usize = Tier::Unheard as usize;

/// First found, first taken: `--rate`, the config, the price map, the built-in table, the default.
pub fn choose(
    flag: Option<Price>,
    config: Option<Price>,
    map: Option<Price>,
    table: Option<&Price>,
) -> Price {
    flag.or(config).or(map).or_else(|| table.cloned()).unwrap_or_else(Price::announced)
}

impl Price {
    /// The same two rates whatever the tier and the length: what `--rate` and a config say.
    pub fn flat(source: Source, rate: Rate) -> Self {
        let mut rates = Rates::default();
        rates.set(Kind::Input, rate.input);
        rates.set(Kind::Output, rate.output);
        Self { flat: true, ..Self::new(source, &rates) }
    }

    /// The same price with a rate of its own for one kind.
    #[must_use]
    pub fn with(mut self, kind: Kind, rate: Picodollars) -> Self {
        let bands = Arc::make_mut(&mut self.bands);
        for rates in bands.iter_mut().flat_map(|band| band.tiers.iter_mut().flatten()) {
            rates.set(kind, rate);
        }
        self
    }

    /// The announced default: $0.002 per 1,000 tokens, both ways.
    pub fn announced() -> Self {
        let rate = Picodollars(2_000_000);
        Self::flat(Source::Default, Rate { input: rate, output: rate })
    }

    /// A price of the standard tier for prompts of any length, to which others are added.
    pub(super) fn new(source: Source, standard: &Rates) -> Self {
        let mut tiers = [None; TIERS];
        tiers[Tier::Standard as usize] = Some(*standard);
        Self { source, flat: false, bands: Arc::new(vec![Band { above: 0, tiers }]) }
    }

    /// The rates of a tier for prompts longer than `above`.
    pub(super) fn add(&mut self, above: u64, tier: Tier, rates: &Rates) {
        let bands = Arc::make_mut(&mut self.bands);
        let at = bands.partition_point(|band| band.above < above);
        if bands.get(at).is_none_or(|band| band.above != above) {
            bands.insert(at, Band { above, tiers: [None; TIERS] });
        }
        bands[at].tiers[tier as usize] = Some(*rates);
    }

    /// The rates for a request with so many prompt tokens; none if the tier has no price. Where a
    /// tier lists nothing for a prompt of this length, its own rates or the standard ones apply,
    /// whichever are dearer; a cheaper tier that is not listed costs what the standard one does.
    pub fn rates(&self, tier: Tier, prompt_tokens: u64) -> Option<Rates> {
        let at = |band: &Band, tier: Tier| band.tiers.get(tier as usize).copied().flatten();
        let standard = |band| at(band, Tier::Standard);
        let base = self.bands.first()?;
        let long = self.bands.iter().rev().find(|band| prompt_tokens > band.above);
        let band = long.unwrap_or(base);
        if self.flat {
            return standard(base);
        }
        match (at(band, tier), at(base, tier), tier) {
            (Some(rates), _, _) => Some(rates),
            (None, Some(rates), _) => Some(rates.dearer(standard(band)?)),
            (None, None, Tier::Batch | Tier::Flex) => standard(band),
            (None, None, _) => None,
        }
    }

    /// Of each kind the dearest rate for any prompt of so many tokens up to so many.
    pub fn dearest(&self, tier: Tier, least: u64, most: u64) -> Option<Rates> {
        let starts = self.bands.iter().map(|band| band.above.saturating_add(1));
        let within = starts.filter(|start| (least..=most).contains(start));
        let mut all = within.map(|start| self.rates(tier, start));
        all.try_fold(self.rates(tier, least)?, |dearest, rates| Some(dearest.dearer(rates?)))
    }

    /// What so many tokens cost as a prompt, uncached, in the standard tier.
    pub fn prompt_cost(&self, tokens: u64) -> Picodollars {
        let rates = self.rates(Tier::Standard, tokens);
        rates.and_then(|rates| rates.of(Kind::Input)).unwrap_or_default().times(tokens)
    }

    /// The same price where the data stays in a region: a tenth more for every token.
    #[must_use]
    pub fn regional(mut self) -> Self {
        for band in Arc::make_mut(&mut self.bands) {
            for rates in band.tiers.iter_mut().flatten() {
                *rates = rates.scaled(11, 10);
            }
        }
        self
    }
}

impl Tier {
    pub const PRICED: [Self; TIERS] =
        [Self::Standard, Self::Batch, Self::Flex, Self::Priority, Self::Ultrafast];

    /// The tier that a `service_tier` asks for, or that a response echoes. `auto` is the standard
    /// one unless a project is set up otherwise, which nobody can see from here.
    pub fn named(name: &str) -> Self {
        match name {
            "auto" | "default" | "standard" => Self::Standard,
            "batch" => Self::Batch,
            "flex" => Self::Flex,
            "priority" | "fast" => Self::Priority,
            "ultrafast" => Self::Ultrafast,
            _ => Self::Unheard,
        }
    }
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::Input,
        Self::Cached,
        Self::Written,
        Self::Kept,
        Self::Output,
        Self::Reasoning,
        Self::PictureIn,
        Self::PictureCached,
        Self::PictureOut,
        Self::AudioIn,
        Self::AudioCached,
        Self::AudioOut,
    ];

    /// The kinds that a tier without rates for them takes over from the standard one.
    pub(super) const UNDISCOUNTED: [Self; 9] = [
        Self::Written,
        Self::Kept,
        Self::Output,
        Self::PictureIn,
        Self::PictureCached,
        Self::PictureOut,
        Self::AudioIn,
        Self::AudioCached,
        Self::AudioOut,
    ];

    /// What tokens of this kind are billed as where they have no rate of their own.
    fn otherwise(self) -> Option<Self> {
        match self {
            Self::Input | Self::Output => None,
            Self::Cached | Self::Written | Self::PictureIn | Self::AudioIn => Some(Self::Input),
            Self::Kept => Some(Self::Written),
            Self::PictureCached => Some(Self::PictureIn),
            Self::AudioCached => Some(Self::AudioIn),
            Self::Reasoning | Self::PictureOut | Self::AudioOut => Some(Self::Output),
        }
    }
}

impl Rates {
    /// The rate that tokens of this kind are billed at.
    pub fn of(&self, kind: Kind) -> Option<Picodollars> {
        self.own(kind).or_else(|| self.of(kind.otherwise()?))
    }

    /// The rate that is listed for this very kind.
    pub fn own(&self, kind: Kind) -> Option<Picodollars> {
        self.0[kind as usize]
    }

    pub(super) fn set(&mut self, kind: Kind, rate: Picodollars) {
        self.0[kind as usize] = Some(rate);
    }

    /// With what is not listed taken from others, for these kinds.
    #[must_use]
    pub(super) fn completed(mut self, others: &Self, kinds: &[Kind]) -> Self {
        for &kind in kinds {
            self.0[kind as usize] = self.own(kind).or(others.own(kind));
        }
        self
    }

    pub(super) fn unset(&mut self, kind: Kind) {
        self.0[kind as usize] = None;
    }

    /// Every rate times a fraction, rounded up.
    #[must_use]
    pub(super) fn scaled(mut self, numerator: u64, denominator: u64) -> Self {
        for rate in self.0.iter_mut().flatten() {
            *rate = Picodollars(rate.times(numerator).0.div_ceil(u128::from(denominator)));
        }
        self
    }

    /// Of each kind the dearer rate.
    fn dearer(self, other: Self) -> Self {
        let mut rates = Self::default();
        for kind in Kind::ALL {
            rates.0[kind as usize] = self.of(kind).max(other.of(kind));
        }
        rates
    }
}

/// The two main rates in the grammar of `--rate`: `2/1M:12/1M`.
impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |kind| self.of(kind).map_or_else(|| "-".to_owned(), per_million);
        write!(f, "{}:{}", side(Kind::Input), side(Kind::Output))
    }
}

/// Exact, without needless zeros: picodollars a token are millionths of a dollar a million.
fn per_million(rate: Picodollars) -> String {
    let text = format!("{}.{:06}", rate.0 / 1_000_000, rate.0 % 1_000_000);
    format!("{}/1M", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
