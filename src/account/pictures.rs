//! What a picture in a prompt costs: its size from the head of the file, its tokens by tiles or
//! by patches.

use super::count::Count;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// The `detail` of a picture part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    #[default]
    Auto,
    Low,
    High,
    Original,
    /// One we have never heard of.
    Unheard,
}

/// How a model counts pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    pub rule: Rule,
    /// Whether real bills have confirmed the rule for this model.
    pub confirmed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A base, and so much for each tile of 512 x 512 of the picture, once that was made to fit.
    Tiles { base: u64, tile: u64 },
    /// Patches of 32 x 32, at most so many of them, times `hundredths / 100`.
    Patches { hundredths: u32, most: Option<u64> },
}

/// The dearest multiplier of any model: what an unconfirmed rule cannot exceed.
const DEAREST: u32 = 246;

/// Stands for a picture whose size nobody told us.
const USUAL: Size = Size { width: 1024, height: 1024 };

/// The tokens of one picture; without a size, bounded by the most that the model can bill.
pub fn tokens(sight: Sight, size: Option<Size>, detail: Detail) -> Count {
    let Some(size) = size else {
        let usual = tokens(sight, Some(USUAL), detail);
        return Count::about(usual.tokens, most(sight, detail));
    };
    let count = match sight.rule {
        Rule::Tiles { base, tile } => tiles(base, tile, size, detail),
        Rule::Patches { hundredths, most } => patches(hundredths, most, size, detail),
    };
    if sight.confirmed {
        return count;
    }
    // It may turn out to be counted by the other rule: the dearest of patches bounds either.
    let patches = multiplied(patches_of(size).min(patch_cap(sight)), DEAREST);
    let bound = match sight.rule {
        Rule::Tiles { .. } => count.bound.max(patches),
        Rule::Patches { .. } => patches,
    };
    Count::about(count.tokens.min(bound), bound)
}

/// The most that a picture of any size can be.
fn most(sight: Sight, detail: Detail) -> u64 {
    match sight.rule {
        _ if !sight.confirmed && patch_cap(sight) == u64::MAX => u64::MAX,
        _ if !sight.confirmed => multiplied(patch_cap(sight), DEAREST),
        Rule::Tiles { base, .. } if detail == Detail::Low => base,
        // 2048 x 768 is the largest that is left of any picture.
        Rule::Tiles { base, tile } => base + 8 * tile,
        Rule::Patches { .. } if matches!(detail, Detail::Original | Detail::Unheard) => u64::MAX,
        Rule::Patches { hundredths, most } => {
            most.map_or(u64::MAX, |most| multiplied(most, hundredths))
        }
    }
}

/// The most patches of an unconfirmed rule: tiles were never cut from more than 2048 x 2048.
fn patch_cap(sight: Sight) -> u64 {
    match sight.rule {
        Rule::Tiles { .. } => 10_000,
        Rule::Patches { most, .. } => most.unwrap_or(u64::MAX),
    }
}

/// Fit into 2048 x 2048, then the short side into 768, then count the tiles. Nobody has published
/// how the server rounds in between: where that makes a difference, the count is not exact.
fn tiles(base: u64, tile: u64, size: Size, detail: Detail) -> Count {
    if detail == Detail::Low {
        return Count::exact(base);
    }
    let down: fn(u64, u64) -> u64 = |a, b| a / b;
    let up: fn(u64, u64) -> u64 = u64::div_ceil;
    let ways = [(down, down), (down, up), (up, down), (up, up)];
    let costs = ways.map(|(first, second)| base + tile * tiles_of(size, first, second));
    let (least, most) =
        costs.iter().fold((u64::MAX, 0), |(least, most), cost| (least.min(*cost), most.max(*cost)));
    let known = matches!(detail, Detail::Auto | Detail::High);
    if known && least == most { Count::exact(most) } else { Count::about(least, most) }
}

fn tiles_of(size: Size, first: fn(u64, u64) -> u64, second: fn(u64, u64) -> u64) -> u64 {
    let mut long = u64::from(size.width.max(size.height));
    let mut short = u64::from(size.width.min(size.height));
    if long > 2048 {
        (long, short) = (2048, first(short * 2048, long).max(1));
    }
    if short > 768 {
        (long, short) = (second(long * 768, short), 768);
    }
    long.div_ceil(512) * short.div_ceil(512)
}

