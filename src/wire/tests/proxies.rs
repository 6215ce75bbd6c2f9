//! Proxies: with and without credentials, refusing, broken, and never mistaken for the server.

use super::peers::{Peer, connect_proxy, socks_proxy};
use super::*;

const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

/// A client of `base` behind the proxy `scheme://[userinfo@]address`.
fn behind(peer: &Peer, scheme: &str, userinfo: &str, base: &str) -> Client {
    let every = Some(format!("{scheme}://{userinfo}{}", peer.address));
    let proxy = ProxySettings { every, ..ProxySettings::default() };
    Client::new(&Settings { proxy, ..settings(base) }).unwrap()
}

/// A failure on the way to `h:1` through the proxy, which is `PROXY` in the message.
#[track_caller]
fn check_refused(
    peer: &Peer,
    scheme: &str,
    userinfo: &str,
    expected: (Kind, Retry),
    message: &str,
) {
    // Plain http needs no tunnel of an http proxy.
    let base = if scheme == "http" { "https://h:1" } else { "http://h:1" };
    let failure = ask(&behind(peer, scheme, userinfo, base), LONG).unwrap_err();
    let shown = format!("{failure} {failure:?}");
    assert!(!shown.contains("alice") && !shown.contains("s3cret"), "{shown}");
    let told = failure.to_string().replace(&peer.address.to_string(), "PROXY");
    assert_eq!(told, message);
    assert_eq!((failure.kind, failure.retry), expected);
    assert!(!failure.sent);
}

#[test]
fn plain_http_is_given_to_the_proxy_as_it_is() {
    for (userinfo, credentials) in [
        ("", None),
        ("alice:s3cret@", Some("Basic YWxpY2U6czNjcmV0")),
        ("a%40b:c%3A%25@", Some("Basic YUBiOmM6JQ==")),
        ("alice@", Some("Basic YWxpY2U6")),
    ] {
        let server = Server::repeat(Reply::json(200, "ok"));
        let every = Some(format!("http://{userinfo}{}", server.address()));
        let proxy = ProxySettings { every, ..ProxySettings::default() };
        let base = "http://no-such-host.invalid:81/v1?a=b";
        let client = Client::new(&Settings { proxy, ..settings(base) }).unwrap();
        assert_eq!(ask(&client, LONG).unwrap(), "ok");
        assert_eq!(ask(&client, LONG).unwrap(), "ok");
        assert_eq!(get(&client).unwrap().whole(2).unwrap(), b"ok");
        let requests = server.requests();
        let asked = |place: usize| (requests[place].method.as_str(), requests[place].path.as_str());
        let posted = ("POST", "http://no-such-host.invalid:81/v1/chat/completions?a=b");
        assert_eq!((asked(0), asked(1)), (posted, posted));
        assert_eq!(asked(2), ("GET", "http://no-such-host.invalid:81/v1/models?a=b"));
        for request in &requests {
            assert_eq!(request.header("host"), Some("no-such-host.invalid:81"));
            assert_eq!(request.header("proxy-authorization"), credentials);
            assert_eq!(request.header("authorization"), Some("Bearer sk-secret-1"));
        }
        assert_eq!(requests[1].text(), "{\"a\":1}");
    }
}

#[test]
fn a_proxy_that_refuses_is_not_a_server_that_refuses_the_key() {
    let proxy = (Kind::Proxy, Retry::Never);
    let connect = (Kind::Connect, Retry::Backoff);
    let refuses = |why| format!("the proxy http://PROXY refuses to connect to h:1: {why}");
    let fails = |why| format!("no connection to h:1 through the proxy http://PROXY: {why}");
    let guarded = connect_proxy(ESTABLISHED, Some("YWxpY2U6czNjcmV0"));
    for userinfo in ["", "alice:wrong@"] {
        check_refused(&guarded, "http", userinfo, proxy, &refuses("it wants other credentials"));
    }
    for (answer, expected, message) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", proxy, refuses("it does not allow the connection")),
        ("HTTP/1.1 400 Bad\r\n\r\n", proxy, refuses("it answers 400")),
        ("HTTP/1.1 302 Login\r\nLocation: /\r\n\r\n", proxy, refuses("it answers 302")),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", connect, fails("the proxy says 502")),
        ("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\n\r\n", connect, fails("the proxy says 503")),
        ("HTTP/1.1 429 Slow\r\n\r\n", connect, fails("the proxy says 429")),
        ("HTTP/1.1 2", connect, fails("the proxy does not answer")),
        ("", connect, fails("the proxy does not answer")),
    ] {
        check_refused(&connect_proxy(answer, None), "http", "alice:s3cret@", expected, &message);
    }
}

