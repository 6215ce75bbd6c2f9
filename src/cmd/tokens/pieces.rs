//! The tokens themselves: their ids, ids back to bytes, and text shown with its bounds.

use std::fmt::Write as _;
use std::io::{self, Read, Write};

use crate::bpe::{self, Encoding};
use crate::exit::{Exit, failure};
use crate::stdio::visible;

use super::cut::Stretches;

/// The ids of `input` on one line.
pub fn ids(input: &mut impl Read, encoding: Encoding, out: &mut impl Write) -> io::Result<()> {
    let mut separator = "";
    each_token(input, encoding, |id| {
        write!(out, "{separator}{id}")?;
        separator = " ";
        Ok(())
    })?;
    writeln!(out)
}

/// The bytes that the ids in `input` stand for. Commas and brackets between them are passed
/// over, so that a JSON array will do. Nothing is printed before all of them are known.
pub fn decode(input: &mut impl Read, encoding: Encoding) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    input.read_to_end(&mut text)?;
    let mut bytes = Vec::new();
    let separates = |byte: &u8| byte.is_ascii_whitespace() || b",[]".contains(byte);
    let words = text.split(separates).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        let word = String::from_utf8_lossy(word);
        let token = word.parse().ok().and_then(|id| bpe::token(encoding, id));
        bytes.extend_from_slice(token.ok_or_else(|| {
            let shown: String = word.chars().take(20).collect();
            failure(
                Exit::Usage,
                format!("id {}: '{shown}' is no token of {}", index + 1, encoding.name()),
            )
        })?);
    }
    Ok(bytes)
}

/// `input` with a bar between its tokens, or their backgrounds in turn where colour can be
/// seen. Line breaks, control characters and bytes that are only part of a character show.
pub fn show(
    input: &mut impl Read,
    encoding: Encoding,
    coloured: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut colour = 0;
    let mut first = true;
    let mut line_open = false;
    each_token(input, encoding, |id| {
        let token = legible(bpe::token(encoding, id).unwrap_or_default());
        if coloured {
            colour = (colour + 1) % BACKGROUNDS.len();
            write!(out, "\x1b[30;48;5;{}m{token}\x1b[0m", BACKGROUNDS[colour])?;
        } else {
            let bar = if first { "" } else { "|" };
            write!(out, "{bar}{token}")?;
        }
        first = false;
        line_open = !token.ends_with("\\n");
        if !line_open {
            first = true;
            writeln!(out)?;
        }
        Ok(())
    })?;
    if line_open { writeln!(out) } else { Ok(()) }
}

/// Pale ones of the 256 colours, so that black text is legible on each.
const BACKGROUNDS: [u8; 4] = [153, 194, 223, 225];

fn each_token(
    input: &mut impl Read,
    encoding: Encoding,
    mut emit: impl FnMut(u32) -> io::Result<()>,
) -> io::Result<()> {
    let mut stretches = Stretches::new(encoding);
    let mut ids = Vec::new();
    while let Some(stretch) = stretches.next(input, u64::MAX)? {
        ids.clear();
        bpe::encode(encoding, &stretch, &mut ids);
        ids.iter().try_for_each(|&id| emit(id))?;
    }
    Ok(())
}

fn legible(token: &[u8]) -> String {
    let mut text = String::new();
    for chunk in token.utf8_chunks() {
        text.push_str(&visible(chunk.valid()).replace('\n', "\\n").replace('\t', "\\t"));
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}
