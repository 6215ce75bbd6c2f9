//! The body of a request, field by field, in the order it is sent. Only what the user set is in
//! it, and what they set with `-o` wins.

use serde_json::{Map, Value, json};

use crate::account::fields::field;
use crate::account::models::{CapField, Model};
use crate::args;
use crate::cmd::plan::Kind;
use crate::exit::{Exit, failure};

/// A request's body as it will be sent, and as it is estimated.
#[derive(Clone)]
pub struct Body {
    /// An object.
    fields: Value,
    /// The field that the reply's cap goes into.
    cap: &'static str,
}

impl Body {
    pub fn new(kind: Kind, model: &Model, args: &args::Request) -> Self {
        let field = match (args.max_tokens_field, kind) {
            (Some(args::CapField::Legacy), _) | (None, Kind::Complete) => CapField::Legacy,
            (Some(args::CapField::New), _) => CapField::New,
            (None, Kind::Chat | Kind::Image) => model.cap_field,
        };
        let cap = match field {
            CapField::Legacy => "max_tokens",
            CapField::New => "max_completion_tokens",
        };
        Self { fields: json!({"model": model.name}), cap }
    }

    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.fields[field] = value.into();
    }

    pub fn set_some(&mut self, field: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// What chat and text completions have in common.
    pub fn set_common(&mut self, args: &args::Request, stream: bool) -> anyhow::Result<()> {
        self.set_some("temperature", number("--temperature", args.temperature.as_deref())?);
        self.set_some("top_p", number("--top-p", args.top_p.as_deref())?);
        match args.stop.as_slice() {
            [] => {}
            [stop] => self.set("stop", stop.as_str()),
            stops => self.set("stop", stops),
        }
        self.set_some("seed", args.seed);
        self.set_some("n", args.choices);
        if let Some(cap) = args.max_tokens {
            self.set_cap(cap);
        }
        if stream {
            self.set("stream", true);
        }
        self.set_options(&args.option)?;
        match &self.fields["stream"] {
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) if self.fields.get("stream_options").is_some() => {}
            Value::Bool(true) => self.set("stream_options", json!({"include_usage": true})),
            other => {
                let message = format!("-o stream={other}: stream is true or false");
                return Err(failure(Exit::Usage, message));
            }
        }
        Ok(())
    }

    /// What the user puts in besides.
    pub fn set_options(&mut self, given: &[String]) -> anyhow::Result<()> {
        for (field, value) in options(given)? {
            self.set(&field, value);
        }
        Ok(())
    }

    /// The reply's cap, in the field that the model takes it in.
    pub fn set_cap(&mut self, cap: u64) {
        self.set(self.cap, cap);
    }

    pub fn streams(&self) -> bool {
        *field(&self.fields, "stream") == true
    }

    /// How many replies come back: so many to each prompt.
    pub fn choices(&self) -> u64 {
        let prompts = match field(&self.fields, "prompt") {
            Value::Array(list) if !list.iter().any(Value::is_u64) => list.len().max(1) as u64,
            _ => 1,
        };
        field(&self.fields, "n").as_u64().unwrap_or(1).saturating_mul(prompts)
    }

    /// The prompt comes back before the reply.
    pub fn echoes(&self) -> bool {
        *field(&self.fields, "echo") == true
    }

    pub fn value(&self) -> &Value {
        &self.fields
    }

    pub fn text(&self) -> String {
        serde_json::to_string(&self.fields).expect("an object of named values is JSON")
    }
}

/// `-o KEY=VALUE`: JSON where it parses as JSON, else a string. The model is none of them: it was
/// chosen and priced before.
fn options(options: &[String]) -> anyhow::Result<Map<String, Value>> {
    let wrong = |why: String| Err(failure(Exit::Usage, why));
    let mut fields = Map::new();
    for option in options {
        match option.split_once('=') {
            None | Some(("", _)) => return wrong(format!("-o '{option}' is not KEY=VALUE")),
            Some(("model", _)) => {
                return wrong(format!("-o '{option}' cannot be priced; choose the model with -m"));
            }
            Some((field, text)) => {
                let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
                fields.insert(field.into(), value);
            }
        }
    }
    Ok(fields)
}

/// A number as it was typed: `0.70` is sent as `0.70`.
fn number(flag: &str, text: Option<&str>) -> anyhow::Result<Option<Value>> {
    let Some(text) = text else { return Ok(None) };
    match serde_json::from_str(text) {
        Ok(number @ Value::Number(_)) => Ok(Some(number)),
        _ => Err(failure(Exit::Usage, format!("{flag} '{text}' is not a number"))),
    }
}
