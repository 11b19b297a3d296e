//! A law over the whole dataset: each number and each date in a sentence about a step, or about a range of
//! editions, stands in an edition of the record up to then, in a calendar, or is the day of an edition.
//! Numbers have their digits in groups, and a unit.

use super::recount::{Facts, MONTHS, calendar, dates_in};
use crate::support::own_dataset::OwnDataset;
use rayon::prelude::*;
use sincewhen::history::{Selection, Timeline};
use sincewhen::report::ReadEdition;
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

/// What a sentence says that does not stand in what is known.
fn strange(said: &str, known: &Known, of_calendars: &BTreeSet<String>) -> Vec<String> {
    let numbers = grouped_in(said).into_iter().filter(|number| !known.has_number(number));
    let dates = dates_in(said).into_iter().filter(|date| !known.has_date(date, of_calendars));
    let bare = ungrouped_in(said).into_iter().map(|number| format!("{number} ungrouped"));
    numbers.chain(dates).chain(bare).collect()
}

/// From which editions the ranges of a record go to one of its editions: the one before, the first, the one
/// in the middle, and another for each record.
fn starts(to: usize, record: &str) -> BTreeSet<usize> {
    let offset: usize = record.bytes().map(usize::from).sum();
    BTreeSet::from([to - 1, 0, to / 2, offset % to])
}

#[test]
fn each_number_and_date_of_a_range_stands_in_an_edition_or_a_calendar() {
    let dataset = OwnDataset::open(&Selection::all());
    let engine = dataset.engine();
    let names = ["ccm-meetings", "mbt-meetings", "ccm-resolutions", "mbt-resolutions"];
    let of_calendars: BTreeSet<String> =
        names.iter().flat_map(|name| calendar(name)).flat_map(|o| [o.start, o.end]).collect();
    let timelines: Vec<&Timeline> = dataset.archive.timelines.values().collect();
    let of_record = |timeline: &&Timeline| -> (Vec<String>, usize) {
        dataset.with(&engine, timeline, |subject, reader| {
            let (mut known, mut faults, mut numbers) = (Known::default(), Vec::new(), 0);
            let mut pages: Vec<ReadEdition> = Vec::new();
            let last = timeline.editions.len().saturating_sub(1);
            for (to, edition) in timeline.editions.iter().enumerate() {
                let page = reader.page(edition).expect("because it can be read");
                known.facts.add(&serde_yaml::from_str(&page.document.text).expect("YAML"));
                known.facts.dates.insert(page.name.last_updated.as_str().to_owned());
                known.texts.push(page.document.text.to_string());
                pages.push(page);
                // Each step, and of ranges those to the last edition and to one in six.
                let is_end = to == last || (to + subject.id.0.len()).is_multiple_of(6);
                let all = if to > 0 { starts(to, &subject.id.0) } else { BTreeSet::new() };
                for from in all.into_iter().filter(|from| is_end || from + 1 == to) {
                    let (from, to) = (&pages[from], &pages[to]);
                    for change in engine.changes(subject, from.edited(), to.in_context()) {
                        numbers += grouped_in(&change.message).len();
                        for fault in strange(&change.message, &known, &of_calendars) {
                            let (from, to) = (&from.name.last_updated, &to.name.last_updated);
                            let said = &change.message;
                            faults.push(format!("{} {from}..{to}: {said}: {fault}", subject.id));
                        }
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
