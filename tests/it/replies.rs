//! What the scripted server says in chats and text completions.

use serde_json::Value;

use crate::server::Reply;

/// A whole chat completion of 10 prompt and 3 reply tokens.
pub fn whole(text: &str) -> Reply {
    Reply::json(200, &body(text, "stop"))
}

pub fn body(text: &str, finish: &str) -> String {
    let text = Value::from(text);
    choices(&format!(
        r#"{{"index":0,"message":{{"role":"assistant","content":{text}}},"finish_reason":"{finish}"}}"#
    ))
}

/// A chat completion with these choices.
pub fn choices(choices: &str) -> String {
    format!(
        r#"{{"id":"c1","object":"chat.completion","model":"m-1","choices":[{choices}],"usage":{USAGE}}}"#
    )
}

const USAGE: &str = r#"{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}"#;

/// A chunk that adds text to the first choice.
pub fn chunk(text: &str) -> String {
    let text = Value::from(text);
    format!(r#"{{"model":"m-1","choices":[{{"index":0,"delta":{{"content":{text}}}}}]}}"#)
}

/// The chunk that ends the first choice.
pub fn finish(reason: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":"{reason}"}}]}}"#)
}

pub fn usage() -> String {
    format!(r#"{{"choices":[],"usage":{USAGE}}}"#)
}

/// A stream of these texts, whole.
pub fn stream(texts: &[&str]) -> Reply {
    let chunks = texts.iter().map(|text| chunk(text));
    events(chunks.chain([finish("stop"), usage(), "[DONE]".into()]))
}

pub fn events(events: impl IntoIterator<Item = String>) -> Reply {
    let events: Vec<String> = events.into_iter().collect();
    Reply::sse(&events.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A refusal in the API's words.
pub fn refusal(status: u16, message: &str, code: &str) -> Reply {
    let body =
        format!(r#"{{"error":{{"message":"{message}","type":"t","param":null,"code":"{code}"}}}}"#);
    Reply::json(status, &body).header("x-request-id", "req-7")
}
