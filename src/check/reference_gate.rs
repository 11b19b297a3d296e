//! What an edit may do to calendars and tables that are already published: published sentences rest on them,
//! as on records.
//!
//! Adding is free. What a past occasion says, or a row of a table, is only changed with a maintainer's
//! consent.

use super::gate::Base;
use super::words::shown;
use super::{CheckedFile, Checker, File, Role, first_line};
use crate::diff::{self, Delta};
use crate::model::finding::Related;
use crate::model::{ByteSpan, Document, FieldPath, Finding, NatureKind, Node, PartialDate, Place, Step};
use crate::schema::{Op, Policy, Shape};
use serde_json::json;

/// The findings about an edit of one calendar or table, `now` being the file of the same role; none for
/// records.
pub fn edited(
    checker: &Checker<'_>,
    (old, policy): (&CheckedFile, &Policy),
    now: Option<&CheckedFile>,
    base: &Base<'_>,
) -> Vec<Finding> {
    let Some(before) = &old.reading.document else { return Vec::new() };
    let (rule, entries) = match &old.role {
        Role::Record(_) | Role::Policy(_) => return Vec::new(),
        Role::Calendar(name) => ("gate-calendar", past_occasions(checker, policy, name, before)),
        Role::Table(name) => ("gate-table", rows(policy, name, before)),
    };
    let Some(now) = now else {
        let gone =
            checker.about_file(rule, &old.file, "the file is gone, and records refer to it".to_owned(), None);
        return gone.into_iter().collect();
    };
    let Some(after) = &now.reading.document else { return Vec::new() };
    let shape = checker.validators.get(&now.role).map(|validator| &validator.shape);
    let edit = FileEdit { file: checker.file(now, None), rule, old, before, after, base };
    entries.into_iter().filter_map(|entry| edit.finding(&entry, shape)).collect()
}

/// One published entry.
struct PublishedEntry<'n> {
    /// The field that marks an occasion as planned only.
    planned: Option<&'n str>,
    /// The key under which all entries stand; none for a table that is the whole file.
    list: Option<&'n str>,
    /// The field that names an occasion; none for rows, which are named by their key.
    id: Option<&'n str>,
    name: String,
    node: &'n Node,
}

fn past_occasions<'n>(
    checker: &Checker<'_>,
    policy: &'n Policy,
    name: &str,
    doc: &'n Document,
) -> Vec<PublishedEntry<'n>> {
    let Some(spec) = policy.manifest.calendars.get(name) else { return Vec::new() };
    let items = doc.root.get(&spec.entries).map_or(&[][..], Node::items);
    let past = items.iter().filter(|item| {
        let start = item
            .get(&spec.start)
            .and_then(Node::scalar_text)
            .and_then(|text| text.parse::<PartialDate>().ok());
        // A date that cannot be read frees nothing.
        start.is_none_or(|start| start.range().start <= PartialDate::from_day(checker.today).range().end)
    });
    let named = past.filter_map(|node| {
        Some(PublishedEntry {
            planned: spec.planned.as_deref(),
            list: Some(&spec.entries),
            id: Some(&spec.id),
            name: node.get(&spec.id)?.scalar_text()?,
            node,
        })
    });
    named.collect()
}

fn rows<'n>(policy: &'n Policy, name: &str, doc: &'n Document) -> Vec<PublishedEntry<'n>> {
    let Some(spec) = policy.manifest.tables.get(name) else { return Vec::new() };
    let list = spec.rows.as_deref();
    let rows = match list {
        Some(key) => doc.root.get(key).map_or(&[][..], Node::entries),
        None => doc.root.entries(),
    };
    rows.iter()
        .map(|row| PublishedEntry { planned: None, list, id: None, name: row.key.clone(), node: &row.value })
        .collect()
}

/// Both sides of an edit of one file.
struct FileEdit<'e> {
    file: File<'e>,
    rule: &'static str,
    old: &'e CheckedFile,
    before: &'e Document,
    after: &'e Document,
    base: &'e Base<'e>,
}

