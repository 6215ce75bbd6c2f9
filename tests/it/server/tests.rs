//! The server itself, driven by hand over a socket.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{Gate, Reply, Server};

/// Sends the bytes and reads until the server closes.
fn talk(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[track_caller]
fn check(script: Vec<Reply>, request: &str, answer: &str) {
    assert_eq!(talk(&Server::start(script), request), answer);
}

const GET: &str = "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

#[test]
fn replies_are_what_the_script_says() {
    let unscripted = "{\"error\":{\"message\":\"unscripted request\"}}";
    let too_many = format!(
        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{unscripted}",
        unscripted.len()
    );
    let whole = format!("{OK}content-length: 2\r\n\r\n{{}}");
    check(vec![], GET, &too_many);
    check(vec![Reply::json(200, "{}")], GET, &whole);
    check(vec![Reply::json(200, "{}")], &format!("{GET}{GET}"), &format!("{whole}{too_many}"));
    check(vec![Reply::json(200, "{}").cut(20)], &format!("{GET}{GET}"), &whole[..20]);
    check(vec![Reply::raw("HTTP/1.1 204\r\n\r\n")], GET, "HTTP/1.1 204\r\n\r\n");
    check(
        vec![Reply::sse(&["a", "[DONE]"])],
        GET,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
         9\r\ndata: a\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n",
    );
    check(
        vec![Reply::flood(b"<", b"ab", 3)],
        GET,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n\
         1\r\n<\r\n2\r\nab\r\n2\r\nab\r\n2\r\nab\r\n0\r\n\r\n",
    );
}

#[test]
fn requests_are_remembered_even_when_the_client_leaves() {
    let server = Server::repeat(Reply::json(200, "{}"));
    talk(&server, "POST /v1/x?y=1 HTTP/1.1\r\nX-One:  a b \r\nContent-Length: 4\r\n\r\nbody");
    talk(&server, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf");
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    talk(&server, &format!("{chunked}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
    talk(&server, &format!("{chunked}3\r\nabc\r\n2\r\nd"));
    let seen = server.wait_for(4);
    let bodies: Vec<_> = seen.iter().map(|r| (r.text(), r.whole, r.connection)).collect();
    let expected =
        [("body", true), ("half", false), ("abcde", true), ("abcd", false)].into_iter().enumerate();
    let expected: Vec<_> = expected.map(|(i, (body, whole))| (body.to_owned(), whole, i)).collect();
    assert_eq!(bodies, expected);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/v1/x?y=1"));
    assert_eq!(seen[0].header("x-one"), Some("a b"));
}

#[test]
fn replies_wait_at_a_gate() {
    let gate = Gate::new();
    let server = Server::repeat(Reply::json(200, "{}").slow(&gate));
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(|| talk(&server, GET))).collect();
        gate.wait_arrived(8);
        assert!(!clients.iter().any(std::thread::ScopedJoinHandle::is_finished));
        gate.open();
    });
    server.wait_closed(8);
}

#[test]
fn dropping_the_server_lets_go_of_everything() {
    for reply in [
        Reply::hang(),
        Reply::json(200, "{}").stall(30),
        Reply::json(200, "{}").slow(&Gate::new()),
        Reply::sse(&["a", "b"]).gated(&Gate::new()),
        Reply::flood(b"", b"abc", u64::MAX),
    ] {
        let server = Server::repeat(reply);
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(GET.as_bytes()).unwrap();
        server.wait_for(1);
        drop(server);
        let _ = stream.read_to_end(&mut Vec::new());
    }
}
