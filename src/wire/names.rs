//! Where servers are. A name that was looked up a moment ago is not looked up again: the HTTP
//! library asks before every request, on a thread of its own, even when it has a connection.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::{Authority, Scheme};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// For so long a server may have moved without our noticing. curl takes a minute.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Knows the last name that was asked for: a client has hardly ever two.
#[derive(Default)]
pub(super) struct Names<R = DefaultResolver> {
    system: R,
    last: Mutex<Option<Known>>,
}

struct Known {
    scheme: Scheme,
    authority: Authority,
    since: Instant,
    addresses: ResolvedSocketAddrs,
}

impl<R: Resolver> Resolver for Names<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let Some((scheme, authority)) = uri.scheme().zip(uri.authority()) else {
            return self.system.resolve(uri, config, timeout);
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*last
            && known.authority == *authority
            && known.scheme == *scheme
            && known.since.elapsed() < REMEMBERED
        {
            return Ok(known.addresses.clone());
        }
        let name = DefaultResolver::host_and_port(scheme, authority);
        let addresses = match name.and_then(|name| name.parse::<SocketAddr>().ok()) {
            Some(address) => {
                let mut addresses = self.empty();
                addresses.push(address);
                addresses
            }
            None => self.system.resolve(uri, config, timeout)?,
        };
        let (scheme, authority) = (scheme.clone(), authority.clone());
        let since = Instant::now();
        *last = Some(Known { scheme, authority, since, addresses: addresses.clone() });
        Ok(addresses)
    }
}

impl<R> fmt::Debug for Names<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Finds every server at one address, and counts how often it is asked.
    #[derive(Debug, Default)]
    struct Counted(AtomicUsize);

    impl Resolver for Counted {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, Error> {
            self.0.fetch_add(1, Ordering::SeqCst);
            let mut addresses = self.empty();
            addresses.push(([127, 0, 0, 9], 9).into());
            Ok(addresses)
        }
    }

    #[test]
    fn a_name_is_looked_up_once_and_an_address_never() {
        let names = Names::<Counted>::default();
        let mut looked_up = Vec::new();
        for uri in [
            "http://127.0.0.1:81/v1",
            "http://[::1]/v1",
            "http://one.test/v1",
            "http://one.test/v1/models",
            "http://one.test:81/v1",
            "https://one.test/v1",
            "http://one.test:81/v1",
        ] {
            let timeout = NextTimeout::default();
            let found = names.resolve(&uri.parse().unwrap(), &Config::default(), timeout);
            looked_up.push((found.unwrap()[0].to_string(), names.system.0.load(Ordering::SeqCst)));
        }
        let expected = [
            ("127.0.0.1:81", 0),
            ("[::1]:80", 0),
            ("127.0.0.9:9", 1),
            ("127.0.0.9:9", 1),
            ("127.0.0.9:9", 2),
            ("127.0.0.9:9", 3),
            ("127.0.0.9:9", 4),
        ];
        assert_eq!(looked_up, expected.map(|(address, count)| (address.to_owned(), count)));
    }
}
