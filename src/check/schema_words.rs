//! What a JSON Schema finds wrong, in words for people who have never read one.

use super::dates;
use super::validated::{ValidatedDocument, kind_of};
use super::walk::Visit;
use super::words::{capitalised, did_you_mean, nearest, or_list, shown, uncapitalised};
use crate::document;
use crate::model::date::DateError;
use crate::model::{Finding, Node, NodeValue, PartialDate, Step};
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Value, json};

/// What people call the part that stands at a visit.
fn named(visit: &Visit<'_>) -> String {
    let title = visit.shape.and_then(|shape| shape.title.as_deref());
    match (title, visit.path.0.last()) {
        (_, None) => "the record".to_owned(),
        (Some(title), Some(Step::Item(key))) => {
            format!("{} `{}`", uncapitalised(title), shown(&key.join(", ")))
        }
        (Some(title), _) => uncapitalised(title),
        (None, Some(Step::Key(key))) => format!("`{}`", shown(key)),
        (None, Some(_)) => "the item".to_owned(),
    }
}

/// A value in a message.
pub(super) fn shown_node(node: &Node) -> String {
    match node.scalar_text() {
        Some(text) => format!("`{}`", shown(&text)),
        None => kind_of(node).to_owned(),
    }
}

/// What is said of a key that the schema does not know, with help and the nearest known key.
pub(super) fn unknown_field(visit: &Visit<'_>, key: &str) -> (String, Option<String>, Option<String>) {
    let known: Vec<&str> =
        visit.shape.map(|shape| shape.properties.keys().map(String::as_str).collect()).unwrap_or_default();
    let free: Vec<&str> = known.iter().copied().filter(|name| visit.node.entry(name).is_none()).collect();
    let near = nearest(key, free.iter().copied());
    let message = format!("{} has no field `{}`", capitalised(&named(visit)), shown(key));
    let help = did_you_mean(near)
        .or_else(|| (!known.is_empty()).then(|| format!("the fields are {}", or_list(&known))));
    (message, help, near.map(str::to_owned))
}

/// What is said of a key whose form is not allowed.
pub(super) fn bad_name(visit: &Visit<'_>, name: &str, inner: &ValidationError<'_>) -> String {
    let why = match inner.kind() {
        ValidationErrorKind::Pattern { pattern } => format!(": {}", form(pattern)),
        ValidationErrorKind::Enum { options } => format!(": it can be {}", options_in_words(options)),
        _ => String::new(),
    };
    format!("`{}` is no name for an entry of {}{why}", shown(name), named(visit))
}

/// What is said of a field that is missing.
pub(super) fn missing(visit: &Visit<'_>, property: &str) -> String {
    let title =
        visit.shape.and_then(|shape| shape.properties.get(property)).and_then(|shape| shape.title.as_deref());
    let title = title.filter(|title| title.to_lowercase() != property.to_lowercase());
    let title = title.map_or_else(String::new, |title| format!(" ({})", uncapitalised(title)));
    format!("{} has no `{property}`{title}", capitalised(&named(visit)))
}

/// What to type for a field that is missing.
pub(super) fn missing_help(visit: &Visit<'_>, property: &str) -> Option<String> {
    let shape = visit.shape?.properties.get(property)?;
    Some(
        match (
            shape.is_date(),
            shape.reference.is_some() || shape.items.as_ref().is_some_and(|i| i.reference.is_some()),
        ) {
            (true, _) => format!("add `{property}:` with a date, such as 2013-04-15"),
            (_, true) => format!("add `{property}: [NAME]` with the name of a source listed below"),
            _ => format!("add `{property}:`"),
        },
    )
}

