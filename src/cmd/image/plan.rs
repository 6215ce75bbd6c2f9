//! A request for pictures: its body, what it can cost, and whether it may be sent. Pure.

use std::sync::Arc;

use serde_json::Value;

use crate::account::bill::{Bill, Usage, bill};
use crate::account::images::{self, Estimate, Wish, bill_pictures};
use crate::account::limits::{Limits, Refusal};
use crate::account::models::Model;
use crate::account::money::Picodollars;
use crate::account::price::{Kind, Price, Tier};
use crate::cmd::body::Body;
use crate::cmd::image::inputs::Inputs;
use crate::cmd::image::reply::Answer;
use crate::cmd::plan::refused;
use crate::cmd::request::{Claim, Course, Request};
use crate::wire::{Field, Payload};

/// What a picture is booked with when nothing is known of it: more tokens than any is listed at.
const MOST_TOKENS: u64 = 65_536;

/// Fields that may be billed in ways of which nothing is published.
const FEES: [&str; 2] = ["svg", "frame_count"];

pub struct Plan {
    pub model: Arc<Model>,
    pub price: Price,
    pub estimate: Estimate,
    pub choices: u64,
    body: Value,
    inputs: Arc<Inputs>,
    limits: Limits,
}

impl Plan {
    pub fn new(
        model: Arc<Model>,
        price: Price,
        body: &Body,
        inputs: Arc<Inputs>,
        limits: Limits,
    ) -> Self {
        let body = body.value().clone();
        let choices = body["n"].as_u64().unwrap_or(1);
        let estimate = images::estimate(&wish(&body, inputs.count()), &model, &price);
        Self { model, price, estimate, choices, body, inputs, limits }
    }

    /// What `--dry-run` prints.
    pub fn shown(&self) -> Value {
        self.inputs.shown(&self.body)
    }

    /// The most that may be billed, or a guess at it where nothing is published.
    fn worst(&self) -> Picodollars {
        self.estimate.worst.unwrap_or_else(|| {
            let rates = self.price.rates(Tier::Standard, 0).unwrap_or_default();
            let tokens = MOST_TOKENS.saturating_mul(self.choices);
            rates.of(Kind::PictureOut).unwrap_or_default().times(tokens)
        })
    }
}

/// What the body asks for, whoever put it there.
fn wish(body: &Value, inputs: u64) -> Wish<'_> {
    Wish {
        prompt: body["prompt"].as_str().unwrap_or_default(),
        inputs,
        choices: body["n"].as_u64().unwrap_or(1),
        quality: body["quality"].as_str(),
        size: body["size"].as_str(),
        partial: body["partial_images"].as_u64().unwrap_or(0),
    }
}

/// JSON, or a form where pictures go along.
fn payload(body: &Value, inputs: &Inputs) -> Payload {
    let Inputs { pictures, mask } = inputs;
    if pictures.is_empty() {
        return Payload::json(body.to_string());
    }
    let fields = body.as_object().into_iter().flatten().map(|(name, value)| Field {
        name: name.clone(),
        file: None,
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned).into_bytes().into(),
    });
    let name = if pictures.len() == 1 { "image" } else { "image[]" };
    let pictures = pictures.iter().map(|input| input.field(name));
    let mask = mask.iter().map(|input| input.field("mask"));
    Payload::form(fields.chain(pictures).chain(mask).collect())
}

impl Request for Plan {
    type Reply = Answer;

    fn check(&self) -> anyhow::Result<()> {
        images::check(&self.estimate, &self.model, &self.limits)
            .map_err(|refusal| refused(&refusal))?;
        let limited = self.limits.cost.is_some() || self.limits.budget;
        let asks = |field: &&&str| self.body.get(**field).is_some_and(|value| !value.is_null());
        match FEES.iter().find(asks).filter(|_| limited) {
            Some(field) => {
                let (model, what) = (self.model.name.clone(), (*field).to_owned());
                Err(refused(&Refusal::Fees { model, what }))
            }
            None => Ok(()),
        }
    }

    fn endpoint(&self) -> &'static str {
        if self.inputs.pictures.is_empty() { "images/generations" } else { "images/edits" }
    }

    fn payload(&self) -> Arc<Payload> {
        Arc::new(payload(&self.body, &self.inputs))
    }

    fn streams(&self) -> bool {
        self.body["stream"] == true
    }

    fn claim(&self) -> Claim<'_> {
        let each = self.estimate.each.map_or(0, |each| each.tokens);
        Claim {
            command: "image",
            model: &self.model.name,
            prompt_tokens: self.estimate.prompt.tokens,
            reply_tokens: each.saturating_mul(self.choices),
            exact: self.estimate.prompt.exact,
            worst: self.worst(),
        }
    }

    /// Which quality and size would fit is not searched for.
    fn most(&self) -> Option<Picodollars> {
        self.limits.cost
    }

    fn affordable(&self, _: Picodollars) -> Option<String> {
        None
    }

    fn bill(&self, answer: &Answer, course: Course) -> Option<Bill> {
        let wish = wish(&self.body, self.inputs.count());
        let by = |usage: Option<&Usage>| {
            bill_pictures(&wish, &self.model, &self.price, usage, answer.count())
        };
        match answer.usage() {
            _ if course == Course::Unbilled => {
                Some(bill(&Usage::default(), &self.price, Tier::Standard, true))
            }
            Some(usage) => Some(by(Some(&self.by_kind(usage)))),
            None if course == Course::Whole && answer.count() > 0 => Some(by(None)),
            None => None,
        }
    }
}

impl Plan {
    /// Where the server does not tell the kinds of tokens apart, all that comes out is picture, and
    /// so is all that goes in with pictures: the dearer kind.
    fn by_kind(&self, usage: Usage) -> Usage {
        let all_if = |part: u64, condition: bool, all: u64| {
            if part == 0 && condition { all } else { part }
        };
        Usage {
            picture_in: all_if(usage.picture_in, self.inputs.count() > 0, usage.prompt),
            picture_out: all_if(usage.picture_out, true, usage.reply),
            ..usage
        }
    }
}
