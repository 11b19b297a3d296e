//! Answers as rows: one sentence, difference, fact or edition a row, with the same columns whatever was
//! asked.
//!
//! What CSV, JSON lines and text in a pipe are made from.

use super::json;
use crate::model::ObjectId;
use crate::model::report::{EndedRecord, ReportSentence, ReportView};
use crate::model::results::{
    Change, Citation, EditionRef, Observation, ObservationState, RecordHeading, Side, StepReport,
};
use crate::model::view::{BlameView, ChangelogView, DiffView, LogView, ObservationsView, RecordChangelog};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// One row. Text that is not known is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerRow {
    /// The record's name: `KAZ/mine-ban`.
    pub record: String,
    /// What sentences call its subject.
    pub name: String,
    /// Its identity fields with their values.
    pub identity: Vec<(String, String)>,
    /// The date of the edition, of two the later.
    pub edition: String,
    /// The commit that brought the edition's content.
    pub commit: String,
    /// The rule that worded the sentence.
    pub rule: String,
    /// How a change came about; of an observation what became of it, or its kind.
    pub nature: String,
    /// The same in a word that fits the sentence, where text has another one than the column.
    pub label: Option<&'static str>,
    /// `major`, `minor` or `editorial`.
    pub significance: String,
    /// When it happened, or since when it holds.
    pub date: String,
    /// The field.
    pub path: String,
    /// The value before.
    pub from: String,
    /// The value after.
    pub to: String,
    /// The sentence.
    pub sentence: String,
    /// What the record cites for it, with ` | ` between.
    pub sources: String,
    /// Names the sentence across runs.
    pub fingerprint: String,
    /// What only this answer has, each with the name of its column.
    pub more: Vec<(String, String)>,
}

/// The columns that follow `record`, `name` and the identity fields.
pub const COLUMNS: [&str; 12] = [
    "edition",
    "commit",
    "rule",
    "nature",
    "significance",
    "date",
    "path",
    "from",
    "to",
    "sentence",
    "sources",
    "fingerprint",
];

/// The column with the commit that deleted a record; empty while the record stands.
const ENDED: &str = "ended";

/// The cell of that column.
fn ended(commit: Option<&ObjectId>) -> (String, String) {
    (ENDED.to_owned(), commit.map_or_else(String::new, ToString::to_string))
}

impl AnswerRow {
    /// The names of its columns, in order: those of every answer, and then those of this one.
    pub fn columns(&self) -> Vec<&str> {
        let identity = self.identity.iter().map(|(field, _)| field.as_str());
        let more = self.more.iter().map(|(column, _)| column.as_str());
        ["record", "name"].into_iter().chain(identity).chain(COLUMNS).chain(more).collect()
    }

    /// Its cells, in the same order.
    pub fn cells(&self) -> Vec<&str> {
        let identity = self.identity.iter().map(|(_, value)| value.as_str());
        let rest = [
            &self.edition,
            &self.commit,
            &self.rule,
            &self.nature,
            &self.significance,
            &self.date,
            &self.path,
            &self.from,
            &self.to,
            &self.sentence,
            &self.sources,
            &self.fingerprint,
        ];
        [self.record.as_str(), self.name.as_str()]
            .into_iter()
            .chain(identity)
            .chain(rest.map(String::as_str))
            .chain(self.more.iter().map(|(_, value)| value.as_str()))
            .collect()
    }

    /// One line of text, the record first: record, edition, nature or label, and sentence, with tabs between.
    pub fn line(&self) -> String {
        let end = self.more.iter().find(|(column, commit)| column == ENDED && !commit.is_empty());
        let sentence = match end {
            Some((_, commit)) => format!("{} (the record ended with commit {commit:.10})", self.sentence),
            None => self.sentence.clone(),
        };
        let label = self.label.unwrap_or(&self.nature);
        let cells = [self.record.as_str(), &self.edition, label, &sentence];
        let clean = cells.map(|cell| super::plain(cell).replace(['\n', '\t'], " "));
        clean.join("\t")
    }

