//! The manual and the completions, printed by the program itself so that they cannot drift.

mod manual;

pub use manual::EXIT_STATUS;

use std::fs;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::{Shell, generate};

use crate::account::models;
use crate::args::{Arguments, Artefact, Generate};
use crate::bpe::Encoding;
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

pub fn run(args: &Generate, _: &mut Stdio) -> anyhow::Result<Exit> {
    // Without the build, which would make them another file in every build.
    let mut command = Arguments::command().version(env!("CARGO_PKG_VERSION"));
    command.build();
    let files = match args.what {
        Artefact::Man => manual::pages(&command),
        Artefact::Completions => completions(&mut command),
    };
    for (name, text) in files {
        let path = args.into.join(name);
        fs::write(&path, text).map_err(|error| {
            failure(Exit::Local, format!("{}: {}", path.display(), reason(&error)))
        })?;
    }
    Ok(Exit::Done)
}

/// The scripts know the models and encodings of the day; the program takes any model.
fn completions(command: &mut Command) -> Vec<(String, Vec<u8>)> {
    let models: Vec<String> = models::all().map(|model| model.name).collect();
    let encodings = Encoding::ALL.map(Encoding::name);
    for name in ["chat", "complete", "image", "tokens"] {
        let offer = |values: PossibleValuesParser| move |arg: Arg| arg.value_parser(values);
        let models = PossibleValuesParser::new(models.clone());
        *command =
            command.clone().mut_subcommand(name, |each| each.mut_arg("model", offer(models)));
    }
    *command = command.clone().mut_subcommand("tokens", |each| {
        each.mut_arg("encoding", |arg| arg.value_parser(PossibleValuesParser::new(encodings)))
    });
    let shells = [
        (Shell::Bash, "gpt.bash"),
        (Shell::Zsh, "_gpt"),
        (Shell::Fish, "gpt.fish"),
        (Shell::PowerShell, "gpt.ps1"),
    ];
    let mut script = |shell| {
        let mut text = Vec::new();
        generate(shell, command, "gpt", &mut text);
        text
    };
    shells.into_iter().map(|(shell, name)| (name.to_owned(), script(shell))).collect()
}
