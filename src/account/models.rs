//! The model table: what a name stands for. The table is data (`models.txt`), one model a line;
//! the longest name that fits wins, so the order of the lines says nothing.

use crate::bpe::Encoding;

use super::framing::Framing;
use super::money::Picodollars;
use super::pictures::Sight;
use super::price::{Kind, Price, Rates, Source, Tier};
use super::pricemap::{Entry, Listing};

pub const DEFAULT: &str = "gpt-5.6-terra";

/// The month that the built-in figures are of.
pub const AS_OF: &str = "2026-11";

/// A head of comments, then lines of one length, sorted: a lookup reads a few of them.
const TABLE: &str = include_str!("models.txt");
const START: usize = start(TABLE.as_bytes());
const WIDTH: usize = line_end(TABLE.as_bytes(), START) - START;

/// The field of the body that caps the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapField {
    /// `max_tokens`
    Legacy,
    /// `max_completion_tokens`
    New,
}

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
/// What is known of a model. An unknown one has `o200k_base`, not published, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub name: String,
    /// A name of the table, or one of its names with a date behind it.
    pub listed: bool,
    pub encoding: Encoding,
    /// Whether the encoding is published; if not, `encoding` is the best guess.
    pub published: bool,
    pub framing: Framing,
    /// Prompt and reply together.
    pub context: Option<u64>,
    pub longest_prompt: Option<u64>,
    pub longest_reply: Option<u64>,
    pub price: Option<Price>,
    /// What a price map lists the pictures at that it makes.
    pub listing: Listing,
    /// How pictures in a prompt are counted; none if the model sees none.
    pub sight: Option<Sight>,
    pub cap_field: CapField,
    /// Billed for more than its tokens, by fees that no cap bounds: a web search of its own.
    pub has_fees: bool,
    /// Costs a tenth more where the data stays in a region.
    pub regional: bool,
    /// The day it goes, `2026-12-11`.
    pub ends: Option<&'static str>,
}

/// What the table knows of a name: itself, with a date behind it, fine-tuned, or its family.
pub fn find(name: &str) -> Model {
    // A fine-tuned model counts as its base does, and so does one asked for through its provider;
    // what either costs is another matter.
    let base = match (name.strip_prefix("ft:"), name.strip_prefix("openai/")) {
        (Some(tuned), _) => tuned.split(':').next(),
        (None, provided) => provided,
    };
    let named = || name.to_owned();
    listed(name)
        .or_else(|| Some(Model { name: named(), listed: false, price: None, ..listed(base?)? }))
        .unwrap_or_else(|| unknown(name))
}

/// The line that fits best. What fits a name begins it, and so stands before it.
fn listed(name: &str) -> Option<Model> {
    let rows = TABLE.as_bytes()[START..].as_chunks::<WIDTH>().0;
    let end = rows.partition_point(|row| name_of(row) <= name.as_bytes());
    let begins = |at: &usize| rows[*at].first() == name.as_bytes().first();
    let near = (0..end).rev().take_while(begins).map(line);
    let fits = near.filter_map(|line| Some((fit(line.split(' ').next()?, name)?, line)));
    let ((listed, _), line) = fits.max_by_key(|(fit, _)| *fit)?;
    Some(Model { listed, ..read(name, line) })
}

/// A family is its stem here, `gpt-5` of `gpt-5*`: nothing else may stand between the two.
fn name_of(row: &[u8]) -> &[u8] {
    row.split(|byte| matches!(byte, b' ' | b'*')).next().unwrap_or(row)
}

fn line(at: usize) -> &'static str {
    &TABLE[START + at * WIDTH..][..WIDTH - 1]
}

/// Every model of the table, in its order; a family (`gpt-5*`) is none.
pub fn all() -> impl Iterator<Item = Model> {
    let named = lines().filter_map(|line| Some((line.split(' ').next()?, line)));
    named.filter(|(name, _)| !name.ends_with('*')).map(|(name, line)| read(name, line))
}

impl Model {
    /// Takes what a price map knows and the table does not.
    pub fn learn(&mut self, entry: &Entry) {
        self.longest_prompt = self.longest_prompt.or(entry.longest_prompt);
        self.longest_reply = self.longest_reply.or(entry.longest_reply);
        self.has_fees |= entry.has_fees;
    }
}

/// How well a pattern of the table fits: whether it is the name itself, then its length.
pub(super) fn fit(pattern: &str, name: &str) -> Option<(bool, usize)> {
    if let Some(family) = pattern.strip_suffix('*') {
        return name.starts_with(family).then_some((false, family.len()));
    }
    let rest = name.strip_prefix(pattern)?;
    let tuned = rest.starts_with(':') && pattern.starts_with("ft:");
    (rest.is_empty() || tuned || is_date(rest)).then_some((true, pattern.len()))
}

/// `-2026-03-05` or `-0613`, as the API dates its models.
fn is_date(rest: &str) -> bool {
    let shape = |shape: &str| {
        rest.len() == shape.len()
            && rest.bytes().zip(shape.bytes()).all(|(byte, wanted)| {
                if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted }
            })
    };
    shape("-0000-00-00") || shape("-0000")
}

fn lines() -> impl Iterator<Item = &'static str> {
    (0..(TABLE.len() - START) / WIDTH).map(line)
}

/// Where the first line begins that is no comment.
const fn start(table: &[u8]) -> usize {
    let mut at = 0;
    while table[at] == b'#' {
        at = line_end(table, at);
    }
    at
}

const fn line_end(table: &[u8], mut at: usize) -> usize {
    while table[at] != b'\n' {
        at += 1;
    }
    at + 1
}

