//! What a request will cost, told before it is sent.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::sandbox::Sandbox;

#[track_caller]
fn check(args: &[&str], expected: Expect) {
    Sandbox::new().gpt(args).check(expected);
}

#[test]
fn the_estimate_alone_needs_neither_key_nor_server() {
    check(
        &["chat", "--estimate", "--max-tokens", "500", "name three rivers"],
        expect![[r#"
        9 prompt + up to 500 reply tokens, at most $0.006018 (gpt-5.6-terra)
    "#]],
    );
    check(
        &["chat", "--estimate", "--max-tokens", "500", "-N", "3", "hello"],
        expect![[r#"
        7 prompt + up to 1500 reply tokens, at most $0.018014 (gpt-5.6-terra)
    "#]],
    );
    check(
        &["chat", "--estimate", "-m", "gpt-4o", "-s", "Be kind.", "hello"],
        expect![[r#"
        15 prompt + up to 16384 reply tokens, at most $0.163878 (gpt-4o)
    "#]],
    );
    check(
        &["complete", "--estimate", "-m", "davinci-002", "hello"],
        expect![[r#"
        1 prompt + up to 4096 reply tokens, at most $0.008194 (davinci-002)
    "#]],
    );
    check(
        &[
            "complete",
            "--estimate",
            "-m",
            "davinci-002",
            "--max-tokens",
            "7",
            "--best-of",
            "5",
            "a",
        ],
        expect![[r#"
            1 prompt + up to 35 reply tokens, at most $0.000072 (davinci-002)
        "#]],
    );
}

#[test]
fn a_guess_is_marked_as_one() {
    // An encoding that nobody has published, a model that nobody knows, a schema.
    check(
        &["chat", "--estimate", "--max-tokens", "5", "-m", "gpt-6-sol", "hello"],
        expect![[r#"
        ~7 prompt + up to 5 reply tokens, at most $0.000618 (gpt-6-sol)
    "#]],
    );
    check(
        &["chat", "--estimate", "--max-tokens", "5", "-m", "mine", "hello"],
        expect![[r#"
        ~7 prompt + up to 5 reply tokens, at most $0.000578 (default rate) (mine)
    "#]],
    );
    check(
        &["chat", "--estimate", "-m", "mine", "hello"],
        expect![[r#"
        ~7 prompt tokens + a reply without a cap, at no known cost (default rate) (mine)
    "#]],
    );
    check(
        &["chat", "--estimate", "-m", "mine", "--rate", "1/1M", "hello"],
        expect![[r#"
        ~7 prompt tokens + a reply without a cap, at no known cost (mine)
    "#]],
    );
    let schema = r#"response_format={"type":"json_schema","json_schema":{"name":"a","schema":{}}}"#;
    check(
        &["chat", "--estimate", "--max-tokens", "5", "-m", "gpt-4o", "-o", schema, "hello"],
        expect![[r#"
            ~25 prompt + up to 5 reply tokens, at most $0.000543 (gpt-4o)
        "#]],
    );
}

#[test]
fn the_estimate_as_json() {
    check(
        &["chat", "--estimate", "--json", "--max-tokens", "9", "hello"],
        expect![[r#"
        {"model":"gpt-5.6-terra","estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":9,"replies":1,"max_cost":0.000122},"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"}}
    "#]],
    );
    check(
        &["chat", "--estimate", "--json", "-m", "mine", "hello"],
        expect![[r#"
        {"model":"mine","estimate":{"prompt_tokens":7,"exact":false,"max_reply_tokens":null,"replies":1,"max_cost":null},"price":{"rate":"2/1M:2/1M","source":"default rate"}}
    "#]],
    );
    check(
        &["chat", "--estimate", "--json", "-m", "mine", "--rate", "1e-6:3", "-N", "2", "hello"],
        expect![[r#"
            {"model":"mine","estimate":{"prompt_tokens":7,"exact":false,"max_reply_tokens":null,"replies":2,"max_cost":null},"price":{"rate":"0.001/1M:3000/1M","source":"--rate"}}
        "#]],
    );
}

#[test]
fn what_is_sent_is_what_was_estimated_whatever_the_options_say() {
    let base = ["chat", "--estimate", "--max-tokens", "10", "hello"];
    for (option, expected) in [
        (
            "n=3",
            expect![[r#"
            7 prompt + up to 30 reply tokens, at most $0.000374 (gpt-5.6-terra)
        "#]],
        ),
        (
            "max_tokens=20",
            expect![[r#"
            7 prompt + up to 20 reply tokens, at most $0.000254 (gpt-5.6-terra)
        "#]],
        ),
        (
            "max_completion_tokens=20",
            expect![[r#"
            7 prompt + up to 20 reply tokens, at most $0.000254 (gpt-5.6-terra)
        "#]],
        ),
        (
            "best_of=4",
            expect![[r#"
            7 prompt + up to 40 reply tokens, at most $0.000494 (gpt-5.6-terra)
        "#]],
        ),
        (
            "service_tier=priority",
            expect![[r#"
            7 prompt + up to 10 reply tokens, at most $0.000268 (gpt-5.6-terra)
        "#]],
        ),
        (
            "service_tier=flex",
            expect![[r#"
            7 prompt + up to 10 reply tokens, at most $0.000067 (gpt-5.6-terra)
        "#]],
        ),
        (
            "service_tier=later",
            expect![[r#"
            7 prompt + up to 10 reply tokens, at no known cost (gpt-5.6-terra)
        "#]],
        ),
        (
            "messages=[{\"role\":\"user\",\"content\":\"hello hello hello\"}]",
            expect![[r#"
            9 prompt + up to 10 reply tokens, at most $0.000138 (gpt-5.6-terra)
        "#]],
        ),
        (
            "prediction={\"type\":\"content\",\"content\":\"one two three\"}",
            expect![[r#"
            7 prompt + up to 13 reply tokens, at most $0.000170 (gpt-5.6-terra)
        "#]],
        ),
        (
            "web_search_options={}",
            expect![[r#"
            7 prompt + up to 10 reply tokens, at no known cost (gpt-5.6-terra)
        "#]],
        ),
        (
            "tools=[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
            expect![[r#"
            ~111 prompt + up to 10 reply tokens, at most $0.001190 (gpt-5.6-terra)
        "#]],
        ),
        (
            "n=two",
            expect![[r#"
            ! gpt: n is "two"; write a whole number of 0 or more
            exit 2
        "#]],
        ),
        (
            "n=-1",
            expect![[r#"
            ! gpt: n is -1; write a whole number of 0 or more
            exit 2
        "#]],
        ),
        (
            "max_completion_tokens=1.5",
            expect![[r#"
            ! gpt: max_completion_tokens is 1.5; write a whole number of 0 or more
            exit 2
        "#]],
        ),
        (
            "model=gpt-6-astra",
            expect![[r#"
                ! gpt: -o 'model=gpt-6-astra' cannot be priced; choose the model with -m
                exit 2
            "#]],
        ),
    ] {
        check(&[&base[..], &["-o", option]].concat(), expected);
    }
}

/// The same text, counted by `gpt tokens` and by `gpt chat`.
#[test]
fn counting_and_estimating_agree() {
    let sandbox = Sandbox::new();
    let messages = r#"[{"role":"system","content":"Be brief."},
        {"role":"user","name":"ann","content":"one"},{"role":"assistant","content":"two"},
        {"role":"user","content":[{"type":"text","text":"three <|endoftext|>"}]}]"#;
    sandbox.write("messages.json", messages);
    let tokens = |args: &[&str], input: &str| {
        let run = sandbox.gpt([&["tokens", "-c"], args].concat()).input(input).run();
        run.text().trim_end().to_owned()
    };
    let estimated = |args: &[&str], input: &str| {
        let args = [&["chat", "--estimate", "--json"], args].concat();
        let run = sandbox.gpt(args).input(input).run();
        let line: Value = serde_json::from_str(run.text()).unwrap();
        let about = if line["estimate"]["exact"] == true { "" } else { "~" };
        format!("{about}{}", line["estimate"]["prompt_tokens"])
    };
    for model in ["gpt-5.6-terra", "gpt-4o", "gpt-4", "gpt-3.5-turbo-0301", "gpt-6-sol", "mine"] {
        for text in ["a", "hello world\n", "<|endoftext|>", "中国的首都是?", " \n\n x"] {
            let (counted, asked) = (["--chat", "-m", model], ["-m", model]);
            assert_eq!(tokens(&counted, text), estimated(&asked, text), "{model} {text:?}");
            let system = ["-s", "Be kind."];
            assert_eq!(
                tokens(&[&counted[..], &system].concat(), text),
                estimated(&[&asked[..], &system].concat(), text),
                "{model} {text:?} with a system message"
            );
        }
        let args = ["--messages", "messages.json", "-m", model];
        assert_eq!(tokens(&args, ""), estimated(&args, ""), "{model}");
    }
}
