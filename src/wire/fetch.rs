//! Gets what a server's answer refers to, from wherever that is, without the key; but not from
//! networks that the server itself is not on.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::address::Address;
use super::network::Network;
use super::send::{MOST_REDIRECTS, Outcome, YEAR, attempt, refused};
use super::{Accept, Client, Failure, Method, Request, Response, Settings, Url};

/// Gets an address that the server of `settings` gave us, on any host, wherever it redirects to.
/// An address on a private network, at any step, is refused unless the server is there as well.
pub fn fetch(settings: &Settings, url: &Url, within: Duration) -> Result<Response, Failure> {
    let deadline = Instant::now() + within.min(YEAR);
    let request = Request { method: Method::Get, endpoint: "", accept: Accept::Anything, within };
    let mut url = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        let not_fetched =
            |why: &str| Err(refused(format!("{} is not fetched: {why}", url.server())));
        let guard = Guard::new(&settings.base, &url);
        if Network::named(&url).is_some_and(|network| !guard.is_open(network, || None)) {
            return not_fetched(PRIVATE);
        }
        let (key, organization, project) = (None, None, None);
        let there = Settings { base: url.clone(), key, organization, project, ..settings.clone() };
        let closed = Arc::clone(&guard.closed);
        let client = match Client::with_resolver(&there, guard) {
            Ok(client) => client,
            Err(invalid) => return not_fetched(&invalid.to_string()),
        };
        match attempt(&client, &request, &Address::new(url.clone())?, deadline) {
            Ok(Outcome::Answer(response)) => return Ok(*response),
            Ok(Outcome::Redirect(to)) => url = to,
            Err(_) if closed.get().is_some() => return not_fetched(PRIVATE),
            Err(failure) => return Err(failure),
        }
    }
    Err(refused(format!("{} redirects more than {MOST_REDIRECTS} times", url.server())))
}

const PRIVATE: &str = "it is on a private network, where the API is not";

/// Looks names up, and gives no address of a network that is closed. Names that a proxy looks up
/// never come here: they are the proxy's to judge.
#[derive(Debug)]
struct Guard {
    base: Url,
    host: String,
    names: DefaultResolver,
    /// The address that was held back.
    closed: Arc<OnceLock<IpAddr>>,
}

impl Guard {
    fn new(base: &Url, url: &Url) -> Guard {
        let (names, closed) = (DefaultResolver::default(), Arc::default());
        Guard { base: base.clone(), host: url.host().to_owned(), names, closed }
    }

    /// Whether an address on this network may be asked. `look_up` finds the API's own network,
    /// should its address not say.
    fn is_open(&self, network: Network, look_up: impl FnOnce() -> Option<Network>) -> bool {
        match network {
            Network::Public => true,
            _ if self.host == self.base.host() => true,
            Network::Nowhere => false,
            _ => Network::named(&self.base).or_else(look_up) == Some(network),
        }
    }

    fn network_of_base(&self, config: &Config, timeout: NextTimeout) -> Option<Network> {
        let uri = self.base.origin().parse().ok()?;
        let addresses = self.names.resolve(&uri, config, timeout).ok()?;
        addresses.first().map(|address| Network::of(address.ip()))
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = self.names.resolve(uri, config, timeout)?;
        // The proxy's own name is looked up here as well.
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        if !host.eq_ignore_ascii_case(&self.host) {
            return Ok(addresses);
        }
        let closed = addresses
            .iter()
            .map(std::net::SocketAddr::ip)
            .find(|ip| !self.is_open(Network::of(*ip), || self.network_of_base(config, timeout)));
        match closed {
            None => Ok(addresses),
            Some(ip) => {
                let _ = self.closed.set(ip);
                Err(ureq::Error::HostNotFound)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ProxySettings;

    #[test]
    fn a_name_that_leads_to_a_private_network_is_not_asked() {
        let url = Url::parse("http://localhost:9/").unwrap();
        for (base, open) in [("https://8.8.8.8/v1", false), ("http://127.0.0.2/v1", true)] {
            let guard = Guard::new(&Url::parse(base).unwrap(), &url);
            let closed = Arc::clone(&guard.closed);
            let settings = Settings {
                base: url.clone(),
                key: None,
                organization: None,
                project: None,
                proxy: ProxySettings::default(),
                roots: None,
                connect_timeout: Duration::from_secs(10),
            };
            let client = Client::with_resolver(&settings, guard).unwrap();
            let (method, accept, within) =
                (Method::Get, Accept::Anything, settings.connect_timeout);
            let request = Request { method, endpoint: "", accept, within };
            assert!(
                attempt(
                    &client,
                    &request,
                    &Address::new(url.clone()).unwrap(),
                    Instant::now() + within
                )
                .is_err()
            );
            assert_eq!(closed.get().is_none(), open, "{base}");
        }
    }
}
