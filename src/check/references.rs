//! Names that must exist elsewhere: sources of the record, occasions of the calendars, rows of tables; and
//! keys that must be unique.

use super::occasions::InCalendar;
use super::walk::Visit;
use super::words::{all_nearest, did_you_mean, is_exchange, nearest, or_list, shown};
use super::{Record, first_line};
use crate::dataset::Occasion;
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

pub(super) fn run(record: &Record<'_>, limits: &[&InCalendar], out: &mut Vec<Finding>) {
    named_entries(record, out);
    occasions(record, limits, out);
    repeated_keys(record, out);
}

/// How many findings of a file get a suggestion: each takes time for all names that are known.
const MOST_SUGGESTIONS: usize = 100;

/// Texts that name an entry of the record (`x-ref`), both ways: every name has its entry, every entry its
/// use.
fn named_entries(record: &Record<'_>, out: &mut Vec<Finding>) {
    let mut targets: HashMap<&str, HashSet<&str>> = HashMap::new();
    collect_targets(&record.kind.shape, &mut targets, 0);
    let mut entries: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut suggestions = MOST_SUGGESTIONS;
    for visit in &record.walk.visits {
        let Some(target) = visit.shape.and_then(|shape| shape.reference.as_deref()) else { continue };
        let Some(name) = visit.node.text() else { continue };
        targets.entry(target).or_default().insert(name);
        let known = entries.entry(target).or_insert_with(|| {
            let node = record.doc.root.at_keys(target.split('.'));
            node.map_or(&[][..], Node::entries).iter().map(|entry| entry.key.as_str()).collect()
        });
        if known.contains(name) {
            continue;
        }
        let near = nearest(name, known.iter().copied().filter(|_| suggestions > 0));
        suggestions = suggestions.saturating_sub(1);
        let message = format!("`{}` is not listed under `{target}`", shown(name));
        let found = record.file.by_id(
            "unknown-reference",
            (Some(visit.node.span), Some(&visit.path)),
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
                (Some(entry.key_span), Some(&path)),
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
fn occasions(record: &Record<'_>, limits: &[&InCalendar], out: &mut Vec<Finding>) {
    let reference = record.file.basis.reference;
    let mut suggestions = MOST_SUGGESTIONS;
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
        let near = match suggestions {
            0 => Vec::new(),
            _ => all_nearest(&id, possible(record, limits, visit, calendars)),
        };
        suggestions = suggestions.saturating_sub(1);
        let message = format!("no calendar has an entry `{}`", shown(&id));
        let found = record.file.by_id(
            "unknown-occasion",
            (Some(visit.node.span), Some(&visit.path)),
            json!([id]),
            message,
        );
        out.extend(found.map(|mut found| {
            found.help = Some(match near.as_slice() {
                [] => format!("the calendars are {}", or_list(&open_to(limits, visit, calendars))),
                near => format!("did you mean {}?", or_list(&near[..near.len().min(MOST_NEAR)])),
            });
            let only = near.first().filter(|_| near.len() == 1);
            found.fix = only.map(|near| {
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

/// How many names are suggested that are equally near.
const MOST_NEAR: usize = 3;

/// The calendars that the rules leave open to a part of a record.
fn open_to<'c>(limits: &[&InCalendar], visit: &Visit<'_>, calendars: &'c [String]) -> Vec<&'c str> {
    let limits = limits.iter().filter(|limit| limit.is_about(&visit.path));
    let open = |name: &&String| limits.clone().all(|limit| limit.allows(name));
    calendars.iter().filter(open).map(String::as_str).collect()
}

/// The occasions that a part of a record could name: of a calendar for this record, not after its date, open
/// to its subject, and not named by a neighbour.
fn possible<'r>(
    record: &Record<'r>,
    limits: &[&InCalendar],
    visit: &Visit<'_>,
    calendars: &[String],
) -> Vec<&'r str> {
    let reference = record.file.basis.reference;
    let own = record.date().map(|date| date.range());
    let key = match visit.path.0.last() {
        Some(Step::Key(key)) => key.as_str(),
        _ => "",
    };
    let list = record.walk.parent(visit).and_then(|entry| record.walk.parent(entry));
    let named: HashSet<String> = list
        .map_or(&[][..], |list| list.node.items())
        .iter()
        .filter_map(|item| item.get(key)?.scalar_text())
        .collect();
    let fits = |occasion: &&Occasion| {
        own.is_none_or(|own| occasion.range.start <= own.end)
            && record.identity.is_none_or(|identity| occasion.admits(identity))
            && !named.contains(&occasion.id)
    };
    let open = open_to(limits, visit, calendars).into_iter();
    let occasions = open.filter_map(|name| reference.calendars.get(name)).flat_map(|one| &one.occasions);
    occasions.filter(fits).map(|occasion| occasion.id.as_str()).collect()
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
            out.extend(
                record.file.by_id("repeated-key", (Some(span), Some(&path)), Value::Null, message).map(
                    |mut found| {
                        found.related.push(
                            record
                                .file
                                .related(first_line(record.doc, place(other)), "here for the first time"),
                        );
                        found
                    },
                ),
            );
        }
    }
}

/// A field whose value must name a row of a table.
pub(super) fn in_table(record: &Record<'_>, rule: &CheckRule, table: &InTable, out: &mut Vec<Finding>) {
    let root = crate::model::FieldPath::root();
    let Some((path, node)) = record.below(&root, &record.doc.root, &table.field) else { return };
    let Some(value) = node.scalar_text() else { return };
    let rows = record.file.basis.reference.tables.get(&table.table).and_then(Value::as_object);
    let Some(rows) = rows.filter(|rows| !rows.is_empty() && !rows.contains_key(&value)) else { return };
    let near = row_meant(record, table, &value, rows);
    let message = format!("`{}` is not in the table of {}", shown(&value), table.table);
    let mut found = record.file.finding(rule, (Some(node.span), Some(&path)), json!([value]), message);
    found.help = did_you_mean(near).or(found.help);
    out.push(found);
}

/// The longest key that counts as a code: of two codes, one letter says nothing about which was meant.
const LONGEST_CODE: usize = 4;

/// The row that was meant: the one that goes by that name or code, else the one with the nearest name. A code
/// is never taken for another because few letters differ, unless two are exchanged.
fn row_meant<'t>(
    record: &Record<'_>,
    table: &InTable,
    value: &str,
    rows: &'t serde_json::Map<String, Value>,
) -> Option<&'t str> {
    let spec = record.file.basis.policy.manifest.tables.get(&table.table);
    let columns = spec.and_then(|spec| spec.names.as_ref()).map_or_else(Vec::new, |names| {
        names.columns.iter().chain(&names.codes).map(String::as_str).collect::<Vec<_>>()
    });
    let mut names: Vec<(&str, &str)> = Vec::new();
    for (key, row) in rows {
        names.push((key, key));
        for cell in columns.iter().filter_map(|column| row.get(column)) {
            let texts = cell.as_array().map_or(std::slice::from_ref(cell), Vec::as_slice);
            names.extend(texts.iter().filter_map(|text| Some((text.as_str()?, key.as_str()))));
        }
    }
    let same = |test: &dyn Fn(&str) -> bool| {
        let mut keys = names.iter().filter(|(name, _)| test(name)).map(|(_, key)| *key);
        let first = keys.next()?;
        keys.all(|key| key == first).then_some(first)
    };
    let folded = value.to_lowercase();
    same(&|name| name.to_lowercase() == folded)
        .or_else(|| same(&|name| is_exchange(&folded, &name.to_lowercase())))
        .or_else(|| {
            let long = |name: &&str| name.chars().count() > LONGEST_CODE;
            let near = nearest(value, names.iter().map(|(name, _)| *name).filter(long))?;
            same(&|name| name == near)
        })
}
