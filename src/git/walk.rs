//! One walk over history: which commit changed which file.
//!
//! Owns the order of commits and the comparison of each with all its parents. The order comes from the parents alone;
//! commit times never matter. Must not read blobs or know what a file holds.

use super::commits;
use super::errors::GitError;
use super::horizon::{Horizon, Parentage, Reach};
use super::objects::{ObjectHash, Objects, Store};
use super::trees::{self, DEPTH_LIMIT, Entries, Entry, EntryKind, Place, TreeCache, compare_names};
use crate::model::{BlobId, CommitId, RepoPath};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// All commits reachable from a tip, and all changes they made below a path.
#[derive(Debug)]
pub struct History {
    /// The commits, each before its parents: by `level`, then `order`. The tip is the first.
    pub commits: Vec<CommitNode>,
    /// The changes, by commit in the order of `commits`, then by path.
    pub touches: Vec<Touch>,
    /// How far back and how faithfully this tells.
    pub horizon: Horizon,
}

/// A commit's place in history.
#[derive(Clone, Debug)]
pub struct CommitNode {
    hash: ObjectHash,
    /// Its parents as indices into [`History::commits`], the first parent first; none for a root or a shallow boundary.
    pub parents: Box<[usize]>,
    /// The longest way from the tip, in commits: an ancestor's level is always greater.
    pub level: u32,
    /// The rank in a walk that goes to the first parent first and all the way down; smaller is nearer among equal levels.
    pub order: u32,
    /// Whether its parents were not fetched (a shallow clone): everything in it looks added.
    pub boundary: bool,
}

impl CommitNode {
    /// The commit's id.
    pub fn id(&self) -> CommitId {
        self.hash.commit_id()
    }

    /// The commit's id in its compact form.
    pub fn hash(&self) -> ObjectHash {
        self.hash
    }
}

/// One path whose content or mode in a commit differs from that in **all** its parents.
///
/// For a commit with one parent this is what `git log --raw --no-renames` shows; for a merge what neither side brought;
/// for a root, all its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The commit, as an index into [`History::commits`].
    pub commit: usize,
    path: Arc<RepoPath>,
    /// What is there from then on; `None` if it was deleted.
    pub entry: Option<TouchEntry>,
}

impl Touch {
    /// The path from the repository's root.
    pub fn path(&self) -> &RepoPath {
        &self.path
    }
}

/// The state of a path after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TouchEntry {
    /// The mode, as git shows it: 100644, 100755, 120000 or 160000 (octal).
    pub mode: u32,
    hash: ObjectHash,
}

impl TouchEntry {
    /// The blob's id; for a submodule the id of the other repository's commit.
    pub fn blob(&self) -> BlobId {
        self.hash.blob_id()
    }

    /// The blob's id in its compact form.
    pub fn hash(&self) -> ObjectHash {
        self.hash
    }

    /// What the entry stands for.
    pub fn kind(&self) -> EntryKind {
        EntryKind::of_mode(self.mode).unwrap_or(EntryKind::File)
    }
}

/// A commit as the walk finds it.
struct Found {
    hash: ObjectHash,
    tree: ObjectHash,
    parents: Box<[usize]>,
    level: u32,
    boundary: bool,
}

/// Walks everything reachable from `tip` and compares what is at or below `prefix`.
pub(super) fn history(
    store: &Arc<Store>,
    objects: &Objects,
    parentage: &Parentage,
    tip: ObjectHash,
    prefix: &RepoPath,
) -> Result<History, GitError> {
    let (nodes, roots) = in_order(load(objects, parentage, tip)?);
    let path = trees::components(prefix);
    let places = places(store, &roots, &path)?;
    drop(roots);
    let touches = compare_all(store, &nodes, &places, &path.join(&b'/'))?;
    let boundaries: Vec<_> = nodes.iter().filter(|node| node.boundary).map(CommitNode::id).collect();
    let reach = if boundaries.is_empty() { Reach::Complete } else { Reach::Shallow { boundaries } };
    let horizon =
        Horizon { reach, grafted: parentage.is_grafted(), replaced: !store.replacements.is_empty(), partial: store.partial };
    Ok(History { commits: nodes, touches, horizon })
}

/// The best common ancestor by the shape of history alone: one from which no other common ancestor is reachable downwards;
/// of several (criss-cross merges) the nearest to `a`.
pub(super) fn merge_base(
    objects: &Objects,
    parentage: &Parentage,
    a: ObjectHash,
    b: ObjectHash,
) -> Result<Option<ObjectHash>, GitError> {
    let from_b: HashSet<_> = load(objects, parentage, b)?.into_iter().map(|found| found.hash).collect();
    // A descendant's level is always smaller, so the common ancestor with the least level has no common descendant.
    let (nodes, _) = in_order(load(objects, parentage, a)?);
    Ok(nodes.iter().map(|node| node.hash).find(|hash| from_b.contains(hash)))
}

