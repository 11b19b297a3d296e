//! The files of a dataset in one state: the working tree, the index, or a commit.

use super::super::CommandError;
use super::super::files::{CommitFiles, WorkFiles};
use crate::check::{Role, Source};
use crate::document::{self, ReadOptions};
use crate::git::{EntryKind, Repository};
use crate::model::{BlobId, CommitId, RepoPath};
use crate::schema::{Files, Policy, policy};
use std::collections::BTreeMap;

/// The largest file that is read as a record, a calendar or a table, in bytes.
pub const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A state of the repository's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// What is on disk.
    Work,
    /// What is staged.
    Index,
    /// What a commit holds.
    Commit(CommitId),
}

/// One file in a state.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// What it is.
    pub role: Role,
    /// What stands there instead of a file's bytes.
    pub content: Content,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// No plain file: in words.
    Odd(&'static str),
    /// Too large or unreadable: in words.
    Unreadable(String),
}

/// A state to read from.
pub struct Tree<'r> {
    repo: &'r Repository,
    /// Which state.
    pub state: State,
}

impl<'r> Tree<'r> {
    /// A state of a repository.
    pub fn new(repo: &'r Repository, state: State) -> Self {
        Tree { repo, state }
    }

    /// The files as policies are read from.
    pub fn files(&self) -> Result<Box<dyn Files + 'r>, CommandError> {
        Ok(match &self.state {
            State::Work => {
                let root = self
                    .repo
                    .workdir()
                    .ok_or_else(|| CommandError::new("a bare repository has no working tree to check"))?;
                Box::new(WorkFiles::new(root))
            }
            State::Index => Box::new(IndexFiles::read(self.repo)?),
            State::Commit(commit) => Box::new(CommitFiles::new(self.repo, commit.clone())),
        })
    }

    /// The files of a dataset whose path `wanted` accepts, with their contents.
    pub fn entries(
        &self,
        policy: &Policy,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<Entry>, CommandError> {
        let roles = Roles::of(policy);
        let mut out = Vec::new();
        for prefix in roles.prefixes(policy) {
            self.below(&prefix, &roles, policy, wanted, &mut out)?;
        }
        out.sort_by(|a: &Entry, b| a.path.cmp(&b.path));
        out.dedup_by(|a, b| a.path == b.path);
        Ok(out)
    }

    fn below(
        &self,
        prefix: &RepoPath,
        roles: &Roles,
        policy: &Policy,
        wanted: &dyn Fn(&RepoPath) -> bool,
        out: &mut Vec<Entry>,
    ) -> Result<(), CommandError> {
        match &self.state {
            State::Work => {
                for file in self.repo.worktree_files(prefix)? {
                    let Some(role) = roles.role(policy, &file.path).filter(|_| wanted(&file.path)) else {
                        continue;
                    };
                    let content = match file.kind {
                        EntryKind::Symlink => Content::Odd(odd(file.kind)),
                        _ => file
                            .read(MAX_FILE)
                            .map_or_else(|error| Content::Unreadable(error.to_string()), Content::Bytes),
                    };
                    out.push(Entry { path: file.path, role, content });
                }
            }
            State::Index => {
                for file in self
                    .repo
                    .staged_files(prefix)?
                    .into_iter()
                    .filter(|file| file.stage == 0 || file.stage == 2)
                {
                    let Some(role) = roles.role(policy, &file.path).filter(|_| wanted(&file.path)) else {
                        continue;
                    };
                    let kind = EntryKind::of_mode(file.mode).unwrap_or(EntryKind::File);
                    out.push(Entry { path: file.path, role, content: self.content(kind, &file.blob) });
                }
            }
            State::Commit(commit) => {
                for file in self.repo.tree(commit, prefix)? {
                    let Some(role) = roles.role(policy, &file.path).filter(|_| wanted(&file.path)) else {
                        continue;
                    };
                    let content = self.content(file.kind(), &file.blob);
                    out.push(Entry { path: file.path, role, content });
                }
            }
        }
        Ok(())
    }

    fn content(&self, kind: EntryKind, blob: &BlobId) -> Content {
        if matches!(kind, EntryKind::Symlink | EntryKind::Submodule) {
            return Content::Odd(odd(kind));
        }
        match self.repo.blob_size(blob) {
            Ok(size) if size > MAX_FILE => {
                Content::Unreadable(format!("{size} bytes, more than the {MAX_FILE} allowed"))
            }
            Ok(_) => self
                .repo
                .read_blob(blob)
                .map_or_else(|error| Content::Unreadable(error.to_string()), Content::Bytes),
            Err(error) => Content::Unreadable(error.to_string()),
        }
    }
}

