//! Function definitions as TypeScript, as the API writes them into the prompt. Knows JSON schema
//! and text; nothing of tokens.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The text, and whether every rule that made it is confirmed by recorded bills.
pub(super) struct Rendering {
    pub text: String,
    pub sure: bool,
    /// A schema without an end (it refers to itself) was left off: the text bounds nothing.
    pub gave_up: bool,
    /// Every property on a line of its own, as the reasoning models have it.
    spread: bool,
    schemas: u32,
}

/// Beyond these a schema is endless, or made to be: references can turn few bytes into many.
const MOST_SCHEMAS: u32 = 20_000;
const MOST_TEXT: usize = 8 << 20;
const DEEPEST: u32 = 64;

/// Where a schema stands.
#[derive(Clone)]
struct Place<'a> {
    /// What references are looked up in.
    root: &'a Value,
    /// How many objects it is inside of, not counting the parameters themselves.
    depth: usize,
    /// How many schemas it is inside of.
    level: u32,
    in_list: bool,
}

/// A schema with what it refers to: the nearest says what the others leave open.
struct Schema<'a>(Vec<&'a Map<String, Value>>);

impl Rendering {
    pub fn new(spread: bool) -> Self {
        Self { text: String::new(), sure: true, gave_up: false, spread, schemas: 0 }
    }

    /// The whole block. A tool that is no function has no known form.
    pub fn functions(&mut self, functions: &[Option<&Value>]) {
        self.text.push_str("# Tools\n\n## functions\n\nnamespace functions {\n\n");
        for function in functions {
            match function {
                Some(function) => self.function(function),
                None => self.sure = false,
            }
        }
        self.text.push_str("} // namespace functions");
    }

    fn function(&mut self, function: &Value) {
        self.comment(function["description"].as_str(), "");
        let name = function["name"].as_str().unwrap_or_default();
        let place = Place { root: &function["parameters"], depth: 0, level: 0, in_list: false };
        let parameters = place.resolved(place.root);
        if parameters.properties().next().is_none() {
            let _ = write!(self.text, "type {name} = () => any;\n\n");
            return;
        }
        let _ = write!(self.text, "type {name} = (_: ");
        if let Some(title) = parameters.text("title") {
            let _ = writeln!(self.text, "// {title}");
        }
        self.sure &= parameters.says_only(&["title", "$defs"]);
        self.object(&parameters, &place);
        self.text.push_str(") => any;\n\n");
    }

    /// Each line of a description, stripped, behind `//`.
    fn comment(&mut self, description: Option<&str>, indent: &str) {
        let description = description.map(str::trim).filter(|text| !text.is_empty());
        for line in description.into_iter().flat_map(|text| text.split('\n')) {
            self.sure &= !line.contains(['"', '\r', '\t']);
            let line = line.trim();
            let space = if line.is_empty() { "" } else { " " };
            let _ = writeln!(self.text, "{indent}//{space}{line}");
        }
    }

    /// On one line, unless a property has something to say.
    fn object(&mut self, object: &Schema, place: &Place) {
        let listed: Vec<_> =
            object.properties().map(|(name, schema)| (name, place.resolved(schema))).collect();
        let spread = self.spread || listed.iter().any(|(_, schema)| schema.is_commented(place));
        let indent = "  ".repeat(place.depth);
        self.text.push_str(if spread { "{\n" } else { "{ " });
        for (at, (name, schema)) in listed.iter().enumerate() {
            if self.gives_up(place) {
                break;
            }
            if spread {
                self.property_comment(schema, place, &indent);
                self.text.push_str(&indent);
            } else if at > 0 {
                self.text.push_str(", ");
            }
            self.sure &= name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let optional = if object.requires(name) { "" } else { "?" };
            let _ = write!(self.text, "{name}{optional}: ");
            self.kind(schema, place);
            if spread {
                self.default(schema);
            }
        }
        let close = if spread { indent.get(2..).unwrap_or_default() } else { " " };
        let _ = write!(self.text, "{close}}}");
    }

    fn property_comment(&mut self, schema: &Schema, place: &Place, indent: &str) {
        let description = schema.text("description");
        if let Some(title) = schema.text("title").filter(|_| place.depth == 0) {
            let _ = writeln!(self.text, "{indent}// {title}");
            if description.is_some() {
                let _ = writeln!(self.text, "{indent}//");
            }
        }
        self.comment(description, indent);
    }

