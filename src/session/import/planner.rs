//! What a draft would make of the record that it meets.

use crate::check::{CheckedFile, Checker};
use crate::dataset::{Calendar, Occasion, Reference};
use crate::document::{self, ReadOptions, Reading};
use crate::files::{Files, WorkFiles};
use crate::history::{Archive, Pick};
use crate::import::merge::{self, MergeSpec, Merged};
use crate::import::rewrite::rewrite;
use crate::import::{Draft, Fact, FactOutcome};
use crate::model::draft::{DraftedFact, DraftedRecord};
use crate::model::results::{EditionRef, StepReport};
use crate::model::{
    Document, Failure, FieldPath, Finding, Identity, Level, ObjectId, PartialDate, RepoPath, Step,
};
use crate::rules::{Edited, Engine};
use crate::schema::{Kind, Role, Shape};
use crate::session::{Session, edition_ref};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whether a record is of a later day than the one that is wanted.
pub(super) fn is_older(standing: Option<&WorktreeRecord>, wanted: Option<&PartialDate>) -> bool {
    let both = standing.and_then(|standing| standing.date.as_ref()).zip(wanted);
    both.is_some_and(|(has, wants)| wants.range().start < has.range().start)
}

/// What all drafts of one import share.
pub(super) struct DraftPlanner<'d> {
    pub(super) session: &'d Session,
    pub(super) files: &'d WorkFiles<'d>,
    pub(super) engine: Engine<'d>,
    pub(super) kind_at: usize,
    pub(super) kind: &'d Kind,
    pub(super) checker: Checker<'d>,
    /// The timelines of the records that are of a later day than their draft.
    pub(super) archive: Option<Archive>,
    pub(super) records: &'d mut HashMap<Vec<(String, String)>, WorktreeRecord>,
    pub(super) changed: &'d mut BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

/// An edition to compare with.
type BaseEdition = Option<(EditionRef, Document)>;

