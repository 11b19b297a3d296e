//! The files of the working tree.

use super::{Content, Files, FoundFile, MAX_RECORD, odd};
use crate::git::{EntryKind, Repository};
use crate::model::{Failure, FailureKind, RepoPath};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest policy file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The files of the working tree. Symbolic links that lead out of it are not followed.
pub struct WorkFiles<'r> {
    repo: &'r Repository,
    root: PathBuf,
}

impl<'r> WorkFiles<'r> {
    /// The files of a repository's working tree.
    ///
    /// # Errors
    /// The repository is bare.
    pub fn new(repo: &'r Repository) -> Result<Self, Failure> {
        let root =
            repo.workdir().ok_or_else(|| Failure::new("a bare repository has no working tree"))?.to_owned();
        Ok(WorkFiles { repo, root })
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
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
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
        out.sort();
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
                EntryKind::Symlink => Content::Odd(odd(file.kind)),
                _ => file
                    .read(MAX_RECORD)
                    .map_or_else(|error| Content::Unreadable(error.to_string()), Content::Bytes),
            };
            FoundFile { path: file.path, content }
        });
        Ok(found.collect())
    }
}

fn refused(error: std::io::Error) -> Failure {
    Failure::of(FailureKind::System, error.to_string()).caused_by(error)
}
