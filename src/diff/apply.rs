//! Differences back onto the tree they were taken from.

use super::Delta;
use crate::model::{ByteSpan, Entry, Node, NodeValue, Step};
use crate::schema::{Op, Shape};

/// `apply(diff(a, b), a)` says the same as `b` (see [`super::same`]). Differences that do not fit `a` leave
/// it as it is.
pub fn apply(deltas: &[Delta], a: &Node, shape: &Shape) -> Node {
    let mut tree = a.clone();
    let mut ordered: Vec<&Delta> = deltas.iter().collect();
    ordered.sort_by_key(|delta| turn(delta));
    for delta in ordered {
        match (&delta.after, delta.op) {
            (Some(after), Op::Added) if matches!(delta.path.0.last(), Some(Step::Index(_))) => {
                insert(&mut tree, &delta.path.0, after, Some(shape));
            }
            (Some(after), _) => set(&mut tree, &delta.path.0, after, Some(shape)),
            (None, Op::Removed) if matches!(delta.path.0.last(), Some(Step::Gone(_))) => {
                take_out(&mut tree, &delta.path.0, Some(shape))
            }
            (None, Op::Removed) => {
                remove(&mut tree, &delta.path.0, Some(shape));
            }
            (None, _) => {}
        }
    }
    tree
}

/// When a difference is applied. Positions count in the later list, so of a sequence first what is gone goes,
/// the last first, then what is new comes, the first first; only then do positions lead to what lies below.
fn turn(delta: &Delta) -> (usize, u8, usize) {
    let positions = delta.path.0.iter().filter(|step| matches!(step, Step::Index(_) | Step::Gone(_))).count();
    match (delta.path.0.last(), delta.op) {
        (Some(Step::Gone(at)), _) => (positions, 0, usize::MAX - at),
        (Some(Step::Index(at)), Op::Added) => (positions, 1, *at),
        _ => (positions, 2, 0),
    }
}

fn blank(value: NodeValue) -> Node {
    Node { value, span: ByteSpan::default() }
}

/// Puts a new item into a list without a key.
fn insert(node: &mut Node, steps: &[Step], value: &Node, shape: Option<&Shape>) {
    let Some((Step::Index(at), list)) = steps.split_last() else { return };
    let Some(found) = find(node, list, shape) else { return set(node, steps, value, shape) };
    if let NodeValue::List(items) = &mut found.value {
        items.insert((*at).min(items.len()), value.clone());
    } else {
        found.value = NodeValue::List(vec![value.clone()]);
    }
}

/// Takes an item out of a list without a key, which has other items in the later tree and so stays.
fn take_out(node: &mut Node, steps: &[Step], shape: Option<&Shape>) {
    let Some((Step::Gone(at), list)) = steps.split_last() else { return };
    if let Some(Node { value: NodeValue::List(items), .. }) = find(node, list, shape)
        && *at < items.len()
    {
        items.remove(*at);
    }
}

fn find<'n>(node: &'n mut Node, steps: &[Step], shape: Option<&Shape>) -> Option<&'n mut Node> {
    let Some((step, rest)) = steps.split_first() else { return Some(node) };
    let child_shape = shape.and_then(|s| s.child(step));
    let at = position(node, step, shape);
    match (&mut node.value, step) {
        (NodeValue::Map(entries), Step::Key(key)) => {
            find(&mut entries.iter_mut().find(|e| &e.key == key)?.value, rest, child_shape)
        }
        (NodeValue::List(items), _) => find(&mut items[at?], rest, child_shape),
        _ => None,
    }
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
        _ => {
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
        Step::Index(at) | Step::Gone(at) => (*at < list.items().len()).then_some(*at),
        Step::Member(value) => {
            list.items().iter().position(|item| item.scalar_str().is_some_and(|text| text == **value))
        }
        Step::Item(key) => {
            let fields = shape?.key.as_deref()?;
            list.items().iter().position(|item| item.key_values(fields).as_ref() == Some(key))
        }
        Step::Key(_) => None,
    }
}

/// Removes what stands at the path, and the mappings and lists that it leaves empty. Returns whether `node`
/// itself is left empty.
fn remove(node: &mut Node, steps: &[Step], shape: Option<&Shape>) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    let child_shape = shape.and_then(|s| s.child(step));
    let at = position(node, step, shape);
    match (&mut node.value, step) {
        (NodeValue::Map(entries), Step::Key(key)) => {
            let Some(at) = entries.iter().position(|e| &e.key == key) else { return false };
            if remove(&mut entries[at].value, rest, child_shape) {
                entries.remove(at);
            }
            entries.is_empty()
        }
        (NodeValue::List(items), _) => {
            let Some(at) = at else { return false };
            if remove(&mut items[at], rest, child_shape) {
                items.remove(at);
            }
            items.is_empty()
        }
        _ => false,
    }
}
