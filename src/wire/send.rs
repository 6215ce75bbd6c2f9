//! One attempt: a request goes out once, and its answer comes back to be read.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ureq::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use ureq::http::{self, HeaderMap, Uri};
use ureq::{Body, SendBody};

use super::address::Address;
use super::payload::Piece;
use super::reply::tidy;
use super::response::Response;
use super::stage::Stage;
use super::{Client, Failure, Kind, Payload, Retry, Url};

/// How many redirects are followed.
pub(super) const MOST_REDIRECTS: usize = 5;
/// As good as for ever, and still a time that clocks can tell.
pub(super) const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How much of a refusal's body is read.
const LONGEST_REFUSAL: u64 = 64 << 10;

/// One request to an endpoint under the client's base URL.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub method: Method<'a>,
    /// Such as `chat/completions`; it may end in a query of its own.
    pub endpoint: &'a str,
    pub accept: Accept,
    /// The time for everything, up to the last byte of the answer.
    pub within: Duration,
}

#[derive(Clone, Copy)]
pub enum Method<'a> {
    Get,
    Post(&'a Payload),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    Json,
    Events,
    Anything,
}

/// Sends once, with the key, and follows redirects within the origin. Whatever does not end in a
/// 2xx is a failure.
pub fn send(client: &Client, request: &Request<'_>) -> Result<Response, Failure> {
    let deadline = Instant::now() + request.within.min(YEAR);
    let mut address = client.last.under(&client.base, request.endpoint)?;
    for _ in 0..=MOST_REDIRECTS {
        match attempt(client, request, &address, deadline)? {
            Outcome::Answer(response) => return Ok(*response),
            Outcome::Redirect(to) if to.same_origin(&address.url) => address = Address::new(to)?,
            Outcome::Redirect(to) => {
                let message = format!(
                    "{} redirects to {}, where neither key nor prompt follow; \
                     set the base URL to it if that is right",
                    address.url.server(),
                    to.origin()
                );
                return Err(refused(client.redact(&message)));
            }
        }
    }
    let server = address.url.server();
    Err(refused(format!("{server} redirects more than {MOST_REDIRECTS} times")))
}

pub(super) enum Outcome {
    Answer(Box<Response>),
    Redirect(Url),
}

pub(super) fn refused(message: String) -> Failure {
    Failure::new(Kind::Refused, Retry::Never, message)
}

/// One exchange with one address.
pub(super) fn attempt(
    client: &Client,
    request: &Request<'_>,
    address: &Arc<Address>,
    deadline: Instant,
) -> Result<Outcome, Failure> {
    let url = &address.url;
    let mut stage = Stage {
        address: Arc::clone(address),
        proxy: client.proxy.clone(),
        within: request.within,
        connect_timeout: client.connect_timeout,
        sent: false,
        answered: false,
    };
    let result = exchange(client, request, &address.uri, deadline);
    stage.sent = match request.method {
        Method::Get => false,
        Method::Post(payload) => payload.is_sent(),
    };
    let (head, body) = match result {
        Ok(response) => response.into_parts(),
        Err(_) if client.is_interrupted() => return Err(interrupted(&stage)),
        Err(error) => return Err(stage.failure(error)),
    };
    stage.answered = true;
    let status = head.status.as_u16();
    if let Some(location) = redirection(status, &head.headers) {
        let to = url
            .redirected(location)
            .map_err(|error| refused(format!("{} redirects to nowhere: {error}", url.server())))?;
        // What would turn our POST into a GET is not followed.
        if matches!(request.method, Method::Get) || matches!(status, 307 | 308) {
            return Ok(Outcome::Redirect(to));
        }
        let message = format!(
            "{} answered {status}: what was asked is at {to}; is the base URL right?",
            url.server()
        );
        return Err(refused(client.redact(&message)));
    }
    if (200..300).contains(&status) {
        if let Some(encoding) = encoding(&head.headers) {
            return Err(stage.encoded(&encoding));
        }
        let reader = body.into_reader();
        let response = Response::new(status, head.headers, reader, stage, client);
        return Ok(Outcome::Answer(Box::new(response)));
    }
    let reader = body.into_reader();
    let mut words = Vec::new();
    // The status is the answer. Should its explanation break off, what came of it has to do.
    let _ = reader.take(LONGEST_REFUSAL).read_to_end(&mut words);
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    Err(stage.refusal(status, header, &words, client.key.as_ref()))
}

