//! The parser against the standard's examples, at every split point.

use std::collections::VecDeque;

use super::{Event, LONGEST, Parser};

/// Parses the stream in one piece, in two at every point, in threes, and byte by byte.
#[track_caller]
fn check(stream: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
    let stream = stream.as_ref();
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, data)| Event { name: (*name).to_owned(), data: (*data).to_owned() })
        .collect();
    let parse = |pieces: &[&[u8]]| {
        let (mut parser, mut events) = (Parser::default(), VecDeque::new());
        for piece in pieces {
            parser.push(piece, &mut events).unwrap();
        }
        parser.finish(&mut events).unwrap();
        Vec::from(events)
    };
    for end in 0..=stream.len() {
        for start in 0..=end {
            let pieces = [&stream[..start], &stream[start..end], &stream[end..]];
            assert_eq!(parse(&pieces), expected, "split at {start} and {end}");
        }
    }
    let bytes: Vec<_> = stream.chunks(1).collect();
    assert_eq!(parse(&bytes), expected, "byte by byte");
}

#[test]
fn events_are_separated_by_empty_lines_of_any_kind() {
    check("", &[]);
    check("\n\n\r\n\r\r", &[]);
    check("data: a\n\n", &[("", "a")]);
    check("data: a\r\n\r\n", &[("", "a")]);
    check("data: a\r\r", &[("", "a")]);
    check("data: a\n\ndata: b\r\rdata: c\r\n\r\n", &[("", "a"), ("", "b"), ("", "c")]);
    check(
        "data: a\r\n\ndata: b\n\r\ndata: c\r\n\rdata: d\n\r",
        &[("", "a"), ("", "b"), ("", "c"), ("", "d")],
    );
    check("data: YHOO\ndata: +2\ndata: 10\n\n", &[("", "YHOO\n+2\n10")]);
}

#[test]
fn fields_are_read_as_the_standard_says() {
    check("data\n\ndata\ndata\n\ndata:", &[("", ""), ("", "\n"), ("", "")]);
    check(
        "data:test\n\ndata: test\n\ndata:  test\n\n",
        &[("", "test"), ("", "test"), ("", " test")],
    );
    check(
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
        &[("", "first event"), ("", "second event"), ("", " third event")],
    );
    check("event: a\ndata: 1\n\ndata: 2\n\n", &[("a", "1"), ("", "2")]);
    check("event: a\nevent:b\ndata: 1\n\n", &[("b", "1")]);
    check("event: a\n\ndata: 1\n\n", &[("", "1")]);
    check("retry: 10\nid: 7\nnonsense\nDATA: x\n data: y\ndata : z\n\n", &[]);
    check(": ping\r\n: ping\r\rdata: a:b: c\n: in between\ndata: d\n\n", &[("", "a:b: c\nd")]);
    check(
        "data: {\"a\":\"\\r\\n\"}\n\ndata: [DONE]\n\n",
        &[("", "{\"a\":\"\\r\\n\"}"), ("", "[DONE]")],
    );
}

#[test]
fn a_byte_order_mark_is_dropped_at_the_very_beginning_only() {
    check("\u{feff}data: a\n\n", &[("", "a")]);
    check("\u{feff}\u{feff}data: a\n\ndata: b\n\n", &[("", "b")]);
    check("\ndata: a\n\n", &[("", "a")]);
    check("\n\u{feff}data: a\n\n", &[]);
    check("data: \u{feff}\u{1f600}é\0\n\n", &[("", "\u{feff}\u{1f600}é\0")]);
}

#[test]
fn an_unfinished_event_is_handed_out_at_the_end() {
    check("data: [DONE]", &[("", "[DONE]")]);
    check("data: [DONE]\n", &[("", "[DONE]")]);
    check("data: a\n\nevent: b", &[("", "a")]);
    check("data: a\r\n\r\n: bye", &[("", "a")]);
}

#[test]
fn bytes_that_are_not_utf8_are_an_error() {
    for stream in [&b"data: \xff\n\n"[..], b"event: \xc3\ndata: x\n\n", b"data: \xe2\x82\n\n"] {
        let error = Parser::default().push(stream, &mut VecDeque::new());
        assert_eq!(error, Err("an event is not UTF-8"));
    }
    check(b"event: \xff\n\n: \xff\nid: \xff\ndata: a\n\n", &[("", "a")]);
}

#[test]
fn an_event_without_end_is_an_error_and_not_a_full_memory() {
    let too_long = Some("an event is longer than 64 MiB");
    for line in ["data: aaaaaaaaaa", "data: aaaaaaaaa\n", "data\n", ": aaaaaaaaaaaaa", "event: a"] {
        let flood = line.repeat(1 << 12);
        let (mut parser, mut events) = (Parser::default(), VecDeque::new());
        let lines = if line.ends_with('\n') { 7 } else { 1 };
        let rounds = lines * LONGEST / flood.len() + 8;
        let error = (0..rounds).find_map(|_| parser.push(flood.as_bytes(), &mut events).err());
        assert_eq!(error, too_long, "{line:?}");
        assert!(parser.line.len() + parser.data.len() <= LONGEST);
    }
    let (mut parser, mut events) = (Parser::default(), VecDeque::new());
    let longest = format!("data: {}\n\n", "a".repeat(LONGEST - 6));
    for _ in 0..3 {
        parser.push(longest.as_bytes(), &mut events).unwrap();
        assert_eq!(events.pop_front().map(|event| event.data.len()), Some(LONGEST - 6));
    }
}

#[test]
fn comments_without_end_cost_no_memory() {
    let (mut parser, mut events) = (Parser::default(), VecDeque::new());
    let pings = ": keep-alive\n\n".repeat(1 << 12);
    for _ in 0..1 << 10 {
        parser.push(pings.as_bytes(), &mut events).unwrap();
    }
    assert_eq!((events.len(), parser.line.len(), parser.data.len()), (0, 0, 0));
}

#[test]
fn many_small_pieces_take_linear_time() {
    let (mut parser, mut events) = (Parser::default(), VecDeque::new());
    parser.push(b"data: ", &mut events).unwrap();
    for _ in 0..8 << 20 {
        parser.push(b"a", &mut events).unwrap();
    }
    parser.push(b"\n\n", &mut events).unwrap();
    assert_eq!(events.pop_front().map(|event| event.data.len()), Some(8 << 20));
}
