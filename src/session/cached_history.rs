//! What of a history is kept between runs, and when it still holds: timelines by tip; and what holds from every tip, what each commit
//! changed and what each blob says of itself, so that a run after a new commit reads what is new only.
//!
//! Owns the compact form of timelines and heads and the stamps they are kept under.

use crate::cache::{Cache, Stamp, Stamping};
use crate::git::{CommitFacts, GitError, History, Horizon, ObjectHash, Reach, Repository, WalkMemory};
use crate::history::{
    self, Archive, BlobHead, BlobIndex, BlobSummary, Edition, HeadKey, HistoryQuestion, ItemPlace, Revision,
    RevisionProblem, Selection, Timeline,
};
use crate::model::{CommitId, Identity, LineColumn, PartialDate, RecordId, RepoPath};
use crate::schema::{HistoryLine, Policy};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::Hash as Hashed;
use std::sync::Arc;

/// A cache, and all that decides what a history in it holds for.
pub struct CachedHistory<'c> {
    cache: Option<&'c Cache>,
    name: &'static str,
    scope: Stamp,
}

/// Names of kept values.
const WALK: &str = "walk";
const HEADS: &str = "heads";
const ARCHIVE: &str = "archive";
const TIMELINE: &str = "timeline";

/// What earlier runs learned that holds from every tip; of commits that are not reachable from this one, too, so that branches that are
/// asked about in turn do not undo each other's work. Where more than half is of others, they are forgotten.
#[derive(Default)]
struct Learned {
    /// What commits changed.
    pub walk: WalkMemory,
    /// What blobs say of themselves.
    pub heads: BlobIndex,
    walk_pages: Pages,
    head_pages: Pages,
}

impl Learned {
    /// Learns the commits of a walk that were not known.
    pub fn take(&mut self, history: &History) {
        self.walk.learn(history);
        if !history.fresh.is_empty() && self.walk.len() > 2 * history.commits.len() {
            self.walk = WalkMemory::of(history);
            self.walk_pages.begin_anew();
        }
    }
}

/// Facts of one sort are kept in pages, each of what one run learned, so that little is written where little is new. Each page stands
/// for itself: should one be lost, what stood there is learned again.
#[derive(Default)]
struct Pages {
    count: usize,
    /// How many facts the first page holds.
    first: usize,
    /// How many facts all pages hold.
    kept: usize,
}

/// With more pages than this, they are made one.
const MANY_PAGES: usize = 16;

impl Pages {
    fn begin_anew(&mut self) {
        (self.first, self.kept) = (0, 0);
    }
}

