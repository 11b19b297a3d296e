//! Sentences on changes of which some are known already, by their fingerprints: those need no words.

use crate::model::results::Change;

/// A sentence on differences, in words or by its fingerprint alone; with whether it stands only where nothing
/// weightier is said.
#[derive(Debug)]
pub enum SaidChange {
    /// It is known by its fingerprint.
    Known(String, bool),
    /// In words.
    Worded(Box<Change>, bool),
}

/// Which fingerprints are those of sentences that need no words.
pub type IsKnown<'k> = &'k dyn Fn(&str) -> bool;

/// A sentence that is known by its fingerprint.
#[derive(Clone, Copy, Debug)]
pub struct KnownChange<'k> {
    /// Its rule.
    pub rule: &'k str,
    /// The sentence.
    pub message: &'k str,
    /// Whether it only words, cites, reviews or is silent.
    pub is_quiet: bool,
}

/// Finds a sentence by its fingerprint.
pub type KnownSentences<'k> = dyn Fn(&str) -> Option<KnownChange<'k>> + 'k;

/// What is said of the differences between two editions, known sentences by their fingerprints.
#[derive(Debug, Default)]
pub struct PartlyWorded {
    /// The fingerprints of those that are known.
    pub known: Vec<String>,
    /// The others.
    pub changes: Vec<Change>,
}
