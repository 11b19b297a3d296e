//! Where things stand in a text: lines, columns, and the bytes each entry or item takes up as it is written.
//!
//! Owns the small scanners that edits and formatting share. Everything here looks only at texts that were
//! read without a syntax error.

use crate::model::{ByteSpan, Node, NodeValue};

/// The bytes an entry of a mapping or an item of a list takes up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// First byte: the dash, the key or what stands before it (`?`, an anchor, a tag).
    pub start: usize,
    /// Just after the dash or colon; where there is none, the start of the item or the end of the key.
    pub lead: usize,
    /// First byte of the value with its anchor and tag; equal to `end` for an empty one.
    pub value: usize,
    /// One past the last byte of the value as it is written: of the alias, not of what it names.
    pub end: usize,
    /// Whether the value is an alias.
    pub alias: bool,
}

/// The first byte from `from` that is neither blank nor in a comment.
pub(super) fn skip_blanks(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'#' => at += bytes[at..].iter().take_while(|b| !matches!(b, b'\n' | b'\r')).count(),
            _ => break,
        }
    }
    at
}

/// The start of the line that holds a byte.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind(['\n', '\r']).map_or(0, |line_break| line_break + 1)
}

/// The end of the line that holds a byte: its line break, or the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length)
}

/// The start of the next line: past the line break at `line_end`.
pub(super) fn past_break(text: &str, line_end: usize) -> usize {
    let rest = &text[line_end..];
    line_end + if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) }
}

/// The end of the line before the one that starts here.
pub(super) fn before_break(text: &str, line: usize) -> usize {
    let before = text[..line].strip_suffix('\n').map_or(line, str::len);
    text[..before].strip_suffix('\r').map_or(before, str::len)
}

/// 0-based column in code points.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// Whether a byte is the first of a line.
pub(super) fn at_line_start(text: &str, at: usize) -> bool {
    line_start(text, at) == at
}

/// The line break a text uses first; LF where it has none.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Whether a collection is written between brackets.
pub(super) fn is_flow(text: &str, node: &Node) -> bool {
    let bracket = match &node.value {
        NodeValue::List(_) => b'[',
        NodeValue::Map(_) => b'{',
        _ => return false,
    };
    text.as_bytes().get(node.span.start) == Some(&bracket)
}

/// Whether a scalar is written as a literal or folded block.
pub(super) fn is_block_scalar(text: &str, span: ByteSpan) -> bool {
    matches!(text.as_bytes().get(span.start), Some(b'|' | b'>')) && span.start < span.end
}

/// The extents of a collection's entries or items, in order.
pub(super) fn extents(text: &str, node: &Node, in_flow: bool) -> Vec<Extent> {
    let mut cursor = node.span.start + usize::from(is_flow(text, node));
    let mut out = Vec::with_capacity(node.items().len() + node.entries().len());
    for item in node.items() {
        let start = skip_separators(text, cursor);
        let lead = if in_flow { start } else { start + 1 };
        let extent = value_extent(text, start, lead, item.span);
        cursor = extent.end;
        out.push(extent);
    }
    for entry in node.entries() {
        let found = skip_separators(text, cursor);
        let has_prefix = found < entry.key_span.start && text[found..].starts_with(['?', '&', '!']);
        let start = if has_prefix { found } else { entry.key_span.start };
        let colon = skip_blanks(text, entry.key_span.end);
        let lead = if text[colon..].starts_with(':') { colon + 1 } else { entry.key_span.end };
        let extent = value_extent(text, start, lead, entry.value.span);
        cursor = extent.end;
        out.push(extent);
    }
    out
}

fn skip_separators(text: &str, from: usize) -> usize {
    let mut at = skip_blanks(text, from);
    while text[at..].starts_with(',') {
        at = skip_blanks(text, at + 1);
    }
    at
}

fn value_extent(text: &str, start: usize, lead: usize, span: ByteSpan) -> Extent {
    if span.start == span.end && span.start == lead {
        return Extent { start, lead, value: lead, end: lead, alias: false };
    }
    let value = skip_blanks(text, lead);
    if text[value..].starts_with('*') {
        let length = text[value..].find([' ', '\t', '\n', '\r', ',', '[', ']', '{', '}']);
        return Extent {
            start,
            lead,
            value,
            end: length.map_or(text.len(), |length| value + length),
            alias: true,
        };
    }
    let has_properties = text[value..].starts_with(['&', '!']);
    Extent {
        start,
        lead,
        value: if has_properties { value } else { span.start },
        end: span.end,
        alias: false,
    }
}
