//! Inputs at random for the tests of whatever reads what others wrote: examples, changed in every
//! way that has ever confused a parser. The same seed gives the same inputs. A test runs a bounded
//! number of them; with `GPT_FUZZ_SECONDS` as many as fit (`tests/fuzz/run`). Knows nothing of what
//! it tests.
#![allow(dead_code)] // Each test program that includes this file uses a part of it.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// How often a failing input is made smaller before it is told.
const MOST_TRIES: usize = 2000;
/// Longer inputs show nothing that shorter ones do not.
const LONGEST: usize = 16 * 1024;

/// What parsers trip over, wherever it stands.
const PIECES: [&[u8]; 52] = [
    b"\0",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\t",
    b" ",
    b"\"",
    b"\\",
    b"'",
    b"/",
    b"//",
    b"://",
    b":",
    b"::",
    b"@",
    b"#",
    b"?",
    b"&",
    b"%",
    b"%00",
    b".",
    b"..",
    b"-",
    b"--",
    b"+",
    b",",
    b";",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae",
    b"\\u0000",
    b"\\ud800",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"0",
    b"-1",
    b"1e999",
    b"1e-999",
    b"18446744073709551616",
    b"9223372036854775808",
    b"340282366920938463463374607431768211456",
    b"\x1b[2J",
];

/// Runs `property`, which panics where it does not hold, on `examples` as they are and on `cases`
/// inputs made of them. What fails is made as small as it gets, and told with its seed.
#[track_caller]
pub fn check(examples: &[&[u8]], cases: u64, property: impl Fn(&[u8])) {
    let variable = |name| std::env::var_os(name)?.into_string().ok()?.parse::<u64>().ok();
    let seconds = variable("GPT_FUZZ_SECONDS").map(Duration::from_secs);
    let seed = variable("GPT_FUZZ_SEED").unwrap_or(1);
    let holds = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| property(input))).is_ok();
    let (mut random, started) = (Random::new(seed), Instant::now());
    for example in examples {
        assert!(holds(example), "an example: {}", shown(example));
    }
    for case in 0.. {
        let enough = seconds.map_or(case >= cases, |seconds| started.elapsed() >= seconds);
        if enough {
            break;
        }
        let input = mutated(&mut random, examples);
        if !holds(&input) {
            let small = smallest(input, holds);
            property(&small);
            panic!("seed {seed}, case {case}: {}", shown(&small));
        }
    }
}

/// The same for texts.
#[track_caller]
pub fn check_text(examples: &[&str], cases: u64, property: impl Fn(&str)) {
    let examples: Vec<&[u8]> = examples.iter().map(|text| text.as_bytes()).collect();
    check(&examples, cases, |input| property(&String::from_utf8_lossy(input)));
}

/// xorshift64*, good enough for everything but secrets.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 up to, not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap_or_default() % end.max(1)
    }
}

fn mutated(random: &mut Random, examples: &[&[u8]]) -> Vec<u8> {
    let mut input = examples[random.below(examples.len())].to_vec();
    for _ in 0..=random.below(6) {
        let start = random.below(input.len() + 1);
        let end = start + random.below((input.len() - start).min(40) + 1);
        match random.below(9) {
            0 => drop(input.drain(start..end)),
            1 => input.truncate(start),
            2 if start < end => input[start] ^= 1 << random.below(8),
            3 => {
                let byte = u8::try_from(random.below(256)).unwrap_or_default();
                input.insert(start, byte);
            }
            // The same again, and deeply so: nesting.
            4 => {
                let part = input[start..end].to_vec();
                let times = [1, 2, 200][random.below(3)];
                input.splice(end..end, part.repeat(times));
            }
            // A number becomes another one.
            5 => {
                let digits = input.iter().position(u8::is_ascii_digit).unwrap_or(start);
                let end = (digits + 1).min(input.len());
                input.splice(digits..end, PIECES[44 + random.below(7)].iter().copied());
            }
            6 => {
                let other = examples[random.below(examples.len())];
                let from = random.below(other.len() + 1);
                let to = from + random.below(other.len() - from + 1);
                input.splice(start..end, other[from..to].iter().copied());
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                input.splice(start..start, piece.iter().copied());
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// Leaves out whatever can be left out, from large parts to single bytes.
fn smallest(mut input: Vec<u8>, holds: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let (mut tries, mut length) = (0, input.len() / 2);
    while length > 0 && tries < MOST_TRIES {
        let mut start = 0;
        while start < input.len() && tries < MOST_TRIES {
            let mut less = input.clone();
            less.drain(start..(start + length).min(input.len()));
            tries += 1;
            if holds(&less) {
                start += length;
            } else {
                input = less;
            }
        }
        length /= 2;
    }
    input
}

/// As Rust writes it, to be pasted into a test.
fn shown(input: &[u8]) -> String {
    let mut text = String::from("b\"");
    for byte in input {
        let _ = write!(text, "{}", byte.escape_ascii());
    }
    text + "\""
}
