//! Two trees and the keys of their lists → the structural differences, and back.
//!
//! Owns structure only. Must not see git, dates or rules.
//!
//! Mappings are compared key by key down to leaves; keyed lists item by item, an item that is new or gone
//! being one difference. Lists of differing short scalars without a key are sets, whose members are named by
//! their values. All other lists without a key are sequences: see [`sequence`]. Keyed lists in which a key is
//! missing or stands twice are compared as a whole.

mod apply;
mod delta;
mod sequence;
pub use delta::Delta;
use delta::{At, push};

pub use apply::apply;

use crate::model::{Entry, FieldPath, Node, NodeValue, Step};
use crate::schema::{Op, Shape};
use foldhash::HashMap;
use std::borrow::Cow;

/// The differences from `a` to `b`, in the order of `b`'s fields with removed ones after their neighbours.
/// Keys of lists come from `shape`.
pub fn diff(a: &Node, b: &Node, shape: &Shape) -> Vec<Delta> {
    let mut out = Vec::new();
    compare(Some(a), Some(b), Some(shape), &At::default(), &mut out);
    out
}

/// As [`diff`], of two parts that stand at one path. `shape` is that of the whole.
pub fn diff_at(path: &FieldPath, (a, b): (&Node, &Node), shape: &Shape) -> Vec<Delta> {
    let mut out = Vec::new();
    let at = At { path: path.clone(), before: None };
    compare(Some(a), Some(b), shape.at(path), &at, &mut out);
    out
}

/// Whether two trees say the same: as [`Node::same_value`], but the order of a keyed list does not count.
pub fn same(a: &Node, b: &Node, shape: &Shape) -> bool {
    diff(a, b, shape).is_empty()
}

fn compare(a: Option<&Node>, b: Option<&Node>, shape: Option<&Shape>, path: &At, out: &mut Vec<Delta>) {
    if unchanged(a, b) {
        return;
    }
    let is_map = |n: Option<&Node>| n.is_none_or(|n| matches!(n.value, NodeValue::Map(_)));
    let any_map = [a, b].into_iter().flatten().any(|n| matches!(n.value, NodeValue::Map(_)));
    if let Some(fields) = shape.and_then(|s| s.key.as_deref())
        && let (Some(left), Some(right)) = (keyed(a, fields), keyed(b, fields))
        && let (Some(old), Some(new)) = (by_key(&left), by_key(&right))
        && (a.is_some() || b.is_some())
    {
        let sides = (
            KeyedSide { list: a, items: &left, by_key: old },
            KeyedSide { list: b, items: &right, by_key: new },
        );
        return compare_keyed(sides, shape, path, out);
    }
    if any_map && is_map(a) && is_map(b) {
        return compare_maps(a, b, shape, path, out);
    }
    if let (Some(old), Some(new)) = (a, b)
        && let (NodeValue::List(left), NodeValue::List(right)) = (&old.value, &new.value)
        && !left.is_empty()
        && !right.is_empty()
        && shape.is_none_or(|s| s.key.is_none())
    {
        return match (sequence::members(old), sequence::members(new)) {
            (Some(was), Some(is)) => sequence::compare_members(&was, &is, path, out),
            _ => {
                let items = shape.and_then(|s| s.items.as_deref());
                sequence::compare(left, right, path, out, &|a, b, at, out| {
                    compare(Some(a), Some(b), items, at, out);
                })
            }
        };
    }
    match (a, b) {
        (Some(a), Some(b)) => push(out, path, Op::Changed, Some(a), Some(b)),
        (Some(a), None) => push(out, path, Op::Removed, Some(a), None),
        (None, Some(b)) => push(out, path, Op::Added, None, Some(b)),
        (None, None) => {}
    }
}

/// Whether two values are there and the same: most parts of two editions are, and need no closer look.
fn unchanged(a: Option<&Node>, b: Option<&Node>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.same_value(b))
}

fn compare_maps(a: Option<&Node>, b: Option<&Node>, shape: Option<&Shape>, path: &At, out: &mut Vec<Delta>) {
    let (left, right) = (a.map_or(&[][..], Node::entries), b.map_or(&[][..], Node::entries));
    // A mapping that stands there empty is a value of its own; one that loses its last key is not.
    if right.is_empty() && b.is_some() && (a.is_none() || !left.is_empty()) {
        push(out, path, if a.is_some() { Op::Changed } else { Op::Added }, a, b);
        return;
    }
    if left.is_empty() && a.is_some() && b.is_none() {
        push(out, path, Op::Removed, a, None);
        return;
    }
    let child_shape = |key: &str| shape.and_then(|s| s.field(key));
    let mut old_ones = InOrder::new(left);
    for entry in right {
        let old = old_ones.get(&entry.key);
        if !unchanged(old, Some(&entry.value)) {
            compare(old, Some(&entry.value), child_shape(&entry.key), &path.key(&entry.key), out);
        }
    }
    let mut new_ones = InOrder::new(right);
    for entry in left {
        if new_ones.get(&entry.key).is_none() {
            compare(Some(&entry.value), None, child_shape(&entry.key), &path.key(&entry.key), out);
        }
    }
}