impl<'c> CachedHistory<'c> {
    /// Nothing is kept.
    pub fn none() -> CachedHistory<'static> {
        CachedHistory { cache: None, name: "", scope: Stamping::default().stamp() }
    }

    /// What is kept for one tool, one policy's kinds of records, and a repository as shallow, grafted and replaced as it is now. There is
    /// place for one tip's timelines under each `name`; what holds from every tip is shared.
    pub fn new(
        cache: &'c Cache,
        name: &'static str,
        tool: &str,
        policy: &Policy,
        repo: &Repository,
    ) -> CachedHistory<'c> {
        let mut scope = Stamping::default();
        scope.part(tool).part(&policy.root);
        for kind in &policy.kinds {
            scope.part(kind.glob.glob().glob()).part(format!(
                "{:?}",
                (&kind.spec.identity, &kind.spec.date, &kind.spec.formerly, &kind.spec.items)
            ));
        }
        scope.part("history, third form").part(format!("{:?}", policy.manifest.history));
        repo.alterations().iter().for_each(|line| {
            scope.part(line);
        });
        CachedHistory { cache: Some(cache), name, scope: scope.stamp() }
    }

    /// The timelines that are asked for, from what was kept and what is new since. All records are read once, whichever are asked
    /// for, and of a history that has grown only new commits and new blobs. The working tree is never kept.
    ///
    /// # Errors
    /// As [`history::load`].
    pub fn load(&self, asked: &HistoryQuestion<'_>) -> Result<Archive, GitError> {
        if asked.worktree.is_some() || !self.is_on() {
            return history::load(asked);
        }
        if let Some(archive) = self.archive(asked.tip, asked.selection) {
            return Ok(archive);
        }
        let mut learned = self.learned();
        let prefix = RepoPath::from(asked.policy.root.as_str());
        let main_line = asked.policy.manifest.history == HistoryLine::FirstParent;
        let walked = asked.repo.history_along(&learned.walk, asked.tip, &prefix, main_line)?;
        learned.take(&walked);
        self.keep_walk(&learned);
        let all = HistoryQuestion { selection: &Selection::all(), ..*asked };
        let mut archive = history::sort(&all, walked, &mut learned.heads)?;
        if !asked.store.has_gaps() {
            self.keep_heads(&mut learned);
            self.keep_archive(asked.tip, &archive);
        }
        archive.timelines.retain(|_, timeline| asked.selection.names(&timeline.identity));
        Ok(archive)
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

    fn of_content(&self, content: &[u8]) -> Stamp {
        let mut stamp = Stamping::default();
        stamp.part(self.scope).part(content).stamp()
    }

    /// The name of what is kept for this tip alone.
    fn own(&self, name: &str) -> String {
        format!("{}/{name}", self.name)
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, name: &str, stamp: &Stamp) -> Option<T> {
        postcard::from_bytes(&self.cache?.get(name, stamp)?).ok()
    }

    fn write(&self, name: &str, stamp: &Stamp, value: &impl Serialize) {
        if let (Some(cache), Ok(bytes)) = (self.cache, postcard::to_stdvec(value)) {
            cache.put(name, stamp, &bytes);
        }
    }

    /// Gives each page to `take`, which says how many facts there are with it.
    fn read_pages<T: for<'de> Deserialize<'de>>(
        &self,
        name: &str,
        mut take: impl FnMut(T) -> Option<usize>,
    ) -> Pages {
        let mut pages = Pages::default();
        while let Some(known) = self.read(&format!("{name}/{}", pages.count), &self.scope).and_then(&mut take)
        {
            pages.first = if pages.count == 0 { known } else { pages.first };
            pages.kept = known;
            pages.count += 1;
        }
        pages
    }

    /// Keeps what is new among `known` facts on a page of its own, or all of them on one page where the pages became many or the
    /// later ones large. `page` makes one of all facts from a number on.
    fn write_pages<T: Serialize>(
        &self,
        name: &str,
        pages: &Pages,
        known: usize,
        page: impl Fn(usize) -> Option<T>,
    ) {
        if known == pages.kept {
            return;
        }
        let whole = pages.count >= MANY_PAGES || (known - pages.first) * 4 > pages.first;
        let (number, from) = if whole { (0, 0) } else { (pages.count, pages.kept) };
        if let Some(page) = page(from) {
            self.write(&format!("{name}/{number}"), &self.scope, &page);
        }
        if let (Some(cache), true) = (self.cache, whole) {
            (1..pages.count).for_each(|number| cache.put(&format!("{name}/{number}"), &self.scope, &[]));
        }
    }

    /// The chosen timelines as they are from `tip`, if they are kept.
    fn archive(&self, tip: &CommitId, selection: &Selection) -> Option<Archive> {
        if !self.is_on() {
            return None;
        }
        let stamp = self.of_tip(tip);
        let kept: KeptArchive = self.read(&self.own(ARCHIVE), &stamp)?;
        let mut archive = Archive { horizon: kept.horizon(), ..Archive::default() };
        for record in kept.records {
            if selection.names(&Identity(record.identity)) {
                let name = self.own(&format!("{TIMELINE}/{}", record.id));
                let timeline: KeptTimeline = self.read(&name, &self.of_content(&record.content))?;
                archive.timelines.insert(RecordId(record.id), timeline.restore(record.newest)?);
            }
        }
        archive.orphans = kept.orphans.restore_problems(kept.orphan_problems)?;
        Some(archive)
    }

    /// Keeps all timelines as they are from `tip`; those that did not change since they were kept are not written again.
    fn keep_archive(&self, tip: &CommitId, archive: &Archive) {
        if !self.is_on() {
            return;
        }
        let stamp = self.of_tip(tip);
        let mut paths = Paths::default();
        let Some(orphan_problems) = paths.keep_problems(&archive.orphans) else { return };
        let boundaries = match &archive.horizon.reach {
            Reach::Complete => None,
            Reach::Shallow { boundaries } => match boundaries.iter().map(hash_of).collect::<Option<Vec<_>>>()
            {
                Some(hashes) => Some(hashes),
                None => return,
            },
        };
        let Horizon { grafted, replaced, partial, .. } = archive.horizon;
        let Some(records) =
            archive.timelines.par_iter().map(|(_, timeline)| self.keep_timeline(timeline)).collect()
        else {
            return;
        };
        let kept =
            KeptArchive { records, orphans: paths, orphan_problems, boundaries, grafted, replaced, partial };
        self.write(&self.own(ARCHIVE), &stamp, &kept);
    }

    fn keep_timeline(&self, timeline: &Timeline) -> Option<KeptRecord> {
        let (kept, newest) = KeptTimeline::of(timeline)?;
        let bytes = postcard::to_stdvec(&kept).ok()?;
        let mut content = Stamping::default();
        let content = content.part(&bytes).stamp().as_ref().to_vec();
        let (cache, name, stamp) =
            (self.cache?, self.own(&format!("{TIMELINE}/{}", timeline.id)), self.of_content(&content));
        if cache.get(&name, &stamp).is_none() {
            cache.put(&name, &stamp, &bytes);
        }
        Some(KeptRecord { id: kept.id, identity: kept.identity, newest, content })
    }

    /// What earlier runs learned.
    fn learned(&self) -> Learned {
        let mut learned = Learned::default();
        learned.walk_pages = self.read_pages(WALK, |page: CommitFacts| {
            learned.walk.add(&page)?;
            Some(learned.walk.len())
        });
        learned.head_pages = self.read_pages(HEADS, |page: KeptHeads| {
            page.restore(&mut learned.heads)?;
            Some(learned.heads.len())
        });
        learned
    }

    /// Keeps what was learned of commits.
    fn keep_walk(&self, learned: &Learned) {
        self.write_pages(WALK, &learned.walk_pages, learned.walk.len(), |from| {
            Some(learned.walk.facts(from))
        });
    }

    /// Keeps what was read of blobs.
    fn keep_heads(&self, learned: &mut Learned) {
        if learned.heads.were_forgotten() {
            learned.head_pages.begin_anew();
        }
        self.write_pages(HEADS, &learned.head_pages, learned.heads.len(), |from| {
            KeptHeads::of(learned.heads.since(from))
        });
    }
}

