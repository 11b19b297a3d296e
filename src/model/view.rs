//! Whole answers, as commands hand them to renderers.

use super::results::{Change, EditionRef, Evidence, Observation, RecordHeading, StepReport, Strip};
use super::{FieldPath, ObjectId, PartialDate, RecordId};
use serde::Serialize;
use serde_json::Value;

/// The answer of `changelog`.
#[derive(Clone, Debug, Serialize)]
pub struct ChangelogView {
    /// `sincewhen.changelog/1`.
    pub format: &'static str,
    /// The records.
    pub records: Vec<RecordChangelog>,
}

/// One record's changelog.
#[derive(Clone, Debug, Serialize)]
pub struct RecordChangelog {
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// What qualifies the answer, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The steps.
    pub steps: Vec<StepReport>,
    /// Its end, if it was removed and the range reaches that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<super::report::EndedRecord>,
    /// Its removals in the range that its return followed, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<super::report::EndedRecord>,
    /// When the events of changes took place, where that was asked for.
    #[serde(skip)]
    pub dates: EventDates,
}

impl RecordChangelog {
    /// Every end of the record, the last one first.
    pub fn ends(&self) -> impl Iterator<Item = &super::report::EndedRecord> {
        self.ended.iter().chain(&self.removals)
    }
}

/// When the event of a change took place, by the change's fingerprint.
pub type EventDates = std::collections::HashMap<String, PartialDate>;

/// The answer of `since`.
#[derive(Clone, Debug, Serialize)]
pub struct ObservationsView {
    /// `sincewhen.observations/1`.
    pub format: &'static str,
    /// What was asked for.
    pub as_of: String,
    /// The observations of all records, in order.
    pub observations: Vec<ObservedLine>,
    /// The records.
    #[serde(skip)]
    pub records: Vec<RecordObservations>,
}

/// One observation in the flat list of JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ObservedLine {
    /// The record's name.
    pub record: super::RecordId,
    /// The edition it is an observation of.
    pub edition: EditionRef,
    /// The commit that deleted the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<super::ObjectId>,
    /// The observation.
    #[serde(flatten)]
    pub observation: Observation,
}

/// One record's observations.
#[derive(Clone, Debug)]
pub struct RecordObservations {
    /// The record.
    pub heading: RecordHeading,
    /// The edition.
    pub edition: EditionRef,
    /// The observations.
    pub observations: Vec<Observation>,
    /// The commit that deleted the record.
    pub ended: Option<super::ObjectId>,
    /// Rows of marks.
    pub strips: Vec<Strip>,
}

/// The answer of `export`: what was written.
#[derive(Clone, Debug, Serialize)]
pub struct ExportView {
    /// `sincewhen.export/1`.
    pub format: &'static str,
    /// The folder, as it was named.
    pub folder: String,
    /// `csv`, `sqlite` or `parquet`.
    pub written_as: &'static str,
    /// The commit that it was made as of, or `worktree`.
    pub known_at: String,
    /// Of a difference, the revision at which the copy was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_commit: Option<String>,
    /// The tables.
    pub tables: Vec<ExportedTable>,
}

/// A table that was written.
#[derive(Clone, Debug, Serialize)]
pub struct ExportedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// Its files, from the folder of the export.
    pub files: Vec<String>,
}

/// The answer of `log`.
#[derive(Clone, Debug, Serialize)]
pub struct LogView {
    /// `sincewhen.log/1`.
    pub format: &'static str,
    /// The records.
    pub records: Vec<RecordLog>,
    /// Revisions that belong to no known record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<LoggedProblem>,
}

/// One record's editions.
#[derive(Clone, Debug, Serialize)]
pub struct RecordLog {
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The editions that stand, newest first.
    pub editions: Vec<LoggedEdition>,
    /// Editions that were taken back, newest first: the record went back to what it was before them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<LoggedEdition>,
    /// The records in which this one is continued: it was split, or joined with others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub continued_in: Vec<RecordId>,
    /// The records that this one continues, which have histories of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub continues: Vec<RecordId>,
    /// The commit that deleted the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<ObjectId>,
    /// Problems of revisions that have no date.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<LoggedProblem>,
    /// Rows of marks of the newest edition.
    pub strips: Vec<Strip>,
}

/// One edition in the log.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedEdition {
    /// The record's own date.
    pub last_updated: PartialDate,
    /// Whether the record has no date of its own, and the commit dates it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dated_by_commit: bool,
    /// The commit.
    pub commit: ObjectId,
    /// The file's path at that commit.
    pub file: String,
    /// The first line of the commit's message.
    pub subject: String,
    /// Earlier contents of the same date.
    pub amendments: Vec<LoggedRevision>,
    /// What is wrong with its revisions.
    pub problems: Vec<LoggedProblem>,
}

impl LoggedEdition {
    /// The date, marked where the commit gave it.
    pub fn dated(&self) -> String {
        super::results::dated(self.last_updated.to_string(), self.dated_by_commit)
    }
}

/// A revision in the log.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedRevision {
    /// The commit.
    pub commit: ObjectId,
    /// The first line of the commit's message.
    pub subject: String,
}

