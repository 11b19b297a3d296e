//! A fact in a few words: the phrases that the schema has for its fields.

use super::phrase_templates::name_of;
use super::{Edited, Engine, Subject, map_of, natures, value_of, value_of_node};
use crate::diff::Delta;
use crate::model::{FieldPath, NatureKind, Node, NodeValue, PartialDate, Significance, Step};
use crate::schema::Shape;
use minijinja::Value;
use minijinja::value::merge_maps;

/// One edition of a subject, as a source of phrases.
#[derive(Clone, Copy)]
pub(super) struct Phrases<'p> {
    pub engine: &'p Engine<'p>,
    pub subject: &'p Subject<'p>,
    pub edition: Edited<'p>,
    /// What differs from the other edition of a comparison.
    pub deltas: &'p [Delta],
}

/// What a phrase is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PhraseForm {
    /// To say the fact.
    Whole,
    /// To name the item or part that another fact belongs to, without saying what it holds.
    Brief,
    /// To say the fact beside what the record itself has, where it is another account of that.
    Beside,
}

impl<'p> Phrases<'p> {
    fn root(&self) -> &'p Node {
        &self.edition.document.root
    }

    fn shape(&self, path: &FieldPath) -> Option<&'p Shape> {
        self.subject.kind.shape.at(path)
    }

    fn node(&self, path: &FieldPath) -> Option<&'p Node> {
        let keys = |path: &FieldPath| self.subject.kind.shape.key_at(path);
        self.edition.document.at(path, &keys)
    }

    /// A fact of this edition in words; `None` if the edition does not have it.
    pub fn fact(&self, path: &FieldPath, form: PhraseForm) -> Option<String> {
        self.fact_of(path, self.node(path)?, form)
    }

    fn fact_of(&self, path: &FieldPath, node: &Node, form: PhraseForm) -> Option<String> {
        let Some(shape) = self.shape(path) else {
            return Some(format!("{path}: {}", plain(node, None)));
        };
        let value = node.scalar_text();
        let date = self.date_of(path, shape);
        let Some((template, is_for_value)) = shape.says.of(value.as_deref()) else {
            return Some(self.plainly(path, node, shape));
        };
        let says_date = self.engine.words.uses(&name_of(template), "date");
        let said = self.render(template, path, (node, shape), (form, date.as_ref()));
        match date {
            // A phrase for one value leaves the date to the program, so that it need not be repeated
            // in each, unless it says it itself.
            Some(date) if is_for_value && form != PhraseForm::Brief && !says_date => {
                let as_of = value.is_some_and(|value| shape.as_of.contains(&value));
                Some(format!("{said} ({}{})", if as_of { "as of " } else { "" }, date.in_words()))
            }
            _ => Some(said),
        }
    }

    /// Whether the phrase of a fact says its date.
    pub fn says_date(&self, path: &FieldPath) -> bool {
        let (Some(node), Some(shape)) = (self.node(path), self.shape(path)) else { return false };
        match shape.says.of(node.scalar_text().as_deref()) {
            Some((template, is_for_value)) => {
                is_for_value || self.engine.words.uses(&name_of(template), "date")
            }
            None => false,
        }
    }

    /// Where the date stands that belongs to a fact: its companion date, or the date of the object that it
    /// leads.
    pub fn date_path(&self, path: &FieldPath, shape: &Shape) -> Option<FieldPath> {
        let value = self.node(path).and_then(Node::scalar_text);
        let own = value.and_then(|value| shape.companion_dates.get(&value)).or(shape.companion_date.as_ref());
        if let Some(pointer) = own {
            return pointer.resolve(path);
        }
        let parent = path.parent()?;
        let around = self.shape(&parent)?;
        let field = around.date.as_deref().filter(|field| *field != ".")?;
        leads(around, path).then(|| parent.key(field))
    }

    fn date_of(&self, path: &FieldPath, shape: &Shape) -> Option<PartialDate> {
        self.node(&self.date_path(path, shape)?)?.scalar_text()?.parse().ok()
    }

    fn render(
        &self,
        template: &str,
        path: &FieldPath,
        (node, shape): (&Node, &Shape),
        (form, date): (PhraseForm, Option<&PartialDate>),
    ) -> String {
        let words = &self.engine.words;
        let name = name_of(template);
        let around =
            if is_item(path) { Some(node) } else { path.parent().and_then(|parent| self.node(&parent)) };
        let mut context: Vec<(&str, Value)> = vec![
            ("value", value_of_node(node)),
            ("said", said(node, Some(shape))),
            ("brief", Value::from(form == PhraseForm::Brief)),
            ("date", Value::from(date.map(ToString::to_string))),
            ("title", Value::from(shape.title.clone())),
        ];
        if let NodeValue::List(items) = &node.value {
            context.push(("n", Value::from(items.len())));
            context.push(("values", said(node, Some(shape))));
        }
        if words.uses(&name, "item") {
            context.push(("item", Value::from(around.map(value_of_node))));
        }
        if words.uses(&name, "key") {
            context.push(("key", Value::from(key_of(path))));
        }
        if form == PhraseForm::Whole && words.uses(&name, "recorded") {
            context.push(("recorded", Value::from(self.recorded(path))));
        }
        if words.uses(&name, "moved") {
            context.push(("moved", self.moved(path)));
        }
        if words.uses(&name, "occasion") {
            context.push(("occasion", self.occasion(path)));
        }
        if words.uses(&name, "record") {
            context.push(("record", words.record(self.root())));
        }
        words.render(&name, merge_maps([self.subject.words.clone(), map_of(context)]))
    }

    /// What the record itself has where a second account has another value.
    fn recorded(&self, path: &FieldPath) -> Option<String> {
        let kind = self.subject.kind;
        let own = natures::counterpart(path, kind)
            .filter(|_| !natures::agrees(path, self.edition.document, kind))?;
        let (node, shape) = (self.node(&own)?, self.shape(&own)?);
        if shape.is_date() { node.scalar_text() } else { Some(plain(node, Some(shape))) }
    }

    /// The fields of an item that differ from the other edition.
    fn moved(&self, item: &FieldPath) -> Value {
        let field = |delta: &Delta| match delta.path.0.get(item.0.len()) {
            Some(Step::Key(key)) if item.contains(&delta.path) => Some(key.clone()),
            _ => None,
        };
        self.deltas.iter().filter_map(field).collect()
    }

    /// Several items of one list in words.
    pub fn items(&self, list: &FieldPath, items: &[(&FieldPath, &Node)]) -> String {
        let shape = self.shape(list);
        let texts: Vec<String> =
            items.iter().filter_map(|(path, node)| self.fact_of(path, node, PhraseForm::Whole)).collect();
        if let Some(template) = shape.and_then(|shape| shape.says.any.as_deref()) {
            let context = [
                ("n", Value::from(texts.len())),
                ("values", texts.iter().map(Value::from).collect()),
                ("title", Value::from(shape.and_then(|s| s.title.clone()))),
                ("item", Value::from(list.parent().and_then(|around| self.node(&around)).map(value_of_node))),
            ];
            let words = &self.engine.words;
            return words
                .render(&name_of(template), merge_maps([self.subject.words.clone(), map_of(context)]));
        }
        let is_worded =
            shape.and_then(|shape| shape.items.as_ref()).is_some_and(|items| !items.says.is_empty());
        if is_worded {
            return texts.join("; ");
        }
        format!("{}: {}", self.title_of_list(list), enumerated(&texts))
    }

    /// What came to a list and what went from it, where that is a lot: how many, and the first of them.
    pub fn came_and_went(&self, list: &FieldPath, came: &[&Node], went: &[&Node]) -> String {
        let shape = self.shape(list).and_then(|shape| shape.items.as_deref());
        let part = |(nodes, happened): (&[&Node], &str)| {
            let texts: Vec<String> = nodes.iter().map(|node| plain(node, shape)).collect();
            format!("{} {happened} ({})", texts.len(), enumerated(&texts))
        };
        let parts = [(came, "added"), (went, "removed")].map(part);
        format!("{}: {}", self.title_of_list(list), parts.join(", "))
    }

    fn title_of_list(&self, list: &FieldPath) -> String {
        self.shape(list).and_then(Shape::lower_title).unwrap_or_else(|| self.keys_to(list))
    }

    /// The item that a list stands in, if no phrase of the list says it.
    pub fn item_around(&self, list: &FieldPath) -> Option<String> {
        let shape = self.shape(list);
        let is_worded = |shape: &Shape| {
            !shape.says.is_empty() || shape.items.as_ref().is_some_and(|items| !items.says.is_empty())
        };
        if shape.is_some_and(is_worded) {
            return None;
        }
        let around = (1..list.0.len()).rev().map(|length| FieldPath(list.0[..length].to_vec()));
        around.into_iter().find(is_item).and_then(|item| self.name(&item))
    }

    /// A fact for which the schema has no phrase: its title and its value. Of a text it is the title alone,
    /// of an item its key and what else it holds.
    fn plainly(&self, path: &FieldPath, node: &Node, shape: &Shape) -> String {
        if let Some(Step::Item(key)) = path.0.last() {
            return self.item_plainly(path, key, node, shape);
        }
        if is_item(path) {
            return quoted(plain(node, Some(shape)));
        }
        let title = shape.lower_title().unwrap_or_else(|| self.keys_to(path));
        let is_text = natures::declared(path, self.subject.kind) == Some(NatureKind::Editorial);
        if is_text { title } else { format!("{title}: {}", quoted(plain(node, Some(shape)))) }
    }

    /// The name of a field without a title: its keys below the part that the sentence names, which is an item
    /// or has a title. Another field may have the same last key.
    fn keys_to(&self, path: &FieldPath) -> String {
        let mut keys: Vec<String> = Vec::new();
        for length in (1..=path.0.len()).rev() {
            let around = FieldPath(path.0[..length].to_vec());
            let is_named = self.shape(&around).is_some_and(|shape| shape.title.is_some());
            match path.0.get(length - 1) {
                Some(Step::Key(key)) if keys.is_empty() || !is_named => keys.push(key.clone()),
                _ if keys.is_empty() => {}
                _ => break,
            }
        }
        keys.reverse();
        if let [key] = keys.as_slice() { spaced(key) } else { keys.join(".") }
    }

    fn item_plainly(&self, path: &FieldPath, key: &[String], node: &Node, shape: &Shape) -> String {
        let key_fields =
            path.parent().and_then(|list| self.subject.kind.shape.key_at(&list)).unwrap_or_default();
        let held = node.entries().iter().filter_map(|entry| {
            let inner = shape.child(&Step::Key(entry.key.clone()));
            let is_said = key_fields.contains(&entry.key) || inner.is_some_and(Shape::is_reference_list);
            let title = inner.and_then(Shape::lower_title).unwrap_or_else(|| spaced(&entry.key));
            let is_plain = !matches!(entry.value.value, NodeValue::Map(_));
            (is_plain && !is_said).then(|| format!("{title}: {}", plain(&entry.value, inner)))
        });
        let held: Vec<String> = held.collect();
        let key = key_in_words(key);
        if held.is_empty() { key } else { format!("{key} ({})", held.join(", ")) }
    }

    /// What a fact belongs to, for the beginning of a sentence: the list item or the part it stands in, if
    /// its own phrase does not say it.
    pub fn owner(&self, path: &FieldPath) -> Option<String> {
        let has_phrase = self.shape(path).is_some_and(|shape| !shape.says.is_empty());
        for length in (1..path.0.len()).rev() {
            let around = FieldPath(path.0[..length].to_vec());
            let Some(shape) = self.shape(&around) else { continue };
            if let Some(pointer) = &shape.account_of {
                let of = pointer.resolve(&around)?;
                return self.name(&of);
            }
            let is_part = !has_phrase && (!shape.leads.is_empty() || shape.title.is_some());
            if is_item(&around) || is_part {
                return self.name(&around);
            }
        }
        None
    }

    /// The name of an item or a part.
    fn name(&self, path: &FieldPath) -> Option<String> {
        let shape = self.shape(path)?;
        if !shape.says.is_empty() {
            return self.fact(path, PhraseForm::Brief);
        }
        match path.0.last() {
            Some(Step::Item(values)) => {
                let list = path.parent().map(|list| self.title_of_list(&list)).unwrap_or_default();
                Some(format!("{list} ({})", key_in_words(values)))
            }
            _ => shape.lower_title(),
        }
    }

    /// The second accounts that stand in an item, one phrase each.
    pub fn accounts(&self, item: &FieldPath) -> Vec<String> {
        self.accounts_in(item, |_| true)
    }

    /// The same, without what weighs as much as wording: what an account says of the occasion, such as the
    /// result of a vote, is no doubt about what the item records.
    pub fn doubts(&self, item: &FieldPath) -> Vec<String> {
        self.accounts_in(item, |field| field.significance.get("any") != Some(&Significance::Editorial))
    }

    fn accounts_in(&self, item: &FieldPath, wanted: impl Fn(&Shape) -> bool) -> Vec<String> {
        let Some(shape) = self.shape(item) else { return Vec::new() };
        let inner = shape.properties.iter().filter(|(_, shape)| shape.account_of.is_some());
        inner.filter_map(|(name, shape)| self.account(&item.key(name), shape, &wanted)).collect()
    }

    fn account(&self, path: &FieldPath, shape: &Shape, wanted: impl Fn(&Shape) -> bool) -> Option<String> {
        let node = self.node(path)?;
        let mut facts = Vec::new();
        let mut texts = Vec::new();
        for entry in node.entries() {
            let inner = path.key(&entry.key);
            let own = shape.properties.get(&entry.key).filter(|own| !own.says.is_empty() && wanted(own));
            let Some(own) = own else { continue };
            if natures::agrees(&inner, self.edition.document, self.subject.kind) {
                continue;
            }
            let is_text = own.nature == Some(NatureKind::Editorial);
            if is_text { &mut texts } else { &mut facts }.extend(self.fact(&inner, PhraseForm::Beside));
        }
        let said = if facts.is_empty() { texts } else { facts };
        (!said.is_empty()).then(|| super::words::and_list(&said))
    }

    fn occasion(&self, path: &FieldPath) -> Value {
        let found = (0..=path.0.len()).rev().find_map(|length| {
            let around = FieldPath(path.0[..length].to_vec());
            let (property, calendars) = self.shape(&around)?.occasion_property()?;
            let id = self.node(&around)?.get(property)?.scalar_text()?;
            self.engine.reference.occasion(calendars, &id)
        });
        value_of(found.map(super::observations::occasion_json))
    }
}

