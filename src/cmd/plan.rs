//! What is about to be sent and what it can cost: pure, from a body and the limits to an estimate
//! or a refusal.

use std::sync::Arc;

use crate::account::body::{self as asked, Ask};
use crate::account::estimate::{Estimate, estimate};
use crate::account::limits::{self, Limits, Refusal};
use crate::account::models::Model;
use crate::account::money::Picodollars;
use crate::account::price::Price;
use crate::args;
use crate::cmd::body::Body;
use crate::exit::{Exit, failure};

/// Which of the API's ways to answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chat,
    Complete,
    Image,
}

impl Kind {
    pub fn command(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Complete => "complete",
            Self::Image => "image",
        }
    }

    pub fn endpoint(self) -> &'static str {
        match self {
            Self::Chat => "chat/completions",
            Self::Complete => "completions",
            Self::Image => "images/generations",
        }
    }

    fn ask(self, model: &Model, body: &Body) -> anyhow::Result<Ask> {
        let read = match self {
            Self::Chat => asked::chat(model, body.value()),
            // Pictures are priced from a wish of their own; their prompt is one of these.
            Self::Complete | Self::Image => asked::completion(model, body.value()),
        };
        read.map_err(|error| failure(Exit::Usage, error.to_string()))
    }
}

/// A request, priced.
pub struct Plan {
    pub kind: Kind,
    pub model: Arc<Model>,
    pub price: Price,
    pub body: Body,
    pub ask: Ask,
    pub estimate: Estimate,
    pub limits: Limits,
}

impl Plan {
    /// Reads from the body what it asks for. Without a cap, `--max-cost` sets one: what the money
    /// allows, and no more than the model can reply.
    pub fn new(
        kind: Kind,
        model: Arc<Model>,
        price: Price,
        body: Body,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let plan = Self::as_it_is(kind, model, price, body, limits)?;
        let (Some(sum), None) = (limits.cost, plan.ask.cap) else { return Ok(plan) };
        limits::check(&plan.model, &plan.ask, &plan.estimate, &Limits { cost: None, ..limits })
            .map_err(|refusal| refused(&refusal))?;
        let Self { model, price, mut body, ask, estimate, .. } = plan;
        let affordable = limits::affordable_cap(sum, &model, &[(ask, estimate)])
            .map_err(|refusal| refused(&refusal))?;
        if let Some(cap) = affordable {
            body.set_cap(cap);
        }
        Self::as_it_is(kind, model, price, body, limits)
    }

    /// The same, with no cap but the body's own.
    pub fn as_it_is(
        kind: Kind,
        model: Arc<Model>,
        price: Price,
        body: Body,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let ask = kind.ask(&model, &body)?;
        let estimate = estimate(&ask, &model, &price);
        Ok(Self { kind, model, price, body, ask, estimate, limits })
    }

    /// Whether it may be sent, as far as that can be told without the ledger.
    pub fn check(&self) -> anyhow::Result<()> {
        limits::check(&self.model, &self.ask, &self.estimate, &self.limits)
            .map_err(|refusal| refused(&refusal))
    }
}

pub fn limits_of(args: &args::Request, has_budget: bool) -> anyhow::Result<Limits> {
    let cost = args.max_cost.as_deref().map(|text| {
        Picodollars::from_dollars(text.strip_prefix('$').unwrap_or(text))
            .map_err(|error| failure(Exit::Usage, format!("--max-cost {error}")))
    });
    Ok(Limits {
        prompt_tokens: args.max_prompt_tokens,
        cost: cost.transpose()?,
        budget: has_budget,
    })
}

pub fn refused(refusal: &Refusal) -> anyhow::Error {
    let exit = if refusal.is_money() { Exit::OverCost } else { Exit::OverTokens };
    failure(exit, refusal.to_string())
}
