//! Rows → drafts, one a row, and the occasions that rows name.
//!
//! Owns the calendar an occasion belongs to, the entry of a new one, and whether the rows add up to the
//! stated tally. The words and fields are the grammar's (`schema/import/<source>.yaml`).

use super::fill::Context;
use super::rows::{RECORD, ReadRow, RowReader};
use super::table::SourceTable;
use super::table_grammar::{OccasionSpec, RowTallySpec};
use super::{CurrentRecord, Draft};
use crate::model::Failure;
use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Map, Value};

/// What a table says: drafts of records, and entries for calendars.
#[derive(Clone, Debug, Default)]
pub struct TableDraft {
    /// One draft a row that is about a record.
    pub drafts: Vec<Draft>,
    /// Entries that calendars do not have yet.
    pub entries: Vec<NewEntry>,
    /// What is worth knowing, in words.
    pub remarks: Vec<String>,
}

/// An entry for a calendar.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The calendar's name in the manifest.
    pub calendar: String,
    /// The occasion's id.
    pub id: String,
    /// The entry.
    pub entry: Value,
    /// The sources it names: the key under which the calendar's file lists them, and the sources.
    pub sources: Option<(String, Map<String, Value>)>,
}

/// Drafts what a table says.
///
/// # Errors
/// An occasion whose calendar or date cannot be determined, a tally that does not match, and what
/// [`RowReader::draft`] refuses.
pub fn draft(
    reader: &RowReader<'_>,
    table: &SourceTable,
    rows: &[ReadRow],
    current: &CurrentRecord<'_>,
) -> Result<TableDraft, Failure> {
    let mut out = TableDraft::default();
    let Some(spec) = &reader.spec.occasion else {
        for row in rows {
            out.drafts.push(one(reader, table, row, Context::new(), current)?);
        }
        return Ok(out);
    };
    let mut piles: IndexMap<String, Vec<&ReadRow>> = IndexMap::new();
    for row in rows {
        let id = reader.filler.text(&spec.id, &row.values)?;
        piles.entry(id).or_default().push(row);
    }
    for (id, pile) in &piles {
        let occasion = occasion(reader, spec, table, id, pile)?;
        let counted = spec.tally.as_ref().map(|tally| count(tally, pile));
        if let (Some(tally), Some(counted)) = (&spec.tally, &counted) {
            check_tally(tally, table, (id, occasion.known.as_ref()), pile, counted)?;
        }
        if occasion.known.is_none() {
            out.entries.push(new_entry(reader, spec, &occasion, id, counted.as_ref())?);
        }
        for row in pile {
            out.drafts.push(one(reader, table, row, occasion.context.clone(), current)?);
        }
    }
    Ok(out)
}

/// The draft of one row. `more` is what templates see besides its values.
fn one(
    reader: &RowReader<'_>,
    table: &SourceTable,
    row: &ReadRow,
    more: Context,
    current: &CurrentRecord<'_>,
) -> Result<Draft, Failure> {
    let mut context = row.values.clone();
    context.extend(more);
    if let Some(record) = reader.identity(&context).and_then(|identity| current(&identity)) {
        context.insert(RECORD.to_owned(), record);
    }
    reader.draft(&table.rows[row.at], &mut context)
}

struct OccasionOf {
    calendar: String,
    /// The calendar's entry, with its lists, if it has one.
    known: Option<Value>,
    /// What templates see: `calendar`, `occasion`, and the values that all its rows share.
    context: Context,
}

