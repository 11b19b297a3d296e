//! Values → YAML text that every reader of YAML 1.1 and 1.2 takes for the same.
//!
//! Owns the choice of quotes and the layout of printed trees. `serde_yaml::to_string` is not used for
//! records, because it writes `country: NO` bare. Must not look at existing text: edits and formatting are
//! elsewhere.

use super::legacy::{self, Legacy};
use super::number::{Plain, resolve};
use crate::model::{Entry, Node, NodeValue};
use std::fmt::Write;

/// How to write a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalarOptions {
    /// Whether dates and times (`2013-04-15`) stay without quotes. Readers of YAML 1.1 make timestamps of
    /// them, so the text is the same to us and not to them.
    pub plain_dates: bool,
}

/// The widest flow collection a printed tree has, in code points with its indentation.
const FLOW_WIDTH: usize = 100;
/// YAML 1.2.2 §7.4.2: a key on one line with its colon has at most 1024 characters.
const LONGEST_KEY: usize = 1000;

/// A text as a YAML scalar on one line, in quotes where any reader would take it for something else without
/// them; dates stay plain.
///
/// The result can stand as a key or a value, in block and in flow collections.
pub fn scalar(text: &str) -> String {
    scalar_with(text, ScalarOptions { plain_dates: true })
}

/// [`scalar`] with a choice about dates.
pub fn scalar_with(text: &str, options: ScalarOptions) -> String {
    if can_be_plain(text, options) {
        return text.to_owned();
    }
    let escapes = text.chars().any(needs_escape);
    if !escapes && text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    double_quoted(text)
}

/// A tree as YAML: block collections indented by two, lists indented under their key, short collections of
/// scalars in flow style, texts of several lines as literal blocks. Ends with a line feed. Reads back to the
/// same value.
pub fn to_yaml(node: &Node) -> String {
    let mut out = String::new();
    block(&mut out, node, 0);
    out.push('\n');
    out
}

/// Whether a text can stand without quotes in every place and for every reader.
fn can_be_plain(text: &str, options: ScalarOptions) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let bad_start = matches!(
        first,
        '-' | '?'
            | ':'
            | ','
            | '['
            | ']'
            | '{'
            | '}'
            | '#'
            | '&'
            | '*'
            | '!'
            | '|'
            | '>'
            | '\''
            | '"'
            | '%'
            | '@'
            | '`'
            | ' '
    );
    let hyphen = first == '-' && text[1..].starts_with(|c: char| c.is_alphanumeric());
    if (bad_start && !hyphen) || text.ends_with([' ', ':']) || text.starts_with("...") {
        return false;
    }
    if text.chars().any(|c| needs_escape(c) || matches!(c, ',' | '[' | ']' | '{' | '}')) {
        return false;
    }
    // libyaml refuses a colon before most signs inside flow collections.
    let colons = text
        .match_indices(':')
        .all(|(at, _)| text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '/'));
    if !colons || text.contains(" #") || resolve(text) != Plain::Text {
        return false;
    }
    match legacy::reading(text) {
        None => true,
        Some(Legacy::Timestamp) => options.plain_dates,
        Some(_) => false,
    }
}

/// Characters that a quoted scalar on one line must escape, or that readers treat differently.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if needs_escape(c) && u32::from(c) < 0x100 => {
                push(&mut out, format_args!("\\x{:02x}", u32::from(c)))
            }
            c if needs_escape(c) => push(&mut out, format_args!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("because writing to a string cannot fail");
}

