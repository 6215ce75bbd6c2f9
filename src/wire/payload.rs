//! A request's body: JSON, or a form with files. It is held in pieces, so that a large file goes
//! out from where it lies and is never copied.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::memmem;

/// What is sent, one piece behind the other.
pub struct Payload {
    pub(super) content_type: String,
    pub(super) pieces: Vec<Vec<u8>>,
    /// The first of it has left, in the attempt that is under way.
    pub(super) sent: AtomicBool,
}

/// A field of a form.
pub struct Field {
    pub name: String,
    /// For a file: how it is called there, and its media type.
    pub file: Option<(String, &'static str)>,
    pub value: Vec<u8>,
}

impl Payload {
    pub fn json(text: String) -> Payload {
        let content_type = "application/json".to_owned();
        Payload::new(content_type, vec![text.into_bytes()])
    }

    /// A form (`multipart/form-data`).
    pub fn form(fields: Vec<Field>) -> Payload {
        let boundary = boundary(&fields);
        let mut pieces = Vec::new();
        let mut before = format!("--{boundary}\r\n");
        for Field { name, file, value } in fields {
            let _ = write!(before, "content-disposition: form-data; name=\"{}\"", quoted(&name));
            if let Some((file, media_type)) = file {
                let _ = write!(before, "; filename=\"{}\"\r\n", quoted(&file));
                let _ = write!(before, "content-type: {media_type}");
            }
            before += "\r\n\r\n";
            pieces.push(std::mem::take(&mut before).into_bytes());
            pieces.push(value);
            before = format!("\r\n--{boundary}\r\n");
        }
        pieces.push(format!("\r\n--{boundary}--\r\n").into_bytes());
        Payload::new(format!("multipart/form-data; boundary={boundary}"), pieces)
    }

    fn new(content_type: String, pieces: Vec<Vec<u8>>) -> Payload {
        Payload { content_type, pieces, sent: AtomicBool::new(false) }
    }

    /// Whether a server may have it. Once its client was interrupted this does not become true any
    /// more, even while a connection is still being made.
    pub fn is_sent(&self) -> bool {
        self.sent.load(Ordering::SeqCst)
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum()
    }
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
        let field =
            |name: &str, value: &str| Field { name: name.into(), file: None, value: value.into() };
        let file = Some(("a\".png".to_owned(), "image/png"));
        let picture = Field { name: "image[]".into(), file, value: b"\x89PNG\r\n".to_vec() };
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
        assert_eq!(form.pieces.concat(), expected);
        assert_eq!(form.len(), expected.len());
    }
}
