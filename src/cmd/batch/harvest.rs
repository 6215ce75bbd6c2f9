//! What has come of a batch: its files, fetched and kept in files without a name, and where in them
//! the answer to each request is. Memory holds ids and places, not answers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::os::unix::fs::FileExt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::account::body::is_kept;
use crate::cmd::batch::server::{Repeat, Server};
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};
use crate::wire::reply::batches::{self, Batch, Id, Line, Refused};
use crate::wire::{Failure, Kind, Method};

/// More than this no batch can answer: 50,000 replies of 160 kB.
const LONGEST_FILE: u64 = 8 << 30;
/// The longest line that is read.
const LONGEST_LINE: u64 = 256 << 20;
/// How much is fetched at once.
const PIECE: usize = 64 << 10;
/// How many lines that are wrong are told of.
const MOST_TOLD: u64 = 5;

pub struct Harvest {
    pub batch: Batch,
    /// In the order of the input.
    pub asked: Vec<Asked>,
    /// The model that the requests ask for.
    pub model: Option<String>,
    /// Lines that could not be understood: what they would have said nobody knows.
    pub unreadable: u64,
    /// Answers to what nobody has asked. They may be billed nevertheless.
    strange: Vec<Place>,
    /// The input first, if it could be had.
    files: Vec<File>,
}

/// A request of the batch.
pub struct Asked {
    pub id: String,
    /// What it writes to the cache is kept for longer than usual.
    pub kept: bool,
    request: Option<Place>,
    answer: Option<Place>,
}

/// A line of one of the files.
#[derive(Clone, Copy)]
struct Place {
    file: usize,
    start: u64,
    length: usize,
}

impl Harvest {
    /// Fetches everything there is of a batch that is over.
    pub fn fetch(server: &Server, batch: Batch, stdio: &mut Stdio) -> anyhow::Result<Self> {
        let input = fetch(server, &batch.input_file_id, stdio);
        let outputs: Vec<Id> =
            batch.output_file_id.iter().chain(&batch.error_file_id).cloned().collect();
        let mut harvest = Self {
            batch,
            asked: Vec::new(),
            model: None,
            unreadable: 0,
            strange: Vec::new(),
            files: Vec::new(),
        };
        let ordered = match input {
            Ok(file) => {
                harvest.read_input(file?)?;
                true
            }
            Err(failed) if failed.kind == Kind::Refused => {
                let id = &harvest.batch.id;
                stdio.note(format_args!("{id}: its requests are gone, so order is lost: {failed}"));
                false
            }
            Err(failed) => return Err(server.told(failed)),
        };
        let places = harvest.asked.iter().enumerate();
        let mut places: HashMap<String, usize> =
            places.map(|(place, asked)| (asked.id.clone(), place)).collect();
        for id in outputs {
            let file = fetch(server, &id, stdio).map_err(|failed| server.told(failed))??;
            harvest.read_output(&id, file, &mut places, ordered, stdio)?;
        }
        Ok(harvest)
    }

