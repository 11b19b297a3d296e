//! A draft and the record it is about → the record's next edition, and what became of each fact.
//!
//! Nothing is taken away that the draft does not clear: what a source no longer mentions is listed, and an
//! editor decides. What an authority says (the roll call, the depositary) is not overwritten by another's
//! account of it: that goes to the place the grammar names for it. Words of the editors' own stay. Must not
//! read files or name a field: the schema and the grammar say what is what.

use super::merge_values::{
    keeps_words, key_values, overlapping, put, references, refined, same, sorted, sources_list, texts,
};
use super::{Draft, Fact, FactOutcome, Mode};
use crate::model::{Failure, FieldPath, Step};
use crate::schema::Shape;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// How drafts meet records: part of a grammar.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeSpec {
    /// The mapping of a record that holds its sources.
    #[serde(default)]
    pub sources: String,
    /// The field of a source that says what sort it is.
    #[serde(default)]
    pub sort: String,
    /// Sources of these sorts are authorities.
    #[serde(default)]
    pub authorities: Vec<String>,
    /// A new source of one of these sorts takes the place of older ones of them where a fact is stated again.
    #[serde(default)]
    pub supersede: Vec<String>,
    /// The field beside a fact that holds another's account of it.
    #[serde(default)]
    pub reported: String,
    /// Two sources are one if all fields of one of these lists are there and alike.
    #[serde(default)]
    pub same_source: Vec<Vec<String>>,
    /// Items of lists that are one although their keys differ.
    #[serde(default)]
    pub same_item: Vec<SameItem>,
}

/// When two items of a list are one although their keys differ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameItem {
    /// The list's dotted path.
    pub list: String,
    /// Fields that must be alike.
    #[serde(default)]
    pub by: Vec<String>,
    /// The date, one of which must lie within the other.
    #[serde(default)]
    pub date: Option<String>,
}

/// A merged record.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The content.
    pub content: Value,
    /// What became of each fact, in their order, with the path it went to and the value that stood there.
    pub fates: Vec<(FactOutcome, FieldPath, Option<Value>)>,
    /// Whether anything but dates of review differs from the record as it was.
    pub differs: bool,
}

/// Sorts the items of a list: the smaller comes first. `None` for an item without an order.
pub type ItemOrder<'o> = dyn Fn(&Shape, &Value) -> Option<String> + 'o;

/// Merges a draft into a record.
///
/// # Errors
/// A path of the grammar that the schema does not have.
pub fn merge(
    base: &Value,
    draft: &Draft,
    shape: &Shape,
    spec: &MergeSpec,
    order: &ItemOrder<'_>,
) -> Result<Merged, Failure> {
    let mut merger =
        Merger { content: base.clone(), shape, spec, order, renamed: Vec::new(), put: HashMap::new(), draft };
    let used_before = merger.used();
    merger.add_sources();
    let mut fates = Vec::with_capacity(draft.facts.len());
    for fact in &draft.facts {
        fates.push(merger.apply(fact)?);
    }
    let used = merger.used();
    if let Some(Value::Object(sources)) = merger.content.get_mut(&spec.sources) {
        let drafted: HashSet<&str> = draft.sources.iter().map(|(name, _)| name.as_str()).collect();
        sources.retain(|name, _| {
            used.contains(name) || !(used_before.contains(name) || drafted.contains(name.as_str()))
        });
    }
    let content = sorted(&merger.content, shape);
    let differs = content != sorted(base, shape);
    Ok(Merged { content, fates, differs })
}

struct Merger<'m> {
    content: Value,
    pub(super) shape: &'m Shape,
    spec: &'m MergeSpec,
    order: &'m ItemOrder<'m>,
    draft: &'m Draft,
    /// Drafted sources that the record has under another name.
    renamed: Vec<(String, String)>,
    /// How sure the draft was of what it put into the fields of items: list, key, field.
    put: HashMap<(String, Vec<String>, String), f64>,
}

type FateOf = (FactOutcome, FieldPath, Option<Value>);