    /// As an object, for JSON lines; empty cells are left out.
    pub fn object(&self) -> Map<String, Value> {
        let pairs = self.columns().into_iter().zip(self.cells()).filter(|(_, cell)| !cell.is_empty());
        pairs.map(|(column, cell)| (column.to_owned(), Value::from(cell))).collect()
    }

    fn of(heading: &RecordHeading, edition: &EditionRef) -> AnswerRow {
        AnswerRow {
            record: heading.record.0.clone(),
            name: heading.name.clone(),
            identity: heading.identity.clone(),
            edition: edition.last_updated.to_string(),
            commit: edition.commit.to_string(),
            ..AnswerRow::default()
        }
    }

    fn with_change(self, change: &Change) -> AnswerRow {
        AnswerRow {
            rule: change.rule.clone(),
            nature: change.nature.kind.as_str().to_owned(),
            label: Some(change.labelled(&change.message).0),
            significance: change.significance.as_str().to_owned(),
            path: change.path.to_string(),
            from: said(change.before.as_ref()),
            to: said(change.after.as_ref()),
            sentence: change.with_reason(&change.message),
            sources: cited(&change.sources),
            fingerprint: change.fingerprint.clone(),
            ..self
        }
    }

    fn with_observation(self, observation: &Observation) -> AnswerRow {
        let detail = if observation.detail.is_empty()
            || observation.state.is_some_and(|s| s != ObservationState::Ended)
        {
            String::new()
        } else {
            format!("; {}", observation.detail)
        };
        let (from, to) = turn(observation);
        AnswerRow {
            rule: observation.rule.clone(),
            nature: observation.state.map_or(observation.kind, ObservationState::as_str).to_owned(),
            label: observation.state.map(|_| observation.label()),
            significance: observation.significance.as_str().to_owned(),
            date: observation.since.as_ref().map_or_else(String::new, ToString::to_string),
            path: observation.evidence.first().map_or_else(String::new, |place| place.path.to_string()),
            from,
            to,
            sentence: match observation.state {
                Some(ObservationState::Changed) => observation.in_step(),
                _ => format!("{}{detail}", observation.message),
            },
            sources: cited(&observation.sources),
            fingerprint: observation.fingerprint.clone(),
            ..self
        }
    }
}

/// The two values between which an observation's last occasions turned; empty where they did not.
fn turn(observation: &Observation) -> (String, String) {
    let values: Vec<&String> = observation.examined.iter().filter_map(|one| one.value.as_ref()).collect();
    match values.as_slice() {
        [.., before, last] if before != last => ((*before).clone(), (*last).clone()),
        _ => (String::new(), String::new()),
    }
}

