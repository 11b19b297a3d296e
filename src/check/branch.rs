//! The commits of a branch, and what each of them changed: read once, for all that looks at them one by one.

use crate::files::FilesState;
use crate::git::{CommitBetween, Repository, Touch};
use crate::model::{Failure, ObjectId, RepoPath};

/// The commits between a base and the state that is checked, each after its parents. None where that state is
/// not committed.
#[derive(Default)]
pub struct BranchCommits {
    /// The commits.
    pub commits: Vec<CommitBetween>,
    /// By commit, the paths in which it differs from all of its parents.
    pub touches: Vec<Vec<Touch>>,
}

impl BranchCommits {
    /// Reads the commits between a base and a state.
    ///
    /// # Errors
    /// A commit or folder that cannot be read.
    pub fn read(repo: &Repository, base: &ObjectId, head: &FilesState) -> Result<BranchCommits, Failure> {
        let FilesState::Commit(tip) = head else { return Ok(BranchCommits::default()) };
        let commits = repo.commits_between(base, tip)?;
        let touches = repo.touches_of(&commits)?;
        Ok(BranchCommits { commits, touches })
    }

    /// The commits with what they changed.
    pub fn iter(&self) -> impl Iterator<Item = (&CommitBetween, &[Touch])> {
        self.commits.iter().zip(self.touches.iter().map(Vec::as_slice))
    }

    /// What a file became in the commits up to one of them, the oldest first.
    pub fn changes_of<'b>(
        &'b self,
        path: &'b RepoPath,
        last: &ObjectId,
    ) -> impl Iterator<Item = (ObjectId, Option<ObjectId>)> + 'b {
        let until = self.commits.iter().position(|commit| commit.id == *last).map_or(0, |at| at + 1);
        let touched = self
            .iter()
            .take(until)
            .flat_map(|(commit, touches)| touches.iter().map(|touch| (commit.id, touch)));
        touched
            .filter(move |(_, touch)| touch.path() == path)
            .map(|(commit, touch)| (commit, touch.entry.map(|entry| entry.blob())))
    }
}
