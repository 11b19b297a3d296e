//! Which bytes an edit replaces, and with what.
//!
//! Owns the layout of edits: indentation, commas, line breaks, comments that stay or go. Must not judge the
//! result: `edit` reads it again and compares, so a layout not foreseen here is refused there.

use super::edits::Edit;
use super::layout::{
    Extent, at_line_start, before_break, column, extents, is_block_scalar, is_flow, line_end, line_start,
    newline, past_break, skip_blanks,
};
use super::print;
use crate::model::{ByteSpan, Document, Entry, Failure, Node, NodeValue};

/// Bytes to replace.
#[derive(Debug)]
pub(super) struct Splice {
    pub at: ByteSpan,
    pub with: String,
}

impl Splice {
    fn new(start: usize, end: usize, with: impl Into<String>) -> Self {
        Splice { at: ByteSpan { start, end: end.max(start) }, with: with.into() }
    }

    fn insert(at: usize, with: impl Into<String>) -> Self {
        Splice::new(at, at, with)
    }

    /// Whether the splice takes away what starts in a span.
    pub(super) fn covers(&self, span: ByteSpan) -> bool {
        self.at.start <= span.start && span.start < self.at.end
    }
}

/// The entry's value or the item at a position.
pub(super) fn child(node: &Node, at: usize) -> Option<&Node> {
    node.items().get(at).or_else(|| node.entries().get(at).map(|entry| &entry.value))
}

/// A node with what surrounds it.
struct SplicePlace<'d> {
    text: &'d str,
    node: &'d Node,
    /// Whether the node stands inside brackets, or has them itself.
    flow: bool,
    parent: Option<Parent<'d>>,
}

struct Parent<'d> {
    node: &'d Node,
    /// Whether the parent's children stand inside brackets.
    flow: bool,
    extents: Vec<Extent>,
    /// The child's position.
    at: usize,
}

impl Parent<'_> {
    fn extent(&self) -> Extent {
        self.extents[self.at]
    }

    fn is_map(&self) -> bool {
        matches!(self.node.value, NodeValue::Map(_))
    }
}

type Splices = Result<Vec<Splice>, Failure>;

/// The splices that make an edit at a route.
pub(super) fn splices(document: &Document, route: &[usize], edit: &Edit) -> Splices {
    let place = find(document, route)?;
    let with_newlines = |splices: Vec<Splice>| {
        let newline = newline(&document.text);
        splices
            .into_iter()
            .map(|splice| Splice { with: splice.with.replace('\n', newline), ..splice })
            .collect()
    };
    match edit {
        Edit::Replace { value, .. } => replace(&place, value),
        Edit::InsertKey { key, value, at, .. } => {
            let entry = Entry { key: key.clone(), key_span: ByteSpan::default(), value: value.clone() };
            insert(&place, New::Entry(entry), *at)
        }
        Edit::InsertItem { item, at, .. } => insert(&place, New::Item(item.clone()), *at),
        Edit::Remove { .. } => remove(document, route, &place),
        Edit::RenameKey { key, .. } => {
            let entry = place
                .parent
                .as_ref()
                .and_then(|parent| parent.node.entries().get(parent.at))
                .ok_or_else(|| Failure::data("it has no key"))?;
            Ok(vec![Splice::new(entry.key_span.start, entry.key_span.end, print::scalar(key))])
        }
        Edit::CommentAbove { text, .. } => comment_above(&place, text),
        Edit::CommentAfter { text, .. } => comment_after(&place, text),
    }
    .map(with_newlines)
}

