//! Addresses of servers: http or https, without credentials and without a fragment.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::Invalid;

#[cfg(test)]
mod tests;

/// A checked address. What it prints is what it was parsed from, tidied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    scheme: Scheme,
    /// In lower case; an IPv6 address without its brackets.
    host: String,
    port: u16,
    /// Begins with a slash, or is empty.
    path: String,
    query: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Url {
    /// Reads an absolute address, such as a base URL. The error never repeats credentials.
    pub fn parse(text: &str) -> Result<Url, Invalid> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            // `user:password@host`, which is not to be shown.
            let text = text.rsplit('@').next().unwrap_or_default();
            return Err(Invalid(format!(
                "{text:?} is not an address; it begins with http:// or https://"
            )));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => {
                let scheme = other.split(':').next().unwrap_or_default();
                return Err(Invalid(format!("{scheme:?} is neither http nor https")));
            }
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.contains('@') {
            return Err(Invalid(
                "the address holds a user name or password; give the key as a key".to_owned(),
            ));
        }
        // A password that holds a slash ends up in both.
        let (host, port) = parse_authority(authority).map_err(|why| match tail.contains('@') {
            true => Invalid("what stands before the `/` of the address is no host".to_owned()),
            false => why,
        })?;
        if tail.contains('#') {
            return Err(Invalid(format!("{text:?} has a fragment (`#`), which is never sent")));
        }
        if let Some(bad) =
            tail.chars().find(|c| !c.is_ascii_graphic() || "\"<>\\^`{|}".contains(*c))
        {
            return Err(Invalid(format!("{bad:?} cannot stand in an address; percent-encode it")));
        }
        let (path, query) = match tail.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (tail, None),
        };
        let port = port.unwrap_or(scheme.default_port());
        Ok(Url { scheme, host, port, path: path.to_owned(), query })
    }

    /// The address of an endpoint under this base: one slash between, the query kept behind, and
    /// the endpoint's own query behind that. No endpoint is the base itself.
    pub fn join(&self, endpoint: &str) -> Url {
        if endpoint.is_empty() {
            return self.clone();
        }
        let (endpoint, query) = match endpoint.split_once('?') {
            Some((endpoint, query)) => (endpoint, Some(query)),
            None => (endpoint, None),
        };
        let base = self.path.trim_end_matches('/');
        let path = format!("{base}/{}", endpoint.trim_start_matches('/'));
        let query = match (&self.query, query) {
            (Some(ours), Some(theirs)) => Some(format!("{ours}&{theirs}")),
            (ours, theirs) => ours.clone().or(theirs.map(str::to_owned)),
        };
        Url { path, query, ..self.clone() }
    }

    /// Where a `Location` header leads from here. Its fragment is dropped.
    pub(super) fn redirected(&self, location: &str) -> Result<Url, Invalid> {
        let location = location.trim().split('#').next().unwrap_or_default();
        let (origin, path) = (self.origin(), &self.path);
        let absolute = if location.is_empty() {
            self.to_string()
        } else if location.starts_with("//") {
            format!("{}:{location}", self.scheme)
        } else if location.starts_with('/') {
            format!("{origin}{location}")
        } else if location.starts_with('?') {
            format!("{origin}{path}{location}")
        } else if location.split(['/', '?']).next().is_some_and(|first| first.contains(':')) {
            location.to_owned()
        } else {
            let directory = path.rfind('/').map_or("/", |slash| &path[..=slash]);
            format!("{origin}{directory}{location}")
        };
        Url::parse(&absolute)
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host's name or address, without port and brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port: what the key is given to.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.server())
    }

    /// The host, and the port where it is not the scheme's own: how messages name the server.
    pub fn server(&self) -> String {
        let Url { host, port, .. } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        if *port == self.scheme.default_port() { host } else { format!("{host}:{port}") }
    }

    pub fn same_origin(&self, other: &Url) -> bool {
        (self.scheme, &self.host, self.port) == (other.scheme, &other.host, other.port)
    }

    /// Whether the server is this machine: it needs no key.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_end_matches('.');
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)?;
        match &self.query {
            Some(query) => write!(f, "?{query}"),
            None => Ok(()),
        }
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; the host in lower case and without brackets.
pub(super) fn parse_authority(text: &str) -> Result<(String, Option<u16>), Invalid> {
    let invalid = |why: &str| Err(Invalid(format!("{text:?} is not a host: {why}")));
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let Some((host, port)) = rest.split_once(']') else {
            return invalid("the bracket is not closed");
        };
        if host.parse::<Ipv6Addr>().is_err() {
            return invalid("no IPv6 address stands in the brackets");
        }
        match port.strip_prefix(':') {
            None if !port.is_empty() => return invalid("something follows the bracket"),
            port => (host, port),
        }
    } else {
        match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    if host.is_empty() {
        return invalid("it is empty");
    }
    if let Some(bad) = host.chars().find(|c| !(c.is_ascii_alphanumeric() || ".-_:".contains(*c))) {
        return invalid(&format!("{bad:?} cannot stand in a host name"));
    }
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let numeric = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return invalid("it is a number, but no IPv4 address");
    }
    let port = match port {
        None | Some("") => None,
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port > 0 && !digits.starts_with('+') => Some(port),
            _ => return invalid("the port is not a number from 1 to 65535"),
        },
    };
    Ok((host.to_ascii_lowercase(), port))
}