fn unknown(name: &str) -> Model {
    Model {
        name: name.to_owned(),
        listed: false,
        encoding: Encoding::O200k,
        published: false,
        framing: Framing::Unknown,
        context: None,
        longest_prompt: None,
        longest_reply: None,
        price: None,
        listing: Listing::default(),
        sight: None,
        cap_field: CapField::Legacy,
        has_fees: false,
        regional: false,
        ends: None,
    }
}

/// One line of the table. What a cell cannot mean is read as nothing: the tests see to it that
/// there is none, and a lookup never fails.
fn read(name: &str, line: &'static str) -> Model {
    let mut cells = line.split_ascii_whitespace().skip(1);
    let mut cell = || cells.next().unwrap_or("-");
    let encoding = Encoding::named(cell());
    let framing = match cell() {
        "chat0301" => Framing::Chat0301,
        "chat" => Framing::Chat,
        "reasoning" => Framing::Reasoning,
        "text" => Framing::Text,
        _ => Framing::Unknown,
    };
    let (context, longest_prompt, longest_reply) =
        (cell().parse().ok(), cell().parse().ok(), cell().parse().ok());
    let rates = [cell(), cell(), cell(), cell()];
    let long = cell();
    let tiers = [cell(), cell(), cell(), cell()];
    let (pictures, audio) = (cell(), cell());
    let sight = Sight::read(cell());
    let flags = cell();
    let ends = Some(cell()).filter(|ends| *ends != "-");
    let cap_field = if cell() == "new" { CapField::New } else { CapField::Legacy };
    Model {
        name: name.to_owned(),
        listed: true,
        encoding: encoding.unwrap_or(Encoding::O200k),
        published: encoding.is_some(),
        framing,
        context,
        longest_prompt,
        longest_reply,
        price: price(rates, long, tiers, pictures, audio),
        listing: Listing::default(),
        sight,
        cap_field,
        has_fees: flags.contains("searches"),
        regional: flags.contains("regional"),
        ends,
    }
}

/// The price on a line: none without an input rate.
fn price(
    rates: [&str; 4],
    long: &str,
    tiers: [&str; 4],
    pictures: &str,
    audio: &str,
) -> Option<Price> {
    let mut standard = quad(&Rates::default(), rates.into_iter());
    standard.own(Kind::Input)?;
    let media = [Kind::PictureIn, Kind::PictureCached, Kind::PictureOut];
    fill(&mut standard, media, pictures.split('/'));
    fill(&mut standard, [Kind::AudioIn, Kind::AudioCached, Kind::AudioOut], audio.split('/'));
    let mut price = Price::new(Source::Table, &standard);

    let long = long.split_once(':').and_then(|(above, factors)| {
        let (input, output) = factors.split_once('/')?;
        let above = above.parse::<u64>().ok()?;
        let mut rates = factor(&standard, input)?;
        rates.set(Kind::Output, factor(&standard, output)?.own(Kind::Output)?);
        price.add(above, Tier::Standard, &rates);
        Some((above, rates))
    });
    for (tier, cell) in Tier::PRICED.into_iter().skip(1).zip(tiers) {
        let (short, beyond) = cell.split_once('>').unwrap_or((cell, cell));
        if let Some(rates) = tier_rates(&standard, short) {
            price.add(0, tier, &rates);
        }
        if let Some((above, long)) = long
            && let Some(rates) = factor(&long, beyond)
        {
            price.add(above, tier, &rates);
        }
    }
    Some(price)
}

/// A tier's rates: all of the standard ones times a factor (`x0.5`), or each by itself
/// (`INPUT/CACHED/WRITE/OUTPUT`, and perhaps `/PICTURE`). Pictures and audio have no discount but
/// the one that is listed.
fn tier_rates(standard: &Rates, cell: &str) -> Option<Rates> {
    if let Some(rates) = factor(standard, cell) {
        return Some(rates);
    }
    let mut listed = cell.split('/');
    let mut rates = quad(standard, listed.by_ref().take(4));
    rates.own(Kind::Input)?;
    fill(&mut rates, [Kind::PictureIn], listed);
    Some(rates)
}

/// Input, cached, written and output, in dollars a million; all else as in `rates`. To keep what
/// is written for twelve hours costs twice the writing with every model that lists it.
fn quad<'a>(rates: &Rates, cells: impl Iterator<Item = &'a str>) -> Rates {
    let mut rates = *rates;
    for kind in TEXT {
        rates.unset(kind);
    }
    fill(&mut rates, [Kind::Input, Kind::Cached, Kind::Written, Kind::Output], cells);
    if let Some(written) = rates.own(Kind::Written) {
        rates.set(Kind::Kept, written.times(2));
    }
    rates
}

const TEXT: [Kind; 5] = [Kind::Input, Kind::Cached, Kind::Written, Kind::Kept, Kind::Output];

/// The rates of text times a factor, `x0.5`.
fn factor(rates: &Rates, cell: &str) -> Option<Rates> {
    let mut rates = *rates;
    let factor = Picodollars::from_dollars(cell.strip_prefix('x')?).ok()?;
    for kind in TEXT {
        if let Some(rate) = rates.own(kind) {
            let product = rate.0.saturating_mul(factor.0);
            rates.set(kind, Picodollars(product.div_ceil(Picodollars::DOLLAR.0)));
        }
    }
    Some(rates)
}

/// Sets each kind whose cell has a figure, in dollars a million.
fn fill<'a>(
    rates: &mut Rates,
    kinds: impl IntoIterator<Item = Kind>,
    cells: impl Iterator<Item = &'a str>,
) {
    for (kind, cell) in kinds.into_iter().zip(cells) {
        if let Ok(rate) = Picodollars::from_dollars_per(cell, 6) {
            rates.set(kind, rate);
        }
    }
}

#[cfg(test)]
mod tests;
