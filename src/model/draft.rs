//! What an import found in a source and would write: the answer of `import`, as renderers take it.

use super::results::{EditionRef, StepReport};
use super::{FieldPath, Finding, PartialDate, RecordId};
use serde::Serialize;
use serde_json::Value;

/// A place in an imported text: 1-based lines and columns, columns in code points; in a table, rows and
/// columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourcePlace {
    /// The first line.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column just past the last character.
    pub end_column: usize,
}

/// What became of a drafted fact when it met the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactOutcome {
    /// The record said nothing on it.
    New,
    /// The record said otherwise.
    Changed,
    /// The record says so already.
    Same,
    /// An authority says otherwise: the account is kept beside it.
    Reported,
    /// The record says it in words of its own, or more exactly, and keeps them.
    Kept,
    /// The record says otherwise and is not overwritten.
    Conflict,
}

impl FactOutcome {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            FactOutcome::New => "new",
            FactOutcome::Changed => "changed",
            FactOutcome::Same => "same",
            FactOutcome::Reported => "reported",
            FactOutcome::Kept => "kept",
            FactOutcome::Conflict => "conflict",
        }
    }
}

/// Text that no phrase of the grammar explains.
#[derive(Clone, Debug, Serialize)]
pub struct Leftover {
    /// Where.
    #[serde(flatten)]
    pub place: SourcePlace,
    /// The section it stands in.
    pub section: String,
    /// Whether other parts of its sentence were understood.
    pub partly: bool,
    /// The text.
    pub text: String,
}

/// Text that was understood and that no field of the record is for.
#[derive(Clone, Debug, Serialize)]
pub struct Aside {
    /// Where.
    #[serde(flatten)]
    pub place: SourcePlace,
    /// What read it.
    pub reader: String,
    /// The text.
    pub text: String,
}

/// The answer of `import`.
#[derive(Clone, Debug, Serialize)]
pub struct DraftView {
    /// `sincewhen.draft/1`.
    pub format: &'static str,
    /// The name of the grammar.
    pub import: String,
    /// What it reads: `pages` or `tables`.
    pub reads: &'static str,
    /// The files that were read.
    pub sources: Vec<SourceFile>,
    /// The records that the sources are about.
    pub records: Vec<DraftedRecord>,
    /// Entries for calendars.
    pub entries: Vec<DraftedEntry>,
    /// Faults of the sources themselves.
    pub findings: Vec<Finding>,
    /// What is worth knowing, in words.
    pub remarks: Vec<String>,
    /// In numbers.
    pub summary: DraftSummary,
    /// Whether it was to be written, not only shown.
    #[serde(skip)]
    pub to_write: bool,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct SourceFile {
    /// Its path, as it was given.
    pub file: String,
    /// How it was read: "CSV, `;`, windows-1252".
    pub read_as: String,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A record and what a source says of it.
#[derive(Clone, Debug, Serialize)]
pub struct DraftedRecord {
    /// The record.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// The source's file.
    pub source: String,
    /// The record's file.
    pub file: String,
    /// `new`, `changed`, `unchanged`, or `older`: the record is of a later day than the source, and is left
    /// alone.
    pub state: &'static str,
    /// The date of the edition it makes.
    pub last_updated: Option<PartialDate>,
    /// The edition it was compared with.
    pub base: Option<EditionRef>,
    /// The date of the record as it stands.
    pub stands: Option<PartialDate>,
    /// The facts.
    pub facts: Vec<DraftedFact>,
    /// What was not understood.
    pub not_understood: Vec<Leftover>,
    /// What was understood, and has no place in the record.
    pub set_aside: Vec<Aside>,
    /// What the record says and the source, as far as it was understood, does not.
    pub unmentioned: Vec<FieldPath>,
    /// What `check` would call an error in the drafted record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invalid: Vec<String>,
    /// The changes it would cause.
    pub changelog: Option<StepReport>,
    /// The merged record.
    pub content: Value,
}

/// One fact.
#[derive(Clone, Debug, Serialize)]
pub struct DraftedFact {
    /// The field it goes to.
    pub path: FieldPath,
    /// The value.
    pub value: Value,
    /// The value that stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What became of it.
    pub fate: FactOutcome,
    /// How sure the reading is, from 0 to 1.
    pub confidence: f64,
    /// What read it.
    pub reader: String,
    /// Where.
    #[serde(flatten)]
    pub place: SourcePlace,
    /// The text that stands there.
    pub excerpt: String,
    /// The notes that the text cites there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The sources that stand for it.
    pub sources: Vec<String>,
}

/// An entry for a calendar.
#[derive(Clone, Debug, Serialize)]
pub struct DraftedEntry {
    /// The calendar.
    pub calendar: String,
    /// Its file.
    pub file: String,
    /// The occasion.
    pub id: String,
    /// The entry.
    pub entry: Value,
}

/// An import in numbers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DraftSummary {
    /// Files read.
    pub files: usize,
    /// Files that could not be read.
    pub failed: usize,
    /// Records that are new.
    pub new: usize,
    /// Records that change.
    pub changed: usize,
    /// Records that say it already.
    pub unchanged: usize,
    /// Records that are of a later day than the source.
    pub older: usize,
    /// Facts found.
    pub facts: usize,
    /// Passages that were not understood, or not wholly.
    pub not_understood: usize,
    /// Findings.
    pub findings: usize,
    /// Files written.
    pub written: usize,
}
