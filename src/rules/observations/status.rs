//! `status`: what something is, and since a date that depends on what it is.
//!
//! Parameters: `field`, and `dates` (by value: the paths of the date since when; the first that is recorded
//! counts). Variant: `status`, with words by value; a value without words of its own has those of `plain`, or
//! none. Words see `value`, `said`, `since`.

use super::{Case, Details, DraftObservation, Proof};
use crate::schema::ObservationRule;
use serde_json::{Map, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let rule = case.rule;
    let Some(value) = case.field_holds().and_then(crate::model::Node::scalar_text) else { return Vec::new() };
    let path = super::dotted(rule.field.as_deref().unwrap_or_default());
    let mut proof: Vec<Proof> = vec![path.clone().into()];
    let dates = rule.dates.get(&value).map_or(&[][..], |paths| paths.as_slice());
    let dated = dates.iter().find_map(|at| Some((at, case.date_at(at)?)));
    proof.extend(
        dates.iter().filter(|at| case.date_at(at).is_some()).map(|at| Proof::from(super::dotted(at))),
    );
    let since = dated.map(|(_, date)| date);
    let mut context = Map::new();
    context.insert("said".to_owned(), json!(case.said(&path, &value)));
    context.insert("value".to_owned(), json!(value));
    vec![DraftObservation {
        variant: "status",
        since: since.clone(),
        identity: json!("status"),
        content: json!([value, since]),
        stands: true,
        details: Details { last: None, through: None, examined: Vec::new(), proof, context },
    }]
}

/// Which of the rule's words a draft has: those of its value, or those of any.
pub(super) fn words(rule: &ObservationRule, draft: &DraftObservation) -> String {
    let value = draft.content.get(0).and_then(serde_json::Value::as_str).unwrap_or_default();
    if rule.words.contains_key(value) { value.to_owned() } else { "plain".to_owned() }
}
