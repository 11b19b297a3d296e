//! Names that must exist elsewhere: sources of the record, occasions of the calendars, rows of tables; and keys that must be unique.

use super::words::{did_you_mean, nearest, or_list, shown};
use super::{Record, first_line};
use crate::model::{Finding, Node, Step};
use crate::schema::CheckRule;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Parameters of `in-table`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InTable {
    /// The field of the record.
    field: String,
    /// The table that must have a row of that name.
    table: String,
}

pub(super) fn run(record: &Record<'_>, out: &mut Vec<Finding>) {
    named_entries(record, out);
    occasions(record, out);
    repeated_keys(record, out);
}

/// Texts that name an entry of the record (`x-ref`), both ways: every name has its entry, every entry its use.
fn named_entries(record: &Record<'_>, out: &mut Vec<Finding>) {
    let mut targets: HashMap<&str, HashSet<&str>> = HashMap::new();
    collect_targets(&record.kind.shape, &mut targets, 0);
    for visit in &record.walk.visits {
        let Some(target) = visit.shape.and_then(|shape| shape.reference.as_deref()) else { continue };
        let Some(name) = visit.node.text() else { continue };
        let (used, node) = (targets.entry(target).or_default(), record.doc.root.at_keys(target.split('.')));
        used.insert(name);
        if node.is_some_and(|node| node.get(name).is_some()) {
            continue;
        }
        let known: Vec<&str> =
            node.map_or(&[][..], Node::entries).iter().map(|entry| entry.key.as_str()).collect();
        let near = nearest(name, known.iter().copied());
        let message = format!("`{}` is not listed under `{target}`", shown(name));
        let found = record.file.by_id(
            "unknown-reference",
            Some(visit.node.span),
            Some(&visit.path),
            json!([name]),
            message,
        );
        out.extend(found.map(|mut found| {
            found.help = did_you_mean(near)
                .or_else(|| Some(format!("add `{}:` under `{target}`, or cite another", shown(name))));
            found.fix =
                near.map(|near| record.file.fix(format!("write `{near}`"), false, visit.node.span, near));
            found
        }));
    }
    for (target, used) in targets {
        for entry in record.doc.root.at_keys(target.split('.')).map_or(&[][..], Node::entries) {
            if used.contains(entry.key.as_str()) {
                continue;
            }
            let path = target
                .split('.')
                .fold(crate::model::FieldPath::root(), |path, key| path.key(key))
                .key(&entry.key);
            let message = format!("nothing in the record refers to `{}`", shown(&entry.key));
            out.extend(record.file.by_id(
                "unused-reference",
                Some(entry.key_span),
                Some(&path),
                Value::Null,
                message,
            ));
        }
    }
}

fn collect_targets<'s>(
    shape: &'s crate::schema::Shape,
    targets: &mut HashMap<&'s str, HashSet<&str>>,
    depth: usize,
) {
    if depth > 24 {
        return;
    }
    if let Some(target) = &shape.reference {
        targets.entry(target).or_default();
    }
    let children = shape.properties.values().chain(shape.additional.as_deref()).chain(shape.items.as_deref());
    children.for_each(|child| collect_targets(child, targets, depth + 1));
}

/// Texts that name an occasion (`x-occasion`).
fn occasions(record: &Record<'_>, out: &mut Vec<Finding>) {
    let reference = record.file.checker.reference;
    for visit in &record.walk.visits {
        let Some(calendars) = visit.shape.map(|shape| &shape.occasion).filter(|names| !names.is_empty())
        else {
            continue;
        };
        let Some(id) = visit.node.scalar_text() else { continue };
        let known: Vec<_> = calendars.iter().filter_map(|name| reference.calendars.get(name)).collect();
        // A calendar that could not be read is reported as such; that it lacks an entry is not known.
        if known.len() < calendars.len()
            || known.iter().any(|c| c.document.is_none())
            || known.iter().any(|c| c.get(&id).is_some())
        {
            continue;
        }
        let names = known.iter().flat_map(|calendar| calendar.occasions.iter().map(|o| o.id.as_str()));
        let near = nearest(&id, names);
        let message = format!("no calendar has an entry `{}`", shown(&id));
        let found = record.file.by_id(
            "unknown-occasion",
            Some(visit.node.span),
            Some(&visit.path),
            json!([id]),
            message,
        );
        out.extend(found.map(|mut found| {
            found.help =
                did_you_mean(near).or_else(|| Some(format!("the calendars are {}", or_list(calendars))));
            found.fix = near.map(|near| {
                record.file.fix(
                    format!("write `{near}`"),
                    false,
                    visit.node.span,
                    crate::document::scalar(near),
                )
            });
            found
        }));
    }
}

/// Two items of a list with one key (`x-key`).
fn repeated_keys(record: &Record<'_>, out: &mut Vec<Finding>) {
    for visit in &record.walk.visits {
        let Some(fields) = visit.shape.and_then(|shape| shape.key.as_deref()) else { continue };
        if fields == ["."] {
            continue;
        }
        let mut first: HashMap<Vec<String>, &Node> = HashMap::new();
        for item in visit.node.items() {
            let Some(key) = item.key_values(fields) else { continue };
            let Some(other) = first.insert(key.clone(), item) else { continue };
            let name = key.join(", ");
            let place =
                |item: &Node| fields.first().and_then(|f| item.get(f)).map_or(item.span, |node| node.span);
            let path = visit.path.then(Step::Item(key.clone()));
            let message = format!("`{}` stands in the list twice", shown(&name));
            let span = first_line(record.doc, place(item));
            out.extend(record.file.by_id("repeated-key", Some(span), Some(&path), Value::Null, message).map(
                |mut found| {
                    found.related.push(
                        record.file.related(first_line(record.doc, place(other)), "here for the first time"),
                    );
                    found
                },
            ));
        }
    }
}

/// A field whose value must name a row of a table.
pub(super) fn in_table(record: &Record<'_>, rule: &CheckRule, table: &InTable, out: &mut Vec<Finding>) {
    let root = crate::model::FieldPath::root();
    let Some((path, node)) = record.below(&root, &record.doc.root, &table.field) else { return };
    let Some(value) = node.scalar_text() else { return };
    let rows = record.file.checker.reference.tables.get(&table.table).and_then(Value::as_object);
    let Some(rows) = rows.filter(|rows| !rows.is_empty() && !rows.contains_key(&value)) else { return };
    let near = nearest(&value, rows.keys().map(String::as_str));
    let message = format!("`{}` is not in the table of {}", shown(&value), table.table);
    let mut found = record.file.finding(rule, Some(node.span), Some(&path), json!([value]), message);
    found.help = did_you_mean(near).or(found.help);
    out.push(found);
}
