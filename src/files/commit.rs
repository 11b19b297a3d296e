//! The files of a commit.

use super::{Files, FoundFile, blob_content};
use crate::git::{Repository, Snapshot};
use crate::model::{Failure, ObjectId, RepoPath};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// The files of a commit.
pub struct CommitFiles<'r> {
    repo: &'r Repository,
    commit: ObjectId,
    snapshot: OnceCell<Snapshot<'r>>,
    folders: RefCell<BTreeMap<String, Vec<String>>>,
}

impl<'r> CommitFiles<'r> {
    /// The files of `commit`.
    pub fn new(repo: &'r Repository, commit: ObjectId) -> Self {
        CommitFiles { repo, commit, snapshot: OnceCell::new(), folders: RefCell::default() }
    }

    fn snapshot(&self) -> Result<&Snapshot<'r>, Failure> {
        if let Some(open) = self.snapshot.get() {
            return Ok(open);
        }
        let opened = self.repo.snapshot(&self.commit)?;
        Ok(self.snapshot.get_or_init(|| opened))
    }
}

impl Files for CommitFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.snapshot()?.file(&RepoPath::from(path))? {
            Some(file) => Ok(Some(self.repo.read_blob(&file.blob)?)),
            None => Ok(None),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        if let Some(known) = self.folders.borrow().get(folder) {
            return Ok(known.clone());
        }
        let files = self.snapshot()?.files(&RepoPath::from(folder))?;
        let paths: Vec<String> =
            files.iter().filter_map(|file| file.path.as_str().map(str::to_owned)).collect();
        self.folders.borrow_mut().insert(folder.to_owned(), paths.clone());
        Ok(paths)
    }

    fn below(
        &self,
        prefix: &RepoPath,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<FoundFile>, Failure> {
        let files = self.repo.tree(&self.commit, prefix)?.into_iter().filter(|file| wanted(&file.path));
        let found = files.map(|file| {
            let content = blob_content(self.repo, file.kind(), &file.blob)?;
            Ok(FoundFile { content, path: file.path })
        });
        found.collect()
    }

    fn paths(&self, prefix: &RepoPath) -> Result<Vec<RepoPath>, Failure> {
        Ok(self.repo.tree(&self.commit, prefix)?.into_iter().map(|file| file.path).collect())
    }
}
