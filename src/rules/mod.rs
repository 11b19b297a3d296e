//! Deltas and editions → changes and observations.
//!
//! Owns claims, natures, words and observations; one file an observation kind. Must not read files, git or a clock.
//! Which field means what is data: the rule files, the schema's annotations and the manifest.

mod claims;
mod comparison;
mod differences;
mod evidence;
mod faults;
pub mod fields;
mod lifecycle;
pub mod natures;
mod observations;
mod outcomes;
mod phrases;
mod steps;
mod strips;
pub mod template_names;
mod words;

pub use claims::{WordedChanges, claimed};
pub(crate) use comparison::BEYOND;
pub use differences::Differences;
pub use evidence::of_deltas as evidence_of;
pub use faults::{RuleFault, UnknownField, faults};
pub use fields::title_and_why;
pub use observations::{InContext, OnRecord, Sighting};
pub use strips::NOT_KNOWN;
pub use words::Words;
pub(crate) use words::and_list;

use crate::dataset::Reference;
use crate::diff::Delta;
use crate::model::results::{Change, EditionRef, Examined, Observation, StepReport, Strip};
use crate::model::{Document, FieldPath, Identity, Node, NodeValue, PartialDate, RecordId};
use crate::schema::{AssessedSpec, CalendarChoice, Kind, ObservationRule, OutcomeSpec, Policy, PolicyError};
use indexmap::IndexMap;
use minijinja::Value;
use std::collections::{BTreeMap, HashMap};

/// The rules of a dataset, compiled, with the tables and calendars they look things up in.
pub struct Engine<'a> {
    policy: &'a Policy,
    reference: &'a Reference,
    words: Words,
    patterns: Vec<claims::CompiledRule>,
    openings: claims::Openings,
    /// By observation rule and calendar, the occasions that the rule is about.
    occasions: HashMap<(&'a str, &'a str), observations::Course<'a>>,
    /// The lists whose entries stay on record, with the field that names an entry.
    recorded_lists: BTreeMap<String, Option<String>>,
}

/// A record to be judged: who it is about and which kind it is.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Its name.
    pub id: RecordId,
    /// Its identity fields.
    pub identity: &'a Identity,
    /// Its kind.
    pub kind: &'a Kind,
    /// The words that templates use for it.
    pub words: Value,
    /// What headings call it.
    pub heading: String,
    /// What sentences call it.
    pub name: String,
}

/// One edition, read.
#[derive(Clone, Copy, Debug)]
pub struct Edited<'a> {
    /// Its text and tree.
    pub document: &'a Document,
    /// How it is named.
    pub edition: &'a EditionRef,
}

impl<'a> Edited<'a> {
    /// The edition's own date.
    pub fn date(&self) -> &'a PartialDate {
        &self.edition.last_updated
    }
}

