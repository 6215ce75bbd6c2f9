//! One attempt to get an answer, on a thread of its own, so that a signal is heard at any moment.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use crate::cmd::request::Request;
use crate::wire::{self, Accept, Allowance, Client, Failure, Method, Payload, Response};

/// What the wire's thread, or a signal, has to say. `W` is an answer that came in one piece.
pub enum Event<W> {
    Began(Option<String>),
    Piece(String),
    Whole(W),
    Ended,
    Failed(Failure),
    Signal(i32),
}

/// Reads an answer that comes in one piece.
pub type Reader<W> = fn(Response) -> Result<W, Failure>;

/// Sends the request; `events` gets what comes of it.
pub fn start<W: Send + 'static>(
    client: &Arc<Client>,
    plan: &impl Request,
    body: &Arc<Payload>,
    read: Reader<W>,
    within: Duration,
    events: SyncSender<Event<W>>,
) {
    let (client, body) = (Arc::clone(client), Arc::clone(body));
    let endpoint = plan.endpoint();
    let accept = if plan.streams() { Accept::Events } else { Accept::Json };
    thread::spawn(move || {
        let method = Method::Post(&body);
        let request = wire::Request { method, endpoint, accept, within };
        // A receiver that is gone has heard enough.
        let _ = match converse(&client, &request, read, &events) {
            Ok(()) => events.send(Event::Ended),
            Err(failed) => events.send(Event::Failed(failed)),
        };
    });
}

/// An answer that came in one piece, and what its head says.
pub struct Heard<W> {
    pub request_id: Option<String>,
    pub allowances: [Option<Allowance>; 2],
    pub whole: W,
}

/// Sends the request from this thread, and reads an answer that comes in one piece.
pub fn here<W>(
    client: &Client,
    plan: &impl Request,
    body: &Payload,
    read: Reader<W>,
    within: Duration,
) -> Result<Heard<W>, Failure> {
    let (method, endpoint) = (Method::Post(body), plan.endpoint());
    let response =
        wire::send(client, &wire::Request { method, endpoint, accept: Accept::Json, within })?;
    let (request_id, allowances) = (response.request_id.clone(), response.allowances());
    Ok(Heard { request_id, allowances, whole: read(response)? })
}

fn converse<W>(
    client: &Client,
    request: &wire::Request<'_>,
    read: Reader<W>,
    events: &SyncSender<Event<W>>,
) -> Result<(), Failure> {
    let response = wire::send(client, request)?;
    let _ = events.send(Event::Began(response.request_id.clone()));
    // Some servers send the one where the other was asked for.
    if !response.is_event_stream() {
        let _ = events.send(Event::Whole(read(response)?));
        return Ok(());
    }
    for event in response.events() {
        if events.send(Event::Piece(event?.data)).is_err() {
            break;
        }
    }
    Ok(())
}
