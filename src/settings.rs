//! Environment, profile, config file and defaults, merged into one plain value. The only reader
//! of any of them; the command's flags go on top, in the commands.

mod config;
pub mod key;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::exit::{Exit, failure};
use config::Config;
pub use config::PriceTable;
pub use key::KeySource;

const OPENAI: &str = "https://api.openai.com/v1";

pub struct Settings {
    pub model: Option<String>,
    /// The model that makes pictures, for one that writes makes none.
    pub image_model: Option<String>,
    pub base_url: String,
    pub key: KeySource,
    pub organization: Option<String>,
    pub project: Option<String>,
    pub proxies: Proxies,
    /// A PEM file with the certificates to trust instead of the built-in ones.
    pub certificates: Option<PathBuf>,
    /// The budgets of environment or config: they cover everything, whatever its tag.
    pub budgets: Vec<String>,
    pub prices: Option<PathBuf>,
    pub price: BTreeMap<String, PriceTable>,
    pub ledger: LedgerPlace,
    /// Where conversations are kept by name, and what was typed in them.
    pub state: Option<PathBuf>,
    /// Standard error and plots may use more than ASCII.
    pub unicode: bool,
    pub colour: bool,
    pub terminal: Terminal,
}

/// How the terminal takes pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// By Kitty's protocol.
    Kitty,
    /// By iTerm2's.
    Iterm,
    /// As coloured half blocks.
    Blocks,
    /// Not at all.
    Dumb,
}

pub enum LedgerPlace {
    Off,
    At(PathBuf),
    /// Neither `GPT_LEDGER` nor a home directory says where.
    Unknown,
}

/// The proxies of the environment, as they are written there.
#[derive(Default)]
pub struct Proxies {
    pub http: Option<String>,
    pub https: Option<String>,
    pub all: Option<String>,
    pub none: Option<String>,
}

impl Settings {
    /// Everything but the flags. `profile` is the one that `--profile` names.
    pub fn read(profile: Option<&str>) -> anyhow::Result<Self> {
        let mut config = Config::read(directory("XDG_CONFIG_HOME", ".config"))?;
        let profile = match profile {
            Some(name) => config.profile.remove(name).ok_or_else(|| {
                let known: Vec<_> = config.profile.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none".into() } else { known.join(", ") };
                failure(
                    Exit::Usage,
                    format!("no profile '{name}' in the config; there are: {known}"),
                )
            })?,
            None => Config::default(),
        };
        let mut price = config.price;
        price.extend(profile.price);
        let budgets = match text("GPT_BUDGET")? {
            // Blank it is as good as not set: it lifts no budget of the config's.
            Some(budgets) if each(&budgets).next().is_some() => vec![budgets],
            _ => profile.budget.or(config.budget).unwrap_or_default().into(),
        };
        let budgets = budgets.iter().flat_map(|text| each(text)).collect();
        let home_state = directory("XDG_STATE_HOME", ".local/state").map(|path| path.join("gpt"));
        Ok(Self {
            image_model: text("GPT_IMAGE_MODEL")?.or(profile.image_model).or(config.image_model),
            model: text("GPT_MODEL")?.or(profile.model).or(config.model),
            base_url: text("OPENAI_BASE_URL")?
                .or(text("OPENAI_API_BASE")?)
                .or(profile.base_url)
                .or(config.base_url)
                .unwrap_or_else(|| OPENAI.into()),
            key: match (text("OPENAI_API_KEY")?, profile.api_key_command, config.api_key_command) {
                (Some(key), _, _) => KeySource::Given(key),
                (None, Some(command), _) | (None, None, Some(command)) => {
                    KeySource::Command(command)
                }
                (None, None, None) => KeySource::Missing,
            },
            organization: text("OPENAI_ORG_ID")?,
            project: text("OPENAI_PROJECT_ID")?,
            proxies: Proxies {
                // Upper-case HTTP_PROXY is what a web server hands its scripts for a request
                // header named Proxy, but the contract names it, and we are no such script.
                http: text("http_proxy")?.or(text("HTTP_PROXY")?),
                https: text("https_proxy")?.or(text("HTTPS_PROXY")?),
                all: text("all_proxy")?.or(text("ALL_PROXY")?),
                none: text("no_proxy")?.or(text("NO_PROXY")?),
            },
            certificates: variable("SSL_CERT_FILE").map(PathBuf::from),
            budgets,
            prices: variable("GPT_PRICES").map(PathBuf::from).or(profile.prices).or(config.prices),
            price,
            ledger: match (variable("GPT_LEDGER"), &home_state) {
                (Some(place), _) if place == "off" => LedgerPlace::Off,
                (Some(place), _) => LedgerPlace::At(place.into()),
                (None, Some(state)) => LedgerPlace::At(state.join("ledger.db")),
                (None, None) => LedgerPlace::Unknown,
            },
            state: home_state,
            unicode: speaks_unicode(),
            colour: variable("NO_COLOR").is_none() && variable("TERM").is_none_or(|t| t != "dumb"),
            terminal: terminal(),
        })
    }
}

/// Several budgets in one text, by commas or blanks.
fn each(budgets: &str) -> impl Iterator<Item = String> {
    let words = budgets.split([',', ' ', '\t', '\n']);
    words.filter(|word| !word.is_empty()).map(String::from)
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text(name: &str) -> anyhow::Result<Option<String>> {
    variable(name)
        .map(|value| {
            value.into_string().map_err(|_| {
                failure(Exit::Usage, format!("{name} is not UTF-8 in the environment"))
            })
        })
        .transpose()
}

/// A base directory as the XDG specification has it: a relative one is ignored.
fn directory(name: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let home = || variable("HOME").and_then(absolute).map(|home| home.join(below_home));
    variable(name).and_then(absolute).or_else(home)
}

/// A multiplexer would have to be told to pass pictures on.
fn terminal() -> Terminal {
    let is = |name, known: &[&str]| {
        variable(name).is_some_and(|value| known.iter().any(|known| value == *known))
    };
    if is("TERM", &["dumb"]) {
        Terminal::Dumb
    } else if variable("TMUX").is_some() || variable("STY").is_some() {
        Terminal::Blocks
    } else if is("TERM", &["xterm-kitty", "xterm-ghostty"]) || is("TERM_PROGRAM", &["ghostty"]) {
        Terminal::Kitty
    } else if is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) || is("LC_TERMINAL", &["iTerm2"]) {
        Terminal::Iterm
    } else {
        Terminal::Blocks
    }
}

fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.ends_with("utf-8") || locale.ends_with("utf8")
    })
}
