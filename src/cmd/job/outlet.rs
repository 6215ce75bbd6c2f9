//! Where the lines of a job go: to standard output, or with `--resume` into a file that already
//! has some of them.
//!
//! A file whose lines are the answers to the first records is added to. In any other (a record
//! failed, so its line is to be replaced) nothing is touched: the whole goes into a file beside it,
//! which takes its place at the end. An answer that has to wait for its turn is written to another
//! file beside it at once, so that a program that is killed has lost none: the next run finds both.
//! Nothing is written before it is certain that the job is sent.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cmd::job::kept::{Kept, Tail, label};
use crate::cmd::job::line::Form;
use crate::cmd::job::spool::Spool;
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

pub enum Outlet {
    Standard,
    File(Target),
}

/// The file of `--resume` as it was found.
pub struct Found {
    path: PathBuf,
    /// Locked as long as we are at it; none if it is yet to be made.
    file: Option<File>,
    /// Where its whole lines end.
    end: u64,
    ahead: PathBuf,
    /// The same of the file that has what was answered ahead.
    ahead_end: u64,
    in_place: bool,
}

/// The file of `--resume` as it is written to.
pub struct Target {
    path: PathBuf,
    out: BufWriter<File>,
    /// The file beside it, if that is what is written to.
    part: Option<PathBuf>,
    /// Lines that may not have left `out` yet, as they are kept if they cannot.
    recent: Vec<Vec<u8>>,
    ahead: File,
    ahead_path: PathBuf,
    /// The records whose answers are kept there and have not had their turn.
    kept: HashSet<u64>,
    /// What could not be written: lines that had their turn, and others.
    failed: bool,
    ahead_failed: bool,
    _lock: File,
}

impl Found {
    /// Looks for what is answered already, and refuses a file that belongs to another job.
    pub fn open(path: &Path, form: Form, spool: &Spool) -> anyhow::Result<(Self, Kept)> {
        let wrong = |error: &io::Error| wrong(path, error);
        // What lies beside it, and takes its place, is where it is, not where a link to it is.
        let real = match fs::read_link(path) {
            Ok(_) if path.exists() => fs::canonicalize(path).map_err(|error| wrong(&error))?,
            Ok(there) => path.parent().unwrap_or(Path::new("")).join(there),
            Err(_) => path.to_owned(),
        };
        let ahead = beside(&real, "ahead");
        let mut kept = Kept::nothing(form);
        if !path.exists() {
            let directory = real.parent().filter(|parent| !parent.as_os_str().is_empty());
            fs::metadata(directory.unwrap_or(Path::new("."))).map_err(|error| wrong(&error))?;
            // What lies beside it was kept for another that is gone.
            let (file, end, ahead_end, in_place) = (None, 0, 0, true);
            kept.in_place = in_place;
            return Ok((Self { path: real, file, end, ahead, ahead_end, in_place }, kept));
        }
        let file = own(path)?;
        let tail = kept.read(file.try_clone().map_err(|error| wrong(&error))?, path)?;
        let ahead_tail = match File::open(&ahead) {
            Ok(file) => Some(kept.read_ahead(file, &ahead)?),
            Err(_) => None,
        };
        // A run of ours that was broken off has left the other file, empty or not.
        let ours = tail.torn.is_empty() || ahead_tail.is_some() || kept.may_be_ours(&tail.torn);
        if !ours {
            let message = format!(
                "{} ends in the middle of a line, which may be no answer of this job; remove the \
                 line if it is, else name another file",
                path.display()
            );
            return Err(failure(Exit::Usage, message));
        }
        kept.in_place = compare(&kept, path, &tail, spool)?;
        let (in_place, end) = (kept.in_place, tail.offset);
        let ahead_end = ahead_tail.map_or(0, |tail| tail.offset);
        Ok((Self { path: real, file: Some(file), end, ahead, ahead_end, in_place }, kept))
    }