/// A float with a point and a signed exponent, as both versions of YAML read it.
fn float(number: f64) -> String {
    if number.is_nan() {
        return ".nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let written = format!("{number:?}");
    let Some((mantissa, exponent)) = written.split_once('e') else { return written };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A scalar node on one line; `None` for collections.
pub(super) fn inline_scalar(node: &Node) -> Option<String> {
    match &node.value {
        NodeValue::Null => Some("null".to_owned()),
        NodeValue::Bool(truth) => Some(truth.to_string()),
        NodeValue::Int(number) => Some(number.to_string()),
        NodeValue::Float(number) => Some(float(*number)),
        NodeValue::Decimal(written) => Some(written.to_string()),
        NodeValue::Text(text) => Some(scalar(text)),
        NodeValue::List(_) | NodeValue::Map(_) => None,
    }
}

/// A node on one line, collections in flow style.
pub(super) fn flow(node: &Node) -> String {
    match &node.value {
        NodeValue::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        NodeValue::Map(entries) => {
            format!("{{{}}}", entries.iter().map(flow_entry).collect::<Vec<_>>().join(", "))
        }
        _ => inline_scalar(node).expect("because only lists and mappings are not scalars"),
    }
}

/// A key with its value on one line.
pub(super) fn flow_entry(entry: &Entry) -> String {
    let key = scalar(&entry.key);
    let explicit = if key.chars().count() > LONGEST_KEY { "? " } else { "" };
    format!("{explicit}{key}{}: {}", if explicit.is_empty() { "" } else { " " }, flow(&entry.value))
}

/// Whether a node is an empty collection, or one of scalars that is short enough for one line at this column.
fn is_short(node: &Node, column: usize) -> bool {
    let leaf = |node: &Node| match &node.value {
        NodeValue::Text(text) => !text.contains('\n'),
        NodeValue::List(items) => items.is_empty(),
        NodeValue::Map(entries) => entries.is_empty(),
        _ => true,
    };
    let leaf_list =
        |node: &Node| leaf(node) || node.items().iter().all(|item| leaf(item) && item.entries().is_empty());
    let fits = match &node.value {
        NodeValue::List(items) => items.iter().all(leaf),
        NodeValue::Map(entries) => {
            entries.iter().all(|entry| leaf_list(&entry.value) && entry.value.entries().is_empty())
        }
        _ => false,
    };
    let scalars = node.items().len() + node.entries().len();
    fits && scalars <= 40 && column + flow(node).chars().count() <= FLOW_WIDTH
}

/// Writes a node whose first line starts at the current end of `out`, which is at column `indent`; no line
/// feed at the end.
pub(super) fn block(out: &mut String, node: &Node, indent: usize) {
    match &node.value {
        NodeValue::Map(entries) if !entries.is_empty() => {
            for (at, entry) in entries.iter().enumerate() {
                if at > 0 {
                    new_line(out, indent);
                }
                block_entry(out, entry, indent);
            }
        }
        NodeValue::List(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    new_line(out, indent);
                }
                block_item(out, item, indent);
            }
        }
        NodeValue::Text(text) => match literal(text, indent + usize::from(indent == 0) * 2) {
            Some(lines) => out.push_str(&lines),
            None => out.push_str(&scalar(text)),
        },
        _ => out.push_str(&flow(node)),
    }
}

/// Writes `key: value` at column `indent`.
pub(super) fn block_entry(out: &mut String, entry: &Entry, indent: usize) {
    let key = scalar(&entry.key);
    if key.chars().count() > LONGEST_KEY {
        out.push_str("? ");
        out.push_str(&key);
        new_line(out, indent);
    } else {
        out.push_str(&key);
    }
    out.push(':');
    after_colon(out, &entry.value, indent, key.len());
}

/// Writes what follows the colon of a key at column `indent`: a space and the value, or the lines of a block.
pub(super) fn after_colon(out: &mut String, value: &Node, indent: usize, key_width: usize) {
    let column = indent + 2;
    match &value.value {
        NodeValue::List(items) if items.is_empty() || is_short(value, column + key_width) => {
            out.push(' ');
            out.push_str(&flow(value));
            return;
        }
        NodeValue::List(_) => new_line(out, column),
        // A mapping under a key is written as a block: only items of lists are short enough to read well on
        // one line.
        NodeValue::Map(entries) if !entries.is_empty() => new_line(out, column),
        _ => out.push(' '),
    }
    block(out, value, column);
}

/// Writes `- item` at column `indent`.
pub(super) fn block_item(out: &mut String, item: &Node, indent: usize) {
    out.push_str("- ");
    if is_short(item, indent + 2) { out.push_str(&flow(item)) } else { block(out, item, indent + 2) }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A text of several lines as a literal block with its header, where that says exactly the text.
fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let safe = body.contains('\n')
        && !body.starts_with([' ', '\t', '\n'])
        && !body.ends_with('\n')
        && body.lines().all(|line| !line.ends_with([' ', '\t']))
        && !body.chars().any(|c| needs_escape(c) && c != '\n' && c != '\t');
    if !safe {
        return None;
    }
    let mut out = String::from(if body.len() == text.len() { "|-" } else { "|" });
    for line in body.split('\n') {
        if line.is_empty() {
            out.push('\n')
        } else {
            new_line(&mut out, indent)
        }
        out.push_str(line);
    }
    Some(out)
}
