//! What an edit takes away of lists and objects, item by item: one odd item hides no other.

use super::walk::steps;
use crate::diff::Delta;
use crate::model::{FieldPath, Node, NodeValue, Step};
use crate::schema::{Kind, Op, Shape};
use std::collections::{HashMap, HashSet};

/// What a difference takes away or changes of what was published, part by part: a list that is compared as a
/// whole, or in whose place something else stands, is looked at item by item, so that one odd item hides no
/// other.
pub(super) fn losses(delta: &Delta, kind: &Kind) -> Vec<Delta> {
    let mut out = Vec::new();
    let path = delta.path_before();
    let is_item = matches!(delta.path.0.last(), Some(Step::Item(_) | Step::Index(_)));
    match &delta.before {
        Some(before) if !is_item && !before.items().is_empty() => {
            lose(before, delta.after.as_ref(), kind.shape.at(path), path, &mut out);
        }
        Some(before) if !is_item && !before.entries().is_empty() => {
            lose(before, delta.after.as_ref(), kind.shape.at(path), path, &mut out);
        }
        _ => out.push(delta.clone()),
    }
    out
}

fn lose(before: &Node, after: Option<&Node>, shape: Option<&Shape>, path: &FieldPath, out: &mut Vec<Delta>) {
    if after.is_some_and(|after| before.same_value(after)) {
        return;
    }
    let child = |step: &Step| shape.and_then(|shape| shape.child(step));
    match &before.value {
        NodeValue::List(items) if !items.is_empty() => {
            let others = after.map_or(&[][..], Node::items);
            let heirs = Heirs::of(others, shape.and_then(|shape| shape.key.as_deref()));
            for (item, step) in items.iter().zip(steps(items, shape)) {
                if heirs.keep(item) {
                    continue;
                }
                let shape = child(&step);
                match heirs.named(item) {
                    Some(other) => lose(item, Some(other), shape, &path.then(step), out),
                    None => out.push(removed(item, &path.then(step))),
                }
            }
        }
        NodeValue::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                let step = Step::Key(entry.key.clone());
                lose(
                    &entry.value,
                    after.and_then(|after| after.get(&entry.key)),
                    child(&step),
                    &path.then(step),
                    out,
                );
            }
        }
        _ => out.push(Delta {
            path: path.clone(),
            from_path: None,
            op: if after.is_some() { Op::Changed } else { Op::Removed },
            before: Some(before.clone()),
            after: after.cloned(),
        }),
    }
}

fn removed(node: &Node, path: &FieldPath) -> Delta {
    Delta { path: path.clone(), from_path: None, op: Op::Removed, before: Some(node.clone()), after: None }
}

/// The items of the later list, by key where they have one.
struct Heirs<'n> {
    by_text: HashSet<String>,
    by_key: HashMap<Vec<String>, &'n Node>,
    fields: Option<&'n [String]>,
}

impl<'n> Heirs<'n> {
    fn of(items: &'n [Node], fields: Option<&'n [String]>) -> Self {
        let keys = |item: &Node| fields.and_then(|fields| item.key_values(fields));
        let by_key = items.iter().rev().filter_map(|item| Some((keys(item)?, item))).collect();
        Heirs { by_text: items.iter().map(canonical).collect(), by_key, fields }
    }

    /// Whether an item still stands there as it was.
    fn keep(&self, item: &Node) -> bool {
        self.by_text.contains(&canonical(item))
    }

    /// The item that has the same key now.
    fn named(&self, item: &Node) -> Option<&'n Node> {
        self.by_key.get(&item.key_values(self.fields?)?).copied()
    }
}

/// A text that equal values share.
fn canonical(node: &Node) -> String {
    fn sorted(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(map) => {
                let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                serde_json::Value::Object(entries.into_iter().collect())
            }
            serde_json::Value::Array(items) => {
                serde_json::Value::Array(items.into_iter().map(sorted).collect())
            }
            other => other,
        }
    }
    sorted(node.to_json()).to_string()
}
