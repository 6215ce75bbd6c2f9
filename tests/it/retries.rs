//! What is tried again, when, and what is not.

use std::time::{Duration, Instant};

use crate::replies::{chunk, events, finish, refusal, stream, whole};
use crate::sandbox::{Outcome, Sandbox};
use crate::server::{Reply, Server};

/// Runs against these answers, and says how many of them were asked for.
fn run(args: &[&str], answers: Vec<Reply>) -> (Outcome, usize) {
    let server = Server::start(answers);
    let outcome = Sandbox::new().gpt([&["chat", "hi"], args].concat()).server(&server).run();
    (outcome, server.requests().len())
}

#[track_caller]
fn check(args: &[&str], answers: Vec<Reply>, code: i32, requests: usize) {
    let (outcome, seen) = run(args, answers);
    assert_eq!((outcome.code, seen), (code, requests), "{outcome}");
}

fn soon(reply: Reply) -> Reply {
    reply.header("retry-after-ms", "1")
}

#[test]
fn what_may_pass_is_tried_again() {
    for status in [408, 409, 429, 500, 502, 503, 504, 529] {
        let answers = vec![soon(refusal(status, "m", "c")), whole("yes")];
        check(&[], answers, 0, 2);
    }
    check(&[], vec![Reply::raw(""), whole("yes")], 0, 2);
    check(&[], vec![whole("yes").cut(120), whole("yes")], 0, 2);
    check(&["--stream"], vec![events([chunk("")]).cut(120), stream(&["yes"])], 0, 2);
}

#[test]
fn what_will_not_pass_is_not() {
    for status in [400, 401, 403, 404, 413, 422] {
        let (outcome, seen) = run(&[], vec![soon(refusal(status, "m", "c")), whole("yes")]);
        assert_eq!(seen, 1, "{status}: {outcome}");
    }
    for code in ["insufficient_quota", "credit_balance_exhausted"] {
        check(&[], vec![soon(refusal(429, "m", code)), whole("yes")], 7, 1);
    }
    check(&[], vec![refusal(429, "m", "c").header("retry-after", "121"), whole("yes")], 7, 1);
    check(&["--retries", "0"], vec![soon(refusal(503, "m", "c")), whole("yes")], 8, 1);
    check(&[], vec![Reply::json(200, "{}"), whole("yes")], 8, 1);
}

#[test]
fn nothing_is_tried_again_once_something_was_printed() {
    let half = events([chunk("one"), chunk("two"), finish("stop"), "[DONE]".into()]);
    let length = half.wire_len();
    let (outcome, seen) = run(&["--stream", "-q"], vec![half.cut(length - 120), whole("yes")]);
    assert_eq!((outcome.code, seen, &outcome.out[..3]), (9, 1, &b"one"[..]), "{outcome}");
}

#[test]
fn the_retries_are_counted() {
    let fail = || soon(refusal(503, "m", "c"));
    check(&[], vec![fail(), fail(), fail(), whole("yes")], 8, 3);
    check(&["--retries", "3"], vec![fail(), fail(), fail(), whole("yes")], 0, 4);
}

#[test]
fn the_server_says_how_long_to_wait() {
    let started = Instant::now();
    check(&[], vec![refusal(429, "m", "c").header("retry-after", "1"), whole("yes")], 0, 2);
    assert!(started.elapsed() >= Duration::from_secs(1));
    // The wait would outlast the time for everything.
    check(
        &["--timeout", "5"],
        vec![refusal(429, "m", "c").header("retry-after", "9"), whole("yes")],
        7,
        1,
    );
}

#[test]
fn each_attempt_is_told_of() {
    let answers = vec![refusal(429, "Slow down", "c").header("retry-after-ms", "20"), whole("yes")];
    let server = Server::start(answers);
    let sandbox = Sandbox::new();
    let run =
        sandbox.gpt(["chat", "--max-tokens", "5", "--report", "r", "hi"]).server(&server).run();
    expect_test::expect![[r#"
        yes
        ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
        ! gpt: [server] answered 429: Slow down [c] (request req-7); trying again in 0.0 s
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]]
    .assert_eq(&run.to_string());
    let report: serde_json::Value = serde_json::from_str(&sandbox.read("r")).unwrap();
    assert_eq!(report["attempts"], 2);
}
