//! Counting a stream in constant memory, on as many processors as it is worth.

use std::io::{self, Read};
use std::sync::Mutex;
use std::thread;

use crate::bpe::{self, Counter, Encoding};

/// A block fits the second-level cache, and is what a thread is worth starting for.
const BLOCK: usize = 128 * 1024;

/// The tokens of all of `input`, by each encoding.
pub fn count<R: Read + Send>(
    input: &mut R,
    encodings: &[Encoding],
    threads: usize,
) -> io::Result<Vec<u64>> {
    let mut block = vec![0; BLOCK];
    let length = fill(input, &mut block)?;
    if length < BLOCK {
        return Ok(encodings.iter().map(|&each| bpe::count(each, &block[..length])).collect());
    }
    match encodings {
        [encoding] if threads > 1 => Ok(vec![shared(input, block, *encoding, threads)?]),
        _ => in_turn(input, &mut block, encodings),
    }
}

/// Reads until `buffer` is full or the input ends.
fn fill(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match input.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn in_turn(
    input: &mut impl Read,
    block: &mut [u8],
    encodings: &[Encoding],
) -> io::Result<Vec<u64>> {
    let mut counters: Vec<Counter> = encodings.iter().map(|&each| Counter::new(each)).collect();
    let mut length = block.len();
    while length > 0 {
        for counter in &mut counters {
            counter.push(&block[..length]);
        }
        length = fill(input, block)?;
    }
    Ok(counters.into_iter().map(Counter::finish).collect())
}

/// The threads take blocks in turn, and each counts what it took while the others take theirs.
/// `first` is what was read already.
fn shared<R: Read + Send>(
    input: &mut R,
    first: Vec<u8>,
    encoding: Encoding,
    threads: usize,
) -> io::Result<u64> {
    let blocks = Mutex::new(Blocks { input, encoding, rest: first, ended: false });
    thread::scope(|scope| {
        // Where no more threads can be had, those there are count it all.
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                let thread = thread::Builder::new();
                thread.spawn_scoped(scope, || count_blocks(&blocks, encoding)).ok()
            })
            .collect();
        let counted = count_blocks(&blocks, encoding);
        others.into_iter().try_fold(counted?, |sum, other| {
            Ok(sum + other.join().expect("counting does not panic")?)
        })
    })
}

fn count_blocks<R: Read>(blocks: &Mutex<Blocks<R>>, encoding: Encoding) -> io::Result<u64> {
    let mut block = vec![0; BLOCK];
    let mut tokens = 0;
    loop {
        let taken = blocks.lock().expect("no holder of the lock panics").take(&mut block)?;
        tokens += match taken {
            Taken::Block(length) => bpe::count(encoding, &block[..length]),
            Taken::Counted(rest) => rest,
            Taken::Nothing => return Ok(tokens),
        };
    }
}

/// The input in blocks that can be counted apart.
struct Blocks<'a, R> {
    input: &'a mut R,
    encoding: Encoding,
    /// What was read after the last place to cut.
    rest: Vec<u8>,
    ended: bool,
}

enum Taken {
    /// This many bytes are to be counted.
    Block(usize),
    /// All that was left is counted: there is a run in it that cannot be cut.
    Counted(u64),
    Nothing,
}

impl<R: Read> Blocks<'_, R> {
    /// Who takes a block reads it too, so that it is at hand where it is counted.
    fn take(&mut self, block: &mut [u8]) -> io::Result<Taken> {
        if self.ended {
            return Ok(Taken::Nothing);
        }
        let kept = self.rest.len();
        block[..kept].copy_from_slice(&self.rest);
        let length = kept + fill(self.input, &mut block[kept..])?;
        if length < block.len() {
            self.ended = true;
            return Ok(Taken::Block(length));
        }
        let cut = bpe::safe_cut(self.encoding, block);
        if cut == 0 {
            self.ended = true;
            return Ok(Taken::Counted(in_turn(self.input, block, &[self.encoding])?[0]));
        }
        self.rest.clear();
        self.rest.extend_from_slice(&block[cut..]);
        Ok(Taken::Block(cut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Several blocks of text whose boundaries fall anywhere, with a run that cannot be cut.
    fn text() -> Vec<u8> {
        let line = "It's 12345 o'clock,\r\n  she'll say: 你好 мир 🦊\t\tdone.\n\n";
        let mut text = line.repeat(9000).into_bytes();
        text.extend(vec![b'x'; 2 * BLOCK]);
        text.extend(line.repeat(3000).bytes());
        text
    }

    #[test]
    fn threads_count_what_one_counts() {
        let text = text();
        for encoding in [Encoding::Cl100k, Encoding::O200k] {
            let expected = vec![bpe::count(encoding, &text)];
            for threads in [1, 2, 5] {
                let counted = count(&mut text.as_slice(), &[encoding], threads);
                assert_eq!(counted.expect("memory can be read"), expected, "{threads}");
            }
        }
    }

    #[test]
    fn several_encodings_count_in_one_pass() {
        let text = text();
        let expected: Vec<_> = Encoding::ALL.iter().map(|&each| bpe::count(each, &text)).collect();
        let counted = count(&mut text.as_slice(), &Encoding::ALL, 2);
        assert_eq!(counted.expect("memory can be read"), expected);
    }
}
