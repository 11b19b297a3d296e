//! Standing facts of one edition. Each kind has its file; a rule file is an instance with parameters and words.

mod absence;
mod occasions;
mod pending;
mod silence;
mod standing;
mod streak;

pub(super) use occasions::{Course, Seen, State, examine, occasion_json};

use super::{Edited, Engine, Subject, evidence, value_of};
use crate::dataset::Reference;
use crate::model::results::{Examined, Observation, OccasionRef, Side};
use crate::model::{FieldPath, Node, PartialDate};
use crate::schema::{ObservationKind, ObservationRule};
use minijinja::Value;
use minijinja::value::merge_maps;
use serde_json::{Map, Value as Json, json};
use std::cell::OnceCell;

/// An observation before it is worded.
pub(super) struct Draft {
    pub variant: &'static str,
    pub since: Option<PartialDate>,
    /// What two editions must share for it to be the same observation.
    pub identity: Json,
    /// What may differ between them.
    pub content: Json,
    /// What the words need; left empty where only the comparison of editions is asked for.
    pub details: Details,
}

/// What the words of an observation need besides.
#[derive(Default)]
pub(super) struct Details {
    pub last: Option<OccasionRef>,
    pub through: Option<String>,
    pub examined: Vec<Examined>,
    pub proof: Vec<FieldPath>,
    /// What the words see besides the subject's own.
    pub context: Map<String, Json>,
}

/// What a kind works on.
pub(super) struct Case<'c> {
    pub engine: &'c Engine<'c>,
    pub subject: &'c Subject<'c>,
    pub edition: Edited<'c>,
    pub rule: &'c ObservationRule,
    /// Whether the details are wanted.
    pub full: bool,
    /// The record as templates see it, made when first asked for.
    pub record: &'c OnceCell<Value>,
}

impl Case<'_> {
    /// The node under a dotted path of mapping keys.
    pub fn at(&self, dotted: &str) -> Option<&Node> {
        self.edition.document.root.at_keys(dotted.split('.'))
    }

    /// The date under a dotted path.
    pub fn date_at(&self, dotted: &str) -> Option<PartialDate> {
        self.at(dotted)?.scalar_text()?.parse().ok()
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

    fn applies(&self) -> bool {
        self.rule.applies.iter().all(|(field, values)| {
            self.subject
                .identity
                .get(field)
                .is_some_and(|value| values.as_slice().iter().any(|wanted| wanted == value))
        }) && (self.rule.when.is_none() || {
            let template = format!("observation/{}/when", self.rule.id);
            self.engine.words.holds(&template, self.seen_by(&template, self.subject.words.clone()))
        })
    }

    /// A context with the record in it, if the template uses it.
    fn seen_by(&self, template: &str, context: Value) -> Value {
        if !self.engine.words.uses(template, "record") {
            return context;
        }
        let record =
            self.record.get_or_init(|| self.engine.words.record(&self.edition.document.root)).clone();
        minijinja::context! { record, ..context }
    }
}

/// A dotted path as a field path.
pub(super) fn dotted(path: &str) -> FieldPath {
    path.split('.').fold(FieldPath::root(), |path, key| path.key(key))
}

/// Whether a rule file has what its kind needs.
pub(super) fn check(rule: &ObservationRule, reference: &Reference) -> Result<(), String> {
    let needs = |have: bool, what: &str| {
        if have { Ok(()) } else { Err(format!("kind `{}` needs `{what}`", rule.kind.as_str())) }
    };
    let on_calendar = || {
        needs(rule.list.is_some(), "list")?;
        needs(rule.calendar.is_some(), "calendar")?;
        needs(rule.key.is_some(), "key")?;
        needs(rule.value.is_some(), "value")?;
        let calendar = rule.calendar.as_deref().unwrap_or_default();
        if reference.calendars.contains_key(calendar) {
            Ok(())
        } else {
            Err(format!("calendar: the manifest names no `{calendar}`"))
        }
    };
    let variants: &[&str] = match rule.kind {
        ObservationKind::Absence => {
            on_calendar()?;
            needs(!rule.met.is_empty(), "met")?;
            &["since", "never", "gaps"]
        }
        ObservationKind::Streak => {
            on_calendar()?;
            &["running"]
        }
        ObservationKind::Silence => {
            needs(rule.list.is_some(), "list")?;
            needs(rule.date.is_some(), "date")?;
            &["last"]
        }
        ObservationKind::Standing => {
            needs(rule.field.is_some(), "field")?;
            &["plain"]
        }
        ObservationKind::Pending => {
            needs(rule.date.is_some(), "date")?;
            needs(rule.done.is_some(), "done")?;
            &["plain"]
        }
    };
    variants
        .iter()
        .try_for_each(|variant| needs(rule.words.contains_key(*variant), &format!("words: {variant}")))
}

