//! The long comparison with tiktoken-rs: minutes in a release build, so `tests/long/run` calls it.

use tiktoken_rs::CoreBPE;

use super::tests::{Random, generated, oracle};
use super::{Encoding, count, encode, token};

#[path = "../../benches/tokens/inputs.rs"]
#[allow(dead_code)]
mod inputs;

/// What each encoding is held against, of each kind of text.
const MEGABYTES: usize = 50;

/// Those that cut and merge in ways of their own; the others share their tables.
const DISTINCT: [Encoding; 4] = [Encoding::R50k, Encoding::P50k, Encoding::Cl100k, Encoding::O200k];

#[track_caller]
fn check(encoding: Encoding, oracle: &CoreBPE, text: &str) {
    let expected = oracle.encode_ordinary(text);
    let mut ids = Vec::new();
    encode(encoding, text.as_bytes(), &mut ids);
    assert!(
        ids == expected,
        "{}: {:?}",
        encoding.name(),
        text.chars().take(300).collect::<String>()
    );
    let counted = count(encoding, text.as_bytes());
    assert_eq!(counted, expected.len() as u64, "{}", encoding.name());
}

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
        let oracle = oracle(encoding);
        let mut random = Random(3);
        let mut bytes = 0;
        while bytes < MEGABYTES * 1_000_000 {
            let parts = 1 + random.below(200);
            let known = generated(&mut random, parts);
            let any = any_characters(&mut random);
            check(encoding, oracle, &known);
            check(encoding, oracle, &any);
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
            check(encoding, oracle(encoding), &text);
        }
    }
}

#[test]
#[ignore = "minutes: tests/long/run"]
fn every_token_beside_others() {
    for encoding in Encoding::ALL {
        let tokens: Vec<&str> =
            (0..201_000).filter_map(|id| std::str::from_utf8(token(encoding, id)?).ok()).collect();
        let oracle = oracle(encoding);
        let mut random = Random(4);
        for first in &tokens {
            check(encoding, oracle, first);
            for _ in 0..4 {
                let second = tokens[random.below(tokens.len())];
                check(encoding, oracle, &format!("{first}{second}"));
            }
        }
    }
}
