//! A chat a record: what all of them have in common, and what a record puts behind it.

use serde_json::{Value, json};

use crate::args;
use crate::cmd::body::Body;
use crate::cmd::call::Call;
use crate::cmd::chat::{Talk, assemble, fit, pictures};
use crate::cmd::job::{self, text::Text};
use crate::cmd::prompt;
use crate::cmd::records::{Content, Record, Records};
use crate::exit::Exit;
use crate::stdio::Stdio;

pub fn run(
    args: &args::Chat,
    call: &Call,
    form: Records,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    let common = Common {
        args,
        call,
        before: Talk::begin(args, call, stdio)?.before,
        said: prompt::read(&args.prompt, &args.request.file, true, stdio)?,
        form: assemble(call, args, Vec::new(), false)?,
    };
    let make = |record: &Record| common.body(record);
    job::run(call, form, &Text { call, make: &make }, stdio)
}

/// What every record's request begins with.
struct Common<'a> {
    args: &'a args::Chat,
    call: &'a Call<'a>,
    before: Vec<Value>,
    /// Words and files.
    said: String,
    /// The body, with a place for the messages.
    form: Body,
}

impl Common<'_> {
    fn body(&self, record: &Record) -> anyhow::Result<Body> {
        let mut messages = self.before.clone();
        let question = match &record.content {
            Content::Prompt(text) => prompt::before(&self.said, text),
            Content::Messages(list) => {
                messages.extend(list.iter().cloned());
                self.said.clone()
            }
        };
        let attached = &self.args.attach;
        if question.is_empty() && !attached.is_empty() {
            return Err(prompt::missing());
        }
        if !question.is_empty() {
            let content = pictures::content(question, attached, &self.call.model)?;
            messages.push(json!({"role": "user", "content": content}));
        }
        if !self.args.fit {
            return Ok(self.assemble(messages));
        }
        let fitting = fit::fit(&messages, |messages| {
            self.call.plan(self.assemble(messages.to_vec()))?.check()
        });
        Ok(self.assemble(fitting.messages))
    }

    fn assemble(&self, messages: Vec<Value>) -> Body {
        let mut body = self.form.clone();
        let given = |option: &String| option.starts_with("messages=");
        if !self.args.request.option.iter().any(given) {
            body.set("messages", messages);
        }
        body
    }
}
