//! Dates of a record against those that a table gives for what the record is about.

use super::Record;
use super::dates::{Dated, dates};
use super::words::{capitalised, shown, uncapitalised};
use crate::model::{Finding, PartialDate};
use crate::schema::{CheckRule, FieldPattern};
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `table-date`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableDate {
    /// The identity field that names a row of the table.
    field: String,
    /// The table.
    table: String,
    /// Patterns of the dates, or of the fields that name a dated occasion.
    fields: Vec<String>,
    /// The column with the first day that is possible.
    #[serde(default)]
    not_before: Option<String>,
    /// The column with the last one.
    #[serde(default)]
    not_after: Option<String>,
    /// A field that exempts the entry it stands in.
    #[serde(default)]
    unless: Option<String>,
}

impl TableDate {
    /// What is wrong with the parameters.
    pub(super) fn fault(&self) -> Option<String> {
        let none = self.not_before.is_none() && self.not_after.is_none();
        none.then(|| "`not_before` or `not_after` must name a column".to_owned())
    }
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, limits: &TableDate, out: &mut Vec<Finding>) {
    let Some(key) = record.identity.and_then(|identity| identity.get(&limits.field)) else { return };
    let tables = &record.file.basis.reference.tables;
    let Some(row) = tables.get(&limits.table).and_then(|table| table.get(key)) else { return };
    let bounds =
        [(&limits.not_before, true), (&limits.not_after, false)].into_iter().filter_map(|(column, first)| {
            let column = column.as_deref()?;
            let date = row.get(column).and_then(Value::as_str)?.parse::<PartialDate>().ok()?;
            Some((column, date, first))
        });
    let bounds: Vec<_> = bounds.collect();
    if bounds.is_empty() {
        return;
    }
    let patterns: Vec<FieldPattern> = limits.fields.iter().map(|text| FieldPattern::parse(text)).collect();
    for dated in dates(record) {
        if !patterns.iter().any(|pattern| pattern.matches(&dated.visit.path))
            || exempt(record, limits, &dated)
        {
            continue;
        }
        for (column, date, first) in &bounds {
            let (early, late) = (date.range().is_after(&dated.range), dated.range.is_after(&date.range()));
            if if *first { early } else { late } {
                let side = if *first { "before" } else { "after" };
                let bound = format!(
                    "{side} {date}, the `{column}` of `{}` in the table of {}",
                    shown(key),
                    limits.table
                );
                out.push(finding(record, rule, &dated, (column, date), &bound));
            }
        }
    }
}

fn exempt(record: &Record<'_>, limits: &TableDate, dated: &Dated<'_>) -> bool {
    let Some(field) = &limits.unless else { return false };
    record.walk.parent(dated.visit).is_some_and(|entry| entry.node.get(field).is_some())
}

fn finding(
    record: &Record<'_>,
    rule: &CheckRule,
    dated: &Dated<'_>,
    (column, bound): (&str, &PartialDate),
    words: &str,
) -> Finding {
    let path = &dated.visit.path;
    let what = match &dated.occasion {
        Some(_) => {
            format!("`{}` of {}", shown(&dated.visit.node.scalar_text().unwrap_or_default()), dated.date)
        }
        None => {
            let title = capitalised(&uncapitalised(&record.title(path)));
            format!("{title} {}{}", dated.date, record.entry_of(path))
        }
    };
    let arguments = json!([dated.date, column, bound]);
    let message = format!("{what} lies {words}");
    let mut found = record.file.finding(rule, (Some(dated.visit.node.span), Some(path)), arguments, message);
    found.related.extend(dated.in_calendar(record));
    found
}
