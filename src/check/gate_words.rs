//! What the date gate says, and what it advises.

use super::words::shown;
use crate::diff::Delta;
use crate::model::{FieldPath, Node, PartialDate};
use crate::schema::Op;
use std::cmp::Ordering;

/// What stands beside a part of a record at the base.
pub(super) const AT_BASE: &str = "what the base records";

/// How many names a finding lists.
const LISTED: usize = 4;

/// A difference in a few words.
pub(super) fn changed(delta: &Delta) -> String {
    match delta.op {
        Op::Added => "added".to_owned(),
        Op::Removed => format!("`{}` was removed", delta.path),
        Op::Changed => match delta.before.as_ref().and_then(Node::scalar_text) {
            Some(before) => format!("was `{}`", shown(&before)),
            None => "changed".to_owned(),
        },
    }
}

pub(super) fn not_moved(field: &str, date: &PartialDate, deltas: &[&Delta]) -> String {
    let verb = |delta: &Delta| match delta.op {
        Op::Added => "was added",
        Op::Removed => "was removed",
        Op::Changed => "changed",
    };
    let what = match deltas {
        [] => "the content changed".to_owned(),
        [one] => format!("`{}` {}", one.path, verb(one)),
        [one, ..] => format!("`{}` {}, and {} more", one.path, verb(one), fields(deltas.len() - 1)),
    };
    format!("{what}, and `{field}` is still {date}")
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

pub(super) fn not_moved_help(field: &str, today: &PartialDate) -> String {
    format!("set `{field}: {today}`, or the day as of which the record speaks")
}

pub(super) fn reviewed_alone(reviewed: &str, field: &str, date: &PartialDate) -> String {
    format!("`{reviewed}` changed, and `{field}` is still {date}")
}

pub(super) fn backwards(field: &str, from: &PartialDate, to: &PartialDate) -> String {
    format!("`{field}` moved backwards, from {from} to {to}")
}

pub(super) fn backwards_help(field: &str, from: &PartialDate, today: &PartialDate) -> String {
    let days = match from.order(today) {
        Ordering::Less => format!("set `{field}` to a day from {from} to {today}"),
        _ => format!("set `{field}: {from}` or later"),
    };
    format!("{days}; to take back an edition, revert its commit")
}

pub(super) fn future(field: &str, to: &PartialDate, today: &PartialDate) -> String {
    format!("`{field}` moved into the future, to {to}; today is {today}")
}

pub(super) fn future_help(field: &str, today: &PartialDate) -> String {
    format!("set `{field}: {today}`, or the earlier day as of which the record speaks")
}

pub(super) fn before_facts(field: &str, to: &PartialDate, newest: &PartialDate, count: usize) -> String {
    let more = if count > 1 { format!(" ({count} dates are later)") } else { String::new() };
    format!("`{field}` moved to {to}, before the newest date that the record reports, {newest}{more}")
}

pub(super) fn before_facts_help(field: &str, newest: &PartialDate) -> String {
    format!("set `{field}` to {} or later", newest.latest())
}

pub(super) fn nothing_changed(field: &str, from: &PartialDate, to: &PartialDate) -> String {
    format!("`{field}` moved from {from} to {to}, and nothing else changed")
}

pub(super) fn only_wording(field: &str, from: &PartialDate, to: &PartialDate) -> String {
    format!("`{field}` moved from {from} to {to}, and only wording and sources changed")
}

pub(super) fn reviewed_otherwise(
    reviewed: &str,
    date: &PartialDate,
    field: &str,
    to: &PartialDate,
) -> String {
    format!("no content changed; `{reviewed}` says {date}, and `{field}` moved to {to}")
}

pub(super) fn unchanged_help(
    reviewed: Option<&str>,
    field: &str,
    from: &PartialDate,
    to: &PartialDate,
) -> String {
    match reviewed {
        Some(reviewed) => format!(
            "if the record was reviewed, add `{reviewed}: {to}`; if not, set `{field}` back to {from}"
        ),
        None => format!("set `{field}` back to {from}"),
    }
}

fn value(delta: &Delta, after: bool) -> String {
    let node = if after { &delta.after } else { &delta.before };
    let text = node.as_ref().and_then(Node::scalar_text);
    text.map_or_else(|| "another value".to_owned(), |text| format!("`{}`", shown(&text)))
}

pub(super) fn past_changed(path: &FieldPath, delta: &Delta) -> String {
    format!(
        "`{path}` was published as {} and is {} now, and no correction says why",
        value(delta, false),
        value(delta, true)
    )
}

pub(super) fn past_removed(path: &FieldPath, _: &Delta) -> String {
    format!("`{path}` was published and is gone, and no correction says why")
}

pub(super) fn past_help(corrections: Option<&str>, path: &FieldPath, date: &PartialDate) -> String {
    match corrections {
        Some(field) => {
            let path = crate::document::scalar(&path.to_string());
            format!("add to `{field}`: {{date: {date}, path: {path}, what: …, why: …, sources: […]}}")
        }
        None => "name a list for corrections under `corrections` in the manifest, and add an entry to it"
            .to_owned(),
    }
}

pub(super) fn coverage_lost(path: &FieldPath, occasions: &[&str]) -> String {
    let mut names: Vec<String> = occasions.iter().take(LISTED).map(|name| shown(name)).collect();
    match occasions.len().saturating_sub(LISTED) {
        0 => {}
        1 => names.push(shown(occasions[LISTED])),
        more => names.push(format!("{more} more")),
    }
    let (were, are) = if occasions.len() == 1 { ("was", "is") } else { ("were", "are") };
    format!(
        "{} {were} published as missed, by `{path}`, and {are} not known now, and no correction says why",
        crate::rules::and_list(&names)
    )
}

pub(super) fn covered_less(path: &FieldPath, then: &PartialDate, now: Option<&PartialDate>) -> String {
    let now =
        now.map_or_else(|| "there is none now".to_owned(), |now| format!("none reaches past {now} now"));
    format!(
        "the claims of coverage reached through {then}, by `{path}`, and {now}, and no correction says why"
    )
}

/// `is_there`: something stands there now, though it may be no date.
pub(super) fn assessed_less(
    path: &FieldPath,
    then: &PartialDate,
    now: Option<&PartialDate>,
    is_there: bool,
) -> String {
    match now {
        None if is_there => {
            format!("`{path}` was published as {then} and is no date now, and no correction says why")
        }
        Some(now) => format!(
            "`{path}` was published as {then} and is {now} now: less is assessed, and no correction says why"
        ),
        None => format!("`{path}` was published as {then} and is gone, and no correction says why"),
    }
}

pub(super) fn correction_removed(field: &str, entry: &str) -> String {
    let name = if entry.is_empty() { String::new() } else { format!(" ({})", shown(entry)) };
    format!("an entry{name} is gone from `{field}`, which is a log")
}

pub(super) fn unsourced(delta: &Delta, sources: &[String]) -> String {
    let value = |node: &Option<Node>| node.as_ref().and_then(Node::scalar_text).map(|text| shown(&text));
    let values = match (value(&delta.before), value(&delta.after)) {
        (Some(before), Some(after)) => format!(" from `{before}` to `{after}`"),
        _ => String::new(),
    };
    let sources: Vec<String> = sources.iter().map(|name| shown(name)).collect();
    format!("`{}` changed{values}, and its sources did not: {}", delta.path, sources.join(", "))
}

pub(super) fn unsourced_help(sources: &FieldPath, log: Option<&str>) -> String {
    let add = format!("add to `{sources}` what says so");
    match log {
        Some(log) => format!("{add}; if the earlier value was a mistake, say so under `{log}`"),
        None => add,
    }
}
