//! The exit codes, and how an error becomes one line on standard error and one code.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::emulate_default_handler;

use crate::stdio::{OutputError, Stdio};
use crate::wire::reply::BadReply;
use crate::wire::{self, Kind};

/// Every way the program ends. The numbers are a promise to scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Local = 1,
    Usage = 2,
    OverTokens = 3,
    OverCost = 4,
    Key = 5,
    Refused = 6,
    RateLimited = 7,
    ServerFailed = 8,
    Incomplete = 9,
    Interrupted = 130,
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that knows its exit code. The message is one line: what happened: why; what to do.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// A failure with its code, ready to be returned.
pub fn failure(exit: Exit, message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Failure { exit, message: message.into() })
}

/// The end of a command: what is still buffered goes out, an error becomes its line and code.
pub fn report(outcome: anyhow::Result<Exit>, stdio: &mut Stdio) -> Exit {
    let flushed = stdio.out.flush().map_err(anyhow::Error::from);
    let outcome = outcome.and_then(|exit| flushed.map(|()| exit));
    let exit = code_of(&outcome);
    if let Err(error) = outcome
        && exit != Exit::Done
    {
        stdio.error(format_args!("{error:#}"));
    }
    exit
}

/// The end of the program. At a terminal an interrupted one dies of the signal, so that the
/// shell's loop around it stops as well: to exit with 130 would let the loop go on.
pub fn leave(exit: Exit, stdio: &Stdio) -> ExitCode {
    let signal = match exit {
        Exit::Interrupted => Some(SIGINT),
        Exit::Terminated => Some(SIGTERM),
        _ => None,
    };
    if let Some(signal) = signal.filter(|_| stdio.is_interactive()) {
        // Should it return, the code tells the same.
        let _ = emulate_default_handler(signal);
    }
    exit.into()
}

pub fn code_of(outcome: &anyhow::Result<Exit>) -> Exit {
    match outcome {
        Ok(exit) => *exit,
        Err(error) => code(error),
    }
}

/// The code of an error, by its type. That our reader left is no failure.
pub fn code(error: &anyhow::Error) -> Exit {
    if let Some(OutputError::ReaderLeft) = OutputError::of(error) {
        Exit::Done
    } else if let Some(failure) = error.downcast_ref::<Failure>() {
        failure.exit
    } else if let Some(failure) = error.downcast_ref::<wire::Failure>() {
        match failure.kind {
            Kind::Key => Exit::Key,
            Kind::Refused => Exit::Refused,
            Kind::RateLimited => Exit::RateLimited,
            Kind::Interrupted => Exit::Interrupted,
            Kind::Server
            | Kind::Timeout
            | Kind::Connect
            | Kind::Tls
            | Kind::Proxy
            | Kind::Broken
            | Kind::Unreadable => Exit::ServerFailed,
        }
    } else if error.is::<BadReply>() {
        Exit::ServerFailed
    } else {
        Exit::Local
    }
}

/// What clap has to say: help and version are answers, all else is a wrong command line. Its
/// paragraphs are folded into our one line.
pub fn command_line(error: &clap::Error, stdio: &mut Stdio) -> Exit {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            let printed = write!(stdio.out, "{error}").map(|()| Exit::Done);
            report(printed.map_err(anyhow::Error::from), stdio)
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            stdio.draw(&error.to_string());
            Exit::Usage
        }
        _ => {
            stdio.error(one_line(&error.to_string()));
            Exit::Usage
        }
    }
}

/// clap's message, tips included, without its heading, usage and blank lines.
fn one_line(paragraphs: &str) -> String {
    let mut line = String::new();
    for part in paragraphs.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("Usage:") {
            continue;
        }
        if part.starts_with("For more information") {
            line.push_str("; try '--help'");
            continue;
        }
        let part = part.strip_prefix("error: ").unwrap_or(part);
        if part.starts_with("tip: ") {
            line.push_str("; ");
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part.strip_prefix("tip: ").unwrap_or(part));
    }
    line
}
