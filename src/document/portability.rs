//! What other readers of YAML make of a text that this one reads without complaint.
//!
//! Owns the comparison with a second reader of libyaml's lineage (`serde_yaml`) and the list of plain scalars
//! that YAML 1.1 takes for something else. Must only be given documents that passed this module's limits: the
//! second reader has no budget for aliases.

use super::layout::skip_blanks;
use super::legacy::{self, Legacy};
use super::plain::outline;
use super::print::{inline_scalar, scalar};
use super::problem::{Problem, ProblemKind};
use crate::model::{ByteSpan, Document, Node, NodeValue};
use memchr::memmem;
use serde_yaml::Value;

/// More differences than this are not listed: they have one cause.
const MOST_DIFFERENCES: usize = 20;

/// Where programs that read YAML 1.1, or with libyaml, would take the document otherwise: in the order of the
/// text, each with what to type instead. Dates are not listed: they are text here and a date there, and say
/// the same.
///
/// Of a text in plain YAML, which has one structure for all readers, the second reader is shown only the
/// scalars that it could take otherwise: a law in the tests holds that to [`second_reading_of_whole`].
pub fn second_reading(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    old_scalars(document, &document.root, &mut problems);
    let is_plain = !breaks_lines_elsewhere(&document.text) && outline(&document.text).is_some();
    if is_plain && compare_scalars(document, &document.root, &mut problems).is_some() {
        return in_order(problems);
    }
    second_reading_of_whole(document)
}

/// The same, whatever the text, with a second reading of all of it.
pub fn second_reading_of_whole(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    old_scalars(document, &document.root, &mut problems);
    match serde_yaml::from_str::<Value>(&document.text) {
        Ok(other) => compare(document, &document.root, &other, &mut problems),
        Err(error) => problems.extend(refusal(document, &error)),
    }
    in_order(problems)
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    problems.dedup_by_key(|problem| problem.span);
    problems
}

/// Whether a text has characters that libyaml takes for line breaks, and others do not.
fn breaks_lines_elsewhere(text: &str) -> bool {
    memmem::find(text.as_bytes(), "\u{2028}".as_bytes()).is_some()
        || memmem::find(text.as_bytes(), "\u{2029}".as_bytes()).is_some()
}

/// Compares the scalars of a text in plain YAML, each by itself. `None` if one cannot be read by itself.
fn compare_scalars(document: &Document, node: &Node, problems: &mut Vec<Problem>) -> Option<()> {
    for item in node.items() {
        compare_scalars(document, item, problems)?;
    }
    for entry in node.entries() {
        compare_scalars(document, &entry.value, problems)?;
    }
    let written = document.slice(node.span);
    if !matches!(node.value, NodeValue::List(_) | NodeValue::Map(_)) && !reads_everywhere(node, written) {
        compare(document, node, &serde_yaml::from_str(written).ok()?, problems);
    }
    Some(())
}

/// Whether a scalar of a text in plain YAML is one value for every reader: what stands in quotes, blocks of
/// text, what begins as a word, dates, and decimal integers.
fn reads_everywhere(node: &Node, written: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match &node.value {
        NodeValue::Text(_) => {
            let is_word = |first: char| !first.is_ascii_digit() && !matches!(first, '+' | '-' | '.' | '~');
            let is_date = |text: &str| matches!(text.len(), 7 | 10) && text.split('-').all(digits);
            written.starts_with(is_word) || is_date(written)
        }
        NodeValue::Int(_) => {
            let plain = written.strip_prefix('-').unwrap_or(written);
            digits(plain) && (plain == "0" || !plain.starts_with('0'))
        }
        _ => false,
    }
}

fn problem(span: ByteSpan, message: String, help: String) -> Problem {
    Problem::new(ProblemKind::Portability, span, message).help(help)
}

/// Whether the second reader, if it reads a text at all, reads another the same.
pub(super) fn reads_alike(before: &str, after: &str) -> bool {
    match serde_yaml::from_str::<Value>(before) {
        // What is no number equals nothing, so the two are compared as they would be shown.
        Ok(value) => {
            let shown = format!("{value:?}");
            serde_yaml::from_str::<Value>(after).is_ok_and(|other| format!("{other:?}") == shown)
        }
        Err(_) => true,
    }
}

/// Whether a reader of libyaml's lineage takes a text.
pub fn is_readable_elsewhere(text: &str) -> bool {
    serde_yaml::from_str::<Value>(text).is_ok()
}

/// The part of [`second_reading`] that needs no second reader: plain scalars that YAML 1.1 takes for
/// something else.
pub fn legacy_scalars(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    old_scalars(document, &document.root, &mut problems);
    problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    problems.dedup_by_key(|problem| problem.span);
    problems
}

