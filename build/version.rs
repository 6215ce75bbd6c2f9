//! What `gpt --version` says: the version, the commit it was built from where that is known, and
//! the target. The same sources built for the same target say the same.

use std::env;
use std::path::Path;
use std::process::Command;

/// How much of a commit's name is told.
const LENGTH: usize = 10;

/// Sets `GPT_VERSION` for the program. Only a release asks for its commit, and is built anew after
/// each: whoever works on the program builds it too often for that.
pub fn tell() {
    let variable =
        |name| env::var_os(name).and_then(|text| text.into_string().ok()).unwrap_or_default();
    let (version, target) = (variable("CARGO_PKG_VERSION"), variable("TARGET"));
    let commit = match variable("PROFILE").as_str() {
        "release" => commit().map(|commit| format!("{commit}, ")),
        _ => Some("debug, ".to_owned()),
    };
    let commit = commit.unwrap_or_default();
    println!("cargo::rustc-env=GPT_VERSION={version} ({commit}{target})");
}

/// The commit's name and its day; none where the sources are no checkout of their own, such as
/// those of a package.
fn commit() -> Option<String> {
    if !git(&["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    // It grows with every change of what is checked out.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    let told = git(&["log", "-1", "--format=%H %cs"])?;
    let (name, day) = told.split_once(' ')?;
    Some(format!("{} {day}", name.get(..LENGTH)?))
}

/// What git answers in the directory of the sources, where there is a git.
fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim_end().to_owned())
}