impl DraftPlanner<'_> {
    pub(super) fn make(
        &mut self,
        draft: &Draft,
        source: &str,
        making: &Making<'_>,
    ) -> Result<Option<DraftedRecord>, Failure> {
        let standing = self.records.get(&draft.identity.0).cloned();
        let path = match (&standing, &making.new_file) {
            (Some(standing), _) => standing.path.clone(),
            (None, Some(new_file)) => self.session.policy.path(&new_file(&draft.identity)?),
            (None, None) => return Ok(None),
        };
        let wanted = making.dated_of(draft).cloned();
        let is_older = is_older(standing.as_ref(), wanted.as_ref());
        let base = self.base(draft, standing.as_ref(), is_older && making.look_back, wanted.as_ref())?;
        let kind = self.kind;
        let before = base
            .as_ref()
            .map_or_else(|| identity_only(&draft.identity), |(_, document)| document.root.to_json());
        let order = |shape: &Shape, item: &Value| order_of(&self.session.reference, shape, item);
        let mut merged = merge::merge(&before, draft, &kind.shape, making.spec, &order)?;
        let changes = merged.differs || standing.is_none();
        if let (Some(date), Value::Object(map), true) = (&wanted, &mut merged.content, changes) {
            map.insert(kind.spec.date.field().to_owned(), date.to_string().into());
        }
        let state = match (&standing, is_older) {
            (None, _) => "new",
            (Some(_), _) if !changes => "unchanged",
            (Some(_), true) => "older",
            (Some(_), false) => "changed",
        };
        let mut record = DraftedRecord {
            record: draft.identity.record_id(),
            heading: self.engine.subject(&draft.identity, self.kind_at).heading,
            source: source.to_owned(),
            file: path,
            state,
            last_updated: wanted,
            changelog: None,
            base: base.as_ref().map(|(edition, _)| edition.clone()),
            stands: standing.and_then(|standing| standing.date),
            unmentioned: if making.unmentioned { unmentioned(&before, &merged, kind) } else { Vec::new() },
            facts: facts(draft, &merged),
            not_understood: draft.not_understood.clone(),
            set_aside: draft.set_aside.clone(),
            invalid: Vec::new(),
            content: merged.content,
        };
        if state != "unchanged" {
            self.put_on_paper(draft, base.as_ref(), making, &mut record)?;
        }
        Ok(Some(record))
    }

    /// The text of a drafted record: what it changes, whether it holds together, and that it is to be
    /// written.
    fn put_on_paper(
        &mut self,
        draft: &Draft,
        base: Option<&(EditionRef, Document)>,
        making: &Making<'_>,
        record: &mut DraftedRecord,
    ) -> Result<(), Failure> {
        let path = record.file.clone();
        // A grammar may come from an untrusted branch, too: a record goes where records are, and nowhere
        // else.
        if !self.kind.fits(&path) {
            let pattern = &self.kind.spec.path;
            return Err(Failure::new(format!(
                "`{path}` is no place for a record: it does not fit `{pattern}`"
            ))
            .hint("correct `file` in the grammar of the import"));
        }
        let text = new_text(base.map(|(_, document)| document), &record.content, self.kind, making.header)
            .map_err(|error| error.about(format!("`{path}`")))?;
        let reading = document::read(text.as_bytes(), &ReadOptions::strict());
        let document = reading.document.clone();
        let document = document.ok_or_else(|| Failure::new(format!("`{path}`: the draft is no YAML")))?;
        record.invalid = match &record.last_updated {
            // What is not to be written need not hold together.
            _ if record.state == "older" => Vec::new(),
            Some(_) => self.invalid(&path, reading, base.map(|(_, document)| document)),
            None => vec![format!("it has no `{}`; `--dated DATE` gives one", self.kind.spec.date.field())],
        };
        let to = worktree_ref(&path, record.last_updated.as_ref());
        record.changelog = base.map(|base| self.step(draft, base, &to, &document));
        if record.state != "older" {
            self.remember(draft, text, (path, record.last_updated.clone(), document))?;
        }
        Ok(())
    }

    /// The errors that `check` would find in a drafted text and does not find in the text it is made from.
    pub(super) fn invalid(&self, path: &str, reading: Reading, before: Option<&Document>) -> Vec<String> {
        let errors = |reading: Reading| {
            let source = CheckedFile {
                file: RepoPath::from(path),
                key: None,
                leads: true,
                role: Role::Record(self.kind_at),
                reading,
            };
            let mut found = self.checker.check(&source).findings;
            found.retain(|finding| finding.level == Level::Error);
            found
        };
        let drafted = errors(reading);
        if drafted.is_empty() {
            return Vec::new();
        }
        let before =
            before.map(|document| errors(document::read(document.text.as_bytes(), &ReadOptions::strict())));
        let known: HashSet<String> =
            before.into_iter().flatten().map(|finding| finding.fingerprint).collect();
        let line = |finding: &Finding| match &finding.path {
            Some(path) if !path.0.is_empty() => format!("{path}: {} [{}]", finding.message, finding.rule),
            _ => format!("{} [{}]", finding.message, finding.rule),
        };
        drafted
            .iter()
            .filter(|finding| !known.contains(&finding.fingerprint))
            .map(line)
            .take(MOST_ERRORS)
            .collect()
    }

    /// What a draft is compared with: the record as it stands, or for a source of an earlier day its edition
    /// of that time.
    fn base(
        &self,
        draft: &Draft,
        standing: Option<&WorktreeRecord>,
        then: bool,
        wanted: Option<&PartialDate>,
    ) -> Result<BaseEdition, Failure> {
        Ok(match standing {
            Some(_) if then => self.edition_then(&draft.identity, wanted)?,
            Some(s) => Some((worktree_ref(&s.path, s.date.as_ref()), s.document.clone())),
            None => None,
        })
    }

    /// Keeps what is to be written. A later draft of the same record builds on it.
    fn remember(
        &mut self,
        draft: &Draft,
        text: String,
        (path, date, document): (String, Option<PartialDate>, Document),
    ) -> Result<(), Failure> {
        let old = match self.changed.get(&path) {
            Some((old, _)) => old.clone(),
            None => self.files.read(&path)?,
        };
        self.changed.insert(path.clone(), (old, text.into_bytes()));
        self.records.insert(draft.identity.0.clone(), WorktreeRecord { path, date, document });
        Ok(())
    }

    fn edition_then(
        &self,
        identity: &Identity,
        wanted: Option<&PartialDate>,
    ) -> Result<BaseEdition, Failure> {
        let timeline = self.archive.as_ref().and_then(|archive| archive.timelines.get(&identity.record_id()));
        let (Some(timeline), Some(wanted)) = (timeline, wanted) else { return Ok(None) };
        let Ok(moment) = Pick::Through(wanted.clone()).from_timeline(timeline, None) else { return Ok(None) };
        let document = self.session.store.edition(&moment.edition.revision)?;
        Ok(Some((edition_ref(&moment.edition), (*document).clone())))
    }

    fn step(
        &self,
        draft: &Draft,
        (from, before): &(EditionRef, Document),
        to: &EditionRef,
        document: &Document,
    ) -> StepReport {
        let subject = self.engine.subject(&draft.identity, self.kind_at);
        let (from, to) = (Edited { document: before, edition: from }, Edited { document, edition: to });
        let mut step = self.engine.step(&subject, from, to);
        step.observations.retain(|o| o.state != Some(crate::model::results::ObservationState::Continues));
        step
    }
}

/// The working tree with files that are not written yet.
pub(super) struct Overlay<'o> {
    pub(super) files: &'o WorkFiles<'o>,
    pub(super) changed: &'o BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.changed.get(path) {
            Some((_, after)) => Ok(Some(after.clone())),
            None => self.files.read(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        self.files.list(folder)
    }
}

fn worktree_ref(path: &str, date: Option<&PartialDate>) -> EditionRef {
    let date = date.cloned().unwrap_or_else(|| "0001".parse().expect("because 0001 is a year"));
    EditionRef {
        last_updated: date,
        dated_by_commit: false,
        commit: ObjectId::worktree(),
        file: path.to_owned(),
    }
}

