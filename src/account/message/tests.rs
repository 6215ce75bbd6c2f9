use serde_json::json;

use super::*;

fn text<'a>(role: &'a str, text: &'a str) -> Message<'a> {
    Message { role, parts: vec![Part::Text(text)], ..Message::default() }
}

#[test]
fn messages_are_read_as_the_api_takes_them() {
    let check = |messages: Value, wanted: &[Message]| {
        assert_eq!(read(&messages).as_deref(), Ok(wanted), "{messages}");
    };
    check(json!([]), &[]);
    check(json!([{"role": "user", "content": "hi"}]), &[text("user", "hi")]);
    check(
        json!([{"role": "user", "name": "bob", "content": "hi", "refusal": null}]),
        &[Message { name: Some("bob"), ..text("user", "hi") }],
    );
    check(json!([{"role": "assistant"}]), &[Message { role: "assistant", ..Message::default() }]);
    check(
        json!([{"role": "assistant", "content": null, "refusal": "no", "audio": {"id": "x"}}]),
        &[Message {
            role: "assistant",
            parts: vec![Part::Refusal("no"), Part::Audio],
            ..Message::default()
        }],
    );
    check(
        json!([{"role": "user", "annotations": [1], "index": 1, "reasoning": "hm", "x": null}]),
        &[Message { role: "user", parts: vec![Part::Field(4)], ..Message::default() }],
    );
    let call = json!({"id": "c1", "type": "function",
        "function": {"name": "f", "arguments": "{}"}});
    let custom = json!({"id": "c2", "type": "custom", "custom": {"name": "g", "input": "x"}});
    check(
        json!([
            {"role": "assistant", "tool_calls": [call, custom]},
            {"role": "tool", "tool_call_id": "c2", "content": "5"},
            {"role": "tool", "tool_call_id": "c9", "content": "6"},
            {"role": "assistant", "function_call": {"name": "h", "arguments": "{}"}},
            {"role": "function", "name": "h", "content": "7"}
        ]),
        &[
            Message {
                role: "assistant",
                calls: vec![
                    Call { id: "c1", name: "f", arguments: "{}" },
                    Call { id: "c2", name: "g", arguments: "x" },
                ],
                ..Message::default()
            },
            Message { answers: Some("g"), ..text("tool", "5") },
            Message { answers: Some("c9"), ..text("tool", "6") },
            Message {
                role: "assistant",
                calls: vec![Call { id: "", name: "h", arguments: "{}" }],
                ..Message::default()
            },
            Message { name: Some("h"), answers: Some("h"), ..text("function", "7") },
        ],
    );
}

#[test]
fn parts_are_read_by_their_type() {
    let check = |part: Value, wanted: Part| {
        let messages = json!([{"role": "user", "content": [part]}]);
        let read = read(&messages).unwrap();
        assert_eq!(read[0].parts, [wanted], "{part}");
    };
    let picture = |size, detail| Part::Picture { size, detail };
    let small = Some(Size { width: 640, height: 480 });
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";
    let data = format!("data:image/png;base64,{}", STANDARD.encode(png));
    let mut large = b"\xff\xd8\xff\xe1\xff\xff".to_vec();
    large.resize(4 + 0xFFFF, 0);
    large.extend(b"\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03");
    large.resize(200_000, 0);
    let large = format!("data:image/jpeg;base64,{}", STANDARD.encode(large));

    check(json!({"type": "text", "text": "hi"}), Part::Text("hi"));
    check(json!({"type": "refusal", "refusal": "no"}), Part::Refusal("no"));
    check(json!({"type": "image_url", "image_url": {"url": data}}), picture(small, Detail::Auto));
    check(json!({"type": "image_url", "image_url": data}), picture(small, Detail::Auto));
    check(json!({"type": "image_url", "image_url": {"url": large}}), picture(small, Detail::Auto));
    let url = |detail: Value| {
        json!({"type": "image_url", "image_url": {"url": "https://a.example/b.png",
            "detail": detail}})
    };
    check(url(json!("low")), picture(None, Detail::Low));
    check(url(json!("high")), picture(None, Detail::High));
    check(url(json!("auto")), picture(None, Detail::Auto));
    check(url(Value::Null), picture(None, Detail::Auto));
    check(url(json!("original")), picture(None, Detail::Original));
    check(url(json!("ultra")), picture(None, Detail::Unheard));
    check(url(json!(5)), picture(None, Detail::Unheard));
    for broken in ["data:image/png,xyz", "data:image/png;base64,!!!", "data:", ""] {
        let part = json!({"type": "image_url", "image_url": {"url": broken}});
        check(part, picture(None, Detail::Auto));
    }
    check(json!({"type": "input_audio", "input_audio": {}}), Part::Audio);
    check(json!({"type": "file", "file": {}}), Part::Other);
    check(json!({"type": "text"}), Part::Other);
    check(json!({"text": "no type"}), Part::Other);
    check(json!("bare"), Part::Other);
}

#[test]
fn what_is_no_message_is_named() {
    let check = |messages: Value, line: &str| {
        assert_eq!(read(&messages), Err(MessageError(line.to_owned())), "{messages}");
    };
    check(json!({}), "messages are no array; write [{\"role\": \"user\", ...}]");
    check(json!(null), "messages are no array; write [{\"role\": \"user\", ...}]");
    check(
        json!([{"role": "user"}, "hi"]),
        "message 2 is no object; write {\"role\": ..., \"content\": ...}",
    );
    check(json!([{"content": "hi"}]), "message 1 has no role; write \"role\": \"user\"");
    check(json!([{"role": 5}]), "message 1 has no role; write \"role\": \"user\"");
    check(
        json!([{"role": "user", "content": 5}]),
        "message 1 has a content that is neither text nor parts",
    );
}
