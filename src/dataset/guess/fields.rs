//! What a group of records has in common, as a JSON Schema with the annotations the tool reads.

use super::candidates::plain_name;
use super::dates::Dating;
use crate::model::{Node, NodeValue, PartialDate, date::Precision};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A text of words that is longer than this is prose, in characters.
const PROSE: usize = 60;
/// How many pairs of fields are tried as the key of a list.
const MOST_PAIRS: usize = 30;
/// A mapping with more names than this, few of which stand in every instance, is a table of named entries.
const MANY: usize = 8;

/// What fields with other names of a record are called, likeliest first; without dashes, underscores and
/// capitals.
const OTHER_NAMES: [&str; 9] = [
    "aliases",
    "alias",
    "alsoknownas",
    "aka",
    "othernames",
    "alternativenames",
    "alternatenames",
    "altnames",
    "synonyms",
];

/// What stands at one place of all records.
#[derive(Clone, Debug, Default)]
pub(super) struct GuessedField {
    /// How often the place was seen.
    count: usize,
    kinds: BTreeSet<&'static str>,
    texts: Vec<String>,
    /// The fields of mappings, in the order in which they were first seen.
    names: Vec<String>,
    fields: BTreeMap<String, GuessedField>,
    maps: usize,
    items: Option<Box<GuessedField>>,
    /// For each list of mappings, its items' scalar fields.
    lists: Vec<Vec<BTreeMap<String, String>>>,
}

/// A schema and what was guessed in it.
pub(super) struct Schema {
    pub value: Value,
    /// What was guessed, in a line for each sort of guess.
    pub notes: Vec<String>,
    /// Whether a field says when something happened.
    pub has_dates: bool,
}

/// Looks at the same place of all records.
pub(super) fn infer(nodes: &[&Node]) -> GuessedField {
    let mut field = GuessedField::default();
    nodes.iter().for_each(|node| field.see(node));
    field
}

impl GuessedField {
    /// Whether the records have a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The field that holds other names of the record, by its path: at the root, else one level down.
    pub fn other_names(&self) -> Option<String> {
        let is_plain = |name: &str| !name.contains(['.', '[', '*']);
        let of = |fields: &GuessedField| {
            let named = |known: &&str| {
                let mut names =
                    fields.names.iter().filter(|name| is_plain(name) && plain_name(name) == **known);
                names.find(|name| fields.fields[*name].holds_texts()).cloned()
            };
            OTHER_NAMES.iter().find_map(named)
        };
        let nested = |name: &String| {
            let inner = of(&self.fields[name])?;
            is_plain(name).then(|| format!("{name}.{inner}"))
        };
        of(self).or_else(|| self.names.iter().find_map(nested))
    }

    /// Whether the texts below that name nothing but some entries name all of them, as sources are cited:
    /// what nothing refers to would be found unused.
    fn names_all_of(&self, entries: &BTreeSet<String>) -> bool {
        let (mut named, mut open) = (BTreeSet::new(), vec![self]);
        while let Some(field) = open.pop() {
            if field.texts.len() > 1 && field.texts.iter().all(|text| entries.contains(text)) {
                named.extend(&field.texts);
            }
            open.extend(field.fields.values().chain(field.items.as_deref()));
        }
        named.len() == entries.len()
    }

    /// Whether it is a text, or a list of texts, everywhere.
    fn holds_texts(&self) -> bool {
        let all = |field: &GuessedField, known: &[&str]| field.kinds.iter().all(|kind| known.contains(kind));
        let items = self.items.as_deref();
        let has_texts = !self.texts.is_empty() || items.is_some_and(|items| !items.texts.is_empty());
        has_texts
            && all(self, &["string", "array", "null"])
            && items.is_none_or(|items| all(items, &["string"]))
    }

