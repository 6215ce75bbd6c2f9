//! What an answered request cost: by whose usage, at whose price, and told to whom.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A chat's answer with this usage.
fn answer(usage: &str) -> Reply {
    Reply::json(
        200,
        &format!(
            r#"{{"choices":[{{"message":{{"content":"Hi."}},"finish_reason":"stop"}}],"usage":{usage}}}"#
        ),
    )
}

#[test]
fn before_and_after_a_line_each() {
    let usage = r#"{"prompt_tokens":25,"completion_tokens":7,"total_tokens":32}"#;
    let ask = |args: &[&str], expected: Expect| {
        let server = Server::repeat(answer(usage));
        let args = [&["chat", "--max-tokens", "500"], args, &["hello"]].concat();
        Sandbox::new().gpt(args).server(&server).check(expected);
    };
    ask(
        &[],
        expect![[r#"
        Hi.
        ! gpt: estimate: 7 prompt + up to 500 reply tokens, at most $0.006014 (gpt-5.6-terra)
        ! gpt: used: 25 prompt + 7 reply tokens, $0.000134
    "#]],
    );
    ask(
        &["-q"],
        expect![[r#"
        Hi.
    "#]],
    );
    ask(
        &["-m", "mine"],
        expect![[r#"
        Hi.
        ! gpt: estimate: ~7 prompt + up to 500 reply tokens, at most $0.001568 (default rate) (mine)
        ! gpt: used: 25 prompt + 7 reply tokens, $0.000064 (default rate)
    "#]],
    );
    ask(
        &["-m", "gpt-6-sol"],
        expect![[r#"
        Hi.
        ! gpt: estimate: ~7 prompt + up to 500 reply tokens, at most $0.005568 (gpt-6-sol)
        ! gpt: used: 25 prompt + 7 reply tokens, $0.000120
    "#]],
    );
    ask(
        &["--rate", "0.002"],
        expect![[r#"
        Hi.
        ! gpt: estimate: 7 prompt + up to 500 reply tokens, at most $0.001014 (gpt-5.6-terra)
        ! gpt: used: 25 prompt + 7 reply tokens, $0.000064
    "#]],
    );
}

#[test]
fn a_server_that_sends_no_usage_is_billed_by_our_own_count() {
    let ask = |body: &str, expected: Expect| {
        let server = Server::repeat(Reply::json(200, body));
        Sandbox::new()
            .gpt(["chat", "--json", "--max-tokens", "50", "hello"])
            .server(&server)
            .check(expected);
    };
    ask(
        r#"{"choices":[{"message":{"content":"one two three"},"finish_reason":"stop"}]}"#,
        expect![[r#"
        {"choices":[{"message":{"content":"one two three"},"finish_reason":"stop"}]}[no line break]
        ! gpt: estimate: 7 prompt + up to 50 reply tokens, at most $0.000614 (gpt-5.6-terra)
        ! gpt: used: ~7 prompt + ~3 reply tokens, ~$0.000050
    "#]],
    );
    ask(
        r#"{"choices":[{"message":{"content":"one two three"},"finish_reason":"stop"}],"usage":null}"#,
        expect![[r#"
            {"choices":[{"message":{"content":"one two three"},"finish_reason":"stop"}],"usage":null}[no line break]
            ! gpt: estimate: 7 prompt + up to 50 reply tokens, at most $0.000614 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~3 reply tokens, ~$0.000050
        "#]],
    );
    // What it reasoned and what tools it called was written, too.
    ask(
        r#"{"choices":[{"message":{"content":"","reasoning_content":"one two three","tool_calls":
        [{"function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}"#,
        expect![[r#"
            {"choices":[{"message":{"content":"","reasoning_content":"one two three","tool_calls":
                    [{"function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}[no line break]
            ! gpt: estimate: 7 prompt + up to 50 reply tokens, at most $0.000614 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
        "#]],
    );
}

#[test]
fn the_report_has_the_whole_account() {
    let sandbox = Sandbox::new();
    let usage = r#"{"prompt_tokens":25,"completion_tokens":7,"prompt_tokens_details":
        {"cached_tokens":8,"cache_write_tokens":4},"completion_tokens_details":
        {"reasoning_tokens":3}}"#;
    let server = Server::repeat(answer(usage).header("x-request-id", "req_1"));
    for _ in 0..2 {
        let args = ["chat", "-q", "--max-tokens", "500", "--report", "report.jsonl", "hello"];
        sandbox.gpt(args).server(&server).check(expect![[r#"
            Hi.
        "#]]);
    }
    let report = sandbox.read("report.jsonl");
    let mut lines: Vec<Value> =
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines[0]["ms"].is_u64());
    for line in &mut lines {
        line["ms"] = Value::Null;
        line["time"] = Value::Null;
    }
    assert_eq!(lines[0], lines[1]);
    expect![[r#"
        {
          "time": null,
          "command": "chat",
          "model": "gpt-5.6-terra",
          "answered_by": null,
          "estimate": {
            "prompt_tokens": 7,
            "exact": true,
            "max_reply_tokens": 500,
            "replies": 1,
            "max_cost": 0.006014
          },
          "usage": {
            "prompt_tokens": 25,
            "cached_tokens": 8,
            "cache_write_tokens": 4,
            "reply_tokens": 7,
            "reasoning_tokens": 3,
            "exact": true
          },
          "cost": 0.0001216,
          "price": {
            "rate": "2/1M:12/1M",
            "source": "table of 2026-11"
          },
          "finish_reason": "stop",
          "request_id": "req_1",
          "attempts": 1,
          "ms": null,
          "exit": 0,
          "error": null
        }
    "#]]
    .assert_eq(&format!("{:#}\n", lines[0]));
}

/// A router may answer with another model than was asked.
#[test]
fn a_dearer_model_that_answers_is_billed_at_its_own_price() {
    #[track_caller]
    fn check(args: &[&str], answered: &str, used: &str) {
        let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
        let usage = r#"{"prompt_tokens":1000,"completion_tokens":500}"#;
        let body = format!(r#"{{"model":"{answered}","choices":[{choice}],"usage":{usage}}}"#);
        let server = Server::repeat(Reply::json(200, &body));
        let args = [&["chat", "-n", "-m", "gpt-4o", "hello"], args].concat();
        let run = Sandbox::new().gpt(args).server(&server).run();
        assert_eq!(run.err.lines().last(), Some(used));
    }
    let asked = "gpt: used: 1000 prompt + 500 reply tokens, $0.007500";
    check(&[], "gpt-4o-2024-08-06", asked);
    check(&[], "gpt-4o-mini", asked);
    check(&[], "mine", asked);
    check(&[], "gpt-5.5", "gpt: used: ~1000 prompt + ~500 reply tokens, ~$0.020000");
    let rate = ["--rate", "2.5/1M:10/1M"];
    check(&rate, "gpt-5.5", asked);
}

/// The bill in picodollars, from the server's usage.
#[track_caller]
fn bill(model: &str, usage: &str, tier: &str, cost: &str) {
    let sandbox = Sandbox::new();
    let choice = r#"{"message":{"content":"Hi."},"finish_reason":"stop"}"#;
    let body = format!(r#"{{"choices":[{choice}],"usage":{{{usage}}},"service_tier":{tier}}}"#);
    let server = Server::repeat(Reply::json(200, &body));
    let args = ["chat", "-q", "-n", "-m", model, "--report", "report", "hello"];
    let run = sandbox.gpt(args).server(&server).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let report = sandbox.read("report");
    let (_, rest) = report.split_once("\"cost\":").unwrap();
    assert_eq!(rest.split(',').next().unwrap(), cost, "{model} {usage} {tier}");
    // What the report says is what the books say.
    let books = sandbox.gpt(["spend", "--json"]).run();
    assert!(books.text().contains(&format!("\"cost\":{cost},")), "{}", books.text());
}

#[test]
fn the_bill_is_the_servers_usage_to_the_last_digit() {
    let plain = r#""prompt_tokens":1000,"completion_tokens":500"#;
    let details = |cached: u32, written: u32| {
        format!(
            r#"{plain},"prompt_tokens_details":{{"cached_tokens":{cached},
            "cache_write_tokens":{written}}}"#
        )
    };
    bill("gpt-4o", plain, "null", "0.0075");
    bill("gpt-4o", &details(600, 0), "null", "0.00675");
    bill("gpt-6-sol", &details(600, 0), "null", "0.00592");
    bill("gpt-6-sol", &details(600, 200), "null", "0.00602");
    // Reasoning is part of the reply; with some servers it is not, and the total tells.
    let reasoning = r#","completion_tokens_details":{"reasoning_tokens":400}"#;
    bill("gpt-4o", &format!("{plain}{reasoning}"), "null", "0.0075");
    bill("gpt-4o", &format!("{plain}{reasoning},\"total_tokens\":1900"), "null", "0.0115");
    // From the threshold on every rate of the request is another.
    let long = |prompt: u32, cached: u32| {
        format!(
            r#""prompt_tokens":{prompt},"completion_tokens":500,"prompt_tokens_details":
            {{"cached_tokens":{cached}}}"#
        )
    };
    bill("gpt-6-sol", &long(272_000, 0), "null", "0.549");
    bill("gpt-6-sol", &long(272_001, 0), "null", "1.095504");
    bill("gpt-6-sol", &long(300_000, 100_000), "null", "0.8475");
    // The tier that the server says it served.
    bill("gpt-5.6-sol", plain, r#""default""#, "0.014");
    bill("gpt-5.6-sol", plain, r#""flex""#, "0.007");
    bill("gpt-5.6-sol", plain, r#""priority""#, "0.028");
    bill("gpt-5.6-sol", plain, r#""unheard""#, "0.014");
}
