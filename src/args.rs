//! Everything the user may type, with its help. Data, no logic: what the words mean is decided
//! in `settings` and in the commands.

// The comments here are what `--help` prints: plain text, no Markdown.
#![allow(clippy::doc_markdown, clippy::struct_field_names, rustdoc::bare_urls)]

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};

#[derive(Parser)]
#[command(
    name = "gpt",
    version = env!("GPT_VERSION"),
    about = "A Unix filter for OpenAI-compatible APIs that never spends more than it was told to",
    after_help = "\
Exit codes:
  0  done, and complete              6  the server refused the request
  1  something here failed           7  rate-limited or out of quota
  2  wrong command line or input     8  the server or the network failed
  3  over a token limit              9  the answer is not complete
  4  over a cost limit or budget     130, 143  interrupted
  5  no key, or it was refused

OPENAI_API_KEY holds the key, or OPENAI_BASE_URL the address of a server of your own.
'gpt help COMMAND' tells more; 'man gpt' tells all.

Examples:
  gpt tokens < report.txt
  gpt chat --estimate --max-tokens 500 'Name three rivers.'
  gpt chat --max-cost 0.01 -f main.rs 'Where is the bug?'
  GPT_BUDGET=5/day gpt chat -n 'What is the capital of Peru?'
  gpt spend --since month --by model",
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    infer_long_args = false
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Ask a chat model once, or hold a conversation
    Chat(Deferred<Chat>),
    /// Let a text model continue the prompt
    Complete(Deferred<Complete>),
    /// Make pictures, or edit them
    Image(Deferred<Image>),
    /// Have many requests answered within a day, at half the price
    Batch(Deferred<Batch>),
    /// Count, price, cut and split text by tokens; sends nothing, ever
    Tokens(Deferred<Tokens>),
    /// List the models that are known: encoding, context, longest reply, prices
    Models(Deferred<Models>),
    /// Tell what was spent, from the ledger; sends nothing
    Spend(Deferred<Spend>),
    /// Tell how a command is used, or what the exit codes mean
    Help(Deferred<Help>),
    /// Write the manual, or the completions of all shells
    #[command(hide = true)]
    Generate(Deferred<Generate>),
}

/// The arguments of a command, put together only when it is the one that was called: building
/// those of all of them is most of the start of a program that counts a line.
pub struct Deferred<T>(Box<T>);

impl<T> std::ops::Deref for Deferred<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(|command| {
            // What a flattened struct says of itself is not what the command is about.
            let about = command.get_about().cloned().unwrap_or_default();
            T::augment_args(command).about(about)
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command.defer(T::augment_args_for_update)
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(|arguments| Self(Box::new(arguments)))
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

#[derive(Args)]
#[command(after_help = "\
The prompt is the PROMPT words, then a blank line, then standard input; either may be missing. \
With neither, on a terminal, a conversation begins.

With --lines, -0 or --jsonl every record of standard input is a request of its own, behind the \
PROMPT words. All are read, and estimated as one, before the first is sent; --max-cost is for all. \
A reply is a line, its line breaks folded; with --json a JSON line: index, id, reply, usage, cost, \
error. A record that fails is an empty line, or an error, and does not stop the others. \
--resume OUT finds answers by their id, else by their place and content (in plain text by their \
place), asks for what is missing or failed, and leaves OUT whole and in order.

Examples:
  gpt chat 'name three rivers'
  gpt chat --system 'Summarise in one line.' --max-tokens 200 < report.txt
  gpt chat --max-cost 0.01 -f main.rs 'find the bug'
  gpt chat -S trip 'and in winter?'
  while read -r city; do gpt chat -n \"capital of $city?\"; done < cities.txt
  gpt chat --lines -j 8 --max-cost 0.50 'Its capital, in one word:' < countries.txt
  gpt chat --jsonl --json -j 8 --resume answers.jsonl < questions.jsonl")]
pub struct Chat {
    /// Words of the prompt
    #[arg(value_name = "PROMPT")]
    pub prompt: Vec<String>,

    /// The system message
    #[arg(short, long, value_name = "TEXT", help_heading = "What is sent")]
    pub system: Option<String>,

    /// The system message from a file
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "system",
        help_heading = "What is sent"
    )]
    pub system_file: Option<PathBuf>,

    /// Attach a picture, for models that see (repeatable)
    #[arg(
        short,
        long,
        value_name = "IMAGE",
        value_hint = ValueHint::FilePath,
        help_heading = "What is sent"
    )]
    pub attach: Vec<PathBuf>,

    /// Messages to send first: a JSON array, or one message a line
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "session",
        help_heading = "What is sent"
    )]
    pub messages: Option<PathBuf>,

    /// Have the reply follow this JSON schema
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "What is sent"
    )]
    pub schema: Option<PathBuf>,

    /// Continue the conversation kept under this name, or in this file
    #[arg(
        short = 'S',
        long,
        value_name = "NAME|PATH",
        conflicts_with = "records",
        help_heading = "Conversation"
    )]
    pub session: Option<String>,

    /// Drop the oldest turns until the prompt fits the model's context
    #[arg(long, help_heading = "Conversation")]
    pub fit: bool,

    /// Converse: read a line, send it, print the reply, again
    #[arg(
        short,
        long,
        conflicts_with_all = ["json", "schema", "dry_run", "estimate", "records"],
        help_heading = "Conversation"
    )]
    pub interactive: bool,

    #[command(flatten)]
    pub request: Request,
}

