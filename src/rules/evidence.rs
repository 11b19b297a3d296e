//! Where the proof of a sentence stands, and what the record cites for it.

use super::{Edited, Engine, Subject, natures};
use crate::diff::Delta;
use crate::model::results::{Citation, Evidence, Side};
use crate::model::{ByteSpan, FieldPath, Node, Step};
use crate::schema::Shape;
use foldhash::HashMap;

/// How much of a line an excerpt shows, in characters.
const EXCERPT: usize = 200;

/// The proof of some deltas: each side's value, or the nearest part that survives where a side has none.
pub fn of_deltas(
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
    deltas: &[&Delta],
) -> Vec<Evidence> {
    let mut out = Vec::new();
    for delta in deltas {
        if delta.before.is_some() {
            out.extend(at(subject, from, Side::From, delta.path_before()));
        }
        out.extend(at(subject, to, Side::To, &delta.path));
    }
    out
}

/// The place of a path in an edition: of the value itself, or of the nearest part above it that exists.
pub(super) fn at(
    subject: &Subject<'_>,
    edition: Edited<'_>,
    side: Side,
    path: &FieldPath,
) -> Option<Evidence> {
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let mut found = path.clone();
    loop {
        if let Some(node) = edition.document.at(&found, &keys) {
            return Some(place(edition, side, &found, node.span));
        }
        found = found.parent()?;
    }
}

fn place(edition: Edited<'_>, side: Side, path: &FieldPath, span: ByteSpan) -> Evidence {
    let document = edition.document;
    let line = document.slice(span).lines().next().unwrap_or("").trim_end();
    let excerpt = if line.chars().count() > EXCERPT {
        line.chars().take(EXCERPT).chain(['…']).collect()
    } else {
        line.to_owned()
    };
    Evidence {
        side,
        file: edition.edition.file.clone(),
        start: document.place(span.start),
        end: document.place(span.end),
        commit: edition.edition.commit,
        path: path.clone(),
        excerpt,
    }
}

/// The sources that an item of an edition names, each as its table and its name there.
pub(super) fn named_in(
    subject: &Subject<'_>,
    edition: Edited<'_>,
    item: &FieldPath,
) -> Vec<(String, String)> {
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let mut named = Vec::new();
    if let (Some(node), Some(shape)) = (edition.document.at(item, &keys), subject.kind.shape.at(item)) {
        references(node, shape, &mut named);
    }
    named
}

/// What an edition cites for some paths: the sources named in the item, or in the part that a field stands
/// in.
pub(super) fn sources(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: Edited<'_>,
    paths: &[FieldPath],
) -> Vec<Citation> {
    let root = &edition.document.root;
    let mut out: Vec<Citation> = Vec::new();
    let mut parts = CitedParts::default();
    for path in paths {
        for (table, id) in parts.cited_for(subject, edition, path) {
            if let Some(fields) = root.get(&table).and_then(|t| t.get(&id))
                && out.iter().all(|c| c.id != id)
            {
                let text = engine.citation(subject, &id, fields);
                out.push(Citation { id, text });
            }
        }
    }
    out
}

/// The sources named in the item of a path, or in the part that a field stands in, each as its table and its
/// name there.
pub(super) fn cited_for(
    subject: &Subject<'_>,
    edition: Edited<'_>,
    path: &FieldPath,
) -> Vec<(String, String)> {
    CitedParts::default().cited_for(subject, edition, path)
}

/// The parts of an edition in which sources were looked for, and whether they name any: each is gone through
/// once, however many of its fields are asked about.
#[derive(Default)]
struct CitedParts {
    has_sources: HashMap<FieldPath, bool>,
}

impl CitedParts {
    /// As [`cited_for`]; of a part that was asked about before, nothing.
    fn cited_for(
        &mut self,
        subject: &Subject<'_>,
        edition: Edited<'_>,
        path: &FieldPath,
    ) -> Vec<(String, String)> {
        let mut base = Some(natures::item_or_parent(path));
        // The record as a whole is no part: what all of it cites is not what this is cited for.
        while let Some(at) = base.filter(|at| *at != FieldPath::root()) {
            base = if matches!(at.0.last(), Some(Step::Key(_))) { at.parent() } else { None };
            match self.has_sources.get(&at) {
                Some(true) => break,
                Some(false) => continue,
                None => {}
            }
            let named = named_in(subject, edition, &at);
            self.has_sources.insert(at, !named.is_empty());
            if !named.is_empty() {
                return named;
            }
        }
        Vec::new()
    }
}

pub(super) fn sources_of_deltas(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
    deltas: &[&Delta],
) -> Vec<Citation> {
    let on = |later: bool| -> Vec<FieldPath> {
        deltas.iter().filter(|d| d.after.is_some() == later).map(|d| d.path.clone()).collect()
    };
    let mut out = sources(engine, subject, to, &on(true));
    for citation in sources(engine, subject, from, &on(false)) {
        if out.iter().all(|known| known.id != citation.id) {
            out.push(citation);
        }
    }
    out
}

fn kind_index(engine: &Engine<'_>, subject: &Subject<'_>) -> usize {
    engine.policy.kinds.iter().position(|kind| kind.spec.kind == subject.kind.spec.kind).unwrap_or(0)
}

impl Engine<'_> {
    /// A source of a record in words, by the manifest's template.
    pub fn citation(&self, subject: &Subject<'_>, name: &str, fields: &Node) -> String {
        let in_words = || self.words.citation(kind_index(self, subject), name, &fields.to_json());
        subject.citations.get(name, fields, in_words)
    }
}

/// The names of sources below a node, not descending into items of inner keyed lists.
fn references(node: &Node, shape: &Shape, out: &mut Vec<(String, String)>) {
    if let Some(table) = &shape.reference {
        if let Some(id) = node.scalar_text() {
            out.push((table.clone(), id));
        }
        return;
    }
    for entry in node.entries() {
        if let Some(child) = shape.field(&entry.key) {
            references(&entry.value, child, out);
        }
    }
    if let Some(items) = shape.items.as_deref()
        && shape.key.as_ref().is_none_or(|key| key.iter().all(|k| k == "."))
    {
        for item in node.items() {
            references(item, items, out);
        }
    }
}
