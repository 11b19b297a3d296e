//! How a list or mapping of records is written where it can be cut without reading what it holds: in block
//! style by its indentation, in JSON by its brackets.
//!
//! Owns where an item begins and ends. Whatever is doubtful is refused, so that the text is read as a whole.

use super::item_bound::{Bound, ShapedItem, column_alone};
use super::item_json::{self, JsonShape};
use super::layout::line_start;
use crate::model::ByteSpan;

/// How the items of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemShape {
    Block(BlockShape),
    Json(JsonShape),
}

/// A list or mapping in block style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockShape {
    indent: usize,
    is_list: bool,
    /// Whether it is the whole text.
    is_root: bool,
}

impl ItemShape {
    /// The shape of the list or mapping at some keys, and where its first item begins.
    pub fn of(text: &str, keys: &[&str]) -> Option<(ItemShape, usize)> {
        if text.trim_start().starts_with(['{', '[']) {
            let (shape, at) = item_json::first(text, keys)?;
            return Some((ItemShape::Json(shape), at));
        }
        let (shape, at) = first_block(text, keys)?;
        Some((ItemShape::Block(shape), at))
    }

    /// What stands at a byte; `None` where it cannot be judged.
    pub fn bound(self, text: &str, at: usize) -> Option<Bound> {
        match self {
            ItemShape::Block(shape) => match line_at(text, at) {
                Some(line) => shape.line(text, line),
                None => Some(Bound::End),
            },
            ItemShape::Json(shape) => item_json::bound(shape, text, at),
        }
    }

    /// Whether an item of another text, that is found here, can end at a byte.
    pub fn can_end(self, text: &str, at: usize) -> bool {
        let bound = self.bound(text, at);
        match self {
            ItemShape::Block(_) if !text[..at].ends_with('\n') => at == text.len(),
            ItemShape::Block(_) => matches!(bound, Some(Bound::Item | Bound::End)),
            // A comma stands before all but the end.
            ItemShape::Json(_) => {
                let is_after_comma = text[..at].trim_end().ends_with(',');
                bound == Some(if is_after_comma { Bound::Item } else { Bound::End })
            }
        }
    }

    /// The item that begins at a byte.
    pub fn item(self, text: &str, at: usize) -> Option<ShapedItem<'_>> {
        match self {
            ItemShape::Block(shape) => shape.item(text, at),
            ItemShape::Json(shape) => item_json::item(shape, text, at),
        }
    }

    /// How many blanks the text of an item by itself starts with: it begins at `start`, its first line at
    /// `line`, and the item before ended at `last`.
    pub fn blanks(self, text: &str, start: usize, (line, last): (usize, usize)) -> usize {
        match self {
            // What begins on a line of its own has its blanks among its bytes.
            ItemShape::Block(_) if line_start(text, start) > line => 0,
            ItemShape::Block(_) => text[line..start].chars().count(),
            ItemShape::Json(_) => column_alone(text, start, last),
        }
    }

    /// Whether what follows the last item has nothing that would make the text another.
    pub fn can_follow(self, text: &str, at: usize) -> bool {
        match self {
            ItemShape::Block(_) => !is_odd(&text[at..]),
            ItemShape::Json(shape) => item_json::can_follow(shape, text, at),
        }
    }
}

/// A line: its first byte, the first that is no space, its end without the line break.
#[derive(Clone, Copy)]
struct ItemLine {
    start: usize,
    first: usize,
    end: usize,
}

impl ItemLine {
    fn indent(self) -> usize {
        self.first - self.start
    }

    /// Whether it holds nothing but blanks and a comment.
    fn is_void(self, bytes: &[u8]) -> bool {
        self.first == self.end || bytes[self.first] == b'#'
    }
}

fn line_at(text: &str, start: usize) -> Option<ItemLine> {
    let bytes = text.as_bytes();
    if start >= bytes.len() {
        return None;
    }
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
    let blank = bytes[start..end].iter().take_while(|byte| **byte == b' ').count();
    Some(ItemLine { start, first: start + blank, end })
}

/// Whether some lines have what makes a cut doubtful: tabs and carriage returns, anchors and aliases, a byte
/// order mark.
fn is_odd(lines: &str) -> bool {
    let bytes = lines.as_bytes();
    let is_name = |at: usize| at >= 2 && bytes[at - 1] == b' ' && matches!(bytes[at - 2], b':' | b'-');
    memchr::memchr2(b'\r', b'\t', bytes).is_some()
        || memchr::memchr2_iter(b'&', b'*', bytes).any(is_name)
        || memchr::memmem::find(bytes, "\u{feff}".as_bytes()).is_some()
}

