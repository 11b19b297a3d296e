//! What a record's editions recorded of dated events, and nothing corrected since.
//!
//! A later page that is silent on a past event does not undo it: the event stays on record with the edition
//! that last had it. It leaves with an entry under the record's corrections that names it, or with a later
//! claim of coverage that contradicts it; the latter is for the kinds to judge, since only they know which
//! occasions a claim speaks of.

use super::dotted;
use crate::diff::Delta;
use crate::model::results::EditionRef;
use crate::model::{Document, FieldPath, Node, NodeValue, Step};
use crate::rules::gone_paths::GonePaths;
use crate::rules::{Edited, Engine, Subject, natures};
use crate::schema::CalendarChoice;
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The entries of dated lists that a record's editions had, up to and with one edition.
#[derive(Clone, Debug, Default)]
pub struct OnRecord {
    lists: BTreeMap<String, RecordedList>,
    /// The editions themselves, oldest first.
    editions: Vec<Arc<RecordedEdition>>,
}

/// An edition on record.
#[derive(Debug)]
struct RecordedEdition {
    edition: Arc<EditionRef>,
    document: Arc<Document>,
    /// What went or changed in the steps up to it, where all of them were looked at.
    gone: OnceLock<GonePaths>,
}

impl RecordedEdition {
    fn new(edition: Arc<EditionRef>, document: &Arc<Document>) -> Arc<Self> {
        Arc::new(RecordedEdition { edition, document: Arc::clone(document), gone: OnceLock::new() })
    }
}

/// What is on record of one list.
#[derive(Clone, Debug, Default)]
struct RecordedList {
    /// The entries of the last edition.
    own: Arc<NamedEntries>,
    /// Those that only earlier editions have: editions that change nothing about them share them.
    earlier: Arc<NamedEntries>,
}

/// Entries by name.
type NamedEntries = IndexMap<Arc<str>, Arc<Recorded>, RandomState>;

/// An entry where it was last recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    document: Arc<Document>,
    edition: Arc<EditionRef>,
    list: Arc<FieldPath>,
    step: Step,
    at: usize,
}

/// An edition with what it and earlier editions recorded.
#[derive(Clone, Copy, Debug)]
pub struct InContext<'a> {
    /// The edition.
    pub edition: Edited<'a>,
    /// What is on record as of it; `None` where the edition is looked at by itself.
    pub on_record: Option<&'a OnRecord>,
}

impl<'a> From<Edited<'a>> for InContext<'a> {
    fn from(edition: Edited<'a>) -> Self {
        InContext { edition, on_record: None }
    }
}

impl<'a> Edited<'a> {
    /// The edition with what is on record as of it.
    pub fn with(self, on_record: &'a OnRecord) -> InContext<'a> {
        InContext { edition: self, on_record: Some(on_record) }
    }
}

impl OnRecord {
    /// Adds the next edition: its entries stand as it has them, and what it does not mention stays as it was.
    pub fn add(
        &mut self,
        engine: &Engine<'_>,
        subject: &Subject<'_>,
        document: &Arc<Document>,
        edition: &EditionRef,
    ) {
        let edition = Arc::new(edition.clone());
        let empty = Node { value: NodeValue::Map(Vec::new()), span: Default::default() };
        let earlier = self.editions.last().map_or(&empty, |previous| &previous.document.root);
        let corrections =
            LazyCell::new(|| natures::NewCorrections::of(subject.kind, earlier, &document.root));
        let is_corrected =
            |entry: &Recorded| !corrections.is_empty() && corrections.on(&entry.path()).is_some();
        for (list, key) in &engine.recorded_lists {
            let items = document.root.at_keys(list.split('.')).map_or(&[][..], Node::items);
            let known = self.lists.get(list);
            if items.is_empty() && known.is_none() {
                continue;
            }
            let path = Arc::new(dotted(list));
            let fields = subject.kind.shape.key_at(&path);
            let mut own = NamedEntries::with_capacity_and_hasher(items.len(), RandomState::default());
            for (at, item) in items.iter().enumerate() {
                let step = fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
                let name: Arc<str> = match (&step, key) {
                    (Step::Item(values), _) if values.len() == 1 => Arc::from(&*values[0]),
                    (Step::Item(values), _) => values.join("\u{1f}").into(),
                    (_, Some(key)) => match item.get(key).and_then(Node::scalar_str) {
                        Some(name) => Arc::from(&*name),
                        None => continue,
                    },
                    (_, None) => continue,
                };
                let (document, edition, list) =
                    (Arc::clone(document), Arc::clone(&edition), Arc::clone(&path));
                own.insert(name, Arc::new(Recorded { document, edition, list, step, at }));
            }
            let left_out = known.map(|known| known.left_out_of(&own, &is_corrected)).unwrap_or_default();
            self.lists.insert(list.clone(), RecordedList { own: Arc::new(own), earlier: left_out });
        }
        self.editions.push(RecordedEdition::new(edition, document));
    }

