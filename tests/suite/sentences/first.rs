//! A law over the whole dataset: what a sentence calls first recorded in an edition stands in that edition,
//! and in none before it.

use crate::support::own_dataset::OwnDataset;
use rayon::prelude::*;
use sincewhen::history::{Selection, Timeline};
use sincewhen::model::results::Change;
use sincewhen::model::{FieldPath, NatureKind, Node, PartialDate, Step};
use sincewhen::report::ReadEdition;
use sincewhen::rules::Subject;

const FIRST: &str = "first recorded in ";

/// The date of the edition that a sentence says to be the first, if it says so.
fn claimed(change: &Change, to: &PartialDate) -> Option<PartialDate> {
    let (_, rest) = change.message.split_once(FIRST).filter(|_| change.rule != "repeated")?;
    let Some(date) = rest.strip_prefix("the edition of ") else { return Some(to.clone()) };
    let end = date.find([')', ':', ';']).unwrap_or(date.len());
    Some(in_figures(date[..end].trim()))
}

/// `4 June 2019` as a date.
fn in_figures(words: &str) -> PartialDate {
    let parts: Vec<&str> = words.split(' ').collect();
    let [day, month, year] = parts[..] else { panic!("`{words}` is no day") };
    let month = super::recount::MONTHS.iter().position(|name| *name == month).expect("a month") + 1;
    format!("{year}-{month:02}-{day:0>2}").parse().expect("a date")
}

/// What an edition has at a path, as far as it can be the same fact: an item is one whatever it holds, a
/// field is its value. A text may be worded anew: what it is about is what was recorded.
fn has(subject: &Subject<'_>, page: &ReadEdition, path: &FieldPath, value: &Node) -> bool {
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let is_item = matches!(path.0.last(), Some(Step::Item(_) | Step::Member(_)));
    let node = page.document.root.at(path, &keys);
    let is_text =
        subject.kind.shape.at(path).is_some_and(|shape| shape.nature == Some(NatureKind::Editorial));
    node.is_some_and(|node| is_item || is_text || node.same_value(value))
}

/// The faults in what is said from one edition to a later one.
fn faults(
    subject: &Subject<'_>,
    pages: &[ReadEdition],
    (from, to): (usize, usize),
    changes: &[Change],
) -> Vec<String> {
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let mut out = Vec::new();
    for change in changes {
        let Some(first) = claimed(change, &pages[to].name.last_updated) else { continue };
        let path = &change.path;
        let Some(value) = pages[to].document.root.at(path, &keys) else { continue };
        let earliest = pages[..=to].iter().find(|page| has(subject, page, path, value));
        let earliest = earliest.map(|page| page.name.last_updated.clone());
        if earliest.as_ref() != Some(&first) {
            let at = |at: usize| &pages[at].name.last_updated;
            let (from, to, said) = (at(from), at(to), &change.message);
            out.push(format!("{} {from}..{to}: {said}: `{path}` stands in {earliest:?}", subject.id));
        }
    }
    out
}

#[test]
fn what_is_called_first_recorded_stands_in_no_edition_before() {
    let dataset = OwnDataset::open(&Selection::all());
    let engine = dataset.engine();
    let timelines: Vec<&Timeline> = dataset.archive.timelines.values().collect();
    let faults: Vec<String> = timelines
        .par_iter()
        .flat_map_iter(|timeline| {
            dataset.with(&engine, timeline, |subject, reader| {
                let pages: Vec<ReadEdition> = timeline
                    .editions
                    .iter()
                    .map(|edition| reader.page(edition).expect("because it can be read"))
                    .collect();
                let last = pages.len() - 1;
                let steps = (1..=last).map(|to| (to - 1, to));
                let ranges = [(0, last), (last / 2, last)].into_iter().filter(|(from, to)| to - from > 1);
                let all = steps.chain(ranges).flat_map(|(from, to)| {
                    let changes = engine.changes(subject, pages[from].edited(), pages[to].in_context());
                    faults(subject, &pages, (from, to), &changes)
                });
                all.collect::<Vec<String>>()
            })
        })
        .collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}
