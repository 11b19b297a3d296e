//! Former names: a record takes over the history of the record it was, never that of one that stands beside
//! it.

use super::{Checker, KnownRecord};
use crate::document::scalar;
use crate::model::{FieldPath, Finding, Identity, Place};
use serde_json::json;

/// A record that says it was called what another record is called now.
pub fn living(checker: &Checker<'_>, one: &KnownRecord, all: &[KnownRecord]) -> Vec<Finding> {
    let former = checker.formerly(one).into_iter();
    let standing = former.filter_map(|identity| {
        let other = all
            .iter()
            .find(|other| other.kind == one.kind && other.identity == identity && other.file != one.file)?;
        Some((identity, other))
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
