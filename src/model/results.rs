//! What the tool says: changes, observations, and the evidence for each. Renderers import nothing else.

use super::text::{is_of_recording, recorded_now};
use super::{FieldPath, LineColumn, Nature, NatureKind, ObjectId, PartialDate, RecordId, Significance};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which of two compared editions something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The earlier edition.
    From,
    /// The later edition, or the only one.
    To,
}

/// A place in a committed file that carries a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Evidence {
    /// The edition.
    pub side: Side,
    /// The file's path at that commit.
    pub file: String,
    /// 1-based line and column of the first character.
    #[serde(flatten)]
    pub start: LineColumn,
    /// 1-based place just past the last character.
    #[serde(skip)]
    pub end: LineColumn,
    /// The commit.
    pub commit: ObjectId,
    /// The field.
    pub path: FieldPath,
    /// The text that stands there, cut to one line.
    #[serde(skip)]
    pub excerpt: String,
}

/// A source that an item of a record cites.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Citation {
    /// Its name in the record.
    pub id: String,
    /// In words, by the manifest's template.
    pub text: String,
}

/// A worded, classified change between two editions.
#[derive(Clone, Debug)]
pub struct Change {
    /// The rule that worded it.
    pub rule: String,
    /// How it came about.
    pub nature: Nature,
    /// How much it weighs.
    pub significance: Significance,
    /// The sentence.
    pub message: String,
    /// The reason that an entry of the record's corrections gives.
    pub reason: Option<String>,
    /// The field of the first delta.
    pub path: FieldPath,
    /// Its value before.
    pub before: Option<Value>,
    /// Its value after.
    pub after: Option<Value>,
    /// The deltas that the sentence explains, and no others.
    pub explains: Vec<FieldPath>,
    /// Where the proof stands.
    pub evidence: Vec<Evidence>,
    /// What the record cites for it.
    pub sources: Vec<Citation>,
    /// Names the change across runs: rule, record, item and values; never the wording, never a line.
    pub fingerprint: String,
}

/// What an examined occasion showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Took part, or did as the streak says.
    Met,
    /// Stayed away, or did otherwise.
    Missed,
    /// The record does not say.
    Unknown,
    /// Could not have taken part.
    NotEligible,
}

/// An occasion as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OccasionRef {
    /// Its name in the calendar.
    pub id: String,
    /// Its short name.
    pub short: String,
    /// When it began, as the calendar writes it.
    pub start: PartialDate,
}

/// One occasion that an observation rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Examined {
    /// The occasion's name.
    pub occasion: String,
    /// Its short name.
    pub short: String,
    /// When it began.
    pub start: PartialDate,
    /// What it showed.
    pub outcome: Outcome,
    /// The value of the record's entry, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `entry` if the record has an entry for it, `coverage` if a claim covers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<&'static str>,
    /// The field that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// The edition that last recorded it, where the edition looked at does not mention it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<PartialDate>,
}

/// What became of an observation between two editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObservationState {
    /// It could be said of the later edition only.
    Began,
    /// It could be said of both, with another beginning or value.
    Changed,
    /// It could be said of the earlier edition only.
    Ended,
    /// It could be said of both alike.
    Continues,
}

impl ObservationState {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ObservationState::Began => "began",
            ObservationState::Changed => "changed",
            ObservationState::Ended => "ended",
            ObservationState::Continues => "continues",
        }
    }
}

/// A standing fact over an interval.
#[derive(Clone, Debug, Serialize)]
pub struct Observation {
    /// The rule that worded it.
    pub rule: String,
    /// The kind: `absence`, `streak`, `turned`, `silence`, `standing`, `pending`, `status`.
    pub kind: &'static str,
    /// Which of the kind's sentences it is.
    pub variant: &'static str,
    /// What became of it between two editions; `None` for a single edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ObservationState>,
    /// How that came about.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "nature_name")]
    pub nature: Option<Nature>,
    /// How much it weighs.
    pub significance: Significance,
    /// The sentence.
    pub message: String,
    /// The sentence's grounds in words.
    pub detail: String,
    /// Of one that changed: the sentence as it stood before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previously: Option<String>,
    /// What several subjects did alike, for a report that counts them in one sentence.
    #[serde(skip)]
    pub fold: Option<String>,
    /// Since when, with the source's precision.
    pub since: Option<PartialDate>,
    /// The last occasion, or what stands for it.
    pub last: Option<OccasionRef>,
    /// Through when the record was assessed on this.
    pub assessed_through: Option<String>,
    /// The occasions looked at, oldest first.
    pub examined: Vec<Examined>,
    /// Where the proof stands.
    pub evidence: Vec<Evidence>,
    /// What the record cites for it.
    pub sources: Vec<Citation>,
    /// Names the observation across runs and editions.
    pub fingerprint: String,
    /// What two editions must share for the observation to be the same one.
    #[serde(skip)]
    pub identity: String,
    /// What may differ between them, and makes it changed.
    #[serde(skip)]
    pub content: String,
    /// Of one that ended: what the same rule says of the later edition.
    #[serde(skip)]
    pub now: Option<String>,
    /// Of one that ended: when the first occasion took place that the later edition saw otherwise.
    #[serde(skip)]
    pub ended: Option<PartialDate>,
}

