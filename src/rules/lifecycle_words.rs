//! The sentence of a group of facts: its frame of `lifecycle.yaml` around the phrases of the schema.
//!
//! Which facts share a sentence, and how it came about, is settled already.

use super::comparison::Comparison;
use super::lifecycle_ids::{OMITTED, dotted, id_of};
use super::map_of;
use super::phrases::{PhraseForm, is_item, plain};
use crate::diff::Delta;
use crate::model::{FieldPath, NatureKind, Node, NodeValue, PartialDate, Significance, Step};
use crate::schema::{FrameName, Op, Shape};
use indexmap::IndexMap;
use minijinja::Value;
use minijinja::value::merge_maps;

/// From how many items on one account of all of them is one sentence.
pub(super) const ALIKE: usize = 3;

/// What the facts of one sentence share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SentenceGroup {
    /// The part of the record; the root for what is worded once a step.
    pub part: FieldPath,
    pub frame: FrameName,
    pub nature: (NatureKind, bool, bool),
    pub significance: Significance,
    pub reason: Option<String>,
    /// When they came about, where that is dated: a sentence belongs to one time.
    pub date: Option<String>,
    /// The edition that first recorded them, as a sentence names it.
    pub edition: String,
}

/// The id of the sentence of a group.
pub(super) fn rule_id(group: &SentenceGroup, first: &Delta) -> String {
    match group.frame {
        frame if frame.is_whole() => frame.as_str().to_owned(),
        _ if group.nature.0 == NatureKind::Omission => OMITTED.to_owned(),
        frame => id_of(&first.path, frame),
    }
}

/// The sentence of a group.
pub(super) fn word(comparison: &Comparison<'_>, group: &SentenceGroup, about: &[&Delta]) -> String {
    let words = &comparison.engine.words;
    let (kind, uncertain, undated) = group.nature;
    let prefix = format!("lifecycle/{}", group.frame.as_str());
    let template = format!("{prefix}/{kind}");
    let template = if words.has(&template) { template } else { format!("{prefix}/any") };
    let late = match about.first() {
        Some(first) if kind == NatureKind::LateReport => comparison.late(None, first),
        _ => String::new(),
    };
    let mut context = vec![
        ("n", Value::from(about.len())),
        ("nature", Value::from(kind.as_str())),
        ("uncertain", Value::from(uncertain)),
        ("undated", Value::from(undated)),
        ("reason", Value::from(group.reason.clone())),
        ("edition", Value::from(group.edition.clone())),
        ("late", Value::from(late)),
        ("to", Value::from(comparison.to.date().to_string())),
        ("from", Value::from(comparison.from.date().to_string())),
    ];
    match group.frame {
        FrameName::Edited => context.extend(edits(comparison, about)),
        FrameName::Reviewed => {}
        frame => {
            let facts = Value::from(facts_in_words(comparison, frame, about));
            let first = about.first().and_then(|delta| comparison.differences.repeated.get(&delta.path));
            let again = first
                .map(|first| map_of([("facts", facts.clone()), ("edition", Value::from(first.to_string()))]));
            let dates_alone = about.iter().all(|delta| {
                dated_lead(comparison, delta).is_some() && is_of_same_account(comparison, delta)
            });
            context.extend([
                ("facts", facts),
                ("again", again.into_iter().collect()),
                ("dates_alone", Value::from(dates_alone)),
            ]);
        }
    }
    let said = words.render(&template, merge_maps([comparison.subject.words.clone(), map_of(context)]));
    match about {
        [one] => comparison.with_beyond(None, one, said),
        // All are of one date.
        [first, ..] if group.date.is_some() => match comparison.beyond(None, first) {
            Some(beyond) => format!("{beyond}: {said}"),
            None => said,
        },
        _ => said,
    }
}

