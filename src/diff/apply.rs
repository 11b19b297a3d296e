//! Differences back onto the tree they were taken from.

use super::Delta;
use crate::model::{ByteSpan, Entry, FieldPath, Node, NodeValue, Step};
use crate::schema::{Op, Shape};

/// `apply(diff(a, b), a)` says the same as `b` (see [`super::same`]). Differences that do not fit `a` leave it as it is.
pub fn apply(deltas: &[Delta], a: &Node, shape: &Shape) -> Node {
    let mut tree = a.clone();
    for delta in deltas {
        match (&delta.after, delta.op) {
            (Some(after), _) => set(&mut tree, &delta.path.0, after, Some(shape)),
            (None, Op::Removed) => {
                remove(&mut tree, &delta.path, Some(shape));
            }
            (None, _) => {}
        }
    }
    tree
}

fn blank(value: NodeValue) -> Node {
    Node { value, span: ByteSpan::default() }
}

fn set(node: &mut Node, steps: &[Step], value: &Node, shape: Option<&Shape>) {
    let Some((step, rest)) = steps.split_first() else {
        *node = value.clone();
        return;
    };
    let child_shape = shape.and_then(|s| s.child(step));
    match step {
        Step::Key(key) => {
            if !matches!(node.value, NodeValue::Map(_)) {
                node.value = NodeValue::Map(Vec::new());
            }
            let NodeValue::Map(entries) = &mut node.value else { return };
            if !entries.iter().any(|e| &e.key == key) {
                let child = blank(if rest.is_empty() { NodeValue::Null } else { NodeValue::Map(Vec::new()) });
                entries.push(Entry { key: key.clone(), key_span: ByteSpan::default(), value: child });
            }
            if let Some(entry) = entries.iter_mut().find(|e| &e.key == key) {
                set(&mut entry.value, rest, value, child_shape);
            }
        }
        Step::Item(_) | Step::Index(_) => {
            if !matches!(node.value, NodeValue::List(_)) {
                node.value = NodeValue::List(Vec::new());
            }
            let at = position(node, step, shape);
            let NodeValue::List(items) = &mut node.value else { return };
            match at {
                Some(at) => set(&mut items[at], rest, value, child_shape),
                None if rest.is_empty() => items.push(value.clone()),
                None => {}
            }
        }
    }
}

fn position(list: &Node, step: &Step, shape: Option<&Shape>) -> Option<usize> {
    match step {
        Step::Index(at) => (*at < list.items().len()).then_some(*at),
        Step::Item(key) => {
            let fields = shape?.key.as_deref()?;
            list.items().iter().position(|item| item.key_values(fields).as_ref() == Some(key))
        }
        Step::Key(_) => None,
    }
}

/// Removes what stands at the path, and the mappings and lists that it leaves empty. Returns whether `node` itself is left empty.
fn remove(node: &mut Node, path: &FieldPath, shape: Option<&Shape>) -> bool {
    remove_steps(node, &path.0, shape)
}

fn remove_steps(node: &mut Node, steps: &[Step], shape: Option<&Shape>) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    let child_shape = shape.and_then(|s| s.child(step));
    let at = position(node, step, shape);
    match (&mut node.value, step) {
        (NodeValue::Map(entries), Step::Key(key)) => {
            let Some(at) = entries.iter().position(|e| &e.key == key) else { return false };
            if remove_steps(&mut entries[at].value, rest, child_shape) {
                entries.remove(at);
            }
            entries.is_empty()
        }
        (NodeValue::List(items), _) => {
            let Some(at) = at else { return false };
            if remove_steps(&mut items[at], rest, child_shape) {
                items.remove(at);
            }
            items.is_empty()
        }
        _ => false,
    }
}