impl Merger<'_> {
    fn source(&self, name: &str) -> String {
        self.renamed
            .iter()
            .find(|(old, _)| old == name)
            .map_or_else(|| name.to_owned(), |(_, new)| new.clone())
    }

    fn sort_of(&self, source: &str) -> Option<&str> {
        self.content.get(&self.spec.sources)?.get(source)?.get(&self.spec.sort)?.as_str()
    }

    /// Joins the drafted sources with the record's: one that is there already keeps its name there.
    fn add_sources(&mut self) {
        if self.spec.sources.is_empty() || self.draft.sources.is_empty() {
            return;
        }
        let root = self.content.as_object_mut().expect("because a record is a mapping");
        let known = root.entry(self.spec.sources.clone()).or_insert_with(|| Value::Object(Map::new()));
        let Some(known) = known.as_object_mut() else { return };
        for (name, source) in &self.draft.sources {
            let same = |other: &Value| {
                self.spec.same_source.iter().any(|fields| {
                    fields.iter().all(|f| source.get(f).is_some() && source.get(f) == other.get(f))
                }) || source == other
            };
            let found = known.get(name).filter(|other| same(other)).map(|_| name.clone());
            if let Some(there) =
                found.or_else(|| known.iter().find(|(_, other)| same(other)).map(|(n, _)| n.clone()))
            {
                self.renamed.push((name.clone(), there));
                continue;
            }
            let mut free = name.clone();
            let mut number = 2;
            while known.contains_key(&free) {
                free = format!("{name}-{number}");
                number += 1;
            }
            known.insert(free.clone(), source.clone());
            self.renamed.push((name.clone(), free));
        }
    }

    fn apply(&mut self, fact: &Fact) -> Result<FateOf, Failure> {
        let keys: Vec<&str> = fact.path.split('.').collect();
        let path = FieldPath(keys.iter().map(|key| Step::Key((*key).to_owned())).collect());
        let shape = self.shape.at(&path).ok_or_else(|| {
            Failure::new(format!(
                "the import grammar's `{}` names a field the schema does not have: `{}`",
                fact.reader, fact.path
            ))
        })?;
        match fact.mode {
            Mode::Clear => Ok(self.clear(&keys, path)),
            Mode::Merge if shape.items.is_some() => Ok(self.merge_item(fact, &keys, shape, path)),
            Mode::Merge => {
                let fields = fact.value.as_object().cloned().unwrap_or_default();
                let before = keys.iter().try_fold(&self.content, |node, key| node.get(*key)).cloned();
                let (mut fate, mut went) = (FactOutcome::Same, path);
                for (key, value) in fields {
                    let one =
                        Fact { path: format!("{}.{key}", fact.path), value, mode: Mode::Set, ..fact.clone() };
                    let (of_field, to, _) = self.apply(&one)?;
                    if matches!(fate, FactOutcome::Same | FactOutcome::Kept) {
                        fate = of_field;
                        went = FieldPath(to.0[..to.0.len() - 1].to_vec());
                    }
                }
                Ok((fate, went, before))
            }
            Mode::Set | Mode::Least | Mode::Most => Ok(self.set(fact, &keys, shape, path)),
        }
    }

    fn clear(&mut self, keys: &[&str], path: FieldPath) -> FateOf {
        let (last, above) = keys.split_last().expect("because a split text has a part");
        let parent = above.iter().try_fold(&mut self.content, |node, key| node.get_mut(*key));
        let gone = parent.and_then(Value::as_object_mut).and_then(|map| map.shift_remove(*last));
        (if gone.is_some() { FactOutcome::Changed } else { FactOutcome::Same }, path, gone)
    }

    fn set(&mut self, fact: &Fact, keys: &[&str], shape: &Shape, path: FieldPath) -> FateOf {
        let there = keys.iter().try_fold(&self.content, |node, key| node.get(*key)).cloned();
        let part = self.part_of(keys);
        let authority =
            part.as_ref().is_some_and(|(depth, list)| self.cites_authority(&keys[..*depth], list, fact));
        let fate = match &there {
            Some(value) if same(value, &fact.value, shape) => FactOutcome::Same,
            Some(value) if refined(value, &fact.value) => FactOutcome::Kept,
            _ if authority => return self.report(fact, keys, path, there),
            Some(Value::Array(_) | Value::String(_)) if keeps_words(shape) => FactOutcome::Kept,
            Some(value) => {
                let later = value.as_str().zip(fact.value.as_str()).is_some_and(|(old, new)| old > new);
                match fact.mode {
                    Mode::Most if later => FactOutcome::Kept,
                    Mode::Least if !later => FactOutcome::Kept,
                    Mode::Set if fact.firm => return (FactOutcome::Conflict, path, there),
                    _ => FactOutcome::Changed,
                }
            }
            None => FactOutcome::New,
        };
        if matches!(fate, FactOutcome::New | FactOutcome::Changed) {
            put(&mut self.content, keys, fact.value.clone());
        }
        let stated_again = fact.sources.iter().any(|name| self.supersedes(&self.source(name)));
        if let Some((depth, list)) = part
            && (matches!(fate, FactOutcome::New | FactOutcome::Changed)
                || stated_again && !(authority && fate == FactOutcome::Same))
        {
            self.cite(&keys[..depth], &list, fact);
        }
        (fate, path, there)
    }

    /// The nearest mapping at or above a field that lists its sources: its depth, and the list's name.
    fn part_of(&self, keys: &[&str]) -> Option<(usize, String)> {
        if keys.last().is_some_and(|last| *last == self.spec.sources) {
            return None;
        }
        (1..=keys.len()).rev().find_map(|depth| {
            let path = FieldPath(keys[..depth].iter().map(|key| Step::Key((*key).to_owned())).collect());
            Some((depth, sources_list(self.shape.at(&path)?)?.to_owned()))
        })
    }

    /// Whether a part rests on an authority that the fact itself does not come from.
    fn cites_authority(&self, keys: &[&str], list: &str, fact: &Fact) -> bool {
        let is = |name: &str| {
            self.sort_of(name).is_some_and(|sort| self.spec.authorities.iter().any(|a| a == sort))
        };
        let cited =
            keys.iter().try_fold(&self.content, |node, key| node.get(*key)).and_then(|part| part.get(list));
        let cited = cited.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).any(is);
        cited && !fact.sources.iter().any(|name| is(&self.source(name)))
    }

    fn cite(&mut self, keys: &[&str], list: &str, fact: &Fact) {
        let new: Vec<String> = fact.sources.iter().map(|name| self.source(name)).collect();
        if new.is_empty() {
            return;
        }
        let mut path = keys.to_vec();
        path.push(list);
        let old = texts(path.iter().try_fold(&self.content, |node, key| node.get(*key)));
        let cited = self.cited(old, new);
        put(&mut self.content, &path, cited);
    }

    fn supersedes(&self, name: &str) -> bool {
        self.sort_of(name).is_some_and(|sort| self.spec.supersede.iter().any(|s| s == sort))
    }

    /// The sources of a part that is stated again: the new ones take the place of older ones of the sorts
    /// that supersede each other.
    fn cited(&self, old: Vec<String>, new: Vec<String>) -> Value {
        let replace = new.iter().any(|name| self.supersedes(name));
        let mut out: Vec<String> = Vec::new();
        let kept = old.into_iter().filter(|name| !(replace && self.supersedes(name)));
        let (first, then): (Vec<String>, Vec<String>) =
            if replace { (new, kept.collect()) } else { (kept.collect(), new) };
        for name in first.into_iter().chain(then) {
            if !out.contains(&name) {
                out.push(name);
            }
        }
        out.into()
    }

    /// Keeps an account beside what an authority says.
    fn report(&mut self, fact: &Fact, keys: &[&str], path: FieldPath, there: Option<Value>) -> FateOf {
        let Some((depth, list)) = self.part_of(keys) else { return (FactOutcome::Kept, path, there) };
        let reported = self.spec.reported.as_str();
        let mut to: Vec<&str> = keys[..depth].to_vec();
        to.push(reported);
        let target =
            FieldPath(to.iter().chain(&keys[depth..]).map(|key| Step::Key((*key).to_owned())).collect());
        if reported.is_empty() || self.shape.at(&target).is_none() {
            return (FactOutcome::Conflict, path, there);
        }
        let mut full = to.clone();
        full.extend(&keys[depth..]);
        if full.iter().try_fold(&self.content, |node, key| node.get(*key)) == Some(&fact.value) {
            return (FactOutcome::Same, target, there);
        }
        put(&mut self.content, &full, fact.value.clone());
        self.cite(&to, &list, fact);
        (FactOutcome::Reported, target, there)
    }

    fn merge_item(&mut self, fact: &Fact, keys: &[&str], shape: &Shape, path: FieldPath) -> FateOf {
        let inner = shape.items.as_deref().expect("because the caller saw that it is a list");
        let key = shape.key.clone().unwrap_or_default();
        let Some(item) = fact.value.as_object() else { return (FactOutcome::Kept, path, None) };
        let list = ListOf { inner, key: &key, sources: sources_list(inner) };
        let Some(at) = self.find_item(keys, &key, item) else {
            return self.insert_item(fact, keys, &list, path);
        };
        let items = keys.iter().try_fold(&self.content, |node, key| node.get(*key)).and_then(Value::as_array);
        let before = items.expect("because the item was found in it")[at].clone();
        let path = path.then(Step::Item(key_values(&before, &key)));
        let own = |field: &str| (fact.path.clone(), key_values(&before, &key), field.to_owned());
        let Some((mut after, mut fate)) = self.merged_fields(fact, item, &before, &list) else {
            return (FactOutcome::Conflict, path, Some(before));
        };
        let reported = self.spec.reported.as_str();
        if let Some(account) = item.get(reported)
            && after.get(reported).is_none()
        {
            after.insert(reported.to_owned(), self.named(account));
            fate = FactOutcome::Reported;
        }
        if fate == FactOutcome::Reported && after.get(reported) == before.get(reported) {
            fate = FactOutcome::Same;
        }
        if let (FactOutcome::Changed, Some(name)) = (fate, list.sources) {
            let new = fact.sources.iter().map(|name| self.source(name)).collect();
            after.insert(name.to_owned(), self.cited(texts(after.get(name)), new));
        }
        let changed: Vec<&String> =
            item.keys().filter(|field| after.get(*field) != before.get(*field)).collect();
        // What this draft put there itself stays new.
        if fate == FactOutcome::Changed
            && changed.iter().all(|field| before.get(*field).is_none() || self.put.contains_key(&own(field)))
        {
            let all_own = before
                .as_object()
                .is_some_and(|map| map.keys().any(|field| self.put.contains_key(&own(field))));
            fate = if all_own { FactOutcome::New } else { fate };
        }
        for field in changed {
            self.put.insert(own(field), fact.confidence);
        }
        let after = sorted(&Value::Object(after), inner);
        let items = keys
            .iter()
            .try_fold(&mut self.content, |node, key| node.get_mut(*key))
            .and_then(Value::as_array_mut);
        items.expect("because the item was found in it")[at] = after;
        (fate, path, Some(before).filter(|_| fate != FactOutcome::Same))
    }

    /// The fields of an item after a fact on it, and what became of the fact; `None` if it must not be
    /// overwritten.
    fn merged_fields(
        &self,
        fact: &Fact,
        item: &Map<String, Value>,
        before: &Value,
        list: &ListOf<'_>,
    ) -> Option<(Map<String, Value>, FactOutcome)> {
        let authority = list.sources.is_some_and(|name| self.item_cites_authority(before, name, fact));
        let mut after = before.as_object().cloned().unwrap_or_default();
        let mut fate = FactOutcome::Same;
        let counts = |field: &String| {
            !list.key.contains(field) && list.sources != Some(field) && *field != self.spec.reported
        };
        for (field, value) in item.iter().filter(|(field, _)| counts(field)) {
            let shape = list.inner.properties.get(field);
            match after.get(field) {
                None if authority => {}
                None => {
                    after.insert(field.clone(), value.clone());
                    fate = if matches!(fate, FactOutcome::Same | FactOutcome::Kept) {
                        FactOutcome::Changed
                    } else {
                        fate
                    };
                }
                Some(old) if shape.is_some_and(|shape| same(old, value, shape)) => {}
                Some(old) if shape.is_some_and(keeps_words) || refined(old, value) => {
                    fate = if fate == FactOutcome::Same { FactOutcome::Kept } else { fate };
                }
                Some(_) if authority => {
                    let names: Vec<String> = fact.sources.iter().map(|name| self.source(name)).collect();
                    let account =
                        after.entry(self.spec.reported.clone()).or_insert_with(|| Value::Object(Map::new()));
                    if let Some(account) = account.as_object_mut() {
                        account.insert(field.clone(), value.clone());
                        list.sources.map(|list| account.insert(list.to_owned(), names.into()));
                    }
                    fate = FactOutcome::Reported;
                }
                Some(_) if fact.firm => return None,
                // Of two readings in one draft the surer stands; of two alike the first.
                Some(_)
                    if self
                        .put
                        .get(&(fact.path.clone(), key_values(before, list.key), field.clone()))
                        .is_some_and(|sure| *sure >= fact.confidence) =>
                {
                    fate = if fate == FactOutcome::Same { FactOutcome::Kept } else { fate };
                }
                Some(_) => {
                    after.insert(field.clone(), value.clone());
                    fate = FactOutcome::Changed;
                }
            }
        }
        Some((after, fate))
    }

    fn item_cites_authority(&self, item: &Value, list: &str, fact: &Fact) -> bool {
        let is = |name: &str| {
            self.sort_of(name).is_some_and(|sort| self.spec.authorities.iter().any(|a| a == sort))
        };
        let cited =
            item.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).any(is);
        cited && !fact.sources.iter().any(|name| is(&self.source(name)))
    }

    fn find_item(&self, keys: &[&str], key_fields: &[String], item: &Map<String, Value>) -> Option<usize> {
        let items = keys.iter().try_fold(&self.content, |node, key| node.get(*key))?.as_array()?;
        let wanted = key_values(&Value::Object(item.clone()), key_fields);
        if let Some(at) = items.iter().position(|other| key_values(other, key_fields) == wanted) {
            return Some(at);
        }
        let list = keys.join(".");
        let rule = self.spec.same_item.iter().find(|rule| rule.list == list)?;
        items.iter().position(|other| {
            rule.by.iter().all(|field| item.get(field).is_some() && item.get(field) == other.get(field))
                && rule.date.as_ref().is_none_or(|field| overlapping(item.get(field), other.get(field)))
        })
    }

    fn insert_item(&mut self, fact: &Fact, keys: &[&str], list: &ListOf<'_>, path: FieldPath) -> FateOf {
        let mut item = self.named(&fact.value).as_object().cloned().unwrap_or_default();
        if let Some(name) = list.sources
            && !item.contains_key(name)
        {
            item.insert(
                name.to_owned(),
                fact.sources.iter().map(|name| self.source(name)).collect::<Vec<_>>().into(),
            );
        }
        let item = sorted(&Value::Object(item), list.inner);
        let values = key_values(&item, list.key);
        for field in item.as_object().into_iter().flat_map(Map::keys) {
            self.put.insert((fact.path.clone(), values.clone(), field.clone()), fact.confidence);
        }
        let path = path.then(Step::Item(values));
        let (order, place) = (self.order, (self.order)(list.inner, &item));
        if keys.iter().try_fold(&self.content, |node, key| node.get(*key)).is_none() {
            put(&mut self.content, keys, Value::Array(Vec::new()));
        }
        let items = keys
            .iter()
            .try_fold(&mut self.content, |node, key| node.get_mut(*key))
            .and_then(Value::as_array_mut);
        if let Some(items) = items {
            let later = |other: &Value| match (&place, order(list.inner, other)) {
                (Some(mine), Some(theirs)) => theirs > *mine,
                _ => false,
            };
            let at = items.iter().position(later).unwrap_or(items.len());
            items.insert(at, item);
        }
        (FactOutcome::New, path, None)
    }

    /// A value in which drafted sources have the names the record gives them.
    fn named(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.source(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.named(item)).collect()),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, value)| (key.clone(), self.named(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn used(&self) -> HashSet<String> {
        let mut out = HashSet::new();
        references(&self.content, self.shape, &mut out);
        out
    }
}

/// What the schema says of a list.
struct ListOf<'l> {
    /// Its items.
    pub(super) inner: &'l Shape,
    /// Their key fields.
    pub(super) key: &'l [String],
    /// The field of an item that lists its sources.
    sources: Option<&'l str>,
}
