//! What of a history is kept between runs, and when it still holds: timelines by tip, and what each blob says of itself.
//!
//! Owns the compact form of timelines and heads and the stamps they are kept under. Must not know where they are kept.

use super::timeline::{Archive, Edition, Revision, RevisionProblem, Timeline};
use super::{BlobHead, Selection};
use crate::cache::{Cache, Stamp, Stamping};
use crate::dataset::Head;
use crate::git::{Horizon, ObjectHash, Reach, Repository};
use crate::model::{BlobId, CommitId, Identity, LineColumn, PartialDate, RecordId, RepoPath};
use crate::schema::Policy;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// A cache, and all that decides what a history in it holds for.
pub struct Shelf<'c> {
    cache: Option<&'c Cache>,
    name: &'static str,
    scope: Stamp,
}

/// Names of kept values.
const HEADS: &str = "heads";
const ARCHIVE: &str = "archive";
const TIMELINE: &str = "timeline";

impl<'c> Shelf<'c> {
    /// A shelf that stays empty.
    pub fn none() -> Shelf<'static> {
        Shelf { cache: None, name: "", scope: Stamping::default().stamp() }
    }

    /// The shelf for one tool, one policy's kinds of records, and a repository as shallow, grafted and replaced as it is now. There is
    /// place for one tip's timelines under each `name`.
    pub fn new(cache: &'c Cache, name: &'static str, tool: &str, policy: &Policy, repo: &Repository) -> Shelf<'c> {
        let mut scope = Stamping::default();
        scope.part(tool).part(&policy.root);
        for kind in &policy.kinds {
            scope
                .part(kind.glob.glob().glob())
                .part(format!("{:?}", (&kind.spec.identity, &kind.spec.date, &kind.spec.formerly)));
        }
        scope.part("history");
        repo.alterations().iter().for_each(|line| {
            scope.part(line);
        });
        Shelf { cache: Some(cache), name, scope: scope.stamp() }
    }

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        self.cache.is_some_and(Cache::is_on)
    }

    /// The stamp of the history as it is from `tip`.
    pub fn of_tip(&self, tip: &CommitId) -> Stamp {
        let mut stamp = Stamping::default();
        stamp.part(self.scope).part(&tip.0).stamp()
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, name: &str, stamp: &Stamp) -> Option<T> {
        postcard::from_bytes(&self.cache?.get(&format!("{}/{name}", self.name), stamp)?).ok()
    }

    fn write(&self, name: &str, stamp: &Stamp, value: &impl Serialize) {
        if let (Some(cache), Ok(bytes)) = (self.cache, postcard::to_stdvec(value)) {
            cache.put(&format!("{}/{name}", self.name), stamp, &bytes);
        }
    }

    /// The chosen timelines as they are from `tip`, if they are kept.
    pub(super) fn archive(&self, tip: &CommitId, selection: &Selection) -> Option<Archive> {
        if !self.is_on() {
            return None;
        }
        let stamp = self.of_tip(tip);
        let kept: KeptArchive = self.read(ARCHIVE, &stamp)?;
        let mut archive = Archive { horizon: kept.horizon(), ..Archive::default() };
        for (id, identity) in kept.records {
            if selection.names(&Identity(identity)) {
                let timeline: KeptTimeline = self.read(&format!("{TIMELINE}/{id}"), &stamp)?;
                archive.timelines.insert(RecordId(id), timeline.restore()?);
            }
        }
        archive.orphans = kept.orphans.restore_problems(kept.orphan_problems)?;
        Some(archive)
    }

    /// Keeps all timelines as they are from `tip`.
    pub(super) fn keep_archive(&self, tip: &CommitId, archive: &Archive) {
        if !self.is_on() {
            return;
        }
        let stamp = self.of_tip(tip);
        let mut paths = Paths::default();
        let Some(orphan_problems) = paths.keep_problems(&archive.orphans) else { return };
        let boundaries = match &archive.horizon.reach {
            Reach::Complete => None,
            Reach::Shallow { boundaries } => match boundaries.iter().map(hash_of).collect::<Option<Vec<_>>>() {
                Some(hashes) => Some(hashes),
                None => return,
            },
        };
        let Horizon { grafted, replaced, partial, .. } = archive.horizon;
        let records = archive.timelines.values().map(|t| (t.id.0.clone(), t.identity.0.clone())).collect();
        let kept = KeptArchive { records, orphans: paths, orphan_problems, boundaries, grafted, replaced, partial };
        for timeline in archive.timelines.values() {
            let Some(kept) = KeptTimeline::of(timeline) else { return };
            self.write(&format!("{TIMELINE}/{}", timeline.id), &stamp, &kept);
        }
        self.write(ARCHIVE, &stamp, &kept);
    }

    /// What earlier runs read of blobs.
    pub(super) fn heads(&self) -> HashMap<(usize, BlobId), BlobHead> {
        let kept: Option<KeptHeads> = if self.is_on() { self.read(HEADS, &self.scope) } else { None };
        kept.and_then(KeptHeads::restore).unwrap_or_default()
    }

    /// Keeps what was read of blobs.
    pub(super) fn keep_heads(&self, heads: &HashMap<(usize, BlobId), BlobHead>) {
        if let Some(kept) = KeptHeads::of(heads).filter(|_| self.is_on()) {
            self.write(HEADS, &self.scope, &kept);
        }
    }
}

