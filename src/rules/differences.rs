//! How two editions of a record differ, with what the editions before the later one recorded.
//!
//! An edition that is silent takes nothing back. So what the later of two editions has and the earlier one
//! merely does not mention may have been on record for years: where it says the same as it did then, it is
//! *repeated*; where it says something else, it is compared with what was recorded last. What a correction
//! took out in the meantime is put back by another correction.

use super::Edited;
use crate::diff::Delta;
use crate::model::{Document, FieldPath, PartialDate};
use foldhash::{HashMap, HashSet};

/// Two editions and how they differ.
#[derive(Debug)]
pub struct Differences<'a> {
    pub(super) from: Edited<'a>,
    pub(super) to: Edited<'a>,
    /// What differs, against what was recorded last.
    pub deltas: Vec<Delta>,
    /// The tree of the earlier edition with what older ones recorded of facts that the later one words
    /// otherwise.
    pub(super) restored: Option<Document>,
    /// Where those facts stand, and the edition that last had them.
    pub(super) places: Vec<(FieldPath, Edited<'a>)>,
    /// What an older edition recorded alike, with the date of the first that did.
    pub(super) repeated: HashMap<FieldPath, PartialDate>,
    /// What an older edition recorded and a correction took out since.
    pub(super) put_back: HashSet<FieldPath>,
    /// What an edition before the later one recorded first, with its date: one between the two, or one before
    /// both that had what a field goes back to.
    pub(super) recorded_earlier: HashMap<FieldPath, PartialDate>,
}

impl<'a> Differences<'a> {
    /// The earlier edition as it is compared: with the facts that an older one recorded last.
    pub(super) fn earlier(&self) -> Edited<'_> {
        Edited { document: self.restored.as_ref().unwrap_or(self.from.document), edition: self.from.edition }
    }

    /// The same, of other differences between two editions.
    pub(super) fn of<'b>(&self, from: Edited<'b>, to: Edited<'b>, deltas: Vec<Delta>) -> Differences<'b>
    where
        'a: 'b,
    {
        Differences {
            from,
            to,
            deltas,
            restored: None,
            places: self.places.clone(),
            repeated: self.repeated.clone(),
            put_back: self.put_back.clone(),
            recorded_earlier: self.recorded_earlier.clone(),
        }
    }

    /// The edition in which what a difference was before stands.
    pub(super) fn earlier_of(&self, delta: &Delta) -> Edited<'_> {
        let place = self.places.iter().find(|(path, _)| path.contains(delta.path_before()));
        place.map_or(self.from, |(_, edited)| *edited)
    }
}