#[test]
fn what_the_proxy_refuses_is_told_from_what_the_server_refuses() {
    let refused = |why| format!("the proxy PROXY refuses to connect to h:1: {why}");
    let (credentials, ruled_out) =
        (refused("it wants other credentials"), refused("it does not allow the connection"));
    let either = |status| format!("h:1 or the proxy PROXY answered {status}");
    let (asks, via) = (("www-authenticate", "Basic realm=\"x\""), ("via", "1.1 proxy"));
    let wrong = r#"{"error":{"message":"Wrong."}}"#;
    let wrong_key = "h:1 answered 401: Wrong.".to_owned();
    for (status, headers, body, kind, message) in [
        (407, &[][..], "", Kind::Proxy, credentials.clone()),
        (401, &[asks], "<html>", Kind::Proxy, credentials),
        (401, &[asks, via], "<html>", Kind::Key, either(401)),
        (401, &[asks], wrong, Kind::Key, wrong_key),
        (401, &[], "", Kind::Key, either(401)),
        (403, &[("x-squid-error", "ERR_ACCESS_DENIED 0")], "<html>", Kind::Proxy, ruled_out),
        (403, &[via], "", Kind::Key, either(403)),
        (500, &[], "<html>", Kind::Server, either(500)),
    ] {
        let reply = headers
            .iter()
            .fold(Reply::json(status, body), |reply, (name, value)| reply.header(name, value));
        let server = Server::repeat(reply);
        let proxy = format!("http://{}", server.address());
        let proxies = ProxySettings { every: Some(proxy.clone()), ..ProxySettings::default() };
        let client = Client::new(&Settings { proxy: proxies, ..settings("http://h:1") }).unwrap();
        let failure = ask(&client, LONG).unwrap_err();
        let told = failure.to_string().replace(&proxy, "PROXY");
        assert_eq!((failure.kind, failure.status, told), (kind, Some(status), message));
        assert!(!failure.sent);
    }
}

#[test]
fn a_proxy_that_is_not_there_or_hangs() {
    let closed = Url::parse(&nobody()).unwrap();
    for scheme in ["http", "socks5", "socks5h"] {
        let every = Some(format!("{scheme}://alice:s3cret@{}", closed.server()));
        let proxy = ProxySettings { every, ..ProxySettings::default() };
        let client = Client::new(&Settings { proxy, ..settings("http://127.0.0.1:1") }).unwrap();
        let failure = ask(&client, LONG).unwrap_err();
        let proxy = format!("{scheme}://{}", closed.server());
        let message =
            format!("no connection to 127.0.0.1:1 through the proxy {proxy}: connection refused");
        assert_eq!(failure.to_string(), message);
        assert_eq!(
            (failure.kind, failure.retry, failure.sent),
            (Kind::Connect, Retry::Backoff, false)
        );
    }
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for scheme in ["http", "socks5h", "https"] {
        let every = Some(format!("{scheme}://{}", hanging.local_addr().unwrap()));
        let proxy = ProxySettings { every, ..ProxySettings::default() };
        let connect_timeout = SHORT;
        let settings = Settings { proxy, connect_timeout, ..settings("https://h:1") };
        let failure = ask(&Client::new(&settings).unwrap(), LONG).unwrap_err();
        assert!(failure.message.ends_with(": no answer within 0.3 s"), "{scheme}: {failure}");
        assert_eq!(
            (failure.kind, failure.retry, failure.sent),
            (Kind::Connect, Retry::Backoff, false)
        );
    }
}

