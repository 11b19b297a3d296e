//! The canonical form of a text: one indentation, one line end, one kind of quotes, comments and the author's
//! choices kept.
//!
//! Owns the layout of whole texts. Walks the tree over the source and writes every part anew, comments in
//! their order. Must not change a value or a comment: the result is read again and compared, and a text that
//! would change is refused.

use super::edit::identical;
use super::layout::{
    Extent, at_line_start, before_break, column, extents, is_block_scalar, is_flow, line_end, line_start,
    past_break, skip_blanks,
};
use super::parse::{Comment, Reading, read};
use super::portability::reads_alike;
use super::problem::ProblemKind;
use super::read_options::ReadOptions;
use crate::model::{ByteSpan, Entry, Node, NodeValue};

/// Why a text was not formatted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The text is not YAML, or says something twice or in more than one document.
    #[error("the text cannot be formatted: {message}")]
    Problem {
        /// What is wrong.
        message: String,
        /// Where.
        span: ByteSpan,
    },
    /// The text uses a form this formatter does not write.
    #[error("the text cannot be formatted without changing it: {why}")]
    Refused {
        /// Which form, in a few words.
        why: String,
        /// Where.
        span: ByteSpan,
    },
}

/// The canonical form of a YAML text.
///
/// LF line ends and one at the end, no byte order mark, no blanks at the ends of lines (but for those inside
/// literal and folded texts), at most one blank line in a row, indentation by two, lists indented under their
/// key, one blank after a colon, a dash and a comma, double quotes rather than single ones where the text has
/// neither `"` nor `\`. Block and flow style, line breaks inside flow collections and texts, anchors, tags,
/// and the blanks before a comment behind a value stay as they are. Formatting twice is the same as once.
///
/// # Errors
/// For texts that are TOML, not YAML or not one document, have equal keys or keys of several lines; and
/// whenever the result would not hold the same values and comments.
pub fn format(text: &str) -> Result<String, FormatError> {
    if super::is_toml(text.as_bytes()) {
        let message = "it is TOML, which is read and not written".to_owned();
        return Err(FormatError::Problem { message, span: ByteSpan::default() });
    }
    let reading = read(text.as_bytes(), &ReadOptions::lenient());
    let harmless = |kind| matches!(kind, ProblemKind::Tag | ProblemKind::Number | ProblemKind::MergeKey);
    if let Some(problem) = reading.problems.iter().find(|problem| !harmless(problem.kind)) {
        return Err(FormatError::Problem { message: problem.message.clone(), span: problem.span });
    }
    let Some(document) = &reading.document else {
        return Err(FormatError::Problem { message: "it is not YAML".to_owned(), span: ByteSpan::default() });
    };
    let mut writer = FormatWriter {
        text: &reading.text,
        comments: &reading.comments,
        next: 0,
        out: String::new(),
        after_comment: false,
        no_blank: true,
        below_text: None,
    };
    writer.document(&document.root)?;
    let out = writer.out;
    let again = read(out.as_bytes(), &ReadOptions::lenient());
    // A literal text that ends the file has its last line break here, and not for others: the check says to
    // end the file with one.
    let ended = if text.ends_with(['\n', '\r']) { text.to_owned() } else { format!("{text}\n") };
    let worse = || {
        (!reads_alike(&ended, &out)).then_some("programs that read YAML with libyaml would read it otherwise")
    };
    match compare(&reading, &again).or_else(worse) {
        None => Ok(out),
        Some(why) => Err(FormatError::Refused { why: why.to_owned(), span: ByteSpan::default() }),
    }
}

/// What a formatted text says differently.
fn compare(before: &Reading, after: &Reading) -> Option<&'static str> {
    let words = |reading: &Reading| -> Vec<String> {
        reading.comments.iter().map(|comment| comment.text.clone()).collect()
    };
    let (Some(a), Some(b)) = (&before.document, &after.document) else {
        return Some("the result would not be YAML");
    };
    if !identical(&a.root, &b.root) {
        return Some("a value would change");
    }
    (words(before) != words(after)).then_some("a comment would change")
}

