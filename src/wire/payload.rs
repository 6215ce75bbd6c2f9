//! A request's body: JSON, or a form with files. It is held in pieces, so that a large file goes
//! out from where it lies and is never copied.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::memmem;

/// What is sent, one piece behind the other.
pub struct Payload {
    /// Empty where there is nothing to have a type.
    pub(super) content_type: Cow<'static, str>,
    pub(super) pieces: Vec<Piece>,
    /// The first of it has left, in the attempt that is under way.
    pub(super) sent: AtomicBool,
}

pub(super) enum Piece {
    Bytes(Arc<Vec<u8>>),
    /// Part of a file, read as it is sent.
    Stretch(Stretch),
}

/// Part of an open file. Who sends it reads at places of its own, so it may be sent again.
pub struct Stretch {
    pub file: File,
    pub start: u64,
    pub length: u64,
}

/// A field of a form.
pub struct Field {
    pub name: String,
    /// For a file: how it is called there, and its media type.
    pub file: Option<(String, &'static str)>,
    /// Shared, so that a picture for many requests is held once.
    pub value: Arc<Vec<u8>>,
}

impl Payload {
    pub fn json(text: String) -> Payload {
        let content_type = Cow::Borrowed("application/json");
        Payload::new(content_type, vec![Piece::Bytes(text.into_bytes().into())])
    }

    /// No body, of no type: the address says it all.
    pub fn nothing() -> Payload {
        Payload::new(Cow::Borrowed(""), Vec::new())
    }

    /// A form (`multipart/form-data`).
    pub fn form(fields: Vec<Field>) -> Payload {
        let boundary = boundary(&fields);
        form(
            &boundary,
            fields.into_iter().map(|Field { name, file, value }| (name, file, Piece::Bytes(value))),
        )
    }

    fn new(content_type: Cow<'static, str>, pieces: Vec<Piece>) -> Payload {
        Payload { content_type, pieces, sent: AtomicBool::new(false) }
    }

    /// Whether a server may have it. Once its client was interrupted this does not become true any
    /// more, even while a connection is still being made.
    pub fn is_sent(&self) -> bool {
        self.sent.load(Ordering::SeqCst)
    }

    /// A form with plain fields and, behind them, one file of JSON lines that may be too large to
    /// be looked through: no line of it begins like the boundary, which nobody can foresee.
    pub fn upload(fields: &[(&str, &str)], file_name: &str, content: Stretch) -> Payload {
        let random = RandomState::new();
        let boundary = format!("gpt-form-{:016x}{:016x}", random.hash_one(1), random.hash_one(2));
        let plain = |(name, value): &(&str, &str)| {
            ((*name).to_owned(), None, Piece::Bytes(Arc::new(value.as_bytes().to_vec())))
        };
        let file = Some((file_name.to_owned(), "application/jsonl"));
        let file = ("file".to_owned(), file, Piece::Stretch(content));
        form(&boundary, fields.iter().map(plain).chain([file]))
    }

    pub(super) fn len(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Piece::Bytes(bytes) => bytes.len() as u64,
            Piece::Stretch(stretch) => stretch.length,
        }
    }

    /// Reads behind the first `read` bytes.
    pub(super) fn read(&self, read: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Piece::Bytes(bytes) => {
                let start = usize::try_from(read).unwrap_or(bytes.len()).min(bytes.len());
                io::Read::read(&mut &bytes[start..], buffer)
            }
            Piece::Stretch(Stretch { file, start, length }) => {
                let left = usize::try_from(length.saturating_sub(read)).unwrap_or(buffer.len());
                let length = buffer.len().min(left);
                file.read_at(&mut buffer[..length], start + read)
            }
        }
    }
}

type Named = (String, Option<(String, &'static str)>, Piece);

fn form(boundary: &str, fields: impl Iterator<Item = Named>) -> Payload {
    let mut pieces = Vec::new();
    let mut before = format!("--{boundary}\r\n");
    for (name, file, value) in fields {
        let _ = write!(before, "content-disposition: form-data; name=\"{}\"", quoted(&name));
        if let Some((file, media_type)) = file {
            let _ = write!(before, "; filename=\"{}\"\r\n", quoted(&file));
            let _ = write!(before, "content-type: {media_type}");
        }
        before += "\r\n\r\n";
        pieces.push(Piece::Bytes(std::mem::take(&mut before).into_bytes().into()));
        pieces.push(value);
        before = format!("\r\n--{boundary}\r\n");
    }
    pieces.push(Piece::Bytes(format!("\r\n--{boundary}--\r\n").into_bytes().into()));
    Payload::new(format!("multipart/form-data; boundary={boundary}").into(), pieces)
}

/// As browsers write what would end a name.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A line that stands in none of the values.
fn boundary(fields: &[Field]) -> String {
    (0..u64::MAX)
        .map(|number| format!("gpt-form-{number:016x}"))
        .find(|line| {
            let finder = memmem::Finder::new(line.as_bytes());
            fields.iter().all(|field| finder.find(&field.value).is_none())
        })
        .expect("no fields hold all lines there are")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_its_values_apart() {
        let field = |name: &str, value: &str| {
            let value = Arc::new(value.as_bytes().to_vec());
            Field { name: name.into(), file: None, value }
        };
        let file = Some(("a\".png".to_owned(), "image/png"));
        let picture =
            Field { name: "image[]".into(), file, value: Arc::new(b"\x89PNG\r\n".to_vec()) };
        let form = Payload::form(vec![field("prompt", "a gpt-form-0000000000000000 b"), picture]);
        assert_eq!(form.content_type, "multipart/form-data; boundary=gpt-form-0000000000000001");
        let expected = b"--gpt-form-0000000000000001\r\n\
            content-disposition: form-data; name=\"prompt\"\r\n\r\n\
            a gpt-form-0000000000000000 b\r\n\
            --gpt-form-0000000000000001\r\n\
            content-disposition: form-data; name=\"image[]\"; filename=\"a%22.png\"\r\n\
            content-type: image/png\r\n\r\n\
            \x89PNG\r\n\r\n\
            --gpt-form-0000000000000001--\r\n";
        assert_eq!(sent(&form, 7), expected);
        assert_eq!(form.len(), expected.len() as u64);
    }

    /// What goes out when it is read so many bytes at once.
    fn sent(form: &Payload, step: usize) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = vec![0; step];
        for piece in &form.pieces {
            let mut read = 0;
            while let length @ 1.. = piece.read(read, &mut buffer).unwrap() {
                all.extend_from_slice(&buffer[..length]);
                read += length as u64;
            }
        }
        all
    }

    #[test]
    fn an_upload_sends_its_part_of_the_file() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"one\ntwo\nthree\n").unwrap();
        for step in [1, 2, 3, 100] {
            let file = file.try_clone().unwrap();
            let stretch = Stretch { file, start: 4, length: 4 };
            let form = Payload::upload(&[("purpose", "batch")], "a.jsonl", stretch);
            let boundary = form.content_type.split('=').nth(1).unwrap();
            let expected = format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n\
                 --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; \
                 filename=\"a.jsonl\"\r\ncontent-type: application/jsonl\r\n\r\ntwo\n\r\n\
                 --{boundary}--\r\n"
            );
            assert_eq!(String::from_utf8(sent(&form, step)).unwrap(), expected);
            assert_eq!(form.len(), expected.len() as u64);
        }
    }
}
