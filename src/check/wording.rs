//! Text at odds with other fields of the same record: what a value rules out in the words of a summary.

use super::words::shown;
use super::{Record, first_line};
use crate::model::{FieldPath, Finding};
use crate::schema::{CheckRule, OneOrMany};
use regex::Regex;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

/// Parameters of `wording`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    /// The text, as keys joined with dots.
    field: String,
    /// What must not stand in it, and when.
    cases: Vec<ForbiddenWording>,
}

/// One thing that the text must not say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForbiddenWording {
    /// Keys joined with dots; in a list, `*` is each entry and `last` the last one.
    r#where: String,
    /// The case holds where one of the values found is one of these.
    #[serde(default)]
    equals: Option<OneOrMany<Value>>,
    /// The case holds where nothing is found.
    #[serde(default)]
    absent: bool,
    /// Words that then must not stand in the text: a regular expression.
    #[serde(deserialize_with = "pattern")]
    forbids: Regex,
}

fn pattern<'de, D: Deserializer<'de>>(from: D) -> Result<Regex, D::Error> {
    Regex::new(&String::deserialize(from)?).map_err(de::Error::custom)
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, wording: &Wording, out: &mut Vec<Finding>) {
    let Some((path, node)) = record.below(&FieldPath::root(), &record.doc.root, &wording.field) else {
        return;
    };
    let Some(text) = node.scalar_text() else { return };
    let fields = record.doc.root.to_json();
    for case in &wording.cases {
        let found = values(&fields, &case.r#where);
        let holds = match &case.equals {
            Some(wanted) => found.iter().any(|value| wanted.as_slice().contains(value)),
            None => found.is_empty() == case.absent,
        };
        let Some(words) = case.forbids.find(&text).filter(|_| holds) else { continue };
        let given = match found.first() {
            Some(value) => {
                let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                format!("`{}` is `{}`", case.r#where, shown(&value))
            }
            None => format!("`{}` is missing", case.r#where),
        };
        let message = format!("{} says \"{}\", and {given}", record.title(&path), words.as_str());
        let span = first_line(record.doc, node.span);
        let arguments = json!([case.r#where, words.as_str()]);
        out.push(record.file.finding(rule, (Some(span), Some(&path)), arguments, message));
    }
}

/// The values at a place: keys joined with dots, `*` for each entry of a list, `last` for its last.
fn values<'v>(root: &'v Value, place: &str) -> Vec<&'v Value> {
    place.split('.').fold(vec![root], |found, key| {
        found
            .into_iter()
            .flat_map(|value| match (value, key) {
                (Value::Array(items), "*") => items.iter().collect(),
                (Value::Array(items), "last") => items.last().into_iter().collect(),
                (other, key) => other.get(key).into_iter().collect::<Vec<_>>(),
            })
            .collect()
    })
}
