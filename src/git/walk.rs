//! One walk over history: which commit changed which file.
//!
//! Owns the order of commits and the comparison of each with all its parents. The order comes from the
//! parents alone; commit times never matter. What earlier walks learned of a commit ([`WalkMemory`]) is taken
//! as it is. Must not read blobs or know what a file holds.

use super::commits;
use super::errors::GitError;
use super::horizon::{Horizon, Parentage, Reach};
use super::memory::WalkMemory;
use super::objects::{ObjectStore, Objects};
use super::trees::{self, DEPTH_LIMIT, Entries, TreeCache, TreeEntry, TreePlace, compare_names};
use super::walked::{CommitNode, History, Touch, TouchEntry};
use crate::model::ObjectId;
use crate::model::RepoPath;
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

/// A commit as the walk finds it.
struct FoundCommit {
    pub(super) hash: ObjectId,
    source: FactSource,
    parents: Box<[usize]>,
    level: u32,
    boundary: bool,
}

/// Where what is said of a commit comes from.
#[derive(Clone, Copy)]
enum FactSource {
    /// It was read now and has this root tree.
    Read(ObjectId),
    /// It is known by this number.
    Known(usize),
}

/// Walks everything reachable from `tip` and compares what is at or below `prefix`; reads only commits that
/// are not known.
pub(super) fn history(
    objects: &Objects,
    parentage: &Parentage,
    known: &WalkMemory,
    tip: ObjectId,
    prefix: &RepoPath,
) -> Result<History, GitError> {
    let store = objects.store();
    let (nodes, sources) = in_order(load(objects, parentage, known, tip)?);
    let fresh: Vec<usize> =
        (0..nodes.len()).filter(|place| matches!(sources[*place], FactSource::Read(_))).collect();
    let path = trees::components(prefix);
    let roots = roots(objects, &nodes, &sources, &fresh)?;
    let places = places(store, &roots, nodes.len(), &path)?;
    drop(roots);
    let read = compare_all(store, &nodes, &fresh, &places, &path.join(&b'/'))?;
    let touches = if fresh.len() == nodes.len() { read } else { with_known(known, &sources, read) };
    let boundaries: Vec<_> = nodes.iter().filter(|node| node.boundary).map(CommitNode::id).collect();
    let reach = if boundaries.is_empty() { Reach::Complete } else { Reach::Shallow { boundaries } };
    let horizon = Horizon {
        reach,
        grafted: parentage.is_grafted(),
        replaced: !store.replacements.is_empty(),
        partial: store.partial,
    };
    Ok(History { commits: nodes, touches, fresh, horizon })
}

/// The touches that were found now and those that are known, in the commits' order.
fn with_known(known: &WalkMemory, sources: &[FactSource], read: Vec<Touch>) -> Vec<Touch> {
    let mut touches = Vec::with_capacity(read.len() + sources.len());
    let mut read = read.into_iter().peekable();
    for (place, source) in sources.iter().enumerate() {
        match source {
            FactSource::Known(number) => touches.extend(known.touches(*number, place)),
            FactSource::Read(_) => {
                touches.extend(std::iter::from_fn(|| read.next_if(|touch| touch.commit == place)))
            }
        }
    }
    touches
}

/// The best common ancestor by the shape of history alone: one from which no other common ancestor is
/// reachable downwards; of several (criss-cross merges) the nearest to `a`.
pub(super) fn merge_base(
    objects: &Objects,
    parentage: &Parentage,
    a: ObjectId,
    b: ObjectId,
) -> Result<Option<ObjectId>, GitError> {
    let nothing = WalkMemory::default();
    let from_b: HashSet<_> =
        load(objects, parentage, &nothing, b)?.into_iter().map(|found| found.hash).collect();
    // A descendant's level is always smaller, so the common ancestor with the least level has no common
    // descendant.
    let (nodes, _) = in_order(load(objects, parentage, &nothing, a)?);
    Ok(nodes.iter().map(|node| node.hash).find(|hash| from_b.contains(hash)))
}

