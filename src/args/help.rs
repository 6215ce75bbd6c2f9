//! `gpt help`.

use clap::Args;

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
