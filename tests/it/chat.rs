//! `gpt chat` from outside: what is sent for which options.

use expect_test::{Expect, expect};

use crate::sandbox::Sandbox;

/// The body that would be sent, without the estimate.
#[track_caller]
pub fn sends(args: &[&str], input: &str, expected: Expect) {
    sends_from(&Sandbox::new(), args, input, expected);
}

#[track_caller]
fn sends_from(sandbox: &Sandbox, args: &[&str], input: &str, expected: Expect) {
    sandbox.gpt([&["chat", "--dry-run"], args].concat()).input(input).check(expected);
}

#[test]
fn the_prompt_is_words_then_files_then_input() {
    sends(
        &["hello", "world"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello world"}]}
    "#]],
    );
    sends(
        &[],
        "from input\n",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"from input\n"}]}
    "#]],
    );
    sends(
        &["hello"],
        "from input\n",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello\n\nfrom input\n"}]}
    "#]],
    );
    sends(
        &["-n", "hello"],
        "from input\n",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hello"}]}
    "#]],
    );
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "file a\n");
    sandbox.write("b.txt", "file b");
    sends_from(
        &sandbox,
        &["look:", "-f", "a.txt", "-f", "b.txt"],
        "input",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"look:\n\nfile a\n\n\nfile b\n\ninput"}]}
    "#]],
    );
    sends(
        &["<|endoftext|> $(id) @/etc/passwd http://x/"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"<|endoftext|> $(id) @/etc/passwd http://x/"}]}
    "#]],
    );
}

#[test]
fn system_messages_and_files_of_messages_come_first() {
    let sandbox = Sandbox::new();
    sandbox.write("s.txt", "Be kurz.\n");
    sandbox.write(
        "array.json",
        r#" [{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#,
    );
    sandbox.write("lines.jsonl", "{\"role\":\"user\",\"content\":\"a\",\"name\":\"x\"}\n\n{\"role\":\"assistant\",\"content\":null}");
    sends_from(
        &sandbox,
        &["-s", "Be brief.", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["--system-file", "s.txt", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be kurz.\n"},{"role":"user","content":"hi"}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["-s", "Be brief.", "--messages", "array.json", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"hi"}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["--messages", "lines.jsonl", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"a","name":"x"},{"role":"assistant","content":null},{"role":"user","content":"hi"}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["--messages", "lines.jsonl"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"a","name":"x"},{"role":"assistant","content":null}]}
    "#]],
    );
}

#[test]
fn a_schema_is_sent_as_the_response_format() {
    let sandbox = Sandbox::new();
    sandbox.write("my schema.json", r#"{"type":"object"}"#);
    sandbox.write("named.json", r#"{"name":"n","strict":false,"schema":{"type":"object"}}"#);
    sandbox.write("bad.json", "[1]");
    sandbox.write("worse.json", "{");
    sends_from(
        &sandbox,
        &["--schema", "my schema.json", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"my_schema","strict":true,"schema":{"type":"object"}}}}
    "#]],
    );
    sends_from(
        &sandbox,
        &["--schema", "named.json", "hi"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":false,"schema":{"type":"object"}}}}
    "#]],
    );
    sends_from(
        &sandbox,
        &["--schema", "bad.json", "hi"],
        "",
        expect![[r#"
        ! gpt: schema bad.json: not a JSON object
        exit 2
    "#]],
    );
    sends_from(
        &sandbox,
        &["--schema", "worse.json", "hi"],
        "",
        expect![[r#"
        ! gpt: schema worse.json: not JSON: EOF while parsing an object at line 1 column 1
        exit 2
    "#]],
    );
}

#[test]
fn pictures_are_sent_as_data() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "a.png",
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20"[..], &[8, 2, 0, 0, 0]].concat(),
    );
    sandbox.write("a.gif", b"GIF89a\x20\0\x20\0\0\0\0");
    sandbox.write("a.jpg", b"\xff\xd8\xff\xc0\0\x0b\x08\0\x20\0\x20\x01\x01\x11\0");
    sandbox.write("a.webp", b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x1f\0\0\x1f\0\0");
    sandbox.write("no.png", "a text");
    sends_from(
        &sandbox,
        &["-a", "a.png", "-a", "a.gif", "what?"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAA="}},{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhIAAgAAAAAA=="}}]}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["-a", "a.jpg", "-a", "a.webp", "what?"],
        "",
        expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/wAALCAAgACABAREA"}},{"type":"image_url","image_url":{"url":"data:image/webp;base64,UklGRhoAAABXRUJQVlA4WAoAAAAAAAAAHwAAHwAA"}}]}]}
    "#]],
    );
    sends_from(
        &sandbox,
        &["-a", "no.png", "what?"],
        "",
        expect![[r#"
        ! gpt: no.png: no PNG, JPEG, WebP or GIF picture; nothing was sent
        exit 2
    "#]],
    );
    sends_from(
        &sandbox,
        &["-a", "none.png", "what?"],
        "",
        expect![[r#"
        ! gpt: none.png: no such file or directory; nothing was sent
        exit 1
    "#]],
    );
    sends_from(
        &sandbox,
        &["-a", "a.png"],
        "",
        expect![[r#"
        ! gpt: the prompt is empty; give words, --file or standard input
        exit 2
    "#]],
    );
    sends_from(
        &sandbox,
        &["-m", "gpt-3.5-turbo", "-a", "a.png", "what?"],
        "",
        expect![[r#"
        ! gpt: gpt-3.5-turbo sees no pictures; choose another model
        exit 2
    "#]],
    );
}

#[test]
fn an_estimate_needs_no_key_and_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.gpt(["chat", "--estimate", "--max-tokens", "500", "-S", "new", "hi"]).check(expect![[
        r#"
        7 prompt + up to 500 reply tokens, at most $0.006014 (gpt-5.6-terra)
    "#
    ]]);
    sandbox.gpt(["chat", "--estimate", "--json", "--max-tokens", "500", "hi"]).check(expect![[r#"
        {"model":"gpt-5.6-terra","estimate":{"prompt_tokens":7,"exact":true,"max_reply_tokens":500,"replies":1,"max_cost":0.006014},"price":{"rate":"2/1M:12/1M","source":"table of 2026-11"}}
    "#]]);
    sandbox.gpt(["chat", "--estimate", "--max-tokens", "9999999", "hi"]).check(expect![[r#"
        7 prompt + up to 9999999 reply tokens, at most $120.000002 (gpt-5.6-terra)
        ! gpt: reply cap too high: 9999999 tokens, and gpt-5.6-terra writes at most 128000; lower --max-tokens
        exit 3
    "#]]);
    sandbox.gpt(["chat", "--dry-run", "--max-prompt-tokens", "3", "hi"]).check(expect![[r#"
        {"model":"gpt-5.6-terra","messages":[{"role":"user","content":"hi"}]}
        ! gpt: prompt over its limit: 7 tokens, and --max-prompt-tokens is 3; shorten it or raise the limit
        exit 3
    "#]]);
    let left: Vec<_> = std::fs::read_dir(sandbox.path("")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