struct FormatWriter<'d> {
    text: &'d str,
    comments: &'d [Comment],
    /// The first comment not yet written.
    next: usize,
    out: String,
    /// Whether the last thing written is a comment, so that only a new line can follow.
    after_comment: bool,
    /// Whether a blank line here would be wrong: at the start, and where it would become part of a text.
    no_blank: bool,
    /// The column of the literal or folded text just written: a comment at it or to its right would become a
    /// part of it.
    below_text: Option<usize>,
}

/// Where the comments above a part stand: at its column, or one step to the right of it, on the side on which
/// they are in the source.
#[derive(Clone, Copy)]
struct Beside {
    /// The part's column in the source.
    source: usize,
    /// Its column in the result.
    indent: usize,
}

impl Beside {
    /// All comments stand at the part's column.
    fn at(indent: usize) -> Beside {
        Beside { source: usize::MAX, indent }
    }
}

type FormatResult = Result<(), FormatError>;

impl<'d> FormatWriter<'d> {
    fn refuse(span: ByteSpan, why: &str) -> FormatError {
        FormatError::Refused { why: why.to_owned(), span }
    }

    fn document(&mut self, root: &Node) -> FormatResult {
        let start = self.head()?;
        let found = skip_blanks(self.text, start);
        let has_properties = found < root.span.start && self.text[found..].starts_with(['&', '!']);
        let value = if has_properties { found } else { root.span.start };
        let end = root.span.end;
        if root.span.start < root.span.end || has_properties {
            let extent = Extent { start: value, lead: start, value, end, alias: false };
            self.fresh_line(value, Beside::at(0));
            self.properties(value, root.span.start);
            let is_block =
                !is_flow(self.text, root) && matches!(root.value, NodeValue::List(_) | NodeValue::Map(_));
            if has_properties && is_block {
                self.trailing(root.span.start);
                self.children(root, (0, self.text.len()), true, None)?;
            } else if is_block {
                self.children(root, (0, self.text.len()), false, None)?;
            } else {
                if has_properties {
                    self.out.push(' ');
                }
                self.leaf(root, extent, 0, self.text.len())?;
            }
        }
        let rest = skip_blanks(self.text, end.max(start));
        if self.text[rest..].starts_with("...") {
            self.fresh_line(rest, Beside::at(0));
            self.out.push_str("...");
            self.trailing(self.text.len());
        } else if rest < self.text.len() {
            return Err(Self::refuse(
                ByteSpan { start: rest, end: self.text.len() },
                "something follows the value",
            ));
        }
        self.own_comments(self.text.len(), 0, Beside::at(0));
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        Ok(())
    }

    /// Writes directives and `---`; gives the byte after them.
    fn head(&mut self) -> Result<usize, FormatError> {
        let mut at = 0;
        loop {
            at = skip_blanks(self.text, at);
            let line = &self.text[at..line_end(self.text, at)];
            let is_marker = at_line_start(self.text, at)
                && line.starts_with("---")
                && !line[3..].starts_with(|c: char| !c.is_whitespace());
            if is_marker {
                self.fresh_line(at, Beside::at(0));
                self.out.push_str("---");
                self.trailing(line_end(self.text, at));
                return Ok(at + 3);
            }
            if !line.starts_with('%') {
                return Ok(0);
            }
            if line.contains('#') {
                return Err(Self::refuse(
                    ByteSpan { start: at, end: at + line.len() },
                    "a comment follows a directive",
                ));
            }
            self.fresh_line(at, Beside::at(0));
            self.out.push_str(line.trim_end());
            at += line.len();
        }
    }

    /// Starts a line for what stands at a byte of the source: the comments on lines of their own before it,
    /// then its indentation.
    fn fresh_line(&mut self, source: usize, beside: Beside) {
        self.own_comments(source, 0, beside);
        self.line(source, beside.indent);
        self.below_text = None;
    }

    /// A new line, after a blank one if the source has one there.
    fn line(&mut self, source: usize, indent: usize) {
        let start = line_start(self.text, source);
        let above = before_break(self.text, start);
        let is_blank = start > 0 && self.text[line_start(self.text, above)..above].trim().is_empty();
        if !self.out.is_empty() {
            self.out.push('\n');
            if is_blank && !self.no_blank {
                self.out.push('\n');
            }
        }
        self.pad(indent);
        self.no_blank = false;
        self.after_comment = false;
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn pending(&self, limit: usize) -> Option<&'d Comment> {
        self.comments.get(self.next).filter(|comment| comment.span.start < limit)
    }

