//! A record's tree as a list of its parts, each with its path and shape: what the checks look through.

use crate::model::{ByteSpan, Document, FieldPath, Node, NodeValue, Step};
use crate::schema::{FieldPattern, Shape};
use std::collections::HashSet;

/// One part of a record.
pub(super) struct Visit<'d> {
    /// Where it stands. Items of keyed lists are named by their key where it is there once, else by position.
    pub path: FieldPath,
    /// What stands there.
    pub node: &'d Node,
    /// The bytes of its key, for an entry of a mapping.
    pub key_span: Option<ByteSpan>,
    /// What the schema says about it.
    pub shape: Option<&'d Shape>,
    /// The position of the part it stands in.
    pub parent: Option<usize>,
}

/// All parts of a record, each after the one it stands in, in the order of the text.
pub(super) struct Walk<'d> {
    pub visits: Vec<Visit<'d>>,
}

impl<'d> Walk<'d> {
    pub(super) fn of(doc: &'d Document, shape: &'d Shape) -> Self {
        let mut walk = Walk { visits: Vec::new() };
        walk.visit(Visit {
            path: FieldPath::root(),
            node: &doc.root,
            key_span: None,
            shape: Some(shape),
            parent: None,
        });
        walk
    }

    fn visit(&mut self, visit: Visit<'d>) {
        let (at, node, shape) = (self.visits.len(), visit.node, visit.shape);
        let path = visit.path.clone();
        self.visits.push(visit);
        let child = |step: &Step| shape.and_then(|shape| shape.child(step));
        match &node.value {
            NodeValue::Map(entries) => {
                for entry in entries {
                    let step = Step::Key(entry.key.clone());
                    let shape = child(&step);
                    let key_span = Some(entry.key_span);
                    self.visit(Visit {
                        path: path.then(step),
                        node: &entry.value,
                        key_span,
                        shape,
                        parent: Some(at),
                    });
                }
            }
            NodeValue::List(items) => {
                for (item, step) in items.iter().zip(steps(items, shape)) {
                    let shape = child(&step);
                    self.visit(Visit {
                        path: path.then(step),
                        node: item,
                        key_span: None,
                        shape,
                        parent: Some(at),
                    });
                }
            }
            _ => {}
        }
    }

    /// The parts whose path a pattern names.
    pub(super) fn matching<'w>(&'w self, pattern: &'w FieldPattern) -> impl Iterator<Item = &'w Visit<'d>> {
        self.visits.iter().filter(|visit| pattern.matches(&visit.path))
    }

    /// The part at a path.
    pub(super) fn at(&self, path: &FieldPath) -> Option<&Visit<'d>> {
        self.visits.iter().find(|visit| visit.path == *path)
    }

    /// The part at the route of a JSON pointer.
    pub(super) fn at_pointer(&self, pointer: &[String]) -> Option<&Visit<'d>> {
        let mut at = 0;
        for segment in pointer {
            let node = self.visits[at].node;
            let wanted: *const Node = match &node.value {
                NodeValue::Map(_) => node.get(segment)?,
                NodeValue::List(items) => items.get(segment.parse::<usize>().ok()?)?,
                _ => return None,
            };
            at = (at + 1..self.visits.len()).find(|next| std::ptr::eq(self.visits[*next].node, wanted))?;
        }
        self.visits.get(at)
    }

    /// The part that another stands in.
    pub(super) fn parent(&self, visit: &Visit<'d>) -> Option<&Visit<'d>> {
        visit.parent.map(|at| &self.visits[at])
    }
}

/// The last steps of the paths of a list's items: by key where it is there once, else by position.
pub(super) fn steps(items: &[Node], shape: Option<&Shape>) -> Vec<Step> {
    let by_position = || (0..items.len()).map(Step::Index).collect();
    let Some(fields) = shape.and_then(|shape| shape.key.as_deref()) else { return by_position() };
    let mut seen = HashSet::new();
    items
        .iter()
        .enumerate()
        .map(|(at, item)| match item.key_values(fields) {
            Some(key) if seen.insert(key.clone()) => Step::Item(key),
            _ => Step::Index(at),
        })
        .collect()
}
