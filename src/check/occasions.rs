//! Entries of a record against what the calendars say of the same occasion.

use super::Record;
use super::dates::{OccasionPart, at_occasion};
use super::words::{or_list, shown, uncapitalised};
use crate::dataset::Occasion;
use crate::model::{FieldPath, Finding, Node, PartialDate};
use crate::schema::{CheckRule, FieldPattern};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;

/// Parameters of `roll-call`: who is in which list of an occasion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollCall {
    /// The record's list of entries.
    list: String,
    /// The field of an entry that names the occasion.
    key: String,
    /// The field of an entry that is compared.
    value: String,
    /// The identity field that is looked for in the lists.
    member: String,
    /// The field of the occasion that holds the lists.
    among: String,
    /// Value of the record → name of the list, where they differ.
    #[serde(default)]
    names: IndexMap<String, String>,
}

/// Parameters of `reported-date`: a date stated beside an occasion that the calendar dates.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportedDate {
    /// The record's list of entries.
    list: String,
    /// The field of an entry that names the occasion.
    key: String,
    /// The fields of an entry that date it.
    dates: Vec<String>,
}

/// Parameters of `calendar`: which calendars a record may name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InCalendar {
    /// Patterns of the fields that name an occasion.
    fields: Vec<String>,
    /// The calendars.
    calendars: Vec<String>,
}

impl InCalendar {
    /// Whether a part of a record is one of those that name an occasion.
    pub(super) fn is_about(&self, path: &FieldPath) -> bool {
        self.fields.iter().any(|text| FieldPattern::parse(text).matches(path))
    }

    /// Whether an occasion may be of some calendar.
    pub(super) fn allows(&self, calendar: &str) -> bool {
        self.calendars.iter().any(|name| name == calendar)
    }
}

/// An entry of a list with the occasion it names.
pub(super) struct NamedOccasion<'r, 'n> {
    pub path: FieldPath,
    pub item: &'n Node,
    key: &'n Node,
    pub occasion: &'r Occasion,
}

/// The entries of a list that name an occasion of a calendar.
pub(super) fn entries<'r, 'n>(record: &Record<'n>, list: &str, key: &str) -> Vec<NamedOccasion<'r, 'n>>
where
    'n: 'r,
{
    let reference = record.file.basis.reference;
    let pattern = FieldPattern::parse(&format!("{list}[]"));
    let found = record.walk.visits.iter().filter(|visit| pattern.matches(&visit.path)).filter_map(|visit| {
        let shape = visit.shape?.properties.get(key)?;
        let node = visit.node.get(key)?;
        let occasion = reference.occasion(&shape.occasion, &node.scalar_text()?)?;
        Some(NamedOccasion { path: visit.path.clone(), item: visit.node, key: node, occasion })
    });
    found.collect()
}

pub(super) fn against_lists(record: &Record<'_>, rule: &CheckRule, roll: &RollCall, out: &mut Vec<Finding>) {
    let Some(member) = record.identity.and_then(|identity| identity.get(&roll.member)) else { return };
    for named in entries(record, &roll.list, &roll.key) {
        let Some(node) = named.item.get(&roll.value) else { continue };
        let Some(value) = node.scalar_text() else { continue };
        let Some(lists) = lists(record, named.occasion, &roll.among) else { continue };
        let wanted = roll.names.get(&value).map_or(value.as_str(), String::as_str);
        let actual = lists.entries().iter().find_map(|entry| {
            let place = entry.value.items().iter().find(|item| item.text() == Some(member))?;
            Some((entry.key.as_str(), place))
        });
        let known = lists.entries().iter().any(|entry| entry.key == wanted);
        let id = &named.occasion.id;
        let (message, span) = match actual {
            Some((list, _)) if list == wanted => continue,
            Some((list, place)) => {
                let named = roll
                    .names
                    .iter()
                    .find(|(_, name)| *name == list)
                    .map_or(list, |(value, _)| value.as_str());
                (
                    format!(
                        "{id} is `{}` here, and the calendar has {member} under `{named}`",
                        shown(&value)
                    ),
                    place.span,
                )
            }
            None if known && is_member(record, named.occasion, roll, member) => (
                format!("{id} is `{}` here, and the calendar does not have {member} at all", shown(&value)),
                lists.span,
            ),
            None => continue,
        };
        let path = named.path.key(&roll.value);
        let mut found =
            record.file.finding(rule, (Some(node.span), Some(&path)), json!([id, value]), message);
        let words = format!("{} in the calendar", named.occasion.short);
        found.related.extend(at_occasion(record, named.occasion, OccasionPart::At(span), &words));
        out.push(found);
    }
}

/// Whether any occasion of the calendar knows of the member: one that none knows is reported as unknown
/// elsewhere.
fn is_member(record: &Record<'_>, occasion: &Occasion, roll: &RollCall, member: &str) -> bool {
    let calendars = &record.file.basis.reference.calendars;
    let all = calendars.get(&occasion.calendar).map_or(&[][..], |calendar| &calendar.occasions);
    let has = |lists: &Node| {
        lists.entries().iter().any(|e| e.value.items().iter().any(|item| item.text() == Some(member)))
    };
    all.iter().any(|other| lists(record, other, &roll.among).is_some_and(has))
}

/// The lists of an occasion, in the calendar's own tree.
fn lists<'r>(record: &Record<'r>, occasion: &Occasion, among: &str) -> Option<&'r Node> {
    let calendar = record.file.basis.reference.calendars.get(&occasion.calendar)?;
    let doc = calendar.document.as_deref()?;
    let spec = record.file.basis.policy.manifest.calendars.get(&occasion.calendar)?;
    let entry = doc.root.get(&spec.entries)?.items().iter().find(|entry| entry.span == occasion.span)?;
    entry.get(among)
}

