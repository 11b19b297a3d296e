//! Which state of a repository to read.

use super::commit::CommitFiles;
use super::found::Files;
use super::index::IndexFiles;
use super::work::WorkFiles;
use crate::git::Repository;
use crate::model::{Failure, ObjectId};

/// A state of a repository's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesState {
    /// What is on disk.
    Work,
    /// What is staged.
    Index,
    /// What a commit holds.
    Commit(ObjectId),
}

impl FilesState {
    /// The files of this state.
    ///
    /// # Errors
    /// The repository is bare, or its index cannot be read.
    pub fn files<'r>(&self, repo: &'r Repository) -> Result<Box<dyn Files + 'r>, Failure> {
        Ok(match self {
            FilesState::Work => Box::new(WorkFiles::new(repo)?),
            FilesState::Index => Box::new(IndexFiles::new(repo)?),
            FilesState::Commit(commit) => Box::new(CommitFiles::new(repo, *commit)),
        })
    }
}
