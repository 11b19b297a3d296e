//! The templates of pages, with automatic escaping, and what is put into them.

use super::markup::{Markup, escape_into};
use crate::render::html;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value};
use serde::Serialize;

const TEMPLATES: [(&str, &str); 11] = [
    ("base", include_str!("base.j2")),
    ("parts", include_str!("parts.j2")),
    ("index", include_str!("index.j2")),
    ("record", include_str!("record.j2")),
    ("edition", include_str!("edition.j2")),
    ("compare", include_str!("compare.j2")),
    ("sentences", include_str!("sentences.j2")),
    ("year", include_str!("year.j2")),
    ("list", include_str!("list.j2")),
    ("rule", include_str!("rule.j2")),
    ("feeds", include_str!("feeds.j2")),
];

/// All templates, compiled.
pub fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_formatter(plain);
    env.add_filter("linked", |text: String| linked(&text));
    html::add_report(&mut env);
    let parses = "because the site's templates are part of the program";
    for (name, text) in TEMPLATES {
        env.add_template(name, text).expect(parses);
    }
    env.add_template("atom", include_str!("atom.j2")).expect(parses);
    env
}

/// A page of a template.
pub fn page(env: &Environment<'_>, name: &str, context: Value) -> String {
    let template = env.get_template(name).expect("because it was added when the environment was made");
    template.render(context).unwrap_or_else(|error| panic!("the site's template `{name}`: {error:#}"))
}

/// A value for templates.
pub fn value(of: &impl Serialize) -> Value {
    Value::from(Serde(of))
}

/// Writes a value as text without what could steer a terminal or a reader of lines, or is no character of
/// XML.
fn plain(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let is_text = value.kind() == ValueKind::String && !value.is_safe();
    match value.as_str().filter(|_| is_text) {
        Some(text) => {
            let mut escaped = String::with_capacity(text.len());
            escape_into(&mut escaped, text);
            out.write_str(&escaped).map_err(minijinja::Error::from)
        }
        None => minijinja::escape_formatter(out, state, value),
    }
}

/// Text in which addresses of the web are links; everything is escaped.
fn linked(text: &str) -> Value {
    let mut out = Markup::default();
    out.linked(text);
    out.value()
}
