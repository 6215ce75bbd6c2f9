//! `gpt tokens`: the `wc` of tokens. Counts, prices, cuts and shows text; never touches the
//! network or the ledger.

mod compare;
mod count;
pub(in crate::cmd) mod cut;
mod figures;
mod inputs;
mod measure;
mod pass;
mod pieces;
mod records;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::thread;

use crate::account::framing::{self, Chat};
use crate::account::message;
use crate::args::{self, Keep};
use crate::cmd::messages;
use crate::cmd::numbered::Pattern;
use crate::cmd::pricing::Pricing;
use crate::cmd::records::Records;
use crate::exit::{Exit, failure};
use crate::settings::Settings;
use crate::stdio::{self, Stdio, reason};
use figures::{Figures, Form, Totals};
use inputs::Sources;
use measure::Measure;

pub fn run(args: &args::Tokens, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    stdio.quiet = args.quiet;
    let nothing_to_read = args.files.is_empty() && args.messages.is_none();
    if nothing_to_read && stdio.input_is_terminal {
        return Err(failure(Exit::Usage, "nothing to count; give a FILE, or pipe text in"));
    }
    let settings = Settings::read(None)?;
    let pricing = Pricing::read(&settings, args.rate.as_deref(), args.prices.as_deref())?;
    if !args.compare.is_empty() {
        let (totals, sources) = compare::run(args, &pricing, form(args), stdio)?;
        return finish(args, &totals, &sources, stdio);
    }
    let measure = Measure::choose(args, &pricing, stdio)?;
    if let Some(path) = &args.messages {
        return conversation(args, &measure, path, stdio);
    }
    let mut sources = Sources::find(&args.files, args.recursive, stdio);
    let mut totals = Totals::default();
    if args.pass {
        pass::run(args, &measure, &mut sources, stdio)?;
    } else if let Some(records) = records(args) {
        records::run(args, &measure, records, &mut sources, &mut totals, stdio)?;
    } else if args.truncate.is_some() || args.split.is_some() {
        cut(args, &measure, &mut sources, stdio)?;
    } else if args.decode || args.show || (args.ids && !args.json) {
        let coloured = settings.colour && stdio.out_is_terminal;
        tokens_themselves(args, &measure, coloured, &mut sources, stdio)?;
    } else {
        count_inputs(args, &measure, &mut sources, &mut totals, stdio)?;
    }
    finish(args, &totals, &sources, stdio)
}

fn records(args: &args::Tokens) -> Option<Records> {
    match args {
        args::Tokens { lines: true, .. } => Some(Records::Lines),
        args::Tokens { null: true, .. } => Some(Records::Null),
        args::Tokens { jsonl: true, .. } => Some(Records::Json),
        _ => None,
    }
}

fn form(args: &args::Tokens) -> Form {
    match args {
        args::Tokens { json: true, .. } => Form::Json,
        args::Tokens { ids: true, .. } => Form::Ids,
        args::Tokens { count: true, .. } => Form::Bare,
        _ => Form::Columns,
    }
}

fn count_inputs(
    args: &args::Tokens,
    measure: &Measure,
    sources: &mut Sources,
    totals: &mut Totals,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let named = !args.files.is_empty();
    sources.each(stdio, |source, mut input, stdio| {
        let mut figures = Figures::new(measure);
        figures.name = named.then(|| source.name().to_owned());
        if args.ids {
            let mut text = Vec::new();
            input.read_to_end(&mut text)?;
            figures.count_ids(&text);
        } else {
            let counts = count::count(&mut input, &[measure.encoding], threads(args))?;
            figures.set_text_tokens(counts[0]);
        }
        totals.add(&figures);
        Ok(figures.print(form(args), &mut stdio.out)?)
    })?;
    if totals.inputs > 1 && form(args) != Form::Bare {
        totals.print(form(args), measure, &mut stdio.out)?;
    }
    Ok(())
}

fn over_limit(at_least: &str, tokens: u64, limit: u64) -> anyhow::Error {
    failure(
        Exit::OverTokens,
        format!("{at_least}{tokens} tokens are over --max-tokens {limit}; --truncate cuts"),
    )
}