/// All reachable commits in the order of a depth-first walk that prefers first parents, with their levels.
fn load(
    objects: &Objects,
    parentage: &Parentage,
    known: &WalkMemory,
    tip: ObjectId,
) -> Result<Vec<FoundCommit>, GitError> {
    let mut found: Vec<FoundCommit> = Vec::new();
    let mut numbers = Numbers { known, others: HashMap::default(), hashes: Vec::new() };
    let mut stack = vec![numbers.of(&tip)];
    let mut place_of: Vec<usize> = Vec::new();
    while let Some(number) = stack.pop() {
        place_of.resize(numbers.count(), NOWHERE);
        if place_of[number] != NOWHERE {
            continue;
        }
        let hash = numbers.hash(number);
        let (source, parents): (_, Box<[usize]>) = match known.parents(number) {
            Some(parents) => {
                (FactSource::Known(number), parents.iter().map(|parent| *parent as usize).collect())
            }
            None => {
                let (tree, own) = read_links(objects, &hash)?;
                let parents = parentage.parents(&hash, own);
                (FactSource::Read(tree), parents.iter().map(|parent| numbers.of(parent)).collect())
            }
        };
        place_of[number] = found.len();
        let is_new = |parent: &&usize| place_of.get(**parent).is_none_or(|place| *place == NOWHERE);
        stack.extend(parents.iter().rev().filter(is_new));
        found.push(FoundCommit { hash, source, parents, level: 0, boundary: parentage.is_boundary(&hash) });
    }
    for parent in found.iter_mut().flat_map(|commit| commit.parents.iter_mut()) {
        *parent = place_of[*parent];
    }
    set_levels(&mut found)?;
    Ok(found)
}

/// The place of a commit that was not found yet.
const NOWHERE: usize = usize::MAX;

/// A number for each commit: its own in what is known, or one after those.
struct Numbers<'k> {
    known: &'k WalkMemory,
    others: HashMap<ObjectId, usize>,
    hashes: Vec<ObjectId>,
}

impl Numbers<'_> {
    fn count(&self) -> usize {
        self.known.numbered() + self.hashes.len()
    }

    fn of(&mut self, hash: &ObjectId) -> usize {
        if let Some(number) = self.known.number_of(hash) {
            return number;
        }
        let next = self.count();
        let number = *self.others.entry(*hash).or_insert(next);
        if number == next {
            self.hashes.push(*hash);
        }
        number
    }

    pub(super) fn hash(&self, number: usize) -> ObjectId {
        match number.checked_sub(self.known.numbered()) {
            Some(other) => self.hashes[other],
            None => self.known.id(number),
        }
    }
}

pub(super) fn read_links(objects: &Objects, hash: &ObjectId) -> Result<(ObjectId, Vec<ObjectId>), GitError> {
    let links = objects.read(hash, git2::ObjectType::Commit, commits::links)?;
    links.ok_or_else(|| GitError::Corrupt { what: format!("commit {hash} is malformed") })
}

