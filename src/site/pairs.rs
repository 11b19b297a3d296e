//! Any two editions of a record: the pairs, how many sentences lie between the two, and the style that shows
//! only those.
//!
//! Each pair is the anchor of a link, so that a page shows what changed between two editions without a
//! script.

use super::paths;
use super::sentences::{EditionLink, SentenceRow, StepSentence, own_rows};
use crate::model::PartialDate;
use serde::Serialize;
use std::fmt::Write;

/// An edition with the later ones that it can be compared with, in a row.
#[derive(Debug, Serialize)]
pub struct PairRow {
    date: PartialDate,
    /// One for each edition but the first; none for those that are not later.
    cells: Vec<Option<EditionPair>>,
}

#[derive(Debug, Serialize)]
struct EditionPair {
    pair: String,
    count: usize,
}

/// What changed between two neighbouring editions.
#[derive(Debug, Serialize)]
pub struct PairStep<'s> {
    from: &'s EditionLink,
    to: &'s EditionLink,
    said: Vec<SentenceRow>,
}

/// The anchor of a pair of editions.
pub fn anchor(from: &PartialDate, to: &PartialDate) -> String {
    format!("{}..{}", paths::segment(&from.to_string()), paths::segment(&to.to_string()))
}

/// The steps between the editions of a record, oldest first.
pub fn steps<'s>(editions: &'s [EditionLink], said: &[StepSentence]) -> Vec<PairStep<'s>> {
    let step = |pair: &'s [EditionLink]| {
        let (from, to) = (&pair[0], &pair[1]);
        PairStep { from, to, said: own_rows(said.iter().filter(|one| one.edition == to.date)) }
    };
    editions.windows(2).map(step).collect()
}

/// Every pair of editions, by the earlier one.
pub fn rows(steps: &[PairStep<'_>]) -> Vec<PairRow> {
    let row = |(earlier, first): (usize, &PairStep<'_>)| {
        let mut count = 0;
        let cell = |(later, step): (usize, &PairStep<'_>)| {
            (later >= earlier).then(|| {
                count += step.said.len();
                EditionPair { pair: anchor(&first.from.date, &step.to.date), count }
            })
        };
        PairRow { date: first.from.date.clone(), cells: steps.iter().enumerate().map(cell).collect() }
    };
    steps.iter().enumerate().map(row).collect()
}

/// A style sheet by which a page of at most `most` editions shows the steps of the pair that its address
/// names, and no others.
pub fn style(most: usize) -> String {
    let mut out = String::new();
    let steps = ".steps > section:nth-of-type";
    for at in 1..most {
        let (row, column) = (format!("tbody tr:nth-child({at})"), format!("td:nth-of-type({at})"));
        let (before, after) = (at - 1, at + 1);
        writeln!(out, "main:has(.pairs {row} :target) {steps}(-n+{before}) {{ display: none; }}")
            .expect(WRITES);
        writeln!(out, "main:has(.pairs {column} :target) {steps}(n+{after}) {{ display: none; }}")
            .expect(WRITES);
    }
    out
}

const WRITES: &str = "because writing to a string cannot fail";
