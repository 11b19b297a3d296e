//! A law over the whole dataset: each number and each date in a sentence about a step stands in an edition of
//! the record, in a calendar, or is the day of an edition. Numbers have their digits in groups, and a unit.

use super::recount::{Facts, MONTHS, calendar, dates_in};
use crate::support::own_dataset::OwnDataset;
use rayon::prelude::*;
use sincewhen::history::{Selection, Timeline};
use std::collections::BTreeSet;

/// The numbers of a sentence that have groups of digits, without the commas.
fn grouped_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';' | '–' | '“' | '”'));
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()));
    let parts = |word: &str| word.split(',').map(str::len).collect::<Vec<usize>>();
    let is_grouped = |word: &&str| {
        let lengths = parts(word);
        let are_digits = word.bytes().all(|b| b.is_ascii_digit() || b == b',');
        are_digits
            && lengths.len() > 1
            && (1..=3).contains(&lengths[0])
            && lengths[1..].iter().all(|n| *n == 3)
    };
    words.filter(is_grouped).map(|word| word.replace(',', "")).collect()
}

/// Numbers of five digits and more that are not grouped; texts of the record are quoted as they are.
fn ungrouped_in(text: &str) -> Vec<&str> {
    let own = text.split('“').map(|part| part.rsplit('”').next().unwrap_or_default());
    let words = own.flat_map(|part| part.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ';')));
    words.filter(|word| word.len() > 4 && word.bytes().all(|b| b.is_ascii_digit())).collect()
}

/// A date as sentences have it.
fn in_words(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').collect();
    let month = |text: &str| MONTHS[text.parse::<usize>().expect("a month") - 1];
    match parts[..] {
        [year, m, day] => format!("{} {} {year}", day.trim_start_matches('0'), month(m)),
        [year, m] => format!("{} {year}", month(m)),
        _ => date.to_owned(),
    }
}

/// What stands in the editions of a record up to one of them.
#[derive(Default)]
struct Known {
    facts: Facts,
    texts: Vec<String>,
}

impl Known {
    fn has_number(&self, number: &str) -> bool {
        self.texts.iter().rev().any(|text| text.contains(number))
    }

    fn has_date(&self, date: &str, of_calendars: &BTreeSet<String>) -> bool {
        let mut known = self.facts.dates.iter().chain(of_calendars);
        // A text may be broken anywhere.
        let flat = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        known.any(|one| one.starts_with(date))
            || self.texts.iter().rev().any(|text| flat(text).contains(&in_words(date)))
    }
}

#[test]
fn each_number_and_date_of_a_step_stands_in_an_edition_or_a_calendar() {
    let dataset = OwnDataset::open(&Selection::all());
    let engine = dataset.engine();
    let names = ["ccm-meetings", "mbt-meetings", "ccm-resolutions", "mbt-resolutions"];
    let of_calendars: BTreeSet<String> =
        names.iter().flat_map(|name| calendar(name)).flat_map(|o| [o.start, o.end]).collect();
    let timelines: Vec<&Timeline> = dataset.archive.timelines.values().collect();
    let of_record = |timeline: &&Timeline| -> (Vec<String>, usize) {
        dataset.with(&engine, timeline, |subject, reader| {
            let (mut known, mut faults, mut numbers) = (Known::default(), Vec::new(), 0);
            let mut before = None;
            for edition in &timeline.editions {
                let page = reader.page(edition).expect("because it can be read");
                known.facts.add(&serde_yaml::from_str(&page.document.text).expect("YAML"));
                known.facts.dates.insert(page.name.last_updated.as_str().to_owned());
                known.texts.push(page.document.text.to_string());
                let earlier = before.replace(page.clone());
                let Some(earlier) = earlier else { continue };
                for change in engine.changes(subject, earlier.edited(), page.in_context()) {
                    let said = &change.message;
                    let grouped = grouped_in(said);
                    numbers += grouped.len();
                    let strange = grouped.into_iter().filter(|number| !known.has_number(number));
                    let dates = dates_in(said);
                    let unknown = dates.into_iter().filter(|date| !known.has_date(date, &of_calendars));
                    let bare = ungrouped_in(said).into_iter().map(|number| format!("{number} ungrouped"));
                    for fault in strange.chain(unknown).chain(bare) {
                        faults.push(format!("{} of {}: {said}: {fault}", subject.id, edition.date));
                    }
                }
            }
            (faults, numbers)
        })
    };
    let found: Vec<(Vec<String>, usize)> = timelines.par_iter().map(of_record).collect();
    let numbers: usize = found.iter().map(|(_, numbers)| numbers).sum();
    let faults: Vec<String> = found.into_iter().flat_map(|(faults, _)| faults).collect();
    assert!(numbers > 20, "{numbers} numbers");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}