type Hash = [u8; 20];

fn hash_of(id: &CommitId) -> Option<Hash> {
    ObjectHash::try_from(id).ok().map(|hash| *hash.as_bytes())
}

fn commit_of(hash: Hash) -> CommitId {
    ObjectHash::from(hash).commit_id()
}

/// Paths, each once; and the rank from which those of revisions are counted: it grows with every commit, and what is kept shall not.
#[derive(Default, Serialize, Deserialize)]
struct Paths {
    list: Vec<Vec<u8>>,
    #[serde(skip)]
    known: HashMap<Vec<u8>, u32>,
    #[serde(skip)]
    newest: (u32, u32),
}

#[derive(Serialize, Deserialize)]
struct KeptRevision {
    commit: Hash,
    rank: (u32, u32),
    path: u32,
    blob: Hash,
    item: Option<KeptItem>,
}

#[derive(Serialize, Deserialize)]
struct KeptItem {
    file: Hash,
    span: (usize, usize),
    blanks: usize,
    lines_before: usize,
    key: Option<String>,
}

impl KeptItem {
    /// `None` for an item whose text is not made of its bytes in the file.
    fn of(place: &ItemPlace) -> Option<KeptItem> {
        Some(KeptItem {
            file: *ObjectHash::try_from(&place.file).ok()?.as_bytes(),
            span: place.span,
            blanks: place.blanks?,
            lines_before: place.lines_before,
            key: place.key.clone(),
        })
    }

    fn restore(&self) -> ItemPlace {
        ItemPlace {
            file: ObjectHash::from(self.file).blob_id(),
            span: self.span,
            blanks: Some(self.blanks),
            lines_before: self.lines_before,
            key: self.key.clone(),
        }
    }
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
    by_commit: bool,
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
    heirs: Vec<String>,
    origins: Vec<String>,
    ended: Option<Hash>,
    problems: Vec<KeptProblem>,
}

#[derive(Serialize, Deserialize)]
struct KeptRecord {
    id: String,
    identity: Vec<(String, String)>,
    /// The least level and the least order among its revisions.
    newest: (u32, u32),
    /// A hash of its timeline but for that.
    content: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct KeptArchive {
    records: Vec<KeptRecord>,
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
                by_commit: edition.by_commit,
                revision: self.keep_revision(&edition.revision)?,
                amendments: edition
                    .amendments
                    .iter()
                    .map(|revision| self.keep_revision(revision))
                    .collect::<Option<_>>()?,
            })
        };
        editions.iter().map(keep).collect()
    }

    fn restore_revision(&self, kept: &KeptRevision) -> Option<Revision> {
        Some(Revision {
            commit: commit_of(kept.commit),
            rank: (kept.rank.0.checked_add(self.newest.0)?, kept.rank.1.checked_add(self.newest.1)?),
            path: RepoPath(self.list.get(kept.path as usize)?.clone()),
            blob: ObjectHash::from(kept.blob).blob_id(),
            item: kept.item.as_ref().map(KeptItem::restore),
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
                by_commit: kept.by_commit,
                revision: self.restore_revision(&kept.revision)?,
                amendments: kept
                    .amendments
                    .iter()
                    .map(|kept| self.restore_revision(kept))
                    .collect::<Option<_>>()?,
            })
        };
        editions.iter().map(restore).collect()
    }
}

