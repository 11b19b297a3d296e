//! What a walk over history gives.

use super::horizon::Horizon;
use super::trees::EntryKind;
use crate::model::{ObjectId, RepoPath};
use std::sync::Arc;

/// All commits reachable from a tip, and all changes they made below a path.
#[derive(Debug)]
pub struct History {
    /// The commits, each before its parents: by `level`, then `order`. The tip is the first.
    pub commits: Vec<CommitNode>,
    /// The changes, by commit in the order of `commits`, then by path.
    pub touches: Vec<Touch>,
    /// The commits that were read for this, as indices into [`History::commits`]; the others were known from
    /// earlier walks.
    pub fresh: Vec<usize>,
    /// How far back and how faithfully this shows history.
    pub horizon: Horizon,
}

/// A commit's place in history.
#[derive(Clone, Debug)]
pub struct CommitNode {
    pub(super) hash: ObjectId,
    /// Its parents as indices into [`History::commits`], the first parent first; none for a root or a shallow
    /// boundary.
    pub parents: Box<[usize]>,
    /// The longest way from the tip, in commits: an ancestor's level is always greater.
    pub level: u32,
    /// The rank in a walk that goes to the first parent first and all the way down; smaller is nearer among
    /// equal levels.
    pub order: u32,
    /// Whether its parents were not fetched (a shallow clone): everything in it looks added.
    pub boundary: bool,
}

impl CommitNode {
    /// A commit with its parents, as places in a list that is in no order.
    pub(super) fn unordered(hash: ObjectId, parents: Box<[usize]>) -> Self {
        CommitNode { hash, parents, level: 0, order: 0, boundary: false }
    }

    /// The commit's id.
    pub fn id(&self) -> ObjectId {
        self.hash
    }

    /// The commit's id in its compact form.
    pub fn hash(&self) -> ObjectId {
        self.hash
    }
}

/// One path whose content or mode in a commit differs from that in **all** its parents.
///
/// For a commit with one parent this is what `git log --raw --no-renames` shows; for a merge what neither
/// side brought; for a root, all its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The commit, as an index into [`History::commits`].
    pub commit: usize,
    pub(super) path: Arc<RepoPath>,
    /// What is there from then on; `None` if it was deleted.
    pub entry: Option<TouchEntry>,
}

impl Touch {
    pub(super) fn new(commit: usize, path: &Arc<RepoPath>, entry: Option<TouchEntry>) -> Self {
        Touch { commit, path: Arc::clone(path), entry }
    }

    pub(super) fn shared_path(&self) -> &Arc<RepoPath> {
        &self.path
    }

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
    pub(super) hash: ObjectId,
}

impl TouchEntry {
    pub(super) fn new(mode: u32, hash: ObjectId) -> Self {
        TouchEntry { mode, hash }
    }

    /// The blob's id; for a submodule the id of the other repository's commit.
    pub fn blob(&self) -> ObjectId {
        self.hash
    }

    /// The blob's id in its compact form.
    pub fn hash(&self) -> ObjectId {
        self.hash
    }

    /// What the entry stands for.
    pub fn kind(&self) -> EntryKind {
        EntryKind::of_mode(self.mode).unwrap_or(EntryKind::File)
    }
}