#[derive(Args)]
#[command(after_help = "\
The prompt is the PROMPT words, then a blank line, then standard input; either may be missing.

Examples:
  gpt complete -m my-model --max-tokens 40 'Once upon a time'
  gpt complete --base-url http://127.0.0.1:8080/v1 -m text-davinci-003 --json < prompt.txt")]
pub struct Complete {
    /// Words of the prompt
    #[arg(value_name = "PROMPT")]
    pub prompt: Vec<String>,

    /// Text that comes after the completion
    #[arg(long, value_name = "TEXT", help_heading = "What is sent")]
    pub suffix: Option<String>,

    /// Have the prompt echoed before the completion
    #[arg(long, help_heading = "What is sent")]
    pub echo: bool,

    /// Log probabilities of the N likeliest tokens (see them with --json)
    #[arg(long, value_name = "N", help_heading = "What is sent")]
    pub logprobs: Option<u64>,

    /// Make N completions on the server, return the best; all of them are billed
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..),
        conflicts_with = "stream",
        help_heading = "What is sent"
    )]
    pub best_of: Option<u64>,

    #[command(flatten)]
    pub request: Request,
}

#[derive(Args)]
#[command(
    after_help = "\
A picture goes into a pipe as it is; on a terminal, or with --output, it becomes a file, whose \
name is printed. A name without an extension gets that of what came, a name that has one is kept. \
The prompt is the PROMPT words, then a blank line, then standard input.

What a server answers with an address is fetched without the key, over http or https, and not from \
private networks unless the API is on one; names that a proxy looks up are left to the proxy.

With --lines, -0 or --jsonl every record of standard input is a request of its own, behind the \
PROMPT words. All are read, and estimated as one, before the first is sent; --max-cost is for all. \
The pictures become files whose numbers follow the order of the records, so --output needs a %d: \
with -N 2 those of the third record are 5 and 6, whatever becomes of the others. What is printed \
is a line with the names of a record's files, with --json a JSON line: index, id, reply (the \
names), usage, cost, error. A record that fails is an empty line, or an error, and does not stop \
the others. --resume OUT asks for what is missing or failed; a failed record's files need --force \
if some of them are there. --dry-run prints a body a line; 'gpt batch' does not take them.

Examples:
  gpt image 'a red square' > square.png
  gpt image -N 4 --size 1024x1024 -O 'cat-%02d.png' 'a cat'
  gpt image --edit room.jpg --mask wall.png 'paint the wall green' > green.png
  gpt image --max-cost 0.05 --quality low -O light.png 'a lighthouse'
  gpt image --lines -j 4 --quality low --size 1024x1024 -O 'pic-%03d.png' < prompts.txt",
    mut_arg("model", |arg| arg.help("The model [default: gpt-image-2]")),
    mut_arg("choices", |arg| arg.help("Make N pictures")),
    mut_arg("max_cost", |arg| arg.help("Refuse what could cost more")),
    mut_arg("stream", |arg| arg.help("Ask for previews, with --show; they cost a little more")),
    mut_arg("null", |arg| arg.help("Every NUL-separated record is; so is what is printed")),
    mut_arg("jsonl", |arg| arg.help("Every JSON line is: {\"prompt\": ...}, perhaps an \"id\"")),
    mut_arg("jobs", |arg| arg.help("So many requests at once; what is printed keeps their order")),
    mut_arg("no_stream", |arg| arg.hide(true)),
    mut_arg("temperature", |arg| arg.hide(true)),
    mut_arg("top_p", |arg| arg.hide(true)),
    mut_arg("stop", |arg| arg.hide(true)),
    mut_arg("seed", |arg| arg.hide(true)),
    mut_arg("max_tokens", |arg| arg.hide(true)),
    mut_arg("max_tokens_field", |arg| arg.hide(true)),
    mut_arg("allow_incomplete", |arg| arg.hide(true))
)]
pub struct Image {
    /// Words of the prompt
    #[arg(value_name = "PROMPT")]
    pub prompt: Vec<String>,

    /// Width and height, such as 1024x1024, or auto
    #[arg(long, value_name = "SIZE", help_heading = "Picture")]
    pub size: Option<String>,

    /// Such as low, medium, high or auto; the better, the dearer
    #[arg(long, value_name = "QUALITY", help_heading = "Picture")]
    pub quality: Option<String>,

    /// transparent, opaque or auto
    #[arg(long, value_name = "BACKGROUND", help_heading = "Picture")]
    pub background: Option<String>,

    /// png, jpeg, webp or what else the model makes
    #[arg(long, value_name = "FORMAT", help_heading = "Picture")]
    pub format: Option<String>,

