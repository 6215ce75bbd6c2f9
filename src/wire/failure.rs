//! What can go wrong with one attempt, told so that the caller can choose an exit code, decide
//! about another attempt, and keep its books.

use std::fmt;
use std::time::Duration;

use super::ServerError;

/// An attempt that gave no answer. It prints as one line: what happened, and why.
#[derive(Debug)]
pub struct Failure {
    pub kind: Kind,
    /// What happened and why, without the request id. Holds no key and no control character.
    pub message: String,
    /// The HTTP status, when there was one.
    pub status: Option<u16>,
    /// The server's own error object, when it sent one.
    pub server: Option<Box<ServerError>>,
    pub request_id: Option<String>,
    pub retry: Retry,
    /// Whether the server may have received the request and billed it.
    pub sent: bool,
}

/// What kind of failure it is, as the exit codes tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 401, 403: the key was refused.
    Key,
    /// Another 4xx, or a redirect that is not followed.
    Refused,
    /// 429: too many requests, or no money left.
    RateLimited,
    /// 5xx.
    Server,
    /// The time for everything is over.
    Timeout,
    /// No connection came about: no such host, refused, no route, too slow to connect.
    Connect,
    /// The connection is not to be trusted, or the other side speaks no TLS.
    Tls,
    /// The proxy refused.
    Proxy,
    /// The connection broke off, before the reply or in the middle of it.
    Broken,
    /// What arrived is no HTTP, or more than is read.
    Unreadable,
    /// [`super::Interrupter::interrupt`] was called.
    Interrupted,
}

/// Whether another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// After a wait of our own choosing.
    Backoff,
    /// After the time the server asked for.
    After(Duration),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// A failure of our own making, before anything was sent.
    pub(super) fn new(kind: Kind, retry: Retry, message: String) -> Failure {
        let (status, server, request_id) = (None, None, None);
        Failure { kind, message, status, server, request_id, retry, sent: false }
    }
}