impl<'a> Engine<'a> {
    /// Compiles a policy's rules.
    ///
    /// # Errors
    /// A rule whose template or condition does not compile, uses a name that nothing defines, or lacks words for what it can say.
    pub fn new(policy: &'a Policy, reference: &'a Reference) -> Result<Engine<'a>, PolicyError> {
        let words = Words::compile(policy, reference)?;
        for rule in &policy.rules.observations {
            observations::check(rule, reference).map_err(|message| {
                PolicyError::whole(&format!("{}/observations/{}.yaml", policy.rules_folder, rule.id), message)
            })?;
        }
        let patterns: Vec<claims::CompiledRule> =
            policy.rules.acts.iter().map(claims::CompiledRule::new).collect();
        let openings = claims::Openings::new(&patterns);
        let of_rule = |rule: &'a ObservationRule| {
            let names = rule.calendar.iter().flat_map(CalendarChoice::names);
            names.filter_map(|name| {
                let calendar = reference.calendars.get(name)?;
                Some(((rule.id.as_str(), name), observations::Course::new(rule, calendar)))
            })
        };
        let occasions = policy.rules.observations.iter().flat_map(of_rule).collect();
        let recorded_lists = policy.recorded_lists();
        Ok(Engine { policy, reference, words, patterns, openings, occasions, recorded_lists })
    }

    /// The policy the engine was made from.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The tables and calendars.
    pub fn reference(&self) -> &'a Reference {
        self.reference
    }

    /// Names a record for sentences and headings.
    pub fn subject<'s>(&self, identity: &'s Identity, kind: usize) -> Subject<'s>
    where
        'a: 's,
    {
        let spec = &self.policy.kinds[kind];
        let (words, heading, name) = self.words.subject(kind, identity);
        Subject { id: identity.record_id(), identity, kind: spec, words, heading, name }
    }

    /// The groups of the manifest's report that a record belongs to, by the groups' names.
    pub fn groups(&self, subject: &Subject<'_>) -> IndexMap<String, String> {
        let groups = self.policy.manifest.report.groups.keys();
        groups
            .map(|name| {
                (name.clone(), self.words.render(&format!("report/group/{name}"), subject.words.clone()))
            })
            .collect()
    }

    /// The code by which a map of the manifest's report knows a record; the position is that of the map in the manifest.
    pub fn map_code(&self, subject: &Subject<'_>, map: usize) -> String {
        self.words.render(&format!("report/map/{map}"), subject.words.clone())
    }

    /// How two editions differ, with what other editions before the later one recorded, where that is given.
    pub fn differences<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
    ) -> Differences<'e> {
        Differences::new(self, subject, from, to.into())
    }

    /// The changes from one edition to another. Each difference is explained by one of them, or is silent.
    pub fn changes<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
    ) -> Vec<Change> {
        self.sentences(subject, &self.differences(subject, from, to)).changes
    }

    /// As [`Engine::changes`], for differences that are known already, with the fields that no sentence is about.
    pub fn sentences(&self, subject: &Subject<'_>, differences: &Differences<'_>) -> WordedChanges {
        claims::changes(self, subject, differences)
    }

    /// When the event took place that a change is about, if the record or a calendar dates it.
    pub fn event(
        &self,
        subject: &Subject<'_>,
        (from, to): (Edited<'_>, Edited<'_>),
        deltas: &[Delta],
        change: &Change,
    ) -> Option<natures::When<'a>> {
        let delta = deltas.iter().find(|delta| delta.path == change.path)?;
        let rule = self.policy.rules.acts.iter().find(|rule| rule.id == change.rule);
        let explicit = rule.and_then(|rule| rule.date.as_deref());
        natures::when(delta, explicit, from.document, to.document, subject.kind, self.reference)
    }

    /// Which acts could claim which delta, with their weights, heaviest first.
    pub fn contenders(
        &self,
        subject: &Subject<'_>,
        from: Edited<'_>,
        to: Edited<'_>,
    ) -> Vec<(crate::model::FieldPath, String, (usize, usize))> {
        claims::contenders(self, subject, from, to)
    }

    /// The observations that can be made of one edition, with what earlier ones recorded where that is given.
    pub fn observations<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<Observation> {
        observations::observe(self, subject, edition.into())
    }

    /// The observations of one edition before they are put into words, for [`Engine::step_between`].
    pub fn sightings<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<Sighting<'a>> {
        observations::look(self, subject, edition.into())
    }

    /// What two editions say of each other: changes, and what became of the observations, those that continue among them.
    pub fn step<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: impl Into<InContext<'f>>,
        to: impl Into<InContext<'t>>,
    ) -> StepReport {
        let (from, to) = (from.into(), to.into());
        let before = self.sightings(subject, from);
        let after = self.sightings(subject, to);
        self.step_between(subject, (from, &before), (to, &after), true)
    }

    /// What became of the observations of one edition in another, but for those that continue.
    pub fn observed<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: (impl Into<InContext<'f>>, &[Sighting<'_>]),
        to: (impl Into<InContext<'t>>, &[Sighting<'_>]),
    ) -> Vec<Observation> {
        steps::compare(self, subject, (from.0.into(), from.1), (to.0.into(), to.1), false)
    }

    /// As [`Engine::step`], for sightings that are known already; observations that continue only where `continuing` says so.
    /// What only says again what a change says is left out.
    pub fn step_between<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: (impl Into<InContext<'f>>, &[Sighting<'_>]),
        to: (impl Into<InContext<'t>>, &[Sighting<'_>]),
        continuing: bool,
    ) -> StepReport {
        let (from, to) = ((from.0.into(), from.1), (to.0.into(), to.1));
        let differences = self.differences(subject, from.0.edition, to.0);
        let WordedChanges { changes, silent } = self.sentences(subject, &differences);
        let mut observations = steps::compare(self, subject, from, to, continuing);
        observations.retain(|observation| !steps::is_echo(self, observation, &changes));
        let (from, to) = (from.0.edition.edition.clone(), to.0.edition.edition.clone());
        StepReport { from, to, changes, silent, observations }
    }

    /// Through when all of an edition was assessed: see [`assessed_through`].
    pub fn assessed_through(&self, subject: &Subject<'_>, edition: Edited<'_>) -> Option<PartialDate> {
        assessed_through(subject.kind, &edition.document.root, edition.date())
    }

    /// How far the parts were assessed that the manifest dates apart, where that is not as far as the edition's own date.
    pub fn assessed_short(&self, subject: &Subject<'_>, edition: Edited<'_>) -> Vec<String> {
        let note = |spec: &AssessedSpec| {
            let through = edition.document.root.at_keys(spec.through.split('.')).and_then(Node::scalar_text);
            match through.and_then(|text| text.parse::<PartialDate>().ok()) {
                None => Some(format!("{} never assessed", spec.title)),
                Some(through) if through.range().end < edition.date().range().end => {
                    Some(format!("{} assessed through {}", spec.title, through.in_words()))
                }
                Some(_) => None,
            }
        };
        subject.kind.spec.assessed.iter().filter_map(note).collect()
    }

    /// The fields that an observation rests on: those it cites and those that its rule looks at.
    pub fn rests_on(&self, observation: &Observation) -> Vec<crate::model::FieldPath> {
        steps::rests_on(self, observation)
    }

    /// As [`Engine::event`], its date alone.
    pub fn event_date(
        &self,
        subject: &Subject<'_>,
        sides: (Edited<'_>, Edited<'_>),
        deltas: &[Delta],
        change: &Change,
    ) -> Option<PartialDate> {
        self.event(subject, sides, deltas, change).map(|when| when.date)
    }

    /// The names of the sources that an edition cites for a path: those of its item, or of the part that it stands in.
    pub fn cited(&self, subject: &Subject<'_>, edition: Edited<'_>, path: &FieldPath) -> Vec<String> {
        evidence::cited_for(subject, edition, path).into_iter().map(|(_, name)| name).collect()
    }

    /// What an edition and those before it say of the occasions of a calendar up to the edition's date, oldest first.
    pub fn outcomes<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
        spec: &OutcomeSpec,
    ) -> Vec<Examined> {
        outcomes::of(self, subject, edition.into(), spec)
    }

    /// Whether the manifest has rows of marks for such records.
    pub fn has_strips(&self, subject: &Subject<'_>) -> bool {
        strips::chosen(self, subject).next().is_some()
    }

    /// The rows of marks for an edition.
    pub fn strips<'e>(&self, subject: &Subject<'_>, edition: impl Into<InContext<'e>>) -> Vec<Strip> {
        strips::draw(self, subject, edition.into()).into_iter().map(|(_, strip)| strip).collect()
    }

    /// The rows of marks for an edition, each with its position in the manifest.
    pub fn placed_strips<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<(usize, Strip)> {
        strips::draw(self, subject, edition.into())
    }
}

