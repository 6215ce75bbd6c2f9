//! Turns what the HTTP library reports, and what a server answers, into failures of ours.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ureq::{Error, Timeout};

use super::address::Address;
use super::proxy::Protocol;
use super::reply::tidy;
use super::retry::advice;
use super::{Failure, Kind, Proxy, Retry, Secret, ServerError};

/// Where an attempt had come to when it failed.
#[derive(Clone)]
pub(super) struct Stage {
    pub address: Arc<Address>,
    pub proxy: Option<Arc<Proxy>>,
    pub within: Duration,
    pub connect_timeout: Duration,
    /// The first byte of the request's body has left.
    pub sent: bool,
    /// The head of the reply has come.
    pub answered: bool,
}

/// How the HTTP library's SOCKS client says that the proxy, not the server behind it, refuses.
const SOCKS_REFUSALS: [&str; 11] = [
    "no acceptable auth methods",
    "unknown auth method",
    "password authentication failed",
    "invalid username",
    "invalid password",
    "connection not allowed by ruleset",
    "command not supported",
    "address kind not supported",
    "unsupported address type",
    "invalid response version",
    "invalid reserved byte",
];

const OTHER_CREDENTIALS: &str = "it wants other credentials";
const NOT_ALLOWED: &str = "it does not allow the connection";
const NO_SUCH_HOST: &str = "no such host";

type Verdict = (Kind, Retry, String);

impl Stage {
    /// What an error of the HTTP library means at this stage.
    pub(super) fn failure(&self, error: Error) -> Failure {
        let server = self.address.url.server();
        let (kind, retry, message) = match error {
            Error::Timeout(Timeout::Resolve | Timeout::Connect)
                if self.connect_timeout < self.within =>
            {
                self.unconnected(&format!("no answer within {}", seconds(self.connect_timeout)))
            }
            Error::Timeout(_) => {
                let what = if self.answered { "no complete answer" } else { "no answer" };
                let message = format!("{what} from {server} within {}", seconds(self.within));
                (Kind::Timeout, Retry::Never, message)
            }
            Error::HostNotFound => self.unconnected(NO_SUCH_HOST),
            Error::Io(error) => self.io_failure(&error),
            Error::ConnectProxyFailed(why) => self.tunnel_failure(&why),
            Error::Tls(why) => self.untrusted(why),
            Error::Rustls(error) => self.untrusted(&error.to_string()),
            Error::Protocol(error) if self.answered => self.broken(&tidy(&error.to_string())),
            Error::Protocol(error) => {
                let who = match &self.proxy {
                    Some(proxy) if !self.sent || proxy.forwards(&self.address.url) => {
                        format!("{server} or the proxy {proxy}")
                    }
                    _ => server,
                };
                let why = tidy(&error.to_string());
                (Kind::Unreadable, Retry::Never, format!("{who} does not speak HTTP: {why}"))
            }
            Error::LargeResponseHeader(..) => {
                let message = format!("the reply of {server} has a head that is too long");
                (Kind::Unreadable, Retry::Never, message)
            }
            Error::BodyStalled => self.broken("it ended too early"),
            other => {
                let message = tidy(&format!("the request to {server} failed: {other}"));
                (Kind::Unreadable, Retry::Never, message)
            }
        };
        Failure { sent: self.sent, ..Failure::new(kind, retry, message) }
    }

    /// A reply that nobody here can unpack.
    pub(super) fn encoded(&self, encoding: &str) -> Failure {
        let message = format!(
            "the reply of {} is not read: it is packed with {encoding}, which was not asked for",
            self.address.url.server()
        );
        Failure { sent: self.sent, ..Failure::new(Kind::Unreadable, Retry::Never, message) }
    }