/// All reachable commits in the order of a depth-first walk that prefers first parents, with their levels.
fn load(objects: &Objects, parentage: &Parentage, tip: ObjectHash) -> Result<Vec<Found>, GitError> {
    let mut found: Vec<Found> = Vec::new();
    let mut parent_hashes: Vec<Vec<ObjectHash>> = Vec::new();
    let mut index_of: HashMap<ObjectHash, usize> = HashMap::new();
    let mut stack = vec![tip];
    while let Some(hash) = stack.pop() {
        if index_of.contains_key(&hash) {
            continue;
        }
        let (tree, own) = read_links(objects, &hash)?;
        let parents = parentage.parents(&hash, own);
        stack.extend(parents.iter().rev().filter(|parent| !index_of.contains_key(*parent)));
        index_of.insert(hash, found.len());
        found.push(Found { hash, tree, parents: Box::default(), level: 0, boundary: parentage.is_boundary(&hash) });
        parent_hashes.push(parents);
    }
    for (commit, hashes) in found.iter_mut().zip(parent_hashes) {
        commit.parents = hashes.iter().map(|hash| index_of[hash]).collect();
    }
    set_levels(&mut found)?;
    Ok(found)
}

pub(super) fn read_links(objects: &Objects, hash: &ObjectHash) -> Result<(ObjectHash, Vec<ObjectHash>), GitError> {
    let links = objects.read(hash, git2::ObjectType::Commit, commits::links)?;
    links.ok_or_else(|| GitError::Corrupt { what: format!("commit {hash} is malformed") })
}

/// Gives each commit the length of the longest way from the first, by taking commits whose children are all done.
fn set_levels(found: &mut [Found]) -> Result<(), GitError> {
    let mut children = vec![0_u32; found.len()];
    for parent in found.iter().flat_map(|commit| commit.parents.iter()) {
        children[*parent] += 1;
    }
    let mut ready: Vec<usize> = (0..1).filter(|tip| children[*tip] == 0).collect();
    let mut done = 0;
    while let Some(commit) = ready.pop() {
        done += 1;
        let parents = std::mem::take(&mut found[commit].parents);
        for parent in &parents {
            found[*parent].level = found[*parent].level.max(found[commit].level + 1);
            children[*parent] -= 1;
            if children[*parent] == 0 {
                ready.push(*parent);
            }
        }
        found[commit].parents = parents;
    }
    if done == found.len() {
        return Ok(());
    }
    Err(GitError::Corrupt { what: "a graft or replacement makes a commit its own ancestor".to_owned() })
}

/// Puts the commits in order of level, then rank, and gives each one's tree apart.
fn in_order(found: Vec<Found>) -> (Vec<CommitNode>, Vec<ObjectHash>) {
    let mut by_level: Vec<usize> = (0..found.len()).collect();
    by_level.sort_by_key(|index| (found[*index].level, *index));
    let mut place_of = vec![0; found.len()];
    for (place, index) in by_level.iter().enumerate() {
        place_of[*index] = place;
    }
    let mut found: Vec<Option<Found>> = found.into_iter().map(Some).collect();
    let take = |index: &usize| {
        let commit = found[*index].take().expect("because each index stands once in the order");
        let mut parents = commit.parents;
        parents.iter_mut().for_each(|parent| *parent = place_of[*parent]);
        let order = u32::try_from(*index).unwrap_or(u32::MAX);
        let node = CommitNode { hash: commit.hash, parents, level: commit.level, order, boundary: commit.boundary };
        (node, commit.tree)
    };
    by_level.iter().map(take).unzip()
}

/// The least commits worth a thread's own handle on the objects.
const CHUNK: usize = 512;

/// Splits `count` commits into runs for the threads there are; what comes out does not depend on it.
fn chunk_size(count: usize) -> usize {
    count.div_ceil(rayon::current_num_threads() * 4).max(CHUNK)
}

/// What is at `path` in each commit, given its root tree.
fn places(store: &Arc<Store>, roots: &[ObjectHash], path: &[&[u8]]) -> Result<Vec<Place>, GitError> {
    if path.is_empty() {
        return Ok(roots.iter().map(|root| Place::Tree(*root)).collect());
    }
    let of_chunk = |chunk: &[ObjectHash]| {
        let objects = Objects::open(Arc::clone(store))?;
        let mut trees = TreeCache::new(&objects);
        let mut places: Vec<Place> = Vec::with_capacity(chunk.len());
        for (index, root) in chunk.iter().enumerate() {
            let same_as_last = index > 0 && chunk[index - 1] == *root;
            places.push(if same_as_last { places[index - 1] } else { trees::find(&mut trees, root, path)? });
        }
        Ok(places)
    };
    let chunks: Vec<Vec<Place>> = roots.par_chunks(chunk_size(roots.len())).map(of_chunk).collect::<Result<_, GitError>>()?;
    Ok(chunks.concat())
}