    fn see(&mut self, node: &Node) {
        self.count += 1;
        self.kinds.insert(match &node.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "boolean",
            NodeValue::Int(_) => "integer",
            NodeValue::Float(_) | NodeValue::Decimal(_) => "number",
            NodeValue::Text(_) => "string",
            NodeValue::List(_) => "array",
            NodeValue::Map(_) => "object",
        });
        if let Some(text) = node.text() {
            self.texts.push(text.to_owned());
        }
        if let NodeValue::Map(entries) = &node.value {
            self.maps += 1;
            for entry in entries {
                if !self.fields.contains_key(&entry.key) {
                    self.names.push(entry.key.clone());
                }
                self.fields.entry(entry.key.clone()).or_default().see(&entry.value);
            }
        }
        if let NodeValue::List(items) = &node.value {
            let below = self.items.get_or_insert_default();
            items.iter().for_each(|item| below.see(item));
            let scalars = |item: &Node| -> BTreeMap<String, String> {
                let own = item.entries().iter().filter_map(|e| Some((e.key.clone(), e.value.scalar_text()?)));
                let nested = item.entries().iter().flat_map(|outer| {
                    let inner = outer.value.entries().iter();
                    inner.filter_map(|e| Some((format!("{}.{}", outer.key, e.key), e.value.scalar_text()?)))
                });
                own.chain(nested).collect()
            };
            if items.iter().all(|item| !item.entries().is_empty()) {
                self.lists.push(items.iter().map(scalars).collect());
            }
        }
    }

    /// The precision that all texts have as dates, if they are dates.
    fn date(&self) -> Option<&'static str> {
        let dates: Option<Vec<PartialDate>> = self.texts.iter().map(|text| text.parse().ok()).collect();
        let dates = dates.filter(|dates| !dates.is_empty() && self.kinds.len() == 1)?;
        let all = |precision| dates.iter().all(|date| date.precision() == precision);
        // Four digits alone are a year only beside fuller dates.
        if all(Precision::Year) {
            return None;
        }
        Some(if all(Precision::Day) {
            "date"
        } else if all(Precision::Instant) {
            "date-time"
        } else {
            "partial-date"
        })
    }

    fn is_prose(&self) -> bool {
        self.texts.iter().any(|text| text.contains(' ') && text.chars().count() > PROSE)
    }

    /// Whether the names are those of entries, not of fields.
    fn is_table(&self) -> bool {
        let rare = self.fields.values().filter(|field| field.count * 3 < self.maps * 2).count();
        let alike =
            self.fields.values().all(|field| field.kinds.len() == 1 && field.kinds.contains("object"));
        (self.fields.len() > MANY && rare * 4 > self.fields.len() * 3)
            || (alike && self.fields.len() > 1 && rare * 2 > self.fields.len())
    }

    /// The fields that together distinguish the items of every list: one, or else two.
    fn key(&self) -> Option<Vec<String>> {
        let items: Vec<&BTreeMap<String, String>> = self.lists.iter().flatten().collect();
        let first = items.first()?;
        let of_items = self.items.as_ref()?;
        let everywhere = |name: &str| items.iter().all(|item| item.contains_key(name));
        let works = |names: &[&str]| {
            names.iter().all(|name| everywhere(name))
                && self.lists.iter().all(|list| {
                    let mut seen = BTreeSet::new();
                    list.iter()
                        .all(|item| seen.insert(names.iter().map(|name| &item[*name]).collect::<Vec<_>>()))
                })
        };
        if let Some(known) = super::NAMES.iter().find(|name| works(&[name])) {
            return Some(vec![(*known).to_owned()]);
        }
        // One item alone does not show what distinguishes it from others.
        if self.lists.iter().all(|list| list.len() < 2) {
            return None;
        }
        let order = of_items.names.iter().flat_map(|name| {
            let inner = of_items.fields.get(name).map_or(&[][..], |field| &field.names);
            std::iter::once(name.clone()).chain(inner.iter().map(move |inner| format!("{name}.{inner}")))
        });
        let order: Vec<String> =
            order.filter(|name| first.contains_key(name) && of_items.can_name(name)).collect();
        if let Some(one) = order.iter().find(|name| works(&[name])) {
            return Some(vec![one.clone()]);
        }
        let pairs = order
            .iter()
            .enumerate()
            .flat_map(|(at, one)| order[at + 1..].iter().map(move |other| (one, other)));
        let dated = || {
            // A date is the last resort: terms of office differ in nothing else.
            let names = of_items.names.iter().filter(|name| first.contains_key(*name));
            names.into_iter().find(|name| works(&[name])).map(|name| vec![name.clone()])
        };
        pairs
            .take(MOST_PAIRS)
            .find(|(one, other)| works(&[one, other]))
            .map(|(one, other)| vec![one.clone(), other.clone()])
            .or_else(dated)
    }

    /// Whether a field of an item can be its name. What may come to be known, or to change, names nothing: a
    /// truth value, a date.
    fn can_name(&self, name: &str) -> bool {
        let field = match name.split_once('.') {
            Some((outer, inner)) => self.fields.get(outer).and_then(|outer| outer.fields.get(inner)),
            None => self.fields.get(name),
        };
        field.is_some_and(|field| {
            let scalar = field.kinds.iter().all(|kind| matches!(*kind, "string" | "integer" | "number"));
            scalar && field.date().is_none() && !field.is_prose()
        })
    }
}

