//! Some entries of a text's root mapping, found in one pass without building the tree: what a revision is called and when it is dated.
//!
//! What is told of a record comes from the parser's tree; this only finds heads, of many thousand revisions at once. It either gives
//! exactly the entries that [`super::read`] gives for the text, in which case there is no problem in it either, or gives nothing; then
//! the parser must be asked. It knows block mappings and lists, flow collections on one line, scalars
//! on one line and block scalars, in their commonest spellings. Whatever else it meets, it gives up: tabs, carriage returns, anchors,
//! tags, directives, several documents, escapes, scalars over several lines, empty values, equal keys. A law in the tests holds it to
//! the parser's trees over whole histories and over texts altered at random.

use super::build::repeated;
use super::number::{Plain, resolve};
use crate::model::{ByteSpan, Entry, Node, NodeValue};
use memchr::{memchr, memchr2, memchr3};

/// How deep collections may nest here; deeper ones are left to the parser, which has a limit of its own.
const DEPTH: usize = 32;
/// The longest key read here: the parser takes longer ones for keys only under conditions.
const KEY_LENGTH: usize = 200;
/// The longest text read here: no tree of a shorter one can reach the limit on nodes.
const TEXT_LENGTH: usize = 900_000;

/// The root of a text in plain YAML with the wanted entries; `None` where the parser must be asked.
pub(super) fn entries(text: &str, wanted: &[&str]) -> Option<Node> {
    let bytes = text.as_bytes();
    if bytes.len() > TEXT_LENGTH || bytes.last() != Some(&b'\n') || !only_plain_characters(bytes) {
        return None;
    }
    let mut reader = Reader { text, bytes, line: None, keys: Vec::new(), building: true, depth: 0 };
    reader.line = reader.line_from(0)?;
    let first = reader.line.filter(|line| line.first == line.start)?;
    if is_dash(bytes, first.first) {
        return None;
    }
    let root = reader.map(0, first.first, Some(wanted))?;
    if reader.line.is_some() { None } else { Some(root) }
}

/// Whether every character may stand in YAML and none is a line break but LF, a tab, or a mark that is left out when reading.
fn only_plain_characters(bytes: &[u8]) -> bool {
    let odd = |byte: u8| (byte < 0x20 && byte != b'\n') || byte == 0x7f;
    let suspect = |byte: u8| byte == 0xc2 || byte == 0xef;
    let (any_odd, any_suspect) = bytes.iter().fold((false, false), |(o, s), b| (o | odd(*b), s | suspect(*b)));
    if any_odd {
        return false;
    }
    let fine = |at: usize| match &bytes[at..] {
        [0xc2, second, ..] => *second >= 0xa0,
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        _ => true,
    };
    !any_suspect || memchr::memchr2_iter(0xc2, 0xef, bytes).all(fine)
}

/// A line that holds more than blanks and a comment.
#[derive(Clone, Copy)]
struct Line {
    /// Its first byte.
    start: usize,
    /// The first byte that is no space.
    first: usize,
}

impl Line {
    fn indent(&self) -> usize {
        self.first - self.start
    }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The line to be read next; none at the end of the text.
    line: Option<Line>,
    /// The keys of the mappings being read, the innermost last.
    keys: Vec<&'t str>,
    /// Whether values are made, or only checked.
    building: bool,
    depth: usize,
}

fn is_dash(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'-' && matches!(bytes.get(at + 1), Some(b' ' | b'\n') | None)
}

fn span(start: usize, end: usize) -> ByteSpan {
    ByteSpan { start, end }
}

impl<'t> Reader<'t> {
    /// The first line with content that starts at `at` or after; the inner value is `None` at the end of the text. Lines of nothing
    /// but blanks are left to the parser, as are the marks between documents.
    fn line_from(&self, mut at: usize) -> Option<Option<Line>> {
        loop {
            let first = at + self.bytes[at..].iter().take_while(|byte| **byte == b' ').count();
            match self.bytes.get(first) {
                None if first == at => return Some(None),
                Some(b'\n') if first == at => at += 1,
                Some(b'#') => at = self.line_end(first) + 1,
                None | Some(b'\n') => return None,
                Some(_) if first == at && (self.text[at..].starts_with("---") || self.text[at..].starts_with("...")) => {
                    return None;
                }
                Some(_) => return Some(Some(Line { start: at, first })),
            }
        }
    }

