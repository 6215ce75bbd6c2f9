//! What `gpt chat`, `gpt complete` and `gpt image` have in common: the request, and many of them.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum, ValueHint};

use super::Connection;

/// What every request can be told.
#[derive(Args)]
pub struct Request {
    /// The model [default: gpt-5.6-terra]
    #[arg(
        short,
        long,
        value_name = "MODEL",
        value_parser = NonEmptyStringValueParser::new(),
        help_heading = "What is sent"
    )]
    pub model: Option<String>,

    /// Add a text file to the prompt, behind the words (repeatable)
    #[arg(
        short,
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "What is sent"
    )]
    pub file: Vec<PathBuf>,

    /// Leave standard input alone
    #[arg(short, long, help_heading = "What is sent")]
    pub no_stdin: bool,

    /// Sampling temperature
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, help_heading = "What is sent")]
    pub temperature: Option<String>,

    /// Nucleus sampling
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, help_heading = "What is sent")]
    pub top_p: Option<String>,

    /// Text at which the reply stops (repeatable)
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, help_heading = "What is sent")]
    pub stop: Vec<String>,

    /// Seed for sampling
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "What is sent")]
    pub seed: Option<i64>,

    /// Ask for N replies
    #[arg(
        short = 'N',
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "What is sent"
    )]
    pub choices: Option<u64>,

    /// Put any other field into the request; VALUE is JSON, else a string (repeatable)
    #[arg(short, long, value_name = "KEY=VALUE", help_heading = "What is sent")]
    pub option: Vec<String>,

    /// The reply's cap, in tokens
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        help_heading = "Limits"
    )]
    pub max_tokens: Option<u64>,

    /// The field of the cap: max_tokens (legacy), max_completion_tokens (new)
    /// [default: the model's]
    #[arg(long, value_enum, value_name = "FIELD", help_heading = "Limits")]
    pub max_tokens_field: Option<CapField>,

    /// Refuse a prompt of more than N tokens
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub max_prompt_tokens: Option<u64>,

    /// Refuse what could cost more, retries and all; without --max-tokens, cap the reply at what it
    /// allows
    #[arg(long, value_name = "USD", allow_hyphen_values = true, help_heading = "Limits")]
    pub max_cost: Option<String>,

    /// Refuse what could break this budget: 5/day, 20/week, 50/month, 100/total (repeatable); days
    /// begin at local midnight, weeks on Monday
    #[arg(long, value_name = "USD/PERIOD", allow_hyphen_values = true, help_heading = "Limits")]
    pub budget: Vec<String>,

    /// Book under this name; --budget then covers this name alone
    #[arg(long, value_name = "NAME", help_heading = "Limits")]
    pub tag: Option<String>,

    /// Price per 1,000 tokens in dollars: 0.002, 0.002/1k, 2/1M:12/1M
    #[arg(long, value_name = "IN[:OUT]", allow_hyphen_values = true, help_heading = "Limits")]
    pub rate: Option<String>,

    /// Prices from this file, in LiteLLM's price-map format
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Limits")]
    pub prices: Option<PathBuf>,

    /// Print the estimate and send nothing
    #[arg(long, conflicts_with = "dry_run", help_heading = "Output")]
    pub estimate: bool,

    /// Print the request's body and send nothing
    #[arg(long, help_heading = "Output")]
    pub dry_run: bool,

    /// Print the server's response as it was sent
    #[arg(long, help_heading = "Output")]
    pub json: bool,

    /// Print the reply as it comes [default: on a terminal]
    #[arg(long, overrides_with = "no_stream", help_heading = "Output")]
    pub stream: bool,

    /// Print the reply when it is whole [default: into a pipe]
    #[arg(long, overrides_with = "stream", help_heading = "Output")]
    pub no_stream: bool,

    /// Exit 0 for a reply that was cut at its cap
    #[arg(long, help_heading = "Output")]
    pub allow_incomplete: bool,

    /// Nothing on standard error but errors
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,

    /// Append one JSON line with the whole account of the call
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    pub report: Option<PathBuf>,

    #[command(flatten)]
    pub records: Records,

    #[command(flatten)]
    pub connection: Connection,
}

/// Many requests from one standard input.
#[derive(Args)]
pub struct Records {
    /// Every line of standard input is a request; PROMPT and all options apply to each
    #[arg(
        long,
        group = "records",
        conflicts_with_all = ["stream", "no_stdin"],
        help_heading = "Many records"
    )]
    pub lines: bool,

    /// Every NUL-separated record is a request; replies end in NUL, their line breaks untouched
    #[arg(
        short = '0',
        long,
        group = "records",
        conflicts_with_all = ["stream", "no_stdin"],
        help_heading = "Many records"
    )]
    pub null: bool,

    /// Every JSON line is a request: {"prompt": ...} or {"messages": ...}, with an optional "id"
    #[arg(
        long,
        group = "records",
        conflicts_with_all = ["stream", "no_stdin"],
        help_heading = "Many records"
    )]
    pub jsonl: bool,

    /// So many requests at once; replies keep the order of the records
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=1000),
        default_value_t = 1,
        requires = "records",
        hide_default_value = true,
        help_heading = "Many records"
    )]
    pub jobs: u16,

    /// Write to OUT instead of standard output, and ask only what it does not answer yet
    #[arg(
        long,
        value_name = "OUT",
        value_hint = ValueHint::FilePath,
        requires = "records",
        conflicts_with_all = ["dry_run", "estimate"],
        help_heading = "Many records"
    )]
    pub resume: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CapField {
    Legacy,
    New,
}
