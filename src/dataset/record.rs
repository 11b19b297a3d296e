//! What names and dates a record: its fields, and where the manifest says so the file's path or the item's
//! key.

use crate::model::{ByteSpan, FieldPath, Identity, Node, PartialDate, date::Precision};
use crate::schema::places::captures;
use crate::schema::{DateChoice, FieldRoute, Kind, NamePart, NameSource, RENAMES, RecordKind};
use std::cmp::Ordering;

/// A record's identity and date, or what stands in the way of them.
#[derive(Clone, Debug, Default)]
pub struct RecordHead {
    /// The identity, if all of its parts are there.
    pub identity: Option<Identity>,
    /// The former identities the record declares.
    pub formerly: Vec<Identity>,
    /// The date, if its fields say one.
    pub date: Option<PartialDate>,
    /// Whether the commit dates it: no field does, and the manifest says so.
    pub by_commit: bool,
    /// What is wrong.
    pub problems: Vec<HeadProblem>,
}

/// What is wrong with a record's name or date.
#[derive(Clone, Debug)]
pub struct HeadProblem {
    /// Where; empty, at the record's start, where something is missing.
    pub span: ByteSpan,
    /// The field it is about, if it is about one.
    pub path: Option<FieldPath>,
    /// What is wrong, without a capital letter or full stop.
    pub message: String,
}

/// Where a record stands, besides its file's content.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordPlace<'s> {
    /// The file's path from the repository's root.
    pub file: &'s str,
    /// The key of the item, where records are values of a mapping.
    pub key: Option<&'s str>,
}

/// Reads identity and date from a record's tree.
pub fn read_head(kind: &Kind, root: &Node, standing: RecordPlace<'_>) -> RecordHead {
    let spec = &kind.spec;
    let mut head = RecordHead::default();
    let start = ByteSpan { start: root.span.start, end: root.span.start };
    head.identity = identity_of(kind, root, standing);
    if head.identity.is_none() {
        let missing: Vec<&NamePart> =
            spec.identity.iter().filter(|part| value_of(kind, part, root, standing).is_none()).collect();
        let names: Vec<&str> = missing.iter().map(|part| part.written()).collect();
        head.problems.push(HeadProblem {
            span: start,
            path: missing.first().and_then(|part| part.field()),
            message: format!("no `{}`: the record has no name", names.join("`, `")),
        });
    }
    date(spec, root, start, &mut head);
    head.formerly = formerly(kind, root);
    head
}

/// The date of a record, if its fields say one that can be read.
pub fn date_of(kind: &RecordKind, root: &Node) -> Option<PartialDate> {
    let mut head = RecordHead::default();
    date(kind, root, ByteSpan::default(), &mut head);
    head.date
}

/// The node that dates a record, if a field does.
pub fn date_node<'n>(kind: &RecordKind, root: &'n Node) -> Option<&'n Node> {
    kind.date.choices().iter().find_map(|choice| match choice {
        DateChoice::Field(route) => route.find(root).into_iter().find(|node| !node.is_null()),
        DateChoice::Newest(route) => newest(route, root).map(|(node, _)| node),
        DateChoice::Commit => None,
    })
}

fn newest<'n>(route: &FieldRoute, root: &'n Node) -> Option<(&'n Node, PartialDate)> {
    let dated = route.find(root).into_iter().filter_map(|node| Some((node, day(node)?)));
    dated.reduce(|a, b| if b.1.order(&a.1) == Ordering::Greater { b } else { a })
}

fn day(node: &Node) -> Option<PartialDate> {
    node.scalar_text()?.parse::<PartialDate>().ok().filter(|date| date.precision() >= Precision::Day)
}

