//! Plain http through an http proxy, as curl does it: the proxy is given the request itself, with
//! the whole address in its first line. The HTTP library would ask for a tunnel, which proxies as
//! they are commonly set up open to no port but 443.

use std::fmt::Debug;
use std::mem;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use ureq::{Agent, Error};

use super::Url;
use super::gather::Gather;

/// An agent whose every connection leads to the proxy, and whose requests to `base` are put the
/// way that a proxy reads them.
pub(super) fn agent(config: Config, base: &Url, proxy: Uri, names: impl Resolver) -> Agent {
    let forward = Forward { origin: base.origin().into_bytes() };
    let connector = DefaultConnector::default().chain(Gather).chain(forward);
    Agent::with_parts(config, connector, ToProxy { proxy, names })
}

/// Looks up the proxy, whoever is asked for: the server's name is the proxy's to look up.
#[derive(Debug)]
struct ToProxy<R> {
    proxy: Uri,
    names: R,
}

impl<R: Resolver> Resolver for ToProxy<R> {
    fn resolve(
        &self,
        _: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.names.resolve(&self.proxy, config, timeout)
    }
}

#[derive(Debug)]
struct Forward {
    origin: Vec<u8>,
}

impl<In: Transport> Connector<In> for Forward {
    type Out = Forwarded<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Forwarded<In>>, Error> {
        let origin = self.origin.clone();
        Ok(chained.map(|inner| Forwarded { inner, origin, begun: false }))
    }
}

/// A connection for one request.
#[derive(Debug)]
struct Forwarded<In> {
    inner: In,
    origin: Vec<u8>,
    /// Its first line has left.
    begun: bool,
}

impl<In: Transport> Transport for Forwarded<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if mem::replace(&mut self.begun, true) {
            return self.inner.transmit_output(amount, timeout);
        }
        let output = &self.inner.buffers().output()[..amount];
        let method = output.iter().position(|byte| *byte == b' ').map_or(0, |blank| blank + 1);
        let (method, rest) = output.split_at(method);
        let head = [method, &self.origin, rest].concat();
        let mut left = head.as_slice();
        while !left.is_empty() {
            let output = self.inner.buffers().output();
            let (piece, behind) = left.split_at(left.len().min(output.len()));
            output[..piece.len()].copy_from_slice(piece);
            self.inner.transmit_output(piece.len(), timeout)?;
            left = behind;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    /// Where another request began could not be told.
    fn is_open(&mut self) -> bool {
        !self.begun && self.inner.is_open()
    }
}
