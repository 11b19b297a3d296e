//! Structural differences: what they carry over, and what they do not see.

use super::records::{record, schema};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sincewhen::diff::{Delta, apply, diff, same};
use sincewhen::document::from_json;
use sincewhen::model::{Node, NodeValue, Step};
use sincewhen::schema::Shape;
use std::collections::BTreeSet;

fn shape() -> Shape {
    Shape::read(&schema(), &Default::default())
}

/// The one way to write a value: mappings by key, keyed lists by the values of their keys. Made without the
/// code under test.
fn canonical(node: &Node, shape: Option<&Shape>) -> Json {
    match &node.value {
        NodeValue::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            let child = |key: &str| shape.and_then(|s| s.child(&Step::Key(key.to_owned())));
            Json::Object(
                sorted.into_iter().map(|e| (e.key.clone(), canonical(&e.value, child(&e.key)))).collect(),
            )
        }
        NodeValue::List(items) => {
            let inner = shape.and_then(|s| s.items.as_deref());
            let keys: Option<Vec<_>> = shape
                .and_then(|s| s.key.as_deref())
                .and_then(|fields| items.iter().map(|i| i.key_values(fields)).collect());
            let unique = keys
                .filter(|keys| keys.iter().collect::<std::collections::BTreeSet<_>>().len() == keys.len());
            let values = items.iter().map(|item| canonical(item, inner));
            match unique {
                None if shape.is_some_and(|s| s.key.is_some()) => {
                    Json::Array(items.iter().map(Node::to_json).map(unsorted).collect())
                }
                None => sorted(node.to_json()),
                Some(keys) => {
                    let mut pairs: Vec<_> = keys.into_iter().zip(values).collect();
                    pairs.sort_by(|a, b| a.0.cmp(&b.0));
                    Json::Array(pairs.into_iter().map(|(_, value)| value).collect())
                }
            }
        }
        _ => node.to_json(),
    }
}

/// A list with a faulty key counts as it stands, in every part of it; only mappings have no order.
fn unsorted(value: Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(k, v)| (k, unsorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(unsorted).collect()),
        other => other,
    }
}

fn scalar_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// A list without a key counts as it stands, down to its leaves; only mappings, and sets of scalars, have no
/// order.
fn sorted(value: Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => {
            let texts: Option<BTreeSet<String>> = items.iter().map(scalar_text).collect();
            let is_set = texts.is_some_and(|texts| texts.len() == items.len());
            let mut items: Vec<Json> = items.into_iter().map(sorted).collect();
            if is_set {
                items.sort_by_key(Json::to_string);
            }
            Json::Array(items)
        }
        other => other,
    }
}

/// The same record with every keyed list and every mapping turned round.
fn reversed(node: &Node, shape: Option<&Shape>) -> Node {
    let value = match &node.value {
        NodeValue::Map(entries) => {
            let mut entries = entries.clone();
            for entry in &mut entries {
                let child = shape.and_then(|s| s.child(&Step::Key(entry.key.clone())));
                entry.value = reversed(&entry.value, child);
            }
            entries.reverse();
            NodeValue::Map(entries)
        }
        NodeValue::List(items) => {
            let key = shape.and_then(|s| s.key.as_deref());
            let is_keyed =
                key.is_some_and(|fields| items.iter().all(|item| item.key_values(fields).is_some()));
            let inner = shape.and_then(|s| s.items.as_deref());
            let mut items: Vec<Node> = items
                .iter()
                .map(|item| if is_keyed { reversed(item, inner) } else { item.clone() })
                .collect();
            let keys: Vec<_> =
                key.map(|fields| items.iter().map(|i| i.key_values(fields)).collect()).unwrap_or_default();
            let unique = keys.iter().collect::<std::collections::HashSet<_>>().len() == keys.len();
            if is_keyed && unique {
                items.reverse();
            }
            NodeValue::List(items)
        }
        other => other.clone(),
    };
    Node { value, span: node.span }
}