type Hash = [u8; 20];

fn hash_of(id: &CommitId) -> Option<Hash> {
    ObjectHash::try_from(id).ok().map(|hash| *hash.as_bytes())
}

fn commit_of(hash: Hash) -> CommitId {
    ObjectHash::from(hash).commit_id()
}

/// Paths, each once.
#[derive(Default, Serialize, Deserialize)]
struct Paths {
    list: Vec<Vec<u8>>,
    #[serde(skip)]
    known: HashMap<Vec<u8>, u32>,
}

#[derive(Serialize, Deserialize)]
struct KeptRevision {
    commit: Hash,
    rank: (u32, u32),
    path: u32,
    blob: Hash,
}

#[derive(Serialize, Deserialize)]
struct KeptProblem {
    revision: KeptRevision,
    place: Option<(usize, usize)>,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct KeptEdition {
    date: String,
    revision: KeptRevision,
    amendments: Vec<KeptRevision>,
}

#[derive(Serialize, Deserialize)]
struct KeptTimeline {
    id: String,
    identity: Vec<(String, String)>,
    kind: usize,
    paths: Paths,
    editions: Vec<KeptEdition>,
    withdrawn: Vec<KeptEdition>,
    ended: Option<Hash>,
    problems: Vec<KeptProblem>,
}

#[derive(Serialize, Deserialize)]
struct KeptArchive {
    records: Vec<(String, Vec<(String, String)>)>,
    orphans: Paths,
    orphan_problems: Vec<KeptProblem>,
    boundaries: Option<Vec<Hash>>,
    grafted: bool,
    replaced: bool,
    partial: bool,
}

impl KeptArchive {
    fn horizon(&self) -> Horizon {
        let reach = match &self.boundaries {
            None => Reach::Complete,
            Some(hashes) => Reach::Shallow { boundaries: hashes.iter().copied().map(commit_of).collect() },
        };
        Horizon { reach, grafted: self.grafted, replaced: self.replaced, partial: self.partial }
    }
}

impl Paths {
    fn keep(&mut self, path: &RepoPath) -> Option<u32> {
        if let Some(known) = self.known.get(&path.0) {
            return Some(*known);
        }
        let at = u32::try_from(self.list.len()).ok()?;
        self.list.push(path.0.clone());
        self.known.insert(path.0.clone(), at);
        Some(at)
    }

    fn keep_revision(&mut self, revision: &Revision) -> Option<KeptRevision> {
        let blob = *ObjectHash::try_from(&revision.blob).ok()?.as_bytes();
        Some(KeptRevision { commit: hash_of(&revision.commit)?, rank: revision.rank, path: self.keep(&revision.path)?, blob })
    }

    fn keep_problems(&mut self, problems: &[RevisionProblem]) -> Option<Vec<KeptProblem>> {
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
            Some(KeptEdition {
                date: edition.date.to_string(),
                revision: self.keep_revision(&edition.revision)?,
                amendments: edition.amendments.iter().map(|revision| self.keep_revision(revision)).collect::<Option<_>>()?,
            })
        };
        editions.iter().map(keep).collect()
    }

    fn restore_revision(&self, kept: &KeptRevision) -> Option<Revision> {
        Some(Revision {
            commit: commit_of(kept.commit),
            rank: kept.rank,
            path: RepoPath(self.list.get(kept.path as usize)?.clone()),
            blob: ObjectHash::from(kept.blob).blob_id(),
        })
    }

