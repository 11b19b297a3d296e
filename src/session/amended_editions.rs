//! Amendments of published editions as the corrections that they are made for: where one change is made to
//! several editions, one after another, in whatever order, that is one correction.

use crate::diff::diff;
use crate::model::published::{AmendedSentences, NamedCommit};
use crate::model::{Document, FieldPath, Node, PartialDate};
use crate::rules::Subject;
use crate::schema::Op;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Sentences that are news: fingerprint and sentence.
pub(super) type Sentences = Vec<(String, String)>;

/// A commit that stated a published edition anew.
pub(super) struct Amendment<'a> {
    /// The commit.
    pub commit: &'a NamedCommit,
    /// The edition's place among all that the record ever had.
    pub slot: usize,
    /// Its date.
    pub date: &'a PartialDate,
    /// Whether no edition stands after it.
    pub is_newest: bool,
    /// Its content until then.
    pub was: &'a Document,
    /// Its content from then on.
    pub is: &'a Document,
    /// What was said until then.
    pub lost: Sentences,
    /// What is said from then on.
    pub new: Sentences,
}

/// What an amendment did to what is recorded. Wording, sources and reviews do not count.
struct AmendedFields {
    /// The fields, each with its value from then on.
    values: Vec<(FieldPath, Option<Node>)>,
    /// Whether all of them are new.
    are_added: bool,
    /// The paths that new entries of the record's log of corrections name.
    logged: Vec<String>,
}

/// A correction with all that it was made to: an amendment, and those that make the same change elsewhere.
struct SpreadCorrection {
    /// Its first commit.
    commit: NamedCommit,
    /// The edition that this commit amended.
    edition: PartialDate,
    /// What names it for good: what its first commit did.
    named: Vec<String>,
    /// The editions it was made to, by their places.
    editions: BTreeMap<usize, PartialDate>,
    fields: AmendedFields,
    before: IndexMap<String, String>,
    after: IndexMap<String, String>,
    brought: BTreeSet<String>,
}

/// The corrections of a record that amend published editions, in the order in which they began.
#[derive(Default)]
pub(super) struct AmendedEditions {
    corrections: Vec<SpreadCorrection>,
    /// All that any of them took back.
    replaced: HashSet<String>,
}

impl AmendedEditions {
    /// Takes an amendment in.
    pub fn add(&mut self, subject: &Subject<'_>, amendment: Amendment<'_>) {
        let fields = AmendedFields::of(subject, &amendment);
        let begun = self.corrections.iter_mut().rev().find(|one| one.goes_on_with(&fields, amendment.slot));
        let correction = match begun {
            Some(begun) => begun,
            None if is_correction(&fields, &amendment) => {
                self.corrections.push(SpreadCorrection::begun_by(&amendment, fields));
                self.corrections.last_mut().expect("because one was added")
            }
            None => return,
        };
        correction.editions.insert(amendment.slot, amendment.date.clone());
        for (print, message) in amendment.lost {
            // What the correction itself had brought, half made, was never said of the whole.
            if correction.after.shift_remove(&print).is_none() {
                correction.before.insert(print.clone(), message);
            }
            self.replaced.insert(print);
        }
        for (print, message) in amendment.new {
            if !self.replaced.contains(&print) {
                correction.brought.insert(print.clone());
            }
            if correction.before.shift_remove(&print).is_none() {
                correction.after.insert(print, message);
            }
        }
    }

    /// The corrections.
    pub fn finish(self) -> Vec<AmendedSentences> {
        self.corrections.into_iter().map(SpreadCorrection::finish).collect()
    }
}

/// Whether an amendment is one that readers need to hear of: not if it only words, cites or orders anew, and
/// not as a correction if it only adds to the newest edition.
fn is_correction(fields: &AmendedFields, amendment: &Amendment<'_>) -> bool {
    let only_adds = amendment.is_newest && fields.are_added;
    !amendment.lost.is_empty() || (!amendment.new.is_empty() && !only_adds)
}

impl AmendedFields {
    fn of(subject: &Subject<'_>, amendment: &Amendment<'_>) -> AmendedFields {
        let mut fields = AmendedFields { values: Vec::new(), are_added: true, logged: Vec::new() };
        let log = subject.kind.spec.corrections.as_deref();
        for delta in diff(&amendment.was.root, &amendment.is.root, &subject.kind.shape) {
            let is_logged = log.is_some_and(|log| {
                let path = delta.path.to_string();
                path.strip_prefix(log).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            });
            if is_logged {
                let after = delta.after.as_ref();
                let entries = after.map_or(&[][..], |one| match one.items() {
                    [] => std::slice::from_ref(one),
                    entries => entries,
                });
                let named = |entry: &Node| entry.get("path").and_then(Node::scalar_text);
                fields.logged.extend(entries.iter().filter_map(named));
            } else if !subject.is_quiet(&delta.path) {
                fields.are_added &= delta.op == Op::Added;
                fields.values.push((delta.path, delta.after));
            }
        }
        fields
    }

    fn has(&self, (path, value): &(FieldPath, Option<Node>)) -> bool {
        let is_same = |other: &Option<Node>| match (value, other) {
            (Some(one), Some(other)) => one.same_value(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        self.values.iter().any(|(own, other)| own == path && is_same(other))
    }

    /// Whether an entry of the log that names a path speaks of one of the fields.
    fn are_named(&self, named: &str) -> bool {
        self.values.iter().any(|(path, _)| {
            let path = path.to_string();
            path.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

impl SpreadCorrection {
    fn begun_by(amendment: &Amendment<'_>, fields: AmendedFields) -> SpreadCorrection {
        let said = amendment.lost.iter().chain(&amendment.new);
        SpreadCorrection {
            commit: amendment.commit.clone(),
            edition: amendment.date.clone(),
            named: said.map(|(print, _)| print.clone()).collect(),
            editions: BTreeMap::new(),
            fields,
            before: IndexMap::new(),
            after: IndexMap::new(),
            brought: BTreeSet::new(),
        }
    }

    /// Whether an amendment makes the same change to another edition, or only adds to the log what it was
    /// made for.
    fn goes_on_with(&self, other: &AmendedFields, slot: usize) -> bool {
        let is_any = !other.values.is_empty() || !other.logged.is_empty();
        let is_elsewhere = other.values.is_empty() || !self.editions.contains_key(&slot);
        is_any
            && is_elsewhere
            && other.values.iter().all(|value| self.fields.has(value))
            && other.logged.iter().all(|named| self.fields.are_named(named))
    }

    fn finish(self) -> AmendedSentences {
        AmendedSentences {
            commit: self.commit,
            edition: self.edition,
            named: self.named,
            editions: self.editions.into_values().collect(),
            before: self.before.into_iter().collect(),
            after: self.after.into_iter().collect(),
            brought: self.brought,
        }
    }
}