fn listed(deltas: &[Delta]) -> Vec<(String, String)> {
    let mut paths: Vec<_> = deltas.iter().map(|d| (d.path.to_string(), format!("{:?}", d.op))).collect();
    paths.sort();
    paths
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() })]

    #[test]
    fn applying_a_difference_gives_the_other_record(a in record(), b in record()) {
        let (shape, a, b) = (shape(), from_json(&a), from_json(&b));
        let deltas = diff(&a, &b, &shape);
        let made = apply(&deltas, &a, &shape);
        prop_assert!(same(&made, &b, &shape));
        prop_assert_eq!(canonical(&made, Some(&shape)), canonical(&b, Some(&shape)), "deltas: \
            {:?}", listed(&deltas));
    }

    #[test]
    fn a_difference_is_empty_just_when_the_records_say_the_same(a in record(), b in record()) {
        let (shape, a, b) = (shape(), from_json(&a), from_json(&b));
        prop_assert!(diff(&a, &a, &shape).is_empty());
        let equal = canonical(&a, Some(&shape)) == canonical(&b, Some(&shape));
        prop_assert_eq!(diff(&a, &b, &shape).is_empty(), equal);
        prop_assert_eq!(diff(&b, &a, &shape).is_empty(), equal);
    }

    #[test]
    fn the_order_of_keyed_lists_and_mappings_never_matters(a in record(), b in record()) {
        let (shape, a, b) = (shape(), from_json(&a), from_json(&b));
        let turned = reversed(&b, Some(&shape));
        prop_assert_eq!(listed(&diff(&b, &turned, &shape)), vec![]);
        prop_assert_eq!(listed(&diff(&a, &b, &shape)), listed(&diff(&a, &turned, &shape)));
        prop_assert_eq!(listed(&diff(&b, &a, &shape)), listed(&diff(&turned, &a, &shape)));
    }

    /// No path is listed twice, and what is listed lies where it says.
    #[test]
    fn each_difference_stands_at_its_path(a in record(), b in record()) {
        let (shape, a, b) = (shape(), from_json(&a), from_json(&b));
        let keys = |path: &sincewhen::model::FieldPath| shape.key_at(path);
        let deltas = diff(&a, &b, &shape);
        for delta in &deltas {
            if let Some(before) = &delta.before {
                let found = a.at(delta.path_before(), &keys);
                prop_assert!(found.is_some_and(|found| found.same_value(before)), "before: {}", delta.path);
            }
            if let Some(after) = &delta.after {
                prop_assert!(b.at(&delta.path, &keys).is_some_and(|found| found.same_value(after)), "after: \
                    {}", delta.path);
            }
            prop_assert!(delta.before.is_some() || delta.after.is_some());
        }
        let mut paths = listed(&deltas).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        paths.dedup();
        prop_assert_eq!(paths.len(), deltas.len(), "a path is listed twice: {:?}", listed(&deltas));
    }
}

/// The order of an unkeyed list is part of what it says, unless it is a set: scalars of which no two are
/// written alike. Items of a sequence that changed and changed places: whichever are taken for one, the
/// difference can be applied.
#[test]
fn pairs_of_a_sequence_never_cross() {
    let cases = [
        (json!([[], {"id": null, "l": "1"}]), json!([{"l": "1"}, [null]])),
        (json!([{"x": 1, "y": 1}, {"x": 2, "y": 2}]), json!([{"x": 2, "y": 3}, {"x": 1, "y": 4}])),
        (
            json!([{"x": 1, "y": 1}, {"x": 2, "y": 2}, {"x": 3, "y": 3}]),
            json!([{"x": 3, "y": 0}, {"x": 2, "y": 0}, {"x": 1, "y": 0}, {"x": 9}]),
        ),
    ];
    for (a, b) in cases {
        let (shape, a, b) = (shape(), from_json(&json!({"steps": a})), from_json(&json!({"steps": b})));
        let deltas = diff(&a, &b, &shape);
        assert!(same(&apply(&deltas, &a, &shape), &b, &shape), "{:?}", listed(&deltas));
    }
}

#[test]
fn a_list_without_a_key_is_compared_as_a_set_or_a_sequence() {
    let shape = shape();
    let node = |text: &str| from_json(&serde_json::from_str(text).expect("JSON"));
    let found = |a: &str, b: &str| listed(&diff(&node(a), &node(b), &shape));
    assert_eq!(found(r#"{"steps": [1, 2]}"#, r#"{"steps": [2, 1]}"#), []);
    let turned =
        [("steps[#0 before]".to_owned(), "Removed".to_owned()), ("steps[#2]".to_owned(), "Added".to_owned())];
    assert_eq!(found(r#"{"steps": [1, 2, 2]}"#, r#"{"steps": [2, 2, 1]}"#), turned);
}