pub(super) fn reported_date(
    record: &Record<'_>,
    rule: &CheckRule,
    reported: &ReportedDate,
    out: &mut Vec<Finding>,
) {
    for named in entries(record, &reported.list, &reported.key) {
        for keys in &reported.dates {
            let Some((path, node)) = record.below(&named.path, named.item, keys) else { continue };
            let Some(date) = node.scalar_text().and_then(|text| text.parse::<PartialDate>().ok()) else {
                continue;
            };
            let (own, stated) = (named.occasion.range, date.range());
            if stated.start <= own.end && own.start <= stated.end {
                continue;
            }
            let id = named.key.scalar_text().unwrap_or_default();
            let message = format!(
                "{} of `{}` is {date}, and the calendar dates {} {}",
                super::words::capitalised(&uncapitalised(&record.title(&path))),
                shown(&id),
                named.occasion.short,
                named.occasion.start
            );
            let mut found =
                record.file.finding(rule, (Some(node.span), Some(&path)), json!([id, date]), message);
            let words = format!("{} in the calendar", named.occasion.short);
            found.related.extend(at_occasion(record, named.occasion, OccasionPart::Date, &words));
            out.push(found);
        }
    }
}

pub(super) fn in_calendar(
    record: &Record<'_>,
    rule: &CheckRule,
    wanted: &InCalendar,
    out: &mut Vec<Finding>,
) {
    let patterns: Vec<FieldPattern> = wanted.fields.iter().map(|text| FieldPattern::parse(text)).collect();
    for visit in &record.walk.visits {
        let Some(shape) = visit.shape.filter(|shape| !shape.occasion.is_empty()) else { continue };
        if !patterns.iter().any(|pattern| pattern.matches(&visit.path)) {
            continue;
        }
        let Some(id) = visit.node.scalar_text() else { continue };
        let Some(occasion) = record.file.basis.reference.occasion(&shape.occasion, &id) else { continue };
        if wanted.calendars.contains(&occasion.calendar) {
            continue;
        }
        let message =
            format!("`{}` is an entry of {}, which is not for this record", shown(&id), occasion.calendar);
        let mut found =
            record.file.finding(rule, (Some(visit.node.span), Some(&visit.path)), json!([id]), message);
        found.help = Some(format!("name an entry of {}", or_list(&wanted.calendars)));
        found.related.extend(at_occasion(record, occasion, OccasionPart::Name, "it stands here"));
        out.push(found);
    }
}
