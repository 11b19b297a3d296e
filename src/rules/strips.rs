//! Rows of marks: what a record says of each occasion of a calendar, at a glance.

use super::observations::{Case, OccasionState, examine};
use super::{Engine, InContext, Subject};
use crate::model::results::{Strip, StripCell};
use crate::model::{Node, Significance};
use crate::schema::{CalendarChoice, ObservationKind, ObservationRule, StripSpec, record_text};
use std::cell::OnceCell;

/// The mark for an occasion of which the record says nothing.
const UNKNOWN: &str = "?";

/// What that mark stands for.
pub const NOT_KNOWN: &str = "not known";

pub(super) fn draw(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
) -> Vec<(usize, Strip)> {
    let strips = chosen(engine, subject, Some(&edition.edition.document.root));
    strips.filter_map(|(at, spec)| Some((at, strip(engine, subject, edition, spec)?))).collect()
}

/// The manifest's rows of marks that apply to a record, each with its position. Where no edition is at hand,
/// one that asks for its fields may apply.
pub(super) fn chosen<'s>(
    engine: &'s Engine<'_>,
    subject: &'s Subject<'_>,
    edition: Option<&'s Node>,
) -> impl Iterator<Item = (usize, &'s StripSpec)> {
    let applies = move |spec: &StripSpec| {
        spec.applies.iter().all(|(field, value)| match record_text(Some(subject.identity), edition, field) {
            Some(own) => own == *value,
            None => edition.is_none(),
        })
    };
    engine.policy.manifest.strips.iter().enumerate().filter(move |(_, spec)| applies(spec))
}

fn strip(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
    spec: &StripSpec,
) -> Option<Strip> {
    let InContext { edition, on_record } = edition;
    let list = super::observations::dotted(&spec.list);
    if subject.kind.shape.at(&list).is_none() && edition.document.root.at_keys(spec.list.split('.')).is_none()
    {
        return None; // Another kind of record, which has no such list.
    }
    let rule = as_rule(spec);
    let case =
        Case { engine, subject, edition, on_record, rule: &rule, full: false, record: &OnceCell::new() };
    let (seen, _) = examine(&case);
    let shape = subject.kind.shape.at(&list).and_then(|s| s.items.as_deref());
    let said = |value: &str| {
        shape
            .and_then(|s| s.properties.get(&spec.value))
            .map_or_else(|| value.replace('-', " "), |shape| shape.said(value))
    };
    let mut legend: Vec<(String, String)> = Vec::new();
    let mut cells = Vec::new();
    for one in seen {
        let (mark, meaning) = match &one.state {
            OccasionState::NotEligible => continue,
            OccasionState::Entry { value, .. } => {
                (spec.marks.get(value.as_ref()).cloned().unwrap_or_else(|| UNKNOWN.to_owned()), said(value))
            }
            OccasionState::Covered => match &spec.missed {
                Some(mark) => (mark.clone(), "missed, by a claim of coverage".to_owned()),
                None => (UNKNOWN.to_owned(), NOT_KNOWN.to_owned()),
            },
            OccasionState::Unknown => (UNKNOWN.to_owned(), NOT_KNOWN.to_owned()),
        };
        if !legend.iter().any(|(m, w)| *m == mark && *w == meaning) {
            legend.push((mark.clone(), meaning.clone()));
        }
        cells.push(StripCell {
            short: one.occasion.short.clone(),
            year: one.occasion.start.year(),
            mark,
            meaning,
        });
    }
    (!cells.is_empty()).then(|| Strip { label: spec.label.clone(), cells, legend })
}

fn as_rule(spec: &StripSpec) -> ObservationRule {
    ObservationRule {
        occasions: spec.occasions.clone(),
        key: Some(spec.key.clone()),
        value: Some(spec.value.clone()),
        coverage: spec.coverage.clone(),
        coverage_match: spec.coverage_match.clone(),
        ..bare_rule(&spec.label, &spec.list, &spec.calendar)
    }
}

/// A rule on a list and a calendar that says nothing, for looking at occasions.
pub(super) fn bare_rule(title: &str, list: &str, calendar: &str) -> ObservationRule {
    ObservationRule {
        id: String::new(),
        kind: ObservationKind::Absence,
        title: title.to_owned(),
        significance: Significance::Minor,
        applies: Default::default(),
        list: Some(list.to_owned()),
        per: None,
        calendar: Some(CalendarChoice::One(calendar.to_owned())),
        occasions: Default::default(),
        key: None,
        value: None,
        met: Vec::new(),
        missed: Vec::new(),
        absent: Vec::new(),
        folds_into: None,
        remark: Default::default(),
        coverage: None,
        coverage_match: Default::default(),
        assessed: None,
        field: None,
        equals: Vec::new(),
        date: None,
        until: None,
        spoke: None,
        dates: Default::default(),
        done: None,
        when: None,
        least: None,
        words: Default::default(),
        weights: Default::default(),
        fold: Default::default(),
        why: String::new(),
        examples: Vec::new(),
    }
}
