//! What servers, proxies and settings say, at random: events, answers, errors, addresses, waits.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use super::reply::batches::{self, Id};
use super::reply::{self, BadReply};
use super::retry::advice;
use super::sse::Parser;
use super::{Event, ProxySettings, Retry, ServerError, Url, proxy_for};
use crate::mutate::{check, check_text};

type Parsed = (Vec<Event>, Option<&'static str>);

fn parsed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Parsed {
    let (mut parser, mut events) = (Parser::default(), VecDeque::new());
    let mut failed = None;
    for piece in pieces {
        failed = failed.or(parser.push(piece, &mut events).err());
        if failed.is_some() {
            return (events.into(), failed);
        }
    }
    failed = parser.finish(&mut events).err();
    (events.into(), failed)
}

/// The standard's own words, with no thought of speed or of pieces.
fn by_the_book(stream: &[u8]) -> Vec<Event> {
    let Ok(text) = std::str::from_utf8(stream) else { return Vec::new() };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n\n";
    let (mut events, mut name, mut data) = (Vec::new(), String::new(), None::<String>);
    for line in text.split('\n') {
        if line.is_empty() {
            let name = std::mem::take(&mut name);
            events.extend(data.take().map(|data| Event { name, data }));
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => data = Some(data.map_or(value.into(), |data| data + "\n" + value)),
            _ => {}
        }
    }
    events
}

#[test]
fn events_are_the_same_however_they_are_cut() {
    let examples: [&[u8]; 5] = [
        b"data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
        b"event: error\r\ndata: a\r\ndata:b\r\n\r\n: ping\r\n\r\n",
        b"\xef\xbb\xbfid: 1\rdata\rdata: \xe6\x97\xa5\r\rretry: 3\r\r",
        b"data: a\n\r\ndata:  b\n\n\nevent\ndata: c",
        b"\n\n\n:\n::\ndata::\n\n",
    ];
    check(&examples, 3000, |stream| {
        let whole = parsed([stream]);
        for length in [1, 2, 3, 7, 64] {
            assert_eq!(parsed(stream.chunks(length)), whole);
        }
        if let (true, (events, None)) = (std::str::from_utf8(stream).is_ok(), whole) {
            assert_eq!(events, by_the_book(stream));
        }
    });
}

/// What is told of an answer fits into a line.
#[track_caller]
fn check_line(text: &str) {
    assert!(text.chars().count() < 2000 && !text.contains(char::is_control), "{text:?}");
}

#[track_caller]
fn check_bad(bad: &BadReply) {
    check_line(&bad.to_string());
}

#[test]
fn answers_are_understood_or_refused() {
    let examples = [
        r#"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a"},
            "finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,
            "prompt_tokens_details":{"cached_tokens":1}}}"#,
        r#"{"choices":[{"index":1,"delta":{"content":[{"text":"a"}],"tool_calls":[{"function":
            {"name":"f","arguments":"{}"}}]},"finish_reason":null}],"usage":null}"#,
        r#"{"choices":[{"text":"a","finish_reason":"length"}],"service_tier":"flex"}"#,
        r#"{"error":{"message":"no","type":"t","param":null,"code":429}}"#,
        r#"[{"error":"no"}]"#,
        r#"{"data":[{"id":"m","shutdown_date":"2027-01-01"}]}"#,
        r#"{"data":[{"b64_json":"iVBORw0KGgo="},{"url":"http://h/p"}],"usage":{"input_tokens":1,
            "output_tokens":2,"input_tokens_details":{"image_tokens":1}}}"#,
        r#"{"type":"image_generation.partial_image","b64_json":"iVBORw0KGgo="}"#,
        "[DONE]",
        "<html>",
    ];
    check_text(&examples, 4000, |text| {
        let body = text.as_bytes();
        match reply::answer(body) {
            Ok(answer) => {
                let places: Vec<u64> = answer.choices.iter().map(|choice| choice.index).collect();
                assert!(!places.is_empty() && places.is_sorted() && places[0] < 1024);
                assert!(reply::part(text).is_ok(), "a whole answer is a chunk as well");
            }
            Err(bad) => check_bad(&bad),
        }
        let _ = reply::part(text).map_err(|bad| check_bad(&bad));
        let _ = reply::models(body).map_err(|bad| check_bad(&bad));
        let _ = reply::picture_count(body).map_err(|bad| check_bad(&bad));
        let _ = reply::picture_event(text).map_err(|bad| check_bad(&bad));
        if let Some(error) = ServerError::read(body) {
            check_line(&error.to_string());
        }
    });
}

