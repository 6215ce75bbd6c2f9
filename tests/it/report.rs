//! `--report`: one line for every call, however it ends.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::replies::{body, refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// The line, without what differs from run to run.
#[track_caller]
fn check(args: &[&str], answer: Reply, expected: &Expect) {
    let server = Server::start(vec![answer]);
    let sandbox = Sandbox::new();
    let args = [&["chat", "-q", "--retries", "0", "--report", "r"], args].concat();
    let run = sandbox.gpt(args).server(&server).run();
    let lines = sandbox.read("r").replace(&server.address().to_string(), "[server]");
    let mut report: Value = serde_json::from_str(&lines).expect("one line of JSON");
    assert_eq!(report["exit"], run.code);
    let fields = report.as_object_mut().unwrap();
    assert!(
        fields
            .remove("time")
            .is_some_and(|time| time.as_str().is_some_and(|time| time.ends_with('Z')))
    );
    assert!(fields.remove("ms").is_none_or(|ms| ms.is_u64()));
    expected.assert_eq(&report.to_string());
}

#[test]
fn a_reply_is_accounted_for() {
    check(
        &["--max-tokens", "500", "hi"],
        whole("yes").header("x-request-id", "req-1"),
        &expect![[
            r#"{"error":null,"command":"chat","model":"gpt-5.6-terra","answered_by":"m-1","estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":500,"replies":1,"max_cost":0.006014},"usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"},"finish_reason":"stop","request_id":"req-1","attempts":1,"exit":0}"#
        ]],
    );
}

#[test]
fn a_failure_is_accounted_for() {
    check(
        &["--max-tokens", "9", "hi"],
        Reply::json(200, &body("cut", "length")),
        &expect![[
            r#"{"error":"the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete","command":"chat","model":"gpt-5.6-terra","answered_by":"m-1","estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":9,"replies":1,"max_cost":0.000122},"usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"},"finish_reason":"length","request_id":null,"attempts":1,"exit":9}"#
        ]],
    );
    check(
        &["hi"],
        refusal(429, "Slow down", "c"),
        &expect![[
            r#"{"error":"[server] answered 429: Slow down [c] (request req-7)","command":"chat","model":"gpt-5.6-terra","answered_by":null,"estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":128000,"replies":1,"max_cost":1.536014},"usage":{"prompt_tokens":0,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":0,"reasoning_tokens":0,"exact":true},"cost":0,"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"},"finish_reason":null,"request_id":"req-7","attempts":1,"exit":7}"#
        ]],
    );
    check(
        &["hi", "--timeout", "0.2"],
        Reply::hang(),
        &expect![[
            r#"{"error":"no answer from [server] within 0.2 s","command":"chat","model":"gpt-5.6-terra","answered_by":null,"estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":128000,"replies":1,"max_cost":1.536014},"usage":null,"cost":null,"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"},"finish_reason":null,"request_id":null,"attempts":1,"exit":8}"#
        ]],
    );
    check(
        &["hi", "--max-prompt-tokens", "2"],
        whole("yes"),
        &expect![[
            r#"{"error":"prompt over its limit: 7 tokens, and --max-prompt-tokens is 2; shorten it or raise the limit","command":"chat","model":"gpt-5.6-terra","answered_by":null,"estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":128000,"replies":1,"max_cost":1.536014},"usage":null,"cost":null,"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"},"finish_reason":null,"request_id":null,"attempts":0,"exit":3}"#
        ]],
    );
    check(
        &["hi", "--temperature", "hot"],
        whole("yes"),
        &expect![[
            r#"{"error":"--temperature 'hot' is not a number","command":"chat","attempts":0,"exit":2}"#
        ]],
    );
    check(
        &["hi", "-m", "llama", "--max-cost", "1"],
        whole("yes"),
        &expect![[
            r#"{"error":"no price for llama: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE","command":"chat","attempts":0,"exit":4}"#
        ]],
    );
    check(
        &[],
        whole("yes"),
        &expect![[
            r#"{"error":"the prompt is empty; give words, --file or standard input","command":"chat","attempts":0,"exit":2}"#
        ]],
    );
}

#[test]
fn calls_append_to_it() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    for _ in 0..3 {
        sandbox.gpt(["chat", "-q", "--report", "r", "hi"]).server(&server).run();
    }
    assert_eq!(sandbox.read("r").lines().count(), 3);
}

#[test]
fn a_report_that_cannot_be_written_costs_nothing() {
    let server = Server::start(vec![]);
    let sandbox = Sandbox::new();
    sandbox.gpt(["chat", "-q", "--report", "no/r", "hi"]).server(&server).check(expect![[r#"
        ! gpt: report no/r: no such file or directory; nothing was sent
        exit 1
    "#]]);
    assert_eq!(server.requests().len(), 0);
    sandbox
        .gpt(["chat", "-q", "--report", "/dev/full", "hi"])
        .server(&Server::repeat(whole("yes")))
        .check(expect![[r#"
            yes
            ! gpt: report: no space left on device
            exit 1
        "#]]);
}

#[test]
fn it_can_go_to_another_descriptor() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let script = format!("{} chat -q --report /dev/fd/3 hi 3>&1 >reply", env!("CARGO_BIN_EXE_gpt"));
    let run = sandbox.command("sh", ["-c", &script]).server(&server).run();
    let report: Value = serde_json::from_slice(&run.out).expect("one line of JSON");
    assert_eq!((run.code, &report["exit"]), (0, &0.into()));
}
