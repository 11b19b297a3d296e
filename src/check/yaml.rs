//! What is wrong with a text as YAML, and where other programs would read it otherwise.

use super::File;
use crate::document::{self, Problem, ProblemKind};
use crate::model::finding::{Fix, Replacement};
use crate::model::text::is_invisible;
use crate::model::{ByteSpan, Finding};
use serde_json::json;

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
    // What else a conflict breaks goes with it.
    for problem in
        reading.problems.iter().filter(|problem| conflict.is_none() || problem.kind != ProblemKind::Syntax)
    {
        let mut found = finding(file, problem);
        if let (Some(found), ProblemKind::Portability) = (&mut found, problem.kind) {
            found.fix = found.fix.take().or_else(|| quoted(file, problem));
        }
        out.extend(found);
    }
    if file.source.leads {
        invisible(file, out);
    }
    // A file of many records was shown to the second reader as a whole.
    let is_item = file.kind.is_some_and(|kind| kind.spec.items.is_some());
    if let Some(doc) = reading.document.as_ref().filter(|_| !is_item) {
        // The second reader bounds what aliases may grow to by a multiple of the text: large texts with
        // aliases it is not shown.
        let aliases = reading.problems.iter().any(|problem| problem.kind == ProblemKind::Alias);
        let found = if aliases && doc.text.len() > LARGEST_WITH_ALIASES {
            document::legacy_scalars(doc)
        } else {
            document::second_reading(doc)
        };
        let known = |span: ByteSpan| reading.problems.iter().any(|problem| problem.span == span);
        for problem in found.into_iter().filter(|problem| !known(problem.span)) {
            let mut found = finding(file, &problem);
            if let (Some(found), Some(quoted)) = (&mut found, quoted(file, &problem)) {
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
fn quoted(file: &File<'_>, problem: &Problem) -> Option<Fix> {
    let text = &file.source.reading.text;
    let written = text.get(problem.span.start..problem.span.end)?;
    let plain = !written.is_empty()
        && !written.contains(['\n', '"', '\'', '\\'])
        && !written.starts_with(['|', '>', '[', '{']);
    let as_text =
        file.source.reading.document.as_ref().is_some_and(|doc| is_text_at(&doc.root, problem.span));
    (plain && as_text).then(|| file.fix("put it in quotes", true, problem.span, format!("\"{written}\"")))
}

fn is_text_at(node: &crate::model::Node, span: crate::model::ByteSpan) -> bool {
    (node.span == span && node.text().is_some())
        || node.items().iter().any(|item| is_text_at(item, span))
        || node.entries().iter().any(|entry| entry.key_span == span || is_text_at(&entry.value, span))
}