/// The facts of a sentence as one text, part by part.
fn facts_in_words(comparison: &Comparison<'_>, frame: FrameName, about: &[&Delta]) -> String {
    let mut parts: IndexMap<(Option<FieldPath>, Option<String>), Vec<&Delta>> = IndexMap::new();
    let is_new = matches!(frame, FrameName::Appeared | FrameName::Repeated);
    let phrases = if is_new { comparison.after() } else { comparison.before() };
    let is_wide = frame == FrameName::Changed && about.iter().any(|delta| delta.op != Op::Changed);
    for delta in about {
        // An item that is another now is a fact of its own, with what it was.
        let key = if is_item(&delta.path) && (is_wide || delta.op != Op::Changed) {
            let list = delta.path.parent();
            let owner = list.as_ref().and_then(|list| phrases.item_around(list));
            (list, owner)
        } else {
            (None, phrases.owner(&delta.path).filter(|_| dated_lead(comparison, delta).is_none()))
        };
        parts.entry(key).or_default().push(delta);
    }
    let words = &comparison.engine.words;
    let mut texts: IndexMap<Vec<String>, Vec<String>> = IndexMap::new();
    for ((list, owner), deltas) in parts {
        let facts: Vec<String> = match list {
            Some(list) if is_wide => {
                let came: Vec<&Node> = deltas.iter().filter_map(|delta| delta.after.as_ref()).collect();
                let went: Vec<&Node> = deltas.iter().filter_map(|delta| delta.before.as_ref()).collect();
                vec![phrases.came_and_went(&list, &came, &went)]
            }
            Some(list) => {
                let items: Vec<(&FieldPath, &Node)> = deltas
                    .iter()
                    .filter_map(|delta| Some((&delta.path, delta.after.as_ref().or(delta.before.as_ref())?)))
                    .collect();
                vec![phrases.items(&list, &items)]
            }
            None => deltas.iter().map(|delta| one_fact(comparison, frame, delta)).collect(),
        };
        texts.entry(facts).or_default().extend(owner);
    }
    let text = |(facts, owners): (Vec<String>, Vec<String>)| {
        let several = (owners.len() >= ALIKE).then_some(&owners);
        let context = [
            ("facts", Value::from(facts)),
            (
                "of",
                Value::from(owners.first().filter(|_| several.is_none()).map(|_| super::and_list(&owners))),
            ),
            ("several", Value::from(several.cloned())),
        ];
        words.render("lifecycle/listed", merge_maps([comparison.subject.words.clone(), map_of(context)]))
    };
    texts.into_iter().map(text).collect::<Vec<String>>().join("; ")
}

/// What a date is the date of, if its phrase says that date: the field that leads the part around it, or the
/// item.
fn dated_lead(comparison: &Comparison<'_>, delta: &Delta) -> Option<FieldPath> {
    let path = &delta.path;
    let around = path.parent()?;
    let shape = comparison.subject.kind.shape.at(&around)?;
    let is_date = matches!(path.0.last(), Some(Step::Key(key)) if shape.date.as_ref() == Some(key));
    let has_words = comparison.subject.kind.shape.at(path).is_some_and(|own| !own.says.is_empty());
    // The phrase of an item says when it was.
    let is_worded_item = is_item(&around) && !shape.says.is_empty() && !has_words;
    if is_worded_item && is_date && delta.op != Op::Changed {
        return Some(around);
    }
    let lead = around.key(shape.leads.first().filter(|_| is_date && !has_words)?);
    let says_date = comparison.after().says_date(&lead) || comparison.before().says_date(&lead);
    says_date.then_some(lead)
}

/// Whether a date is one of what the earlier edition had without it: of an item, which its key makes the
/// same, or of a part of which nothing else differs but that sources came to it.
fn is_of_same_account(comparison: &Comparison<'_>, delta: &Delta) -> bool {
    let Some(around) = delta.path.parent() else { return false };
    let shape = &comparison.subject.kind.shape;
    let is_new_source = |other: &Delta| {
        let list = other.path.parent().unwrap_or_default();
        other.op == Op::Added && shape.at(&list).is_some_and(Shape::is_reference_list)
    };
    let mut others = comparison.deltas.iter().filter(|other| other.path != delta.path);
    is_item(&around) || others.all(|other| !around.contains(&other.path) || is_new_source(other))
}

/// Whether one date lies after the other.
fn is_later(before: &Option<Node>, after: &Option<Node>) -> bool {
    let date = |node: &Option<Node>| node.as_ref()?.scalar_text()?.parse::<PartialDate>().ok();
    date(before).zip(date(after)).is_some_and(|(before, after)| after.range().is_after(&before.range()))
}

/// What a value is and was, where both read alike: the text `1` and the number.
fn types_apart(before: &Option<Node>, after: &Option<Node>) -> Option<[&'static str; 2]> {
    let (before, after) = (before.as_ref()?, after.as_ref()?);
    let name = |node: &Node| match node.value {
        NodeValue::Text(_) => "a text",
        NodeValue::Bool(_) => "a truth value",
        NodeValue::List(_) => "a list",
        NodeValue::Map(_) => "a mapping",
        _ => "a number",
    };
    let apart = plain(before, None) == plain(after, None) && name(before) != name(after);
    apart.then(|| [name(before), name(after)])
}

