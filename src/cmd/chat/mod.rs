//! `gpt chat`: one chat completion, or a conversation.

mod converse;
mod fit;
mod pictures;
mod records;
mod schema;
mod session;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::args;
use crate::cmd::answer::Verdict;
use crate::cmd::body::Body;
use crate::cmd::call::{self, Call};
use crate::cmd::plan::Kind;
use crate::cmd::records::Records;
use crate::cmd::{files, messages, prompt};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;
use session::Session;

pub fn run(args: &args::Chat, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    call::with(Kind::Chat, &args.request, stdio, |call, stdio| {
        if args.interactive || begins_conversation(args, stdio) {
            return converse::run(call, args, stdio);
        }
        if let Some(form) = Records::asked(&args.request.records) {
            return records::run(args, call, form, stdio);
        }
        let question = question(args, args.request.no_stdin, call, stdio)?;
        if question.is_none() && args.messages.is_none() {
            return Err(prompt::missing());
        }
        let mut talk = Talk::begin(args, call, stdio)?;
        talk.new.extend(question);
        let body = talk.body(call, args, stdio)?;
        let Talk { new, session, .. } = talk;
        let Some(mut session) = session else { return call.run(body, stdio, None) };
        let cut_is_fine = args.request.allow_incomplete;
        let mut keep = |reply: &str, verdict: &Verdict| match verdict {
            Verdict::Cut(_) if !cut_is_fine => Ok(()),
            _ => session.append(&new, reply),
        };
        call.run(body, stdio, Some(&mut keep))
    })
}

fn begins_conversation(args: &args::Chat, stdio: &Stdio) -> bool {
    let request = &args.request;
    let one_shot = request.json || request.dry_run || request.estimate || args.schema.is_some();
    let has_prompt = !args.prompt.is_empty()
        || !request.file.is_empty()
        || !args.attach.is_empty()
        || args.messages.is_some();
    stdio.input_is_terminal && !request.no_stdin && !one_shot && !has_prompt
}

/// The user's message, if there is a prompt.
fn question(
    args: &args::Chat,
    no_stdin: bool,
    call: &Call,
    stdio: &mut Stdio,
) -> anyhow::Result<Option<Value>> {
    let text = prompt::read(&args.prompt, &args.request.file, no_stdin, stdio)?;
    if text.is_empty() {
        return if args.attach.is_empty() { Ok(None) } else { Err(prompt::missing()) };
    }
    let content = pictures::content(text, &args.attach, &call.model)?;
    Ok(Some(json!({"role": "user", "content": content})))
}

/// The messages of a chat: those that were there, and those that this call adds.
struct Talk {
    before: Vec<Value>,
    /// What a session gets, with the reply, once the reply is whole.
    new: Vec<Value>,
    session: Option<Session>,
}

impl Talk {
    fn begin(args: &args::Chat, call: &Call, stdio: &mut Stdio) -> anyhow::Result<Self> {
        let system = match &args.system_file {
            Some(path) => Some(files::text(path)?),
            None => args.system.clone(),
        };
        let system = system.map(|text| json!({"role": "system", "content": text}));
        let Some(name) = &args.session else {
            let mut before: Vec<Value> = system.into_iter().collect();
            if let Some(path) = &args.messages {
                before.extend(messages::parse(&files::text(path)?, &path.display().to_string())?);
            }
            return Ok(Self { before, new: Vec::new(), session: None });
        };
        let state = call.settings.state.as_deref();
        let (session, before) = if call.only_looks() {
            (None, session::look(name, state)?)
        } else {
            let (session, before) = Session::open(name, state, call.timeout, stdio)?;
            (Some(session), before)
        };
        let mut new = Vec::new();
        match (system, before.first()) {
            (Some(system), None) => new.push(system),
            (Some(system), Some(first)) if system != *first => {
                return Err(failure(
                    Exit::Usage,
                    format!("session '{name}' began otherwise; leave --system out, or begin anew"),
                ));
            }
            _ => {}
        }
        Ok(Self { before, new, session })
    }

    /// The request; with `--fit`, without as many of the oldest turns as do not fit.
    fn body(&self, call: &Call, args: &args::Chat, stdio: &mut Stdio) -> anyhow::Result<Body> {
        let streams = call.streams(stdio);
        let whole = [self.before.as_slice(), &self.new].concat();
        if !args.fit {
            return assemble(call, args, whole, streams);
        }
        let fitting = fit::fit(&whole, |messages| {
            call.plan(assemble(call, args, messages.to_vec(), streams)?)?.check()
        });
        if fitting.dropped > 0 {
            let dropped = fitting.dropped;
            stdio.note(format_args!("left out to fit: the oldest {dropped} messages"));
        }
        assemble(call, args, fitting.messages, streams)
    }
}

fn assemble(
    call: &Call,
    args: &args::Chat,
    messages: Vec<Value>,
    streams: bool,
) -> anyhow::Result<Body> {
    let mut body = Body::new(Kind::Chat, &call.model, &args.request);
    body.set("messages", messages);
    body.set_some("response_format", response_format(args)?);
    body.set_common(&args.request, streams)?;
    Ok(body)
}

fn response_format(args: &args::Chat) -> anyhow::Result<Option<Value>> {
    let read = |path: &PathBuf| schema::response_format(path, &files::text(path)?);
    args.schema.as_ref().map(read).transpose()
}