    /// Writes the pending comments before a byte that start at a column of the source or further right, each
    /// on its own line.
    fn own_comments(&mut self, limit: usize, from_column: usize, beside: Beside) {
        while let Some(comment) = self.pending(limit) {
            let at = column(self.text, comment.span.start);
            if from_column > 0 && (comment.trailing || at < from_column) {
                break;
            }
            let right = beside.indent + 2;
            let fits = at > beside.source && self.below_text.is_none_or(|text| right < text);
            self.line(comment.span.start, if fits { right } else { beside.indent });
            self.comment(comment);
        }
    }

    fn comment(&mut self, comment: &Comment) {
        self.out.push_str(self.text[comment.span.start..comment.span.end].trim_end());
        self.next += 1;
        self.after_comment = true;
    }

    /// Writes the comment behind what was just written, if there is one before a byte. The blanks before it
    /// stay as they are.
    fn trailing(&mut self, limit: usize) {
        let Some(comment) = self.pending(limit).filter(|comment| comment.trailing && !self.after_comment)
        else {
            return;
        };
        let before = &self.text[..comment.span.start];
        let blanks = &before[before.trim_end_matches([' ', '\t']).len()..];
        let blanks = if blanks.contains('\t') || blanks.is_empty() { " " } else { blanks };
        // An empty value in a flow mapping leaves a blank after its colon.
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push_str(blanks);
        self.comment(comment);
    }

    /// Writes anchors and tags between two bytes; whether there were any.
    fn properties(&mut self, from: usize, to: usize) -> bool {
        let mut at = skip_blanks(self.text, from);
        let mut any = false;
        while at < to && self.text[at..].starts_with(['&', '!']) {
            let length = self.text[at..to].find(char::is_whitespace).unwrap_or(to - at);
            if any {
                self.out.push(' ');
            }
            self.out.push_str(&self.text[at..at + length]);
            at = skip_blanks(self.text, at + length);
            any = true;
        }
        any
    }

    /// Writes the entries or items of a block collection at a column. `fresh` says whether the first needs a
    /// line of its own; `limit` is where in the source the next thing after the collection starts, `outer`
    /// the source column of the one around it.
    fn children(
        &mut self,
        node: &Node,
        (indent, limit): (usize, usize),
        fresh: bool,
        outer: Option<usize>,
    ) -> FormatResult {
        let extents = extents(self.text, node, false);
        let source_column = column(self.text, node.span.start);
        // Between a block and what follows it, the columns do not say which of the two a comment belongs to.
        let mut beside = Beside { source: source_column, indent };
        for (at, extent) in extents.iter().enumerate() {
            let next = extents.get(at + 1).map_or(limit, |next| next.start);
            if fresh || at > 0 {
                self.fresh_line(extent.start, beside);
            }
            let value = match (node.items().get(at), node.entries().get(at)) {
                (Some(item), _) => {
                    self.out.push('-');
                    item
                }
                (None, Some(entry)) => {
                    self.key(entry, *extent)?;
                    self.out.push(':');
                    &entry.value
                }
                (None, None) => break,
            };
            self.value(value, *extent, (indent + 2, next), (source_column, node.entries().is_empty()))?;
            beside = match self.is_block(value, *extent) {
                true => Beside::at(indent),
                false => Beside { source: source_column, indent },
            };
            if beside.source == source_column {
                self.own_comments(next, source_column + 1, beside);
            }
        }
        // A list may stand at the column of its key; then comments at that column belong to what follows.
        self.own_comments(limit, source_column.max(outer.map_or(0, |outer| outer + 1)).max(1), beside);
        Ok(())
    }

    /// Whether a value is a collection written without brackets.
    fn is_block(&self, node: &Node, extent: Extent) -> bool {
        let is_collection = matches!(node.value, NodeValue::List(_) | NodeValue::Map(_));
        is_collection && !extent.alias && !is_flow(self.text, node)
    }

