//! A document as a tree in which every node knows the bytes it was read from.

use super::path::{FieldPath, Step};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A half-open range of bytes in a document's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ByteSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A place for people: 1-based line, 1-based column counted in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct LineColumn {
    /// 1-based line.
    pub line: usize,
    /// 1-based column in code points.
    pub column: usize,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What stands there.
    pub value: NodeValue,
    /// The bytes of the value as it is written: quotes and block-scalar headers included, trailing blanks and
    /// comments not. Under an alias, the bytes of the anchored value.
    pub span: ByteSpan,
}

/// What a node holds: YAML 1.2.2 core schema, with dates left as text.
#[derive(Clone, Debug)]
pub enum NodeValue {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of at most 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A number whose fraction ends in a zero that says something, as it is written: `3.10` is not `3.1`.
    Decimal(Box<str>),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of the file. Keys are unique; the first of two equal keys is kept and the
    /// second is a problem.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// The bytes of the key as it is written.
    pub key_span: ByteSpan,
    /// The value.
    pub value: Node,
}

/// A parsed text. Line starts are found when the first place is asked for.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text, without a byte order mark: spans count from after it.
    pub text: Arc<str>,
    /// The root value.
    pub root: Node,
    /// How many lines of its file stand before the text.
    pub lines_before: usize,
    line_starts: OnceLock<Arc<[usize]>>,
    places: Places,
}

/// Where the children of wide lists and mappings stand, by the address of the first child; found when first
/// asked for. Holds for one tree that does not change: a copy of a document starts without.
#[derive(Debug, Default)]
struct Places {
    of: Mutex<HashMap<usize, PlaceByName>>,
}

type PlaceByName = HashMap<Vec<String>, usize>;

impl Clone for Places {
    fn clone(&self) -> Self {
        Places::default()
    }
}

/// With fewer children than this, looking through them is as quick.
const WIDE: usize = 32;

impl Document {
    /// Joins a text and the tree that was read from it.
    pub fn new(text: Arc<str>, root: Node) -> Self {
        Document { text, root, lines_before: 0, line_starts: OnceLock::new(), places: Places::default() }
    }

    /// Another tree for the same text.
    pub fn with_root(&self, root: Node) -> Document {
        let (text, line_starts) = (Arc::clone(&self.text), self.line_starts.clone());
        Document { text, root, lines_before: self.lines_before, line_starts, places: Places::default() }
    }

    /// As [`Node::at`] of the root, in time that does not grow with the width of lists and mappings.
    pub fn at<'k>(
        &self,
        path: &FieldPath,
        keys: &dyn Fn(&FieldPath) -> Option<&'k [String]>,
    ) -> Option<&Node> {
        let mut node = &self.root;
        for (walked, step) in path.0.iter().enumerate() {
            let width = node.entries().len().max(node.items().len());
            node = match step {
                Step::Key(key) if width >= WIDE => {
                    let named = |entry: &Entry| Some(vec![entry.key.clone()]);
                    &node.entries()[self.place_of(node.entries(), std::slice::from_ref(key), named)?].value
                }
                Step::Item(values) if width >= WIDE => {
                    let fields = keys(&FieldPath(path.0[..walked].to_vec()))?;
                    &node.items()[self.place_of(node.items(), values, |item| item.key_values(fields))?]
                }
                _ => node.child(step, &|| keys(&FieldPath(path.0[..walked].to_vec())))?,
            };
        }
        Some(node)
    }

    /// The place of the first child of that name.
    fn place_of<T>(
        &self,
        children: &[T],
        name: &[String],
        name_of: impl Fn(&T) -> Option<Vec<String>>,
    ) -> Option<usize> {
        let mut known = self.places.of.lock().unwrap_or_else(PoisonError::into_inner);
        let places = known.entry(children.as_ptr().addr()).or_insert_with(|| {
            let mut places = PlaceByName::with_capacity(children.len());
            for (at, child) in children.iter().enumerate() {
                if let Some(name) = name_of(child) {
                    places.entry(name).or_insert(at);
                }
            }
            places
        });
        places.get(name).copied().filter(|at| *at < children.len())
    }

    fn find_line_starts(&self) -> Arc<[usize]> {
        let mut starts = vec![0];
        let bytes = self.text.as_bytes();
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let alone = bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
            if bytes[at] == b'\n' || alone {
                starts.push(at + 1);
            }
        }
        starts.into()
    }

    /// The place of a byte; past the end, the place after the last character.
    pub fn place(&self, byte: usize) -> LineColumn {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let starts = self.line_starts.get_or_init(|| self.find_line_starts());
        let line = starts.partition_point(|start| *start <= byte);
        let start = starts[line - 1];
        LineColumn { line: line + self.lines_before, column: self.text[start..byte].chars().count() + 1 }
    }

    /// The text a span covers.
    pub fn slice(&self, span: ByteSpan) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }
}

