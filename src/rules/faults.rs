//! What is wrong with the rules of a dataset, beyond what keeps them from being read: words that do not work,
//! and fields that no schema has.

use super::{Engine, Words};
use crate::dataset::Reference;
use crate::model::{FieldPath, Step};
use crate::schema::{ObservationKind, Policy, PolicyError, Shape, lifecycle, manifest};
use std::fmt;

/// A fault of the rules.
#[derive(Clone, Debug)]
pub enum RuleFault {
    /// No command can use the rules.
    Unusable(PolicyError),
    /// A rule, the manifest or a template names a field that no schema has: nothing will ever match.
    UnknownField(UnknownField),
}

/// A field that no schema has, and where it is named.
#[derive(Clone, Debug)]
pub struct UnknownField {
    /// The file, as a path from the repository's root.
    pub file: String,
    /// Where in the file's tree.
    pub at: FieldPath,
    /// The field as the file writes it.
    pub written: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleFault::Unusable(error) => error.fmt(f),
            RuleFault::UnknownField(field) => write!(f, "{}: {}", field.file, field.message),
        }
    }
}

/// Every fault of a policy's rules that can be found without a record.
///
/// Where a schema does not refuse properties that it does not describe (`additionalProperties: false`), any
/// field may be.
pub fn faults(policy: &Policy, reference: &Reference) -> Vec<RuleFault> {
    let unusable = Engine::new(policy, reference).err().map(RuleFault::Unusable);
    let mut fields = Vec::new();
    acts(policy, &mut fields);
    observations(policy, &mut fields);
    of_manifest(policy, &mut fields);
    if let Ok(words) = Words::compile(policy, reference) {
        let asked = words.fields_of_records().filter(|field| !known(policy, field));
        fields.extend(asked.map(|field| UnknownField {
            file: file_with(policy, &format!("record.{field}")),
            at: FieldPath::root(),
            written: format!("record.{field}"),
            message: format!("a template asks for `record.{field}`, and no schema has such a field"),
        }));
    }
    unusable.into_iter().chain(fields.into_iter().map(RuleFault::UnknownField)).collect()
}

/// The first rule file that has a text in it; the lifecycle's if no rule has.
fn file_with(policy: &Policy, text: &str) -> String {
    let has = |rule: serde_json::Result<String>| rule.is_ok_and(|rule| rule.contains(text));
    let acts = policy.rules.acts.iter().map(|rule| ("acts", &rule.id, serde_json::to_string(rule)));
    let observations =
        policy.rules.observations.iter().map(|rule| ("observations", &rule.id, serde_json::to_string(rule)));
    let found = acts.chain(observations).find_map(|(family, id, rule)| has(rule).then_some((family, id)));
    match found {
        Some((family, id)) => format!("{}/{family}/{id}.yaml", policy.rules_folder),
        None => format!("{}/{}", policy.rules_folder, lifecycle::FILE_NAME),
    }
}

/// Adds a fault if no schema has a field. `name` is the key that names it, at `at`.
fn look_up(
    policy: &Policy,
    file: &str,
    (name, at): (&str, FieldPath),
    written: &str,
    field: &str,
) -> Option<UnknownField> {
    if known(policy, field) {
        return None;
    }
    let message = format!("{name}: no schema has a field `{field}`");
    Some(UnknownField { file: file.to_owned(), at, written: written.to_owned(), message })
}

fn item(list: &str, at: usize) -> FieldPath {
    FieldPath::root().key(list).then(Step::Index(at))
}

fn acts(policy: &Policy, out: &mut Vec<UnknownField>) {
    for rule in &policy.rules.acts {
        let file = format!("{}/acts/{}.yaml", policy.rules_folder, rule.id);
        for (at, spec) in rule.matches.iter().enumerate() {
            let place = ("match", item("match", at).key("field"));
            out.extend(look_up(policy, &file, place, &spec.field, &spec.field));
        }
        let below = |path: &str| -> Vec<String> {
            rule.matches.iter().map(|spec| join(&around(&spec.field), path)).collect()
        };
        for (at, also) in rule.also.iter().enumerate() {
            let all = also.strip_prefix("./").map_or_else(|| vec![also.clone()], below);
            if let Some(first) = all.first().filter(|_| all.iter().all(|field| !known(policy, field))) {
                out.extend(look_up(policy, &file, ("also", item("also", at)), also, first));
            }
        }
        if let Some(date) = &rule.date {
            let all = date.strip_prefix("./").map_or_else(|| vec![date.clone()], below);
            let place = ("date", FieldPath::root().key("date"));
            out.extend(all.iter().find_map(|field| look_up(policy, &file, place.clone(), date, field)));
        }
    }
}