fn date(spec: &RecordKind, root: &Node, start: ByteSpan, head: &mut RecordHead) {
    let choices = spec.date.choices();
    for (at, choice) in choices.iter().enumerate() {
        let last = at + 1 == choices.len();
        match choice {
            DateChoice::Commit => {
                head.by_commit = true;
                return;
            }
            DateChoice::Newest(route) => {
                if let Some((_, date)) = newest(route, root) {
                    head.date = Some(date);
                    return;
                }
            }
            DateChoice::Field(route) => {
                let Some(node) = route.find(root).into_iter().find(|node| last || !node.is_null()) else {
                    continue;
                };
                let field = route.as_str();
                let message = match node.scalar_text().map(|text| text.parse::<PartialDate>()) {
                    Some(Ok(date)) if date.precision() >= Precision::Day => {
                        head.date = Some(date);
                        return;
                    }
                    Some(Ok(date)) => format!("`{field}: {date}` must name a day"),
                    Some(Err(error)) => format!("`{field}`: {error}"),
                    None => format!("`{field}` is not a date"),
                };
                head.problems.push(HeadProblem { span: node.span, path: route.path(), message });
                return;
            }
        }
    }
    let path = choices.iter().find_map(|choice| match choice {
        DateChoice::Field(route) => route.path(),
        _ => None,
    });
    let names: Vec<String> = choices
        .iter()
        .filter_map(|choice| match choice {
            DateChoice::Field(route) | DateChoice::Newest(route) => Some(format!("`{}`", route.as_str())),
            DateChoice::Commit => None,
        })
        .collect();
    let message = format!("no {}: the revision has no date", names.join(" or "));
    head.problems.push(HeadProblem { span: start, path, message });
}

fn value_of(kind: &Kind, part: &NamePart, root: &Node, standing: RecordPlace<'_>) -> Option<String> {
    part.sources.iter().find_map(|source| match source {
        NameSource::Field(route) => route.find(root).into_iter().find_map(Node::scalar_text),
        NameSource::Stem => {
            let name = standing.file.rsplit('/').next()?;
            let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            Some(stem.to_owned()).filter(|stem| !stem.is_empty())
        }
        NameSource::Capture(at) => captures(kind.glob.glob().glob(), standing.file)?.into_iter().nth(at - 1),
        NameSource::Key => standing.key.map(str::to_owned),
        NameSource::Kind => Some(kind.spec.kind.clone()),
    })
}

/// The identity of a record.
pub fn identity_of(kind: &Kind, root: &Node, standing: RecordPlace<'_>) -> Option<Identity> {
    let part = |part: &NamePart| Some((part.name.clone(), value_of(kind, part, root, standing)?));
    kind.spec.identity.iter().map(part).collect::<Option<Vec<_>>>().map(Identity)
}

/// The former identities a record declares: by the names of the parts, or as one value where a name has one
/// part.
fn formerly(kind: &Kind, root: &Node) -> Vec<Identity> {
    let Some(field) = kind.spec.formerly.as_deref().filter(|field| *field != RENAMES) else {
        return Vec::new();
    };
    let lists = FieldRoute::parse(field).find(root);
    let entries = lists.into_iter().flat_map(|list| match list.items() {
        [] => std::slice::from_ref(list),
        items => items,
    });
    let named = |node: &Node, part: &NamePart| match part.sources.as_slice() {
        [NameSource::Kind] => Some(kind.spec.kind.clone()),
        _ => node.get(&part.name).and_then(Node::scalar_text).or_else(|| {
            let routes = part
                .sources
                .iter()
                .filter_map(|source| if let NameSource::Field(route) = source { Some(route) } else { None });
            routes.flat_map(|route| route.find(node)).find_map(Node::scalar_text)
        }),
    };
    let open: Vec<&NamePart> =
        kind.spec.identity.iter().filter(|part| part.sources != [NameSource::Kind]).collect();
    let identity = |node: &Node| {
        let alone = node.scalar_text().filter(|_| open.len() == 1);
        let part = |part: &NamePart| match (&alone, part.sources.as_slice()) {
            (Some(text), sources) if *sources != [NameSource::Kind] => {
                Some((part.name.clone(), text.clone()))
            }
            _ => Some((part.name.clone(), named(node, part)?)),
        };
        kind.spec.identity.iter().map(part).collect::<Option<Vec<_>>>().map(Identity)
    };
    entries.filter_map(identity).collect()
}
