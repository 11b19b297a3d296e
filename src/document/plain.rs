//! Where a text can be cut so that the parser gives for each piece what it gives for the whole.
//!
//! Owns the outline of texts in plain YAML: block mappings and lists, flow collections on one line, scalars
//! on one line and block scalars, in their commonest spellings. Whatever else it meets, it gives up: tabs,
//! carriage returns, anchors, tags, directives, several documents, escapes, scalars over several lines, empty
//! values, equal keys. It makes no values: those come from the parser. Laws in the tests hold what is read in
//! pieces to what is read as a whole, over whole histories and over texts altered at random.

use super::number::{Plain, resolve};
use super::repeated::repeated;
use crate::model::ByteSpan;
use memchr::{memchr, memchr2, memchr3};

/// How deep collections may nest here; deeper ones are left to the parser, which has a limit of its own.
const DEPTH: usize = 32;
/// The longest key read here: the parser takes longer ones for keys only under conditions.
const KEY_LENGTH: usize = 200;
/// The longest text read here: no tree of a shorter one can reach the limit on nodes.
const TEXT_LENGTH: usize = 900_000;

/// The root mapping of a text in plain YAML, which has no problem and can be cut into its entries.
#[derive(Debug)]
pub(super) struct TextOutline {
    /// The entries in their order; there is at least one.
    pub entries: Vec<Piece>,
}

/// A root entry: all bytes from its key to the next entry's key.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its lines, comments after it included.
    pub lines: ByteSpan,
    /// Its key.
    pub key: ByteSpan,
    /// The value's bytes as a tree has them.
    pub value: ByteSpan,
    /// The items of a value that is a list or mapping on lines of its own, each with all its lines; otherwise
    /// none.
    pub items: Vec<ByteSpan>,
}

/// The outline of a text in plain YAML; `None` where the parser must read it as a whole.
pub(super) fn outline(text: &str) -> Option<TextOutline> {
    let bytes = text.as_bytes();
    let is_long = bytes.len() > TEXT_LENGTH;
    if is_long || bytes.last() != Some(&b'\n') || super::is_toml(bytes) || !only_plain_characters(bytes) {
        return None;
    }
    let mut reader = PlainReader {
        text,
        bytes,
        line: None,
        keys: Vec::new(),
        depth: 0,
        entries: Vec::new(),
        items: Vec::new(),
    };
    reader.line = reader.line_from(0)?;
    let first = reader.line.filter(|line| line.first == line.start)?;
    if is_dash(bytes, first.first) {
        return None;
    }
    reader.map(0, first)?;
    if reader.line.is_some() {
        return None;
    }
    Some(TextOutline { entries: reader.entries })
}

/// Whether every character may stand in YAML and none is a line break but LF, a tab, or a mark that is left
/// out when reading.
fn only_plain_characters(bytes: &[u8]) -> bool {
    let (mut any_odd, mut any_suspect) = (false, false);
    // Without branches, so that many bytes are looked at with one instruction.
    for byte in bytes {
        any_odd |= ((*byte < 0x20) & (*byte != b'\n')) | (*byte == 0x7f);
        any_suspect |= (*byte == 0xc2) | (*byte == 0xef);
    }
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

/// A byte that may stand in a key.
const IN_KEY: u8 = 1;
/// A byte that may end a plain scalar in a flow collection.
const STOPS_IN_FLOW: u8 = 2;

/// What each byte may be.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-' | b'/' | b'.') {
            classes[byte] |= IN_KEY;
        }
        if matches!(letter, b',' | b'[' | b']' | b'{' | b'}' | b':' | b'#' | b'\n') {
            classes[byte] |= STOPS_IN_FLOW;
        }
        byte += 1;
    }
    classes
};

fn is_in(byte: &u8, class: u8) -> bool {
    CLASSES[usize::from(*byte)] & class != 0
}

