//! From flags and settings to a server that can be asked: address, key, proxy, certificates.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::args;
use crate::exit::{Exit, failure};
use crate::settings::{KeySource, Settings};
use crate::stdio::reason;
use crate::wire::{self, Client, ProxySettings, Scheme, Secret, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Nobody waits for longer than a week.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The address that requests go to.
pub fn base(args: &args::Connection, settings: &Settings) -> anyhow::Result<Url> {
    let text = args.base_url.as_deref().unwrap_or(&settings.base_url);
    Url::parse(text).map_err(|invalid| failure(Exit::Usage, format!("base URL: {invalid}")))
}

/// `--timeout`: for all attempts together.
pub fn timeout(args: &args::Connection) -> anyhow::Result<Duration> {
    seconds("--timeout", &args.timeout)
}

/// A time that a flag gives.
pub fn seconds(flag: &str, given: &str) -> anyhow::Result<Duration> {
    let seconds = given.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|time| !time.is_zero())
        .map(|time| time.min(LONGEST_TIMEOUT))
        .ok_or_else(|| {
            failure(Exit::Usage, format!("{flag} '{given}' is no number of seconds above 0"))
        })
}

/// The server, ready to be asked. Reads the key, so only call it when something will be sent.
pub fn client(args: &args::Connection, settings: &Settings) -> anyhow::Result<Client> {
    open(&server(args, settings)?)
}

pub fn open(server: &wire::Settings) -> anyhow::Result<Client> {
    Client::new(server).map_err(|invalid| failure(Exit::Usage, invalid.to_string()))
}

/// All there is to know about the server, the key included.
pub fn server(args: &args::Connection, settings: &Settings) -> anyhow::Result<wire::Settings> {
    let base = base(args, settings)?;
    let key = key(args, settings)?;
    if key.is_none() && !base.is_loopback() {
        return Err(failure(
            Exit::Key,
            "no key: set OPENAI_API_KEY, give --api-key-file, or put api_key_command into the \
             config",
        ));
    }
    let proxies = &settings.proxies;
    let proxy = ProxySettings {
        every: args.proxy.clone(),
        https: proxies.https.clone(),
        http: proxies.http.clone(),
        all: proxies.all.clone(),
        except: proxies.none.clone(),
    };
    // Without TLS nobody pays for a bundle, or for one that is missing.
    let through_tls = [&proxy.every, &proxy.http, &proxy.all]
        .into_iter()
        .flatten()
        .any(|address| address.trim_start().to_ascii_lowercase().starts_with("https:"));
    let certificates = settings.certificates.as_deref();
    let certificates = certificates.filter(|_| base.scheme() == Scheme::Https || through_tls);
    Ok(wire::Settings {
        base,
        key,
        organization: settings.organization.clone(),
        project: settings.project.clone(),
        proxy,
        roots: certificates.map(read_certificates).transpose()?,
        connect_timeout: CONNECT_TIMEOUT,
    })
}

fn key(args: &args::Connection, settings: &Settings) -> anyhow::Result<Option<Secret>> {
    let patience = timeout(args)?;
    let text = match &args.api_key_file {
        Some(path) => KeySource::File(path.clone()).read(patience)?,
        None => settings.key.read(patience)?,
    };
    let key = text.map(|text| Secret::key(&text)).transpose();
    key.map_err(|invalid| failure(Exit::Key, invalid.to_string()))
}

fn read_certificates(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        failure(Exit::Local, format!("SSL_CERT_FILE {}: {}", path.display(), reason(&error)))
    })
}
