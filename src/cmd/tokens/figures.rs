//! The figures of an input, and how they are printed: columns, the bare number, ids, JSON.

use std::ffi::OsString;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::measure::Measure;
use crate::account::count::Count;
use crate::account::money::Picodollars;
use crate::bpe;
use crate::cmd::exact_json;
use crate::exit::Exit;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Columns,
    Bare,
    Ids,
    Json,
}

/// One input, counted.
pub struct Figures<'a> {
    pub measure: &'a Measure,
    pub count: Count,
    ids: Option<Vec<u32>>,
    pub name: Option<OsString>,
    pub index: Option<u64>,
    pub id: Option<Value>,
}

impl<'a> Figures<'a> {
    pub fn new(measure: &'a Measure) -> Self {
        let count = Count::exact(0);
        Self { measure, count, ids: None, name: None, index: None, id: None }
    }

    pub fn set_text_tokens(&mut self, tokens: u64) {
        self.count = self.measure.marked(self.measure.framed(tokens));
    }

    pub fn set_count(&mut self, count: Count) {
        self.count = count;
    }

    pub fn count_ids(&mut self, text: &[u8]) {
        let mut ids = Vec::new();
        bpe::encode(self.measure.encoding, text, &mut ids);
        self.set_text_tokens(ids.len() as u64);
        self.ids = Some(ids);
    }

    pub fn cost(&self) -> Picodollars {
        self.measure.cost(self.count.tokens)
    }

    pub fn print(&self, form: Form, out: &mut impl Write) -> io::Result<()> {
        match form {
            Form::Bare => writeln!(out, "{}", self.count),
            Form::Ids => writeln!(out, "{}", spaced(self.ids.as_deref().unwrap_or_default())),
            Form::Json => writeln!(out, "{}", Value::Object(self.json())),
            Form::Columns => {
                let about = if self.count.exact { "" } else { "~" };
                write!(out, "{}\t{about}${}", self.count, self.cost())?;
                if let Some(id) = &self.id {
                    write!(out, "\t{id}")?;
                }
                if let Some(name) = &self.name {
                    out.write_all(b"\t")?;
                    out.write_all(name.as_encoded_bytes())?;
                }
                writeln!(out)
            }
        }
    }

    /// In the place of a record that could not be counted: an empty line, or what was wrong.
    pub fn print_error(
        &self,
        error: &anyhow::Error,
        form: Form,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if form != Form::Json {
            return writeln!(out);
        }
        let mut object = self.identity();
        object.insert("error".into(), format!("{error:#}").into());
        writeln!(out, "{}", Value::Object(object))
    }

    /// Which record it is.
    fn identity(&self) -> Map<String, Value> {
        let mut object = Map::new();
        if let Some(index) = self.index {
            object.insert("index".into(), index.into());
        }
        if let Some(id) = &self.id {
            object.insert("id".into(), id.clone());
        }
        object
    }

    fn json(&self) -> Map<String, Value> {
        let mut object = self.identity();
        let mut put = |key: &str, value: Value| object.insert(key.into(), value);
        if let Some(name) = &self.name {
            put("file", name.to_string_lossy().into());
        }
        put("tokens", self.count.tokens.into());
        put("exact", self.count.exact.into());
        put("cost", exact_json(self.cost()));
        put("model", self.measure.model.name.clone().into());
        put("encoding", self.measure.encoding.name().into());
        if let Some(ids) = &self.ids {
            put("ids", ids.as_slice().into());
        }
        object
    }
}

fn spaced(ids: &[u32]) -> String {
    let words: Vec<String> = ids.iter().map(u32::to_string).collect();
    words.join(" ")
}

/// All inputs together.
#[derive(Default)]
pub struct Totals {
    pub inputs: u64,
    pub tokens: u64,
    /// How the first of those that could not be counted failed.
    pub failed: Option<Exit>,
    estimated: bool,
    cost: Picodollars,
}

impl Totals {
    pub fn add(&mut self, figures: &Figures) {
        self.inputs += 1;
        self.tokens += figures.count.tokens;
        self.estimated |= !figures.count.exact;
        self.cost = self.cost.plus(figures.cost());
    }

    pub fn print(&self, form: Form, measure: &Measure, out: &mut impl Write) -> io::Result<()> {
        let mark = if self.estimated { "~" } else { "" };
        match form {
            Form::Columns => writeln!(out, "{mark}{}\t{mark}${}\ttotal", self.tokens, self.cost),
            Form::Json => {
                let total = json!({
                    "total": true,
                    "tokens": self.tokens,
                    "exact": !self.estimated,
                    "cost": exact_json(self.cost),
                    "model": measure.model.name,
                    "encoding": measure.encoding.name(),
                });
                writeln!(out, "{total}")
            }
            Form::Bare | Form::Ids => Ok(()),
        }
    }
}
