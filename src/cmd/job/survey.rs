//! The first pass over the records: whatever is wrong with any of them, and what all of them can
//! cost together. Sends nothing.

use std::fmt;
use std::num::NonZero;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cmd::call::Call;
use crate::cmd::job::ahead::{Block, Blocks};
use crate::cmd::job::ids::Ids;
use crate::cmd::job::kept::Kept;
use crate::cmd::job::spool::{Reading, Spool};
use crate::cmd::job::work::{Sum, Work};
use crate::cmd::records::{Record, Records};
use crate::cmd::request::Request as _;
use crate::exit::{Exit, failure};

/// What a job amounts to. `Display`: `3 requests, 75 prompt + up to 1500 reply tokens, ...`.
pub struct Survey<S> {
    pub requests: u64,
    /// Records that were answered before.
    pub kept: u64,
    /// What `--max-cost` allows each reply, where nothing else caps it.
    pub cap: Option<u64>,
    pub sum: S,
    pub blocks: Blocks,
    /// Why it may not be sent.
    pub refusal: Option<anyhow::Error>,
}

/// So many records are planned together, and about so many bytes of them, by at most so many
/// threads.
const TOGETHER: usize = 2048;
const MOST_BYTES: usize = 2 << 20;
const MOST_THREADS: usize = 4;

/// Reads every record. What is wrong with the input is an error; what is over a limit is not, yet.
/// What is answered already costs nothing.
pub fn take<W: Work>(
    call: &Call,
    records: Records,
    spool: &Spool,
    work: &W,
    kept: &Kept,
) -> anyhow::Result<Survey<W::Sum>> {
    let limit = call.limits()?.cost;
    let look = Look { call, records, work, kept, blocks: limit.is_none() };
    let (sum, blocks) = (work.sum()?, Blocks::new(call.args.records.jobs.into()));
    let mut survey = Survey { requests: 0, kept: 0, cap: None, sum, blocks, refusal: None };
    let mut ids = Ids::new();
    let mut reading = spool.records()?;
    loop {
        let (batch, unread) = next_of(&mut reading);
        for seen in together(&batch, |(index, bytes)| look.at(*index, bytes)) {
            let Seen { index, named, request } = seen?;
            if let Some(record) = named {
                refuse_known(&mut ids, &record)?;
            }
            let Some(Request { sum, block, refusal }) = request? else {
                survey.kept += 1;
                continue;
            };
            survey.requests += 1;
            survey.sum.merge(&sum);
            if let Some(block) = block {
                survey.blocks.add(index, &block);
            }
            survey.refusal = survey.refusal.or(refusal);
        }
        match unread {
            Some(error) => return Err(error),
            None if batch.is_empty() => break,
            None => {}
        }
    }
    if let Some(limit) = limit.filter(|_| survey.refusal.is_none() && survey.requests > 0) {
        match survey.sum.hold_against(limit) {
            Ok(cap) => survey.cap = cap,
            Err(refusal) => survey.refusal = Some(refusal),
        }
    }
    Ok(survey)
}

/// The next records as they stand, and why there are no more if they cannot be read.
fn next_of(reading: &mut Reading<'_>) -> (Vec<(u64, Vec<u8>)>, Option<anyhow::Error>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < TOGETHER && bytes < MOST_BYTES {
        match reading.take_next() {
            None => break,
            Some((_, Err(error))) => return (batch, Some(error)),
            Some((index, Ok(record))) => {
                bytes += record.len();
                batch.push((index, record));
            }
        }
    }
    (batch, None)
}

/// What looks at one record after the other.
struct Look<'a, W> {
    call: &'a Call<'a>,
    records: Records,
    work: &'a W,
    kept: &'a Kept,
    /// Records may be booked together.
    blocks: bool,
}

/// What there is to know of a record.
struct Seen<S> {
    index: u64,
    /// The record, if no other may have its name.
    named: Option<Record>,
    /// None if it is answered already.
    request: anyhow::Result<Option<Request<S>>>,
}

struct Request<S> {
    sum: S,
    block: Option<Block>,
    /// Why it may not be sent.
    refusal: Option<anyhow::Error>,
}

impl<W: Work> Look<'_, W> {
    fn at(&self, index: u64, bytes: &[u8]) -> anyhow::Result<Seen<W::Sum>> {
        let record = self.records.read(bytes, index)?;
        let request = self.request(&record);
        // A dry run names those without an id as well.
        let is_named = record.id.is_some() || self.call.args.dry_run;
        Ok(Seen { index, named: is_named.then_some(record), request })
    }

    fn request(&self, record: &Record) -> anyhow::Result<Option<Request<W::Sum>>> {
        let place = self.kept.place(record);
        self.work.admit(record, place).map_err(|error| record.wrong(&error))?;
        if place.is_some() {
            return Ok(None);
        }
        let plan = self.work.plan(record, None)?;
        let mut sum = self.work.sum()?;
        let added = sum.add(&plan);
        let refusal = plan.check().and(added).err().map(|error| record.wrong(&error));
        let block = self.blocks.then(|| Block::of(&plan.claim()));
        Ok(Some(Request { sum, block, refusal }))
    }
}

/// Refuses a name that another record has.
fn refuse_known(ids: &mut Ids, record: &Record) -> anyhow::Result<()> {
    let name = record.name();
    let Some(before) = ids.take(&name, record.index) else { return Ok(()) };
    let message = format!("{record}: record {before} has the same id");
    let message = match &record.id {
        Some(_) => message,
        None => format!("{message}, {name}; give this one an id as well"),
    };
    Err(failure(Exit::Usage, message))
}

/// Works on all items, on several threads if there is enough to do; the results in their order.
fn together<T: Sync, U: Send + Sync>(items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let next = AtomicUsize::new(0);
    let done: Vec<OnceLock<U>> = items.iter().map(|_| OnceLock::new()).collect();
    let run = || {
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(at)
        {
            // Nobody else has it.
            drop(done[at].set(work(item)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let more = cores.min(MOST_THREADS).min(items.len().div_ceil(64)).saturating_sub(1);
    thread::scope(|scope| {
        for _ in 0..more {
            // Threads that cannot be had are done without.
            let _ = thread::Builder::new().spawn_scoped(scope, run);
        }
        run();
    });
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

impl<S: fmt::Display> fmt::Display for Survey<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.requests == 1 { "" } else { "s" };
        write!(f, "{} request{plural}, {}", self.requests, self.sum)
    }
}
