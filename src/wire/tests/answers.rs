//! What is sent, and what answers make of it when nothing goes wrong on the way.

use super::*;

#[test]
fn a_request_is_sent_as_it_was_made() {
    let server = Server::repeat(Reply::json(200, "{}").header("X-Request-ID", "req_1"));
    let mut settings = settings(&server.base_url());
    settings.organization = Some("org-1".to_owned());
    settings.project = Some("proj_1".to_owned());
    let client = Client::new(&settings).unwrap();
    let response = post(&client, Accept::Json, LONG).unwrap();
    assert_eq!((response.status, response.request_id.as_deref()), (200, Some("req_1")));
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert!(!response.is_event_stream());
    assert_eq!(response.whole(2).unwrap(), b"{}");
    get(&client).unwrap();
    let requests = server.requests();
    let expected = [
        ("host", server.address().to_string()),
        ("accept", "application/json".to_owned()),
        ("authorization", "Bearer sk-secret-1".to_owned()),
        ("openai-organization", "org-1".to_owned()),
        ("openai-project", "proj_1".to_owned()),
        ("user-agent", concat!("gpt-cli/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("content-type", "application/json".to_owned()),
        ("content-length", "7".to_owned()),
    ];
    let mut expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value)).into();
    expected.sort();
    let mut seen = requests[0].headers.clone();
    seen.sort();
    assert_eq!(seen, expected);
    let line = |index: usize| (requests[index].method.as_str(), requests[index].path.as_str());
    assert_eq!(
        (line(0), requests[0].text().as_str()),
        (("POST", "/v1/chat/completions"), "{\"a\":1}")
    );
    assert_eq!((line(1), requests[1].text().as_str()), (("GET", "/v1/models"), ""));
    expected.retain(|(name, _)| !name.starts_with("content-"));
    seen.clone_from(&requests[1].headers);
    seen.sort();
    assert_eq!(seen, expected);
    assert_eq!(requests[1].connection, 0, "the connection is used again");
}

#[test]
fn without_a_key_none_is_sent() {
    let server = Server::repeat(Reply::json(200, "{}"));
    let client = Client::new(&Settings { key: None, ..settings(&server.base_url()) }).unwrap();
    ask(&client, LONG).unwrap();
    assert_eq!(server.requests()[0].header("authorization"), None);
}

#[test]
fn an_ipv6_literal_is_an_address_like_another() {
    use std::io::{Read, Write};
    let Ok(listener) = std::net::TcpListener::bind("[::1]:0") else { return };
    let address = listener.local_addr().unwrap();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 34];
        stream.read_exact(&mut head).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        String::from_utf8([&head[..], &rest].concat()).unwrap()
    });
    assert_eq!(ask(&client(&format!("http://{address}/v1")), LONG).unwrap(), "ok");
    let seen = serving.join().unwrap();
    assert!(seen.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{seen}");
    assert!(seen.contains(&format!("host: {address}\r\n")), "{seen}");
}

#[test]
fn time_without_end_is_no_overflow() {
    let server = Server::repeat(Reply::json(200, "ok"));
    let settings = Settings { connect_timeout: Duration::MAX, ..settings(&server.base_url()) };
    assert_eq!(ask(&Client::new(&settings).unwrap(), Duration::MAX).unwrap(), "ok");
    let none = ask(&client(&server.base_url()), Duration::ZERO).unwrap_err();
    assert_eq!((none.kind, none.sent), (Kind::Timeout, false));
}

#[test]
fn settings_that_cannot_be_sent_are_refused() {
    let why = |change: fn(&mut Settings)| {
        let mut settings = settings("https://h/v1");
        change(&mut settings);
        Client::new(&settings).err().map(|why| why.0)
    };
    let some = |text: &str| Some(text.to_owned());
    let what = "holds a line break or a byte that is not ASCII";
    assert_eq!(
        why(|s| s.organization = Some("a\nb".to_owned())),
        Some(format!("the organization {what}"))
    );
    assert_eq!(why(|s| s.project = Some("\0".to_owned())), Some(format!("the project {what}")));
    assert_eq!(why(|s| s.roots = Some(vec![])), some("the CA certificates hold none in PEM"));
    assert_eq!(
        why(|s| s.roots = Some(b"\xff".to_vec())),
        some("the CA certificates hold none in PEM")
    );
    let why_not = "\"ftp\" is no proxy that is known; http, https, socks5 and socks5h are";
    assert_eq!(why(|s| s.proxy.every = Some("ftp://a:b@p".to_owned())), some(why_not));
    let plain = Settings { roots: Some(vec![]), ..settings("http://h/v1") };
    assert!(Client::new(&plain).is_ok(), "without TLS no certificate is read");
}

