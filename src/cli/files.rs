//! Where policy and reference files come from: a commit's tree or the working tree.

use crate::cache::{Stamp, Stamping};
use crate::git::{Repository, Snapshot};
use crate::model::{CommitId, RepoPath};
use crate::schema::Files;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The largest policy file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// The files of a commit.
pub struct CommitFiles<'r> {
    repo: &'r Repository,
    commit: CommitId,
    snapshot: OnceCell<Snapshot<'r>>,
    folders: RefCell<BTreeMap<String, Vec<String>>>,
}

impl<'r> CommitFiles<'r> {
    /// The files of `commit`.
    pub fn new(repo: &'r Repository, commit: CommitId) -> Self {
        CommitFiles { repo, commit, snapshot: OnceCell::new(), folders: RefCell::default() }
    }

    fn snapshot(&self) -> Result<&Snapshot<'r>, String> {
        if let Some(open) = self.snapshot.get() {
            return Ok(open);
        }
        let opened = self.repo.snapshot(&self.commit).map_err(|error| error.to_string())?;
        Ok(self.snapshot.get_or_init(|| opened))
    }
}

impl Files for CommitFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.snapshot()?.file(&RepoPath::from(path)) {
            Ok(Some(file)) => self.repo.read_blob(&file.blob).map(Some).map_err(|error| error.to_string()),
            Ok(None) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        if let Some(known) = self.folders.borrow().get(folder) {
            return Ok(known.clone());
        }
        let files = self.snapshot()?.files(&RepoPath::from(folder)).map_err(|error| error.to_string())?;
        let paths: Vec<String> =
            files.iter().filter_map(|file| file.path.as_str().map(str::to_owned)).collect();
        self.folders.borrow_mut().insert(folder.to_owned(), paths.clone());
        Ok(paths)
    }
}

/// Files with a stamp of all that was read of them.
pub struct Stamped<'f> {
    files: &'f dyn Files,
    stamping: RefCell<Stamping>,
}

impl<'f> Stamped<'f> {
    /// `files`, as they are read from now on by a tool.
    pub fn new(files: &'f dyn Files, tool: &str) -> Self {
        let mut stamping = Stamping::default();
        stamping.part(tool);
        Stamped { files, stamping: RefCell::new(stamping) }
    }

    /// The stamp of everything read so far.
    pub fn stamp(&self) -> Stamp {
        self.stamping.borrow().stamp()
    }
}

impl Files for Stamped<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let read = self.files.read(path)?;
        let mut stamping = self.stamping.borrow_mut();
        stamping
            .part("file")
            .part(path)
            .part(if read.is_some() { "there" } else { "" })
            .part(read.as_deref().unwrap_or_default());
        Ok(read)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let list = self.files.list(folder)?;
        self.stamping.borrow_mut().part("folder").part(folder).part(list.join("\0"));
        Ok(list)
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
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
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
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
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
