//! Answers as servers give them, and what passes for one.

use std::collections::BTreeMap;

use super::{
    Answer, BadReply, Chunk, Finish, Model, Part, Piece, Progress, ServerError, Usage, answer,
    models, part, tidy, usage,
};
use crate::wire::Secret;

fn piece(index: u64, text: &str, finish: Finish) -> Piece {
    let (text, aside) = (text.to_owned(), String::new());
    Piece { index, text, aside, refusal: None, calls_tools: false, finish }
}

fn unreadable<T>(why: &str) -> Result<T, BadReply> {
    Err(BadReply::Unreadable(why.to_owned()))
}

fn error(message: &str, kind: &str, code: &str) -> ServerError {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    ServerError { message: message.to_owned(), kind: some(kind), param: None, code: some(code) }
}

#[test]
fn a_whole_chat_completion() {
    let body = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-x-2026",
        "choices":[{"index":0,"message":{"role":"assistant","content":"Hi\u0000é","refusal":null,
        "annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,
        "completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5,
        "cache_write_tokens":3,"audio_tokens":0},"completion_tokens_details":{
        "reasoning_tokens":4}},
        "service_tier":"default","system_fingerprint":null}"#;
    let usage = Usage {
        prompt: 19,
        cached: 5,
        cache_written: 3,
        reply: 10,
        reasoning: 4,
        ..Usage::default()
    };
    let expected = Answer {
        model: Some("gpt-x-2026".to_owned()),
        tier: Some("default".to_owned()),
        choices: vec![piece(0, "Hi\0é", Finish::Stop)],
        usage: Some(usage),
    };
    assert_eq!(answer(format!("\u{feff}{body}").as_bytes()), Ok(expected.clone()));
    assert_eq!(answer(body.as_bytes()), Ok(expected));
}

