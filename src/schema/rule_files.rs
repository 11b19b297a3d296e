//! Rule files: one file a rule, the file's name is the rule's id.
//!
//! `acts/<id>.yaml` say which deltas make which sentence; `observations/<id>.yaml` are instances of the kinds
//! written in Rust (`rules::observations`). This module reads them; templates are compiled and judged by
//! `rules`.

use super::{PolicyError, read_typed};
use crate::model::{FieldPath, NatureKind, Significance, Step};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A value that may be written alone or as a list.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// Several. First, so that a list is never taken for one value that happens to be a list.
    Many(Vec<T>),
    /// One value.
    One(T),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// What happened to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It is there on both sides with different values.
    Changed,
}

/// A rule that turns deltas into a sentence.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// The file's name without `.yaml`.
    #[serde(skip_deserializing, default)]
    pub id: String,
    /// What the rule is about, in a few words.
    pub title: String,
    /// The weight of its sentences.
    pub significance: Significance,
    /// Any of these may start the sentence.
    #[serde(rename = "match")]
    pub matches: Vec<MatchSpec>,
    /// Patterns of further deltas that the same sentence explains. A pattern that starts with `./` is
    /// relative to the list item, or to the parent of the field, that the first delta is about.
    #[serde(default)]
    pub also: Vec<String>,
    /// The sentence also explains what changed in the sources that its item names.
    #[serde(default)]
    pub cited: bool,
    /// All deltas that match become one sentence a step.
    #[serde(default)]
    pub together: bool,
    /// The sentence is left out of a step that reports anything but wording and reviews.
    #[serde(default)]
    pub alone: bool,
    /// The path of the date of the event, where it is not the item's own.
    #[serde(default)]
    pub date: Option<String>,
    /// The nature, whatever the dates and the schema say.
    #[serde(default)]
    pub nature: Option<NatureKind>,
    /// Templates by nature; `any` serves every nature that has none of its own.
    pub words: IndexMap<String, String>,
    /// Why readers need this sentence, and how it must be understood.
    pub why: String,
    /// The rule for the opposite.
    #[serde(default)]
    pub mirror: Option<OneOrMany<String>>,
    /// Why there is no opposite.
    #[serde(default)]
    pub no_mirror: Option<String>,
    /// Worked examples, run by the tests and shown in the reference.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// Which deltas a rule is about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MatchSpec {
    /// A pattern of paths: `votes[].vote`, `treaty.*`, `practice.**`.
    pub field: String,
    /// What happened to it; by default anything.
    #[serde(default)]
    pub op: Option<OneOrMany<Op>>,
    /// The value before is one of these.
    #[serde(default)]
    pub from: Option<OneOrMany<serde_json::Value>>,
    /// The value after is one of these.
    #[serde(default)]
    pub to: Option<OneOrMany<serde_json::Value>>,
    /// A further condition, a MiniJinja expression over what the words see.
    #[serde(default)]
    pub when: Option<String>,
}

/// A worked example of a change or observation rule.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The record before, as far as it matters. Left out for a rule that looks at one edition.
    #[serde(default)]
    pub before: Option<serde_json::Value>,
    /// The record after, or the one edition.
    pub after: serde_json::Value,
    /// For a rule that looks at one edition: editions before it, oldest first.
    #[serde(default)]
    pub earlier: Vec<serde_json::Value>,
    /// The sentences of this rule, all of them. Empty: the rule must be silent here.
    pub says: Vec<String>,
    /// The nature of the first sentence.
    #[serde(default)]
    pub nature: Option<NatureKind>,
}

/// The kinds of observation, each written in Rust under `rules::observations`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservationKind {
    /// No X since Y, never X, first X since Y.
    Absence,
    /// The same every time since Y.
    Streak,
    /// Last said in Y.
    Silence,
    /// In place, or not so, since Y.
    Standing,
    /// Begun in Y and not finished.
    Pending,
    /// Another value than the last time.
    Turned,
    /// What something is, since a date that depends on what it is.
    Status,
}

impl ObservationKind {
    /// All kinds.
    pub const ALL: [ObservationKind; 7] = [
        ObservationKind::Absence,
        ObservationKind::Streak,
        ObservationKind::Turned,
        ObservationKind::Silence,
        ObservationKind::Standing,
        ObservationKind::Pending,
        ObservationKind::Status,
    ];

