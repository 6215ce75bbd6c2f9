//! What a `json_schema` response format adds to a prompt: an estimate with a bound, never exact.

use std::fmt::Write as _;

use serde_json::Value;

use super::count::Count;
use super::framing;
use super::models::Model;

/// The heading and what stands around it: 4 to 13 tokens were seen.
const AROUND: u64 = 9;
const MOST_AROUND: u64 = 128;

pub(super) fn count(model: &Model, format: Option<&Value>) -> Count {
    let Some(format) = format.filter(|format| !format.is_null()) else { return Count::exact(0) };
    if matches!(format["type"].as_str(), Some("text" | "json_object")) {
        return Count::exact(0);
    }
    let named = &format["json_schema"];
    let mut text = "# Response Formats\n\n## ".to_owned();
    text.push_str(named["name"].as_str().unwrap_or_default());
    text.push_str("\n\n");
    for line in named["description"].as_str().into_iter().flat_map(str::lines) {
        let _ = writeln!(text, "// {line}");
    }
    let mut schema = named["schema"].clone();
    forget_titles(&mut schema);
    let _ = write!(text, "{schema}");
    let tokens = framing::text(model, &text).tokens + AROUND;
    Count::about(tokens, length(format).max(2 * tokens) + MOST_AROUND)
}

/// The title of a schema is not rendered; a property that is called so is.
fn forget_titles(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("title").is_some_and(Value::is_string) {
                fields.shift_remove("title");
            }
            fields.values_mut().for_each(forget_titles);
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(forget_titles),
        _ => {}
    }
}

/// A bound for the tokens of JSON however it is written out: its bytes with everything beyond
/// ASCII escaped, for a token is at least a byte, and layout is less than what it lays out.
pub(super) fn length(json: &Value) -> u64 {
    let text = json.to_string();
    text.chars().map(|char| if char.is_ascii() { 1 } else { 6 * char.len_utf16() as u64 }).sum()
}
