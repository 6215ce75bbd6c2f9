//! What an exchange needs to know of a request and of its reply, whether they are text or pictures.

use std::sync::Arc;
use std::time::Duration;

use crate::account::bill::Bill;
use crate::account::money::Picodollars;
use crate::cmd::attempt::Reader;
use crate::stdio::Stdio;
use crate::wire::{Client, Payload};

/// A request, priced.
pub trait Request {
    type Reply: Reply;
    /// Whether it may be sent, as far as that can be told without the ledger.
    fn check(&self) -> anyhow::Result<()>;
    fn endpoint(&self) -> &'static str;
    /// What is sent; for another attempt once more.
    fn payload(&self) -> Arc<Payload>;
    fn streams(&self) -> bool;
    fn claim(&self) -> Claim<'_>;
    /// What it may cost, with every attempt that may be billed.
    fn most(&self) -> Option<Picodollars>;
    /// How to make it fit into what is left, if that can be told.
    fn affordable(&self, left: Picodollars) -> Option<String>;
    /// None if nothing tells what it cost: then it stays booked at its worst case.
    fn bill(&self, reply: &Self::Reply, course: Course) -> Option<Bill>;
}

/// What is booked before a request is sent.
pub struct Claim<'a> {
    pub command: &'static str,
    pub model: &'a str,
    pub prompt_tokens: u64,
    pub reply_tokens: u64,
    pub exact: bool,
    pub worst: Picodollars,
}

/// What comes back, as it comes. A [`BadReply`](crate::wire::reply::BadReply) is the server's
/// failure, any other error is ours.
pub trait Reply {
    /// An answer that came in one piece.
    type Whole: Send + 'static;
    /// What reads it, on the wire's thread.
    fn reader(&self) -> Reader<Self::Whole>;
    fn take_whole(&mut self, whole: Self::Whole, stdio: &mut Stdio) -> anyhow::Result<()>;
    /// Takes an event of a stream.
    fn take_event(&mut self, data: &str, stdio: &mut Stdio) -> anyhow::Result<()>;
    /// What a terminal is told each second while nothing comes.
    fn progress(&self, elapsed: Duration) -> Option<String>;
    /// Nothing more is wanted.
    fn is_done(&self) -> bool;
    /// Something has come: nothing may be sent again.
    fn has_arrived(&self) -> bool;
    /// It broke off.
    fn is_broken(&self) -> bool;
    /// Begins anew, for another attempt.
    fn forget(&mut self);
    /// The model that answered.
    fn model(&self) -> Option<&str>;
    fn finish_reason(&self) -> Option<&str>;
    /// Takes the key out of what the server says of its answer, should it repeat it there.
    fn redact(&mut self, client: &Client);
}

/// How the sending of a request came to its end, as far as its bill goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// The server never had it, or refused it: it costs nothing.
    Unbilled,
    /// The reply came to its end.
    Whole,
    /// We ended it: a signal, a reader that left.
    Stopped,
    /// The server, or the way to it, failed. It may have been billed.
    Broken,
}