fn one_fact(comparison: &Comparison<'_>, frame: FrameName, delta: &Delta) -> String {
    let words = &comparison.engine.words;
    let shape = comparison.subject.kind.shape.at(&delta.path);
    let is_text = shape.is_some_and(|shape| shape.free_text);
    // The date of a part that one of its fields leads is said with that field.
    let lead = dated_lead(comparison, delta);
    let path = lead.as_ref().unwrap_or(&delta.path);
    let now = comparison.after().fact(path, PhraseForm::Whole);
    let was = comparison.before().fact(path, PhraseForm::Beside);
    // What both phrases begin with, up to a colon, is said once.
    let label = |text: &str| text.split_once(": ").map(|(label, _)| format!("{label}: "));
    let was = match (&now, was) {
        (Some(now), Some(was)) if label(now).is_some() && label(now) == label(&was) => {
            Some(was[label(now).map_or(0, |label| label.len())..].to_owned())
        }
        (_, was) => was,
    };
    let has_phrase =
        comparison.subject.kind.shape.at(&delta.path).is_some_and(|shape| !shape.says.is_empty());
    let around = delta.path.parent().and_then(|around| comparison.subject.kind.shape.at(&around));
    let own_date = match (around.and_then(|around| around.date.as_deref()), delta.path.0.last()) {
        (Some(field), Some(Step::Key(key))) => !has_phrase && field == key,
        _ => false,
    };
    let text = |node: &Option<Node>| node.as_ref().and_then(Node::scalar_text);
    let context = [
        ("now", Value::from(now)),
        ("was", Value::from(was)),
        ("before", Value::from(text(&delta.before))),
        ("after", Value::from(text(&delta.after))),
        ("own_date", Value::from(own_date && lead.is_none())),
        ("lead", Value::from(lead.is_some())),
        ("same", Value::from(lead.is_some() && is_of_same_account(comparison, delta))),
        ("later", Value::from(is_later(&delta.before, &delta.after))),
        ("text", Value::from(is_text)),
        ("types", types_apart(&delta.before, &delta.after).map(|types| Value::from(types.to_vec())).into()),
    ];
    let template = format!("lifecycle/{}/each", frame.as_str());
    words.render(&template, merge_maps([comparison.subject.words.clone(), map_of(context)]))
}

/// What a sentence about texts and sources sees.
fn edits(comparison: &Comparison<'_>, about: &[&Delta]) -> Vec<(&'static str, Value)> {
    let shape = &comparison.subject.kind.shape;
    let mut texts: IndexMap<String, Vec<String>> = IndexMap::new();
    let mut tables: IndexMap<&str, [Vec<&str>; 3]> = IndexMap::new();
    let mut cited = 0;
    for delta in about {
        let list = if is_item(&delta.path) { delta.path.parent() } else { None };
        let list = list.as_ref().unwrap_or(&delta.path);
        if shape.at(list).is_some_and(Shape::is_reference_list) {
            cited += 1;
            continue;
        }
        if let [Step::Key(table), Step::Key(entry), ..] = &delta.path.0[..]
            && is_table(shape, table)
        {
            let has = |edition: &crate::rules::Edited<'_>| {
                edition.document.root.get(table).and_then(|t| t.get(entry)).is_some()
            };
            let sort = match (has(&comparison.from), has(&comparison.to)) {
                (false, _) => 0,
                (_, false) => 1,
                _ => 2,
            };
            let names = &mut tables.entry(table).or_default()[sort];
            if !names.contains(&entry.as_str()) {
                names.push(entry);
            }
            continue;
        }
        let title = shape.at(&delta.path).and_then(Shape::lower_title).unwrap_or_else(|| dotted(&delta.path));
        let around = (1..delta.path.0.len()).rev().find_map(|length| {
            let around = shape.at_steps(&delta.path.0[..length])?;
            around.lower_title()
        });
        // A title that names the part needs no word about it.
        let around = around.filter(|around| !title.contains(around.as_str()));
        let parts = texts.entry(title).or_default();
        parts.extend(around.filter(|around| !parts.contains(around)));
    }
    let texts: Vec<Value> = texts
        .into_iter()
        .map(|(title, parts)| map_of([("title", Value::from(title)), ("parts", Value::from(parts))]))
        .collect();
    let tables: Vec<Value> = tables
        .into_iter()
        .map(|(table, [added, removed, changed])| {
            let entry = shape
                .properties
                .get(table)
                .and_then(|t| t.additional.as_deref())
                .and_then(Shape::lower_title);
            map_of([
                ("table", Value::from(table)),
                ("title", Value::from(entry)),
                ("added", Value::from(added.len())),
                ("removed", Value::from(removed.len())),
                ("changed", Value::from(changed.len())),
            ])
        })
        .collect();
    vec![("texts", Value::from(texts)), ("entries", Value::from(tables)), ("cited", Value::from(cited))]
}

/// Whether a mapping of the record holds the entries that some list names.
fn is_table(shape: &Shape, name: &str) -> bool {
    let inner = shape.properties.values().chain(shape.additional.as_deref()).chain(shape.items.as_deref());
    shape.reference.as_deref() == Some(name) || inner.into_iter().any(|inner| is_table(inner, name))
}