    fn default(&mut self, schema: &Schema) {
        match schema.get("default") {
            None => self.text.push_str(",\n"),
            Some(default) => {
                self.sure &= matches!(default, Value::Null | Value::Bool(_) | Value::String(_));
                let _ = writeln!(self.text, ", // default: {default}");
            }
        }
    }

    /// Confirmed are plain types, lists of them, and lists of objects on one line.
    fn kind(&mut self, schema: &Schema, place: &Place) {
        if self.gives_up(place) {
            self.text.push_str("any");
            return;
        }
        self.schemas += 1;
        self.sure &= schema.says_only(&["title", "description", "default", "enum", "items"]);
        let inner = Place { level: place.level + 1, ..place.clone() };
        let either = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array);
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let plain = |value: &Value| value.as_str().is_some_and(is_plain);
            self.sure &= values.iter().all(plain);
            self.joined(values, |this, value| {
                let _ = write!(this.text, "{value}");
            });
        } else if let Some(either) = either {
            self.joined(either, |this, one| this.kind(&inner.resolved(one), &inner));
        } else if let Some(Value::Array(names)) = schema.get("type") {
            self.sure = false;
            self.joined(names, |this, name| this.text.push_str(name.as_str().unwrap_or("any")));
        } else {
            self.named(schema, &inner);
        }
    }

    fn named(&mut self, schema: &Schema, place: &Place) {
        match schema.text("type") {
            Some("array") => {
                let from = self.text.len();
                match schema.get("items") {
                    Some(items) => {
                        let place = Place { in_list: true, ..place.clone() };
                        self.kind(&place.resolved(items), &place);
                    }
                    None => self.text.push_str("any"),
                }
                self.sure &= schema.get("items").is_some() && !place.in_list && place.depth == 0;
                self.sure &= !self.text[from..].contains('\n');
                self.text.push_str("[]");
            }
            Some("object") if schema.properties().next().is_some() => {
                self.sure &= place.in_list;
                self.object(schema, &Place { depth: place.depth + 1, ..place.clone() });
            }
            Some("integer" | "number") => self.text.push_str("number"),
            Some(name @ ("string" | "boolean")) => self.text.push_str(name),
            other => {
                self.sure = false;
                self.text.push_str(other.unwrap_or("any"));
            }
        }
    }

    fn joined(&mut self, values: &[Value], mut write: impl FnMut(&mut Self, &Value)) {
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.text.push_str(" | ");
            }
            write(self, value);
        }
    }

    fn gives_up(&mut self, place: &Place) -> bool {
        self.gave_up |=
            self.schemas > MOST_SCHEMAS || self.text.len() > MOST_TEXT || place.level > DEEPEST;
        self.sure &= !self.gave_up;
        self.gave_up
    }
}

/// Without what might be escaped.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'))
}

impl<'a> Place<'a> {
    /// Follows references (`#/$defs/Name`), a few and no more.
    fn resolved(&self, schema: &'a Value) -> Schema<'a> {
        let mut layers = Vec::new();
        let mut next = Some(schema);
        while let Some(layer) = next.and_then(Value::as_object).filter(|_| layers.len() < 8) {
            layers.push(layer);
            let reference = layer.get("$ref").and_then(Value::as_str);
            next = reference.and_then(|to| self.root.pointer(to.strip_prefix('#')?));
        }
        Schema(layers)
    }
}

impl<'a> Schema<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.iter().find_map(|layer| layer.get(key))
    }

    fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.get("properties").and_then(Value::as_object).into_iter().flatten()
    }

    fn requires(&self, name: &str) -> bool {
        let required = self.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|required| required == name))
    }

    fn is_commented(&self, place: &Place) -> bool {
        (place.depth == 0 && self.text("title").is_some())
            || self.text("description").is_some()
            || self.get("default").is_some()
    }

    /// Whether it says nothing but what was seen to be rendered, or left out.
    fn says_only(&self, keys: &[&str]) -> bool {
        const ALWAYS: [&str; 5] =
            ["$ref", "type", "properties", "required", "additionalProperties"];
        let known = |key: &String| keys.contains(&key.as_str()) || ALWAYS.contains(&key.as_str());
        self.0.iter().all(|layer| layer.keys().all(known))
    }
}
