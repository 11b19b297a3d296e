//! Parser events → tree: spans as they are written, unique keys, aliases replaced within a budget.
//!
//! Owns the correction of the parser's spans (it gives block scalars without their header and block
//! collections up to the next token) and the limits on nodes and depth. Must not look at comments.

use super::layout::skip_blanks;
use super::number::{Plain, resolve};
use super::problem::{Problem, ProblemKind};
use super::read_options::{MAX_PROBLEMS, ReadOptions, null_at};
use super::repeated::repeated;
use crate::model::{ByteSpan, Entry, Node, NodeValue};
use foldhash::HashMap;
use granit_parser::{Event, ScalarStyle, Span, Tag};

/// Collects events into a tree. Finished nodes lie on two stacks until the collection they belong to ends.
pub(super) struct Builder<'t> {
    text: &'t str,
    options: &'t ReadOptions,
    problems: &'t mut Vec<Problem>,
    frames: Vec<OpenCollection>,
    items: Vec<Node>,
    entries: Vec<Entry>,
    root: Option<Node>,
    /// End of the last thing read, comments aside.
    cursor: usize,
    nodes: usize,
    /// How many of the nodes are copies made for aliases.
    copies: usize,
    anchors: HashMap<usize, Anchored>,
    has_aliases: bool,
}

/// An open collection.
struct OpenCollection {
    is_map: bool,
    /// Whether it is written between brackets; without them its end is the end of its last value.
    bracketed: bool,
    start: usize,
    /// Where its items or entries start on their stack.
    base: usize,
    key: Option<(String, ByteSpan)>,
    anchor: usize,
}

/// A finished node that an alias may name.
struct Anchored {
    node: Node,
    weight: usize,
    depth: usize,
}

