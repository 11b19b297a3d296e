//! A text and the tree it shall hold → the same text with that tree: only what differs is touched.
//!
//! Owns the way from two trees to a list of edits. How a text is edited is the document module's.

use crate::document::{self, Edit, Keys};
use crate::model::{Document, Failure, FieldPath, Node, NodeValue, Step};

/// The document's text with another tree in it; comments and layout elsewhere stay.
///
/// # Errors
/// A text that cannot be edited so: aliases, or a comment that would be lost.
pub fn rewrite<'k>(before: &Document, after: &Node, keys: &Keys<'k>) -> Result<String, Failure> {
    let mut edits = Vec::new();
    compare(&FieldPath::root(), &before.root, after, keys, &mut edits);
    document::apply(&before.text, &edits, keys).map_err(|error| {
        Failure::new(format!("the file cannot be edited: {error}"))
            .hint("`sincewhen fmt` puts it into a plain form")
    })
}

fn compare<'k>(path: &FieldPath, before: &Node, after: &Node, keys: &Keys<'k>, edits: &mut Vec<Edit>) {
    if before.same_value(after) {
        return;
    }
    match (&before.value, &after.value) {
        (NodeValue::Map(_), NodeValue::Map(_)) => mappings(path, before, after, keys, edits),
        (NodeValue::List(_), NodeValue::List(_)) if keyed(path, before, after, keys) => {
            lists(path, before, after, keys, edits)
        }
        _ => edits.push(Edit::Replace { path: path.clone(), value: after.clone() }),
    }
}

fn mappings<'k>(path: &FieldPath, before: &Node, after: &Node, keys: &Keys<'k>, edits: &mut Vec<Edit>) {
    for entry in before.entries().iter().filter(|entry| after.get(&entry.key).is_none()) {
        edits.push(Edit::Remove { path: path.key(&entry.key) });
    }
    let mut order: Vec<&str> =
        before.entries().iter().map(|e| e.key.as_str()).filter(|key| after.get(key).is_some()).collect();
    for (at, entry) in after.entries().iter().enumerate() {
        match before.get(&entry.key) {
            Some(old) => compare(&path.key(&entry.key), old, &entry.value, keys, edits),
            None => {
                // Behind the nearest of the entries that shall stand before it.
                let above = after.entries()[..at]
                    .iter()
                    .rev()
                    .find_map(|e| order.iter().position(|key| *key == e.key));
                let place = above.map_or(0, |above| above + 1);
                edits.push(Edit::InsertKey {
                    path: path.clone(),
                    key: entry.key.clone(),
                    value: entry.value.clone(),
                    at: Some(place),
                });
                order.insert(place, entry.key.as_str());
            }
        }
    }
}

/// Whether both lists have keys that distinguish their items, and the kept ones stand in the same order.
fn keyed<'k>(path: &FieldPath, before: &Node, after: &Node, keys: &Keys<'k>) -> bool {
    let Some(fields) = keys(path) else { return false };
    if fields.iter().any(|field| field == ".") {
        return false;
    }
    let names =
        |node: &Node| node.items().iter().map(|item| item.key_values(fields)).collect::<Option<Vec<_>>>();
    let (Some(old), Some(new)) = (names(before), names(after)) else { return false };
    let unique =
        |names: &[Vec<String>]| names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    let kept_old: Vec<_> = old.iter().filter(|name| new.contains(name)).collect();
    let kept_new: Vec<_> = new.iter().filter(|name| old.contains(name)).collect();
    unique(&old) && unique(&new) && kept_old == kept_new && !new.is_empty()
}

fn lists<'k>(path: &FieldPath, before: &Node, after: &Node, keys: &Keys<'k>, edits: &mut Vec<Edit>) {
    let fields = keys(path).expect("because the caller saw that the list has keys");
    let name =
        |item: &Node| item.key_values(fields).expect("because the caller saw that every item has its key");
    let old: Vec<Vec<String>> = before.items().iter().map(name).collect();
    let new: Vec<Vec<String>> = after.items().iter().map(name).collect();
    for gone in old.iter().filter(|key| !new.contains(key)) {
        edits.push(Edit::Remove { path: path.then(Step::Item(gone.clone())) });
    }
    for (at, item) in after.items().iter().enumerate() {
        match old.iter().position(|key| *key == new[at]) {
            Some(place) => {
                compare(&path.then(Step::Item(new[at].clone())), &before.items()[place], item, keys, edits)
            }
            // All items before it stand in place already.
            None => edits.push(Edit::InsertItem { path: path.clone(), item: item.clone(), at: Some(at) }),
        }
    }
}
