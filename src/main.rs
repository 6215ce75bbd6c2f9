//! `gpt`: from arguments to a command to an exit code.
//!
//! What holds everywhere below, and is tested:
//! - Only `settings` reads the environment, only `stdio` touches the standard streams, only
//!   `main` exits.
//! - `bpe` and `account` do no input or output and cannot fail for a reason outside their
//!   arguments.
//! - Nothing is sent before the worst case was priced, checked and reserved.
//! - Nothing is retried once a byte of the reply was printed. A reply without a finish is a
//!   failure.
//! - The key is a type whose `Debug` and `Display` print `***`.

mod account;
mod args;
mod books;
mod bpe;
mod cmd;
mod exit;
mod settings;
mod stdio;
mod wire;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let mut stdio = stdio::Stdio::new();
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::command_line(&error, &mut stdio).into(),
    };
    let outcome = cmd::run(&arguments.command, &mut stdio);
    let exit = exit::report(outcome, &mut stdio);
    exit::leave(exit, &stdio)
}

#[cfg(test)]
#[path = "../tests/it/mutate.rs"]
mod mutate;
