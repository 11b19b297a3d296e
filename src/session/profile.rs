//! A record as people read it: sections in the order of the file, names in place of codes, numbered sources.
//!
//! Which field is what comes from the schema's annotations and the manifest; nothing here knows a dataset.

use crate::dataset::Reference;
use crate::model::view::{Profile, ProfileLine, ProfileSection};
use crate::model::{Document, Entry, FieldPath, Node, NodeValue, PartialDate, Step};
use crate::rules::{Engine, Subject};
use crate::schema::{Kind, Manifest, Shape};

/// From how many characters on a text stands as a paragraph of its own.
const LONG: usize = 90;

/// Makes the profile of an edition.
pub(super) fn of(engine: &Engine<'_>, subject: &Subject<'_>, document: &Document) -> Profile {
    let mut maker = ProfileBuilder {
        engine,
        subject,
        document,
        numbers: Vec::new(),
        manifest: &engine.policy().manifest,
    };
    let mut profile = Profile::default();
    for entry in document.root.entries() {
        let path = FieldPath::root().key(&entry.key);
        if maker.is_apart(&entry.key) {
            continue;
        }
        let shape = maker.shape(&path);
        let is_prose = shape.is_some_and(|shape| shape.nature.is_some())
            && !matches!(entry.value.value, NodeValue::Map(_));
        let mut lines = Vec::new();
        maker.lines(&path, &entry.value, 0, &mut lines);
        let through = maker.assessed_through(&entry.key).map(|date| date.in_words());
        let title = maker.title(&path);
        let section = ProfileSection { title, lines, assessed_through: through };
        if is_prose { profile.prose.push(section) } else { profile.sections.push(section) }
    }
    profile.sources = maker.sources();
    profile
}

struct ProfileBuilder<'m> {
    engine: &'m Engine<'m>,
    subject: &'m Subject<'m>,
    document: &'m Document,
    manifest: &'m Manifest,
    /// The sources in the order in which they are first cited, by table and name.
    numbers: Vec<(String, String)>,
}

