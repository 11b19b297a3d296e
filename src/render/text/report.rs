//! The yearly report as text.

use super::{BOLD, DIM, Layout, paragraph, plain, proof, trim_end};
use crate::model::report::{
    EndedRecord, Folded, ReportSentence, ReportView, RevisedLine, RevisedReport, Section, TallyRow, unfolded,
};
use crate::model::text::grouped;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// The answer of `report`.
pub fn report(view: &ReportView, layout: Layout) -> String {
    let mut out = String::new();
    writeln!(out, "{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", plain(&view.period.name), plain(&view.title))
        .expect(WRITES);
    if !view.lead.is_empty() {
        paragraph(&mut out, layout, (0, ""), &view.lead, BOLD);
    }
    paragraph(&mut out, layout, (0, ""), &view.coverage.in_words(), Style::new());
    for part in &view.parts {
        if let Some(title) = &part.title {
            let style = AnsiColor::Cyan.on_default().bold();
            writeln!(out, "\n{style}{}{style:#}", plain(title)).expect(WRITES);
        }
        for one in &part.sections {
            section(&mut out, one, layout);
        }
    }
    ended(&mut out, &view.ended, layout);
    let folded = &view.folded;
    let title = "Events of other years, first recorded in this period";
    folded_sentences(&mut out, title, (&view.other_years, &folded.other_years), layout);
    folded_sentences(&mut out, "Late reports", (&view.late_reports, &folded.late_reports), layout);
    let corrections = (&view.corrections[..], &folded.corrections[..]);
    folded_sentences(&mut out, "Corrections and retractions", corrections, layout);
    revised(
        &mut out,
        "Earlier reports, as they would read with this period's editions",
        (&view.revised, &folded.revised),
        layout,
    );
    sentences(&mut out, "Corrected since", &view.corrected_since.corrections, layout);
    let since = (&view.corrected_since.revised[..], &folded.corrected_since[..]);
    revised(&mut out, "This report, as it would read now", since, layout);
    if !view.undone.is_empty() {
        counted(&mut out, "Changed and changed back", view.undone.len());
        for one in &view.undone {
            paragraph(
                &mut out,
                layout,
                (4, "  • "),
                &format!("{}: {}", one.heading, one.message),
                Style::new(),
            );
        }
    }
    if view.coverage.records == 0 {
        return trim_end(out);
    }
    heading(&mut out, "Coverage");
    for (name, count) in view.coverage.counts().into_iter().filter(|(_, count)| *count > 0) {
        writeln!(out, "  {count:>5} {name}").expect(WRITES);
    }
    writeln!(out, "  {:>5} records", view.coverage.records).expect(WRITES);
    for (name, names) in view.coverage.named() {
        paragraph(&mut out, layout, (2, ""), &format!("{name}: {}", names.join("; ")), Style::new());
    }
    trim_end(out)
}

const WRITES: &str = "because writing to a string cannot fail";

fn heading(out: &mut String, text: &str) {
    writeln!(out, "\n{BOLD}{}{BOLD:#}", plain(text)).expect(WRITES);
}

fn section(out: &mut String, section: &Section, layout: Layout) {
    match &section.tally {
        Some(rows) => {
            counted(out, &section.title, section.items.len());
            rows.iter().for_each(|row| tally(out, row, layout));
        }
        None => folded_sentences(out, &section.title, (&section.items, &section.folded), layout),
    }
}

/// A heading with how many sentences stand under it.
fn counted(out: &mut String, title: &str, count: usize) {
    let count = grouped(&count.to_string());
    writeln!(out, "\n{BOLD}{}{BOLD:#}  {DIM}({count}){DIM:#}", plain(title)).expect(WRITES);
}

fn ended(out: &mut String, records: &[EndedRecord], layout: Layout) {
    if records.is_empty() {
        return;
    }
    counted(out, "Records that ended", records.len());
    for one in records {
        let sentence = format!("{}: {}", one.heading, one.in_words());
        paragraph(out, layout, (4, "  • "), &sentence, Style::new());
    }
}

fn tally(out: &mut String, row: &TallyRow, layout: Layout) {
    let counts: Vec<String> =
        row.counts.iter().map(|c| format!("{} {}", grouped(&c.count.to_string()), c.said)).collect();
    let group = row.group.as_ref().map_or_else(String::new, |group| format!("{group}: "));
    paragraph(
        out,
        layout,
        (4, "  • "),
        &format!("{group}{} ({} in all)", counts.join(", "), grouped(&row.total.to_string())),
        Style::new(),
    );
}

fn folded_sentences(
    out: &mut String,
    title: &str,
    (items, folded): (&[ReportSentence], &[Folded]),
    layout: Layout,
) {
    if items.is_empty() {
        return;
    }
    counted(out, title, items.len());
    // With its proof each sentence stands by itself.
    let folded = if layout.verbose { &[] } else { folded };
    unfolded(items, folded).for_each(|one| item(out, one, layout));
    for one in folded {
        paragraph(out, layout, (4, "  • "), &one.message, Style::new());
    }
}

fn sentences(out: &mut String, title: &str, items: &[ReportSentence], layout: Layout) {
    if items.is_empty() {
        return;
    }
    counted(out, title, items.len());
    items.iter().for_each(|one| item(out, one, layout));
}

fn item(out: &mut String, one: &ReportSentence, layout: Layout) {
    paragraph(out, layout, (4, "  • "), &format!("{}: {}", one.heading, one.sentence()), Style::new());
    if !layout.verbose {
        return;
    }
    if let Some(observation) = &one.observation {
        proof::examined(out, layout, observation);
    }
    let (evidence, sources) = match (&one.change, &one.observation) {
        (Some(c), _) => (&c.evidence, &c.sources),
        (None, Some(o)) => (&o.evidence, &o.sources),
        (None, None) => return,
    };
    proof::places(out, evidence);
    proof::citations(out, layout, sources);
    writeln!(out, "      {DIM}{} {}{DIM:#}", plain(&one.rule), one.fingerprint()).expect(WRITES);
}

fn revised(out: &mut String, title: &str, (list, lines): (&[RevisedReport], &[RevisedLine]), layout: Layout) {
    if list.is_empty() {
        return;
    }
    counted(out, title, list.iter().map(|one| one.sentences.len()).sum());
    for one in lines {
        let words = match (&one.before, &one.after) {
            (Some(before), Some(after)) => format!("“{before}” would read: {after}"),
            (Some(before), None) => format!("“{before}” would not be said"),
            (None, after) => format!("would also say: {}", after.as_deref().unwrap_or("")),
        };
        let line = format!("{} {}: {words}", one.report, one.heading);
        paragraph(out, layout, (4, "  • "), &line, Style::new());
    }
}
