//! TLS: a private authority, connections that are not to be trusted, and no TLS at all.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use super::peers::{connect_proxy, socks_proxy};
use super::*;

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");
/// For localhost and 127.0.0.1.
const SERVER: &[u8] = include_bytes!("certificates/server.pem");
const ELSEWHERE: &[u8] = include_bytes!("certificates/elsewhere.pem");
const EXPIRED: &[u8] = include_bytes!("certificates/expired.pem");

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A TLS server with this certificate and key that answers every request with the same bytes.
fn tls_server(pem: &[u8], answer: &'static str) -> SocketAddr {
    let certificates = CertificateDer::pem_slice_iter(pem).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            thread::spawn(move || {
                let mut stream = Stream::new(&mut connection, &mut socket);
                let mut request = vec![0; 4096];
                let mut length = 0;
                loop {
                    match stream.read(&mut request[length..]) {
                        Ok(0) | Err(_) => return,
                        Ok(read) => length += read,
                    }
                    // The end of the body that all these tests send, or of a CONNECT.
                    let end = &request[..length];
                    if end.ends_with(b"{\"a\":1}") || end.starts_with(b"CONNECT") {
                        let _ = stream.write_all(answer.as_bytes());
                        length = 0;
                    }
                }
            });
        }
    });
    address
}

fn trusting(base: &str) -> Settings {
    Settings { roots: Some(AUTHORITY.to_vec()), ..settings(base) }
}

#[track_caller]
fn check(settings: &Settings, expected: (Kind, Retry), message: &str) {
    let failure = ask(&Client::new(settings).unwrap(), LONG).unwrap_err();
    let told = failure.to_string().replace(&settings.base.port().to_string(), "PORT");
    assert_eq!(told, message);
    assert_eq!((failure.kind, failure.retry, failure.sent), (expected.0, expected.1, false));
}

const UNTRUSTED: (Kind, Retry) = (Kind::Tls, Retry::Never);

#[test]
fn a_private_authority_is_trusted_when_it_is_named() {
    let address = tls_server(SERVER, OK);
    for host in ["localhost", "127.0.0.1"] {
        let base = format!("https://{host}:{}/v1", address.port());
        let client = Client::new(&trusting(&base)).unwrap();
        assert_eq!(ask(&client, LONG).unwrap(), "ok");
        assert_eq!(ask(&client, LONG).unwrap(), "ok");
        let message = format!(
            "no trusted connection to {host}:PORT: invalid peer certificate: UnknownIssuer"
        );
        check(&settings(&base), UNTRUSTED, &message);
    }
}

#[test]
fn certificates_that_do_not_hold() {
    for (pem, why) in [
        (ELSEWHERE, "certificate not valid for name \"localhost\""),
        (EXPIRED, "certificate expired: "),
    ] {
        let base = format!("https://localhost:{}/v1", tls_server(pem, OK).port());
        let failure = ask(&Client::new(&trusting(&base)).unwrap(), LONG).unwrap_err();
        assert!(failure.message.contains(why), "{failure}");
        assert_eq!((failure.kind, failure.retry, failure.sent), (Kind::Tls, Retry::Never, false));
    }
}

#[test]
fn a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = socket.read(&mut [0; 1024]);
        }
    });
    let message = "no trusted connection to 127.0.0.1:PORT: received corrupt message of type \
                   InvalidContentType; is it an http:// server?";
    check(&trusting(&format!("https://127.0.0.1:{port}")), UNTRUSTED, message);
}

#[test]
fn a_connection_that_ends_in_the_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            let _ = socket.read(&mut [0; 4096]);
        }
    });
    let base = format!("https://127.0.0.1:{port}");
    let message = "no connection to 127.0.0.1:PORT: the other side closed the connection";
    check(&trusting(&base), (Kind::Connect, Retry::Backoff), message);
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", hanging.local_addr().unwrap());
    let settings = Settings { connect_timeout: SHORT, ..trusting(&base) };
    let message = "no connection to 127.0.0.1:PORT: no answer within 0.3 s";
    check(&settings, (Kind::Connect, Retry::Backoff), message);
}

#[test]
fn plain_http_to_a_server_with_tls() {
    let address = tls_server(SERVER, OK);
    let failure = ask(&client(&format!("http://{address}")), LONG).unwrap_err();
    let message = format!("{address} does not speak HTTP: http parse fail: invalid HTTP version");
    assert_eq!((failure.kind, failure.message), (Kind::Unreadable, message));
}

#[test]
fn tls_goes_through_proxies() {
    let address = tls_server(SERVER, OK);
    let base = format!("https://localhost:{}/v1", address.port());
    let tunnel = connect_proxy("HTTP/1.1 200 OK\r\n\r\n", None);
    let guarded = connect_proxy("HTTP/1.1 200 OK\r\n\r\n", Some("YUBiOmM6JQ=="));
    let socks = socks_proxy(0, None);
    for every in [
        format!("http://{}", tunnel.address),
        format!("http://a%40b:c%3A%25@{}", guarded.address),
        format!("socks5h://{}", socks.address),
    ] {
        let proxy = ProxySettings { every: Some(every), ..ProxySettings::default() };
        let client = Client::new(&Settings { proxy: proxy.clone(), ..trusting(&base) }).unwrap();
        assert_eq!(ask(&client, LONG).unwrap(), "ok");
        let client = Client::new(&Settings { proxy, ..settings(&base) }).unwrap();
        assert_eq!(ask(&client, LONG).unwrap_err().kind, Kind::Tls);
    }
    let target = format!("localhost:{}", address.port());
    for (proxy, header) in [(tunnel, ""), (guarded, "Proxy-Authorization: Basic YUBiOmM6JQ==\r\n")]
    {
        let head = format!(
            "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: gpt-cli/{}\r\n\
             Proxy-Connection: Keep-Alive\r\n{header}\r\n",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(proxy.asked(), [head.clone(), head]);
    }
}

#[test]
fn a_proxy_may_itself_be_reached_over_tls() {
    let proxy = tls_server(SERVER, "HTTP/1.1 407 No\r\n\r\n");
    let every = Some(format!("https://alice:s3cret@{proxy}"));
    let proxies = ProxySettings { every, ..ProxySettings::default() };
    let trusted = Settings { proxy: proxies.clone(), ..trusting("http://h:1") };
    let message =
        format!("the proxy https://{proxy} refuses to connect to h:1: it wants other credentials");
    let failure = ask(&Client::new(&trusted).unwrap(), LONG).unwrap_err();
    assert_eq!((failure.kind, failure.message), (Kind::Proxy, message));
    let untrusted = Settings { proxy: proxies, ..settings("http://h:1") };
    assert_eq!(ask(&Client::new(&untrusted).unwrap(), LONG).unwrap_err().kind, Kind::Tls);
}