/// The schema of a kind of record.
pub(super) fn schema(name: &str, root: &GuessedField, identity: &[String], dating: &Dating) -> Schema {
    let tables: BTreeMap<String, BTreeSet<String>> = root
        .fields
        .iter()
        .filter(|(_, field)| field.is_table())
        .map(|(name, field)| (name.clone(), field.names.iter().cloned().collect()))
        .filter(|(_, names)| root.names_all_of(names))
        .collect();
    let mut writer = SchemaWriter { tables, planned: &dating.planned, seen: SeenFields::default() };
    let mut value = writer.object(root, "");
    let map = value.as_object_mut().expect("because an object's schema is one");
    let mut head = Map::new();
    head.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    head.insert("title".to_owned(), json!(format!("A record of the kind {name}")));
    head.append(map);
    if let Some(properties) = head.get_mut("properties").and_then(Value::as_object_mut) {
        for date in &dating.fields {
            properties.entry(date).and_modify(|schema| {
                schema.as_object_mut().and_then(|schema| schema.remove("x-date"));
                schema["x-nature"] = json!("review");
            });
        }
    }
    let mut required: BTreeSet<String> = identity.iter().cloned().collect();
    if let ([one], [field]) = (dating.choices.as_slice(), dating.fields.as_slice()) {
        required.extend((one == field).then(|| field.clone()));
    }
    required.extend(
        head.get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned)),
    );
    head.insert("required".to_owned(), json!(required));
    let value = Value::Object(head);
    Schema { has_dates: has_dates(&value), value, notes: writer.seen.notes() }
}

/// Whether a schema has facts that a date of theirs places in time. A date by itself places nothing but
/// itself.
fn has_dates(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => {
            map.get("x-date").is_some_and(|date| date != ".") || map.values().any(has_dates)
        }
        Value::Array(items) => items.iter().any(has_dates),
        _ => false,
    }
}

/// What was seen in the fields, by sort.
#[derive(Default)]
struct SeenFields {
    keyed: Vec<String>,
    by_position: Vec<String>,
    prose: Vec<String>,
    tables: Vec<String>,
    references: Vec<String>,
}

impl SeenFields {
    fn notes(&self) -> Vec<String> {
        let sorts = [
            (&self.keyed, "entries of lists are distinguished by "),
            (&self.by_position, "entries that no field distinguishes are compared by position: "),
            (&self.tables, "tables of named entries: "),
            (&self.references, "names of entries: "),
            (&self.prose, "prose, of which a change is editorial: "),
        ];
        let line = |(paths, what): (&Vec<String>, &str)| {
            let shown: Vec<&str> = paths.iter().take(super::candidates::LISTED).map(String::as_str).collect();
            let more = paths.len() - shown.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            (!paths.is_empty()).then(|| format!("{what}{}{more}", shown.join(", ")))
        };
        sorts.into_iter().filter_map(line).collect()
    }
}

struct SchemaWriter<'w> {
    /// The paths of dates that may lie after a record's own.
    planned: &'w BTreeSet<String>,
    /// Tables of named entries at the root, by name, with the names of their entries.
    tables: BTreeMap<String, BTreeSet<String>>,
    seen: SeenFields,
}