#[test]
fn a_large_body_goes_out_whole() {
    let server = Server::repeat(Reply::json(200, "{}"));
    let body: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let file = Some(("a.bin".to_owned(), "application/octet-stream"));
    let value = body.clone().into();
    let form = Payload::form(vec![Field { name: "file".into(), file, value }]);
    let method = Method::Post(&form);
    let accept = Accept::Anything;
    let request = Request { method, endpoint: "files", accept, within: LONG };
    send(&client(&server.base_url()), &request).unwrap();
    let seen = &server.requests()[0];
    let start = b"--gpt-form-0000000000000000\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
        content-type: application/octet-stream\r\n\r\n";
    let end = b"\r\n--gpt-form-0000000000000000--\r\n";
    assert!(seen.body == [start, body.as_slice(), end].concat() && seen.whole);
    let content_type = "multipart/form-data; boundary=gpt-form-0000000000000000";
    assert_eq!(seen.header("content-type"), Some(content_type));
    assert_eq!(seen.header("accept"), Some("*/*"));
}

#[test]
fn events_come_as_they_arrive() {
    let gate = Gate::new();
    let server = Server::repeat(Reply::sse(&["1", "2", "[DONE]"]).gated(&gate));
    let response = post(&client(&server.base_url()), Accept::Events, LONG).unwrap();
    assert!(response.is_event_stream());
    let mut events = response.events();
    let mut next = || events.next().map(|event| event.unwrap().data);
    assert_eq!(next().as_deref(), Some("1"), "before the second is sent");
    gate.step();
    assert_eq!(next().as_deref(), Some("2"));
    gate.step();
    assert_eq!(next().as_deref(), Some("[DONE]"));
    assert_eq!(next(), None);
    assert_eq!(next(), None);
    assert_eq!(server.requests()[0].header("accept"), Some("text/event-stream, application/json"));
}

#[test]
fn leaving_a_stream_closes_its_connection() {
    let server = Server::repeat(Reply::flood(b"", b"data: x\n\n", u64::MAX));
    let client = client(&server.base_url());
    let response = post(&client, Accept::Events, LONG).unwrap();
    assert_eq!(response.events().take(3).flatten().count(), 3);
    server.wait_closed(1);
}

#[test]
fn bodies_in_every_framing() {
    for reply in [
        Reply::json(200, "body"),
        Reply::json(201, "body").header("connection", "close"),
        Reply::raw("HTTP/1.1 200\r\n\r\nbody"),
        Reply::raw("HTTP/1.0 200 OK\r\n\r\nbody"),
        Reply::raw("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody"),
        Reply::raw(
            "HTTP/1.1 299 Fine\r\nTransfer-Encoding: CHUNKED\r\n\r\n\
             1\r\nb\r\n3;x=y\r\nody\r\n0\r\nT: x\r\n\r\n",
        ),
        Reply::raw(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n\
             4\r\nbody\r\n0\r\n\r\n",
        ),
        Reply::raw(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbodyrest",
        ),
    ] {
        let server = Server::start(vec![reply]);
        assert_eq!(ask(&client(&server.base_url()), LONG).unwrap(), "body");
    }
    for reply in [
        Reply::raw("HTTP/1.1 204 No Content\r\n\r\n"),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Reply::raw("HTTP/1.1 200 OK\r\n\r\n"),
    ] {
        let server = Server::start(vec![reply]);
        assert_eq!(ask(&client(&server.base_url()), LONG).unwrap(), "");
    }
}