impl Observation {
    /// Whether it is of something that happened once: a turn, or that somebody came back.
    pub fn is_event(&self) -> bool {
        self.kind == "turned" || (self.kind == "absence" && matches!(self.variant, "returned" | "first"))
    }

    /// Whether it reports the event of a change, with more: a vote that turned says how the state voted, a
    /// return that it attended. Of a count that ended, the sentence says what was done instead.
    pub fn says_again(&self, change: &Change) -> bool {
        if change.before.is_some() {
            return false;
        }
        match self.state {
            Some(ObservationState::Began) if self.is_event() => {
                let last = self.last.as_ref().map(|last| &last.id);
                let at = self.examined.iter().find(|one| Some(&one.occasion) == last);
                at.and_then(|one| one.path.as_ref()) == Some(&change.path) && self.says_all_of(change)
            }
            Some(ObservationState::Ended) => self.kind == "streak" && self.ends_with(change),
            _ => false,
        }
    }

    /// Whether it says each text of an item that the sentence on the item says.
    fn says_all_of(&self, change: &Change) -> bool {
        let fields = change.after.as_ref().and_then(serde_json::Value::as_object);
        let mut texts =
            fields.into_iter().flat_map(|fields| fields.values()).filter_map(|value| value.as_str());
        let is_said = |text: &str| self.message.contains(text) || self.detail.contains(text);
        texts.all(|text| is_said(text) || !change.message.contains(text))
    }

    /// Whether all it says is that a change ended it: that somebody stays away no longer is plain from the
    /// attendance.
    pub fn is_ended_by(&self, change: &Change) -> bool {
        self.kind == "absence" && change.before.is_none() && self.ends_with(change)
    }

    /// Whether a change of the same step may say all that it says: of what rests on no occasions, and of an
    /// absence that something ended.
    pub fn may_repeat_a_change(&self) -> bool {
        self.examined.is_empty() || self.kind == "absence" && self.is_replaced()
    }

    fn is_replaced(&self) -> bool {
        self.state == Some(ObservationState::Ended) && self.now.is_some()
    }

    fn ends_with(&self, change: &Change) -> bool {
        self.is_replaced() && self.evidence.iter().any(|one| one.side == Side::To && one.path == change.path)
    }

    /// What became of it between two editions, in a word.
    pub fn label(&self) -> &'static str {
        match (self.state, self.kind) {
            (Some(ObservationState::Began), "turned" | "absence") => self.label_of_coming(),
            (Some(ObservationState::Ended), _) if self.now.is_some() => "changed",
            (Some(state), _) => state.as_str(),
            (None, _) => "stands",
        }
    }

    /// Of what can first be said of the later edition: somebody turned, came back, came for the first time or
    /// stayed away. An absence that is known now may have begun long before.
    fn label_of_coming(&self) -> &'static str {
        match self.variant {
            "turned" => "turned",
            "back" | "returned" => "returned",
            "first" => "first",
            _ => "absent",
        }
    }

    /// The sentence with what became of it between two editions.
    pub fn in_step(&self) -> String {
        match (self.state, &self.previously) {
            (Some(ObservationState::Ended), _) if self.now.is_some() => {
                previously(self.now.as_deref().unwrap_or_default(), &self.message)
            }
            (Some(ObservationState::Ended), _) if self.detail.is_empty() => {
                format!("ended: {}", self.message)
            }
            (Some(ObservationState::Ended), _) => format!("ended: {}; {}", self.message, self.detail),
            (Some(ObservationState::Changed), Some(previously)) => {
                self::previously(&self.message, previously)
            }
            _ => self.message.clone(),
        }
    }
}

/// A sentence with the one in whose place it stands, in quotation marks where that one has several parts.
pub fn previously(sentence: &str, earlier: &str) -> String {
    match earlier.contains("; ") {
        true => format!("{sentence}; previously: “{earlier}”"),
        false => format!("{sentence}; previously: {earlier}"),
    }
}

fn nature_name<S: serde::Serializer>(nature: &Option<Nature>, to: S) -> Result<S::Ok, S::Error> {
    match nature {
        Some(nature) => to.serialize_str(nature.kind.as_str()),
        None => to.serialize_none(),
    }
}

/// An edition as it is named in answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditionRef {
    /// The record's own date.
    pub last_updated: PartialDate,
    /// Whether the record has no date of its own, and the commit dates it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dated_by_commit: bool,
    /// The commit that brought the content that stands.
    pub commit: ObjectId,
    /// The file's path at that commit.
    #[serde(skip)]
    pub file: String,
}

