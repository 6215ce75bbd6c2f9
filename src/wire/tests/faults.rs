//! What servers do wrong: they refuse, hang, break off, lie and flood.

use std::net::{TcpListener, TcpStream};

use super::*;

/// A failure by its caller's measures; in the message the server's address is `HOST`.
#[track_caller]
fn check(failure: Option<Failure>, server: &Server, expected: (Kind, Retry, bool), message: &str) {
    let failure = failure.expect("it fails");
    let told = failure.to_string().replace(&server.address().to_string(), "HOST");
    assert_eq!(told, message);
    assert_eq!((failure.kind, failure.retry, failure.sent), expected);
}

const BROKEN: (Kind, Retry, bool) = (Kind::Broken, Retry::Backoff, true);
const LATE: (Kind, Retry, bool) = (Kind::Timeout, Retry::Never, true);
const UNREADABLE: (Kind, Retry, bool) = (Kind::Unreadable, Retry::Never, true);

#[test]
fn nobody_listens() {
    let base = nobody();
    let port = Url::parse(&base).unwrap().port();
    let failure = ask(&client(&base), LONG).unwrap_err();
    let message = "no connection to 127.0.0.1:PORT: connection refused".to_owned();
    let expected = Told { kind: Kind::Connect, message, retry: Retry::Backoff, sent: false };
    assert_eq!(told(&failure, port), expected);
}

#[test]
fn a_host_that_does_not_exist() {
    let failure = ask(&client("http://no-such-host.invalid"), LONG).unwrap_err();
    assert_eq!((failure.kind, failure.retry, failure.sent), (Kind::Connect, Retry::Backoff, false));
    // Without a network nobody can say so for certain.
    let unknown = "no connection to no-such-host.invalid: the name cannot be looked up: ";
    let message = &failure.message;
    assert!(
        message == "no connection to no-such-host.invalid: no such host"
            || message.starts_with(unknown),
        "{failure}"
    );
}

/// An address that answers no connection: nobody accepts, and the queue is full. Not every kind of
/// kernel minds.
fn silent() -> Option<(TcpListener, Vec<TcpStream>)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, SHORT) {
        queue.push(stream);
        if queue.len() > 5000 {
            return None;
        }
    }
    Some((listener, queue))
}

#[test]
fn an_interruption_before_there_is_a_connection_leaves_nothing_sent() {
    let Some((listener, _queue)) = silent() else { return };
    let base = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::new(&Settings { connect_timeout: SHORT, ..settings(&base) }).unwrap();
    let body = Payload::json("{}".to_owned());
    let (method, accept) = (Method::Post(&body), Accept::Json);
    let request = Request { method, endpoint: "", accept, within: LONG };
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| send(&client, &request).err().unwrap());
        client.interrupter().interrupt();
        // At once, while the attempt goes on.
        assert!(!body.is_sent());
        let failure = asking.join().unwrap();
        assert_eq!((failure.kind, failure.sent), (Kind::Interrupted, false));
    });
}

#[test]
fn a_connection_that_does_not_come_about_in_time() {
    let Some((listener, _queue)) = silent() else { return };
    let address = listener.local_addr().unwrap();
    let base = format!("http://{address}");
    let settings = Settings { connect_timeout: SHORT, ..settings(&base) };
    let failure = ask(&Client::new(&settings).unwrap(), LONG).unwrap_err();
    let message = "no connection to 127.0.0.1:PORT: no answer within 0.3 s".to_owned();
    let expected = Told { kind: Kind::Connect, message, retry: Retry::Backoff, sent: false };
    assert_eq!(told(&failure, address.port()), expected);
    let failure = ask(&client(&base), SHORT).unwrap_err();
    assert_eq!((failure.kind, failure.sent), (Kind::Timeout, false));
}

