//! Where the API key comes from: the environment, a file that only its owner can read, or the
//! first output line of a command. Read only when a request is about to be sent.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::exit::{Exit, failure};
use crate::stdio::reason;

/// No key is longer than this; a file that is, is not one.
const LONGEST_KEY: u64 = 16 * 1024;

/// Holds the key itself in `Given`: no `Debug`, no `Display`.
pub enum KeySource {
    Missing,
    Given(String),
    File(PathBuf),
    Command(String),
}

impl KeySource {
    /// The key's text, or none where none is configured. A command gets no more time than
    /// `patience`.
    pub fn read(&self, patience: Duration) -> anyhow::Result<Option<String>> {
        let text = match self {
            Self::Missing => return Ok(None),
            Self::Given(key) => return Ok(Some(key.clone())),
            Self::File(path) => from_file(path)?,
            Self::Command(command) => from_command(command, patience)?,
        };
        let key = text.lines().next().unwrap_or_default().trim();
        if key.is_empty() {
            return Err(failure(Exit::Key, format!("no key: {} gave an empty line", self.name())));
        }
        Ok(Some(key.to_owned()))
    }

    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            _ => "api_key_command".into(),
        }
    }
}

fn from_file(path: &Path) -> anyhow::Result<String> {
    let complain = |why: &str| failure(Exit::Key, format!("key file {}: {why}", path.display()));
    let file = File::open(path).map_err(|error| complain(&reason(&error)))?;
    let about = file.metadata().map_err(|error| complain(&reason(&error)))?;
    if others_can_read(&about) {
        return Err(complain("others can read it; 'chmod 600' it"));
    }
    let mut text = String::new();
    file.take(LONGEST_KEY).read_to_string(&mut text).map_err(|error| complain(&reason(&error)))?;
    Ok(text)
}

/// A pipe or a descriptor (`<(pass show openai)`) is nobody else's, whatever its mode says.
#[cfg(unix)]
fn others_can_read(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.is_file() && about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn others_can_read(_: &std::fs::Metadata) -> bool {
    false
}

/// The command inherits neither our input, which is the prompt, nor our output. It may ask a
/// person for a password, but neither for ever nor print without end.
fn from_command(command: &str, patience: Duration) -> anyhow::Result<String> {
    let complain = |why: &str| failure(Exit::Key, format!("api_key_command: {why}"));
    let broken = |error: io::Error| complain(&reason(&error));
    let mut sh = Command::new("sh");
    sh.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = sh.spawn().map_err(broken)?;
    let output = child.stdout.take();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let read = output.map(|output| output.take(LONGEST_KEY).read_to_end(&mut text));
        sender.send(read.transpose().map(|_| text))
    });
    let read = receiver.recv_timeout(patience);
    let too_long = matches!(&read, Ok(Ok(text)) if text.len() as u64 == LONGEST_KEY);
    if read.is_err() || too_long {
        // Should it be gone already, so much the better.
        let _ = child.kill();
    }
    let Ok(text) = read else {
        return Err(complain(&format!("gave no key within {} s", patience.as_secs_f64())));
    };
    let text = text.map_err(broken)?;
    let status = child.wait().map_err(broken)?;
    if too_long {
        return Err(complain("printed more than a key; its first line is to be the key"));
    }
    if !status.success() {
        return Err(complain(&format!("failed with {status}")));
    }
    String::from_utf8(text).map_err(|_| complain("its output is not UTF-8"))
}
