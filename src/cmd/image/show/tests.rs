use super::*;
use image::codecs::gif::GifEncoder;
use image::{Frame, Rgba, RgbaImage};

const ROOM: Room = Room { columns: 80, rows: 23 };
const RED: Rgba<u8> = Rgba([255, 0, 0, 255]);

fn blocks_of(picture: RgbaImage, room: Room) -> String {
    blocks(&DynamicImage::from(picture), room)
}

#[test]
fn half_blocks_show_two_pixels_each() {
    let clear = Rgba([0, 0, 0, 0]);
    let mut picture = RgbaImage::from_pixel(2, 3, RED);
    picture.put_pixel(1, 0, clear);
    picture.put_pixel(1, 2, clear);
    let expected = "\x1b[38;2;255;0;0;48;2;255;0;0m▀\x1b[0;38;2;255;0;0m▄\x1b[0m\n\
        \x1b[0;38;2;255;0;0m▀\x1b[0m \x1b[0m\n";
    assert_eq!(blocks_of(picture, ROOM), expected);
}

#[test]
fn a_picture_is_made_to_fit() {
    let check = |picture: (u32, u32), room: (u32, u32), fitted: (u32, u32)| {
        let room = Room { columns: room.0, rows: room.1 };
        let picture = Size { width: picture.0, height: picture.1 };
        let size = room.fit(picture, Size { width: 1, height: 2 });
        assert_eq!((size.width, size.height), fitted, "{picture:?}");
    };
    check((10, 10), (80, 23), (10, 10));
    check((80, 46), (80, 23), (80, 46));
    check((1024, 1024), (80, 23), (46, 46));
    check((1536, 1024), (80, 50), (80, 53));
    check((1, 100_000), (80, 23), (1, 46));
    check((100_000, 1), (80, 23), (80, 1));
    check((u32::MAX, u32::MAX), (80, 23), (46, 46));
    check((u32::MAX, 1), (1, 1), (1, 1));
    let tall = blocks_of(RgbaImage::from_pixel(8, 4000, RED), ROOM);
    assert_eq!((tall.lines().count(), tall.matches('▀').count()), (23, 23));
}

/// The same picture in every format: half blocks everywhere, and by what each terminal takes.
#[test]
fn pictures_of_every_kind_are_drawn() {
    let picture = DynamicImage::from(RgbaImage::from_pixel(4, 2, RED));
    let opaque = DynamicImage::from(picture.to_rgb8());
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let mut bytes = Vec::new();
        let picture = if format == ImageFormat::Jpeg { &opaque } else { &picture };
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        let draw = |terminal| Screen { terminal }.drawing(&bytes, ROOM).unwrap();
        let blocks = draw(Terminal::Blocks);
        assert_eq!(blocks.matches('▀').count(), 4, "{format:?}: {blocks:?}");
        assert!(blocks.starts_with("\x1b[38;2;25"), "{format:?}: {blocks:?}");
        assert!(draw(Terminal::Kitty).starts_with("\x1b_Gf=100,a=T,q=2,m=0;iVBORw0KGgo"));
        let sent = format!("\x1b]1337;File=inline=1;size={}:", bytes.len());
        assert_eq!(draw(Terminal::Iterm), format!("{sent}{}\x07\n", STANDARD.encode(&bytes)));
    }
}

#[test]
fn of_pictures_that_move_the_first_is_drawn() {
    let mut bytes = Vec::new();
    let frames = [RED, Rgba([0, 0, 255, 255])];
    GifEncoder::new(&mut bytes)
        .encode_frames(frames.map(|colour| Frame::new(RgbaImage::from_pixel(1, 2, colour))))
        .unwrap();
    let screen = Screen { terminal: Terminal::Blocks };
    let expected = "\x1b[38;2;255;0;0;48;2;255;0;0m▀\x1b[0m\n";
    assert_eq!(screen.drawing(&bytes, ROOM).as_deref(), Ok(expected));
}

#[test]
fn what_cannot_be_drawn_is_told() {
    #[track_caller]
    fn check(terminal: Terminal, bytes: &[u8], why: &str) {
        assert_eq!(Screen { terminal }.drawing(bytes, ROOM), Err(why.to_owned()));
    }
    // 30,000 x 30,000 pixels in 68 bytes.
    let bomb = STANDARD
        .decode(
            "iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAAAAABDTKdmAAAAC0lEQVR4nGNggAEAAAoAAX+AdF4AAAAASUVO\
             RK5CYII=",
        )
        .unwrap();
    check(Terminal::Kitty, b"<svg></svg>", "no terminal draws SVG");
    check(Terminal::Blocks, b"words", "it is no picture");
    for terminal in [Terminal::Blocks, Terminal::Kitty, Terminal::Iterm] {
        check(terminal, &bomb, "it has too many pixels");
    }
}

#[test]
fn not_every_terminal_draws() {
    let why = |terminal, unicode| Screen::new(terminal, unicode).err();
    assert_eq!(why(Terminal::Dumb, true), Some("this terminal draws nothing"));
    assert_eq!(why(Terminal::Blocks, false), Some("half blocks need a UTF-8 locale"));
    assert_eq!(why(Terminal::Blocks, true), None);
    assert_eq!(why(Terminal::Kitty, false), None);
}

#[test]
fn kitty_gets_pieces() {
    let drawn = kitty(&[0; 3100], ROOM);
    let pieces: Vec<_> = drawn.trim_end().split_terminator("\x1b\\").collect();
    assert_eq!(pieces.len(), 2);
    assert!(pieces[0].starts_with("\x1b_Gf=100,a=T,q=2,m=1;AAAA"), "{:?}", &pieces[0][..24]);
    assert_eq!(pieces[0].len(), "\x1b_Gf=100,a=T,q=2,m=1;".len() + PIECE);
    assert!(pieces[1].starts_with("\x1b_Gm=0;AAAA"), "{:?}", &pieces[1][..10]);
}

#[test]
fn what_is_larger_than_the_window_is_drawn_smaller() {
    let large = png(&DynamicImage::new_rgb8(1024, 1024)).unwrap();
    assert!(kitty(&large, ROOM).starts_with("\x1b_Gf=100,a=T,q=2,c=46,r=23,m="));
    let sizes = "inline=1;width=46;height=23;preserveAspectRatio=1;size=";
    assert!(iterm(&large, ROOM).starts_with(&format!("\x1b]1337;File={sizes}")));
}