fn said(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

fn cited(sources: &[Citation]) -> String {
    sources.iter().map(|citation| citation.text.as_str()).collect::<Vec<_>>().join(" | ")
}

/// An answer that can be written as rows.
pub trait Rows {
    /// The rows, in the order of the answer.
    fn rows(&self) -> Vec<AnswerRow>;

    /// Those that lines of text show: each event once.
    fn lines(&self) -> Vec<AnswerRow> {
        self.rows()
    }
}

impl Rows for ChangelogView {
    fn rows(&self) -> Vec<AnswerRow> {
        self.records.iter().flat_map(|record| steps_of(record, |_, _| true)).collect()
    }

    fn lines(&self) -> Vec<AnswerRow> {
        let shown = |step: &StepReport, change: &Change| !step.says_again(change);
        self.records.iter().flat_map(|record| steps_of(record, shown)).collect()
    }
}

/// The end of a record, if it has one, and the steps between its editions.
fn steps_of(record: &RecordChangelog, shown: impl Fn(&StepReport, &Change) -> bool) -> Vec<AnswerRow> {
    let mut out: Vec<AnswerRow> = record.ends().map(|end| end_row(&record.heading, end)).collect();
    for step in &record.steps {
        let row = || AnswerRow::of(&record.heading, &step.to);
        let changes = step.changes.iter().filter(|change| shown(step, change));
        out.extend(changes.map(|change| {
            let date = record.dates.get(&change.fingerprint);
            AnswerRow {
                date: date.map_or_else(String::new, ToString::to_string),
                ..row().with_change(change)
            }
        }));
        out.extend(step.observations.iter().map(|observation| row().with_observation(observation)));
    }
    out
}

fn end_row(heading: &RecordHeading, end: &EndedRecord) -> AnswerRow {
    AnswerRow {
        record: heading.record.0.clone(),
        name: heading.name.clone(),
        identity: heading.identity.clone(),
        edition: end.last_updated.to_string(),
        commit: end.commit.to_string(),
        nature: ENDED.to_owned(),
        date: end.on.to_string(),
        sentence: end.in_words(),
        ..AnswerRow::default()
    }
}

impl Rows for ObservationsView {
    fn rows(&self) -> Vec<AnswerRow> {
        let of = |record: &crate::model::view::RecordObservations| -> Vec<AnswerRow> {
            let more = vec![ended(record.ended.as_ref())];
            let row = || AnswerRow { more: more.clone(), ..AnswerRow::of(&record.heading, &record.edition) };
            record.observations.iter().map(|observation| row().with_observation(observation)).collect()
        };
        self.records.iter().flat_map(of).collect()
    }
}

impl Rows for LogView {
    fn rows(&self) -> Vec<AnswerRow> {
        let mut out = Vec::new();
        for record in &self.records {
            let kinds = [(&record.editions, "edition"), (&record.withdrawn, "withdrawn")];
            for (edition, kind) in
                kinds.into_iter().flat_map(|(list, kind)| list.iter().map(move |e| (e, kind)))
            {
                out.push(AnswerRow {
                    record: record.heading.record.0.clone(),
                    name: record.heading.name.clone(),
                    identity: record.heading.identity.clone(),
                    edition: edition.last_updated.to_string(),
                    commit: edition.commit.to_string(),
                    nature: kind.to_owned(),
                    path: edition.file.clone(),
                    sentence: edition.subject.clone(),
                    more: vec![ended(record.ended.as_ref())],
                    ..AnswerRow::default()
                });
            }
        }
        out
    }
}

impl Rows for DiffView {
    fn rows(&self) -> Vec<AnswerRow> {
        let of = |record: &crate::model::view::RecordDiff| -> Vec<AnswerRow> {
            let row = |delta: &crate::model::view::DeltaView| {
                let (from, to) = (said(delta.before.as_ref()), said(delta.after.as_ref()));
                let path = delta.path.to_string();
                let sentence = match (delta.before.is_some(), delta.after.is_some()) {
                    (true, true) => format!("{path}: {from} → {to}"),
                    (true, false) => format!("{path}: {from}"),
                    _ => format!("{path}: {to}"),
                };
                AnswerRow {
                    nature: delta.op.to_owned(),
                    path,
                    from,
                    to,
                    sentence,
                    ..AnswerRow::of(&record.heading, &record.to)
                }
            };
            record.deltas.iter().map(row).collect()
        };
        self.records.iter().flat_map(of).collect()
    }
}

impl Rows for BlameView {
    fn rows(&self) -> Vec<AnswerRow> {
        let row = |fact: &crate::model::view::BlamedFact| {
            let (path, to) = (fact.path.to_string(), said(Some(&fact.value)));
            AnswerRow {
                nature: if fact.first == fact.last { "first recorded" } else { "last changed" }.to_owned(),
                date: fact.first.last_updated.to_string(),
                sentence: format!("{path}: {to}"),
                path,
                to,
                ..AnswerRow::of(&self.heading, &fact.last)
            }
        };
        self.facts.iter().map(row).collect()
    }
}

/// The sentences of a report, counted ones too, in its order.
pub fn sentences(view: &ReportView) -> impl Iterator<Item = &ReportSentence> {
    let parts = view.parts.iter().flat_map(|part| part.sections.iter().flat_map(|section| &section.items));
    let rest = [&view.other_years, &view.late_reports, &view.corrections, &view.corrected_since.corrections];
    parts.chain(rest.into_iter().flatten())
}

/// The columns that only a report has: where a sentence stands in it, the groups of its record, and its
/// proof.
fn of_report(view: &ReportView, one: &ReportSentence) -> Vec<(String, String)> {
    let (change, observation) = (one.change.as_ref(), one.observation.as_ref());
    let evidence = change.map(|c| &c.evidence).or(observation.map(|o| &o.evidence));
    let place = evidence.and_then(|places| places.iter().rev().find(|place| place.side == Side::To));
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let last = [
        ("state", text(one.state)),
        ("detail", one.detail.clone()),
        ("first_recorded_as", text(one.earlier.as_deref())),
        ("uncertain", one.uncertain.to_string()),
        ("undated", one.undated.to_string()),
        ("from_edition", one.from.as_ref().map_or_else(String::new, |e| e.last_updated.to_string())),
        ("file", one.to.file.clone()),
        ("line", place.map_or_else(String::new, |place| place.start.line.to_string())),
    ];
    placed(view, &one.section, (&one.groups, &one.identity), last)
}

/// Those columns in their order, given the section, the groups and identity of the record, and the rest.
fn placed(
    view: &ReportView,
    section: &str,
    (groups, identity): (&IndexMap<String, String>, &IndexMap<String, String>),
    rest: [(&str, String); 8],
) -> Vec<(String, String)> {
    let named = |(column, value): (&str, String)| (column.to_owned(), value);
    let first = [("period", view.period.name.clone()), ("section", section.to_owned())];
    let groups = groups.iter().filter(|(name, _)| !identity.contains_key(*name));
    let groups = groups.map(|(name, value)| (name.clone(), value.clone()));
    first.into_iter().map(named).chain(groups).chain(rest.map(named)).collect()
}

/// The end of a record in a report.
fn reported_end(view: &ReportView, end: &EndedRecord) -> AnswerRow {
    let rest = [
        ("state", ENDED.to_owned()),
        ("detail", String::new()),
        ("first_recorded_as", String::new()),
        ("uncertain", false.to_string()),
        ("undated", false.to_string()),
        ("from_edition", String::new()),
        ("file", String::new()),
        ("line", String::new()),
    ];
    let heading = RecordHeading {
        record: end.record.clone(),
        heading: end.heading.clone(),
        assessed_through: None,
        name: end.heading.clone(),
        identity: end.identity.iter().map(|(field, value)| (field.clone(), value.clone())).collect(),
    };
    AnswerRow { more: placed(view, ENDED, (&end.groups, &end.identity), rest), ..end_row(&heading, end) }
}

impl Rows for ReportView {
    fn rows(&self) -> Vec<AnswerRow> {
        let row = |one: &ReportSentence| {
            let heading = RecordHeading {
                record: one.record.clone(),
                heading: one.heading.clone(),
                assessed_through: None,
                name: one.subject.clone(),
                identity: one.identity.iter().map(|(field, value)| (field.clone(), value.clone())).collect(),
            };
            let row = AnswerRow::of(&heading, &one.to);
            let row = match (&one.change, &one.observation) {
                (Some(change), _) => row.with_change(change),
                (None, Some(observation)) => row.with_observation(observation),
                (None, None) => row,
            };
            let date = one.date.as_ref().map_or_else(|| row.date.clone(), ToString::to_string);
            AnswerRow { date, sentence: one.sentence(), more: of_report(self, one), ..row }
        };
        let ends = self.ended.iter().map(|end| reported_end(self, end));
        sentences(self).map(row).chain(ends).collect()
    }
}

/// One line of text a row; nothing is wrapped or cut.
pub fn lines(view: &impl Rows) -> String {
    view.lines().iter().map(|row| format!("{}\n", row.line())).collect()
}

/// One JSON object a line.
pub fn jsonl(view: &impl Rows) -> String {
    view.rows().iter().map(|row| format!("{}\n", json::one_line(&row.object()))).collect()
}