fn find<'d>(document: &'d Document, route: &[usize]) -> Result<SplicePlace<'d>, Failure> {
    let text: &str = &document.text;
    let mut place =
        SplicePlace { text, node: &document.root, flow: is_flow(text, &document.root), parent: None };
    for (depth, at) in route.iter().enumerate() {
        let extents = extents(text, place.node, place.flow);
        let extent = *extents.get(*at).ok_or_else(|| Failure::data("nothing stands there"))?;
        if extent.alias && depth + 1 < route.len() {
            return Err(Failure::data("it stands behind an alias"));
        }
        let node = child(place.node, *at).ok_or_else(|| Failure::data("nothing stands there"))?;
        let parent = Parent { node: place.node, flow: place.flow, extents, at: *at };
        place = SplicePlace { text, node, flow: place.flow || is_flow(text, node), parent: Some(parent) };
    }
    Ok(place)
}

/// The end of a value without the blank lines a `|+` block ends with.
fn without_blank_lines(text: &str, start: usize, end: usize) -> usize {
    start + text[start..end].trim_end_matches(['\n', '\r', ' ']).len()
}

/// `#` and the words of a comment.
fn comment(words: &str) -> String {
    format!("# {}", words.trim()).trim_end().to_owned()
}

fn replace(place: &SplicePlace<'_>, value: &Node) -> Splices {
    let SplicePlace { text, node, parent, .. } = place;
    let Some(parent) = parent else { return Ok(replace_root(text, node, value)) };
    let extent = parent.extent();
    let has_indicator = !parent.is_map() || text[..extent.lead].ends_with(':');
    if parent.flow {
        let gap = match (extent.value == extent.lead && parent.is_map(), has_indicator) {
            (false, _) => "",
            (true, true) => " ",
            (true, false) => ": ",
        };
        return Ok(vec![Splice::new(extent.value, extent.end, format!("{gap}{}", print::flow(value)))]);
    }
    if !has_indicator {
        return Err(Failure::data("its key is written with `?` and has no value"));
    }
    let indent = column(text, parent.node.span.start);
    let mut tail = String::new();
    if parent.is_map() {
        print::after_colon(&mut tail, value, indent, extent.lead - extent.start);
    } else {
        print::block_item(&mut tail, value, indent);
        tail.remove(0);
    }
    let (head, body) = tail
        .split_once('\n')
        .map_or((tail.as_str(), String::new()), |(head, body)| (head, format!("\n{body}")));
    Ok(replace_in_block(text, node, extent, head, &body))
}

/// Replaces the value after a colon or dash: `head` goes on the line of the indicator, `body` below it, and a
/// comment on that line stays between them.
fn replace_in_block(text: &str, node: &Node, extent: Extent, head: &str, body: &str) -> Vec<Splice> {
    let Extent { lead, value, end, alias, .. } = extent;
    let lead_line_end = line_end(text, lead);
    // The author's blanks before a value stay, unless lines below have to stand at its column.
    let head_at = |value: usize, end: usize| match head.trim_start() {
        trimmed if trimmed.is_empty() || value == lead || !body.is_empty() => {
            Splice::new(lead.max(line_start(text, value)), end, head)
        }
        trimmed => Splice::new(value, end, trimmed),
    };
    if value == end {
        return vec![Splice::insert(lead, head), Splice::insert(lead_line_end, body)];
    }
    if !alias && is_block_scalar(text, node.span) {
        let header_line_end = line_end(text, node.span.start);
        let header_end = node.span.start
            + text[node.span.start..header_line_end]
                .find([' ', '\t'])
                .unwrap_or(header_line_end - node.span.start);
        let content_end = without_blank_lines(text, node.span.start, end).max(header_line_end);
        return vec![head_at(value, header_end), Splice::new(header_line_end, content_end, body)];
    }
    let is_collection =
        matches!(node.value, NodeValue::List(_) | NodeValue::Map(_)) && !alias && !is_flow(text, node);
    if is_collection {
        let last_line_end = line_end(text, without_blank_lines(text, node.span.start, end));
        if node.span.start < lead_line_end {
            return vec![head_at(value, last_line_end), Splice::insert(last_line_end, body)];
        }
        let rest = &text[lead..lead_line_end];
        let kept = rest.find(" #").or_else(|| rest.find("\t#")).unwrap_or(rest.len());
        return vec![Splice::new(lead, lead + kept, head), Splice::new(lead_line_end, last_line_end, body)];
    }
    if value > lead_line_end && !body.is_empty() {
        return vec![Splice::insert(lead, head), Splice::new(lead_line_end, end, body)];
    }
    vec![head_at(value, end), Splice::insert(line_end(text, end), body)]
}

