//! The server, asked one thing after the other: again where that can do no harm, until a signal or
//! the time for it ends it.

use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use crate::args;
use crate::cmd::connection;
use crate::cmd::exchange::seed;
use crate::cmd::signals::{SIGTERM, Signals};
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::Stdio;
use crate::wire::reply::batches::{self, Batch, Id};
use crate::wire::{self, Accept, Client, Failure, Kind, Method, Payload, Response, Waits};

/// The longest description of batches that is read.
const LONGEST_ANSWER: usize = 64 << 20;

/// Whether a request may go out again when nobody knows what became of the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing, or to do it twice is as good as once.
    Harmless,
    /// It costs money each time.
    Costly,
}

pub struct Server<'a> {
    client: Client,
    signals: &'a Signals,
    heard: Receiver<()>,
    pub timeout: Duration,
    retries: u32,
}

impl<'a> Server<'a> {
    /// From now on a signal ends what is asked, not the program.
    pub fn open(
        args: &args::Connection,
        settings: &Settings,
        signals: &'a Signals,
    ) -> anyhow::Result<Self> {
        let timeout = connection::timeout(args)?;
        let client = connection::client(args, settings)?;
        let (sender, heard) = sync_channel(1);
        let interrupter = client.interrupter();
        signals.tell(move |_| {
            interrupter.interrupt();
            // Told once is told.
            let _ = sender.try_send(());
        });
        Ok(Self { client, signals, heard, timeout, retries: args.retries })
    }

    /// Nothing more will be asked: a signal ends the program again.
    pub fn close(&self) {
        self.signals.hold();
        self.signals.rest();
    }

    /// A batch as it is now.
    pub fn batch(&self, id: &Id, stdio: &mut Stdio) -> anyhow::Result<(Vec<u8>, Batch)> {
        let body = self.get(&format!("batches/{id}"), stdio)?;
        let batch = batches::batch(&body)?;
        Ok((body, batch))
    }

    pub fn get(&self, endpoint: &str, stdio: &mut Stdio) -> anyhow::Result<Vec<u8>> {
        let read = |response: Response| response.whole(LONGEST_ANSWER);
        self.ask(Method::Get, endpoint, Repeat::Harmless, stdio, read).map_err(|f| self.told(f))
    }

    pub fn post(
        &self,
        endpoint: &str,
        body: &Payload,
        repeat: Repeat,
        stdio: &mut Stdio,
    ) -> Result<Vec<u8>, Failure> {
        let read = |response: Response| response.whole(LONGEST_ANSWER);
        self.ask(Method::Post(body), endpoint, repeat, stdio, read)
    }

    /// Asks, and reads the answer with `read`, from its beginning each time.
    pub fn ask<T>(
        &self,
        method: Method<'_>,
        endpoint: &str,
        repeat: Repeat,
        stdio: &mut Stdio,
        mut read: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut waits = Waits::new(self.retries, seed());
        let started = Instant::now();
        loop {
            let left = self.timeout.saturating_sub(started.elapsed());
            let failed = match self.once(method, endpoint, left, &mut read) {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if repeat == Repeat::Costly && may_be_done(&failed) {
                return Err(failed);
            }
            let left = self.timeout.saturating_sub(started.elapsed());
            let Some(wait) = waits.after(&failed, left) else { return Err(failed) };
            stdio.note(format_args!("{failed}; trying again in {:.1} s", wait.as_secs_f64()));
            if !self.pause(wait) {
                return Err(Failure { kind: Kind::Interrupted, ..failed });
            }
        }
    }

    /// Asks once.
    pub fn once<T>(
        &self,
        method: Method<'_>,
        endpoint: &str,
        within: Duration,
        mut read: impl FnMut(Response) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let accept = match method {
            Method::Get if endpoint.ends_with("/content") => Accept::Anything,
            _ => Accept::Json,
        };
        wire::send(&self.client, &wire::Request { method, endpoint, accept, within })
            .and_then(&mut read)
    }

    /// Waits so long; false when a signal came.
    pub fn pause(&self, wait: Duration) -> bool {
        self.heard.recv_timeout(wait).is_err()
    }

    /// A failure with its exit code: a signal's own where one put an end to it.
    pub fn told(&self, failed: Failure) -> anyhow::Error {
        match failed.kind {
            Kind::Interrupted => {
                let (exit, word) = self.signal();
                failure(exit, word)
            }
            _ => failed.into(),
        }
    }

    /// What the signal that came makes of the program.
    pub fn signal(&self) -> (Exit, &'static str) {
        match self.signals.last() {
            Some(SIGTERM) => (Exit::Terminated, "terminated"),
            _ => (Exit::Interrupted, "interrupted"),
        }
    }
}

/// Whether the server may have done what it was asked for. Only a refusal says that it has not: a
/// conflict or an error of its own may come after the deed.
pub fn may_be_done(failed: &Failure) -> bool {
    failed.sent || matches!(failed.status, Some(409 | 500..))
}