#[test]
fn what_servers_answer_is_told_apart() {
    #[track_caller]
    fn check(status: u16, headers: &[(&str, &str)], body: &str, expected: (Kind, Retry, &str)) {
        let mut reply = Reply::json(status, body);
        for (name, value) in headers {
            reply = reply.header(name, value);
        }
        let server = Server::repeat(reply);
        let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
        let (kind, retry, message) = expected;
        let message = format!("127.0.0.1:PORT answered {message}");
        let sent = matches!(status, 408 | 502 | 504 | 520 | 522 | 524);
        let expected = Told { kind, message, retry, sent };
        assert_eq!(told(&failure, server.address().port()), expected);
        assert_eq!(failure.status, Some(status));
    }
    let wrong = r#"{"error":{"message":"Wrong.","type":"t","param":null,"code":"c"}}"#;
    check(401, &[], wrong, (Kind::Key, Retry::Never, "401: Wrong. [c]"));
    check(
        403,
        &[("x-request-id", "req_1")],
        wrong,
        (Kind::Key, Retry::Never, "403: Wrong. [c] (request req_1)"),
    );
    check(400, &[], wrong, (Kind::Refused, Retry::Never, "400: Wrong. [c]"));
    let lost = "404; is the base URL right? It often ends in /v1";
    check(404, &[], "<html><body>nginx", (Kind::Refused, Retry::Never, lost));
    check(
        422,
        &[],
        r#"{"detail":[{"msg":"field required"}]}"#,
        (Kind::Refused, Retry::Never, r#"422: [{"msg":"field required"}]"#),
    );
    check(413, &[], "too\nlarge\x1b[2J", (Kind::Refused, Retry::Never, "413: too large [2J"));
    check(400, &[], "\u{1f}\u{fffd}", (Kind::Refused, Retry::Never, "400"));
    check(408, &[], "", (Kind::Refused, Retry::Backoff, "408"));
    check(409, &[], "", (Kind::Refused, Retry::Backoff, "409"));
    check(407, &[], "", (Kind::Proxy, Retry::Never, "407"));
    check(429, &[], wrong, (Kind::RateLimited, Retry::Backoff, "429: Wrong. [c]"));
    check(
        429,
        &[("retry-after", "2")],
        "",
        (Kind::RateLimited, Retry::After(Duration::from_secs(2)), "429"),
    );
    check(
        429,
        &[("retry-after", "300")],
        "{}",
        (Kind::RateLimited, Retry::Never, "429: {}; it asks to wait 300 s"),
    );
    check(429, &[("x-should-retry", "false")], "", (Kind::RateLimited, Retry::Never, "429"));
    check(
        429,
        &[("retry-after", "2")],
        r#"{"error":{"message":"No money.","code":"insufficient_quota"}}"#,
        (Kind::RateLimited, Retry::Never, "429: No money. [insufficient_quota]"),
    );
    for status in [500, 502, 503, 504, 520, 521, 522, 524, 599] {
        check(status, &[], "", (Kind::Server, Retry::Backoff, &status.to_string()));
    }
    check(
        503,
        &[("retry-after-ms", "10")],
        "",
        (Kind::Server, Retry::After(Duration::from_millis(10)), "503"),
    );
    check(304, &[], "", (Kind::Refused, Retry::Never, "304"));
    check(300, &[], "", (Kind::Refused, Retry::Never, "300"));
    check(999, &[], "", (Kind::Server, Retry::Backoff, "999"));
}

#[test]
fn an_error_object_is_told_in_full() {
    let body = r#"{"error":{"message":"No such model.","type":"t","param":"model","code":404}}"#;
    let server = Server::repeat(Reply::json(404, body));
    let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
    let error = failure.server.unwrap();
    let fields = (
        error.message.as_str(),
        error.kind.as_deref(),
        error.param.as_deref(),
        error.code.as_deref(),
    );
    assert_eq!(fields, ("No such model.", Some("t"), Some("model"), Some("404")));
}

#[test]
fn a_key_that_the_server_repeats_is_hidden() {
    for body in [
        r#"{"error":{"message":"Bad key sk-secret-1!","type":"sk-secret-1",
            "code":"sk-secret-1","param":"sk-secret-1"}}"#,
        r#"{"error":{"message":"Bad key sk-\u0073ecret-1!"}}"#,
        "Bad key sk-secret-1!",
        &format!("{{\"error\":\"{}sk-secret-1\"}}", "x".repeat(595)),
        r#"{"error":{"sk-secret-1":1}}"#,
    ] {
        let reply = Reply::json(401, body).header("x-request-id", "sk-secret-1");
        let server = Server::repeat(reply);
        let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
        let shown = format!("{failure} {failure:?}");
        assert!(!shown.contains("sk-sec") && shown.contains("***"), "{shown}");
    }
    let server = Server::repeat(Reply::json(200, "{}").header("x-request-id", "a sk-secret-1"));
    let response = post(&client(&server.base_url()), Accept::Json, LONG).unwrap();
    assert_eq!(response.request_id.as_deref(), Some("a ***"));
    let gone = Server::repeat(Reply::redirect(307, "https://sk-secret-1.example.com/"));
    let failure = ask(&client(&gone.base_url()), LONG).unwrap_err();
    assert!(!failure.to_string().contains("sk-secret"), "{failure}");
}
