//! The pages of the manual: what `--help` tells, and around it what it has no room for. Each page
//! lists the exit codes, variables and files that mean something to its command.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// `gpt.1`, and a page for each command.
pub fn pages(command: &Command) -> Vec<(String, Vec<u8>)> {
    let mut pages = vec![("gpt.1".to_owned(), page("gpt", command))];
    below("gpt", command, &mut pages);
    pages
}

/// A page for each command of a command, and for theirs.
fn below(name: &str, command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    for each in command.get_subcommands().filter(|each| !each.is_hide_set()) {
        let name = format!("{name}-{}", each.get_name());
        let named = each.clone().name(name.clone()).bin_name(name.replace('-', " "));
        pages.push((format!("{name}.1"), page(&name, &named)));
        below(&name, each, pages);
    }
}

fn page(name: &str, command: &Command) -> Vec<u8> {
    let text = rendered(name, command).expect("writing to memory does not fail");
    let text = String::from_utf8(text).expect("a manual page is text");
    // A line break beside a blank line is one too many, says mandoc.
    broken(&text.replace(".br\n\n.br\n", ".sp\n")).into_bytes()
}

/// The most bytes that a line of running text may have, says mandoc.
const LONGEST_LINE: usize = 80;

/// Running text in lines that are not too long: where they end means nothing.
fn broken(text: &str) -> String {
    let (mut broken, mut runs) = (String::with_capacity(text.len()), true);
    for line in text.lines() {
        runs = (runs || line == ".fi") && line != ".nf";
        let mut rest = line;
        while runs && !rest.starts_with('.') && rest.len() > LONGEST_LINE {
            // A dot or a quote at the start of a line would make it a request.
            let ends = |at: &(usize, &str)| {
                let (at, behind) = (at.0, &rest[at.0 + 1..]);
                at <= LONGEST_LINE
                    && !rest[..at].ends_with('\\')
                    && !behind.starts_with(['.', '\''])
            };
            let Some((at, _)) = rest.match_indices(' ').rfind(ends) else { break };
            broken.extend([&rest[..at], "\n"]);
            rest = &rest[at + 1..];
        }
        broken.extend([rest, "\n"]);
    }
    broken
}

fn rendered(name: &str, command: &Command) -> io::Result<Vec<u8>> {
    let command = command.clone().subcommand_help_heading("COMMANDS");
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (said, examples) = help.split_once("Examples:\n").unwrap_or((&help, ""));
    let said = if name == "gpt" { OVERVIEW } else { said };
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .date(DATE)
        .source(concat!("gpt ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");

    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    synopsis(&command).to_writer(&mut text)?;
    description(said, &command).to_writer(&mut text)?;
    if command.get_subcommands().any(|each| !each.is_hide_set()) {
        man.render_subcommands_section(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    let mut roff = Roff::new();
    verbatim("EXAMPLES", examples, &mut roff);
    let topic = name.split('-').nth(1);
    for (section, entries) in SECTIONS {
        let concerns = |of: &str| topic.is_none_or(|topic| of.split(' ').any(|word| word == topic));
        list(section, entries.iter().filter(|(_, _, of)| concerns(of)), &mut roff);
    }
    if name == "gpt" {
        verbatim("CONFIGURATION", CONFIGURATION, &mut roff);
    }
    roff.control("SH", ["SEE ALSO"]).text([roman(see_also(name))]);
    roff.to_writer(&mut text)?;
    Ok(text)
}

/// What `--help` says of its usage: the words as they are typed in bold.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let (typed, rest) = usage.split_at(usage.find(['[', '<']).unwrap_or(usage.len()));
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([bold(typed.trim_end()), roman(" "), roman(rest)]);
    roff
}

/// Paragraphs; where there are none, what the command is about.
fn description(said: &str, command: &Command) -> Roff {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let said = if said.trim().is_empty() { format!("{about}.") } else { said.trim().to_owned() };
    let mut roff = Roff::new();
    roff.control("SH", ["DESCRIPTION"]);
    for (index, paragraph) in said.split("\n\n").enumerate() {
        if index > 0 {
            roff.control("PP", []);
        }
        said_in(paragraph, &mut roff);
    }
    roff
}

/// A paragraph; its indented lines are a list, each with what it is about before two spaces.
fn said_in(paragraph: &str, roff: &mut Roff) {
    for line in paragraph.lines() {
        match line.strip_prefix("  ").and_then(|line| line.split_once("  ")) {
            Some((term, meaning)) => {
                roff.control("TP", []).text([bold(term)]).text([roman(meaning.trim())])
            }
            None => roff.text([roman(line)]),
        };
    }
}

/// Lines as they are, without the blanks before them.
fn verbatim(section: &str, lines: &str, roff: &mut Roff) {
    if !lines.is_empty() {
        roff.control("SH", [section]).control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.trim())]);
        }
        roff.control("fi", []);
    }
}

fn list<'a>(section: &str, entries: impl Iterator<Item = &'a Entry>, roff: &mut Roff) {
    for (index, (term, meaning, _)) in entries.enumerate() {
        if index == 0 {
            roff.control("SH", [section]);
        }
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*meaning)]);
    }
}

