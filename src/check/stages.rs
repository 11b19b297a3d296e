//! The value that a field had on a day, where the record dates each value's beginning: a signatory from one
//! day on, a party from another.

use crate::model::{DateRange, Node, PartialDate};
use serde::Deserialize;

/// A value, and the date of the record from which it holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatedStage {
    /// The value.
    value: String,
    /// Keys joined with dots: the date from which it holds; by default it holds from the beginning.
    #[serde(default)]
    from: Option<String>,
}

/// The last of some stages that had begun on a day: `None` where a date is too wide to say, or cannot be
/// read.
pub(super) fn stage_on<'s>(stages: &'s [DatedStage], root: &Node, day: &DateRange) -> Option<&'s str> {
    let mut current = None;
    for stage in stages {
        let Some(keys) = &stage.from else {
            current = Some(stage.value.as_str());
            continue;
        };
        let Some(node) = root.at_keys(keys.split('.')) else { continue };
        let date = node.scalar_text()?.parse::<PartialDate>().ok()?.range();
        if date.end <= day.end && date.start <= day.start {
            current = Some(stage.value.as_str());
        } else if !date.is_after(day) {
            return None;
        }
    }
    current
}
