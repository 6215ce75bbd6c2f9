//! Where a request goes: an address as we read it, and as the HTTP library does.

use std::sync::{Arc, Mutex, PoisonError};

use ureq::http::Uri;

use super::reply::tidy;
use super::send::refused;
use super::{Failure, Url};

pub(super) struct Address {
    pub url: Url,
    pub uri: Uri,
}

impl Address {
    pub(super) fn new(url: Url) -> Result<Arc<Self>, Failure> {
        match url.to_string().parse() {
            Ok(uri) => Ok(Arc::new(Self { url, uri })),
            Err(error) => {
                let why = tidy(&format!("{error}"));
                Err(refused(format!("an address of {} cannot be used: {why}", url.server())))
            }
        }
    }
}

/// The address that was asked for last: most clients have one endpoint.
#[derive(Default)]
pub(super) struct Last(Mutex<Option<(String, Arc<Address>)>>);

impl Last {
    pub(super) fn under(&self, base: &Url, endpoint: &str) -> Result<Arc<Address>, Failure> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, address)) = &*last
            && known == endpoint
        {
            return Ok(Arc::clone(address));
        }
        let address = Address::new(base.join(endpoint))?;
        *last = Some((endpoint.to_owned(), Arc::clone(&address)));
        Ok(address)
    }
}
