//! An answer that has begun: its head is known, its body is read as it comes.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::BodyReader;
use ureq::http::HeaderMap;

use super::allowance::{REQUESTS, TOKENS};
use super::reply::tidy;
use super::send::interrupted;
use super::sse::Parser;
use super::stage::Stage;
use super::{Allowance, Client, Event, Failure, Kind, Retry};

/// How much is read at once.
const PIECE: usize = 16 << 10;

/// A 2xx answer whose body is still to be read. Dropping it before its end closes the connection.
pub struct Response {
    pub status: u16,
    pub request_id: Option<String>,
    headers: HeaderMap,
    body: BodyReader<'static>,
    stage: Stage,
    interrupted: Arc<AtomicBool>,
}

/// Events as they arrive. After a failure or the end comes nothing more.
pub struct Events {
    response: Response,
    parser: Parser,
    ready: VecDeque<Event>,
    buffer: Box<[u8]>,
    ended: bool,
    /// Told behind the events that came before it.
    failure: Option<Failure>,
}

impl Response {
    pub(super) fn new(
        status: u16,
        headers: HeaderMap,
        body: BodyReader<'static>,
        stage: Stage,
        client: &Client,
    ) -> Response {
        let id = headers.get("x-request-id").and_then(|value| value.to_str().ok());
        let request_id = id.map(|id| client.redact(&tidy(id)));
        let interrupted = Arc::clone(&client.interrupted);
        Response { status, request_id, headers, body, stage, interrupted }
    }

    /// A header, by its name in lower case, if it is readable text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the server says it has left for us, in requests and in tokens.
    pub fn allowances(&self) -> [Option<Allowance>; 2] {
        [REQUESTS, TOKENS].map(|headers| Allowance::read(headers, |name| self.header(name)))
    }

    /// Whether the server answers with events (and not, though asked to, with one whole body).
    pub fn is_event_stream(&self) -> bool {
        self.header("content-type")
            .and_then(|value| value.get(..17))
            .is_some_and(|value| value.eq_ignore_ascii_case("text/event-stream"))
    }

    /// The next bytes; 0 is the end of a whole body. A body that is cut off is a failure.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let result = self.body.read(buffer);
        // An interruption looks like the end of a body that has no stated length.
        if !matches!(result, Ok(1..)) && self.interrupted.load(Ordering::SeqCst) {
            return Err(self.failed(interrupted(&self.stage)));
        }
        result.map_err(|error| self.failed(self.stage.failure(error.into())))
    }

    /// The whole body, untouched; a failure when it is longer than `limit` bytes.
    pub fn whole(mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        // Most answers are short: they need not clear the memory of a long one.
        let stated = self.header("content-length").and_then(|length| length.parse().ok());
        let mut buffer = vec![0; stated.unwrap_or(PIECE).clamp(1, PIECE)];
        loop {
            let length = self.read(&mut buffer)?;
            if length == 0 {
                return Ok(body);
            }
            if length > limit - body.len() {
                return Err(self.unreadable(&format!("it is longer than {limit} bytes")));
            }
            body.extend_from_slice(&buffer[..length]);
        }
    }

    /// The body's events, each as soon as it is there.
    pub fn events(self) -> Events {
        Events {
            response: self,
            parser: Parser::default(),
            ready: VecDeque::new(),
            buffer: vec![0; PIECE].into_boxed_slice(),
            ended: false,
            failure: None,
        }
    }

    fn unreadable(&self, why: &str) -> Failure {
        let server = self.stage.address.url.server();
        let message = format!("the reply of {server} is not read: {why}");
        let failure = Failure::new(Kind::Unreadable, Retry::Never, message);
        self.failed(Failure { sent: self.stage.sent, ..failure })
    }

    fn failed(&self, failure: Failure) -> Failure {
        let request_id = self.request_id.clone();
        Failure { status: Some(self.status), request_id, ..failure }
    }
}

impl Events {
    /// Reads once, and hands on what that completes.
    fn advance(&mut self) -> Result<(), Failure> {
        let length = self.response.read(&mut self.buffer)?;
        self.ended = length == 0;
        let parsed = if self.ended {
            self.parser.finish(&mut self.ready)
        } else {
            self.parser.push(&self.buffer[..length], &mut self.ready)
        };
        parsed.map_err(|why| self.response.unreadable(why))
    }
}

impl Iterator for Events {
    type Item = Result<Event, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            if let Err(failure) = self.advance() {
                self.ended = true;
                self.failure = Some(failure);
            }
        }
        let event = self.ready.pop_front().map(Ok);
        event.or_else(|| self.failure.take().map(Err))
    }
}
