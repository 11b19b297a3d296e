//! Lists without a key: sets of scalars by their members, and sequences item by item.
//!
//! A sequence is aligned by its longest runs of equal items; of what lies between two of them, items that
//! have most of their fields in common, or scalars of the same number on both sides, are one item that
//! changed, and the others are added or removed. Pairs never cross, so that a difference can be applied.

use super::delta::{At, Delta, push};
use crate::model::{FieldPath, Node, NodeValue, Step};
use crate::schema::Op;
use foldhash::{HashMap, HashSet};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::borrow::Cow;
use std::collections::VecDeque;

/// With more pairs of items than this in one gap, items are paired in their order.
const PAIRS: usize = 10_000;

/// The members of a list that is a set, by the way they are written.
pub(super) fn members(list: &Node) -> Option<Vec<(Cow<'_, str>, &Node)>> {
    list.is_set().then(|| list.items().iter().filter_map(|item| Some((item.scalar_str()?, item))).collect())
}

pub(super) fn compare_members(
    was: &[(Cow<'_, str>, &Node)],
    is: &[(Cow<'_, str>, &Node)],
    at: &At,
    out: &mut Vec<Delta>,
) {
    let old: HashMap<&str, &Node> = was.iter().map(|(text, node)| (&**text, *node)).collect();
    let new: HashSet<&str> = is.iter().map(|(text, _)| &**text).collect();
    let member = |text: &str| at.then(Step::Member(text.to_owned()));
    for (text, node) in is {
        match old.get(&**text) {
            None => push(out, &member(text), Op::Added, None, Some(node)),
            // `1` and `"1"` are written alike and are two values.
            Some(before) if !before.same_value(node) => {
                push(out, &member(text), Op::Changed, Some(before), Some(node))
            }
            Some(_) => {}
        }
    }
    for (text, node) in was.iter().filter(|(text, _)| !new.contains(&**text)) {
        push(out, &member(text), Op::Removed, Some(node), None);
    }
}

/// Compares two items of which the second is a changed form of the first.
pub(super) type CompareItems<'c> = dyn Fn(&Node, &Node, &At, &mut Vec<Delta>) + 'c;

/// Compares two lists item by item, in their order.
pub(super) fn compare(
    was: &[Node],
    is: &[Node],
    at: &At,
    out: &mut Vec<Delta>,
    compare_items: &CompareItems<'_>,
) {
    let mut numbers: HashMap<String, usize> = HashMap::default();
    let mut number = |node: &Node| {
        let next = numbers.len();
        *numbers.entry(node.canonical()).or_insert(next)
    };
    let old: Vec<usize> = was.iter().map(&mut number).collect();
    let new: Vec<usize> = is.iter().map(&mut number).collect();
    let mut gone = Vec::new();
    for op in capture_diff_slices(Algorithm::Histogram, &old, &new) {
        if let DiffOp::Equal { .. } = op {
            continue;
        }
        let (left, right) = (op.old_range(), op.new_range());
        let mut left_over: VecDeque<usize> = left.clone().collect();
        for to in right.clone() {
            let place = at.then(Step::Index(to));
            match partner(&left_over, was, &is[to], (left.len(), right.len())) {
                Some(next) => {
                    // Pairs keep the order: what stood before the partner has none any more.
                    gone.extend(left_over.drain(..next));
                    let from = left_over.pop_front().expect("because the partner is one of them");
                    let before = if from == to && at.before.is_none() {
                        None
                    } else {
                        Some(before(at).then(Step::Index(from)))
                    };
                    compare_items(&was[from], &is[to], &At { path: place.path, before }, out);
                }
                None => push(out, &At { path: place.path, before: None }, Op::Added, None, Some(&is[to])),
            }
        }
        gone.extend(left_over);
    }
    for from in gone {
        let place =
            At { path: at.path.then(Step::Gone(from)), before: Some(before(at).then(Step::Index(from))) };
        push(out, &place, Op::Removed, Some(&was[from]), None);
    }
}

fn before(at: &At) -> &FieldPath {
    at.before.as_ref().unwrap_or(&at.path)
}

/// Which of the old items left over a new one is a changed form of.
fn partner(
    left_over: &VecDeque<usize>,
    was: &[Node],
    item: &Node,
    (left, right): (usize, usize),
) -> Option<usize> {
    match &item.value {
        NodeValue::Map(_) if left * right <= PAIRS => {
            let alike = left_over.iter().enumerate().map(|(at, old)| (likeness(&was[*old], item), at));
            let best = alike.max_by_key(|(likeness, at)| (*likeness, std::cmp::Reverse(*at)))?;
            Some(best.1).filter(|_| best.0 > 0)
        }
        _ if left == right => {
            let same_sort =
                |old: &Node| std::mem::discriminant(&old.value) == std::mem::discriminant(&item.value);
            Some(0).filter(|_| left_over.front().is_some_and(|old| same_sort(&was[*old])))
        }
        _ => None,
    }
}

/// How many entries two mappings have in common; 0 if that is less than half of either.
fn likeness(old: &Node, new: &Node) -> usize {
    let (left, right) = (old.entries(), new.entries());
    let equal = right
        .iter()
        .filter(|entry| old.get(&entry.key).is_some_and(|value| value.same_value(&entry.value)))
        .count();
    if equal * 2 >= left.len().max(right.len()) { equal } else { 0 }
}
