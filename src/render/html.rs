//! HTML: one page with nothing outside it: no network, no file beside it. Works without scripts; the script only filters.
//!
//! The page is made by MiniJinja templates with automatic escaping (`html/*.j2`), so that text out of records stays text. Pictures are
//! inline SVG with a title, a description and the table behind them.

mod pictures;

use crate::model::report::ReportView;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde_json::Value as Json;

const PAGE: &str = include_str!("html/page.j2");
const PARTS: &str = include_str!("html/parts.j2");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/filter.js");

/// The answer of `report`.
pub fn report(view: &ReportView) -> String {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.add_filter("short", |commit: String| commit.chars().take(10).collect::<String>());
    env.add_filter("slug", |text: String| slug(&text));
    env.add_filter("said", said);
    let parses = "because the page's templates are part of the program";
    env.add_template("parts", PARTS).expect(parses);
    env.add_template("page", PAGE).expect(parses);
    let report =
        serde_json::to_value(view).expect("because views hold only strings as keys and finite numbers");
    let pictures = serde_json::to_value(pictures::of(&view.pictures))
        .expect("because pictures hold only text and numbers");
    let page = env.get_template("page").expect("because it was added above");
    let context = context! {
        report => Value::from(Serde(clean(report))),
        pictures => Value::from(Serde(clean(pictures))),
        coverage => view.coverage.in_words(),
        counts => Value::from(Serde(view.coverage.counts())),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    };
    page.render(context).expect("because the page's templates use only what stands above")
}

/// Every text of a value without what could steer a terminal or a line of text.
fn clean(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(super::plain(&text)),
        Json::Array(items) => Json::Array(items.into_iter().map(clean).collect()),
        Json::Object(fields) => {
            Json::Object(fields.into_iter().map(|(key, value)| (super::plain(&key), clean(value))).collect())
        }
        other => other,
    }
}

/// A name that can stand in an `id`.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_owned()
}

/// A value of a record in one line: text as it is, anything else as JSON.
fn said(value: Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_none() || value.is_undefined() => String::new(),
        None => serde_json::to_string(&value).unwrap_or_default(),
    }
}
