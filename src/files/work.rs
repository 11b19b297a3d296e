//! The files of the working tree, as git would commit them; those that a sparse checkout leaves out, as the
//! index has them.

use super::{Content, Files, FoundFile, IndexFiles, MAX_RECORD, odd};
use crate::git::{Conversions, EntryKind, GitError, Repository};
use crate::model::{Failure, FailureKind, RepoPath};
use std::cell::OnceCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest policy file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The files of the working tree. Symbolic links that lead out of it are not followed.
pub struct WorkFiles<'r> {
    repo: &'r Repository,
    root: PathBuf,
    conversions: OnceCell<Conversions<'r>>,
    left_out: IndexFiles<'r>,
}

impl<'r> WorkFiles<'r> {
    /// The files of a repository's working tree.
    ///
    /// # Errors
    /// The repository is bare, or its index cannot be read.
    pub fn new(repo: &'r Repository) -> Result<Self, Failure> {
        let root =
            repo.workdir().ok_or_else(|| Failure::new("a bare repository has no working tree"))?.to_owned();
        let left_out = IndexFiles::sparse(repo)?;
        Ok(WorkFiles { repo, root, conversions: OnceCell::new(), left_out })
    }

    fn conversions(&self) -> Result<&Conversions<'r>, Failure> {
        if let Some(known) = self.conversions.get() {
            return Ok(known);
        }
        let made = self.repo.conversions()?;
        Ok(self.conversions.get_or_init(|| made))
    }

    fn inside(&self, path: &Path) -> bool {
        match (self.root.canonicalize(), path.canonicalize()) {
            (Ok(root), Ok(real)) => real.starts_with(root),
            _ => false,
        }
    }
}

impl Files for WorkFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let full = self.root.join(path);
        match std::fs::metadata(&full) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                self.left_out.read(path)
            }
            Err(error) => Err(refused(error)),
            Ok(_) if !self.inside(&full) => {
                Err(Failure::of(FailureKind::System, "a symbolic link leads out of the working tree"))
            }
            Ok(meta) if meta.len() > MAX_FILE => {
                Err(Failure::of(FailureKind::System, format!("{} bytes, more than {MAX_FILE}", meta.len())))
            }
            Ok(meta) if !meta.is_file() => Ok(None),
            Ok(_) => std::fs::read(&full).map(Some).map_err(refused),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let mut out = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(at) = open.pop() {
            let entries = match std::fs::read_dir(self.root.join(&at)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(refused(error)),
            };
            for entry in entries.flatten() {
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let path = if at.is_empty() { name } else { format!("{at}/{name}") };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(path),
                    Ok(kind) if kind.is_file() => out.push(path),
                    _ => {}
                }
            }
        }
        out.extend(self.left_out.list(folder)?);
        out.sort();
        out.dedup();
        Ok(out)
    }

    fn below(
        &self,
        prefix: &RepoPath,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<FoundFile>, Failure> {
        let files = self.repo.worktree_files(prefix)?.into_iter().filter(|file| wanted(&file.path));
        let found = files.map(|file| {
            let content = match file.kind {
                EntryKind::Symlink | EntryKind::Submodule => Content::Odd(odd(file.kind)),
                _ => match self.conversions()?.read(&file, MAX_RECORD) {
                    Ok(bytes) => Content::Bytes(bytes),
                    Err(error @ (GitError::Io { .. } | GitError::TooLarge { .. })) => {
                        Content::Unreadable(error.to_string())
                    }
                    Err(error) => return Err(error.into()),
                },
            };
            Ok(FoundFile { path: file.path, content })
        });
        found.collect()
    }

    fn paths(&self, prefix: &RepoPath) -> Result<Vec<RepoPath>, Failure> {
        Ok(self.repo.worktree_files(prefix)?.into_iter().map(|file| file.path).collect())
    }

    fn sparse(&self) -> Result<Vec<RepoPath>, Failure> {
        Ok(self.left_out.names())
    }
}

fn refused(error: std::io::Error) -> Failure {
    Failure::of(FailureKind::System, error.to_string()).caused_by(error)
}
