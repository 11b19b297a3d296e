//! Texts that follow one another: what stood in the last one is not parsed again.
//!
//! Owns the joining of trees from pieces. A piece comes from the last text's tree, if it stood there to the
//! byte, or from the parser; where texts can be cut is [`super::plain`]'s to say. Must give the very tree
//! that [`super::tree`] gives.

use super::lines::{Hashing, LineHashes};
use super::parse::{parse_piece, tree};
use super::plain::{Piece, TextOutline, outline};
use super::problem::Problem;
use crate::model::{ByteSpan, Document, Entry, Node, NodeValue};
use foldhash::HashMap;
use std::sync::Arc;

/// Reads the editions of a record, or other texts that have much in common, one after another.
#[derive(Debug, Default)]
pub struct DocumentSeries {
    last: Option<(Arc<Document>, TextOutline)>,
}

impl DocumentSeries {
    /// The document and what is wrong with the text: as [`super::tree`], only sooner.
    pub fn tree(&mut self, bytes: &[u8]) -> (Option<Arc<Document>>, Vec<Problem>) {
        let outlined = std::str::from_utf8(bytes).ok().and_then(|text| Some((text, outline(text)?)));
        let Some((text, outline)) = outlined else {
            self.last = None;
            let (document, problems) = tree(bytes);
            return (document.map(Arc::new), problems);
        };
        let joined = self.last.as_ref().and_then(|(last, cut)| Joining::new(text, last, cut).root(&outline));
        let (document, problems) = match joined {
            Some(root) => (Some(Document::new(Arc::from(text), root)), Vec::new()),
            None => tree(bytes),
        };
        let document = document.map(Arc::new);
        self.last = document.clone().map(|document| (document, outline));
        (document, problems)
    }
}

/// The entries of that name in a text, from its root mapping's outline; `None` where the text has to be read
/// as a whole. The hashes of the lines of `also`, too.
pub(super) fn entries(
    text: &str,
    names: &[&str],
    also: Option<Hashing<'_>>,
) -> Option<(Node, Option<LineHashes>)> {
    let outline = outline(text)?;
    let hashes = also.map(|(fields, state)| fields.hashes_of(text, &outline, state));
    let mut cutting = Cutting::new(text);
    let wanted =
        outline.entries.iter().filter(|piece| names.contains(&&text[piece.key.start..piece.key.end]));
    let count = wanted.map(|piece| cutting.add(piece.lines)).count();
    let entries = cutting.parse()?;
    (entries.len() == count).then(|| (root(&outline, entries), hashes))
}

pub(super) fn root(outline: &TextOutline, entries: Vec<Entry>) -> Node {
    let start = outline.entries.first().map_or(0, |piece| piece.key.start);
    let end = outline.entries.last().map_or(0, |piece| piece.value.end);
    Node { value: NodeValue::Map(entries), span: ByteSpan { start, end } }
}

/// Lines cut out of a text to be parsed together.
struct Cutting<'t> {
    pub(super) text: &'t str,
    cut: String,
    /// Where each piece starts in the cutting, and where in the text.
    places: Vec<(usize, usize)>,
}

impl<'t> Cutting<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cutting { text, cut: String::new(), places: Vec::new() }
    }

    fn add(&mut self, lines: ByteSpan) {
        self.places.push((self.cut.len(), lines.start));
        self.cut.push_str(&self.text[lines.start..lines.end]);
    }

    /// What the parser says of the lines, with the places they have in the whole text; `None` where there is
    /// anything to say of them.
    fn parse(&self) -> Option<Vec<Entry>> {
        if self.cut.is_empty() {
            return Some(Vec::new());
        }
        let NodeValue::Map(mut entries) = parse_piece(&self.cut)?.value else { return None };
        entries.iter_mut().for_each(|entry| shift_entry(entry, &|at| self.place(at)));
        Some(entries)
    }

    /// From where to where a byte of the cutting moves.
    fn place(&self, at: usize) -> (usize, usize) {
        self.places[self.places.partition_point(|(start, _)| *start <= at) - 1]
    }
}

/// Where a piece stood in the last text.
#[derive(Clone, Copy)]
struct Stood<'l> {
    pub(super) start: usize,
    what: What<'l>,
}

#[derive(Clone, Copy)]
enum What<'l> {
    Entry(&'l Entry),
    Item(&'l Node),
}

/// The tree of a text, put together.
struct Joining<'t> {
    pub(super) text: &'t str,
    /// What the last text's tree has for lines of it.
    known: HashMap<&'t str, Stood<'t>>,
}

impl<'t> Joining<'t> {
    pub(super) fn new(text: &'t str, last: &'t Document, cut: &TextOutline) -> Self {
        let mut known = HashMap::with_capacity_and_hasher(
            cut.entries.iter().map(|piece| piece.items.len() + 1).sum(),
            Default::default(),
        );
        let mut know =
            |lines: &ByteSpan, what| known.insert(last.slice(*lines), Stood { start: lines.start, what });
        for (piece, entry) in cut.entries.iter().zip(last.root.entries()) {
            know(&piece.lines, What::Entry(entry));
            for (lines, item) in piece.items.iter().zip(entry.value.items()) {
                know(lines, What::Item(item));
            }
            for (lines, entry) in piece.items.iter().zip(entry.value.entries()) {
                know(lines, What::Entry(entry));
            }
        }
        Joining { text, known }
    }