fn occasion(
    reader: &RowReader<'_>,
    spec: &OccasionSpec,
    table: &SourceTable,
    id: &str,
    pile: &[&ReadRow],
) -> Result<OccasionOf, Failure> {
    let first = pile[0];
    let place = table.place(&table.rows[first.at], 0);
    let mut shared = Context::new();
    for (name, value) in &first.values {
        let differs = pile.iter().find(|row| row.values.get(name) != Some(value));
        match differs {
            None => drop(shared.insert(name.clone(), value.clone())),
            Some(row)
                if reader
                    .spec
                    .columns
                    .get(name)
                    .is_some_and(|c| c.read == super::table_grammar::CellReading::Date) =>
            {
                let other = table.place(&table.rows[row.at], 0);
                return Err(Failure::new(format!("{other}: {id} has another `{name}` than in {place}")));
            }
            Some(_) => {}
        }
    }
    for (name, calendar) in &spec.calendars {
        let Some(known) = reader.reference.calendars.get(name).and_then(|c| c.get(id).map(|o| (c, o))) else {
            continue;
        };
        let entry =
            full_entry(known.0.document.as_deref(), known.1.span).unwrap_or_else(|| known.1.fields.clone());
        if let Some(date) = shared.get("date")
            && date.as_str() != Some(known.1.start.as_str())
        {
            return Err(Failure::new(format!(
                "{place}: {id} is of {}, and the table says {date}",
                known.1.start
            ))
            .hint(format!("its date stands in {}", reader.reference.calendars[name].file)));
        }
        shared.insert("date".to_owned(), known.1.start.to_string().into());
        shared.insert("ends".to_owned(), known.1.range.end.date().to_string().into());
        shared.insert("calendar".to_owned(), calendar.fields.clone().into());
        shared.insert("occasion".to_owned(), known.1.fields.clone());
        return Ok(OccasionOf { calendar: name.clone(), known: Some(entry), context: shared });
    }
    if spec.entry.is_none() {
        return Err(Failure::new(format!("{place}: no calendar has `{id}`")));
    }
    let calendar = which_calendar(spec, &shared, id, &place)?;
    shared.insert("calendar".to_owned(), spec.calendars[&calendar].fields.clone().into());
    if !shared.contains_key("date") {
        return Err(Failure::new(format!(
            "{place}: {id} is in no calendar, and the table does not say when it was"
        ))
        .hint("`--set date=YYYY-MM-DD` says it for all rows"));
    }
    Ok(OccasionOf { calendar, known: None, context: shared })
}

/// An entry with the lists that calendars leave out of their fields.
fn full_entry(document: Option<&crate::model::Document>, span: crate::model::ByteSpan) -> Option<Value> {
    let lists = document?.root.entries().iter().flat_map(|entry| entry.value.items());
    lists.into_iter().find(|item| item.span == span).map(crate::model::Node::to_json)
}

fn which_calendar(spec: &OccasionSpec, shared: &Context, id: &str, place: &str) -> Result<String, Failure> {
    let names: Vec<&str> = spec.calendars.keys().map(String::as_str).collect();
    if let Some(named) = shared.get("calendar").and_then(Value::as_str) {
        return names.iter().find(|name| **name == named).map(|name| (*name).to_owned()).ok_or_else(|| {
            Failure::new(format!("there is no calendar `{named}`"))
                .hint(format!("calendars: {}", names.join(", ")))
        });
    }
    let title = shared.get("title").and_then(Value::as_str).unwrap_or_default();
    let mut fitting = Vec::new();
    for (name, calendar) in &spec.calendars {
        for pattern in &calendar.titles {
            let pattern = Regex::new(pattern)
                .map_err(|error| Failure::new(format!("the pattern of `{name}`: {error}")))?;
            if pattern.is_match(title) {
                fitting.push(name.clone());
                break;
            }
        }
    }
    match fitting.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(Failure::new(format!(
            "{place}: {id} is in no calendar, and the table does not say to which it belongs"
        ))
        .hint(format!("`--set calendar=NAME` says it: {}", names.join(", ")))),
    }
}

/// The members by value, sorted.
fn count(tally: &RowTallySpec, pile: &[&ReadRow]) -> IndexMap<String, Vec<String>> {
    let mut out: IndexMap<String, Vec<String>> = IndexMap::new();
    for row in pile {
        let text = |name: &str| row.values.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(value), Some(member)) = (text(&tally.column), text(&tally.member)) {
            out.entry(value).or_default().push(member);
        }
    }
    out.values_mut().for_each(|members| members.sort());
    out
}

