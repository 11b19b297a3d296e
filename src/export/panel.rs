//! A record by calendar year.

use super::cell::{Cell, ExportRow};
use super::context::RecordExport;
use super::outcomes::OutcomeRow;
use super::stages::EditionStage;
use super::tables::Tables;
use crate::model::PartialDate;
use crate::model::results::{Observation, Outcome};
use crate::report::ReadEdition;
use crate::rules::Subject;
use chrono::Datelike;

/// What editions say of a record's status, oldest first.
pub(super) struct Statuses {
    rule: Option<String>,
    all: Vec<Status>,
}

struct Status {
    value: String,
    since: Option<PartialDate>,
    edition: PartialDate,
    /// The calendar year from which the edition was in force.
    from: i32,
}

impl Statuses {
    pub fn new(tables: &Tables) -> Statuses {
        Statuses { rule: tables.panel.as_ref().and_then(|panel| panel.status.clone()), all: Vec::new() }
    }

    /// Adds what is observed of the next edition.
    pub fn add(&mut self, stage: &EditionStage<'_>, observations: &[Observation]) {
        let Some(one) = observations.iter().find(|one| Some(&one.rule) == self.rule.as_ref()) else { return };
        // The content of a status is its value and the date since when.
        let content: serde_json::Value = serde_json::from_str(&one.content).unwrap_or_default();
        let Some(value) = content.get(0).and_then(serde_json::Value::as_str) else { return };
        self.all.push(Status {
            value: value.to_owned(),
            since: one.since.clone(),
            edition: stage.edition.date.clone(),
            from: stage.held_from.year(),
        });
    }

    /// What it was at the end of a year: by the newest edition that dates it to then or before, or was in
    /// force then.
    fn at_end_of(&self, year: i32) -> Option<&Status> {
        self.all.iter().rev().find(|status| match &status.since {
            Some(since) => since.range().end.year() <= year,
            None => status.from <= year,
        })
    }

    fn first_year(&self) -> Option<i32> {
        self.all
            .iter()
            .flat_map(|one| one.since.as_ref().map(PartialDate::year).into_iter().chain([one.from]))
            .min()
    }
}

/// A row for each year, from the first of which the record says or could say anything to that of its newest
/// edition.
pub(super) fn rows(
    export: &RecordExport<'_>,
    subject: &Subject<'_>,
    newest: &ReadEdition,
    (outcomes, statuses): (&[OutcomeRow], &Statuses),
) -> Vec<ExportRow> {
    let Some(panel) = &export.tables.panel else { return Vec::new() };
    let last = newest.name.last_updated.year();
    let first = outcomes.iter().map(|one| one.year).chain(statuses.first_year()).min().unwrap_or(last);
    let identity = export.identity(subject);
    let described = export.tables.of_subject(export.subject_value(subject));
    let row = |year: i32| {
        let mut row = vec![Cell::text(subject.id.0.clone()), Cell::Integer(year.into())];
        row.extend(identity.iter().chain(&described).cloned());
        if panel.status.is_some() {
            let status = statuses.at_end_of(year);
            row.push(Cell::from(status.map(|status| status.value.as_str())));
            row.push(Cell::from(status.and_then(|status| status.since.as_ref()).map(PartialDate::as_str)));
            row.push(Cell::from(status.map(|status| status.edition.as_str())));
        }
        for question in 0..export.tables.outcomes.len() {
            let of_year: Vec<&OutcomeRow> =
                outcomes.iter().filter(|one| one.question == question && one.year == year).collect();
            row.extend(counts(&of_year));
        }
        row
    };
    (first..=last).map(row).collect()
}

/// The value or values of a year's occasions, and how many were met, missed and not known.
fn counts(occasions: &[&OutcomeRow]) -> [Cell; 4] {
    let values: Vec<&str> = occasions.iter().filter_map(|one| one.value.as_deref()).collect();
    let value = if values.is_empty() { Cell::Null } else { Cell::Text(values.join("; ")) };
    let count = |wanted: Outcome| occasions.iter().filter(|one| one.outcome == wanted).count();
    let (met, missed, unknown) = (count(Outcome::Met), count(Outcome::Missed), count(Outcome::Unknown));
    let known = |number: usize| if met + missed > 0 { Cell::count(number) } else { Cell::Null };
    let open = if met + missed + unknown > 0 { Cell::count(unknown) } else { Cell::Null };
    [value, known(met), known(missed), open]
}
