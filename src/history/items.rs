//! Files that hold many records: which items a commit changed, each as a revision of its own.
//!
//! An item's revision has the id that its text by itself would have as a blob, so that all else treats it as
//! a file of its own. Each version of such a file is read and cut once; only items whose text is in none of
//! the parents' versions are looked at further.

use super::item_place::ItemPlace;
use super::question::HistoryQuestion;
use super::store::DocumentStore;
use crate::document::{ItemText, items};
use crate::git::blob_id_of;
use crate::git::{GitError, History, Repository, Touch};
use crate::model::{Failure, ObjectId, RepoPath};
use crate::schema::Policy;
use foldhash::fast::RandomState;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
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
    bytes: Vec<u8>,
    items: Result<Vec<ItemText>, Failure>,
}

type Cut = Arc<CutFile>;

/// What distinguishes the items of a file: key and text.
type ItemName<'i> = (Option<&'i str>, &'i str);

fn name(item: &ItemText) -> ItemName<'_> {
    (item.key.as_deref(), &item.text)
}

fn names(items: &[ItemText]) -> HashSet<ItemName<'_>, RandomState> {
    items.iter().map(name).collect()
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
        let parts: Vec<Items<'t>> =
            steps.par_chunks(32).map(|chunk| Items::of_steps(store, policy, chunk)).collect();
        for part in parts {
            items.versions.extend(part.versions);
            items.ends.extend(part.ends);
            items.uncut.extend(part.uncut);
        }
        for (path, blob) in standing {
            let Some(kind) = kind_of(path) else { continue };
            if let Ok(cut) = &cut(store, policy, kind, *blob).items {
                items.standing.insert(path.clone(), cut.iter().filter_map(|item| id(item).ok()).collect());
            }
        }
        Ok(items)
    }

    /// The items of some steps in their order: what one was compared with is often what the next is.
    fn of_steps(store: &DocumentStore, policy: &Policy, steps: &[FileStep<'t>]) -> Items<'t> {
        let mut out = Items::default();
        let mut known: Vec<(ObjectId, Cut)> = Vec::new();
        for step in steps {
            let mut of_blob = |blob: ObjectId| match known.iter().find(|(id, _)| *id == blob) {
                Some((_, cut)) => Arc::clone(cut),
                None => {
                    let cut = cut(store, policy, step.kind, blob);
                    if known.len() > 3 {
                        known.remove(0);
                    }
                    known.push((blob, Arc::clone(&cut)));
                    cut
                }
            };
            let before: Vec<Cut> = step.before.iter().flatten().map(|blob| of_blob(*blob)).collect();
            let own = step.blob.map(&mut of_blob);
            out.compare(store, step, own.as_ref(), &before);
        }
        out
    }

    fn compare(&mut self, store: &DocumentStore, step: &FileStep<'t>, own: Option<&Cut>, before: &[Cut]) {
        let FileStep { kind, commit, rank, path, .. } = *step;
        let now: &[ItemText] = match own.map(|cut| &cut.items) {
            Some(Ok(items)) => items,
            Some(Err(failure)) => {
                let blob = step.blob.expect("because a file that was read is there");
                self.uncut.push(Uncut { commit, rank, path, blob, message: failure.message.clone() });
                return;
            }
            None => &[],
        };
        let readable = || before.iter().filter_map(|cut| cut.items.as_ref().ok());
        let old: Vec<HashSet<ItemName<'_>, RandomState>> = readable().map(|items| names(items)).collect();
        let is_new = |item: &&ItemText| old.iter().all(|old| !old.contains(&name(item)));
        for item in now.iter().filter(is_new) {
            let (Ok(id), Some(blob), Some(file)) = (id(item), step.blob, own) else { continue };
            store.lay_item(id, &item.text);
            let place = place_of(&file.bytes, item, blob);
            self.versions.push(ItemVersion { kind, commit, rank, path, id, place });
        }
        let kept = names(now);
        // Of a merge, only what all sides had: what one side had otherwise, the other changed.
        let gone =
            readable().take(1).flatten().filter(|item| old.iter().all(|old| old.contains(&name(item))));
        for item in gone.filter(|item| !kept.contains(&name(item))) {
            if let Ok(id) = id(item) {
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

fn cut(store: &DocumentStore, policy: &Policy, kind: usize, blob: ObjectId) -> Cut {
    let route = policy.kinds[kind].spec.items_route();
    let keys = route.as_ref().and_then(crate::schema::FieldRoute::keys).unwrap_or_default();
    Arc::new(match store.bytes(&blob) {
        Ok(bytes) => CutFile { items: items(&bytes, &keys), bytes },
        Err(error) => {
            store.note_gap();
            CutFile { bytes: Vec::new(), items: Err(error.into()) }
        }
    })
}

/// The id of an item's text, and of its key where it has one.
fn id(item: &ItemText) -> Result<ObjectId, GitError> {
    match &item.key {
        None => blob_id_of(item.text.as_bytes()),
        Some(key) => blob_id_of(format!("{key}\0{}", item.text).as_bytes()),
    }
}

fn place_of(bytes: &[u8], item: &ItemText, blob: ObjectId) -> ItemPlace {
    let (start, end) = (item.span.start, item.span.end);
    let before = bytes.get(..start).unwrap_or_default();
    let own = bytes.get(start..end).unwrap_or_default();
    let blanks = item.text.len() - item.text.trim_start_matches(' ').len();
    let rest = &item.text.as_bytes()[blanks..];
    let leading = own.iter().take_while(|byte| **byte == b' ').count();
    let same = rest == &own[leading..] || rest.strip_suffix(b"\n") == Some(&own[leading..]);
    ItemPlace {
        file: blob,
        span: (start, end),
        blanks: same.then(|| blanks - leading),
        lines_before: memchr::memchr_iter(b'\n', before).count(),
        key: item.key.clone(),
    }
}