/// A problem in the log.
#[derive(Clone, Debug, Serialize)]
pub struct LoggedProblem {
    /// The commit.
    pub commit: ObjectId,
    /// The file's path at that commit.
    pub file: String,
    /// 1-based line, if a place is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// 1-based column, if a place is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// The answer of `diff`.
#[derive(Clone, Debug, Serialize)]
pub struct DiffView {
    /// `sincewhen.diff/1`.
    pub format: &'static str,
    /// The records.
    pub records: Vec<RecordDiff>,
}

/// The differences between two editions of a record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordDiff {
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The earlier edition.
    pub from: EditionRef,
    /// The later edition.
    pub to: EditionRef,
    /// The differences.
    pub deltas: Vec<DeltaView>,
}

/// One difference.
#[derive(Clone, Debug, Serialize)]
pub struct DeltaView {
    /// Where.
    pub path: FieldPath,
    /// `added`, `removed` or `changed`.
    pub op: &'static str,
    /// The value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// Where it stands on both sides.
    pub evidence: Vec<Evidence>,
}

/// The answer of `show`.
#[derive(Clone, Debug, Serialize)]
pub struct ShowView {
    /// `sincewhen.record/1`.
    pub format: &'static str,
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The edition.
    pub edition: EditionRef,
    /// The file's path at that commit.
    pub file: String,
    /// The record's fields.
    pub content: Value,
    /// The file's bytes.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// The record as people read it.
    #[serde(skip)]
    pub profile: Profile,
}

/// A record as people read it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Profile {
    /// What stands as of the edition, and since when.
    pub standing: Vec<Observation>,
    /// The parts of the record in the order of the file.
    pub sections: Vec<ProfileSection>,
    /// Prose about the record as a whole: a summary, remarks.
    pub prose: Vec<ProfileSection>,
    /// The sources that the parts cite, in the order of their numbers.
    pub sources: Vec<String>,
}

/// A part of a record.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProfileSection {
    /// What it is called.
    pub title: String,
    /// What it says.
    pub lines: Vec<ProfileLine>,
    /// Through when it was assessed, where that is not the edition's date.
    pub assessed_through: Option<String>,
}

/// One line of a part.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProfileLine {
    /// How deep it stands.
    pub depth: usize,
    /// What it is about.
    pub label: Option<String>,
    /// What is said.
    pub text: String,
    /// The numbers of the sources, from 1.
    pub notes: Vec<usize>,
}

/// The answer of `blame`.
#[derive(Clone, Debug, Serialize)]
pub struct BlameView {
    /// `sincewhen.blame/1`.
    pub format: &'static str,
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The edition whose facts these are.
    pub edition: EditionRef,
    /// The facts in the order of the file.
    pub facts: Vec<BlamedFact>,
    /// The file's text.
    #[serde(skip)]
    pub text: String,
}

/// A fact and who said it.
#[derive(Clone, Debug, Serialize)]
pub struct BlamedFact {
    /// The field.
    pub path: FieldPath,
    /// Its value.
    pub value: Value,
    /// 1-based line of its value in the edition's file.
    pub line: usize,
    /// 1-based column of its value in the edition's file.
    pub column: usize,
    /// The edition and commit that first said it.
    pub first: EditionRef,
    /// The edition and commit that last changed it.
    pub last: EditionRef,
}

/// The answer of `explain` for a fingerprint.
#[derive(Clone, Debug, Serialize)]
pub struct ProofView {
    /// `sincewhen.proof/1`.
    pub format: &'static str,
    /// The sentences of that fingerprint.
    pub sentences: Vec<ProvenSentence>,
}

/// A sentence with its proof.
#[derive(Clone, Debug, Serialize)]
pub struct ProvenSentence {
    /// The record.
    #[serde(flatten)]
    pub heading: RecordHeading,
    /// The rule's id.
    pub rule: String,
    /// What the rule is about.
    pub title: String,
    /// Why readers need the sentence, and how it must be understood.
    pub why: String,
    /// The earlier edition, for a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<EditionRef>,
    /// The edition, or the later one.
    pub to: EditionRef,
    /// All editions that say it, for an observation.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_in: Vec<PartialDate>,
    /// The change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// The observation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observation: Option<Observation>,
}

/// The answer of `explain` for a rule: its page.
#[derive(Clone, Debug, Serialize)]
pub struct RuleView {
    /// `sincewhen.rule/1`.
    pub format: &'static str,
    /// The rule's id.
    pub id: String,
    /// `change` or the kind of observation.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// Its weight.
    pub significance: String,
    /// Why readers need its sentences.
    pub why: String,
    /// When it speaks, one condition a line.
    pub when: Vec<String>,
    /// What its sentences explain besides, one pattern of paths a line.
    pub along: Vec<String>,
    /// Its words by nature or variant.
    pub words: Vec<(String, String)>,
    /// The rules for the opposite.
    pub mirror: Vec<String>,
    /// Why there is no opposite.
    pub no_mirror: Option<String>,
    /// Worked examples: the name, and the sentences.
    pub examples: Vec<(String, Vec<String>)>,
}

/// What building a site came to.
#[derive(Clone, Debug, Serialize)]
pub struct SiteView {
    /// `sincewhen.site/1`.
    pub format: &'static str,
    /// All files of the site.
    pub files: usize,
    /// Those that were written, because they were not there or differed.
    pub written: usize,
    /// Files of an earlier build that were removed.
    pub removed: usize,
}
