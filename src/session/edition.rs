//! Editions with their documents, and how records ended.

use super::Session;
use crate::document::{LineFields, LineHashes};
use crate::history::{DocumentSeries, DocumentStore, Edition, Timeline, document_in};
use crate::model::report::EndedRecord;
use crate::model::results::{EditionRef, RecordHeading};
use crate::model::{Document, Failure, PartialDate, RecordId};
use crate::report::{EditionSource, subject_as_of};
use crate::rules::{Edited, Engine, Subject, assessed_through};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a record is named in answers, and how far it was assessed as of the newest edition that the answer
/// looks at.
pub(super) fn heading_of(
    timeline: &Timeline,
    subject: &Subject<'_>,
    newest: Option<Edited<'_>>,
) -> RecordHeading {
    let through =
        |edition: Edited<'_>| assessed_through(subject.kind, &edition.document.root, edition.date());
    RecordHeading {
        record: timeline.id.clone(),
        heading: subject.heading.clone(),
        assessed_through: newest.and_then(through),
        name: subject.name.clone(),
        identity: timeline.identity.0.clone(),
    }
}

/// How an edition is named in answers.
pub fn edition_ref(edition: &Edition) -> EditionRef {
    EditionRef {
        last_updated: edition.date.clone(),
        dated_by_commit: edition.by_commit,
        commit: edition.revision.commit,
        file: edition.revision.path.to_string(),
    }
}

impl Session {
    /// Which records were removed, when and by which commit.
    pub(super) fn ends<'t>(
        &self,
        engine: &Engine<'_>,
        timelines: impl Iterator<Item = &'t Timeline>,
    ) -> Result<BTreeMap<RecordId, EndedRecord>, Failure> {
        let mut out = BTreeMap::new();
        for timeline in timelines {
            let (Some(commit), Some(last)) = (&timeline.ended, timeline.editions.last()) else { continue };
            let on = self.repo.commit_info(commit)?.committer_time.date_naive();
            let ended = EndedRecord {
                record: timeline.id.clone(),
                heading: subject_as_of(engine, &self.store, timeline, Some(last))?.heading,
                on: PartialDate::from_day(on),
                commit: *commit,
                last_updated: last.date.clone(),
            };
            out.insert(timeline.id.clone(), ended);
        }
        Ok(out)
    }
}

impl EditionSource<Failure> for DocumentStore {
    fn yaml(&self, edition: &Edition) -> Result<Vec<u8>, Failure> {
        Ok(DocumentStore::yaml(self, &edition.revision)?)
    }

    fn lines(&self, edition: &Edition, fields: &LineFields) -> Result<Option<LineHashes>, Failure> {
        Ok(DocumentStore::lines(self, &edition.revision, fields)?)
    }

    fn document(
        &self,
        series: &mut DocumentSeries,
        edition: &Edition,
        yaml: &[u8],
    ) -> (EditionRef, Arc<Document>) {
        (edition_ref(edition), document_in(series, &edition.revision, yaml))
    }
}

/// An edition with its document, ready for the rules.
pub(super) struct LoadedEdition {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
}

impl LoadedEdition {
    /// Reads an edition.
    pub fn read(store: &DocumentStore, edition: &Edition) -> Result<LoadedEdition, Failure> {
        Ok(LoadedEdition { name: edition_ref(edition), document: store.edition(&edition.revision)? })
    }

    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }
}
