//! The wire: JSON over HTTP, one attempt at a time. It knows nothing of flags, prices or counts,
//! reads no environment, touches no standard stream and never sleeps: who calls it, waits.
//!
//! A call from above reads: `Client::new(settings)`, then `send(&client, &request)`; what fails is
//! a [`Failure`], and [`Waits`] says whether and when to try again. What arrived is read by
//! [`Response::whole`] or [`Response::events`] and understood by [`reply`].

mod address;
mod allowance;
mod client;
mod failure;
mod fetch;
mod forward;
mod gather;
mod names;
mod network;
mod payload;
mod proxy;
pub mod reply;
mod response;
mod retry;
mod secret;
mod send;
mod sse;
mod stage;
mod url;

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod tests;

pub use allowance::Allowance;
pub use client::{Client, Interrupter, Settings};
pub use failure::{Failure, Kind, Retry};
pub use fetch::fetch;
pub use payload::{Field, Payload, Stretch};
pub use proxy::{Proxy, ProxySettings, proxy_for};
pub use reply::ServerError;
pub use response::Response;
pub use retry::Waits;
pub use secret::Secret;
pub use send::{Accept, Method, Request, send};
pub use sse::Event;
pub use url::{Scheme, Url};

/// A setting that cannot be used, and why: nothing was sent. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(pub String);

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Invalid {}
