//! An answer that holds pictures, as it comes: whole, or as events with previews.

use std::io::Write;
use std::time::Duration;

use crate::account::bill::Usage;
use crate::cmd::answer::counted;
use crate::cmd::image::show::Screen;
use crate::cmd::request::Reply;
use crate::stdio::Stdio;
use crate::wire::reply::{self, BadReply, Made, PictureEvent, Pictures};
use crate::wire::{Client, Failure, Response};

/// The longest answer that is read: ten of the largest pictures there are.
const LONGEST_ANSWER: usize = 512 << 20;

pub struct Answer {
    json: bool,
    wanted: u64,
    /// Where previews are drawn.
    screen: Option<Screen>,
    pub made: Vec<Made>,
    /// How many came, also where `--json` leaves them in their text.
    count: u64,
    usage: Option<Usage>,
    arrived: bool,
    streamed: bool,
    done: bool,
}

/// An answer that came in one piece.
pub enum Whole {
    Read(Result<Pictures, BadReply>),
    Raw(Vec<u8>),
}

impl Answer {
    pub fn new(json: bool, wanted: u64, screen: Option<Screen>) -> Self {
        Self {
            json,
            wanted,
            screen,
            made: Vec::new(),
            count: 0,
            usage: None,
            arrived: false,
            streamed: false,
            done: false,
        }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// What the server counted.
    pub fn usage(&self) -> Option<Usage> {
        self.usage
    }

    fn take(&mut self, pictures: Pictures) {
        self.count += pictures.made.len() as u64;
        self.made.extend(pictures.made);
        if let Some(usage) = pictures.usage.map(counted) {
            let before = self.usage.unwrap_or_default();
            self.usage = Some(Usage {
                prompt: before.prompt + usage.prompt,
                cached: before.cached + usage.cached,
                picture_in: before.picture_in + usage.picture_in,
                reply: before.reply + usage.reply,
                picture_out: before.picture_out + usage.picture_out,
                ..usage
            });
        }
        self.done = self.count >= self.wanted;
    }
}

impl Reply for Answer {
    type Whole = Whole;

    fn reader(&self) -> fn(Response) -> Result<Whole, Failure> {
        match self.json {
            true => |response| response.whole(LONGEST_ANSWER).map(Whole::Raw),
            false => |response| reply::pictures(response, LONGEST_ANSWER).map(Whole::Read),
        }
    }

    fn take_whole(&mut self, whole: Whole, stdio: &mut Stdio) -> anyhow::Result<()> {
        match whole {
            Whole::Read(pictures) => self.take(pictures?),
            Whole::Raw(body) => {
                stdio.out.write_all(&body)?;
                let (count, usage) = reply::picture_count(&body)?;
                (self.count, self.usage) = (count, usage.map(counted));
            }
        }
        self.arrived = true;
        self.done = true;
        Ok(())
    }

    fn take_event(&mut self, data: &str, stdio: &mut Stdio) -> anyhow::Result<()> {
        self.streamed = true;
        if data.trim_ascii() == "[DONE]" {
            self.done = true;
            return Ok(());
        }
        if self.json {
            writeln!(stdio.out, "{}", data.replace(['\n', '\r'], " "))?;
        }
        match reply::picture_event(data)? {
            PictureEvent::Other => {}
            PictureEvent::Partial(made) => {
                self.arrived = true;
                if let (Made::Bytes(bytes), Some(screen)) = (made, self.screen) {
                    screen.draw(&bytes, stdio)?;
                }
            }
            PictureEvent::Whole(pictures) => {
                self.arrived = true;
                self.take(pictures);
                if self.json {
                    self.made.clear();
                }
            }
        }
        Ok(())
    }

    fn progress(&self, elapsed: Duration) -> Option<String> {
        Some(format!("gpt: waiting for the picture, {} s", elapsed.as_secs()))
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn has_arrived(&self) -> bool {
        self.arrived
    }

    fn is_broken(&self) -> bool {
        self.streamed && !self.done
    }

    fn forget(&mut self) {
        *self = Self::new(self.json, self.wanted, self.screen);
    }

    fn model(&self) -> Option<&str> {
        None
    }

    fn finish_reason(&self) -> Option<&str> {
        None
    }

    fn redact(&mut self, _: &Client) {}
}
