//! `gpt complete`: one text completion.

use crate::args;
use crate::cmd::body::Body;
use crate::cmd::call;
use crate::cmd::plan::Kind;
use crate::cmd::prompt;
use crate::exit::Exit;
use crate::stdio::Stdio;

pub fn run(args: &args::Complete, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let request = &args.request;
    call::with(Kind::Complete, request, stdio, |call, stdio| {
        let text = prompt::read(&args.prompt, &request.file, request.no_stdin, stdio)?;
        if text.is_empty() {
            return Err(prompt::missing());
        }
        let mut body = Body::new(Kind::Complete, &call.model, request);
        body.set("prompt", text);
        body.set_some("suffix", args.suffix.as_deref());
        body.set_some("echo", args.echo.then_some(true));
        body.set_some("logprobs", args.logprobs);
        body.set_some("best_of", args.best_of);
        body.set_common(request, call.streams(stdio))?;
        call.run(body, stdio, None)
    })
}
