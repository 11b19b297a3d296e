//! What names the records of a group: fields, parts of the path, keys.

use super::NAMES;
use super::kinds::{FileGroup, PlacedRecord};
use crate::model::{Node, NodeValue};
use crate::schema::FieldRoute;
use foldhash::HashSet;

/// A guess at what names the records.
pub(super) struct GuessedName {
    /// The parts, as a manifest writes them.
    pub parts: Vec<String>,
    /// Why.
    pub why: String,
    /// What is not certain about it.
    pub doubt: Option<String>,
}

impl GuessedName {
    fn new(parts: impl IntoIterator<Item = impl Into<String>>, why: &str) -> GuessedName {
        GuessedName { parts: parts.into_iter().map(Into::into).collect(), why: why.to_owned(), doubt: None }
    }

    fn doubted(self, doubt: &str) -> GuessedName {
        GuessedName { doubt: Some(doubt.to_owned()), ..self }
    }

    /// The fields at the root among the parts, which every record must have.
    pub fn root_fields(&self) -> Vec<String> {
        let roots = self.parts.iter().filter(|part| !part.starts_with('$') && !part.contains(['.', '|']));
        roots.cloned().collect()
    }
}

/// Where nested fields are looked for first.
const HOLDERS: [&str; 4] = ["id", "ids", "identifiers", "meta"];

/// The fields that name the records: those that stand in the path too, else the first that distinguishes all
/// records.
pub(super) fn identity(group: &FileGroup<'_>, dates: &[String]) -> Option<GuessedName> {
    let roots = group.roots();
    let fields = fields(&roots, dates);
    let unique = |chosen: &[&str]| {
        let mut seen = HashSet::default();
        roots
            .iter()
            .all(|root| seen.insert(chosen.iter().map(|field| value(root, field)).collect::<Vec<_>>()))
    };
    if group.items.is_none()
        && let Some(named) = by_path(group, &fields, &unique)
    {
        return Some(named);
    }
    if group.is_keyed() {
        let keys: HashSet<_> = group.records.iter().map(|record| record.key).collect();
        let named = if keys.len() == group.records.len() { vec!["$key"] } else { vec!["$stem", "$key"] };
        return Some(GuessedName::new(named, "the keys of the mapping"));
    }
    let known = NAMES.iter().copied().filter(|name| fields.iter().any(|field| field == name));
    let rest = fields.iter().map(String::as_str);
    if let Some(field) = known.chain(rest).find(|field| unique(&[field])) {
        let named = GuessedName::new([field], "it is another in every record");
        let is_known = NAMES.iter().chain(&HOLDERS).any(|name| field.split('.').next() == Some(name));
        return Some(if is_known {
            named
        } else {
            named.doubted("any field that differs everywhere would do")
        });
    }
    if let Some(named) = by_alternatives(&roots, &fields) {
        return Some(named);
    }
    let pairs = fields
        .iter()
        .enumerate()
        .flat_map(|(at, one)| fields[at + 1..].iter().map(move |other| [one, other]));
    if let Some(pair) = pairs.into_iter().find(|pair| unique(&[pair[0], pair[1]])) {
        let named = GuessedName::new(pair, "together they are others in every record");
        return Some(named.doubted("no single field names a record"));
    }
    if group.items.is_some() || group.open() == 0 {
        return None;
    }
    let parts = (1..=group.open()).map(|at| format!("${at}"));
    Some(GuessedName::new(parts, "their paths differ in them"))
}

/// What the records of a group are called by some parts.
pub(super) fn names(group: &FileGroup<'_>, parts: &[String]) -> HashSet<String> {
    let part = |record: &PlacedRecord<'_>, part: &String| match part.strip_prefix('$') {
        Some("key") => record.key.map(str::to_owned),
        Some("stem") => record.open.last().cloned(),
        Some(number) => number.parse().ok().and_then(|at: usize| record.open.get(at - 1).cloned()),
        None => part.split('|').find_map(|field| value(record.root, field.trim())),
    };
    let name = |record: &PlacedRecord<'_>| {
        let said = parts.iter().filter_map(|one| part(record, one)).filter(|text| !text.is_empty());
        said.collect::<Vec<String>>().join("/")
    };
    group.records.iter().map(name).collect()
}

