//! What names and dates a record: read from its fields, never from its path.

use crate::model::{ByteSpan, Document, Identity, Node, PartialDate};
use crate::schema::RecordKind;

/// A record's identity and date, or what stands in the way of them.
#[derive(Clone, Debug)]
pub struct Head {
    /// The identity, if all of its fields are there.
    pub identity: Option<Identity>,
    /// The former identities the record declares.
    pub formerly: Vec<Identity>,
    /// The date, if there is one.
    pub date: Option<PartialDate>,
    /// What is wrong, with its place.
    pub problems: Vec<(ByteSpan, String)>,
}

/// Reads identity and date from a record's tree.
pub fn read_head(kind: &RecordKind, doc: &Document) -> Head {
    let mut problems = Vec::new();
    let root = &doc.root;
    let identity = identity_in(kind, root);
    if identity.is_none() {
        let missing: Vec<&str> = kind
            .identity
            .iter()
            .filter(|f| root.get(f).and_then(Node::scalar_text).is_none())
            .map(String::as_str)
            .collect();
        problems.push((
            ByteSpan { start: root.span.start, end: root.span.start },
            format!("no `{}`: the record has no name", missing.join("`, `")),
        ));
    }
    let date = match root.get(&kind.date) {
        None => {
            problems.push((
                ByteSpan { start: root.span.start, end: root.span.start },
                format!("no `{}`: the revision has no date", kind.date),
            ));
            None
        }
        Some(node) => match node.scalar_text().map(|text| text.parse::<PartialDate>()) {
            Some(Ok(date)) if date.precision() >= crate::model::date::Precision::Day => Some(date),
            Some(Ok(date)) => {
                problems.push((node.span, format!("`{}: {date}` must name a day", kind.date)));
                None
            }
            Some(Err(error)) => {
                problems.push((node.span, format!("`{}`: {error}", kind.date)));
                None
            }
            None => {
                problems.push((node.span, format!("`{}` is not a date", kind.date)));
                None
            }
        },
    };
    let formerly = kind
        .formerly
        .as_deref()
        .and_then(|field| root.get(field))
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|item| identity_in(kind, item))
        .collect();
    Head { identity, formerly, date, problems }
}

/// The date of a record, if it has one that can be read.
pub fn date_of(kind: &RecordKind, root: &Node) -> Option<PartialDate> {
    root.get(&kind.date)?.scalar_text()?.parse().ok()
}

fn identity_in(kind: &RecordKind, node: &Node) -> Option<Identity> {
    kind.identity
        .iter()
        .map(|field| Some((field.clone(), node.get(field)?.scalar_text()?)))
        .collect::<Option<Vec<_>>>()
        .map(Identity)
}
