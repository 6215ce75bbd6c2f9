//! `gpt models --remote`: the server's own list, in the shapes that servers have.

use expect_test::{Expect, expect};

use crate::replies::refusal;
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server};

#[track_caller]
fn check(args: &[&str], answers: Vec<Reply>, expected: Expect) {
    let server = Server::start(answers);
    let args = [&["models", "--remote"], args].concat();
    Sandbox::new().gpt(args).server(&server).check(expected);
}

fn list(models: &str) -> Reply {
    Reply::json(200, &format!(r#"{{"object":"list","data":[{models}]}}"#))
}

#[test]
fn the_servers_models_are_listed() {
    let models = r#"{"id":"gpt-z","created":1,"shutdown_date":"2027-01-01"},
        {"id":"a-model","object":"model","created":"yesterday","owned_by":null}"#;
    check(
        &[],
        vec![list(models)],
        expect![[r#"
        a-model
        gpt-z    ends 2027-01-01
    "#]],
    );
    check(
        &["gpt-"],
        vec![list(models)],
        expect![[r#"
        gpt-z  ends 2027-01-01
    "#]],
    );
    check(&["none-such"], vec![list(models)], expect![[""]]);
    check(&[], vec![list("")], expect![[""]]);
    check(
        &[],
        vec![Reply::json(200, r#"[{"id":"bare"}]"#)],
        expect![[r#"
        bare
    "#]],
    );
    check(
        &["--json"],
        vec![Reply::json(200, "{ \"data\" : [] }\n")],
        expect![[r#"
        { "data" : [] }
    "#]],
    );
}

#[test]
fn a_list_that_is_none_is_a_failure() {
    check(
        &[],
        vec![Reply::new(200, "text/html", "<html>")],
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is HTML, not JSON; is the base URL right?
        exit 8
    "#]],
    );
    check(
        &[],
        vec![Reply::json(200, r#"{"data":[{"name":"a"}]}"#)],
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is JSON of another kind
        exit 8
    "#]],
    );
    check(
        &[],
        vec![refusal(401, "No.", "invalid_api_key")],
        expect![[r#"
        ! gpt: [server] answered 401: No. [invalid_api_key] (request req-7)
        exit 5
    "#]],
    );
    check(
        &[],
        vec![refusal(404, "Not here.", "x")],
        expect![[r#"
        ! gpt: [server] answered 404: Not here. [x] (request req-7)
        exit 6
    "#]],
    );
}

#[test]
fn it_is_asked_for_again() {
    let soon = || refusal(503, "Busy.", "x").header("retry-after-ms", "1");
    check(
        &[],
        vec![soon(), soon(), list(r#"{"id":"a"}"#)],
        expect![[r#"
        a
        ! gpt: [server] answered 503: Busy. [x] (request req-7); trying again in 0.0 s
        ! gpt: [server] answered 503: Busy. [x] (request req-7); trying again in 0.0 s
    "#]],
    );
    check(
        &["--retries", "1"],
        vec![soon(), soon(), list("")],
        expect![[r#"
        ! gpt: [server] answered 503: Busy. [x] (request req-7); trying again in 0.0 s
        ! gpt: [server] answered 503: Busy. [x] (request req-7)
        exit 8
    "#]],
    );
}

#[test]
fn it_is_asked_for_with_the_key_and_nothing_else() {
    let server = Server::repeat(list(""));
    let sandbox = Sandbox::new();
    let run = sandbox.gpt(["models", "--remote"]).env("OPENAI_API_KEY", "sk-1234567");
    assert_eq!(run.server(&server).run().to_string(), "");
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/v1/models"));
    assert_eq!(request.header("authorization"), Some("Bearer sk-1234567"));
    assert!(request.body.is_empty());
}
