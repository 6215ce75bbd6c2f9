//! What is asked for, as a body in the API's words.

use crate::args;
use crate::cmd::body::Body;
use crate::cmd::call::Call;
use crate::cmd::plan::Kind;
use crate::exit::{Exit, failure};

/// How many previews are asked for where somebody wants to see any.
const PREVIEWS: u64 = 2;

/// Only what was asked for, in the API's words.
pub fn body(args: &args::Image, call: &Call, text: String, shows: bool) -> anyhow::Result<Body> {
    let request = &args.request;
    let mut body = Body::new(Kind::Image, &call.model, request);
    body.set("prompt", text);
    body.set_some("n", request.choices);
    body.set_some("size", args.size.as_deref());
    body.set_some("quality", args.quality.as_deref());
    body.set_some("background", args.background.as_deref());
    body.set_some("output_format", args.format.as_deref());
    if request.stream && (shows || request.json) {
        body.set("stream", true);
    }
    if request.stream && shows {
        body.set("partial_images", PREVIEWS);
    }
    body.set_options(&request.option)?;
    let choices = &body.value()["n"];
    if !choices.is_null() && !choices.as_u64().is_some_and(|number| (1..=1000).contains(&number)) {
        return Err(failure(Exit::Usage, format!("n is {choices}; write a number from 1 to 1000")));
    }
    Ok(body)
}

/// What only text can be asked for.
pub fn refuse_text_options(args: &args::Request) -> anyhow::Result<()> {
    let given = [
        ("--temperature", args.temperature.is_some()),
        ("--top-p", args.top_p.is_some()),
        ("--stop", !args.stop.is_empty()),
        ("--seed", args.seed.is_some()),
        ("--max-tokens", args.max_tokens.is_some()),
        ("--max-tokens-field", args.max_tokens_field.is_some()),
        ("--allow-incomplete", args.allow_incomplete),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let message = format!("{name} says nothing of pictures; leave it out");
            Err(failure(Exit::Usage, message))
        }
        None => Ok(()),
    }
}
