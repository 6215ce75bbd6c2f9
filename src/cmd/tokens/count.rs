//! Counting a stream in constant memory, on as many processors as it is worth.

use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::thread;

use crate::bpe::{self, Counter, Encoding};

/// A block fits the second-level cache, and is what a thread is worth starting for.
const BLOCK: usize = 256 * 1024;

/// The tokens of all of `input`, by each encoding.
pub fn count(
    input: &mut impl Read,
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
        _ => in_turn(input, block, encodings),
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
    mut block: Vec<u8>,
    encodings: &[Encoding],
) -> io::Result<Vec<u64>> {
    let mut counters: Vec<Counter> = encodings.iter().map(|&each| Counter::new(each)).collect();
    let mut length = block.len();
    while length > 0 {
        for counter in &mut counters {
            counter.push(&block[..length]);
        }
        length = fill(input, &mut block)?;
    }
    Ok(counters.into_iter().map(Counter::finish).collect())
}

/// One thread reads and cuts where no token can cross, the others count the blocks. `first` is
/// what was read already.
fn shared(
    input: &mut impl Read,
    first: Vec<u8>,
    encoding: Encoding,
    threads: usize,
) -> io::Result<u64> {
    let (blocks, queue) = sync_channel::<Vec<u8>>(threads);
    let (give_back, spare) = channel::<Vec<u8>>();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (queue, give_back) = (&queue, give_back.clone());
                scope.spawn(move || {
                    let mut tokens = 0;
                    while let Some(block) = next(queue) {
                        tokens += bpe::count(encoding, &block);
                        let _ = give_back.send(block);
                    }
                    tokens
                })
            })
            .collect();
        let uncut = cut_into_blocks(input, first, encoding, &spare, |block| {
            blocks.send(block).expect("the workers live until the queue closes");
        });
        drop(blocks);
        let counted: u64 =
            workers.into_iter().map(|worker| worker.join().expect("counting does not panic")).sum();
        Ok(counted + uncut?)
    })
}

fn next(queue: &Mutex<Receiver<Vec<u8>>>) -> Option<Vec<u8>> {
    queue.lock().expect("no holder of the queue panics").recv().ok()
}

/// Sends `input` off in blocks that can be counted apart. A block without a boundary (a run of
/// a quarter of a megabyte) ends that: it and the rest are counted here.
fn cut_into_blocks(
    input: &mut impl Read,
    mut block: Vec<u8>,
    encoding: Encoding,
    spare: &Receiver<Vec<u8>>,
    mut send: impl FnMut(Vec<u8>),
) -> io::Result<u64> {
    while block.len() == BLOCK {
        let cut = bpe::safe_cut(encoding, &block);
        if cut == 0 {
            return Ok(in_turn(input, block, &[encoding])?.iter().sum());
        }
        let mut following = spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        following.clear();
        following.extend_from_slice(&block[cut..]);
        let kept = following.len();
        following.resize(BLOCK, 0);
        let read = fill(input, &mut following[kept..])?;
        following.truncate(kept + read);
        block.truncate(cut);
        send(std::mem::replace(&mut block, following));
    }
    send(block);
    Ok(0)
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