#[test]
fn a_server_that_hangs_at_any_byte_is_left_in_time() {
    let reply = Reply::json(200, "{\"choices\":[]}");
    let head = reply.wire_len() - 14;
    for at in [0, 1, 10, head - 1, head, head + 1, head + 13] {
        let server = Server::start(vec![reply.clone().stall(at)]);
        let what = if at < head { "no answer" } else { "no complete answer" };
        let failure = ask(&client(&server.base_url()), SHORT).err();
        check(failure, &server, LATE, &format!("{what} from HOST within 0.3 s"));
    }
    let events = Reply::sse(&["1", "2"]);
    for at in [events.wire_len() - 5, events.wire_len() - 1] {
        let server = Server::start(vec![events.clone().stall(at)]);
        let (seen, failure) = stream(&client(&server.base_url()), SHORT);
        assert_eq!(seen, ["1", "2"]);
        check(failure, &server, LATE, "no complete answer from HOST within 0.3 s");
    }
}

#[test]
fn a_server_that_always_sends_a_little_is_left_in_time() {
    // Every read gets something at once, and never is there an event.
    let server = Server::repeat(Reply::flood(b"", b": x\n", u64::MAX));
    let (seen, failure) = stream(&client(&server.base_url()), SHORT);
    assert_eq!(seen, Vec::<String>::new());
    check(failure, &server, LATE, "no complete answer from HOST within 0.3 s");
}

#[test]
fn a_reply_that_is_cut_at_any_byte_is_no_reply() {
    let body = "{\"choices\":[]}";
    for reply in
        [Reply::json(200, body), Reply::pieces(&[&body.as_bytes()[..5], &body.as_bytes()[5..]])]
    {
        let server = Server::answer({
            let reply = reply.clone();
            move |index, _| reply.clone().cut(index)
        });
        let client = client(&server.base_url());
        let whole = reply.wire_len();
        let head = String::from_utf8(whole_bytes(&reply)).unwrap().find("\r\n\r\n").unwrap() + 4;
        for at in 0..=whole {
            let result = ask(&client, LONG);
            // The last line break behind the chunk of length 0 says nothing more.
            if at == whole || at + 2 == whole && head + body.len() < whole {
                assert_eq!(
                    result.as_ref().ok().map(String::as_str),
                    Some(body),
                    "cut at {at} of {whole} {result:?}"
                );
                continue;
            }
            let failure = result.expect_err(&format!("cut at {at} of {whole}"));
            assert_eq!((failure.kind, failure.retry, failure.sent), BROKEN, "{at}: {failure}");
            let told = failure.to_string().replace(&server.address().to_string(), "HOST");
            let expected = if at < head {
                "the connection to HOST broke before a reply came: "
            } else {
                "the reply of HOST broke off: "
            };
            assert!(told.starts_with(expected), "cut at {at} of {whole}: {told}");
        }
    }
}

