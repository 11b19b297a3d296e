//! What editions state: every scalar, and every empty list or mapping, from the edition that first has it to
//! the one that does not.

use super::cell::{Cell, ExportRow};
use super::context::RecordExport;
use super::stages::{EditionStage, StandingRow};
use crate::diff::Delta;
use crate::model::{FieldPath, Node, NodeValue, PartialDate, Step};
use crate::report::ReadEdition;
use crate::rules::{Subject, natures};
use crate::schema::{Op, Shape};
use std::collections::HashMap;

/// Where `superseded_by`, `held_until` and the closing commit stand in a row.
const PLACES: (usize, usize, Option<usize>) = (7, 9, Some(14));

/// The statements of a record's editions, which are added one after another.
pub(super) struct Statements<'s> {
    export: &'s RecordExport<'s>,
    subject: &'s Subject<'s>,
    all: Vec<StandingRow>,
    open: HashMap<FieldPath, OpenFact>,
    /// How many editions were added.
    count: usize,
}

/// A statement that stands.
struct OpenFact {
    at: usize,
    value: Option<String>,
    kind: &'static str,
    /// The number of the last edition that has it.
    last: usize,
}

/// A value and where it stands.
pub(super) struct Leaf<'n> {
    pub node: &'n Node,
    pub kind: &'static str,
}

impl<'s> Statements<'s> {
    pub fn new(export: &'s RecordExport<'s>, subject: &'s Subject<'s>) -> Self {
        Statements { export, subject, all: Vec::new(), open: HashMap::new(), count: 0 }
    }

    /// Adds the next edition.
    pub fn add(&mut self, stage: &EditionStage<'_>, page: &ReadEdition) {
        self.count += 1;
        let shape = &self.subject.kind.shape;
        let mut path = FieldPath::root();
        let mut found = Vec::new();
        leaves(&page.document.root, &mut path, Some(shape), &mut |path, leaf| {
            let value = leaf.node.scalar_str();
            match self.open.get_mut(path) {
                Some(open) if open.kind == leaf.kind && open.value.as_deref() == value.as_deref() => {
                    open.last = self.count;
                }
                _ if (self.export.wanted.field)(path) => found.push((path.clone(), leaf)),
                _ => {}
            }
        });
        let (count, all) = (self.count, &mut self.all);
        let mut gone: Vec<usize> = Vec::new();
        self.open.retain(|_, open| {
            let stands = open.last == count;
            gone.extend((!stands).then_some(open.at));
            stands
        });
        gone.into_iter().for_each(|at| all[at].close(stage));
        for (path, leaf) in found {
            let value = leaf.node.scalar_text();
            let row = self.row(stage, page, &path, &leaf);
            let open = OpenFact { at: self.all.len(), value, kind: leaf.kind, last: count };
            self.all.push(StandingRow::new(row, PLACES));
            self.open.insert(path, open);
        }
    }

    /// All rows, in the order in which editions brought them.
    pub fn rows(self) -> Vec<ExportRow> {
        self.all.into_iter().map(|standing| standing.row).collect()
    }

    fn row(
        &self,
        stage: &EditionStage<'_>,
        page: &ReadEdition,
        path: &FieldPath,
        leaf: &Leaf<'_>,
    ) -> ExportRow {
        let (export, subject) = (self.export, self.subject);
        let document = &page.document;
        let delta = Delta {
            path: path.clone(),
            from_path: None,
            op: Op::Added,
            before: None,
            after: Some(leaf.node.clone()),
        };
        let when = natures::when(&delta, None, (document, document), subject.kind, export.engine.reference());
        let [valid_on, valid_from, valid_until] = match &when {
            Some(when) => [
                Cell::text(when.date.as_str()),
                Cell::Day(when.range.start.date()),
                Cell::Day(when.range.end.date()),
            ],
            None => [Cell::Null, Cell::Null, Cell::Null],
        };
        let edition = stage.edition;
        vec![
            Cell::text(subject.id.0.clone()),
            Cell::text(path.to_string()),
            Cell::text(path.pattern()),
            Cell::from(item_key(path)),
            Cell::from(leaf.node.scalar_text()),
            Cell::text(leaf.kind),
            Cell::text(edition.date.as_str()),
            Cell::Null,
            Cell::Day(stage.held_from),
            Cell::Null,
            valid_on,
            valid_from,
            valid_until,
            Cell::commit(&edition.revision.commit),
            Cell::Null,
            Cell::names(&export.engine.cited(subject, page.edited(), path)),
        ]
    }
}

/// The key, value or place of the innermost list item that a path passes through.
pub(super) fn item_key(path: &FieldPath) -> Option<String> {
    path.0.iter().rev().find_map(|step| match step {
        Step::Key(_) => None,
        Step::Item(values) => Some(values.join(",")),
        Step::Member(value) => Some(value.clone()),
        Step::Index(at) | Step::Gone(at) => Some(at.to_string()),
    })
}

/// Calls `f` with every scalar and every empty list or mapping below a node, and its path. No two have the
/// same path.
pub(super) fn leaves<'n>(
    node: &'n Node,
    path: &mut FieldPath,
    shape: Option<&Shape>,
    f: &mut impl FnMut(&FieldPath, Leaf<'n>),
) {
    let mut below = |step: Step, node: &'n Node, f: &mut _| {
        let shape = shape.and_then(|shape| shape.child(&step));
        path.0.push(step);
        leaves(node, path, shape, f);
        path.0.pop();
    };
    match &node.value {
        NodeValue::Map(entries) if !entries.is_empty() => {
            entries.iter().for_each(|entry| below(Step::Key(entry.key.clone()), &entry.value, f));
        }
        NodeValue::List(items) if !items.is_empty() => {
            let steps = item_steps(node, items, shape);
            steps.into_iter().zip(items).for_each(|(step, item)| below(step, item, f));
        }
        _ => f(path, Leaf { node, kind: kind_of(node, shape) }),
    }
}

/// How the items of a list are named: by key, by value or by place.
fn item_steps(list: &Node, items: &[Node], shape: Option<&Shape>) -> Vec<Step> {
    let by_key = |fields: &[String]| {
        let keys: Option<Vec<Vec<String>>> = items.iter().map(|item| item.key_values(fields)).collect();
        let keys = keys?;
        let mut seen = std::collections::HashSet::new();
        keys.iter().all(|key| seen.insert(key)).then(|| keys.iter().cloned().map(Step::Item).collect())
    };
    if let Some(steps) = shape.and_then(|shape| shape.key.as_deref()).and_then(by_key) {
        return steps;
    }
    if shape.is_none_or(|shape| shape.key.is_none()) && list.is_set() {
        return items.iter().map(|item| Step::Member(item.scalar_text().unwrap_or_default())).collect();
    }
    (0..items.len()).map(Step::Index).collect()
}

fn kind_of(node: &Node, shape: Option<&Shape>) -> &'static str {
    match &node.value {
        NodeValue::Null => "null",
        NodeValue::Bool(_) => "boolean",
        NodeValue::Int(_) => "integer",
        NodeValue::Float(_) | NodeValue::Decimal(_) => "decimal",
        NodeValue::Text(text) => {
            match shape.is_some_and(Shape::is_date) && text.parse::<PartialDate>().is_ok() {
                true => "date",
                false => "text",
            }
        }
        NodeValue::List(_) => "list",
        NodeValue::Map(_) => "mapping",
    }
}
