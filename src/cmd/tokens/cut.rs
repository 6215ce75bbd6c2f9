//! Cutting text by tokens: the head, the tail, pieces. A cut never halves a character, and what
//! is cut off never counts more than was asked for, whatever the cut does to the tokens.

use std::collections::VecDeque;
use std::io::{self, Read, Write};

use crate::bpe::{self, Encoding};
use crate::exit::{Exit, failure};

const BLOCK: usize = 64 * 1024;

/// Copies at most the first `limit` tokens of `input`, and reads little more than that.
pub fn head(
    input: &mut impl Read,
    encoding: Encoding,
    limit: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut left = limit;
    let mut stretches = Stretches::new(encoding);
    while let Some(stretch) = stretches.next(input, left)? {
        let tokens = bpe::count(encoding, &stretch);
        if tokens > left {
            return out
                .write_all(&stretch[..longest_start(encoding, &stretch, stretch.len(), left)]);
        }
        out.write_all(&stretch)?;
        left -= tokens;
    }
    Ok(())
}

/// Copies at most the last `limit` tokens of `input`, holding little more than those.
pub fn tail(
    input: &mut impl Read,
    encoding: Encoding,
    limit: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut held: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
    let mut total = 0;
    let mut stretches = Stretches::new(encoding);
    while let Some(stretch) = stretches.next(input, u64::MAX)? {
        let tokens = bpe::count(encoding, &stretch);
        total += tokens;
        held.push_back((tokens, stretch));
        while let Some((oldest, _)) = held.front()
            && total - oldest >= limit
        {
            total -= oldest;
            held.pop_front();
        }
    }
    let text: Vec<u8> = held.into_iter().flat_map(|(_, stretch)| stretch).collect();
    out.write_all(&text[longest_end_start(encoding, &text, limit)..])
}

/// Cuts `input` into pieces of at most `limit` tokens; each repeats the last `overlap` tokens
/// of the one before. Fails where one character alone is more than `limit` tokens.
pub fn split(
    input: &mut impl Read,
    encoding: Encoding,
    limit: u64,
    overlap: u64,
    mut emit: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut text = Vec::new();
    let mut ended = false;
    let mut window = 16;
    loop {
        if text.len() < window && !ended {
            let missing = window.max(BLOCK) as u64;
            ended = (input.by_ref().take(missing).read_to_end(&mut text)? as u64) < missing;
        }
        window = window.min(text.len());
        if bpe::count(encoding, &text[..window]) <= limit {
            if window == text.len() && ended {
                return if text.is_empty() { Ok(()) } else { emit(&text) };
            }
            window *= 2;
            continue;
        }
        let end = longest_start(encoding, &text, window, limit);
        if end == 0 {
            return Err(failure(
                Exit::OverTokens,
                format!("a single character is more than {limit} tokens; split by more"),
            ));
        }
        emit(&text[..end])?;
        let repeated = longest_end_start(encoding, &text[..end], overlap);
        text.drain(..if repeated == 0 { end } else { repeated });
        window = end + end / 8 + 16;
    }
}

/// Consecutive parts of a stream whose tokens are those of the whole, cut where none crosses.
pub struct Stretches {
    encoding: Encoding,
    uncut: Vec<u8>,
    ended: bool,
}

impl Stretches {
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, uncut: Vec::new(), ended: false }
    }

    /// The next stretch. One that certainly has more than `enough` tokens may come uncut.
    pub fn next(&mut self, input: &mut impl Read, enough: u64) -> io::Result<Option<Vec<u8>>> {
        let certain = enough.saturating_add(1).saturating_mul(bpe::LONGEST_TOKEN as u64);
        while !self.ended {
            let missing = BLOCK.max(self.uncut.len()) as u64;
            let read = input.by_ref().take(missing).read_to_end(&mut self.uncut)? as u64;
            self.ended = read < missing;
            let cut = bpe::safe_cut(self.encoding, &self.uncut);
            if cut > 0 && !self.ended {
                let rest = self.uncut.split_off(cut);
                return Ok(Some(std::mem::replace(&mut self.uncut, rest)));
            }
            if self.uncut.len() as u64 > certain {
                break;
            }
        }
        let last = std::mem::take(&mut self.uncut);
        Ok(if last.is_empty() { None } else { Some(last) })
    }
}

/// The length of the longest start of `text`, by whole tokens and whole characters, that counts
/// at most `limit` by itself. Only `window` bytes are looked at; they have more than `limit`.
pub fn longest_start(encoding: Encoding, text: &[u8], window: usize, limit: u64) -> usize {
    let mut ids = Vec::new();
    bpe::encode(encoding, &text[..window], &mut ids);
    let mut kept = ids.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut end: usize = ids[..kept].iter().map(|&id| length(encoding, id)).sum();
    loop {
        let whole = character_start(text, end);
        if bpe::count(encoding, &text[..whole]) <= limit {
            return whole;
        }
        kept -= 1;
        end -= length(encoding, ids[kept]);
    }
}

/// Where the longest end of `text` starts that counts at most `limit` by itself.
fn longest_end_start(encoding: Encoding, text: &[u8], limit: u64) -> usize {
    let mut ids = Vec::new();
    bpe::encode(encoding, text, &mut ids);
    let mut dropped = ids.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut start: usize = ids[..dropped].iter().map(|&id| length(encoding, id)).sum();
    loop {
        let whole = character_end(text, start);
        if bpe::count(encoding, &text[whole..]) <= limit {
            return whole;
        }
        start += length(encoding, ids[dropped]);
        dropped += 1;
    }
}

fn length(encoding: Encoding, id: u32) -> usize {
    bpe::token(encoding, id).map_or(0, <[u8]>::len)
}

/// The start of the character that stands across `at`, or `at` itself.
fn character_start(text: &[u8], at: usize) -> usize {
    character_across(text, at).map_or(at, |(start, _)| start)
}

fn character_end(text: &[u8], at: usize) -> usize {
    character_across(text, at).map_or(at, |(_, end)| end)
}

/// The whole UTF-8 character that begins before `at` and ends behind it.
fn character_across(text: &[u8], at: usize) -> Option<(usize, usize)> {
    (at.saturating_sub(3)..at).find_map(|start| {
        let longest = &text[start..text.len().min(start + 4)];
        let valid = match std::str::from_utf8(longest) {
            Ok(valid) => valid,
            Err(error) => std::str::from_utf8(&longest[..error.valid_up_to()]).ok()?,
        };
        let end = start + valid.chars().next()?.len_utf8();
        (end > at).then_some((start, end))
    })
}

#[cfg(test)]
#[path = "cut_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