fn identity_only(identity: &Identity) -> Value {
    Value::Object(identity.0.iter().map(|(field, value)| (field.clone(), value.clone().into())).collect())
}

fn new_text(base: Option<&Document>, content: &Value, kind: &Kind, header: &str) -> Result<String, Failure> {
    let root = document::from_json(content);
    match base {
        Some(document) => rewrite(document, &root, &|path: &FieldPath| kind.shape.key_at(path)),
        None => {
            let header = header.trim_end();
            let gap = if header.is_empty() { "" } else { "\n" };
            Ok(format!("{header}{gap}{}", document::to_yaml(&root)))
        }
    }
}

pub(super) fn facts(draft: &Draft, merged: &Merged) -> Vec<DraftedFact> {
    let drafted =
        |(fact, (fate, path, before)): (&Fact, &(FactOutcome, FieldPath, Option<Value>))| DraftedFact {
            path: path.clone(),
            value: fact.value.clone(),
            before: before.clone(),
            fate: *fate,
            confidence: fact.confidence,
            reader: fact.reader.clone(),
            place: fact.place,
            excerpt: fact.excerpt.clone(),
            notes: fact.notes.clone(),
            sources: fact.sources.clone(),
        };
    let mut out: Vec<DraftedFact> = draft.facts.iter().zip(&merged.fates).map(drafted).collect();
    out.sort_by_key(|fact| (fact.place.line, fact.place.column));
    out
}

/// The parts that the record was assessed on and the source does not mention: items of lists, and fields of
/// mappings.
pub(super) fn unmentioned(before: &Value, merged: &Merged, kind: &Kind) -> Vec<FieldPath> {
    let mentioned = |path: &FieldPath| {
        merged.fates.iter().any(|(_, stated, _)| path.contains(stated) || stated.contains(path))
    };
    let mut out = Vec::new();
    for field in kind.spec.assessed.iter().flat_map(|spec| &spec.fields) {
        let path = FieldPath::root().key(field);
        let Some(shape) = kind.shape.at(&path).filter(|shape| shape.nature.is_none()) else { continue };
        match before.get(field) {
            Some(Value::Array(items)) => {
                for item in items {
                    let key = shape.key.as_deref().unwrap_or_default();
                    let node = document::from_json(item);
                    if let Some(values) = node.key_values(key).filter(|values| !values.is_empty()) {
                        out.push(path.then(Step::Item(values)));
                    }
                }
            }
            Some(Value::Object(map)) => {
                let lists_sources = |inner: Option<&Shape>| {
                    inner.and_then(|s| s.items.as_deref()).is_some_and(|s| s.reference.is_some())
                };
                out.extend(
                    map.keys()
                        .filter(|key| !lists_sources(shape.properties.get(*key)))
                        .map(|key| path.key(key)),
                );
            }
            Some(_) => out.push(path),
            None => {}
        }
    }
    out.retain(|path| !mentioned(path));
    out
}

/// The most errors that are listed for one draft.
pub(super) const MOST_ERRORS: usize = 10;

/// A record as the working tree has it.
#[derive(Clone)]
pub(super) struct WorktreeRecord {
    pub(super) path: String,
    pub(super) date: Option<PartialDate>,
    pub(super) document: Document,
}

/// How a draft is to become an edition.
pub struct Making<'m> {
    /// The kind of record.
    pub kind: &'m str,
    /// How drafts meet records.
    pub spec: &'m MergeSpec,
    /// The day that `--dated` gives.
    pub dated: Option<&'m PartialDate>,
    /// Names a new record's file, below the dataset's folder; without it, records that are not there are left
    /// out.
    pub new_file: Option<&'m NewFile<'m>>,
    /// The lines that a new record begins with.
    pub header: &'m str,
    /// Whether a record of a later day is compared with its edition of that time.
    pub look_back: bool,
    /// Whether to list what the source does not mention.
    pub unmentioned: bool,
}

/// Names the file of a new record.
pub type NewFile<'f> = dyn Fn(&Identity) -> Result<String, Failure> + 'f;

impl Making<'_> {
    /// The day of the edition that a draft makes.
    pub(super) fn dated_of<'a>(&'a self, draft: &'a Draft) -> Option<&'a PartialDate> {
        self.dated.or(draft.dated.as_ref())
    }
}

/// Where an item belongs in its list: by its occasion's day, or its own date.
pub(super) fn order_of(reference: &Reference, shape: &Shape, item: &Value) -> Option<String> {
    let day = |occasion: &Occasion| format!("{} {}", occasion.range.start, occasion.id);
    if let Some((field, calendars)) = shape.occasion_property() {
        let id = item.get(field)?.as_str()?;
        let found = calendars
            .iter()
            .filter_map(|name| reference.calendars.get(name))
            .find_map(|c: &Calendar| c.get(id));
        return found.map(day);
    }
    item.get(shape.date.as_ref()?)?.as_str().map(str::to_owned)
}
