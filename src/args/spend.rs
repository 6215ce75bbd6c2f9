//! `gpt spend`.

use clap::{Args, ValueEnum};

#[derive(Args)]
#[command(after_help = "\
A line for each model, or what --by says:
  REQUESTS    those that were tried, or booked to be; a whole batch is one
  PROMPT      prompt tokens, as the server billed them
  REPLY       reply tokens, likewise, reasoning included
  COST        what was billed, or booked with --settle
  WORST CASE  what the answered requests could have cost
  BILLED      how much of that they did cost
  DRIFT       how far the billed prompt tokens are over or under the estimate

Below, with their ids: requests under way (reserved), and those that died without an answer \
(unsettled). Budgets count both at their worst case; --settle ID USD books what one really cost. \
A job whose answers come within milliseconds books requests ahead: up to 1,024 on a line, or as \
many as can cost a dollar, and the next line while those are asked. Killed, it leaves them booked, \
sent or not; --settle takes what all of such a line cost together.

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
