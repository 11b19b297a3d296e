//! What the readers share: the trait, what a file holds, and paths.

use crate::git::{EntryKind, Repository};
use crate::model::{Failure, ObjectId, RepoPath};

/// The largest file that is read as a record, a calendar or a table, in bytes.
pub const MAX_RECORD: u64 = 16 * 1024 * 1024;

/// Files by path. Paths are relative to the repository's root, `/` between their parts.
pub trait Files {
    /// A file's bytes; `None` if there is none.
    ///
    /// # Errors
    /// What stood in the way.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure>;

    /// The paths of the files below a folder, sorted. A file whose name is not UTF-8 is left out.
    ///
    /// # Errors
    /// What stood in the way.
    fn list(&self, folder: &str) -> Result<Vec<String>, Failure>;

    /// The files at or below a path that `wanted` accepts, with their contents; also those that are no plain
    /// files or cannot be read. Ignored files of the working tree are left out.
    ///
    /// # Errors
    /// What stood in the way of listing them.
    fn below(
        &self,
        prefix: &RepoPath,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<FoundFile>, Failure> {
        let mut out = Vec::new();
        for name in self.list(prefix.as_str().unwrap_or_default())? {
            let path = RepoPath::from(name.as_str());
            if wanted(&path)
                && let Some(bytes) = self.read(&name)?
            {
                out.push(FoundFile { path, content: Content::Bytes(bytes) });
            }
        }
        Ok(out)
    }

    /// The paths of the files at or below a path, links and other repositories among them, in any order.
    ///
    /// # Errors
    /// What stood in the way of listing them.
    fn paths(&self, prefix: &RepoPath) -> Result<Vec<RepoPath>, Failure> {
        let names = self.list(prefix.as_str().unwrap_or_default())?;
        Ok(names.iter().map(|name| RepoPath::from(name.as_str())).collect())
    }

    /// The files that a sparse checkout leaves out of the working tree; they are read as the index has them.
    ///
    /// # Errors
    /// An index that cannot be read.
    fn sparse(&self) -> Result<Vec<RepoPath>, Failure> {
        Ok(Vec::new())
    }
}

/// A file and what it holds.
#[derive(Clone, Debug)]
pub struct FoundFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It is no plain file: what it is, in words.
    Odd(&'static str),
    /// It is too large or cannot be read: why, in words.
    Unreadable(String),
}

/// What an entry of a tree or of the index holds.
///
/// # Errors
/// An object that is missing or damaged: what cannot be read cannot be judged.
pub(super) fn blob_content(repo: &Repository, kind: EntryKind, blob: &ObjectId) -> Result<Content, Failure> {
    if matches!(kind, EntryKind::Symlink | EntryKind::Submodule) {
        return Ok(Content::Odd(odd(kind)));
    }
    let size = repo.blob_size(blob)?;
    if size > MAX_RECORD {
        return Ok(Content::Unreadable(format!("{size} bytes, more than the {MAX_RECORD} allowed")));
    }
    Ok(Content::Bytes(repo.read_blob(blob)?))
}

pub(super) fn odd(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Submodule => "this is another repository, not a file",
        _ => "this is a symbolic link, not a file",
    }
}

/// Joins two paths and resolves `.` and `..`; a path that would leave the repository keeps its last legal
/// part.
pub fn join(root: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = root.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
