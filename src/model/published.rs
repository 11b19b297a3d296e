//! All that is said of a record over its whole history: what a site publishes.

use super::cite::AnswerCitation;
use super::report::EndedRecord;
use super::results::{EditionRef, RecordHeading, StepReport, Strip};
use super::view::Profile;
use super::{NatureKind, ObjectId, PartialDate};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::BTreeSet;

/// A record with all its editions, and every sentence that was ever said of it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedRecord {
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The groups of the manifest's report that it belongs to: group → member.
    pub groups: IndexMap<String, String>,
    /// The editions that stand, oldest first: at least one.
    pub editions: Vec<PublishedEdition>,
    /// Its end, if it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedRecord>,
    /// Its removals that its return followed, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<EndedRecord>,
    /// What was said once and is not said now, in the order in which it was replaced.
    pub past: Vec<PastSentence>,
    /// The amendments that changed sentences, oldest first.
    pub amended: Vec<AmendedSentences>,
    /// The citation of the record's newest edition.
    pub cite: AnswerCitation,
}

/// An edition with all that is said of it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedEdition {
    /// The edition.
    #[serde(flatten)]
    pub edition: EditionRef,
    /// The first line of the message of its commit.
    pub subject: String,
    /// Its earlier contents of the same date, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<NamedCommit>,
    /// The record as people read it, with what stands as of the edition.
    #[serde(skip)]
    pub profile: Profile,
    /// What stands as of the edition by fingerprint, and the sentence.
    pub standing: Vec<(String, String)>,
    /// Rows of marks, each with the position of its definition in the manifest; of the newest edition only.
    #[serde(skip)]
    pub strips: Vec<(usize, Strip)>,
    /// What changed since the edition before; `None` for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepReport>,
}

/// A commit of a record's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedCommit {
    /// The commit.
    pub commit: ObjectId,
    /// The committer's day.
    pub on: PartialDate,
    /// The first line of its message.
    pub subject: String,
}

/// A sentence that was said once and is not said now.
#[derive(Clone, Debug, Serialize)]
pub struct PastSentence {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The rule that worded it.
    pub rule: String,
    /// The sentence.
    pub message: String,
    /// How it came about, of a change that was more than wording, sources, a review or silence.
    #[serde(skip)]
    pub news: Option<NatureKind>,
    /// The edition it was said of.
    pub edition: PartialDate,
    /// The fingerprints of the sentences that stand in its place now; none where nothing is said of it any
    /// more.
    pub replaced_by: Vec<String>,
    /// The commit after which it was not said any more.
    pub until: NamedCommit,
    /// How that came about.
    pub cause: &'static str,
    /// The reason that the record's corrections give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a correction of published editions did to sentences: one change, made to one edition or, commit by
/// commit, to several.
#[derive(Clone, Debug, Serialize)]
pub struct AmendedSentences {
    /// Its first commit.
    pub commit: NamedCommit,
    /// The edition that this commit amended.
    pub edition: PartialDate,
    /// The fingerprints of what this commit took back and brought: with the edition, they name the correction
    /// for good.
    #[serde(skip)]
    pub named: Vec<String>,
    /// The editions that were amended, oldest first.
    pub editions: Vec<PartialDate>,
    /// The sentences that were said until then: fingerprint and sentence.
    pub before: Vec<(String, String)>,
    /// The sentences that are said from then on.
    pub after: Vec<(String, String)>,
    /// The fingerprints of all that was first said by one of the commits, if only until the next of them.
    #[serde(skip)]
    pub brought: BTreeSet<String>,
}

/// An occasion of a strip, for its page.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedOccasion {
    /// Its name in the calendar.
    pub id: String,
    /// Its short name.
    pub short: String,
    /// Its full name and dates in words.
    pub in_words: String,
    /// Its first day, as the calendar writes it.
    pub start: PartialDate,
    /// The calendar year.
    pub year: i32,
}

/// A strip of the manifest with its occasions.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedCalendar {
    /// What a mark means that stands where nothing is known of an occasion.
    pub not_known: &'static str,
    /// The calendar's name in the manifest.
    pub name: String,
    /// What tables of the strip are called.
    pub title: String,
    /// The occasions by date.
    pub occasions: Vec<PublishedOccasion>,
}
