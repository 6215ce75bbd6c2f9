//! Where the bytes come from: standard input, files, and directories walked as ripgrep walks
//! them. A source that cannot be read is told about and passed over.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::stdio::{self, Stdio, reason};

/// How much of a walked file is looked at to tell text from binary.
const BINARY_PROBE: u64 = 8 * 1024;

pub enum Source {
    Standard,
    File(PathBuf),
    /// Found by walking, so left out when it is binary.
    Walked(PathBuf),
}

impl Source {
    pub fn name(&self) -> &OsStr {
        match self {
            Self::Standard => OsStr::new("-"),
            Self::File(path) | Self::Walked(path) => path.as_os_str(),
        }
    }

    /// The bytes; none when they are binary and nobody asked for this very file.
    fn open(&self) -> io::Result<Option<Input>> {
        let unreadable = |error: io::Error| Unreadable::wrap(self.name(), &error);
        let bytes: Box<dyn Read + Send> = match self {
            Self::Standard => Box::new(stdio::input()),
            Self::File(path) if path.is_dir() => {
                return Err(unreadable(io::Error::other("is a directory; -r walks it")));
            }
            Self::File(path) => Box::new(File::open(path).map_err(unreadable)?),
            Self::Walked(path) => {
                let mut file = File::open(path).map_err(unreadable)?;
                let mut start = Vec::new();
                file.by_ref().take(BINARY_PROBE).read_to_end(&mut start).map_err(unreadable)?;
                if memchr::memchr(0, &start).is_some() {
                    return Ok(None);
                }
                Box::new(Cursor::new(start).chain(file))
            }
        };
        Ok(Some(Input { bytes, name: self.name().to_owned() }))
    }
}

/// A source's bytes; what goes wrong while reading them is an [`Unreadable`].
pub struct Input {
    bytes: Box<dyn Read + Send>,
    name: std::ffi::OsString,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => Unreadable::wrap(&self.name, &error),
        })
    }
}

/// An input that cannot be read: the others are counted all the same.
#[derive(Debug)]
pub struct Unreadable(String);

impl Unreadable {
    fn wrap(name: &OsStr, error: &io::Error) -> io::Error {
        io::Error::other(Self(format!("{}: {}", name.display(), reason(error))))
    }

    fn of(error: &anyhow::Error) -> Option<&Self> {
        error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// The sources that `files` name, in order, and what could not be read of them.
#[derive(Default)]
pub struct Sources {
    list: Vec<Source>,
    pub unreadable: u64,
    pub binary: u64,
}

impl Sources {
    /// Directories are walked, when `recursive`, in the order of their names.
    pub fn find(files: &[PathBuf], recursive: bool, stdio: &mut Stdio) -> Self {
        let mut sources = Self::default();
        if files.is_empty() {
            sources.list.push(Source::Standard);
        }
        for path in files {
            if path.as_os_str() == "-" {
                sources.list.push(Source::Standard);
            } else if recursive && path.is_dir() {
                sources.walk(path, stdio);
            } else {
                sources.list.push(Source::File(path.clone()));
            }
        }
        sources
    }

    fn walk(&mut self, directory: &Path, stdio: &mut Stdio) {
        for entry in ignore::WalkBuilder::new(directory).sort_by_file_name(OsStr::cmp).build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    self.list.push(Source::Walked(entry.into_path()));
                }
                Ok(_) => {}
                Err(error) => {
                    self.unreadable += 1;
                    stdio.error(error);
                }
            }
        }
    }

    /// Gives each source's bytes to `work`, telling of those that cannot be read.
    pub fn each(
        &mut self,
        stdio: &mut Stdio,
        mut work: impl FnMut(&Source, Input, &mut Stdio) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        for source in &self.list {
            let outcome = match source.open() {
                Ok(Some(input)) => work(source, input, stdio),
                Ok(None) => {
                    self.binary += 1;
                    continue;
                }
                Err(error) => Err(error.into()),
            };
            if let Err(error) = outcome {
                let Some(unreadable) = Unreadable::of(&error) else { return Err(error) };
                stdio.error(unreadable);
                self.unreadable += 1;
            }
        }
        Ok(())
    }
}
