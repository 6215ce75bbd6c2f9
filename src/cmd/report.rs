//! The account of a call as one JSON line: `--report`, and in part `--estimate --json`.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::account::bill::Bill;
use crate::account::estimate::Estimate;
use crate::account::price::{Price, Tier};
use crate::cmd::exact_json;
use crate::cmd::exchange::Account;
use crate::cmd::plan::Kind;
use crate::cmd::request::Reply;
use crate::exit::{self, Exit, failure};
use crate::stdio::reason;

/// Where `--report` goes: every call leaves one line there, however it ends.
pub struct Report {
    kind: Kind,
    file: Option<File>,
    written: AtomicBool,
}

/// What there is to tell of a call.
pub struct Told<'a, R> {
    pub model: &'a str,
    pub estimate: &'a dyn Fn() -> Value,
    pub price: &'a Price,
    pub account: &'a Account,
    pub reply: &'a R,
    pub outcome: &'a anyhow::Result<Exit>,
}

impl Report {
    /// Opened before anything is sent: a report that cannot be written costs no money.
    pub fn open(kind: Kind, path: Option<&Path>) -> anyhow::Result<Self> {
        let open = |path: &Path| {
            OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
                let (path, why) = (path.display(), reason(&error));
                failure(Exit::Local, format!("report {path}: {why}; nothing was sent"))
            })
        };
        Ok(Self { kind, file: path.map(open).transpose()?, written: AtomicBool::new(false) })
    }

    /// The account of a call that got as far as a plan.
    pub fn tell<R: Reply>(&self, told: &Told<'_, R>) -> anyhow::Result<()> {
        if self.file.is_none() {
            return Ok(());
        }
        let Told { model, estimate, price: rate, account, reply, outcome } = *told;
        self.write(&json!({
            "time": Timestamp::now().to_string(),
            "command": self.kind.command(),
            "model": model,
            "answered_by": reply.model(),
            "estimate": estimate(),
            "usage": account.bill.as_ref().map(usage),
            "cost": account.bill.as_ref().map(|bill| exact_json(bill.cost)),
            "price": price(rate),
            "finish_reason": reply.finish_reason(),
            "request_id": account.request_id,
            "attempts": account.attempts,
            "ms": account.milliseconds(),
            "exit": exit::code_of(outcome) as u8,
            "error": error(outcome),
        }))
    }

    /// The account of a call that failed before there was a plan; nothing, if it was told.
    pub fn close(&self, outcome: anyhow::Result<Exit>) -> anyhow::Result<Exit> {
        if outcome.is_err() && !self.written.load(Ordering::Relaxed) {
            self.write(&json!({
                "time": Timestamp::now().to_string(),
                "command": self.kind.command(),
                "attempts": 0,
                "exit": exit::code_of(&outcome) as u8,
                "error": error(&outcome),
            }))?;
        }
        outcome
    }

    fn write(&self, line: &Value) -> anyhow::Result<()> {
        let Some(mut file) = self.file.as_ref() else { return Ok(()) };
        self.written.store(true, Ordering::Relaxed);
        // One write, so that lines of calls at once do not mix.
        file.write_all(format!("{line}\n").as_bytes())
            .map_err(|error| failure(Exit::Local, format!("report: {}", reason(&error))))
    }
}

fn error(outcome: &anyhow::Result<Exit>) -> Option<String> {
    outcome.as_ref().err().map(|error| format!("{error:#}"))
}

pub fn estimate(estimate: &Estimate) -> Value {
    json!({
        "prompt_tokens": estimate.prompt.tokens,
        "exact": estimate.prompt.exact,
        "max_reply_tokens": estimate.cap,
        "replies": estimate.replies,
        "max_cost": estimate.worst.map(exact_json),
    })
}

/// The billed tokens by kind.
pub fn usage(bill: &Bill) -> Value {
    json!({
        "prompt_tokens": bill.usage.prompt,
        "cached_tokens": bill.usage.cached,
        "cache_write_tokens": bill.usage.written,
        "reply_tokens": bill.usage.reply,
        "reasoning_tokens": bill.usage.reasoning,
        "exact": bill.exact,
    })
}

pub fn price(price: &Price) -> Value {
    json!({"rate": rates(price), "source": price.source.to_string()})
}

/// The two main rates, as `--rate` takes them.
pub fn rates(price: &Price) -> String {
    price.rates(Tier::Standard, 0).map_or_else(|| "-".into(), |rates| rates.to_string())
}
