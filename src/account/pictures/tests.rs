use super::*;
use crate::account::models;

fn sight(model: &str) -> Sight {
    models::find(model).sight.unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "the size of a picture may be unknown")]
fn sized(width: u32, height: u32) -> Option<Size> {
    Some(Size { width, height })
}

/// What the real API billed for a picture alone.
#[test]
fn pictures_count_as_they_were_billed() {
    #[track_caller]
    fn check(model: &str, (width, height): (u32, u32), detail: Detail, wanted: u64) {
        let count = tokens(sight(model), sized(width, height), detail);
        assert_eq!(count, Count::exact(wanted), "{model} {width}x{height}");
    }
    let auto = Detail::Auto;
    check("gpt-4o", (640, 480), auto, 425);
    check("gpt-4o-mini", (640, 480), auto, 14167);
    check("gpt-5", (640, 480), auto, 350);
    check("gpt-4.1-mini", (640, 480), auto, 488);
    check("o4-mini", (640, 480), auto, 517);
    check("gpt-5-mini", (640, 480), auto, 361);
    check("gpt-5-nano", (640, 480), auto, 451);
    check("gpt-4.1-nano", (540, 360), auto, 503);
    check("gpt-4o", (3008, 2000), auto, 1105);
    check("gpt-4o", (2000, 3008), auto, 1105);
    check("gpt-4o-mini", (1, 1), auto, 8500);
    check("o3", (128, 64), Detail::High, 225);
    check("gpt-4o", (128, 64), Detail::High, 255);
    check("gpt-4.1-mini", (128, 64), Detail::High, 14);
    check("gpt-4.1-nano", (128, 64), Detail::High, 21);
    check("o4-mini", (128, 64), Detail::High, 15);
    check("gpt-4o", (4000, 4000), Detail::Low, 85);
    check("gpt-4o-mini", (4000, 4000), Detail::Low, 2833);
    check("o3", (128, 64), Detail::Low, 75);
}

#[test]
fn what_no_bill_has_confirmed_is_bounded() {
    #[track_caller]
    fn check(model: &str, size: Option<Size>, detail: Detail, wanted: u64, bound: u64) {
        let count = tokens(sight(model), size, detail);
        assert_eq!(count, Count::about(wanted, bound), "{model} {size:?} {detail:?}");
    }
    let auto = Detail::Auto;
    // Larger than the cap: scaled down to 33 x 44 patches of at most 1536.
    check("gpt-4.1-mini", sized(1800, 2400), auto, 2354, 2490);
    check("gpt-4.1-mini", sized(1, 1_000_000), auto, 2490, 2490);
    check("gpt-4.1-mini", sized(640, 480), Detail::Low, 488, 488);
    check("gpt-4.1-mini", sized(640, 480), Detail::Original, 488, 488);
    // Between the roundings lie two tiles or three.
    check("gpt-4o", sized(769, 1026), auto, 765, 765 + 340);
    check("gpt-4o", sized(640, 480), Detail::Original, 425, 425);
    // No size: the most of the model.
    check("gpt-4o", None, auto, 765, 85 + 8 * 170);
    check("gpt-4o", None, Detail::Low, 85, 85);
    check("gpt-4.1-mini", None, auto, 1660, 2490);
    check("gpt-4.1-mini", None, Detail::Original, 1660, u64::MAX);
    // Not confirmed: the dearest multiplier known.
    check("gpt-5.6-terra", sized(640, 480), auto, 361, 739);
    check(
        "gpt-5.6-terra",
        sized(u32::MAX, u32::MAX),
        auto,
        21_617_278_211_378_381,
        44_315_420_333_325_681,
    );
    check("gpt-5.6-terra", None, auto, 1230, u64::MAX);
    check("gpt-5.4", sized(32_000, 32_000), auto, 12_001, 24_601);
    check("gpt-5.4", None, auto, 1230, 24_601);
    check("o1", sized(128, 64), Detail::High, 225, 225);
    check("o1", None, auto, 675, 24_601);
}

#[test]
fn no_picture_exceeds_the_most_of_its_model() {
    let sides = [1, 31, 32, 33, 511, 512, 513, 767, 768, 769, 1024, 2047, 2048, 2049, 9999, 70_000];
    for model in models::all().filter(|model| model.sight.is_some()) {
        let sight = model.sight.unwrap();
        for detail in [Detail::Auto, Detail::Low, Detail::High, Detail::Original, Detail::Unheard] {
            let most = tokens(sight, None, detail).bound;
            for (width, height) in sides.iter().flat_map(|w| sides.iter().map(move |h| (*w, *h))) {
                let count = tokens(sight, sized(width, height), detail);
                assert!(count.tokens <= count.bound, "{} {width}x{height}", model.name);
                assert!(count.bound <= most, "{} {width}x{height} {detail:?}", model.name);
            }
        }
    }
}

#[test]
fn the_head_of_a_file_says_its_size() {
    #[track_caller]
    fn check(bytes: &[u8], wanted: Option<(u32, u32)>) {
        let wanted = wanted.map(|(width, height)| Size { width, height });
        assert_eq!(size(bytes), wanted);
        // Cut short anywhere it says the same or nothing, and never panics.
        for end in 0..bytes.len() {
            let cut = size(&bytes[..end]);
            assert!(cut.is_none() || cut == wanted, "cut at {end}");
        }
    }
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";
    check(png, Some((640, 480)));
    check(b"GIF89a\x80\x02\xe0\x01\xf7\0\0", Some((640, 480)));
    let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x03c\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03";
    check(jpeg, Some((640, 480)));
    check(b"\xff\xd8\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03", Some((640, 480)));
    check(b"\xff\xd8\xff\xda\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03", None);
    let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01";
    check(lossy, Some((640, 480)));
    // 14 bits of the width less one, then 14 of the height less one: 639 | 479 << 14.
    check(b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x7f\xc2\x77\0", Some((640, 480)));
    let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
    check(extended, Some((640, 480)));
    check(b"RIFF\0\0\0\0WEBPVP9 \0\0\0\0\0\0\0\0\0\0\0\0\0\0", None);
    check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\x01\xe0", None);
    check(b"%PDF-1.7", None);
    check(b"", None);
}
