//! Citations of answers, and what became of a cited answer.

use super::{FieldPath, ObjectId, PartialDate, RecordId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What pins an answer: the question, the data and the rules it was made from, the program, and a hash of the
/// answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerCitation {
    /// The dataset's title.
    pub dataset: String,
    /// The licence of the dataset, as its manifest names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Where the dataset is published, as its manifest names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The question in normal form: a command line (POSIX quoting) without what is pinned below.
    pub question: String,
    /// As of which edition, or between which two, as the question has it: `2020-09-04`, `2018..2020`, `last`.
    pub as_of: String,
    /// The commit whose history was read; `None` for a working tree, which nobody else can read.
    pub known_at: Option<ObjectId>,
    /// The committer's day of that commit.
    pub known_on: Option<PartialDate>,
    /// The commit whose manifest, schemas and rules were used; `None` for a working tree.
    pub policy_from: Option<ObjectId>,
    /// The program and its version.
    pub tool: String,
    /// The SHA-256 of the answer in canonical JSON (RFC 8785) without this citation, 64 hexadecimal digits.
    pub sha256: String,
}

/// The answer of `verify`.
#[derive(Clone, Debug, Serialize)]
pub struct VerificationView {
    /// `sincewhen.verification/1`.
    pub format: &'static str,
    /// The citation that was verified.
    pub citation: AnswerCitation,
    /// Whether the answer is the same today: nothing below says otherwise.
    pub same: bool,
    /// Whether the answer that stands beside the citation is not the one it was made of; `None` where no
    /// answer stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub altered: Option<bool>,
    /// The answer made again from the data and rules that are cited.
    pub tool: ToolDifference,
    /// The answer from today's data by the cited rules.
    pub data: DataDifference,
    /// The answer from the cited data by today's rules.
    pub rules: RulesDifference,
}

/// What this program makes of the cited data and rules.
#[derive(Clone, Debug, Serialize)]
pub struct ToolDifference {
    /// Whether it gives another answer than the one that is cited.
    pub differs: bool,
    /// The program that is running.
    pub running: String,
}

/// What later data makes of the answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DataDifference {
    /// Whether the answer is another.
    pub differs: bool,
    /// The commit that was compared with.
    pub known_at: Option<ObjectId>,
    /// The facts that differ in the records and editions that the question is about.
    pub facts: Vec<ChangedFact>,
    /// How many more facts differ than are listed.
    pub more: usize,
    /// The calendars and tables that differ.
    pub files: Vec<String>,
    /// Why it could not be answered from today's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What later rules make of the answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RulesDifference {
    /// Whether the answer is another.
    pub differs: bool,
    /// The commit that was compared with.
    pub policy_from: Option<ObjectId>,
    /// The files of the policy that differ.
    pub files: Vec<String>,
    /// Why it could not be answered by today's rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A fact that later data has otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedFact {
    /// The record.
    pub record: RecordId,
    /// The edition.
    pub edition: PartialDate,
    /// The field; `None` where the edition as a whole is new or gone.
    pub path: Option<FieldPath>,
    /// Its value in the cited data.
    pub before: Option<Value>,
    /// Its value now.
    pub after: Option<Value>,
    /// What happened to the edition as a whole: `added`, `removed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<&'static str>,
}
