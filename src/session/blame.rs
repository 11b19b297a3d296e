//! `blame`: which edition and commit each fact comes from.

use super::Session;
use super::edition::{edition_ref, heading_of};
use super::filter::names_field;
use super::range::{one_record, pick_one};
use crate::history::blame::{Voice, blame, leaves};
use crate::model::results::EditionRef;
use crate::model::view::{BlameView, BlamedFact};
use crate::model::{Document, Failure, FieldPath, Node};
use crate::report::subject_as_of;
use serde::Serialize;

/// Which edition and commit each fact of a record comes from.
#[derive(Clone, Debug, Serialize)]
pub struct BlameQuestion {
    /// The record by name.
    pub record: String,
    /// Only this field and what is below it.
    pub path: Option<String>,
    /// Which edition: `last`, `first`, a date, a git revision.
    pub as_of: String,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A name that stands for no record or for several, no edition as of then, or a field it does not have.
    pub fn blame(&self, question: &BlameQuestion) -> Result<BlameView, Failure> {
        let engine = self.engine()?;
        let names = vec![question.record.clone()];
        let archive = self.archive(&names)?;
        one_record(&archive, &question.record)?;
        let (timeline, edition) = pick_one(self, &names, &archive, &question.as_of)?.remove(0);
        let at = timeline
            .editions
            .iter()
            .position(|e| e.date == edition.date)
            .unwrap_or(timeline.editions.len() - 1);
        let subject = subject_as_of(&engine, &self.store, timeline, Some(&edition))?;
        let shape = &subject.kind.shape;
        let said = blame(timeline, at, &self.store, shape)?;
        let document = self.store.edition(&edition.revision)?;
        let keys = |path: &FieldPath| shape.key_at(path);
        let mut paths = Vec::new();
        leaves(&document.root, &FieldPath::root(), Some(shape), &mut |path| paths.push(path));
        let wanted = |path: &FieldPath| {
            let names =
                |asked: &str| names_field(asked, &path.to_string()) || names_field(asked, &path.pattern());
            question.path.as_deref().is_none_or(names)
        };
        let facts: Vec<BlamedFact> = paths
            .iter()
            .filter(|path| wanted(path))
            .filter_map(|path| {
                let node = document.at(path, &keys)?;
                let said = said.get(path)?;
                let place = document.place(node.span.start);
                let (first, last) = (voice(&said.first), voice(&said.last));
                Some(BlamedFact {
                    path: path.clone(),
                    value: Node::to_json(node),
                    line: place.line,
                    column: place.column,
                    first,
                    last,
                })
            })
            .collect();
        if let (true, Some(path)) = (facts.is_empty(), &question.path) {
            let failure =
                Failure::new(format!("{} has no `{path}` in its edition of {}", timeline.id, edition.date));
            return Err(with_known_fields(failure, path, &document, &paths));
        }
        let name = edition_ref(&edition);
        let edited = crate::rules::Edited { document: &document, edition: &name };
        Ok(BlameView {
            format: "sincewhen.blame/1",
            heading: heading_of(timeline, &subject, Some(edited)),
            edition: edition_ref(&edition),
            facts,
            text: document.text.to_string(),
        })
    }
}

/// A failure to find a path, with what it may have meant.
fn with_known_fields(failure: Failure, asked: &str, document: &Document, paths: &[FieldPath]) -> Failure {
    let near = super::nearest(asked, field_names(&document.root).iter().map(String::as_str));
    let item = item_below(asked, paths);
    let known: Vec<&str> = document.root.entries().iter().map(|e| e.key.as_str()).collect();
    let hints = [
        near.map(|near| format!("did you mean `{near}`?")),
        item.map(|item| format!("entries of a list are named by their keys: `{item}`")),
        Some(format!("its fields: {}", known.join(", "))),
    ];
    hints.into_iter().flatten().fold(failure, |failure, hint| failure.hint(hint))
}

fn voice(voice: &Voice) -> EditionRef {
    EditionRef {
        last_updated: voice.date.clone(),
        dated_by_commit: voice.by_commit,
        commit: voice.commit,
        file: voice.path.to_string(),
    }
}

/// Of a list that is asked for by a path that it does not have, an entry as paths name it: of the entries
/// whose keys the path holds a part of, the last, or the first of all.
fn item_below(asked: &str, paths: &[FieldPath]) -> Option<FieldPath> {
    let (list, rest) = asked.split_once(['[', '.'])?;
    let is_in_list = |item: &FieldPath| {
        let own = item.parent().map(|path| path.to_string()).unwrap_or_default();
        own == list || own.ends_with(&format!(".{list}"))
    };
    let items = || paths.iter().filter_map(FieldPath::item).filter(is_in_list);
    let part = rest.trim_end_matches(']').split('.').next().filter(|part| !part.is_empty());
    let named = part.and_then(|part| items().rfind(|item| item.to_string().contains(part)));
    named.or_else(|| items().next())
}

/// The names of a document's fields at any depth, each once.
fn field_names(node: &Node) -> Vec<String> {
    let mut names: Vec<String> = node.entries().iter().map(|entry| entry.key.clone()).collect();
    names.extend(node.entries().iter().flat_map(|entry| field_names(&entry.value)));
    names.extend(node.items().iter().flat_map(field_names));
    names.sort();
    names.dedup();
    names
}