    /// The name used in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ObservationKind::Absence => "absence",
            ObservationKind::Streak => "streak",
            ObservationKind::Silence => "silence",
            ObservationKind::Standing => "standing",
            ObservationKind::Pending => "pending",
            ObservationKind::Turned => "turned",
            ObservationKind::Status => "status",
        }
    }
}

/// The calendar of a rule: one, or one for each value of the identity field that the rule's `per` names.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub enum CalendarChoice {
    /// The same for all records.
    One(String),
    /// By the value of the identity field.
    Per(IndexMap<String, String>),
}

impl CalendarChoice {
    /// The names of all calendars that the rule can look at.
    pub fn names(&self) -> Vec<&str> {
        match self {
            CalendarChoice::One(name) => vec![name],
            CalendarChoice::Per(by_value) => by_value.values().map(String::as_str).collect(),
        }
    }
}

/// An instance of an observation kind. Which parameters a kind needs, its module says; `rules` checks it when
/// loading.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationRule {
    /// The file's name without `.yaml`.
    #[serde(skip_deserializing, default)]
    pub id: String,
    /// The kind.
    pub kind: ObservationKind,
    /// What the rule is about, in a few words.
    pub title: String,
    /// The weight of its sentences.
    pub significance: Significance,
    /// The records it is for, by identity field.
    #[serde(default)]
    pub applies: IndexMap<String, OneOrMany<String>>,
    /// The record's list of entries.
    #[serde(default)]
    pub list: Option<String>,
    /// The identity field by whose values `calendar` differs: one file then serves several topics.
    #[serde(default)]
    pub per: Option<String>,
    /// The calendar of occasions the entries name; with `per`, a calendar for each value.
    #[serde(default)]
    pub calendar: Option<CalendarChoice>,
    /// Only occasions whose fields have one of these values.
    #[serde(default)]
    pub occasions: IndexMap<String, Vec<String>>,
    /// The field of an entry that names the occasion.
    #[serde(default)]
    pub key: Option<String>,
    /// The field of an entry that says what was done.
    #[serde(default)]
    pub value: Option<String>,
    /// Values that mean: took part.
    #[serde(default)]
    pub met: Vec<String>,
    /// Values that mean: stayed away.
    #[serde(default)]
    pub missed: Vec<String>,
    /// Values that mean: made no choice. A `turned` looks past them for the last choice.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The rule whose sentence says as much where both rest on the same occasion: this one is then left out.
    #[serde(default)]
    pub folds_into: Option<String>,
    /// A truth field of an entry worth a word beside a missed occasion, and the word.
    #[serde(default)]
    pub remark: IndexMap<String, String>,
    /// The path of the coverage claims: spans with `from`, `to` and fields that must match the occasion's.
    #[serde(default)]
    pub coverage: Option<String>,
    /// Which field of a coverage claim restricts it to occasions with which field: `{kinds: kind}`.
    #[serde(default)]
    pub coverage_match: IndexMap<String, String>,
    /// The path of a date through which the part was assessed.
    #[serde(default)]
    pub assessed: Option<String>,
    /// A path whose value the observation is about.
    #[serde(default)]
    pub field: Option<String>,
    /// The values for which a `standing` stands; by default any value.
    #[serde(default)]
    pub equals: Vec<serde_json::Value>,
    /// The path of the date since when; for lists the date field of an entry.
    #[serde(default)]
    pub date: Option<String>,
    /// The path of the date until when a `standing` stood.
    #[serde(default)]
    pub until: Option<String>,
    /// For a `status`, by value: the paths of the date since when, the first that is recorded counts.
    #[serde(default)]
    pub dates: IndexMap<String, OneOrMany<String>>,
    /// For a `silence`: another list, of occasions, whose entries say in a truth field that something was
    /// said there.
    #[serde(default)]
    pub spoke: Option<SpokeSpec>,
    /// The path whose presence ends a `pending`.
    #[serde(default)]
    pub done: Option<String>,
    /// A condition, a MiniJinja expression over the record's fields.
    #[serde(default)]
    pub when: Option<String>,
    /// The shortest streak worth a sentence.
    #[serde(default)]
    pub least: Option<usize>,
    /// Templates by variant; each kind names its variants.
    pub words: IndexMap<String, String>,
    /// The weight of a variant's sentences where it differs from the rule's.
    #[serde(default)]
    pub weights: IndexMap<String, Significance>,
    /// Templates by variant of what several subjects did alike, for a report that counts them in one
    /// sentence.
    #[serde(default)]
    pub fold: IndexMap<String, String>,
    /// Why readers need this sentence, and how it must be understood.
    pub why: String,
    /// Worked examples: `after` is the edition; `earlier` are editions before it.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// A list of occasions, and the truth field of its entries that says: spoke there.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SpokeSpec {
    /// The record's list of entries.
    pub list: String,
    /// The field.
    pub field: String,
}

