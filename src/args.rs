//! Everything the user may type, with its help; a file for each command. Data, no logic: what the
//! words mean is decided in `settings` and in the commands.

// The comments here are what `--help` prints: plain text, no Markdown.
#![allow(clippy::doc_markdown, clippy::struct_field_names, rustdoc::bare_urls)]

mod batch;
mod chat;
mod complete;
mod connection;
mod generate;
mod help;
mod image;
mod models;
mod request;
mod spend;
mod tokens;

pub use batch::{Batch, BatchCommand, Cancel, List, Results, Status, Submit, Wait};
pub use chat::Chat;
pub use complete::Complete;
pub use connection::Connection;
pub use generate::{Artefact, Generate};
pub use help::Help;
pub use image::Image;
pub use models::Models;
pub use request::{CapField, Records, Request};
pub use spend::{By, Spend};
pub use tokens::{Keep, Tokens};

use clap::{Args, FromArgMatches, Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "gpt",
    version = env!("GPT_VERSION"),
    about = "A Unix filter for OpenAI-compatible APIs that never spends more than it was told to",
    after_help = "\
OPENAI_API_KEY holds the key, or OPENAI_BASE_URL the address of a server of your own.
'gpt help COMMAND' and 'gpt help exit-codes' tell more; 'man gpt' tells all.
Examples:
  gpt tokens < report.txt
  gpt chat --estimate --max-tokens 500 'Name three rivers.'
  gpt chat --max-cost 0.01 -f main.rs 'Where is the bug?'",
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
