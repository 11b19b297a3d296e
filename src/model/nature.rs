//! How a change came about, and how much it weighs.

use super::text::is_of_recording;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The nature of a change (the rules that assign it are in `rules::natures`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NatureKind {
    /// Something happened after the earlier edition was assessed.
    Development,
    /// New in this edition, of a kind of record whose manifest asks for neutral natures.
    Added,
    /// Another value, of such a record.
    Changed,
    /// No longer there, of such a record.
    Removed,
    /// Something that had happened before, and that the earlier edition did not mention.
    LateReport,
    /// Something recorded before is now recorded otherwise.
    Correction,
    /// Something recorded before was taken out, and an entry of the record's corrections says why. Never a
    /// reversal.
    Retraction,
    /// Something recorded before is no longer mentioned, and nothing says why. It stays on record.
    Omission,
    /// Wording, sources or order; the position is the same.
    Editorial,
    /// The record was looked at again and nothing was changed.
    Review,
}

impl NatureKind {
    /// All natures, weightiest first: the order in which changes are listed.
    pub const ALL: [NatureKind; 10] = [
        NatureKind::Development,
        NatureKind::Added,
        NatureKind::Changed,
        NatureKind::Removed,
        NatureKind::LateReport,
        NatureKind::Correction,
        NatureKind::Retraction,
        NatureKind::Omission,
        NatureKind::Editorial,
        NatureKind::Review,
    ];

    /// Whether it is what an edition is read for: neither of the past nor of wording.
    pub fn is_news(self) -> bool {
        matches!(self, NatureKind::Development) || self.is_neutral()
    }

    /// Whether it says what became of a value, and not when.
    pub fn is_neutral(self) -> bool {
        matches!(self, NatureKind::Added | NatureKind::Changed | NatureKind::Removed)
    }

    /// The name used in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            NatureKind::Development => "development",
            NatureKind::Added => "added",
            NatureKind::Changed => "changed",
            NatureKind::Removed => "removed",
            NatureKind::LateReport => "late-report",
            NatureKind::Correction => "correction",
            NatureKind::Retraction => "retraction",
            NatureKind::Omission => "omission",
            NatureKind::Editorial => "editorial",
            NatureKind::Review => "review",
        }
    }
}

impl fmt::Display for NatureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A nature with what is not certain about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nature {
    /// The kind.
    pub kind: NatureKind,
    /// The date is known too roughly to say on which side of the earlier edition it falls.
    pub uncertain: bool,
    /// No date says when it came about.
    pub undated: bool,
}

impl Nature {
    /// A nature about which nothing is in doubt.
    pub fn certain(kind: NatureKind) -> Self {
        Nature { kind, uncertain: false, undated: false }
    }

    /// A sentence with what is in doubt about its nature, in brackets.
    pub fn with_doubt(self, sentence: &str) -> String {
        let remark = match (self.uncertain, self.undated) {
            (true, _) => "the date is too imprecise to say whether this is new",
            // The event of a sentence that says so is not dated either; nor is what is only recorded now said
            // to have come about now.
            (_, true) if sentence.contains("undated") || is_of_recording(sentence) => {
                return sentence.to_owned();
            }
            (_, true) => "undated",
            _ => return sentence.to_owned(),
        };
        super::text::aside(sentence, remark)
    }
}

/// How much a change or observation weighs for a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Significance {
    /// A legal step or a reversal.
    Major,
    /// A fact of the position.
    Minor,
    /// Wording and sources.
    Editorial,
}

impl Significance {
    /// The name used in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Significance::Major => "major",
            Significance::Minor => "minor",
            Significance::Editorial => "editorial",
        }
    }
}
