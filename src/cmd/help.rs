//! `gpt help`: what `--help` prints, by the name of a command, and what the exit codes mean.

use std::io::Write;

use clap::Parser;
use clap::error::ErrorKind;

use crate::args::{Arguments, Help};
use crate::cmd::generate::EXIT_STATUS;
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;

/// The one topic that is no command.
pub const EXIT_CODES: &str = "exit-codes";

pub fn run(args: &Help, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    if args.topic == [EXIT_CODES] {
        for (code, meaning, _) in EXIT_STATUS {
            writeln!(stdio.out, "{code:<8}  {meaning}")?;
        }
        return Ok(Exit::Done);
    }
    let topic = args.topic.iter().map(String::as_str);
    let words = ["gpt"].into_iter().chain(topic).chain(["--help"]);
    match Arguments::try_parse_from(words) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => write!(stdio.out, "{help}")?,
        _ => {
            let topic = args.topic.join(" ");
            let what = format!("no help on '{topic}': it is no command; try 'gpt help'");
            return Err(failure(Exit::Usage, what));
        }
    }
    Ok(Exit::Done)
}
