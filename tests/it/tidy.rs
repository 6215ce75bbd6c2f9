//! The house rules that a program can check: which room may use which, how long things may get,
//! and what is never done below `main`.

use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom. A room that is not in the list of another is not to be seen from there.
const ARROWS: [(&str, &[&str]); 10] = [
    ("main", &["args", "cmd", "exit", "stdio"]),
    ("args", &[]),
    ("settings", &["exit", "stdio"]),
    ("exit", &["stdio", "wire"]),
    ("stdio", &[]),
    ("cmd", &["account", "args", "books", "bpe", "exit", "settings", "stdio", "wire"]),
    ("bpe", &[]),
    ("account", &["bpe"]),
    ("books", &[]),
    ("wire", &[]),
];

const LONGEST_LINE: usize = 100;
const LONGEST_FUNCTION: usize = 70;
const LONGEST_FILE: usize = 350;

/// What only one room does, and who it is.
const RESERVED: [(&str, &[&str]); 8] = [
    ("env::", &["settings"]),
    ("io::stdin", &["stdio"]),
    ("io::stdout", &["stdio"]),
    ("io::stderr", &["stdio"]),
    ("process::exit", &[]),
    ("thread::sleep", &["books/file.rs"]),
    ("println!", &[]),
    ("unsafe ", &["bpe"]),
];

struct Source {
    /// Relative to `src`.
    path: String,
    room: String,
    text: String,
}

/// The program's sources, without their tests.
fn sources() -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    find(&top, &mut files);
    files.sort();
    files
        .into_iter()
        .filter(|path| !path.to_string_lossy().contains("test"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
            let room = path.split(['/', '.']).next().unwrap().to_owned();
            let inline = |at: usize| text[at..].lines().nth(1).unwrap().ends_with('{');
            let mut tests = text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| at);
            let end = tests.find(|at| inline(*at)).unwrap_or(text.len());
            Source { path, room, text: text[..end].to_owned() }
        })
        .collect()
}

fn find(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Collects a complaint a line; there should be none.
#[track_caller]
fn check(complain: impl Fn(&Source, &mut Vec<String>)) {
    let mut complaints = Vec::new();
    let sources = sources();
    assert!(sources.len() > 20, "the sources are found");
    for source in &sources {
        complain(source, &mut complaints);
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn arrows_go_one_way() {
    check(|source, complaints| {
        let allowed = ARROWS.iter().find(|(room, _)| *room == source.room);
        let Some((room, allowed)) = allowed else {
            return complaints.push(format!("{}: a room without a place in ARROWS", source.path));
        };
        for used in source.text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(char::is_ascii_lowercase).collect();
            if used != *room && !allowed.contains(&used.as_str()) {
                complaints.push(format!("{}: {room} may not use {used}", source.path));
            }
        }
    });
}

#[test]
fn what_one_room_does_no_other_does() {
    check(|source, complaints| {
        for (what, places) in RESERVED {
            let allowed = places.iter().any(|place| source.path.starts_with(place));
            let code = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
            if !allowed && code.into_iter().any(|line| line.contains(what)) {
                complaints.push(format!("{}: '{what}' is not done here", source.path));
            }
        }
    });
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    check(|source, complaints| {
        if !source.text.starts_with("//! ") {
            complaints.push(format!("{}: no first line that says what it is", source.path));
        }
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE {
            complaints.push(format!("{}: {lines} lines", source.path));
        }
        for (index, line) in source.text.lines().enumerate() {
            if line.chars().count() > LONGEST_LINE {
                complaints.push(format!("{}:{}: a long line", source.path, index + 1));
            }
        }
    });
}

#[test]
fn functions_stay_short() {
    check(|source, complaints| {
        let lines: Vec<&str> = source.text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let words = ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn ", "pub const fn "];
            if !words.iter().any(|word| code.starts_with(word)) {
                continue;
            }
            let closing = format!("{}}}", &line[..line.len() - code.len()]);
            let length =
                lines[start..].iter().position(|line| *line == closing).map_or(1, |n| n + 1);
            if length > LONGEST_FUNCTION {
                complaints.push(format!("{}:{}: {length} lines", source.path, start + 1));
            }
        }
    });
}