    /// What is on record as of the last of some editions, oldest first.
    ///
    /// # Errors
    /// The first edition that cannot be read.
    pub fn of<E>(
        engine: &Engine<'_>,
        subject: &Subject<'_>,
        editions: impl IntoIterator<Item = Result<(EditionRef, Arc<Document>), E>>,
    ) -> Result<OnRecord, E> {
        let mut out = OnRecord::default();
        for edition in editions {
            let (name, document) = edition?;
            out.add(engine, subject, &document, &name);
        }
        Ok(out)
    }

    /// Puts another content in the place of that of an edition, by its place among the editions; the entries
    /// of dated lists stay as they are.
    pub fn replace_edition(&mut self, at: usize, edition: &EditionRef, document: &Arc<Document>) {
        self.editions[at] = RecordedEdition::new(Arc::new(edition.clone()), document);
        self.forget_steps_from(at + 1);
    }

    /// Puts an edition between others, likewise.
    pub fn insert_edition(&mut self, at: usize, edition: &EditionRef, document: &Arc<Document>) {
        self.editions.insert(at, RecordedEdition::new(Arc::new(edition.clone()), document));
        self.forget_steps_from(at + 1);
    }

    /// Other editions stand before these than before.
    fn forget_steps_from(&mut self, at: usize) {
        for one in &mut self.editions[at..] {
            *one = RecordedEdition::new(Arc::clone(&one.edition), &one.document);
        }
    }

    /// Keeps in mind how one edition differs from the one before it.
    pub(in crate::rules) fn note_step(&self, from: &Document, to: &Document, deltas: &[Delta]) {
        let Some(at) = self.place_of(to).filter(|at| *at > 0) else { return };
        if std::ptr::eq(&*self.editions[at - 1].document, from)
            && let Some(before) = self.gone_at(at - 1)
        {
            self.editions[at].gone.get_or_init(|| before.with(deltas));
        }
    }

    /// What went or changed up to an edition, where all steps up to it were looked at: what it lacks and is
    /// not among that, no edition before it has.
    pub(in crate::rules) fn gone_before(&self, edition: &Document) -> Option<&GonePaths> {
        self.gone_at(self.place_of(edition)?)
    }

    fn gone_at(&self, at: usize) -> Option<&GonePaths> {
        let gone = &self.editions[at].gone;
        // Nothing went before the first.
        if at == 0 { Some(gone.get_or_init(GonePaths::default)) } else { gone.get() }
    }

    fn place_of(&self, document: &Document) -> Option<usize> {
        self.editions.iter().rposition(|known| std::ptr::eq(&*known.document, document))
    }

    /// The editions, oldest first.
    pub(in crate::rules) fn editions(&self) -> impl Iterator<Item = Edited<'_>> {
        self.editions.iter().map(|known| Edited { document: &known.document, edition: &known.edition })
    }

