//! `gpt batch`: files of requests for the server to answer within a day, at half the price.
//! `submit` books the worst case, `results` settles it; in between nothing runs here.

mod cost;
mod harvest;
mod job;
mod ledger;
pub mod line;
mod results;
mod server;
mod show;
mod submit;
mod sum;
mod wait;

use crate::args::{self, BatchCommand};
use crate::exit::{Exit, failure};
use crate::stdio::Stdio;
use crate::wire::reply::batches::Id;

pub fn run(args: &args::Batch, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    match &args.command {
        BatchCommand::Submit(args) => submit::run(args, stdio),
        BatchCommand::Status(args) => show::status(args, stdio),
        BatchCommand::Wait(args) => wait::run(args, stdio),
        BatchCommand::Results(args) => results::run(args, stdio),
        BatchCommand::Cancel(args) => show::cancel(args, stdio),
        BatchCommand::List(args) => show::list(args, stdio),
    }
}

/// Ids as they were typed, all checked before the first is used.
fn ids(words: &[String]) -> anyhow::Result<Vec<Id>> {
    let read = |word: &String| {
        Id::read(word).ok_or_else(|| {
            failure(Exit::Usage, format!("'{word}' is no batch's id; 'gpt batch list' has them"))
        })
    };
    words.iter().map(read).collect()
}