/// A scalar that is longer than this, in bytes, is prose and names no member of a set.
const MEMBER_LENGTH: usize = 80;

/// Whether a float is this very integer.
fn is_integer(float: f64, integer: i64) -> bool {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float past 64 bits saturates, and then differs from the integer or its float"
    )]
    let whole = float as i64;
    float.fract() == 0.0 && whole == integer && whole != i64::MAX
}

impl Node {
    /// Gives each part of the tree this place.
    pub fn put_at(&mut self, span: ByteSpan) {
        self.place_anew(&|_| span);
    }

    /// Moves the tree in its text: what stood at byte `from` stands at byte `to`.
    pub fn move_by(&mut self, from: usize, to: usize) {
        let moved = |at: usize| (at + to).saturating_sub(from);
        self.place_anew(&|span| ByteSpan { start: moved(span.start), end: moved(span.end) });
    }

    fn place_anew(&mut self, place: &impl Fn(ByteSpan) -> ByteSpan) {
        self.span = place(self.span);
        match &mut self.value {
            NodeValue::List(items) => items.iter_mut().for_each(|item| item.place_anew(place)),
            NodeValue::Map(entries) => entries.iter_mut().for_each(|entry| {
                entry.key_span = place(entry.key_span);
                entry.value.place_anew(place);
            }),
            _ => {}
        }
    }

