//! What a value demands or rules out in other fields of the same record, or of the same entry of a list.

use super::Record;
use super::walk::Visit;
use super::words::{capitalised, or_list, shown, uncapitalised};
use crate::model::{FieldPath, Finding, Node, PartialDate};
use crate::schema::{CheckRule, FieldPattern, OneOrMany};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// Parameters of `condition`. Paths are keys joined with dots, from the root of the part that `within` names.
/// A `*` in `field` is each key there in turn, and the same key in the other paths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The part that the fields are looked for in, as a pattern: `meetings[]`; the record by default.
    #[serde(default)]
    within: Option<String>,
    /// The field whose value matters.
    field: String,
    /// The values for which the rest is demanded; any value by default.
    #[serde(default)]
    equals: Option<OneOrMany<Value>>,
    /// Fields of which none may be there for the rest to be demanded.
    #[serde(default)]
    unless: Vec<String>,
    /// Fields that must be there.
    #[serde(default)]
    requires: Vec<String>,
    /// Fields that must not be there.
    #[serde(default)]
    forbids: Vec<String>,
    /// The values that other fields may have, where they are given.
    #[serde(default)]
    demands: IndexMap<String, OneOrMany<Value>>,
    /// Dates that, where they are given, must have come by the edition's own date.
    #[serde(default)]
    come: Vec<String>,
    /// Dates that, where they are given, must not have come by then.
    #[serde(default)]
    to_come: Vec<String>,
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, condition: &Condition, out: &mut Vec<Finding>) {
    let pattern = FieldPattern::parse(condition.within.as_deref().unwrap_or(""));
    for part in record.walk.matching(&pattern) {
        let Some((around, _)) = condition.field.split_once(".*") else {
            run_in(record, rule, condition, (part, ""), out);
            continue;
        };
        let Some((_, around)) = record.below(&part.path, part.node, around) else { continue };
        for entry in around.entries() {
            run_in(record, rule, condition, (part, &entry.key), out);
        }
    }
}

/// Judges one part; `key` stands for `*`.
fn run_in(
    record: &Record<'_>,
    rule: &CheckRule,
    condition: &Condition,
    (part, key): (&Visit<'_>, &str),
    out: &mut Vec<Finding>,
) {
    let find = |keys: &str| record.below(&part.path, part.node, &keys.replace('*', key));
    let Some((path, node)) = find(&condition.field) else { return };
    let is_other = condition.equals.as_ref().is_some_and(|all| !all.as_slice().contains(&node.to_json()));
    if is_other || condition.unless.iter().any(|keys| find(keys).is_some()) {
        return;
    }
    let value = node.scalar_text().unwrap_or_default();
    let held = Held { record, rule, path: &path, node, value: &value };
    for keys in &condition.requires {
        if find(keys).is_none() {
            let keys = keys.replace('*', key);
            out.push(held.missing(&keys.split('.').fold(part.path.clone(), |path, key| path.key(key))));
        }
    }
    for keys in &condition.forbids {
        out.extend(find(keys).map(|(at, other)| held.at_odds(&at, other)));
    }
    for (keys, allowed) in &condition.demands {
        let found = find(keys).filter(|(_, other)| !allowed.as_slice().contains(&other.to_json()));
        out.extend(found.map(|(at, other)| held.contradicts(&at, other, allowed)));
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
            out.push(held.untimely((&at, other), &date, &own, wanted));
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
        let (title, entry) = (self.record.title(self.path), self.record.entry_of(self.path));
        format!("{}{entry} is `{}`", capitalised(&uncapitalised(&title)), shown(self.value))
    }

    fn missing(&self, wanted: &FieldPath) -> Finding {
        let message =
            format!("{}, and {} is missing", self.says(), uncapitalised(&self.record.title(wanted)));
        let arguments = json!([self.value, wanted]);
        let file = self.record.file;
        let mut found = file.finding(self.rule, (Some(self.node.span), Some(self.path)), arguments, message);
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
        let mut found = record.file.finding(self.rule, (Some(span), Some(at)), json!([self.value]), message);
        found.related.push(record.file.related(self.node.span, uncapitalised(&self.says())));
        found
    }

    fn contradicts(&self, at: &FieldPath, other: &Node, allowed: &OneOrMany<Value>) -> Finding {
        let record = self.record;
        let given = other.scalar_text().unwrap_or_default();
        // Two fields of one name differ in their paths.
        let same = record.title(at) == record.title(self.path);
        let title = if same { format!("`{at}`") } else { uncapitalised(&record.title(at)) };
        let own = if same { format!("`{}` is `{}`", self.path, shown(self.value)) } else { self.says() };
        let message = format!("{own}, and {title} is `{}`", shown(&given));
        let arguments = json!([self.value, at, given]);
        let mut found = record.file.finding(self.rule, (Some(other.span), Some(at)), arguments, message);
        found.related.push(record.file.related(self.node.span, uncapitalised(&self.says())));
        let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let allowed: Vec<String> = allowed.as_slice().iter().map(words).collect();
        found.help = found.help.or_else(|| Some(format!("{title} can only be {} then", or_list(&allowed))));
        found
    }

    fn untimely(
        &self,
        (at, other): (&FieldPath, &Node),
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
            record.file.finding(self.rule, (Some(self.node.span), Some(self.path)), arguments, message);
        found.related.push(record.file.related(other.span, format!("{name} is dated here")));
        found
    }
}
