//! Any two editions of a record: the pairs, how many sentences lie between the two, and the style that shows
//! only those.
//!
//! Each pair is the anchor of a link, so that a page shows what changed between two editions without a
//! script.

use super::markup::Markup;
use super::paths;
use super::sentences::{EditionLink, StepSentence};
use crate::model::PartialDate;
use minijinja::Value;
use std::fmt::Write;

/// What changed between two neighbouring editions.
#[derive(Debug)]
pub struct PairStep<'s> {
    from: &'s EditionLink,
    to: &'s EditionLink,
    said: Vec<&'s StepSentence>,
}

/// The anchor of a pair of editions.
pub fn anchor(from: &PartialDate, to: &PartialDate) -> String {
    format!("{}..{}", paths::segment(&from.to_string()), paths::segment(&to.to_string()))
}

/// The steps between the editions of a record, oldest first.
pub fn steps<'s>(editions: &'s [EditionLink], said: &'s [StepSentence]) -> Vec<PairStep<'s>> {
    let step = |pair: &'s [EditionLink]| {
        let (from, to) = (&pair[0], &pair[1]);
        PairStep { from, to, said: said.iter().filter(|one| one.edition == to.date).collect() }
    };
    editions.windows(2).map(step).collect()
}

/// Every pair of editions as rows of a table, by the earlier one: a cell for each edition but the first,
/// empty for those that are not later.
pub fn table(steps: &[PairStep<'_>]) -> Value {
    let dates: Vec<String> = steps.iter().map(|step| paths::segment(&step.to.date.to_string())).collect();
    let mut out = Markup::default();
    for (earlier, first) in steps.iter().enumerate() {
        let from = paths::segment(&first.from.date.to_string());
        out.raw("<tr><th scope=\"row\">").of(&first.from.date).raw("</th>");
        for _ in 0..earlier {
            out.raw("<td></td>");
        }
        let mut count = 0;
        for (step, to) in steps.iter().zip(&dates).skip(earlier) {
            count += step.said.len();
            for (before, after) in [("<td><a id=\"", "\" "), ("href=\"#", "\">")] {
                out.raw(before).text(&from).raw("..").text(to).raw(after);
            }
            out.of(&count).raw("</a></td>");
        }
        out.raw("</tr>\n");
    }
    out.value()
}

/// What changed with each step, a section each.
pub fn sections(steps: &[PairStep<'_>]) -> Value {
    let mut out = Markup::default();
    for step in steps {
        out.raw("<section>\n<h2>");
        for (link, after) in [(step.from, "</a> → "), (step.to, "</a></h2>\n")] {
            out.raw("<a href=\"").text(&link.page).raw("\">").of(&link.date).raw(after);
        }
        if step.said.is_empty() {
            out.raw("<p>Nothing.</p>\n</section>\n");
            continue;
        }
        out.raw("<ul class=\"standing\">\n");
        for one in &step.said {
            out.raw("<li><a href=\"sentences.html#").text(&one.fingerprint).raw("\">").text(&one.message);
            out.raw("</a> <span class=\"quiet\">").text(&one.nature.replace('-', " ")).raw("</span></li>\n");
        }
        out.raw("</ul>\n</section>\n");
    }
    out.value()
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
