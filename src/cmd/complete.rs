//! `gpt complete`: one text completion.

use crate::args;
use crate::cmd::body::Body;
use crate::cmd::call::{self, Call};
use crate::cmd::job::{self, text::Text};
use crate::cmd::plan::Kind;
use crate::cmd::prompt;
use crate::cmd::records::{Content, Record, Records};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

pub fn run(args: &args::Complete, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let request = &args.request;
    call::with(Kind::Complete, request, stdio, |call, stdio| {
        let form = Records::asked(&request.records);
        let no_stdin = request.no_stdin || form.is_some();
        let text = prompt::read(&args.prompt, &request.file, no_stdin, stdio)?;
        let Some(form) = form else {
            if text.is_empty() {
                return Err(prompt::missing());
            }
            // The best of many is not known before all of them are whole.
            let streams = args.best_of.is_none() && call.streams(stdio);
            return call.run(body(args, call, text, streams)?, stdio, None);
        };
        let make = |record: &Record| match &record.content {
            Content::Prompt(prompt) => body(args, call, prompt::before(&text, prompt), false),
            Content::Messages(_) => {
                let message = "a text completion takes no \"messages\"; give a \"prompt\"";
                Err(failure(Exit::Usage, message))
            }
        };
        job::run(call, form, &Text { call, make: &make }, stdio)
    })
}

fn body(args: &args::Complete, call: &Call, text: String, streams: bool) -> anyhow::Result<Body> {
    let request = &args.request;
    let mut body = Body::new(Kind::Complete, &call.model, request);
    body.set("prompt", text);
    body.set_some("suffix", args.suffix.as_deref());
    body.set_some("echo", args.echo.then_some(true));
    body.set_some("logprobs", args.logprobs);
    body.set_some("best_of", args.best_of);
    body.set_common(request, streams)?;
    Ok(body)
}
