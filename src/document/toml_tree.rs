//! TOML → the same trees with spans that YAML gives.
//!
//! Owns what tells a text in TOML from one in YAML, and how TOML's values are read: dates are text as they
//! are written, and numbers keep their digits, as in YAML. What is no TOML has no tree; nothing is written in
//! TOML.

use super::number::{self, Plain};
use super::problem::{Problem, ProblemKind};
use super::read_options::ReadOptions;
use crate::model::{ByteSpan, Entry, Node, NodeValue};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The lines that front matter in TOML begins with, and those that end it.
pub(super) const FENCES: [(&str, &str); 2] = [("+++", "+++"), ("```toml", "```")];

/// Whether a text is TOML: it begins with a line of front matter in TOML, or its first lines are a table's
/// name or an assignment. No mapping in YAML begins so.
pub fn is_toml(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (line, later) = (rest[..end].trim_ascii(), rest.get(end + 1..).unwrap_or_default());
        let is_first = rest.len() == bytes.len();
        if is_first && FENCES.iter().any(|(opening, _)| line == opening.as_bytes()) {
            return true;
        }
        match line.first() {
            None | Some(b'#') => {}
            Some(b'[') if is_table_name(line) => {}
            _ => return is_assignment(line),
        }
        rest = later;
    }
    false
}

/// `[name]` or `[[name]]`, and a comment after it.
fn is_table_name(line: &[u8]) -> bool {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let inner = line.strip_prefix(b"[").and_then(|line| line.strip_suffix(b"]"));
    let inner = inner.map(|name| name.strip_prefix(b"[").and_then(|n| n.strip_suffix(b"]")).unwrap_or(name));
    inner.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| is_of_key(*byte)))
}

/// `name = ` and the beginning of a value. A line with a colon can be a mapping in YAML (`"=0: ": 1`), so it
/// must be a whole assignment.
fn is_assignment(line: &[u8]) -> bool {
    // No key begins with a bracket or brace: a text in JSON, which may be one long line, is not read for it.
    if !line.first().is_some_and(|first| is_of_key(*first)) {
        return false;
    }
    let Some(at) = memchr::memchr(b'=', line) else { return false };
    let (Ok(line), Ok(name)) = (str::from_utf8(line), str::from_utf8(&line[..at])) else { return false };
    let parses = |text: &str| DeTable::parse(text).is_ok();
    if line.contains(": ") || line.ends_with(':') {
        return parses(line);
    }
    let value = line[at + 1..].trim_start();
    let is_word = ["true", "false", "inf", "nan"].iter().any(|word| value.starts_with(word));
    let begins = |c: char| matches!(c, '"' | '\'' | '[' | '{' | '+' | '-' | '0'..='9');
    (value.starts_with(begins) || is_word) && parses(&format!("{name}= 0"))
}

fn is_of_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-. \"'".contains(&byte)
}

/// What was read from a text in TOML: its tree and where its comments stand, or why it has none.
pub(super) type TomlReading = Result<(Node, Vec<ByteSpan>), Problem>;

/// Reads a text that [`is_toml`]; a first line that opens front matter is passed over.
pub(super) fn read(text: &str, options: &ReadOptions) -> TomlReading {
    let first = text.find('\n').map_or(text.len(), |end| end + 1);
    let is_fenced = FENCES.iter().any(|(opening, _)| text[..first].trim_end() == *opening);
    let start = if is_fenced { first } else { 0 };
    let mut tree = Tree { text, start, left: options.max_nodes, scalars: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(&text[start..]);
    if let Some(error) = errors.first() {
        return Err(tree.refused(error));
    }
    let root = tree.table(table.get_ref(), 0..text.len() - start).ok_or_else(|| {
        let message = format!("the text has more than {} nodes", options.max_nodes);
        Problem::new(ProblemKind::Limits, ByteSpan::default(), message)
    })?;
    Ok((root, tree.comments()))
}

struct Tree<'t> {
    text: &'t str,
    /// Where the parser's text begins.
    start: usize,
    /// How many nodes there may be yet.
    left: usize,
    /// Where keys and scalars stand: no `#` there begins a comment.
    scalars: Vec<ByteSpan>,
}

impl Tree<'_> {
    fn span(&self, range: Range<usize>) -> ByteSpan {
        ByteSpan { start: range.start + self.start, end: range.end + self.start }
    }

    fn refused(&self, error: &toml::de::Error) -> Problem {
        let at = self.span(error.span().unwrap_or_default());
        let end = (at.start..=at.end).rev().find(|end| self.text.is_char_boundary(*end)).unwrap_or(at.start);
        let span = ByteSpan { start: at.start.min(self.text.len()), end: end.min(self.text.len()) };
        Problem::new(ProblemKind::Syntax, span, format!("not TOML: {}", error.message()))
    }

    /// A table's own span is that of its name; its node reaches from there to the end of what it holds.
    fn table(&mut self, table: &DeTable<'_>, own: Range<usize>) -> Option<Node> {
        let mut span = self.span(own);
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let key_span = self.span(key.span());
            self.scalars.push(key_span);
            let value = self.node(value)?;
            span.end = span.end.max(value.span.end);
            entries.push(Entry { key: key.get_ref().to_string(), key_span, value });
        }
        Some(Node { value: NodeValue::Map(entries), span })
    }

    fn node(&mut self, node: &Spanned<DeValue<'_>>) -> Option<Node> {
        self.left = self.left.checked_sub(1)?;
        let mut span = self.span(node.span());
        let written = &self.text[span.start..span.end];
        let value = match node.get_ref() {
            DeValue::Table(table) => return self.table(table, node.span()),
            DeValue::Array(array) => {
                let items: Vec<Node> = array.iter().map(|item| self.node(item)).collect::<Option<_>>()?;
                span.end = items.iter().map(|item| item.span.end).fold(span.end, usize::max);
                return Some(Node { value: NodeValue::List(items), span });
            }
            DeValue::String(text) => NodeValue::Text(text.to_string()),
            DeValue::Boolean(truth) => NodeValue::Bool(*truth),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => NodeValue::Int(number),
                Err(_) => NodeValue::Text(written.to_owned()),
            },
            DeValue::Float(number) => match number::resolve(number.as_str()) {
                Plain::Int(number) => NodeValue::Int(number),
                Plain::Float(number) => NodeValue::Float(number),
                Plain::Decimal => NodeValue::Decimal(number.as_str().into()),
                _ => NodeValue::Text(written.to_owned()),
            },
            DeValue::Datetime(_) => NodeValue::Text(written.to_owned()),
        };
        self.scalars.push(span);
        Some(Node { value, span })
    }

    /// The comments: each begins with a `#` that stands in no key and no scalar.
    fn comments(&mut self) -> Vec<ByteSpan> {
        self.scalars.sort_by_key(|span| span.start);
        let (bytes, mut out) = (self.text.as_bytes(), Vec::new());
        let mut at = self.start;
        while let Some(length) = memchr::memchr(b'#', &bytes[at..]) {
            let start = at + length;
            let next = self.scalars.partition_point(|span| span.start <= start);
            if let Some(scalar) = next.checked_sub(1).map(|place| self.scalars[place])
                && start < scalar.end
            {
                at = scalar.end;
                continue;
            }
            let length = self.text[start..].find(['\n', '\r']).unwrap_or(self.text.len() - start);
            out.push(ByteSpan { start, end: start + length });
            at = start + length;
        }
        out
    }
}
