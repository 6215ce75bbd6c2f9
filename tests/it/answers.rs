//! `gpt chat` from outside: what is printed, billed and told of an answer.

use expect_test::{Expect, expect};

use crate::replies::{body, choices, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

/// What is printed for a server's answer.
#[track_caller]
fn prints(args: &[&str], answer: Reply, expected: Expect) {
    let server = Server::start(vec![answer]);
    Sandbox::new().gpt([&["chat", "-q", "hi"], args].concat()).server(&server).check(expected);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_reply_ends_in_one_line_break() {
    for (text, printed) in [
        ("one", "one\n"),
        ("one\n", "one\n"),
        ("one\n\n\n", "one\n"),
        ("\n one\n\ntwo\t", "\n one\n\ntwo\t\n"),
        ("", "\n"),
    ] {
        let (server, sandbox) = (Server::start(vec![whole(text)]), Sandbox::new());
        let run = sandbox.gpt(["chat", "-q", "hi"]).server(&server).run();
        assert_eq!((run.text(), run.code), (printed, 0), "{run}");
    }
}

#[test]
fn choices_are_separated() {
    let two = choices(
        r#"{"index":1,"message":{"content":"b\n"},"finish_reason":"stop"},{"index":0,"message":{"content":"a"},"finish_reason":"stop"}"#,
    );
    prints(
        &["-N", "2"],
        Reply::json(200, &two),
        expect![[r#"
        a
        ---
        b
    "#]],
    );
    prints(
        &["-N", "3"],
        Reply::json(200, &two),
        expect![[r#"
            a
            ---
            b
            ! gpt: the reply is not complete: 2 of 3 choices came
            exit 9
        "#]],
    );
    prints(
        &["-o", "n=3"],
        Reply::json(200, &two),
        expect![[r#"
            a
            ---
            b
            ! gpt: the reply is not complete: 2 of 3 choices came
            exit 9
        "#]],
    );
}

#[test]
fn json_is_the_servers_to_the_byte() {
    for odd in ["\n {\"choices\" :\t[ ], \"x\":1.0 }\r\n\r\n", &body("hé\u{1b}[1m", "stop")] {
        let server = Server::start(vec![Reply::json(200, odd)]);
        let run = Sandbox::new().gpt(["chat", "--json", "hi"]).server(&server).run();
        assert_eq!(run.text(), odd);
    }
}

#[test]
fn the_request_carries_what_the_environment_says() {
    let server = Server::repeat(whole("yes"));
    let run = |name: &str, value: &str| {
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(["chat", "-q", "hi"]).server(&server).env(name, value).run();
        assert_eq!(run.to_string(), "yes\n");
        let request = server.requests().pop().unwrap();
        let lines = request.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
        let host = server.address().to_string();
        let headers = lines.collect::<String>().replace(&host, "[server]");
        format!("{} {}\n{headers}{}\n", request.method, request.path, request.text())
    };
    expect![[r#"
        POST /v1/chat/completions
        user-agent: gpt-cli/0.1.0
        host: [server]
        authorization: Bearer sk-secret
        accept: application/json
        content-type: application/json
        content-length: 69
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
    "#]]
    .assert_eq(&run("OPENAI_API_KEY", "sk-secret"));
    expect![[r#"
        POST /v1/chat/completions
        user-agent: gpt-cli/0.1.0
        host: [server]
        openai-organization: org-1
        accept: application/json
        content-type: application/json
        content-length: 69
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
    "#]]
    .assert_eq(&run("OPENAI_ORG_ID", "org-1"));
    expect![[r#"
        POST /v1/chat/completions
        user-agent: gpt-cli/0.1.0
        host: [server]
        openai-project: proj-1
        accept: application/json
        content-type: application/json
        content-length: 69
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
    "#]]
    .assert_eq(&run("OPENAI_PROJECT_ID", "proj-1"));
    expect![[r#"
        POST /v1/chat/completions
        user-agent: gpt-cli/0.1.0
        host: [server]
        accept: application/json
        content-type: application/json
        content-length: 69
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
    "#]]
    .assert_eq(&run("OPENAI_API_KEY", ""));
}

#[test]
fn lines_on_standard_error_tell_estimate_and_bill() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    sandbox.gpt(["chat", "--max-tokens", "500", "hi"]).server(&server).check(expect![[r#"
        yes
        ! gpt: estimate: 7 prompt + up to 500 reply tokens, at most $0.006014 (gpt-5.6-terra)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000056
    "#]]);
    sandbox.gpt(["chat", "-m", "llama", "--max-tokens", "500", "hi"]).server(&server).check(expect![[r#"
        yes
        ! gpt: estimate: ~7 prompt + up to 500 reply tokens, at most $0.001562 (default rate) (llama)
        ! gpt: used: 10 prompt + 3 reply tokens, $0.000026 (default rate)
    "#]]);
    sandbox.gpt(["chat", "--rate", "1/1M:2/1M", "-m", "llama", "hi"]).server(&server).check(
        expect![[r#"
            yes
            ! gpt: estimate: ~7 prompt tokens + a reply without a cap, at no known cost (llama)
            ! gpt: used: 10 prompt + 3 reply tokens, $0.000016
        "#]],
    );
    let unbilled =
        r#"{"choices":[{"message":{"content":"four words of reply"},"finish_reason":"stop"}]}"#;
    let server = Server::repeat(Reply::json(200, unbilled));
    sandbox.gpt(["chat", "hi"]).server(&server).check(expect![[r#"
        four words of reply
        ! gpt: estimate: 7 prompt + up to 128000 reply tokens, at most $1.536014 (gpt-5.6-terra)
        ! gpt: used: ~7 prompt + ~4 reply tokens, ~$0.000062
    "#]]);
}

#[test]
fn the_served_tier_decides_the_price() {
    let used = |tier: &str| {
        let field = format!("{{\"service_tier\":{tier},");
        let answer = body("yes", "stop").replacen('{', &field, 1);
        let server = Server::repeat(Reply::json(200, &answer));
        let sandbox = Sandbox::new();
        let run = sandbox.gpt(["chat", "-o", "service_tier=auto", "hi"]).server(&server).run();
        run.err.lines().last().unwrap_or_default().to_owned()
    };
    let standard = "gpt: used: 10 prompt + 3 reply tokens, $0.000056";
    for tier in ["\"default\"", "null", "7"] {
        assert_eq!(used(tier), standard);
    }
    assert_eq!(used("\"flex\""), "gpt: used: 10 prompt + 3 reply tokens, $0.000028");
    assert_eq!(used("\"priority\""), "gpt: used: 10 prompt + 3 reply tokens, $0.000112");
}

#[test]
fn a_regional_address_costs_a_tenth_more() {
    let run = |base: &str| {
        let args = ["chat", "--estimate", "--max-tokens", "1000", "--base-url", base, "hi"];
        Sandbox::new().gpt(args).run().to_string()
    };
    expect![[r#"
        7 prompt + up to 1000 reply tokens, at most $0.012014 (gpt-5.6-terra)
    "#]]
    .assert_eq(&run("https://api.openai.com/v1"));
    expect![[r#"
        7 prompt + up to 1000 reply tokens, at most $0.013216 (gpt-5.6-terra)
    "#]]
    .assert_eq(&run("https://eu.api.openai.com/v1"));
    expect![[r#"
        7 prompt + up to 1000 reply tokens, at most $0.012014 (gpt-5.6-terra)
    "#]]
    .assert_eq(&run("https://eu.api.openai.com.example/v1"));
}

#[test]
fn a_loop_keeps_its_input() {
    let server = Server::repeat(whole("yes"));
    let sandbox = Sandbox::new();
    let gpt = env!("CARGO_BIN_EXE_gpt");
    let script = format!("while read -r city; do {gpt} chat -q -n \"capital of $city?\"; done");
    let run = sandbox.command("sh", ["-c", &script]).server(&server).input("a\nb\nc\n").run();
    assert_eq!(run.to_string(), "yes\nyes\nyes\n");
    let asked: Vec<_> = server.requests().iter().map(|request| request.text().len()).collect();
    assert_eq!((asked.len(), asked.iter().max()), (3, asked.iter().min()));
}