/// The touches of all commits, in their order.
fn compare_all(store: &Arc<Store>, nodes: &[CommitNode], places: &[Place], prefix: &[u8]) -> Result<Vec<Touch>, GitError> {
    let size = chunk_size(nodes.len());
    let of_chunk = |(number, chunk): (usize, &[CommitNode])| {
        let objects = Objects::open(Arc::clone(store))?;
        let mut comparison = Comparison::new(&objects);
        for (index, node) in chunk.iter().enumerate() {
            comparison.commit(number * size + index, node, places, prefix)?;
        }
        Ok(comparison.touches)
    };
    let chunks: Vec<Vec<Touch>> = nodes.par_chunks(size).enumerate().map(of_chunk).collect::<Result<_, GitError>>()?;
    Ok(if chunks.len() == 1 { chunks.into_iter().flatten().collect() } else { chunks.concat() })
}

/// Folders to compare: the commit's own, then each parent's; `None` where there is no such folder.
struct Folders {
    path: Vec<u8>,
    depth: usize,
    own: Option<ObjectHash>,
    others: Vec<Option<ObjectHash>>,
}

/// Compares commits with their parents, one after the other.
struct Comparison<'a> {
    trees: TreeCache<'a>,
    paths: HashSet<Arc<RepoPath>>,
    touches: Vec<Touch>,
    pending: Vec<Folders>,
}

impl<'a> Comparison<'a> {
    fn new(objects: &'a Objects) -> Self {
        Comparison { trees: TreeCache::new(objects), paths: HashSet::new(), touches: Vec::new(), pending: Vec::new() }
    }

    fn commit(&mut self, commit: usize, node: &CommitNode, places: &[Place], prefix: &[u8]) -> Result<(), GitError> {
        let own = places[commit];
        // A root is compared with nothing at all.
        let mut others: Vec<Place> = node.parents.iter().map(|parent| places[*parent]).collect();
        if others.is_empty() {
            others.push(Place::Absent);
        }
        if others.contains(&own) {
            return Ok(());
        }
        let first = self.touches.len();
        if others.iter().all(|other| other.leaf() != own.leaf()) {
            self.touch(commit, prefix.to_vec(), own.leaf());
        }
        if others.iter().all(|other| other.tree() != own.tree()) {
            let others = others.iter().map(|other| other.tree().copied()).collect();
            self.pending.push(Folders { path: prefix.to_vec(), depth: 0, own: own.tree().copied(), others });
        }
        while let Some(folders) = self.pending.pop() {
            self.folders(commit, &folders)?;
        }
        self.touches[first..].sort_by(|a, b| a.path.cmp(&b.path));
        Ok(())
    }

    /// Compares one folder with the same folder in each parent, in git's order of names.
    fn folders(&mut self, commit: usize, folders: &Folders) -> Result<(), GitError> {
        if folders.depth > DEPTH_LIMIT {
            return Err(trees::too_deep(&folders.path));
        }
        let own_tree = self.trees.tree(folders.own.as_ref())?;
        let other_trees =
            folders.others.iter().map(|other| self.trees.tree(other.as_ref())).collect::<Result<Vec<_>, GitError>>()?;
        let mut own = Entries::new(&own_tree);
        let mut others: Vec<_> = other_trees.iter().map(|tree| Entries::new(tree)).collect();
        loop {
            // What equals the first parent is no change; what other parents have by that name is passed over in its turn.
            if let Some(first) = others.first_mut() {
                own.skip_equal(first);
            }
            let heads = std::iter::once(own.peek()).chain(others.iter().map(Entries::peek));
            let Some(next) = heads.flatten().min_by(compare_names) else { return Ok(()) };
            let mine = take_named(&mut own, &next);
            let theirs: Vec<_> = others.iter_mut().map(|other| take_named(other, &next)).collect();
            if theirs.contains(&mine) {
                continue;
            }
            let mut path = folders.path.clone();
            trees::extend_path(&mut path, next.name);
            if next.is_tree() {
                let id = |entry: &Option<(u32, ObjectHash)>| entry.map(|(_, id)| id);
                let others = theirs.iter().map(id).collect();
                self.pending.push(Folders { path, depth: folders.depth + 1, own: id(&mine), others });
            } else {
                self.touch(commit, path, mine);
            }
        }
    }

    fn touch(&mut self, commit: usize, path: Vec<u8>, entry: Option<(u32, ObjectHash)>) {
        let path = RepoPath(path);
        let path = match self.paths.get(&path) {
            Some(known) => Arc::clone(known),
            None => {
                let path = Arc::new(path);
                self.paths.insert(Arc::clone(&path));
                path
            }
        };
        self.touches.push(Touch { commit, path, entry: entry.map(|(mode, hash)| TouchEntry { mode, hash }) });
    }
}

/// Goes past the entry with this name, if it is next, and gives its mode and id.
fn take_named(entries: &mut Entries<'_>, name: &Entry<'_>) -> Option<(u32, ObjectHash)> {
    let entry = entries.peek().filter(|entry| compare_names(entry, name) == Ordering::Equal)?;
    entries.next();
    Some((entry.mode, entry.id))
}
