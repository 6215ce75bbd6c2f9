//! Pictures on their way from an answer to where they were asked for: fetched if need be, judged by
//! their bytes, written, drawn.

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use crate::cmd::call::Call;
use crate::cmd::exchange::incomplete;
use crate::cmd::image::format::Format;
use crate::cmd::image::output::Output;
use crate::cmd::image::plan::Plan;
use crate::cmd::image::show::Screen;
use crate::exit::{Exit, failure};
use crate::stdio::{Stdio, visible};
use crate::wire::reply::Made;
use crate::wire::{self, Url, Waits};

/// The largest picture that is fetched.
const LARGEST: usize = 128 << 20;

/// The names of files that were written, and the first failure.
pub type Delivered = (Vec<String>, anyhow::Result<()>);

pub struct Delivery<'a> {
    pub call: &'a Call<'a>,
    pub output: &'a Output,
    /// The number of the first picture.
    pub first: u64,
    /// One of many records: somebody else listens to signals.
    pub aside: bool,
    pub screen: Option<Screen>,
    pub deadline: Instant,
}

impl Delivery<'_> {
    /// Which files were written. One that fails does not keep the others back; the first failure is
    /// told in the end.
    pub fn all(&self, made: Vec<Made>, plan: &Plan, stdio: &mut Stdio) -> Delivered {
        let (came, wanted) = (made.len() as u64, plan.choices);
        if came > wanted {
            stdio.note(format_args!(
                "{came} pictures came, {wanted} asked for: the rest is left out"
            ));
        }
        let (mut first, mut names) = (Ok(()), Vec::new());
        for (place, made) in (0..wanted).zip(made) {
            match self.one(self.first.saturating_add(place), made, &mut names, stdio) {
                Ok(()) => {}
                Err(error) if first.is_ok() => first = Err(error),
                Err(error) => stdio.error(format_args!("{error:#}")),
            }
        }
        let flushed = stdio.out.flush().map_err(anyhow::Error::from);
        (names, flushed.and(first))
    }

    fn one(
        &self,
        number: u64,
        made: Made,
        names: &mut Vec<String>,
        stdio: &mut Stdio,
    ) -> anyhow::Result<()> {
        let bytes = match made {
            Made::Bytes(bytes) => bytes,
            Made::Address(url) => self.fetch(&url, stdio)?,
            Made::Garbled => {
                let why =
                    "the picture is not base64, or not all of it; it is paid for all the same";
                return Err(failure(Exit::Incomplete, incomplete(why)));
            }
        };
        let format = judge(&bytes)?;
        match self.output {
            Output::Pipe => stdio.out.write_all(&bytes)?,
            Output::Files(files) => {
                let signals = Some(&self.call.signals).filter(|_| !self.aside);
                let path = files.write(number, format, &bytes, signals, stdio)?;
                let path = path.display().to_string();
                let shown = if stdio.out_is_terminal { visible(&path) } else { (&path).into() };
                writeln!(stdio.out, "{shown}")?;
                names.push(path);
            }
        }
        match self.screen {
            Some(screen) => screen.draw(&bytes, stdio),
            None => Ok(()),
        }
    }

    /// Without the key. The picture is paid for, so it is tried again as often as a request.
    fn fetch(&self, url: &str, stdio: &mut Stdio) -> anyhow::Result<Vec<u8>> {
        let url = Url::parse(url).map_err(|invalid| {
            failure(Exit::ServerFailed, format!("the picture's address is not fetched: {invalid}"))
        })?;
        let Some(server) = self.call.server.get() else {
            return Err(failure(Exit::ServerFailed, "the picture's server is not known"));
        };
        let mut waits = Waits::new(self.call.args.connection.retries, 0);
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let fetched =
                wire::fetch(server, &url, left).and_then(|response| response.whole(LARGEST));
            let failed = match fetched {
                Ok(bytes) => return Ok(bytes),
                Err(failed) => failed,
            };
            let Some(wait) = waits.after(&failed, left) else {
                // Whatever the picture's host says of keys and requests, ours was accepted.
                let message = format!("the picture did not come: {failed}; its address is {url}");
                return Err(failure(Exit::ServerFailed, message));
            };
            stdio.note(format_args!("{failed}; trying again in {:.1} s", wait.as_secs_f64()));
            pause(wait);
        }
    }
}

fn pause(wait: Duration) {
    let (_speaker, silence) = channel::<()>();
    let _ = silence.recv_timeout(wait);
}

/// A whole picture, or what it is instead.
fn judge(bytes: &[u8]) -> anyhow::Result<Format> {
    match Format::of(bytes) {
        Some(format) if format.is_whole(bytes) => Ok(format),
        Some(format) => {
            let why =
                format!("the {} picture breaks off after {} bytes", format.name(), bytes.len());
            Err(failure(Exit::Incomplete, incomplete(&why)))
        }
        None => {
            let what = match bytes.trim_ascii_start() {
                [] => "nothing",
                [b'<', ..] => "HTML or XML",
                [b'{', ..] => "JSON",
                _ => "no picture known here",
            };
            let message = format!("what came as a picture is {what}, {} bytes", bytes.len());
            Err(failure(Exit::ServerFailed, message))
        }
    }
}
