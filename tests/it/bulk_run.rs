//! Many records asked: in order whatever the server does, each once, and stopped where it must.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::replies::{body, refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Received, Reply, Server};

/// What the last message of a request asks.
fn asked(request: &Received) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let message = body["messages"].as_array().unwrap().last().unwrap();
    message["content"].as_str().unwrap().to_owned()
}

/// Answers a prompt with itself, but some of them in other ways.
fn answer(request: &Received) -> Reply {
    match asked(request).as_str() {
        "bad" => refusal(400, "no such thing", "invalid_value"),
        "key" => refusal(401, "no such key", "invalid_api_key"),
        "poor" => refusal(429, "no money", "insufficient_quota"),
        "cut" => Reply::json(200, &body("half a re", "length")),
        "html" => Reply::json(200, "<html>"),
        "lines" => whole("one\ntwo\n\nthree\n"),
        text => whole(&format!("<{text}>")),
    }
}

/// The run of a job, and how many requests the server saw.
#[track_caller]
fn check(args: &[&str], input: &str, requests: usize, expected: Expect) {
    let server = Server::answer(|_, request| answer(request));
    let args = [&["chat", "--max-tokens", "9"], args].concat();
    Sandbox::new().gpt(args).server(&server).input(input).check(expected);
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn each_record_gets_its_line() {
    check(
        &["--lines"],
        "a\nlines\nc",
        3,
        expect![[r#"
        <a>
        one two three
        <c>
        ! gpt: estimate: 3 requests, 21 prompt + up to 27 reply tokens, at most $0.000366 (gpt-5.6-terra)
        ! gpt: used: 3 answered, 0 failed; 30 prompt + 9 reply tokens, $0.000168
    "#]],
    );
    check(
        &["-0", "-q"],
        "a\nb\0lines",
        2,
        expect![[r#"
            <a
            b>[NUL]one
            two

            three
            [NUL][no line break]
        "#]],
    );
    check(
        &["--lines", "-N", "2", "-q"],
        "a\n",
        1,
        expect![[r#"
        [line break]
        ! gpt: record 1: the reply is not complete: 1 of 2 choices came
        exit 9
    "#]],
    );
    check(
        &["--lines"],
        "",
        0,
        expect![[r#"
        ! gpt: estimate: 0 requests, 0 prompt + up to 0 reply tokens, at most $0.000000 (gpt-5.6-terra)
        ! gpt: used: 0 answered, 0 failed; 0 prompt + 0 reply tokens, $0.000000
    "#]],
    );
    check(
        &["--jsonl", "--json", "-q"],
        "{\"prompt\":\"a\",\"id\":\"x\"}\n{\"prompt\":\"b\"}\n{\"prompt\":\"html\",\"id\":3}\n",
        3,
        expect![[r#"
            {"index":1,"id":"x","reply":"<a>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null}
            {"index":2,"id":null,"reply":"<b>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null,"digest":"af63df4c8601f1a5"}
            {"index":3,"id":3,"reply":null,"usage":null,"cost":null,"error":"the server's answer cannot be read: it is HTML, not JSON; is the base URL right?"}
            ! gpt: record 3 (id 3): the server's answer cannot be read: it is HTML, not JSON; is the base URL right?
            exit 8
        "#]],
    );
}

#[test]
fn a_failure_does_not_stop_the_others() {
    check(
        &["--lines"],
        "a\nbad\nhtml\ncut\ne\n",
        5,
        expect![[r#"
            <a>



            <e>
            ! gpt: estimate: 5 requests, 35 prompt + up to 45 reply tokens, at most $0.000610 (gpt-5.6-terra)
            ! gpt: record 2: [server] answered 400: no such thing [invalid_value] (request req-7)
            ! gpt: record 3: the server's answer cannot be read: it is HTML, not JSON; is the base URL right?
            ! gpt: record 4: the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete
            ! gpt: used: 2 answered, 3 failed; 30 prompt + 9 reply tokens, $0.000168, and up to $0.000122 for requests without an answer
            ! gpt: to ask the failed ones again, put the output into a file and give the same command with --resume FILE
            exit 6
        "#]],
    );
    check(
        &["--lines", "--json", "-q"],
        "cut\nb\n",
        2,
        expect![[r#"
        {"index":1,"id":null,"reply":"half a re","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":"the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete","digest":"f5b9f7190cc182e3"}
        {"index":2,"id":null,"reply":"<b>","usage":{"prompt_tokens":10,"cached_tokens":0,"cache_write_tokens":0,"reply_tokens":3,"reasoning_tokens":0,"exact":true},"cost":0.000056,"error":null,"digest":"af63df4c8601f1a5"}
        ! gpt: record 1: the reply is not complete: it was cut at its cap; raise --max-tokens, or give --allow-incomplete
        exit 9
    "#]],
    );
    check(
        &["--lines", "-q", "--allow-incomplete"],
        "cut\nb\n",
        2,
        expect![[r#"
        half a re
        <b>
    "#]],
    );
}

#[test]
fn nothing_is_sent_once_it_can_only_fail() {
    check(
        &["--lines"],
        "a\nkey\nc\nd\n",
        2,
        expect![[r#"
        <a>

        ! gpt: estimate: 4 requests, 28 prompt + up to 36 reply tokens, at most $0.000488 (gpt-5.6-terra)
        ! gpt: record 2: [server] answered 401: no such key [invalid_api_key] (request req-7)
        ! gpt: used: 1 answered, 1 failed; 10 prompt + 3 reply tokens, $0.000056
        ! gpt: 2 records are left; to go on, put the output into a file and give the same command with --resume FILE
        exit 5
    "#]],
    );
    check(
        &["--lines"],
        "a\npoor\nc\nd\n",
        2,
        expect![[r#"
        <a>

        ! gpt: estimate: 4 requests, 28 prompt + up to 36 reply tokens, at most $0.000488 (gpt-5.6-terra)
        ! gpt: record 2: [server] answered 429: no money [insufficient_quota] (request req-7)
        ! gpt: used: 1 answered, 1 failed; 10 prompt + 3 reply tokens, $0.000056
        ! gpt: 2 records are left; to go on, put the output into a file and give the same command with --resume FILE
        exit 7
    "#]],
    );
    check(
        &["--lines", "--budget", "0.0003/day"],
        "a\nb\nc\nd\ne\nf\ng\n",
        4,
        expect![[r#"
        <a>
        <b>
        <c>
        <d>

        ! gpt: estimate: 7 requests, 49 prompt + up to 63 reply tokens, at most $0.000854 (gpt-5.6-terra)
        ! gpt: record 5: over the budget 0.0003/day: this could cost $0.000122, and $0.000224 is spent, $0.000000 reserved or unsettled, $0.000076 left; --max-tokens 5 would fit; 'gpt spend' tells more
        ! gpt: used: 4 answered, 1 failed; 40 prompt + 12 reply tokens, $0.000224
        ! gpt: 2 records are left; to go on, put the output into a file and give the same command with --resume FILE
        exit 4
    "#]],
    );
    check(
        &["--lines", "--budget", "0.00001/day"],
        "a\nb\nc\n",
        0,
        expect![[r#"
            [line break]
            ! gpt: estimate: 3 requests, 21 prompt + up to 27 reply tokens, at most $0.000366 (gpt-5.6-terra)
            ! gpt: record 1: over the budget 0.00001/day: this could cost $0.000122, and $0.000000 is spent, $0.000000 reserved or unsettled, $0.000010 left; ask for less, or raise it; 'gpt spend' tells more
            ! gpt: used: 0 answered, 1 failed; 0 prompt + 0 reply tokens, $0.000000
            ! gpt: 2 records are left; to go on, put the output into a file and give the same command with --resume FILE
            exit 4
        "#]],
    );
}

#[test]
fn the_output_is_the_same_however_many_are_asked_at_once() {
    let words = ["bad", "cut", "lines", "html", "x", "y", "z"];
    let input: Vec<&str> = (0..300).map(|number| words[number * number % words.len()]).collect();
    let run = |args: &[&str]| {
        let server = Server::answer(|_, request| answer(request));
        let args = [&["chat", "--max-tokens", "9", "--lines", "--json"], args].concat();
        let outcome = Sandbox::new().gpt(args).server(&server).input(input.join("\n")).run();
        assert_eq!(server.requests().len(), 300);
        outcome.to_string().replace(&server.address().to_string(), "[server]")
    };
    let one_by_one = run(&["-j", "1"]);
    assert!(one_by_one == run(&["-j", "32"]), "the same output");
    assert!(one_by_one == run(&["-j", "32", "--budget", "1/day"]), "the same under a budget");
}

#[test]
fn an_answer_waits_for_those_before_it_and_no_longer() {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::answer(move |_, request| match asked(request).as_str() {
        "slow" => whole("slow").slow(&held),
        _ => answer(request),
    });
    let sandbox = Sandbox::new();
    let input: String =
        (0..600).map(|n| if n == 1 { "slow\n".into() } else { format!("{n}\n") }).collect();
    let running = sandbox
        .gpt(["chat", "--max-tokens", "9", "--lines", "-q", "-j", "2", "--resume", "out"])
        .server(&server)
        .input(input.clone());
    let running = std::thread::spawn(move || running.run());
    // The first, the slow one, and what two threads may ask ahead of it.
    server.wait_for(1 + 512);
    let early = sandbox.read("out");
    gate.open();
    let outcome = running.join().unwrap();
    assert_eq!((early.as_str(), outcome.to_string().as_str()), ("<0>\n", ""));
    assert_eq!(sandbox.read("out").lines().count(), 600);
    assert_eq!(sandbox.read("out").lines().nth(1), Some("slow"));
}

#[test]
fn a_pause_holds_for_all() {
    let server = Server::answer(|index, request| match index {
        2 => refusal(429, "slow down", "rate_limit_exceeded").header("retry-after-ms", "40"),
        _ => answer(request),
    });
    let args = ["chat", "--max-tokens", "9", "--lines", "-q", "-j", "4"];
    let sandbox = Sandbox::new();
    sandbox.gpt(args).server(&server).input("a\nb\nc\nd\ne\nf\ng\nh\n").check(expect![[r#"
        <a>
        <b>
        <c>
        <d>
        <e>
        <f>
        <g>
        <h>
    "#]]);
    assert_eq!(server.requests().len(), 9);
}

#[test]
fn what_was_repeated_counts_against_max_cost() {
    let server = Server::answer(|index, request| match index {
        1 | 2 => Reply::raw(""),
        _ => answer(request),
    });
    // Worth three requests, and the second may have been billed twice: there is no third time, and
    // once the limit has refused one, nothing more is sent.
    let args = ["chat", "-q", "--max-tokens", "9", "--lines", "--max-cost", "0.00037"];
    Sandbox::new().gpt(args).server(&server).input("a\nb\nc\n").check(expect![[r#"
        <a>

        ! gpt: record 2: the connection to [server] broke before a reply came: the other side closed the connection; not tried again: over --max-cost $0.000370: $0.000300 is spent or may be, as requests were repeated or billed beyond their cap, and this could cost $0.000122
        exit 8
    "#]]);
}
