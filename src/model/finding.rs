//! Findings: what is wrong with the data, where, and what to do about it.

use super::{ByteSpan, FieldPath, LineColumn, ObjectId, PartialDate, RecordId, RepoPath, Significance};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How grave a finding is. The order is from worst to mildest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Must be put right.
    Error,
    /// Should be looked at.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// The name used in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A part of a file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// 1-based place of the first character.
    pub start: LineColumn,
    /// 1-based place just past the last character.
    pub end: LineColumn,
    /// The same in bytes of the text without a byte order mark.
    pub span: (usize, usize),
}

impl Place {
    /// The bytes as a span.
    pub fn bytes(&self) -> ByteSpan {
        ByteSpan { start: self.span.0, end: self.span.1 }
    }
}

/// Another place that explains a finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// The file.
    pub file: RepoPath,
    /// Where in it, if a place is known.
    pub place: Option<Place>,
    /// What is to be seen there.
    pub message: String,
    /// The commit, where it is not the state that is checked.
    pub commit: Option<ObjectId>,
    /// The file's text, for excerpts.
    pub text: Option<Arc<str>>,
}

/// Bytes to put in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What is replaced; empty for an insertion.
    pub place: Place,
    /// What shall stand there.
    pub with: String,
}

/// An edit that would mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// Whether it can be made without thinking: it says only what is known already.
    pub safe: bool,
    /// The edit, in the order of the text.
    pub replacements: Vec<Replacement>,
}

/// A problem in the data.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How grave it is.
    pub level: Level,
    /// One sentence without a full stop.
    pub message: String,
    /// The file.
    pub file: RepoPath,
    /// Where in it; `None` for a file as a whole, or one that is gone.
    pub place: Option<Place>,
    /// The commit, for a revision of history.
    pub commit: Option<ObjectId>,
    /// For a revision of history, the commit that put another content, or none, in its place.
    pub ended_by: Option<ObjectId>,
    /// The record, where it can be determined.
    pub record: Option<RecordId>,
    /// The field.
    pub path: Option<FieldPath>,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What to type, or to do.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// The comment that would accept it, and how to use it.
    pub ignore_hint: Option<String>,
    /// Names the finding across runs: rule, record or file, field and arguments; never the wording, never a
    /// line.
    pub fingerprint: String,
    /// Whether the compared base does not have it.
    pub new: bool,
    /// The file's text, for excerpts.
    pub text: Option<Arc<str>>,
}

/// A finding that an ignore comment or the baseline accepts.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The finding.
    pub finding: Finding,
    /// The reason given.
    pub reason: String,
    /// Whether the reason stands in the file itself, not in the baseline.
    pub in_source: bool,
}

/// A finding that an edit accepts by itself: with a comment or an entry of the baseline that the base does
/// not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// The file.
    pub file: RepoPath,
    /// The 1-based line of what is accepted; `None` for a file as a whole.
    pub line: Option<usize>,
    /// The rule.
    pub rule: String,
    /// How grave the finding is.
    pub level: Level,
    /// The finding.
    pub message: String,
    /// The reason that the edit gives.
    pub reason: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
}

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings of each level.
    pub errors: usize,
    /// Findings of each level.
    pub warnings: usize,
    /// Findings of each level.
    pub notes: usize,
    /// Files that were checked.
    pub files: usize,
    /// Findings accepted by a comment.
    pub ignored: usize,
    /// Findings accepted by the baseline.
    pub baselined: usize,
    /// Findings that the compared base has too.
    pub older: usize,
}

/// The answer of `check`.
#[derive(Clone, Debug, Serialize)]
pub struct FindingsView {
    /// `sincewhen.findings/1`.
    pub format: &'static str,
    /// The findings, by file and place.
    pub findings: Vec<Finding>,
    /// How much was found.
    pub summary: Summary,
    /// What was compared with, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<ObjectId>,
    /// `head` or `base`: whose rules judged.
    pub policy_from: &'static str,
    /// Files of the policy itself (manifest, schema, rules, grammars, baseline, calendars, tables, attributes
    /// of git) that differ from the base: to be looked at first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy_changes: Vec<String>,
    /// What the edit itself accepts and the base does not: to be looked at first, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_acceptances: Vec<Acceptance>,
    /// Whether text counts notes and does not show them.
    #[serde(skip)]
    pub folds_notes: bool,
    /// The accepted findings.
    #[serde(skip)]
    pub accepted: Vec<Accepted>,
    /// The rules that were run, with their pages.
    #[serde(skip)]
    pub rules: Vec<RuleLine>,
}

