//! What a kind of observation works on, and what it gives.

use super::super::{Edited, Engine, Subject};
use super::record::{OnRecord, Recorded};
use crate::dataset::Calendar;
use crate::model::results::{Examined, OccasionRef};
use crate::model::{FieldPath, Node, PartialDate};
use crate::schema::{ObservationRule, record_text};
use minijinja::Value;
use serde_json::{Map, Value as Json};
use std::cell::OnceCell;

/// An observation before it is worded.
pub(in crate::rules) struct DraftObservation {
    pub variant: &'static str,
    pub since: Option<PartialDate>,
    /// What two editions must share for it to be the same observation.
    pub identity: Json,
    /// What may differ between them.
    pub content: Json,
    /// Whether it is said of the edition by itself: a turn of long ago is only said of the step that brought
    /// it.
    pub stands: bool,
    /// What the words need; left empty where only the comparison of editions is asked for.
    pub details: Details,
}

/// What a sentence rests on.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The field.
    pub path: FieldPath,
    /// The earlier edition's entry, where the edition itself does not have it.
    pub recorded: Option<Recorded>,
}

impl From<FieldPath> for Proof {
    fn from(path: FieldPath) -> Self {
        Proof { path, recorded: None }
    }
}

/// What the words of an observation need besides.
#[derive(Clone, Default)]
pub(in crate::rules) struct Details {
    pub last: Option<OccasionRef>,
    pub through: Option<String>,
    pub examined: Vec<Examined>,
    pub proof: Vec<Proof>,
    /// What the words see besides the subject's own.
    pub context: Map<String, Json>,
}

/// What a kind works on.
pub(in crate::rules) struct Case<'c> {
    pub engine: &'c Engine<'c>,
    pub subject: &'c Subject<'c>,
    pub edition: Edited<'c>,
    /// What earlier editions recorded.
    pub on_record: Option<&'c OnRecord>,
    pub rule: &'c ObservationRule,
    /// Whether the details are wanted.
    pub full: bool,
    /// The record as templates see it, made when first asked for.
    pub record: &'c OnceCell<Value>,
}

impl<'c> Case<'c> {
    /// The node under a dotted path of mapping keys.
    pub fn at(&self, dotted: &str) -> Option<&Node> {
        self.edition.document.root.at_keys(dotted.split('.'))
    }

    /// The date under a dotted path.
    pub fn date_at(&self, dotted: &str) -> Option<PartialDate> {
        self.at(dotted)?.scalar_text()?.parse().ok()
    }

    /// The rule's calendar for this record.
    pub fn calendar(&self) -> Option<&'c Calendar> {
        let rule = self.rule;
        let name = rule.calendar.as_ref()?.of(rule.per.as_deref(), self.subject.identity)?;
        self.engine.reference.calendars.get(name)
    }

    /// Whether an assessment ends before the edition's own date.
    pub fn falls_short(&self, through: &PartialDate) -> bool {
        through.range().end < self.edition.date().range().end
    }

    /// Whether the rule's field holds one of its values, if it names any; and that the field is there.
    pub fn field_holds(&self) -> Option<&Node> {
        let node = self.at(self.rule.field.as_deref()?)?;
        (!node.is_null() && (self.rule.equals.is_empty() || self.rule.equals.contains(&node.to_json())))
            .then_some(node)
    }

    /// How the value of the rule's field is said.
    pub fn said(&self, path: &FieldPath, value: &str) -> String {
        self.subject.kind.shape.at(path).map_or_else(|| value.to_owned(), |shape| shape.said(value))
    }

    pub(in crate::rules) fn applies(&self) -> bool {
        self.rule.applies.iter().all(|(field, values)| {
            record_text(Some(self.subject.identity), Some(&self.edition.document.root), field)
                .is_some_and(|value| values.as_slice().contains(&value))
        }) && (self.rule.per.is_none() || self.calendar().is_some())
            && (self.rule.when.is_none() || {
                let template = format!("observation/{}/when", self.rule.id);
                self.engine.words.holds(&template, self.seen_by(&template, self.subject.words.clone()))
            })
    }

    /// A context with the record in it, if the template uses it.
    pub(in crate::rules) fn seen_by(&self, template: &str, context: Value) -> Value {
        if !self.engine.words.uses(template, "record") {
            return context;
        }
        let record =
            self.record.get_or_init(|| self.engine.words.record(&self.edition.document.root)).clone();
        minijinja::context! { record, ..context }
    }
}

impl DraftObservation {
    /// The same with other details.
    pub(in crate::rules) fn with_details(&self, details: Details) -> DraftObservation {
        DraftObservation {
            variant: self.variant,
            since: self.since.clone(),
            identity: self.identity.clone(),
            content: self.content.clone(),
            stands: self.stands,
            details,
        }
    }

    /// Whether another draft says the same of the same occasions.
    pub(in crate::rules) fn says_as_much_as(&self, other: &DraftObservation) -> bool {
        self.variant == other.variant && self.identity == other.identity && self.content == other.content
    }

    /// Whether both say that somebody came back, or came first, to the same occasion.
    pub(in crate::rules) fn is_return_of(&self, other: &DraftObservation) -> bool {
        let is_return = |draft: &DraftObservation| matches!(draft.variant, "returned" | "first");
        is_return(self) && is_return(other) && self.content[1] == other.content[1]
    }
}
