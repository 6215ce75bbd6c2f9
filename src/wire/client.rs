//! Where requests go and with what: settings as a plain value, and the connections kept open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ureq::Agent;
use ureq::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::{Connector as _, DefaultConnector};

use super::address::Last;
use super::forward;
use super::gather::Gather;
use super::names::Names;
use super::proxy::Protocol;
use super::reply::BadReply;
use super::send::YEAR;
use super::{Invalid, Proxy, ProxySettings, Scheme, Secret, Url, proxy_for};

/// How servers see us.
const USER_AGENT: &str = concat!("gpt-cli/", env!("CARGO_PKG_VERSION"));

/// All there is to know about a server. Plain data; the caller fills it.
#[derive(Clone)]
pub struct Settings {
    pub base: Url,
    pub key: Option<Secret>,
    /// Sent as `OpenAI-Organization`.
    pub organization: Option<String>,
    /// Sent as `OpenAI-Project`.
    pub project: Option<String>,
    pub proxy: ProxySettings,
    /// Certificates in PEM that replace the built-in roots: what `SSL_CERT_FILE` holds.
    pub roots: Option<Vec<u8>>,
    /// For the name, and for connection and handshake together.
    pub connect_timeout: Duration,
}

/// A server, and the connections to it. Cheap to make; made again after an interruption.
pub struct Client {
    pub(super) base: Url,
    pub(super) last: Last,
    pub(super) key: Option<Secret>,
    /// The headers that go to this server with every request, the key among them.
    pub(super) headers: HeaderMap,
    pub(super) proxy: Option<Arc<Proxy>>,
    pub(super) connect_timeout: Duration,
    pub(super) agent: Agent,
    pub(super) interrupted: Arc<AtomicBool>,
}

impl Client {
    /// Checks all that can be checked without a connection.
    pub fn new(settings: &Settings) -> Result<Client, Invalid> {
        Client::with_resolver(settings, <Names>::default())
    }

    /// The same, with names looked up by `resolver`.
    pub(super) fn with_resolver(
        settings: &Settings,
        resolver: impl Resolver,
    ) -> Result<Client, Invalid> {
        let Settings { base, key, organization, project, proxy, roots, connect_timeout } = settings;
        let connect_timeout = (*connect_timeout).min(YEAR);
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let mut value = header("the API key", &format!("Bearer {}", key.expose()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(name) = organization {
            headers.insert("openai-organization", header("the organization", name)?);
        }
        if let Some(name) = project {
            headers.insert("openai-project", header("the project", name)?);
        }
        let proxy = proxy_for(base, proxy)?;
        let (forward, tunnel) = match &proxy {
            Some(proxy) if proxy.forwards(base) => (Some(proxy), None),
            proxy => (None, proxy.as_ref()),
        };
        if let Some(credentials) = forward.and_then(Proxy::credentials) {
            let mut value = header("the proxy's password", &credentials)?;
            value.set_sensitive(true);
            headers.insert(PROXY_AUTHORIZATION, value);
        }
        let over_tls = base.scheme() == Scheme::Https
            || proxy.as_ref().is_some_and(|proxy| proxy.protocol == Protocol::Https);
        let tls = match roots {
            // Without TLS nobody pays for reading a bundle.
            Some(pem) if over_tls => TlsConfig::builder().root_certs(read_roots(pem)?).build(),
            _ => TlsConfig::default(),
        };
        let config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .accept_encoding("")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(tunnel.map(Proxy::to_ureq).transpose()?)
            .tls_config(tls)
            .timeout_resolve(Some(connect_timeout))
            .timeout_connect(Some(connect_timeout))
            .build();
        let agent = match forward {
            Some(proxy) => forward::agent(config, base, proxy.uri()?, resolver),
            None => Agent::with_parts(config, DefaultConnector::default().chain(Gather), resolver),
        };
        Ok(Client {
            base: base.clone(),
            last: Last::default(),
            key: key.clone(),
            headers,
            proxy: proxy.map(Arc::new),
            connect_timeout,
            agent,
            interrupted: Arc::default(),
        })
    }

    /// A server's text without the key, should it repeat it.
    pub fn redact(&self, text: &str) -> String {
        self.key.as_ref().map_or_else(|| text.to_owned(), |key| key.redact(text))
    }

    /// What a server reports, without the key.
    pub fn redact_reply(&self, bad: BadReply) -> BadReply {
        match (bad, &self.key) {
            (BadReply::Error(error), Some(key)) => BadReply::Error(error.redacted(key)),
            (bad, _) => bad,
        }
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    pub fn interrupter(&self) -> Interrupter {
        Interrupter { agent: self.agent.clone(), interrupted: Arc::clone(&self.interrupted) }
    }
}

/// Ends a client's requests from another thread.
#[derive(Clone)]
pub struct Interrupter {
    agent: Agent,
    interrupted: Arc<AtomicBool>,
}

impl Interrupter {
    /// Closes every connection of the client: who reads from one gets [`super::Kind::Interrupted`],
    /// and so does every later request. A name lookup or connection under way runs to its timeout.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
        self.agent.clone().shutdown();
    }
}

fn header(what: &str, value: &str) -> Result<HeaderValue, Invalid> {
    HeaderValue::from_str(value)
        .map_err(|_| Invalid(format!("{what} holds a line break or a byte that is not ASCII")))
}

fn read_roots(pem: &[u8]) -> Result<RootCerts, Invalid> {
    let mut roots = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => roots.push(certificate),
            Ok(_) => {}
            Err(error) => {
                return Err(Invalid(format!("the CA certificates cannot be read: {error}")));
            }
        }
    }
    if roots.is_empty() {
        return Err(Invalid("the CA certificates hold none in PEM".to_owned()));
    }
    Ok(RootCerts::from(roots))
}
