//! What a record's editions recorded of dated events, and nothing corrected since.
//!
//! A later page that is silent on a past event does not undo it: the event stays on record with the edition
//! that last had it. It leaves with an entry under the record's corrections that names it, or with a later
//! claim of coverage that contradicts it; the latter is for the kinds to judge, since only they know which
//! occasions a claim speaks of.

use super::dotted;
use crate::model::results::EditionRef;
use crate::model::{Document, FieldPath, Node, NodeValue, Step};
use crate::rules::{Edited, Engine, Subject, natures};
use crate::schema::CalendarChoice;
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The entries of dated lists that a record's editions had, up to and with one edition.
#[derive(Clone, Debug, Default)]
pub struct OnRecord {
    lists: BTreeMap<String, Arc<IndexMap<String, Recorded>>>,
    /// The editions themselves, oldest first.
    editions: Vec<(Arc<EditionRef>, Arc<Document>)>,
}

/// An entry where it was last recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    document: Arc<Document>,
    edition: Arc<EditionRef>,
    path: FieldPath,
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
        for (list, key) in &engine.recorded_lists {
            let items = document.root.at_keys(list.split('.')).map_or(&[][..], Node::items);
            let known = self.lists.get(list);
            if items.is_empty() && known.is_none() {
                continue;
            }
            let path = dotted(list);
            let fields = subject.kind.shape.key_at(&path);
            let mut now: IndexMap<String, Recorded> = IndexMap::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                let step = fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
                let name = match (&step, key) {
                    (Step::Item(values), _) => values.join("\u{1f}"),
                    (_, Some(key)) => match item.get(key).and_then(Node::scalar_text) {
                        Some(name) => name,
                        None => continue,
                    },
                    (_, None) => continue,
                };
                let (document, edition) = (Arc::clone(document), Arc::clone(&edition));
                now.insert(name, Recorded { document, edition, path: path.then(step), at });
            }
            let earlier = self.editions.last().map_or(&empty, |(_, previous)| &previous.root);
            let corrected = |entry: &Recorded| {
                natures::correction(&entry.path, subject.kind, earlier, &document.root).is_some()
            };
            for (name, entry) in known.into_iter().flat_map(|known| known.iter()) {
                if !now.contains_key(name) && !corrected(entry) {
                    now.insert(name.clone(), entry.clone());
                }
            }
            self.lists.insert(list.clone(), Arc::new(now));
        }
        self.editions.push((edition, Arc::clone(document)));
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
        self.editions[at] = (Arc::new(edition.clone()), Arc::clone(document));
    }

    /// Puts an edition between others, likewise.
    pub fn insert_edition(&mut self, at: usize, edition: &EditionRef, document: &Arc<Document>) {
        self.editions.insert(at, (Arc::new(edition.clone()), Arc::clone(document)));
    }

    /// The editions, oldest first.
    pub(in crate::rules) fn editions(&self) -> impl Iterator<Item = Edited<'_>> {
        self.editions.iter().map(|(edition, document)| Edited { document, edition })
    }

    /// Whether the same entries of dated lists, each as of an edition of the same date, are on record.
    pub fn is_alike(&self, other: &OnRecord) -> bool {
        let same = |list: &str, one: &Recorded, two: &Recorded| {
            let date = |entry: &Recorded| entry.edition.last_updated.clone();
            let json = |entry: &Recorded| entry.node(list).map(Node::to_json);
            one.path == two.path
                && date(one) == date(two)
                && (Arc::ptr_eq(&one.document, &two.document) || json(one) == json(two))
        };
        self.lists.len() == other.lists.len()
            && self.lists.iter().all(|(name, entries)| {
                other.lists.get(name).is_some_and(|others| {
                    entries.len() == others.len()
                        && entries
                            .iter()
                            .all(|(key, one)| others.get(key).is_some_and(|two| same(name, one, two)))
                })
            })
    }

    /// The entries of a list that an edition does not have itself.
    pub(super) fn beyond<'r>(
        &'r self,
        list: &str,
        edition: &'r EditionRef,
    ) -> impl Iterator<Item = &'r Recorded> {
        let entries = self.lists.get(list).into_iter().flat_map(|entries| entries.values());
        entries.filter(move |entry| *entry.edition != *edition)
    }
}

impl Recorded {
    /// The entry.
    pub(super) fn node<'r>(&'r self, list: &str) -> Option<&'r Node> {
        self.document.root.at_keys(list.split('.'))?.items().get(self.at)
    }

    /// Where it stands.
    pub(super) fn path(&self) -> &FieldPath {
        &self.path
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
