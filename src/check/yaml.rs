//! What is wrong with a text as YAML, and where other programs would read it otherwise.

use super::File;
use crate::document::{self, Problem, ProblemKind};
use crate::model::finding::{Fix, Replacement};
use crate::model::text::is_invisible;
use crate::model::{ByteSpan, Finding};
use serde_json::json;
use std::cell::OnceCell;
use std::collections::HashSet;

/// The most invisible characters that are reported of one file.
const MOST_INVISIBLE: usize = 20;
/// The largest text with aliases that the second reader is shown, in bytes.
const LARGEST_WITH_ALIASES: usize = 1024 * 1024;

pub(super) fn run(file: &File<'_>, out: &mut Vec<Finding>) {
    let reading = &file.source.reading;
    let conflict = document::conflict(&reading.text).filter(|_| file.source.leads);
    if let Some(span) = conflict {
        let message = "a merge conflict is not resolved here".to_owned();
        out.extend(file.by_id("merge-conflict", (Some(span), None), json!([]), message));
    }
    let texts = OnceCell::new();
    // What else a conflict breaks goes with it.
    for problem in
        reading.problems.iter().filter(|problem| conflict.is_none() || problem.kind != ProblemKind::Syntax)
    {
        let mut found = finding(file, problem);
        if let (Some(found), ProblemKind::Portability) = (&mut found, problem.kind) {
            found.fix = found.fix.take().or_else(|| quoted(file, problem, &texts));
        }
        out.extend(found);
    }
    if file.source.leads {
        invisible(file, out);
    }
    // A file of many records was shown to the second reader as a whole.
    let is_item = file.kind.is_some_and(|kind| kind.spec.items.is_some());
    let is_shown = !is_item && !document::is_toml(reading.text.as_bytes());
    if let Some(doc) = reading.document.as_ref().filter(|_| is_shown) {
        // The second reader bounds what aliases may grow to by a multiple of the text: large texts with
        // aliases it is not shown.
        let aliases = reading.problems.iter().any(|problem| problem.kind == ProblemKind::Alias);
        let found = if aliases && doc.text.len() > LARGEST_WITH_ALIASES {
            document::legacy_scalars(doc)
        } else {
            document::second_reading(doc)
        };
        let place = |problem: &Problem| (problem.span.start, problem.span.end);
        let known: HashSet<(usize, usize)> = reading.problems.iter().map(place).collect();
        for problem in found.into_iter().filter(|problem| !known.contains(&place(problem))) {
            let mut found = finding(file, &problem);
            if let (Some(found), Some(quoted)) = (&mut found, quoted(file, &problem, &texts)) {
                found.fix = Some(quoted);
            }
            out.extend(found);
        }
    }
}

/// Characters that nobody sees, or that turn the direction of what follows: a text is not what it looks like.
fn invisible(file: &File<'_>, out: &mut Vec<Finding>) {
    let text = &file.source.reading.text;
    if text.is_ascii() {
        return;
    }
    let found = text.char_indices().filter(|(_, c)| is_invisible(*c) && *c != '\u{feff}');
    for (at, c) in found.take(MOST_INVISIBLE) {
        let span = ByteSpan { start: at, end: at + c.len_utf8() };
        let message = format!("the invisible character U+{:04X} stands here", u32::from(c));
        out.extend(
            file.by_id("invisible-character", (Some(span), None), json!([at, u32::from(c)]), message).map(
                |mut found| {
                    found.fix = Some(file.fix("remove it", false, span, ""));
                    found
                },
            ),
        );
    }
}

fn finding(file: &File<'_>, problem: &Problem) -> Option<Finding> {
    let text = &file.source.reading.text;
    let slice = text.get(problem.span.start..problem.span.end).unwrap_or("");
    let shown: String = slice.chars().take(40).collect();
    let mut found =
        file.by_id(problem.kind.id(), (Some(problem.span), None), json!([shown]), problem.message.clone())?;
    found.help = problem.help.clone().or(found.help);
    found.related = problem.related.iter().map(|(span, words)| file.related(*span, words.clone())).collect();
    if problem.kind == document::ProblemKind::Bom && problem.span.start == 0 {
        // The mark itself stands before the text that spans count in; writing the text anew leaves it out.
        let replacement = Replacement { place: file.place(problem.span), with: String::new() };
        found.fix = Some(Fix {
            title: "save without the byte order mark".to_owned(),
            safe: true,
            replacements: vec![replacement],
        });
    }
    Some(found)
}

/// Putting a plain text in quotes says to every reader what this one reads already.
fn quoted(file: &File<'_>, problem: &Problem, texts: &OnceCell<TextSpans>) -> Option<Fix> {
    let text = &file.source.reading.text;
    let written = text.get(problem.span.start..problem.span.end)?;
    let plain = !written.is_empty()
        && !written.contains(['\n', '"', '\'', '\\'])
        && !written.starts_with(['|', '>', '[', '{']);
    let texts = texts.get_or_init(|| {
        let mut spans = TextSpans::new();
        file.source.reading.document.iter().for_each(|doc| text_spans(&doc.root, &mut spans));
        spans
    });
    let as_text = texts.contains(&(problem.span.start, problem.span.end));
    (plain && as_text).then(|| file.fix("put it in quotes", true, problem.span, format!("\"{written}\"")))
}

/// Where texts stand in a tree, keys among them: first byte and the one past the last.
type TextSpans = HashSet<(usize, usize)>;

fn text_spans(node: &crate::model::Node, out: &mut TextSpans) {
    if node.text().is_some() {
        out.insert((node.span.start, node.span.end));
    }
    node.items().iter().for_each(|item| text_spans(item, out));
    for entry in node.entries() {
        out.insert((entry.key_span.start, entry.key_span.end));
        text_spans(&entry.value, out);
    }
}
