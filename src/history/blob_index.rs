//! What blobs say of themselves: whose they are and of which date. Each blob is read once, whatever commits
//! it stands in.
//!
//! Owns the table of what was read. Must not read.

use super::head_key::HeadKey;
use super::marks::FileRevision;
use crate::model::{Failure, Identity, LineColumn, PartialDate};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// What a blob says of itself; `Err` holds why it could not be read.
pub type BlobHead = Result<BlobSummary, Failure>;

/// What a readable blob says of itself. Many say the same, and share it where they come from what is kept.
#[derive(Clone, Debug)]
pub struct BlobSummary {
    /// Which record it is.
    pub identity: Option<Arc<Identity>>,
    /// What the record was called before.
    pub formerly: Vec<Arc<Identity>>,
    /// Whether the commit dates it.
    pub by_commit: bool,
    /// The edition's date.
    pub date: Option<Arc<PartialDate>>,
    /// What is wrong with it, with its place.
    pub problems: Vec<(LineColumn, String)>,
}

/// What blobs say, in the order they were read.
#[derive(Default)]
pub struct BlobIndex {
    list: Vec<(HeadKey, BlobHead)>,
    places: HashMap<HeadKey, usize>,
    forgot: bool,
    /// Blobs that name no record of the one selection that is asked for; `None` where selections differ.
    others: Option<HashSet<HeadKey>>,
}

impl BlobIndex {
    /// For histories that are sorted for one selection: what names none of its records is not looked at
    /// again.
    pub fn of_one_selection() -> BlobIndex {
        BlobIndex { others: Some(HashSet::default()), ..BlobIndex::default() }
    }

    /// Keeps in mind that a blob names no record of the selection.
    pub(super) fn pass_over(&mut self, key: HeadKey) {
        if let Some(others) = &mut self.others {
            others.insert(key);
        }
    }

    /// Whether a blob is known to name no record of the selection.
    pub(super) fn passes_over(&self, key: &HeadKey) -> bool {
        self.others.as_ref().is_some_and(|others| others.contains(key))
    }

    /// The selection has grown: what was passed over may be of it now.
    pub(super) fn pass_over_none(&mut self) {
        self.others.iter_mut().for_each(HashSet::clear);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Makes room.
    pub fn reserve(&mut self, more: usize) {
        self.list.reserve(more);
        self.places.reserve(more);
    }

    /// What a blob says, if it was read.
    pub fn get(&self, key: &HeadKey) -> Option<&BlobHead> {
        Some(&self.list[*self.places.get(key)?].1)
    }

    /// Whether a blob was read.
    pub fn knows(&self, key: &HeadKey) -> bool {
        self.places.contains_key(key)
    }

    /// Takes in what a blob says; what is known already stays.
    pub fn insert(&mut self, key: HeadKey, head: BlobHead) {
        let next = self.list.len();
        if *self.places.entry(key).or_insert(next) == next {
            self.list.push((key, head));
        }
    }

    /// What was read since there were `from` heads.
    pub fn since(&self, from: usize) -> &[(HeadKey, BlobHead)] {
        &self.list[from.min(self.list.len())..]
    }

    /// Forgets what is not of this history if that is more than half, so that it does not pile up.
    pub(super) fn keep_to(&mut self, versions: &[FileRevision<'_>]) {
        if self.list.len() <= 2 * versions.len() {
            return;
        }
        let of_this: HashSet<HeadKey> = versions.iter().map(|version| version.key()).collect();
        self.list.retain(|(key, _)| of_this.contains(key));
        self.places = self.list.iter().enumerate().map(|(at, (key, _))| (*key, at)).collect();
        self.forgot = true;
    }

    /// Whether some were forgotten.
    pub fn were_forgotten(&self) -> bool {
        self.forgot
    }
}