/// Whether a path ends in an item of a list.
pub(super) fn is_item(path: &FieldPath) -> bool {
    path.0.last().is_some_and(|step| !matches!(step, Step::Key(_)))
}

/// Whether a field is the one that leads the object around it.
pub(super) fn leads(around: &Shape, path: &FieldPath) -> bool {
    matches!((around.leads.first(), path.0.last()), (Some(lead), Some(Step::Key(key))) if lead == key)
}

/// From how many items on an enumeration names only the first.
pub(super) const MANY: usize = 12;
/// How many it names then.
const NAMED: usize = 6;

/// Items as an enumeration; of many, the first and how many more there are.
fn enumerated(items: &[String]) -> String {
    match items {
        _ if items.len() > MANY => {
            format!("{} and {} more", items[..NAMED].join(", "), items.len() - NAMED)
        }
        _ => super::words::and_list(items),
    }
}

/// A field's name as words.
fn spaced(key: &str) -> String {
    key.replace('_', " ")
}

/// The parts of an item's key that it has.
fn key_in_words(values: &[String]) -> String {
    let parts: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
    parts.join(", ")
}

fn key_of(path: &FieldPath) -> Option<String> {
    path.0.iter().rev().find_map(|step| match step {
        Step::Item(values) => Some(values.join(", ")),
        _ => None,
    })
}

