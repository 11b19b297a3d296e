//! Where policy and reference files come from: a commit's tree or the working tree.

use crate::git::Repository;
use crate::model::{CommitId, RepoPath};
use crate::schema::Files;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest policy file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The files of a commit.
pub struct CommitFiles<'r> {
    repo: &'r Repository,
    commit: CommitId,
    folders: RefCell<BTreeMap<String, Vec<String>>>,
}

impl<'r> CommitFiles<'r> {
    /// The files of `commit`.
    pub fn new(repo: &'r Repository, commit: CommitId) -> Self {
        CommitFiles { repo, commit, folders: RefCell::default() }
    }
}

impl Files for CommitFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.repo.file_at(&self.commit, &RepoPath::from(path)) {
            Ok(Some(file)) => self.repo.read_blob(&file.blob).map(Some).map_err(|error| error.to_string()),
            Ok(None) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        if let Some(known) = self.folders.borrow().get(folder) {
            return Ok(known.clone());
        }
        let files = self.repo.tree(&self.commit, &RepoPath::from(folder)).map_err(|error| error.to_string())?;
        let paths: Vec<String> = files.iter().filter_map(|file| file.path.as_str().map(str::to_owned)).collect();
        self.folders.borrow_mut().insert(folder.to_owned(), paths.clone());
        Ok(paths)
    }
}

/// The files of the working tree. Symbolic links that lead out of it are not followed.
pub struct WorkFiles {
    root: PathBuf,
}

impl WorkFiles {
    /// The files below `root`.
    pub fn new(root: &Path) -> Self {
        WorkFiles { root: root.to_owned() }
    }

    fn inside(&self, path: &Path) -> bool {
        match (self.root.canonicalize(), path.canonicalize()) {
            (Ok(root), Ok(real)) => real.starts_with(root),
            _ => false,
        }
    }
}

impl Files for WorkFiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let full = self.root.join(path);
        match std::fs::metadata(&full) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
            Ok(_) if !self.inside(&full) => Err("a symbolic link leads out of the working tree".to_owned()),
            Ok(meta) if meta.len() > MAX_FILE => Err(format!("{} bytes, more than {MAX_FILE}", meta.len())),
            Ok(meta) if !meta.is_file() => Ok(None),
            Ok(_) => std::fs::read(&full).map(Some).map_err(|error| error.to_string()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let mut out = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(at) = open.pop() {
            let entries = match std::fs::read_dir(self.root.join(&at)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.to_string()),
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
}
