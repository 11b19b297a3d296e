//! The annotations of a JSON Schema 2020-12 that the tool reads: keys of lists, dates, scales, words,
//! natures.
//!
//! Unknown keywords are annotations by the standard (JSON Schema Core 2020-12 §6.5), so editors validate with
//! the same file.

use crate::model::{FieldPath, NatureKind, Significance, Step};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::HashMap;

/// How deep `$ref` may nest before a branch is cut: schemas may refer to themselves.
const MAX_DEPTH: usize = 24;

/// What a schema says about one place of a record.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// `title`: the plain name of the field.
    pub title: Option<String>,
    /// `x-key`: the fields that identify an item of this list; `.` for a set of scalars, as `x-set: true`
    /// says too.
    pub key: Option<Vec<String>>,
    /// `x-occasion`: the calendars in which this text names an entry.
    pub occasion: Vec<String>,
    /// `x-date`: the property that dates this object; `.` for a scalar that is its own date.
    pub date: Option<String>,
    /// `x-date-end`: the property that says when what this object is of ended, beside the `x-date` on which
    /// it began.
    pub date_end: Option<String>,
    /// `x-current`: what this object says is of the newest time, and its date moves on with it: a later date
    /// corrects no earlier one.
    pub current: bool,
    /// `x-as-of`: the values whose companion date is the day as of which they were said, not that of an
    /// event.
    pub as_of: Vec<String>,
    /// `x-dated-text`: a date in this text is the day as of which it was said. Where two texts differ in
    /// their dates alone, it was looked up again, and nothing had changed. The date of the part around it is
    /// none of its own.
    pub dated_text: bool,
    /// `x-companion-date`: where the date stands that says when this scalar's value came about.
    pub companion_date: Option<RelativePointer>,
    /// `x-companion-dates`: the same, for some values a date of their own.
    pub companion_dates: IndexMap<String, RelativePointer>,
    /// `x-scale`: the values in order, low to high.
    pub scale: Vec<String>,
    /// `x-words`: how a value is said.
    pub words: IndexMap<String, String>,
    /// `x-nature`: the nature of any change here.
    pub nature: Option<NatureKind>,
    /// `x-says`: the phrase for this fact, by value or for any.
    pub says: Says,
    /// `x-leads`: the property whose phrase stands for this object, then further properties that need no
    /// phrase beside it.
    pub leads: Vec<String>,
    /// `x-account-of`: this object is another account of the fact to which this points.
    pub account_of: Option<RelativePointer>,
    /// `x-significance`: the weight of a change here, by frame of the lifecycle (`changed`), or under `any`.
    pub significance: IndexMap<String, Significance>,
    /// `format`: what kind of text it is; `date`, `date-time` and `partial-date` make it a date.
    pub format: Option<String>,
    /// `x-planned`: this date may lie ahead of the edition that records it, as a deadline does.
    pub planned: bool,
    /// Whether this is text of no set form: neither one of some values nor of a pattern or format.
    pub free_text: bool,
    /// Whether this is neither an object nor a list.
    pub scalar: bool,
    /// `x-ref`: the mapping of the record in which this text names an entry.
    pub reference: Option<String>,
    /// The properties of an object.
    pub properties: IndexMap<String, Shape, RandomState>,
    /// The shape of every other property.
    pub additional: Option<Box<Shape>>,
    /// Whether properties that are not described are refused.
    pub closed: bool,
    /// The shape of a list's items.
    pub items: Option<Box<Shape>>,
}

/// The phrases of a fact, as MiniJinja templates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Says {
    /// For any value that has none of its own.
    pub any: Option<String>,
    /// For single values.
    pub by_value: IndexMap<String, String>,
}

impl Says {
    /// The phrase for a value, and whether it is one for this very value.
    pub fn of(&self, value: Option<&str>) -> Option<(&str, bool)> {
        let own = value.and_then(|value| self.by_value.get(value)).map(|phrase| (phrase.as_str(), true));
        own.or_else(|| self.any.as_deref().map(|phrase| (phrase, false)))
    }

    /// Whether there is any phrase.
    pub fn is_empty(&self) -> bool {
        self.any.is_none() && self.by_value.is_empty()
    }

    fn read(value: &Value) -> Says {
        let mut says = Says { any: value.as_str().map(str::to_owned), by_value: IndexMap::new() };
        for (name, phrase) in value.as_object().into_iter().flatten() {
            let Some(phrase) = phrase.as_str().map(str::to_owned) else { continue };
            match name.as_str() {
                "any" => says.any = Some(phrase),
                _ => drop(says.by_value.insert(name.clone(), phrase)),
            }
        }
        says
    }
}

