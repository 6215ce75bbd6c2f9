//! A line of a file of requests, checked as far as it can be here: what the server would refuse is
//! refused before anything is sent. Pure.

use serde::Deserialize;
use serde_json::Value;

use crate::account::body::{self, Ask};
use crate::account::models::Model;
use crate::account::price::Tier;

/// The endpoints whose requests can be priced before they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Chat,
    Complete,
}

#[derive(Debug)]
pub struct Line {
    pub custom_id: String,
    pub endpoint: Endpoint,
    pub model: String,
    body: Value,
}

#[derive(Deserialize)]
struct Fields {
    custom_id: Option<Value>,
    method: Option<Value>,
    url: Option<Value>,
    body: Option<Value>,
}

impl Endpoint {
    /// As a line names it.
    pub fn url(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Complete => "/v1/completions",
        }
    }
}

impl Line {
    /// The error says what is wrong, not where.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
        let fields: Fields = serde_json::from_str(text)
            .map_err(|error| format!("not a JSON object (column {})", error.column()))?;
        let custom_id = match fields.custom_id {
            Some(Value::String(id)) if !id.is_empty() => id,
            Some(Value::Null) | None => return Err("no \"custom_id\" in it".to_owned()),
            Some(id) => return Err(format!("\"custom_id\" is {id}; write a text")),
        };
        match &fields.method {
            Some(Value::String(method)) if method == "POST" => {}
            Some(method) => return Err(format!("\"method\" is {method}; write \"POST\"")),
            None => return Err("no \"method\" in it; write \"method\": \"POST\"".to_owned()),
        }
        let endpoint = endpoint(fields.url.as_ref())?;
        let body = match fields.body {
            Some(body @ Value::Object(_)) => body,
            Some(_) => return Err("\"body\" is no JSON object".to_owned()),
            None => return Err("no \"body\" in it".to_owned()),
        };
        let model = match &body["model"] {
            Value::String(model) if !model.is_empty() => model.clone(),
            _ => return Err("no \"model\" in its body".to_owned()),
        };
        if body["stream"] == true {
            return Err("a batch cannot stream; leave \"stream\" out".to_owned());
        }
        if body["messages"].as_array().is_some_and(Vec::is_empty) {
            return Err("no messages in its body".to_owned());
        }
        Ok(Self { custom_id, endpoint, model, body })
    }

    /// What it asks for, in a batch.
    pub fn ask(&self, model: &Model) -> Result<Ask, String> {
        let read = match self.endpoint {
            Endpoint::Chat => body::chat(model, &self.body),
            Endpoint::Complete => body::completion(model, &self.body),
        };
        let ask = read.map_err(|error| error.to_string())?;
        check_tier(ask.tier).map(|()| Ask { tier: Tier::Batch, ..ask })
    }
}

/// Whether what asks for this tier can be asked in a batch.
pub fn check_tier(tier: Tier) -> Result<(), String> {
    match tier {
        Tier::Standard | Tier::Batch => Ok(()),
        _ => Err("a batch is a service tier of its own; leave \"service_tier\" out".to_owned()),
    }
}

fn endpoint(url: Option<&Value>) -> Result<Endpoint, String> {
    let known = [Endpoint::Chat, Endpoint::Complete];
    let listed = known.map(Endpoint::url).join(" or ");
    match url {
        Some(Value::String(url)) => known
            .into_iter()
            .find(|endpoint| endpoint.url() == url)
            .ok_or_else(|| format!("\"url\" is \"{url}\", which cannot be priced; write {listed}")),
        Some(url) => Err(format!("\"url\" is {url}; write {listed}")),
        None => Err(format!("no \"url\" in it; write {listed}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, why: &str) {
        assert_eq!(Line::read(line.as_bytes()).unwrap_err(), why, "{line}");
    }

    #[test]
    fn what_the_server_would_refuse_is_named() {
        const CHAT: &str = "/v1/chat/completions or /v1/completions";
        let line = |id: &str, method: &str, url: &str, body: &str| {
            format!(r#"{{"custom_id":{id},"method":{method},"url":{url},"body":{body}}}"#)
        };
        let chat = r#""/v1/chat/completions""#;
        check("", "not a JSON object (column 0)");
        check("3", "not a JSON object (column 1)");
        check("{", "not a JSON object (column 1)");
        check("{} x", "not a JSON object (column 4)");
        check("{}", "no \"custom_id\" in it");
        check(&line("null", "1", "1", "1"), "no \"custom_id\" in it");
        check(&line("7", "1", "1", "1"), "\"custom_id\" is 7; write a text");
        check(&line("\"\"", "1", "1", "1"), "\"custom_id\" is \"\"; write a text");
        check(r#"{"custom_id":"a"}"#, "no \"method\" in it; write \"method\": \"POST\"");
        check(&line("\"a\"", "\"GET\"", "1", "1"), "\"method\" is \"GET\"; write \"POST\"");
        check(&line("\"a\"", "\"POST\"", "1", "1"), &format!("\"url\" is 1; write {CHAT}"));
        check(
            &line("\"a\"", "\"POST\"", "\"/v1/embeddings\"", "1"),
            &format!("\"url\" is \"/v1/embeddings\", which cannot be priced; write {CHAT}"),
        );
        check(&line("\"a\"", "\"POST\"", chat, "1"), "\"body\" is no JSON object");
        check(&line("\"a\"", "\"POST\"", chat, "{}"), "no \"model\" in its body");
        check(
            &line("\"a\"", "\"POST\"", chat, r#"{"model":"m","stream":true}"#),
            "a batch cannot stream; leave \"stream\" out",
        );
        check(
            &line("\"a\"", "\"POST\"", chat, r#"{"model":"m","messages":[]}"#),
            "no messages in its body",
        );
        assert_eq!(Line::read(b"{\"a\":\"\xff\"}").unwrap_err(), "not UTF-8 at byte 6");
    }
}
