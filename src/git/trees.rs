//! Tree objects in their raw bytes: entries, order, lookups and listings.
//!
//! Owns the format of a tree object (git's `Documentation/gitformat-pack` and `object-file`: mode, space,
//! name, NUL, 20 bytes of id; a folder sorts as `name/`). Must not know commits or compare over history;
//! `walk` does.

use super::errors::GitError;
use super::objects::Objects;
use crate::model::{ObjectId, RepoPath};
use foldhash::HashMap;
use std::cmp::Ordering;
use std::rc::Rc;

pub(super) const MODE_TREE: u32 = 0o040_000;
const MODE_FILE: u32 = 0o100_644;
const MODE_EXECUTABLE: u32 = 0o100_755;
const MODE_SYMLINK: u32 = 0o120_000;
const MODE_SUBMODULE: u32 = 0o160_000;
/// Deeper folders are refused, as by git (`core.maxTreeDepth`, 2048 since git 2.43).
pub(super) const DEPTH_LIMIT: usize = 2048;

/// What an entry that is no folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file that may be run.
    Executable,
    /// A symbolic link; the blob holds the path it points to.
    Symlink,
    /// Another repository's commit; there is no such blob here.
    Submodule,
}

impl EntryKind {
    /// The kind of an entry by its mode; `None` for a folder.
    pub fn of_mode(mode: u32) -> Option<Self> {
        match canonical(mode) {
            MODE_TREE => None,
            MODE_SYMLINK => Some(EntryKind::Symlink),
            MODE_SUBMODULE => Some(EntryKind::Submodule),
            MODE_EXECUTABLE => Some(EntryKind::Executable),
            _ => Some(EntryKind::File),
        }
    }
}

/// One file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// The path from the repository's root.
    pub path: RepoPath,
    /// The mode, as git shows it: 100644, 100755, 120000 or 160000 (octal).
    pub mode: u32,
    /// The blob; for a submodule the id of the other repository's commit.
    pub blob: ObjectId,
}

impl TreeFile {
    /// What the entry stands for.
    pub fn kind(&self) -> EntryKind {
        EntryKind::of_mode(self.mode).unwrap_or(EntryKind::File)
    }
}

/// One entry of a tree object.
#[derive(Clone, Copy)]
pub(super) struct TreeEntry<'a> {
    pub mode: u32,
    pub name: &'a [u8],
    pub id: ObjectId,
}

impl TreeEntry<'_> {
    pub fn is_tree(&self) -> bool {
        self.mode == MODE_TREE
    }
}

/// The entries of a tree object from some point on, in git's order; well-formedness was checked on reading.
#[derive(Clone)]
pub(super) struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    pub fn new(tree: &'a [u8]) -> Self {
        Entries { rest: tree }
    }

    /// The next entry, without going past it.
    pub fn peek(&self) -> Option<TreeEntry<'a>> {
        split_entry(self.rest).map(|(entry, _)| entry)
    }

    /// Goes past what both sides begin with. Cheap: nothing is decoded.
    pub fn skip_equal(&mut self, other: &mut Entries<'_>) {
        while let Some(length) = entry_length(self.rest) {
            if other.rest.get(..length) != Some(&self.rest[..length]) {
                return;
            }
            self.rest = &self.rest[length..];
            other.rest = &other.rest[length..];
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = TreeEntry<'a>;

    fn next(&mut self) -> Option<TreeEntry<'a>> {
        let (entry, rest) = split_entry(self.rest)?;
        self.rest = rest;
        Some(entry)
    }
}

/// git's order of names within a tree: a folder sorts as if its name ended in `/`. Equal only for the same
/// name and both folders or neither.
pub(super) fn compare_names(a: &TreeEntry<'_>, b: &TreeEntry<'_>) -> Ordering {
    let common = a.name.len().min(b.name.len());
    a.name[..common].cmp(&b.name[..common]).then_with(|| {
        let after = |entry: &TreeEntry<'_>| {
            entry.name.get(common).copied().unwrap_or(if entry.is_tree() { b'/' } else { 0 })
        };
        after(a).cmp(&after(b)).then(a.name.len().cmp(&b.name.len()))
    })
}

