//! Server-sent events from bytes, as they come in, cut anywhere. Pure: it reads nothing itself.

use std::collections::VecDeque;

use memchr::{memchr, memchr2};

#[cfg(test)]
mod tests;

/// The longest event that is kept, which is a picture's; whoever sends more is not answering a
/// question.
const LONGEST: usize = 64 << 20;

/// One event. `id` and `retry` fields are for browsers that reconnect, and are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The `event:` field; empty for an ordinary message.
    pub name: String,
    /// The `data:` lines, joined by line breaks, otherwise untouched.
    pub data: String,
}

/// What of the stream is not yet an event.
#[derive(Default)]
pub(super) struct Parser {
    /// A line whose end has not come.
    line: Vec<u8>,
    name: Vec<u8>,
    /// The event's data, each line followed by a line break; empty before the first.
    data: Vec<u8>,
    /// The last byte was a CR: a LF that follows belongs to it.
    after_cr: bool,
    /// A line has been read: a byte order mark is behind us.
    begun: bool,
}

impl Parser {
    /// Takes the next bytes and hands out the events that they complete.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        events: &mut VecDeque<Event>,
    ) -> Result<(), &'static str> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = memchr2(b'\r', b'\n', rest) else { return self.keep(rest) };
            self.after_cr = rest[end] == b'\r';
            self.end_line(&rest[..end], events)?;
            rest = &rest[end + 1..];
        }
        Ok(())
    }

    /// The end of the stream. An event whose empty line is missing is handed out all the same:
    /// whether its data is whole, its reader sees.
    pub(super) fn finish(&mut self, events: &mut VecDeque<Event>) -> Result<(), &'static str> {
        if !self.line.is_empty() {
            self.end_line(b"", events)?;
        }
        self.dispatch(events)
    }

    /// Keeps the beginning of a line whose end has not come.
    fn keep(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        if self.line.len() + self.data.len() + piece.len() > LONGEST {
            return Err("an event is longer than 64 MiB");
        }
        self.line.extend_from_slice(piece);
        Ok(())
    }

    fn end_line(&mut self, piece: &[u8], events: &mut VecDeque<Event>) -> Result<(), &'static str> {
        if self.line.is_empty() {
            return self.take_line(piece, events);
        }
        self.keep(piece)?;
        let mut line = std::mem::take(&mut self.line);
        self.take_line(&line, events)?;
        line.clear();
        self.line = line;
        Ok(())
    }

    fn take_line(&mut self, line: &[u8], events: &mut VecDeque<Event>) -> Result<(), &'static str> {
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| first).unwrap_or(line);
        if line.is_empty() {
            return self.dispatch(events);
        }
        let (field, value) = match memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.data.len() + value.len() >= LONGEST {
                    return Err("an event is longer than 64 MiB");
                }
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            _ => {} // A comment (an empty field), `id`, `retry` or something yet unknown.
        }
        Ok(())
    }

    /// An empty line: the event is whole. Without a line of data there is none.
    fn dispatch(&mut self, events: &mut VecDeque<Event>) -> Result<(), &'static str> {
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        if data.pop().is_some() {
            let text = |bytes| String::from_utf8(bytes).map_err(|_| "an event is not UTF-8");
            events.push_back(Event { name: text(name)?, data: text(data)? });
        }
        Ok(())
    }
}
