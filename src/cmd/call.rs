//! What chat and complete do alike around their bodies: settings in, plan out, and the steps from
//! a plan to an exit code.

use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::json;

use crate::account::bill::Bill;
use crate::account::limits::Limits;
use crate::account::models::{CapField, Model};
use crate::account::price::Price;
use crate::args;
use crate::cmd::answer::{Answer, Verdict, Wanted};
use crate::cmd::body::Body;
use crate::cmd::booking::{Booking, Terms};
use crate::cmd::budget;
use crate::cmd::connection;
use crate::cmd::exchange::{Account, Exchange, incomplete};
use crate::cmd::plan::{Kind, Plan, limits_of};
use crate::cmd::pricing::Pricing;
use crate::cmd::report::{self, Report, Told};
use crate::cmd::request::Request;
use crate::cmd::signals::Signals;
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::Stdio;
use crate::wire;

/// Makes pictures unless another is named: current, and its cost has a bound.
const IMAGE_MODEL: &str = "gpt-image-2";

/// Gets a reply's text once it is in, whole or cut at its cap.
pub type Keep<'k> = Option<&'k mut dyn FnMut(&str, &Verdict) -> anyhow::Result<()>>;

/// How a call ended, and what it cost if that is known.
pub struct Sent {
    pub outcome: anyhow::Result<Exit>,
    pub bill: Option<Bill>,
}

/// A command's flags and settings, checked as far as they can be before there is a prompt.
pub struct Call<'a> {
    pub kind: Kind,
    pub args: &'a args::Request,
    pub settings: Settings,
    pub model: Arc<Model>,
    pub price: Price,
    pub terms: Terms,
    pub timeout: Duration,
    pub report: &'a Report,
    pub signals: Signals,
    /// The server and its key, once something is to be sent.
    pub server: OnceLock<wire::Settings>,
}

/// Runs a command's `body` with its call, and sees to it that its report is written.
pub fn with(
    kind: Kind,
    args: &args::Request,
    stdio: &mut Stdio,
    body: impl FnOnce(&Call, &mut Stdio) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    stdio.quiet = args.quiet;
    let signals = Signals::watch(stdio.is_interactive())?;
    let sends = !(args.dry_run || args.estimate);
    let report = Report::open(kind, args.report.as_deref().filter(|_| sends))?;
    let outcome = Call::new(kind, args, &report, signals).and_then(|call| body(&call, stdio));
    report.close(outcome)
}

impl<'a> Call<'a> {
    fn new(
        kind: Kind,
        args: &'a args::Request,
        report: &'a Report,
        signals: Signals,
    ) -> anyhow::Result<Self> {
        let settings = Settings::read(args.connection.profile.as_deref())?;
        let pricing = Pricing::read(&settings, args.rate.as_deref(), args.prices.as_deref())?;
        let base = connection::base(&args.connection, &settings)?;
        let (mut model, price) = match (kind, named(kind, args, &settings)) {
            (Kind::Image, Some(name)) => pricing.of_pictures(name, base.host())?,
            (_, name) => pricing.at(name, base.host())?,
        };
        if kind == Kind::Complete {
            // That endpoint knows no other field, whatever the model takes in a chat.
            model.cap_field = CapField::Legacy;
        }
        let tag = args.tag.as_deref();
        let budgets = budget::all(&args.budget, tag, &settings)?;
        Ok(Self {
            kind,
            args,
            model: Arc::new(model),
            terms: Terms::new(budgets, tag, base.host(), &price),
            price,
            timeout: connection::timeout(&args.connection)?,
            settings,
            report,
            signals,
            server: OnceLock::new(),
        })
    }

    /// Text streams to a terminal; a pipe gets a whole answer or none.
    pub fn streams(&self, stdio: &Stdio) -> bool {
        let shown = stdio.out_is_terminal && !self.args.json;
        self.args.stream || (shown && !self.args.no_stream)
    }

    /// Nothing will be sent, and nothing changed.
    pub fn only_looks(&self) -> bool {
        self.args.dry_run || self.args.estimate
    }

    pub fn plan(&self, body: Body) -> anyhow::Result<Plan> {
        let (model, price) = (self.model.clone(), self.price.clone());
        Plan::new(self.kind, model, price, body, self.limits()?)
    }

    /// The limits of the flags.
    pub fn limits(&self) -> anyhow::Result<Limits> {
        limits_of(self.args, !self.terms.budgets.is_empty())
    }

    /// The whole way of a one-shot call. A whole reply's text is given to `keep` before it is
    /// printed.
    pub fn run(&self, body: Body, stdio: &mut Stdio, keep: Keep<'_>) -> anyhow::Result<Exit> {
        let plan = self.plan(body)?;
        if self.only_looks() {
            match self.args.dry_run {
                true => writeln!(stdio.out, "{}", plan.body.text())?,
                false => self.print_estimate(&plan, stdio)?,
            }
            return plan.check().map(|()| Exit::Done);
        }
        self.send(&plan, stdio, keep).outcome
    }

