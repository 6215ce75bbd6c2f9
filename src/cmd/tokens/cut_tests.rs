//! Cuts are tried at every limit on short texts that are hard to cut.

use super::*;

const TEXTS: [&[u8]; 7] = [
    b"",
    b"hello world",
    "The 🦊 says: don't! 12345678 Ünïcödé\r\n\r\n   \t中国的首都是北京。".as_bytes(),
    "👩‍👩‍👧‍👦🏴\u{e0067}\u{e0062}\u{e007f}".as_bytes(),
    b"   \n  \n\n   x    ",
    b"caf\xe9 \xff\xfe \xf0\x9f\xa6 end",
    b"SHE'LL we'Ve i'm aaaaaaaaaaaaaaaaaaaaaaaa 1234567890",
];
const ENCODINGS: [Encoding; 3] = [Encoding::P50k, Encoding::Cl100k, Encoding::O200k];

/// Every text by every encoding at every limit up to two more than it has tokens.
fn each_limit(check: impl Fn(&[u8], Encoding, u64)) {
    for text in TEXTS {
        for encoding in ENCODINGS {
            for limit in 0..=bpe::count(encoding, text) + 2 {
                check(text, encoding, limit);
            }
        }
    }
}

/// A cut between two characters, or between bytes that are none.
fn is_whole(text: &[u8], at: usize) -> bool {
    character_across(text, at).is_none()
}

#[test]
fn a_head_is_a_whole_start_within_the_limit() {
    each_limit(|text, encoding, limit| {
        let mut out = Vec::new();
        head(&mut &text[..], encoding, limit, &mut out).unwrap();
        assert!(text.starts_with(&out), "{text:?} {limit}");
        assert!(is_whole(text, out.len()), "{text:?} {limit}");
        assert!(bpe::count(encoding, &out) <= limit, "{text:?} {limit}");
        let all = bpe::count(encoding, text);
        assert!(limit < all || out == text, "{text:?} {limit}");
    });
}

#[test]
fn a_tail_is_a_whole_end_within_the_limit() {
    each_limit(|text, encoding, limit| {
        let mut out = Vec::new();
        tail(&mut &text[..], encoding, limit, &mut out).unwrap();
        assert!(text.ends_with(&out), "{text:?} {limit}");
        assert!(is_whole(text, text.len() - out.len()), "{text:?} {limit}");
        assert!(bpe::count(encoding, &out) <= limit, "{text:?} {limit}");
        let all = bpe::count(encoding, text);
        assert!(limit < all || out == text, "{text:?} {limit}");
    });
}

fn pieces(text: &[u8], encoding: Encoding, limit: u64, overlap: u64) -> Option<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    let mut input = text;
    let done = split(&mut input, encoding, limit, overlap, |piece| {
        pieces.push(piece.to_vec());
        Ok(())
    });
    done.ok().map(|()| pieces)
}

#[test]
fn pieces_are_within_the_limit_and_make_the_text() {
    each_limit(|text, encoding, limit| {
        // A character can be more than a small limit; that is told, not cut.
        let Some(pieces) = pieces(text, encoding, limit, 0) else {
            assert!(limit < 8, "{text:?} {limit}");
            return;
        };
        assert_eq!(pieces.concat(), text, "{limit}");
        assert!(pieces.iter().all(|piece| bpe::count(encoding, piece) <= limit));
    });
}

#[test]
fn overlapping_pieces_repeat_and_go_on() {
    let text = "one two three four five six seven eight nine ten".as_bytes();
    let pieces = pieces(text, Encoding::O200k, 4, 2).unwrap();
    let pieces: Vec<_> = pieces.iter().map(|piece| String::from_utf8_lossy(piece)).collect();
    assert_eq!(
        pieces,
        [
            "one two three four",
            " three four five six",
            " five six seven eight",
            " seven eight nine ten"
        ]
    );
}

#[test]
fn a_stream_is_cut_as_its_whole_is() {
    let text: Vec<u8> = TEXTS.concat().repeat(900);
    for encoding in ENCODINGS {
        let mut ids = Vec::new();
        bpe::encode(encoding, &text, &mut ids);
        let mut streamed = Vec::new();
        let mut input = text.as_slice();
        let mut stretches = Stretches::new(encoding);
        while let Some(stretch) = stretches.next(&mut input.by_ref(), u64::MAX).unwrap() {
            bpe::encode(encoding, &stretch, &mut streamed);
        }
        assert!(ids == streamed, "{encoding:?}");
    }
}

#[test]
fn reading_stops_soon_after_the_limit() {
    let mut endless = io::repeat(b'a').take(1 << 40);
    let mut out = Vec::new();
    head(&mut endless, Encoding::O200k, 10, &mut out).unwrap();
    assert_eq!(bpe::count(Encoding::O200k, &out), 10);
    assert!((1 << 40) - endless.limit() < 1 << 20);
}
