//! Texts that hold many records: where each item stands, and its text by itself.
//!
//! An item's text is made of its own lines, with blanks for whatever stands before it on its first line, so
//! that columns stay and only lines must be counted on. A list or mapping in block style is cut by its
//! indentation; anything else is read as a whole first.

use super::layout::line_start;
use super::print::to_yaml;
use super::tree;
use crate::model::{ByteSpan, Failure, Node, NodeValue};

/// An item of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemText {
    /// Its key, where the text holds a mapping.
    pub key: Option<String>,
    /// Its bytes in the text.
    pub span: ByteSpan,
    /// Its text by itself.
    pub text: String,
}

/// The items at some keys of a text: of a list, or the values of a mapping.
///
/// # Errors
/// Why there are none: the text cannot be read, or has no list or mapping there.
pub fn items(bytes: &[u8], keys: &[&str]) -> Result<Vec<ItemText>, Failure> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(cut) = cut(text, keys)
    {
        return Ok(cut);
    }
    let (document, problems) = tree(bytes);
    let Some(document) = document else {
        let first = problems.into_iter().next();
        return Err(Failure::data(first.map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message)));
    };
    let place = || if keys.is_empty() { "the file".to_owned() } else { format!("`{}`", keys.join(".")) };
    let node = document
        .root
        .at_keys(keys.iter().copied())
        .ok_or_else(|| Failure::data(format!("no {} in the file", place())))?;
    let has_aliases = document.text.contains('*') && document.text.contains('&');
    let item = |key: Option<String>, node: &Node| {
        let text = if has_aliases { to_yaml(node) } else { alone(&document.text, node.span) };
        ItemText { key, span: node.span, text }
    };
    match &node.value {
        NodeValue::List(items) => Ok(items.iter().map(|node| item(None, node)).collect()),
        NodeValue::Map(entries) => Ok(entries.iter().map(|e| item(Some(e.key.clone()), &e.value)).collect()),
        NodeValue::Null => Ok(Vec::new()),
        _ => Err(Failure::data(format!("{} is no list or mapping of records", place()))),
    }
}

/// The bytes of a span as a text of their own, at their column.
fn alone(text: &str, span: ByteSpan) -> String {
    let column = text[line_start(text, span.start)..span.start].chars().count();
    let mut out = " ".repeat(column);
    out.push_str(&text[span.start..span.end]);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
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

fn lines(text: &str) -> impl Iterator<Item = ItemLine> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        at = end + 1;
        let blank = bytes[start..end].iter().take_while(|byte| **byte == b' ').count();
        Some(ItemLine { start, first: start + blank, end })
    })
}

