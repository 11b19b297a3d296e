//! Files that hold many records: which items a commit changed, each as a revision of its own.
//!
//! An item's revision has the id that its text by itself would have as a blob, so that all else treats it as
//! a file of its own. Each version of such a file is read and cut once; only items whose text is in none of
//! the parents' versions are looked at further.

use super::item_place::ItemPlace;
use super::question::HistoryQuestion;
use super::store::DocumentStore;
use crate::document::{CutItems, Item, ItemName, items};
use crate::git::blob_id_of;
use crate::git::{GitError, History, Repository, Touch};
use crate::model::{Failure, ObjectId, RepoPath};
use crate::schema::Policy;
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::sync::Arc;

/// An item that a commit, or the working tree, changed or brought.
pub(super) struct ItemVersion<'t> {
    pub kind: usize,
    /// `None` for the working tree.
    pub commit: Option<ObjectId>,
    pub rank: (u32, u32),
    pub path: &'t RepoPath,
    pub id: ObjectId,
    pub place: ItemPlace,
}

/// An item that a commit took away or replaced.
pub(super) struct ItemEnd<'t> {
    pub kind: usize,
    pub commit: Option<ObjectId>,
    pub rank: (u32, u32),
    pub path: &'t RepoPath,
    pub id: ObjectId,
}

/// A version of a file that could not be cut.
pub(super) struct Uncut<'t> {
    pub commit: Option<ObjectId>,
    pub rank: (u32, u32),
    pub path: &'t RepoPath,
    pub blob: ObjectId,
    pub message: String,
}

/// All items of a history.
#[derive(Default)]
pub(super) struct Items<'t> {
    pub versions: Vec<ItemVersion<'t>>,
    pub ends: Vec<ItemEnd<'t>>,
    pub uncut: Vec<Uncut<'t>>,
    /// The ids of the items that stand, by path.
    pub standing: HashMap<RepoPath, HashSet<ObjectId>>,
}

/// One state of a file, beside those it followed.
struct FileStep<'t> {
    kind: usize,
    commit: Option<ObjectId>,
    rank: (u32, u32),
    path: &'t RepoPath,
    /// `None` where the file was deleted.
    blob: Option<ObjectId>,
    before: Vec<Option<ObjectId>>,
}

/// A version of a file, and its items or why there are none.
struct CutFile {
    blob: ObjectId,
    bytes: Vec<u8>,
    items: Result<CutItems, Failure>,
    /// The version with which it was compared when it was cut.
    compared: Option<ObjectId>,
}

type SharedCut = Arc<CutFile>;

/// More items than this that are not known from the other version are looked up by what they say.
const FEW: usize = 16;

impl CutFile {
    fn list(&self) -> &[Item] {
        self.items.as_ref().map_or(&[], |cut| &cut.items)
    }

    fn names(&self) -> HashSet<ItemName<'_>> {
        self.list().iter().map(|item| item.name(&self.bytes)).collect()
    }

    /// Which items of this version and of another are known to be the same, where one was compared with the
    /// other.
    fn same_as(&self, other: &CutFile) -> Option<(Vec<bool>, Vec<bool>)> {
        let (Ok(own), Ok(others)) = (&self.items, &other.items) else { return None };
        if own.items.is_empty() || self.compared != Some(other.blob) {
            return None;
        }
        let mut same = vec![false; others.items.len()];
        own.known.iter().flatten().for_each(|place| same[*place] = true);
        Some((own.known.iter().map(Option::is_some).collect(), same))
    }

    /// The items of this version that another does not have.
    fn not_in(&self, other: &CutFile) -> Vec<&Item> {
        let known = self.same_as(other).or_else(|| other.same_as(self).map(|(theirs, own)| (own, theirs)));
        let Some((same, _)) = known else {
            let theirs = other.names();
            return self.list().iter().filter(|item| !theirs.contains(&item.name(&self.bytes))).collect();
        };
        let open: Vec<&Item> =
            self.list().iter().zip(same).filter(|(_, same)| !same).map(|(item, _)| item).collect();
        let theirs = if open.len() > FEW { other.names() } else { HashSet::default() };
        let has = |name: ItemName<'_>| {
            theirs.contains(&name)
                || (open.len() <= FEW && other.list().iter().any(|item| item.name(&other.bytes) == name))
        };
        open.iter().filter(|item| !has(item.name(&self.bytes))).copied().collect()
    }
}