fn replace_root(text: &str, node: &Node, value: &Node) -> Vec<Splice> {
    let ByteSpan { start, end } = node.span;
    let is_collection = matches!(node.value, NodeValue::List(_) | NodeValue::Map(_));
    let mut with = String::new();
    if is_flow(text, node) {
        with.push_str(&print::flow(value))
    } else {
        print::block(&mut with, value, 0)
    }
    if start == text.len() {
        let before = if text.is_empty() || at_line_start(text, text.len()) { "" } else { "\n" };
        return vec![Splice::insert(start, format!("{before}{with}\n"))];
    }
    if is_collection && !is_flow(text, node) {
        return vec![Splice::new(start, line_end(text, without_blank_lines(text, start, end)), with)];
    }
    let cut = with.find('\n').unwrap_or(with.len());
    let body = with.split_off(cut);
    let below = if is_block_scalar(text, node.span) { end } else { line_end(text, end) };
    vec![Splice::new(start, end, with), Splice::insert(below, body)]
}

/// What is inserted.
enum New {
    Entry(Entry),
    Item(Node),
}

impl New {
    fn flow(&self) -> String {
        match self {
            New::Entry(entry) => print::flow_entry(entry),
            New::Item(item) => print::flow(item),
        }
    }

    fn block(&self, indent: usize) -> String {
        let mut out = String::new();
        match self {
            New::Entry(entry) => print::block_entry(&mut out, entry, indent),
            New::Item(item) => print::block_item(&mut out, item, indent),
        }
        out
    }

    fn alone(self) -> Node {
        let value = match self {
            New::Entry(entry) => NodeValue::Map(vec![entry]),
            New::Item(item) => NodeValue::List(vec![item]),
        };
        Node { value, span: ByteSpan::default() }
    }
}

fn insert(place: &SplicePlace<'_>, new: New, at: Option<usize>) -> Splices {
    let SplicePlace { text, node, flow, parent } = place;
    if parent.as_ref().is_some_and(|parent| parent.extent().alias) {
        return Err(Failure::data("it stands behind an alias"));
    }
    let extents = extents(text, node, *flow);
    let at = at.unwrap_or(extents.len()).min(extents.len());
    let Some(first) = extents.first() else { return replace(place, &new.alone()) };
    let before = at.checked_sub(1).map(|at| extents[at]);
    if *flow {
        return Ok(vec![match before {
            None => Splice::insert(first.start, format!("{}, ", new.flow())),
            Some(before) => Splice::insert(before.end, format!(", {}", new.flow())),
        }]);
    }
    let indent = column(text, node.span.start);
    let (new, pad) = (new.block(indent), " ".repeat(indent));
    Ok(vec![match before {
        None => Splice::insert(first.start, format!("{new}\n{pad}")),
        // The blank lines at the end of a `|+` block are part of it.
        Some(before) if at_line_start(text, before.end) => {
            Splice::insert(before.end, format!("{pad}{new}\n"))
        }
        Some(before) => Splice::insert(line_end(text, before.end), format!("\n{pad}{new}")),
    }])
}

fn remove(document: &Document, route: &[usize], place: &SplicePlace<'_>) -> Splices {
    let parent = place.parent.as_ref().ok_or_else(|| Failure::data("the whole text cannot be removed"))?;
    if parent.extents.len() == 1 {
        let empty = if parent.is_map() { NodeValue::Map(Vec::new()) } else { NodeValue::List(Vec::new()) };
        let outer = find(document, &route[..route.len() - 1])?;
        return replace(&outer, &Node { value: empty, span: ByteSpan::default() });
    }
    Ok(vec![if parent.flow {
        remove_in_flow(place.text, parent)
    } else {
        remove_in_block(place.text, parent, route.len() == 1)
    }])
}

