//! `gpt models`.

use clap::Args;

use super::Connection;

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
