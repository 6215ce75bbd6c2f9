//! What tokens are counted by and priced at: a model, or an encoding alone.

use crate::account::count::Count;
use crate::account::framing::{self, Chat};
use crate::account::message::{Message, Part};
use crate::account::models::Model;
use crate::account::money::Picodollars;
use crate::account::price::{Price, Source};
use crate::args;
use crate::bpe::Encoding;
use crate::cmd::pricing::Pricing;
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

pub struct Measure {
    pub model: Model,
    pub encoding: Encoding,
    pub exact: bool,
    price: Price,
    /// What framing adds to each input.
    frame: u64,
}

impl Measure {
    /// By the flags; a model that is not known, or whose encoding is not published, is told of.
    pub fn choose(
        args: &args::Tokens,
        pricing: &Pricing,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Self> {
        let mut measure = Self::of_model(args.model.as_deref(), pricing)?;
        if let Some(name) = &args.encoding {
            measure.encoding = encoding(name)?;
            measure.exact = true;
        }
        if !measure.exact {
            let what =
                if measure.model.listed { "has no published encoding" } else { "is not known" };
            let priced = match measure.price.source {
                Source::Default => " and priced at the default of $0.002 per 1,000 tokens",
                _ => "",
            };
            stdio.note(format_args!(
                "model '{}' {what}: counted with {}{priced}, an estimate",
                measure.model.name,
                measure.encoding.name()
            ));
        }
        if args.chat {
            let text =
                |role, text| Message { role, parts: vec![Part::Text(text)], ..Message::default() };
            let system = args.system.as_deref().map(|system| text("system", system));
            let messages = system.into_iter().chain([text("user", "")]).collect();
            let framed = framing::chat(&measure.model, &Chat { messages, ..Chat::default() });
            measure.frame = framed.tokens;
            measure.exact &= framed.exact;
        }
        Ok(measure)
    }

    pub fn of_model(name: Option<&str>, pricing: &Pricing) -> anyhow::Result<Self> {
        let (model, price) = pricing.model(name)?;
        let (encoding, exact) = (model.encoding, model.published);
        Ok(Self { model, encoding, exact, price, frame: 0 })
    }

    /// The count of an input with so many tokens of text.
    pub fn framed(&self, tokens: u64) -> u64 {
        self.frame + tokens
    }

    /// `tokens` with the mark of an estimate where it is one.
    pub fn marked(&self, tokens: u64) -> Count {
        if self.exact { Count::exact(tokens) } else { Count::about(tokens, tokens) }
    }

    pub fn cost(&self, tokens: u64) -> Picodollars {
        self.price.prompt_cost(tokens)
    }
}

fn encoding(name: &str) -> anyhow::Result<Encoding> {
    Encoding::named(name).ok_or_else(|| {
        let known: Vec<_> = Encoding::ALL.iter().map(|encoding| encoding.name()).collect();
        failure(Exit::Usage, format!("no encoding '{name}'; there are: {}", known.join(", ")))
    })
}