/// One rule in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RuleLine {
    /// Its id.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// What it is about.
    pub title: String,
    /// Why there is such a rule.
    pub why: String,
    /// Who may accept its findings: `never` (nobody), `maintainer` or `anyone`.
    pub accept: &'static str,
}

/// The answer of `check --list-rules`.
#[derive(Clone, Debug, Serialize)]
pub struct RuleListView {
    /// `sincewhen.check-rules/1`.
    pub format: &'static str,
    /// The rules by id.
    pub rules: Vec<RuleLine>,
}

impl Summary {
    /// How many findings there are in all.
    pub fn total(&self) -> usize {
        self.errors + self.warnings + self.notes
    }

    /// Counts findings by level.
    pub fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            match finding.level {
                Level::Error => self.errors += 1,
                Level::Warning => self.warnings += 1,
                Level::Note => self.notes += 1,
            }
        }
    }
}

struct PlaceFields<'p>(Option<&'p Place>);

impl PlaceFields<'_> {
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("line", &self.0.map(|p| p.start.line))?;
        map.serialize_entry("column", &self.0.map(|p| p.start.column))?;
        map.serialize_entry("end_line", &self.0.map(|p| p.end.line))?;
        map.serialize_entry("end_column", &self.0.map(|p| p.end.column))
    }
}

impl Serialize for Related {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("file", &self.file)?;
        PlaceFields(self.place.as_ref()).write(&mut map)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("commit", &self.commit)?;
        map.end()
    }
}

impl Serialize for Replacement {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        PlaceFields(Some(&self.place)).write(&mut map)?;
        map.serialize_entry("text", &self.with)?;
        map.end()
    }
}

impl Serialize for Fix {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("safe", &self.safe)?;
        map.serialize_entry("replacements", &self.replacements)?;
        map.end()
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule)?;
        map.serialize_entry("level", &self.level)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("file", &self.file)?;
        PlaceFields(self.place.as_ref()).write(&mut map)?;
        if let Some(commit) = &self.commit {
            map.serialize_entry("commit", commit)?;
        }
        if let Some(commit) = &self.ended_by {
            map.serialize_entry("ended_by", commit)?;
        }
        map.serialize_entry("record", &self.record)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("related", &self.related)?;
        map.serialize_entry("help", &self.help)?;
        map.serialize_entry("fix", &self.fix)?;
        map.serialize_entry("ignore", &self.ignore_hint)?;
        map.serialize_entry("fingerprint", &self.fingerprint)?;
        map.serialize_entry("new", &self.new)?;
        map.end()
    }
}

/// The answer of `changelog BASE...HEAD`: what a pull request would make the tool say.
#[derive(Clone, Debug, Serialize)]
pub struct PullRequestView {
    /// `sincewhen.pull-request/1`.
    pub format: &'static str,
    /// The merge base.
    pub base: ObjectId,
    /// The head.
    pub head: ObjectId,
    /// What `check --base` finds.
    pub check: FindingsView,
    /// The records whose sentences the edit changes.
    pub records: Vec<RecordEdit>,
    /// The files that the edit touches and of which no record can be read: nothing is known of what they
    /// would say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// What qualifies the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What an edit does to the sentences about one record.
#[derive(Clone, Debug, Serialize)]
pub struct RecordEdit {
    /// The record.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// Sentences about editions that the edit adds.
    pub added: Vec<StepSummary>,
    /// Published sentences that would read differently.
    pub rewritten: Vec<Rewritten>,
    /// Years whose report would read differently.
    pub reports: Vec<i32>,
    /// The record ends, or begins, with the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'static str>,
}

/// One sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepSummary {
    /// The editions it compares; the second is the edition it is about.
    pub from: Option<PartialDate>,
    /// The edition it is about.
    pub to: PartialDate,
    /// The nature of the change, or what became of the observation.
    pub label: String,
    /// How much it weighs.
    pub significance: Significance,
    /// The sentence.
    pub message: String,
    /// Names it across runs.
    pub fingerprint: String,
}

/// A published sentence and what becomes of it.
#[derive(Clone, Debug, Serialize)]
pub struct Rewritten {
    /// As published; `None` for one that appears in an old step.
    pub before: Option<StepSummary>,
    /// As it would read; `None` if it is no longer said.
    pub after: Option<StepSummary>,
}