/// A body of one choice, and what is read from it.
#[track_caller]
fn check(choice: &str, expected: Piece) {
    let body = format!(r#"{{"choices":[{choice}]}}"#);
    let choices = vec![expected.clone()];
    assert_eq!(answer(body.as_bytes()), Ok(Answer { choices, ..Answer::default() }));
    let chunk = Chunk { pieces: vec![expected], ..Chunk::default() };
    assert_eq!(part(&body), Ok(Part::Chunk(chunk)));
}

#[test]
fn choices_in_every_shape() {
    check("{}", piece(0, "", Finish::Missing));
    check(r#"{"text":"Hi","index":0,"finish_reason":"stop"}"#, piece(0, "Hi", Finish::Stop));
    check(r#"{"message":{"content":"Hi"},"finish_reason":null}"#, piece(0, "Hi", Finish::Missing));
    check(r#"{"delta":{"content":"Hi"},"index":3}"#, piece(3, "Hi", Finish::Missing));
    check(r#"{"delta":{},"finish_reason":""}"#, piece(0, "", Finish::Missing));
    check(r#"{"delta":null,"text":null,"message":null}"#, piece(0, "", Finish::Missing));
    check(r#"{"message":{"content":null}}"#, piece(0, "", Finish::Missing));
    check(
        r#"{"message":{"content":[{"type":"text","text":"a"},{"type":"x"},{"text":"b"}]}}"#,
        piece(0, "ab", Finish::Missing),
    );
    for (reason, finish) in [
        ("stop", Finish::Stop),
        ("length", Finish::Length),
        ("content_filter", Finish::ContentFilter),
        ("tool_calls", Finish::ToolCalls),
        ("function_call", Finish::ToolCalls),
        ("eos", Finish::Other("eos".to_owned())),
    ] {
        check(&format!(r#"{{"finish_reason":"{reason}"}}"#), piece(0, "", finish));
    }
    let plain = piece(0, "", Finish::Missing);
    let refusing = Piece { refusal: Some("No.".to_owned()), aside: String::new(), ..plain.clone() };
    check(r#"{"message":{"content":null,"refusal":"No."}}"#, refusing);
    check(r#"{"message":{"content":null,"refusal":""}}"#, plain.clone());
    check(r#"{"message":{"tool_calls":[]}}"#, plain.clone());
    check(r#"{"message":{"tool_calls":null,"function_call":null}}"#, plain.clone());
    let aside = |aside: &str| Piece { aside: aside.to_owned(), ..plain.clone() };
    check(r#"{"delta":{"reasoning_content":"Hm"}}"#, aside("Hm"));
    check(r#"{"delta":{"reasoning":"Hm"}}"#, aside("Hm"));
    check(r#"{"delta":{"reasoning":{"id":1}}}"#, plain.clone());
    let calling = |text: &str| Piece { calls_tools: true, ..aside(text) };
    check(r#"{"message":{"tool_calls":[{"id":"x"}]}}"#, calling(""));
    check(r#"{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{"}}]}}"#, calling("{"));
    check(
        r#"{"message":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},
        {"custom":{"name":"g","input":"x"}}]}}"#,
        calling("f{}gx"),
    );
    check(r#"{"message":{"function_call":{"name":"f"}}}"#, calling("f"));
}

#[test]
fn choices_come_in_order_of_their_index() {
    let body = br#"{"choices":[{"index":1,"text":"b"},{"index":0,"text":"a"}]}"#;
    let texts: Vec<_> = answer(body).unwrap().choices.into_iter().map(|c| c.text).collect();
    assert_eq!(texts, ["a", "b"]);
    let unnumbered = answer(br#"{"choices":[{"text":"a"},{"text":"b"}]}"#).unwrap();
    let indices: Vec<_> = unnumbered.choices.iter().map(|choice| choice.index).collect();
    assert_eq!(indices, [0, 1]);
    let far = br#"{"choices":[{"index":1024,"text":"a"}]}"#;
    assert_eq!(answer(far), unreadable("it numbers a choice 1024"));
}

#[test]
fn what_is_no_answer() {
    #[track_caller]
    fn check(body: &[u8], why: &str) {
        assert_eq!(answer(body), unreadable(why), "{}", String::from_utf8_lossy(body));
    }
    check(b"", "it is empty");
    check(b" \r\n", "it is empty");
    check(b"<!doctype html><title>Hi", "it is HTML, not JSON; is the base URL right?");
    check(b"OK", "it is not JSON (line 1, column 1)");
    check(b"\0", "it is not JSON (line 1, column 1)");
    check(br#"{"choices":[{"text":"a"}"#, "it is not JSON (line 1, column 24)");
    check(b"{\"choices\":[{\"text\":\"\xff\"}]}", "it is not JSON (line 1, column 22)");
    check(br#"{"choices":[{"text":"a"}]} {}"#, "it is not JSON (line 1, column 28)");
    check(b"[[[[[[[[", "it is JSON of another kind (line 1, column 1)");
    check(b"{}", "it holds no choices");
    check(b"null", "it is JSON of another kind (line 1, column 4)");
    check(br#"{"choices":[],"error":null}"#, "it holds no choices");
    check(br#"{"choices":[{"index":-1}]}"#, "it is JSON of another kind (line 1, column 23)");
    // Deep nesting neither overflows the stack where it is skipped nor where it is read.
    for (field, column) in [("other", 10_009), ("usage", 10_009), ("error", 136)] {
        let body = format!(r#"{{"{field}":{}"#, "[".repeat(10_000));
        let place = format!("(line 1, column {column})");
        assert!(answer(body.as_bytes()) == unreadable(&format!("it is not JSON {place}")));
    }
    let (open, shut) = ("[".repeat(10_000), "]".repeat(10_000));
    let body = format!(r#"{{"choices":[{{"text":"a"}}],"usage":{open}{shut}}}"#);
    assert_eq!(answer(body.as_bytes()).unwrap().usage, None);
}

#[test]
fn an_error_object_in_a_200_is_an_error() {
    let quota = error("No money.", "insufficient_quota", "insufficient_quota");
    let body = r#"{"error":{"message":"No money.","type":"insufficient_quota","param":null,
        "code":"insufficient_quota"},"choices":[{"finish_reason":"error"}]}"#;
    assert_eq!(answer(body.as_bytes()), Err(BadReply::Error(quota.clone())));
    assert_eq!(part(body), Err(BadReply::Error(quota)));
    let old = br#"{"object":"error","message":"Too long.","type":"BadRequestError","code":400}"#;
    let expected = error("Too long.", "BadRequestError", "400");
    assert_eq!(answer(old), Err(BadReply::Error(expected)));
    let in_list = br#"{"error":"model not loaded"}"#;
    assert_eq!(models(in_list), Err(BadReply::Error(error("model not loaded", "", ""))));
}

#[test]
fn errors_in_the_shapes_of_many_servers() {
    #[track_caller]
    fn check(body: &str, expected: impl Into<Option<ServerError>>) {
        let expected = expected.into();
        assert_eq!(ServerError::read(body.as_bytes()), expected);
    }
    let all = ServerError { param: Some("model".to_owned()), ..error("m", "t", "c") };
    check(r#"{"error":{"message":"m","type":"t","param":"model","code":"c"}}"#, Some(all));
    check(r#"[{"error":{"message":"m","code":429,"status":"x"}}]"#, Some(error("m", "", "429")));
    check(r#"{"error":{"message":"m","type":null,"code":null}}"#, Some(error("m", "", "")));
    check(r#"{"error":{"code":"c"}}"#, Some(error(r#"{"code":"c"}"#, "", "c")));
    check(r#"{"error":"plain"}"#, Some(error("plain", "", "")));
    check(r#"{"message":"m","type":"t"}"#, Some(error("m", "t", "")));
    check(r#"{"detail":"Not Found"}"#, Some(error("Not Found", "", "")));
    let detail = r#"[{"loc":["body","model"],"msg":"field required"}]"#;
    check(&format!(r#"{{"detail":{detail}}}"#), Some(error(detail, "", "")));
    for none in ["", "{}", "null", "[]", "<html>", r#"{"error":null}"#, r#"{"error":""}"#, "7"] {
        check(none, None);
    }
}

#[test]
fn errors_are_shown_on_one_bounded_line_without_the_key() {
    assert_eq!(error("m", "t", "c").to_string(), "m [c]");
    assert_eq!(error("m", "t", "").to_string(), "m [t]");
    assert_eq!(error("bad_code here", "t", "bad_code").to_string(), "bad_code here");
    assert_eq!(error("", "t", "").to_string(), "t");
    assert_eq!(error("m", "", "").to_string(), "m");
    assert_eq!(tidy(" a\r\n\tb\u{1b}[31mc\u{9b}\0\u{7f}d\u{2028} "), "a b [31mc d");
    assert_eq!(tidy(&"é".repeat(1000)), format!("{}…", "é".repeat(600)));
    assert_eq!(tidy(&"é ".repeat(1000)).chars().count(), 402);
    let key = Secret::key("sk-secret").unwrap();
    let echo = ServerError {
        param: Some("sk-secret".to_owned()),
        ..error("a sk-secret b", "sk-secret", "sk-secret")
    };
    let hidden = ServerError { param: Some("***".to_owned()), ..error("a *** b", "***", "***") };
    assert_eq!(echo.redacted(&key), hidden);
}

#[test]
fn usage_in_every_shape() {
    #[track_caller]
    fn check(json: &str, expected: Option<[u64; 5]>) {
        let expected = expected.map(|[prompt, cached, cache_written, reply, reasoning]| Usage {
            prompt,
            cached,
            cache_written,
            reply,
            reasoning,
            ..Usage::default()
        });
        assert_eq!(usage(&serde_json::from_str(json).unwrap()), expected, "{json}");
        let body = format!(r#"{{"choices":[{{"text":"a"}}],"usage":{json}}}"#);
        assert_eq!(answer(body.as_bytes()).unwrap().usage, expected, "{json}");
    }
    check(r#"{"prompt_tokens":1,"completion_tokens":2}"#, Some([1, 0, 0, 2, 0]));
    check(r#"{"prompt_tokens":1,"prompt_tokens":3,"completion_tokens":2}"#, Some([3, 0, 0, 2, 0]));
    check(
        r#"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":"many",
        "prompt_tokens_details":7}"#,
        Some([3, 0, 0, 2, 0]),
    );
    check(
        r#"{"prompt_tokens":9,"completion_tokens":4,"input_tokens_details":{"cached_tokens":8},
        "output_tokens_details":{"reasoning_tokens":3}}"#,
        Some([9, 8, 0, 4, 3]),
    );
    check(r#"{"prompt_tokens":1.0,"completion_tokens":2e1}"#, Some([1, 0, 0, 20, 0]));
    // Reasoning that is billed, but no part of the reply.
    check(
        r#"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":105,
        "completion_tokens_details":{"reasoning_tokens":100}}"#,
        Some([3, 0, 0, 102, 100]),
    );
    check(r#"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":1}"#, Some([3, 0, 0, 2, 0]));
    check(
        r#"{"input_tokens":7,"output_tokens":2,"input_tokens_details":{"cached_tokens":3,
        "cache_write_tokens":1},"output_tokens_details":{"reasoning_tokens":1}}"#,
        Some([7, 3, 1, 2, 1]),
    );
    check(
        r#"{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":null,
        "completion_tokens_details":{"reasoning_tokens":null}}"#,
        Some([9, 0, 0, 2, 0]),
    );
    check(r#"{"prompt_tokens":9,"total_tokens":12}"#, Some([9, 0, 0, 3, 0]));
    check(
        r#"{"prompt_tokens":9,"completion_tokens":null,"total_tokens":9}"#,
        Some([9, 0, 0, 0, 0]),
    );
    check(
        r#"{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4,
        "cache_write_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}"#,
        Some([5, 4, 1, 2, 2]),
    );
    check(
        r#"{"prompt_tokens":1000000000000,"completion_tokens":0}"#,
        Some([1_000_000_000_000, 0, 0, 0, 0]),
    );
    for none in [
        "null",
        "{}",
        "[]",
        "7",
        r#"{"total_tokens":7}"#,
        r#"{"prompt_tokens":7}"#,
        r#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#,
        r#"{"prompt_tokens":1000000000001,"completion_tokens":0}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1e13}"#,
        r#"{"prompt_tokens":9,"total_tokens":8}"#,
        r#"{"prompt_tokens":-1,"completion_tokens":2}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1.5}"#,
        r#"{"prompt_tokens":"1","completion_tokens":1}"#,
        r#"{"prompt_tokens":1e300,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":-1}}"#,
    ] {
        check(none, None);
    }
    let body = br#"{"choices":[{"text":"a"}],"usage":"free"}"#;
    assert_eq!(answer(body).unwrap().usage, None);
}

/// What is known after these events.
fn progress(events: &[&str]) -> Progress {
    let mut progress = Progress::default();
    for event in events {
        progress.note(&part(event).unwrap());
    }
    progress
}

#[test]
fn a_stream_is_complete_when_all_of_it_has_come() {
    let recorded = [
        r#"{"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":"",
            "refusal":null},"finish_reason":null}],"usage":null,"obfuscation":"a"}"#,
        r#"{"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hi"},
            "finish_reason":null}],"usage":null}"#,
        r#"{"model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],
            "usage":null}"#,
        r#"{"model":"gpt-x","choices":[],
            "usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#,
        r#"{"model":"gpt-x","choices":[],"usage":null,"moderation":{}}"#,
        " [DONE] ",
    ];
    let usage = Usage { prompt: 5, reply: 2, ..Usage::default() };
    let whole = Progress {
        tier: None,
        model: Some("gpt-x".to_owned()),
        usage: Some(usage),
        finishes: BTreeMap::from([(0, Finish::Stop)]),
        refused: false,
        calls_tools: false,
        done: true,
    };
    assert_eq!(progress(&recorded), whole);
    assert_eq!(progress(&recorded[..5]), Progress { done: false, ..whole.clone() });
    let cut = BTreeMap::from([(0, Finish::Missing)]);
    let expected = Progress { done: false, finishes: cut, usage: None, ..whole };
    assert_eq!(progress(&recorded[..2]), expected);
}

#[test]
fn a_later_chunk_does_not_undo_what_is_known() {
    let litellm = progress(&[
        r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"length"}]}"#,
        r#"{"choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        r#"{"choices":[{"index":1,"delta":{"refusal":"No."},"finish_reason":"stop"}],
            "usage":null}"#,
        r#"{"choices":[{"index":2,"delta":{"tool_calls":[{}]}}]}"#,
        "{}",
    ]);
    let finishes = BTreeMap::from([(0, Finish::Length), (1, Finish::Stop), (2, Finish::Missing)]);
    let usage = Some(Usage { prompt: 1, reply: 1, ..Usage::default() });
    let (refused, calls_tools) = (true, true);
    let expected = Progress { usage, finishes, refused, calls_tools, ..Progress::default() };
    assert_eq!(litellm, expected);
    let last = progress(&[
        r#"{"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        r#"{"usage":{"prompt_tokens":1,"completion_tokens":9}}"#,
    ]);
    assert_eq!(last.usage, Some(Usage { prompt: 1, reply: 9, ..Usage::default() }));
}

#[test]
fn a_stream_of_something_else() {
    assert_eq!(part(""), unreadable("it is empty"));
    assert_eq!(part("[DON"), unreadable("it is not JSON (line 1, column 2)"));
    assert_eq!(
        part(r#"{"choices":[{"delta":{"content":"H"#),
        unreadable("it is not JSON (line 1, column 34)")
    );
}

#[test]
fn lists_of_models() {
    let body = br#"{"object":"list","data":[{"id":"a","object":"model","created":1,"owned_by":"o",
        "shutdown_date":"2026-12-11"},{"id":"b","shutdown_date":null}]}"#;
    let model = |id: &str| Model { id: id.to_owned(), shutdown_date: None };
    let dated = Model { shutdown_date: Some("2026-12-11".to_owned()), ..model("a") };
    assert_eq!(models(body), Ok(vec![dated, model("b")]));
    assert_eq!(models(br#"[{"id":"b","created":"yesterday"}]"#), Ok(vec![model("b")]));
    assert_eq!(models(br#"{"data":[]}"#), Ok(vec![]));
    assert_eq!(models(b"<html>"), unreadable("it is HTML, not JSON; is the base URL right?"));
    assert!(models(br#"{"data":[{"name":"a"}]}"#).is_err());
}
