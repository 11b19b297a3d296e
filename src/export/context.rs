//! What the rows of records are made from.

use super::cell::Cell;
use super::tables::Tables;
use crate::model::results::{Change, Observation};
use crate::model::{Failure, FieldPath, ObjectId, PartialDate};
use crate::report::EditionSource;
use crate::rules::{Engine, Subject};
use chrono::{DateTime, FixedOffset};
use std::collections::HashMap;

/// When commits were made.
pub type Committed = HashMap<ObjectId, DateTime<FixedOffset>>;

/// Which sentences and fields are wanted.
pub struct Wanted<'w> {
    /// Whether a change is, with the date of its event where that is known.
    pub change: &'w (dyn Fn(&Change, Option<&PartialDate>) -> bool + Sync),
    /// Whether an observation is.
    pub observation: &'w (dyn Fn(&Observation) -> bool + Sync),
    /// Whether the statements of a field are.
    pub field: &'w (dyn Fn(&FieldPath) -> bool + Sync),
}

/// What makes the rows of records.
pub struct RecordExport<'r> {
    /// The rules.
    pub engine: &'r Engine<'r>,
    /// The tables.
    pub tables: &'r Tables,
    /// Where editions are read from.
    pub source: &'r dyn EditionSource<Failure>,
    /// When commits were made.
    pub committed: &'r Committed,
    /// Which sentences and fields are wanted.
    pub wanted: &'r Wanted<'r>,
}

impl RecordExport<'_> {
    /// The values of all identity fields of the dataset; null where this kind of record has no such field.
    pub(super) fn identity(&self, subject: &Subject<'_>) -> Vec<Cell> {
        self.tables.identity.iter().map(|field| Cell::from(subject.identity.get(field))).collect()
    }

    /// The value by which the panel's look-up table knows a record's subject.
    pub(super) fn subject_value<'s>(&self, subject: &'s Subject<'_>) -> Option<&'s str> {
        subject.identity.get(&self.tables.panel.as_ref()?.subject)
    }
}
