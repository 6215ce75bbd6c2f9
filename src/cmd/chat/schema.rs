//! `--schema`: a JSON schema as the API's `response_format` wants it.

use std::path::Path;

use serde_json::{Value, json};

use crate::exit::{Exit, failure};

/// A file may hold the schema alone, or the API's own object with its `name` and `schema`.
pub fn response_format(path: &Path, text: &str) -> anyhow::Result<Value> {
    let wrong = |why: String| failure(Exit::Usage, format!("schema {}: {why}", path.display()));
    let schema: Value =
        serde_json::from_str(text).map_err(|error| wrong(format!("not JSON: {error}")))?;
    if !schema.is_object() {
        return Err(wrong("not a JSON object".into()));
    }
    let format = if schema["name"].is_string() && schema["schema"].is_object() {
        schema
    } else {
        json!({"name": name(path), "strict": true, "schema": schema})
    };
    Ok(json!({"type": "json_schema", "json_schema": format}))
}

/// The file's name in the letters that the API takes.
fn name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let name: String =
        stem.chars().map(|each| if allowed(each) { each } else { '_' }).take(64).collect();
    if name.is_empty() { "reply".into() } else { name }
}
