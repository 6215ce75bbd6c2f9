//! Replies that are not complete: what came is printed, and the exit code is 9.

use expect_test::{Expect, expect};

use crate::replies::{body, choices, chunk, events, finish, usage};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// What the server answers, and how that ends without retries.
#[track_caller]
fn ends(args: &[&str], answer: Reply, expected: Expect) {
    let server = Server::start(vec![answer]);
    let args = [&["chat", "-q", "--retries", "0", "hi"], args].concat();
    Sandbox::new().gpt(args).env("OPENAI_API_KEY", "sk-secret-7").server(&server).check(expected);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn half_an_answer_is_9() {
    ends(
        &[],
        Reply::json(200, &body("cut", "length")),
        expect![[r#"
        cut
        ! gpt: the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    ends(
        &["--allow-incomplete"],
        Reply::json(200, &body("cut", "length")),
        expect![[r#"
        cut
    "#]],
    );
    ends(
        &["--json"],
        Reply::json(200, "{\"choices\":[{\"finish_reason\":\"length\"}]}\n"),
        expect![[r#"
        {"choices":[{"finish_reason":"length"}]}
        ! gpt: the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    ends(
        &["--allow-incomplete"],
        Reply::json(200, &body("", "content_filter")),
        expect![[r#"
        ! gpt: the reply is not complete: it was stopped by a content filter
        exit 9
    "#]],
    );
    ends(
        &["--allow-incomplete"],
        Reply::json(200, &body("x", "flew_away")),
        expect![[r#"
        x
        ! gpt: the reply is not complete: its finish reason is 'flew_away'
        exit 9
    "#]],
    );
    ends(
        &[],
        Reply::json(200, &body("x", "eos")),
        expect![[r#"
        x
    "#]],
    );
}

#[test]
fn an_answer_that_is_none_is_9() {
    let choice = |rest: &str| Reply::json(200, &choices(rest));
    ends(
        &[],
        choice(r#"{"message":{"content":"x"}}"#),
        expect![[r#"
        x
        ! gpt: the reply is not complete: it broke off without a finish reason
        exit 9
    "#]],
    );
    ends(
        &[],
        choice(r#"{"message":{"content":"x"},"finish_reason":null}"#),
        expect![[r#"
        x
        ! gpt: the reply is not complete: it broke off without a finish reason
        exit 9
    "#]],
    );
    ends(
        &[],
        choice(r#"{"message":{"content":null,"refusal":"I will not."},"finish_reason":"stop"}"#),
        expect![[r#"
        I will not.
        ! gpt: the reply is not complete: the model refused
        exit 9
    "#]],
    );
    let tool = r#"{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}"#;
    ends(
        &[],
        choice(tool),
        expect![[r#"
        ! gpt: the reply is not complete: it asks for a tool, which only --json can show
        exit 9
    "#]],
    );
    ends(
        &["--json"],
        choice(tool),
        expect![[r#"
        {"id":"c1","object":"chat.completion","model":"m-1","choices":[{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}[no line break]
    "#]],
    );
    ends(
        &[],
        choice(&tool.replace("\"tool_calls\"}", "\"stop\"}")),
        expect![[r#"
        ! gpt: the reply is not complete: it asks for a tool, which only --json can show
        exit 9
    "#]],
    );
    ends(
        &["-N", "2"],
        Reply::json(200, &body("x", "stop")),
        expect![[r#"
            x
            ! gpt: the reply is not complete: 1 of 2 choices came
            exit 9
        "#]],
    );
}

#[test]
fn half_a_stream_is_9() {
    let streams = |answer: Reply, expected: Expect| ends(&["--stream"], answer, expected);
    let done = || "[DONE]".to_owned();
    streams(
        events([chunk("one"), finish("stop"), usage()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: the stream broke off before its end
        exit 9
    "#]],
    );
    streams(
        events([chunk("one"), chunk(" two")]),
        expect![[r#"
        one two
        ! gpt: the reply is not complete: it broke off without a finish reason
        exit 9
    "#]],
    );
    streams(
        events([chunk("one"), usage(), done()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: it broke off without a finish reason
        exit 9
    "#]],
    );
    streams(
        events([chunk("one"), finish("length"), usage(), done()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    streams(
        events([chunk("one"), finish("content_filter"), done()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: it was stopped by a content filter
        exit 9
    "#]],
    );
    streams(
        events([chunk("one"), r#"{"error":{"message":"overloaded","code":"x"}}"#.into()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: the server reports an error: overloaded [x]
        exit 9
    "#]],
    );
    streams(
        events([r#"{"error":{"message":"overloaded"}}"#.into()]),
        expect![[r#"
        ! gpt: the server reports an error: overloaded
        exit 8
    "#]],
    );
    streams(
        events([chunk("one"), "{not json".into()]),
        expect![[r#"
        one
        ! gpt: the reply is not complete: the server's answer cannot be read: it is not JSON (line 1, column 2)
        exit 9
    "#]],
    );
    streams(
        events([done()]),
        expect![[r#"
            ! gpt: the reply is not complete: 0 of 1 choices came
            exit 9
        "#]],
    );
    streams(
        events([]),
        expect![[r#"
        ! gpt: the reply is not complete: the stream broke off before its end
        exit 9
    "#]],
    );
    let cut = events([chunk("one"), chunk("two"), done()]);
    let length = cut.wire_len();
    streams(
        cut.cut(length - 60),
        expect![[r#"
        one
        ! gpt: the reply is not complete: the reply of [server] broke off: the other side closed the connection
        exit 9
    "#]],
    );
}

#[test]
fn a_server_that_ignores_the_cap_is_cut_off() {
    let long = "one two three four five six seven";
    let capped = |args: &[&str], answer: Reply, expected: Expect| {
        ends(&[&["--max-tokens", "3"], args].concat(), answer, expected);
    };
    let unbilled = |finish: &str| {
        let body = body(long, finish);
        let end = body.find(",\"usage\"").unwrap();
        Reply::json(200, &format!("{}}}", &body[..end]))
    };
    capped(
        &[],
        unbilled("stop"),
        expect![[r#"
        one two three
        ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    capped(
        &["--allow-incomplete"],
        unbilled("stop"),
        expect![[r#"
        one two three
    "#]],
    );
    capped(
        &["--stream"],
        events([chunk("one two"), chunk(" three four"), chunk(" five")]),
        expect![[r#"
        one two three
        ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    // A model whose tokens nobody has published: there the server's count stands.
    capped(
        &["-m", "llama"],
        Reply::json(200, &body(long, "stop")),
        expect![[r#"
        one two three four five six seven
    "#]],
    );
    capped(
        &["-m", "llama"],
        unbilled("stop"),
        expect![[r#"
        one two three
        ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
}
