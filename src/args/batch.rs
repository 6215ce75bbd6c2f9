//! `gpt batch` and its commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::Connection;

#[derive(Args)]
#[command(after_help = "\
A batch is made of a file with a request a line, as 'gpt chat --jsonl --dry-run' writes them: \
custom_id, method, url and body. Answers come within 24 hours, and stay on the server for 30 days.

Examples:
  gpt chat --jsonl --dry-run --max-tokens 200 < records.jsonl > requests.jsonl
  gpt batch submit --estimate requests.jsonl
  gpt batch submit --max-cost 5 requests.jsonl > ids
  xargs gpt batch wait < ids
  xargs gpt batch results < ids > replies.txt")]
#[command(arg_required_else_help = true)]
pub struct Batch {
    #[command(subcommand)]
    pub command: BatchCommand,
}

#[derive(Subcommand)]
pub enum BatchCommand {
    Submit(Box<Submit>),
    Status(Status),
    Wait(Wait),
    Results(Results),
    Cancel(Cancel),
    List(List),
}

/// Send a file of requests, and print the id of the batch, or of each batch
#[derive(Args)]
#[command(after_help = "\
Every line is checked and priced before anything is sent. A file of more than 50,000 requests or \
200 MB becomes several batches, each with its id on a line of its own.

Examples:
  gpt batch submit --estimate requests.jsonl
  gpt batch submit --max-cost 5 --tag nightly requests.jsonl > ids")]
pub struct Submit {
    /// The requests, a JSON object a line; without it, or with '-', standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Refuse what could cost more, all requests together
    #[arg(long, value_name = "USD", allow_hyphen_values = true, help_heading = "Limits")]
    pub max_cost: Option<String>,

    /// Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable)
    #[arg(long, value_name = "USD/PERIOD", allow_hyphen_values = true, help_heading = "Limits")]
    pub budget: Vec<String>,

    /// Book under this name; --budget then covers this name alone
    #[arg(long, value_name = "NAME", help_heading = "Limits")]
    pub tag: Option<String>,

    #[command(flatten)]
    pub prices: Prices,

    /// Print the estimate and send nothing
    #[arg(long, help_heading = "Output")]
    pub estimate: bool,

    /// Nothing on standard error but errors
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    #[command(flatten)]
    pub connection: Connection,
}

/// What tokens cost, where the table does not say or is not to be asked.
#[derive(Args)]
pub struct Prices {
    /// Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M
    #[arg(long, value_name = "IN[:OUT]", allow_hyphen_values = true, help_heading = "Limits")]
    pub rate: Option<String>,

    /// Prices from this file, in LiteLLM's price-map format
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Limits")]
    pub prices: Option<PathBuf>,
}

/// Tell how far batches are
#[derive(Args)]
#[command(after_help = "\
Examples:
  gpt batch status batch_1
  xargs gpt batch status --json < ids")]
pub struct Status {
    /// Batches, as 'submit' printed them
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,

    /// Print the server's JSON, a batch a line
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    #[command(flatten)]
    pub connection: Connection,
}

/// Wait until batches have come to their end
#[derive(Args)]
#[command(after_help = "\
A network that fails is waited for. An interrupted wait leaves the batches running. A batch that \
the server refused makes the exit code 6; one that expired, was cancelled or takes too long, 9.

Examples:
  xargs gpt batch wait < ids
  gpt batch wait --max-wait 3600 batch_1 && gpt batch results batch_1")]
pub struct Wait {
    /// Batches, as 'submit' printed them
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,

    /// Wait no longer than this; a batch ends within a day
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "90000",
        allow_hyphen_values = true,
        help_heading = "Limits"
    )]
    pub max_wait: String,

    /// Nothing on standard error but errors
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    #[command(flatten)]
    pub connection: Connection,
}

/// Print the answers, in the order of the requests, and book what they cost
#[derive(Args)]
#[command(after_help = "\
One line a request: the reply with its line breaks folded to spaces, or an empty line where a \
message on standard error says why there is none. The first failure makes the exit code. What the \
batch has cost is booked once, however often its results are printed, at the price it was \
submitted at unless --rate or --prices names another. If the results do not tell for sure what it \
has cost, it stays booked at its worst case, and the exit code is not 0.

Examples:
  xargs gpt batch results < ids > replies.txt
  gpt batch results --json batch_1 > answers.jsonl")]
pub struct Results {
    /// Batches, as 'submit' printed them
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,

    #[command(flatten)]
    pub prices: Prices,

    /// Print JSON, a line a request: index, id, reply, usage, cost, error
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Exit 0 for replies that were cut at their cap
    #[arg(long, help_heading = "Output")]
    pub allow_incomplete: bool,

    /// Nothing on standard error but errors
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    #[command(flatten)]
    pub connection: Connection,
}

/// Stop batches; what is done by then is billed, and can be had with 'results'
#[derive(Args)]
#[command(after_help = "\
Examples:
  gpt batch cancel batch_1
  xargs gpt batch cancel < ids")]
pub struct Cancel {
    /// Batches, as 'submit' printed them
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,

    /// Print the server's JSON, a batch a line
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    #[command(flatten)]
    pub connection: Connection,
}

/// List the batches that the server knows, the latest first
#[derive(Args)]
#[command(after_help = "\
Examples:
  gpt batch list
  gpt batch list --limit 10 --json")]
pub struct List {
    /// At most so many
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..=10_000),
        help_heading = "Output"
    )]
    pub limit: u32,

    /// Print the server's JSON, a batch a line
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    #[command(flatten)]
    pub connection: Connection,
}