impl<'t> Items<'t> {
    /// Reads the items of all files whose kind has items. `work` holds files of the working tree that differ
    /// from the tip's.
    pub fn read(
        asked: &HistoryQuestion<'_>,
        history: &'t History,
        work: &[(&'t RepoPath, ObjectId)],
        standing: &HashMap<RepoPath, ObjectId>,
    ) -> Result<Items<'t>, GitError> {
        let HistoryQuestion { repo, store, policy, tip, .. } = *asked;
        let mut items = Items::default();
        if policy.kinds.iter().all(|kind| kind.spec.items.is_none()) {
            return Ok(items);
        }
        let kind_of =
            |path: &RepoPath| policy.kind_of(path).filter(|kind| policy.kinds[*kind].spec.items.is_some());
        let mut steps = Vec::new();
        for touch in &history.touches {
            if let Some(kind) = kind_of(touch.path()) {
                steps.push(committed(repo, history, touch, kind)?);
            }
        }
        for (path, blob) in work {
            let Some(kind) = kind_of(path) else { continue };
            let before = repo.file_at(tip, path)?.map(|file| file.blob);
            steps.push(FileStep {
                kind,
                commit: None,
                rank: (0, 0),
                path,
                blob: Some(*blob),
                before: vec![before],
            });
        }
        steps.sort_by(|a, b| (a.path, a.rank).cmp(&(b.path, b.rank)));
        // What stands together was often compared; long runs leave more of it.
        let size = steps.len().div_ceil(rayon::current_num_threads() * 8).max(32);
        let parts: Vec<Items<'t>> =
            steps.par_chunks(size).map(|chunk| Items::of_steps(store, policy, chunk)).collect();
        for part in parts {
            items.versions.extend(part.versions);
            items.ends.extend(part.ends);
            items.uncut.extend(part.uncut);
        }
        for (path, blob) in standing {
            let Some(kind) = kind_of(path) else { continue };
            let file = cut(store, policy, (kind, *blob), None);
            if file.items.is_ok() {
                let id = |item: &Item| id(item, &item.text(&file.bytes)).ok();
                items.standing.insert(path.clone(), file.list().iter().filter_map(id).collect());
            }
        }
        Ok(items)
    }

    /// The items of some steps in their order: what one was compared with is often what the next is.
    fn of_steps(store: &DocumentStore, policy: &Policy, steps: &[FileStep<'t>]) -> Items<'t> {
        let mut out = Items::default();
        let mut known: Vec<SharedCut> = Vec::new();
        for step in steps {
            let mut of_blob = |blob: ObjectId| match known.iter().find(|cut| cut.blob == blob) {
                Some(cut) => Arc::clone(cut),
                None => {
                    let cut = cut(store, policy, (step.kind, blob), known.last());
                    if known.len() > 3 {
                        known.remove(0);
                    }
                    known.push(Arc::clone(&cut));
                    cut
                }
            };
            let own = step.blob.map(&mut of_blob);
            let before: Vec<SharedCut> = step.before.iter().flatten().map(|blob| of_blob(*blob)).collect();
            out.compare(store, step, own.as_ref(), &before);
        }
        out
    }

    fn compare(
        &mut self,
        store: &DocumentStore,
        step: &FileStep<'t>,
        own: Option<&SharedCut>,
        before: &[SharedCut],
    ) {
        let FileStep { kind, commit, rank, path, .. } = *step;
        if let Some(file) = own
            && let Err(failure) = &file.items
        {
            let message = failure.message.clone();
            self.uncut.push(Uncut { commit, rank, path, blob: file.blob, message });
            return;
        }
        let readable: Vec<&SharedCut> = before.iter().filter(|cut| cut.items.is_ok()).collect();
        if let Some(file) = own {
            let mut new: Vec<&Item> = match readable.first() {
                Some(first) => file.not_in(first),
                None => file.list().iter().collect(),
            };
            for other in readable.iter().skip(1) {
                let theirs = other.names();
                new.retain(|item| !theirs.contains(&item.name(&file.bytes)));
            }
            // Where items stand in the order of the text each line is counted once.
            let (mut counted, mut lines) = (0, 0);
            for item in new {
                let text = item.text(&file.bytes);
                let Ok(id) = id(item, &text) else { continue };
                store.lay_item(id, &text);
                if item.span.start < counted {
                    (counted, lines) = (0, 0);
                }
                let between = file.bytes.get(counted..item.span.start).unwrap_or_default();
                lines += memchr::memchr_iter(b'\n', between).count();
                counted = item.span.start;
                let place = place_of(file, item, lines);
                self.versions.push(ItemVersion { kind, commit, rank, path, id, place });
            }
        }
        // Of a merge, only what all sides had: what one side had otherwise, the other changed.
        let Some(first) = readable.first() else { return };
        let mut gone: Vec<&Item> = match own {
            Some(file) => first.not_in(file),
            None => first.list().iter().collect(),
        };
        for other in readable.iter().skip(1) {
            let theirs = other.names();
            gone.retain(|item| theirs.contains(&item.name(&first.bytes)));
        }
        for item in gone {
            if let Ok(id) = id(item, &item.text(&first.bytes)) {
                self.ends.push(ItemEnd { kind, commit, rank, path, id });
            }
        }
    }
}

fn committed<'t>(
    repo: &Repository,
    history: &'t History,
    touch: &'t Touch,
    kind: usize,
) -> Result<FileStep<'t>, GitError> {
    let node = &history.commits[touch.commit];
    let mut before = Vec::new();
    for parent in &node.parents {
        let file = repo.file_at(&history.commits[*parent].id(), touch.path())?;
        before.push(file.map(|file| file.blob));
    }
    Ok(FileStep {
        kind,
        commit: Some(node.hash()),
        rank: (node.level + 1, node.order),
        path: touch.path(),
        blob: touch.entry.map(|entry| entry.hash()),
        before,
    })
}

/// Cuts a version of a file; what stood in another one is found there.
fn cut(
    store: &DocumentStore,
    policy: &Policy,
    (kind, blob): (usize, ObjectId),
    other: Option<&SharedCut>,
) -> SharedCut {
    let route = policy.kinds[kind].spec.items_route();
    let keys = route.as_ref().and_then(crate::schema::FieldRoute::keys).unwrap_or_default();
    let other = other.filter(|other| other.items.is_ok());
    let before = other.and_then(|other| Some((other.bytes.as_slice(), other.items.as_ref().ok()?)));
    let compared = other.map(|other| other.blob);
    Arc::new(match store.bytes(&blob) {
        Ok(bytes) => CutFile { blob, items: items(&bytes, &keys, before), bytes, compared },
        Err(error) => {
            store.note_gap();
            CutFile { blob, bytes: Vec::new(), items: Err(error.into()), compared: None }
        }
    })
}

/// The id of an item's text, and of its key where it has one.
fn id(item: &Item, text: &str) -> Result<ObjectId, GitError> {
    match &item.key {
        None => blob_id_of(text.as_bytes()),
        Some(key) => blob_id_of(format!("{key}\0{text}").as_bytes()),
    }
}

fn place_of(file: &CutFile, item: &Item, lines_before: usize) -> ItemPlace {
    ItemPlace {
        file: file.blob,
        span: (item.span.start, item.span.end),
        blanks: item.blanks(),
        lines_before,
        key: item.key.as_deref().map(str::to_owned),
    }
}
