//! Whether a reply that has come is complete.

use crate::wire::reply::{Finish, Progress};

/// Finish reasons of compatible servers that mean what `stop` means.
const STOPPED: [&str; 4] = ["eos", "eos_token", "end_turn", "stop_sequence"];
/// How a reply ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Complete,
    /// Cut at its cap, and by whom.
    Cut(&'static str),
    Incomplete(String),
}

/// Whether a reply is complete, that so many choices were asked of.
pub fn judge(progress: &Progress, choices: u64, json: bool) -> Verdict {
    let incomplete = |why: &str| Verdict::Incomplete(why.to_owned());
    if progress.refused {
        return incomplete("the model refused");
    }
    let called = progress.finishes.values().any(|finish| *finish == Finish::ToolCalls);
    if (called || progress.calls_tools) && !json {
        return incomplete("it asks for a tool, which only --json can show");
    }
    let mut cut = false;
    for finish in progress.finishes.values() {
        match finish {
            Finish::Stop | Finish::ToolCalls => {}
            Finish::Length => cut = true,
            Finish::ContentFilter => return incomplete("it was stopped by a content filter"),
            Finish::Other(reason) if STOPPED.contains(&reason.as_str()) => {}
            Finish::Other(reason) => {
                return Verdict::Incomplete(format!("its finish reason is '{reason}'"));
            }
            Finish::Missing => return incomplete("it broke off without a finish reason"),
        }
    }
    if !progress.done {
        return incomplete("the stream broke off before its end");
    }
    let got = progress.finishes.len() as u64;
    if got < choices {
        return Verdict::Incomplete(format!("{got} of {choices} choices came"));
    }
    if cut { Verdict::Cut("it was cut at its cap") } else { Verdict::Complete }
}