pub(super) fn interrupted(stage: &Stage) -> Failure {
    let message = format!("the request to {} was interrupted", stage.address.url.server());
    Failure { sent: stage.sent, ..Failure::new(Kind::Interrupted, Retry::Never, message) }
}

fn exchange(
    client: &Client,
    request: &Request<'_>,
    uri: &Uri,
    deadline: Instant,
) -> Result<http::Response<Body>, ureq::Error> {
    let accept = match request.accept {
        Accept::Json => "application/json",
        // A server that refuses says so in JSON.
        Accept::Events => "text/event-stream, application/json",
        Accept::Anything => "*/*",
    };
    let mut headers = client.headers.clone();
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    // Taken last, so that the time it took to come here counts.
    let left = || Some(deadline.saturating_duration_since(Instant::now()));
    match request.method {
        Method::Get => {
            let request = message(http::Method::GET, uri, headers, ());
            let request = client.agent.configure_request(request).timeout_global(left()).build();
            client.agent.run(request)
        }
        Method::Post(payload) => {
            payload.sent.store(false, Ordering::SeqCst);
            let mut outgoing = Outgoing { client, payload, rest: &payload.pieces, read: 0 };
            match &payload.content_type {
                Cow::Borrowed("") => None,
                Cow::Borrowed(kind) => headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind)),
                Cow::Owned(kind) => {
                    let kind = HeaderValue::from_str(kind).map_err(http::Error::from)?;
                    headers.insert(CONTENT_TYPE, kind)
                }
            };
            headers.insert(CONTENT_LENGTH, payload.len().into());
            let body = SendBody::from_reader(&mut outgoing);
            let request = message(http::Method::POST, uri, headers, body);
            let request = client.agent.configure_request(request).timeout_global(left()).build();
            client.agent.run(request)
        }
    }
}

fn message<B>(method: http::Method, uri: &Uri, headers: HeaderMap, body: B) -> http::Request<B> {
    let mut request = http::Request::new(body);
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) =
        (method, uri.clone(), headers);
    request
}

/// A request's body that notes when the first of it is taken: by then the connection stands and
/// the head is out, and from then on the server may have all of it.
struct Outgoing<'a> {
    client: &'a Client,
    payload: &'a Payload,
    rest: &'a [Piece],
    /// How much of the first piece has been taken.
    read: u64,
}

impl Read for Outgoing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Whoever interrupts looks behind the interruption whether it was sent; here it is the
        // other way round. So one of the two sees the other.
        if !self.payload.sent.swap(true, Ordering::SeqCst) && self.client.is_interrupted() {
            self.payload.sent.store(false, Ordering::SeqCst);
            return Err(io::ErrorKind::NotConnected.into());
        }
        while let [piece, rest @ ..] = self.rest {
            let length = piece.read(self.read, buffer)?;
            if length > 0 || buffer.is_empty() {
                self.read += length as u64;
                return Ok(length);
            }
            (self.rest, self.read) = (rest, 0);
        }
        Ok(0)
    }
}

/// Where to go instead.
fn redirection(status: u16, headers: &HeaderMap) -> Option<&str> {
    let redirects = matches!(status, 301 | 302 | 303 | 307 | 308);
    headers.get("location").filter(|_| redirects)?.to_str().ok()
}

/// What the body was packed with, although nobody asked for that.
fn encoding(headers: &HeaderMap) -> Option<String> {
    let encoding = tidy(&String::from_utf8_lossy(headers.get(CONTENT_ENCODING)?.as_bytes()));
    Some(encoding).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"))
}
