//! The rows of one record, in all tables.

use super::cell::{Cell, ExportRow};
use super::columns::TableName;
use super::context::RecordExport;
use super::sentences::SentenceRows;
use super::sources::SourceRows;
use super::stages::{EditionStage, stages};
use super::statements::Statements;
use super::{outcomes, panel};
use crate::history::{Edition, Timeline};
use crate::model::Failure;
use crate::report::{ReadEdition, RecordReader, assessed_through, subject_as_of};
use crate::rules::Subject;
use chrono::{DateTime, NaiveDate, Utc};

/// The rows of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordRows {
    /// The value that splits the folders of Parquet tables.
    pub partition: String,
    /// By table, in the order of [`TableName::ALL`].
    pub rows: [Vec<ExportRow>; 8],
}

impl RecordRows {
    /// The rows of a table.
    pub fn of(&self, table: TableName) -> &[ExportRow] {
        TableName::ALL.iter().position(|known| *known == table).map_or(&[], |at| &self.rows[at])
    }
}

impl RecordExport<'_> {
    /// The rows of a record. `ended` is the day on which it was removed.
    ///
    /// # Errors
    /// An edition that cannot be read.
    pub fn rows(&self, timeline: &Timeline, ended: Option<NaiveDate>) -> Result<RecordRows, Failure> {
        let subject = subject_as_of(self.engine, self.source, timeline, timeline.editions.last())?;
        let partition = match &self.tables.partition_field {
            Some(field) => timeline.identity.get(field).unwrap_or_default().to_owned(),
            None => subject.kind.spec.kind.clone(),
        };
        let stages = stages(&timeline.editions);
        let mut reader = RecordReader::new(self.engine, self.source, &subject, timeline);
        let mut statements = Statements::new(self, &subject);
        let mut sentences = SentenceRows::new(self, &subject);
        let mut sources = SourceRows::new(self, &subject);
        let mut statuses = panel::Statuses::new(self.tables);
        let mut editions = Vec::new();
        let mut newest: Option<ReadEdition> = None;
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

    fn record_row(&self, subject: &Subject<'_>, timeline: &Timeline, ended: Option<NaiveDate>) -> ExportRow {
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

    fn edition_row(&self, subject: &Subject<'_>, stage: &EditionStage<'_>, page: &ReadEdition) -> ExportRow {
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
}