impl FileEdit<'_> {
    fn finding(&self, entry: &PublishedEntry<'_>, shape: Option<&Shape>) -> Option<Finding> {
        let holder = entry.list.map_or(Some(&self.after.root), |key| self.after.root.get(key));
        let inner = shape
            .and_then(|shape| entry.list.map_or(Some(shape), |key| shape.child(&Step::Key(key.to_owned()))));
        let (now, inner) = match entry.id {
            Some(id) => {
                let named = |item: &&Node| {
                    item.get(id).and_then(Node::scalar_text).as_deref() == Some(entry.name.as_str())
                };
                (
                    holder.and_then(|list| list.items().iter().find(named)),
                    inner.and_then(|shape| shape.child(&Step::Index(0))),
                )
            }
            None => {
                let child = inner.and_then(|shape| shape.child(&Step::Key(entry.name.clone())));
                (holder.and_then(|rows| rows.get(&entry.name)), child)
            }
        };
        let what = if entry.id.is_some() { "the past occasion" } else { "the row" };
        let name = shown(&entry.name);
        let Some(now) = now else {
            let span = self.holder_span(entry.list);
            return self.about(
                (entry, None),
                span,
                json!(["gone"]),
                format!("{what} `{name}` was published and is gone"),
            );
        };
        let plain = Shape::default();
        let shape = inner.unwrap_or(&plain);
        let deltas = diff::diff(entry.node, now, shape);
        // A field that takes an occasion out of the past is none that merely adds.
        let is_free = |delta: &Delta| delta.op == Op::Added && !Self::plans(entry, &delta.path);
        let weighty: Vec<&Delta> =
            deltas.iter().filter(|delta| !is_free(delta) && !is_editorial(delta, shape)).collect();
        let first = weighty.first()?;
        let message = format!("{what} `{name}`: `{}` {}", first.path, change(first, weighty.len() - 1));
        let keys = |path: &FieldPath| shape.key_at(path);
        let span = now.at(&first.path, &keys).map_or(now.span, |node| node.span);
        let values: Vec<_> =
            weighty.iter().map(|d| json!([d.path, d.after.as_ref().map(Node::to_json)])).collect();
        self.about((entry, first.before.as_ref()), first_line(self.after, span), json!(values), message)
    }

    /// Whether a field marks an occasion as planned only.
    fn plans(entry: &PublishedEntry<'_>, path: &FieldPath) -> bool {
        entry.planned.is_some_and(|planned| *path == FieldPath::root().key(planned))
    }

    fn holder_span(&self, list: Option<&str>) -> ByteSpan {
        let entry =
            list.and_then(|key| self.after.root.entry(key)).or_else(|| self.after.root.entries().first());
        entry.map_or(self.after.root.span, |entry| entry.key_span)
    }

    fn about(
        &self,
        (entry, before): (&PublishedEntry<'_>, Option<&Node>),
        span: ByteSpan,
        arguments: serde_json::Value,
        message: String,
    ) -> Option<Finding> {
        let mut found =
            self.file.by_id(self.rule, (Some(span), None), json!([entry.name, arguments]), message)?;
        let span = first_line(self.before, before.unwrap_or(entry.node).span);
        let at = |byte| self.before.place(byte);
        found.related.push(Related {
            file: self.old.file.clone(),
            place: Some(Place { start: at(span.start), end: at(span.end), span: (span.start, span.end) }),
            message: "as it was published".to_owned(),
            commit: Some(self.base.commit),
            text: Some(self.before.text.clone()),
        });
        Some(found)
    }
}

fn is_editorial(delta: &Delta, shape: &Shape) -> bool {
    let steps = &delta.path.0;
    (0..=steps.len()).rev().find_map(|length| shape.at_steps(&steps[..length])?.nature)
        == Some(NatureKind::Editorial)
}

fn change(delta: &Delta, others: usize) -> String {
    let value = |node: &Option<Node>| {
        node.as_ref().and_then(Node::scalar_text).map(|text| format!("`{}`", shown(&text)))
    };
    let words = match (value(&delta.before), value(&delta.after)) {
        (Some(before), Some(after)) => format!("was published as {before} and is {after} now"),
        (Some(before), None) => format!("was published as {before} and is gone"),
        _ => "was published otherwise".to_owned(),
    };
    match others {
        0 => words,
        1 => format!("{words}, and 1 more field changed"),
        more => format!("{words}, and {more} more fields changed"),
    }
}
