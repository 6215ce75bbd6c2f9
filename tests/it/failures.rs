//! Servers that refuse and servers that fail: each with its exit code and its one line.

use expect_test::{Expect, expect};

use crate::replies::{events, refusal, whole};
use crate::sandbox::Sandbox;
use crate::server::{Reply, Server, nobody};

/// What the server answers, and how that ends without retries.
#[track_caller]
fn ends(args: &[&str], answer: Reply, expected: Expect) {
    let server = Server::start(vec![answer]);
    let args = [&["chat", "-q", "--retries", "0", "hi"], args].concat();
    Sandbox::new().gpt(args).env("OPENAI_API_KEY", "sk-secret-7").server(&server).check(expected);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_the_server_refuses_is_5_6_7_or_8() {
    ends(
        &[],
        refusal(401, "Incorrect API key provided: sk-secret-7.", "invalid_api_key"),
        expect![[r#"
        ! gpt: [server] answered 401: Incorrect API key provided: ***. [invalid_api_key] (request req-7)
        exit 5
    "#]],
    );
    ends(
        &[],
        refusal(403, "Country not supported", "unsupported_country"),
        expect![[r#"
        ! gpt: [server] answered 403: Country not supported [unsupported_country] (request req-7)
        exit 5
    "#]],
    );
    ends(
        &[],
        refusal(400, "Unsupported value: 'temperature'", "unsupported_value"),
        expect![[r#"
        ! gpt: [server] answered 400: Unsupported value: 'temperature' [unsupported_value] (request req-7)
        exit 6
    "#]],
    );
    ends(
        &[],
        refusal(404, "The model `x` does not exist", "model_not_found"),
        expect![[r#"
        ! gpt: [server] answered 404: The model `x` does not exist [model_not_found] (request req-7)
        exit 6
    "#]],
    );
    ends(
        &[],
        Reply::new(413, "text/plain", "too\nlarge\u{1b}[2J"),
        expect![[r#"
        ! gpt: [server] answered 413: too large [2J
        exit 6
    "#]],
    );
    ends(
        &[],
        refusal(429, "Slow down", "rate_limit_exceeded"),
        expect![[r#"
        ! gpt: [server] answered 429: Slow down [rate_limit_exceeded] (request req-7)
        exit 7
    "#]],
    );
    ends(
        &[],
        refusal(429, "No money left", "insufficient_quota"),
        expect![[r#"
        ! gpt: [server] answered 429: No money left [insufficient_quota] (request req-7)
        exit 7
    "#]],
    );
    ends(
        &[],
        refusal(500, "Oops", "server_error"),
        expect![[r#"
        ! gpt: [server] answered 500: Oops [server_error] (request req-7)
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::new(503, "text/html", "<html>busy</html>"),
        expect![[r#"
        ! gpt: [server] answered 503
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::redirect(307, "https://elsewhere.example/v1/chat/completions"),
        expect![[r#"
        ! gpt: [server] redirects to https://elsewhere.example, where neither key nor prompt follow; set the base URL to it if that is right
        exit 6
    "#]],
    );
    ends(
        &[],
        Reply::redirect(302, "/elsewhere"),
        expect![[r#"
            ! gpt: [server] answered 302: what was asked is at http://[server]/elsewhere; is the base URL right?
            exit 6
        "#]],
    );
}

#[test]
fn a_server_that_fails_is_8() {
    let sandbox = Sandbox::new();
    let nowhere =
        sandbox.gpt(["chat", "-q", "--retries", "0", "--base-url", &nobody(), "hi"]).run();
    assert_eq!((nowhere.code, nowhere.err.lines().count()), (8, 1), "{nowhere}");
    ends(
        &[],
        Reply::new(200, "text/html", "<html>log in</html>"),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is HTML, not JSON; is the base URL right?
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::json(200, ""),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it is empty
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::json(200, "{}"),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it holds no choices
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::json(200, r#"{"choices":[]}"#),
        expect![[r#"
        ! gpt: the server's answer cannot be read: it holds no choices
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::json(200, r#"{"error":{"message":"no such thing"}}"#),
        expect![[r#"
        ! gpt: the server reports an error: no such thing
        exit 8
    "#]],
    );
    ends(
        &[],
        Reply::raw("SSH-2.0-OpenSSH\r\n"),
        expect![[r#"
        ! gpt: [server] does not speak HTTP: http parse fail: invalid HTTP version
        exit 8
    "#]],
    );
    ends(
        &[],
        whole("yes").cut(120),
        expect![[r#"
        ! gpt: the reply of [server] broke off: the other side closed the connection
        exit 8
    "#]],
    );
    ends(
        &["--timeout", "0.3"],
        Reply::hang(),
        expect![[r#"
        ! gpt: no answer from [server] within 0.3 s
        exit 8
    "#]],
    );
    ends(
        &["--timeout", "0.3"],
        whole("yes").stall(60),
        expect![[r#"
            ! gpt: no answer from [server] within 0.3 s
            exit 8
        "#]],
    );
    ends(
        &["--timeout", "0.3", "--stream"],
        events([]).stall(80),
        expect![[r#"
        ! gpt: no complete answer from [server] within 0.3 s
        exit 8
    "#]],
    );
}
