//! A reader's own template (MiniJinja) over the fields of the JSON answer.
//!
//! A template is an untrusted program: it may take a bounded number of steps, reads no other file, and
//! what it writes cannot steer a terminal. In a file called `*.html` values are escaped for HTML; elsewhere
//! `md` escapes one for Markdown.

use crate::model::{Failure, PartialDate};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

/// How many steps a template may take: enough for some thousand sentences.
const FUEL: u64 = 20_000_000;

/// Writes a view with a template.
///
/// # Errors
/// What is wrong with the template, with its name and line.
pub fn write(name: &str, text: &str, view: &impl Serialize) -> Result<String, Failure> {
    let mut env = environment();
    env.set_fuel(Some(FUEL));
    env.add_template(name, text).map_err(|error| explain(name, &error))?;
    let template = env.get_template(name).map_err(|error| explain(name, &error))?;
    let answer =
        template.render(Value::from(minijinja::value::Serde(view))).map_err(|error| explain(name, &error))?;
    let mut answer = super::plain(&answer);
    if !answer.ends_with('\n') {
        answer.push('\n');
    }
    Ok(answer)
}

fn environment<'t>() -> Environment<'t> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    env.set_auto_escape_callback(|name| {
        let lower = name.to_lowercase();
        if lower.ends_with(".html") || lower.ends_with(".htm") { AutoEscape::Html } else { AutoEscape::None }
    });
    env.add_filter("md", |text: String| super::markdown::escape(&text));
    env.add_filter("in_words", |text: String| date(&text, PartialDate::in_words));
    env.add_filter("month", |text: String| date(&text, PartialDate::month_in_words));
    env
}

fn date(text: &str, words: impl Fn(&PartialDate) -> String) -> String {
    text.parse::<PartialDate>().map_or_else(|_| text.to_owned(), |date| words(&date))
}

fn explain(name: &str, error: &minijinja::Error) -> Failure {
    let line = error.line().map_or_else(String::new, |line| format!(":{line}"));
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    Failure::new(format!("{name}{line}: {}{detail}", error.kind()))
}
