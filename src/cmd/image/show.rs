//! Draws a picture in a terminal: by the protocol the terminal knows, or as coloured half blocks.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};

use crate::account::pictures::{self, Size};
use crate::cmd::image::format::Format;
use crate::settings::Terminal;
use crate::stdio::Stdio;

/// How wide pictures are drawn at most, in columns.
const WIDEST: u32 = 80;
/// How many pixels a terminal's cell has, about: what is larger than the window is made to fit.
const CELL: Size = Size { width: 8, height: 16 };
/// How much a picture may take when it is unpacked: any that a model makes, and no bomb.
const MOST_MEMORY: u64 = 256 << 20;
/// How much Kitty takes at once.
const PIECE: usize = 4096;

/// Where and how pictures are drawn.
#[derive(Clone, Copy)]
pub struct Screen {
    terminal: Terminal,
}

/// How many cells a picture may cover: one row is left for what comes behind it.
#[derive(Clone, Copy)]
struct Room {
    columns: u32,
    rows: u32,
}

impl Screen {
    /// One that can draw, or why it cannot.
    pub fn new(terminal: Terminal, unicode: bool) -> Result<Self, &'static str> {
        match terminal {
            Terminal::Dumb => Err("this terminal draws nothing"),
            Terminal::Blocks if !unicode => Err("half blocks need a UTF-8 locale"),
            _ => Ok(Self { terminal }),
        }
    }

    /// On standard output, or on standard error where that is the terminal.
    pub fn draw(self, bytes: &[u8], stdio: &mut Stdio) -> anyhow::Result<()> {
        let (columns, rows) = stdio.window();
        let room = Room { columns: columns.min(WIDEST), rows: rows.saturating_sub(1).max(1) };
        match self.drawing(bytes, room) {
            Ok(drawing) if stdio.out_is_terminal => {
                stdio.out.drawing().write_all(drawing.as_bytes())?;
                stdio.out.flush()?;
            }
            Ok(drawing) => stdio.draw(&drawing),
            Err(why) => stdio.note(format_args!("the picture is not drawn: {why}")),
        }
        Ok(())
    }

    fn drawing(self, bytes: &[u8], room: Room) -> Result<String, String> {
        // Terminals unpack it as well.
        let pixels = |size: Size| u64::from(size.width) * u64::from(size.height);
        if pictures::size(bytes).is_some_and(|size| pixels(size) > MOST_MEMORY / 4) {
            return Err("it has too many pixels".to_owned());
        }
        match (self.terminal, Format::of(bytes)) {
            (_, None) => Err("it is no picture".to_owned()),
            (_, Some(Format::Svg)) => Err("no terminal draws SVG".to_owned()),
            (Terminal::Iterm, _) => Ok(iterm(bytes, room)),
            (Terminal::Kitty, Some(Format::Png)) => Ok(kitty(bytes, room)),
            (Terminal::Kitty, _) => Ok(kitty(&png(&unpack(bytes)?)?, room)),
            (Terminal::Blocks | Terminal::Dumb, _) => Ok(blocks(&unpack(bytes)?, room)),
        }
    }
}

impl Room {
    /// The largest size of the same shape that is no larger than the picture and fits into so
    /// many pixels.
    fn fit(self, picture: Size, pixel: Size) -> Size {
        let [width, height] = [picture.width, picture.height].map(|side| u64::from(side.max(1)));
        let columns = u64::from(self.columns) * u64::from(pixel.width);
        let rows = u64::from(self.rows) * u64::from(pixel.height);
        let (fitted_width, fitted_height) = if width <= columns && height <= rows {
            (width, height)
        } else if width * rows >= height * columns {
            (columns, height * columns / width)
        } else {
            (width * rows / height, rows)
        };
        let [width, height] =
            [fitted_width, fitted_height].map(|side| u32::try_from(side).unwrap_or(1).max(1));
        Size { width, height }
    }

    /// In cells; none for a picture that fits as it is.
    fn cells(self, bytes: &[u8]) -> Option<Room> {
        let picture = pictures::size(bytes)?;
        let fitted = self.fit(picture, CELL);
        let (columns, rows) =
            (fitted.width.div_ceil(CELL.width), fitted.height.div_ceil(CELL.height));
        (fitted != picture).then_some(Room { columns, rows })
    }
}

fn iterm(bytes: &[u8], room: Room) -> String {
    let cells = room.cells(bytes).map(|Room { columns, rows }| {
        format!("width={columns};height={rows};preserveAspectRatio=1;")
    });
    let (cells, length, text) = (cells.unwrap_or_default(), bytes.len(), STANDARD.encode(bytes));
    format!("\x1b]1337;File=inline=1;{cells}size={length}:{text}\x07\n")
}

/// Without an answer (`q=2`), which would be read as if it were typed.
fn kitty(png: &[u8], room: Room) -> String {
    let cells = room.cells(png).map(|Room { columns, rows }| format!("c={columns},r={rows},"));
    let text = STANDARD.encode(png);
    let mut drawing = String::with_capacity(text.len() + text.len() / 64);
    let mut start = 0;
    while start < text.len() {
        let end = text.len().min(start + PIECE);
        let more = u8::from(end < text.len());
        drawing += "\x1b_G";
        if start == 0 {
            drawing += "f=100,a=T,q=2,";
            drawing += cells.as_deref().unwrap_or_default();
        }
        let _ = write!(drawing, "m={more};{}\x1b\\", &text[start..end]);
        start = end;
    }
    drawing.push('\n');
    drawing
}

/// The first picture there is, of several that follow each other.
fn unpack(bytes: &[u8]) -> Result<DynamicImage, String> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    reader.limits(limits);
    reader.decode().map_err(|error| error.to_string())
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Each character is two pixels, one above the other; where there is no pixel, the terminal's
/// own ground is seen.
fn blocks(picture: &DynamicImage, room: Room) -> String {
    let size = Size { width: picture.width(), height: picture.height() };
    let Size { width, height } = room.fit(size, Size { width: 1, height: 2 });
    let small = picture.thumbnail_exact(width, height).to_rgba8();
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
mod tests;