/// A date as it is written or in words, marked where a commit gave it to an edition.
pub(super) fn dated(date: String, by_commit: bool) -> String {
    if by_commit { format!("{date} (dated by commit)") } else { date }
}

impl EditionRef {
    /// The date, marked where the commit gave it.
    pub fn dated(&self) -> String {
        dated(self.last_updated.to_string(), self.dated_by_commit)
    }

    /// The date in words, marked where the commit gave it.
    pub fn dated_in_words(&self) -> String {
        dated(self.last_updated.in_words(), self.dated_by_commit)
    }

    /// Two editions as the two ends of a step, with one mark where commits dated both.
    pub fn step_to(&self, later: &EditionRef) -> String {
        let first = if later.dated_by_commit { self.last_updated.to_string() } else { self.dated() };
        format!("{first} → {}", later.dated())
    }
}

/// What happened between two neighbouring editions.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// The earlier edition.
    pub from: EditionRef,
    /// The later edition.
    pub to: EditionRef,
    /// The changes, news first.
    pub changes: Vec<Change>,
    /// The fields that differ and that no sentence is about: dates of review, where there is more to say.
    pub silent: Vec<FieldPath>,
    /// The observations that began, changed, ended or continue.
    pub observations: Vec<Observation>,
}

impl StepReport {
    /// The changes in two parts: what happened since the earlier edition, and the rest. The news comes first.
    pub fn news_first(&self) -> (Vec<&Change>, Vec<&Change>) {
        self.changes.iter().partition(|change| change.nature.kind.is_news())
    }

    /// Whether a later sentence of the step gives the same reason: one entry of the corrections is said once.
    pub fn gives_reason_later(&self, change: &Change) -> bool {
        let (news, rest) = self.news_first();
        let mut later =
            news.into_iter().chain(rest).skip_while(|other| other.fingerprint != change.fingerprint).skip(1);
        change.reason.is_some() && later.any(|other| other.reason == change.reason)
    }

    /// Whether an observation of the step says the change again, with more.
    pub fn says_again(&self, change: &Change) -> bool {
        self.observations.iter().any(|observation| observation.says_again(change))
    }
}

impl Change {
    /// A sentence with the reason that an entry of the record's corrections gives, if one does.
    pub fn with_reason(&self, sentence: &str) -> String {
        match &self.reason {
            Some(reason) => format!("{sentence}. Reason on record: {reason}"),
            None => sentence.to_owned(),
        }
    }

    /// How it came about, in a word, and a sentence of its with what the word says left out. That a value
    /// without a date is another one now says nothing of a development.
    pub fn labelled<'s>(&self, sentence: &'s str) -> (&'static str, &'s str) {
        if self.nature.undated && is_of_recording(sentence) {
            return ("recorded", recorded_now(sentence).unwrap_or(sentence));
        }
        let label = self.nature.kind.as_str();
        (label, sentence.strip_prefix(label).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(sentence))
    }

    /// Whether the change is only about wording, sources or a review, or about what an edition does not
    /// mention.
    pub fn is_quiet(&self) -> bool {
        matches!(self.nature.kind, NatureKind::Omission | NatureKind::Editorial | NatureKind::Review)
    }
}

impl Serialize for Change {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule)?;
        map.serialize_entry("nature", &self.nature.kind)?;
        if self.nature.uncertain {
            map.serialize_entry("uncertain", &true)?;
        }
        if self.nature.undated {
            map.serialize_entry("undated", &true)?;
        }
        map.serialize_entry("significance", &self.significance)?;
        map.serialize_entry("message", &self.message)?;
        if let Some(reason) = &self.reason {
            map.serialize_entry("reason", reason)?;
        }
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("before", &self.before)?;
        map.serialize_entry("after", &self.after)?;
        map.serialize_entry("explains", &self.explains)?;
        map.serialize_entry("evidence", &self.evidence)?;
        map.serialize_entry("sources", &self.sources)?;
        map.serialize_entry("fingerprint", &self.fingerprint)?;
        map.end()
    }
}

/// A row of marks, one an occasion.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Strip {
    /// What stands before it.
    pub label: String,
    /// The marks in the order of the calendar.
    pub cells: Vec<StripCell>,
    /// Each mark that occurs, with its meaning.
    pub legend: Vec<(String, String)>,
}

/// One occasion of a strip.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StripCell {
    /// The occasion's short name.
    pub short: String,
    /// Its calendar year.
    pub year: i32,
    /// The mark, one column wide.
    pub mark: String,
    /// What the mark stands for.
    pub meaning: String,
}

/// A record and what is said of it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordHeading {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// Through when all of it was assessed, as of the newest edition that the answer looks at; `None` where a
    /// part was never assessed.
    pub assessed_through: Option<PartialDate>,
    /// What sentences call its subject.
    #[serde(skip)]
    pub name: String,
    /// Its identity fields with their values.
    #[serde(skip)]
    pub identity: Vec<(String, String)>,
}