/// Reads one change rule.
///
/// # Errors
/// See [`read_typed`].
pub fn read_change_rule(id: &str, file: &str, bytes: &[u8]) -> Result<ChangeRule, PolicyError> {
    let mut rule: ChangeRule = read_typed(file, bytes)?;
    rule.id = id.to_owned();
    Ok(rule)
}

/// Reads one observation rule.
///
/// # Errors
/// See [`read_typed`].
pub fn read_observation_rule(id: &str, file: &str, bytes: &[u8]) -> Result<ObservationRule, PolicyError> {
    let mut rule: ObservationRule = read_typed(file, bytes)?;
    rule.id = id.to_owned();
    Ok(rule)
}

/// A pattern of paths: keys, `*` for any one key, `[]` for any item, a final `**` for everything at or below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPattern {
    parts: Vec<PatternPart>,
    /// Whether the pattern started with `./`.
    pub relative: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PatternPart {
    Key(String),
    AnyKey,
    Item,
    Rest,
}

impl FieldPattern {
    /// Reads `votes[].vote`, `treaty.*`, `**`, `./sources`.
    pub fn parse(text: &str) -> Self {
        let (relative, text) = text.strip_prefix("./").map_or((false, text), |rest| (true, rest));
        let spaced = text.replace("[]", ".[]");
        let part = |part: &str| match part {
            "*" => PatternPart::AnyKey,
            "**" => PatternPart::Rest,
            "[]" => PatternPart::Item,
            key => PatternPart::Key(key.to_owned()),
        };
        FieldPattern { parts: spaced.split('.').filter(|p| !p.is_empty()).map(part).collect(), relative }
    }

    /// Whether it names the path.
    pub fn matches(&self, path: &FieldPath) -> bool {
        self.matches_steps(&path.0)
    }

    /// Whether it names the part of `path` below `base`.
    pub fn matches_below(&self, base: &FieldPath, path: &FieldPath) -> bool {
        base.contains(path) && self.matches_steps(&path.0[base.0.len()..])
    }

    /// The pattern of a list names the members of a set, too: a rule on it need not know how lists are
    /// compared.
    fn matches_steps(&self, steps: &[Step]) -> bool {
        match steps.split_last() {
            Some((Step::Member(_), list)) => self.matches_exactly(steps) || self.matches_exactly(list),
            _ => self.matches_exactly(steps),
        }
    }

    fn matches_exactly(&self, steps: &[Step]) -> bool {
        let fits = |part: &PatternPart, step: &Step| match (part, step) {
            (PatternPart::AnyKey, Step::Key(_)) => true,
            (PatternPart::Item, step) => step.is_item(),
            (PatternPart::Key(key), Step::Key(name)) => key == name,
            _ => false,
        };
        match self.parts.split_last() {
            Some((PatternPart::Rest, head)) => {
                steps.len() >= head.len() && head.iter().zip(steps).all(|(p, s)| fits(p, s))
            }
            _ => self.parts.len() == steps.len() && self.parts.iter().zip(steps).all(|(p, s)| fits(p, s)),
        }
    }

    /// How exact the pattern is: one for each named key or item, none for wildcards.
    pub fn exactness(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, PatternPart::Key(_) | PatternPart::Item)).count()
    }

    /// The first key, if the pattern names one.
    pub fn first_key(&self) -> Option<&str> {
        match self.parts.first() {
            Some(PatternPart::Key(key)) => Some(key),
            _ => None,
        }
    }
}
