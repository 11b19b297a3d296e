//! The files of the index. In an unresolved merge, those of the current branch.

use super::{Files, FoundFile, blob_content, join};
use crate::git::{EntryKind, Repository, StagedFile};
use crate::model::{Failure, ObjectId, RepoPath};
use std::collections::BTreeMap;

/// The files of the index, as it was when this was made.
pub struct IndexFiles<'r> {
    repo: &'r Repository,
    blobs: BTreeMap<String, ObjectId>,
}

impl<'r> IndexFiles<'r> {
    /// Reads the index.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn new(repo: &'r Repository) -> Result<Self, Failure> {
        IndexFiles::of(repo, |_| true)
    }

    /// Those files that a sparse checkout leaves out of the working tree.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub(super) fn sparse(repo: &'r Repository) -> Result<Self, Failure> {
        IndexFiles::of(repo, |file| file.sparse)
    }

    fn of(repo: &'r Repository, wanted: impl Fn(&StagedFile) -> bool) -> Result<Self, Failure> {
        let plain = current(repo, &RepoPath::from(""))?.into_iter().filter(wanted).filter(|file| {
            matches!(EntryKind::of_mode(file.mode), Some(EntryKind::File | EntryKind::Executable))
        });
        let blobs = plain.filter_map(|file| Some((file.path.as_str()?.to_owned(), file.blob))).collect();
        Ok(IndexFiles { repo, blobs })
    }

    /// The paths of the files.
    pub(super) fn names(&self) -> Vec<RepoPath> {
        self.blobs.keys().map(|path| RepoPath::from(path.as_str())).collect()
    }
}

/// Entries that are merged, or the current branch's side of those that are not.
fn current(repo: &Repository, prefix: &RepoPath) -> Result<Vec<StagedFile>, Failure> {
    let standing = |file: &StagedFile| matches!(file.stage, 0 | 2) && !file.intended;
    Ok(repo.staged_files(prefix)?.into_iter().filter(standing).collect())
}

impl Files for IndexFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.blobs.get(path).map(|blob| self.repo.read_blob(blob)).transpose()?)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let start = if folder.is_empty() { String::new() } else { format!("{}/", join("", folder)) };
        Ok(self.blobs.keys().filter(|path| path.starts_with(&start)).cloned().collect())
    }

    fn below(
        &self,
        prefix: &RepoPath,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<FoundFile>, Failure> {
        let files = current(self.repo, prefix)?.into_iter().filter(|file| wanted(&file.path));
        let found = files.map(|file| {
            let kind = EntryKind::of_mode(file.mode).unwrap_or(EntryKind::File);
            Ok(FoundFile { content: blob_content(self.repo, kind, &file.blob)?, path: file.path })
        });
        found.collect()
    }

    fn paths(&self, prefix: &RepoPath) -> Result<Vec<RepoPath>, Failure> {
        Ok(current(self.repo, prefix)?.into_iter().map(|file| file.path).collect())
    }
}