/// Cuts a text whose list or mapping stands at the root or below one of its keys, in block style; `None`
/// where it must be read whole: tabs and carriage returns before content, anchors and aliases, directives,
/// several documents, keys in quotes.
fn cut(text: &str, keys: &[&str]) -> Option<Vec<ItemText>> {
    let bytes = text.as_bytes();
    let odd = |pattern: &str| memchr::memmem::find(bytes, pattern.as_bytes()).is_some();
    if keys.len() > 1
        || ["\r", "\t", ": &", "- &", ": *", "- *", "\u{feff}"].iter().any(|pattern| odd(pattern))
    {
        return None;
    }
    let mut all = lines(text).peekable();
    if all.peek().is_some_and(|line| &text[line.start..line.end] == "---") {
        all.next();
    }
    if let [key] = keys {
        let is_key = |line: &ItemLine| {
            let rest = text[line.start..line.end].strip_prefix(key).and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with('#'))
        };
        all.find(is_key)?;
    }
    let mut starts: Vec<(Option<String>, usize, usize)> = Vec::new();
    let mut base: Option<(usize, bool)> = None;
    let mut region_end = text.len();
    for line in all {
        if line.is_void(bytes) {
            continue;
        }
        let dash = bytes[line.first] == b'-' && (line.first + 1 == line.end || bytes[line.first + 1] == b' ');
        let marker = line.first == line.start
            && (text[line.start..].starts_with("---")
                || text[line.start..].starts_with("...")
                || bytes[line.start] == b'%');
        if marker {
            return None;
        }
        let (indent, is_list) = *base.get_or_insert((line.indent(), dash));
        // A mapping's values must stand deeper than its key.
        if !keys.is_empty() && !is_list && indent == 0 {
            return None;
        }
        if line.indent() > indent {
            continue;
        }
        let ends = line.indent() < indent || (is_list && !dash);
        if ends {
            if keys.is_empty() || line.indent() > 0 {
                return None;
            }
            region_end = line.start;
            break;
        }
        if is_list {
            starts.push((None, line.start, line.first + 1));
        } else {
            let rest = &text[line.first..line.end];
            let length =
                rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-./+".contains(b)).count();
            let after = rest[length..].strip_prefix(':')?;
            if length == 0 || !(after.is_empty() || after.starts_with(' ')) {
                return None;
            }
            starts.push((Some(rest[..length].to_owned()), line.start, line.first + length + 1));
        }
    }
    let indent = base.map_or(0, |(indent, _)| indent);
    let ends = starts.iter().skip(1).map(|(_, start, _)| *start).chain([region_end]).collect::<Vec<_>>();
    let cut = starts.into_iter().zip(ends).map(|((key, start, content), end)| {
        let body_end = without_tail(text, start, end, indent);
        let first = text[start..body_end].find('\n').map_or(body_end, |length| start + length);
        let inline = text[content.min(first)..first].trim_start_matches(' ');
        let void = inline.is_empty() || inline.starts_with('#');
        // What follows on the first line stands at its column; else the item begins on the next line.
        let from = if void { (first + 1).min(body_end) } else { first - inline.len() };
        let column = if void { 0 } else { text[start..from].chars().count() };
        let mut alone = " ".repeat(column);
        alone.push_str(&text[from..body_end]);
        if !alone.ends_with('\n') {
            alone.push('\n');
        }
        ItemText { key, span: ByteSpan { start: from, end: body_end }, text: alone }
    });
    Some(cut.collect())
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

#[cfg(test)]
mod tests {
    use super::{cut, items};
    use crate::document::tree;

    #[test]
    fn items_are_cut_as_they_are_read() {
        let texts: [(&str, &[&str]); 6] = [
            ("- id: a\n  n: 1\n# of b\n- id: b\n  t: |\n    x\n    - y\n\n- {id: c}\n", &[]),
            ("# head\npeople:\n  - id: a\n    n: [1,\n      2]\n  -\n    id: b\nlast: 1\n", &["people"]),
            ("people:\n- id: a\n- id: b\n  c:\n  - d\nlast: 1\n", &["people"]),
            ("a:\n  n: 1\nb: {n: 2}\nc: # of c\n  n: 3\n", &[]),
            ("x: 1\nterms:\n  t1:\n    n: 1\n  t2:\n    n: 2\n", &["terms"]),
            ("---\n- id: a\n- id: b\n", &[]),
        ];
        for (text, keys) in texts {
            let cut = cut(text, keys).unwrap_or_else(|| panic!("not cut: {text:?}"));
            let root = tree(text.as_bytes()).0.expect("a tree").root;
            let list = root.at_keys(keys.iter().copied()).expect("the list");
            let whole: Vec<String> = list
                .items()
                .iter()
                .chain(list.entries().iter().map(|e| &e.value))
                .map(|node| node.canonical())
                .collect();
            let pieces: Vec<String> = cut
                .iter()
                .map(|item| tree(item.text.as_bytes()).0.expect("a tree").root.canonical())
                .collect();
            assert_eq!(pieces, whole, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_cut_is_read_whole() {
        for text in
            ["- &a {id: a}\n- {id: b, of: *a}\n", "[{\"id\": \"a\"}, {\"id\": \"b\"}]", "- id: a\n...\n"]
        {
            assert!(cut(text, &[]).is_none(), "{text:?}");
            let found = items(text.as_bytes(), &[]).expect("items");
            assert!(!found.is_empty() && found.iter().all(|item| item.text.contains("id")), "{found:?}");
        }
        assert!(items(b"people: 1\n", &["people"]).is_err());
        assert!(items(b"a: 1\n", &["people"]).is_err());
    }
}
