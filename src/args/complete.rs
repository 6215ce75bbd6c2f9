//! `gpt complete`.

use clap::Args;

use super::Request;

#[derive(Args)]
#[command(after_help = "\
The prompt is the PROMPT words, then a blank line, then standard input; either may be missing.

With --lines, -0 or --jsonl every record of standard input is a request of its own, as 'gpt help \
chat' tells: one estimate and one --max-cost for all, a line for each. --json then prints a JSON \
line of ours (index, id, reply, usage, cost, error), not the server's response.

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
