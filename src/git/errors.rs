//! What can go wrong with a repository, in words a user can act on.
//!
//! Owns the error type of this module and the translation of the git library's codes into it. Must not print.

use crate::model::{Failure, FailureKind};
use std::path::{Path, PathBuf};

/// Why a repository could not answer. [`hints`](GitError::hints) gives the commands that repair it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// Neither the folder nor one above it is a git repository.
    #[error("not a git repository (or any of the folders above): {}", path.display())]
    NotARepository {
        /// The folder the search started in.
        path: PathBuf,
    },
    /// A folder that git takes for a bare repository is content of the repository around it.
    #[error("{} is a repository that a commit of {} brings along", path.display(), outer.display())]
    Embedded {
        /// The folder that holds `HEAD`, `objects` and `refs`.
        path: PathBuf,
        /// The working tree around it.
        outer: PathBuf,
    },
    /// `HEAD` names a branch without a commit.
    #[error("the repository has no commits yet: {}", path.display())]
    EmptyRepository {
        /// The repository's `.git` folder.
        path: PathBuf,
    },
    /// No commit goes by this name.
    #[error("unknown revision `{revision}`")]
    UnknownRevision {
        /// The name as it was asked for.
        revision: String,
        /// Whether the clone is shallow, so that the commit may exist beyond what was fetched.
        shallow: bool,
    },
    /// More than one object goes by this abbreviation.
    #[error("revision `{revision}` is ambiguous: more than one object starts so")]
    AmbiguousRevision {
        /// The name as it was asked for.
        revision: String,
    },
    /// The name is right, but what it names is a tree or a blob.
    #[error("revision `{revision}` is a {kind}, not a commit")]
    NotACommit {
        /// The name as it was asked for.
        revision: String,
        /// `tree` or `blob`.
        kind: &'static str,
    },
    /// Another user owns the repository and git's `safe.directory` does not list it.
    #[error("dubious ownership: {} belongs to another user", path.display())]
    OtherOwner {
        /// The folder to list under `safe.directory`.
        path: PathBuf,
    },
    /// An object that others refer to is not here.
    #[error("object {id} is missing{}", if *partial { " (this is a partial clone)" } else { "" })]
    MissingObject {
        /// The object's id, 40 hexadecimal digits.
        id: String,
        /// Whether the clone is partial, so that the object is missing by design.
        partial: bool,
    },
    /// An object or a file of the repository cannot be read as what it should be.
    #[error("the repository is damaged: {what}")]
    Corrupt {
        /// Which object or file, and what is wrong with it.
        what: String,
    },
    /// A kind of repository that the git library cannot read.
    #[error("{what}")]
    Unsupported {
        /// Which kind.
        what: Unsupported,
    },
    /// The question needs a working tree and the repository is bare.
    #[error("a bare repository has no working tree: {}", path.display())]
    NoWorkingTree {
        /// The repository's folder.
        path: PathBuf,
    },
    /// A file of the working tree is larger than the caller allows.
    #[error("{}: {size} bytes, more than the {limit} allowed", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file or folder could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Anything else the git library reported.
    #[error("git: {message}")]
    Library {
        /// Its message.
        message: String,
    },
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let kind = match &error {
            GitError::UnknownRevision { .. }
            | GitError::AmbiguousRevision { .. }
            | GitError::NotACommit { .. } => FailureKind::Question,
            _ => FailureKind::Repository,
        };
        let failure = error.hints().into_iter().fold(Failure::of(kind, error.to_string()), Failure::hint);
        failure.caused_by(error)
    }
}

/// Kinds of repositories that git itself reads and the git library does not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// Object ids are SHA-256.
    Sha256,
    /// References are stored as reftables.
    Reftable,
    /// The old way of marking a partial clone, `extensions.partialClone`.
    PartialCloneExtension,
    /// Another repository extension, by its name.
    Extension(String),
    /// The index is split (`core.splitIndex`) or otherwise extended.
    Index(String),
    /// The repository's own path is not UTF-8.
    PathEncoding(PathBuf),
}

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unsupported::Sha256 => {
                f.write_str("repositories with SHA-256 object ids are not supported by the git library")
            }
            Unsupported::Reftable => {
                f.write_str("repositories with reftable references are not supported by the git library")
            }
            Unsupported::PartialCloneExtension => f.write_str(
                "partial clones marked by `extensions.partialClone` are not supported by the git library",
            ),
            Unsupported::Extension(name) => {
                write!(f, "the repository extension `{name}` is not supported by the git library")
            }
            Unsupported::Index(message) => write!(f, "the git library cannot read this index: {message}"),
            Unsupported::PathEncoding(path) => {
                write!(f, "the repository's path is not UTF-8: {}", path.display())
            }
        }
    }
}