fn cut(
    args: &args::Tokens,
    measure: &Measure,
    sources: &mut Sources,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let encoding = measure.encoding;
    let overlap = args.overlap.unwrap_or(0);
    if args.split.is_some_and(|limit| overlap >= limit) {
        return Err(failure(Exit::Usage, "--overlap must be less than --split"));
    }
    let pattern = args.output.as_deref().map(Pattern::parse).transpose()?;
    let mut piece_number = 0;
    sources.each(stdio, |_, mut input, stdio| {
        if let Some(limit) = args.truncate {
            let cut = if args.keep == Keep::Head { cut::head } else { cut::tail };
            return Ok(cut(&mut input, encoding, limit, &mut stdio.out)?);
        }
        let limit = args.split.unwrap_or(u64::MAX);
        cut::split(&mut input, encoding, limit, overlap, |piece| {
            piece_number += 1;
            match &pattern {
                Some(pattern) => write_piece(&pattern.file(piece_number), piece, args.force),
                None => Ok(stdio.out.write_all(piece).and_then(|()| stdio.out.write_all(b"\0"))?),
            }
        })
    })
}

fn write_piece(path: &Path, piece: &[u8], force: bool) -> anyhow::Result<()> {
    let opened = match force {
        true => File::create(path),
        false => OpenOptions::new().write(true).create_new(true).open(path),
    };
    opened.and_then(|mut file| file.write_all(piece)).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "; --force replaces it",
            _ => "",
        };
        failure(Exit::Local, format!("{}: {}{hint}", path.display(), reason(&error)))
    })
}

fn tokens_themselves(
    args: &args::Tokens,
    measure: &Measure,
    coloured: bool,
    sources: &mut Sources,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let encoding = measure.encoding;
    sources.each(stdio, |_, mut input, stdio| {
        if args.decode {
            stdio.out.write_all(&pieces::decode(&mut input, encoding)?)?;
        } else if args.show {
            pieces::show(&mut input, encoding, coloured, stdio.out.drawing())?;
        } else {
            pieces::ids(&mut input, encoding, &mut stdio.out)?;
        }
        Ok(())
    })
}

/// A chat from a file, counted with its framing.
fn conversation(
    args: &args::Tokens,
    measure: &Measure,
    path: &Path,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    let text = match path.as_os_str() == "-" {
        true => std::io::read_to_string(stdio::input()),
        false => fs::read_to_string(path),
    }
    .map_err(|error| failure(Exit::Local, format!("{}: {}", path.display(), reason(&error))))?;
    let list = messages::parse(&text, &path.display().to_string())?;
    let list = serde_json::Value::Array(list);
    let messages = message::read(&list)
        .map_err(|error| failure(Exit::Usage, format!("{}: {error}", path.display())))?;
    let mut figures = Figures::new(measure);
    figures.set_count(framing::chat(&measure.model, &Chat { messages, ..Chat::default() }));
    let mut totals = Totals::default();
    totals.add(&figures);
    figures.print(form(args), &mut stdio.out)?;
    finish(args, &totals, &Sources::default(), stdio)
}

/// Each takes its two megabytes of memory, and two are about as quick as a pipe or a disk: more
/// must be asked for.
fn threads(args: &args::Tokens) -> usize {
    match args.jobs {
        Some(jobs) => usize::from(jobs),
        None => thread::available_parallelism().map_or(1, |all| usize::from(all).min(2)),
    }
}

/// What the run as a whole amounts to: over the limit, a wrong record, something unread, or done.
fn finish(
    args: &args::Tokens,
    totals: &Totals,
    sources: &Sources,
    stdio: &mut Stdio,
) -> anyhow::Result<Exit> {
    if sources.binary > 0 {
        let files = if sources.binary == 1 { "file was" } else { "files were" };
        stdio.note(format_args!("{} binary {files} passed over", sources.binary));
    }
    match args.max_tokens {
        Some(limit) if totals.tokens > limit => Err(over_limit("", totals.tokens, limit)),
        _ if sources.unreadable > 0 => Ok(totals.failed.unwrap_or(Exit::Local)),
        _ => Ok(totals.failed.unwrap_or(Exit::Done)),
    }
}