/// A value as it is, between quotation marks where it has brackets: those of a sentence must not be taken for
/// its own.
fn quoted(value: String) -> String {
    if value.contains(['(', ')']) && !value.contains(['“', '”']) {
        format!("“{value}”")
    } else {
        value
    }
}

/// A value as its `x-words` say it; of an object, of each of its fields.
pub(super) fn said(node: &Node, shape: Option<&Shape>) -> Value {
    match &node.value {
        NodeValue::Map(entries) => map_of(entries.iter().map(|entry| {
            let inner = shape.and_then(|shape| shape.child(&Step::Key(entry.key.clone())));
            (entry.key.as_str(), said(&entry.value, inner))
        })),
        NodeValue::List(items) => {
            items.iter().map(|item| said(item, shape.and_then(|s| s.items.as_deref()))).collect()
        }
        NodeValue::Null => Value::from(()),
        _ => Value::from(plain(node, shape)),
    }
}

/// A value in plain words.
pub(super) fn plain(node: &Node, shape: Option<&Shape>) -> String {
    match &node.value {
        NodeValue::Bool(truth) => if *truth { "yes" } else { "no" }.to_owned(),
        // A version `2.0` equals `2`, but that is no name for it.
        NodeValue::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.1}"),
        NodeValue::List(items) => {
            let items: Vec<String> =
                items.iter().map(|item| plain(item, shape.and_then(|s| s.items.as_deref()))).collect();
            enumerated(&items)
        }
        NodeValue::Map(entries) => {
            let parts: Vec<String> = entries
                .iter()
                .map(|entry| {
                    let inner = shape.and_then(|shape| shape.child(&Step::Key(entry.key.clone())));
                    let title = inner.and_then(Shape::lower_title).unwrap_or_else(|| spaced(&entry.key));
                    format!("{title}: {}", plain(&entry.value, inner))
                })
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        _ => {
            let Some(text) = node.scalar_text() else { return "no value".to_owned() };
            if text.is_empty() {
                return "empty".to_owned();
            }
            match (text.parse::<PartialDate>(), shape) {
                (Ok(date), Some(shape)) if shape.is_date() => date.in_words(),
                (_, Some(shape)) if !shape.words.is_empty() => shape.said(&text),
                _ => text,
            }
        }
    }
}
