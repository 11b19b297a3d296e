//! Annotations that have no effect: misspelt, or of a form that nothing understands. A schema without them
//! works, and guards less.

use super::shape::{RelativePointer, Shape};
use crate::model::{NatureKind, Significance};
use serde_json::Value;

/// An annotation's name, whether a value has its form, and what that form is.
type AnnotationForm = (&'static str, fn(&Value) -> bool, &'static str);

/// The annotations that are read.
const ANNOTATIONS: &[AnnotationForm] = &[
    ("x-key", is_texts, "a field or a list of fields"),
    ("x-set", Value::is_boolean, "true or false"),
    ("x-planned", Value::is_boolean, "true or false"),
    ("x-dated-text", Value::is_boolean, "true or false"),
    ("x-date", Value::is_string, "a property"),
    ("x-ref", Value::is_string, "a field of the record"),
    ("x-occasion", is_texts, "a calendar or a list of calendars"),
    ("x-scale", is_texts, "a list of values"),
    ("x-leads", is_texts, "a property or a list of properties"),
    ("x-companion-date", is_pointer, "a pointer such as `1/date`"),
    ("x-account-of", is_pointer, "a pointer such as `1/date`"),
    ("x-companion-dates", Value::is_object, "a pointer for each value"),
    ("x-words", Value::is_object, "words for each value"),
    ("x-nature", is_nature, "a nature such as `editorial` or `review`"),
    ("x-significance", is_weight, "`major`, `minor` or `editorial`, or one of them for each frame"),
];

fn is_texts(value: &Value) -> bool {
    let many = value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string));
    value.is_string() || many
}

fn is_pointer(value: &Value) -> bool {
    value.as_str().is_some_and(|text| RelativePointer::parse(text).is_some())
}

fn is_nature(value: &Value) -> bool {
    serde_json::from_value::<NatureKind>(value.clone()).is_ok()
}

fn is_weight(value: &Value) -> bool {
    let one = |value: &Value| serde_json::from_value::<Significance>(value.clone()).is_ok();
    one(value) || value.as_object().is_some_and(|frames| frames.values().all(one))
}

/// Keywords whose values are schemas by name, so that their keys are no keywords.
const BY_NAME: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];
/// Keywords whose values are data.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// What is wrong with the annotations of a schema, each in words with its place (RFC 6901).
pub fn faults(schema: &Value) -> Vec<String> {
    let mut out = Vec::new();
    look(schema, "", &mut out);
    out
}

fn look(schema: &Value, at: &str, out: &mut Vec<String>) {
    if let Some(all) = schema.as_array() {
        all.iter().enumerate().for_each(|(index, one)| look(one, &format!("{at}/{index}"), out));
    }
    for (keyword, value) in schema.as_object().into_iter().flatten() {
        let here = format!("{at}/{}", keyword.replace('~', "~0").replace('/', "~1"));
        if let Some((_, fits, form)) = ANNOTATIONS.iter().find(|(name, ..)| name == keyword) {
            if !fits(value) {
                out.push(format!("{here} has no effect: `{keyword}` is {form}"));
            }
        } else if BY_NAME.contains(&keyword.as_str()) {
            let named = value.as_object().into_iter().flatten();
            named.for_each(|(name, inner)| look(inner, &format!("{here}/{name}"), out));
        } else if let Some(meant) = misspelt(keyword) {
            out.push(format!(
                "{here} has no effect: no annotation is called `{keyword}`; did you mean `{meant}`?"
            ));
        } else if !keyword.starts_with("x-") && !DATA.contains(&keyword.as_str()) {
            look(value, &here, out);
        }
    }
}

/// The annotation that a keyword is but for one letter or for two that are exchanged. Any other may be
/// another program's.
fn misspelt(keyword: &str) -> Option<&'static str> {
    let read = ANNOTATIONS.iter().map(|(name, ..)| *name).chain(["x-says"]);
    { read }.find(|name| keyword.starts_with("x") && *name != keyword && is_near(keyword, name))
}

/// Whether one letter was left out, added, or taken for another, or two stand in the other order.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    match (a, b) {
        ([_, a @ ..], b) | (b, [_, a @ ..]) if a == b => true,
        ([x, y, a @ ..], [v, w, b @ ..]) if x == w && y == v && a == b => true,
        ([_, a @ ..], [_, b @ ..]) => a == b,
        _ => false,
    }
}

/// The properties that annotations name and that a schema which refuses others does not have.
pub fn unknown_properties(shape: &Shape) -> Vec<String> {
    let mut out = Vec::new();
    unknown_below(shape, "", &mut out);
    out
}

fn unknown_below(shape: &Shape, at: &str, out: &mut Vec<String>) {
    let lacks = |shape: &Shape, name: &str| {
        let root = name.split('.').next().unwrap_or(name);
        shape.closed && root != "." && !root.is_empty() && !shape.properties.contains_key(root)
    };
    if let Some(date) = shape.date.as_deref().filter(|date| *date != "." && lacks(shape, date)) {
        out.push(format!("x-date of `{at}`: no property is called `{date}`"));
    }
    if let (Some(key), Some(items)) = (&shape.key, &shape.items) {
        let has_none = items.scalar && items.properties.is_empty() && items.additional.is_none();
        let unknown = key.iter().filter(|field| *field != "." && (has_none || lacks(items, field)));
        out.extend(unknown.map(|field| match has_none {
            true => format!(
                "x-key of `{at}`: its items have no field `{field}`; `x-set: true` makes a set of texts"
            ),
            false => format!("x-key of `{at}`: no property is called `{field}`"),
        }));
    }
    for (name, inner) in &shape.properties {
        unknown_below(inner, &if at.is_empty() { name.clone() } else { format!("{at}.{name}") }, out);
    }
    if let Some(items) = &shape.items {
        unknown_below(items, &format!("{at}[]"), out);
    }
    if let Some(additional) = &shape.additional {
        unknown_below(additional, &format!("{at}.*"), out);
    }
}
