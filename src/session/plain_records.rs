//! Which records are so plain that a new edition lengthens their timelines by one and does not change them
//! otherwise: nothing has to be weighed against anything else.

use crate::history::{Archive, BlobIndex, Edition, Timeline};
use crate::model::{Identity, RecordId, RepoPath};
use foldhash::{HashMap, HashSet};

/// The records whose timelines a new edition lengthens by one and does not change otherwise.
pub(super) struct PlainRecords<'a> {
    /// By path, the only record that ever stood there; `None` where there were several, or what is none.
    owners: HashMap<&'a RepoPath, Option<&'a RecordId>>,
    /// What blobs say that records were called before.
    former: HashSet<&'a Identity>,
}

impl<'a> PlainRecords<'a> {
    pub(super) fn of(archive: &'a Archive, heads: &'a BlobIndex) -> Self {
        let mut owners: HashMap<&RepoPath, Option<&RecordId>> = HashMap::default();
        let mut own = |path: &'a RepoPath, id: Option<&'a RecordId>| {
            let owner = owners.entry(path).or_insert(id);
            *owner = (*owner).filter(|known| Some(*known) == id);
        };
        for (id, timeline) in &archive.timelines {
            for revision in timeline.editions.iter().chain(&timeline.withdrawn).flat_map(Edition::revisions) {
                own(&revision.path, Some(id));
            }
            timeline.problems.iter().for_each(|problem| own(&problem.revision.path, None));
        }
        archive.orphans.iter().for_each(|problem| own(&problem.revision.path, None));
        let summaries = heads.since(0).iter().filter_map(|(_, head)| head.as_ref().ok());
        let former = summaries.flat_map(|summary| &summary.formerly).map(|identity| &**identity).collect();
        PlainRecords { owners, former }
    }

    /// Whether the record stands, in a file that was never another's; nothing of it was taken back, moved or
    /// stated twice, and days date it.
    pub(super) fn has(&self, timeline: &Timeline) -> bool {
        let Timeline { editions, withdrawn, heirs, origins, problems, .. } = timeline;
        let is_odd =
            editions.is_empty() || timeline.ended.is_some() || self.former.contains(&timeline.identity);
        if is_odd || !(withdrawn.is_empty() && heirs.is_empty() && origins.is_empty() && problems.is_empty())
        {
            return false;
        }
        let mut blobs = HashSet::default();
        editions.iter().all(|edition| {
            let is_dated = !edition.by_commit && edition.date.moment().is_none();
            is_dated
                && edition.revisions().all(|revision| {
                    let is_own = self.owners.get(&revision.path) == Some(&Some(&timeline.id));
                    is_own && revision.item.is_none() && blobs.insert(revision.blob)
                })
        })
    }
}