/// A name that some records have instead of one that all have, so that all differ: two things may bear the
/// same title, and one of them then has a name of its own.
fn by_alternatives(roots: &[&Node], fields: &[String]) -> Option<GuessedName> {
    let is_there = |name: &&&str| fields.iter().any(|field| field == **name);
    let usual = NAMES.iter().filter(is_there);
    let pairs =
        usual.flat_map(|usual| NAMES.iter().filter(|name| !is_there(name)).map(move |own| (own, usual)));
    let unique = |(own, usual): &(&&str, &&str)| {
        let mut seen = HashSet::default();
        roots.iter().all(|root| {
            let named = value(root, own).filter(|text| !text.is_empty()).or_else(|| value(root, usual));
            seen.insert(named)
        })
    };
    let (own, usual) = pairs.into_iter().find(unique)?;
    let part = format!("{own} | {usual}");
    Some(GuessedName::new([part], "the first of these that a record has is another in every record"))
}

/// A name that the files' paths give.
fn by_path(
    group: &FileGroup<'_>,
    fields: &[String],
    unique: &dyn Fn(&[&str]) -> bool,
) -> Option<GuessedName> {
    let in_path: Option<Vec<&str>> = (0..group.open())
        .map(|at| {
            let says = |field: &&String| {
                group
                    .records
                    .iter()
                    .all(|record| value(record.root, field).as_deref() == Some(&record.open[at]))
            };
            fields.iter().find(says).map(String::as_str)
        })
        .collect();
    if let Some(chosen) = in_path.filter(|chosen| !chosen.is_empty() && unique(chosen)) {
        return Some(GuessedName::new(chosen, "the same words stand in the paths"));
    }
    let has_stem = group.pattern.rsplit('/').next().is_some_and(|name| name.contains('*'));
    if !has_stem {
        let places: HashSet<_> = group.records.iter().map(|record| &record.open).collect();
        return (group.open() > 0 && places.len() == group.records.len()).then(|| {
            let parts = (1..=group.open()).map(|at| format!("${at}"));
            GuessedName::new(parts, "their paths differ in it")
        });
    }
    let stems: HashSet<_> = group.records.iter().map(|record| record.open.last()).collect();
    let says_stem = |field: &&String| {
        group.records.iter().all(|record| value(record.root, field).as_ref() == record.open.last())
    };
    // Where the file's name is all that its path says, `check` holds the record's to it.
    let has_ids = group.open() > 1 && fields.iter().any(|field| field == "id") && unique(&["id"]);
    match fields.iter().find(says_stem) {
        _ if stems.len() < group.records.len() => None,
        Some(field) => Some(GuessedName::new([field], "the files are named by it")),
        None if has_ids => Some(GuessedName::new(["id"], "it is another in every record")),
        None => Some(GuessedName::new(["$stem"], "the files' names, as no field says the same")),
    }
}

/// The fields that hold one scalar in every record: those at the root, then those one level down, likely ones
/// first.
fn fields(roots: &[&Node], dates: &[String]) -> Vec<String> {
    let Some(first) = roots.first() else { return Vec::new() };
    let is_plain =
        |key: &str| !key.is_empty() && !key.starts_with('$') && !key.contains(['.', '[', '*', '|']);
    let (mut own, mut likely, mut nested) = (Vec::new(), Vec::new(), Vec::new());
    for entry in first.entries().iter().filter(|entry| is_plain(&entry.key)) {
        match &entry.value.value {
            NodeValue::Map(inner) => {
                let list = if HOLDERS.contains(&entry.key.as_str()) { &mut likely } else { &mut nested };
                let inner = inner.iter().filter(|inner| is_plain(&inner.key));
                list.extend(inner.map(|inner| format!("{}.{}", entry.key, inner.key)));
            }
            _ => own.push(entry.key.clone()),
        }
    }
    let all = own.into_iter().chain(likely).chain(nested);
    let names = |field: &String| {
        !dates.contains(field)
            && roots.iter().all(|root| value(root, field).is_some_and(|text| !text.is_empty()))
    };
    all.filter(names).collect()
}

fn value(root: &Node, field: &str) -> Option<String> {
    FieldRoute::parse(field).find(root).first().and_then(|node| node.scalar_text())
}
