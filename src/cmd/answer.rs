//! A reply on its way to standard output: whole or in pieces, one choice or several, as text or
//! as the server's own JSON. Says in the end whether it was complete.

mod verdict;

use std::io::{self, Write};

use crate::account::bill::Usage;
use crate::account::price::Tier;
use crate::bpe::{self, Encoding};
use crate::cmd::meter::Meter;
use crate::stdio::{Stdio, visible};
use crate::wire::reply::{self, BadReply, Chunk, Finish, Part, Progress};
pub use verdict::{Verdict, judge};

/// How much of a reply may wait to be printed, or be kept.
const LONGEST_HELD: usize = 256 << 20;

/// What is asked of an answer.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub json: bool,
    /// In pieces, each printed as it comes. A server that sends pieces all the same is understood.
    pub stream: bool,
    pub choices: u64,
    /// The most tokens of a choice, by our own count.
    pub cap: Option<u64>,
    pub encoding: Encoding,
    /// The model's tokens are known to be ours: else the server's own count may say otherwise.
    pub published: bool,
    /// Keep the first choice's text, for a conversation.
    pub keep: bool,
}

pub struct Answer {
    wanted: Wanted,
    /// In the order of their index, which is the first of each.
    choices: Vec<(u64, Choice)>,
    pub progress: Progress,
    streamed: bool,
    arrived: bool,
    over_cap: bool,
    /// Tokens over the cap of an answer that came in one piece: all of it was written, and billed.
    beyond: u64,
}

struct Choice {
    meter: Meter,
    /// What comes beside the text: reasoning, calls of tools. The cap is for both together.
    aside: Meter,
    /// What waits to be printed: line breaks behind the one that ends the text, all text of later
    /// choices.
    held: String,
    /// What was printed ends in a line break.
    ended: bool,
    /// It had text.
    shown: bool,
    kept: String,
}

