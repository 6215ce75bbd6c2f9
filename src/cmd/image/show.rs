//! Draws a picture in a terminal: by the protocol the terminal knows, or as coloured half blocks.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::imageops::thumbnail;
use image::{ImageReader, Limits, RgbaImage};

use crate::cmd::image::format::Format;
use crate::settings::Terminal;
use crate::stdio::Stdio;

/// How wide half blocks are drawn at most.
const WIDEST: u32 = 80;
/// How much a picture may take when it is unpacked.
const MOST_MEMORY: u64 = 512 << 20;
/// How much Kitty takes at once.
const PIECE: usize = 4096;

/// Where and how pictures are drawn.
#[derive(Clone, Copy)]
pub struct Screen {
    pub terminal: Terminal,
    pub unicode: bool,
}

impl Screen {
    /// On standard output, or on standard error where that is the terminal.
    pub fn draw(self, bytes: &[u8], stdio: &mut Stdio) -> anyhow::Result<()> {
        let columns = stdio.columns();
        match self.drawing(bytes, columns) {
            Ok(drawing) if stdio.out_is_terminal => {
                stdio.out.write_all(drawing.as_bytes())?;
                stdio.out.flush()?;
            }
            Ok(drawing) => stdio.draw(&drawing),
            Err(why) => stdio.note(format_args!("the picture is not drawn: {why}")),
        }
        Ok(())
    }

    fn drawing(self, bytes: &[u8], columns: u32) -> Result<String, String> {
        match (self.terminal, Format::of(bytes)) {
            (_, None) => Err("it is no picture".to_owned()),
            (_, Some(Format::Svg)) => Err("no terminal draws SVG".to_owned()),
            (Terminal::Iterm, _) => Ok(iterm(bytes)),
            (Terminal::Kitty, Some(Format::Png)) => Ok(kitty(bytes)),
            _ if !self.unicode => Err("this terminal has no half blocks".to_owned()),
            _ => Ok(blocks(&unpack(bytes)?, columns.clamp(2, WIDEST))),
        }
    }
}

fn iterm(bytes: &[u8]) -> String {
    let (length, text) = (bytes.len(), STANDARD.encode(bytes));
    format!("\x1b]1337;File=inline=1;size={length}:{text}\x07\n")
}

fn kitty(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut drawing = String::with_capacity(text.len() + text.len() / 64);
    let mut start = 0;
    while start < text.len() {
        let end = text.len().min(start + PIECE);
        let more = u8::from(end < text.len());
        let head = if start == 0 { "f=100,a=T," } else { "" };
        let _ = write!(drawing, "\x1b_G{head}m={more};{}\x1b\\", &text[start..end]);
        start = end;
    }
    drawing.push('\n');
    drawing
}

fn unpack(bytes: &[u8]) -> Result<RgbaImage, String> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    reader.limits(limits);
    reader.decode().map(|picture| picture.to_rgba8()).map_err(|error| error.to_string())
}

/// Each character is two pixels, one above the other; where there is no pixel, the terminal's
/// own ground is seen.
fn blocks(picture: &RgbaImage, columns: u32) -> String {
    let width = columns.min(picture.width()).max(1);
    let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width().max(1));
    let height = u32::try_from(height).unwrap_or(u32::MAX).clamp(1, 4 * WIDEST);
    let small = thumbnail(picture, width, height);
    let pixel = |x: u32, y: u32| {
        let [red, green, blue, opacity] = small.get_pixel_checked(x, y)?.0;
        (opacity >= 128).then(|| format!("{red};{green};{blue}"))
    };
    let mut drawing = String::new();
    for y in (0..height).step_by(2) {
        for x in 0..width {
            let _ = match (pixel(x, y), pixel(x, y + 1)) {
                (Some(upper), Some(lower)) => {
                    write!(drawing, "\x1b[38;2;{upper};48;2;{lower}m\u{2580}")
                }
                (Some(upper), None) => write!(drawing, "\x1b[0;38;2;{upper}m\u{2580}"),
                (None, Some(lower)) => write!(drawing, "\x1b[0;38;2;{lower}m\u{2584}"),
                (None, None) => write!(drawing, "\x1b[0m "),
            };
        }
        drawing.push_str("\x1b[0m\n");
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    #[test]
    fn half_blocks_show_two_pixels_each() {
        let (red, clear) = (Rgba([255, 0, 0, 255]), Rgba([0, 0, 0, 0]));
        let mut picture = RgbaImage::from_pixel(2, 3, red);
        picture.put_pixel(1, 0, clear);
        picture.put_pixel(1, 2, clear);
        let drawn = blocks(&picture, 80);
        let expected = "\x1b[38;2;255;0;0;48;2;255;0;0m▀\x1b[0;38;2;255;0;0m▄\x1b[0m\n\
            \x1b[0;38;2;255;0;0m▀\x1b[0m \x1b[0m\n";
        assert_eq!(drawn, expected);
    }

    #[test]
    fn kitty_gets_pieces() {
        let drawn = kitty(&[0; 3100]);
        let pieces: Vec<_> = drawn.trim_end().split_terminator("\x1b\\").collect();
        assert_eq!(pieces.len(), 2);
        assert!(pieces[0].starts_with("\x1b_Gf=100,a=T,m=1;AAAA"), "{:?}", &pieces[0][..20]);
        assert_eq!(pieces[0].len(), "\x1b_Gf=100,a=T,m=1;".len() + PIECE);
        assert!(pieces[1].starts_with("\x1b_Gm=0;AAAA"), "{:?}", &pieces[1][..10]);
    }
}
