//! What a page adds to the sentences of a report: an address for each, its row in the table to download, and
//! the numbers of its sources.

use super::links::{LinkTo, ProofAt};
use crate::model::RecordId;
use crate::model::report::{ReportSentence, ReportView};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};

/// The sources of a report's sentences, numbered from 1 in the order in which they are first cited.
#[derive(Default)]
pub(super) struct CitedSources {
    /// What they say, in that order.
    pub texts: Vec<String>,
    numbers: HashMap<String, usize>,
}

/// Neighbouring numbers of sources: `3` to `7`.
#[derive(Serialize)]
struct NumberSpan {
    first: usize,
    last: usize,
}

impl CitedSources {
    fn number(&mut self, text: &str) -> usize {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), self.texts.len());
        self.texts.len()
    }
}

/// Gives each sentence of a report in JSON eight more fields: `address` (unique on the page, made of its
/// fingerprint), `row` (its place in the answer as rows, from 0), `cites` (numbers of sources as spans),
/// `sentence` (with what stands beside it, as every format has it), `label` (what became of an observation,
/// in a word), `is_folded` (whether one about several records stands for it), `url` (the page of its record,
/// where there is one) and `proof` (where its proof stands, if another page has it: then its change or
/// observation is left out here). The order is that of `rows::sentences`.
pub(super) fn annotate(
    report: &mut Json,
    view: &ReportView,
    link: LinkTo<'_>,
    proof: ProofAt<'_>,
) -> CitedSources {
    let label = |one: &ReportSentence| one.observation.as_ref().map(|observation| observation.label());
    let said: Vec<(String, Option<&str>)> = all(view).map(|one| (one.sentence(), label(one))).collect();
    let sections = view.parts.iter().flat_map(|part| &part.sections);
    let lists = [&view.folded.other_years, &view.folded.late_reports, &view.folded.corrections];
    let folded = sections.flat_map(|section| &section.folded).chain(lists.into_iter().flatten());
    let folded: HashSet<&str> = folded.flat_map(|one| &one.stands_for).map(String::as_str).collect();
    let mut sources = CitedSources::default();
    let (mut taken, mut row) = (HashSet::new(), 0);
    let mut each = |list: Option<&mut Json>| {
        for one in list.and_then(Json::as_array_mut).into_iter().flatten().filter_map(Json::as_object_mut) {
            let is_folded = fingerprint(one).is_some_and(|own| folded.contains(own));
            let address = address(one, &mut taken);
            let cites = cites(one, &mut sources);
            one.insert("address".to_owned(), address.into());
            one.insert("row".to_owned(), row.into());
            one.insert("cites".to_owned(), cites);
            let (sentence, label) = said.get(row).cloned().unwrap_or_default();
            one.insert("sentence".to_owned(), sentence.into());
            one.insert("label".to_owned(), label.into());
            one.insert("is_folded".to_owned(), is_folded.into());
            let record = one.get("record").and_then(Json::as_str).map(|id| RecordId(id.to_owned()));
            let elsewhere = record.as_ref().and_then(|record| proof(record, fingerprint(one)?));
            if elsewhere.is_some() {
                one.shift_remove("change");
                one.shift_remove("observation");
            }
            one.insert("proof".to_owned(), elsewhere.into());
            one.insert("url".to_owned(), record.and_then(|record| link(&record)).into());
            row += 1;
        }
    };
    let parts = report.get_mut("parts").and_then(Json::as_array_mut).into_iter().flatten();
    let sections = parts.filter_map(|part| part.get_mut("sections")?.as_array_mut()).flatten();
    sections.for_each(|section| each(section.get_mut("items")));
    for name in ["other_years", "late_reports", "corrections"] {
        each(report.get_mut(name));
    }
    each(report.get_mut("corrected_since").and_then(|since| since.get_mut("corrections")));
    sources
}

/// The sentences of a report that have a row, in its order.
fn all(view: &ReportView) -> impl Iterator<Item = &ReportSentence> {
    let sections = view.parts.iter().flat_map(|part| &part.sections).flat_map(|section| &section.items);
    let rest = view.other_years.iter().chain(&view.late_reports).chain(&view.corrections);
    sections.chain(rest).chain(&view.corrected_since.corrections)
}

/// The change or the observation that a sentence is.
fn said(one: &Map<String, Json>) -> Option<&Json> {
    one.get("change").or_else(|| one.get("observation"))
}

fn fingerprint(one: &Map<String, Json>) -> Option<&str> {
    said(one)?.get("fingerprint")?.as_str()
}

fn address(one: &Map<String, Json>, taken: &mut HashSet<String>) -> String {
    let base = format!("s-{}", fingerprint(one).unwrap_or_default());
    let mut tries = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
    tries.find(|address| taken.insert(address.clone())).expect("because the numbers do not end")
}

fn cites(one: &Map<String, Json>, sources: &mut CitedSources) -> Json {
    let cited = said(one).and_then(|said| said.get("sources")?.as_array()).into_iter().flatten();
    let texts = cited.filter_map(|source| source.get("text")?.as_str());
    let mut numbers: Vec<usize> = texts.map(|text| sources.number(text)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut spans: Vec<NumberSpan> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some(span) if span.last + 1 == number => span.last = number,
            _ => spans.push(NumberSpan { first: number, last: number }),
        }
    }
    serde_json::to_value(spans).expect("because spans are numbers")
}
