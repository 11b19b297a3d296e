//! `standing`: something is in place, or is not, and since when; or was, and until when.
//!
//! Parameters: `field`, and optionally `equals`, `date` (the path of the date since when), `until` (the path
//! of the date of its end), `assessed`. Variants: `ended` (the date of its end lies on or before the
//! edition's), `since` (the date is known and the rule has words for it), `plain`. Words see `value`, `said`,
//! `since`, `until`, `through`, `short` (whether `through` lies before the edition's own date).

use super::{Case, Details, DraftObservation, Proof};
use serde_json::{Map, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let Some(node) = case.field_holds() else { return Vec::new() };
    let rule = case.rule;
    let path = super::dotted(rule.field.as_deref().unwrap_or_default());
    let since = rule.date.as_deref().and_then(|path| case.date_at(path));
    let until = rule.until.as_deref().and_then(|path| case.date_at(path));
    let is_over = until.as_ref().is_some_and(|until| until.range().start <= case.edition.date().range().end);
    let variant = match &since {
        _ if is_over => "ended",
        Some(_) if rule.words.contains_key("since") => "since",
        _ => "plain",
    };
    let through = rule.assessed.as_deref().and_then(|path| case.date_at(path));
    let mut proof: Vec<Proof> = vec![path.clone().into()];
    for (date, at) in [(&since, &rule.date), (&until, &rule.until), (&through, &rule.assessed)] {
        proof.extend(date.as_ref().and(at.as_deref()).map(|path| Proof::from(super::dotted(path))));
    }
    let value = node.scalar_text();
    let mut context = Map::new();
    context.insert("value".to_owned(), node.to_json());
    context.insert("said".to_owned(), json!(value.as_deref().map(|v| case.said(&path, v))));
    context.insert("until".to_owned(), json!(until));
    context
        .insert("short".to_owned(), json!(through.as_ref().is_some_and(|through| case.falls_short(through))));
    let known = value.map_or(json!(true), |v| json!(v));
    vec![DraftObservation {
        variant,
        since: since.clone(),
        identity: json!("standing"),
        content: json!([known, since, until]),
        stands: true,
        details: Details {
            last: None,
            through: through.map(|date| date.to_string()),
            examined: Vec::new(),
            proof,
            context,
        },
    }]
}
