//! Which proxy a request takes, by the rules of curl, from values that the caller has read.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::ProxyProtocol;
use ureq::http::Uri;

use super::url::parse_authority;
use super::{Invalid, Scheme, Secret, Url};

#[cfg(test)]
mod tests;

/// What the user said about proxies, as texts. Only the one that is used has to be valid.
#[derive(Clone, Default)]
pub struct ProxySettings {
    /// `--proxy`: for every address. An empty text means no proxy at all.
    pub every: Option<String>,
    /// `HTTPS_PROXY`, for https addresses.
    pub https: Option<String>,
    /// `HTTP_PROXY`, for http addresses.
    pub http: Option<String>,
    /// `ALL_PROXY`, where the scheme has none of its own.
    pub all: Option<String>,
    /// `NO_PROXY`: hosts that are reached directly, even when `--proxy` is given, as with curl.
    pub except: Option<String>,
}

/// A proxy to go through. Its credentials are never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub(super) protocol: Protocol,
    host: String,
    port: u16,
    user: Option<Secret>,
    password: Option<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    /// The name is looked up here.
    Socks5,
    /// The name is looked up by the proxy.
    Socks5h,
}

/// The proxy for an address, or none when it is reached directly. Loopback is no exception.
pub fn proxy_for(url: &Url, settings: &ProxySettings) -> Result<Option<Proxy>, Invalid> {
    let by_scheme = match url.scheme() {
        Scheme::Http => &settings.http,
        Scheme::Https => &settings.https,
    };
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let chosen = match &settings.every {
        Some(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        None => filled(by_scheme).or_else(|| filled(&settings.all)),
    };
    match chosen {
        Some(text) if !is_excepted(url, settings.except.as_deref().unwrap_or_default()) => {
            Proxy::parse(&text).map(Some)
        }
        _ => Ok(None),
    }
}

impl Proxy {
    /// `[SCHEME://][USER[:PASSWORD]@]HOST[:PORT]`; without a scheme it is an http proxy.
    fn parse(text: &str) -> Result<Proxy, Invalid> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let protocol = match scheme.to_ascii_lowercase().as_str() {
            "http" => Protocol::Http,
            "https" => Protocol::Https,
            "socks5" => Protocol::Socks5,
            "socks5h" => Protocol::Socks5h,
            other => {
                let other = other.split([':', '@']).next().unwrap_or_default();
                let known = "http, https, socks5 and socks5h are";
                return Err(Invalid(format!("{other:?} is no proxy that is known; {known}")));
            }
        };
        let whole = rest;
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (credentials, authority) = match rest.rsplit_once('@') {
            Some((credentials, authority)) => (Some(credentials), authority),
            None => (None, rest),
        };
        let (host, port) = parse_authority(authority)
            .map_err(|Invalid(why)| match whole.contains('@') && credentials.is_none() {
                // Part of a password that is not to be shown.
                true => "percent-encode what is special in its password".to_owned(),
                false => why,
            })
            .map_err(|why| Invalid(format!("the proxy's address: {why}")))?;
        let (user, password) =
            match credentials.map(|both| both.split_once(':').unwrap_or((both, ""))) {
                Some((user, password)) => (Some(decode(user)?), Some(decode(password)?)),
                None => (None, None),
            };
        let port = port.unwrap_or(match protocol {
            Protocol::Https => 443,
            // As curl has it, for http proxies too.
            Protocol::Http | Protocol::Socks5 | Protocol::Socks5h => 1080,
        });
        Ok(Proxy { protocol, host, port, user, password })
    }
}

impl Proxy {
    /// Whether it is given requests to `url` themselves, instead of being asked for a tunnel.
    pub(super) fn forwards(&self, url: &Url) -> bool {
        self.protocol == Protocol::Http && url.scheme() == Scheme::Http
    }

    /// Who we are, as a header tells it to the proxy.
    pub(super) fn credentials(&self) -> Option<String> {
        let password = self.password.as_ref().map_or("", Secret::expose);
        let both = format!("{}:{password}", self.user.as_ref()?.expose());
        Some(format!("Basic {}", STANDARD.encode(both)))
    }

    pub(super) fn uri(&self) -> Result<Uri, Invalid> {
        self.to_string().parse().map_err(|_| Invalid(format!("{self} cannot be used as a proxy")))
    }

    /// The same for the HTTP library.
    pub(super) fn to_ureq(&self) -> Result<ureq::Proxy, Invalid> {
        let protocol = match self.protocol {
            Protocol::Http => ProxyProtocol::Http,
            Protocol::Https => ProxyProtocol::Https,
            Protocol::Socks5 => ProxyProtocol::Socks5,
            Protocol::Socks5h => ProxyProtocol::Socks5h,
        };
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let mut builder = ureq::Proxy::builder(protocol).host(&host).port(self.port);
        if let Some(user) = &self.user {
            builder = builder.username(user.expose());
        }
        if let Some(password) = &self.password {
            builder = builder.password(password.expose());
        }
        builder.build().map_err(|_| Invalid(format!("{self} cannot be used as a proxy")))
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Https => "https",
            Protocol::Socks5 => "socks5",
            Protocol::Socks5h => "socks5h",
        };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// Undoes percent-encoding. What is not valid encoding stands for itself, as with curl.
fn decode(text: &str) -> Result<Secret, Invalid> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains(['\r', '\n', '\0']) => Ok(Secret::new(text)),
        _ => Err(Invalid("the proxy's user name or password is not text".to_owned())),
    }
}

/// Whether `NO_PROXY` names the address: `*`, or a list of hosts, domains, addresses and ranges.
fn is_excepted(url: &Url, list: &str) -> bool {
    let host = url.host().trim_end_matches('.');
    let address = host.parse::<IpAddr>().ok();
    list.split([',', ' ', '\t', '\n']).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let (Some(address), Some((network, bits))) = (address, entry.split_once('/')) {
            return is_within(address, network, bits);
        }
        let Ok((name, port)) = split_entry(entry) else { return false };
        if port.is_some_and(|port| port != url.port()) {
            return false;
        }
        match (address, name.parse::<IpAddr>()) {
            (Some(address), Ok(named)) => address == named,
            (None, Err(_)) => is_domain_of(host, &name),
            _ => false,
        }
    })
}

/// A name with or without a port; an IPv6 address may come without its brackets.
fn split_entry(entry: &str) -> Result<(String, Option<u16>), Invalid> {
    match entry.parse::<IpAddr>() {
        Ok(address) => Ok((address.to_string(), None)),
        Err(_) => parse_authority(entry.trim_start_matches('.')),
    }
}

/// `example.com` covers itself and whatever ends in `.example.com`.
fn is_domain_of(host: &str, domain: &str) -> bool {
    let domain = domain.trim_end_matches('.');
    match host.strip_suffix(domain) {
        Some(rest) => !domain.is_empty() && (rest.is_empty() || rest.ends_with('.')),
        None => false,
    }
}

/// Whether the address is in `network/bits`. Nonsense contains nothing.
fn is_within(address: IpAddr, network: &str, bits: &str) -> bool {
    let network = network.trim_start_matches('[').trim_end_matches(']');
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) if bits <= 32 => {
            (a.to_bits() ^ b.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) if bits <= 128 => {
            (a.to_bits() ^ b.to_bits()).checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}