    /// The line break after a byte: the text ends with one.
    fn line_end(&self, at: usize) -> usize {
        memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |length| at + length)
    }

    fn skip_spaces(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|byte| **byte == b' ').count()
    }

    /// The end of a key that starts here: letters, digits and a few marks, then a colon and a blank.
    fn key_end(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..];
        if !rest.first()?.is_ascii_alphanumeric() && rest[0] != b'_' {
            return None;
        }
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'.');
        let length = rest.iter().take(KEY_LENGTH).take_while(|byte| inside(byte)).count();
        matches!(rest.get(length..length + 2), Some([b':', b' ' | b'\n'])).then_some(at + length)
    }

    fn key(&self, start: usize, end: usize) -> String {
        if self.building { self.text[start..end].to_owned() } else { String::new() }
    }

    /// A block mapping whose first key starts at `first`, the others at the same column on lines of their own. `wanted` are the keys
    /// whose entries are made; all without it.
    fn map(&mut self, indent: usize, first: usize, wanted: Option<&[&str]>) -> Option<Node> {
        self.enter()?;
        let base = self.keys.len();
        let mut entries = Vec::new();
        let mut at = first;
        let end = loop {
            let key_end = self.key_end(at)?;
            let (text, bytes) = (self.text, self.bytes);
            let name = &text[at..key_end];
            self.keys.push(name);
            let outer = self.building;
            self.building = outer && wanted.is_none_or(|wanted| wanted.contains(&name));
            let value = self.skip_spaces(key_end + 1);
            let value = match bytes[value] {
                b'\n' => self.below(value, indent)?,
                b'#' => self.below(self.line_end(value), indent)?,
                _ => self.inline(value, indent)?,
            };
            let value_end = value.span.end;
            if self.building {
                entries.push(Entry { key: self.key(at, key_end), key_span: span(at, key_end), value });
            }
            self.building = outer;
            match self.line {
                Some(line) if line.indent() > indent => return None,
                Some(line) if line.indent() == indent => {
                    if is_dash(bytes, line.first) {
                        return None;
                    }
                    at = line.first;
                }
                _ => break value_end,
            }
        };
        self.leave(base)?;
        Some(Node { value: NodeValue::Map(entries), span: span(first, end) })
    }

    /// The value of a key that stands on the lines below it.
    fn below(&mut self, line_end: usize, indent: usize) -> Option<Node> {
        self.line = self.line_from(line_end + 1)?;
        let line = self.line?;
        match (is_dash(self.bytes, line.first), line.indent()) {
            (true, inner) if inner >= indent => self.list(inner),
            (false, inner) if inner > indent => self.map(inner, line.first, None),
            _ => None,
        }
    }

    /// A block list whose dashes stand at this column.
    fn list(&mut self, indent: usize) -> Option<Node> {
        self.enter()?;
        let mut items = Vec::new();
        let mut line = self.line?;
        let start = line.first;
        let end = loop {
            let item = self.skip_spaces(line.first + 1);
            let node = if matches!(self.bytes[item], b'\n' | b'#') {
                return None;
            } else if self.key_end(item).is_some() {
                self.map(item - line.start, item, None)?
            } else {
                self.inline(item, indent)?
            };
            let item_end = node.span.end;
            if self.building {
                items.push(node);
            }
            match self.line {
                Some(next) if next.indent() > indent => return None,
                Some(next) if next.indent() == indent && is_dash(self.bytes, next.first) => line = next,
                _ => break item_end,
            }
        };
        self.depth -= 1;
        Some(Node { value: NodeValue::List(items), span: span(start, end) })
    }

    /// A value that starts on the line of its key or dash, with what may follow it there; goes on to the next line.
    fn inline(&mut self, at: usize, indent: usize) -> Option<Node> {
        let node = match self.bytes[at] {
            b'|' | b'>' => return self.block_scalar(at, indent),
            b'"' => self.double_quoted(at)?,
            b'\'' => self.single_quoted(at)?,
            b'[' | b'{' => self.flow(at)?,
            _ => self.plain_in_block(at)?,
        };
        let after = self.skip_spaces(node.span.end);
        let line_end = match self.bytes[after] {
            b'\n' => after,
            b'#' if after > node.span.end => self.line_end(after),
            _ => return None,
        };
        self.line = self.line_from(line_end + 1)?;
        Some(node)
    }

    /// Whether a plain scalar may start here: some that may not, and some that may, are left to the parser.
    fn starts_plain(&self, at: usize) -> bool {
        match self.bytes[at] {
            b'-' => self.bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric()),
            byte => {
                byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'(' | b'/' | b'.' | b'~' | b'+' | b'$' | b'_')
            }
        }
    }

    fn plain_in_block(&mut self, at: usize) -> Option<Node> {
        if !self.starts_plain(at) {
            return None;
        }
        let mut end = at;
        loop {
            end += memchr3(b':', b'#', b'\n', &self.bytes[end..])?;
            match self.bytes[end] {
                b'\n' => break,
                b'#' if self.bytes[end - 1] == b' ' => break,
                b':' if matches!(self.bytes[end + 1], b' ' | b'\n') => return None,
                _ => end += 1,
            }
        }
        self.plain(at, end)
    }

    fn plain_in_flow(&mut self, at: usize) -> Option<Node> {
        if !self.starts_plain(at) {
            return None;
        }
        let stops = |byte: &u8| matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b':' | b'#' | b'\n');
        let mut end = at;
        loop {
            end += self.bytes[end..].iter().position(stops)?;
            match self.bytes[end] {
                b',' | b']' | b'}' => break,
                b':' if self.bytes[end + 1].is_ascii_alphanumeric() || self.bytes[end + 1] == b'/' => end += 1,
                b'#' if self.bytes[end - 1] != b' ' => end += 1,
                _ => return None,
            }
        }
        self.plain(at, end)
    }

    fn plain(&self, start: usize, end: usize) -> Option<Node> {
        let text = self.text[start..end].trim_end_matches(' ');
        let value = match resolve(text) {
            Plain::Text if self.building => NodeValue::Text(text.to_owned()),
            Plain::Text | Plain::Null => NodeValue::Null,
            Plain::Bool(truth) => NodeValue::Bool(truth),
            Plain::Int(number) => NodeValue::Int(number),
            Plain::Float(number) => NodeValue::Float(number),
            Plain::NotFinite(_) | Plain::TooLarge => return None,
        };
        Some(Node { value, span: span(start, start + text.len()) })
    }

    fn text_node(&self, text: String, start: usize, end: usize) -> Node {
        Node { value: NodeValue::Text(text), span: span(start, end) }
    }

    /// A text between double quotes with no escapes but those of the quote and the backslash.
    fn double_quoted(&mut self, start: usize) -> Option<Node> {
        let mut text = String::new();
        let mut from = start + 1;
        loop {
            let at = from + memchr3(b'"', b'\\', b'\n', &self.bytes[from..])?;
            if self.building {
                text.push_str(&self.text[from..at]);
            }
            match (self.bytes[at], self.bytes.get(at + 1)) {
                (b'"', _) => return Some(self.text_node(text, start, at + 1)),
                (b'\\', Some(b'"' | b'\\')) => {
                    if self.building {
                        text.push(char::from(self.bytes[at + 1]));
                    }
                    from = at + 2;
                }
                _ => return None,
            }
        }
    }

    fn single_quoted(&mut self, start: usize) -> Option<Node> {
        let mut text = String::new();
        let mut from = start + 1;
        loop {
            let at = from + memchr2(b'\'', b'\n', &self.bytes[from..])?;
            if self.building {
                text.push_str(&self.text[from..at]);
            }
            match (self.bytes[at], self.bytes.get(at + 1)) {
                (b'\'', Some(b'\'')) => {
                    if self.building {
                        text.push('\'');
                    }
                    from = at + 2;
                }
                (b'\'', _) => return Some(self.text_node(text, start, at + 1)),
                _ => return None,
            }
        }
    }

    /// A list or mapping between brackets, all on one line.
    fn flow(&mut self, start: usize) -> Option<Node> {
        self.enter()?;
        let base = self.keys.len();
        let is_map = self.bytes[start] == b'{';
        let close = if is_map { b'}' } else { b']' };
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        let mut at = self.skip_spaces(start + 1);
        while self.bytes[at] != close {
            let key = if is_map {
                let end = self.key_end(at)?;
                let text = self.text;
                self.keys.push(&text[at..end]);
                Some((at, end))
            } else {
                None
            };
            let value = self.flow_value(key.map_or(at, |(_, end)| self.skip_spaces(end + 1)))?;
            at = self.skip_spaces(value.span.end);
            match key {
                _ if !self.building => {}
                Some((start, end)) => entries.push(Entry { key: self.key(start, end), key_span: span(start, end), value }),
                None => items.push(value),
            }
            if self.bytes[at] == b',' {
                at = self.skip_spaces(at + 1);
                // A comma before the bracket is left to the parser.
                if self.bytes[at] == close {
                    return None;
                }
            } else if self.bytes[at] != close {
                return None;
            }
        }
        self.leave(base)?;
        let value = if is_map { NodeValue::Map(entries) } else { NodeValue::List(items) };
        Some(Node { value, span: span(start, at + 1) })
    }

    fn flow_value(&mut self, at: usize) -> Option<Node> {
        match self.bytes[at] {
            b'"' => self.double_quoted(at),
            b'\'' => self.single_quoted(at),
            b'[' | b'{' => self.flow(at),
            _ => self.plain_in_flow(at),
        }
    }

    /// A literal or folded block: its lines at one indentation (in a literal block also deeper), clipped or stripped.
    fn block_scalar(&mut self, start: usize, indent: usize) -> Option<Node> {
        let folded = self.bytes[start] == b'>';
        let strip = self.bytes[start + 1] == b'-';
        let header_end = start + 1 + usize::from(strip);
        if self.bytes[header_end] != b'\n' {
            return None;
        }
        let mut at = header_end + 1;
        let column = self.skip_spaces(at) - at;
        if column <= indent || self.bytes.get(at + column).is_none_or(|byte| *byte == b'\n') {
            return None;
        }
        let mut text = String::new();
        let mut end = header_end;
        let mut blank_lines = 0;
        while at < self.bytes.len() {
            let first = self.skip_spaces(at);
            let line_end = self.line_end(first);
            match first - at {
                0 if line_end == at => blank_lines += 1,
                _ if first == line_end => return None,
                spaces if spaces <= indent => break,
                spaces if spaces < column || (folded && spaces > column) => return None,
                _ => {
                    if self.building {
                        if end > header_end {
                            match (folded, blank_lines) {
                                (true, 0) => text.push(' '),
                                (true, blank) => text.extend(std::iter::repeat_n('\n', blank)),
                                (false, blank) => text.extend(std::iter::repeat_n('\n', blank + 1)),
                            }
                        }
                        text.push_str(&self.text[at + column..line_end]);
                    }
                    blank_lines = 0;
                    end = line_end;
                }
            }
            at = line_end + 1;
        }
        if self.building && !strip {
            text.push('\n');
        }
        self.line = self.line_from(at.min(self.bytes.len()))?;
        Some(self.text_node(text, start, end))
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth <= DEPTH).then_some(())
    }

    /// Ends a collection, whose keys must differ.
    fn leave(&mut self, base: usize) -> Option<()> {
        self.depth -= 1;
        let unique = repeated(&self.keys[base..]).is_empty();
        self.keys.truncate(base);
        unique.then_some(())
    }
}

/// The law that the trees are alike is in `tests/document/plain.rs`; here, when there is none.
#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for text in
            ["a: &x 1\n", "a: [b: c]\n", "a:\tb\n", "a: b\n  c\n", "a:\n", "a: 1\na: 2\n", "- 1\n", "a: 1", "", "a: \"\\t\"\n"]
        {
            assert!(entries(text, &["a"]).is_none(), "{text:?}");
        }
        assert!(entries("a: {b: [1, 'c']}\nd:\n- e: >-\n    f\n    g\n", &["a", "d"]).is_some());
    }
}