/// A Relative JSON Pointer (draft-bhutton-relative-json-pointer-00): levels up, then keys down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelativePointer {
    /// How many levels up from the value.
    pub up: usize,
    /// The keys down from there.
    pub keys: Vec<String>,
}

impl RelativePointer {
    /// Reads `1/consent/date`.
    pub fn parse(text: &str) -> Option<Self> {
        let (up, rest) = match text.split_once('/') {
            Some((up, rest)) => (up, Some(rest)),
            None => (text, None),
        };
        let keys = rest
            .map(|r| r.split('/').map(|k| k.replace("~1", "/").replace("~0", "~")).collect())
            .unwrap_or_default();
        Some(RelativePointer { up: up.parse().ok()?, keys })
    }

    /// The path it points at from `path`.
    pub fn resolve(&self, path: &FieldPath) -> Option<FieldPath> {
        let kept = path.0.len().checked_sub(self.up)?;
        let mut steps = path.0[..kept].to_vec();
        steps.extend(self.keys.iter().cloned().map(Step::Key));
        Some(FieldPath(steps))
    }
}

impl Shape {
    /// Reads a schema's annotations.
    ///
    /// `others` holds further schemas by the file name that `$ref` uses. References to anything else are left
    /// unread: validation, not this reading, reports them.
    pub fn read(schema: &Value, others: &HashMap<String, Value>) -> Shape {
        let mut shape = Shape::default();
        ShapeReader { others }.fill(&mut shape, schema, schema, 0);
        shape
    }

    /// The shape at a path of a record. `None` where the schema says nothing.
    pub fn at(&self, path: &FieldPath) -> Option<&Shape> {
        self.at_steps(&path.0)
    }

    /// As [`Shape::at`], by the steps of a path.
    pub fn at_steps(&self, steps: &[Step]) -> Option<&Shape> {
        steps.iter().try_fold(self, |shape, step| shape.child(step))
    }

    /// The shape one step down.
    pub fn child(&self, step: &Step) -> Option<&Shape> {
        match step {
            Step::Key(key) => self.field(key),
            _ => self.items.as_deref(),
        }
    }

    /// The shape of a field of a mapping.
    pub fn field(&self, key: &str) -> Option<&Shape> {
        self.properties.get(key).or(self.additional.as_deref())
    }

    /// The key fields of the list at a path, if it is a keyed list.
    pub fn key_at(&self, path: &FieldPath) -> Option<&[String]> {
        self.at(path)?.key.as_deref()
    }

    /// The property of an object of this shape that names an occasion.
    pub fn occasion_property(&self) -> Option<(&str, &[String])> {
        self.properties
            .iter()
            .find(|(_, shape)| !shape.occasion.is_empty())
            .map(|(name, shape)| (name.as_str(), &shape.occasion[..]))
    }

    /// Whether this is a list of names of entries in a mapping of the record.
    pub fn is_reference_list(&self) -> bool {
        self.items.as_ref().is_some_and(|items| items.reference.is_some())
    }

    /// The name of the field in a sentence: its title without its capital, unless that begins a proper name
    /// or an abbreviation.
    pub fn lower_title(&self) -> Option<String> {
        let title = self.title.as_deref()?;
        let mut words = title.split(' ');
        let first = words.next().unwrap_or_default();
        let is_name = words.any(|word| word.starts_with(char::is_uppercase))
            || first.chars().skip(1).any(char::is_uppercase);
        if is_name {
            return Some(title.to_owned());
        }
        let mut letters = title.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect())
    }

    /// Whether the text here is a date.
    pub fn is_date(&self) -> bool {
        self.date.as_deref() == Some(".")
            || matches!(self.format.as_deref(), Some("date" | "date-time" | "partial-date"))
    }

    /// How a value is said: its `x-words`, or the value itself with dashes as spaces.
    pub fn said(&self, value: &str) -> String {
        self.words.get(value).cloned().unwrap_or_else(|| value.replace('-', " "))
    }
}

struct ShapeReader<'a> {
    others: &'a HashMap<String, Value>,
}

impl ShapeReader<'_> {
    fn fill(&self, shape: &mut Shape, schema: &Value, root: &Value, depth: usize) {
        let Some(object) = schema.as_object() else { return };
        if depth > MAX_DEPTH {
            return;
        }
        own_annotations(shape, schema);
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            self.follow(shape, target, root, depth);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for branch in object.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.fill(shape, branch, root, depth + 1);
            }
        }
        for keyword in ["then", "else"] {
            if let Some(branch) = object.get(keyword) {
                self.fill(shape, branch, root, depth + 1);
            }
        }
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.fill(shape.properties.entry(name.clone()).or_default(), property, root, depth + 1);
        }
        for (keyword, slot) in [("additionalProperties", &mut shape.additional), ("items", &mut shape.items)]
        {
            if let Some(inner) = object.get(keyword).filter(|inner| inner.is_object()) {
                let mut child = slot.take().unwrap_or_default();
                self.fill(&mut child, inner, root, depth + 1);
                *slot = Some(child);
            }
        }
        for inner in
            object.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(|m| m.values())
        {
            let mut child = shape.additional.take().unwrap_or_default();
            self.fill(&mut child, inner, root, depth + 1);
            shape.additional = Some(child);
        }
    }

    fn follow(&self, shape: &mut Shape, target: &str, root: &Value, depth: usize) {
        let (file, pointer) = target.split_once('#').unwrap_or((target, ""));
        let root = if file.is_empty() { Some(root) } else { self.others.get(file) };
        if let Some((root, inner)) = root.and_then(|root| root.pointer(pointer).map(|inner| (root, inner))) {
            self.fill(shape, inner, root, depth + 1);
        }
    }
}

