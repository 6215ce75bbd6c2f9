//! The reply's cap: what the money allows where none is given, and what happens to a server that
//! ignores it.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// A server that bills the whole cap of each choice, and the prompt at its dearest.
fn greedy(prompt: u64, written: u64) -> Server {
    Server::answer(move |_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let cap = ["max_completion_tokens", "max_tokens"].iter().find_map(|f| body[f].as_u64());
        let replies = body["n"].as_u64().unwrap_or(1);
        let choice = r#"{"message":{"content":"a"},"finish_reason":"stop"}"#;
        let choices = vec![choice; usize::try_from(replies).unwrap()].join(",");
        let reply = cap.unwrap() * replies;
        let usage = format!(
            r#"{{"prompt_tokens":{prompt},"completion_tokens":{reply},"prompt_tokens_details":
            {{"cache_write_tokens":{written}}}}}"#
        );
        Reply::json(200, &format!(r#"{{"choices":[{choices}],"usage":{usage}}}"#))
    })
}

/// The body that would be sent.
#[track_caller]
fn sent(args: &[&str], expected: Expect) {
    Sandbox::new().gpt([args, &["--dry-run"]].concat()).check(expected);
}

#[test]
fn without_a_cap_the_money_sets_one() {
    sent(
        &["chat", "--max-cost", "0.001", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":82}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "$0.001", "-N", "3", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"n":3,"max_completion_tokens":27}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-m", "gpt-4o", "hello"],
        expect![[r#"
        {"model":"gpt-4o","messages":[{"role":"user","content":"hello"}],"max_tokens":98}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-m", "mine", "--rate", "1/1M:5/1M", "hello"],
        expect![[r#"
        {"model":"mine","messages":[{"role":"user","content":"hello"}],"max_tokens":143}
    "#]],
    );
    sent(
        &["complete", "--max-cost", "0.001", "-m", "davinci-002", "hello"],
        expect![[r#"
        {"model":"davinci-002","prompt":"hello","max_tokens":499}
    "#]],
    );
    sent(
        &["complete", "--max-cost", "0.001", "--best-of", "4", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","prompt":"hello","best_of":4,"max_tokens":20}
    "#]],
    );
    // More than a reply can be long.
    sent(
        &["chat", "--max-cost", "100", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":128000}
    "#]],
    );
    // A cap of the user's is theirs.
    sent(
        &["chat", "--max-cost", "0.001", "--max-tokens", "5", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_completion_tokens":5}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-o", "max_tokens=5", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_tokens":5}
    "#]],
    );
    sent(
        &["chat", "--max-cost", "0.001", "-o", "max_tokens=null", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}],"max_tokens":null,"max_completion_tokens":82}
    "#]],
    );
}

/// Whatever the limit, a server that bills all that the cap allows bills no more than the limit.
#[test]
fn a_server_that_bills_the_whole_cap_stays_within_the_limit() {
    let sandbox = Sandbox::new();
    let options = [&[][..], &["-N", "3"], &["-o", "n=2"], &["-o", "service_tier=priority"]];
    let mut asked = 0;
    for (text, tokens, written) in [("hello", 7, 0), (&"hello ".repeat(2000), 2007, 2007)] {
        let server = greedy(tokens, written);
        for limit in ["0.000026", "0.0001", "0.000999999999", "0.01", "1", "1.6", "9"] {
            for option in options {
                let args = ["chat", "-q", "--report", "report", "--max-cost", limit];
                let args = [&args[..], option].concat();
                let run = sandbox.gpt(args).input(text).server(&server).run();
                if run.code == 4 {
                    continue;
                }
                assert_eq!(run.code, 0, "{limit} {option:?}: {}", run.err);
                let report = sandbox.read("report");
                let line: Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
                let (cost, most) = (line["cost"].as_f64().unwrap(), limit.parse::<f64>().unwrap());
                assert!(cost > 0.0 && cost <= most, "{limit} {option:?}: {cost}");
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 40);
}

/// A stream that goes on until somebody leaves.
#[track_caller]
fn cut_off(args: &[&str], delta: &str, expected: Expect) {
    let chunk = format!("data: {{\"choices\":[{delta}]}}\n\n");
    let server = Server::repeat(Reply::flood(b": hello\n\n", chunk.as_bytes(), u64::MAX));
    let args = [&["chat", "--stream", "--max-tokens", "5", "hello"], args].concat();
    Sandbox::new().gpt(args).server(&server).check(expected);
}

#[test]
fn a_server_that_ignores_its_cap_is_cut_off() {
    cut_off(
        &[],
        r#"{"index":0,"delta":{"content":" and on"}}"#,
        expect![[r#"
        [blank] and on and on and
        ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
        ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
        ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    // Each choice has a cap of its own; the first that is over it ends them all.
    cut_off(
        &["-N", "2"],
        r#"{"index":0,"delta":{"content":" and"}},{"index":1,"delta":{"content":" on and"}}"#,
        expect![[r#"
            [blank] and and and
            ---
             on and on and on
            ! gpt: estimate: 7 prompt + up to 10 reply tokens, at most $0.000134 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~8 reply tokens, ~$0.000110
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
}

/// The cap is for all that is billed as reply.
#[test]
fn what_comes_beside_the_text_is_cut_off_too() {
    cut_off(
        &[],
        r#"{"index":0,"delta":{"reasoning_content":" and on"}}"#,
        expect![[r#"
            ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
    cut_off(
        &[],
        r#"{"index":0,"delta":{"reasoning_content":" and","content":" on"}}"#,
        expect![[r#"
            [blank] on on
            ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
    cut_off(
        &[],
        r#"{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":" and on"}}]}}"#,
        expect![[r#"
            ! gpt: estimate: 7 prompt + up to 5 reply tokens, at most $0.000074 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
}

/// What came in one piece was written to its end, and is billed so, whatever of it is printed.
#[test]
fn a_whole_answer_over_the_cap_is_billed_whole() {
    let whole = |message: &str, expected: Expect| {
        let choice = format!(r#"{{"message":{message},"finish_reason":"stop"}}"#);
        let server = Server::repeat(Reply::json(200, &format!(r#"{{"choices":[{choice}]}}"#)));
        let args = ["chat", "--max-tokens", "2", "hello"];
        Sandbox::new().gpt(args).server(&server).check(expected);
    };
    whole(
        r#"{"content":"one two three four five"}"#,
        expect![[r#"
            one two
            ! gpt: estimate: 7 prompt + up to 2 reply tokens, at most $0.000038 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~5 reply tokens, ~$0.000074
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
    whole(
        r#"{"reasoning_content":"one two three four five","content":"six"}"#,
        expect![[r#"
            ! gpt: estimate: 7 prompt + up to 2 reply tokens, at most $0.000038 (gpt-5.6-terra)
            ! gpt: used: ~7 prompt + ~6 reply tokens, ~$0.000086
            ! gpt: the reply is not complete: the server ignored its cap and was cut off there; raise --max-tokens, or give --allow-incomplete
            exit 9
        "#]],
    );
}

/// Reasoning and text within the cap together, in one piece or in several.
#[test]
fn what_is_within_the_cap_is_whole() {
    let sandbox = Sandbox::new();
    let message = r#"{"reasoning_content":"one two three","content":"four five"}"#;
    let whole =
        format!(r#"{{"choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"#);
    let streamed = whole.replace("message", "delta");
    for (reply, mode) in [
        (Reply::json(200, &whole), "--no-stream"),
        (Reply::sse(&[&streamed, "[DONE]"]), "--stream"),
    ] {
        let server = Server::repeat(reply);
        let call = |cap| {
            sandbox.gpt(["chat", "-q", mode, "--max-tokens", cap, "hello"]).server(&server).run()
        };
        assert_eq!(call("5").to_string(), "four five\n");
        assert_eq!(call("4").code, 9);
        assert_eq!(call("2").code, 9);
    }
}
