//! Commits, trees and blobs: everything the tool reads out of a git repository, and nothing it does with it.
//!
//! Owns the object database, revisions, the walk over history and the working tree's files; the only user of
//! `git2`. Must not parse YAML, know a record, classify or word anything, read the environment, write to a
//! repository or start a program. Object contents are trusted as git trusts them: inflated with zlib's
//! checksum, not hashed again (see [`Repository::open`]).

mod between;
mod blobs;
mod changes;
mod commits;
mod conversions;
mod errors;
mod horizon;
mod loose;
mod memory;
mod objects;
mod oid;
mod pack_order;
mod repository;
mod trees;
mod walk;
mod walked;
mod worktree;

pub use between::CommitBetween;
pub use blobs::BlobReader;
pub use changes::{Against, FileChange};
pub use commits::CommitInfo;
pub use conversions::Conversions;
pub use errors::{GitError, Unsupported};
pub use horizon::{Horizon, Reach};
pub use memory::{CommitFacts, WalkMemory};
pub use oid::blob_id_of;
pub use pack_order::PackOrder;
pub use repository::{Repository, Snapshot};
pub use trees::{EntryKind, TreeFile};
pub use walked::{CommitNode, History, Touch, TouchEntry};
pub use worktree::{Cleanliness, StagedFile, WorktreeFile};
