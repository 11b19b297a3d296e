//! Bytes → tree with spans, comments and problems.
//!
//! Owns the options, the checks on bytes before parsing, and what is left around a tree: comments,
//! directives, further documents. Never fails and never panics: without a tree there is at least one problem
//! that says why.

use super::build::Builder;
use super::problem::{Problem, ProblemKind, from_scan_error};
use super::read_options::{MAX_PROBLEMS, ReadOptions, null_at};
use crate::model::{ByteSpan, Document, LineColumn, Node, NodeValue};
use granit_parser::{Event, Options, Parser, ScanError};
use std::borrow::Cow;
use std::sync::Arc;

/// What was read from a text.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The tree with its text; `None` if there is none (syntax, limits, and in strict reading encoding).
    pub document: Option<Document>,
    /// The text spans count in: without a byte order mark; bytes that are not UTF-8 and control characters
    /// replaced by U+FFFD. Empty for a text over [`ReadOptions::max_bytes`].
    pub text: Arc<str>,
    /// What is wrong, in the order of the text; not more than 500.
    pub problems: Vec<Problem>,
    /// The comments, in the order of the text; up to the first error where there is no tree.
    pub comments: Vec<Comment>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its bytes, from `#` to the end of the line, the line break excluded.
    pub span: ByteSpan,
    /// Its words: what follows `#`, without blanks around.
    pub text: String,
    /// Whether something else stands before it on its line.
    pub trailing: bool,
}

impl Reading {
    /// The place of a byte of [`Reading::text`], whether or not there is a tree.
    pub fn place(&self, byte: usize) -> LineColumn {
        match &self.document {
            Some(document) => document.place(byte),
            None => Document::new(self.text.clone(), null_at(0)).place(byte),
        }
    }

    /// The items at some keys, each as a reading of its own: its tree in the whole text, with the comments
    /// inside it. What is wrong with the text outside all items stands with the first. With no list or
    /// mapping there, the reading itself.
    pub fn items(self, keys: &[&str]) -> Vec<(Option<String>, Reading)> {
        let list = self.document.as_ref().and_then(|document| document.root.at_keys(keys.iter().copied()));
        let nodes: Vec<(Option<String>, Node)> = match list.map(|list| &list.value) {
            Some(NodeValue::List(items)) => items.iter().map(|item| (None, item.clone())).collect(),
            Some(NodeValue::Map(entries)) => {
                entries.iter().map(|entry| (Some(entry.key.clone()), entry.value.clone())).collect()
            }
            _ => Vec::new(),
        };
        if nodes.is_empty() {
            // A list without entries has no records; a file without the list is judged as a whole, which says
            // so.
            let is_list =
                list.is_some_and(|list| matches!(list.value, NodeValue::List(_) | NodeValue::Map(_)));
            return if is_list && self.problems.is_empty() { Vec::new() } else { vec![(None, self)] };
        }
        let starts: Vec<usize> = nodes.iter().map(|(_, node)| node.span.start).collect();
        let ends: Vec<usize> = nodes.iter().map(|(_, node)| node.span.end).collect();
        let owner = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
        // A comment behind an item's line is its own; one on a line of its own is about what follows.
        let owner_of = |comment: &Comment| {
            let own = owner(comment.span.start);
            let is_between = !comment.trailing && comment.span.start >= ends[own] && own + 1 < ends.len();
            if is_between { own + 1 } else { own }
        };
        let mut out: Vec<(Option<String>, Reading)> = nodes
            .into_iter()
            .map(|(key, node)| {
                let document = Some(Document::new(self.text.clone(), node));
                (
                    key,
                    Reading { document, text: self.text.clone(), problems: Vec::new(), comments: Vec::new() },
                )
            })
            .collect();
        for problem in self.problems {
            out[owner(problem.span.start)].1.problems.push(problem);
        }
        for comment in self.comments {
            out[owner_of(&comment)].1.comments.push(comment);
        }
        out
    }

    /// The reading of a part of a text in the text's places: what stood at `from` stands at `to`. `None`
    /// where there is no tree, or something stands before that.
    pub fn moved(self, text: &Arc<str>, from: usize, to: usize) -> Option<Reading> {
        let place = |at: usize| Some(at.checked_sub(from)? + to).filter(|at| *at <= text.len() + 1);
        let span = |span: ByteSpan| {
            Some(ByteSpan { start: place(span.start)?, end: place(span.end)?.min(text.len()) })
        };
        let mut root = self.document?.root;
        root.move_by(from, to);
        let mut problems = self.problems;
        for problem in &mut problems {
            problem.span = span(problem.span)?;
            for (related, _) in &mut problem.related {
                *related = span(*related)?;
            }
        }
        let mut comments = self.comments;
        for comment in &mut comments {
            comment.span = span(comment.span)?;
        }
        let document = Some(Document::new(text.clone(), root));
        Some(Reading { document, text: text.clone(), problems, comments })
    }

