//! The manual and the completions, printed by the program itself so that they cannot drift.

use std::fs;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

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
        Artefact::Man => manual(&command),
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

/// `gpt.1`, and a page for each command.
fn manual(command: &Command) -> Vec<(String, Vec<u8>)> {
    let mut pages = vec![("gpt.1".to_owned(), page(command.clone()))];
    below("gpt", command, &mut pages);
    pages
}

/// A page for each command of a command, and for theirs.
fn below(name: &str, command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    for each in command.get_subcommands().filter(|each| !each.is_hide_set()) {
        let name = format!("{name}-{}", each.get_name());
        let named = each.clone().name(name.clone()).bin_name(name.replace('-', " "));
        pages.push((format!("{name}.1"), page(named)));
        below(&name, each, pages);
    }
}

fn page(command: Command) -> Vec<u8> {
    let mut text = Vec::new();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (after, examples) = after.split_once("Examples:\n").unwrap_or((&after, ""));
    let command = command.after_help(after.trim().to_owned());
    let manual = Man::new(command).date(DATE).manual("User Commands");
    let rendered = manual.render(&mut text).and_then(|()| {
        let mut roff = Roff::new();
        if !examples.is_empty() {
            roff.control("SH", ["EXAMPLES"]).control("nf", []);
            for line in examples.lines() {
                roff.text([roman(line.trim())]);
            }
            roff.control("fi", []);
        }
        for (section, entries) in SECTIONS {
            roff.control("SH", [*section]);
            for (term, meaning) in *entries {
                roff.control("TP", []);
                roff.text([bold(*term)]);
                roff.text([roman(*meaning)]);
            }
        }
        roff.to_writer(&mut text)
    });
    rendered.expect("writing to memory does not fail");
    let text = String::from_utf8(text).expect("a manual page is text");
    // A line break beside a blank line is one too many, says mandoc.
    text.replace(".br\n\n.br\n", ".sp\n").into_bytes()
}

/// When the manual was last looked through.
const DATE: &str = "2026-11-20";

type Section = (&'static str, &'static [(&'static str, &'static str)]);

/// What every page ends with.
const SECTIONS: &[Section] = &[
    (
        "EXIT STATUS",
        &[
            ("0", "Done, and complete; also when the reader of our output left early."),
            ("1", "Something here failed: a file, a full disk, the ledger."),
            ("2", "The command line or the input is wrong; nothing was sent."),
            ("3", "Over a token limit or the model's context; nothing was sent."),
            ("4", "Over a cost limit or a budget, or no price to judge by; nothing was sent."),
            ("5", "No key, or the server refused it."),
            ("6", "The server refused the request."),
            ("7", "Rate-limited or out of quota, after the retries that made sense."),
            ("8", "The server or the network failed, after retries."),
            ("9", "The answer is not complete. What had arrived was printed."),
            ("130, 143", "Interrupted by SIGINT, SIGTERM."),
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            ("OPENAI_API_KEY", "The key. A server on a loopback address needs none."),
            ("OPENAI_BASE_URL, OPENAI_API_BASE", "The API's address."),
            ("OPENAI_ORG_ID, OPENAI_PROJECT_ID", "Sent along with each request."),
            ("GPT_MODEL", "The model, where --model does not say."),
            ("GPT_BUDGET", "Budgets, separated by blanks: 5/day 50/month."),
            ("GPT_PRICES", "A price map, where --prices does not say."),
            ("GPT_LEDGER", "The ledger's file, or 'off'."),
            ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "Proxies, as curl takes them."),
            ("SSL_CERT_FILE", "Certificates to trust instead of the built-in ones, in PEM."),
        ],
    ),
    (
        "FILES",
        &[
            (
                "$XDG_CONFIG_HOME/gpt/config.toml",
                "model, base_url, api_key_command, budget, prices, [price.\"MODEL\"], \
                 [profile.NAME]; below ~/.config where the variable is not set.",
            ),
            (
                "$XDG_STATE_HOME/gpt/ledger.db",
                "What was spent; below ~/.local/state where the variable is not set. It holds no \
                 prompt, no reply and no key.",
            ),
            ("$XDG_STATE_HOME/gpt/sessions/NAME.jsonl", "Conversations, one message a line."),
        ],
    ),
];