impl Answer {
    pub fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            choices: Vec::new(),
            progress: Progress::default(),
            streamed: false,
            arrived: false,
            over_cap: false,
            beyond: 0,
        }
    }

    /// Takes an event of a stream and prints what it adds.
    pub fn take_event(&mut self, data: &str, stdio: &mut Stdio) -> anyhow::Result<()> {
        self.streamed = true;
        let part = reply::part(data);
        if self.wanted.json && !matches!(part, Ok(Part::Done)) {
            self.arrived = true;
            writeln!(stdio.out, "{}", data.replace('\n', " "))?;
        }
        let part = part?;
        self.progress.note(&part);
        if let Part::Chunk(chunk) = part {
            self.take_chunk(&chunk, stdio)?;
        }
        Ok(stdio.out.flush()?)
    }

    /// Takes a whole answer. Text is printed by [`Answer::finish`], JSON at once.
    pub fn take_whole(&mut self, body: &[u8], stdio: &mut Stdio) -> anyhow::Result<()> {
        if self.wanted.json {
            stdio.out.write_all(body)?;
            if stdio.out_is_terminal && !body.ends_with(b"\n") {
                writeln!(stdio.out)?;
            }
        }
        let reply::Answer { model, tier, choices: pieces, usage } = reply::answer(body)?;
        self.arrived = true;
        let part = Part::Chunk(Chunk { model, tier, pieces, usage });
        self.progress.note(&part);
        self.progress.note(&Part::Done);
        let within = |cap| usage.is_some_and(|usage| usage.reply <= cap);
        if !self.wanted.published && self.wanted.cap.is_some_and(within) {
            self.wanted.cap = None;
        }
        match part {
            Part::Chunk(chunk) => self.take_chunk(&chunk, stdio),
            Part::Done => Ok(()),
        }
    }

    fn take_chunk(&mut self, chunk: &Chunk, stdio: &mut Stdio) -> anyhow::Result<()> {
        let Wanted { encoding, cap, json, keep, stream, .. } = self.wanted;
        for piece in &chunk.pieces {
            let at = self.choices.partition_point(|(index, _)| *index < piece.index);
            if self.choices.get(at).is_none_or(|(index, _)| *index != piece.index) {
                self.choices.insert(at, (piece.index, Choice::new(encoding, cap)));
            }
            let choice = &mut self.choices[at].1;
            if !piece.aside.is_empty() {
                let within = choice.aside.admit(&piece.aside);
                self.over_cap |= within < piece.aside.len();
                if !self.streamed {
                    self.beyond += bpe::count(encoding, &piece.aside.as_bytes()[within..]);
                }
                let aside = choice.aside.tokens();
                choice.meter.lower(cap, aside);
                let all = aside.saturating_add(choice.meter.tokens());
                self.over_cap |= cap.is_some_and(|cap| all > cap);
            }
            let refusal = piece.refusal.as_deref().unwrap_or_default();
            for text in [piece.text.as_str(), refusal] {
                let within = &text[..choice.meter.admit(text)];
                self.over_cap |= within.len() < text.len();
                if !self.streamed {
                    self.beyond += bpe::count(encoding, &text.as_bytes()[within.len()..]);
                }
                choice.shown |= !within.is_empty();
                self.arrived |= choice.shown;
                if keep && piece.index == 0 {
                    choice.kept.push_str(within);
                }
                if !json {
                    choice.held.push_str(within);
                }
            }
            if stream && piece.index == 0 {
                print(&choice.ready(), stdio)?;
            }
            if choice.held.len() + choice.kept.len() > LONGEST_HELD {
                let why = format!("it is longer than {LONGEST_HELD} bytes");
                return Err(BadReply::Unreadable(why).into());
            }
        }
        Ok(())
    }

    /// Prints what was held back, so that each choice ends in one line break.
    pub fn finish(&mut self, stdio: &mut Stdio) -> io::Result<()> {
        if self.wanted.json {
            return stdio.out.flush();
        }
        let complete = self.verdict() == Verdict::Complete;
        for (place, (_, choice)) in self.choices.iter().enumerate() {
            if place > 0 {
                stdio.out.write_all(b"---\n")?;
            }
            print(choice.held.trim_end_matches('\n'), stdio)?;
            if !choice.ended && (complete || choice.shown) {
                stdio.out.write_all(b"\n")?;
            }
        }
        stdio.out.flush()
    }

    /// Begins anew, for another attempt.
    pub fn forget(&mut self) {
        *self = Self::new(self.wanted);
    }

    /// Something of the reply has come: nothing may be sent again.
    pub fn has_arrived(&self) -> bool {
        self.arrived
    }

    /// The reply is a stream that broke off.
    pub fn is_broken(&self) -> bool {
        self.streamed && !self.over_cap && !(self.progress.done && self.is_finished())
    }

    /// The server will count nothing more: the answer came whole, or every choice that came in
    /// pieces has come to its end.
    pub fn is_finished(&self) -> bool {
        let mut finishes = self.progress.finishes.values();
        let begun = !self.choices.is_empty();
        begun && (!self.streamed || finishes.all(|finish| *finish != Finish::Missing))
    }

    /// How many choices something has come of.
    pub fn choices(&self) -> u64 {
        self.choices.len() as u64
    }

    /// What the server counted.
    pub fn usage(&self) -> Option<Usage> {
        self.progress.usage.map(counted)
    }

    /// The tier that the server says it has served us in.
    pub fn tier(&self) -> Option<Tier> {
        self.progress.tier.as_deref().map(Tier::named)
    }

    /// The server goes on after its cap: it is to be cut off.
    pub fn is_over_cap(&self) -> bool {
        self.over_cap
    }

    /// The tokens that arrived, by our own count.
    pub fn tokens(&self) -> u64 {
        let tokens = |(_, choice): &(u64, Choice)| choice.meter.tokens() + choice.aside.tokens();
        self.beyond + self.choices.iter().map(tokens).sum::<u64>()
    }

    /// The text of the first choice, if it was to be kept.
    pub fn text(&self) -> &str {
        match self.choices.first() {
            Some((0, choice)) => &choice.kept,
            _ => "",
        }
    }

    /// The texts of the choices as they came, if nothing of them was printed.
    pub fn take_texts(&mut self) -> Vec<String> {
        self.choices.iter_mut().map(|(_, choice)| std::mem::take(&mut choice.held)).collect()
    }

    /// What the first choice that is not complete ended with, or the first choice.
    pub fn finish_reason(&self) -> Option<&str> {
        let finishes = self.progress.finishes.values();
        let worst = finishes.clone().find(|finish| **finish != Finish::Stop);
        match worst.or(finishes.clone().next())? {
            Finish::Stop => Some("stop"),
            Finish::Length => Some("length"),
            Finish::ContentFilter => Some("content_filter"),
            Finish::ToolCalls => Some("tool_calls"),
            Finish::Other(reason) => Some(reason),
            Finish::Missing => None,
        }
    }

    pub fn verdict(&self) -> Verdict {
        if self.over_cap && !self.progress.refused {
            return Verdict::Cut("the server ignored its cap and was cut off there");
        }
        match judge(&self.progress, self.wanted.choices, self.wanted.json) {
            Verdict::Complete if self.wanted.keep && self.progress.calls_tools => {
                let why = "it asks for a tool, which no conversation here can keep";
                Verdict::Incomplete(why.to_owned())
            }
            verdict => verdict,
        }
    }
}

impl Choice {
    fn new(encoding: Encoding, cap: Option<u64>) -> Self {
        Self {
            meter: Meter::new(encoding, cap),
            aside: Meter::new(encoding, cap),
            held: String::new(),
            ended: false,
            shown: false,
            kept: String::new(),
        }
    }

    /// What can be printed now: all but the line breaks behind the first of those at the end, for
    /// the text is to end in one.
    fn ready(&mut self) -> String {
        let text = self.held.trim_end_matches('\n').len();
        let broken = usize::from(text > 0 || !self.ended);
        let ready = self.held.len().min(text + broken);
        let rest = self.held.split_off(ready);
        let text = std::mem::replace(&mut self.held, rest);
        self.ended = if text.is_empty() { self.ended } else { text.ends_with('\n') };
        text
    }
}

/// Text for a terminal has its control characters made visible; a pipe gets it as it is.
fn print(text: &str, stdio: &mut Stdio) -> io::Result<()> {
    match stdio.out_is_terminal {
        true => stdio.out.write_all(visible(text).as_bytes()),
        false => stdio.out.write_all(text.as_bytes()),
    }
}

/// What the server counted, as it is billed.
pub fn counted(usage: reply::Usage) -> Usage {
    Usage {
        prompt: usage.prompt,
        cached: usage.cached,
        written: usage.cache_written,
        picture_in: usage.picture_in,
        audio_in: usage.audio_in,
        reply: usage.reply,
        reasoning: usage.reasoning,
        picture_out: usage.picture_out,
        audio_out: usage.audio_out,
        ..Usage::default()
    }
}