    fn without_text(problem: Problem) -> Self {
        Reading { document: None, text: Arc::from(""), problems: vec![problem], comments: Vec::new() }
    }
}

/// Reads a YAML text by the core schema of YAML 1.2.2 (chapter 10.3); dates stay text, as do numbers whose
/// digits would be lost. In lenient reading a text in TOML is read as TOML.
///
/// A text of blanks and comments is null. Aliases are replaced by copies of what they name, with its spans.
/// The same text gives the same tree in strict and in lenient reading, wherever both give one.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Reading {
    if bytes.len() > options.max_bytes {
        let message =
            format!("the text has {} bytes, and not more than {} are read", bytes.len(), options.max_bytes);
        return Reading::without_text(Problem::new(ProblemKind::Limits, ByteSpan::default(), message));
    }
    let mut problems = Vec::new();
    let text = decode(bytes, options, &mut problems);
    if !options.strict && super::is_toml(text.as_bytes()) {
        return read_toml(&text, options, problems);
    }
    let mut comments = Vec::new();
    let refused = options.strict && problems.iter().any(|problem| problem.kind == ProblemKind::Encoding);
    let root = if refused { None } else { parse(&text, options, &mut problems, &mut comments) };
    if problems.len() > MAX_PROBLEMS {
        // The last is the one for which there is no tree.
        let last = problems.len() - 1;
        problems.swap(MAX_PROBLEMS - 1, last);
        problems.truncate(MAX_PROBLEMS);
    }
    problems.sort_by_key(|problem| problem.span.start);
    if !comments.is_sorted_by_key(|comment: &Comment| comment.span.start) {
        comments.sort_by_key(|comment| comment.span.start);
    }
    let text: Arc<str> = Arc::from(text);
    Reading { document: root.map(|root| Document::new(text.clone(), root)), text, problems, comments }
}

fn read_toml(text: &str, options: &ReadOptions, mut problems: Vec<Problem>) -> Reading {
    let (root, comments) = match super::toml_tree::read(text, options) {
        Ok((root, comments)) => (Some(root), comments),
        Err(problem) => {
            problems.push(problem);
            (None, Vec::new())
        }
    };
    let comments = comments.into_iter();
    let comments = comments.map(|span| comment(text, span, &text[span.start + 1..span.end])).collect();
    let text: Arc<str> = Arc::from(text);
    Reading { document: root.map(|root| Document::new(text.clone(), root)), text, problems, comments }
}

/// Reads the front matter of a text; the text as a whole is that of the reading. A text without one has no
/// tree.
pub fn read_front_matter(bytes: &[u8], options: &ReadOptions) -> Reading {
    let Some(front) = super::front_matter(bytes) else {
        let message = "the text has no front matter: lines of YAML between two lines of `---` at its start, \
            or of TOML between two of `+++`";
        let problem = Problem::new(ProblemKind::Syntax, ByteSpan::default(), message);
        return Reading { text: Arc::from(String::from_utf8_lossy(bytes)), ..Reading::without_text(problem) };
    };
    let mut reading = read(front, options);
    let rest = String::from_utf8_lossy(&bytes[front.len()..]);
    let text: Arc<str> = Arc::from(format!("{}{rest}", reading.text));
    if let Some(document) = &mut reading.document {
        document.text = text.clone();
    }
    reading.text = text;
    reading
}

/// As [`read`] with [`ReadOptions::lenient`], for whoever needs no comments: the document, and what is wrong
/// with the text.
pub fn tree(bytes: &[u8]) -> (Option<Document>, Vec<Problem>) {
    let reading = read(bytes, &ReadOptions::lenient());
    (reading.document, reading.problems)
}

/// Whether a text can be read in pieces, by [`entries`] and [`super::DocumentSeries`].
pub fn is_plain(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| super::plain::outline(text).is_some())
}

/// The tree of some lines of a text that can be cut there; `None` where there is anything to say of them.
pub(super) fn parse_piece(lines: &str) -> Option<Node> {
    let mut problems = Vec::new();
    let root = parse(lines, &ReadOptions::lenient(), &mut problems, &mut Vec::new());
    root.filter(|_| problems.is_empty())
}

fn decode<'a>(bytes: &'a [u8], options: &ReadOptions, problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let (bytes, bom) = bytes.strip_prefix(b"\xef\xbb\xbf").map_or((bytes, false), |rest| (rest, true));
    if bom && options.strict {
        let problem =
            Problem::new(ProblemKind::Bom, ByteSpan::default(), "the text starts with a byte order mark");
        problems.push(problem.help("save it as UTF-8 without a byte order mark"));
    }
    if utf16 {
        let problem =
            Problem::new(ProblemKind::Encoding, ByteSpan::default(), "the text is UTF-16, not UTF-8");
        problems.push(problem.help("save it as UTF-8"));
        return Cow::Owned(from_utf16(bytes));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => replace_unprintable(text, problems).map_or(Cow::Borrowed(text), Cow::Owned),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!(
                "byte {} of the file (0x{:02x}) is not UTF-8",
                at + if bom { 3 } else { 0 },
                bytes[at]
            );
            let span = ByteSpan { start: at, end: at + '\u{fffd}'.len_utf8() };
            problems.push(Problem::new(ProblemKind::Encoding, span, message).help("save the file as UTF-8"));
            let text = String::from_utf8_lossy(bytes);
            replace_unprintable(&text, &mut Vec::new()).map_or(text, Cow::Owned)
        }
    }
}

