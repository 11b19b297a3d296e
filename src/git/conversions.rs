//! Files of the working tree as git would commit them: what a checkout's conversions did is undone.
//!
//! Line ends (`core.autocrlf`, the attributes `text` and `eol`), `ident`, `working-tree-encoding` and filter
//! programs make the bytes on disk other than those of the commit. No filter is run here: a file that git
//! takes for unchanged is read as the index has it; of a changed one only line ends are converted.

use super::errors::GitError;
use super::repository::Repository;
use super::worktree::{StagedFile, WorktreeFile, native};
use crate::model::{ObjectId, RepoPath};
use foldhash::{HashMap, HashSet};
use git2::{AttrCheckFlags, AttrValue};
use std::cell::OnceCell;
use std::path::Path;

/// Reads files of the working tree as git would commit them.
pub struct Conversions<'r> {
    repo: &'r Repository,
    staged: HashMap<RepoPath, StagedFile>,
    modified: OnceCell<HashSet<RepoPath>>,
    autocrlf: bool,
}

impl Repository {
    /// What reads files of the working tree as git would commit them.
    ///
    /// # Errors
    /// `Unsupported` (an index the library cannot read).
    pub fn conversions(&self) -> Result<Conversions<'_>, GitError> {
        let staged = self.staged_files(&RepoPath::from(""))?.into_iter().filter(|file| file.stage == 0);
        let autocrlf = self.inner.config().and_then(|config| config.get_string("core.autocrlf"));
        Ok(Conversions {
            repo: self,
            staged: staged.map(|file| (file.path.clone(), file)).collect(),
            modified: OnceCell::new(),
            autocrlf: autocrlf.is_ok_and(|value| {
                matches!(value.to_ascii_lowercase().as_str(), "true" | "input" | "1" | "yes" | "on")
            }),
        })
    }
}

impl Conversions<'_> {
    /// The bytes of a file as git would commit them; those of the index for a file outside a sparse checkout.
    ///
    /// # Errors
    /// `TooLarge` above `limit` bytes, `Io`, `MissingObject`.
    pub fn read(&self, file: &WorktreeFile, limit: u64) -> Result<Vec<u8>, GitError> {
        if let Some(blob) = &file.absent {
            return self.committed(file, blob, limit);
        }
        let bytes = file.read(limit)?;
        match self.staged.get(&file.path) {
            Some(staged) if self.repo.hash_bytes(&bytes)? == staged.blob => Ok(bytes),
            Some(staged) if !file.is_link() && !self.modified()?.contains(&file.path) => {
                self.committed(file, &staged.blob, limit)
            }
            _ if file.is_link() => Ok(bytes),
            staged => Ok(self.converted(&file.path, staged.map(|staged| &staged.blob), bytes)),
        }
    }

    /// The bytes of a file that git takes for changed, as git would commit them.
    ///
    /// # Errors
    /// `Io`.
    pub(super) fn read_at(&self, path: &RepoPath, location: &Path) -> Result<Vec<u8>, GitError> {
        let bytes = std::fs::read(location).map_err(|error| GitError::io(location, error))?;
        Ok(self.converted(path, self.staged.get(path).map(|staged| &staged.blob), bytes))
    }

    fn committed(&self, file: &WorktreeFile, blob: &ObjectId, limit: u64) -> Result<Vec<u8>, GitError> {
        let size = self.repo.blob_size(blob)?;
        if size > limit {
            return Err(GitError::TooLarge { path: file.location().to_owned(), size, limit });
        }
        self.repo.read_blob(blob)
    }

    /// The tracked files that git takes for changed.
    fn modified(&self) -> Result<&HashSet<RepoPath>, GitError> {
        if let Some(known) = self.modified.get() {
            return Ok(known);
        }
        let mut options = git2::StatusOptions::new();
        options.show(git2::StatusShow::Workdir).include_untracked(false).include_ignored(false);
        options.exclude_submodules(true).update_index(false);
        let statuses =
            self.repo.inner.statuses(Some(&mut options)).map_err(|error| GitError::library(&error))?;
        let found = statuses.iter().map(|entry| RepoPath(entry.path_bytes().to_vec())).collect();
        Ok(self.modified.get_or_init(|| found))
    }

    /// The line ends as git would commit them (gitattributes(5), `text` and `eol`).
    fn converted(&self, path: &RepoPath, staged: Option<&ObjectId>, bytes: Vec<u8>) -> Vec<u8> {
        if !bytes.windows(2).any(|two| two == b"\r\n") || bytes.contains(&0) || !self.is_text(path, staged) {
            return bytes;
        }
        let mut out = Vec::with_capacity(bytes.len());
        for (at, byte) in bytes.iter().enumerate() {
            if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
                out.push(*byte);
            }
        }
        out
    }

    fn is_text(&self, path: &RepoPath, staged: Option<&ObjectId>) -> bool {
        let Ok(native) = native(&path.0, self.repo.git_dir()) else { return false };
        let attribute = |name: &str| {
            let found =
                self.repo.inner.get_attr_bytes(&native, name, AttrCheckFlags::FILE_THEN_INDEX).ok().flatten();
            AttrValue::from_bytes(found)
        };
        let is_word =
            |value: &AttrValue<'_>, word: &str| matches!(value, AttrValue::String(text) if *text == word);
        let text = attribute("text");
        match text {
            AttrValue::True => return true,
            AttrValue::False => return false,
            _ => {}
        }
        let eol = attribute("eol");
        if !is_word(&text, "auto") && (is_word(&eol, "lf") || is_word(&eol, "crlf")) {
            return true;
        }
        // What was committed with CRLF stays so, where git decides by itself what is text.
        let with_crlf = || {
            let bytes = staged.and_then(|blob| self.repo.read_blob(blob).ok());
            bytes.is_some_and(|bytes| bytes.windows(2).any(|two| two == b"\r\n"))
        };
        (is_word(&text, "auto") || self.autocrlf) && !with_crlf()
    }
}
