//! The price of a model, from wherever one is set: flag, config, price map, table, default.

use std::fs;
use std::path::Path;

use crate::account::models::{self, Model};
use crate::account::price::{self, Kind, Price, Source};
use crate::account::pricemap;
use crate::account::rate::{self, Rate};
use crate::exit::{Exit, failure};
use crate::settings::{PriceTable, Settings};
use crate::stdio::reason;

/// Everything that may set a price, read once.
pub struct Pricing<'a> {
    settings: &'a Settings,
    flag: Option<Price>,
    map: Option<(String, String)>,
}

impl<'a> Pricing<'a> {
    /// `rate` and `prices` are the flags.
    pub fn read(
        settings: &'a Settings,
        rate: Option<&str>,
        prices: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let flag = rate
            .map(|text| {
                let rate =
                    rate::parse(text).map_err(|error| failure(Exit::Usage, error.to_string()))?;
                anyhow::Ok(Price::flat(Source::Flag, rate))
            })
            .transpose()?;
        let map = prices.or(settings.prices.as_deref()).map(read_map).transpose()?;
        Ok(Self { settings, flag, map })
    }

    /// A model that makes pictures, with what the price map lists them at, and its price at `host`.
    pub fn of_pictures(&self, name: &str, host: &str) -> anyhow::Result<(Model, Price)> {
        let (mut model, price) = self.at(Some(name), host)?;
        if let Some((file, map)) = &self.map {
            model.listing = pricemap::listing(map, name)
                .map_err(|error| failure(Exit::Usage, format!("{file}: {error}")))?;
        }
        Ok((model, price))
    }

    /// The model of this name, or the one that is set or the default, and its price at `host`.
    pub fn at(&self, name: Option<&str>, host: &str) -> anyhow::Result<(Model, Price)> {
        let (model, price) = self.model(name)?;
        let listed = matches!(price.source, Source::Table | Source::Map);
        // A part of the world before OpenAI's name (`eu.api.openai.com`): data stays there.
        let in_region = model.regional && listed && host.ends_with(".api.openai.com");
        Ok((model, if in_region { price.regional() } else { price }))
    }

    /// The same, wherever it is.
    pub fn model(&self, name: Option<&str>) -> anyhow::Result<(Model, Price)> {
        let name = name.or(self.settings.model.as_deref()).unwrap_or(models::DEFAULT);
        let mut model = models::find(name);
        let entry = match &self.map {
            Some((file, map)) => pricemap::entry(map, name)
                .map_err(|error| failure(Exit::Usage, format!("{file}: {error}")))?,
            None => None,
        };
        if let Some(entry) = &entry {
            model.learn(entry);
        }
        let config =
            self.settings.price.get(name).map(|table| configured(name, table)).transpose()?;
        let map = entry.and_then(|entry| entry.price);
        let price = price::choose(self.flag.clone(), config, map, model.price.as_ref());
        Ok((model, price))
    }
}

/// A model's price as the config has it: rates as `--rate` takes them.
fn configured(name: &str, table: &PriceTable) -> anyhow::Result<Price> {
    let side = |text: &str| {
        rate::parse(text)
            .map(|rate| rate.input)
            .map_err(|error| failure(Exit::Usage, format!("config, price of {name}: {error}")))
    };
    let rate = Rate { input: side(&table.input.0)?, output: side(&table.output.0)? };
    let mut price = Price::flat(Source::Config, rate);
    for (kind, rate) in [(Kind::Cached, &table.cached), (Kind::Written, &table.cache_write)] {
        if let Some(rate) = rate {
            price = price.with(kind, side(&rate.0)?);
        }
    }
    Ok(price)
}

fn read_map(path: &Path) -> anyhow::Result<(String, String)> {
    let file = path.display().to_string();
    let bytes = fs::read(path)
        .map_err(|error| failure(Exit::Local, format!("price map {file}: {}", reason(&error))))?;
    match String::from_utf8(bytes) {
        Ok(map) => Ok((file, map)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            Err(failure(Exit::Usage, format!("price map {file}: not UTF-8 at byte {offset}")))
        }
    }
}