#[test]
fn socks5_looks_names_up_here_and_socks5h_there() {
    let server = Server::repeat(Reply::json(200, "ok"));
    let port = server.address().port();
    let base = format!("http://localhost:{port}/v1");
    for (credentials, userinfo, given) in [
        (None, "", ""),
        (None, "alice:s3cret@", ""),
        (Some(("alice", "s3cret")), "alice:s3cret@", "alice:s3cret"),
        (Some(("a@b", "c:%")), "a%40b:c%3A%25@", "a@b:c:%"),
    ] {
        let peer = socks_proxy(0, credentials);
        assert_eq!(ask(&behind(&peer, "socks5h", userinfo, &base), LONG).unwrap(), "ok");
        assert_eq!(peer.asked(), [format!("{given}@ localhost:{port}")]);
    }
    let peer = socks_proxy(0, None);
    let base = server.base_url();
    assert_eq!(ask(&behind(&peer, "socks5", "", &base), LONG).unwrap(), "ok");
    assert_eq!(ask(&behind(&peer, "socks5h", "", &base), LONG).unwrap(), "ok");
    let asked = format!("@ 127.0.0.1:{port}");
    assert_eq!(peer.asked(), [asked.clone(), asked]);
    let failure =
        ask(&behind(&peer, "socks5", "", "http://no-such-host.invalid"), LONG).unwrap_err();
    assert_eq!((failure.kind, failure.sent), (Kind::Connect, false));
    assert_eq!(peer.asked().len(), 2);
}

#[test]
fn a_socks_proxy_that_refuses() {
    let proxy = (Kind::Proxy, Retry::Never);
    let connect = (Kind::Connect, Retry::Backoff);
    let refuses = |why| format!("the proxy socks5h://PROXY refuses to connect to h:1: {why}");
    let fails = |why| format!("no connection to h:1 through the proxy socks5h://PROXY: {why}");
    let guarded = socks_proxy(0, Some(("alice", "s3cret")));
    check_refused(&guarded, "socks5h", "", proxy, &refuses("no acceptable auth methods"));
    let wrong = refuses("password authentication failed");
    check_refused(&guarded, "socks5h", "alice:wrong@", proxy, &wrong);
    check_refused(&guarded, "socks5h", "alice@", proxy, &refuses("invalid password"));
    for (code, expected, message) in [
        (1, connect, fails("general SOCKS server failure")),
        (2, proxy, refuses("connection not allowed by ruleset")),
        (3, connect, fails("network unreachable")),
        (4, connect, fails("host unreachable")),
        (5, connect, fails("connection refused")),
        (6, connect, fails("TTL expired")),
        (7, proxy, refuses("command not supported")),
        (8, proxy, refuses("address kind not supported")),
        (9, connect, fails("unknown error")),
    ] {
        check_refused(&socks_proxy(code, None), "socks5h", "", expected, &message);
    }
}

#[test]
fn a_proxy_of_another_kind() {
    let socks = Server::repeat(Reply::raw(b"\x05\xff"));
    let every = Some(format!("http://{}", socks.address()));
    let proxy = ProxySettings { every, ..ProxySettings::default() };
    let client = Client::new(&Settings { proxy, ..settings("https://h:1") }).unwrap();
    let failure = ask(&client, LONG).unwrap_err();
    let message = format!(
        "h:1 or the proxy http://{} does not speak HTTP: http parse fail: invalid HTTP version",
        socks.address()
    );
    assert_eq!((failure.kind, failure.message, failure.sent), (Kind::Unreadable, message, false));
    let tunnel = Server::repeat(Reply::raw("HTTP/1.1 400 Bad Request\r\n\r\n"));
    let every = Some(format!("socks5h://{}", tunnel.address()));
    let proxy = ProxySettings { every, ..ProxySettings::default() };
    let client = Client::new(&Settings { proxy, ..settings("http://h:1") }).unwrap();
    let failure = ask(&client, SHORT).unwrap_err();
    assert_eq!((failure.kind, failure.sent), (Kind::Timeout, false));
}

#[test]
fn hosts_that_are_excepted_are_reached_directly() {
    let server = Server::repeat(Reply::json(200, "ok"));
    let peer = connect_proxy("HTTP/1.1 403 No\r\n\r\n", None);
    let (every, except) =
        (Some(format!("http://{}", peer.address)), Some("127.0.0.0/8".to_owned()));
    let proxy = ProxySettings { every, except, ..ProxySettings::default() };
    let client = Client::new(&Settings { proxy, ..settings(&server.base_url()) }).unwrap();
    assert_eq!(ask(&client, LONG).unwrap(), "ok");
}
