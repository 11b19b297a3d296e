//! What is known of the steps between a record's editions.

use crate::diff::Delta;
use crate::model::results::Observation;
use crate::rules::{Sighting, WordedChanges};
use std::collections::HashMap;
use std::sync::Arc;

/// The differences between two editions and what is said of them.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownChanges {
    /// The differences.
    pub deltas: Vec<Delta>,
    /// What is said of them.
    pub worded: WordedChanges,
}

/// What is known of editions by their places in the timeline, and of pairs of them.
#[derive(Default)]
pub(super) struct KnownSteps<'p> {
    pub changes: HashMap<(usize, usize), Arc<KnownChanges>>,
    pub seen: HashMap<usize, Arc<Vec<Sighting<'p>>>>,
    pub observed: HashMap<(usize, usize), Arc<Vec<Observation>>>,
}