    /// The value under a mapping's key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry under a mapping's key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            NodeValue::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            NodeValue::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            NodeValue::List(items) => items,
            _ => &[],
        }
    }

    /// A scalar as text: text itself, or the usual writing of a number or truth value. `None` for null, lists
    /// and mappings.
    pub fn scalar_text(&self) -> Option<String> {
        self.scalar_str().map(Cow::into_owned)
    }

    /// As [`Node::scalar_text`], borrowed where it can be.
    pub fn scalar_str(&self) -> Option<Cow<'_, str>> {
        match &self.value {
            NodeValue::Text(text) => Some(Cow::Borrowed(text)),
            NodeValue::Int(number) => Some(Cow::Owned(number.to_string())),
            // `-0.0` equals `0.0`.
            NodeValue::Float(number) => {
                Some(Cow::Owned(if *number == 0.0 { "0".to_owned() } else { number.to_string() }))
            }
            NodeValue::Decimal(written) => Some(Cow::Borrowed(written)),
            NodeValue::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
            NodeValue::Null | NodeValue::List(_) | NodeValue::Map(_) => None,
        }
    }

    /// The text of a text node.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing stands here.
    pub fn is_null(&self) -> bool {
        matches!(self.value, NodeValue::Null)
    }

    /// Follows mapping keys only.
    pub fn at_keys<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        keys.into_iter().try_fold(self, |node, key| node.get(key))
    }

    /// Whether two nodes hold the same value. Order counts in lists, not in mappings; places never count.
    /// Equal numbers are equal however they are written (`1`, `1.0`, `1e0`), as in JSON Schema; see
    /// [`NodeValue::Decimal`] for those that are not.
    pub fn same_value(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (NodeValue::Null, NodeValue::Null) => true,
            (NodeValue::Bool(a), NodeValue::Bool(b)) => a == b,
            (NodeValue::Int(a), NodeValue::Int(b)) => a == b,
            (NodeValue::Float(a), NodeValue::Float(b)) => a == b || a.to_bits() == b.to_bits(),
            (NodeValue::Int(a), NodeValue::Float(b)) | (NodeValue::Float(b), NodeValue::Int(a)) => {
                is_integer(*b, *a)
            }
            (NodeValue::Decimal(a), NodeValue::Decimal(b)) => {
                a.trim_start_matches('+') == b.trim_start_matches('+')
            }
            (NodeValue::Text(a), NodeValue::Text(b)) => a == b,
            (NodeValue::List(a), NodeValue::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same_value(y))
            }
            (NodeValue::Map(a), NodeValue::Map(_)) => {
                let b = other.entries();
                // Most mappings are in the same order: look at the same position first, so that large ones
                // stay linear.
                a.len() == b.len()
                    && a.iter().zip(b).all(|(e, same)| {
                        let found = if same.key == e.key { Some(&same.value) } else { other.get(&e.key) };
                        found.is_some_and(|o| e.value.same_value(o))
                    })
            }
            _ => false,
        }
    }

    /// The value as JSON, keys in the order of the file. A float that JSON cannot hold becomes its text.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(truth) => Value::Bool(*truth),
            NodeValue::Int(number) => Value::from(*number),
            NodeValue::Float(number) => serde_json::Number::from_f64(*number)
                .map_or_else(|| Value::String(number.to_string()), Value::Number),
            NodeValue::Decimal(written) => written
                .parse()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map_or_else(|| Value::String(written.to_string()), Value::Number),
            NodeValue::Text(text) => Value::String(text.clone()),
            NodeValue::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            NodeValue::Map(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.clone(), e.value.to_json())).collect())
            }
        }
    }

    /// Follows a path; keyed items are found with `keys`, which gives the key fields of the list at a path.
    pub fn at<'k>(
        &self,
        path: &FieldPath,
        keys: &dyn Fn(&FieldPath) -> Option<&'k [String]>,
    ) -> Option<&Node> {
        let mut node = self;
        for (walked, step) in path.0.iter().enumerate() {
            node = node.child(step, &|| keys(&FieldPath(path.0[..walked].to_vec())))?;
        }
        Some(node)
    }

    /// One step down; `keys` gives the key fields of this list.
    fn child<'k>(&self, step: &Step, keys: &dyn Fn() -> Option<&'k [String]>) -> Option<&Node> {
        match step {
            Step::Key(key) => self.get(key),
            Step::Index(at) => self.items().get(*at),
            Step::Member(value) => {
                self.items().iter().find(|item| item.scalar_str().is_some_and(|text| text == **value))
            }
            Step::Gone(_) => None,
            Step::Item(values) => {
                let fields = keys()?;
                self.items().iter().find(|item| item.has_key(fields, values))
            }
        }
    }

    /// The values of an item's key fields, or `None` if one is missing or has parts of its own. The field
    /// name `.` means the item itself, for lists that are sets; a list of scalars as a key field counts as
    /// its values joined by `+`. A field may be a path (`package.name`), and a `?` at its end makes it one
    /// that may be missing.
    pub fn key_values(&self, fields: &[String]) -> Option<Vec<String>> {
        fields.iter().map(|field| self.key_text(field).map(Cow::into_owned)).collect()
    }

    /// The value of one key field: see [`Node::key_values`].
    pub fn key_text(&self, field: &str) -> Option<Cow<'_, str>> {
        if field == "." {
            return self.scalar_str().or_else(|| Some(Cow::Owned(self.canonical())));
        }
        let Some(node) = self.get(field) else {
            let (path, optional) = field.strip_suffix('?').map_or((field, false), |path| (path, true));
            let found = self.at_keys(path.split('.')).and_then(Node::scalar_str);
            return found.or_else(|| optional.then_some(Cow::Borrowed("")));
        };
        match &node.value {
            NodeValue::List(items) => items
                .iter()
                .map(Node::scalar_text)
                .collect::<Option<Vec<_>>>()
                .map(|parts| Cow::Owned(parts.join("+"))),
            _ => node.scalar_str(),
        }
    }

    /// Whether this is a list that counts as a set where nothing says how it is keyed: short scalars of which
    /// no two are written alike.
    pub fn is_set(&self) -> bool {
        let items = self.items();
        let name = |text: &Cow<'_, str>| text.len() <= MEMBER_LENGTH && !text.contains('\n');
        let mut seen = HashSet::with_capacity(items.len());
        !items.is_empty()
            && items.iter().all(|item| item.scalar_str().filter(name).is_some_and(|text| seen.insert(text)))
    }

    /// The one way to write a value: two nodes are written alike just when they say the same, sets in
    /// whatever order.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        self.write_canonical(&mut out);
        out
    }

    fn write_canonical(&self, out: &mut String) {
        match &self.value {
            NodeValue::Null => out.push_str("null"),
            NodeValue::Text(text) => out.push_str(&serde_json::Value::String(text.clone()).to_string()),
            NodeValue::Decimal(written) => out.push_str(written.trim_start_matches('+')),
            // A float that is a whole number is written as the integer it equals.
            NodeValue::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                out.push_str(&format!("{:.0}", number + 0.0))
            }
            NodeValue::List(items) => {
                let mut written: Vec<String> = items.iter().map(Node::canonical).collect();
                if self.is_set() {
                    written.sort();
                }
                out.push_str(&format!("[{}]", written.join(",")));
            }
            NodeValue::Map(entries) => {
                let mut sorted: Vec<&Entry> = entries.iter().collect();
                sorted.sort_by(|a, b| a.key.cmp(&b.key));
                out.push('{');
                for (at, entry) in sorted.into_iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&serde_json::Value::String(entry.key.clone()).to_string());
                    out.push(':');
                    entry.value.write_canonical(out);
                }
                out.push('}');
            }
            _ => out.push_str(&self.scalar_str().unwrap_or_default()),
        }
    }

    /// Whether these are the values of the item's key fields.
    fn has_key(&self, fields: &[String], values: &[String]) -> bool {
        fields.len() == values.len()
            && fields.iter().zip(values).all(|(f, v)| self.key_text(f).is_some_and(|text| text == *v))
    }
}