    fn read_input(&mut self, file: File) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Request {
            custom_id: Option<String>,
            body: Option<Value>,
        }
        each_line(&file, |start, line| {
            let place = Place { file: 0, start, length: line.len() };
            let request = serde_json::from_slice(line);
            let Request { custom_id, body } =
                request.unwrap_or(Request { custom_id: None, body: None });
            if self.model.is_none() {
                let model = body.as_ref().and_then(|body| body["model"].as_str());
                self.model = model.map(str::to_owned);
            }
            let kept = body.as_ref().is_some_and(is_kept);
            let (id, request) = (custom_id.unwrap_or_default(), Some(place));
            self.asked.push(Asked { id, kept, request, answer: None });
        })?;
        self.files.push(file);
        Ok(())
    }

    fn read_output(
        &mut self,
        id: &Id,
        file: File,
        places: &mut HashMap<String, usize>,
        ordered: bool,
        stdio: &mut Stdio,
    ) -> anyhow::Result<()> {
        let number = self.files.len();
        let (mut line_number, mut told) = (0_u64, 0);
        let mut tell = |line: u64, why: String| {
            told += 1;
            if told <= MOST_TOLD {
                stdio.error(format_args!("{id}, line {line}: {why}"));
            }
        };
        each_line(&file, |start, line| {
            line_number += 1;
            let Ok(Line { custom_id, .. }) = batches::line(line) else {
                self.unreadable += 1;
                return tell(line_number, "no answer that can be read".to_owned());
            };
            let here = Place { file: number, start, length: line.len() };
            let Some(place) = places.get(&custom_id) else {
                if ordered {
                    self.strange.push(here);
                    return tell(line_number, format!("nobody asked for '{custom_id}'"));
                }
                places.insert(custom_id.clone(), self.asked.len());
                let (kept, request, answer) = (false, None, Some(here));
                return self.asked.push(Asked { id: custom_id, kept, request, answer });
            };
            match &mut self.asked[*place].answer {
                Some(_) => tell(line_number, format!("another answer to '{custom_id}'")),
                none => *none = Some(here),
            }
        })?;
        self.files.push(file);
        Ok(())
    }

    /// No request is in any file.
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.strange.is_empty() && self.unreadable == 0
    }

    /// How many requests are in no file.
    pub fn missing(&self) -> u64 {
        self.asked.iter().filter(|asked| asked.answer.is_none()).count() as u64
    }

    /// What came of a request; nothing, if it is in no file.
    pub fn answer(&self, asked: &Asked) -> anyhow::Result<Option<Answer>> {
        asked.answer.map(|place| Ok(batches::line(&self.line(place)?)?.answer)).transpose()
    }

    /// What nobody has asked for.
    pub fn strange(&self) -> impl Iterator<Item = anyhow::Result<Answer>> {
        self.strange.iter().map(|place| Ok(batches::line(&self.line(*place)?)?.answer))
    }

    /// The request itself, if it could be had.
    pub fn request(&self, asked: &Asked) -> anyhow::Result<Option<Vec<u8>>> {
        asked.request.map(|place| self.line(place)).transpose()
    }

    fn line(&self, place: Place) -> anyhow::Result<Vec<u8>> {
        let mut bytes = vec![0; place.length];
        let read = self.files[place.file].read_exact_at(&mut bytes, place.start);
        read.map_err(|error| unkept(&error))?;
        Ok(bytes)
    }
}

/// A body, or why there is none.
pub type Answer = Result<Box<RawValue>, Refused>;

/// A file of the server's, whole. The outer failure is the wire's, the inner one ours.
fn fetch(server: &Server, id: &Id, stdio: &mut Stdio) -> Result<anyhow::Result<File>, Failure> {
    let endpoint = format!("files/{id}/content");
    server.ask(Method::Get, &endpoint, Repeat::Harmless, stdio, |mut response| {
        let mut buffer = vec![0; PIECE];
        let mut file = match tempfile::tempfile() {
            Ok(file) => file,
            Err(error) => return Ok(Err(unkept(&error))),
        };
        let mut length = 0;
        loop {
            let read = response.read(&mut buffer)?;
            length += read as u64;
            if read == 0 {
                break;
            }
            if length > LONGEST_FILE {
                let why = format!("file {id} is longer than {LONGEST_FILE} bytes; it is not read");
                return Ok(Err(failure(Exit::ServerFailed, why)));
            }
            if let Err(error) = file.write_all(&buffer[..read]) {
                return Ok(Err(unkept(&error)));
            }
        }
        Ok(file.rewind().map(|()| file).map_err(|error| unkept(&error)))
    })
}

/// Every line that is not blank, with where it begins.
fn each_line(mut file: &File, mut take: impl FnMut(u64, &[u8])) -> anyhow::Result<()> {
    file.rewind().map_err(|error| unkept(&error))?;
    let mut input = BufReader::with_capacity(PIECE, file);
    let (mut line, mut start) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = (&mut input).take(LONGEST_LINE + 1).read_until(b'\n', &mut line);
        let length = read.map_err(|error| unkept(&error))? as u64;
        if length == 0 {
            return Ok(());
        }
        if length > LONGEST_LINE {
            let why = format!("a line of the results is longer than {LONGEST_LINE} bytes");
            return Err(failure(Exit::ServerFailed, why));
        }
        if !line.trim_ascii().is_empty() {
            take(start, &line);
        }
        start += length;
    }
}

fn unkept(error: &io::Error) -> anyhow::Error {
    let why = reason(error);
    failure(Exit::Local, format!("no room for a copy of the results: {why}; TMPDIR says where"))
}
