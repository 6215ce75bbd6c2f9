//! What goes into the ledger and what comes out: entries, settlements, budgets, rows.
//! Plain data. Amounts are picodollars, times Unix milliseconds.

/// The number of a row: what `gpt spend` lists and `--settle` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub i64);

/// A request about to be sent, at its worst case.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What the clock says.
    pub time: i64,
    /// When nobody waits for the answer any longer (time plus all timeouts and some grace). A row
    /// still reserved by then is shown as unsettled.
    pub deadline: i64,
    /// The row of the attempt before, when this one sends the same request again because the server
    /// may or may not have billed the first.
    pub retry_of: Option<RowId>,
    /// `chat`, `complete`, `image`.
    pub command: &'a str,
    pub tag: Option<&'a str>,
    pub model: &'a str,
    /// The host of the base URL, with its port where one was given. Never the whole URL.
    pub host: &'a str,
    pub prompt_tokens: u64,
    /// The reply's cap.
    pub reply_tokens: u64,
    /// Whether `prompt_tokens` is the exact count, not an estimate (`~`).
    pub exact: bool,
    /// The rates, as they are printed: `2/1M:12/1M`.
    pub price: &'a str,
    /// Where they come from: `--rate`, `config`, `price map`, `table of 2026-11`, `default rate`.
    pub price_source: &'a str,
    /// What the request costs at most.
    pub worst_case: u128,
    /// Several may be booked together, as a bundle: then all figures are sums.
    pub requests: u32,
}

/// An amount that may not be exceeded by what was spent and reserved since a moment.
#[derive(Clone, Copy, Debug)]
pub struct Budget<'a> {
    /// As the user wrote it: `5/day`. Comes back in the refusal.
    pub label: &'a str,
    pub amount: u128,
    /// The start of its window; `None`: everything counts. A window has no end: what is dated in
    /// the future (a clock was wrong) counts as well.
    pub since: Option<i64>,
    /// Only rows with this tag; `None`: all rows.
    pub tag: Option<&'a str>,
}

/// What became of an attempt to reserve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// It is on the disk: send the request.
    Booked(RowId),
    /// A budget has no room for it, nothing was written: do not send.
    Refused(Refusal),
}

/// The first budget without room, with its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The budget's label.
    pub label: String,
    pub tag: Option<String>,
    pub amount: u128,
    /// Settled, in the budget's window.
    pub spent: u128,
    /// Reserved or unsettled, at the worst case.
    pub reserved: u128,
    /// The worst case of the request that was refused.
    pub asked: u128,
}

impl Refusal {
    /// What is left of the budget: nothing, when more was spent than it allows.
    pub fn left(&self) -> u128 {
        self.amount.saturating_sub(self.spent.saturating_add(self.reserved))
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settlement<'a> {
    /// What it cost. `None`: it died without an answer, and may have been billed. A request that
    /// the server refused before doing anything has a bill of 0.
    pub bill: Option<Bill>,
    /// The model that answered, as the server names it.
    pub model: Option<&'a str>,
    /// The server's word, or ours (`refused`, `interrupted`).
    pub finish_reason: Option<&'a str>,
    pub request_id: Option<&'a str>,
    /// How often it was sent, with the attempts that the server certainly did not bill.
    pub attempts: u32,
    pub duration_ms: u64,
}

/// What was booked, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    pub row: RowId,
    /// Where the row is a bundle's: the one of its requests that is meant.
    pub part: Option<Entry<'a>>,
    /// None: it was never sent, and is booked no more.
    pub settlement: Option<Settlement<'a>>,
}

/// What a request cost, and for how many tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    pub cost: u128,
    /// `None` when there was no reply to count.
    pub usage: Option<Usage>,
}

/// Billed tokens by kind. Cached and cache-written ones are part of the prompt, reasoning is part
/// of the reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt: u64,
    pub cached: u64,
    pub cache_written: u64,
    pub reply: u64,
    pub reasoning: u64,
    /// Counted by ourselves because the server sent no usage.
    pub counted_here: bool,
}

/// From `since` up to, not with, `until`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub since: Option<i64>,
    pub until: Option<i64>,
}

/// What a row is at the moment of looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Sent or about to be, by a process that is still there.
    Reserved,
    Settled,
    /// It died without an answer: booked at its worst case.
    Unsettled,
}

/// A row of the ledger, lent while it is visited.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub id: RowId,
    pub state: State,
    /// As it was reserved. Its `time` is the clock's, its `deadline` only matters while reserved.
    pub entry: Entry<'a>,
    /// As it ended. Empty while it is reserved.
    pub settlement: Settlement<'a>,
}

impl Row<'_> {
    /// What the row counts in a budget: its cost if it has one, else its worst case.
    pub fn amount(&self) -> u128 {
        self.settlement.bill.map_or(self.entry.worst_case, |bill| bill.cost)
    }
}
