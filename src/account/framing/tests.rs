use super::*;
use crate::account::{message, models};

/// Requests to the real API with what it billed; none where they are not at hand.
fn recorded(file: &str) -> Vec<Value> {
    let path = format!("{}/../shared/facts/{file}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no {path}");
        return Vec::new();
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count_of(record: &Value) -> (Count, u64) {
    let asked = Chat {
        messages: message::read(&record["messages"]).unwrap(),
        tools: record.get("tools"),
        tool_choice: record.get("tool_choice"),
        functions: record.get("functions"),
        ..Chat::default()
    };
    let model = models::find(record["model"].as_str().unwrap());
    (chat(&model, &asked), record["prompt_tokens"].as_u64().unwrap())
}

#[test]
fn recorded_chats_are_counted_as_they_were_billed() {
    // Line of the file: why it is not met.
    let odd = [
        (44, "the document it asked about was edited after the recording"),
        (224, "o1-mini adds what nobody has explained: it is never exact"),
        (300, "the answer is made up: its model is no dated one, its id none of OpenAI's"),
    ];
    let mut missed = Vec::new();
    for (line, record) in (1..).zip(recorded("vectors_chat.jsonl")) {
        let (count, billed) = count_of(&record);
        if count != Count::exact(billed) {
            missed.push(line);
        }
        assert!(count.bound >= billed, "line {line}: {count:?} does not bound {billed}");
    }
    let known: Vec<_> = odd.iter().map(|(line, _)| *line).collect();
    assert!(missed.is_empty() || missed == known, "{missed:?}");
}

#[test]
fn recorded_tools_are_exact_where_we_say_so() {
    let (mut exact, mut near, mut all) = (0, 0, 0);
    for (line, record) in (1..).zip(recorded("vectors_tools.jsonl")) {
        let (count, billed) = count_of(&record);
        all += 1;
        exact += u64::from(count.exact);
        near += u64::from(count.tokens.abs_diff(billed) <= 1);
        assert!(!count.exact || count.tokens == billed, "line {line}: {count:?}, not {billed}");
        assert!(count.bound >= billed, "line {line}: {count:?} does not bound {billed}");
        assert!(count.tokens.abs_diff(billed) <= 22, "line {line}: {count:?}, far from {billed}");
    }
    assert!(all == 0 || (exact, near, all) == (113, 139, 156), "{exact} {near} {all}");
}

fn messages(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[track_caller]
fn check(model: &str, json: &str, wanted: u64) {
    let messages = messages(json);
    let messages = message::read(&messages).unwrap();
    let count = chat(&models::find(model), &Chat { messages, ..Chat::default() });
    assert_eq!(count, Count::exact(wanted), "{model}");
}

/// The cookbook's conversation, four of its six messages named, as the facts quote it:
/// `system name=example_user "..."; user "..."`.
fn cookbook() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/facts/counting.md");
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Cookbook messages: "))?;
    let pieces: Vec<_> = line.split('"').collect();
    let messages = pieces.chunks_exact(2).map(|piece| {
        let head = piece[0].trim_start_matches([';', ' ']).trim();
        let (role, name) = head.split_once(" name=").unzip();
        serde_json::json!({"role": role.unwrap_or(head), "name": name, "content": piece[1]})
    });
    Some(Value::Array(messages.collect()).to_string())
}

#[test]
fn the_cookbook_is_counted_as_it_was_billed() {
    let Some(cookbook) = cookbook() else {
        eprintln!("skipped: no cookbook");
        return;
    };
    check("gpt-3.5-turbo-0301", &cookbook, 127);
    check("gpt-3.5-turbo-0613", &cookbook, 129);
    check("gpt-3.5-turbo-0125", &cookbook, 129);
    check("gpt-3.5-turbo", &cookbook, 129);
    check("gpt-4-0314", &cookbook, 129);
    check("gpt-4-0613", &cookbook, 129);
    check("gpt-4", &cookbook, 129);
    check("gpt-4o", &cookbook, 124);
    check("gpt-4o-mini", &cookbook, 124);
}

#[test]
fn short_conversations_are_counted_as_published() {
    check("gpt-3.5-turbo", r#"[{"role": "user", "content": "Hello!"}]"#, 9);
    let spec = r#"[{"role": "developer", "content": "You are a helpful assistant."},
                   {"role": "user", "content": "Hello!"}]"#;
    check("gpt-4.1", spec, 19);
    check("gpt-5.4", spec, 18);
    check("gpt-5.6-terra", spec, 18);
}

#[test]
fn text_is_text_whatever_it_spells() {
    let hello = |content: &str| format!(r#"[{{"role": "user", "content": {content}}}]"#);
    check("gpt-4o", &hello(r#""<|endoftext|>""#), 7 + 7);
    check("gpt-4o", &hello(r#""<|im_start|>""#), 7 + 6);
    check("gpt-4o", &hello(r#""""#), 7);
    check("gpt-4o", &hello("null"), 7);
    // Parts are joined before they are counted: "Hel" and "lo" are one token.
    let parts = r#"[{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]"#;
    check("gpt-4o", &hello(parts), 7 + 1);
    // A name that is the role costs one less.
    check("gpt-4o", r#"[{"role": "user", "name": "bob", "content": "Hello"}]"#, 8 + 2);
    check("gpt-4o", r#"[{"role": "user", "name": "user", "content": "Hello"}]"#, 8 + 1);
    check("gpt-4o", "[]", 3);
}

#[test]
fn text_completions_are_counted_plainly() {
    let check = |model: &str, prompts: &[Prompt], wanted: u64| {
        assert_eq!(completion(&models::find(model), prompts), Count::exact(wanted));
    };
    check("text-davinci-003", &[Prompt::Text("中国的首都是?")], 11);
    check("text-davinci-003", &[Prompt::Text("中国的首都是？")], 13);
    check("text-davinci-003", &[Prompt::Text("\n\n北京。")], 7);
    check("gpt-3.5-turbo-instruct", &[Prompt::Text("你好，")], 3);
    check("gpt-3.5-turbo-instruct", &[Prompt::Text("中国的首都是北京。")], 7);
    check("davinci-002", &[Prompt::Text("a b"), Prompt::Ids(3), Prompt::Text("")], 5);
    check("davinci-002", &[], 0);
    check("gpt-5.6-terra", &[Prompt::Text("a b")], 2);
}

/// What is not published is bounded by its bytes, and by what may stand around them.
#[test]
fn the_unpublished_is_not_exact_but_bounded() {
    let hello = messages(r#"[{"role": "user", "content": "Hello, 世界!"}]"#);
    let check = |model: &str, tokens: u64, bound: u64| {
        let messages = message::read(&hello).unwrap();
        let count = chat(&models::find(model), &Chat { messages, ..Chat::default() });
        assert_eq!(count, Count::about(tokens, bound), "{model}");
    };
    // 3 + role + content + 2; 3 + 16 + 4 bytes + 14 bytes + 256.
    check("gpt-6.1-sol", 10, 293);
    check("llama-3.3-70b", 10, 293);
    // The encoding is published, the framing is not.
    check("o1-mini", 10, 3 + 16 + 1 + 4 + 256);
}

#[test]
fn what_nobody_published_bounds_is_bounded_by_the_context_alone() {
    let check = |model: &str, json: &str, exact: bool, bounded: bool| {
        let messages = messages(json);
        let messages = message::read(&messages).unwrap();
        let count = chat(&models::find(model), &Chat { messages, ..Chat::default() });
        assert_eq!((count.exact, count.bound < u64::MAX), (exact, bounded), "{model} {json}");
    };
    let part = |part: &str| format!(r#"[{{"role": "user", "content": [{part}]}}]"#);
    let url = r#"{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}"#;
    check("gpt-4o", &part(url), false, true);
    check("gpt-5.6-terra", &part(url), false, false);
    check("gpt-3.5-turbo", &part(url), false, false);
    check("gpt-4o", &part(r#"{"type": "input_audio", "input_audio": {}}"#), false, false);
    check("gpt-4o", &part(r#"{"type": "file", "file": {"file_id": "x"}}"#), false, false);
    check("gpt-4o", &part(r#"{"type": "text", "text": 5}"#), false, false);
    check("gpt-4o", &part(r#"{"type": "hologram", "text": "x"}"#), false, false);
    check("gpt-4o", r#"[{"role": "assistant", "refusal": "No."}]"#, false, true);
    check("gpt-4o", r#"[{"role": "assistant", "reasoning": "Hm."}]"#, false, true);
    // A name that is the role does not make a bound of none.
    let named = format!(r#"[{{"role": "user", "name": "user", "content": [{url}]}}]"#);
    check("gpt-3.5-turbo", &named, false, false);
    let picture = r#"{"type": "image_url", "image_url": {"url":
        "data:image/gif;base64,R0lGODlhAQABAIAAAAAA"}}"#;
    let text = r#"{"type": "text", "text": "a"}"#;
    check("gpt-4o", &part(&format!("{text}, {picture}")), true, true);
    check("gpt-4o", &part(&format!("{picture}, {text}, {text}")), true, true);
    check("gpt-4o", &part(&format!("{text}, {picture}, {text}")), false, true);
    check("gpt-4o", r#"[{"role": "critic", "content": "No."}]"#, false, true);
    check("gpt-4o", r#"[{"role": "tool", "tool_call_id": "1", "content": "5"}]"#, false, true);
    let call = r#"{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}"#;
    let called = format!(r#"[{{"role": "assistant", "tool_calls": [{call}]}}]"#);
    check("gpt-4o", &called, false, true);
}
