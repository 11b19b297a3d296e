//! Former names: a record takes over the history of the record it was, never that of one that stands beside
//! it.

use super::{Checker, KnownRecord};
use crate::document::scalar;
use crate::model::{FieldPath, Finding, Identity, ObjectId, Place};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Records by name.
pub type Standing<'k> = HashMap<&'k Identity, Vec<&'k KnownRecord>>;

/// Some records, by name: those of one name in the order in which they are given, as far as two files.
pub fn by_name(all: &[KnownRecord]) -> Standing<'_> {
    let mut out = Standing::new();
    for one in all {
        let there = out.entry(&one.identity).or_default();
        let same_kind = there.iter().filter(|known| known.kind == one.kind);
        if same_kind.clone().all(|known| known.file != one.file) && same_kind.count() < 2 {
            there.push(one);
        }
    }
    out
}

/// A record that says it was called what another record is called now.
pub fn living(checker: &Checker<'_>, one: &KnownRecord, all: &Standing<'_>) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let former = checker.formerly(one).into_iter().filter(|identity| seen.insert(identity.clone()));
    let standing = former.filter_map(|identity| {
        let others = all.get(&identity)?;
        let other = others.iter().find(|other| other.kind == one.kind && other.file != one.file)?;
        Some((identity, *other))
    });
    let found = standing.filter_map(|(identity, other)| {
        let id = identity.record_id();
        let message =
            format!("this record says it was called {id}, and {id} is another record, in {}", other.file);
        at_declaration(checker, one, "formerly-living", &identity, message)
    });
    found.collect()
}

/// A record that was there at the base and says now that it was called what another record was called there.
pub fn takeover(checker: &Checker<'_>, now: &KnownRecord, former: &Identity) -> Option<Finding> {
    let (own, id) = (now.identity.record_id(), former.record_id());
    let message = format!("{own} says now that it was called {id}, and both were records at the base");
    at_declaration(checker, now, "gate-formerly", former, message)
}

/// A record that was there at the base and says now that it was called what a record was called that had
/// ended by then.
pub fn took_over(
    checker: &Checker<'_>,
    now: &KnownRecord,
    former: &Identity,
    last: &ObjectId,
) -> Option<Finding> {
    let (own, id) = (now.identity.record_id(), former.record_id());
    let message = format!(
        "{own} says now that it was called {id}, and that was another record, last published by commit {}",
        last.short()
    );
    at_declaration(checker, now, "gate-formerly", former, message)
}

fn at_declaration(
    checker: &Checker<'_>,
    one: &KnownRecord,
    rule: &str,
    former: &Identity,
    message: String,
) -> Option<Finding> {
    let field = checker.policy.kinds[one.kind].spec.formerly.as_deref()?;
    let id = one.identity.record_id();
    let mut found = checker.about_file(rule, &one.file, message, None)?;
    found.fingerprint = crate::rules::fingerprint(&json!([rule, id, former.record_id()]));
    found.record = Some(id);
    found.path = Some(FieldPath::root().key(field));
    if let Some((doc, entry)) = one.document.as_ref().and_then(|doc| Some((doc, doc.root.entry(field)?))) {
        let named = |item: &&crate::model::Node| {
            former.0.iter().all(|(key, value)| {
                item.get(key).and_then(crate::model::Node::scalar_text).as_ref() == Some(value)
            })
        };
        let span = entry.value.items().iter().find(named).map_or(entry.key_span, |item| item.span);
        found.place = Some(Place {
            start: doc.place(span.start),
            end: doc.place(span.end),
            span: (span.start, span.end),
        });
        found.text = Some(doc.text.clone());
        found.ignore_hint = Some(super::ignore_hint::hint(rule));
    }
    let flow: Vec<String> = former.0.iter().map(|(key, value)| format!("{key}: {}", scalar(value))).collect();
    found.help =
        Some(format!("remove {{{}}} from `{field}`, or remove the other record first", flow.join(", ")));
    Some(found)
}