    /// Whether the same entries of dated lists, each as of an edition of the same date, are on record.
    pub fn is_alike(&self, other: &OnRecord) -> bool {
        let same = |list: &str, one: &Recorded, two: &Recorded| {
            let date = |entry: &Recorded| entry.edition.last_updated.clone();
            let json = |entry: &Recorded| entry.node(list).map(Node::to_json);
            (&one.list, &one.step) == (&two.list, &two.step)
                && date(one) == date(two)
                && (Arc::ptr_eq(&one.document, &two.document) || json(one) == json(two))
        };
        let are_same = |name: &str, one: &RecordedList, two: &RecordedList| {
            let same_entry = |(key, entry): (&Arc<str>, &Arc<Recorded>)| {
                two.get(key).is_some_and(|other| Arc::ptr_eq(entry, other) || same(name, entry, other))
            };
            one.len() == two.len() && one.entries().all(same_entry)
        };
        self.lists.len() == other.lists.len()
            && self
                .lists
                .iter()
                .all(|(name, one)| other.lists.get(name).is_some_and(|two| are_same(name, one, two)))
    }

    /// The entries of a list that an edition does not have itself.
    pub(super) fn beyond<'r>(
        &'r self,
        list: &str,
        edition: &'r EditionRef,
    ) -> impl Iterator<Item = &'r Recorded> {
        self.lists.get(list).into_iter().flat_map(|known| known.beyond(edition))
    }
}

impl RecordedList {
    /// The entries, those of the last edition first.
    fn entries(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Recorded>)> {
        self.own.iter().chain(self.earlier.iter())
    }

    fn len(&self) -> usize {
        self.own.len() + self.earlier.len()
    }

    fn get(&self, name: &str) -> Option<&Arc<Recorded>> {
        self.own.get(name).or_else(|| self.earlier.get(name))
    }

    /// Those that an edition does not have itself. The entries of one edition are looked at together.
    fn beyond<'r>(&'r self, edition: &'r EditionRef) -> impl Iterator<Item = &'r Recorded> {
        let is_own = self.own.first().is_some_and(|(_, entry)| *entry.edition == *edition);
        let own = (!is_own).then(|| self.own.values()).into_iter().flatten();
        own.chain(self.earlier.values().filter(move |entry| *entry.edition != *edition)).map(Arc::as_ref)
    }

    /// The entries that stay on record beside those of the next edition.
    fn left_out_of(
        &self,
        next: &NamedEntries,
        is_corrected: &dyn Fn(&Recorded) -> bool,
    ) -> Arc<NamedEntries> {
        let stays =
            |(name, entry): &(&Arc<str>, &Arc<Recorded>)| !next.contains_key(*name) && !is_corrected(entry);
        if self.own.keys().all(|name| next.contains_key(name)) && self.earlier.iter().all(|one| stays(&one)) {
            return Arc::clone(&self.earlier);
        }
        let kept = self.entries().filter(stays);
        Arc::new(kept.map(|(name, entry)| (Arc::clone(name), Arc::clone(entry))).collect())
    }
}

impl Recorded {
    /// The entry.
    pub(super) fn node<'r>(&'r self, list: &str) -> Option<&'r Node> {
        self.document.root.at_keys(list.split('.'))?.items().get(self.at)
    }

    /// Where it stands.
    pub(super) fn path(&self) -> FieldPath {
        self.list.then(self.step.clone())
    }

    /// Its place in its list.
    pub(super) fn step(&self) -> &Step {
        &self.step
    }

    /// The edition that last had it.
    pub(super) fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.edition }
    }
}

impl CalendarChoice {
    /// The calendar for a record.
    pub fn of<'c>(&'c self, per: Option<&str>, identity: &crate::model::Identity) -> Option<&'c str> {
        match self {
            CalendarChoice::One(name) => Some(name),
            CalendarChoice::Per(by_value) => by_value.get(identity.get(per?)?).map(String::as_str),
        }
    }
}
