//! What a branch would make the tool say: the comment on a pull request.
//!
//! The hidden first line lets a bot find and replace its own comment. One quiet line where nothing changes.

use super::markdown;
use crate::model::finding::{PullRequestView, RecordEdit, Rewritten, Sentence};
use crate::render::markdown::{code, escape};
use std::fmt::Write;

/// By this a comment is known as the tool's own.
pub const MARKER: &str = "<!-- sincewhen:pull-request -->";
/// The most sentences of one section.
const MOST: usize = 120;
/// The longest comment, in bytes; GitHub takes 65,536 characters.
const LONGEST: usize = 60_000;

/// The answer of `changelog BASE...HEAD`.
pub fn write(view: &PullRequestView) -> String {
    let mut out = format!("{MARKER}\n");
    let quiet = view.records.is_empty()
        && view.check.summary.total() == 0
        && view.check.policy_changes.is_empty()
        && view.check.own_acceptances.is_empty();
    if quiet && view.notes.is_empty() {
        out.push_str("Nothing that is published would read differently, and the checks found nothing new.\n");
        return out;
    }
    for note in &view.notes {
        put(&mut out, format_args!("> {}\n\n", escape(note)));
    }
    out.push_str("### Checks\n\n");
    out.push_str(&markdown::body(&view.check, LONGEST / 2));
    rewritten(&mut out, &view.records);
    reports(&mut out, &view.records);
    added(&mut out, &view.records);
    cut(out)
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("because writing to a string cannot fail");
}

fn cut(mut out: String) -> String {
    if out.len() > LONGEST {
        let mut end = LONGEST;
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        let end = out[..end].rfind('\n').unwrap_or(end);
        out.truncate(end);
        out.push_str("\n\n… cut here; `sincewhen changelog BASE...HEAD` on a terminal shows all of it\n");
    }
    out
}

fn head(out: &mut String, record: &RecordEdit) {
    let standing = record.standing.map_or_else(String::new, |word| format!(" (the record {word} here)"));
    put(out, format_args!("\n**{}** {}{standing}\n", escape(&record.heading), code(&record.record.0)));
}

fn added(out: &mut String, records: &[RecordEdit]) {
    let with: Vec<&RecordEdit> =
        records.iter().filter(|record| !record.added.is_empty() || record.standing.is_some()).collect();
    if with.is_empty() {
        return;
    }
    out.push_str("\n### New sentences\n");
    let mut left = MOST;
    for record in with {
        head(out, record);
        out.push('\n');
        for sentence in record.added.iter().take(left) {
            put(out, format_args!("- {}\n", line(sentence)));
        }
        more(out, record.added.len(), &mut left);
    }
}

fn rewritten(out: &mut String, records: &[RecordEdit]) {
    let with: Vec<&RecordEdit> = records.iter().filter(|record| !record.rewritten.is_empty()).collect();
    if with.is_empty() {
        return;
    }
    out.push_str("\n### Published sentences that would read differently\n");
    let mut left = MOST;
    for record in with {
        head(out, record);
        out.push('\n');
        for Rewritten { before, after } in record.rewritten.iter().take(left) {
            match (before, after) {
                (Some(before), Some(after)) => {
                    put(out, format_args!("- {} <br>now: {}\n", line(before), escape(&after.message)));
                }
                (Some(before), None) => put(out, format_args!("- no longer: {}\n", line(before))),
                (None, Some(after)) => put(out, format_args!("- newly: {}\n", line(after))),
                (None, None) => {}
            }
        }
        more(out, record.rewritten.len(), &mut left);
    }
}

fn more(out: &mut String, count: usize, left: &mut usize) {
    if count > *left {
        put(out, format_args!("- … and {} more\n", count - *left));
    }
    *left = left.saturating_sub(count);
}

fn reports(out: &mut String, records: &[RecordEdit]) {
    let years: std::collections::BTreeSet<i32> =
        records.iter().flat_map(|record| record.reports.iter().copied()).collect();
    if !years.is_empty() {
        let years: Vec<String> = years.iter().map(i32::to_string).collect();
        put(out, format_args!("\nYearly reports that would read differently: {}\n", years.join(", ")));
    }
}

fn line(sentence: &Sentence) -> String {
    let editions = match &sentence.from {
        Some(from) => format!("{from} → {}", sentence.to),
        None => sentence.to.to_string(),
    };
    format!("{editions} *{}*: {}", escape(&sentence.label), escape(&sentence.message))
}