fn entry_length(bytes: &[u8]) -> Option<usize> {
    // No mode has fewer than five digits, and a space and one byte of a name follow.
    let nul = bytes.get(7..)?.iter().position(|byte| *byte == 0)? + 7;
    (bytes.len() > nul + 20).then_some(nul + 21)
}

fn split_entry(bytes: &[u8]) -> Option<(TreeEntry<'_>, &[u8])> {
    let length = entry_length(bytes)?;
    let (entry, rest) = bytes.split_at(length);
    let (head, id) = entry.split_at(length - 20);
    let space = head.iter().position(|byte| *byte == b' ')?;
    let mode = head[..space].iter().try_fold(0, |mode, digit| match digit {
        b'0'..=b'7' => Some(mode << 3 | u32::from(digit - b'0')),
        _ => None,
    })?;
    let name = &head[space + 1..head.len() - 1];
    let id = <[u8; 20]>::try_from(id).expect("because it was split 20 bytes from the end").into();
    (!name.is_empty()).then_some((TreeEntry { mode: canonical(mode), name, id }, rest))
}

/// The mode as git compares it: early versions of git recorded a file's other permission bits too.
fn canonical(mode: u32) -> u32 {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => MODE_EXECUTABLE,
        0o100_000 => MODE_FILE,
        MODE_SYMLINK => MODE_SYMLINK,
        MODE_TREE => MODE_TREE,
        _ => MODE_SUBMODULE,
    }
}

/// A tree's bytes after the check: well-formed, in order, each name once.
///
/// Trees that some old tool wrote out of order are put in order; of entries with one name the first stays.
fn checked(bytes: &[u8]) -> Option<Rc<[u8]>> {
    let mut entries = Vec::new();
    let mut in_order = true;
    let mut rest = bytes;
    let mut before: Option<TreeEntry<'_>> = None;
    while !rest.is_empty() {
        let (entry, after) = split_entry(rest)?;
        in_order &= before.is_none_or(|before| compare_names(&before, &entry) == Ordering::Less);
        if !in_order && entries.is_empty() {
            entries = Entries::new(bytes).collect();
        }
        before = Some(entry);
        rest = after;
    }
    if in_order {
        return Some(Rc::from(bytes));
    }
    entries.sort_by(compare_names);
    entries.dedup_by(|later, first| compare_names(first, later) == Ordering::Equal);
    let mut sorted = Vec::with_capacity(bytes.len());
    for entry in entries {
        sorted.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        sorted.extend_from_slice(entry.name);
        sorted.push(0);
        sorted.extend_from_slice(entry.id.as_bytes());
    }
    Some(Rc::from(sorted))
}

/// Trees that were read lately, by id, bounded in bytes: the fuller half is dropped when it is full.
pub(super) struct TreeCache<'a> {
    objects: &'a Objects,
    recent: HashMap<ObjectId, Rc<[u8]>>,
    older: HashMap<ObjectId, Rc<[u8]>>,
    recent_bytes: usize,
    empty: Rc<[u8]>,
}

/// Half the memory for trees of one worker.
const CACHE_HALF: usize = 16 << 20;

impl<'a> TreeCache<'a> {
    pub fn new(objects: &'a Objects) -> Self {
        TreeCache {
            objects,
            recent: HashMap::default(),
            older: HashMap::default(),
            recent_bytes: 0,
            empty: Rc::from([]),
        }
    }

    /// The tree's entries; none for `None`.
    pub fn tree(&mut self, id: Option<&ObjectId>) -> Result<Rc<[u8]>, GitError> {
        let Some(id) = id else { return Ok(Rc::clone(&self.empty)) };
        if let Some(tree) = self.recent.get(id) {
            return Ok(Rc::clone(tree));
        }
        let tree = match self.older.remove(id) {
            Some(tree) => tree,
            None => self.uncached(id)?,
        };
        self.recent_bytes += tree.len() + 64;
        if self.recent_bytes > CACHE_HALF {
            self.older = std::mem::take(&mut self.recent);
            self.recent_bytes = tree.len() + 64;
        }
        self.recent.insert(*id, Rc::clone(&tree));
        Ok(tree)
    }

