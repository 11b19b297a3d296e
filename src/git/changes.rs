//! Which files differ between a commit and another state of the repository.
//!
//! Owns comparing ids; file contents are only read where the index does not know them. Must not detect
//! renames.

use super::errors::GitError;
use super::repository::Repository;
use super::trees::EntryKind;
use crate::model::{ObjectId, RepoPath};
use std::collections::BTreeMap;

/// The state that a commit is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// Another commit.
    Commit(ObjectId),
    /// What is staged.
    Index,
    /// The working tree, files git does not know yet included, ignored ones not.
    WorkingTree,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The path from the repository's root.
    pub path: RepoPath,
    /// What the commit has; `None` for a new file.
    pub before: Option<(EntryKind, ObjectId)>,
    /// Whether the other state has the file.
    pub exists: bool,
}

type ListedFiles = BTreeMap<RepoPath, (EntryKind, ObjectId)>;

impl Repository {
    /// The files that differ between `base` and another state, in the order of their paths' bytes.
    ///
    /// Takes time for the entries of both trees, and for the contents of those files of the working tree only
    /// that git's index takes for changed.
    ///
    /// # Errors
    /// `NoWorkingTree`, `UnknownRevision`, `MissingObject`, `Corrupt`, `Unsupported`, `Io`.
    pub fn changes(&self, base: &ObjectId, against: &Against) -> Result<Vec<FileChange>, GitError> {
        let before = self.listed(base)?;
        let after = match against {
            Against::Commit(commit) => self.listed(commit)?,
            Against::Index => self.indexed()?,
            Against::WorkingTree => self.on_disk()?,
        };
        let paths: std::collections::BTreeSet<&RepoPath> = before.keys().chain(after.keys()).collect();
        let differs = paths.into_iter().filter(|path| before.get(path) != after.get(path));
        let change = |path: &RepoPath| FileChange {
            path: path.clone(),
            before: before.get(path).cloned(),
            exists: after.contains_key(path),
        };
        Ok(differs.map(change).collect())
    }

    fn listed(&self, commit: &ObjectId) -> Result<ListedFiles, GitError> {
        let files = self.tree(commit, &RepoPath::from(""))?;
        Ok(files.into_iter().map(|file| (file.path.clone(), (file.kind(), file.blob))).collect())
    }

    fn indexed(&self) -> Result<ListedFiles, GitError> {
        let files = self.staged_files(&RepoPath::from(""))?;
        let kind = |mode| EntryKind::of_mode(mode).unwrap_or(EntryKind::File);
        Ok(files.into_iter().map(|file| (file.path, (kind(file.mode), file.blob))).collect())
    }

    fn on_disk(&self) -> Result<ListedFiles, GitError> {
        let Some(root) = self.workdir() else {
            return Err(GitError::NoWorkingTree { path: self.git_dir().to_owned() });
        };
        let staged = self.staged_files(&RepoPath::from(""))?;
        let sparse: foldhash::HashSet<&RepoPath> =
            staged.iter().filter(|file| file.sparse).map(|file| &file.path).collect();
        let mut listing = self.indexed()?;
        let conversions = self.conversions()?;
        let mut options = git2::StatusOptions::new();
        options
            .show(git2::StatusShow::Workdir)
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .include_ignored(false);
        options.exclude_submodules(true).update_index(false);
        let statuses = self.inner.statuses(Some(&mut options)).map_err(|error| GitError::library(&error))?;
        for entry in statuses.iter() {
            let path = RepoPath(entry.path_bytes().to_vec());
            let location = root.join(super::worktree::native(&path.0, root)?);
            let Ok(metadata) = std::fs::symlink_metadata(&location) else {
                if !sparse.contains(&path) {
                    listing.remove(&path);
                }
                continue;
            };
            if metadata.file_type().is_symlink() {
                let target = std::fs::read_link(&location).map_err(|error| GitError::io(&location, error))?;
                let id = self.hash_bytes(target.as_os_str().as_encoded_bytes())?;
                listing.insert(path, (EntryKind::Symlink, id));
            } else if metadata.is_file() {
                // Whether the file may be run is no content.
                let kind = listing.get(&path).map_or(EntryKind::File, |(kind, _)| *kind);
                let kind = if kind == EntryKind::Executable { kind } else { EntryKind::File };
                let id = self.hash_bytes(&conversions.read_at(&path, &location)?)?;
                listing.insert(path, (kind, id));
            }
        }
        Ok(listing)
    }
}
