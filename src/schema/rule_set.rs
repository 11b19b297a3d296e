//! All rules of a dataset.

use super::rule_files::{ChangeRule, ObservationRule};

/// All rules of a dataset, each family sorted by id.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The acts: what subjects do, each with words of its own.
    pub acts: Vec<ChangeRule>,
    /// The frames for everything that no act claims.
    pub lifecycle: super::Lifecycle,
    /// The observation rules.
    pub observations: Vec<ObservationRule>,
    /// The dataset's own check rules.
    pub checks: Vec<super::CheckRule>,
}
