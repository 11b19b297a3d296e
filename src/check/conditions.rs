//! What a value demands or rules out in other fields of the same record.

use super::Record;
use super::words::{capitalised, shown, uncapitalised};
use crate::model::{FieldPath, Finding, Node, PartialDate};
use crate::schema::{CheckRule, OneOrMany};
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `condition`. Paths are keys joined with dots, from the root of the record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The field whose value matters.
    field: String,
    /// The values for which the rest is demanded.
    equals: OneOrMany<Value>,
    /// Fields that must be there.
    #[serde(default)]
    requires: Vec<String>,
    /// Fields that must not be there.
    #[serde(default)]
    forbids: Vec<String>,
    /// Dates that, where they are given, must have come by the edition's own date.
    #[serde(default)]
    come: Vec<String>,
    /// Dates that, where they are given, must not have come by then.
    #[serde(default)]
    to_come: Vec<String>,
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, condition: &Condition, out: &mut Vec<Finding>) {
    let root = FieldPath::root();
    let Some((path, node)) = record.below(&root, &record.doc.root, &condition.field) else { return };
    if !condition.equals.as_slice().contains(&node.to_json()) {
        return;
    }
    let value = node.scalar_text().unwrap_or_default();
    let held = Held { record, rule, path: &path, node, value: &value };
    let find = |keys: &str| record.below(&root, &record.doc.root, keys);
    for keys in &condition.requires {
        if find(keys).is_none() {
            out.push(held.missing(&keys.split('.').fold(root.clone(), |path, key| path.key(key))));
        }
    }
    for keys in &condition.forbids {
        out.extend(find(keys).map(|(at, other)| held.at_odds(&at, other)));
    }
    let Some(own) = record.date() else { return };
    for (keys, wanted) in
        condition.come.iter().map(|k| (k, true)).chain(condition.to_come.iter().map(|k| (k, false)))
    {
        let Some((at, other)) = find(keys) else { continue };
        let Some(date) = other.scalar_text().and_then(|text| text.parse::<PartialDate>().ok()) else {
            continue;
        };
        let wrong =
            if wanted { date.range().start > own.range().end } else { date.range().end <= own.range().end };
        if wrong {
            out.push(held.untimely(&at, other, &date, &own, wanted));
        }
    }
}

/// The value that the condition is about.
struct Held<'h> {
    record: &'h Record<'h>,
    rule: &'h CheckRule,
    path: &'h FieldPath,
    node: &'h Node,
    value: &'h str,
}

impl Held<'_> {
    fn says(&self) -> String {
        format!("{} is `{}`", capitalised(&uncapitalised(&self.record.title(self.path))), shown(self.value))
    }

    fn missing(&self, wanted: &FieldPath) -> Finding {
        let message =
            format!("{}, and {} is missing", self.says(), uncapitalised(&self.record.title(wanted)));
        let arguments = json!([self.value, wanted]);
        let file = self.record.file;
        let mut found = file.finding(self.rule, Some(self.node.span), Some(self.path), arguments, message);
        found.help = found.help.or_else(|| Some(format!("add `{wanted}`, or change the value")));
        found
    }

    fn at_odds(&self, at: &FieldPath, other: &Node) -> Finding {
        let record = self.record;
        let span = record.walk.at(at).and_then(|visit| visit.key_span).unwrap_or(other.span);
        let message = format!(
            "{} stands here, and {}",
            capitalised(&uncapitalised(&record.title(at))),
            uncapitalised(&self.says())
        );
        let mut found = record.file.finding(self.rule, Some(span), Some(at), json!([self.value]), message);
        found.related.push(record.file.related(self.node.span, uncapitalised(&self.says())));
        found
    }

    fn untimely(
        &self,
        at: &FieldPath,
        other: &Node,
        date: &PartialDate,
        own: &PartialDate,
        wanted: bool,
    ) -> Finding {
        let record = self.record;
        let come = if wanted { "had not come" } else { "had come" };
        let name = uncapitalised(&record.title(at));
        let message = format!("{}, and {name} ({date}) {come} by the edition's own date {own}", self.says());
        let arguments = json!([self.value, at, date]);
        let mut found =
            record.file.finding(self.rule, Some(self.node.span), Some(self.path), arguments, message);
        found.related.push(record.file.related(other.span, format!("{name} is dated here")));
        found
    }
}
