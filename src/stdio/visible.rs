//! What a terminal gets to see of text that may hold control characters. Pure.

use std::borrow::Cow;
use std::fmt::Write;

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
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    (character.is_control() && !harmless) || reorders
}

/// The same for bytes as they come, cut anywhere: what is no text is shown as `\xFF`.
#[derive(Default)]
pub(super) struct Veil {
    /// The beginning of a character whose end has not come.
    begun: Vec<u8>,
}

impl Veil {
    pub fn show(&mut self, bytes: &[u8]) -> String {
        let whole = [&std::mem::take(&mut self.begun), bytes].concat();
        let mut shown = String::with_capacity(whole.len());
        let mut rest = whole.as_slice();
        loop {
            let (text, left) = match std::str::from_utf8(rest) {
                Ok(text) => (text, &[][..]),
                Err(error) => {
                    let (text, left) = rest.split_at(error.valid_up_to());
                    (std::str::from_utf8(text).unwrap_or_default(), left)
                }
            };
            shown.push_str(&visible(text));
            let wrong = std::str::from_utf8(left).map_err(|error| error.error_len());
            let Err(Some(wrong)) = wrong else {
                left.clone_into(&mut self.begun);
                return shown;
            };
            escape(&left[..wrong], &mut shown);
            rest = &left[wrong..];
        }
    }

    /// The end: a character that has begun is none.
    pub fn rest(&mut self) -> String {
        let mut shown = String::new();
        escape(&std::mem::take(&mut self.begun), &mut shown);
        shown
    }
}

fn escape(bytes: &[u8], shown: &mut String) {
    for byte in bytes {
        let _ = write!(shown, "\\x{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::{Veil, visible};

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

    #[test]
    fn bytes_are_shown_alike_however_they_are_cut() {
        let bytes = b"a\x1b[2J\xc2\x9b31m \xe6\x97\xa5\xff\x9b\xe2\x80\xae!\xe2\x80z\xf0\x9f";
        let shown = "a^[[2J\\u{9b}31m 日\\xFF\\x9B\\u{202e}!\\xE2\\x80z\\xF0\\x9F";
        for end in 0..=bytes.len() {
            for start in 0..=end {
                let mut veil = Veil::default();
                let pieces = [&bytes[..start], &bytes[start..end], &bytes[end..]];
                let text = pieces.map(|piece| veil.show(piece)).concat() + &veil.rest();
                assert_eq!(text, shown, "cut at {start} and {end}");
            }
        }
    }
}
