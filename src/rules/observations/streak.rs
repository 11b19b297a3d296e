//! `streak`: the same at every occasion since Y.
//!
//! Parameters: `list`, `calendar`, `key`, `value`, and optionally `occasions`, `least`. Variants: `running` (at least `least` times
//! in a row, counted back from the last occasion the record has an entry for), `once` (fewer). An occasion of which the record says
//! nothing breaks a streak: it is not known. Words see `first`, `last`, `previous` (with its `value`), `value`, `said`, `n`,
//! `later` (not assessed).

use super::occasions::{State, examine, occasion_json};
use super::{Case, Details, Draft, Seen};
use serde_json::{Map, Value as Json, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<Draft> {
    let (seen, _) = examine(case);
    let open: Vec<Open<'_, '_>> = seen
        .iter()
        .filter(|s| !matches!(s.state, State::NotEligible))
        .map(|s| match &s.state {
            State::Entry { value, .. } => (s, Some(value.as_ref())),
            _ => (s, None),
        })
        .collect();
    let Some(last) = open.iter().rposition(|(_, value)| value.is_some()) else { return Vec::new() };
    let value = open[last].1.expect("because rposition found an entry").to_owned();
    let first = open[..=last].iter().rposition(|(_, v)| *v != Some(value.as_str())).map_or(0, |at| at + 1);
    let run = &open[first..=last];
    let least = case.rule.least.unwrap_or(2);
    let variant = if run.len() >= least { "running" } else { "once" };
    let begin = run[0].0;
    vec![Draft {
        variant,
        since: Some(begin.occasion.start.clone()),
        identity: json!([value]),
        content: json!([variant == "running", begin.occasion.id]),
        details: if case.full { details(case, &open, first, last, &value) } else { Details::default() },
    }]
}

type Open<'s, 'a> = (&'s Seen<'a>, Option<&'s str>);

/// What the words need about the run of one value from position `first` to `last`.
fn details(case: &Case<'_>, open: &[Open<'_, '_>], first: usize, last: usize, value: &str) -> Details {
    let run = &open[first..=last];
    let previous = first.checked_sub(1).map(|at| open[at]);
    let path = |s: &Seen<'_>| match &s.state {
        State::Entry { path, .. } => Some(path.clone()),
        _ => None,
    };
    let value_path =
        |s: &Seen<'_>| path(s).map(|path| path.key(case.rule.value.as_deref().unwrap_or_default()));
    let say = |s: &Seen<'_>, value: &str| case.said(&value_path(s).unwrap_or_default(), value);
    let said = say(run[0].0, value);
    let mut examined: Vec<_> = run.iter().map(|(s, _)| with_outcome(s, true)).collect();
    if let Some((s, _)) = previous {
        examined.insert(0, with_outcome(s, false));
    }
    examined.extend(open[last + 1..].iter().map(|(s, _)| s.examined(None)));
    let occasion = |s: &Seen<'_>, value: Option<&str>| -> Json {
        let mut json = occasion_json(s.occasion);
        if let Some(fields) = json.as_object_mut() {
            fields.insert("value".to_owned(), json!(value));
            fields.insert("said".to_owned(), json!(value.map(|v| say(s, v))));
        }
        json
    };
    let mut context = Map::new();
    context.insert("value".to_owned(), json!(value));
    context.insert("said".to_owned(), json!(said));
    context.insert("n".to_owned(), json!(run.len()));
    context.insert("first".to_owned(), occasion(run[0].0, Some(value)));
    context.insert("last".to_owned(), occasion(open[last].0, Some(value)));
    context.insert("previous".to_owned(), json!(previous.map(|(s, v)| occasion(s, v))));
    context.insert(
        "later".to_owned(),
        open[last + 1..].iter().map(|(s, _)| occasion_json(s.occasion)).collect(),
    );
    Details {
        last: Some(open[last].0.reference()),
        through: Some(open[last].0.occasion.range.end.date().to_string()),
        examined,
        proof: run.iter().filter_map(|(s, _)| path(s)).collect(),
        context,
    }
}

fn with_outcome(seen: &Seen<'_>, same: bool) -> crate::model::results::Examined {
    use crate::model::results::Outcome;
    let mut examined = seen.examined(None);
    if examined.value.is_some() {
        examined.outcome = if same { Outcome::Met } else { Outcome::Missed };
    }
    examined
}
