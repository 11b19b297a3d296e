//! The answer of `import` for people.
//!
//! Each fact stands with its place, how sure the reading is, and the notes it cites; facts of one reading
//! that differ only in the entry they are about share a line. What was not understood follows with its lines.

use super::{
    BOLD, DIM, INDENT, Layout, change_lines, heading, labelled, observation_lines, paragraph, plain, trim_end,
};
use crate::model::draft::{DraftView, DraftedFact, DraftedRecord, FactOutcome, SourcePlace};
use crate::model::{FieldPath, Step};
use anstyle::{AnsiColor, Style};
use serde_json::Value;
use std::fmt::Write;

/// Readings below this are marked as doubtful.
const SURE: f64 = 0.7;
/// The most characters of a value that stood in the record.
const BEFORE: usize = 70;
/// The most entries of one reading that are named.
const ENTRIES: usize = 4;
/// The most records of a table that are listed one by one.
const LISTED_ALONE: usize = 12;

/// The answer of `import`; `write` says whether the files were to be written.
pub fn draft(view: &DraftView, layout: Layout) -> String {
    let write = view.to_write;
    let mut out = String::new();
    if view.reads == "pages" {
        view.records.iter().for_each(|record| of_page(&mut out, layout, record));
    } else {
        of_table(&mut out, layout, view);
    }
    for entry in &view.entries {
        let gap = if out.is_empty() { "" } else { "\n" };
        line(
            &mut out,
            &format!("{gap}{BOLD}{}{BOLD:#}  {DIM}new in {}{DIM:#}", plain(&entry.id), plain(&entry.file)),
        );
    }
    if !view.findings.is_empty() {
        line(&mut out, &format!("\n{BOLD}Findings in the text{BOLD:#}\n"));
        out.push_str(&crate::render::findings::text::alone(&view.findings, layout.width));
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    if !view.remarks.is_empty() {
        out.push('\n');
    }
    for remark in &view.remarks {
        paragraph(&mut out, layout, (2, ""), &format!("note: {remark}"), DIM);
    }
    let gap = if out.is_empty() { "" } else { "\n" };
    line(&mut out, &format!("{gap}{}", summary(view, write)));
    trim_end(out)
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("because writing to a string cannot fail");
}

/// A record and what a page says of it.
fn of_page(out: &mut String, layout: Layout, record: &DraftedRecord) {
    head(out, layout, record);
    line(
        out,
        &format!("\n{DIM}facts in {}, with line and how sure the reading is{DIM:#}", plain(&record.source)),
    );
    let mut at = 0;
    while at < record.facts.len() {
        let first = &record.facts[at];
        let alike = record.facts[at..].iter().take_while(|fact| is_alike(first, fact)).count();
        fact_lines(out, layout, &record.source, &record.facts[at..at + alike]);
        at += alike;
    }
    if record.facts.is_empty() {
        line(out, "  none");
    }
    if !record.not_understood.is_empty() {
        line(out, &format!("\n{DIM}not understood{DIM:#}"));
        for left in &record.not_understood {
            let partly = if left.partly { "the rest of a sentence: " } else { "" };
            passage(out, layout, left.place, &format!("{partly}{}", left.text));
        }
    }
    if !record.set_aside.is_empty() {
        line(out, &format!("\n{DIM}understood, and no field is for it{DIM:#}"));
        record.set_aside.iter().for_each(|aside| passage(out, layout, aside.place, &aside.text));
    }
    if !record.unmentioned.is_empty() {
        line(
            out,
            &format!("\n{DIM}in the record, and not in the text: it stays until you take it out{DIM:#}"),
        );
        let paths: Vec<String> = record.unmentioned.iter().map(ToString::to_string).collect();
        paragraph(out, layout, (2, ""), &paths.join(", "), Style::new());
    }
    let title = if record.state == "older" { "what it would have changed then" } else { "what it changes" };
    if record.changelog.is_some() {
        line(out, &format!("\n{DIM}{title}{DIM:#}"));
    }
    changelog(out, layout, record);
    errors(out, layout, record);
}

/// The records a table changes: each for itself, or counted by what is said of them where there are many.
fn of_table(out: &mut String, layout: Layout, view: &DraftView) {
    let changed: Vec<&DraftedRecord> =
        view.records.iter().filter(|record| record.state != "unchanged").collect();
    let alone = layout.verbose || changed.len() <= LISTED_ALONE;
    for record in changed {
        if alone {
            head(out, layout, record);
            changelog(out, layout, record);
        } else {
            in_short(out, layout, record);
        }
        errors(out, layout, record);
    }
}

fn head(out: &mut String, layout: Layout, record: &DraftedRecord) {
    heading(out, &record.heading, &record.record.0);
    let to = record.last_updated.as_ref().map_or_else(|| "no date".to_owned(), ToString::to_string);
    let from =
        record.base.as_ref().map_or_else(|| "no record yet".to_owned(), |base| base.last_updated.to_string());
    if record.state == "older" {
        let stands =
            record.stands.as_ref().map_or_else(String::new, |date| format!("the record is of {date}, "));
        let base = match &record.base {
            Some(base) if record.stands.as_ref() != Some(&base.last_updated) => {
                format!("so this is held against its edition of {}, and not written", base.last_updated)
            }
            Some(_) => "a later day, so this is not written".to_owned(),
            None => "and had no edition at this time, so this is not written".to_owned(),
        };
        line(out, &format!("{BOLD}{to}{BOLD:#}  {DIM}{}{DIM:#}", plain(&record.file)));
        paragraph(out, layout, (2, ""), &format!("{stands}{base}"), Style::new());
        return;
    }
    let state = if record.state == "unchanged" { "  the record says all of it" } else { "" };
    line(out, &format!("{BOLD}{from} → {to}{BOLD:#}  {DIM}{}{DIM:#}{state}", plain(&record.file)));
}

fn changelog(out: &mut String, layout: Layout, record: &DraftedRecord) {
    let Some(step) = &record.changelog else { return };
    step.changes.iter().for_each(|change| change_lines(out, layout, change, step));
    step.observations.iter().for_each(|observation| observation_lines(out, layout, observation));
    if step.changes.is_empty() && step.observations.is_empty() {
        line(out, "  nothing");
    }
}

/// One line of a record among many: its weightiest sentence.
fn in_short(out: &mut String, layout: Layout, record: &DraftedRecord) {
    let step = record.changelog.as_ref();
    let first = step.and_then(|step| step.changes.first());
    let more = step.map_or(0, |step| step.changes.len() + step.observations.len()).saturating_sub(1);
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    let sentence = first.map_or_else(|| "a record of its own".to_owned(), |change| change.message.clone());
    let lead = format!("  {:<26} ", plain(&record.record.0));
    paragraph(out, layout, (29, &lead), &format!("{sentence}{more}"), Style::new());
}

fn errors(out: &mut String, layout: Layout, record: &DraftedRecord) {
    if !record.invalid.is_empty() {
        line(out, &format!("\n{DIM}what keeps it from being a record{DIM:#}"));
    }
    for message in &record.invalid {
        labelled(out, layout, "error", AnsiColor::Red.on_default(), message);
    }
}

/// Whether two facts differ only in the entry of a list that they are about.
fn is_alike(a: &DraftedFact, b: &DraftedFact) -> bool {
    std::ptr::eq(a, b)
        || (matches!((a.path.0.last(), b.path.0.last()), (Some(Step::Item(_)), Some(Step::Item(_))))
            && a.path.0[..a.path.0.len() - 1] == b.path.0[..b.path.0.len() - 1]
            && (a.fate, a.place, &a.reader, &a.notes) == (b.fate, b.place, &b.reader, &b.notes)
            && words(a) == words(b))
}

fn fact_lines(out: &mut String, layout: Layout, source: &str, facts: &[DraftedFact]) {
    let fact = &facts[0];
    let style = match fact.fate {
        FactOutcome::New => AnsiColor::Green.on_default(),
        FactOutcome::Changed => AnsiColor::Yellow.on_default(),
        FactOutcome::Reported | FactOutcome::Conflict => AnsiColor::Red.on_default(),
        FactOutcome::Same | FactOutcome::Kept => DIM,
    };
    let doubtful = if fact.confidence < SURE { ", doubtful" } else { "" };
    let notes = match fact.notes.as_slice() {
        [] => String::new(),
        [one] => format!(", note {one}"),
        many => format!(", notes {}", many.join(", ")),
    };
    let (first, last) = (fact.place.line, fact.place.end_line);
    let lines = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
    let sure = (fact.confidence * 100.0).round();
    let text = format!("{}: {}  ({lines}, {sure}%{doubtful}{notes})", paths(facts), words(fact));
    labelled(out, layout, fact.fate.as_str(), style, &text);
    if let Some(before) = before(fact) {
        paragraph(out, layout, (INDENT, ""), &before, DIM);
    }
    if layout.verbose || fact.confidence < SURE {
        paragraph(
            out,
            layout,
            (INDENT, ""),
            &format!("{} “{}” [{}]", at(source, fact.place), fact.excerpt, fact.reader),
            DIM,
        );
    }
}

/// The path of a fact, or of several entries of one list.
fn paths(facts: &[DraftedFact]) -> String {
    let path = &facts[0].path;
    let Some(Step::Item(_)) = path.0.last().filter(|_| facts.len() > 1) else { return path.to_string() };
    let list = FieldPath(path.0[..path.0.len() - 1].to_vec());
    let keys: Vec<String> = facts
        .iter()
        .filter_map(|fact| match fact.path.0.last() {
            Some(Step::Item(keys)) => Some(keys.join(",")),
            _ => None,
        })
        .collect();
    match keys.as_slice() {
        [first, .., last] if keys.len() > ENTRIES => {
            format!("{list}[{first} … {last}: {} in all]", keys.len())
        }
        _ => format!("{list}[{}]", keys.join(", ")),
    }
}

/// The value of a fact as people write it, without what its path says already.
fn words(fact: &DraftedFact) -> String {
    match (&fact.value, fact.path.0.last()) {
        (Value::Null, _) => "cleared".to_owned(),
        (Value::Object(map), last) => {
            let keys: &[String] = if let Some(Step::Item(keys)) = last { keys } else { &[] };
            let changed = |name: &str, value: &Value| {
                fact.fate != FactOutcome::Changed
                    || fact.before.as_ref().is_none_or(|before| before.get(name) != Some(value))
            };
            let shown = map.iter().filter(|(name, value)| {
                let is_key = value.as_str().is_some_and(|text| keys.iter().any(|key| key == text));
                !is_key && *name != "id" && changed(name, value)
            });
            shown.map(|(name, value)| format!("{name}: {}", short(value))).collect::<Vec<_>>().join(", ")
        }
        (value, _) => short(value),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            format!(
                "{{{}}}",
                map.iter()
                    .map(|(name, value)| format!("{name}: {}", short(value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// What stood in the record, where that is not what the text says.
fn before(fact: &DraftedFact) -> Option<String> {
    let lead = match fact.fate {
        FactOutcome::Changed => "was",
        FactOutcome::Kept | FactOutcome::Reported | FactOutcome::Conflict => "the record keeps",
        FactOutcome::New | FactOutcome::Same => return None,
    };
    let stood = match (&fact.before, &fact.value) {
        (Some(Value::Object(before)), Value::Object(after)) => {
            let differ = before
                .iter()
                .filter(|(name, value)| after.get(*name).is_some_and(|new| new != *value) && *name != "id");
            differ.map(|(name, value)| format!("{name}: {}", short(value))).collect::<Vec<_>>().join(", ")
        }
        (Some(value), _) => short(value),
        (None, _) => return None,
    };
    let cut: String = stood.chars().take(BEFORE).collect();
    let more = if cut.len() < stood.len() { "…" } else { "" };
    (!cut.is_empty()).then(|| format!("{lead} {cut}{more}"))
}

fn passage(out: &mut String, layout: Layout, place: SourcePlace, text: &str) {
    labelled(out, layout, &format!("line {}", place.line), DIM, text);
}

fn at(file: &str, place: SourcePlace) -> String {
    format!("{file}:{}:{}", place.line, place.column)
}

fn summary(view: &DraftView, write: bool) -> String {
    let s = &view.summary;
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut parts = vec![count(s.files, "file", "files"), count(s.facts, "fact", "facts")];
    let states = [
        (s.new, "new"),
        (s.changed, "changed"),
        (s.unchanged, "unchanged"),
        (s.older, "of a later day than the source"),
    ];
    let states: Vec<String> =
        states.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    parts.push(format!("records: {}", if states.is_empty() { "none".to_owned() } else { states.join(", ") }));
    if s.not_understood > 0 {
        parts.push(count(s.not_understood, "passage not understood", "passages not understood"));
    }
    if s.findings > 0 {
        parts.push(count(s.findings, "finding", "findings"));
    }
    if s.failed > 0 {
        parts.push(format!("{} could not be read", count(s.failed, "file", "files")));
    }
    let end = match (s.written, write) {
        (0, false) if s.new + s.changed > 0 => "nothing written; --write writes it".to_owned(),
        (0, _) => "nothing written".to_owned(),
        (n, _) => format!("{} written", count(n, "file", "files")),
    };
    format!("{}; {end}", parts.join("; "))
}