    /// What the last text's tree has for some lines.
    fn stood(&self, lines: &ByteSpan) -> Option<&Stood<'t>> {
        self.known.get(&self.text[lines.start..lines.end])
    }

    /// The root mapping; `None` if most of it is new, and better read as a whole.
    fn root(&self, outline: &TextOutline) -> Option<Node> {
        let mut cutting = Cutting::new(self.text);
        for piece in outline.entries.iter().filter(|piece| self.stood(&piece.lines).is_none()) {
            match piece.items.first() {
                None => cutting.add(piece.lines),
                Some(_) if piece.items.iter().all(|lines| self.stood(lines).is_some()) => {}
                Some(first) => {
                    cutting.add(ByteSpan { start: piece.lines.start, end: first.start });
                    piece
                        .items
                        .iter()
                        .filter(|lines| self.stood(lines).is_none())
                        .for_each(|lines| cutting.add(*lines));
                }
            }
        }
        if cutting.cut.len() * 2 > self.text.len() {
            return None;
        }
        let mut parsed = cutting.parse()?.into_iter();
        let entries =
            outline.entries.iter().map(|piece| self.entry(piece, &mut parsed)).collect::<Option<Vec<_>>>()?;
        parsed.next().is_none().then(|| root(outline, entries))
    }

    /// An entry as it stood, or else with what was parsed.
    fn entry(&self, piece: &Piece, parsed: &mut impl Iterator<Item = Entry>) -> Option<Entry> {
        if let Some(Stood { start, what: What::Entry(entry) }) = self.stood(&piece.lines) {
            return Some(moved(*entry, (*start, piece.lines.start), shift_entry));
        }
        if piece.items.is_empty() {
            return parsed.next();
        }
        let is_new = piece.items.iter().any(|lines| self.stood(lines).is_none());
        let parsed = if is_new { Some(parsed.next()?.value.value) } else { None };
        let value = if self.text.as_bytes()[piece.value.start] == b'-' {
            let items = parsed.map_or(Some(Vec::new()), |value| {
                if let NodeValue::List(items) = value { Some(items) } else { None }
            });
            NodeValue::List(self.parts(piece, items?, |stood, to| match stood.what {
                What::Item(item) => Some(moved(item, (stood.start, to), shift)),
                What::Entry(_) => None,
            })?)
        } else {
            let inner = parsed.map_or(Some(Vec::new()), |value| {
                if let NodeValue::Map(inner) = value { Some(inner) } else { None }
            });
            NodeValue::Map(self.parts(piece, inner?, |stood, to| match stood.what {
                What::Entry(entry) => Some(moved(entry, (stood.start, to), shift_entry)),
                What::Item(_) => None,
            })?)
        };
        let key = self.text[piece.key.start..piece.key.end].to_owned();
        Some(Entry { key, key_span: piece.key, value: Node { value, span: piece.value } })
    }

    /// The items of a list or mapping in their order, those that are new from what was parsed.
    fn parts<T>(
        &self,
        piece: &Piece,
        parsed: Vec<T>,
        moved: impl Fn(&Stood<'_>, usize) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut parsed = parsed.into_iter();
        let part = |lines: &ByteSpan| match self.stood(lines) {
            Some(stood) => moved(stood, lines.start),
            None => parsed.next(),
        };
        let parts = piece.items.iter().map(part).collect::<Option<Vec<T>>>()?;
        parsed.next().is_none().then_some(parts)
    }
}

/// A copy of a part whose lines moved.
fn moved<T: Clone>(
    part: &T,
    (from, to): (usize, usize),
    shift: impl FnOnce(&mut T, &dyn Fn(usize) -> (usize, usize)),
) -> T {
    let mut part = part.clone();
    if to != from {
        shift(&mut part, &|_| (from, to));
    }
    part
}

/// Moves the places of a tree: `moves` says for a byte from where to where the lines it stands in moved.
fn shift(node: &mut Node, moves: &dyn Fn(usize) -> (usize, usize)) {
    shift_span(&mut node.span, moves);
    match &mut node.value {
        NodeValue::List(items) => items.iter_mut().for_each(|item| shift(item, moves)),
        NodeValue::Map(entries) => entries.iter_mut().for_each(|entry| shift_entry(entry, moves)),
        _ => {}
    }
}

fn shift_entry(entry: &mut Entry, moves: &dyn Fn(usize) -> (usize, usize)) {
    shift_span(&mut entry.key_span, moves);
    shift(&mut entry.value, moves);
}

fn shift_span(span: &mut ByteSpan, moves: &dyn Fn(usize) -> (usize, usize)) {
    let (from, to) = moves(span.start);
    span.start = span.start - from + to;
    span.end = span.end - from + to;
}
