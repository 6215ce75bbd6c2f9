//! A conversation at the terminal, or line by line from a pipe: read, send, print, again.

use std::fs::File;
use std::io::{BufRead, Write};
use std::path::Path;

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use rustyline::error::ReadlineError;
use rustyline::{Behavior, Config, DefaultEditor};
use serde_json::json;

use super::Talk;
use crate::account::bill::Bill;
use crate::account::money::Picodollars;
use crate::args;
use crate::cmd::answer::Verdict;
use crate::cmd::call::{Call, Sent};
use crate::cmd::files;
use crate::cmd::signals::Signals;
use crate::exit::{self, Exit, failure};
use crate::stdio::{self, Stdio};

/// How many lines are remembered from one conversation to the next.
const REMEMBERED: usize = 1000;

pub fn run(call: &Call, args: &args::Chat, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    let at_terminal = stdio.input_is_terminal;
    let first = super::question(args, true, call, stdio)?;
    let mut talk = Talk::begin(args, call, stdio)?;
    let mut lines = Lines::open(call.settings.state.as_deref(), stdio)?;
    let mut bill = Total::default();
    let mut exit = Exit::Done;
    let mut next = first;
    loop {
        let question = match next.take() {
            Some(question) => question,
            None => match lines.next(&call.signals)? {
                Some(line) if line.trim().is_empty() => continue,
                Some(line) => json!({"role": "user", "content": line}),
                None => break,
            },
        };
        talk.new.push(question);
        let sent = turn(call, args, &mut talk, stdio);
        bill.add(sent.bill, stdio);
        let failed = sent.outcome.is_err();
        exit = exit::report(sent.outcome, stdio);
        if failed {
            // The question that got no answer is not asked again with the next one.
            talk.new.pop();
            // At a terminal a failure, or Ctrl-C, ends the turn alone. What is read from a pipe
            // was not written with a gap in mind; and a reader that left reads nothing more.
            if !at_terminal || matches!(exit, Exit::Terminated | Exit::Done) {
                break;
            }
        }
    }
    lines.remember();
    Ok(if at_terminal && exit != Exit::Terminated { Exit::Done } else { exit })
}

/// What all turns cost.
#[derive(Default)]
struct Total {
    turns: u64,
    cost: Picodollars,
}

impl Total {
    fn add(&mut self, bill: Option<Bill>, stdio: &mut Stdio) {
        let Some(bill) = bill else { return };
        self.turns += 1;
        self.cost = self.cost.plus(bill.cost);
        let turns = if self.turns == 1 { "turn" } else { "turns" };
        stdio.note(format_args!("in all: {} {turns}, ${}", self.turns, self.cost));
    }
}

/// One question and its answer.
fn turn(call: &Call, args: &args::Chat, talk: &mut Talk, stdio: &mut Stdio) -> Sent {
    let plan = match talk.body(call, args, stdio).and_then(|body| call.plan(body)) {
        Ok(plan) => plan,
        Err(error) => return Sent { outcome: Err(error), bill: None },
    };
    // A reply that was cut at its cap belongs to a conversation: one can ask it to go on.
    call.send(&plan, stdio, Some(&mut |reply: &str, _: &Verdict| talk.answered(reply)))
}

impl Talk {
    /// The turn is over: what was new belongs to the conversation.
    fn answered(&mut self, reply: &str) -> anyhow::Result<()> {
        if let Some(session) = &mut self.session {
            session.append(&self.new, reply)?;
        }
        self.before.append(&mut self.new);
        self.before.push(json!({"role": "assistant", "content": reply}));
        Ok(())
    }
}

/// Where the questions come from.
enum Lines {
    Editor {
        editor: Box<DefaultEditor>,
        history: Option<std::path::PathBuf>,
    },
    /// How many bytes of it were read.
    Pipe {
        read: usize,
    },
}

impl Lines {
    fn open(state: Option<&Path>, stdio: &Stdio) -> anyhow::Result<Self> {
        if !stdio.input_is_terminal {
            return Ok(Self::Pipe { read: 0 });
        }
        let config = Config::builder()
            .behavior(Behavior::PreferTerm)
            .auto_add_history(true)
            .max_history_size(REMEMBERED)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(|error| failure(Exit::Local, error.to_string()))?
            .build();
        let mut editor = DefaultEditor::with_config(config)
            .map_err(|error| failure(Exit::Local, format!("the terminal: {error}")))?;
        let history = state.map(|state| state.join("history"));
        if let Some(history) = &history {
            // The first conversation has none.
            let _ = editor.load_history(history);
        }
        Ok(Self::Editor { editor: Box::new(editor), history })
    }

    /// The next line; none at the end of the input or at Ctrl-D.
    fn next(&mut self, signals: &Signals) -> anyhow::Result<Option<String>> {
        match self {
            Self::Pipe { read } => {
                let name = "standard input";
                let mut line = Vec::new();
                stdio::input().lock().read_until(b'\n', &mut line).map_err(|error| {
                    failure(Exit::Local, format!("{name}: {}", stdio::reason(&error)))
                })?;
                let before = *read;
                *read += line.len();
                let text = files::utf8_from(before, line, name)?;
                Ok((*read > before).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            Self::Editor { editor, .. } => {
                let restore = terminal();
                signals.prepare_end(move || restore.iter().for_each(|restore| restore()));
                let line = line(editor);
                signals.hold();
                signals.rest();
                line
            }
        }
    }

    /// Keeps what was typed for the next conversation; a place that cannot be written is no
    /// reason to fail.
    fn remember(&mut self) {
        if let Self::Editor { editor, history: Some(history) } = self {
            let _ = history.parent().map(std::fs::create_dir_all);
            let _ = editor.save_history(history);
        }
    }
}

/// A line that was typed. Ctrl-C begins it anew.
fn line(editor: &mut DefaultEditor) -> anyhow::Result<Option<String>> {
    loop {
        match editor.readline("> ") {
            Ok(line) => return Ok(Some(line)),
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(None),
            Err(error) => return Err(failure(Exit::Local, format!("the terminal: {error}"))),
        }
    }
}

/// Puts the terminal back as it is before a line is edited: for a signal that ends the program in
/// the middle of one.
fn terminal() -> Option<impl Fn() + Send> {
    const NO_BRACKETED_PASTE: &[u8] = b"\x1b[?2004l\r\n";
    let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
    let before = tcgetattr(&terminal).ok()?;
    Some(move || {
        let _ = (&terminal).write_all(NO_BRACKETED_PASTE);
        let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
    })
}
