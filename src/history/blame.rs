//! Who said each fact: the revision that first had it and the one that last changed it.
//!
//! Goes through a record's revisions in the order of their dates, amendments before what amends them. A merge
//! that brings nothing of its own is no revision and is never named.

use super::{DocumentStore, Timeline};
use crate::diff::{Delta, diff};
use crate::document::DocumentSeries;
use crate::git::GitError;
use crate::model::{FieldPath, Node, NodeValue, ObjectId, PartialDate, RepoPath, Step};
use crate::schema::{Op, Shape};
use foldhash::HashSet;
use std::collections::BTreeMap;

/// A revision that said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// The edition's date.
    pub date: PartialDate,
    /// Whether the commit gave it.
    pub by_commit: bool,
    /// The commit.
    pub commit: ObjectId,
    /// The file's path at that commit.
    pub path: RepoPath,
}

/// A fact's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactHistory {
    /// The revision in which the fact appeared: after an absence, the one in which it came back.
    pub first: Voice,
    /// The revision that gave it the value it has.
    pub last: Voice,
}

/// The history of every scalar of the edition at position `upto`, by path. Members of sets have one each;
/// items of other lists without a key share that of their list, since what moves in it is not followed.
///
/// # Errors
/// What git cannot give: a missing or corrupt object.
pub fn blame(
    timeline: &Timeline,
    upto: usize,
    store: &DocumentStore,
    shape: &Shape,
) -> Result<BTreeMap<FieldPath, FactHistory>, GitError> {
    let mut said: BTreeMap<FieldPath, FactHistory> = BTreeMap::new();
    let mut series = DocumentSeries::default();
    let mut before = Node { value: NodeValue::Map(Vec::new()), span: Default::default() };
    for edition in &timeline.editions[..=upto] {
        for revision in edition.amendments.iter().rev().chain([&edition.revision]) {
            let document = store.edition_in(&mut series, revision)?;
            let voice = Voice {
                date: edition.date.clone(),
                by_commit: edition.by_commit,
                commit: revision.commit,
                path: revision.path.clone(),
            };
            // What differs in a sequence is recorded of all of it, once.
            let mut sequences: HashSet<FieldPath> = HashSet::default();
            for delta in diff(&before, &document.root, shape) {
                match sequence_around(&delta.path) {
                    None => record(&mut said, &delta, &voice, shape),
                    Some(path) if sequences.contains(&path) => {}
                    Some(path) => {
                        let whole = whole_sequence(path.clone(), &document.root, shape);
                        record(&mut said, &whole, &voice, shape);
                        sequences.insert(path);
                    }
                }
            }
            before = document.root.clone();
        }
    }
    Ok(said)
}

/// The sequence that a path leads into.
fn sequence_around(path: &FieldPath) -> Option<FieldPath> {
    let at = path.0.iter().position(|step| matches!(step, Step::Index(_) | Step::Gone(_)))?;
    Some(FieldPath(path.0[..at].to_vec()))
}

/// The differences inside a sequence, as one of the sequence.
fn whole_sequence(path: FieldPath, root: &Node, shape: &Shape) -> Delta {
    let after = root.at(&path, &|path| shape.key_at(path)).cloned();
    Delta { path, from_path: None, op: Op::Changed, before: None, after }
}

fn record(said: &mut BTreeMap<FieldPath, FactHistory>, delta: &Delta, voice: &Voice, shape: &Shape) {
    // What lies below a path sorts right behind it.
    let below = said.range(delta.path.clone()..).take_while(|(path, _)| delta.path.contains(path));
    let gone: Vec<FieldPath> = below.map(|(path, _)| path.clone()).collect();
    let known = said.get(&delta.path).map(|s| s.first.clone());
    for path in gone {
        said.remove(&path);
    }
    let Some(after) = &delta.after else { return };
    let first = if delta.op == Op::Changed { known.unwrap_or_else(|| voice.clone()) } else { voice.clone() };
    leaves(after, &delta.path, shape.at(&delta.path), &mut |path| {
        let first = if path == delta.path { first.clone() } else { voice.clone() };
        said.insert(path, FactHistory { first, last: voice.clone() });
    });
}

/// Calls `f` with the path of every scalar below a node, and of every list without a key as a whole.
pub fn leaves(node: &Node, path: &FieldPath, shape: Option<&Shape>, f: &mut impl FnMut(FieldPath)) {
    let key = shape.and_then(|s| s.key.as_deref());
    match (&node.value, key) {
        (NodeValue::Map(entries), _) if !entries.is_empty() => {
            for entry in entries {
                let step = Step::Key(entry.key.clone());
                leaves(&entry.value, &path.then(step.clone()), shape.and_then(|s| s.child(&step)), f);
            }
        }
        (NodeValue::List(items), Some(fields))
            if !items.is_empty() && items.iter().all(|i| i.key_values(fields).is_some()) =>
        {
            for item in items {
                let step = Step::Item(item.key_values(fields).unwrap_or_default());
                leaves(item, &path.then(step.clone()), shape.and_then(|s| s.child(&step)), f);
            }
        }
        (NodeValue::List(items), None) if node.is_set() => {
            items.iter().filter_map(Node::scalar_text).for_each(|text| f(path.then(Step::Member(text))));
        }
        _ => f(path.clone()),
    }
}
