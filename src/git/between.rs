//! The commits that one revision has and another has not.

use super::errors::GitError;
use super::oid::{id_of, oid_of};
use super::repository::Repository;
use crate::model::ObjectId;

/// A commit with its parents, as the clone has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitBetween {
    /// The commit.
    pub id: ObjectId,
    /// Its parents, the first parent first.
    pub parents: Vec<ObjectId>,
}

impl Repository {
    /// The commits that are reachable from `tip` and not from `base`, parents before children: those of `git
    /// rev-list base..tip`.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn commits_between(&self, base: &ObjectId, tip: &ObjectId) -> Result<Vec<CommitBetween>, GitError> {
        let library = |error: git2::Error| GitError::library(&error);
        let mut walk = self.inner.revwalk().map_err(library)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE).map_err(library)?;
        walk.push(oid_of(tip)).map_err(library)?;
        walk.hide(oid_of(base)).map_err(library)?;
        let mut out = Vec::new();
        for oid in walk {
            let oid = oid.map_err(library)?;
            let commit = self.inner.find_commit(oid).map_err(library)?;
            out.push(CommitBetween { id: id_of(oid), parents: commit.parent_ids().map(id_of).collect() });
        }
        Ok(out)
    }
}