    /// Cuts off what is not whole: from now on it is written to.
    fn begin(self) -> anyhow::Result<Target> {
        let Self { path, file, end, ahead: ahead_path, ahead_end, in_place } = self;
        let file = file.map_or_else(|| make(&path), Ok)?;
        let permissions = file.metadata().map_err(|error| wrong(&path, &error))?.permissions();
        let open_ahead = || {
            let ahead = OpenOptions::new().append(true).create(true).open(&ahead_path)?;
            ahead.set_permissions(permissions.clone())?;
            ahead.set_len(ahead_end).map(|()| ahead)
        };
        let ahead = open_ahead().map_err(|error| wrong(&ahead_path, &error))?;
        let open = || {
            if in_place {
                file.set_len(end)?;
                return Ok((OpenOptions::new().append(true).open(&path)?, None));
            }
            let part = beside(&path, "part");
            let out = File::create(&part)?;
            out.set_permissions(permissions)?;
            Ok((out, Some(part)))
        };
        let (out, part) = open().map_err(|error| wrong(&path, &error))?;
        let (out, recent) = (BufWriter::new(out), Vec::new());
        Ok(Target {
            path,
            out,
            part,
            recent,
            ahead,
            ahead_path,
            kept: HashSet::new(),
            failed: false,
            ahead_failed: false,
            _lock: file,
        })
    }
}

impl Outlet {
    /// What is found is written to, and nothing is standard output.
    pub fn begin(found: Option<Found>) -> anyhow::Result<Self> {
        found.map_or(Ok(Self::Standard), |found| found.begin().map(Self::File))
    }

    /// Writes a line that has its turn: the answer to a record that has this digest, or none.
    pub fn write(
        &mut self,
        index: u64,
        digest: Option<&str>,
        line: &[u8],
        stdio: &mut Stdio,
    ) -> anyhow::Result<()> {
        match self {
            Self::Standard => Ok(stdio.out.write_all(line)?),
            Self::File(target) => {
                if !target.kept.remove(&index)
                    && let Some(digest) = digest
                {
                    target.recent.push(label(index, digest, line));
                }
                let written = target.out.write_all(line);
                target.noted(written)
            }
        }
    }

    pub fn flush(&mut self, stdio: &mut Stdio) -> anyhow::Result<()> {
        match self {
            Self::Standard => Ok(stdio.out.flush()?),
            Self::File(target) => {
                let flushed = target.out.flush();
                target.noted(flushed)?;
                target.recent.clear();
                Ok(())
            }
        }
    }

    /// Keeps an answer until it is where it belongs: what has its turn is there soon, unless it all
    /// goes into another file or cannot be written.
    pub fn keep(
        &mut self,
        index: u64,
        digest: &str,
        line: &[u8],
        has_turn: bool,
    ) -> anyhow::Result<()> {
        match self {
            Self::File(target) if !has_turn || target.part.is_some() || target.failed => {
                target.kept.insert(index);
                target.keep(&label(index, digest, line))
            }
            _ => Ok(()),
        }
    }

    /// The lines of the first so many records are written. What was answered behind them stays.
    pub fn close(self, kept: &Kept, form: Form, spool: &Spool, done: u64) -> anyhow::Result<()> {
        let Self::File(mut target) = self else { return Ok(()) };
        // It was told already, and what lies beside it is all there is of some answers.
        if target.failed || target.ahead_failed {
            return Ok(());
        }
        add_rest(&mut target.out, form, kept, spool, done)?;
        let Target { path, mut out, part, ahead_path, _lock, .. } = target;
        out.flush()
            .and_then(|()| out.get_ref().sync_data())
            .and_then(|()| part.map_or(Ok(()), |part| fs::rename(part, &path)))
            .and_then(|()| fs::remove_file(ahead_path))
            .map_err(|error| wrong(&path, &error))
    }
}