fn remove_in_flow(text: &str, parent: &Parent<'_>) -> Splice {
    let extent = parent.extent();
    if let Some(next) = parent.extents.get(parent.at + 1) {
        return Splice::new(extent.start, next.start, "");
    }
    let before = parent.extents[parent.at - 1].end;
    if !text[before..extent.start].contains('#') {
        return Splice::new(before, extent.end, "");
    }
    // The comment between belongs to what stays, so the comma stays too.
    let comma = skip_blanks(text, extent.end);
    let end = if text[comma..].starts_with(',') { comma + 1 } else { extent.end };
    let rest = &text[end..line_end(text, end)];
    let end = if rest.trim_start().starts_with('#') { end + rest.len() } else { end };
    let line = line_start(text, extent.start);
    let start =
        if text[line..extent.start].trim().is_empty() { before_break(text, line) } else { extent.start };
    Splice::new(start, end, "")
}

fn remove_in_block(text: &str, parent: &Parent<'_>, at_root: bool) -> Splice {
    let extent = parent.extent();
    let line = line_start(text, extent.start);
    let keeps_blank_lines = extent.end > extent.start && at_line_start(text, extent.end);
    let end = if keeps_blank_lines { extent.end } else { line_end(text, extent.end) };
    if !text[line..extent.start].trim().is_empty() {
        // The first of a collection that starts behind a dash: the next one takes its place.
        let next = text[end..].find(|c: char| !c.is_whitespace()).map_or(text.len(), |length| end + length);
        return Splice::new(extent.start, next, "");
    }
    let mut start = line;
    let indent = &text[line..extent.start];
    // What stands at the top of a text is about the whole of it.
    while start > 0 && !(at_root && parent.at == 0) {
        let above = line_start(text, before_break(text, start));
        let is_own = text[above..start].strip_prefix(indent).is_some_and(|line| line.starts_with('#'));
        if !is_own {
            break;
        }
        start = above;
    }
    if keeps_blank_lines {
        return Splice::new(start, end, "");
    }
    match past_break(text, end) {
        after if after > end => Splice::new(start, after, ""),
        _ => Splice::new(before_break(text, start), end, ""),
    }
}

fn comment_above(place: &SplicePlace<'_>, words: &str) -> Splices {
    let parent = place.parent.as_ref().ok_or_else(|| Failure::data("it has no line of its own"))?;
    if parent.flow {
        return Err(Failure::data("it stands inside brackets"));
    }
    let start = parent.extent().start;
    let line = line_start(place.text, start);
    let indent = &place.text[line..start];
    Ok(vec![if indent.trim().is_empty() {
        Splice::insert(line, format!("{indent}{}\n", comment(words)))
    } else {
        Splice::insert(start, format!("{}\n{}", comment(words), " ".repeat(column(place.text, start))))
    }])
}

fn comment_after(place: &SplicePlace<'_>, words: &str) -> Splices {
    let SplicePlace { text, node, parent, .. } = place;
    let extent = parent.as_ref().ok_or_else(|| Failure::data("it has no line of its own"))?.extent();
    let is_block = match &node.value {
        NodeValue::List(_) | NodeValue::Map(_) => !is_flow(text, node),
        _ => is_block_scalar(text, node.span),
    };
    let at = match is_block && !extent.alias {
        true if is_block_scalar(text, node.span) => line_end(text, node.span.start),
        true => line_end(text, extent.lead),
        false => line_end(text, extent.end),
    };
    let at = line_start(text, at) + text[line_start(text, at)..at].trim_end().len();
    Ok(vec![Splice::insert(at, format!(" {}", comment(words)))])
}
