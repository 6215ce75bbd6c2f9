use serde_json::json;

use super::*;

/// The rendering of one function's parameters, and whether it is confirmed.
fn rendered(parameters: &Value, spread: bool) -> (String, bool) {
    let function = json!({"name": "f", "description": "Does f.", "parameters": parameters});
    let mut rendering = Rendering::new(spread);
    rendering.functions(&[Some(&function)]);
    let text = rendering.text;
    let text = text.strip_prefix("# Tools\n\n## functions\n\nnamespace functions {\n\n").unwrap();
    let text = text.strip_suffix("\n\n} // namespace functions").unwrap();
    let text = text.strip_prefix("// Does f.\ntype f = (").unwrap();
    (text.strip_suffix(") => any;").unwrap().to_owned(), rendering.sure)
}

#[test]
fn parameters_are_written_as_types() {
    let check = |parameters: Value, wanted: &str, sure: bool| {
        assert_eq!(rendered(&parameters, false), (wanted.to_owned(), sure), "{parameters}");
    };
    let properties =
        |properties: Value| json!({"type": "object", "properties": properties, "required": ["a"]});
    check(Value::Null, "", true);
    check(json!({"type": "object", "properties": {}}), "", true);
    check(
        properties(json!({"a": {"type": "integer"}, "b": {"type": "boolean"}})),
        "_: { a: number, b?: boolean }",
        true,
    );
    check(
        properties(json!({"a": {"type": "array", "items": {"type": "string"}}})),
        "_: { a: string[] }",
        true,
    );
    check(
        properties(json!({"a": {"type": "string", "enum": ["x", "y"]}})),
        "_: { a: \"x\" | \"y\" }",
        true,
    );
    check(
        properties(json!({"a": {"type": "string", "title": "A", "description": " One.\n\n Two. "},
            "b": {"type": "string", "default": "x"}})),
        "_: {\n// A\n//\n// One.\n//\n// Two.\na: string,\nb?: string, // default: \"x\"\n}",
        true,
    );
    let item = json!({"type": "object", "properties": {"c": {"type": "string"}}});
    check(
        properties(json!({"a": {"type": "array", "items": item}})),
        "_: { a: { c?: string }[] }",
        true,
    );
    check(
        json!({"$defs": {"I": item}, "properties":
            {"a": {"type": "array", "items": {"$ref": "#/$defs/I"}}}}),
        "_: { a?: { c?: string }[] }",
        true,
    );
    // Counted, but never seen to be right.
    check(properties(json!({"a": item})), "_: { a: { c?: string } }", false);
    check(properties(json!({"a": {"type": ["string", "null"]}})), "_: { a: string | null }", false);
    check(
        properties(json!({"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}})),
        "_: { a: string | number }",
        false,
    );
    check(properties(json!({"a": {}})), "_: { a: any }", false);
    check(properties(json!({"a": {"type": "array"}})), "_: { a: any[] }", false);
    check(
        properties(json!({"a": {"type": "string", "format": "date"}})),
        "_: { a: string }",
        false,
    );
    check(properties(json!({"a-b": {"type": "string"}})), "_: { a-b?: string }", false);
    check(
        properties(json!({"a": {"type": "number", "default": 5}})),
        "_: {\na: number, // default: 5\n}",
        false,
    );
    check(
        properties(json!({"a": {"type": "string", "description": "say \"x\""}})),
        "_: {\n// say \"x\"\na: string,\n}",
        false,
    );
}

#[test]
fn an_endless_schema_is_given_up() {
    let node = json!({"type": "object", "properties":
        {"l": {"$ref": "#/$defs/N"}, "r": {"$ref": "#/$defs/N"}}});
    let itself = json!({"$ref": "#/$defs/S"});
    let either = json!({"anyOf": [{"$ref": "#/$defs/E"}, {"$ref": "#/$defs/E"}]});
    let long = json!({"type": "object", "description": "x".repeat(100_000), "properties":
        {"l": {"$ref": "#/$defs/L"}, "r": {"$ref": "#/$defs/L"}}});
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/A"}});
    let defs = json!({"N": node, "S": itself, "E": either, "L": long, "A": list});
    for name in ["N", "E", "L", "A"] {
        let parameters = json!({"$defs": defs, "type": "object",
            "properties": {"a": {"$ref": format!("#/$defs/{name}")}}});
        let function = json!({"name": "f", "parameters": parameters});
        let mut rendering = Rendering::new(false);
        rendering.functions(&[Some(&function)]);
        assert!(rendering.gave_up && !rendering.sure, "{name}");
        assert!(rendering.text.len() < 9 << 20, "{name}");
    }
    // A reference to itself says nothing, and is not followed forever.
    let parameters = json!({"$defs": defs, "properties": {"a": {"$ref": "#/$defs/S"}}});
    assert_eq!(rendered(&parameters, false), ("_: { a?: any }".to_owned(), false));
}

/// However a server writes the definitions out, a token is at least a byte of them.
#[test]
fn what_is_not_confirmed_is_bounded_by_its_bytes() {
    let description = "\u{4e16}\u{1f600}".repeat(50);
    let tool = json!([{"type": "custom", "custom": {"name": "f", "description": description}}]);
    let chat = Chat { tools: Some(&tool), ..Chat::default() };
    let count = count(&super::super::models::find("gpt-4o"), &chat);
    assert!(!count.exact);
    assert!(count.bound >= 50 * (6 + 12));
    assert_eq!(schema::length(&json!("\u{4e16}\u{1f600}a")), 6 + 12 + 1 + 2);
}
