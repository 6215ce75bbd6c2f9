//! What a picture is, by its bytes, and whether all of it is there.

use memchr::memmem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
    Gif,
    Svg,
}

impl Format {
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Svg];

    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => is_svg(bytes).then_some(Self::Svg),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Svg => "SVG",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Svg => "svg",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Svg => "image/svg+xml",
        }
    }

    /// What is meant by an extension, or by `--format`.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "jpeg" | "jfif" => Some(Self::Jpeg),
            name => Self::ALL.into_iter().find(|format| format.extension() == name),
        }
    }

    /// Whether the bytes go on to the picture's end.
    pub fn is_whole(self, bytes: &[u8]) -> bool {
        match self {
            Self::Png => memmem::rfind(bytes, b"IEND\xae\x42\x60\x82").is_some(),
            // Behind the last segment something else may follow.
            Self::Jpeg => memmem::rfind(bytes, b"\xff\xd9").is_some(),
            Self::Gif => bytes.trim_ascii_end().ends_with(b";"),
            Self::Webp => {
                bytes.get(4..8).and_then(|length| length.try_into().ok()).is_some_and(|length| {
                    bytes.len() as u64 >= u64::from(u32::from_le_bytes(length)) + 8
                })
            }
            Self::Svg => bytes.trim_ascii_end().ends_with(b">") && ends_svg(bytes),
        }
    }
}

/// An SVG document, and not a page that has one in it.
fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let starts =
        |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let tag = |name: &[u8]| memmem::find(text, name);
    starts(b"<svg")
        || ([&b"<?xml"[..], b"<!--", b"<!doctype svg"].into_iter().any(starts)
            && tag(b"<svg").is_some()
            && tag(b"<html").is_none())
}

fn ends_svg(bytes: &[u8]) -> bool {
    memmem::rfind(bytes, b"</svg").is_some() || memmem::rfind(bytes, b"/>").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], format: Option<Format>, whole: bool) {
        assert_eq!(Format::of(bytes), format);
        if let Some(format) = format {
            assert_eq!(format.is_whole(bytes), whole);
        }
    }

    #[test]
    fn pictures_are_told_by_their_bytes() {
        use Format::{Gif, Jpeg, Png, Svg, Webp};
        check(b"\x89PNG\r\n\x1a\n....\0\0\0\0IEND\xae\x42\x60\x82", Some(Png), true);
        check(b"\x89PNG\r\n\x1a\n....\0\0\0\0IEN", Some(Png), false);
        check(b"\xff\xd8\xff\xe0....\xff\xd9", Some(Jpeg), true);
        check(b"\xff\xd8\xff\xe0....", Some(Jpeg), false);
        check(b"GIF89a....;", Some(Gif), true);
        check(b"GIF87a....", Some(Gif), false);
        check(b"RIFF\x08\0\0\0WEBPVP8 ", Some(Webp), true);
        check(b"RIFF\x09\0\0\0WEBPVP8 ", Some(Webp), false);
        check(b"<svg xmlns='x'><g/></svg>\n", Some(Svg), true);
        check(b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg></svg>", Some(Svg), true);
        check(b"<svg xmlns='x'><g", Some(Svg), false);
        for none in [
            &b""[..],
            b"<!DOCTYPE html><html><svg></svg></html>",
            b"<?xml version='1.0'?><html><svg/></html>",
            b"\x89PNG",
            b"{\"error\":1}",
            b"not a picture",
        ] {
            check(none, None, false);
        }
    }
}