    /// From a plan to an exit code: told, checked, sent, printed, reported.
    pub fn send(&self, plan: &Plan, stdio: &mut Stdio, keep: Keep<'_>) -> Sent {
        let mut answer = Answer::new(self.wanted(plan, keep.is_some()));
        let mut account = Account::default();
        stdio.note(format_args!("estimate: {} ({})", plan.estimate, plan.model.name));
        let outcome = self.prepare(plan, stdio).and_then(|mut exchange| {
            let verdict = exchange.run(&mut answer, stdio).map(|()| answer.verdict());
            account = exchange.account;
            let kept = match (keep, &verdict) {
                (Some(keep), Ok(verdict @ (Verdict::Complete | Verdict::Cut(_)))) => {
                    keep(answer.text(), verdict)
                }
                _ => Ok(()),
            };
            let printed = answer.finish(stdio).map_err(anyhow::Error::from);
            verdict.and_then(|verdict| {
                printed.and(kept)?;
                self.conclude(verdict, &account)
            })
        });
        let billed = |bill: &&Bill| answer.has_arrived() || bill.usage.reply > 0;
        if let Some(bill) = account.bill.as_ref().filter(billed) {
            stdio.note(format_args!("used: {bill}"));
        }
        let told = self.report.tell(&Told {
            model: &plan.model.name,
            estimate: &|| report::estimate(&plan.estimate),
            price: &plan.price,
            account: &account,
            reply: &answer,
            outcome: &outcome,
        });
        let outcome = outcome.and_then(|exit| told.map(|()| exit));
        Sent { outcome, bill: account.bill }
    }

    pub fn wanted(&self, plan: &Plan, keep: bool) -> Wanted {
        let echoed = if plan.body.echoes() { plan.ask.prompt.tokens } else { 0 };
        Wanted {
            json: self.args.json,
            stream: plan.body.streams(),
            choices: plan.body.choices(),
            cap: plan.ask.cap.map(|cap| cap.saturating_add(echoed)),
            encoding: plan.model.encoding,
            published: plan.model.published,
            keep,
        }
    }

    /// All that can be refused before the first byte leaves.
    pub fn prepare<'p, R: Request>(
        &'p self,
        plan: &'p R,
        stdio: &mut Stdio,
    ) -> anyhow::Result<Exchange<'p, R>> {
        plan.check()?;
        let client = connection::open(self.server()?)?;
        let (timeout, retries) = (self.timeout, self.args.connection.retries);
        let booking = Booking::open(&self.settings.ledger, &self.terms, timeout, stdio)?;
        Ok(Exchange::new(plan, Arc::new(client), &self.signals, booking, timeout, retries))
    }

    /// The server and its key, found out once.
    pub fn server(&self) -> anyhow::Result<&wire::Settings> {
        if let Some(server) = self.server.get() {
            return Ok(server);
        }
        let server = connection::server(&self.args.connection, &self.settings)?;
        Ok(self.server.get_or_init(|| server))
    }

    pub fn conclude(&self, verdict: Verdict, account: &Account) -> anyhow::Result<Exit> {
        let (why, advice) = match verdict {
            Verdict::Complete => return Ok(Exit::Done),
            Verdict::Cut(_) if self.args.allow_incomplete => return Ok(Exit::Done),
            Verdict::Cut(by) => (by.to_owned(), "; raise --max-tokens, or give --allow-incomplete"),
            Verdict::Incomplete(why) => (why, ""),
        };
        let message = format!("{}{}{advice}", incomplete(&why), account.request());
        Err(failure(Exit::Incomplete, message))
    }

    fn print_estimate(&self, plan: &Plan, stdio: &mut Stdio) -> anyhow::Result<()> {
        let estimate = &plan.estimate;
        if !self.args.json {
            writeln!(stdio.out, "{estimate} ({})", plan.model.name)?;
            return Ok(());
        }
        let line = json!({
            "model": plan.model.name,
            "estimate": report::estimate(estimate),
            "price": report::price(&plan.price),
        });
        writeln!(stdio.out, "{line}")?;
        Ok(())
    }
}

/// The model that is named for this kind of request; for text, settings and default are the
/// pricing's.
fn named<'a>(kind: Kind, args: &'a args::Request, settings: &'a Settings) -> Option<&'a str> {
    let picture = || settings.image_model.as_deref().unwrap_or(IMAGE_MODEL);
    args.model.as_deref().or_else(|| (kind == Kind::Image).then(picture))
}
