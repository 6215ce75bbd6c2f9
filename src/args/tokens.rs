//! `gpt tokens`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

#[derive(Args)]
#[command(after_help = "\
Without FILE, or with '-', standard input is read. Prints TOKENS<tab>COST, with FILEs a line each. \
The cost is what the text costs as a prompt. A '~' marks a count that is an estimate.

Examples:
  gpt tokens < report.txt
  gpt tokens -r src -m gpt-4o
  gpt tokens --max-tokens 8000 --pass < report.txt > fits.txt
  gpt tokens --compare gpt-5.6-terra,gpt-4o report.txt
  gpt tokens --split 2000 --overlap 100 --output part-%03d.txt < book.txt")]
pub struct Tokens {
    /// Files to count ('-' is standard input)
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,

    /// Print the bare number, one a FILE
    #[arg(short, long, help_heading = "Output")]
    pub count: bool,

    /// Print JSON, one object a line
    #[arg(long, help_heading = "Output", conflicts_with = "count")]
    pub json: bool,

    /// Count as this model does [default: gpt-5.6-terra]
    #[arg(short, long, value_name = "MODEL", help_heading = "What is counted")]
    pub model: Option<String>,

    /// Count with this encoding, whatever the model
    #[arg(short, long, value_name = "ENCODING", help_heading = "What is counted")]
    pub encoding: Option<String>,

    /// Count the text as one user message of a chat, as the API will bill it
    #[arg(long, help_heading = "What is counted")]
    pub chat: bool,

    /// With --chat: the system message that goes before it
    #[arg(short, long, value_name = "TEXT", requires = "chat", help_heading = "What is counted")]
    pub system: Option<String>,

    /// Count a chat: a JSON array of messages, or one message a line
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = [
            "files", "chat", "ids", "decode", "show", "truncate", "split", "pass", "records",
        ],
        help_heading = "What is counted"
    )]
    pub messages: Option<PathBuf>,

    /// Walk directories, minding ignore files as ripgrep does
    #[arg(short, long, help_heading = "What is counted")]
    pub recursive: bool,

    /// A count for every line
    #[arg(long, group = "records", help_heading = "What is counted")]
    pub lines: bool,

    /// A count for every NUL-separated record
    #[arg(short = '0', long, group = "records", help_heading = "What is counted")]
    pub null: bool,

    /// A count for every JSON line: {"prompt": ...} or {"messages": ...}, with an optional "id"
    #[arg(
        long,
        group = "records",
        conflicts_with_all = ["chat", "messages"],
        help_heading = "What is counted"
    )]
    pub jsonl: bool,

    /// Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M
    #[arg(long, value_name = "IN[:OUT]", allow_hyphen_values = true, help_heading = "Price")]
    pub rate: Option<String>,

    /// Prices from this file, in LiteLLM's price-map format
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Price")]
    pub prices: Option<PathBuf>,

    /// A table of counts and prices by model
    #[arg(
        long,
        value_name = "MODEL,...",
        value_delimiter = ',',
        group = "mode",
        conflicts_with_all = ["records", "count", "model", "encoding", "rate"],
        help_heading = "Price"
    )]
    pub compare: Vec<String>,

    /// Exit 3 when the total is over N
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub max_tokens: Option<u64>,

    /// Copy the input to standard output if it is within --max-tokens, else nothing
    #[arg(
        long,
        requires = "max_tokens",
        group = "mode",
        conflicts_with_all = ["records", "count", "json"],
        help_heading = "Limits"
    )]
    pub pass: bool,

    /// Print at most N tokens of the input, never half a character
    #[arg(
        long,
        value_name = "N",
        group = "mode",
        conflicts_with_all = ["records", "count", "json", "max_tokens", "chat"],
        help_heading = "Cutting"
    )]
    pub truncate: Option<u64>,

    /// Which end --truncate keeps
    #[arg(
        long,
        value_enum,
        value_name = "END",
        default_value_t = Keep::Head,
        requires = "truncate",
        help_heading = "Cutting"
    )]
    pub keep: Keep,

    /// Print pieces of at most N tokens, each ended by NUL
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        group = "mode",
        conflicts_with_all = ["records", "count", "json", "max_tokens", "chat"],
        help_heading = "Cutting"
    )]
    pub split: Option<u64>,

    /// Tokens that a piece repeats of the one before
    #[arg(long, value_name = "M", requires = "split", help_heading = "Cutting")]
    pub overlap: Option<u64>,

    /// Write the pieces to files: 'part-%03d.txt' gives part-001.txt, part-002.txt, ...
    #[arg(
        long,
        value_name = "PATTERN",
        requires = "split",
        value_hint = ValueHint::FilePath,
        help_heading = "Cutting"
    )]
    pub output: Option<String>,

    /// Let --output replace files that exist
    #[arg(long, requires = "output", help_heading = "Cutting")]
    pub force: bool,

    /// Print the token ids, a line an input
    #[arg(
        long,
        group = "mode",
        conflicts_with_all = ["count", "chat", "max_tokens"],
        help_heading = "Tokens themselves"
    )]
    pub ids: bool,

    /// Turn token ids back into text
    #[arg(
        long,
        group = "mode",
        conflicts_with_all = ["records", "count", "json", "chat", "max_tokens"],
        help_heading = "Tokens themselves"
    )]
    pub decode: bool,

    /// Print the text with its tokens visibly bounded, coloured on a terminal
    #[arg(
        long,
        group = "mode",
        conflicts_with_all = ["records", "count", "json", "chat", "max_tokens"],
        help_heading = "Tokens themselves"
    )]
    pub show: bool,

    /// Threads for large inputs [default: 2, where the machine has two processors]
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    pub jobs: Option<u16>,

    /// Nothing on standard error but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Keep {
    Head,
    Tail,
}
