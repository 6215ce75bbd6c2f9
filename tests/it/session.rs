//! Conversations: kept whole, by one process at a time, whatever happens.

use std::process::Command;

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::replies::{body, choices, whole};
use crate::sandbox::Sandbox;
use crate::server::{Gate, Reply, Server};

/// A server that answers with the number of messages it was sent.
fn counting() -> Server {
    Server::answer(|_, request| {
        let sent: Value = serde_json::from_str(&request.text()).unwrap();
        whole(&sent["messages"].as_array().unwrap().len().to_string())
    })
}

const FILE: &str = ".local/state/gpt/sessions/trip.jsonl";

#[test]
fn a_session_is_continued() {
    let (server, sandbox) = (counting(), Sandbox::new());
    let ask = |args: &[&str]| {
        let args = [&["chat", "-q", "-S", "trip"], args].concat();
        sandbox.gpt(args).server(&server).run().to_string()
    };
    assert_eq!(ask(&["-s", "Be brief.", "one"]), "2\n");
    assert_eq!(ask(&["two"]), "4\n");
    assert_eq!(ask(&["--stream", "-s", "Be brief.", "three"]), "6\n");
    let json = ask(&["--json", "four"]);
    assert!(json.contains(r#""content":"8""#), "{json}");
    expect![[r#"
        {"role":"system","content":"Be brief."}
        {"role":"user","content":"one"}
        {"role":"assistant","content":"2"}
        {"role":"user","content":"two"}
        {"role":"assistant","content":"4"}
        {"role":"user","content":"three"}
        {"role":"assistant","content":"6"}
        {"role":"user","content":"four"}
        {"role":"assistant","content":"8"}
    "#]]
    .assert_eq(&sandbox.read(FILE));
    expect![[r#"
        ! gpt: session 'trip' began otherwise; leave --system out, or begin anew
        exit 2
    "#]]
    .assert_eq(&ask(&["-s", "Be long.", "five"]));
    expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"one"},{"role":"assistant","content":"2"},{"role":"user","content":"two"},{"role":"assistant","content":"4"},{"role":"user","content":"three"},{"role":"assistant","content":"6"},{"role":"user","content":"four"},{"role":"assistant","content":"8"},{"role":"user","content":"six"}]}
    "#]].assert_eq(&ask(&["--dry-run", "six"]));
}

#[test]
fn only_a_whole_reply_is_kept() {
    let sandbox = Sandbox::new();
    let ask = |args: &[&str], answer: Reply| {
        let server = Server::start(vec![answer]);
        let args = [&["chat", "-q", "--retries", "0", "-S", "trip", "hi"], args].concat();
        let code = sandbox.gpt(args).server(&server).run().code;
        (code, sandbox.read(FILE).lines().count())
    };
    assert_eq!(ask(&[], Reply::json(500, "{}")), (8, 0));
    assert_eq!(ask(&[], Reply::json(200, &body("x", "content_filter"))), (9, 0));
    assert_eq!(ask(&[], Reply::json(200, &body("x", "length"))), (9, 0));
    assert_eq!(ask(&["--allow-incomplete"], Reply::json(200, &body("x", "length"))), (0, 2));
    assert_eq!(ask(&["--max-prompt-tokens", "2"], whole("x")), (3, 2));
    // What a tool is to be called with has no place among the messages that are kept.
    let call = r#"{"index":0,"message":{"content":null,"tool_calls":[{"id":"1","type":"function",
        "function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}"#;
    assert_eq!(ask(&["--json"], Reply::json(200, &choices(call))), (9, 2));
}

#[test]
fn a_session_is_anywhere_and_has_any_name() {
    let (server, sandbox) = (counting(), Sandbox::new());
    let check = |name: &str, expected: Expect| {
        sandbox.gpt(["chat", "-q", "-S", name, "hi"]).server(&server).check(expected);
    };
    for name in ["a b", "-x", "日本", "%s$(id)", "new\nline"] {
        let run = sandbox.gpt(["chat", "-q", &format!("-S{name}"), "hi"]).server(&server).run();
        assert_eq!(run.to_string(), "1\n");
        assert!(sandbox.path(format!(".local/state/gpt/sessions/{name}.jsonl")).exists());
    }
    check(
        "./here.jsonl",
        expect![[r#"
        1
    "#]],
    );
    check(
        "deep/down/here",
        expect![[r#"
        1
    "#]],
    );
    assert!(sandbox.path("here.jsonl").exists() && sandbox.path("deep/down/here").exists());
    check(
        "..",
        expect![[r#"
        ! gpt: '..' is no name for a session
        exit 2
    "#]],
    );
    check(
        "",
        expect![[r#"
        ! gpt: '' is no name for a session
        exit 2
    "#]],
    );
    check(
        &"x".repeat(300),
        expect![[r#"
        ! gpt: session [dir]/.local/state/gpt/sessions/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.jsonl: file name too long
        exit 1
    "#]],
    );
    sandbox.write("bad", "{\"role\":\"user\"}\nnonsense\n{}\n");
    check(
        "./bad",
        expect![[r#"
            ! gpt: session ./bad: line 2, column 2: not JSON: expected ident; nothing was sent
            exit 2
        "#]],
    );
    sandbox.gpt(["chat", "-q", "-S", "x", "hi"]).server(&server).env("HOME", "").check(expect![[
        r#"
        ! gpt: no place for sessions by name without HOME; give a path
        exit 1
    "#
    ]]);
}

#[test]
fn what_was_torn_is_left_out() {
    let turn =
        "{\"role\":\"user\",\"content\":\"a\"}\n{\"role\":\"assistant\",\"content\":\"b\"}\n";
    for torn in [
        "",
        "{\"role\":\"us",
        "{\"role\":\"user\",\"content\":\"c\"}\n",
        "{\"role\":\"user\",\"content\":\"c\"}\n{\"role",
    ] {
        let (server, sandbox) = (counting(), Sandbox::new());
        sandbox.write("s", format!("{turn}{torn}"));
        let run = sandbox.gpt(["chat", "-S", "./s", "hi"]).server(&server).run();
        assert_eq!((run.text(), run.err.contains("has no reply")), ("3\n", !torn.is_empty()));
        let kept = sandbox.read("s");
        assert_eq!((kept.starts_with(turn), kept.lines().count()), (true, 4), "{kept}");
    }
    // Written by hand, without a last line break.
    let (server, sandbox) = (counting(), Sandbox::new());
    sandbox.write("s", turn.trim_end());
    sandbox.gpt(["chat", "-S", "./s", "hi"]).server(&server).run();
    assert_eq!(sandbox.read("s").lines().count(), 4);
}

#[test]
fn one_process_at_a_time() {
    let (server, sandbox) = (counting(), Sandbox::new());
    let start = || sandbox.gpt(["chat", "-q", "-S", "trip", "hi"]).server(&server).spawn();
    let children: Vec<_> = (0..6).map(|_| start()).collect();
    let mut said: Vec<String> = Vec::new();
    for child in children {
        said.push(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap());
    }
    said.sort_by_key(|count| count.trim().parse::<u32>().unwrap());
    assert_eq!(said, ["1\n", "3\n", "5\n", "7\n", "9\n", "11\n"]);
}

#[test]
fn a_second_process_says_that_it_waits() {
    let gate = Gate::new();
    let slow = gate.clone();
    let server = Server::answer(move |index, _| match index {
        0 => whole("first").slow(&slow),
        _ => whole("second"),
    });
    let sandbox = Sandbox::new();
    let first = sandbox.gpt(["chat", "-q", "-S", "trip", "hi"]).server(&server).spawn();
    server.wait_for(1);
    let mut second = sandbox.gpt(["chat", "-S", "trip", "hi"]).server(&server).spawn();
    let mut told = String::new();
    let mut lines = std::io::BufReader::new(second.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut lines, &mut told).unwrap();
    assert_eq!(told, "gpt: waiting for another process to finish with 'trip'\n");
    gate.open();
    assert!(first.wait_with_output().unwrap().status.success());
    assert_eq!(second.wait_with_output().unwrap().stdout, b"second\n");
}

#[test]
fn a_second_process_does_not_wait_for_ever() {
    let server = Server::start(vec![Reply::hang()]);
    let sandbox = Sandbox::new();
    let mut first = sandbox.gpt(["chat", "-q", "-S", "trip", "hi"]).server(&server).spawn();
    server.wait_for(1);
    let second = ["chat", "-q", "-S", "trip", "--timeout", "0.2", "hi"];
    sandbox.gpt(second).server(&server).check(expect![[r#"
        ! gpt: session [dir]/.local/state/gpt/sessions/trip.jsonl: another process still holds it; end that one, or give a longer --timeout
        exit 1
    "#]]);
    assert_eq!(server.requests().len(), 1);
    first.kill().unwrap();
    first.wait().unwrap();
}

/// Killed at twenty moments, early and late: the file is always whole, and the next call works.
#[test]
fn a_session_survives_kill_9() {
    let (server, sandbox) = (counting(), Sandbox::new());
    let mut turns = 0;
    for round in 0..20 {
        let child = sandbox.gpt(["chat", "-q", "-S", "trip", "hi"]).server(&server).spawn();
        let seen = server.requests().len();
        if round % 2 == 0 {
            server.wait_for(seen.max(1));
        }
        for _ in 0..round * 2000 {
            std::hint::spin_loop();
        }
        let killed = Command::new("kill").args(["-9", &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        child.wait_with_output().unwrap();
        let run = sandbox.gpt(["chat", "-q", "-S", "trip", "hi"]).server(&server).run();
        assert_eq!(run.code, 0, "{run}");
        let lines = sandbox.read(FILE).lines().count();
        assert!(lines % 2 == 0 && lines > turns, "{lines} lines after {turns}");
        turns = lines;
    }
}

#[test]
fn what_does_not_fit_is_left_out() {
    let sandbox = Sandbox::new();
    let turn = |text: &str| {
        format!(
            "{{\"role\":\"user\",\"content\":\"{text}\"}}\n{{\"role\":\"assistant\",\"content\":\"ok\"}}\n"
        )
    };
    let system = "{\"role\":\"system\",\"content\":\"s\"}\n";
    let long = "word ".repeat(7000);
    sandbox.write("s", [system, &turn(&long), &turn(&long), &turn("short")].concat());
    let server = counting();
    let ask = |args: &[&str]| {
        let args = [&["chat", "-m", "gpt-3.5-turbo", "-S", "./s", "--max-tokens", "4000"], args];
        sandbox.gpt(args.concat()).server(&server).run().to_string()
    };
    expect![[r#"
        ! gpt: estimate: 14043 prompt + up to 4000 reply tokens, at most $0.036086 (gpt-3.5-turbo)
        ! gpt: over the context: 14043 prompt + 4000 reply tokens, and gpt-3.5-turbo takes 16385 together; shorten the prompt or lower --max-tokens
        exit 3
    "#]].assert_eq(&ask(&["hi"]));
    expect![[r#"
        6
        ! gpt: left out to fit: the oldest 2 messages
        ! gpt: estimate: 7033 prompt + up to 4000 reply tokens, at most $0.022066 (gpt-3.5-turbo)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000026
    "#]]
    .assert_eq(&ask(&["--fit", "hi"]));
    expect![[r#"
        ! gpt: left out to fit: the oldest 8 messages
        ! gpt: estimate: 14013 prompt + up to 4000 reply tokens, at most $0.036026 (gpt-3.5-turbo)
        ! gpt: over the context: 14013 prompt + 4000 reply tokens, and gpt-3.5-turbo takes 16385 together; shorten the prompt or lower --max-tokens
        exit 3
    "#]].assert_eq(&ask(&["--fit", &long.repeat(2)]));
    assert_eq!(sandbox.read("s").lines().count(), 9);
}

/// From a pipe every line is a turn.
#[test]
fn a_conversation_goes_line_by_line() {
    let (server, sandbox) = (counting(), Sandbox::new());
    let converse = |args: &[&str], input: &str| {
        let args = [&["chat", "-i", "--max-tokens", "9"], args].concat();
        sandbox.gpt(args).server(&server).input(input).run().to_string()
    };
    expect![[r#"
        2
        4
        6
        ! gpt: estimate: 14 prompt + up to 9 reply tokens, at most $0.000136 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
        ! gpt: in all: 1 turn, $0.000056
        ! gpt: estimate: 24 prompt + up to 9 reply tokens, at most $0.000156 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
        ! gpt: in all: 2 turns, $0.000112
        ! gpt: estimate: 34 prompt + up to 9 reply tokens, at most $0.000176 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
        ! gpt: in all: 3 turns, $0.000168
    "#]]
    .assert_eq(&converse(&["-s", "Be brief."], "one\n\ntwo\nthree"));
    expect![[r#"
        1
        3
    "#]]
    .assert_eq(&converse(&["-q", "words", "first"], "then\n"));
    expect![].assert_eq(&converse(&["-q"], ""));
    expect![[r#"
        ! gpt: prompt over its limit: 7 tokens, and --max-prompt-tokens is 2; shorten it or raise the limit
        exit 3
    "#]].assert_eq(&converse(&["-q", "--max-prompt-tokens", "2"], "one\ntwo\n"));
    expect![[r#"
        1
        3
    "#]]
    .assert_eq(&converse(&["-q", "-S", "trip"], "one\ntwo\n"));
    assert_eq!(sandbox.read(FILE).lines().count(), 4);
    let run = sandbox.gpt(["chat", "-q", "-i"]).server(&server).input(b"one\nt\xffo\n");
    run.check(expect![[r#"
        1
        ! gpt: standard input: not UTF-8 at byte 5; nothing was sent
        exit 2
    "#]]);
}