fn from_utf16(bytes: &[u8]) -> String {
    let big = bytes[0] == 0xfe;
    let unit = |pair: &[u8]| match *pair {
        [a, b] if big => u16::from_be_bytes([a, b]),
        [a, b] => u16::from_le_bytes([a, b]),
        _ => 0xfffd,
    };
    char::decode_utf16(bytes[2..].chunks(2).map(unit)).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Replaces the characters that must not stand unescaped in YAML (1.2.2 §5.1, `c-printable`) by U+FFFD and
/// reports them; `None` if there are none.
fn replace_unprintable(text: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let suspect =
        |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || matches!(b, 0x7f | 0xc2 | 0xef);
    let first = text.bytes().position(|byte| suspect(&byte))?;
    let printable = |c: char| {
        matches!(c, '\t' | '\n' | '\r' | '\u{85}')
            || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    if text[first..].chars().all(printable) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let start = out.len();
        out.push(if printable(c) { c } else { '\u{fffd}' });
        if !printable(c) && problems.len() < MAX_PROBLEMS {
            let message = format!("the character U+{:04X} cannot stand in YAML", u32::from(c));
            let help = format!("remove it, or write it as \"\\u{:04x}\" in double quotes", u32::from(c));
            let span = ByteSpan { start, end: out.len() };
            problems.push(Problem::new(ProblemKind::Encoding, span, message).help(help));
        }
    }
    Some(out)
}

fn parse(
    text: &str,
    options: &ReadOptions,
    problems: &mut Vec<Problem>,
    comments: &mut Vec<Comment>,
) -> Option<Node> {
    let mut builder = Builder::new(text, options, problems);
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(text, parser_options(options)) {
        let (event, place) = match event {
            Ok(next) => next,
            Err(error) => {
                builder.problem(from_scan_error(&first_error(error, text, options), text));
                return None;
            }
        };
        let range = place.byte_range().unwrap_or(0..0);
        let span = ByteSpan { start: range.start, end: range.end };
        match event {
            Event::DocumentStart(explicit, _) => {
                documents += 1;
                if documents == 1 {
                    directives(text, span.start, options, &mut builder);
                    builder.start_at(if explicit { span.end } else { 0 });
                } else {
                    let problem =
                        Problem::new(ProblemKind::MultipleDocuments, span, "a second document starts here");
                    builder.problem(problem.help("keep one document in a file"));
                    break;
                }
            }
            Event::Comment(words, _) => comments.push(comment(text, span, &words)),
            event => {
                if let Err(problem) = builder.event(event, span, &place) {
                    builder.problem(problem);
                    return None;
                }
            }
        }
    }
    Some(builder.finish())
}

/// The error to show: where a text is refused by the lenient rules too, their error is nearer to the cause
/// than one about indentation.
fn first_error(error: ScanError, text: &str, options: &ReadOptions) -> ScanError {
    if !options.strict {
        return error;
    }
    let lenient = parser_options(&ReadOptions { strict: false, ..options.clone() });
    Parser::new_from_str_with_options(text, lenient).find_map(Result::err).unwrap_or(error)
}

fn comment(text: &str, span: ByteSpan, words: &str) -> Comment {
    let before = text[..span.start].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    Comment {
        span,
        text: words.trim().to_owned(),
        trailing: before.is_some_and(|byte| !matches!(byte, b'\n' | b'\r')),
    }
}

fn parser_options(options: &ReadOptions) -> Options {
    granit_parser::options! {
        strict_indentation: options.strict,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: options.max_bytes,
        flow_nesting_limit: options.max_depth.min(255),
        block_nesting_limit: options.max_depth.min(255),
    }
}

/// Reports directives, which stand on lines that start with `%` before the document does.
pub(super) fn directives(text: &str, start: usize, options: &ReadOptions, builder: &mut Builder) {
    if !options.strict || !text.starts_with(['%', '#', ' ', '\t', '\n', '\r']) {
        return;
    }
    let mut at = 0;
    for line in text[..start].split_inclusive(['\n', '\r']) {
        if line.starts_with('%') {
            let span = ByteSpan { start: at, end: at + line.trim_end().len() };
            let problem = Problem::new(
                ProblemKind::Directive,
                span,
                "a directive is of no use to readers of this text",
            );
            builder.problem(problem.help("remove the line, and the `---` after it"));
        }
        at += line.len();
    }
}
