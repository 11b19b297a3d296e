//! `standing`: something is in place, or is not, and since when.
//!
//! Parameters: `field`, and optionally `equals`, `date` (the path of the date since when), `assessed`. Variants: `since` (the date is
//! known and the rule has words for it), `plain`. Words see `value`, `said`, `since`, `through`.

use super::{Case, Details, Draft};
use serde_json::{Map, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<Draft> {
    let Some(node) = case.field_holds() else { return Vec::new() };
    let path = super::dotted(case.rule.field.as_deref().unwrap_or_default());
    let since = case.rule.date.as_deref().and_then(|path| case.date_at(path));
    let variant = if since.is_some() && case.rule.words.contains_key("since") { "since" } else { "plain" };
    let through = case.rule.assessed.as_deref().and_then(|path| case.date_at(path));
    let mut proof = vec![path.clone()];
    if since.is_some() {
        proof.extend(case.rule.date.as_deref().map(super::dotted));
    }
    if through.is_some() {
        proof.extend(case.rule.assessed.as_deref().map(super::dotted));
    }
    let value = node.scalar_text();
    let mut context = Map::new();
    context.insert("value".to_owned(), node.to_json());
    context.insert("said".to_owned(), json!(value.as_deref().map(|v| case.said(&path, v))));
    let known = value.map_or(json!(true), |v| json!(v));
    vec![Draft {
        variant,
        since: since.clone(),
        identity: json!("standing"),
        content: json!([known, since]),
        details: Details {
            last: None,
            through: through.map(|date| date.to_string()),
            examined: Vec::new(),
            proof,
            context,
        },
    }]
}
