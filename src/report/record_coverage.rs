//! How one record fared in a period.

use crate::model::PartialDate;

/// How one record fared in a period.
#[derive(Clone, Debug)]
pub struct RecordCoverage {
    pub(super) state: &'static str,
    pub(super) last_updated: Option<PartialDate>,
    pub(super) assessed: Option<PartialDate>,
    pub(super) stale: bool,
}

impl RecordCoverage {
    /// A record of which nothing can be read.
    pub(super) fn unreadable() -> RecordCoverage {
        RecordCoverage { state: "unreadable", last_updated: None, assessed: None, stale: false }
    }

    /// Notes that nothing is left of what its editions changed, since another record reports it.
    pub(super) fn says_nothing(&mut self) {
        if self.state == "changed" {
            self.state = "reviewed";
        }
    }
}
