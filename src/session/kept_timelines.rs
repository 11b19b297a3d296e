//! Timelines as they are kept.

use crate::git::{Horizon, Reach};
use crate::history::{Edition, ItemPlace, Removal, Revision, RevisionProblem, Timeline};
use crate::model::{Identity, LineColumn, ObjectId, RecordId, RepoPath};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

pub(super) type Hash = [u8; 20];

pub(super) fn hash_of(id: &ObjectId) -> Option<Hash> {
    id.object().map(|id| *id.as_bytes())
}

fn commit_of(hash: Hash) -> ObjectId {
    ObjectId::from(hash)
}

/// Paths, each once; and the rank from which those of revisions are counted: it grows with every commit, and
/// what is kept shall not.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Paths {
    pub(super) list: Vec<Vec<u8>>,
    #[serde(skip)]
    pub(super) known: HashMap<Vec<u8>, u32>,
    #[serde(skip)]
    pub(super) newest: (u32, u32),
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptRevision {
    pub(super) commit: Hash,
    pub(super) rank: (u32, u32),
    pub(super) path: u32,
    pub(super) blob: Hash,
    pub(super) item: Option<KeptItem>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptItem {
    pub(super) file: Hash,
    pub(super) span: (usize, usize),
    blanks: usize,
    lines_before: usize,
    pub(super) key: Option<String>,
}

impl KeptItem {
    /// `None` for an item whose text is not made of its bytes in the file.
    pub(super) fn of(place: &ItemPlace) -> Option<KeptItem> {
        Some(KeptItem {
            file: *place.file.object()?.as_bytes(),
            span: place.span,
            blanks: place.blanks?,
            lines_before: place.lines_before,
            key: place.key.clone(),
        })
    }

    pub(super) fn restore(&self) -> ItemPlace {
        ItemPlace {
            file: ObjectId::from(self.file),
            span: self.span,
            blanks: Some(self.blanks),
            lines_before: self.lines_before,
            key: self.key.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptProblem {
    pub(super) revision: KeptRevision,
    pub(super) place: Option<(usize, usize)>,
    pub(super) message: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptEdition {
    pub(super) date: String,
    pub(super) by_commit: bool,
    pub(super) revision: KeptRevision,
    pub(super) amendments: Vec<KeptRevision>,
    pub(super) restated: Vec<KeptRevision>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptTimeline {
    pub(super) id: String,
    pub(super) identity: Vec<(String, String)>,
    pub(super) kind: usize,
    pub(super) paths: Paths,
    pub(super) editions: Vec<KeptEdition>,
    pub(super) withdrawn: Vec<KeptEdition>,
    pub(super) heirs: Vec<String>,
    pub(super) origins: Vec<String>,
    pub(super) ended: Option<Hash>,
    pub(super) removals: Vec<KeptRemoval>,
    pub(super) problems: Vec<KeptProblem>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptRecord {
    pub(super) id: String,
    pub(super) identity: Vec<(String, String)>,
    /// The least level and the least order among its revisions.
    pub(super) newest: (u32, u32),
    /// A hash of its timeline but for that.
    pub(super) content: Vec<u8>,
    /// Whether a new edition lengthens its timeline by one and does not change it otherwise.
    pub(super) plain: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptArchive {
    pub(super) records: Vec<KeptRecord>,
    pub(super) orphans: Paths,
    pub(super) orphan_problems: Vec<KeptProblem>,
    pub(super) boundaries: Option<Vec<Hash>>,
    pub(super) grafted: bool,
    pub(super) replaced: bool,
    pub(super) partial: bool,
}

impl KeptArchive {
    /// Counts all ranks from a tip that lies so many commits, one after another, after the one they were
    /// counted from.
    pub(super) fn count_from(&mut self, commits: u32) -> Option<()> {
        let orphans = self.orphan_problems.iter_mut().map(|problem| &mut problem.revision.rank);
        for rank in self.records.iter_mut().map(|record| &mut record.newest).chain(orphans) {
            *rank = (rank.0.checked_add(commits)?, rank.1.checked_add(commits)?);
        }
        Some(())
    }

    pub(super) fn horizon(&self) -> Horizon {
        let reach = match &self.boundaries {
            None => Reach::Complete,
            Some(hashes) => Reach::Shallow { boundaries: hashes.iter().copied().map(commit_of).collect() },
        };
        Horizon { reach, grafted: self.grafted, replaced: self.replaced, partial: self.partial }
    }
}

impl Paths {
    pub(super) fn keep(&mut self, path: &RepoPath) -> Option<u32> {
        if let Some(known) = self.known.get(&path.0) {
            return Some(*known);
        }
        let at = u32::try_from(self.list.len()).ok()?;
        self.list.push(path.0.clone());
        self.known.insert(path.0.clone(), at);
        Some(at)
    }

    fn keep_revision(&mut self, revision: &Revision) -> Option<KeptRevision> {
        let blob = *revision.blob.object()?.as_bytes();
        let rank = (revision.rank.0.checked_sub(self.newest.0)?, revision.rank.1.checked_sub(self.newest.1)?);
        Some(KeptRevision {
            commit: hash_of(&revision.commit)?,
            rank,
            path: self.keep(&revision.path)?,
            blob,
            item: match &revision.item {
                Some(place) => Some(KeptItem::of(place)?),
                None => None,
            },
        })
    }

    pub(super) fn keep_problems(&mut self, problems: &[RevisionProblem]) -> Option<Vec<KeptProblem>> {
        let keep = |problem: &RevisionProblem| {
            Some(KeptProblem {
                revision: self.keep_revision(&problem.revision)?,
                place: problem.place.map(|place| (place.line, place.column)),
                message: problem.message.clone(),
            })
        };
        problems.iter().map(keep).collect()
    }

    fn keep_editions(&mut self, editions: &[Edition]) -> Option<Vec<KeptEdition>> {
        let keep = |edition: &Edition| {
            let mut kept = |revisions: &[Revision]| {
                revisions.iter().map(|revision| self.keep_revision(revision)).collect::<Option<Vec<_>>>()
            };
            Some(KeptEdition {
                amendments: kept(&edition.amendments)?,
                restated: kept(&edition.restated)?,
                revision: self.keep_revision(&edition.revision)?,
                date: edition.date.to_string(),
                by_commit: edition.by_commit,
            })
        };
        editions.iter().map(keep).collect()
    }

    fn restore_revision(&self, kept: &KeptRevision) -> Option<Revision> {
        Some(Revision {
            commit: commit_of(kept.commit),
            rank: (kept.rank.0.checked_add(self.newest.0)?, kept.rank.1.checked_add(self.newest.1)?),
            path: RepoPath(self.list.get(kept.path as usize)?.clone()),
            blob: ObjectId::from(kept.blob),
            item: kept.item.as_ref().map(|item| Box::new(item.restore())),
        })
    }

    pub(super) fn restore_problems(&self, problems: Vec<KeptProblem>) -> Option<Vec<RevisionProblem>> {
        let restore = |kept: KeptProblem| {
            Some(RevisionProblem {
                revision: self.restore_revision(&kept.revision)?,
                place: kept.place.map(|(line, column)| LineColumn { line, column }),
                message: kept.message,
            })
        };
        problems.into_iter().map(restore).collect()
    }

    fn restore_editions(&self, editions: &[KeptEdition]) -> Option<Vec<Edition>> {
        let restored = |revisions: &[KeptRevision]| {
            revisions.iter().map(|kept| self.restore_revision(kept)).collect::<Option<Vec<_>>>()
        };
        let restore = |kept: &KeptEdition| {
            Some(Edition {
                date: kept.date.parse().ok()?,
                by_commit: kept.by_commit,
                revision: self.restore_revision(&kept.revision)?,
                amendments: restored(&kept.amendments)?,
                restated: restored(&kept.restated)?,
            })
        };
        editions.iter().map(restore).collect()
    }
}

/// A removal as it is kept: two commits and a date.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptRemoval {
    commit: Hash,
    back: Hash,
    last: String,
}

impl KeptRemoval {
    fn of(removal: &Removal) -> Option<KeptRemoval> {
        let (commit, back) = (hash_of(&removal.commit)?, hash_of(&removal.back)?);
        Some(KeptRemoval { commit, back, last: removal.last.to_string() })
    }

    fn restore(&self) -> Option<Removal> {
        let (commit, back) = (commit_of(self.commit), commit_of(self.back));
        Some(Removal { commit, back, last: self.last.parse().ok()? })
    }
}

impl KeptTimeline {
    /// The timeline, and the least level and order in it, from which its ranks are counted.
    pub(super) fn of(timeline: &Timeline) -> Option<(KeptTimeline, (u32, u32))> {
        let editions = timeline.editions.iter().chain(&timeline.withdrawn);
        let revisions = editions.flat_map(Edition::revisions);
        let ranks = revisions
            .chain(timeline.problems.iter().map(|problem| &problem.revision))
            .map(|revision| revision.rank);
        let newest = ranks.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1))).unwrap_or_default();
        let mut paths = Paths { newest, ..Paths::default() };
        let kept = KeptTimeline {
            id: timeline.id.0.clone(),
            identity: timeline.identity.0.clone(),
            kind: timeline.kind,
            editions: paths.keep_editions(&timeline.editions)?,
            withdrawn: paths.keep_editions(&timeline.withdrawn)?,
            heirs: timeline.heirs.iter().map(|id| id.0.clone()).collect(),
            origins: timeline.origins.iter().map(|id| id.0.clone()).collect(),
            ended: timeline.ended.as_ref().map(|commit| hash_of(commit).ok_or(())).transpose().ok()?,
            removals: timeline.removals.iter().map(KeptRemoval::of).collect::<Option<Vec<_>>>()?,
            problems: paths.keep_problems(&timeline.problems)?,
            paths,
        };
        Some((kept, newest))
    }

    pub(super) fn restore(mut self, newest: (u32, u32)) -> Option<Timeline> {
        self.paths.newest = newest;
        Some(Timeline {
            editions: self.paths.restore_editions(&self.editions)?,
            withdrawn: self.paths.restore_editions(&self.withdrawn)?,
            problems: self.paths.restore_problems(self.problems)?,
            heirs: self.heirs.into_iter().map(RecordId).collect(),
            origins: self.origins.into_iter().map(RecordId).collect(),
            id: RecordId(self.id),
            identity: Identity(self.identity),
            kind: self.kind,
            ended: self.ended.map(commit_of),
            removals: self.removals.iter().map(KeptRemoval::restore).collect::<Option<Vec<_>>>()?,
        })
    }
}
