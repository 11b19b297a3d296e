//! The ids under which the lifecycle words changes.

use crate::model::{FieldPath, Step};
use crate::schema::FrameName;

/// The rule of the sentence about everything that an edition no longer mentions.
pub(super) const OMITTED: &str = "omitted";

/// The id of the rule that words a field: its keys and the frame, `position.supports_aims/changed`.
pub fn id_of(path: &FieldPath, frame: FrameName) -> String {
    format!("{}/{}", dotted(path), frame.as_str())
}

pub(super) fn dotted(path: &FieldPath) -> String {
    let keys = path.0.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        _ => None,
    });
    keys.collect::<Vec<_>>().join(".")
}