impl Target {
    /// What cannot be written where it belongs is kept beside it, if at least that can be.
    fn noted(&mut self, written: io::Result<()>) -> anyhow::Result<()> {
        let Err(error) = written else { return Ok(()) };
        self.failed = true;
        // The first of them may have been written.
        let recent = std::mem::take(&mut self.recent);
        let _ = recent.iter().rev().try_for_each(|line| self.keep(line));
        Err(wrong(&self.path, &error))
    }

    fn keep(&mut self, labelled: &[u8]) -> anyhow::Result<()> {
        // Behind half a line nothing could be found again.
        if self.ahead_failed {
            return Ok(());
        }
        self.ahead.write_all(labelled).map_err(|error| {
            self.ahead_failed = true;
            wrong(&self.ahead_path, &error)
        })
    }
}

/// A file that was not there, and nobody else's for now.
fn make(path: &Path) -> anyhow::Result<File> {
    let made = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = locked(path, made.map_err(|error| wrong(path, &error))?)?;
    match file.metadata().map(|metadata| metadata.len()) {
        Ok(0) => Ok(file),
        _ => Err(failure(Exit::Local, format!("{}: {TAKEN}", path.display()))),
    }
}

const TAKEN: &str = "another gpt has just written it; give the same command again";

/// The file, nobody else's for now.
fn own(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    let file = opened.map_err(|error| wrong(path, &error))?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        let message = format!("--resume {}: it is not a file", path.display());
        return Err(failure(Exit::Usage, message));
    }
    locked(path, file)
}

fn locked(path: &Path, file: File) -> anyhow::Result<File> {
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        let message = format!("{}: another gpt is writing to it", path.display());
        return Err(failure(Exit::Local, message));
    }
    // Where there are no locks, there are none. But what is locked may be what another has just
    // put its own in the place of.
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata().map(place), fs::metadata(path).map(place)) {
        (Ok(locked), Ok(there)) if locked == there => Ok(file),
        _ => Err(failure(Exit::Local, format!("{}: {TAKEN}", path.display()))),
    }
}

/// Whether all that is answered is of this job; then, whether the lines are the answers to its
/// first records and nothing else.
fn compare(kept: &Kept, path: &Path, tail: &Tail, spool: &Spool) -> anyhow::Result<bool> {
    let (mut found, mut leading, mut records) = (0, 0, 0);
    for record in spool.records()? {
        let record = record?;
        records = record.index;
        let Some(place) = kept.place(&record).filter(|place| place.line.is_some()) else {
            continue;
        };
        found += 1;
        if leading + 1 == record.index && place.line == Some(record.index) {
            leading += 1;
        }
    }
    // One that is not whole would be an answer as well.
    let lines = kept.lines + u64::from(!tail.torn.is_empty());
    let why = if found < kept.count() {
        format!("{found} of its {} answers are to records of this one", kept.count())
    } else if lines > records {
        format!("it has {lines} lines, and this one {records} records")
    } else {
        return Ok(leading == kept.lines);
    };
    let path = path.display();
    let message =
        format!("{path} is of another job: {why}; give the same input, or name another file");
    Err(failure(Exit::Usage, message))
}

/// The answered records behind the first so many. Where a line's place is all that it is known by,
/// those between them are empty.
fn add_rest(
    out: &mut impl Write,
    form: Form,
    kept: &Kept,
    spool: &Spool,
    done: u64,
) -> anyhow::Result<()> {
    let mut empty = 0;
    for record in spool.records()? {
        let record = record?;
        if record.index <= done {
            continue;
        }
        let Some(line) = kept.line(&record)? else {
            empty += u64::from(form != Form::Json);
            continue;
        };
        for _ in 0..std::mem::take(&mut empty) {
            out.write_all(&[form.end()])?;
        }
        out.write_all(&line)?;
    }
    Ok(())
}

/// `.NAME.part` or the like in the same directory.
fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".");
    name.push(what);
    path.with_file_name(name)
}

fn wrong(path: &Path, error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("{}: {}", path.display(), reason(error)))
}