    /// The tree's entries, not kept: for trees that no later question needs.
    pub fn uncached(&self, id: &ObjectId) -> Result<Rc<[u8]>, GitError> {
        let tree = self.objects.read(id, git2::ObjectType::Tree, checked)?;
        tree.ok_or_else(|| GitError::Corrupt { what: format!("tree {id} is malformed") })
    }
}

/// What is at a path in one commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TreePlace {
    Absent,
    Tree(ObjectId),
    Leaf(u32, ObjectId),
}

impl TreePlace {
    /// What `name` is in this tree; a folder before a file, should a malformed tree hold both.
    pub fn of_name(tree: &[u8], name: &[u8]) -> TreePlace {
        let mut found = TreePlace::Absent;
        for entry in Entries::new(tree).filter(|entry| entry.name == name) {
            if entry.is_tree() {
                return TreePlace::Tree(entry.id);
            }
            found = TreePlace::Leaf(entry.mode, entry.id);
        }
        found
    }

    pub fn tree(&self) -> Option<&ObjectId> {
        if let TreePlace::Tree(id) = self { Some(id) } else { None }
    }

    pub fn leaf(&self) -> Option<(u32, ObjectId)> {
        if let TreePlace::Leaf(mode, id) = self { Some((*mode, *id)) } else { None }
    }
}

/// The parts of a path that name something: `a//b/./` is `a`, `b`.
pub(super) fn components(path: &RepoPath) -> Vec<&[u8]> {
    path.0.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").collect()
}

/// What is at the path below the tree `root`.
pub(super) fn find(
    trees: &mut TreeCache<'_>,
    root: &ObjectId,
    path: &[&[u8]],
) -> Result<TreePlace, GitError> {
    let mut place = TreePlace::Tree(*root);
    for (depth, name) in path.iter().enumerate() {
        let TreePlace::Tree(id) = place else { return Ok(TreePlace::Absent) };
        let tree = match trees.recent.get(&id) {
            Some(tree) => Rc::clone(tree),
            None if depth == 0 => trees.uncached(&id)?,
            None => trees.tree(Some(&id))?,
        };
        place = TreePlace::of_name(&tree, name);
    }
    Ok(place)
}

/// All files at or below `path`, in the order of their paths' bytes.
pub(super) fn list(
    trees: &mut TreeCache<'_>,
    root: &ObjectId,
    path: &[&[u8]],
) -> Result<Vec<TreeFile>, GitError> {
    let mut files = Vec::new();
    let mut start = path.join(&b'/');
    match find(trees, root, path)? {
        TreePlace::Absent => {}
        TreePlace::Leaf(mode, id) => files.push(TreeFile { path: RepoPath(start), mode, blob: id }),
        TreePlace::Tree(id) => list_below(trees, &id, &mut start, 0, &mut files)?,
    }
    Ok(files)
}

fn list_below(
    trees: &mut TreeCache<'_>,
    id: &ObjectId,
    path: &mut Vec<u8>,
    depth: usize,
    files: &mut Vec<TreeFile>,
) -> Result<(), GitError> {
    if depth > DEPTH_LIMIT {
        return Err(too_deep(path));
    }
    let tree = trees.tree(Some(id))?;
    for entry in Entries::new(&tree) {
        let length = path.len();
        extend_path(path, entry.name);
        if entry.is_tree() {
            list_below(trees, &entry.id, path, depth + 1, files)?;
        } else {
            files.push(TreeFile { path: RepoPath(path.clone()), mode: entry.mode, blob: entry.id });
        }
        path.truncate(length);
    }
    Ok(())
}

pub(super) fn extend_path(path: &mut Vec<u8>, name: &[u8]) {
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
}

pub(super) fn too_deep(path: &[u8]) -> GitError {
    let shown = RepoPath(path[..path.len().min(80)].to_vec());
    GitError::Corrupt { what: format!("folders nested deeper than {DEPTH_LIMIT}, below {shown}…") }
}
