//! Events that must follow each other, and how long one must wait for the next.

use super::Record;
use super::words::{capitalised, uncapitalised};
use crate::model::{FieldPath, Finding, Node, PartialDate};
use crate::schema::{CheckRule, FieldPattern, OneOrMany};
use chrono::Months;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `date-order`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DateOrder {
    /// The part in which the dates stand, as a pattern: `coverage.meetings[]`; by default the record.
    #[serde(default)]
    within: Option<String>,
    /// The dates, first to last. What is missing is passed over.
    order: Vec<String>,
    /// Fields of the record, and the values for which the order is another.
    #[serde(default)]
    unless: IndexMap<String, OneOrMany<Value>>,
}

/// Parameters of `interval`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interval {
    /// The date that starts it.
    from: String,
    /// The date that must not come before its end.
    to: String,
    /// How long it is, in calendar months.
    months: u32,
}

/// A date that was found, with its place.
struct FoundDate<'n> {
    path: FieldPath,
    node: &'n Node,
    date: PartialDate,
}

fn find<'n>(record: &Record<'_>, base: &FieldPath, node: &'n Node, keys: &str) -> Option<FoundDate<'n>> {
    let (path, node) = record.below(base, node, keys)?;
    Some(FoundDate { path, node, date: node.scalar_text()?.parse().ok()? })
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, order: &DateOrder, out: &mut Vec<Finding>) {
    let exempt = order.unless.iter().any(|(keys, values)| {
        let node = record.doc.root.at_keys(keys.split('.'));
        node.is_some_and(|node| values.as_slice().contains(&node.to_json()))
    });
    if exempt {
        return;
    }
    let pattern = FieldPattern::parse(order.within.as_deref().unwrap_or(""));
    for visit in record.walk.matching(&pattern) {
        let found: Vec<FoundDate<'_>> =
            order.order.iter().filter_map(|keys| find(record, &visit.path, visit.node, keys)).collect();
        for pair in found.windows(2) {
            let [first, second] = pair else { continue };
            if second.date.range().end < first.date.range().start {
                out.push(finding(record, rule, first, second));
            }
        }
    }
}

fn finding(record: &Record<'_>, rule: &CheckRule, first: &FoundDate<'_>, second: &FoundDate<'_>) -> Finding {
    let name = |found: &FoundDate<'_>| uncapitalised(&record.title(&found.path));
    let message = format!(
        "{} ({}) comes before {} ({})",
        capitalised(&name(second)),
        second.date,
        name(first),
        first.date
    );
    let arguments = json!([first.path, first.date, second.date]);
    let mut out = record.file.finding(rule, (Some(second.node.span), Some(&second.path)), arguments, message);
    out.related.push(record.file.related(first.node.span, format!("{} is dated here", name(first))));
    out
}

pub(super) fn run_interval(
    record: &Record<'_>,
    rule: &CheckRule,
    interval: &Interval,
    out: &mut Vec<Finding>,
) {
    let root = FieldPath::root();
    let dates = (
        find(record, &root, &record.doc.root, &interval.from),
        find(record, &root, &record.doc.root, &interval.to),
    );
    let (Some(from), Some(to)) = dates else { return };
    let Some(least) = from.date.earliest().checked_add_months(Months::new(interval.months)) else { return };
    // An order that is wrong altogether is reported as that.
    if to.date.latest() >= least || to.date.range().end < from.date.range().start {
        return;
    }
    let name = |found: &FoundDate<'_>| uncapitalised(&record.title(&found.path));
    let months = interval.months;
    let message = format!(
        "{} ({}) is less than {months} months after {} ({})",
        capitalised(&name(&to)),
        to.date,
        name(&from),
        from.date
    );
    let arguments = json!([from.date, to.date]);
    let mut found = record.file.finding(rule, (Some(to.node.span), Some(&to.path)), arguments, message);
    found.related.push(record.file.related(from.node.span, format!("the {months} months begin here")));
    found.help = Some(found.help.map_or_else(
        || format!("the earliest day is {least}"),
        |help| format!("{help} (earliest: {least})"),
    ));
    out.push(found);
}