    fn key(&mut self, entry: &Entry, extent: Extent) -> FormatResult {
        let written = &self.text[entry.key_span.start..entry.key_span.end];
        let one_line = !written.contains(['\n', '\r']) && written.chars().count() <= 1000;
        if !one_line || (written.starts_with(['[', '{', '|', '>']) && entry.key == written) {
            return Err(Self::refuse(entry.key_span, "a key is not a text on one line"));
        }
        let explicit =
            usize::from(self.text[extent.start..].starts_with('?') && extent.start < entry.key_span.start);
        if self.properties(extent.start + explicit, entry.key_span.start) {
            self.out.push(' ');
        }
        self.out.push_str(&requoted(written));
        if written.starts_with('*') {
            self.out.push(' ');
        }
        Ok(())
    }

    /// Writes what follows a colon or dash. `indent` is the column of blocks below it.
    fn value(
        &mut self,
        node: &Node,
        extent: Extent,
        (indent, limit): (usize, usize),
        (source_column, in_list): (usize, bool),
    ) -> FormatResult {
        let start = if extent.alias { extent.value } else { node.span.start };
        if extent.value == extent.end {
            self.trailing(limit);
            return Ok(());
        }
        if extent.value < start {
            self.out.push(' ');
            self.properties(extent.value, start);
            if start == extent.end {
                self.trailing(limit);
                return Ok(());
            }
        }
        if self.is_block(node, extent) {
            let compact = in_list && extent.value == start && self.pending(start).is_none();
            if compact {
                self.out.push(' ');
            }
            self.trailing(start);
            return self.children(node, (indent, limit), !compact, Some(source_column));
        }
        if !is_block_scalar(self.text, node.span) && self.pending(start).is_some() {
            self.trailing(start);
            self.fresh_line(start, Beside::at(indent));
        } else {
            self.out.push(' ');
        }
        self.leaf(node, extent, indent, limit)
    }

    /// Writes a scalar, a flow collection or an alias, with the comment behind it.
    fn leaf(&mut self, node: &Node, extent: Extent, indent: usize, limit: usize) -> FormatResult {
        if !extent.alias && is_block_scalar(self.text, node.span) {
            return self.block_scalar(node, indent.max(2), limit);
        }
        self.inline(node, extent, indent)?;
        self.trailing(limit);
        Ok(())
    }

    fn inline(&mut self, node: &Node, extent: Extent, indent: usize) -> FormatResult {
        if extent.alias {
            self.out.push_str(&self.text[extent.value..extent.end]);
        } else if matches!(node.value, NodeValue::List(_) | NodeValue::Map(_)) {
            self.flow(node, indent)?;
        } else {
            let written = requoted(&self.text[node.span.start..node.span.end]);
            self.lines(&written, indent.max(2));
        }
        Ok(())
    }

