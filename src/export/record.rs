//! The rows of one record, in all tables.

use super::cell::{Cell, Row};
use super::sentences::Sentences;
use super::sources::Sources;
use super::statements::Statements;
use super::tables::{TableName, Tables};
use super::{outcomes, panel};
use crate::history::{Edition, Timeline};
use crate::model::results::{Change, Observation};
use crate::model::{CommitId, Failure, FieldPath, PartialDate};
use crate::report::{EditionSource, Page, RecordReader, assessed_through};
use crate::rules::{Engine, Subject};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use std::collections::HashMap;

/// When commits were made.
pub type Committed = HashMap<CommitId, DateTime<FixedOffset>>;

/// Which sentences and fields are wanted.
pub struct Wanted<'w> {
    /// Whether a change is, with the date of its event where that is known.
    pub change: &'w (dyn Fn(&Change, Option<&PartialDate>) -> bool + Sync),
    /// Whether an observation is.
    pub observation: &'w (dyn Fn(&Observation) -> bool + Sync),
    /// Whether the statements of a field are.
    pub field: &'w (dyn Fn(&FieldPath) -> bool + Sync),
}

/// What makes the rows of records.
pub struct RecordExport<'r> {
    /// The rules.
    pub engine: &'r Engine<'r>,
    /// The tables.
    pub tables: &'r Tables,
    /// Where editions are read from.
    pub source: &'r dyn EditionSource<Failure>,
    /// When commits were made.
    pub committed: &'r Committed,
    /// Which sentences and fields are wanted.
    pub wanted: &'r Wanted<'r>,
}

/// The rows of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordRows {
    /// The value that splits the folders of Parquet tables.
    pub partition: String,
    /// By table, in the order of [`TableName::ALL`].
    pub rows: [Vec<Row>; 8],
}

impl RecordRows {
    /// The rows of a table.
    pub fn of(&self, table: TableName) -> &[Row] {
        TableName::ALL.iter().position(|known| *known == table).map_or(&[], |at| &self.rows[at])
    }
}

/// An edition on a record's timeline.
pub(super) struct Stage<'s> {
    pub edition: &'s Edition,
    /// From when it was in force. Editions go by their order; where stamps in several time zones are written on other days than that
    /// order has, the earlier one gives way.
    pub held_from: NaiveDate,
    pub next: Option<&'s Edition>,
    pub held_until: Option<NaiveDate>,
}

/// The editions of a timeline with the days on which they were in force.
pub(super) fn stages(editions: &[Edition]) -> Vec<Stage<'_>> {
    let mut out: Vec<Stage<'_>> = Vec::new();
    let (mut next, mut until): (Option<&Edition>, Option<NaiveDate>) = (None, None);
    for edition in editions.iter().rev() {
        let own = edition.date.range().start.date();
        let held_from = until.map_or(own, |until| until.min(own));
        out.push(Stage { edition, held_from, next, held_until: until });
        (next, until) = (Some(edition), Some(held_from));
    }
    out.reverse();
    out
}

/// A row that stands from one edition until another supersedes it.
#[derive(Debug)]
pub(super) struct Standing {
    pub row: Row,
    /// Where `superseded_by` and `held_until` stand, and the id of the closing commit if the table has one.
    places: (usize, usize, Option<usize>),
}

impl Standing {
    pub fn new(row: Row, places: (usize, usize, Option<usize>)) -> Standing {
        Standing { row, places }
    }

    /// Says which edition supersedes it.
    pub fn close(&mut self, by: &Stage<'_>) {
        let (superseded, until, commit) = self.places;
        self.row[superseded] = Cell::text(by.edition.date.as_str());
        self.row[until] = Cell::Day(by.held_from);
        if let Some(at) = commit {
            self.row[at] = Cell::commit(&by.edition.revision.commit);
        }
    }
}

