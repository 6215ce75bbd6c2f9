//! Where pictures go: into a pipe, or into files that are whole or not there.

use std::fs::{self, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::cmd::image::format::Format;
use crate::cmd::job;
use crate::cmd::numbered::{Pattern, has_number};
use crate::cmd::signals::Signals;
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

/// What files are called when nobody says.
const NAME: &str = "image";

pub enum Output {
    /// The bytes of the one picture.
    Pipe,
    Files(Files),
}

/// The names of the files that will be written.
pub struct Files {
    name: Name,
    force: bool,
}

enum Name {
    /// The first numbers that are free.
    Free,
    Numbered(Pattern),
    One(PathBuf),
    /// A number goes before the extension.
    Several(PathBuf),
}

impl Output {
    /// Refuses what could not be written, before anything is paid for. `count` pictures are asked
    /// for, of the kind of `format` as far as that is known.
    pub fn choose(
        file: Option<&Path>,
        force: bool,
        count: u64,
        format: Option<&str>,
        stdio: &Stdio,
    ) -> anyhow::Result<Self> {
        let name = match file {
            Some(file) if is_output(file) => None,
            Some(file) => Some(Name::read(file, count)?),
            None if stdio.out_is_terminal => Some(Name::Free),
            None => None,
        };
        let Some(name) = name else {
            if count > 1 {
                let message = format!(
                    "{count} pictures do not fit into one pipe: give files with -O 'image-%d.png'; \
                     nothing was sent"
                );
                return Err(failure(Exit::Usage, message));
            }
            return Ok(Self::Pipe);
        };
        let files = Files { name, force };
        files.check(1..=count, format).map_err(|error| job::unsent(&error))?;
        Ok(Self::Files(files))
    }
}

impl Name {
    fn read(file: &Path, count: u64) -> anyhow::Result<Self> {
        let file = match file.to_str() {
            Some(text) if has_number(text) => return Pattern::parse(text).map(Self::Numbered),
            Some(text) => text.replace("%%", "%").into(),
            None => file.to_owned(),
        };
        Ok(if count > 1 { Self::Several(file) } else { Self::One(file) })
    }
}

impl Files {
    /// For the pictures of many records, of which each has a number of its own.
    pub fn numbered(file: Option<&Path>, force: bool) -> anyhow::Result<Self> {
        let name = file.map(|file| Name::read(file, 1)).transpose()?;
        if let Some(name @ Name::Numbered(_)) = name {
            return Ok(Self { name, force });
        }
        let message =
            "pictures of many records become files with numbers: give -O 'image-%03d.png'";
        Err(failure(Exit::Usage, message))
    }

    /// Refuses numbers whose files could not be written now, of the kind of `format` as far as that
    /// is known.
    pub fn check(
        &self,
        mut numbers: RangeInclusive<u64>,
        format: Option<&str>,
    ) -> anyhow::Result<()> {
        let format = format.and_then(Format::named).unwrap_or(Format::Png);
        numbers.try_for_each(|number| self.check_one(number, format))
    }

    /// Writes a picture and returns the file's name. `signals` wait for it, unless somebody else
    /// sees to that.
    pub fn write(
        &self,
        number: u64,
        format: Format,
        bytes: &[u8],
        signals: Option<&Signals>,
        stdio: &mut Stdio,
    ) -> anyhow::Result<PathBuf> {
        let path = self.path(number, format);
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str())
            && Format::named(extension) != Some(format)
        {
            let (path, name) = (path.display(), format.name());
            stdio.note(format_args!("{path} holds {name}, whatever its name says"));
        }
        let written = if is_special(&path) {
            let opened = OpenOptions::new().append(true).open(&path);
            opened.and_then(|mut file| file.write_all(bytes)).map(|()| path.clone())
        } else {
            // It takes a moment, and what a signal left of it would be litter.
            match signals {
                Some(signals) => signals.hold_during(|| self.place(&path, bytes)),
                None => self.place(&path, bytes),
            }
        };
        written.map_err(|error| failed(&path, &error))
    }

    /// Puts the bytes into a file beside, and then in its place in one step. A name that was taken
    /// in the meantime costs nobody the picture: it gets the next that is free.
    fn place(&self, path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
        let target = self.target(path);
        let mut file = beside(&target)?;
        file.write_all(bytes)?;
        file.as_file().sync_data()?;
        if self.force {
            return file.persist(&target).map(|_| path.to_owned()).map_err(|error| error.error);
        }
        let mut free = path.to_owned();
        for number in 2.. {
            match file.persist_noclobber(&free) {
                Ok(_) => break,
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => file = error.file,
                Err(error) => return Err(error.error),
            }
            free = before_extension(path, number);
        }
        Ok(free)
    }

    /// Behind a link is what is overwritten, and not the link.
    fn target(&self, path: &Path) -> PathBuf {
        let real = fs::canonicalize(path).ok().filter(|_| self.force);
        real.unwrap_or_else(|| path.to_owned())
    }

    fn path(&self, number: u64, format: Format) -> PathBuf {
        let path = match &self.name {
            Name::Free => (1..u64::MAX)
                .map(|number| PathBuf::from(format!("{NAME}-{number}.{}", format.extension())))
                .find(|path| !path.exists())
                .unwrap_or_else(|| NAME.into()),
            Name::Numbered(pattern) => pattern.file(number),
            Name::One(path) => path.clone(),
            Name::Several(path) => before_extension(path, number),
        };
        if path.extension().is_some() || is_special(&path) {
            path
        } else {
            path.with_extension(format.extension())
        }
    }

    fn check_one(&self, number: u64, format: Format) -> anyhow::Result<()> {
        let path = self.path(number, format);
        if path.is_dir() || path.file_name().is_none() {
            let message = format!("{}: is a directory", path.display());
            return Err(failure(Exit::Local, message));
        }
        if is_special(&path) {
            return Ok(());
        }
        if path.symlink_metadata().is_ok() && !self.force {
            let message = format!("{}: exists; --force overwrites it", path.display());
            return Err(failure(Exit::Usage, message));
        }
        let tried = beside(&self.target(&path)).map(drop);
        tried.map_err(|error| {
            failure(Exit::Local, format!("{}: {}", path.display(), reason(&error)))
        })
    }
}

/// A file that goes away unless it is put into place.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    fs::metadata(directory)?;
    let made = Builder::new()
        .prefix(".gpt-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(directory);
    // Its own message names the temporary file, of which nobody knows.
    made.map_err(|error| io::Error::from(error.kind()))
}

/// Another way to say `-`.
fn is_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

/// A device, a pipe or a file that is open, which is written to as it is.
fn is_special(path: &Path) -> bool {
    let is_open = ["/dev/fd", "/proc/self/fd"].iter().any(|place| path.starts_with(place));
    let is_file = |metadata: Metadata| metadata.is_file() || metadata.is_dir();
    is_open || path == Path::new("/dev/stderr") || !fs::metadata(path).map_or(true, is_file)
}

fn before_extension(path: &Path, number: u64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

fn failed(path: &Path, error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("{}: {}", path.display(), reason(error)))
}