/// What the server writes for a reply.
fn whole_bytes(reply: &Reply) -> Vec<u8> {
    use std::io::{Read, Write};
    let server = Server::start(vec![reply.clone()]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut bytes = vec![0; reply.wire_len()];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_stream_that_is_cut_gives_what_came_and_then_fails() {
    let reply = Reply::sse(&["1", "2", "[DONE]"]);
    let server = Server::answer({
        let reply = reply.clone();
        move |index, _| reply.clone().cut(index)
    });
    let client = client(&server.base_url());
    for at in 0..reply.wire_len() - 2 {
        let (seen, failure) = stream(&client, LONG);
        assert!(["1", "2", "[DONE]"].iter().zip(&seen).all(|(a, b)| a == b), "{seen:?}");
        let failure = failure.unwrap_or_else(|| panic!("cut at {at}: {seen:?}"));
        assert_eq!((failure.kind, failure.retry, failure.sent), BROKEN, "{at}: {failure}");
    }
}

#[test]
fn events_before_a_bad_one_are_told_before_it() {
    let server = Server::repeat(Reply::pieces(&[b"data: 1\n\ndata: \xff\n\ndata: 2\n\n"]));
    let response = post(&client(&server.base_url()), Accept::Events, LONG).unwrap();
    let mut events = response.events();
    assert_eq!(events.next().map(|event| event.unwrap().data).as_deref(), Some("1"));
    let failure = events.next().and_then(Result::err);
    check(failure, &server, UNREADABLE, "the reply of HOST is not read: an event is not UTF-8");
    assert!(events.next().is_none());
}

#[test]
fn a_length_that_lies_is_found_out() {
    let server = Server::start(vec![Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}")]);
    let failure = ask(&client(&server.base_url()), LONG).err();
    check(
        failure,
        &server,
        BROKEN,
        "the reply of HOST broke off: the other side closed the connection",
    );
    let server =
        Server::start(vec![Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}}}")]);
    assert_eq!(ask(&client(&server.base_url()), LONG).unwrap(), "{}");
    let (nan, two) = ("content-length header not a number", "conflicting content-length headers");
    for (length, why) in [
        ("-1", nan),
        ("x", nan),
        ("18446744073709551616", nan),
        ("1, 2", two),
        ("2\r\nContent-Length: 3", two),
    ] {
        let raw = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{{}}");
        let server = Server::start(vec![Reply::raw(raw)]);
        let failure = ask(&client(&server.base_url()), LONG).err();
        check(failure, &server, UNREADABLE, &format!("HOST does not speak HTTP: {why}"));
    }
}

#[test]
fn a_reply_that_is_packed_is_not_understood() {
    let packed = Reply::new(200, "application/json", [0x1f, 0x8b, 8]);
    for (encoding, read) in [("gzip", false), ("br", false), ("identity", true), ("", true)] {
        let server = Server::repeat(packed.clone().header("content-encoding", encoding));
        let whole = post(&client(&server.base_url()), Accept::Json, LONG);
        let Some(failure) = whole.and_then(|response| response.whole(3)).err() else {
            assert!(read, "{encoding}");
            continue;
        };
        assert!(!read, "{encoding}");
        let message = format!(
            "the reply of HOST is not read: it is packed with {encoding}, which was not asked for"
        );
        check(Some(failure), &server, UNREADABLE, &message);
    }
}

#[test]
fn nonsense_is_no_reply() {
    let version = "http parse fail: invalid HTTP version";
    for (raw, why) in [
        (&b"SSH-2.0-OpenSSH_9.9\r\n"[..], version),
        (b"\x15\x03\x01\x00\x02\x02\x46", version),
        (b"\0\0\0\0\0\0\0\0", version),
        (b"HTTP/2 200 OK\r\n\r\n", version),
        (b"HTTP/1.1 099 Low\r\n\r\n", "http parse fail: invalid status code: 099"),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "http parse fail: invalid header value"),
        (b"HTTP/1.1 200 OK\r\n: x\r\n\r\n", "http parse fail: invalid header name"),
    ] {
        let server = Server::start(vec![Reply::raw(raw)]);
        let failure = ask(&client(&server.base_url()), LONG).err();
        check(failure, &server, UNREADABLE, &format!("HOST does not speak HTTP: {why}"));
    }
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let length = "chunk length cannot be read as a number";
    for (bad, why) in [
        ("zz\r\n{}\r\n0\r\n\r\n", length),
        ("-1\r\n", length),
        ("ffffffffffffffffff\r\n{}", length),
        ("2\r\n{}xx0\r\n\r\n", "chunk expected crlf as next character"),
    ] {
        let server = Server::start(vec![Reply::raw(format!("{chunks}{bad}"))]);
        let failure = ask(&client(&server.base_url()), LONG).err();
        check(failure, &server, BROKEN, &format!("the reply of HOST broke off: {why}"));
    }
}

#[test]
fn floods_are_cut_off() {
    let too_long = "the reply of HOST has a head that is too long";
    let many = "HOST does not speak HTTP: http parse resulted in too many headers";
    let long_head = format!("HTTP/1.1 200 OK\r\nx: {}", "a".repeat(10_000_000));
    let many_headers = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(200));
    for (raw, expected, message) in
        [(long_head, UNREADABLE, too_long), (many_headers, UNREADABLE, many)]
    {
        let server = Server::start(vec![Reply::raw(raw)]);
        let failure = ask(&client(&server.base_url()), LONG).err();
        check(failure, &server, expected, message);
    }
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100_000);
    let server = Server::start(vec![Reply::raw(hints)]);
    let failure = ask(&client(&server.base_url()), LONG).unwrap_err();
    // By how much of it comes at once.
    assert!(matches!(failure.kind, Kind::Unreadable | Kind::Broken), "{failure}");
    let server = Server::repeat(Reply::flood(b"", "x".repeat(1 << 16).as_bytes(), u64::MAX));
    let client = client(&server.base_url());
    check(
        ask(&client, LONG).err(),
        &server,
        UNREADABLE,
        "the reply of HOST is not read: it is longer than 1048576 bytes",
    );
    let (seen, failure) = stream(&client, LONG);
    assert_eq!(seen.len(), 0);
    check(
        failure,
        &server,
        UNREADABLE,
        "the reply of HOST is not read: an event is longer than 64 MiB",
    );
    let server =
        Server::repeat(Reply::raw(format!("HTTP/1.1 500 No\r\n\r\n{}", "x".repeat(1 << 20))));
    let failure = ask(&self::client(&server.base_url()), LONG).unwrap_err();
    assert_eq!(failure.message.chars().filter(|c| *c == 'x').count(), 600);
}

