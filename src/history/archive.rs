//! What a history is sorted into: revisions, editions, timelines.

use super::item_place::ItemPlace;
use crate::git::Horizon;
use crate::model::{Identity, LineColumn, ObjectId, PartialDate, RecordId, RepoPath};
use std::collections::BTreeMap;

/// One committed version of a record's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit, or the working tree.
    pub commit: ObjectId,
    /// Distance from the tip: by ancestry first, then first parents first. Smaller is newer. Commit times
    /// play no part.
    pub rank: (u32, u32),
    /// The file's path at that commit.
    pub path: RepoPath,
    /// The file's content; of an item, its text by itself.
    pub blob: ObjectId,
    /// Where many records share a file, where in it this one stands.
    pub item: Option<Box<ItemPlace>>,
}

/// A record as of one date.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The record's own date.
    pub date: PartialDate,
    /// Whether the record has no date of its own, and the commit dates it.
    pub by_commit: bool,
    /// The revision whose content stands: the commit that brought the newest content of that date.
    pub revision: Revision,
    /// Earlier contents of the same date, newest first.
    pub amendments: Vec<Revision>,
    /// Commits that brought one of these contents besides the one named for it, newest first: the content had
    /// been another one in between, or the file moved.
    pub restated: Vec<Revision>,
}

impl Edition {
    /// Every commit that brought a content of this date.
    pub fn revisions(&self) -> impl Iterator<Item = &Revision> {
        self.amendments.iter().chain([&self.revision]).chain(&self.restated)
    }
}

/// A revision that could not be read, or not wholly.
#[derive(Clone, Debug)]
pub struct RevisionProblem {
    /// The revision.
    pub revision: Revision,
    /// Where in the file, if a place is known.
    pub place: Option<LineColumn>,
    /// What is wrong.
    pub message: String,
}

/// A record's editions in the order of their dates.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The record's name.
    pub id: RecordId,
    /// Its identity fields.
    pub identity: Identity,
    /// Its kind: an index into the policy's kinds.
    pub kind: usize,
    /// The editions that stand, oldest first.
    pub editions: Vec<Edition>,
    /// Editions that were taken back, oldest first, not used: the record's content went back to what it was
    /// before them, or they are dated later than the record's own date at the tip.
    pub withdrawn: Vec<Edition>,
    /// The records in which this one is continued, where it was split, or joined with others: its own history
    /// ends there.
    pub heirs: Vec<RecordId>,
    /// The records that this one continues where their histories are not its own: several that were joined,
    /// or one that was split.
    pub origins: Vec<RecordId>,
    /// The commit that deleted the record, if it is gone at the tip.
    pub ended: Option<ObjectId>,
    /// When the record was removed and put back later, oldest first.
    pub removals: Vec<Removal>,
    /// Revisions that could not be read, newest first.
    pub problems: Vec<RevisionProblem>,
}

/// A removal of a record that its return followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The commit that deleted it.
    pub commit: ObjectId,
    /// The commit that put it back.
    pub back: ObjectId,
    /// The date of the edition that was deleted.
    pub last: PartialDate,
}

/// All timelines that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// The timelines by name.
    pub timelines: BTreeMap<RecordId, Timeline>,
    /// Revisions at record paths that belong to no record anybody can name.
    pub orphans: Vec<RevisionProblem>,
    /// How far back the repository's history reaches.
    pub horizon: Horizon,
}