/// The other pages; those of the commands of `gpt batch` know each other as well.
fn see_also(name: &str) -> String {
    let commands = ["chat", "complete", "image", "batch", "tokens", "models", "spend", "help"];
    let of_batch = ["submit", "status", "wait", "results", "cancel", "list"];
    let of_batch = of_batch.map(|command| format!("gpt-batch-{command}"));
    let pages = [String::from("gpt")].into_iter();
    let pages = pages.chain(commands.map(|command| format!("gpt-{command}")));
    let pages = pages.chain(of_batch.into_iter().filter(|_| name.starts_with("gpt-batch")));
    let others = pages.filter(|page| page != name).map(|page| format!("{page}(1)"));
    others.collect::<Vec<_>>().join(", ")
}

/// When the manual was last looked through.
const DATE: &str = "2026-11-30";

const OVERVIEW: &str = "\
A prompt comes from the arguments and from standard input, the model's reply goes to standard
output. Before the first byte leaves, the tokens of the request are counted and its worst case is
priced. What is over a limit or a budget is refused; the rest is booked in a ledger, before it is
sent and once more when the server has told what it used.

A setting comes from the first that has it: the option, the environment, the profile that --profile
names, the config file. Nothing in the input makes the program read a file, run a command or open
another address.";

/// A config file, as the README has it.
const CONFIGURATION: &str = "\
model = \"gpt-5.6-terra\"
api_key_command = \"pass show openai\"
budget = [\"5/day\", \"50/month\"]

[price.\"my-model\"]
input = \"0.5/1M\"
output = \"1.5/1M\"

[profile.local]
base_url = \"http://127.0.0.1:8080/v1\"
model = \"my-model\"";

/// A term, its meaning, and the commands it means something to.
type Entry = (&'static str, &'static str, &'static str);

const ALL: &str = "chat complete image batch tokens models spend help";
/// Those that read the config.
const READING: &str = "chat complete image batch tokens models spend";
/// Those that may talk to a server, and those that ask for what costs money.
const SENDING: &str = "chat complete image batch models";
const ASKING: &str = "chat complete image batch";
const COUNTING: &str = "chat complete image batch tokens";

/// What every page ends with.
const SECTIONS: [(&str, &[Entry]); 3] =
    [("EXIT STATUS", EXIT_STATUS), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)];

pub const EXIT_STATUS: &[Entry] = &[
    ("0", "Done, and complete; also when the reader of our output left early.", ALL),
    ("1", "Something here failed: a file, a full disk, the ledger.", ALL),
    ("2", "The command line or the input is wrong; nothing was sent.", ALL),
    ("3", "Over a token limit or the model's context; nothing was sent.", COUNTING),
    ("4", "Over a cost limit or a budget, or no price to judge by; nothing was sent.", ASKING),
    ("5", "No key, or the server refused it.", SENDING),
    ("6", "The server refused the request.", SENDING),
    ("7", "Rate-limited or out of quota, after the retries that made sense.", SENDING),
    ("8", "The server or the network failed, after retries.", SENDING),
    ("9", "The answer is not complete. What had arrived was printed.", ASKING),
    ("130, 143", "Interrupted by SIGINT, SIGTERM.", ALL),
];

const ENVIRONMENT: &[Entry] = &[
    ("OPENAI_API_KEY", "The key. A server on a loopback address needs none.", SENDING),
    (
        "OPENAI_BASE_URL, OPENAI_API_BASE",
        "The API's address; the first of them that is set.",
        SENDING,
    ),
    ("OPENAI_ORG_ID, OPENAI_PROJECT_ID", "Sent along with each request.", SENDING),
    ("GPT_MODEL", "The model, where --model does not say.", "chat complete tokens"),
    ("GPT_IMAGE_MODEL", "The model that makes pictures, where --model does not say.", "image"),
    ("GPT_BUDGET", "Budgets, separated by blanks or commas: 5/day 50/month.", ASKING),
    ("GPT_PRICES", "A price map, where --prices does not say.", COUNTING),
    ("GPT_LEDGER", "The ledger's file, or 'off'.", "chat complete image batch spend"),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "Proxies, as curl takes them; those in lower case count first.",
        SENDING,
    ),
    ("SSL_CERT_FILE", "Certificates to trust instead of the built-in ones, in PEM.", SENDING),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME",
        "Where the files below are; ~/.config and ~/.local/state where they are not set.",
        READING,
    ),
    ("NO_COLOR", "If it is set, tokens are bounded by bars instead of colours.", "tokens"),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Whether the terminal shows more than ASCII: the first that is set names UTF-8.",
        "image spend",
    ),
    (
        "TERM, TERM_PROGRAM, LC_TERMINAL, TMUX, STY",
        "How the terminal draws pictures: by the protocol of Kitty or of iTerm2, or as blocks.",
        "image",
    ),
    ("TZ", "The zone in which days, weeks and months begin.", "chat complete image batch spend"),
];

const FILES: &[Entry] = &[
    (
        "$XDG_CONFIG_HOME/gpt/config.toml",
        "model, image_model, base_url, api_key_command, budget, prices, [price.\"MODEL\"], \
         [profile.NAME].",
        READING,
    ),
    (
        "$XDG_STATE_HOME/gpt/ledger.db",
        "What was spent. It holds no prompt, no reply and no key.",
        "chat complete image batch spend",
    ),
    ("$XDG_STATE_HOME/gpt/sessions/NAME.jsonl", "Conversations, one message a line.", "chat"),
    ("$XDG_STATE_HOME/gpt/history", "What was typed in conversations.", "chat"),
    (
        ".OUT.ahead",
        "Answers that the OUT of --resume beside it does not have yet; gone when it is whole.",
        "chat complete image",
    ),
];
