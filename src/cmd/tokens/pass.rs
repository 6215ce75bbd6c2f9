//! `--pass`: the inputs, all of them or nothing. What was read waits in memory, and what is more
//! than a few megabytes in a file without a name.

use std::io::{self, Read, Seek, Write};

use tempfile::SpooledTempFile;

use super::inputs::Sources;
use super::measure::Measure;
use super::over_limit;
use crate::args;
use crate::bpe::{self, Counter};
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

const BLOCK: usize = 64 * 1024;
const IN_MEMORY: usize = 4 * 1024 * 1024;

/// Reads little more than the limit can hold.
pub fn run(
    args: &args::Tokens,
    measure: &Measure,
    sources: &mut Sources,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let limit = args.max_tokens.unwrap_or(u64::MAX);
    let longest = limit.saturating_mul(bpe::LONGEST_TOKEN as u64).saturating_add(1);
    let mut kept = SpooledTempFile::new(IN_MEMORY);
    let mut block = vec![0; BLOCK];
    let mut tokens = 0;
    sources.each(stdio, |_, input, _| {
        let mut input = input.take(longest);
        let mut counter = Counter::new(measure.encoding);
        while let Some(read) = read(&mut input, &mut block)? {
            kept.write_all(read).map_err(|error| not_kept(&error))?;
            counter.push(read);
            let so_far = tokens + measure.framed(counter.so_far());
            if so_far > limit {
                return Err(over_limit("at least ", so_far, limit));
            }
        }
        tokens += measure.framed(counter.finish());
        let at_least = if input.limit() == 0 { "at least " } else { "" };
        if tokens > limit { Err(over_limit(at_least, tokens, limit)) } else { Ok(()) }
    })?;
    if sources.unreadable == 0 {
        kept.rewind().map_err(|error| not_kept(&error))?;
        io::copy(&mut kept, &mut stdio.out)?;
    }
    Ok(())
}

/// The next bytes, at the start of `block`; none at the end.
fn read<'a>(input: &mut impl Read, block: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
    loop {
        match input.read(block) {
            Ok(0) => return Ok(None),
            Ok(length) => return Ok(Some(&block[..length])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn not_kept(error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("temporary file: {}; TMPDIR names a roomier place", reason(error)))
}
