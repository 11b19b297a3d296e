//! Trees as `serde_yaml` values and as typed values, with the place of what does not fit.
//!
//! Owns the conversions and the way from a deserializer's error back to a span. Must not parse text.

use crate::model::{ByteSpan, Document, Entry, Node, NodeValue};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use serde_yaml::{Mapping, Value};

/// Why a tree is not a value of the wanted type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct TypedError {
    /// Where in the tree, as `statements[0].date`; `.` for the root.
    pub path: String,
    /// What is wrong there.
    pub message: String,
    /// The bytes of the value there; of the key, for a key nobody knows; for a missing key, of the key under
    /// which it is missing.
    pub span: ByteSpan,
}

/// A tree as a `serde_yaml` value, keys in the order of the file and as texts.
pub fn to_serde(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null => Value::Null,
        NodeValue::Bool(truth) => Value::Bool(*truth),
        NodeValue::Int(number) => Value::Number((*number).into()),
        NodeValue::Float(number) => Value::Number((*number).into()),
        NodeValue::Decimal(written) => written
            .parse::<f64>()
            .map_or_else(|_| Value::String(written.to_string()), |n| Value::Number(n.into())),
        NodeValue::Text(text) => Value::String(text.clone()),
        NodeValue::List(items) => Value::Sequence(items.iter().map(to_serde).collect()),
        NodeValue::Map(entries) => {
            let mut map = Mapping::with_capacity(entries.len());
            for entry in entries {
                map.insert(Value::String(entry.key.clone()), to_serde(&entry.value));
            }
            Value::Mapping(map)
        }
    }
}

/// A JSON value as a tree without places (all spans empty). A number past 64 signed bits becomes text, so
/// that no digit is lost.
pub fn from_json(value: &serde_json::Value) -> Node {
    use serde_json::Value as Json;
    let value = match value {
        Json::Null => NodeValue::Null,
        Json::Bool(truth) => NodeValue::Bool(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => NodeValue::Int(number),
            (None, Some(float)) if number.is_f64() => NodeValue::Float(float),
            _ => NodeValue::Text(number.to_string()),
        },
        Json::String(text) => NodeValue::Text(text.clone()),
        Json::Array(items) => NodeValue::List(items.iter().map(from_json).collect()),
        Json::Object(map) => {
            NodeValue::Map(map.iter().map(|(key, value)| entry(key, from_json(value))).collect())
        }
    };
    Node { value, span: ByteSpan::default() }
}

fn entry(key: &str, value: Node) -> Entry {
    Entry { key: key.to_owned(), key_span: ByteSpan::default(), value }
}

/// The document as a value of a type.
///
/// # Errors
/// The first thing that does not fit, with its path and its span in the document's text.
pub fn typed<T: DeserializeOwned>(document: &Document) -> Result<T, TypedError> {
    typed_node(&document.root)
}

/// A node as a value of a type; paths start at the node.
///
/// # Errors
/// The first thing that does not fit, with its path and its span in the text the node was read from.
pub fn typed_node<T: DeserializeOwned>(node: &Node) -> Result<T, TypedError> {
    serde_path_to_error::deserialize(to_serde(node)).map_err(|error| {
        let message = error.inner().to_string();
        let segments: Vec<&Segment> = error.path().iter().collect();
        TypedError { path: error.path().to_string(), span: locate(node, &segments, &message), message }
    })
}

/// The span to show for an error: follows the path as far as the tree goes.
fn locate(root: &Node, path: &[&Segment], message: &str) -> ByteSpan {
    let mut node = root;
    let mut key = root.entries().first().map_or(root.span, |entry| entry.key_span);
    for segment in path {
        match segment {
            Segment::Map { key: name } => {
                let Some(entry) = node.entry(name) else { break };
                (node, key) = (&entry.value, entry.key_span);
            }
            Segment::Seq { index } => {
                let Some(item) = node.items().get(*index) else { break };
                node = item;
                key = item.entries().first().map_or(item.span, |entry| entry.key_span);
            }
            // A variant of an enum is written as the key of a mapping or is the value itself.
            Segment::Enum { variant } => {
                let Some(entry) = node.entry(variant) else { continue };
                (node, key) = (&entry.value, entry.key_span);
            }
            Segment::Unknown => break,
        }
    }
    let about_key = message.starts_with("unknown field") || message.starts_with("missing field");
    if about_key || matches!(node.value, NodeValue::Map(_) | NodeValue::List(_)) { key } else { node.span }
}