/// What is wrong with a value by itself.
pub(super) fn value(
    judged: &ValidatedDocument<'_, '_>,
    visit: &Visit<'_>,
    error: &ValidationError<'_>,
) -> Option<Finding> {
    let node = visit.node;
    let dated = visit.shape.is_some_and(|shape| shape.is_date());
    let text = node.text();
    if let (true, Some(text)) = (dated, text)
        && matches!(error.kind(), ValidationErrorKind::Pattern { .. } | ValidationErrorKind::Format { .. })
    {
        return date(judged, visit, text);
    }
    let (rule, message, help) = words(visit, error);
    let span = if node.items().is_empty() && node.entries().is_empty() {
        node.span
    } else {
        visit.key_span.unwrap_or_else(|| super::first_line(judged.doc, node.span))
    };
    let arguments = json!([node.scalar_text(), error.kind().keyword()]);
    let mut found = judged.file.by_id(rule, (Some(span), Some(&visit.path)), arguments, message)?;
    found.help = help.or(found.help);
    found.fix = mend(judged, visit, error);
    Some(found)
}

fn date(judged: &ValidatedDocument<'_, '_>, visit: &Visit<'_>, text: &str) -> Option<Finding> {
    let (rule, message, help) = match text.parse::<PartialDate>() {
        Err(DateError::Impossible(_)) => (
            "date-impossible",
            format!("`{}` does not exist in the calendar", shown(text)),
            dates::own_day_help(judged.file, &visit.path),
        ),
        Err(DateError::Shape(_)) => (
            "schema-date",
            format!("`{}` is not a date", shown(text)),
            Some("write 2013-04-15, or 2013-04 or \"2013\" where a day is not demanded".to_owned()),
        ),
        Ok(date) if visit.shape.and_then(|shape| shape.format.as_deref()) == Some("date-time") => (
            "schema-date",
            format!("{} must have a time, and `{date}` has none", capitalised(&named(visit))),
            Some("write it as 2013-04-15T10:30:00Z".to_owned()),
        ),
        Ok(date) => (
            "schema-date",
            format!("{} must be a whole day, and `{date}` is not", capitalised(&named(visit))),
            Some("write it as 2013-04-15".to_owned()),
        ),
    };
    let mut found =
        judged.file.by_id(rule, (Some(visit.node.span), Some(&visit.path)), json!([text]), message)?;
    found.help = help.or(found.help);
    Some(found)
}

fn words(visit: &Visit<'_>, error: &ValidationError<'_>) -> (&'static str, String, Option<String>) {
    use ValidationErrorKind as K;
    let node = visit.node;
    let (what, own) = (capitalised(&named(visit)), shown_node(node));
    let text = node.scalar_text().unwrap_or_default();
    match error.kind() {
        K::Type { kind } => (
            "schema-type",
            format!("{what} must be {}, and this is {}", types(kind), kind_of(node)),
            (node.is_null()).then(|| "type a value, or remove the field".to_owned()),
        ),
        K::Enum { options } => {
            let known: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let help = did_you_mean(nearest(&text, known.iter().copied()));
            (
                "schema-value",
                format!("{own} is no value of {}", named(visit)),
                Some(join(help, format!("it can be {}", options_in_words(options)))),
            )
        }
        K::Constant { expected_value } => {
            ("schema-value", format!("{what} must be {}", json_in_words(expected_value)), None)
        }
        K::Pattern { pattern } => {
            ("schema-form", format!("{own} does not have the form of {}", named(visit)), Some(form(pattern)))
        }
        K::Format { format } => ("schema-form", format!("{own} is not {}", format_in_words(format)), None),
        K::MinLength { limit: 1 } => (
            "schema-size",
            format!("{what} is empty"),
            Some("type something, or remove the field".to_owned()),
        ),
        K::MinLength { limit } => ("schema-size", format!("{what} is shorter than {limit} characters"), None),
        K::MaxLength { limit } => ("schema-size", format!("{what} is longer than {limit} characters"), None),
        K::MinItems { limit: 1 } | K::MinProperties { limit: 1 } => {
            ("schema-size", format!("{what} is empty"), Some("add an entry, or remove the field".to_owned()))
        }
        K::MinItems { limit } | K::MinProperties { limit } => {
            ("schema-size", format!("{what} has fewer than {limit} entries"), None)
        }
        K::MaxItems { limit } | K::MaxProperties { limit } => {
            ("schema-size", format!("{what} has more than {limit} entries"), None)
        }
        K::AdditionalItems { limit } => {
            ("schema-size", format!("{what} has more than {limit} entries"), None)
        }
        K::Minimum { limit } => ("schema-size", format!("{what} must be at least {limit}"), None),
        K::Maximum { limit } => ("schema-size", format!("{what} must be at most {limit}"), None),
        K::ExclusiveMinimum { limit } => ("schema-size", format!("{what} must be more than {limit}"), None),
        K::ExclusiveMaximum { limit } => ("schema-size", format!("{what} must be less than {limit}"), None),
        K::FalseSchema => ("schema-other", format!("nothing may stand here, and {own} does"), None),
        K::OneOfMultipleValid { .. } => {
            ("schema-other", format!("{what} fits more than one of the forms that exclude each other"), None)
        }
        K::Not { .. } => ("schema-other", format!("{what} has a form that the schema rules out"), None),
        K::BacktrackLimitExceeded { .. } | K::RegexEngineFailure { .. } => {
            ("schema-other", format!("the pattern for {} takes too long on this text", named(visit)), None)
        }
        _ => ("schema-other", format!("{what} does not fit the schema: {}", error.masked_with("this")), None),
    }
}

