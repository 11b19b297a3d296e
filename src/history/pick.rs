//! Ways to name an edition: `first`, `last`, `previous`, a date or period, a git revision.

use super::{Edition, Timeline};
use crate::model::{Failure, PartialDate};

/// A way to name an edition.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// The oldest edition.
    First,
    /// The newest edition.
    Last,
    /// The edition before the one it is compared with.
    Previous,
    /// The edition in force at the end of a day, month or year.
    Through(PartialDate),
    /// The edition in force just before a day, month or year begins.
    Before(PartialDate),
    /// The edition in force as a git revision held it.
    Revision(String),
}

/// An edition that was picked, and how.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The edition.
    pub edition: Edition,
    /// Its position in the timeline.
    pub at: usize,
}

/// Why no edition can be picked.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum PickError {
    /// The record has no edition at all.
    #[error("{record} has no edition that can be read")]
    NoEdition {
        /// The record.
        record: String,
    },
    /// The date lies before the first edition.
    #[error("{record} has no edition in force at the end of {asked}: its first is of {first}")]
    BeforeFirst {
        /// The record.
        record: String,
        /// What was asked for.
        asked: String,
        /// The first edition's date.
        first: String,
    },
    /// The date's beginning lies before the first edition.
    #[error("{record} has no edition from before {asked}: its first is of {first}")]
    NoneBefore {
        /// The record.
        record: String,
        /// What was asked for.
        asked: String,
        /// The first edition's date.
        first: String,
    },
    /// There is nothing before the first edition.
    #[error("{record} has no edition before that of {first}, its first")]
    NoPrevious {
        /// The record.
        record: String,
        /// The first edition's date.
        first: String,
    },
}

impl From<PickError> for Failure {
    fn from(error: PickError) -> Self {
        let hint = match &error {
            PickError::BeforeFirst { .. } | PickError::NoneBefore { .. } => {
                "`first` names the first edition; `sincewhen log` lists them all"
            }
            PickError::NoPrevious { .. } => "`sincewhen show` prints it; there is nothing to compare it with",
            PickError::NoEdition { .. } => "`sincewhen log` shows what is wrong with its revisions",
        };
        Failure::new(error.to_string()).hint(hint).caused_by(error)
    }
}

impl Pick {
    /// Picks from a timeline. `before` is the position that `previous` counts from: the end if `None`. A
    /// revision must have been turned into a timeline of its own by the caller, of which it then is the last
    /// edition.
    ///
    /// # Errors
    /// See [`PickError`].
    pub fn from_timeline(&self, timeline: &Timeline, before: Option<usize>) -> Result<Moment, PickError> {
        let record = timeline.id.to_string();
        let Some(first) = timeline.editions.first() else { return Err(PickError::NoEdition { record }) };
        let last = timeline.editions.len() - 1;
        let at = match self {
            Pick::First => 0,
            Pick::Last | Pick::Revision(_) => last,
            Pick::Previous => before.unwrap_or(last).checked_sub(1).ok_or_else(|| PickError::NoPrevious {
                record: record.clone(),
                first: first.date.to_string(),
            })?,
            Pick::Through(asked) => {
                let at = timeline.editions.iter().rposition(|e| !e.date.range().is_after(&asked.range()));
                let first = first.date.to_string();
                at.ok_or_else(|| PickError::BeforeFirst { record, asked: asked.to_string(), first })?
            }
            Pick::Before(asked) => {
                let at = timeline.editions.iter().rposition(|e| asked.range().is_after(&e.date.range()));
                let first = first.date.to_string();
                at.ok_or_else(|| PickError::NoneBefore { record, asked: asked.to_string(), first })?
            }
        };
        Ok(Moment { edition: timeline.editions[at].clone(), at })
    }
}

impl std::fmt::Display for Pick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Pick::First => f.write_str("first"),
            Pick::Last => f.write_str("last"),
            Pick::Previous => f.write_str("previous"),
            Pick::Through(date) | Pick::Before(date) => write!(f, "{date}"),
            Pick::Revision(rev) => write!(f, "rev:{rev}"),
        }
    }
}
