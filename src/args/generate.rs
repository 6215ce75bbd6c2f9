//! `gpt generate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

#[derive(Args)]
pub struct Generate {
    /// What to write: the manual, or the completions of all shells
    pub what: Artefact,

    /// Into this directory, which is made if it is not there, a file each
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub into: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Artefact {
    Man,
    Completions,
}
