//! How many tokens a picture is that a model makes, or what it is listed at: a table by model,
//! quality and size (`images.txt`), and a formula for the models that draw any size.

use super::count::Count;
use super::models::{self, Model};
use super::money::Picodollars;

const TABLE: &str = include_str!("images.txt");

/// The worst that one picture can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Making {
    pub tokens: Option<Count>,
    pub listed: Option<Picodollars>,
}

/// For a quality and a size; what is left to the server is the dearest that it may choose.
pub(super) fn making(model: &Model, quality: Option<&str>, size: Option<&str>) -> Making {
    if model.name.starts_with("gpt-image-2") {
        return Making { tokens: by_formula(&model.name, quality, size), listed: None };
    }
    let mut dearest = Making::default();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split_ascii_whitespace();
        let mut cell = || cells.next().unwrap_or("-");
        let fits = models::fit(cell(), &model.name).is_some()
            & [quality, size]
                .map(|asked| (asked, cell()))
                .iter()
                .all(|(asked, cell)| *cell == "-" || asked.is_none_or(|asked| asked == *cell));
        if fits {
            let tokens = cell().parse().ok().map(Count::exact);
            let listed = Picodollars::from_dollars(cell()).ok();
            let tokens_of = |count: &Count| count.tokens;
            dearest.tokens = dearest.tokens.into_iter().chain(tokens).max_by_key(tokens_of);
            dearest.listed = dearest.listed.max(listed);
        }
    }
    let left = quality.is_none() || size.is_none();
    dearest.tokens =
        dearest.tokens.map(|most| if left { Count::about(most.tokens, most.tokens) } else { most });
    dearest
}

/// The formula of gpt-image-2 is nobody's promise: an eighth more may be billed, and twice as much
/// by its successors. They also know qualities above `high`, of which nothing is published, and may
/// choose them where the quality is left to them.
fn by_formula(name: &str, quality: Option<&str>, size: Option<&str>) -> Option<Count> {
    let first = models::fit("gpt-image-2", name).is_some();
    let fineness = match quality {
        Some("low") => 16,
        Some("medium") => 48,
        Some("high") => 96,
        None if first => 96,
        _ => return None,
    };
    let (usual, largest) = match size {
        None => (tokens(fineness, 1024, 1024), tokens(fineness, 2880, 2880)),
        Some(size) => {
            let (width, height) = size.split_once('x')?;
            let pixels = |text: &str| text.parse().ok().filter(|side| (1..=3840).contains(side));
            let exactly = tokens(fineness, pixels(width)?, pixels(height)?);
            (exactly, exactly)
        }
    };
    let margin = if first { largest / 8 } else { largest };
    Some(Count::about(usual, largest + margin))
}

/// The grid has `fineness` cells along the long side, and as many as fit along the short one; each
/// costs a half, and more for more pixels.
fn tokens(fineness: u64, width: u64, height: u64) -> u64 {
    let (long, short) = (width.max(height), width.min(height));
    let across = (2 * fineness * short + long) / (2 * long);
    (fineness * across * (2_000_000 + width * height)).div_ceil(4_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_of_a_picture_follow_its_size() {
        let check = |quality, size: (u64, u64), wanted| {
            assert_eq!(tokens(quality, size.0, size.1), wanted, "{quality} {size:?}");
        };
        check(16, (1024, 1024), 196);
        check(48, (1024, 1024), 1756);
        check(96, (1024, 1024), 7024);
        check(16, (1536, 1024), 158);
        check(48, (1536, 1024), 1372);
        check(96, (1536, 1024), 5488);
        check(96, (1024, 1536), 5488);
        // No size that may be asked for costs more than the largest square.
        let most = tokens(96, 2880, 2880);
        for width in (16..=3840u64).step_by(16) {
            for height in (width.div_ceil(3)..=width.saturating_mul(3).min(3840)).step_by(16) {
                if width * height <= 2880 * 2880 {
                    assert!(tokens(96, width, height) <= most, "{width}x{height}");
                }
            }
        }
    }

    #[track_caller]
    fn check(name: &str, quality: &str, size: &str, tokens: Option<Count>, listed: Option<&str>) {
        let [quality, size] = [quality, size].map(|asked| Some(asked).filter(|it| *it != "auto"));
        let making = making(&models::find(name), quality, size);
        let listed = listed.map(|listed| Picodollars::from_dollars(listed).unwrap());
        assert_eq!(making, Making { tokens, listed });
    }

    #[test]
    fn what_is_left_to_the_server_is_the_dearest() {
        let about = |tokens, bound| Some(Count::about(tokens, bound));
        let exact = |tokens| Some(Count::exact(tokens));
        check("gpt-image-1", "low", "1024x1024", exact(272), Some("0.011"));
        check("gpt-image-1.5-2025-12-16", "high", "auto", about(6240, 6240), Some("0.2"));
        check("gpt-image-1.5", "auto", "1024x1024", about(4160, 4160), Some("0.133"));
        check("gpt-image-1-mini", "medium", "1536x1024", None, Some("0.015"));
        check("gpt-image-1", "max", "1024x1024", None, None);
        check("dall-e-2", "auto", "512x512", None, Some("0.018"));
        check("dall-e-3", "auto", "auto", None, Some("0.12"));
        check("gpt-image-2", "high", "1024x1024", about(7024, 7902), None);
        check("gpt-image-2", "auto", "auto", about(7024, 26683), None);
        check("gpt-image-2.5-flare", "high", "1024x1024", about(7024, 14048), None);
        check("gpt-image-2.5-flare", "auto", "1024x1024", None, None);
        check("gpt-image-2", "high", "0x1024", None, None);
        check("gpt-image-2", "high", "99999x1024", None, None);
        check("sd-xl", "auto", "auto", None, None);
    }
}
