//! `pending`: begun, and not finished.
//!
//! Parameters: `date` (the path of the date of its beginning), `done` (the path whose presence ends it), and
//! optionally `field` with `equals` (a value that must hold meanwhile). Variant: `plain`. Words see `begun`,
//! `since`, `value`, `said`.

use super::{Case, Details, DraftObservation, Proof};
use serde_json::{Map, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let (Some(begun_at), Some(done)) = (case.rule.date.as_deref(), case.rule.done.as_deref()) else {
        return Vec::new();
    };
    let Some(begun) = case.date_at(begun_at) else { return Vec::new() };
    if case.at(done).is_some_and(|node| !node.is_null()) {
        return Vec::new();
    }
    let mut proof: Vec<Proof> = vec![super::dotted(begun_at).into()];
    let mut context = Map::new();
    if case.rule.field.is_some() {
        let Some(node) = case.field_holds() else { return Vec::new() };
        let path = super::dotted(case.rule.field.as_deref().unwrap_or_default());
        let value = node.scalar_text();
        context.insert("said".to_owned(), json!(value.as_deref().map(|v| case.said(&path, v))));
        context.insert("value".to_owned(), json!(value));
        proof.push(path.into());
    }
    context.insert("begun".to_owned(), json!(begun));
    vec![DraftObservation {
        variant: "plain",
        since: Some(begun.clone()),
        identity: json!("pending"),
        content: json!([begun]),
        stands: true,
        details: Details { last: None, through: None, examined: Vec::new(), proof, context },
    }]
}