/// Patches up to the cap are counted as bills have shown; beyond it the picture is scaled down
/// by the published rule, which no bill has confirmed.
fn patches(hundredths: u32, most: Option<u64>, size: Size, detail: Detail) -> Count {
    let all = patches_of(size);
    let whole = multiplied(all, hundredths);
    match (detail, most) {
        (Detail::Original | Detail::Unheard, _) => Count::about(whole, whole),
        (_, Some(most)) if all > most => {
            Count::about(multiplied(shrunk(size, most), hundredths), multiplied(most, hundredths))
        }
        (Detail::Low, _) => Count::about(whole, whole),
        _ => Count::exact(whole),
    }
}

fn patches_of(size: Size) -> u64 {
    u64::from(size.width).div_ceil(32) * u64::from(size.height).div_ceil(32)
}

/// The patches that are left of a picture scaled down to at most so many, a whole number of them
/// along the side that would otherwise be cut.
fn shrunk(size: Size, most: u64) -> u64 {
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let across = (most.saturating_mul(width) / height).isqrt().max(1);
    let down = (most.saturating_mul(height) / width).isqrt().max(1);
    let patches = if across * height < down * width {
        across * (across * height).div_ceil(width)
    } else {
        down * (down * width).div_ceil(height)
    };
    patches.min(most)
}

/// Times the multiplier, rounded up, and one: in doubles, as the server does it. 300 * 1.62 is
/// 486.00000000000006 there, and is billed as 487 + 1.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the server's own rounding, and no money"
)]
fn multiplied(patches: u64, hundredths: u32) -> u64 {
    (patches as f64 * (f64::from(hundredths) / 100.0)).ceil() as u64 + 1
}

impl Sight {
    /// A cell of the table: `tiles:85/170`, `patches:1.62/1536`, `~` before what is not confirmed.
    pub(super) fn read(cell: &str) -> Option<Self> {
        let (confirmed, cell) = match cell.strip_prefix('~') {
            Some(cell) => (false, cell),
            None => (true, cell),
        };
        let (rule, figures) = cell.split_once(':')?;
        let (first, second) = figures.split_once('/')?;
        let rule = match rule {
            "tiles" => Rule::Tiles { base: first.parse().ok()?, tile: second.parse().ok()? },
            "patches" => {
                let (ones, rest) = first.split_once('.')?;
                let rest: u32 = format!("{rest:0<2}").parse().ok()?;
                let hundredths = ones.parse::<u32>().ok()? * 100 + rest;
                Rule::Patches { hundredths, most: second.parse().ok() }
            }
            _ => return None,
        };
        Some(Self { rule, confirmed })
    }
}

/// Width and height as the head of a PNG, JPEG, WebP or GIF says.
pub fn size(bytes: &[u8]) -> Option<Size> {
    let (width, height) = match bytes {
        [0x89, b'P', b'N', b'G', ..] => (big(bytes, 16, 4)?, big(bytes, 20, 4)?),
        [b'G', b'I', b'F', b'8', ..] => (little(bytes, 6, 2)?, little(bytes, 8, 2)?),
        [0xFF, 0xD8, ..] => jpeg(bytes)?,
        [b'R', b'I', b'F', b'F', ..] if bytes.get(8..12)? == b"WEBP" => webp(bytes)?,
        _ => return None,
    };
    (width > 0 && height > 0).then_some(Size { width, height })
}

/// Walks the segments up to the frame header.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        while bytes.get(at..at + 2)? == [0xFF, 0xFF] {
            at += 1;
        }
        let [0xFF, marker] = bytes.get(at..at + 2)? else { return None };
        match marker {
            0xC4 | 0xC8 | 0xCC => {}
            0xC0..=0xCF => return Some((big(bytes, at + 7, 2)?, big(bytes, at + 5, 2)?)),
            0x01 | 0xD0..=0xD7 => {
                at += 2;
                continue;
            }
            0xD9 | 0xDA => return None,
            _ => {}
        }
        at += 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?;
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((little(bytes, 26, 2)? & 0x3FFF, little(bytes, 28, 2)? & 0x3FFF)),
        b"VP8L" => {
            let bits = little(bytes, 21, 4)?;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        _ => None,
    }
}

fn big(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn little(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests;
