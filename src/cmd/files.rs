//! Files that the user names, read whole before anything is sent.

use std::fs;
use std::io;
use std::path::Path;

use crate::exit::{Exit, failure};
use crate::stdio::reason;

pub fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        if path == Path::new("-") && error.kind() == io::ErrorKind::NotFound {
            let why = "-: standard input is read without being named; leave it out";
            return failure(Exit::Usage, format!("{why}; nothing was sent"));
        }
        failure(Exit::Local, format!("{}: {}; nothing was sent", path.display(), reason(&error)))
    })
}

pub fn text(path: &Path) -> anyhow::Result<String> {
    utf8(bytes(path)?, &path.display().to_string())
}

/// Only UTF-8 is sent.
pub fn utf8(bytes: Vec<u8>, name: &str) -> anyhow::Result<String> {
    utf8_from(0, bytes, name)
}

/// The same for bytes that begin at `start` of what is named.
pub fn utf8_from(start: usize, bytes: Vec<u8>, name: &str) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = start + error.utf8_error().valid_up_to();
        failure(Exit::Usage, format!("{name}: not UTF-8 at byte {offset}; nothing was sent"))
    })
}