fn check_tally(
    tally: &RowTallySpec,
    table: &SourceTable,
    (id, known): (&str, Option<&Value>),
    pile: &[&ReadRow],
    counted: &IndexMap<String, Vec<String>>,
) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let here = |value: &str| counted.get(value).map_or(0, Vec::len) as u64;
    for (value, column) in &tally.totals {
        if let Some(stated) =
            pile.iter().find_map(|row| row.values.get(column).and_then(Value::as_u64).map(|n| (row, n)))
            && stated.1 != here(value)
        {
            let at = table.place(&table.rows[stated.0.at], 0);
            wrong.push(format!("{at}: `{column}` says {}, and {} rows say {value}", stated.1, here(value)));
        }
    }
    let stated = known.and_then(|entry| entry.get(&tally.field)).and_then(Value::as_object);
    for (value, number) in stated.into_iter().flatten() {
        if number.as_u64().is_some_and(|number| number != here(value)) {
            let lists = known.and_then(|entry| entry.get(&tally.lists)?.get(value));
            wrong.push(format!(
                "{value}: the calendar has {number}, the table {}{}",
                here(value),
                differing(lists, counted.get(value))
            ));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let first = table.place(&table.rows[pile[0].at], 0);
    let error = Failure::new(format!(
        "{id} (from {first}): the rows do not add up to the tally\n{}",
        wrong.join("\n")
    ));
    Err(error.hint(if tally.hint.is_empty() { "the table may have been cut short" } else { &tally.hint }))
}

/// The members that one side has and the other has not, a few of them.
fn differing(known: Option<&Value>, counted: Option<&Vec<String>>) -> String {
    let Some(known) = known.and_then(Value::as_array) else { return String::new() };
    let known: Vec<&str> = known.iter().filter_map(Value::as_str).collect();
    let empty = Vec::new();
    let counted = counted.unwrap_or(&empty);
    let missing: Vec<&str> =
        known.iter().copied().filter(|m| !counted.iter().any(|c| c == m)).take(8).collect();
    let extra: Vec<&str> =
        counted.iter().map(String::as_str).filter(|c| !known.contains(c)).take(8).collect();
    let list = |what: &str, members: Vec<&str>| {
        if members.is_empty() { String::new() } else { format!("; {what}: {}", members.join(", ")) }
    };
    format!("{}{}", list("not in the table", missing), list("only in the table", extra))
}

fn new_entry(
    reader: &RowReader<'_>,
    spec: &OccasionSpec,
    occasion: &OccasionOf,
    id: &str,
    counted: Option<&IndexMap<String, Vec<String>>>,
) -> Result<NewEntry, Failure> {
    let mut context = occasion.context.clone();
    if let (Some(counted), Some(tally)) = (counted, &spec.tally) {
        let order: Vec<&String> =
            reader.spec.columns.get(&tally.column).map(|c| c.words.keys().collect()).unwrap_or_default();
        let members = |value: &str| counted.get(value).cloned().unwrap_or_default();
        let counts = order
            .iter()
            .map(|value| ((*value).clone(), Value::from(members(value).len())))
            .collect::<Map<_, _>>();
        let lists =
            order.iter().map(|value| ((*value).clone(), Value::from(members(value)))).collect::<Map<_, _>>();
        context.insert(tally.field.clone(), counts.into());
        context.insert(tally.lists.clone(), lists.into());
    }
    for (name, template) in &reader.spec.with {
        if let Some(value) = reader.filler.fill(template, &context)? {
            context.insert(name.clone(), value);
        }
    }
    let template = spec.entry.as_ref().ok_or_else(|| Failure::new(format!("no calendar has `{id}`")))?;
    let entry = reader.filler.fill(template, &context)?.unwrap_or_default();
    let sources = match &spec.sources {
        Some((key, template)) => {
            let filled = reader.filler.fill(template, &context)?;
            filled.and_then(|value| value.as_object().cloned()).map(|sources| (key.clone(), sources))
        }
        None => None,
    };
    Ok(NewEntry { calendar: occasion.calendar.clone(), id: id.to_owned(), entry, sources })
}