/// Through when all of an edition was assessed: the earliest of the dates that the manifest names, or the edition's own. `None` where
/// one of those dates is not recorded: those parts were never assessed.
pub fn assessed_through(kind: &Kind, root: &Node, own_date: &PartialDate) -> Option<PartialDate> {
    let date = |through: &str| root.at_keys(through.split('.'))?.scalar_text()?.parse::<PartialDate>().ok();
    let mut earliest = own_date.clone();
    for spec in &kind.spec.assessed {
        let through = date(&spec.through)?;
        if through.range().end < earliest.range().end {
            earliest = through;
        }
    }
    Some(earliest)
}

/// A JSON value for templates.
fn value_of(json: impl serde::Serialize) -> Value {
    Value::from(minijinja::value::Serde(json))
}

/// A part of a record for templates: as [`value_of`] its JSON.
fn value_of_node(node: &Node) -> Value {
    match &node.value {
        NodeValue::Null => Value::from(()),
        NodeValue::Bool(truth) => Value::from(*truth),
        NodeValue::Int(number) => Value::from(*number),
        NodeValue::Float(number) if number.is_finite() => Value::from(*number),
        NodeValue::Float(number) => Value::from(number.to_string()),
        NodeValue::Decimal(written) => Value::from(&**written),
        NodeValue::Text(text) => Value::from(text.as_str()),
        NodeValue::List(items) => items.iter().map(value_of_node).collect(),
        NodeValue::Map(entries) => {
            map_of(entries.iter().map(|entry| (entry.key.as_str(), value_of_node(&entry.value))))
        }
    }
}

/// A mapping for templates.
fn map_of<'k>(pairs: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    Value::from_object(
        pairs.into_iter().map(|(key, value)| (Value::from(key), value)).collect::<IndexMap<Value, Value>>(),
    )
}

/// The first 12 hexadecimal digits of the SHA-256 of some parts: enough to distinguish a dataset's sentences.
pub(crate) fn fingerprint(parts: &serde_json::Value) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(parts.to_string().as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