impl SchemaWriter<'_> {
    fn field(&mut self, field: &GuessedField, path: &str) -> Value {
        let mut kinds: Vec<&str> = field.kinds.iter().copied().collect();
        if kinds.contains(&"integer") && kinds.contains(&"number") {
            kinds.retain(|kind| *kind != "integer");
        }
        match kinds.as_slice() {
            [] => json!({}),
            ["object"] => self.object(field, path),
            ["array"] => self.list(field, path),
            ["string"] => self.text(field, path),
            [one] => json!({"type": one}),
            many => json!({"type": many}),
        }
    }

    fn text(&mut self, field: &GuessedField, path: &str) -> Value {
        if let Some(format) = field.date().filter(|_| !self.planned.contains(path)) {
            return json!({"type": "string", "format": format, "x-date": "."});
        }
        let mut schema = json!({"type": "string", "minLength": 1});
        if field.texts.iter().any(String::is_empty) {
            schema = json!({"type": "string"});
        }
        if field.is_prose() {
            schema["x-nature"] = json!("editorial");
            self.seen.prose.push(format!("`{path}`"));
        } else if let Some(table) = self.table_of(field) {
            schema["x-ref"] = json!(table);
            self.seen.references.push(format!("`{path}` of `{table}`"));
        }
        schema
    }

    /// The table whose entries all texts of a field name.
    fn table_of(&self, field: &GuessedField) -> Option<String> {
        let names = |table: &&String| field.texts.iter().all(|text| self.tables[*table].contains(text));
        self.tables.keys().find(names).filter(|_| field.texts.len() > 1).cloned()
    }

    fn list(&mut self, field: &GuessedField, path: &str) -> Value {
        let mut schema = json!({"type": "array"});
        let Some(items) = &field.items else { return schema };
        schema["items"] = self.field(items, &format!("{path}[]"));
        if items.kinds.contains("object") {
            // A list that has names beside mappings, or elsewhere instead of them, has no key for them.
            match field.key().filter(|_| items.kinds.len() == 1) {
                Some(key) => {
                    self.seen.keyed.push(format!("`{path}` by `{}`", key.join("` and `")));
                    schema["x-key"] = json!(key);
                }
                None => self.seen.by_position.push(format!("`{path}`")),
            }
        }
        schema
    }

    fn object(&mut self, field: &GuessedField, path: &str) -> Value {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if !path.is_empty() && field.is_table() {
            let mut all = GuessedField::default();
            field.fields.values().for_each(|entry| merge(&mut all, entry));
            self.seen.tables.push(format!("`{path}`"));
            return json!({"type": "object", "additionalProperties": self.field(&all, &format!("{path}.*"))});
        }
        let mut properties = Map::new();
        for name in &field.names {
            properties.insert(name.clone(), self.field(&field.fields[name], &below(name)));
        }
        let required: Vec<&String> =
            field.names.iter().filter(|name| field.fields[*name].count == field.maps).collect();
        let mut schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        let is_date =
            |name: &String| field.fields[name].date().is_some() && !self.planned.contains(&below(name));
        let dates: Vec<&String> = field.names.iter().filter(|name| is_date(name)).collect();
        // Where an end or a plan stands beside it, the date of an item is not that of all it says.
        let plans = field.names.iter().any(|name| self.planned.contains(&below(name)));
        if let (false, false, [date]) = (path.is_empty(), plans, dates.as_slice()) {
            schema["x-date"] = json!(date);
        }
        schema
    }
}

fn merge(into: &mut GuessedField, from: &GuessedField) {
    into.count += from.count;
    into.maps += from.maps;
    into.kinds.extend(from.kinds.iter().copied());
    into.texts.extend(from.texts.iter().cloned());
    into.lists.extend(from.lists.iter().cloned());
    for name in &from.names {
        if !into.fields.contains_key(name) {
            into.names.push(name.clone());
        }
        merge(into.fields.entry(name.clone()).or_default(), &from.fields[name]);
    }
    if let Some(items) = &from.items {
        merge(into.items.get_or_insert_default(), items);
    }
}
