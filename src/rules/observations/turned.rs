//! `turned`: another value than the last time.
//!
//! Parameters: `list`, `calendar`, `key`, `value`, and optionally `occasions`, `absent` (values that mean:
//! made no choice), `least` (from how many times in a row on the streak is said instead). Variants: `turned`
//! (another choice than the last one; absences in between are looked past and named), `back` (the same choice
//! as before an absence), `away` (no choice, after one), `first` (a choice, after nothing but absences). An
//! occasion of which the record says nothing breaks the comparison. An edition by itself says the last one
//! only, and only until it has become a streak; a step says all that came with it. Words see `last` (the
//! occasion), `previous` (the last choice before), `first` (the first of the run that ended with it), `n`
//! (how long that run was), `absent` (the occasions in between), `again` (the occasions since, all alike),
//! `value`, `said`.

use super::occasions::{OccasionState, examine};

use super::course::occasion_json;
use super::streak::{LEAST, LEAST_ABSENT, occasion, with_outcome};
use super::{Case, Details, DraftObservation, Seen};
use serde_json::{Map, Value as Json, json};

/// A turn: the positions of the choice before it, if there was one, and of the occasion itself.
struct Turn {
    variant: &'static str,
    before: Option<usize>,
    at: usize,
}

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let (seen, _) = examine(case);
    let open: Vec<&Seen<'_>> =
        seen.iter().filter(|s| !matches!(s.state, OccasionState::NotEligible)).collect();
    let turns = turns(case, &open);
    let last = turns.len().saturating_sub(1);
    let draft = |(at, turn): (usize, &Turn)| {
        let run = same_from(&open, turn.at);
        let is_absent = turn.variant == "away";
        let least = if is_absent { LEAST_ABSENT } else { case.rule.least.unwrap_or(LEAST) };
        DraftObservation {
            variant: turn.variant,
            since: Some(open[turn.at].occasion.start.clone()),
            identity: json!([turn.variant, open[turn.at].occasion.id]),
            content: json!([turn.before.and_then(|before| open[before].value()), open[turn.at].value()]),
            stands: at == last && run < least && turn.at + run == known(&open),
            details: if case.full { details(case, &open, turn, run) } else { Details::default() },
        }
    };
    turns.iter().enumerate().map(draft).collect()
}

fn turns(case: &Case<'_>, open: &[&Seen<'_>]) -> Vec<Turn> {
    let mut out = Vec::new();
    let mut before: Option<usize> = None;
    for (at, seen) in open.iter().enumerate() {
        let Some(value) = seen.value() else {
            before = None;
            continue;
        };
        let is_absent = is_absence(case, seen);
        let variant = match before {
            Some(before) if is_absent => (before + 1 == at).then_some("away"),
            Some(before) if open[before].value() != Some(value) => Some("turned"),
            Some(before) => (before + 1 < at).then_some("back"),
            None if is_absent || at == 0 => None,
            None => open[..at].iter().all(|earlier| is_absence(case, earlier)).then_some("first"),
        };
        out.extend(variant.map(|variant| Turn { variant, before, at }));
        if !is_absent {
            before = Some(at);
        }
    }
    out
}

/// Whether no choice was made, by what the record says of it.
fn is_absence(case: &Case<'_>, seen: &Seen<'_>) -> bool {
    seen.value().is_some_and(|value| case.rule.absent.iter().any(|one| one == value))
}

/// How many occasions from a position on show the same value.
fn same_from(open: &[&Seen<'_>], at: usize) -> usize {
    open[at..].iter().take_while(|s| s.value() == open[at].value()).count()
}

/// How many occasions there are up to the last that is known.
fn known(open: &[&Seen<'_>]) -> usize {
    open.iter().rposition(|s| s.value().is_some()).map_or(0, |at| at + 1)
}

fn details(case: &Case<'_>, open: &[&Seen<'_>], turn: &Turn, run: usize) -> Details {
    let chosen = turn.before.map_or(0, |before| before + 1);
    let value = turn.before.and_then(|before| open[before].value());
    let same = open[..chosen].iter().rev().take_while(|s| s.value() == value).count();
    let first = chosen - same;
    let absent = &open[chosen..turn.at];
    let again = &open[turn.at + 1..turn.at + run];
    let list = |seen: &[&Seen<'_>]| -> Json { seen.iter().map(|s| occasion_json(s.occasion)).collect() };
    let mut context = Map::new();
    context.insert("last".to_owned(), occasion(case, open[turn.at]));
    context.insert("value".to_owned(), json!(open[turn.at].value()));
    context.insert("said".to_owned(), occasion(case, open[turn.at])["said"].clone());
    if let Some(before) = turn.before {
        context.insert("previous".to_owned(), occasion(case, open[before]));
        context.insert("first".to_owned(), occasion(case, open[first]));
        context.insert("n".to_owned(), json!(same));
    }
    context.insert("absent".to_owned(), list(absent));
    context.insert("again".to_owned(), list(again));
    context.insert("before".to_owned(), list(&open[first..chosen]));
    let mut examined: Vec<_> = open[first..turn.at].iter().map(|s| with_outcome(s, false)).collect();
    examined.extend(open[turn.at..turn.at + run].iter().map(|s| with_outcome(s, true)));
    Details {
        last: Some(open[turn.at].reference()),
        through: Some(open[turn.at + run - 1].occasion.range.end.date().to_string()),
        examined,
        proof: open[first..turn.at + run].iter().filter_map(|s| s.proof()).collect(),
        context,
    }
}
