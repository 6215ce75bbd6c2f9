//! A conversation kept in a file, one message a line. A turn is added whole, when its reply is
//! in; one process at a time holds the file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cmd::{files, messages};
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

pub struct Session {
    path: PathBuf,
    /// Locked until the session is dropped.
    file: File,
    /// Where the last whole turn ends. What is behind it is overwritten by the next one.
    end: u64,
}

/// The messages of a session, which stays as it is.
pub fn look(name: &str, state: Option<&Path>) -> anyhow::Result<Vec<Value>> {
    let path = place(name, state)?;
    match fs::read(&path) {
        Ok(mut bytes) => {
            bytes.truncate(whole_turns(&bytes));
            read(bytes, &path)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(&path, &error)),
    }
}

impl Session {
    /// Opens the session and its messages; waits while another process holds it, though not for
    /// ever: a conversation at a prompt may hold it for days.
    pub fn open(
        name: &str,
        state: Option<&Path>,
        patience: Duration,
        stdio: &mut Stdio,
    ) -> anyhow::Result<(Self, Vec<Value>)> {
        let path = place(name, state)?;
        let waiting = || {
            stdio.note(format_args!("waiting for another process to finish with '{name}'"));
        };
        let file = open_private(&path).and_then(|file| locked(file, patience, waiting));
        let mut file = file.map_err(|error| failed(&path, &error))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| failed(&path, &error))?;
        let end = whole_turns(&bytes);
        if !bytes[end..].trim_ascii().is_empty() {
            stdio.note(format_args!(
                "session '{name}': its last turn has no reply, and is left out"
            ));
        }
        bytes.truncate(end);
        let history = read(bytes, &path)?;
        Ok((Self { path, file, end: end as u64 }, history))
    }

    /// Adds a turn with its reply, in one write that is on the disk when this returns.
    pub fn append(&mut self, new: &[Value], reply: &str) -> anyhow::Result<()> {
        let reply = json!({"role": "assistant", "content": reply});
        let mut lines = String::new();
        for message in new.iter().chain([&reply]) {
            lines.push_str(&message.to_string());
            lines.push('\n');
        }
        self.write(&lines).map_err(|error| failed(&self.path, &error))
    }

    fn write(&mut self, lines: &str) -> io::Result<()> {
        self.file.set_len(self.end)?;
        let mut last = [b'\n'];
        if self.end > 0 {
            self.file.seek(SeekFrom::Start(self.end - 1))?;
            self.file.read_exact(&mut last)?;
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        let separator = if last == [b'\n'] { "" } else { "\n" };
        self.file.write_all(format!("{separator}{lines}").as_bytes())?;
        self.file.sync_data()?;
        self.end = self.file.stream_position()?;
        Ok(())
    }
}

/// Takes the file for this process alone.
fn locked(file: File, patience: Duration, waiting: impl FnOnce()) -> io::Result<File> {
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) => waiting(),
    }
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let locked = file.lock();
        sender.send(locked.map(|()| file))
    });
    receiver.recv_timeout(patience).unwrap_or_else(|_| {
        let held = "another process still holds it; end that one, or give a longer --timeout";
        Err(io::Error::new(ErrorKind::TimedOut, held))
    })
}

fn failed(path: &Path, error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("session {}: {}", path.display(), reason(error)))
}

fn read(bytes: Vec<u8>, path: &Path) -> anyhow::Result<Vec<Value>> {
    let name = format!("session {}", path.display());
    messages::lines(&files::utf8(bytes, &name)?, &name)
}

/// A name is a file in the state directory; anything with a slash is a path.
fn place(name: &str, state: Option<&Path>) -> anyhow::Result<PathBuf> {
    if name.contains('/') {
        return Ok(name.into());
    }
    if name.is_empty() || name.starts_with('.') {
        return Err(failure(Exit::Usage, format!("'{name}' is no name for a session")));
    }
    let state = state.ok_or_else(|| {
        failure(Exit::Local, "no place for sessions by name without HOME; give a path")
    })?;
    Ok(state.join("sessions").join(format!("{name}.jsonl")))
}

/// What is said in a conversation is its owner's.
fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let mut directories = fs::DirBuilder::new();
    directories.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        options.mode(0o600);
        directories.mode(0o700);
    }
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => directories.create(parent)?,
        _ => {}
    }
    options.open(path)
}

/// The length of what was written whole. A process that was killed leaves a line without its
/// end, or a question without its reply.
fn whole_turns(bytes: &[u8]) -> usize {
    let mut end = bytes.len();
    for line in bytes.split_inclusive(|&byte| byte == b'\n').rev() {
        let message: Option<Value> = serde_json::from_slice(line).ok();
        let whole = match message {
            Some(message) => message["role"] != "user",
            None => line.ends_with(b"\n") && !line.trim_ascii().is_empty(),
        };
        if whole {
            break;
        }
        end -= line.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::whole_turns;

    const SYSTEM: &str = "{\"role\":\"system\",\"content\":\"s\"}\n";
    const ASKED: &str = "{\"role\":\"user\",\"content\":\"q\"}\n";
    const ANSWERED: &str = "{\"role\":\"assistant\",\"content\":\"a\"}\n";

    /// However few bytes of the last turn were written, the turns before it remain, and nothing
    /// of it remains until all of it is there.
    #[test]
    fn a_turn_is_there_or_not() {
        for before in [String::new(), SYSTEM.into(), [SYSTEM, ASKED, ANSWERED].concat()] {
            let whole = [&before, ASKED, ANSWERED].concat();
            for written in 0..=whole.len() {
                let expected = if written + 1 >= whole.len() {
                    written
                } else if written >= before.len() {
                    before.len()
                } else {
                    continue;
                };
                assert_eq!(whole_turns(&whole.as_bytes()[..written]), expected, "{written} bytes");
            }
        }
    }
}