#[test]
fn a_body_may_be_as_long_as_its_limit() {
    let server = Server::repeat(Reply::json(200, &"x".repeat(100_000)));
    let client = client(&server.base_url());
    let whole =
        |limit| post(&client, Accept::Json, LONG).unwrap().whole(limit).map(|body| body.len());
    assert_eq!(whole(100_000).unwrap(), 100_000);
    assert_eq!(whole(usize::MAX).unwrap(), 100_000);
    assert_eq!(whole(99_999).unwrap_err().kind, Kind::Unreadable);
    assert_eq!(whole(0).unwrap_err().kind, Kind::Unreadable);
}

#[test]
fn a_request_is_billed_only_once_it_has_left() {
    let gone = Server::repeat(Reply::raw(""));
    let failure = ask(&client(&gone.base_url()), LONG).unwrap_err();
    assert_eq!((failure.kind, failure.retry, failure.sent), BROKEN);
    let asked = get(&client(&gone.base_url())).err().unwrap();
    assert_eq!((asked.kind, asked.sent), (Kind::Connect, false));
}

#[test]
fn an_interruption_ends_what_is_under_way_and_all_that_follows() {
    let gate = Gate::new();
    let whole = Reply::json(200, "{}");
    let before = whole.clone().slow(&gate);
    let inside = whole.clone().stall(whole.wire_len() - 1);
    let endless = Reply::raw("HTTP/1.1 200 OK\r\n\r\n{}");
    let unbounded = endless.clone().stall(endless.wire_len());
    for reply in [before, inside, unbounded] {
        let server = Server::start(vec![reply]);
        let client = client(&server.base_url());
        let interrupter = client.interrupter();
        let failure = std::thread::scope(|scope| {
            let asking = scope.spawn(|| ask(&client, LONG).err());
            server.wait_for(1);
            interrupter.interrupt();
            asking.join().unwrap()
        });
        let expected = (Kind::Interrupted, Retry::Never, true);
        check(failure, &server, expected, "the request to HOST was interrupted");
        let later = ask(&client, LONG).err();
        let expected = (Kind::Interrupted, Retry::Never, false);
        check(later, &server, expected, "the request to HOST was interrupted");
        assert_eq!(server.requests().len(), 1);
    }
}
