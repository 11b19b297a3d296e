//! What is drawn of one record.

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
