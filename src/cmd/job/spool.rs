//! Standard input, kept for a second reading: in a file without a name, which is gone however the
//! program ends. Only one record of it is in memory at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Seek, Write};

use crate::cmd::prompt;
use crate::cmd::records::{Record, Records};
use crate::exit::{Exit, failure};
use crate::stdio::{self, Stdio, reason};

pub struct Spool {
    file: File,
    form: Records,
}

impl Spool {
    pub fn fill(form: Records, stdio: &mut Stdio) -> anyhow::Result<Self> {
        prompt::wait_for_input(stdio);
        let mut file = tempfile::tempfile().map_err(|error| unkept(&error))?;
        let mut input = stdio::input().lock();
        loop {
            let read = match input.fill_buf() {
                Ok([]) => return Ok(Self { file, form }),
                Ok(bytes) => {
                    file.write_all(bytes).map_err(|error| unkept(&error))?;
                    bytes.len()
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => 0,
                Err(error) => {
                    let why = reason(&error);
                    let message = format!("standard input: {why}; nothing was sent");
                    return Err(failure(Exit::Local, message));
                }
            };
            input.consume(read);
        }
    }

    /// The records from the first on. One reading at a time: they share a place in the file.
    pub fn records(&self) -> anyhow::Result<Reading<'_>> {
        (&self.file).rewind().map_err(|error| unkept(&error))?;
        let input = BufReader::with_capacity(64 * 1024, &self.file);
        Ok(Reading { input, form: self.form, bytes: Vec::new(), index: 0 })
    }
}

/// The records of a spool, one after the other, read or as they stand.
pub struct Reading<'a> {
    input: BufReader<&'a File>,
    form: Records,
    bytes: Vec<u8>,
    index: u64,
}

impl Reading<'_> {
    /// How many are read.
    pub fn read(&self) -> u64 {
        self.index
    }

    /// The next as it stands, with its number.
    pub fn take_next(&mut self) -> Option<(u64, anyhow::Result<Vec<u8>>)> {
        match self.form.next(&mut self.input, &mut self.bytes) {
            Ok(false) => None,
            Ok(true) => {
                self.index += 1;
                Some((self.index, Ok(std::mem::take(&mut self.bytes))))
            }
            Err(error) => Some((self.index + 1, Err(unkept(&error)))),
        }
    }
}

impl Iterator for Reading<'_> {
    type Item = anyhow::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.form.next(&mut self.input, &mut self.bytes) {
            Ok(false) => None,
            Ok(true) => {
                self.index += 1;
                Some(self.form.read(&self.bytes, self.index))
            }
            Err(error) => Some(Err(unkept(&error))),
        }
    }
}

fn unkept(error: &io::Error) -> anyhow::Error {
    let why = reason(error);
    let message =
        format!("the records cannot be kept in a temporary file: {why}; TMPDIR says where");
    failure(Exit::Local, message)
}
