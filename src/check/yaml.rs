//! What is wrong with a text as YAML, and where other programs would read it otherwise.

use super::File;
use crate::document::{self, Problem};
use crate::model::Finding;
use crate::model::finding::{Fix, Replacement};
use serde_json::json;

pub(super) fn run(file: &File<'_>, out: &mut Vec<Finding>) {
    let reading = &file.source.reading;
    for problem in &reading.problems {
        out.extend(finding(file, problem));
    }
    // The second reader is only shown what the first one has accepted: its own limits are no limits.
    if let Some(doc) = reading.document.as_ref().filter(|_| reading.problems.is_empty()) {
        for problem in document::second_reading(doc) {
            let mut found = finding(file, &problem);
            if let (Some(found), Some(quoted)) = (&mut found, quoted(file, &problem)) {
                found.fix = Some(quoted);
            }
            out.extend(found);
        }
    }
}

fn finding(file: &File<'_>, problem: &Problem) -> Option<Finding> {
    let text = &file.source.reading.text;
    let slice = text.get(problem.span.start..problem.span.end).unwrap_or("");
    let shown: String = slice.chars().take(40).collect();
    let mut found =
        file.by_id(problem.kind.id(), Some(problem.span), None, json!([shown]), problem.message.clone())?;
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