/// What an edition shows, before it is put into words: enough to compare two editions.
pub struct Sighting<'p> {
    pub(super) rule: &'p ObservationRule,
    pub(super) draft: Draft,
    /// What two editions must share for the observation to be the same one.
    pub(super) identity: Json,
}

impl Sighting<'_> {
    /// Whether it is told of a step: that somebody came back is told by the end of the absence, so the sentences on being present
    /// (`first`, `returned`, `last`) say nothing that began or ended of its own.
    pub(super) fn is_told(&self) -> bool {
        !matches!(self.draft.variant, "first" | "returned" | "last" | "once")
            || self.rule.kind == ObservationKind::Silence
    }

    /// The sighting in words, given the edition it is one of.
    pub(super) fn word(
        &self,
        engine: &Engine<'_>,
        subject: &Subject<'_>,
        edition: Edited<'_>,
    ) -> Observation {
        let case = Case { engine, subject, edition, rule: self.rule, full: true, record: &OnceCell::new() };
        let again = drafts(&case).into_iter().find(|draft| {
            draft.variant == self.draft.variant
                && draft.identity == self.draft.identity
                && draft.content == self.draft.content
        });
        word(&case, again.expect("because the same edition shows the same"))
    }
}

/// All that can be observed of an edition, in the order of the rule files' names; without the details.
pub(super) fn look<'p>(engine: &Engine<'p>, subject: &Subject<'_>, edition: Edited<'_>) -> Vec<Sighting<'p>> {
    let mut out = Vec::new();
    let record = &OnceCell::new();
    for rule in &engine.policy.rules.observations {
        let case = Case { engine, subject, edition, rule, full: false, record };
        out.extend(drafts(&case).into_iter().map(|draft| {
            let identity = json!([rule.id, subject.id, draft.identity]);
            Sighting { rule, draft, identity }
        }));
    }
    out
}

/// All observations of an edition, in the order of the rule files' names.
pub(super) fn observe(engine: &Engine<'_>, subject: &Subject<'_>, edition: Edited<'_>) -> Vec<Observation> {
    let record = &OnceCell::new();
    let cases = engine.policy.rules.observations.iter().map(|rule| Case {
        engine,
        subject,
        edition,
        rule,
        full: true,
        record,
    });
    cases
        .flat_map(|case| drafts(&case).into_iter().map(|draft| word(&case, draft)).collect::<Vec<_>>())
        .collect()
}

/// What a rule observes; nothing where it has no words for it.
fn drafts(case: &Case<'_>) -> Vec<Draft> {
    if !case.applies() {
        return Vec::new();
    }
    let mut drafts = match case.rule.kind {
        ObservationKind::Absence => absence::observe(case),
        ObservationKind::Streak => streak::observe(case),
        ObservationKind::Silence => silence::observe(case),
        ObservationKind::Standing => standing::observe(case),
        ObservationKind::Pending => pending::observe(case),
    };
    drafts.retain(|draft| case.rule.words.contains_key(draft.variant));
    drafts
}

/// Puts a draft with its details into words.
fn word(case: &Case<'_>, draft: Draft) -> Observation {
    let rule = case.rule;
    let template = format!("observation/{}/{}", rule.id, draft.variant);
    let mut context = Map::new();
    let defaults = [
        "last", "first", "previous", "missed", "unknown", "later", "through", "value", "said", "n", "since",
        "item", "begun",
    ];
    context.extend(defaults.iter().map(|name| ((*name).to_owned(), Json::Null)));
    context.insert("variant".to_owned(), json!(draft.variant));
    context.insert("as_of".to_owned(), json!(case.edition.date()));
    context.insert("through".to_owned(), json!(draft.details.through));
    context.insert("since".to_owned(), json!(draft.since));
    let detail_template = format!("observation/{}/detail", rule.id);
    context.extend(draft.details.context);
    let context = merge_maps([case.subject.words.clone(), value_of(context)]);
    let say = |template: &str| case.engine.words.render(template, case.seen_by(template, context.clone()));
    let message = say(&template);
    let detail = if case.engine.words.has(&detail_template) { say(&detail_template) } else { String::new() };
    let identity = json!([rule.id, case.subject.id, draft.identity]);
    let evidence = draft
        .details
        .proof
        .iter()
        .filter_map(|path| evidence::at(case.subject, case.edition, Side::To, path))
        .collect();
    Observation {
        rule: rule.id.clone(),
        kind: rule.kind.as_str(),
        variant: draft.variant,
        state: None,
        nature: None,
        significance: rule.significance,
        message,
        detail,
        since: draft.since,
        last: draft.details.last,
        assessed_through: draft.details.through,
        examined: draft.details.examined,
        evidence,
        sources: evidence::sources(case.engine, case.subject, case.edition, &draft.details.proof),
        fingerprint: super::fingerprint(&json!([identity, draft.content])),
        ended: None,
        identity: identity.to_string(),
        content: draft.content.to_string(),
    }
}
