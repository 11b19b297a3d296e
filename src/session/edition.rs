//! Editions with their documents, and how records ended.

use super::Session;
use crate::document::{LineFields, LineHashes};
use crate::history::{DocumentSeries, DocumentStore, Edition, Timeline, document_in};
use crate::model::report::EndedRecord;
use crate::model::results::{EditionRef, RecordHeading};
use crate::model::{Document, Failure, ObjectId, PartialDate, RecordId};
use crate::report::{EditionSource, subject_as_of};
use crate::rules::{Edited, Engine, Subject, assessed_through};
use indexmap::IndexMap;
use std::cmp::Ordering;
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

/// How and when a record ended: for good, and for a while.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordEnds {
    /// The end of a record that is gone.
    pub last: Option<EndedRecord>,
    /// The removals that its return followed, newest first.
    pub removals: Vec<EndedRecord>,
}

impl Session {
    /// Which records were removed, when and by which commit.
    pub(super) fn ends<'t>(
        &self,
        engine: &Engine<'_>,
        timelines: impl Iterator<Item = &'t Timeline>,
    ) -> Result<BTreeMap<RecordId, RecordEnds>, Failure> {
        let mut out = BTreeMap::new();
        for timeline in timelines {
            let Some(last) = timeline.editions.last() else { continue };
            if timeline.ended.is_none() && timeline.removals.is_empty() {
                continue;
            }
            let heading = subject_as_of(engine, &self.store, timeline, Some(last))?.heading;
            let ended = |commit: &ObjectId, last: &PartialDate, back: Option<PartialDate>| {
                let record = timeline.id.clone();
                let (heading, last_updated) = (heading.clone(), last.clone());
                let on = self.committed_on(commit)?;
                // A branch on which it was removed may have been merged after later editions.
                let is_of_commit = |edition: &Edition| edition.by_commit && edition.date == *last;
                let on = match timeline.editions.iter().any(is_of_commit) && on.order(last) == Ordering::Less
                {
                    true => last.clone(),
                    false => on,
                };
                let (identity, groups) = (timeline.identity.0.iter().cloned().collect(), IndexMap::new());
                let commit = *commit;
                Ok::<_, Failure>(EndedRecord {
                    record,
                    heading,
                    on,
                    commit,
                    last_updated,
                    back,
                    identity,
                    groups,
                })
            };
            let mut ends = RecordEnds::default();
            if let Some(commit) = &timeline.ended {
                ends.last = Some(ended(commit, &last.date, None)?);
            }
            for removal in timeline.removals.iter().rev() {
                let back = self.committed_on(&removal.back)?;
                let removed = ended(&removal.commit, &removal.last, Some(back.clone()))?;
                // What is back on the same day was moved in two steps.
                ends.removals.extend((removed.on.order(&back) == Ordering::Less).then_some(removed));
            }
            out.insert(timeline.id.clone(), ends);
        }
        Ok(out)
    }

    /// The committer's day of a commit.
    fn committed_on(&self, commit: &ObjectId) -> Result<PartialDate, Failure> {
        Ok(PartialDate::from_day(self.repo.commit_info(commit)?.committer_time.date_naive()))
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
