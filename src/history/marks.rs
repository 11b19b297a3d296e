//! Revisions while they are sorted.

use super::archive::Revision;
use super::head_key::HeadKey;
use super::item_place::ItemPlace;
use crate::model::{Identity, ObjectId, RepoPath};
use crate::schema::{NameSource, Policy};
use foldhash::HashMap;
use foldhash::fast::FixedState;
use std::hash::BuildHasher;

/// A revision while it is sorted: small, so that it can be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark<'t> {
    /// `None` for the working tree.
    pub commit: Option<ObjectId>,
    pub rank: (u32, u32),
    pub path: &'t RepoPath,
    /// `None` where the file was deleted.
    pub blob: Option<ObjectId>,
    /// Of an item, its place.
    pub item: Option<&'t ItemPlace>,
}

impl Mark<'_> {
    pub(super) fn revision(&self) -> Revision {
        let blob = self.blob.unwrap_or(ObjectId::worktree());
        Revision {
            commit: self.commit_id(),
            rank: self.rank,
            path: self.path.clone(),
            blob,
            item: self.item.cloned().map(Box::new),
        }
    }

    pub(super) fn commit_id(&self) -> ObjectId {
        self.commit.unwrap_or(ObjectId::worktree())
    }
}

/// A revision at a record's path, before it is known whose it is.
pub(super) struct FileRevision<'t> {
    pub kind: usize,
    pub mark: Mark<'t>,
    pub blob: ObjectId,
    pub odd_mode: Option<&'static str>,
    /// A number for the path where that names the record, else 0.
    pub path_number: u64,
    /// Whether all parts of the record's name stand in its text.
    pub named_in_text: bool,
}

impl<'t> FileRevision<'t> {
    pub fn new(policy: &Policy, kind: usize, mark: Mark<'t>, blob: ObjectId) -> Self {
        let spec = &policy.kinds[kind].spec;
        let from_path = spec.is_named_by_path();
        let path_number = if from_path { FixedState::default().hash_one(&mark.path.0) } else { 0 };
        let by_key = spec.identity.iter().any(|part| part.sources.contains(&NameSource::Key));
        FileRevision { kind, mark, blob, odd_mode: None, path_number, named_in_text: !from_path && !by_key }
    }

    /// What its head is found under.
    pub fn key(&self) -> HeadKey {
        (self.kind, self.blob, self.path_number)
    }
}

/// Which revisions stand at the tip, by identity.
pub(super) type Alive<'h> = HashMap<&'h Identity, Vec<Mark<'h>>>;
