//! Where the lines of a job go: to standard output, or with `--resume` into a file that already
//! has some of them.
//!
//! A file whose lines are the answers to the first records is added to. In any other (a record
//! failed, so its line is to be replaced) nothing is touched: the whole goes into a file beside it,
//! which takes its place at the end. Should the program be killed before, the next run finds both
//! and puts them together.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cmd::job::kept::Kept;
use crate::cmd::job::line::Form;
use crate::cmd::job::spool::Spool;
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

pub enum Outlet {
    Standard,
    File(Target),
}

/// The file of `--resume`.
pub struct Target {
    path: PathBuf,
    out: BufWriter<File>,
    /// The file beside it, if that is what is written to.
    part: Option<PathBuf>,
    /// Held as long as we are at it.
    _lock: File,
}

impl Outlet {
    /// Looks for what is answered already, and refuses a file that belongs to another job.
    pub fn open(path: &Path, form: Form, spool: &Spool) -> anyhow::Result<(Self, Kept)> {
        let wrong = |error: &io::Error| wrong(path, error);
        let mut file = own(path)?;
        let part = beside(path);
        let read = |file: &File| {
            let mut kept = Kept::nothing(form);
            kept.read(file.try_clone().map_err(|error| wrong(&error))?, path)?;
            anyhow::Ok(kept)
        };
        let mut kept = read(&file)?;
        if let Ok(torn) = OpenOptions::new().read(true).write(true).open(&part) {
            kept.read(torn, &part)?;
            compare(&kept, path, spool)?;
            let whole = beside(&part);
            let mut out = BufWriter::new(File::create(&whole).map_err(|error| wrong(&error))?);
            add_rest(&mut out, form, &kept, spool, 0)?;
            replace(path, &whole, out)?;
            fs::remove_file(&part).map_err(|error| wrong(&error))?;
            file = own(path)?;
            kept = read(&file)?;
        }
        kept.in_place = compare(&kept, path, spool)?;
        let copy = file.try_clone().map_err(|error| wrong(&error))?;
        let (out, part) = if kept.in_place {
            let end = OpenOptions::new().append(true).open(path).map_err(|error| wrong(&error))?;
            (end, None)
        } else {
            (File::create(&part).map_err(|error| wrong(&error))?, Some(part))
        };
        let (path, out) = (path.to_owned(), BufWriter::new(out));
        Ok((Self::File(Target { path, out, part, _lock: copy }), kept))
    }

    pub fn write(&mut self, line: &[u8], stdio: &mut Stdio) -> anyhow::Result<()> {
        match self {
            Self::Standard => Ok(stdio.out.write_all(line)?),
            Self::File(target) => {
                target.out.write_all(line).map_err(|error| wrong(&target.path, &error))
            }
        }
    }

    pub fn flush(&mut self, stdio: &mut Stdio) -> anyhow::Result<()> {
        match self {
            Self::Standard => Ok(stdio.out.flush()?),
            Self::File(target) => target.out.flush().map_err(|error| wrong(&target.path, &error)),
        }
    }

    /// The lines of the first so many records are written. What was answered behind them stays.
    pub fn close(self, kept: &Kept, form: Form, spool: &Spool, done: u64) -> anyhow::Result<()> {
        let Self::File(Target { path, mut out, part, .. }) = self else { return Ok(()) };
        let Some(part) = part else {
            let flushed = out.flush().and_then(|()| out.get_ref().sync_data());
            return flushed.map_err(|error| wrong(&path, &error));
        };
        add_rest(&mut out, form, kept, spool, done)?;
        replace(&path, &part, out)
    }
}

/// The file, made if need be, and nobody else's for now.
fn own(path: &Path) -> anyhow::Result<File> {
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = opened.map_err(|error| wrong(path, &error))?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        let message = format!("--resume {}: it is not a file", path.display());
        return Err(failure(Exit::Usage, message));
    }
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let message = format!("{}: another gpt is writing to it", path.display());
            Err(failure(Exit::Local, message))
        }
        // Where there are no locks, there are none.
        _ => Ok(file),
    }
}

/// Whether all that is answered is of this job; then, whether the lines are the answers to its
/// first records and nothing else.
fn compare(kept: &Kept, path: &Path, spool: &Spool) -> anyhow::Result<bool> {
    let (mut found, mut leading, mut records) = (0, 0, 0);
    for record in spool.records()? {
        let record = record?;
        records = record.index;
        let Some(place) = kept.place(&record) else { continue };
        found += 1;
        if leading + 1 == record.index && place.line == record.index {
            leading += 1;
        }
    }
    if found < kept.count() || kept.lines > records {
        let message = format!(
            "{} is of another job: {found} of its {} answers are to records of this one; give the \
             same input, or name another file",
            path.display(),
            kept.count()
        );
        return Err(failure(Exit::Usage, message));
    }
    Ok(leading == kept.lines)
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

/// Puts a file that is complete into the place of another.
fn replace(path: &Path, by: &Path, mut out: BufWriter<File>) -> anyhow::Result<()> {
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .and_then(|()| {
            let permissions = fs::metadata(path)?.permissions();
            out.get_ref().set_permissions(permissions)
        })
        .and_then(|()| fs::rename(by, path))
        .map_err(|error| wrong(path, &error))
}

/// `.NAME.part` in the same directory.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".part");
    path.with_file_name(name)
}

fn wrong(path: &Path, error: &io::Error) -> anyhow::Error {
    failure(Exit::Local, format!("{}: {}", path.display(), reason(error)))
}
