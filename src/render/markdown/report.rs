//! The yearly report as Markdown, ready to paste into a chapter.

use super::{escape, finish, line, proof};
use crate::model::report::{
    Coverage, EndedRecord, Folded, ReportSentence, ReportView, RevisedLine, RevisedReport, Section, TallyRow,
    unfolded,
};
use crate::model::text::grouped;

/// The answer of `report`.
pub fn report(view: &ReportView, verbose: bool) -> String {
    let mut out = String::new();
    line(&mut out, &format!("# {}: {}\n", escape(&view.title), escape(&view.period.name)));
    if !view.lead.is_empty() {
        line(&mut out, &format!("**{}**\n", escape(&view.lead)));
    }
    line(&mut out, &format!("{}\n", escape(&view.coverage.in_words())));
    for part in &view.parts {
        let mut level = "##";
        if let Some(title) = &part.title {
            line(&mut out, &format!("## {}\n", escape(title)));
            level = "###";
        }
        for section in &part.sections {
            let count = number(section.items.len());
            line(&mut out, &format!("{level} {} ({count})\n", escape(&section.title)));
            self::section(&mut out, section, verbose);
            out.push('\n');
        }
    }
    ended(&mut out, &view.ended);
    let folded = &view.folded;
    let title = "## Events of other years, first recorded in this period";
    folded_sentences(&mut out, title, (&view.other_years, &folded.other_years), verbose);
    folded_sentences(&mut out, "## Late reports", (&view.late_reports, &folded.late_reports), verbose);
    let corrections = (&view.corrections[..], &folded.corrections[..]);
    folded_sentences(&mut out, "## Corrections and retractions", corrections, verbose);
    let earlier = (&view.revised[..], &folded.revised[..]);
    revised(&mut out, "## Earlier reports, as they would read with this period's editions", earlier, true);
    sentences(&mut out, "## Corrected since", &view.corrected_since.corrections, verbose);
    let since = (&view.corrected_since.revised[..], &folded.corrected_since[..]);
    revised(&mut out, "## This report, as it would read now", since, false);
    if !view.undone.is_empty() {
        line(&mut out, &format!("## Changed and changed back ({})\n", view.undone.len()));
        for one in &view.undone {
            line(&mut out, &format!("- **{}**: {}", escape(&one.heading), escape(&one.message)));
        }
        out.push('\n');
    }
    coverage(&mut out, &view.coverage);
    finish(out)
}

fn section(out: &mut String, section: &Section, verbose: bool) {
    match &section.tally {
        Some(rows) => tally(out, rows),
        None => {
            section.unfolded().for_each(|one| item(out, one, verbose));
            for one in &section.folded {
                line(out, &format!("- {}", escape(&one.message)));
            }
        }
    }
}

/// A count with its digits in groups.
fn number(count: usize) -> String {
    grouped(&count.to_string())
}

fn ended(out: &mut String, records: &[EndedRecord]) {
    if records.is_empty() {
        return;
    }
    line(out, &format!("## Records that ended ({})\n", records.len()));
    for one in records {
        line(out, &format!("- **{}**: {}", escape(&one.heading), escape(&one.in_words())));
    }
    out.push('\n');
}

fn folded_sentences(
    out: &mut String,
    heading: &str,
    (items, folded): (&[ReportSentence], &[Folded]),
    verbose: bool,
) {
    if items.is_empty() {
        return;
    }
    line(out, &format!("{heading} ({})\n", number(items.len())));
    // With its proof each sentence stands by itself.
    let folded = if verbose { &[] } else { folded };
    unfolded(items, folded).for_each(|one| item(out, one, verbose));
    for one in folded {
        line(out, &format!("- {}", escape(&one.message)));
    }
    out.push('\n');
}

fn sentences(out: &mut String, heading: &str, items: &[ReportSentence], verbose: bool) {
    if items.is_empty() {
        return;
    }
    line(out, &format!("{heading} ({})\n", number(items.len())));
    items.iter().for_each(|one| item(out, one, verbose));
    out.push('\n');
}

fn item(out: &mut String, one: &ReportSentence, verbose: bool) {
    line(out, &format!("- **{}**: {}", escape(&one.heading), escape(&one.sentence())));
    let evidence = one.change.as_ref().map(|c| &c.evidence).or(one.observation.as_ref().map(|o| &o.evidence));
    proof(out, evidence.map_or(&[], Vec::as_slice), one.fingerprint(), verbose);
}

fn tally(out: &mut String, rows: &[TallyRow]) {
    let mut values: Vec<(&str, &str)> = Vec::new();
    for count in rows.iter().flat_map(|row| &row.counts) {
        if !values.iter().any(|(value, _)| *value == count.value) {
            values.push((&count.value, &count.said));
        }
    }
    let head: Vec<String> = values.iter().map(|(_, said)| escape(said)).collect();
    line(out, &format!("| | {} | all |", head.join(" | ")));
    line(out, &format!("|---|{}---:|", "---:|".repeat(values.len())));
    for row in rows {
        let count = |value: &str| row.counts.iter().find(|c| c.value == value).map_or(0, |c| c.count);
        let cells: Vec<String> = values.iter().map(|(value, _)| number(count(value))).collect();
        line(
            out,
            &format!(
                "| {} | {} | {} |",
                escape(row.group.as_deref().unwrap_or("")),
                cells.join(" | "),
                number(row.total)
            ),
        );
    }
}

fn revised(
    out: &mut String,
    heading: &str,
    (list, lines): (&[RevisedReport], &[RevisedLine]),
    by_report: bool,
) {
    if list.is_empty() {
        return;
    }
    let count: usize = list.iter().map(|one| one.sentences.len()).sum();
    line(out, &format!("{heading} ({})\n", number(count)));
    let mut report = None;
    for one in lines {
        if by_report && report != Some(&one.report) {
            if report.is_some() {
                out.push('\n');
            }
            line(out, &format!("### {}\n", escape(&one.report)));
            report = Some(&one.report);
        }
        let words = match (&one.before, &one.after) {
            (Some(before), Some(after)) => format!("“{}” would read: {}", escape(before), escape(after)),
            (Some(before), None) => format!("“{}” would not be said", escape(before)),
            (None, after) => format!("would also say: {}", escape(after.as_deref().unwrap_or(""))),
        };
        line(out, &format!("- **{}**: {words}", escape(&one.heading)));
    }
    out.push('\n');
}

fn coverage(out: &mut String, coverage: &Coverage) {
    if coverage.records == 0 {
        return;
    }
    line(out, "## Coverage\n\n| records | |\n|---|---:|");
    for (name, count) in coverage.counts().into_iter().filter(|(_, count)| *count > 0) {
        line(out, &format!("| {name} | {count} |"));
    }
    line(out, &format!("| **all** | {} |\n", coverage.records));
    for (name, names) in coverage.named() {
        let names: Vec<String> = names.into_iter().map(escape).collect();
        line(out, &format!("{name}: {}.\n", names.join("; ")));
    }
}
