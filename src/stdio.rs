//! The three standard streams as one value: read, print, flush, and "our reader left". Also what
//! a terminal gets to see of text that may hold control characters. Knows nothing of commands.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::termios::tcgetwinsize;

/// The streams of this process. One thread speaks; another may be reading standard input.
pub struct Stdio {
    pub out: Out,
    pub input_is_terminal: bool,
    pub out_is_terminal: bool,
    pub err_is_terminal: bool,
    /// Only errors on standard error.
    pub quiet: bool,
}

impl Stdio {
    pub fn new() -> Self {
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            out: Out(BufWriter::with_capacity(64 * 1024, io::stdout().lock())),
            quiet: false,
        }
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
    #[expect(clippy::unused_self, reason = "the streams are spoken to through this value alone")]
    pub fn error(&mut self, line: impl fmt::Display) {
        let line = line.to_string();
        let _ = writeln!(io::stderr(), "gpt: {}", visible(&line).replace('\n', " "));
    }

    /// Part of a line on standard error, as it is: a progress bar, a prompt.
    #[expect(clippy::unused_self, reason = "the streams are spoken to through this value alone")]
    pub fn draw(&mut self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Standard output, buffered. A reader that left is told apart from a disk that is full.
pub struct Out(BufWriter<StdoutLock<'static>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(OutputError::wrap)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(OutputError::wrap)
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

/// What the system says of an error, without the number that Rust puts behind it.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

/// Standard input, whoever reads it.
pub fn input() -> io::Stdin {
    io::stdin()
}

/// `text` with its control characters made visible, for a terminal: nothing in it can move the
/// cursor, set a title or turn the line around. Line breaks and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\u{7f}' => shown.push_str("^?"),
            _ if !hidden(character) => shown.push(character),
            '\0'..='\u{1f}' => {
                shown.push('^');
                shown.push(char::from(character as u8 + b'@'));
            }
            _ => shown.extend(character.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that reorder the line they stand in.
fn hidden(character: char) -> bool {
    let harmless = matches!(character, '\n' | '\t');
    let reorders = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    (character.is_control() && !harmless) || reorders
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_hidden_reaches_a_terminal() {
        for (text, shown) in [
            ("plain\tand\nlined é日", "plain\tand\nlined é日"),
            ("\u{1b}[2J", "^[[2J"),
            ("\u{1b}", "^["),
            ("a\rb\u{8}\u{7}\0", "a^Mb^H^G^@"),
            ("\u{7f}\u{9b}31m", "^?\\u{9b}31m"),
            ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