#[test]
fn batches_are_understood_or_refused() {
    let batch = r#"{"id":"batch_1","status":"completed","input_file_id":"file-1","output_file_id":
        "file-2","error_file_id":null,"request_counts":{"total":2,"completed":1,"failed":1},
        "created_at":1700000000,"completed_at":1700000009,"errors":{"data":[{"code":"c",
        "message":"m","line":3}]}}"#;
    let page = format!(r#"{{"object":"list","data":[{batch}],"has_more":true}}"#);
    let examples = [
        batch,
        page.as_str(),
        r#"{"id":"file-1","object":"file","bytes":12}"#,
        r#"{"id":"r","custom_id":"a","response":{"status_code":200,"body":{"choices":[]}},
            "error":null}"#,
        r#"{"custom_id":"a","response":{"status_code":429,"body":{"error":{"message":"no"}}}}"#,
        r#"{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"late"}}"#,
    ];
    check_text(&examples, 3000, |text| {
        let body = text.as_bytes();
        match batches::batch(body) {
            Ok(batch) => {
                assert_eq!(Id::read(batch.id.as_str()).as_ref(), Some(&batch.id));
                let _ = (batch.state(), batch.counts(), batch.seconds());
                check_line(&batch.errors());
            }
            Err(bad) => check_bad(&bad),
        }
        match batches::page(body) {
            Ok(page) => {
                for (raw, batch) in page.batches {
                    let again = batches::batch(raw.get().as_bytes()).map(|batch| batch.id);
                    assert_eq!(again, Ok(batch.id));
                }
            }
            Err(bad) => check_bad(&bad),
        }
        let _ = batches::file(body).map_err(|bad| check_bad(&bad));
        match batches::line(body).map(|line| line.answer) {
            Ok(Err(refused)) => check_line(&refused.error.to_string()),
            Ok(Ok(_)) => {}
            Err(bad) => check_bad(&bad),
        }
    });
}

#[test]
fn an_address_is_read_as_it_is_written() {
    let examples = [
        "https://api.openai.com/v1",
        "http://127.0.0.1:8080/v1/?a=b&c",
        "HTTP://[::1]:80",
        "https://User:pass@host./x",
        "http://localhost/%20a#f",
        "//host/a",
        "?q",
        "../a:b",
    ];
    let base = Url::parse("https://host:8443/v1?k=1").expect("a good address");
    check_text(&examples, 4000, |text| {
        for url in [Url::parse(text), base.redirected(text)].into_iter().flatten() {
            assert_eq!(Url::parse(&url.to_string()).as_ref(), Ok(&url), "{url}");
            assert!(url.same_origin(&url.join("a/b?c")) && url.port() > 0);
            assert!(
                !url.origin().contains('@')
                    && url.to_string().bytes().all(|b| b.is_ascii_graphic())
            );
            let host = url.host();
            assert!(!host.is_empty() && host == host.to_ascii_lowercase());
        }
        for secret in ["https://u:hidden", "u:hidden", "u:hidden/b"] {
            if let Err(why) = Url::parse(&format!("{secret}@{text}")) {
                assert!(!why.to_string().contains("hidden"), "{why}");
            }
        }
    });
}

#[test]
fn a_proxy_is_one_or_is_refused() {
    let examples = [
        "proxy:3128",
        "[::1]:1080",
        "u%40v:p%3a@host/x",
        "/b@host",
        "10.0.0.0/8,*.example.com:80,[::1]",
    ];
    let url = Url::parse("https://api.example.com/v1").expect("a good address");
    check_text(&examples, 3000, |text| {
        let every = Some(format!("http://u:hidden@{text}"));
        for except in [None, Some(text.to_owned())] {
            let settings = ProxySettings { every: every.clone(), except, ..Default::default() };
            match proxy_for(&url, &settings) {
                Ok(Some(proxy)) => drop(proxy.to_ureq()),
                Ok(None) => {}
                Err(why) => assert!(!why.to_string().contains("hidden"), "{why}"),
            }
        }
    });
}

#[test]
fn a_wait_is_never_longer_than_two_minutes() {
    let examples =
        ["1", "0.5", "120", "121", "Fri, 20 Nov 2026 22:00:00 GMT", "20 Nov 2026 22:00 +0000"];
    check_text(&examples, 3000, |text| {
        for (name, now) in
            [("retry-after", 0), ("retry-after-ms", 0), ("retry-after", 1_795_000_000)]
        {
            let header = |wanted: &str| (wanted == name).then_some(text);
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            let (retry, asked) = advice(429, header, None, now);
            match retry {
                Retry::After(wait) => assert!(wait <= Duration::from_secs(120) && asked.is_none()),
                Retry::Never => assert!(asked.is_some_and(|wait| wait > Duration::from_secs(120))),
                Retry::Backoff => {}
            }
            assert_eq!(advice(400, header, None, now), (Retry::Never, None));
        }
    });
}