/// A line that holds more than blanks and a comment.
#[derive(Clone, Copy)]
struct PlainLine {
    /// Its first byte.
    start: usize,
    /// The first byte that is no space.
    first: usize,
}

impl PlainLine {
    fn indent(&self) -> usize {
        self.first - self.start
    }
}

struct PlainReader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// The line to be read next; none at the end of the text.
    line: Option<PlainLine>,
    /// The keys of the mappings being read, the innermost last.
    keys: Vec<&'t str>,
    depth: usize,
    entries: Vec<Piece>,
    /// The items of the root entry being read.
    items: Vec<ByteSpan>,
}

/// How deep the items of a root entry's value stand.
const ITEMS_DEPTH: usize = 2;

fn is_dash(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'-' && matches!(bytes.get(at + 1), Some(b' ' | b'\n') | None)
}

fn span(start: usize, end: usize) -> ByteSpan {
    ByteSpan { start, end }
}

impl<'t> PlainReader<'t> {
    /// The first line with content that starts at `at` or after; the inner value is `None` at the end of the
    /// text. Lines of nothing but blanks are left to the parser, as are the marks between documents.
    fn line_from(&self, mut at: usize) -> Option<Option<PlainLine>> {
        loop {
            let first = at + self.bytes[at..].iter().take_while(|byte| **byte == b' ').count();
            match self.bytes.get(first) {
                None if first == at => return Some(None),
                Some(b'\n') if first == at => at += 1,
                Some(b'#') => at = self.line_end(first) + 1,
                None | Some(b'\n') => return None,
                Some(_)
                    if first == at
                        && (self.text[at..].starts_with("---") || self.text[at..].starts_with("...")) =>
                {
                    return None;
                }
                Some(_) => return Some(Some(PlainLine { start: at, first })),
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

    /// Where the next line with content starts, or the text ends.
    fn next_line(&self) -> usize {
        self.line.map_or(self.bytes.len(), |line| line.start)
    }

    /// The end of a key that starts here: letters, digits and a few marks, then a colon and a blank.
    fn key_end(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..];
        if !rest.first()?.is_ascii_alphanumeric() && rest[0] != b'_' {
            return None;
        }
        let length = rest.iter().take(KEY_LENGTH).take_while(|byte| is_in(byte, IN_KEY)).count();
        matches!(rest.get(length..length + 2), Some([b':', b' ' | b'\n'])).then_some(at + length)
    }

    /// A block mapping whose first key stands on `line` (after the dash of a list's item, where it is one's
    /// first), the others at the same column on lines of their own.
    fn map(&mut self, indent: usize, line: PlainLine) -> Option<ByteSpan> {
        self.enter()?;
        let base = self.keys.len();
        let mut line = line;
        let first = line.first;
        let end = loop {
            let at = line.first;
            let key_end = self.key_end(at)?;
            let text = self.text;
            self.keys.push(&text[at..key_end]);
            let value = self.skip_spaces(key_end + 1);
            let value = match self.bytes[value] {
                b'\n' => self.below(value, indent)?,
                b'#' => self.below(self.line_end(value), indent)?,
                _ => self.inline(value, indent)?,
            };
            self.part(line, span(at, key_end), value);
            match self.line {
                Some(next) if next.indent() > indent => return None,
                Some(next) if next.indent() == indent => {
                    if is_dash(self.bytes, next.first) {
                        return None;
                    }
                    line = next;
                }
                _ => break value.end,
            }
        };
        self.leave(base)?;
        Some(span(first, end))
    }

    /// Notes an entry of the root, or of a mapping that is the value of one.
    fn part(&mut self, line: PlainLine, key: ByteSpan, value: ByteSpan) {
        let lines = span(line.start, self.next_line());
        match self.depth {
            1 => self.entries.push(Piece { lines, key, value, items: std::mem::take(&mut self.items) }),
            ITEMS_DEPTH => self.items.push(lines),
            _ => {}
        }
    }

    /// The value of a key that stands on the lines below it.
    fn below(&mut self, line_end: usize, indent: usize) -> Option<ByteSpan> {
        self.line = self.line_from(line_end + 1)?;
        let line = self.line?;
        match (is_dash(self.bytes, line.first), line.indent()) {
            (true, inner) if inner >= indent => self.list(inner),
            (false, inner) if inner > indent => self.map(inner, line),
            _ => None,
        }
    }

    /// A block list whose dashes stand at this column.
    fn list(&mut self, indent: usize) -> Option<ByteSpan> {
        self.enter()?;
        let mut line = self.line?;
        let start = line.first;
        let end = loop {
            let item = self.skip_spaces(line.first + 1);
            let value = if matches!(self.bytes[item], b'\n' | b'#') {
                return None;
            } else if self.key_end(item).is_some() {
                self.map(item - line.start, PlainLine { start: line.start, first: item })?
            } else {
                self.inline(item, indent)?
            };
            if self.depth == ITEMS_DEPTH {
                self.items.push(span(line.start, self.next_line()));
            }
            match self.line {
                Some(next) if next.indent() > indent => return None,
                Some(next) if next.indent() == indent && is_dash(self.bytes, next.first) => line = next,
                _ => break value.end,
            }
        };
        self.depth -= 1;
        Some(span(start, end))
    }

    /// A value that starts on the line of its key or dash, with what may follow it there; goes on to the next
    /// line.
    fn inline(&mut self, at: usize, indent: usize) -> Option<ByteSpan> {
        let end = match self.bytes[at] {
            b'|' | b'>' => return self.block_scalar(at, indent),
            b'"' => self.double_quoted(at)?,
            b'\'' => self.single_quoted(at)?,
            b'[' | b'{' => self.flow(at)?,
            _ => self.plain_in_block(at)?,
        };
        let after = self.skip_spaces(end);
        let line_end = match self.bytes[after] {
            b'\n' => after,
            b'#' if after > end => self.line_end(after),
            _ => return None,
        };
        self.line = self.line_from(line_end + 1)?;
        Some(span(at, end))
    }

    /// Whether a plain scalar may start here: some that may not, and some that may, are left to the parser.
    fn starts_plain(&self, at: usize) -> bool {
        match self.bytes[at] {
            b'-' => self.bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric()),
            byte => {
                byte.is_ascii_alphanumeric()
                    || byte >= 0x80
                    || matches!(byte, b'(' | b'/' | b'.' | b'~' | b'+' | b'$' | b'_')
            }
        }
    }

    fn plain_in_block(&mut self, at: usize) -> Option<usize> {
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

    fn plain_in_flow(&mut self, at: usize) -> Option<usize> {
        if !self.starts_plain(at) {
            return None;
        }
        let mut end = at;
        loop {
            end += self.bytes[end..].iter().position(|byte| is_in(byte, STOPS_IN_FLOW))?;
            match self.bytes[end] {
                b',' | b']' | b'}' => break,
                b':' if self.bytes[end + 1].is_ascii_alphanumeric() || self.bytes[end + 1] == b'/' => {
                    end += 1
                }
                b'#' if self.bytes[end - 1] != b' ' => end += 1,
                _ => return None,
            }
        }
        self.plain(at, end)
    }

    /// The end of a plain scalar without the blanks after it. Numbers of which there is something to say are
    /// left to the parser.
    fn plain(&self, start: usize, end: usize) -> Option<usize> {
        let text = self.text[start..end].trim_end_matches(' ');
        match resolve(text) {
            Plain::NotFinite(_) | Plain::TooLarge => None,
            _ => Some(start + text.len()),
        }
    }

    /// A text between double quotes with no escapes but those of the quote and the backslash.
    fn double_quoted(&self, start: usize) -> Option<usize> {
        let mut from = start + 1;
        loop {
            let at = from + memchr3(b'"', b'\\', b'\n', &self.bytes[from..])?;
            match (self.bytes[at], self.bytes.get(at + 1)) {
                (b'"', _) => return Some(at + 1),
                (b'\\', Some(b'"' | b'\\')) => from = at + 2,
                _ => return None,
            }
        }
    }

    fn single_quoted(&self, start: usize) -> Option<usize> {
        let mut from = start + 1;
        loop {
            let at = from + memchr2(b'\'', b'\n', &self.bytes[from..])?;
            match (self.bytes[at], self.bytes.get(at + 1)) {
                (b'\'', Some(b'\'')) => from = at + 2,
                (b'\'', _) => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// A list or mapping between brackets, all on one line.
    fn flow(&mut self, start: usize) -> Option<usize> {
        self.enter()?;
        let base = self.keys.len();
        let is_map = self.bytes[start] == b'{';
        let close = if is_map { b'}' } else { b']' };
        let mut at = self.skip_spaces(start + 1);
        while self.bytes[at] != close {
            if is_map {
                let end = self.key_end(at)?;
                let text = self.text;
                self.keys.push(&text[at..end]);
                at = self.skip_spaces(end + 1);
            }
            let end = self.flow_value(at)?;
            at = self.skip_spaces(end);
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
        Some(at + 1)
    }

    fn flow_value(&mut self, at: usize) -> Option<usize> {
        match self.bytes[at] {
            b'"' => self.double_quoted(at),
            b'\'' => self.single_quoted(at),
            b'[' | b'{' => self.flow(at),
            _ => self.plain_in_flow(at),
        }
    }

    /// A literal or folded block: its lines at one indentation (in a literal block also deeper), clipped or
    /// stripped.
    fn block_scalar(&mut self, start: usize, indent: usize) -> Option<ByteSpan> {
        let folded = self.bytes[start] == b'>';
        let header_end = start + 1 + usize::from(self.bytes[start + 1] == b'-');
        if self.bytes[header_end] != b'\n' {
            return None;
        }
        let mut at = header_end + 1;
        let column = self.skip_spaces(at) - at;
        if column <= indent || self.bytes.get(at + column).is_none_or(|byte| *byte == b'\n') {
            return None;
        }
        let mut end = header_end;
        while at < self.bytes.len() {
            let first = self.skip_spaces(at);
            let line_end = self.line_end(first);
            match first - at {
                0 if line_end == at => {}
                _ if first == line_end => return None,
                spaces if spaces <= indent => break,
                spaces if spaces < column || (folded && spaces > column) => return None,
                _ => end = line_end,
            }
            at = line_end + 1;
        }
        self.line = self.line_from(at.min(self.bytes.len()))?;
        Some(span(start, end))
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

/// The law that pieces read alike is in `tests/suite/document/plain.rs`; here, when there is no outline, and
/// where it cuts.
#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for text in [
            "a: &x 1\n",
            "a: [b: c]\n",
            "a:\tb\n",
            "a: b\n  c\n",
            "a:\n",
            "a: 1\na: 2\n",
            "- 1\n",
            "a: 1",
            "",
            "a: \"\\t\"\n",
        ] {
            assert!(outline(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_text_is_cut_at_the_lines_of_its_entries_and_items() {
        let text =
            "a: {b: [1, 'c']}\n# of d\nd:\n- e: >-\n    f\n    g\n# of h\n- h\ni:\n  j: 1\n  k: {l: 2}\n";
        let outline = outline(text).expect("a plain text");
        let cut = |span: &crate::model::ByteSpan| &text[span.start..span.end];
        let lines: Vec<&str> = outline.entries.iter().map(|piece| cut(&piece.lines)).collect();
        assert_eq!(lines.concat(), text, "nothing is left out");
        let items: Vec<Vec<&str>> =
            outline.entries.iter().map(|piece| piece.items.iter().map(cut).collect()).collect();
        assert_eq!(
            items,
            [vec![], vec!["- e: >-\n    f\n    g\n# of h\n", "- h\n"], vec!["  j: 1\n", "  k: {l: 2}\n"]]
        );
    }
}
