//! Whether a grammar can be used: its patterns and templates are read, not compiled, since compiling takes as
//! long as importing.

use super::fill::Filler;
use super::names::ImportNames;
use super::patterns;
use super::profile::ProfileReader;
use super::profile::grammar::ProfileSpec;
use super::table_grammar::TableGrammar;
use crate::dataset::Reference;
use crate::model::Failure;
use serde_json::Value;

/// Holds a grammar of pages to its own words.
///
/// # Errors
/// The first pattern or expression that is none.
pub fn pages(spec: &ProfileSpec, names: &ImportNames, reference: &Reference) -> Result<(), Failure> {
    ProfileReader::new(spec, names, reference)?.reads_its_patterns()?;
    let filler = Filler::new();
    let conditions = spec.phrases.iter().filter_map(|phrase| phrase.when.as_deref());
    { conditions }.try_for_each(|when| filler.is_expression(when))
}

/// Holds a grammar of tables to its own words.
///
/// # Errors
/// As [`pages`].
pub fn tables(spec: &TableGrammar) -> Result<(), Failure> {
    for (name, column) in &spec.columns {
        column.patterns.iter().try_for_each(|text| patterns::read(name, text))?;
    }
    Ok(())
}

/// Holds all texts of a grammar that are templates to be templates.
///
/// # Errors
/// The first that is none.
pub fn templates(filler: &Filler, grammar: &Value) -> Result<(), Failure> {
    match grammar {
        Value::String(text) => filler.is_template(text),
        Value::Array(items) => items.iter().try_for_each(|item| templates(filler, item)),
        Value::Object(map) => map.iter().try_for_each(|(key, value)| {
            filler.is_template(key)?;
            templates(filler, value)
        }),
        _ => Ok(()),
    }
}
