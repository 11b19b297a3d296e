//! Entries about an occasion that names the record's own subject, as a meeting names its host; and entries
//! that do not fit what the record was on the day of the occasion.

use super::Record;
use super::dates::{OccasionPart, at_occasion};
use super::occasions::{NamedOccasion, entries};
use super::stages::{DatedStage, stage_on};
use super::words::{capitalised, shown, uncapitalised};
use crate::dataset::Occasion;
use crate::model::Finding;
use crate::schema::{CheckRule, OneOrMany};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;

/// Parameters of `own-occasion`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnOccasion {
    /// The record's list of entries.
    list: String,
    /// The field of an entry that names the occasion.
    key: String,
    /// The identity field that an occasion may name.
    member: String,
    /// The field of the occasion that names it.
    field: String,
    /// The occasions it is about, by their fields; by default all.
    #[serde(default)]
    occasions: IndexMap<String, Vec<String>>,
    /// Fields of an entry, and the values they cannot have at an occasion that names the record's subject.
    #[serde(default)]
    forbids: IndexMap<String, OneOrMany<String>>,
    /// Fields of an entry, and the values they can have only there.
    #[serde(default)]
    only: IndexMap<String, OneOrMany<String>>,
}

/// Parameters of `stage`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AtStage {
    /// The record's list of entries.
    list: String,
    /// The field of an entry that names the occasion.
    key: String,
    /// The occasions it is about, by their fields; by default all.
    #[serde(default)]
    occasions: IndexMap<String, Vec<String>>,
    /// The field of an entry that is compared.
    value: String,
    /// The stages of the record, first to last.
    stages: Vec<DatedStage>,
    /// Stage → the values that the field cannot have at an occasion of that time.
    forbids: IndexMap<String, OneOrMany<String>>,
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, own: &OwnOccasion, out: &mut Vec<Finding>) {
    let Some(member) = record.identity.and_then(|identity| identity.get(&own.member)) else { return };
    for named in entries(record, &own.list, &own.key) {
        let Some(given) = named.occasion.field_text(&own.field) else { continue };
        if !named.occasion.has(&own.occasions) {
            continue;
        }
        let is_own = given == member;
        let cases = if is_own { &own.forbids } else { &own.only };
        for (field, values) in cases {
            let how = if is_own { ", as in this record" } else { "" };
            let why = format!("its `{}` in the calendar is `{}`{how}", own.field, shown(&given));
            out.extend(at_odds(record, rule, &named, (field, values), &why));
        }
    }
}

pub(super) fn at_stage(record: &Record<'_>, rule: &CheckRule, at: &AtStage, out: &mut Vec<Finding>) {
    for named in entries(record, &at.list, &at.key) {
        if !named.occasion.has(&at.occasions) {
            continue;
        }
        let Some(stage) = stage_on(&at.stages, &record.doc.root, &named.occasion.start.range()) else {
            continue;
        };
        let Some(values) = at.forbids.get(stage) else { continue };
        let why = format!("on {} this record was at the stage `{stage}`", named.occasion.start);
        out.extend(at_odds(record, rule, &named, (&at.value, values), &why));
    }
}

/// A finding at a field of an entry, if it has one of some values.
fn at_odds(
    record: &Record<'_>,
    rule: &CheckRule,
    named: &NamedOccasion<'_, '_>,
    (field, values): (&str, &OneOrMany<String>),
    why: &str,
) -> Option<Finding> {
    let node = named.item.get(field)?;
    let value = node.scalar_text().filter(|value| values.as_slice().contains(value))?;
    let path = named.path.key(field);
    let title = capitalised(&uncapitalised(&record.title(&path)));
    let message = format!("{title}{} is `{}`, and {why}", record.entry_of(&path), shown(&value));
    let arguments = json!([named.occasion.id, value]);
    let mut found = record.file.finding(rule, (Some(node.span), Some(&path)), arguments, message);
    found.related.extend(in_calendar(record, named.occasion));
    Some(found)
}

fn in_calendar(record: &Record<'_>, occasion: &Occasion) -> Option<crate::model::finding::Related> {
    at_occasion(record, occasion, OccasionPart::Name, &format!("{} in the calendar", occasion.short))
}
