//! What is drawn of one record, and which pictures a report has.

use crate::model::report::MapPlace;
use crate::model::results::Strip;
use indexmap::IndexMap;

/// What is drawn of one record.
#[derive(Debug, Default)]
pub struct RecordPictures {
    pub(super) places: Vec<(usize, MapPlace)>,
    pub(super) strips: Vec<(usize, Strip)>,
    pub(super) groups: IndexMap<String, String>,
}

impl RecordPictures {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty() && self.strips.is_empty()
    }
}

/// The pictures of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draws {
    /// None.
    Nothing,
    /// Maps.
    Maps,
    /// Maps, and the rows of marks that sums are made of.
    Everything,
}
