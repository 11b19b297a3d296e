//! Claims that change while their sources stay: nothing in the record says where the new value comes from.
//!
//! The check compares two states, so the date gate runs it (`gate`).

use crate::diff::Delta;
use crate::model::{Document, FieldPath, Node, Step};
use crate::schema::{FieldPattern, Kind, Op};
use serde::Deserialize;
use std::collections::HashSet;

/// Parameters of `new-source`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSource {
    /// Patterns of the fields that are claims.
    fields: Vec<String>,
    /// The field beside a claim that names its sources.
    sources: String,
}

/// A claim that changed, and where its sources are named.
pub(super) struct UnsourcedChange<'d> {
    pub delta: &'d Delta,
    pub sources: FieldPath,
    pub names: Vec<String>,
}

impl NewSource {
    /// The claims whose values differ and whose sources are those of before. A source that is described anew
    /// counts as a new one: a table that is kept up to date goes by one name.
    pub(super) fn unsourced<'d>(
        &self,
        deltas: &'d [Delta],
        (before, after): (&Document, &Document),
        kind: &Kind,
    ) -> Vec<UnsourcedChange<'d>> {
        let patterns: Vec<FieldPattern> = self.fields.iter().map(|text| FieldPattern::parse(text)).collect();
        let keys = |path: &FieldPath| kind.shape.key_at(path);
        let changed = deltas.iter().filter(|delta| {
            delta.op == Op::Changed && patterns.iter().any(|pattern| pattern.matches(&delta.path))
        });
        let unsourced = changed.filter_map(|delta| {
            let list = |path: &FieldPath| path.parent().map(|parent| parent.key(&self.sources));
            let sources = list(&delta.path)?;
            let names = names(after.at(&sources, &keys)?);
            let known: HashSet<String> = list(delta.path_before())
                .and_then(|path| before.at(&path, &keys))
                .map(self::names)
                .unwrap_or_default()
                .into_iter()
                .collect();
            let table = kind.shape.at(&sources)?.items.as_ref()?.reference.as_deref();
            let is_new = |name: &String| !known.contains(name) || is_described_anew(deltas, table, name);
            let is_unsourced = !names.is_empty() && !names.iter().any(is_new);
            is_unsourced.then_some(UnsourcedChange { delta, sources, names })
        });
        unsourced.collect()
    }
}

fn names(list: &Node) -> Vec<String> {
    list.items().iter().filter_map(Node::scalar_text).collect()
}

/// Whether a difference lies in the entry of a source.
fn is_described_anew(deltas: &[Delta], table: Option<&str>, name: &str) -> bool {
    deltas.iter().any(|delta| match delta.path.0.as_slice() {
        [Step::Key(field), Step::Key(entry), ..] => Some(field.as_str()) == table && entry == name,
        _ => false,
    })
}