/// The edit that keeps the meaning and mends the form: numbers that must be texts are put in quotes.
fn mend(
    judged: &ValidatedDocument<'_, '_>,
    visit: &Visit<'_>,
    error: &ValidationError<'_>,
) -> Option<crate::model::finding::Fix> {
    let node = visit.node;
    match error.kind() {
        ValidationErrorKind::Type { kind }
            if types(kind).contains("a text") && node.scalar_text().is_some() =>
        {
            let written = judged.doc.slice(node.span);
            let plain = matches!(
                node.value,
                NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Decimal(_) | NodeValue::Bool(_)
            );
            plain.then(|| judged.file.fix("put it in quotes", true, node.span, format!("\"{written}\"")))
        }
        ValidationErrorKind::Enum { options } => {
            let known: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let near = nearest(&node.scalar_text()?, known)?;
            Some(judged.file.fix(format!("write `{near}`"), false, node.span, document::scalar(near)))
        }
        _ => None,
    }
}

fn join(first: Option<String>, second: String) -> String {
    first.map_or_else(|| second.clone(), |first| format!("{first} {}", capitalised(&second)))
}

fn form(pattern: &str) -> String {
    format!("it must match the pattern {pattern}")
}

fn options_in_words(options: &Value) -> String {
    let texts: Vec<String> = options.as_array().into_iter().flatten().map(bare).collect();
    or_list(&texts)
}

fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn json_in_words(value: &Value) -> String {
    format!("`{}`", bare(value))
}

fn format_in_words(format: &str) -> String {
    match format {
        "uri" => "an address, such as https://example.org/page".to_owned(),
        "email" => "an e-mail address".to_owned(),
        "date" => "a date, such as 2013-04-15".to_owned(),
        "date-time" => "a time, such as 2013-04-15T12:00:00Z".to_owned(),
        other => format!("of the format `{other}`"),
    }
}

fn types(kind: &TypeKind) -> String {
    let name = |text: &str| match text {
        "string" => "a text".to_owned(),
        "integer" => "a whole number".to_owned(),
        "number" => "a number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "a mapping (`key: value`)".to_owned(),
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    };
    match kind {
        TypeKind::Single(one) => name(&one.to_string()),
        TypeKind::Multiple(many) => {
            many.iter().map(|one| name(&one.to_string())).collect::<Vec<_>>().join(" or ")
        }
    }
}
