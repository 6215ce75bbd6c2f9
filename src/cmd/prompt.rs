//! The prompt: words, files, standard input.

use std::io::{self, BufRead, Read};
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::cmd::files;
use crate::exit::{Exit, failure};
use crate::stdio::{self, Stdio, reason};

/// How long an open pipe may stay silent before a person is told that we wait for it.
const SILENCE: Duration = Duration::from_secs(2);
const WAITING: &str = "waiting for standard input; -n leaves it alone";

/// Words joined by spaces, then files, then standard input, a blank line between them. Empty
/// when there is nothing of any.
pub fn read(
    words: &[String],
    files: &[PathBuf],
    no_stdin: bool,
    stdio: &mut Stdio,
) -> anyhow::Result<String> {
    let mut parts = vec![words.join(" ")];
    for path in files {
        parts.push(files::text(path)?);
    }
    if !no_stdin && !stdio.input_is_terminal {
        parts.push(standard_input(stdio)?);
    }
    parts.retain(|part| !part.is_empty());
    // The one part there is, without copying what may be long.
    let prompt = if parts.len() == 1 { parts.swap_remove(0) } else { parts.join("\n\n") };
    Ok(if prompt.trim().is_empty() { String::new() } else { prompt })
}

/// A record behind what is said to each.
pub fn before(said: &str, record: &str) -> String {
    if said.is_empty() { record.to_owned() } else { format!("{said}\n\n{record}") }
}

/// Returns when there is something to read; a person who waits longer is told that we do.
pub fn wait_for_input(stdio: &mut Stdio) {
    if !stdio.err_is_terminal {
        return;
    }
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let _ = stdio::input().lock().fill_buf().map(|_| sender.send(()));
    });
    if matches!(receiver.recv_timeout(SILENCE), Err(RecvTimeoutError::Timeout)) {
        stdio.note(WAITING);
        let _ = receiver.recv();
    }
}

/// What is said where a prompt is needed and there is none.
pub fn missing() -> anyhow::Error {
    failure(Exit::Usage, "the prompt is empty; give words, --file or standard input")
}

fn standard_input(stdio: &mut Stdio) -> anyhow::Result<String> {
    let name = "standard input";
    let bytes = if stdio.err_is_terminal { hinted(stdio) } else { read_all(stdio::input().lock()) };
    let bytes =
        bytes.map_err(|error| failure(Exit::Local, format!("{name}: {}", reason(&error))))?;
    files::utf8(bytes, name)
}

fn read_all(mut input: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map(|_| bytes)
}

/// Reads on a thread of its own, so that a person can be told that we wait.
fn hinted(stdio: &mut Stdio) -> io::Result<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut input = stdio::input().lock();
        let _ = input.fill_buf().map(|_| sender.send(None));
        let _ = sender.send(Some(read_all(input)));
    });
    if matches!(receiver.recv_timeout(SILENCE), Err(RecvTimeoutError::Timeout)) {
        stdio.note(WAITING);
    }
    let all = receiver.iter().flatten().next();
    all.unwrap_or_else(|| Err(io::Error::other("its reader is gone")))
}