    fn restore_problems(&self, problems: Vec<KeptProblem>) -> Option<Vec<RevisionProblem>> {
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
        let restore = |kept: &KeptEdition| {
            Some(Edition {
                date: kept.date.parse().ok()?,
                revision: self.restore_revision(&kept.revision)?,
                amendments: kept.amendments.iter().map(|kept| self.restore_revision(kept)).collect::<Option<_>>()?,
            })
        };
        editions.iter().map(restore).collect()
    }
}

impl KeptTimeline {
    fn of(timeline: &Timeline) -> Option<KeptTimeline> {
        let mut paths = Paths::default();
        Some(KeptTimeline {
            id: timeline.id.0.clone(),
            identity: timeline.identity.0.clone(),
            kind: timeline.kind,
            editions: paths.keep_editions(&timeline.editions)?,
            withdrawn: paths.keep_editions(&timeline.withdrawn)?,
            ended: timeline.ended.as_ref().map(|commit| hash_of(commit).ok_or(())).transpose().ok()?,
            problems: paths.keep_problems(&timeline.problems)?,
            paths,
        })
    }

    fn restore(self) -> Option<Timeline> {
        Some(Timeline {
            editions: self.paths.restore_editions(&self.editions)?,
            withdrawn: self.paths.restore_editions(&self.withdrawn)?,
            problems: self.paths.restore_problems(self.problems)?,
            id: RecordId(self.id),
            identity: Identity(self.identity),
            kind: self.kind,
            ended: self.ended.map(commit_of),
        })
    }
}

/// What blobs say of themselves; identities stand in a table of their own, each once.
#[derive(Default, Serialize, Deserialize)]
struct KeptHeads {
    identities: Vec<Vec<(String, String)>>,
    heads: BTreeMap<(usize, Hash), Result<KeptHead, String>>,
}

#[derive(Serialize, Deserialize)]
struct KeptHead {
    identity: Option<u32>,
    formerly: Vec<u32>,
    date: Option<String>,
    problems: Vec<(usize, usize, String)>,
}

/// Identities, each once.
#[derive(Default)]
struct Identities<'h> {
    list: Vec<Vec<(String, String)>>,
    known: HashMap<&'h Identity, u32>,
}

impl<'h> Identities<'h> {
    fn place(&mut self, identity: &'h Identity) -> Option<u32> {
        if let Some(at) = self.known.get(identity) {
            return Some(*at);
        }
        let at = u32::try_from(self.list.len()).ok()?;
        self.list.push(identity.0.clone());
        self.known.insert(identity, at);
        Some(at)
    }
}

impl KeptHeads {
    fn of(heads: &HashMap<(usize, BlobId), BlobHead>) -> Option<KeptHeads> {
        let mut identities = Identities::default();
        let mut kept = BTreeMap::new();
        for ((kind, blob), head) in heads {
            let head = match head {
                Err(message) => Err(message.clone()),
                Ok((head, problems)) => Ok(KeptHead {
                    identity: head.identity.as_ref().map(|identity| identities.place(identity).ok_or(())).transpose().ok()?,
                    formerly: head.formerly.iter().map(|identity| identities.place(identity)).collect::<Option<_>>()?,
                    date: head.date.as_ref().map(PartialDate::to_string),
                    problems: problems.iter().map(|(at, text)| (at.line, at.column, text.clone())).collect(),
                }),
            };
            kept.insert((*kind, *ObjectHash::try_from(blob).ok()?.as_bytes()), head);
        }
        Some(KeptHeads { identities: identities.list, heads: kept })
    }

    fn restore(self) -> Option<HashMap<(usize, BlobId), BlobHead>> {
        let identity = |at: u32| Some(Identity(self.identities.get(at as usize)?.clone()));
        let restore = |head: KeptHead| {
            let known = Head {
                identity: head.identity.map(|at| identity(at).ok_or(())).transpose().ok()?,
                formerly: head.formerly.iter().map(|at| identity(*at)).collect::<Option<_>>()?,
                date: head.date.map(|date| date.parse::<PartialDate>()).transpose().ok()?,
                problems: Vec::new(),
            };
            Some((known, head.problems.into_iter().map(|(line, column, text)| (LineColumn { line, column }, text)).collect()))
        };
        self.heads
            .into_iter()
            .map(|((kind, hash), head)| {
                let head = match head {
                    Ok(head) => Ok(restore(head)?),
                    Err(message) => Err(message),
                };
                Some(((kind, ObjectHash::from(hash).blob_id()), head))
            })
            .collect()
    }
}
