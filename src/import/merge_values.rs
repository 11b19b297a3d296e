//! Values of a draft and of a record side by side.

use crate::model::{NatureKind, PartialDate, Step};
use crate::schema::Shape;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The texts of a list.
pub(super) fn texts(list: Option<&Value>) -> Vec<String> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The names of sources that a value refers to.
pub(super) fn references(value: &Value, shape: &Shape, out: &mut HashSet<String>) {
    match value {
        Value::String(name) if shape.reference.is_some() => drop(out.insert(name.clone())),
        Value::Array(items) => {
            if let Some(inner) = shape.items.as_deref() {
                items.iter().for_each(|item| references(item, inner, out));
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                if let Some(inner) = shape.child(&Step::Key(key.clone())) {
                    references(value, inner, out);
                }
            }
        }
        _ => {}
    }
}

/// The property of a mapping that lists its sources.
pub(super) fn sources_list(shape: &Shape) -> Option<&str> {
    let lists = |inner: &Shape| inner.items.as_deref().is_some_and(|items| items.reference.is_some());
    shape.properties.iter().find(|(_, inner)| lists(inner)).map(|(name, _)| name.as_str())
}

/// Whether a field holds the editors' own words.
pub(super) fn keeps_words(shape: &Shape) -> bool {
    let names_sources = shape.items.as_deref().is_some_and(|items| items.reference.is_some());
    let is_set = shape.key.as_ref().is_some_and(|key| key.iter().all(|k| k == "."));
    !names_sources && (shape.nature == Some(NatureKind::Editorial) || is_set)
}

/// Whether two values are the same: the order of a set does not count.
pub(super) fn same(a: &Value, b: &Value, shape: &Shape) -> bool {
    match (a, b) {
        (Value::Array(x), Value::Array(y))
            if shape.key.as_ref().is_some_and(|key| key.iter().all(|k| k == ".")) =>
        {
            x.len() == y.len() && x.iter().all(|item| y.contains(item))
        }
        _ => a == b,
    }
}

/// Whether the first is a date within the second.
pub(super) fn refined(old: &Value, new: &Value) -> bool {
    let date = |value: &Value| value.as_str().and_then(|text| text.parse::<PartialDate>().ok());
    matches!((date(old), date(new)), (Some(old), Some(new)) if old.refines(&new))
}

pub(super) fn overlapping(a: Option<&Value>, b: Option<&Value>) -> bool {
    let date = |value: Option<&Value>| {
        value.and_then(Value::as_str).and_then(|text| text.parse::<PartialDate>().ok())
    };
    match (date(a), date(b)) {
        (Some(a), Some(b)) => a.range() == b.range() || a.refines(&b) || b.refines(&a),
        _ => false,
    }
}

pub(super) fn key_values(item: &Value, fields: &[String]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("+"),
        other => other.to_string(),
    };
    fields
        .iter()
        .map(|field| if field == "." { text(item) } else { item.get(field).map_or(String::new(), text) })
        .collect()
}

/// Puts a value at a path, making the mappings on the way.
pub(super) fn put(root: &mut Value, keys: &[&str], value: Value) {
    let (last, above) = keys.split_last().expect("because paths have a key");
    let mut node = root;
    for key in above {
        if !node.is_object() {
            *node = Value::Object(Map::new());
        }
        node = node
            .as_object_mut()
            .expect("because it was made one")
            .entry((*key).to_owned())
            .or_insert(Value::Null);
    }
    if !node.is_object() {
        *node = Value::Object(Map::new());
    }
    node.as_object_mut().expect("because it was made one").insert((*last).to_owned(), value);
}

/// The same value with the keys of mappings in the schema's order; keys the schema does not name keep theirs,
/// behind.
pub(super) fn sorted(value: &Value, shape: &Shape) -> Value {
    match value {
        Value::Array(items) => match shape.items.as_deref() {
            Some(inner) => Value::Array(items.iter().map(|item| sorted(item, inner)).collect()),
            None => value.clone(),
        },
        Value::Object(map) => {
            let mut out = Map::with_capacity(map.len());
            for name in shape.properties.keys().filter(|name| map.contains_key(*name)) {
                out.insert(name.clone(), sorted(&map[name], &shape.properties[name]));
            }
            for (key, value) in map.iter().filter(|(key, _)| !shape.properties.contains_key(*key)) {
                let inner = shape.child(&Step::Key(key.clone()));
                out.insert(key.clone(), inner.map_or_else(|| value.clone(), |inner| sorted(value, inner)));
            }
            Value::Object(out)
        }
        other => other.clone(),
    }
}