/// Gives each commit the length of the longest way from the first, by taking commits whose children are all
/// done.
fn set_levels(found: &mut [FoundCommit]) -> Result<(), GitError> {
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

/// Puts the commits in order of level, then rank, and gives each one's source apart.
fn in_order(found: Vec<FoundCommit>) -> (Vec<CommitNode>, Vec<FactSource>) {
    let mut by_level: Vec<usize> = (0..found.len()).collect();
    by_level.sort_by_key(|index| (found[*index].level, *index));
    let mut place_of = vec![0; found.len()];
    for (place, index) in by_level.iter().enumerate() {
        place_of[*index] = place;
    }
    let mut found: Vec<Option<FoundCommit>> = found.into_iter().map(Some).collect();
    let take = |index: &usize| {
        let commit = found[*index].take().expect("because each index stands once in the order");
        let mut parents = commit.parents;
        parents.iter_mut().for_each(|parent| *parent = place_of[*parent]);
        let order = u32::try_from(*index).unwrap_or(u32::MAX);
        let node =
            CommitNode { hash: commit.hash, parents, level: commit.level, order, boundary: commit.boundary };
        (node, commit.source)
    };
    by_level.iter().map(take).unzip()
}

/// The least commits worth a thread's own handle on the objects.
const CHUNK: usize = 512;

/// Splits `count` commits into runs for the threads there are; what comes out does not depend on it.
fn chunk_size(count: usize) -> usize {
    count.div_ceil(rayon::current_num_threads() * 4).max(CHUNK)
}

/// The commits whose trees are compared, by place, with their root trees: those read now and their parents.
/// Of a parent that is known the tree is read only here.
fn roots(
    objects: &Objects,
    nodes: &[CommitNode],
    sources: &[FactSource],
    fresh: &[usize],
) -> Result<Vec<(usize, ObjectId)>, GitError> {
    let mut wanted = vec![false; nodes.len()];
    for place in fresh {
        wanted[*place] = true;
        nodes[*place].parents.iter().for_each(|parent| wanted[*parent] = true);
    }
    let root = |place: usize| match sources[place] {
        FactSource::Read(tree) => Ok((place, tree)),
        FactSource::Known(_) => Ok((place, read_links(objects, &nodes[place].hash)?.0)),
    };
    (0..nodes.len()).filter(|place| wanted[*place]).map(root).collect()
}

/// What is at `path` in each of `count` commits; of those whose root tree is not given,
/// [`TreePlace::Absent`].
fn places(
    store: &Arc<ObjectStore>,
    roots: &[(usize, ObjectId)],
    count: usize,
    path: &[&[u8]],
) -> Result<Vec<TreePlace>, GitError> {
    let of_chunk = |chunk: &[(usize, ObjectId)]| {
        let objects = Objects::open(Arc::clone(store))?;
        let mut trees = TreeCache::new(&objects);
        let mut places: Vec<TreePlace> = Vec::with_capacity(chunk.len());
        for (index, (_, root)) in chunk.iter().enumerate() {
            let same_as_last = index > 0 && chunk[index - 1].1 == *root;
            places.push(if same_as_last { places[index - 1] } else { trees::find(&mut trees, root, path)? });
        }
        Ok(places)
    };
    let found: Vec<TreePlace> = if path.is_empty() {
        roots.iter().map(|(_, root)| TreePlace::Tree(*root)).collect()
    } else {
        let chunks: Vec<Vec<TreePlace>> =
            roots.par_chunks(chunk_size(roots.len())).map(of_chunk).collect::<Result<_, GitError>>()?;
        chunks.concat()
    };
    if found.len() == count {
        return Ok(found);
    }
    let mut places = vec![TreePlace::Absent; count];
    for ((place, _), at) in roots.iter().zip(found) {
        places[*place] = at;
    }
    Ok(places)
}

/// The touches of the commits that were read, in their order.
pub(super) fn compare_all(
    store: &Arc<ObjectStore>,
    nodes: &[CommitNode],
    fresh: &[usize],
    places: &[TreePlace],
    prefix: &[u8],
) -> Result<Vec<Touch>, GitError> {
    let of_chunk = |chunk: &[usize]| {
        let objects = Objects::open(Arc::clone(store))?;
        let mut comparison = CommitComparison::new(&objects);
        for place in chunk {
            comparison.commit(*place, &nodes[*place], places, prefix)?;
        }
        Ok(comparison.touches)
    };
    let chunks: Vec<Vec<Touch>> =
        fresh.par_chunks(chunk_size(fresh.len())).map(of_chunk).collect::<Result<_, GitError>>()?;
    Ok(if chunks.len() == 1 { chunks.into_iter().flatten().collect() } else { chunks.concat() })
}

/// Folders to compare: the commit's own, then each parent's; `None` where there is no such folder.
struct Folders {
    pub(super) path: Vec<u8>,
    depth: usize,
    own: Option<ObjectId>,
    others: Vec<Option<ObjectId>>,
}

/// Compares commits with their parents, one after the other.
struct CommitComparison<'a> {
    trees: TreeCache<'a>,
    paths: HashSet<Arc<RepoPath>>,
    touches: Vec<Touch>,
    pending: Vec<Folders>,
}

impl<'a> CommitComparison<'a> {
    fn new(objects: &'a Objects) -> Self {
        CommitComparison {
            trees: TreeCache::new(objects),
            paths: HashSet::default(),
            touches: Vec::new(),
            pending: Vec::new(),
        }
    }

    fn commit(
        &mut self,
        commit: usize,
        node: &CommitNode,
        places: &[TreePlace],
        prefix: &[u8],
    ) -> Result<(), GitError> {
        let own = places[commit];
        // A root is compared with nothing at all.
        let mut others: Vec<TreePlace> = node.parents.iter().map(|parent| places[*parent]).collect();
        if others.is_empty() {
            others.push(TreePlace::Absent);
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
        let other_trees = folders
            .others
            .iter()
            .map(|other| self.trees.tree(other.as_ref()))
            .collect::<Result<Vec<_>, GitError>>()?;
        let mut own = Entries::new(&own_tree);
        let mut others: Vec<_> = other_trees.iter().map(|tree| Entries::new(tree)).collect();
        loop {
            // What equals the first parent is no change; what other parents have by that name is passed over
            // in its turn.
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
                let id = |entry: &Option<(u32, ObjectId)>| entry.map(|(_, id)| id);
                let others = theirs.iter().map(id).collect();
                self.pending.push(Folders { path, depth: folders.depth + 1, own: id(&mine), others });
            } else {
                self.touch(commit, path, mine);
            }
        }
    }

    fn touch(&mut self, commit: usize, path: Vec<u8>, entry: Option<(u32, ObjectId)>) {
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
fn take_named(entries: &mut Entries<'_>, name: &TreeEntry<'_>) -> Option<(u32, ObjectId)> {
    let entry = entries.peek().filter(|entry| compare_names(entry, name) == Ordering::Equal)?;
    entries.next();
    Some((entry.mode, entry.id))
}