/// The shape of a list or mapping in block style at the root, or below one of its keys, and where its first
/// item begins.
fn first_block(text: &str, keys: &[&str]) -> Option<(BlockShape, usize)> {
    if keys.len() > 1 {
        return None;
    }
    let mut at = 0;
    let mut next = || {
        let line = line_at(text, at)?;
        at = line.end + 1;
        Some(line)
    };
    let mut line = next()?;
    if &text[line.start..line.end] == "---" {
        line = next()?;
    }
    if let [key] = keys {
        let is_key = |line: &ItemLine| {
            let rest = text[line.start..line.end].strip_prefix(key).and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with('#'))
        };
        while !is_key(&line) {
            line = next()?;
        }
        line = next()?;
    }
    while line.is_void(text.as_bytes()) {
        line = next()?;
    }
    let shape = BlockShape { indent: line.indent(), is_list: is_dash(text, line), is_root: keys.is_empty() };
    // A mapping's values must stand deeper than its key.
    let is_level = !shape.is_root && !shape.is_list && shape.indent == 0;
    (!is_level && !is_odd(&text[..line.start])).then_some((shape, line.start))
}

fn is_dash(text: &str, line: ItemLine) -> bool {
    let bytes = text.as_bytes();
    bytes.get(line.first) == Some(&b'-') && (line.first + 1 == line.end || bytes[line.first + 1] == b' ')
}

impl BlockShape {
    /// What a line is to the item before it.
    fn line(self, text: &str, line: ItemLine) -> Option<Bound> {
        if line.is_void(text.as_bytes()) {
            return Some(Bound::Inside);
        }
        let rest = &text[line.start..line.end];
        if rest.starts_with("---") || rest.starts_with("...") || rest.starts_with('%') {
            return None;
        }
        if line.indent() > self.indent {
            return Some(Bound::Inside);
        }
        if line.indent() < self.indent || (self.is_list && !is_dash(text, line)) {
            return (!self.is_root && line.indent() == 0).then_some(Bound::End);
        }
        (self.is_list || key_length(text, line).is_some()).then_some(Bound::Item)
    }

    fn item(self, text: &str, at: usize) -> Option<ShapedItem<'_>> {
        let first = line_at(text, at)?;
        let mut stop = first.end + 1;
        while let Some(line) = line_at(text, stop)
            && self.line(text, line)? == Bound::Inside
        {
            stop = line.end + 1;
        }
        let stop = stop.min(text.len());
        if is_odd(&text[at..stop]) {
            return None;
        }
        let (key, content) = if self.is_list {
            (None, first.first + 1)
        } else {
            let length = key_length(text, first)?;
            (Some(&text[first.first..first.first + length]), first.first + length + 1)
        };
        let end = without_tail(text, at, stop, self.indent);
        let first_end = first.end.min(end);
        let inline = text[content.min(first_end)..first_end].trim_start_matches(' ');
        let is_void = inline.is_empty() || inline.starts_with('#');
        // What follows on the first line stands at its column; else the item begins on the next line.
        let start = if is_void { (first_end + 1).min(end) } else { first_end - inline.len() };
        Some(ShapedItem { key, span: ByteSpan { start, end }, stop })
    }
}

/// The length of a plain key at the start of a line.
fn key_length(text: &str, line: ItemLine) -> Option<usize> {
    let rest = &text[line.first..line.end];
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-./+".contains(b)).count();
    let after = rest[length..].strip_prefix(':')?;
    (length > 0 && (after.is_empty() || after.starts_with(' '))).then_some(length)
}

/// The end of an item without the blank lines and comments that stand before the next.
fn without_tail(text: &str, start: usize, end: usize, indent: usize) -> usize {
    let mut end = end;
    while end > start {
        let last = line_start(text, end - 1);
        let line = text[last..end].trim_end_matches('\n');
        let content = line.trim_start_matches(' ');
        let is_tail =
            content.is_empty() || (content.starts_with('#') && line.len() - content.len() <= indent);
        if !is_tail || last <= start {
            break;
        }
        end = last;
    }
    end
}
