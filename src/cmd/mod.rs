//! The commands. The only room where tokens, money and the wire meet: each command plans (pure),
//! then does.

mod answer;
mod attempt;
mod batch;
mod body;
mod booking;
mod budget;
mod call;
mod chat;
mod clerk;
mod complete;
mod completion;
mod connection;
mod desk;
mod exchange;
mod files;
mod generate;
mod help;
mod image;
mod job;
mod messages;
mod meter;
mod models;
mod numbered;
mod pace;
mod plan;
mod pricing;
mod prompt;
mod records;
mod report;
mod request;
mod signals;
mod spend;
mod tokens;

use std::str::FromStr;

use serde_json::{Number, Value};

use crate::account::money::Picodollars;
use crate::args::Command;
use crate::exit::Exit;
use crate::stdio::Stdio;

pub fn run(command: &Command, stdio: &mut Stdio) -> anyhow::Result<Exit> {
    match command {
        Command::Chat(args) => chat::run(args, stdio),
        Command::Complete(args) => complete::run(args, stdio),
        Command::Image(args) => image::run(args, stdio),
        Command::Batch(args) => batch::run(args, stdio),
        Command::Tokens(args) => tokens::run(args, stdio),
        Command::Models(args) => models::run(args, stdio),
        Command::Spend(args) => spend::run(args, stdio),
        Command::Help(args) => help::run(args, stdio),
        Command::Generate(args) => generate::run(args, stdio),
    }
}

/// Money in JSON: dollars to the last picodollar, as a number that no float has been near.
fn exact_json(money: Picodollars) -> Value {
    Number::from_str(&money.exact()).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod fuzz_tests;
