//! `gpt chat`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Request;

#[derive(Args)]
#[command(after_help = "\
The prompt is the PROMPT words, then a blank line, then standard input; either may be missing. \
With neither, on a terminal, a conversation begins.

With --lines, -0 or --jsonl every record of standard input is a request of its own, behind the \
PROMPT words. All are read, and estimated as one, before the first is sent; --max-cost is for all. \
A reply is a line, its line breaks folded; with --json a JSON line: index, id, reply, usage, cost, \
error. A record that fails is an empty line, or an error, and does not stop the others. \
--resume OUT finds answers by their id, whatever its record asks now; without one by their \
place and content (in plain text by their place alone). It asks for what is missing or failed, \
and leaves OUT whole and in order. Answers that OUT does not have yet, as when a job was killed, \
are in .OUT.ahead beside it; the same command puts them there.

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
