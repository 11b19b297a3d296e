//! The fields of a dataset's schemas, and the rules under whose names the lifecycle words their changes.

use super::lifecycle_ids::OMITTED;
pub use super::lifecycle_ids::id_of;
use super::natures;
use crate::model::{FieldPath, Step};
use crate::schema::{FrameName, Kind, Policy, Shape};

/// The ids under which the lifecycle words changes: one for each field and frame, and those of whole steps.
pub fn ids(policy: &Policy) -> Vec<String> {
    let whole = [FrameName::Repeated, FrameName::Edited, FrameName::Reviewed].map(FrameName::as_str);
    let mut ids: Vec<String> = std::iter::once(OMITTED).chain(whole).map(str::to_owned).collect();
    for field in fields(policy) {
        ids.extend(frames_of(&field).into_iter().map(|frame| id_of(&field.path, frame)));
    }
    ids.retain({
        let mut seen = foldhash::HashSet::default();
        move |id| seen.insert(id.clone())
    });
    ids
}

/// A field of a schema: where it stands and what the schema says of it.
pub struct Field<'p> {
    /// Its path; an item of a list as the item of no key.
    pub path: FieldPath,
    /// The kind of record.
    pub kind: &'p Kind,
    /// Its annotations.
    pub shape: &'p Shape,
}

/// Every place of the records at which two editions can differ, kind by kind in the order of the schema.
pub fn fields(policy: &Policy) -> Vec<Field<'_>> {
    let mut out = Vec::new();
    for kind in &policy.kinds {
        below(kind, &kind.shape, &FieldPath::root(), &mut out);
    }
    out
}

fn below<'p>(kind: &'p Kind, shape: &'p Shape, path: &FieldPath, out: &mut Vec<Field<'p>>) {
    if shape.properties.is_empty() && shape.additional.is_none() && shape.key.is_none() {
        out.push(Field { path: path.clone(), kind, shape });
        return;
    }
    for (name, inner) in &shape.properties {
        below(kind, inner, &path.key(name), out);
    }
    if let Some(inner) = &shape.additional {
        below(kind, inner, &path.key("*"), out);
    }
    if let (Some(key), Some(items)) = (&shape.key, &shape.items) {
        let item = path.then(Step::Item(vec![String::new(); key.len()]));
        out.push(Field { path: item.clone(), kind, shape: items });
        for (name, inner) in items.properties.iter().filter(|(name, _)| !key.contains(name)) {
            below(kind, inner, &item.key(name), out);
        }
    }
}

fn frames_of(field: &Field<'_>) -> Vec<FrameName> {
    let change = if field.shape.is_date() { FrameName::Redated } else { FrameName::Changed };
    match field.path.0.last() {
        _ if natures::is_quiet(&field.path, field.kind) => Vec::new(),
        Some(Step::Item(_)) => vec![FrameName::Appeared, FrameName::Disappeared],
        _ => vec![FrameName::Appeared, change, FrameName::Disappeared],
    }
}

/// The title and reason of the rule that words a sentence.
pub fn title_and_why(policy: &Policy, id: &str) -> (String, String) {
    let rules = &policy.rules;
    let act = rules.acts.iter().find(|rule| rule.id == id).map(|rule| (&rule.title, &rule.why));
    let own = act.or_else(|| {
        rules.observations.iter().find(|rule| rule.id == id).map(|rule| (&rule.title, &rule.why))
    });
    match own {
        Some((title, why)) => (title.clone(), why.trim().to_owned()),
        None => {
            let (name, title) = frame_and_title(policy, id);
            (title, rules.lifecycle.frame(name).why.trim().to_owned())
        }
    }
}

/// The frame of a lifecycle rule, and its title. An id that no field has is taken for a change.
pub fn frame_and_title(policy: &Policy, id: &str) -> (FrameName, String) {
    let life = &policy.rules.lifecycle;
    if id == OMITTED {
        return (FrameName::Disappeared, sentence_case(&life.disappeared.title));
    }
    let (field, frame) = id.rsplit_once('/').unwrap_or(("", id));
    let name = FrameName::ALL.into_iter().find(|name| name.as_str() == frame).unwrap_or(FrameName::Changed);
    let title = title_of(policy, field);
    let happened = &life.frame(name).title;
    (name, if field.is_empty() { sentence_case(happened) } else { format!("{title}: {happened}") })
}

/// The title of a field by its dotted keys: that of the part around it before its own.
fn title_of(policy: &Policy, dotted: &str) -> String {
    let titles = policy.kinds.iter().find_map(|kind| {
        let mut shape = &kind.shape;
        let mut titles = Vec::new();
        for key in dotted.split('.') {
            shape = shape.child(&Step::Key(key.to_owned()))?;
            titles.push(shape.title.clone().unwrap_or_else(|| key.to_owned()));
            shape = shape.items.as_deref().filter(|_| shape.properties.is_empty()).unwrap_or(shape);
        }
        titles.dedup();
        Some(titles)
    });
    titles.map_or_else(|| dotted.to_owned(), |titles| titles.join(", "))
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