impl GitError {
    /// What to do about it, most helpful first; commands stand on a line of their own words.
    pub fn hints(&self) -> Vec<String> {
        let hints: &[&str] = match self {
            GitError::NotARepository { .. } => &["run this inside a clone, or make one: `git init`"],
            GitError::Embedded { .. } => &["start outside that folder; nothing in it was read"],
            GitError::EmptyRepository { .. } => &["commit something first: `git add . && git commit`"],
            GitError::UnknownRevision { shallow: true, .. } => &[
                "this clone is shallow and may not reach that far: `git fetch --unshallow`",
                "or fetch tags: `git fetch --tags`",
            ],
            GitError::UnknownRevision { .. } => &[
                "see the names there are: `git branch --all` and `git tag`",
                "or fetch it: `git fetch --all --tags`",
            ],
            GitError::AmbiguousRevision { .. } => {
                &["give more digits of the id, or the full name of the branch or tag (`refs/heads/NAME`)"]
            }
            GitError::NotACommit { .. } => &["name a commit, a branch or a tag of a commit"],
            GitError::OtherOwner { path } => {
                return vec![
                    "if you trust this repository, say so to git:".to_owned(),
                    format!("git config --global --add safe.directory {}", shell_word(path)),
                ];
            }
            GitError::MissingObject { id, partial: true } => {
                return vec![
                    format!("fetch this one: `git cat-file -e {id}`"),
                    "or fetch all that is missing: `git fetch --refetch --no-filter`".to_owned(),
                ];
            }
            GitError::MissingObject { .. } | GitError::Corrupt { .. } => {
                &["see what is damaged: `git fsck --full`", "then fetch it again, or clone afresh"]
            }
            GitError::Unsupported { what } => what.hints(),
            GitError::NoWorkingTree { .. } => {
                &["name a commit instead, or add a working tree: `git worktree add PATH`"]
            }
            GitError::TooLarge { .. } | GitError::Io { .. } | GitError::Library { .. } => &[],
        };
        hints.iter().map(|hint| (*hint).to_owned()).collect()
    }

    /// A file or folder that could not be read.
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        GitError::Io { path: path.to_owned(), source }
    }

    /// An error of the git library that no caller could place better.
    pub(super) fn library(error: &git2::Error) -> Self {
        match (error.class(), error.code()) {
            (git2::ErrorClass::Zlib | git2::ErrorClass::Object | git2::ErrorClass::Tree, _) => {
                GitError::Corrupt { what: error.message().to_owned() }
            }
            (git2::ErrorClass::Index, _) => {
                GitError::Unsupported { what: Unsupported::Index(error.message().to_owned()) }
            }
            _ => GitError::Library { message: error.message().to_owned() },
        }
    }

    /// An error on opening the repository at, or searching upwards from, `path`.
    pub(super) fn on_open(error: &git2::Error, path: &Path) -> Self {
        let message = error.message();
        if error.code() == git2::ErrorCode::Owner {
            return GitError::OtherOwner { path: owned_path(message).unwrap_or_else(|| path.to_owned()) };
        }
        if let Some(name) = message.strip_prefix("unsupported extension name extensions.") {
            let what = match name {
                "refstorage" => Unsupported::Reftable,
                "partialclone" => Unsupported::PartialCloneExtension,
                _ => Unsupported::Extension(name.to_owned()),
            };
            return GitError::Unsupported { what };
        }
        if message.starts_with("unknown object format") {
            return GitError::Unsupported { what: Unsupported::Sha256 };
        }
        match (error.class(), error.code()) {
            (git2::ErrorClass::Repository | git2::ErrorClass::Os, git2::ErrorCode::NotFound) => {
                GitError::NotARepository { path: path.to_owned() }
            }
            (git2::ErrorClass::Config | git2::ErrorClass::Reference, _) => {
                GitError::Corrupt { what: message.to_owned() }
            }
            _ => GitError::library(error),
        }
    }
}

impl Unsupported {
    fn hints(&self) -> &'static [&'static str] {
        match self {
            Unsupported::Sha256 => {
                &["use a clone with SHA-1 ids: `git init --object-format=sha1` and import into it"]
            }
            Unsupported::Reftable => {
                &["turn the references back into files: `git refs migrate --ref-format=files`"]
            }
            Unsupported::PartialCloneExtension => {
                &["mark it the present way: `git config remote.origin.promisor true && git config --unset \
                    extensions.partialClone`"]
            }
            Unsupported::Extension(_) => &["use a clone without this extension"],
            // `sdir` is the extension that marks a sparse index.
            Unsupported::Index(message) if message.contains("sdir") => {
                &["write a full index: `git sparse-checkout reapply --no-sparse-index`"]
            }
            Unsupported::Index(_) => {
                &["write a plain index: `git update-index --no-split-index --index-version 2`"]
            }
            Unsupported::PathEncoding(_) => &["move the repository to a folder whose name is UTF-8"],
        }
    }
}

/// The path in libgit2's "repository path '…' is not owned by current user", which is the one
/// `safe.directory` wants.
fn owned_path(message: &str) -> Option<PathBuf> {
    let rest = message.split_once('\'')?.1;
    Some(PathBuf::from(rest.rsplit_once('\'')?.0.trim_end_matches('/')))
}

/// The path as one word of a POSIX shell.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
