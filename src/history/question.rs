//! What a history is read from, and which records of it are wanted.

use super::selection::Selection;
use super::store::DocumentStore;
use crate::git::Repository;
use crate::model::{ObjectId, RepoPath};
use crate::schema::Policy;

/// A file of the working tree that stands in for a newest revision.
#[derive(Clone, Debug)]
pub struct WorkFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// The id its bytes would have as a blob.
    pub blob: ObjectId,
}

/// What a history is read from, and which records of it are wanted.
#[derive(Clone, Copy)]
pub struct HistoryQuestion<'q> {
    /// The repository.
    pub repo: &'q Repository,
    /// Its documents.
    pub store: &'q DocumentStore,
    /// Which files are records.
    pub policy: &'q Policy,
    /// The commit whose history is read.
    pub tip: &'q ObjectId,
    /// The records.
    pub selection: &'q Selection,
    /// Every record file of the working tree, to be read as the newest revision; `None` to read commits only.
    pub worktree: Option<&'q [WorkFile]>,
}
