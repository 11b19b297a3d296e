//! What a record says of each occasion, as of its newest edition.

use super::cell::{Cell, ExportRow};
use super::context::RecordExport;
use crate::model::results::Outcome;
use crate::report::ReadEdition;
use crate::rules::Subject;

/// An occasion with what the record says of it.
pub(super) struct OutcomeRow {
    /// The position of the question in the manifest.
    pub question: usize,
    pub year: i32,
    pub outcome: Outcome,
    pub value: Option<String>,
    pub row: ExportRow,
}

/// All occasions of all questions, by question and date.
pub(super) fn of(export: &RecordExport<'_>, subject: &Subject<'_>, newest: &ReadEdition) -> Vec<OutcomeRow> {
    let mut out = Vec::new();
    for (question, spec) in export.tables.outcomes.iter().enumerate() {
        let calendars: Vec<String> = spec.calendar.names().into_iter().map(str::to_owned).collect();
        for one in export.engine.outcomes(subject, newest.in_context(), spec) {
            let range =
                export.engine.reference().occasion(&calendars, &one.occasion).map(|found| found.range);
            let range = range.unwrap_or_else(|| one.start.range());
            let edition = one.edition.as_ref().or(one.basis.map(|_| &newest.name.last_updated));
            let row = vec![
                Cell::text(subject.id.0.clone()),
                Cell::text(spec.name.clone()),
                Cell::text(one.occasion.clone()),
                Cell::text(one.short.clone()),
                Cell::Integer(one.start.year().into()),
                Cell::text(one.start.as_str()),
                Cell::Day(range.start.date()),
                Cell::Day(range.end.date()),
                Cell::text(in_a_word(one.outcome)),
                Cell::from(one.value.clone()),
                Cell::from(one.basis),
                Cell::from(one.path.as_ref().map(ToString::to_string)),
                Cell::from(edition.map(|date| date.as_str())),
            ];
            out.push(OutcomeRow {
                question,
                year: one.start.year(),
                outcome: one.outcome,
                value: one.value,
                row,
            });
        }
    }
    out
}

fn in_a_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "met",
        Outcome::Missed => "missed",
        Outcome::Unknown => "unknown",
        Outcome::NotEligible => "not-eligible",
    }
}
