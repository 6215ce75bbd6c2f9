//! The long comparison with tiktoken-rs: minutes in a release build, so `tests/long/run` calls it.

use super::tests::{DISTINCT, Random, check, generated};
use super::{Encoding, token};

#[path = "../../benches/tokens/inputs.rs"]
#[allow(dead_code)]
mod inputs;

/// What each encoding is held against, of each kind of text.
const MEGABYTES: usize = 50;

/// Any characters, most of them from a few blocks that lie together, with what the patterns
/// care about in between.
fn any_characters(random: &mut Random) -> String {
    let mut text = String::new();
    let block = random.below(0x11_0000 / 0x100) * 0x100;
    for _ in 0..40 + random.below(400) {
        let code = match random.below(8) {
            0 => random.below(0x80),
            1 => random.below(0x3000),
            2 => random.below(0x11_0000),
            _ => block + random.below(0x100),
        };
        text.extend(u32::try_from(code).ok().and_then(char::from_u32));
        if random.below(12) == 0 {
            text.push_str(&generated(random, 3));
        }
    }
    text
}

#[test]
#[ignore = "minutes: tests/long/run"]
fn generated_text_at_length() {
    for encoding in DISTINCT {
        let mut random = Random(3);
        let mut bytes = 0;
        while bytes < MEGABYTES * 1_000_000 {
            let parts = 1 + random.below(200);
            let known = generated(&mut random, parts);
            let any = any_characters(&mut random);
            check(encoding, &known);
            check(encoding, &any);
            bytes += known.len() + any.len();
        }
    }
}

#[test]
#[ignore = "minutes: tests/long/run"]
fn prose_code_and_records_at_length() {
    for (name, _, make) in inputs::ALL {
        let text = String::from_utf8(make(MEGABYTES * 1_000_000 / 5)).expect(name);
        for encoding in DISTINCT {
            check(encoding, &text);
        }
    }
}

#[test]
#[ignore = "minutes: tests/long/run"]
fn every_token_beside_others() {
    for encoding in Encoding::ALL {
        let tokens: Vec<&str> =
            (0..201_000).filter_map(|id| std::str::from_utf8(token(encoding, id)?).ok()).collect();
        let mut random = Random(4);
        for first in &tokens {
            check(encoding, first);
            for _ in 0..4 {
                let second = tokens[random.below(tokens.len())];
                check(encoding, &format!("{first}{second}"));
            }
        }
    }
}
