//! What a job needs to know of its requests and of what they amount to, whether they are for text
//! or for pictures.

use std::fmt;

use serde_json::Value;

use crate::account::limits::Limits;
use crate::account::money::Picodollars;
use crate::cmd::call::Call;
use crate::cmd::exchange::Account;
use crate::cmd::job::kept::Place;
use crate::cmd::records::Record;
use crate::cmd::request::Request;
use crate::exit::Exit;
use crate::stdio::Stdio;

/// One request a record.
pub trait Work: Sync {
    type Plan: Request + Send + Sync;
    type Sum: Sum<Self::Plan> + Send + Sync;
    /// What stands between several replies to one record, before line breaks are folded.
    const BETWEEN: &'static str;

    /// A record's request, at the job's cap if it has one. In every pass it is the same.
    fn plan(&self, record: &Record, cap: Option<u64>) -> anyhow::Result<Self::Plan>;
    /// Of no requests yet.
    fn sum(&self) -> anyhow::Result<Self::Sum>;
    /// Refuses a record whose answer would have no place. `kept` is where it is answered already.
    fn admit(&self, record: &Record, kept: Option<Place>) -> anyhow::Result<()>;
    /// What `--dry-run` prints.
    fn shown(&self, record: &Record, plan: &Self::Plan) -> Value;
    /// For a report.
    fn estimate(plan: &Self::Plan) -> Value;
    /// More than one reply is asked for.
    fn several(plan: &Self::Plan) -> bool;
    /// What the server's answer will be read into.
    fn answer(&self, plan: &Self::Plan) -> Answer<Self>;
    /// Takes the answer and judges it: the texts that came, or the files they were put into.
    fn take(&self, asked: Exchanged<'_, Self>, stdio: &mut Stdio) -> Taken;
}

pub type Answer<W> = <<W as Work>::Plan as Request>::Reply;

pub type Taken = (Vec<String>, anyhow::Result<Exit>);

/// A request that came to its end, one way or another.
pub struct Exchanged<'a, W: Work + ?Sized> {
    pub record: &'a Record,
    pub plan: &'a W::Plan,
    pub answer: &'a mut Answer<W>,
    pub account: &'a Account,
    pub ended: anyhow::Result<()>,
}

/// What the requests of a job come to. `Display`: `75 prompt + up to 1500 reply tokens, ...`.
pub trait Sum<Plan>: fmt::Display {
    /// Adds a request; refuses one that no sum can be told of, if there is a limit.
    fn add(&mut self, plan: &Plan) -> anyhow::Result<()>;
    /// Adds those that another sum is of.
    fn merge(&mut self, other: &Self);
    /// All of it may cost no more than `limit`. Perhaps that is what caps each reply.
    fn hold_against(&mut self, limit: Picodollars) -> anyhow::Result<Option<u64>>;
    fn worst(&self) -> Option<Picodollars>;
    fn json(&self) -> Value;
}

/// The limits of one request. That of the whole job is held against the sum; what it takes to judge
/// one request by it is what a budget takes.
pub fn limits(call: &Call) -> anyhow::Result<Limits> {
    let mut limits = call.limits()?;
    limits.budget |= limits.cost.take().is_some();
    Ok(limits)
}
