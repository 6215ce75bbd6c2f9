//! The manual and the completions, printed by the program itself so that they cannot drift.

mod completions;
mod manual;
mod powershell;

pub use manual::EXIT_STATUS;

use std::path::Path;
use std::{fs, io};

use clap::CommandFactory;

use crate::args::{Arguments, Artefact, Generate};
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, reason};

pub fn run(args: &Generate, _: &mut Stdio) -> anyhow::Result<Exit> {
    // Without the build, which would make them another file in every build.
    let mut command = Arguments::command().version(env!("CARGO_PKG_VERSION"));
    command.build();
    let files = match args.what {
        Artefact::Man => manual::pages(&command),
        Artefact::Completions => completions::scripts(&command),
    };
    let failed = |path: &Path, error: &io::Error| {
        failure(Exit::Local, format!("{}: {}", path.display(), reason(error)))
    };
    fs::create_dir_all(&args.into).map_err(|error| failed(&args.into, &error))?;
    for (name, text) in files {
        let path = args.into.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(Exit::Done)
}
