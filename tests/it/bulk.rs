//! Many records at once, up to where the first request would be sent: what is read, what is
//! wrong with it, what it would cost.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

#[track_caller]
fn check(args: &[&str], input: &str, expected: Expect) {
    Sandbox::new().gpt(args).input(input).check(expected);
}

#[test]
fn a_dry_run_writes_what_the_batch_api_takes() {
    let lines = ["chat", "--lines", "--dry-run", "--max-tokens", "9"];
    check(&lines, "", expect![]);
    check(
        &[&lines[..], &["capital of:"]].concat(),
        "Norway\r\nPeru\n",
        expect![[r#"
        {"custom_id":"record-1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"capital of:\n\nNorway"}],"max_completion_tokens":9}}
        {"custom_id":"record-2","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"capital of:\n\nPeru"}],"max_completion_tokens":9}}
    "#]],
    );
    check(
        &["chat", "-0", "--dry-run", "-s", "Be kind."],
        "a\nb\0c",
        expect![[r#"
        {"custom_id":"record-1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"a\nb"}]}}
        {"custom_id":"record-2","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"c"}]}}
    "#]],
    );
    check(
        &["chat", "--jsonl", "--dry-run", "and why?", "-o", "user=me"],
        "{\"prompt\":\"a\",\"id\":7}\n{\"id\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"b\"}]}\n",
        expect![[r#"
            {"custom_id":"7","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"and why?\n\na"}],"user":"me"}}
            {"custom_id":"x","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"b"},{"role":"user","content":"and why?"}],"user":"me"}}
        "#]],
    );
    check(
        &["complete", "-m", "davinci-002", "--lines", "--dry-run", "--suffix", "."],
        "Once\nTwice\n",
        expect![[r#"
            {"custom_id":"record-1","method":"POST","url":"/v1/completions","body":{"model":"davinci-002","prompt":"Once","suffix":"."}}
            {"custom_id":"record-2","method":"POST","url":"/v1/completions","body":{"model":"davinci-002","prompt":"Twice","suffix":"."}}
        "#]],
    );
}

#[test]
fn the_whole_job_is_estimated() {
    let lines = ["chat", "--lines", "--estimate"];
    check(
        &[&lines[..], &["--max-tokens", "100"]].concat(),
        "a\nb\nc\n",
        expect![[r#"
        3 requests, 21 prompt + up to 300 reply tokens, at most $0.003642 (gpt-5.6-terra)
    "#]],
    );
    check(
        &[&lines[..], &["-N", "2", "--max-tokens", "100", "--json"]].concat(),
        "a\n",
        expect![[r#"
            {"model":"gpt-5.6-terra","requests":1,"estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":200,"replies":2,"max_cost":0.002414},"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"}}
        "#]],
    );
    check(
        &[&lines[..], &["-m", "gpt-6-nobody"]].concat(),
        "a\nb\n",
        expect![[r#"
        2 requests, ~14 prompt tokens + a reply without a cap, at no known cost (default rate) (gpt-6-nobody)
    "#]],
    );
    check(
        &lines,
        "",
        expect![[r#"
        0 requests, 0 prompt + up to 0 reply tokens, at most $0.000000 (gpt-5.6-terra)
    "#]],
    );
}

#[test]
fn max_cost_is_for_the_whole_job() {
    let lines = ["chat", "--lines", "--max-cost", "0.01"];
    check(
        &[&lines[..], &["--estimate"]].concat(),
        "a\nb\nc\n",
        expect![[r#"
        3 requests, 21 prompt + up to 828 reply tokens, at most $0.009978 (gpt-5.6-terra)
    "#]],
    );
    check(
        &[&lines[..], &["--dry-run"]].concat(),
        "a\nb\nc\n",
        expect![[r#"
        {"custom_id":"record-1","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"a"}],"max_completion_tokens":276}}
        {"custom_id":"record-2","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"b"}],"max_completion_tokens":276}}
        {"custom_id":"record-3","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-5.6-terra","messages":[{"role":"user","content":"c"}],"max_completion_tokens":276}}
    "#]],
    );
    check(
        &[&lines[..], &["--estimate", "--max-tokens", "300"]].concat(),
        "a\nb\nc\n",
        expect![[r#"
        3 requests, 21 prompt + up to 900 reply tokens, at most $0.010842 (gpt-5.6-terra)
        ! gpt: too dear: at most $0.010842, and --max-cost is $0.010000; lower --max-tokens to 276 or raise --max-cost; nothing was sent
        exit 4
    "#]],
    );
    check(
        &[&lines[..], &["--max-tokens", "300"]].concat(),
        "a\nb\nc\n",
        expect![[r#"
        ! gpt: too dear: at most $0.010842, and --max-cost is $0.010000; lower --max-tokens to 276 or raise --max-cost; nothing was sent
        exit 4
    "#]],
    );
    check(
        &[&lines[..], &["-m", "unheard-of"]].concat(),
        "a\n",
        expect![[r#"
        ! gpt: record 1: no price for unheard-of: a limit on a guessed price is no limit; name its price with --rate IN:OUT or --prices FILE; nothing was sent
        exit 4
    "#]],
    );
    check(
        &["chat", "--lines", "--max-cost", "0.00001"],
        "a\nb\n",
        expect![[r#"
        ! gpt: too dear: at most $0.000052, and --max-cost is $0.000010, too little for the prompt and one token of reply; shorten the prompt or raise --max-cost; nothing was sent
        exit 4
    "#]],
    );
}

#[test]
fn bad_input_is_named_by_its_record_and_nothing_is_sent() {
    let good = "{\"prompt\":\"a\",\"id\":1}\n";
    for (line, expected) in [
        (
            "{\"prompt\":",
            expect![[r#"
                ! gpt: record 2: not a JSON record: EOF while parsing a value, column 10; nothing was sent
                exit 2
            "#]],
        ),
        (
            " \n{\"prompt\":\"b\"}",
            expect![[r#"
                ! gpt: record 2: not a JSON object, such as {"prompt": "..."}; nothing was sent
                exit 2
            "#]],
        ),
        (
            "[]",
            expect![[r#"
                ! gpt: record 2: not a JSON object, such as {"prompt": "..."}; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"text\":\"a\"}",
            expect![[r#"
                ! gpt: record 2: neither "prompt" nor "messages" in it; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"prompt\":\"b\",\"messages\":[]}",
            expect![[r#"
                ! gpt: record 2: both "prompt" and "messages" in it; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"prompt\":\"b\",\"id\":\"1\"}",
            expect![[r#"
                ! gpt: record 2 (id "1"): record 1 has the same id; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"prompt\":\"b\",\"id\":{}}",
            expect![[r#"
                ! gpt: record 2: its "id" is neither a text nor a number; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"messages\":[{\"content\":\"b\"}]}",
            expect![[r#"
                ! gpt: record 2: message 1 has no role; write "role": "user"; nothing was sent
                exit 2
            "#]],
        ),
        (
            "{\"prompt\":\"\"}",
            expect![[r#"
                ! gpt: record 2: its prompt is empty; nothing was sent
                exit 2
            "#]],
        ),
    ] {
        check(&["chat", "--jsonl", "--max-tokens", "9"], &format!("{good}{line}\n"), expected);
    }
    check(
        &["complete", "--jsonl", "--max-tokens", "9"],
        "{\"messages\":[{\"role\":\"user\",\"content\":\"b\"}]}\n",
        expect![[r#"
            ! gpt: record 1: a text completion takes no "messages"; give a "prompt"; nothing was sent
            exit 2
        "#]],
    );
    check(
        &["chat", "--lines", "words"],
        "a\n\nb\n",
        expect![[r#"
            ! gpt: record 2: its prompt is empty; nothing was sent
            exit 2
        "#]],
    );
    check(
        &["chat", "--lines", "--max-prompt-tokens", "9"],
        "a\na a a a a a a a a a\n",
        expect![[r#"
        ! gpt: record 2: prompt over its limit: 16 tokens, and --max-prompt-tokens is 9; shorten it or raise the limit; nothing was sent
        exit 3
    "#]],
    );
}

#[test]
fn far_into_a_file_too() {
    let mut input = "a\n".repeat(7311).into_bytes();
    input.extend_from_slice(b"b\xff\n");
    Sandbox::new().gpt(["chat", "--lines", "--max-tokens", "9"]).input(input).check(expect![[r#"
        ! gpt: record 7312: not UTF-8 at byte 1; nothing was sent
        exit 2
    "#]]);
}

#[test]
fn what_makes_no_sense_for_many_is_refused() {
    for (args, expected) in [
        (
            ["--lines", "--stream"].as_slice(),
            expect![[r#"
            ! gpt: the argument '--lines' cannot be used with '--stream'; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "-S", "trip"],
            expect![[r#"
            ! gpt: the argument '--session <NAME|PATH>' cannot be used with: --lines --null --jsonl; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "-i"],
            expect![[r#"
            ! gpt: the argument '--interactive' cannot be used with: --lines --null --jsonl; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "-n"],
            expect![[r#"
            ! gpt: the argument '--lines' cannot be used with '--no-stdin'; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "--jsonl"],
            expect![[r#"
            ! gpt: the argument '--lines' cannot be used with '--jsonl'; try '--help'
            exit 2
        "#]],
        ),
        (
            &["-j", "4", "hi"],
            expect![[r#"
            ! gpt: the following required arguments were not provided: <--lines|--null|--jsonl>; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "-j", "0"],
            expect![[r#"
            ! gpt: invalid value '0' for '--jobs <N>': 0 is not in 1..=1000; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--resume", "out", "hi"],
            expect![[r#"
            ! gpt: the following required arguments were not provided: <--lines|--null|--jsonl>; try '--help'
            exit 2
        "#]],
        ),
        (
            &["--lines", "--resume", "out", "--dry-run"],
            expect![[r#"
            ! gpt: the argument '--resume <OUT>' cannot be used with '--dry-run'; try '--help'
            exit 2
        "#]],
        ),
    ] {
        check(&[&["chat"], args].concat(), "a\n", expected);
    }
}
