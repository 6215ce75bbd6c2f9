//! The completions: what the shells' generators make of the arguments, and what they leave out.

use clap::builder::{PossibleValuesParser, StyledStr};
use clap::{Arg, Command};
use clap_complete::{Shell, generate};

use super::powershell;
use crate::account::models;
use crate::bpe::Encoding;
use crate::cmd::help::EXIT_CODES;

/// A script for each shell, with the name its file has.
pub fn scripts(command: &Command) -> Vec<(String, Vec<u8>)> {
    let models: Vec<String> = models::all().map(|model| model.name).collect();
    let mut command = known(command, &models);
    let mut script = |shell, name: &str| {
        let mut text = Vec::new();
        generate(shell, &mut command, "gpt", &mut text);
        let text = String::from_utf8(text).expect("a script is text");
        let text = match shell {
            Shell::PowerShell => powershell::with_values(&text, &command),
            _ => with_lists(&text, shell),
        };
        (name.to_owned(), text.into_bytes())
    };
    vec![
        script(Shell::Bash, "gpt.bash"),
        script(Shell::Zsh, "_gpt"),
        script(Shell::Fish, "gpt.fish"),
        script(Shell::PowerShell, "gpt.ps1"),
    ]
}

/// The commands that are shown, with the models and encodings of the day; the program takes any
/// model. The topics of help become commands, so that those of a command follow behind it.
fn known(command: &Command, models: &[String]) -> Command {
    let offer = |values: PossibleValuesParser| move |arg: Arg| arg.value_parser(values);
    let models = || offer(PossibleValuesParser::new(models.to_vec()));
    let encodings = offer(PossibleValuesParser::new(Encoding::ALL.map(Encoding::name)));
    let codes = Command::new(EXIT_CODES).about("What the exit codes mean");
    let topics = topics(command).subcommand(codes.disable_help_flag(true));
    let bare = Command::new("gpt").version(env!("CARGO_PKG_VERSION"));
    let mut known = bare.disable_help_subcommand(true);
    for each in command.get_subcommands().filter(|each| !each.is_hide_set()) {
        known = known.subcommand(match each.get_name() {
            "help" => topics.clone().name("help").about(about(each)),
            _ => each.clone(),
        });
    }
    for name in ["chat", "complete", "image", "tokens"] {
        known = known.mut_subcommand(name, |each| each.mut_arg("model", models()));
    }
    known.mut_subcommand("tokens", |each| {
        each.mut_arg("encoding", encodings).mut_arg("compare", models())
    })
}

/// The commands of a command and theirs, without what they take. Help on help is left out: fish
/// takes the word for a topic that was chosen already.
fn topics(command: &Command) -> Command {
    let is_topic = |each: &&Command| !each.is_hide_set() && each.get_name() != "help";
    let below = command.get_subcommands().filter(is_topic).map(topics);
    let bare = Command::new(command.get_name().to_owned()).about(about(command));
    bare.disable_help_flag(true).disable_help_subcommand(true).subcommands(below)
}

fn about(command: &Command) -> StyledStr {
    command.get_about().cloned().unwrap_or_default()
}

/// The generators offer the first value of `--compare` alone; with this, one behind each comma.
fn with_lists(script: &str, shell: Shell) -> String {
    match shell {
        Shell::Bash => rewrap(
            script,
            ["--compare)\n                    COMPREPLY=($(compgen -W \"", "\" -- \"${cur}\"))"],
            [
                "--compare)\n                    COMPREPLY=($(compgen -P \
                 \"${cur%\"${cur##*,}\"}\" -W \"",
                "\" -- \"${cur##*,}\"))",
            ],
        ),
        Shell::Zsh => {
            rewrap(script, [":MODEL,...:(", ")"], [":MODEL,...:_sequence compadd - ", ""])
        }
        _ => {
            let before = "-l compare -d 'A table of counts and prices by model' -r -f -a \"";
            let list = format!("{before}(__fish_complete_list , 'printf %s\\\\n ");
            rewrap(script, [before, "\"\n"], [&list, "')\"\n"])
        }
    }
}

/// Puts what stands between two texts between two others, on one line and without descriptions.
fn rewrap(script: &str, [start, end]: [&str; 2], [before, behind]: [&str; 2]) -> String {
    let found = script
        .split_once(start)
        .and_then(|(head, rest)| rest.split_once(end).map(|(values, tail)| (head, values, tail)));
    let (head, values, tail) = found.expect("the generator's script has a list of values here");
    let values = values.replace("\\t''", "").replace('\n', " ");
    format!("{head}{before}{values}{behind}{tail}")
}