/// Finds a mapping's entries, quickest where they are asked for in their own order: as neighbouring editions
/// have them.
struct InOrder<'a> {
    entries: &'a [Entry],
    next: usize,
    by_key: Option<HashMap<&'a str, usize>>,
}

impl<'a> InOrder<'a> {
    fn new(entries: &'a [Entry]) -> Self {
        InOrder { entries, next: 0, by_key: None }
    }

    fn get(&mut self, key: &str) -> Option<&'a Node> {
        let at = match self.entries.get(self.next) {
            Some(entry) if entry.key == key => self.next,
            _ => {
                let index =
                    || self.entries.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
                *self.by_key.get_or_insert_with(index).get(key)?
            }
        };
        self.next = at + 1;
        Some(&self.entries[at].value)
    }
}

/// The values of an item's key fields.
pub(super) type Key<'a> = Vec<Cow<'a, str>>;

type Keyed<'a> = Vec<(Key<'a>, &'a Node)>;

/// Whether a value stands for a list that was emptied: nothing, an empty mapping or an empty text.
fn is_void(node: &Node) -> bool {
    match &node.value {
        NodeValue::Null => true,
        NodeValue::Map(entries) => entries.is_empty(),
        NodeValue::Text(text) => text.is_empty(),
        _ => false,
    }
}

/// The items of a list with their keys; `None` if this is no list, or a key is missing. A list that is not
/// there, or in whose place a void value stands, has no items.
fn keyed<'a>(list: Option<&'a Node>, fields: &[String]) -> Option<Keyed<'a>> {
    let Some(list) = list.filter(|list| !is_void(list)) else { return Some(Vec::new()) };
    let NodeValue::List(items) = &list.value else { return None };
    let key = |item: &'a Node| fields.iter().map(|field| item.key_text(field)).collect::<Option<Key<'a>>>();
    items.iter().map(|item| Some((key(item)?, item))).collect()
}

/// Items by key; `None` if a key stands twice.
fn by_key<'k, 'a>(items: &'k Keyed<'a>) -> Option<HashMap<&'k Key<'a>, &'a Node>> {
    let by_key: HashMap<&Key<'a>, &Node> = items.iter().map(|(key, item)| (key, *item)).collect();
    (by_key.len() == items.len()).then_some(by_key)
}

/// One of two lists that are compared by the keys of their items.
struct KeyedSide<'k, 'a> {
    list: Option<&'a Node>,
    items: &'k Keyed<'a>,
    by_key: HashMap<&'k Key<'a>, &'a Node>,
}

fn item_path(path: &At, key: &Key<'_>) -> At {
    path.then(Step::Item(key.iter().map(|value| value.clone().into_owned()).collect()))
}

fn compare_keyed(
    (left, right): (KeyedSide<'_, '_>, KeyedSide<'_, '_>),
    shape: Option<&Shape>,
    path: &At,
    out: &mut Vec<Delta>,
) {
    let item_shape = shape.and_then(|s| s.items.as_deref());
    for (key, item) in right.items {
        match left.by_key.get(key).copied() {
            Some(old) if old.same_value(item) => {}
            Some(old) if matches!(item.value, NodeValue::Map(_)) => {
                compare(Some(old), Some(item), item_shape, &item_path(path, key), out);
            }
            // In a set, `1` and `"1"` have one key and are two values.
            Some(old) => push(out, &item_path(path, key), Op::Changed, Some(old), Some(item)),
            None => push(out, &item_path(path, key), Op::Added, None, Some(item)),
        }
    }
    for (key, item) in left.items.iter().filter(|(key, _)| !right.by_key.contains_key(key)) {
        push(out, &item_path(path, key), Op::Removed, Some(item), None);
    }
    let (a, b, left, right) = (left.list, right.list, left.items, right.items);
    // As with mappings: an empty list that stands there is said, one that merely lost its items is not.
    if right.is_empty() && b.is_some() && (a.is_none() || !left.is_empty()) {
        push(out, path, Op::Added, None, b);
    }
    if left.is_empty() && a.is_some() && b.is_none() {
        push(out, path, Op::Removed, a, None);
    }
    // `null` in the place of `[]`, and the like.
    if left.is_empty() && right.is_empty() && a.is_some() && b.is_some() {
        push(out, path, Op::Changed, a, b);
    }
}
