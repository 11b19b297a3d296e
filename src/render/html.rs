//! HTML: one page with nothing outside it: no network, no file beside it. Works without scripts; they only
//! filter, copy and draw anew.
//!
//! The page is made by MiniJinja templates with automatic escaping (`html/*.j2`), so that text out of records
//! stays text. Pictures are inline SVG with a title, a description and the table behind them.
//! `html/style.css` is the look of every page, `html/report.css` what only the report's has.

mod links;
mod outline;
mod pictures;
pub mod policy;
mod sentences;

pub use links::{LinkTo, ProofAt};

use super::csv;
use crate::model::report::{Pictures, ReportView};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde_json::Value as Json;

const PAGE: &str = include_str!("html/page.j2");
const HEAD: &str = include_str!("html/head.j2");
const BODY: &str = include_str!("html/body.j2");
const PARTS: &str = include_str!("html/parts.j2");
const STYLE: &str = concat!(include_str!("html/style.css"), include_str!("html/report.css"));
const SCRIPT: &str =
    concat!(include_str!("html/charts.js"), include_str!("html/filter.js"), include_str!("html/table.js"));

/// The answer of `report`.
pub fn report(view: &ReportView) -> String {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.add_filter("linked", |text: String| links::linked(&text));
    add_report(&mut env);
    env.add_template("page", PAGE).expect(PARSES);
    let page = env.get_template("page").expect("because it was added above");
    let context = context! {
        imprint => Value::from(Serde(&view.imprint)),
        table => Value::from(Serde(csv::table(view))),
        policy => Value::from_safe_string(policy::of(STYLE, SCRIPT)),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        ..report_context(view, &|_| None, &|_, _| None)
    };
    page.render(context).expect("because the page's templates use only what stands above")
}

/// Adds what a report's page has between head and foot: the templates `report_head`, `report_body` and
/// `report_parts` (the macros of both), for pages in a frame of their own. They need a filter `linked`
/// besides.
pub fn add_report(env: &mut Environment<'_>) {
    env.add_filter("short", |commit: String| commit.chars().take(10).collect::<String>());
    env.add_filter("slug", |text: String| slug(&text));
    env.add_filter("said", said);
    for (name, text) in [("report_parts", PARTS), ("report_head", HEAD), ("report_body", BODY)] {
        env.add_template(name, text).expect(PARSES);
    }
}

/// What those templates are made with.
pub fn report_context(view: &ReportView, link: LinkTo<'_>, proof: ProofAt<'_>) -> Value {
    let mut report =
        serde_json::to_value(view).expect("because views hold only strings as keys and finite numbers");
    let sources = sentences::annotate(&mut report, view, link, proof);
    let folded = serde_json::to_value(&view.folded).expect("because it holds texts and numbers");
    context! {
        report => Value::from(Serde(clean(report))),
        pictures => pictures_value(&view.pictures, link),
        sources => Value::from(Serde(clean(sources.texts.into()))),
        folded => Value::from(Serde(clean(folded))),
        coverage => view.coverage.in_words(),
        counts => Value::from(Serde(view.coverage.counts())),
    }
}

/// What the macros of `report_parts` draw.
pub fn pictures_value(pictures: &Pictures, link: LinkTo<'_>) -> Value {
    let pictures = serde_json::to_value(pictures::of(pictures, link))
        .expect("because pictures hold only text and numbers");
    Value::from(Serde(clean(pictures)))
}

const PARSES: &str = "because the page's templates are part of the program";

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
