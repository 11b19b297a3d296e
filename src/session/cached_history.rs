//! What of a history is kept between runs, and when it still holds: timelines by tip; and what holds from
//! every tip, what each commit changed and what each blob says of itself, so that a run after a new commit
//! reads what is new only.
//!
//! Owns the compact form of timelines and heads and the stamps they are kept under.

use super::kept_heads::KeptHeads;
use super::kept_timelines::{Hash, KeptArchive, KeptRecord, KeptTimeline, Paths, hash_of};
use super::plain_records::PlainRecords;
use crate::cache::{Cache, Stamp, Stamping};
use crate::git::{CommitFacts, GitError, History, Horizon, Reach, Repository, WalkMemory};
use crate::history::{self, Archive, BlobIndex, HistoryQuestion, Selection, Timeline};
use crate::model::{Identity, ObjectId, RecordId, RepoPath};
use crate::schema::{HistoryLine, Policy};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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
/// The tip that the timelines are those of.
const TIP: &str = "tip";

/// What earlier runs learned that holds from every tip; of commits that are not reachable from this one, too,
/// so that branches that are asked about in turn do not undo each other's work. Where more than half is of
/// others, they are forgotten.
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

/// Facts of one sort are kept in pages, each of what one run learned, so that little is written where little
/// is new. Each page stands for itself: should one be lost, what stood there is learned again.
#[derive(Default)]
struct Pages {
    count: usize,
    /// How many facts the first page holds.
    first: usize,
    /// How many facts all pages hold.
    pub(super) kept: usize,
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

    /// What is kept for one tool, one policy's kinds of records, and a repository as shallow, grafted and
    /// replaced as it is now. There is place for one tip's timelines under each `name`; what holds from every
    /// tip is shared.
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
                (
                    &kind.spec.identity,
                    &kind.spec.date,
                    &kind.spec.formerly,
                    &kind.spec.items,
                    &kind.spec.except
                )
            ));
        }
        scope.part("history, fifth form").part(format!("{:?}", policy.manifest.history));
        repo.alterations().iter().for_each(|line| {
            scope.part(line);
        });
        CachedHistory { cache: Some(cache), name, scope: scope.stamp() }
    }

    /// The timelines that are asked for, from what was kept and what is new since. All records are read once,
    /// whichever are asked for, and of a history that has grown only new commits and new blobs. Of the
    /// working tree nothing is kept, but it is read with what is known of the history below it.
    ///
    /// # Errors
    /// As [`history::load`].
    pub fn load(&self, asked: &HistoryQuestion<'_>) -> Result<Archive, GitError> {
        if !self.is_on() {
            return history::load(asked);
        }
        let is_kept = asked.worktree.is_none();
        if is_kept && let Some(archive) = self.archive(asked.tip, asked.selection) {
            return Ok(archive);
        }
        if is_kept
            && self.grow(asked)
            && let Some(archive) = self.archive(asked.tip, asked.selection)
        {
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
        if is_kept && !asked.store.has_gaps() {
            self.keep_heads(&mut learned);
            self.keep_archive(asked.tip, &archive, &learned.heads);
        }
        archive.timelines.retain(|_, timeline| asked.selection.names(&timeline.identity));
        Ok(archive)
    }

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        self.cache.is_some_and(Cache::is_on)
    }

    /// The stamp of the history as it is from `tip`.
    pub fn of_tip(&self, tip: &ObjectId) -> Stamp {
        let mut stamp = Stamping::default();
        stamp.part(self.scope).part(tip.digits()).stamp()
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

    /// Keeps what is new among `known` facts on a page of its own, or all of them on one page where the pages
    /// became many or the later ones large. `page` makes one of all facts from a number on.
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
    fn archive(&self, tip: &ObjectId, selection: &Selection) -> Option<Archive> {
        if !self.is_on() {
            return None;
        }
        let kept = self.kept_archive(tip)?;
        let mut archive = Archive { horizon: kept.horizon(), ..Archive::default() };
        for record in kept.records {
            if selection.names(&Identity(record.identity.clone())) {
                let timeline = self.kept_timeline(&record)?;
                archive.timelines.insert(RecordId(record.id), timeline);
            }
        }
        archive.orphans = kept.orphans.restore_problems(kept.orphan_problems)?;
        Some(archive)
    }

    /// The tip whose timelines were kept last.
    pub(super) fn kept_tip(&self) -> Option<Hash> {
        self.read(&self.own(TIP), &self.scope)
    }

    /// What is kept of a tip.
    pub(super) fn kept_archive(&self, tip: &ObjectId) -> Option<KeptArchive> {
        self.read(&self.own(ARCHIVE), &self.of_tip(tip))
    }

    /// The timeline of a record that is kept.
    pub(super) fn kept_timeline(&self, record: &KeptRecord) -> Option<Timeline> {
        let name = self.own(&format!("{TIMELINE}/{}", record.id));
        let timeline: KeptTimeline = self.read(&name, &self.of_content(&record.content))?;
        timeline.restore(record.newest)
    }

    /// Keeps what there is of a tip.
    pub(super) fn keep_archive_of(&self, tip: &ObjectId, kept: &KeptArchive) {
        self.write(&self.own(ARCHIVE), &self.of_tip(tip), kept);
        if let Some(hash) = hash_of(tip) {
            self.write(&self.own(TIP), &self.scope, &hash);
        }
    }

    /// Keeps all timelines as they are from `tip`; those that did not change since they were kept are not
    /// written again.
    fn keep_archive(&self, tip: &ObjectId, archive: &Archive, heads: &BlobIndex) {
        if !self.is_on() {
            return;
        }
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
        let plain = PlainRecords::of(archive, heads);
        let timelines = archive.timelines.par_iter().map(|(_, timeline)| timeline);
        let kept = timelines.map(|timeline| self.keep_timeline(timeline, plain.has(timeline)));
        let Some(records) = kept.collect() else { return };
        let kept =
            KeptArchive { records, orphans: paths, orphan_problems, boundaries, grafted, replaced, partial };
        self.keep_archive_of(tip, &kept);
    }

    pub(super) fn keep_timeline(&self, timeline: &Timeline, plain: bool) -> Option<KeptRecord> {
        let (kept, newest) = KeptTimeline::of(timeline)?;
        let bytes = postcard::to_stdvec(&kept).ok()?;
        let mut content = Stamping::default();
        let content = content.part(&bytes).stamp().as_ref().to_vec();
        let (cache, name, stamp) =
            (self.cache?, self.own(&format!("{TIMELINE}/{}", timeline.id)), self.of_content(&content));
        if cache.get(&name, &stamp).is_none() {
            cache.put(&name, &stamp, &bytes);
        }
        Some(KeptRecord { id: kept.id, identity: kept.identity, newest, content, plain })
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
