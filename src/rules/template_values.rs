//! JSON and parts of records as values that templates see.

use crate::model::{Node, NodeValue};
use indexmap::IndexMap;
use minijinja::Value;

/// A JSON value for templates.
pub(super) fn value_of(json: impl serde::Serialize) -> Value {
    Value::from(minijinja::value::Serde(json))
}

/// A part of a record for templates: as [`value_of`] its JSON.
pub(super) fn value_of_node(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null => Value::from(()),
        NodeValue::Bool(truth) => Value::from(*truth),
        NodeValue::Int(number) => Value::from(*number),
        NodeValue::Float(number) if number.is_finite() => Value::from(*number),
        NodeValue::Float(number) => Value::from(number.to_string()),
        NodeValue::Decimal(written) => Value::from(&**written),
        NodeValue::Text(text) => Value::from(text.as_str()),
        NodeValue::List(items) => items.iter().map(value_of_node).collect(),
        NodeValue::Map(entries) => {
            map_of(entries.iter().map(|entry| (entry.key.as_str(), value_of_node(&entry.value))))
        }
    }
}

/// A mapping for templates.
pub(super) fn map_of<'k>(pairs: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    Value::from_object(
        pairs.into_iter().map(|(key, value)| (Value::from(key), value)).collect::<IndexMap<Value, Value>>(),
    )
}