/// The item or part that a relative path of a rule starts from.
fn around(field: &str) -> String {
    if field.ends_with("[]") {
        return field.to_owned();
    }
    field.rsplit_once('.').map_or_else(String::new, |(around, _)| around.to_owned())
}

fn join(around: &str, below: &str) -> String {
    if around.is_empty() { below.to_owned() } else { format!("{around}.{below}") }
}

fn observations(policy: &Policy, out: &mut Vec<UnknownField>) {
    for rule in &policy.rules.observations {
        let file = format!("{}/observations/{}.yaml", policy.rules_folder, rule.id);
        let list = rule.list.as_deref();
        // In an entry of the list, where there is one.
        let inside = |field: &str| list.map_or_else(|| field.to_owned(), |list| format!("{list}[].{field}"));
        let of_date = rule.kind == ObservationKind::Silence;
        // The key, what it names, and whether that is in an entry of the list.
        let named = [
            ("list", &rule.list, false),
            ("field", &rule.field, false),
            ("done", &rule.done, false),
            ("coverage", &rule.coverage, false),
            ("assessed", &rule.assessed, false),
            ("key", &rule.key, true),
            ("value", &rule.value, true),
            ("date", &rule.date, of_date),
        ];
        for (name, written, is_inside) in named {
            let Some(written) = written else { continue };
            // One cause, one fault: what is in a list that no schema has is not looked up.
            if name != "list" && list.is_some_and(|list| !known(policy, list)) {
                continue;
            }
            let place = (name, FieldPath::root().key(name));
            let field = if is_inside { inside(written) } else { written.clone() };
            out.extend(look_up(policy, &file, place, written, &field));
        }
    }
}

fn of_manifest(policy: &Policy, out: &mut Vec<UnknownField>) {
    let file = policy.path(manifest::FILE_NAME);
    for (at, kind) in policy.kinds.iter().enumerate() {
        let spec = &kind.spec;
        let one =
            [("formerly", &spec.formerly), ("reviewed", &spec.reviewed), ("corrections", &spec.corrections)];
        let one = one.into_iter().filter_map(|(name, field)| Some((name, field.as_deref()?)));
        let assessed = spec.assessed.iter().flat_map(|assessed| {
            let through = std::iter::once(("assessed", assessed.through.as_str()));
            assessed.fields.iter().map(|field| ("assessed", field.as_str())).chain(through)
        });
        for (name, field) in one.chain(assessed).filter(|(_, field)| !fits(&kind.shape, field)) {
            out.push(UnknownField {
                file: file.clone(),
                at: item("records", at).key(name),
                written: field.to_owned(),
                message: format!("records: {name}: the schema of `{}` has no field `{field}`", spec.kind),
            });
        }
    }
    for (at, strip) in policy.manifest.strips.iter().enumerate() {
        let place = ("strips: list", item("strips", at).key("list"));
        out.extend(look_up(policy, &file, place, &strip.list, &strip.list));
    }
    for (at, map) in policy.manifest.report.maps.iter().enumerate() {
        let maps = FieldPath::root().key("report").key("maps");
        let place = ("report: maps: field", maps.then(Step::Index(at)).key("field"));
        out.extend(look_up(policy, &file, place, &map.field, &map.field));
    }
}

/// Whether any kind of record can have a field, given as a pattern of paths.
fn known(policy: &Policy, field: &str) -> bool {
    policy.kinds.iter().any(|kind| fits(&kind.shape, field))
}

fn fits(shape: &Shape, field: &str) -> bool {
    let spaced = field.replace("[]", ".[]");
    let parts: Vec<&str> = spaced.split('.').filter(|part| !part.is_empty()).collect();
    fits_parts(shape, &parts)
}

fn fits_parts(shape: &Shape, parts: &[&str]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return true };
    let is_open = shape.properties.is_empty() && shape.additional.is_none() && shape.items.is_none();
    let inner = || shape.properties.values().chain(shape.additional.as_deref());
    match *part {
        "**" => true,
        // What the schema does not describe may be anything, but for a value that it does describe.
        _ if is_open => shape.title.is_none() && shape.format.is_none() && !shape.free_text,
        "*" => inner().any(|inner| fits_parts(inner, rest)),
        "[]" => shape.items.as_deref().is_some_and(|items| fits_parts(items, rest)),
        key => match shape.properties.get(key).or(shape.additional.as_deref()) {
            Some(inner) => fits_parts(inner, rest),
            None => !shape.closed && shape.items.is_none(),
        },
    }
}