type BuildResult = Result<(), Problem>;

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, options: &'t ReadOptions, problems: &'t mut Vec<Problem>) -> Self {
        Builder {
            text,
            options,
            problems,
            frames: Vec::with_capacity(8),
            items: Vec::new(),
            entries: Vec::new(),
            root: None,
            cursor: 0,
            nodes: 0,
            copies: 0,
            anchors: HashMap::default(),
            has_aliases: text.contains('*') && text.contains('&'),
        }
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn strict_problem(&mut self, problem: impl FnOnce() -> Problem) {
        if self.options.strict {
            self.problems.push(problem());
        }
    }

    /// Says that nothing before this byte belongs to the document.
    pub(super) fn start_at(&mut self, byte: usize) {
        self.cursor = byte;
    }

    /// The tree; null where nothing was read.
    pub(super) fn finish(self) -> Node {
        let end = self.text.len();
        self.root.unwrap_or_else(|| null_at(end))
    }

    /// Takes one event.
    ///
    /// # Errors
    /// A problem of kind `Limits` when the tree grows past the options.
    pub(super) fn event(&mut self, event: Event<'_>, span: ByteSpan, place: &Span) -> BuildResult {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        self.block_scalar_span(span, text.is_empty(), place.start.col())
                    }
                    ScalarStyle::Plain if span.start == span.end && anchor == 0 && tag.is_none() => {
                        self.empty_span(span.start)
                    }
                    _ => span,
                };
                self.cursor = self.cursor.max(span.end);
                if tag.is_none() && anchor == 0 && self.expects_key() {
                    return self.plain_key(text.into_owned(), style, span);
                }
                let value = match tag {
                    Some(tag) => self.tagged((&tag, place), text.into_owned(), style, span),
                    None if style == ScalarStyle::Plain => self.plain(text.into_owned(), span),
                    None => NodeValue::Text(text.into_owned()),
                };
                self.grow(1)?;
                self.finished(Node { value, span }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => self.open(false, span, anchor, (tag.as_deref(), place)),
            Event::MappingStart(_, anchor, tag) => self.open(true, span, anchor, (tag.as_deref(), place)),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                self.problem(Problem::new(
                    ProblemKind::Alias,
                    span,
                    format!("no anchor `&{name}` stands before this alias"),
                ));
                self.cursor = span.end;
                self.grow(1)?;
                self.push(Node { value: NodeValue::Null, span })
            }
            _ => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_map && frame.key.is_none())
    }

    fn grow(&mut self, by: usize) -> BuildResult {
        self.nodes = self.nodes.saturating_add(by);
        if self.nodes <= self.options.max_nodes {
            return Ok(());
        }
        let span = ByteSpan { start: self.cursor, end: self.cursor };
        Err(Problem::new(
            ProblemKind::Limits,
            span,
            format!("the text has more than {} values", self.options.max_nodes),
        ))
    }

    /// Makes room for copies of an anchored value.
    fn copy(&mut self, weight: usize) -> BuildResult {
        self.copies = self.copies.saturating_add(weight);
        if self.copies > self.options.max_nodes / 10 {
            let span = ByteSpan { start: self.cursor, end: self.cursor };
            let message = format!("aliases stand for more than {} values", self.options.max_nodes / 10);
            return Err(Problem::new(ProblemKind::Limits, span, message));
        }
        self.grow(weight)
    }

    fn too_deep(&self, at: ByteSpan) -> Problem {
        let message = format!("lists and mappings are nested more than {} deep", self.options.max_depth);
        Problem::new(ProblemKind::Limits, at, message)
    }

    fn open(
        &mut self,
        is_map: bool,
        span: ByteSpan,
        anchor: usize,
        (tag, place): (Option<&Tag>, &Span),
    ) -> BuildResult {
        self.grow(1)?;
        if self.frames.len() >= self.options.max_depth {
            return Err(self.too_deep(span));
        }
        if let Some(tag) = tag {
            let fits = tag.is_yaml_core_schema_tag(if is_map { "map" } else { "seq" });
            self.tag_problem(tag, fits, span, place);
        }
        let bracket = if is_map { b'{' } else { b'[' };
        let bracketed = span.end == span.start + 1 && self.text.as_bytes().get(span.start) == Some(&bracket);
        let base = if is_map { self.entries.len() } else { self.items.len() };
        // A list at the indentation of its key comes with the place after its first dash.
        let under_key = self.frames.last().is_some_and(|frame| frame.key.is_some());
        let unindented = !is_map && !bracketed && under_key;
        let start =
            if unindented { find_indicator(self.text, self.cursor, span.start, b"-") } else { span.start };
        self.cursor = self.cursor.max(if bracketed { span.end } else { start });
        self.frames.push(OpenCollection { is_map, bracketed, start, base, key: None, anchor });
        Ok(())
    }

    fn close(&mut self, span: ByteSpan) -> BuildResult {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        if frame.bracketed {
            self.cursor = self.cursor.max(span.end);
        }
        let value = if frame.is_map {
            let mut entries: Vec<Entry> = self.entries.drain(frame.base..).collect();
            drop_equal_keys(&mut entries, self.problems);
            NodeValue::Map(entries)
        } else {
            NodeValue::List(self.items.drain(frame.base..).collect())
        };
        self.finished(Node { value, span: ByteSpan { start: frame.start, end: self.cursor } }, frame.anchor)
    }

    /// Remembers an anchored node, then puts it in its place.
    fn finished(&mut self, node: Node, anchor: usize) -> BuildResult {
        if anchor != 0 && self.has_aliases {
            let (weight, depth) = measure(&node);
            self.copy(weight)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), weight, depth });
        }
        self.push(node)
    }

    fn alias(&mut self, anchor: usize, span: ByteSpan) -> BuildResult {
        self.cursor = self.cursor.max(span.end);
        let Some(anchored) = self.anchors.get(&anchor) else {
            self.problem(Problem::new(
                ProblemKind::Alias,
                span,
                "this alias stands inside the value it names",
            ));
            return self.push(Node { value: NodeValue::Null, span });
        };
        let (weight, depth, original) = (anchored.weight, anchored.depth, anchored.node.span);
        self.strict_problem(|| {
            Problem::new(ProblemKind::Alias, span, "an alias stands for another value")
                .related(original, "the value it stands for")
                .help("write the value out")
        });
        if self.frames.len() + depth > self.options.max_depth {
            return Err(self.too_deep(span));
        }
        self.copy(weight)?;
        let node = self.anchors[&anchor].node.clone();
        self.push_at(node, span)
    }

    pub(super) fn push(&mut self, node: Node) -> BuildResult {
        let span = node.span;
        self.push_at(node, span)
    }

    /// Puts a node where it belongs; `at` is where it is written, which for an alias is not the node's own
    /// span.
    fn push_at(&mut self, node: Node, at: ByteSpan) -> BuildResult {
        let expects_key = self.expects_key();
        match self.frames.last_mut() {
            None => self.root = Some(node),
            Some(frame) if !frame.is_map => self.items.push(node),
            Some(_) if expects_key => self.node_key(node, at),
            Some(frame) => {
                let (key, key_span) = frame.key.take().expect("because a map that expects no key has one");
                self.entries.push(Entry { key, key_span, value: node });
            }
        }
        Ok(())
    }

    /// A key without tag or anchor: its text is the key, whatever it would mean as a value.
    fn plain_key(&mut self, key: String, style: ScalarStyle, span: ByteSpan) -> BuildResult {
        let plain = style == ScalarStyle::Plain;
        if plain && span.start == span.end {
            self.problem(Problem::new(ProblemKind::KeyType, span, "a key is missing before this colon"));
            return self.set_key(String::new(), span);
        }
        if plain && key == "<<" {
            let problem = Problem::new(ProblemKind::MergeKey, span, "`<<` is read as an ordinary key");
            self.problem(problem.help("write the merged keys out"));
        }
        self.set_key(key, span)
    }

    /// A key that is more than an untagged scalar.
    fn node_key(&mut self, node: Node, at: ByteSpan) {
        let written = self.text.get(node.span.start..node.span.end).unwrap_or("");
        let key = match &node.value {
            NodeValue::Text(text) => text.clone(),
            NodeValue::List(_) | NodeValue::Map(_) => {
                let key = written.to_owned();
                let problem =
                    Problem::new(ProblemKind::KeyType, at, "a key must be a text, not a list or mapping");
                self.problem(problem.help("use a text as the key"));
                key
            }
            _ => written.to_owned(),
        };
        let _ = self.set_key(key, at);
    }

    fn set_key(&mut self, key: String, span: ByteSpan) -> BuildResult {
        if span.start > 0 && self.text.as_bytes()[span.start - 1] == b'\t' {
            let tab = ByteSpan { start: span.start - 1, end: span.start };
            self.strict_problem(|| {
                Problem::new(ProblemKind::Tab, tab, "a tab stands before a key").help("use spaces to indent")
            });
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.key = Some((key, span));
        }
        Ok(())
    }

    fn plain(&mut self, text: String, span: ByteSpan) -> NodeValue {
        if span.start == span.end {
            return NodeValue::Null;
        }
        match resolve(&text) {
            Plain::Text => NodeValue::Text(text),
            Plain::Null => NodeValue::Null,
            Plain::Bool(truth) => NodeValue::Bool(truth),
            Plain::Int(number) => NodeValue::Int(number),
            Plain::Float(number) => NodeValue::Float(number),
            Plain::Decimal => NodeValue::Decimal(text.into_boxed_str()),
            Plain::NotFinite(number) => {
                let problem =
                    Problem::new(ProblemKind::Number, span, format!("`{text}` is not a finite number"));
                self.problem(problem.help("put it in quotes if it is a text"));
                NodeValue::Float(number)
            }
            Plain::TooLarge => {
                let shown: String = text.chars().take(40).collect();
                let problem = Problem::new(
                    ProblemKind::Number,
                    span,
                    format!("`{shown}` does not fit in 64 bits; it is kept as text"),
                );
                self.problem(problem.help("put it in quotes"));
                NodeValue::Text(text)
            }
        }
    }

    fn tagged(
        &mut self,
        (tag, place): (&Tag, &Span),
        text: String,
        style: ScalarStyle,
        span: ByteSpan,
    ) -> NodeValue {
        let empty = style == ScalarStyle::Plain && span.start == span.end;
        let text = if empty { String::new() } else { text };
        let meaning = resolve(&text);
        let value = match (tag.core_suffix(), meaning) {
            (Some("str"), _) => Some(NodeValue::Text(text.clone())),
            (None, _) if tag.suffix() == "!" || tag.original() == "!" => Some(NodeValue::Text(text.clone())),
            (Some("null"), Plain::Null) => Some(NodeValue::Null),
            (Some("bool"), Plain::Bool(truth)) => Some(NodeValue::Bool(truth)),
            (Some("int"), Plain::Int(number)) => Some(NodeValue::Int(number)),
            (Some("float"), Plain::Float(number) | Plain::NotFinite(number)) => {
                Some(NodeValue::Float(number))
            }
            (Some("float"), Plain::Decimal) => Some(NodeValue::Decimal(text.clone().into_boxed_str())),
            (Some("float"), Plain::Int(number)) if number.unsigned_abs() <= 1 << 53 => {
                Some(NodeValue::Float(number as f64))
            }
            _ => None,
        };
        self.tag_problem(tag, value.is_some(), span, place);
        match value {
            Some(value) => value,
            None if style == ScalarStyle::Plain => self.plain(text, span),
            None => NodeValue::Text(text),
        }
    }

    /// Reports a tag: always where it is ignored, in strict reading also where it is followed.
    fn tag_problem(&mut self, tag: &Tag, followed: bool, span: ByteSpan, place: &Span) {
        if followed && !self.options.strict {
            return;
        }
        let at = place.tag_span().and_then(|tag| tag.byte_range());
        let at = at.map_or(span, |range| ByteSpan { start: range.start, end: range.end });
        let message = match followed {
            true => format!("a tag (`{}`) stands before this value", tag.original()),
            false => format!("the tag `{}` says nothing here and is ignored", tag.original()),
        };
        self.problem(
            Problem::new(ProblemKind::Tag, at, message)
                .help("remove the tag, and put the value in quotes if it is a text"),
        );
    }

    /// Where an empty value stands: just after its colon or dash.
    fn empty_span(&self, given: usize) -> ByteSpan {
        let indicator = match self.frames.last() {
            Some(frame) if frame.is_map && frame.key.is_some() => Some(b':'),
            Some(frame) if !frame.is_map => Some(b'-'),
            _ => None,
        };
        let next = skip_blanks(self.text, self.cursor);
        let at = match indicator {
            Some(wanted) if self.text.as_bytes().get(next) == Some(&wanted) => next + 1,
            Some(_) => self.cursor,
            None => given.max(self.cursor),
        };
        ByteSpan { start: at, end: at }
    }

    /// From `|` or `>` to the end of the last line of content. The parser gives the content only, and up to
    /// the next token. `indent` is the column at which the content starts.
    fn block_scalar_span(&self, content: ByteSpan, is_empty: bool, indent: usize) -> ByteSpan {
        let start = find_indicator(self.text, self.cursor, content.start, b"|>");
        let line = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |length| start + length);
        let header_end = start + self.text[start..line].find([' ', '\t']).unwrap_or(line - start);
        let body = &self.text[line..content.end.max(line)];
        let length = if self.text[start..header_end].contains('+') {
            // Trailing blank lines are part of the value; only the indentation of the next token is not.
            if content.end == self.text.len() { body.len() } else { body.trim_end_matches([' ', '\t']).len() }
        } else if is_empty {
            0
        } else {
            content_length(body, indent)
        };
        ByteSpan { start, end: if length == 0 { header_end } else { line + length } }
    }
}

