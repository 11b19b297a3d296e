//! What is wrong with the rules of a dataset, beyond what keeps them from being read: fields that no schema has.

use super::{Engine, Words};
use crate::dataset::Reference;
use crate::schema::{ObservationKind, Policy, PolicyError, Shape, lifecycle, manifest};

/// Every fault of a policy's rules that can be found without a record. Each names the file it stands in.
///
/// A schema that leaves a part open (no properties, or `additionalProperties`) knows every field below it.
pub fn faults(policy: &Policy, reference: &Reference) -> Vec<PolicyError> {
    let mut out = Vec::new();
    if let Err(fault) = Engine::new(policy, reference) {
        out.push(fault);
    }
    acts(policy, &mut out);
    observations(policy, &mut out);
    of_manifest(policy, &mut out);
    if let Ok(words) = Words::compile(policy, reference) {
        for field in words.fields_of_records() {
            if !known(policy, field) {
                let message = format!("a template asks for `record.{field}`, and no schema has such a field");
                out.push(PolicyError::whole(
                    &format!("{}/{}", policy.rules_folder, lifecycle::FILE_NAME),
                    message,
                ));
            }
        }
    }
    out
}

fn acts(policy: &Policy, out: &mut Vec<PolicyError>) {
    for rule in &policy.rules.acts {
        let file = format!("{}/acts/{}.yaml", policy.rules_folder, rule.id);
        let mut fault = |name: &str, field: &str| {
            if !known(policy, field) {
                out.push(PolicyError::whole(&file, format!("{name}: no schema has a field `{field}`")));
            }
        };
        for spec in &rule.matches {
            fault("match", &spec.field);
        }
        for also in &rule.also {
            match also.strip_prefix("./") {
                None => fault("also", also),
                Some(below) => {
                    let around = rule.matches.iter().map(|spec| around(&spec.field));
                    let all: Vec<String> = around.map(|around| join(&around, below)).collect();
                    if all.iter().all(|field| !known(policy, field)) {
                        fault("also", all.first().map_or(below, String::as_str));
                    }
                }
            }
        }
        match rule.date.as_deref().map(|date| (date, date.strip_prefix("./"))) {
            Some((date, None)) => fault("date", date),
            Some((_, Some(below))) => {
                for spec in &rule.matches {
                    fault("date", &join(&around(&spec.field), below));
                }
            }
            None => {}
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

fn observations(policy: &Policy, out: &mut Vec<PolicyError>) {
    for rule in &policy.rules.observations {
        let file = format!("{}/observations/{}.yaml", policy.rules_folder, rule.id);
        let list = rule.list.as_deref();
        // In an entry of the list, where there is one.
        let inside = |field: &str| list.map_or_else(|| field.to_owned(), |list| format!("{list}[].{field}"));
        let date = rule.date.as_deref().map(|date| match rule.kind {
            ObservationKind::Silence => inside(date),
            _ => date.to_owned(),
        });
        let named = [
            ("list", rule.list.clone()),
            ("field", rule.field.clone()),
            ("done", rule.done.clone()),
            ("coverage", rule.coverage.clone()),
            ("assessed", rule.assessed.clone()),
            ("key", rule.key.as_deref().map(inside)),
            ("value", rule.value.as_deref().map(inside)),
            ("date", date),
        ];
        for (name, field) in named {
            if let Some(field) = field.filter(|field| !known(policy, field)) {
                out.push(PolicyError::whole(&file, format!("{name}: no schema has a field `{field}`")));
            }
        }
    }
}

fn of_manifest(policy: &Policy, out: &mut Vec<PolicyError>) {
    let file = policy.path(manifest::FILE_NAME);
    for kind in &policy.kinds {
        let spec = &kind.spec;
        let one =
            [("formerly", &spec.formerly), ("reviewed", &spec.reviewed), ("corrections", &spec.corrections)];
        let one = one.into_iter().filter_map(|(name, field)| Some((name, field.as_deref()?)));
        let assessed = spec.assessed.iter().flat_map(|assessed| {
            let through = std::iter::once(("assessed", assessed.through.as_str()));
            assessed.fields.iter().map(|field| ("assessed", field.as_str())).chain(through)
        });
        for (name, field) in one.chain(assessed) {
            if !fits(&kind.shape, field) {
                let message =
                    format!("records: {name}: the schema of `{}` has no field `{field}`", spec.kind);
                out.push(PolicyError::whole(&file, message));
            }
        }
    }
    for (name, field) in policy
        .manifest
        .strips
        .iter()
        .map(|strip| ("strips: list", &strip.list))
        .chain(policy.manifest.report.maps.iter().map(|map| ("report: maps: field", &map.field)))
    {
        if !known(policy, field) {
            out.push(PolicyError::whole(&file, format!("{name}: no schema has a field `{field}`")));
        }
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
        key => shape
            .properties
            .get(key)
            .or(shape.additional.as_deref())
            .is_some_and(|inner| fits_parts(inner, rest)),
    }
}
