//! `gpt complete` from outside.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

#[track_caller]
fn sends(args: &[&str], expected: Expect) {
    Sandbox::new().gpt([&["complete", "--dry-run"], args].concat()).check(expected);
}

#[track_caller]
fn prints(args: &[&str], answer: Reply, expected: Expect) {
    let server = Server::start(vec![answer]);
    Sandbox::new().gpt([&["complete", "-q"], args].concat()).server(&server).check(expected);
    assert_eq!(server.requests()[0].path, "/v1/completions");
}

fn answer(text: &str, finish: &str) -> Reply {
    let choice = format!(r#"{{"index":0,"text":{text:?},"finish_reason":"{finish}"}}"#);
    let usage = r#"{"prompt_tokens":4,"completion_tokens":3,"total_tokens":7}"#;
    Reply::json(200, &format!(r#"{{"model":"m","choices":[{choice}],"usage":{usage}}}"#))
}

#[test]
fn options_are_sent_as_they_were_given() {
    sends(
        &["-m", "text-davinci-003", "Once", "upon"],
        expect![[r#"
            {"model":"text-davinci-003","prompt":"Once upon"}
        "#]],
    );
    sends(
        &["--suffix", "The end.", "--echo", "--logprobs", "0", "--best-of", "3", "-N", "2", "x"],
        expect![[r#"
            {"model":"gpt-5.6-terra","prompt":"x","suffix":"The end.","echo":true,"logprobs":0,"best_of":3,"n":2}
        "#]],
    );
    sends(
        &["--max-tokens", "9", "x"],
        expect![[r#"
            {"model":"gpt-5.6-terra","prompt":"x","max_tokens":9}
        "#]],
    );
    sends(
        &["--max-tokens", "9", "--max-tokens-field", "new", "x"],
        expect![[r#"
            {"model":"gpt-5.6-terra","prompt":"x","max_completion_tokens":9}
        "#]],
    );
    sends(
        &["--stream", "--stop", "\n", "x"],
        expect![[r#"
            {"model":"gpt-5.6-terra","prompt":"x","stop":"\n","stream":true,"stream_options":{"include_usage":true}}
        "#]],
    );
    sends(
        &["--stream", "--best-of", "2", "x"],
        expect![[r#"
        ! gpt: the argument '--stream' cannot be used with '--best-of <N>'; try '--help'
        exit 2
    "#]],
    );
    sends(
        &[" "],
        expect![[r#"
            ! gpt: the prompt is empty; give words, --file or standard input
            exit 2
        "#]],
    );
}

#[test]
fn the_text_is_printed() {
    let prints = |args: &[&str], answer: Reply| {
        let (server, sandbox) = (Server::start(vec![answer]), Sandbox::new());
        let args = [&["complete", "-q", "Once"], args].concat();
        sandbox.gpt(args).server(&server).run().to_string()
    };
    assert_eq!(prints(&[], answer(" upon a time\n", "stop")), "[blank] upon a time\n");
    let cut = "! gpt: the reply is not complete: it was cut at its cap; raise --max-tokens, or give \
               --allow-incomplete\nexit 9\n";
    assert_eq!(prints(&[], answer(" upon", "length")), format!("[blank] upon\n{cut}"));
    let chunk = r#"{"choices":[{"index":0,"text":" upon","finish_reason":null}]}"#;
    let last = r#"{"choices":[{"index":0,"text":"","finish_reason":"stop"}]}"#;
    assert_eq!(prints(&["--stream"], Reply::sse(&[chunk, last, "[DONE]"])), "[blank] upon\n");
}

#[test]
fn an_echoed_prompt_is_not_counted_as_reply() {
    prints(
        &["-m", "gpt-4o", "--echo", "--max-tokens", "3", "Once upon a time"],
        answer("Once upon a time there was one", "stop"),
        expect![[r#"
        Once upon a time there was one
    "#]],
    );
    prints(
        &["-m", "gpt-4o", "--echo", "--max-tokens", "3", "Once"],
        answer("Once there was one man", "stop"),
        expect![[r#"
            Once there was one
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
}
