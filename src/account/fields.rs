//! The fields of a JSON object by their names. A request's objects have a dozen at most: to look at
//! each is several times quicker than to hash every name that is asked for.

use serde_json::{Map, Value};

/// A field's value; null where there is none.
pub fn field<'a>(object: &'a Value, name: &str) -> &'a Value {
    object.as_object().and_then(|fields| find(fields, name)).unwrap_or(&Value::Null)
}

/// A field's value, if it is there.
pub fn find<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    fields.iter().find(|(each, _)| *each == name).map(|(_, value)| value)
}
