//! Templates of values: YAML in which texts may hold MiniJinja expressions.
//!
//! A text that is one expression alone (`"{{ date }}"`) becomes the expression's value, whatever its type; a
//! field whose value is undefined, null or an empty text is left out. So a template says at once what a field
//! holds and when it is there.

use crate::model::Failure;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value};

/// The names that templates see.
pub type Context = Map<String, Value>;

/// A context as templates take it: made once for many of them, since a record in it is large.
#[derive(Clone, Debug)]
pub struct Ready(minijinja::Value);

impl Ready {
    /// Prepares a context.
    pub fn new(context: &Context) -> Ready {
        Ready(minijinja::Value::from(Serde(context)))
    }
}

/// Compiles and fills templates.
#[derive(Debug)]
pub struct Filler {
    env: Environment<'static>,
}

impl Default for Filler {
    fn default() -> Self {
        Filler::new()
    }
}

impl Filler {
    /// A filler with the filters of this module: `slug`, `in_words`, `year`, `designation` (the proper name a
    /// text begins with).
    pub fn new() -> Self {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Chainable);
        env.set_fuel(Some(100_000));
        env.add_filter("slug", |text: &str| slug(text));
        env.add_filter("in_words", |text: String| {
            text.parse::<crate::model::PartialDate>().map_or(text, |date| date.in_words())
        });
        env.add_filter("designation", |text: &str| designation(text));
        env.add_filter("year", |text: &str| text.chars().take(4).collect::<String>());
        Filler { env }
    }

    /// Fills a template; `None` where nothing is left of it.
    ///
    /// # Errors
    /// A text that is no template, or an expression that fails; the fault is the grammar's.
    pub fn fill(&self, template: &Value, context: &Context) -> Result<Option<Value>, Failure> {
        self.fill_in(template, &Ready::new(context))
    }

    /// As [`Filler::fill`], for many templates of one context.
    ///
    /// # Errors
    /// See [`Filler::fill`].
    pub fn fill_in(&self, template: &Value, context: &Ready) -> Result<Option<Value>, Failure> {
        Ok(match template {
            Value::String(text) => self.fill_text(text, context)?,
            Value::Array(items) => {
                let mut out = Vec::new();
                for item in items {
                    out.extend(self.fill_in(item, context)?);
                }
                Some(Value::Array(out))
            }
            Value::Object(map) => {
                let mut out = Map::new();
                for (key, value) in map {
                    if let Some(value) = self.fill_in(value, context)? {
                        let key = if key.contains("{{") { self.text_in(key, context)? } else { key.clone() };
                        out.insert(key, value);
                    }
                }
                (!out.is_empty() || map.is_empty()).then_some(Value::Object(out))
            }
            other => Some(other.clone()),
        })
    }

    /// Whether an expression is true.
    ///
    /// # Errors
    /// See [`Filler::fill`].
    pub fn holds(&self, expression: &str, context: &Ready) -> Result<bool, Failure> {
        let compiled = self.env.compile_expression(expression).map_err(|error| fault(expression, &error))?;
        Ok(compiled.eval(context.0.clone()).map_err(|error| fault(expression, &error))?.is_true())
    }

    /// Fills a template into a text.
    ///
    /// # Errors
    /// See [`Filler::fill`].
    pub fn text(&self, template: &str, context: &Context) -> Result<String, Failure> {
        self.text_in(template, &Ready::new(context))
    }

    /// As [`Filler::text`], for many templates of one context.
    ///
    /// # Errors
    /// See [`Filler::fill`].
    pub fn text_in(&self, template: &str, context: &Ready) -> Result<String, Failure> {
        self.env.render_str(template, context.0.clone()).map_err(|error| fault(template, &error))
    }

    /// Whether a text is a template that can be filled, if it is meant as one.
    ///
    /// # Errors
    /// A text that is no template.
    pub fn is_template(&self, text: &str) -> Result<(), Failure> {
        if !text.contains("{{") && !text.contains("{%") {
            return Ok(());
        }
        self.env.template_from_str(text).map(drop).map_err(|error| fault(text, &error))
    }

    /// Whether a text is an expression.
    ///
    /// # Errors
    /// A text that is none.
    pub fn is_expression(&self, text: &str) -> Result<(), Failure> {
        self.env.compile_expression(text).map(drop).map_err(|error| fault(text, &error))
    }

    fn fill_text(&self, text: &str, context: &Ready) -> Result<Option<Value>, Failure> {
        if !text.contains("{{") && !text.contains("{%") {
            return Ok(Some(Value::String(text.to_owned())));
        }
        let alone = text
            .trim()
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
            .filter(|inner| !inner.contains("}}"));
        let Some(expression) = alone else {
            let filled = self.text_in(text, context)?;
            let filled = filled.split_whitespace().collect::<Vec<_>>().join(" ");
            return Ok((!filled.is_empty()).then_some(Value::String(filled)));
        };
        let compiled = self.env.compile_expression(expression).map_err(|error| fault(text, &error))?;
        let value = compiled.eval(context.0.clone()).map_err(|error| fault(text, &error))?;
        if value.is_undefined() || value.is_none() {
            return Ok(None);
        }
        let value =
            serde_json::to_value(&value).map_err(|error| Failure::new(format!("`{text}`: {error}")))?;
        Ok((value != Value::String(String::new())).then_some(value))
    }
}

fn fault(template: &str, error: &minijinja::Error) -> Failure {
    Failure::new(format!("the import grammar's template `{template}` fails: {error}"))
}

/// The words a text begins with that are names or hold digits: `RBK-500` of "RBK-500 series bombs".
fn designation(text: &str) -> String {
    let named =
        |word: &&str| word.starts_with(char::is_uppercase) || word.contains(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = text.split(' ').take_while(named).collect();
    if words.is_empty() { text.to_owned() } else { words.join(" ") }
}

/// A name made of a text: lower case, words joined by dashes.
pub fn slug(text: &str) -> String {
    let folded = super::names::fold(text);
    folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