/// The texts that an annotation lists; one alone may stand without a list.
fn texts(schema: &Value, name: &str) -> Vec<String> {
    match schema.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// Fills in what the annotations of one schema say and an earlier one has left open.
fn own_annotations(shape: &mut Shape, schema: &Value) {
    let keep = |slot: &mut Option<String>, name: &str| {
        if slot.is_none() {
            *slot = schema.get(name).and_then(Value::as_str).map(str::to_owned);
        }
    };
    let keep_all = |slot: &mut Vec<String>, name: &str| {
        if slot.is_empty() {
            *slot = texts(schema, name);
        }
    };
    let says_so = |keyword: &str, wanted: bool| schema.get(keyword) == Some(&Value::Bool(wanted));
    shape.closed |= says_so("additionalProperties", false) || says_so("unevaluatedProperties", false);
    keep(&mut shape.title, "title");
    keep(&mut shape.date, "x-date");
    keep(&mut shape.date_end, "x-date-end");
    keep(&mut shape.reference, "x-ref");
    keep(&mut shape.format, "format");
    keep_all(&mut shape.occasion, "x-occasion");
    keep_all(&mut shape.scale, "x-scale");
    keep_all(&mut shape.as_of, "x-as-of");
    keep_all(&mut shape.leads, "x-leads");
    if shape.key.is_none() && schema.get("x-key").is_some() {
        shape.key = Some(texts(schema, "x-key"));
    }
    if shape.key.is_none() && says_so("x-set", true) {
        shape.key = Some(vec![".".to_owned()]);
    }
    let types = texts(schema, "type");
    shape.scalar |= !types.is_empty() && !types.iter().any(|one| one == "object" || one == "array");
    let is_text = types.iter().any(|one| one == "string");
    let set_forms = ["enum", "const", "pattern", "format", "x-ref", "x-occasion"];
    shape.free_text |= is_text && set_forms.iter().all(|form| schema.get(form).is_none());
    shape.current |= says_so("x-current", true);
    shape.dated_text |= says_so("x-dated-text", true);
    shape.planned |= says_so("x-planned", true);
    own_pointers(shape, schema);
    own_words(shape, schema);
}

/// Annotations that point to other fields.
fn own_pointers(shape: &mut Shape, schema: &Value) {
    let pointer = |value: &Value| value.as_str().and_then(RelativePointer::parse);
    if shape.companion_date.is_none() {
        shape.companion_date = schema.get("x-companion-date").and_then(pointer);
    }
    if shape.account_of.is_none() {
        shape.account_of = schema.get("x-account-of").and_then(pointer);
    }
    for (value, target) in schema.get("x-companion-dates").and_then(Value::as_object).into_iter().flatten() {
        if let Some(target) = pointer(target) {
            shape.companion_dates.entry(value.clone()).or_insert(target);
        }
    }
}

/// Annotations about how a field is worded and how much it weighs.
fn own_words(shape: &mut Shape, schema: &Value) {
    if shape.says.is_empty()
        && let Some(says) = schema.get("x-says")
    {
        shape.says = Says::read(says);
    }
    if shape.significance.is_empty()
        && let Some(weights) = schema.get("x-significance")
    {
        let read = |value: &Value| serde_json::from_value::<Significance>(value.clone()).ok();
        shape.significance.extend(read(weights).map(|weight| ("any".to_owned(), weight)));
        let by_frame = weights.as_object().into_iter().flatten();
        shape.significance.extend(by_frame.filter_map(|(frame, value)| Some((frame.clone(), read(value)?))));
    }
    if shape.nature.is_none() {
        shape.nature = schema.get("x-nature").and_then(|v| serde_json::from_value(v.clone()).ok());
    }
    for (value, said) in schema.get("x-words").and_then(Value::as_object).into_iter().flatten() {
        if let Some(said) = said.as_str() {
            shape.words.entry(value.clone()).or_insert_with(|| said.to_owned());
        }
    }
}
