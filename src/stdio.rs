//! The three standard streams as one value: read, print, flush, and "our reader left". What goes to
//! a terminal has its control characters made visible here, so that no command has to think of
//! it. Knows nothing of commands.

mod visible;

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::termios::tcgetwinsize;

use visible::Veil;
pub use visible::visible;

/// The streams of this process. One thread speaks; another may be reading standard input.
pub struct Stdio {
    pub out: Out,
    pub input_is_terminal: bool,
    pub out_is_terminal: bool,
    pub err_is_terminal: bool,
    /// Only errors on standard error.
    pub quiet: bool,
    /// What was said where there is no standard error to say it on.
    said: Option<Vec<String>>,
}

impl Stdio {
    pub fn new() -> Self {
        let out_is_terminal = io::stdout().is_terminal();
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            out_is_terminal,
            err_is_terminal: io::stderr().is_terminal(),
            out: Out {
                stream: Stream(Some(BufWriter::with_capacity(64 * 1024, io::stdout().lock()))),
                veil: out_is_terminal.then(Veil::default),
            },
            quiet: false,
            said: None,
        }
    }

    /// No streams at all, for a thread beside the one that speaks: what is said is kept for it.
    pub fn aside(quiet: bool) -> Self {
        Self {
            input_is_terminal: false,
            out_is_terminal: false,
            err_is_terminal: false,
            out: Out { stream: Stream(None), veil: None },
            quiet,
            said: Some(Vec::new()),
        }
    }

    /// What was said aside since the last time.
    pub fn said(&mut self) -> Vec<String> {
        self.said.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Somebody at a terminal is waiting for us.
    pub fn is_interactive(&self) -> bool {
        self.input_is_terminal || self.out_is_terminal || self.err_is_terminal
    }

    /// How many columns and rows the terminal has.
    #[expect(clippy::unused_self, reason = "the streams are spoken to through this value alone")]
    pub fn window(&self) -> (u32, u32) {
        let size = |stream: BorrowedFd<'_>| {
            let size = tcgetwinsize(stream).ok()?;
            Some((u32::from(size.ws_col), u32::from(size.ws_row)))
        };
        let window = size(io::stdout().as_fd()).or_else(|| size(io::stderr().as_fd()));
        window.filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or((80, 24))
    }

    /// A line on standard error that `--quiet` leaves out.
    pub fn note(&mut self, line: impl fmt::Display) {
        if !self.quiet {
            self.error(line);
        }
    }

    /// A line on standard error. That nobody can read it is no reason to fail.
    pub fn error(&mut self, line: impl fmt::Display) {
        let line = line.to_string();
        if let Some(said) = &mut self.said {
            return said.push(line);
        }
        let _ = writeln!(io::stderr(), "gpt: {}", visible(&line).replace('\n', " "));
    }

    /// Part of a line on standard error, as it is: a progress bar, a prompt.
    #[expect(clippy::unused_self, reason = "the streams are spoken to through this value alone")]
    pub fn draw(&mut self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Standard output, buffered. A terminal is shown what is written, a pipe gets it as it is.
pub struct Out {
    stream: Stream,
    veil: Option<Veil>,
}

impl Out {
    /// The stream itself, for colours and pictures of our own making.
    pub fn drawing(&mut self) -> &mut Stream {
        &mut self.stream
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.veil {
            None => self.stream.write(bytes),
            Some(veil) => {
                self.stream.write_all(veil.show(bytes).as_bytes())?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(veil) = &mut self.veil {
            self.stream.write_all(veil.rest().as_bytes())?;
        }
        self.stream.flush()
    }
}

/// Nothing at all for a thread without streams. A reader that left is told apart from a disk that
/// is full.
pub struct Stream(Option<BufWriter<StdoutLock<'static>>>);

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(bytes.len()), |out| out.write(bytes)).map_err(OutputError::wrap)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush).map_err(OutputError::wrap)
    }
}

/// Why standard output takes no more.
#[derive(Debug)]
pub enum OutputError {
    ReaderLeft,
    Failed(io::Error),
}

impl OutputError {
    fn wrap(error: io::Error) -> io::Error {
        let kind = error.kind();
        let wrapped = match kind {
            io::ErrorKind::BrokenPipe => Self::ReaderLeft,
            _ => Self::Failed(error),
        };
        io::Error::new(kind, wrapped)
    }

    /// The output error that `error` is about, if it is about one.
    pub fn of(error: &anyhow::Error) -> Option<&Self> {
        error.chain().find_map(|cause| {
            let cause = cause.downcast_ref::<io::Error>()?;
            cause.get_ref()?.downcast_ref()
        })
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReaderLeft => f.write_str("the reader of standard output left"),
            Self::Failed(error) => write!(f, "standard output: {}", reason(error)),
        }
    }
}

impl std::error::Error for OutputError {}

/// What the system says of an error, without the number that Rust puts behind it; and what Rust
/// says of a file that is no text, in our words.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_lowercase(),
        None if text == "stream did not contain valid UTF-8" => "it is not UTF-8".to_owned(),
        None => text,
    }
}

/// Standard input, whoever reads it.
pub fn input() -> io::Stdin {
    io::stdin()
}
