//! Tests of the room over real sockets on loopback.

use std::time::Duration;

use super::{
    Accept, Client, Failure, Field, Kind, Method, Payload, ProxySettings, Request, Response, Retry,
    Secret, Settings, Url, fetch, send,
};

#[path = "../../tests/it/server.rs"]
mod server;

mod answers;
mod faults;
mod peers;
mod proxies;
mod redirects;
mod tls;

use server::{Gate, Reply, Server, nobody};

/// Long enough for whatever must happen.
const LONG: Duration = Duration::from_secs(60);
/// Long enough for a connection, and soon over.
const SHORT: Duration = Duration::from_millis(300);

fn settings(base: &str) -> Settings {
    Settings {
        base: Url::parse(base).unwrap(),
        key: Some(Secret::key("sk-secret-1").unwrap()),
        organization: None,
        project: None,
        proxy: ProxySettings::default(),
        roots: None,
        connect_timeout: LONG,
    }
}

fn client(base: &str) -> Client {
    Client::new(&settings(base)).unwrap()
}

fn post(client: &Client, accept: Accept, within: Duration) -> Result<Response, Failure> {
    let body = Payload::json("{\"a\":1}".to_owned());
    let method = Method::Post(&body);
    send(client, &Request { method, endpoint: "chat/completions", accept, within })
}

fn get(client: &Client) -> Result<Response, Failure> {
    let (method, accept) = (Method::Get, Accept::Json);
    send(client, &Request { method, endpoint: "models", accept, within: LONG })
}

/// The whole body of a POST's answer, or how it failed.
fn ask(client: &Client, within: Duration) -> Result<String, Failure> {
    let body = post(client, Accept::Json, within)?.whole(1 << 20)?;
    Ok(String::from_utf8(body).unwrap())
}

/// The data of a POST's events, up to the end or a failure.
fn stream(client: &Client, within: Duration) -> (Vec<String>, Option<Failure>) {
    let mut seen = Vec::new();
    match post(client, Accept::Events, within) {
        Err(failure) => (seen, Some(failure)),
        Ok(response) => {
            for event in response.events() {
                match event {
                    Ok(event) => seen.push(event.data),
                    Err(failure) => return (seen, Some(failure)),
                }
            }
            (seen, None)
        }
    }
}

/// What of a failure the caller decides by, with the server's port as `PORT`.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    kind: Kind,
    message: String,
    retry: Retry,
    sent: bool,
}

fn told(failure: &Failure, port: u16) -> Told {
    let message = failure.to_string().replace(&port.to_string(), "PORT");
    Told { kind: failure.kind, message, retry: failure.retry, sent: failure.sent }
}
