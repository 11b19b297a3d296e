//! Timelines after commits that only bring new editions of records that stand: what was kept of the parent
//! goes on, and nothing else of the history is loaded.
//!
//! Owns which records can go on in this way, and when. Whatever is not as plain as that is left to the whole
//! sorting of the history, which decides what a timeline is; both must give the same.

use super::cached_history::CachedHistory;
use super::kept_timelines::KeptArchive;
use crate::git::{EntryKind, GitError, Touch, TouchEntry};
use crate::history::{Edition, HistoryQuestion, Revision, Timeline, read_one_head};
use crate::model::{Identity, ObjectId, PartialDate, RecordId};
use crate::schema::RENAMES;
use foldhash::HashMap;

/// With more new commits than this, the history is sorted as a whole.
const MANY_COMMITS: usize = 64;

/// Why the history is sorted as a whole instead: something is not plain, or cannot be read.
struct NotPlain;

impl From<GitError> for NotPlain {
    fn from(_: GitError) -> Self {
        NotPlain
    }
}

/// The timelines that go on, by the places of their records among those kept.
struct Growth<'g> {
    asked: &'g HistoryQuestion<'g>,
    old_tip: ObjectId,
    kept: KeptArchive,
    places: HashMap<RecordId, usize>,
    timelines: HashMap<usize, Timeline>,
}

impl CachedHistory<'_> {
    /// Makes the timelines of the tip from those of the tip that was asked about last, and keeps them.
    /// `false` if the commits between the two bring anything but new editions of plain records.
    pub(super) fn grow(&self, asked: &HistoryQuestion<'_>) -> bool {
        let is_plain = asked.policy.kinds.iter().all(|kind| {
            let spec = &kind.spec;
            spec.items.is_none() && !spec.date.by_commit() && spec.formerly.as_deref() != Some(RENAMES)
        });
        is_plain && self.try_to_grow(asked).is_ok()
    }

    fn try_to_grow(&self, asked: &HistoryQuestion<'_>) -> Result<(), NotPlain> {
        let old_tip = ObjectId::from(self.kept_tip().ok_or(NotPlain)?);
        let new = asked.repo.line_between(&old_tip, asked.tip, MANY_COMMITS)?.ok_or(NotPlain)?;
        let kept = self.kept_archive(&old_tip).ok_or(NotPlain)?;
        let names = kept.records.iter().enumerate();
        let places = names.map(|(at, record)| (RecordId(record.id.clone()), at)).collect();
        let count = u32::try_from(new.len()).map_err(|_| NotPlain)?;
        let mut growth = Growth { asked, old_tip, kept, places, timelines: HashMap::default() };
        growth.kept.count_from(count).ok_or(NotPlain)?;
        let touches = asked.repo.touches_of(&new)?;
        // The oldest first, as they were made.
        for (order, (commit, touched)) in (0..count).zip(new.iter().zip(&touches)).rev() {
            for touch in touched {
                let Some(kind) = asked.policy.kind_of(touch.path()) else { continue };
                let edition = growth.edition(touch, kind, (commit.id, (order + 1, order)))?;
                growth.add(self, kind, edition)?;
            }
        }
        let Growth { mut kept, timelines, .. } = growth;
        for (at, timeline) in timelines {
            kept.records[at] = self.keep_timeline(&timeline, true).ok_or(NotPlain)?;
        }
        self.keep_archive_of(asked.tip, &kept);
        Ok(())
    }
}

impl Growth<'_> {
    /// The new edition that a commit brings in a file, and whose it is.
    fn edition(
        &self,
        touch: &Touch,
        kind: usize,
        (commit, rank): (ObjectId, (u32, u32)),
    ) -> Result<(Identity, Edition), NotPlain> {
        let HistoryQuestion { store, policy, .. } = *self.asked;
        let is_file = |entry: &TouchEntry| matches!(entry.kind(), EntryKind::File | EntryKind::Executable);
        let entry = touch.entry.filter(is_file).ok_or(NotPlain)?;
        let head = read_one_head((store, policy), kind, touch.path(), &entry.blob()).map_err(|_| NotPlain)?;
        let (Some(identity), Some(date), true) = (head.identity, head.date, head.formerly.is_empty()) else {
            return Err(NotPlain);
        };
        if head.by_commit || date.moment().is_some() || !head.problems.is_empty() {
            return Err(NotPlain);
        }
        let revision = Revision { commit, rank, path: touch.path().clone(), blob: entry.blob(), item: None };
        let date = PartialDate::clone(&date);
        let (amendments, restated) = (Vec::new(), Vec::new());
        let edition = Edition { date, by_commit: false, revision, amendments, restated };
        Ok((Identity::clone(&identity), edition))
    }

    /// Adds an edition to the timeline of a record, if it comes after the last one and stands in its place.
    fn add(
        &mut self,
        cached: &CachedHistory<'_>,
        kind: usize,
        (identity, edition): (Identity, Edition),
    ) -> Result<(), NotPlain> {
        let at = *self.places.get(&identity.record_id()).ok_or(NotPlain)?;
        let is_first = !self.timelines.contains_key(&at);
        if is_first {
            let record = Some(&self.kept.records[at]).filter(|record| record.plain).ok_or(NotPlain)?;
            self.timelines.insert(at, cached.kept_timeline(record).ok_or(NotPlain)?);
        }
        let timeline = self.timelines.get_mut(&at).expect("because it was just put there");
        let last = timeline.editions.last().ok_or(NotPlain)?;
        let path = &edition.revision.path;
        let stood = match is_first {
            true => self.asked.repo.file_at(&self.old_tip, path)?.map(|file| file.blob),
            false => Some(last.revision.blob),
        };
        let is_next = last.revision.path == *path
            && stood == Some(last.revision.blob)
            && edition.date.range().start > last.date.range().end;
        let is_known = timeline.editions.iter().flat_map(Edition::revisions);
        let is_known = is_known.map(|revision| revision.blob).any(|blob| blob == edition.revision.blob);
        if !is_next || is_known || timeline.kind != kind || timeline.identity != identity {
            return Err(NotPlain);
        }
        timeline.editions.push(edition);
        Ok(())
    }
}