impl ProfileBuilder<'_> {
    fn kind(&self) -> &Kind {
        self.subject.kind
    }

    fn reference(&self) -> &Reference {
        self.engine.reference()
    }

    fn shape(&self, path: &FieldPath) -> Option<&Shape> {
        self.kind().shape.at(path)
    }

    /// Whether a field of the record is no part of the profile: what names and dates the record, what is said
    /// of its coverage, the table of sources.
    fn is_apart(&self, key: &str) -> bool {
        let spec = &self.kind().spec;
        let first = |path: &str| path.split('.').next() == Some(key);
        spec.name_parts().any(|field| field == key)
            || spec.date.root_fields().any(first)
            || [&spec.formerly, &spec.reviewed].into_iter().flatten().any(|field| field == key)
            || spec.assessed.iter().any(|assessed| first(&assessed.through))
            || self.manifest.strips.iter().filter_map(|strip| strip.coverage.as_deref()).any(first)
            || self.tables().iter().any(|table| table == key)
    }

    /// The mappings of the record that texts elsewhere name entries of.
    fn tables(&self) -> Vec<String> {
        fn collect(shape: &Shape, depth: usize, out: &mut Vec<String>) {
            out.extend(shape.reference.clone());
            if depth < 8 {
                let inner = shape
                    .properties
                    .values()
                    .chain(shape.additional.as_deref())
                    .chain(shape.items.as_deref());
                inner.for_each(|shape| collect(shape, depth + 1, out));
            }
        }
        let mut out = Vec::new();
        collect(&self.kind().shape, 0, &mut out);
        out.sort();
        out.dedup();
        out
    }

    fn assessed_through(&self, key: &str) -> Option<PartialDate> {
        let spec =
            self.kind().spec.assessed.iter().find(|spec| spec.fields.iter().any(|field| field == key))?;
        self.document.root.at_keys(spec.through.split('.'))?.scalar_text()?.parse().ok()
    }

    /// What people call a field: its title in the schema, or its key in words.
    fn title(&self, path: &FieldPath) -> String {
        let key = match path.0.last() {
            Some(Step::Key(key)) => key.replace(['_', '-'], " "),
            _ => String::new(),
        };
        let title = self.shape(path).and_then(|shape| shape.title.clone()).unwrap_or(key);
        let mut letters = title.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    fn lines(&mut self, path: &FieldPath, node: &Node, depth: usize, out: &mut Vec<ProfileLine>) {
        match &node.value {
            NodeValue::Map(entries) => {
                let notes = self.notes(path, node);
                let first = out.len();
                for entry in entries {
                    let path = path.key(&entry.key);
                    if self.is_reference(&path) {
                        continue;
                    }
                    match &entry.value.value {
                        NodeValue::Map(_) | NodeValue::List(_) if !self.is_plain_list(&entry.value) => {
                            let label = self.title(&path);
                            out.push(ProfileLine { depth, label: Some(label), ..ProfileLine::default() });
                            self.lines(&path, &entry.value, depth + 1, out);
                            self.join_single(out);
                        }
                        _ => {
                            let text = self.value(&path, &entry.value);
                            out.push(ProfileLine {
                                depth,
                                label: Some(self.title(&path)),
                                text,
                                notes: Vec::new(),
                            });
                        }
                    }
                }
                // The sources of a part stand behind its first line.
                if let Some(line) = out.get_mut(first) {
                    line.notes.extend(notes);
                }
            }
            NodeValue::List(_) if self.is_plain_list(node) => {
                out.push(ProfileLine { depth, text: self.value(path, node), ..ProfileLine::default() });
            }
            NodeValue::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    let key = self.shape(path).and_then(|shape| shape.key.clone()).unwrap_or_default();
                    let step = item.key_values(&key).map_or(Step::Index(at), Step::Item);
                    let line = self.item(&path.then(step), item, &key, depth);
                    out.push(line);
                }
            }
            _ => out.push(ProfileLine { depth, text: self.value(path, node), ..ProfileLine::default() }),
        }
    }

    /// A label whose part has one line only stands before that line.
    fn join_single(&self, out: &mut Vec<ProfileLine>) {
        let [.., head, line] = out.as_mut_slice() else { return };
        let alone = head.text.is_empty() && head.label.is_some() && line.depth == head.depth + 1;
        if alone && (line.label.is_none() || line.text.is_empty()) {
            head.text = std::mem::take(&mut line.text);
            head.notes.append(&mut line.notes);
            out.pop();
        }
    }

    /// An item of a list in one line: what people know it by, then what it says.
    ///
    /// It is known by its key where that has words of its own (a meeting). Where the key is a mere identifier
    /// it is known by its kind and date (a letter of 15 April 2013), or by the text that comes first (a
    /// name).
    fn item(&mut self, path: &FieldPath, item: &Node, key: &[String], depth: usize) -> ProfileLine {
        let mut notes = self.notes(path, item);
        for part in item.entries().iter().filter(|entry| matches!(entry.value.value, NodeValue::Map(_))) {
            notes.extend(self.notes(&path.key(&part.key), &part.value));
        }
        let fields: Vec<&Entry> =
            item.entries().iter().filter(|entry| !self.is_reference(&path.key(&entry.key))).collect();
        let head = self.head(path, &fields, key);
        let leads = self.shape(path).map(|shape| shape.leads.clone()).unwrap_or_default();
        let mut has_text = false;
        let mut said = Vec::new();
        for entry in fields.iter().filter(|entry| !key.contains(&entry.key) && !head.contains(&&*entry.key)) {
            let path = path.key(&entry.key);
            let text = self.value(&path, &entry.value);
            let title = self.title(&path).to_lowercase();
            // The first text of an item needs no title: it is what the item says.
            let is_first_text = !has_text && self.is_own_text(&path);
            has_text |= is_first_text;
            said.push(match entry.value.scalar_text().as_deref() {
                Some("true") => title,
                Some("false") => format!("{title}: no"),
                _ if is_first_text || leads.contains(&entry.key) || self.has_words(&path) => text,
                _ => format!("{title}: {text}"),
            });
        }
        if item.entries().is_empty() {
            said.push(self.value(path, item));
        }
        let label = fields.iter().filter(|entry| head.contains(&&*entry.key));
        let label: Vec<String> = label.map(|entry| self.value(&path.key(&entry.key), &entry.value)).collect();
        let label = (!label.is_empty()).then(|| label.join(", "));
        // A sentence that another part follows goes without its full stop.
        let last = said.len().saturating_sub(1);
        let parts = said.iter().enumerate();
        let parts =
            parts.map(|(at, part)| if at < last { part.trim_end_matches('.') } else { part.as_str() });
        ProfileLine { depth, label, text: parts.collect::<Vec<_>>().join("; "), notes }
    }

    /// The fields that an item is known by.
    fn head<'e>(&self, path: &FieldPath, fields: &[&'e Entry], key: &[String]) -> Vec<&'e str> {
        let is_worded = |entry: &Entry| self.has_words(&path.key(&entry.key));
        let is_date = |entry: &Entry| self.is_date(&path.key(&entry.key));
        let names = |entries: &[&'e Entry]| entries.iter().map(|entry| &*entry.key).collect::<Vec<&str>>();
        let own: Vec<&Entry> = fields.iter().copied().filter(|entry| key.contains(&entry.key)).collect();
        if own.iter().any(|entry| is_worded(entry) || is_date(entry)) {
            return names(&own);
        }
        let others = fields.iter().copied().filter(|entry| !key.contains(&entry.key) && !is_part(entry));
        let others: Vec<&Entry> = others.collect();
        let dated = others.iter().copied().filter(|entry| is_worded(entry) || is_date(entry));
        let dated: Vec<&Entry> = dated.collect();
        if dated.iter().any(|entry| is_date(entry)) {
            return names(&dated);
        }
        match others.first() {
            Some(first) if others.len() > 1 && self.is_own_text(&path.key(&first.key)) => vec![&first.key],
            _ => names(&own),
        }
    }

    fn is_date(&self, path: &FieldPath) -> bool {
        let format = self.shape(path).and_then(|shape| shape.format.as_deref());
        format.is_some_and(|format| format.contains("date"))
    }

    /// Whether a field holds text of no set form, which stands for itself.
    fn is_own_text(&self, path: &FieldPath) -> bool {
        self.shape(path).is_some_and(|shape| shape.free_text && shape.nature.is_some())
    }

    /// Whether the schema says how values of a field are worded, or which calendar they name.
    fn has_words(&self, path: &FieldPath) -> bool {
        self.shape(path).is_some_and(|shape| !shape.words.is_empty() || !shape.occasion.is_empty())
    }

    /// A value in words.
    fn value(&self, path: &FieldPath, node: &Node) -> String {
        let shape = self.shape(path);
        match &node.value {
            NodeValue::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| self.value(&path.then(Step::Index(0)), item)).collect();
                let is_long = items.iter().any(|item| item.chars().count() > LONG);
                items.join(if is_long { " " } else { ", " })
            }
            NodeValue::Map(entries) => {
                let part = |entry: &Entry| {
                    let path = path.key(&entry.key);
                    format!("{}: {}", self.title(&path).to_lowercase(), self.value(&path, &entry.value))
                };
                let own = entries.iter().filter(|entry| !self.is_reference(&path.key(&entry.key)));
                own.map(part).collect::<Vec<_>>().join(", ")
            }
            _ => {
                let text = node.scalar_text().unwrap_or_default();
                let occasion = shape.and_then(|shape| self.reference().occasion(&shape.occasion, &text));
                if let Some(occasion) = occasion {
                    return occasion.in_words();
                }
                if let Some(words) = shape.and_then(|shape| shape.words.get(&text)) {
                    return words.clone();
                }
                let is_date = self.is_date(path);
                match (text.as_str(), text.parse::<PartialDate>()) {
                    ("true", _) => "yes".to_owned(),
                    ("false", _) => "no".to_owned(),
                    (_, Ok(date)) if is_date || text.len() >= 7 => date.in_words(),
                    _ => text,
                }
            }
        }
    }

    /// A list of scalars that fit into a line or a paragraph.
    fn is_plain_list(&self, node: &Node) -> bool {
        let scalar = |item: &Node| !matches!(item.value, NodeValue::Map(_) | NodeValue::List(_));
        matches!(&node.value, NodeValue::List(items) if items.iter().all(scalar))
    }

    fn is_reference(&self, path: &FieldPath) -> bool {
        let names = |shape: &Shape| shape.reference.is_some();
        self.shape(path).is_some_and(|shape| names(shape) || shape.items.as_deref().is_some_and(names))
    }

    /// The numbers of the sources that a part names itself.
    fn notes(&mut self, path: &FieldPath, node: &Node) -> Vec<usize> {
        let mut out = Vec::new();
        for entry in node.entries() {
            let shape = self.shape(&path.key(&entry.key));
            let table = shape.and_then(|shape| {
                shape.reference.clone().or_else(|| shape.items.as_deref()?.reference.clone())
            });
            let Some(table) = table else { continue };
            let single = std::slice::from_ref(&entry.value);
            let items = if entry.value.items().is_empty() { single } else { entry.value.items() };
            for name in items.iter().filter_map(Node::scalar_text) {
                let source = (table.clone(), name);
                let known = self.numbers.iter().position(|known| *known == source);
                out.push(
                    known.unwrap_or_else(|| {
                        self.numbers.push(source);
                        self.numbers.len() - 1
                    }) + 1,
                );
            }
        }
        out
    }

    /// The cited sources in words, in the order of their numbers.
    fn sources(&self) -> Vec<String> {
        let worded = |(table, name): &(String, String)| {
            let fields = self.document.root.get(table).and_then(|table| table.get(name));
            fields.map_or_else(|| name.clone(), |fields| self.engine.citation(self.subject, name, fields))
        };
        self.numbers.iter().map(worded).collect()
    }
}

fn is_part(entry: &Entry) -> bool {
    matches!(entry.value.value, NodeValue::Map(_) | NodeValue::List(_))
}
