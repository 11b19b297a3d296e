//! `streak`: the same at every occasion since Y.
//!
//! Parameters: `list`, `calendar`, `key`, `value`, and optionally `occasions`, `least`, `absent` (values that
//! mean: made no choice; two in a row are then worth a sentence, and one that a `turned` reports is not).
//! Variants: `running` (at least `least` times in a row, counted back from the last occasion the record has
//! an entry for), `absent` (the same, for a value that means no choice), `once` (fewer, and nothing else is
//! known before). An occasion of which the record says nothing breaks a streak: it is not known. Words see
//! `first`, `last`, `previous` (with its `value`), `value`, `said`, `n`, `later` (not assessed).

use super::occasions::{OccasionState, examine};

use super::course::occasion_json;
use super::{Case, Details, DraftObservation, Seen};
use crate::model::results::{Examined, Outcome};
use serde_json::{Map, Value as Json, json};

/// How many times in a row no choice was made before that is worth a sentence.
pub(super) const LEAST_ABSENT: usize = 2;

/// How many times in a row the same was done before that is worth a sentence, where the rule does not say.
pub(super) const LEAST: usize = 2;

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let (seen, _) = examine(case);
    let open: Vec<&Seen<'_>> =
        seen.iter().filter(|s| !matches!(s.state, OccasionState::NotEligible)).collect();
    let Some(last) = open.iter().rposition(|s| s.value().is_some()) else { return Vec::new() };
    let value = open[last].value().expect("because rposition found an entry").to_owned();
    let first = open[..=last].iter().rposition(|s| s.value() != Some(value.as_str())).map_or(0, |at| at + 1);
    let run = &open[first..=last];
    let is_absent = case.rule.absent.contains(&value);
    let least = if is_absent { LEAST_ABSENT } else { case.rule.least.unwrap_or(LEAST) };
    let variant = match run.len() >= least {
        true if is_absent && case.rule.words.contains_key("absent") => "absent",
        true => "running",
        false => "once",
    };
    // What turned is said by the rule about turns, if the dataset has one.
    let mut choices = open[..first].iter().rev().map_while(|s| s.value());
    let is_turn =
        !case.rule.absent.is_empty() && choices.any(|v| !case.rule.absent.iter().any(|one| one == v));
    let begin = run[0];
    vec![DraftObservation {
        variant,
        since: Some(begin.occasion.start.clone()),
        identity: json!([value]),
        content: json!([variant != "once", begin.occasion.id]),
        stands: variant != "once" || !is_turn,
        details: if case.full { details(case, &open, first, last, &value) } else { Details::default() },
    }]
}

/// What the words need about the run of one value from position `first` to `last`.
fn details(case: &Case<'_>, open: &[&Seen<'_>], first: usize, last: usize, value: &str) -> Details {
    let run = &open[first..=last];
    let previous = first.checked_sub(1).map(|at| open[at]);
    let mut examined: Vec<_> = run.iter().map(|s| with_outcome(s, true)).collect();
    if let Some(s) = previous {
        examined.insert(0, with_outcome(s, false));
    }
    examined.extend(open[last + 1..].iter().map(|s| s.examined(None)));
    let mut context = Map::new();
    context.insert("value".to_owned(), json!(value));
    context.insert("said".to_owned(), json!(said(case, run[0])));
    context.insert("n".to_owned(), json!(run.len()));
    context.insert("first".to_owned(), occasion(case, run[0]));
    context.insert("last".to_owned(), occasion(case, open[last]));
    context.insert("previous".to_owned(), json!(previous.map(|s| occasion(case, s))));
    context.insert("later".to_owned(), open[last + 1..].iter().map(|s| occasion_json(s.occasion)).collect());
    Details {
        last: Some(open[last].reference()),
        through: Some(open[last].occasion.range.end.date().to_string()),
        examined,
        proof: run.iter().filter_map(|s| s.proof()).collect(),
        context,
    }
}

/// An occasion as templates see it, with what was done at it.
pub(super) fn occasion(case: &Case<'_>, seen: &Seen<'_>) -> Json {
    let mut json = occasion_json(seen.occasion);
    if let Some(fields) = json.as_object_mut() {
        fields.insert("value".to_owned(), json!(seen.value()));
        fields.insert("said".to_owned(), json!(said(case, seen)));
    }
    json
}

fn said(case: &Case<'_>, seen: &Seen<'_>) -> Option<String> {
    let path = seen.proof()?.path.key(case.rule.value.as_deref().unwrap_or_default());
    Some(case.said(&path, seen.value()?))
}

/// As a line of proof: met where it is part of the run.
pub(super) fn with_outcome(seen: &Seen<'_>, same: bool) -> Examined {
    let mut examined = seen.examined(None);
    if examined.value.is_some() {
        examined.outcome = if same { Outcome::Met } else { Outcome::Missed };
    }
    examined
}
