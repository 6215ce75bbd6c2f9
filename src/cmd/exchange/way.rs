//! The ways an attempt is made: alone, heard of as it comes, or as one of many that keep pace.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::{End, Exchange, Whole};
use crate::cmd::attempt::{self, Event};
use crate::cmd::pace::{Leave, Pace};
use crate::cmd::request::{Reply, Request};
use crate::stdio::Stdio;
use crate::wire::{Kind, Payload};

/// How attempts are made, and waited for.
pub(super) trait Way<R: Request> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End;

    /// False if there is to be no other attempt.
    fn wait(&mut self, wait: Duration) -> bool;
}

/// On a thread of their own each, so that a signal is heard at any moment.
pub(super) struct Watched<W> {
    pub sender: SyncSender<Event<W>>,
    pub events: Receiver<Event<W>>,
}

impl<R: Request> Way<R> for Watched<Whole<R>> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End {
        let (read, sender) = (answer.reader(), self.sender.clone());
        attempt::start(&exchange.client, exchange.plan, body, read, within, sender);
        exchange.receive(body, &self.events, answer, stdio)
    }

    fn wait(&mut self, wait: Duration) -> bool {
        matches!(self.events.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
    }
}

/// On this thread, one of many that keep pace.
pub(super) struct Paced<'p> {
    pub pace: &'p Pace,
    pub leave: Leave,
}

impl<R: Request> Way<R> for Paced<'_> {
    fn attempt(
        &mut self,
        exchange: &mut Exchange<'_, R>,
        body: &Arc<Payload>,
        within: Duration,
        answer: &mut R::Reply,
        stdio: &mut Stdio,
    ) -> End {
        if self.pace.is_stopped() {
            return exchange.stopped(false);
        }
        let read = answer.reader();
        match attempt::here(&exchange.client, exchange.plan, body, read, within) {
            Ok(heard) => {
                let claim = exchange.plan.claim();
                let tokens = claim.prompt_tokens.saturating_add(claim.reply_tokens);
                self.pace.answered(&heard.allowances, tokens);
                exchange.account.request_id = heard.request_id;
                match answer.take_whole(heard.whole, stdio).map_err(anyhow::Error::downcast) {
                    Ok(()) => End::Answered,
                    Err(Ok(bad)) => End::Misanswered(exchange.client.redact_reply(bad)),
                    Err(Err(error)) => End::Unprinted(error),
                }
            }
            Err(failed) if failed.kind == Kind::Interrupted => exchange.stopped(failed.sent),
            Err(failed) => {
                self.pace.failed(&failed, self.leave);
                End::Failed(failed)
            }
        }
    }

    fn wait(&mut self, wait: Duration) -> bool {
        let leave = if self.pace.wait(wait) { self.pace.leave() } else { None };
        self.leave = leave.unwrap_or_default();
        leave.is_some()
    }
}