/// Reports plain scalars, keys among them, that YAML 1.1 reads otherwise.
fn old_scalars(document: &Document, node: &Node, problems: &mut Vec<Problem>) {
    for item in node.items() {
        old_scalars(document, item, problems);
    }
    for entry in node.entries() {
        let written = document.slice(entry.key_span);
        if let Some(old) = legacy::reading(written).filter(|old| *old != Legacy::Timestamp) {
            problems.push(problem(entry.key_span, words(old, written), format!("type {}", quoted(written))));
        }
        old_scalars(document, &entry.value, problems);
    }
    let written = document.slice(node.span);
    let Some(old) = legacy::reading(written).filter(|old| *old != Legacy::Timestamp) else { return };
    let help = match &node.value {
        NodeValue::Text(_) => format!("type {}", quoted(written)),
        _ => match inline_scalar(node) {
            Some(number) => format!("type {number}, or {} if it is a text", quoted(written)),
            None => return,
        },
    };
    problems.push(problem(node.span, words(old, written), help));
}

fn quoted(written: &str) -> String {
    let safe = scalar(written);
    if safe == written { format!("\"{written}\"") } else { safe }
}

fn words(old: Legacy, written: &str) -> String {
    let meaning = match old {
        Legacy::Truth(truth) => {
            return format!("programs that read YAML 1.1 take `{written}` for the truth value {truth}");
        }
        Legacy::Octal => "an octal number, or a text, depending on the program",
        Legacy::Binary => "a binary number",
        Legacy::Separators => "a number with separators",
        Legacy::Sexagesimal => "a number to base 60",
        Legacy::Number => {
            return format!("`{written}` is a number in one version of YAML and a text in another");
        }
        Legacy::Timestamp => "a timestamp",
        Legacy::Special => "an instruction",
    };
    format!("programs that read YAML 1.1 take `{written}` for {meaning}")
}

/// A text the second reader refuses, unless for what reading already reports: equal keys, a second document,
/// an unknown anchor.
fn refusal(document: &Document, error: &serde_yaml::Error) -> Option<Problem> {
    let message = error.to_string();
    if [
        "duplicate entry",
        "more than one document",
        "unknown anchor",
        "repetition limit",
        "as u128",
        "as i128",
    ]
    .iter()
    .any(|known| message.contains(known))
    {
        return None;
    }
    let at = error.location().map_or(0, |place| byte_at(&document.text, place.line(), place.column()));
    let width =
        document.text[at..].chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    let message = format!("programs that read YAML with libyaml refuse this text: {message}");
    Some(problem(
        ByteSpan { start: at, end: at + width },
        message,
        "write the value in quotes, or more plainly".to_owned(),
    ))
}

/// The byte of a 1-based line and column, as libyaml counts them.
fn byte_at(text: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        let Some(length) = text[start..].find(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) else { break };
        start += length;
        let crlf = text[start..].starts_with("\r\n");
        start += if crlf { 2 } else { text[start..].chars().next().map_or(0, char::len_utf8) };
    }
    text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}

/// Reports the nodes that the second reader takes for another value.
fn compare(document: &Document, ours: &Node, other: &Value, problems: &mut Vec<Problem>) {
    if problems.len() >= MOST_DIFFERENCES {
        return;
    }
    let other = match other {
        Value::Tagged(tagged) => &tagged.value,
        other => other,
    };
    let same = match (&ours.value, other) {
        (NodeValue::Null, Value::Null) => true,
        (NodeValue::Bool(a), Value::Bool(b)) => a == b,
        (NodeValue::Int(a), Value::Number(b)) => b.as_i64() == Some(*a),
        (NodeValue::Float(a), Value::Number(b)) => {
            b.is_f64() && b.as_f64().is_some_and(|b| b == *a || (b.is_nan() && a.is_nan()))
        }
        (NodeValue::Decimal(a), Value::Number(b)) => b.is_f64() && a.parse().ok() == b.as_f64(),
        (NodeValue::Text(a), Value::String(b)) => a == b,
        (NodeValue::List(a), Value::Sequence(b)) if a.len() == b.len() => {
            a.iter().zip(b).for_each(|(a, b)| compare(document, a, b, problems));
            true
        }
        (NodeValue::Map(a), Value::Mapping(b)) if a.len() == b.len() => {
            for (entry, (key, value)) in a.iter().zip(b) {
                if key.as_str().is_some_and(|key| key != entry.key) {
                    problems.push(differs(document, entry.key_span, key));
                }
                compare(document, &entry.value, value, problems);
            }
            true
        }
        _ => false,
    };
    if !same {
        problems.push(differs(document, ours.span, other));
    }
}

fn differs(document: &Document, span: ByteSpan, other: &Value) -> Problem {
    let shown = match other {
        Value::Null => "nothing".to_owned(),
        Value::Bool(truth) => format!("the truth value {truth}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", quoted(&text.chars().take(40).collect::<String>())),
        Value::Sequence(_) => "a list of another length".to_owned(),
        Value::Mapping(_) => "a mapping of another size".to_owned(),
        Value::Tagged(_) => "a tagged value".to_owned(),
    };
    let block = matches!(document.text.as_bytes().get(span.start), Some(b'|' | b'>'));
    let unended = block
        && skip_blanks(&document.text, span.end) == document.text.len()
        && !document.text.ends_with(['\n', '\r']);
    let help = if unended { "end the file with a line break" } else { "put the value in quotes" };
    problem(span, format!("programs that read YAML with libyaml take this for {shown}"), help.to_owned())
}