impl KeptTimeline {
    /// The timeline, and the least level and order in it, from which its ranks are counted.
    fn of(timeline: &Timeline) -> Option<(KeptTimeline, (u32, u32))> {
        let editions = timeline.editions.iter().chain(&timeline.withdrawn);
        let revisions = editions.flat_map(|edition| edition.amendments.iter().chain([&edition.revision]));
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
            problems: paths.keep_problems(&timeline.problems)?,
            paths,
        };
        Some((kept, newest))
    }

    fn restore(mut self, newest: (u32, u32)) -> Option<Timeline> {
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
        })
    }
}

/// What blobs say of themselves; identities and dates stand in tables of their own, each once.
#[derive(Default, Serialize, Deserialize)]
struct KeptHeads {
    identities: Vec<Vec<(String, String)>>,
    dates: Vec<String>,
    /// The blobs' ids, 20 bytes each.
    blobs: Vec<u8>,
    /// Each with the number of its kind, and that of its path where that names the record.
    heads: Vec<(u32, u64, Result<KeptHead, String>)>,
}

#[derive(Serialize, Deserialize)]
struct KeptHead {
    identity: Option<u32>,
    formerly: Vec<u32>,
    date: Option<u32>,
    by_commit: bool,
    problems: Vec<(usize, usize, String)>,
}

/// Things, each once, by their places.
struct IndexedList<'h, T> {
    list: Vec<&'h T>,
    places: HashMap<&'h T, u32>,
}

impl<'h, T: Eq + Hashed> IndexedList<'h, T> {
    fn new() -> Self {
        IndexedList { list: Vec::new(), places: HashMap::new() }
    }

    fn place(&mut self, thing: &'h T) -> Option<u32> {
        if let Some(at) = self.places.get(thing) {
            return Some(*at);
        }
        let at = u32::try_from(self.list.len()).ok()?;
        self.list.push(thing);
        self.places.insert(thing, at);
        Some(at)
    }
}

impl KeptHeads {
    fn of(heads: &[(HeadKey, BlobHead)]) -> Option<KeptHeads> {
        let (mut identities, mut dates) = (IndexedList::new(), IndexedList::new());
        let mut kept = KeptHeads::default();
        for ((kind, blob, path), head) in heads {
            let head = match head {
                Err(message) => Err(message.clone()),
                Ok(head) => Ok(KeptHead {
                    identity: head
                        .identity
                        .as_deref()
                        .map(|identity| identities.place(identity).ok_or(()))
                        .transpose()
                        .ok()?,
                    formerly: head
                        .formerly
                        .iter()
                        .map(|identity| identities.place(identity))
                        .collect::<Option<_>>()?,
                    date: head.date.as_deref().map(|date| dates.place(date).ok_or(())).transpose().ok()?,
                    by_commit: head.by_commit,
                    problems: head
                        .problems
                        .iter()
                        .map(|(at, text)| (at.line, at.column, text.clone()))
                        .collect(),
                }),
            };
            kept.blobs.extend(blob.as_bytes());
            kept.heads.push((u32::try_from(*kind).ok()?, *path, head));
        }
        kept.identities = identities.list.into_iter().map(|identity: &Identity| identity.0.clone()).collect();
        kept.dates = dates.list.into_iter().map(PartialDate::to_string).collect();
        Some(kept)
    }

    fn restore(self, heads: &mut BlobIndex) -> Option<()> {
        let identities: Vec<Arc<Identity>> =
            self.identities.into_iter().map(|fields| Arc::new(Identity(fields))).collect();
        let dates: Vec<Arc<PartialDate>> =
            self.dates.iter().map(|date| Some(Arc::new(date.parse().ok()?))).collect::<Option<_>>()?;
        let identity = |at: u32| identities.get(at as usize).cloned();
        let restore = |head: KeptHead| {
            Some(BlobSummary {
                identity: head.identity.map(|at| identity(at).ok_or(())).transpose().ok()?,
                formerly: head.formerly.iter().map(|at| identity(*at)).collect::<Option<_>>()?,
                date: head.date.map(|at| dates.get(at as usize).cloned().ok_or(())).transpose().ok()?,
                by_commit: head.by_commit,
                problems: head
                    .problems
                    .into_iter()
                    .map(|(line, column, text)| (LineColumn { line, column }, text))
                    .collect(),
            })
        };
        let (blobs, rest) = self.blobs.as_chunks::<20>();
        if !rest.is_empty() || blobs.len() != self.heads.len() {
            return None;
        }
        heads.reserve(blobs.len());
        for (blob, (kind, path, head)) in blobs.iter().zip(self.heads) {
            let head = match head {
                Ok(head) => Ok(restore(head)?),
                Err(message) => Err(message),
            };
            heads.insert((kind as usize, ObjectHash::from(*blob), path), head);
        }
        Some(())
    }
}