fn odd(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Submodule => "this is another repository, not a file",
        _ => "this is a symbolic link, not a file",
    }
}

impl Entry {
    /// The file, read; `None` where there are no bytes.
    pub fn source(&self, strict: bool) -> Option<Source> {
        let Content::Bytes(bytes) = &self.content else { return None };
        let options = if strict { ReadOptions::strict() } else { ReadOptions::lenient() };
        Some(Source {
            file: self.path.clone(),
            role: self.role.clone(),
            reading: document::read(bytes, &options),
        })
    }
}

/// Which path is what.
pub struct Roles {
    fixed: BTreeMap<String, Role>,
}

impl Roles {
    /// The roles a policy gives.
    pub fn of(policy: &Policy) -> Roles {
        let calendars = policy
            .manifest
            .calendars
            .iter()
            .map(|(name, spec)| (policy.path(&spec.path), Role::Calendar(name.clone())));
        let tables = policy
            .manifest
            .tables
            .iter()
            .map(|(name, spec)| (policy.path(&spec.path), Role::Table(name.clone())));
        Roles { fixed: calendars.chain(tables).collect() }
    }

    /// What a path is, if anything.
    pub fn role(&self, policy: &Policy, path: &RepoPath) -> Option<Role> {
        let fixed = path.as_str().and_then(|text| self.fixed.get(text)).cloned();
        fixed.or_else(|| policy.kind_of(path).map(Role::Record))
    }

    /// The folders and files in which anything with a role can lie.
    fn prefixes(&self, policy: &Policy) -> Vec<RepoPath> {
        let outside = |path: &str| !policy.root.is_empty() && !path.starts_with(&format!("{}/", policy.root));
        let mut out = vec![RepoPath::from(policy.root.as_str())];
        out.extend(self.fixed.keys().filter(|path| outside(path)).map(|path| RepoPath::from(path.as_str())));
        for spec in &policy.manifest.records {
            let path = policy.path(&spec.path);
            let fixed: Vec<&str> =
                path.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
            if outside(&path) {
                out.push(RepoPath::from(fixed.join("/").as_str()));
            }
        }
        out
    }
}

/// The files of the index.
struct IndexFiles<'r> {
    repo: &'r Repository,
    blobs: BTreeMap<String, BlobId>,
}

impl<'r> IndexFiles<'r> {
    fn read(repo: &'r Repository) -> Result<Self, CommandError> {
        let staged = repo
            .staged_files(&RepoPath::from(""))?
            .into_iter()
            .filter(|file| file.stage == 0 || file.stage == 2);
        let plain = staged.filter(|file| {
            matches!(EntryKind::of_mode(file.mode), Some(EntryKind::File | EntryKind::Executable))
        });
        let blobs =
            plain.filter_map(|file| Some((file.path.as_str()?.to_owned(), file.blob.clone()))).collect();
        Ok(IndexFiles { repo, blobs })
    }
}

impl Files for IndexFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let blob = self.blobs.get(path).map(|blob| self.repo.read_blob(blob));
        blob.transpose().map_err(|error| error.to_string())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        let start = if folder.is_empty() { String::new() } else { format!("{}/", policy::join("", folder)) };
        Ok(self.blobs.keys().filter(|path| path.starts_with(&start)).cloned().collect())
    }
}
