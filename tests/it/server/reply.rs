//! What the scripted server answers, and the faults of the answer.

use super::Gate;

/// One answer, and what goes wrong with it.
#[derive(Clone)]
pub struct Reply {
    head: String,
    pieces: Vec<Vec<u8>>,
    /// How often the last piece is sent: once, unless it is a flood.
    pub(super) times: u64,
    pub(super) framing: Framing,
    pub(super) before: Option<Gate>,
    pub(super) between: Option<Gate>,
    pub(super) end: Option<(usize, Ending)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    Length,
    Chunked,
    /// Nothing is added; the connection is closed behind it.
    Raw,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Close,
    Hold,
}

impl Reply {
    /// A whole body of the given type, with its Content-Length.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply {
            head: format!("HTTP/1.1 {status} {}\r\n", reason(status)),
            pieces: vec![body.into()],
            times: 1,
            framing: Framing::Length,
            before: None,
            between: None,
            end: None,
        }
        .header("content-type", content_type)
    }

    pub fn json(status: u16, body: &str) -> Reply {
        Reply::new(status, "application/json", body)
    }

    /// A stream of events, a chunk for each `data:`. `[DONE]` is the caller's to list.
    pub fn sse(events: &[&str]) -> Reply {
        let pieces: Vec<_> = events.iter().map(|data| format!("data: {data}\n\n")).collect();
        Reply::pieces(&pieces.iter().map(String::as_bytes).collect::<Vec<_>>())
    }

    /// An event stream of these very bytes, a chunk each.
    pub fn pieces(pieces: &[&[u8]]) -> Reply {
        let mut reply = Reply::new(200, "text/event-stream", "");
        reply.pieces = pieces.iter().map(|piece| piece.to_vec()).collect();
        reply.framing = Framing::Chunked;
        reply
    }

    /// `start`, then `again` so many times (`u64::MAX`: without end), in chunks.
    pub fn flood(start: &[u8], again: &[u8], times: u64) -> Reply {
        let mut reply = Reply::pieces(&[start, again]);
        reply.times = times;
        reply
    }

    pub fn redirect(status: u16, location: &str) -> Reply {
        Reply::new(status, "text/plain", "moved").header("location", location)
    }

    /// These bytes and nothing else, head included; the connection is closed behind them.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
        let mut reply = Reply::new(200, "", bytes);
        reply.head.clear();
        reply.framing = Framing::Raw;
        reply
    }

    /// The request is read and never answered.
    pub fn hang() -> Reply {
        Reply::raw("").stall(0)
    }

    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Nothing is sent until the gate lets this reply pass.
    pub fn slow(mut self, gate: &Gate) -> Reply {
        self.before = Some(gate.clone());
        self
    }

    /// Each piece after the first waits at the gate.
    pub fn gated(mut self, gate: &Gate) -> Reply {
        self.between = Some(gate.clone());
        self
    }

    /// The connection is closed after this many bytes of the reply, head and framing included.
    pub fn cut(mut self, bytes: usize) -> Reply {
        self.end = Some((bytes, Ending::Close));
        self
    }

    /// After this many bytes nothing more comes, and the connection stays open.
    pub fn stall(mut self, bytes: usize) -> Reply {
        self.end = Some((bytes, Ending::Hold));
        self
    }

    /// How many bytes it has on the wire, for `cut` and `stall` (of a flood: of one round).
    pub fn wire_len(&self) -> usize {
        self.steps().iter().map(|step| step.bytes.len()).sum()
    }

    /// What is written, piece by piece.
    pub(super) fn steps(&self) -> Vec<Step> {
        let length = self.pieces.iter().map(Vec::len).sum::<usize>();
        let head = match self.framing {
            Framing::Length => format!("{}content-length: {length}\r\n\r\n", self.head),
            Framing::Chunked => format!("{}transfer-encoding: chunked\r\n\r\n", self.head),
            Framing::Raw => String::new(),
        };
        let mut steps = vec![Step { bytes: head.into_bytes(), gate: None, times: 1 }];
        for (index, piece) in self.pieces.iter().enumerate() {
            let bytes = match self.framing {
                Framing::Chunked => chunk(piece),
                Framing::Length | Framing::Raw => piece.clone(),
            };
            let gate = if index > 0 { self.between.clone() } else { None };
            let last = index + 1 == self.pieces.len();
            steps.push(Step { bytes, gate, times: if last { self.times } else { 1 } });
        }
        if self.framing == Framing::Chunked {
            steps.push(Step { bytes: b"0\r\n\r\n".to_vec(), gate: None, times: 1 });
        }
        steps
    }
}

pub(super) struct Step {
    pub bytes: Vec<u8>,
    pub gate: Option<Gate>,
    pub times: u64,
}

/// An empty piece is no chunk: that would be the end of the body.
fn chunk(piece: &[u8]) -> Vec<u8> {
    if piece.is_empty() {
        return Vec::new();
    }
    let mut bytes = format!("{:x}\r\n", piece.len()).into_bytes();
    bytes.extend_from_slice(piece);
    bytes.extend_from_slice(b"\r\n");
    bytes
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