impl RecordExport<'_> {
    /// The rows of a record. `ended` is the day on which it was removed.
    ///
    /// # Errors
    /// An edition that cannot be read.
    pub fn rows(&self, timeline: &Timeline, ended: Option<NaiveDate>) -> Result<RecordRows, Failure> {
        let subject = self.engine.subject(&timeline.identity, timeline.kind);
        let partition = match &self.tables.partition_field {
            Some(field) => timeline.identity.get(field).unwrap_or_default().to_owned(),
            None => subject.kind.spec.kind.clone(),
        };
        let stages = stages(&timeline.editions);
        let mut reader = RecordReader::new(self.engine, self.source, &subject, timeline);
        let mut statements = Statements::new(self, &subject);
        let mut sentences = Sentences::new(self, &subject);
        let mut sources = Sources::new(self, &subject);
        let mut statuses = panel::Statuses::new(self.tables);
        let mut editions = Vec::new();
        let mut newest: Option<Page> = None;
        for stage in &stages {
            let page = reader.page(stage.edition)?;
            editions.push(self.edition_row(&subject, stage, &page));
            statements.add(stage, &page);
            sources.add(stage, &page);
            let observations = sentences.add(stage, newest.as_ref(), &page);
            statuses.add(stage, &observations);
            newest = Some(page);
        }
        let mut out = RecordRows { partition, rows: Default::default() };
        let Some(newest) = newest else { return Ok(out) };
        let outcomes = outcomes::of(self, &subject, &newest);
        let panel = panel::rows(self, &subject, &newest, (&outcomes, &statuses));
        let (changes, observations) = sentences.rows();
        let outcome_rows = outcomes.into_iter().map(|outcome| outcome.row).collect();
        out.rows = [
            vec![self.record_row(&subject, timeline, ended)],
            editions,
            statements.rows(),
            changes,
            observations,
            outcome_rows,
            panel,
            sources.rows(),
        ];
        Ok(out)
    }

    fn record_row(&self, subject: &Subject<'_>, timeline: &Timeline, ended: Option<NaiveDate>) -> Row {
        let date = |edition: Option<&Edition>| Cell::from(edition.map(|edition| edition.date.as_str()));
        let mut row = vec![
            Cell::text(subject.id.0.clone()),
            Cell::text(subject.kind.spec.kind.clone()),
            Cell::text(subject.heading.clone()),
            Cell::text(subject.name.clone()),
        ];
        row.extend(self.identity(subject));
        row.extend(self.tables.of_subject(self.subject_value(subject)));
        row.extend([
            date(timeline.editions.first()),
            date(timeline.editions.last()),
            Cell::count(timeline.editions.len()),
            Cell::from(ended),
            timeline.ended.as_ref().map_or(Cell::Null, Cell::commit),
        ]);
        row
    }

    fn edition_row(&self, subject: &Subject<'_>, stage: &Stage<'_>, page: &Page) -> Row {
        let edition = stage.edition;
        let revision = &edition.revision;
        let made = self.committed.get(&revision.commit);
        let utc = made.map(|made| made.with_timezone(&Utc).format("%Y-%m-%dT%H:%M:%SZ").to_string());
        let assessed = assessed_through(page, subject.kind);
        let [written, first, last] = Cell::dated(assessed.as_ref());
        vec![
            Cell::text(subject.id.0.clone()),
            Cell::text(edition.date.as_str()),
            Cell::from(stage.next.map(|next| next.date.as_str())),
            Cell::Day(stage.held_from),
            Cell::from(stage.held_until),
            Cell::Truth(edition.by_commit),
            Cell::commit(&revision.commit),
            Cell::from(made.map(DateTime::to_rfc3339)),
            Cell::from(utc),
            Cell::count(edition.amendments.len()),
            written,
            first,
            last,
            Cell::text(revision.path.to_string()),
        ]
    }

    /// The values of all identity fields of the dataset; null where this kind of record has no such field.
    pub(super) fn identity(&self, subject: &Subject<'_>) -> Vec<Cell> {
        self.tables.identity.iter().map(|field| Cell::from(subject.identity.get(field))).collect()
    }

    /// The value by which the panel's look-up table knows a record's subject.
    pub(super) fn subject_value<'s>(&self, subject: &'s Subject<'_>) -> Option<&'s str> {
        subject.identity.get(&self.tables.panel.as_ref()?.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Revision;
    use crate::model::{BlobId, RepoPath};

    fn edition(date: &str) -> Edition {
        let revision = Revision {
            commit: CommitId::worktree(),
            rank: (0, 0),
            path: RepoPath::from("a"),
            blob: BlobId(String::new()),
            item: None,
        };
        let date = date.parse().expect("a date");
        Edition { date, by_commit: false, revision, amendments: Vec::new() }
    }

    /// What `--as-of` picks: the last edition in order that had begun by the end of the day.
    #[test]
    fn editions_are_in_force_on_the_days_on_which_they_are_picked() {
        // By the moment the second of these is the later one, and by the day as written the earlier.
        let stamps = ["2020-03-02T01:00:00+13:00", "2020-03-01T20:00:00-11:00", "2020-03-05T00:00:00Z"];
        for dates in [&["2019-01-01", "2020-03-01", "2020-03-04"][..], &stamps[..]] {
            let editions: Vec<Edition> = dates.iter().map(|date| edition(date)).collect();
            let stages = stages(&editions);
            for day in NaiveDate::from_ymd_opt(2020, 2, 27).expect("a day").iter_days().take(9) {
                let picked = editions.iter().rposition(|e| e.date.range().start.date() <= day);
                let in_force: Vec<usize> = (0..stages.len())
                    .filter(|at| {
                        stages[*at].held_from <= day && stages[*at].held_until.is_none_or(|until| until > day)
                    })
                    .collect();
                assert_eq!(in_force, picked.into_iter().collect::<Vec<_>>(), "{day}");
            }
        }
    }
}
