//! What `gpt batch submit` refuses before anything is sent, and what it estimates.

use expect_test::{Expect, expect};
use serde_json::json;

use crate::batch::{line, request, requests, rows, seen, submit, taking};
use crate::sandbox::Sandbox;

/// Nothing is sent, and nothing booked.
#[track_caller]
fn refuse(args: &[&str], input: impl Into<Vec<u8>>, expected: Expect) {
    let server = taking();
    let sandbox = Sandbox::new();
    let run = sandbox.gpt([&["batch", "submit", "-q"], args].concat()).input(input);
    run.server(&server).check(expected);
    assert_eq!(seen(&server), "");
    assert!(["", "no ledger\n"].contains(&rows(&sandbox).as_str()));
}

#[test]
fn a_wrong_line_is_named() {
    let good = requests(&["a", "b"]);
    let wrong = |line: &str| format!("{good}\n{line}\n{}", request("z"));
    refuse(
        &[],
        "",
        expect![[r#"
        ! gpt: no requests: the input is empty; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        "\n \n",
        expect![[r#"
        ! gpt: no requests: the input is empty; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        wrong("{\"custom_id\":"),
        expect![[r#"
        ! gpt: line 4: not a JSON object (column 13); nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        wrong("[]"),
        expect![[r#"
        ! gpt: line 4: not a JSON object (column 2); nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        wrong("{}"),
        expect![[r#"
        ! gpt: line 4: no "custom_id" in it; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        wrong(&request("b")),
        expect![[r#"
        ! gpt: line 4: its custom_id "b" is that of line 2; nothing was sent
        exit 2
    "#]],
    );
    let mut bytes = good.clone().into_bytes();
    bytes.extend_from_slice(b"{\"custom_id\":\"\xff\"}\n");
    refuse(
        &[],
        bytes,
        expect![[r#"
        ! gpt: line 3: not UTF-8 at byte 14; nothing was sent
        exit 2
    "#]],
    );
    let body = |model: &str, more: &str| {
        let text =
            format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"x"}}]{more}}}"#);
        wrong(line("c", &serde_json::from_str(&text).unwrap()).trim_end())
    };
    refuse(
        &[],
        body("gpt-4o-mini", ""),
        expect![[r#"
        ! gpt: line 4: its model is gpt-4o-mini, and gpt-4o before: a batch has one model; make two files; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        body("gpt-4o", r#","stream":true"#),
        expect![[r#"
        ! gpt: line 4: a batch cannot stream; leave "stream" out; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        body("gpt-4o", r#","service_tier":"priority""#),
        expect![[r#"
        ! gpt: line 4: a batch is a service tier of its own; leave "service_tier" out; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        body("gpt-4o", r#","max_tokens":-1"#),
        expect![[r#"
        ! gpt: line 4: max_tokens is -1; write a whole number of 0 or more; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &[],
        body("gpt-4o", r#","max_tokens":16385"#),
        expect![[r#"
        ! gpt: line 4: reply cap too high: 16385 tokens, and gpt-4o writes at most 16384; lower --max-tokens; nothing was sent
        exit 3
    "#]],
    );
    let other = request("c").replace("/chat/completions", "/completions");
    refuse(
        &[],
        wrong(other.trim_end()),
        expect![[r#"
        ! gpt: line 4: "url" is /v1/completions, and /v1/chat/completions before; make two files; nothing was sent
        exit 2
    "#]],
    );
    refuse(
        &["nowhere.jsonl"],
        "",
        expect![[r#"
        ! gpt: nowhere.jsonl: no such file or directory; nothing was sent
        exit 1
    "#]],
    );
}

#[test]
fn a_limit_that_would_break_stops_all_of_it() {
    let two = requests(&["a", "b"]);
    refuse(
        &["--max-cost", "0.000114"],
        two.clone(),
        expect![[r#"
        ! gpt: too dear: at most $0.000115, and --max-cost is $0.000114; make the file with --max-tokens 8, or raise --max-cost
        exit 4
    "#]],
    );
    refuse(
        &["--max-cost", "0.00002"],
        two.clone(),
        expect![[r#"
        ! gpt: too dear: at most $0.000115, and --max-cost is $0.000020; it is too little for the prompts alone; shorten them or raise it
        exit 4
    "#]],
    );
    refuse(
        &["--budget", "0.000114/day"],
        two.clone(),
        expect![[r#"
        ! gpt: over the budget 0.000114/day: this could cost $0.000115, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.000114 left; a file made with --max-tokens 8 would fit; 'gpt spend' tells more
        exit 4
    "#]],
    );
    refuse(
        &["--max-cost", "nothing"],
        two.clone(),
        expect![[r#"
        ! gpt: --max-cost 'nothing' is no sum of dollars; write 5 or 0.002
        exit 2
    "#]],
    );
    let unknown = |more: &str| {
        let body =
            format!(r#"{{"model":"m-1","messages":[{{"role":"user","content":"x"}}]{more}}}"#);
        line("a", &serde_json::from_str(&body).unwrap())
    };
    refuse(
        &["--max-cost", "5"],
        unknown(r#","max_tokens":5"#),
        expect![[r#"
        ! gpt: line 1: no price for m-1: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE; nothing was sent
        exit 4
    "#]],
    );
    refuse(
        &["--max-cost", "5", "--rate", "1/1M"],
        unknown(""),
        expect![[r#"
        ! gpt: line 1: no worst case for m-1: nothing says how long its prompt or its reply can be; set --max-tokens, and send pictures as files; nothing was sent
        exit 4
    "#]],
    );
    let sandbox = Sandbox::new();
    let run = submit(&sandbox, &["-q", "--budget", "5/day"], &two).env("GPT_LEDGER", "off");
    run.server(&taking()).check(expect![[r#"
        ! gpt: a budget needs the ledger: it is off (GPT_LEDGER=off); nothing was sent
        exit 1
    "#]]);
    // Just enough.
    let server = taking();
    submit(&sandbox, &["--max-cost", "0.000115", "--budget", "0.000115/day"], &two)
        .server(&server)
        .check(expect![[r#"
            batch_1
            ! gpt: estimate: 2 requests, 20 prompt + up to 18 reply tokens, at most $0.000115 (gpt-4o, batch)
            ! gpt: submitted: batch_1, 2 requests
        "#]]);
    submit(&sandbox, &["-q", "--budget", "0.000115/day"], &two).server(&server).check(expect![[r#"
        ! gpt: over the budget 0.000115/day: this could cost $0.000115, and $0.000000 is spent, $0.000115 reserved or unsettled, $0.000000 left; wait for the next day, or raise it; 'gpt spend' tells more
        exit 4
    "#]]);
    expect![[r#"
        POST /v1/files
        POST /v1/batches
        batch, reserved, at most 115000, 1.25/1M:5/1M, batch_1
    "#]]
    .assert_eq(&(seen(&server) + &rows(&sandbox)));
}

#[test]
fn an_estimate_needs_no_key_and_sends_nothing() {
    let two = requests(&["a", "b"]);
    let check = |args: &[&str], input: &str, expected: Expect| {
        let sandbox = Sandbox::new();
        submit(&sandbox, &[&["--estimate"], args].concat(), input).check(expected);
        assert_eq!(rows(&sandbox), "no ledger\n");
    };
    check(
        &[],
        &two,
        expect![[r#"
        2 requests, 20 prompt + up to 18 reply tokens, at most $0.000115 (gpt-4o, batch)
    "#]],
    );
    check(
        &["--rate", "2/1M:8/1M"],
        &two,
        expect![[r#"
        2 requests, 20 prompt + up to 18 reply tokens, at most $0.000184 (gpt-4o, batch)
    "#]],
    );
    check(
        &["--max-cost", "0.0001"],
        &two,
        expect![[r#"
        2 requests, 20 prompt + up to 18 reply tokens, at most $0.000115 (gpt-4o, batch)
        ! gpt: too dear: at most $0.000115, and --max-cost is $0.000100; make the file with --max-tokens 7, or raise --max-cost
        exit 4
    "#]],
    );
    let uncapped =
        line("a", &json!({"model": "m-1", "messages": [{"role": "user", "content": "x"}]}));
    check(
        &[],
        &uncapped,
        expect![[r#"
            1 request, ~7 prompt tokens + replies without a cap, at no known cost (default rate) (m-1, batch)
        "#]],
    );
    let text = r#"{"custom_id":"a","method":"POST","url":"/v1/completions",
        "body":{"model":"davinci-002","prompt":"three more words","max_tokens":9}}"#;
    check(
        &[],
        &text.replace('\n', ""),
        expect![[r#"
        1 request, 3 prompt + up to 9 reply tokens, at most $0.000012 (davinci-002, batch)
    "#]],
    );
    let no_key = Sandbox::new();
    submit(&no_key, &["-q"], &two).check(expect![[r#"
        ! gpt: no key: set OPENAI_API_KEY, give --api-key-file, or put api_key_command into the config
        exit 5
    "#]]);
    assert_eq!(rows(&no_key), "no ledger\n");
}
