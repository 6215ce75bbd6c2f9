//! The config file: what may stand in it, read strictly. A key that is not known is an error
//! with its line, for a limit that was misspelt is no limit.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Deserialize;

use crate::exit::{Exit, failure};
use crate::stdio::reason;

/// The file's keys, and a profile's: a profile is a config in small.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub model: Option<String>,
    pub image_model: Option<String>,
    pub base_url: Option<String>,
    pub api_key_command: Option<String>,
    pub budget: Option<OneOrMore>,
    pub prices: Option<PathBuf>,
    #[serde(default)]
    pub price: BTreeMap<String, PriceTable>,
    #[serde(default)]
    pub profile: BTreeMap<String, Config>,
}

/// A model's price: rates as `--rate` takes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    pub input: Rate,
    pub output: Rate,
    pub cached: Option<Rate>,
    pub cache_write: Option<Rate>,
}

/// A rate as a string, or a bare number: its shortest decimal form is what was written.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Figure")]
pub struct Rate(pub String);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a rate is a number, or a text such as \"2/1M\"")]
enum Figure {
    Text(String),
    Whole(i64),
    Decimal(f64),
}

impl From<Figure> for Rate {
    fn from(figure: Figure) -> Self {
        match figure {
            Figure::Text(text) => Self(text),
            Figure::Whole(number) => Self(number.to_string()),
            Figure::Decimal(number) => Self(number.to_string()),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a budget is a text such as \"5/day\", or a list of them")]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl From<OneOrMore> for Vec<String> {
    fn from(budgets: OneOrMore) -> Self {
        match budgets {
            OneOrMore::One(budget) => vec![budget],
            OneOrMore::More(budgets) => budgets,
        }
    }
}

impl Config {
    /// The file below `directory`; a missing one is an empty one.
    pub fn read(directory: Option<PathBuf>) -> anyhow::Result<Self> {
        let Some(path) = directory.map(|directory| directory.join("gpt/config.toml")) else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(Self::default());
            }
            Err(error) => {
                let exit = match error.kind() {
                    ErrorKind::InvalidData => Exit::Usage,
                    _ => Exit::Local,
                };
                return Err(failure(
                    exit,
                    format!("config {}: {}", path.display(), reason(&error)),
                ));
            }
        };
        Self::parse(&text).map_err(|complaint| {
            failure(Exit::Usage, format!("config {}: {complaint}", path.display()))
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            format!("line {line}: {}", error.message().replace('\n', " "))
        })?;
        match config.profile.iter().find(|(_, profile)| !profile.profile.is_empty()) {
            Some((name, _)) => Err(format!("profile '{name}': a profile holds no profiles")),
            None => Ok(config),
        }
    }
}