    fn io_failure(&self, error: &io::Error) -> Verdict {
        let cause = error.get_ref();
        if let Some(tls) = cause.and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
            return self.untrusted(&tls.to_string());
        }
        let why = words(error);
        if self.sent || self.answered {
            self.broken(&why)
        } else if self.is_over_socks() && SOCKS_REFUSALS.contains(&why.as_str()) {
            self.proxy_refuses(&why)
        } else {
            self.unconnected(&why)
        }
    }

    /// The library tells only the status of a proxy's answer, as `proxy server responded 407/407`.
    /// Some proxies answer 401 where 407 is meant: the key has nothing to do with it.
    fn tunnel_failure(&self, why: &str) -> Verdict {
        let status = why.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 3);
        match status {
            Some("401" | "407") => self.proxy_refuses(OTHER_CREDENTIALS),
            Some("403") => self.proxy_refuses(NOT_ALLOWED),
            Some(status @ ("408" | "429")) => self.unconnected(&format!("the proxy says {status}")),
            Some(status) if status.starts_with('5') => {
                self.unconnected(&format!("the proxy says {status}"))
            }
            Some(status) => self.proxy_refuses(&format!("it answers {status}")),
            None => self.unconnected("the proxy does not answer"),
        }
    }

    fn proxy_refuses(&self, why: &str) -> Verdict {
        let proxy = self.proxy.as_ref().map(ToString::to_string).unwrap_or_default();
        let message =
            format!("the proxy {proxy} refuses to connect to {}: {why}", self.address.url.server());
        (Kind::Proxy, Retry::Never, message)
    }

    fn unconnected(&self, why: &str) -> Verdict {
        let server = self.address.url.server();
        let message = match &self.proxy {
            Some(proxy) => format!("no connection to {server} through the proxy {proxy}: {why}"),
            None => format!("no connection to {server}: {why}"),
        };
        (Kind::Connect, Retry::Backoff, message)
    }

    fn untrusted(&self, why: &str) -> Verdict {
        let server = self.address.url.server();
        // What answers is not TLS.
        let advice =
            if why.contains("InvalidContentType") { "; is it an http:// server?" } else { "" };
        let message = format!("no trusted connection to {server}: {}{advice}", tidy(why));
        (Kind::Tls, Retry::Never, message)
    }

    fn broken(&self, why: &str) -> Verdict {
        let server = self.address.url.server();
        let message = if self.answered {
            format!("the reply of {server} broke off: {why}")
        } else {
            format!("the connection to {server} broke before a reply came: {why}")
        };
        (Kind::Broken, Retry::Backoff, message)
    }

    fn is_over_socks(&self) -> bool {
        let protocol = self.proxy.as_ref().map(|proxy| proxy.protocol);
        matches!(protocol, Some(Protocol::Socks5 | Protocol::Socks5h))
    }

    /// Why the proxy itself refuses a request that it was to pass on, if an answer is its own. Some
    /// proxies say 401 where 407 is meant; what they pass on bears their mark, `Via`.
    fn own_refusal<'a>(
        &self,
        status: u16,
        header: impl Fn(&str) -> Option<&'a str>,
        error: Option<&ServerError>,
    ) -> Option<&'static str> {
        self.proxy.as_ref().filter(|proxy| proxy.forwards(&self.address.url))?;
        let asks_who = header("www-authenticate").is_some_and(|how| how.starts_with("Basic"));
        match status {
            407 => Some(OTHER_CREDENTIALS),
            401 if asks_who && error.is_none() && header("via").is_none() => {
                Some(OTHER_CREDENTIALS)
            }
            403 if header("x-squid-error").is_some() => Some(NOT_ALLOWED),
            _ => None,
        }
    }

    /// Who has answered, as far as that can be told.
    fn answerer(&self, error: Option<&ServerError>) -> String {
        let server = self.address.url.server();
        match &self.proxy {
            Some(proxy) if proxy.forwards(&self.address.url) && error.is_none() => {
                format!("{server} or the proxy {proxy}")
            }
            _ => server,
        }
    }

    /// What an answer means that is no 2xx and no redirect to be followed.
    pub(super) fn refusal<'a>(
        &self,
        status: u16,
        header: impl Fn(&str) -> Option<&'a str> + Copy,
        body: &[u8],
        key: Option<&Secret>,
    ) -> Failure {
        let hide = |text: &str| key.map_or_else(|| text.to_owned(), |key| key.redact(text));
        // Hidden before it is cut, lest a part of the key remain, and again once it is decoded.
        let body = hide(&String::from_utf8_lossy(body));
        let error = ServerError::read(body.as_bytes()).map(|error| match key {
            Some(key) => error.redacted(key),
            None => error,
        });
        if let Some(why) = self.own_refusal(status, header, error.as_ref()) {
            let (kind, retry, message) = self.proxy_refuses(why);
            return Failure { status: Some(status), ..Failure::new(kind, retry, message) };
        }
        let (retry, asked) = advice(status, header, error.as_ref(), SystemTime::now());
        let mut message = format!("{} answered {status}", self.answerer(error.as_ref()));
        if let Some(why) = reason(error.as_ref(), &body) {
            message.extend([": ", &why]);
        }
        if status == 404 && error.is_none() {
            message += "; is the base URL right? It often ends in /v1";
        }
        if let Some(wait) = asked {
            message.extend(["; it asks to wait ", &seconds(wait)]);
        }
        let kind = match status {
            401 | 403 => Kind::Key,
            407 => Kind::Proxy,
            429 => Kind::RateLimited,
            300..=499 => Kind::Refused,
            500.. => Kind::Server,
            _ => Kind::Unreadable,
        };
        Failure {
            status: Some(status),
            server: error.map(Box::new),
            request_id: header("x-request-id").map(|id| hide(&tidy(id))),
            // Any other answer says that the request was not served. These (520 to 524 are a
            // gateway's own) come from one that has lost sight of the server behind it.
            sent: self.sent && matches!(status, 408 | 502 | 504 | 520 | 522 | 524),
            ..Failure::new(kind, retry, message)
        }
    }
}

/// The server's words: its error object's, or a plain text. An HTML page says nothing, nor do
/// bytes that are no text.
fn reason(error: Option<&ServerError>, body: &str) -> Option<String> {
    let text = match error {
        Some(error) => error.to_string(),
        None => tidy(body),
    };
    let says_nothing = text.is_empty() || text.starts_with('<') || text.contains('\u{fffd}');
    Some(text).filter(|_| !says_nothing)
}

/// What the system says of an error, without the number that Rust puts behind it, and what the
/// resolver says without what Rust puts before it.
fn words(error: &io::Error) -> String {
    if error.kind() == ErrorKind::UnexpectedEof {
        return "the other side closed the connection".to_owned();
    }
    let text = tidy(&error.to_string());
    let name = text.strip_prefix("failed to lookup address information: ");
    match (name, text.find(" (os error ")) {
        (Some("Name or service not known" | "nodename nor servname provided, or not known"), _) => {
            NO_SUCH_HOST.to_owned()
        }
        (Some(why), _) => format!("the name cannot be looked up: {}", why.to_lowercase()),
        (None, Some(end)) => text[..end].to_lowercase(),
        (None, None) => text,
    }
}

pub(super) fn seconds(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