    /// Edit this picture; '-' is standard input (repeatable)
    #[arg(
        long,
        value_name = "IMAGE",
        value_hint = ValueHint::FilePath,
        help_heading = "Picture"
    )]
    pub edit: Vec<PathBuf>,

    /// Edit only where this picture, of the same size, is transparent
    #[arg(
        long,
        value_name = "IMAGE",
        value_hint = ValueHint::FilePath,
        requires = "edit",
        help_heading = "Picture"
    )]
    pub mask: Option<PathBuf>,

    /// Write to this file; several get numbers, at %d or %03d (%% is a percent sign) or before the
    /// extension
    #[arg(
        short = 'O',
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "Output"
    )]
    pub output: Option<PathBuf>,

    /// Overwrite files that exist
    #[arg(long, requires = "output", help_heading = "Output")]
    pub force: bool,

    /// Draw the pictures in the terminal, too; with --stream, previews as they come
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub show: bool,

    #[command(flatten)]
    pub request: Request,
}

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
batch has cost is booked once, however often its results are printed.

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

/// Where the server is and how it is reached.
#[derive(Args)]
pub struct Connection {
    /// The API's address [default: https://api.openai.com/v1]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = "Connection")]
    pub base_url: Option<String>,

    /// Proxy: http, https, socks5 or socks5h
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = "Connection")]
    pub proxy: Option<String>,

    /// Give up after this long, all attempts together
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "600",
        allow_hyphen_values = true,
        help_heading = "Connection"
    )]
    pub timeout: String,

    /// How often to try again
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Connection")]
    pub retries: u32,

    /// Read the key from this file
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "Connection"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Use this profile of the config file
    #[arg(short = 'P', long, value_name = "NAME", help_heading = "Connection")]
    pub profile: Option<String>,
}

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

#[derive(Args)]
#[command(after_help = "\
CONTEXT and REPLY, the most of both together and of the reply, are in tokens; INPUT, CACHED and \
OUTPUT are dollars per 1,000,000 tokens. ENDS is the day the model goes or went.

Examples:
  gpt models gpt-5
  gpt models --json > models.jsonl
  gpt models --remote")]
pub struct Models {
    /// Only models whose name begins with one of these
    #[arg(value_name = "PREFIX")]
    pub prefixes: Vec<String>,

    /// Print JSON, one model a line
    #[arg(long)]
    pub json: bool,

    /// List the models that the server offers
    #[arg(long)]
    pub remote: bool,

    #[command(flatten)]
    pub connection: Connection,
}

#[derive(Args)]
#[command(after_help = "\
A line for each model, or what --by says:
  REQUESTS    those that were tried; a whole batch is one
  PROMPT      prompt tokens, as the server billed them
  REPLY       reply tokens, likewise, reasoning included
  COST        what was billed, or booked with --settle
  WORST CASE  what the answered requests could have cost
  BILLED      how much of that they did cost
  DRIFT       how far the billed prompt tokens are over or under the estimate

Below, with their ids: requests under way (reserved), and those that died without an answer \
(unsettled). Budgets count both at their worst case; --settle ID USD books what one really cost.

--json and --csv give money in dollars, and more of the tokens: cached_tokens and \
cache_write_tokens are among prompt_tokens, reasoning_tokens among reply_tokens. \
answered_max_cost is WORST CASE and answered_cost the part of cost that belongs to it; \
estimated_prompt_tokens and billed_prompt_tokens make the DRIFT. reserved_ and unsettled_ count \
requests and their worst case, and \"open\" of --json lists them.

--plot draws COST by day, by week or month where days are too many; what is reserved or unsettled \
is drawn lighter at a bar's end.

Examples:
  gpt spend --since month
  gpt spend --since 2026-11-01 --until 2026-11-30 --by day --csv > nov.csv
  gpt spend --since 30d --plot")]
pub struct Spend {
    /// From then on: 2026-11-01, today, yesterday, week, month, 7d, 12h
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,

    /// Until then
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,

    /// A line for each
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<By>,

    /// Print JSON
    #[arg(long, group = "format")]
    pub json: bool,

    /// Print comma-separated values
    #[arg(long, group = "format")]
    pub csv: bool,

    /// Draw money by day
    #[arg(long, group = "format", conflicts_with = "by")]
    pub plot: bool,

    /// Book what an unsettled request really cost
    #[arg(
        long,
        value_names = ["ID", "USD"],
        num_args = 2,
        allow_hyphen_values = true,
        conflicts_with_all = ["since", "until", "by", "format"]
    )]
    pub settle: Option<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Model,
    Day,
    Tag,
    Command,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  gpt help tokens
  gpt help batch submit
  gpt help exit-codes")]
pub struct Help {
    /// A command, or 'exit-codes'
    #[arg(value_name = "TOPIC")]
    pub topic: Vec<String>,
}

#[derive(Args)]
pub struct Generate {
    /// What to write: the manual, or the completions of all shells
    pub what: Artefact,

    /// Into this directory, which is made if it is not there, a file each
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub into: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Artefact {
    Man,
    Completions,
}