/// The length of a block scalar's lines without the blank ones at their end. A line of more blanks than the
/// indentation is content.
fn content_length(body: &str, indent: usize) -> usize {
    let mut end = body.len();
    loop {
        let Some(line_break) = body[..end].rfind(['\n', '\r']) else { return 0 };
        let line = &body[line_break + 1..end];
        if line.len() > indent || !line.bytes().all(|byte| byte == b' ') {
            return end;
        }
        end = if body[..=line_break].ends_with("\r\n") { line_break - 1 } else { line_break };
    }
}

/// The first of the wanted indicators from `from`: before a value stand only blanks, comments, indicators, a
/// tag and an anchor.
fn find_indicator(text: &str, from: usize, limit: usize, wanted: &[u8]) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at = skip_blanks(text, at);
        match bytes.get(at) {
            Some(byte) if wanted.contains(byte) => return at,
            Some(b'!' | b'&') => at += bytes[at..].iter().take_while(|b| !b.is_ascii_whitespace()).count(),
            Some(_) if at < limit => at += 1,
            _ => return limit.min(bytes.len()),
        }
    }
}

/// How many nodes a value has, long texts counted more than once, and how deep it nests.
fn measure(node: &Node) -> (usize, usize) {
    match &node.value {
        NodeValue::Text(text) => (1 + text.len() / 64, 0),
        NodeValue::List(items) => {
            items.iter().map(measure).fold((1, 1), |all, one| (all.0 + one.0, all.1.max(one.1 + 1)))
        }
        NodeValue::Map(entries) => entries
            .iter()
            .map(|entry| (measure(&entry.value), 1 + entry.key.len() / 64))
            .fold((1, 1), |all, (one, key)| (all.0 + one.0 + key, all.1.max(one.1 + 1))),
        _ => (1, 0),
    }
}

/// Keeps the first of equal keys and reports the others.
fn drop_equal_keys(entries: &mut Vec<Entry>, problems: &mut Vec<Problem>) {
    let repeated = repeated_keys(entries);
    if repeated.is_empty() {
        return;
    }
    for (first, again) in repeated.iter().take(MAX_PROBLEMS) {
        let (first, again) = (&entries[*first], &entries[*again]);
        problems.push(
            Problem::new(
                ProblemKind::DuplicateKey,
                again.key_span,
                format!("the key `{}` stands twice in one mapping", again.key),
            )
            .related(first.key_span, "it stands here first, and this one is kept")
            .help("remove one of the two"),
        );
    }
    let mut at = 0;
    let mut drop = repeated.iter().map(|(_, again)| *again).peekable();
    entries.retain(|_| {
        let keep = drop.next_if_eq(&at).is_none();
        at += 1;
        keep
    });
}

/// Pairs (first, later) of entries with equal keys, by the later one.
fn repeated_keys(entries: &[Entry]) -> Vec<(usize, usize)> {
    let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    repeated(&keys)
}