    /// Writes a plain or quoted scalar; its further lines are indented anew, which says the same.
    fn lines(&mut self, written: &str, indent: usize) {
        let mut rest = written;
        loop {
            let end = line_end(rest, 0);
            let line = rest[..end].trim_start_matches([' ', '\t']);
            let trimmed = line.trim_end_matches([' ', '\t']);
            // An escaped blank at the end of a line is content.
            let last = end == rest.len();
            let escaped = trimmed.len() < line.len() && trimmed.ends_with('\\');
            self.out.push_str(if last || escaped { line } else { trimmed });
            if last {
                return;
            }
            rest = &rest[past_break(rest, end)..];
            self.out.push('\n');
            if !rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) {
                self.pad(indent);
            }
        }
    }

    /// Writes a literal or folded scalar with its lines moved to another column.
    fn block_scalar(&mut self, node: &Node, indent: usize, limit: usize) -> FormatResult {
        let header_line = line_end(self.text, node.span.start);
        let header = &self.text[node.span.start..header_line];
        let header = &header[..header.find([' ', '\t']).unwrap_or(header.len())];
        let keep = header.contains('+');
        let digit = header.contains(|c: char| c.is_ascii_digit());
        for c in header.chars() {
            self.out.push(if c.is_ascii_digit() { '2' } else { c });
        }
        self.trailing(header_line.min(limit));
        let body = &self.text[header_line.min(node.span.end)..node.span.end];
        let value = node.text().unwrap_or("");
        let blank = value.trim_matches(['\n', ' ']).is_empty();
        if blank && (digit || value.contains(' ')) {
            return Err(Self::refuse(node.span, "a block text of nothing but blanks"));
        }
        let shift =
            if blank { usize::MAX } else { leading_blanks(body).saturating_sub(leading_blanks(value)) };
        let unified = body.replace("\r\n", "\n").replace('\r', "\n");
        let mut lines = unified.split('\n').skip(1).collect::<Vec<_>>();
        if keep && lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        for line in lines {
            let cut = line.len() - line.trim_start_matches(' ').len();
            let line = &line[cut.min(shift)..];
            self.out.push('\n');
            if !line.is_empty() {
                self.pad(indent);
                self.out.push_str(line);
            }
        }
        self.after_comment = false;
        self.below_text = Some(indent);
        self.no_blank = keep;
        Ok(())
    }

    /// Writes a flow collection. Line breaks between its items stay; comments inside it follow the comma
    /// after their item.
    fn flow(&mut self, node: &Node, indent: usize) -> FormatResult {
        let is_list = matches!(node.value, NodeValue::List(_));
        let bracketed = is_flow(self.text, node);
        let mut cursor = node.span.start + usize::from(bracketed);
        if bracketed {
            self.out.push(if is_list { '[' } else { '{' });
        }
        let extents = extents(self.text, node, true);
        for (at, extent) in extents.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            if !self.flow_break(cursor, extent.start, indent + 2) && at > 0 {
                self.out.push(' ');
            }
            self.flow_child(node, at, *extent, indent + 2)?;
            cursor = extent.end;
        }
        if bracketed {
            let close = node.span.end - 1;
            let breaks = self.text[cursor..close].contains(['\n', '\r']);
            if breaks && self.text[skip_blanks(self.text, cursor)..].starts_with(',') {
                self.out.push(',');
            }
            if !extents.is_empty() || self.pending(close).is_some() {
                // Comments stand at the column of the items, the bracket at that of the collection.
                self.comments_inside(close, indent + 2);
                self.flow_break(cursor, close, indent);
            }
            self.out.push(if is_list { ']' } else { '}' });
        }
        Ok(())
    }

    /// Writes the comments before a byte inside brackets, and a line break if there is one or the source has
    /// one; whether it did.
    fn flow_break(&mut self, from: usize, to: usize, indent: usize) -> bool {
        self.comments_inside(to, indent);
        let breaks = self.after_comment || self.text[from.min(to)..to].contains(['\n', '\r']);
        if breaks {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
            self.pad(indent);
            self.after_comment = false;
        }
        breaks
    }

    /// Writes the comments before a byte inside brackets: the one behind what was written there, the others
    /// on lines of their own.
    fn comments_inside(&mut self, to: usize, indent: usize) {
        self.trailing(to);
        while let Some(comment) = self.pending(to) {
            self.out.push('\n');
            self.pad(indent);
            self.comment(comment);
        }
    }

    fn flow_child(&mut self, node: &Node, at: usize, extent: Extent, indent: usize) -> FormatResult {
        let value = match (node.items().get(at), node.entries().get(at)) {
            (Some(item), _) => item,
            (None, Some(entry)) => {
                self.key(entry, extent)?;
                if extent.lead == entry.key_span.end {
                    return Ok(());
                }
                self.out.push_str(": ");
                &entry.value
            }
            (None, None) => return Ok(()),
        };
        let start = if extent.alias { extent.value } else { value.span.start };
        if extent.value < start && self.properties(extent.value, start) && value.span.start < value.span.end {
            self.out.push(' ');
        }
        self.inline(value, extent, indent)
    }
}

/// How many blanks the first line that has more than blanks starts with.
fn leading_blanks(text: &str) -> usize {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    text.split(['\n', '\r']).find(|line| !line.trim_matches(' ').is_empty()).map_or(0, blanks)
}

/// A scalar as it is written, with double quotes for single ones where nothing inside would have to change.
fn requoted(written: &str) -> String {
    let inner = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    match inner {
        Some(inner) if written.len() > 1 && !inner.contains(['"', '\\']) => {
            format!("\"{}\"", inner.replace("''", "'"))
        }
        _ => written.to_owned(),
    }
}
