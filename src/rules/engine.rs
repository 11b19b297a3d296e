//! The rules of a dataset, compiled, and what they are applied to: a record and an edition of it.

use super::known_citations::KnownCitations;
use super::words::{SubjectWords, Words};
use super::{natures, observations, patterns};
use crate::dataset::Reference;
use crate::model::results::EditionRef;
use crate::model::{Document, FieldPath, Identity, Node, PartialDate, RecordId};
use crate::schema::{CalendarChoice, Kind, ObservationRule, Policy, PolicyError};
use foldhash::HashMap;
use indexmap::IndexMap;
use minijinja::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The rules of a dataset, compiled, with the tables and calendars they look things up in.
pub struct Engine<'a> {
    pub(super) policy: &'a Policy,
    pub(super) reference: &'a Reference,
    pub(super) words: Words,
    pub(super) patterns: Vec<patterns::CompiledRule>,
    pub(super) openings: patterns::Openings,
    /// By observation rule and calendar, the occasions that the rule is about.
    pub(super) occasions: HashMap<(&'a str, &'a str), observations::Course<'a>>,
    /// The lists whose entries stay on record, with the field that names an entry.
    pub(super) recorded_lists: BTreeMap<String, Option<String>>,
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
    /// The same with the fields of an edition, for what groups it.
    fields: Value,
    /// What headings call it.
    pub heading: String,
    /// What sentences call it.
    pub name: String,
    /// Its sources in words, as they were needed.
    pub(super) citations: Arc<KnownCitations>,
}

impl Subject<'_> {
    /// Whether the schema counts what stands at a path as wording or review.
    pub fn is_quiet(&self, path: &FieldPath) -> bool {
        natures::is_quiet(path, self.kind)
    }
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
    /// A rule whose template or condition does not compile, uses a name that nothing defines, or lacks words
    /// for what it can say.
    pub fn new(policy: &'a Policy, reference: &'a Reference) -> Result<Engine<'a>, PolicyError> {
        let words = Words::compile(policy, reference)?;
        for rule in &policy.rules.observations {
            observations::check(rule, reference).map_err(|failure| {
                let file = format!("{}/observations/{}.yaml", policy.rules_folder, rule.id);
                PolicyError::whole(&file, failure.message)
            })?;
        }
        let patterns: Vec<patterns::CompiledRule> =
            policy.rules.acts.iter().map(patterns::CompiledRule::new).collect();
        let openings = patterns::Openings::new(&patterns);
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

    /// Names a record for sentences and headings by its identity alone.
    pub fn subject<'s>(&self, identity: &'s Identity, kind: usize) -> Subject<'s>
    where
        'a: 's,
    {
        self.subject_of(identity, kind, None)
    }

    /// Names a record for sentences and headings, which may use fields of an edition.
    pub fn subject_of<'s>(&self, identity: &'s Identity, kind: usize, edition: Option<&Node>) -> Subject<'s>
    where
        'a: 's,
    {
        let spec = &self.policy.kinds[kind];
        let SubjectWords { words, fields, heading, name } = self.words.subject(kind, identity, edition);
        let citations = Arc::default();
        Subject { id: identity.record_id(), identity, kind: spec, words, fields, heading, name, citations }
    }

    /// Whether the manifest names or groups the records of a kind by fields that are no part of their
    /// identity.
    pub fn names_by_fields(&self, kind: usize) -> bool {
        self.words.names_by_fields(kind)
    }

    /// The groups of the manifest's report that a record belongs to, by the groups' names.
    pub fn groups(&self, subject: &Subject<'_>) -> IndexMap<String, String> {
        let groups = self.policy.manifest.report.groups.keys();
        groups
            .map(|name| {
                (name.clone(), self.words.render(&format!("report/group/{name}"), subject.fields.clone()))
            })
            .collect()
    }

    /// The code by which a map of the manifest's report knows a record; the position is that of the map in
    /// the manifest.
    pub fn map_code(&self, subject: &Subject<'_>, map: usize) -> String {
        self.words.render(&format!("report/map/{map}"), subject.fields.clone())
    }
}
