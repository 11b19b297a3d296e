//! Rows of a table → values by column → facts on records.
//!
//! Which column is meant by which heading, how its cells are read and which field they go to is the grammar's
//! (`schema/import/<source>.yaml`). All bad cells are reported at once, each with its row and column.

use super::dates::Dates;
use super::fill::{Context, Filler, Ready};
use super::names::{Names, fold};
use super::table::{SourceRow, SourceTable};
use super::table_grammar::{CellReading, ColumnSpec, FactSpec, Keep, Otherwise, TableGrammar};
use super::{Draft, Fact, Mode, SourcePlace};
use crate::dataset::Reference;
use crate::model::{Failure, Identity, PartialDate};
use regex::Regex;
use serde_json::Value;
use std::collections::HashMap;

/// The most bad cells that one message lists.
const MOST_LISTED: usize = 10;

/// After so many faults the rest of a table is not looked at: it is another table, or read by another
/// grammar.
const MOST_FAULTS: usize = 200;

/// What templates call the record as it is.
pub const RECORD: &str = "record";

/// A row that was read.
#[derive(Clone, Debug)]
pub struct ReadRow {
    /// Its position among the table's rows.
    pub at: usize,
    /// Its values by column.
    pub values: Context,
}

/// Reads a table's cells.
pub struct RowReader<'r> {
    /// The grammar.
    pub spec: &'r TableGrammar,
    /// The tables and calendars.
    pub reference: &'r Reference,
    /// The names.
    pub names: Names,
    /// Templates.
    pub filler: Filler,
    dates: Dates,
    patterns: HashMap<String, Vec<Regex>>,
}

impl<'r> RowReader<'r> {
    /// Prepares a grammar.
    ///
    /// # Errors
    /// A pattern of the grammar that is none.
    pub fn new(spec: &'r TableGrammar, reference: &'r Reference) -> Result<Self, Failure> {
        let dates = Dates::new(spec.dates.as_ref().expect("because the loader reads the file beside"))?;
        let names = spec.names.as_ref().map(|names| Names::new(names, &reference.tables)).unwrap_or_default();
        let mut patterns = HashMap::new();
        for (name, column) in &spec.columns {
            let compile = |p: &String| {
                Regex::new(&format!("^(?:{p})$"))
                    .map_err(|error| Failure::new(format!("the pattern of `{name}`, `{p}`: {error}")))
            };
            patterns
                .insert(name.clone(), column.patterns.iter().map(compile).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(RowReader { spec, reference, names, filler: Filler::new(), dates, patterns })
    }

    /// Whether a row can be the header: it has every required column that is not set from outside.
    pub fn fits(&self, cells: &[String], set: &Context) -> bool {
        self.spec.columns.iter().all(|(name, column)| {
            !column.required || set.contains_key(name) || find_column(column, cells).is_some()
        })
    }

    /// Reads the values that stand for columns, `NAME=VALUE`.
    ///
    /// # Errors
    /// A name that is no column, or a value that cannot be read.
    pub fn set(&self, pairs: &[String]) -> Result<Context, Failure> {
        let mut out = Context::new();
        for pair in pairs {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Failure::new(format!("--set {pair}: write NAME=VALUE")))?;
            let column = self.spec.columns.get(name.trim()).ok_or_else(|| {
                let names: Vec<&str> = self.spec.columns.keys().map(String::as_str).collect();
                Failure::new(format!("--set {pair}: there is no column `{name}`"))
                    .hint(format!("columns: {}", names.join(", ")))
            })?;
            let read = self.cell(name.trim(), column, value.trim());
            out.insert(
                name.trim().to_owned(),
                read.map_err(|error| Failure::new(format!("--set {pair}: {error}")))?,
            );
        }
        Ok(out)
    }

    /// Reads all rows.
    ///
    /// # Errors
    /// Missing columns, bad cells and rows that stand twice, each with its place.
    pub fn read(&self, table: &SourceTable, set: &Context) -> Result<Vec<ReadRow>, Failure> {
        let columns = self.columns(table, set)?;
        let mut bad: Vec<Failure> = Vec::new();
        let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
        let mut out = Vec::new();
        for (at, row) in table.rows.iter().enumerate() {
            if bad.len() > MOST_FAULTS {
                break;
            }
            let mut values = set.clone();
            for (name, column, index) in &columns {
                let Some(text) = row.cells.get(*index) else { continue };
                if text.is_empty() {
                    if column.required && !column.may_be_empty {
                        bad.push(Failure::new(format!("{}: the cell is empty", table.place(row, *index))));
                    }
                    continue;
                }
                match self.cell(name, column, text) {
                    Ok(value) => drop(values.insert((*name).to_owned(), value)),
                    Err(message) => {
                        bad.push(Failure::new(format!("{}: {message}", table.place(row, *index))))
                    }
                }
            }
            let key: Vec<String> = self
                .spec
                .key
                .iter()
                .map(|name| values.get(name).map_or(String::new(), ToString::to_string))
                .collect();
            if let Some(first) = seen.insert(key, row.line) {
                let names = self.spec.key.join("`, `");
                let index = columns
                    .iter()
                    .find(|(name, ..)| self.spec.key.iter().any(|k| k == name))
                    .map_or(0, |(.., index)| *index);
                let place = table.place(row, index);
                bad.push(Failure::new(format!(
                    "{place}: `{names}` are the same as in row {first}: a row stands twice"
                )));
            }
            out.push(ReadRow { at, values });
        }
        one_of_all(bad).map_or(Ok(out), Err)
    }

    fn columns<'s>(
        &'s self,
        table: &SourceTable,
        set: &Context,
    ) -> Result<Vec<(&'s str, &'s ColumnSpec, usize)>, Failure> {
        let mut out = Vec::new();
        let mut missing = Vec::new();
        for (name, column) in &self.spec.columns {
            match find_column(column, &table.header) {
                Some(_) if set.contains_key(name) => {
                    return Err(Failure::new(format!(
                        "the table has the column `{name}` and --set gives it too"
                    )));
                }
                Some(index) => {
                    if let Some(other) = table
                        .header
                        .iter()
                        .skip(index + 1)
                        .find(|h| heading_is(column, h) && **h == table.header[index])
                    {
                        return Err(Failure::new(format!("row 1: two columns are called `{other}`")));
                    }
                    out.push((name.as_str(), column, index));
                }
                None if column.required && !set.contains_key(name) => missing.push(name.as_str()),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(out);
        }
        let shown: Vec<String> = table.header.iter().take(20).map(|h| format!("`{h}`")).collect();
        let mut error = Failure::new(format!(
            "row 1: no column `{}`; the columns are {}",
            missing.join("`, `"),
            if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
        ));
        for name in missing {
            let headings = self.spec.columns[name].headings.join("`, `");
            error = error.hint(format!(
                "`{name}` may be headed `{headings}`; `--set {name}=VALUE` gives one value to all rows"
            ));
        }
        Err(error)
    }

    fn cell(&self, name: &str, column: &ColumnSpec, text: &str) -> Result<Value, Failure> {
        let example =
            if column.example.is_empty() { String::new() } else { format!(" (such as {})", column.example) };
        match column.read {
            CellReading::Text => Ok(text.into()),
            CellReading::Date => Ok(self.dates.read(text)?.as_date().to_string().into()),
            CellReading::Number => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| Failure::data(format!("`{text}` is not a whole number"))),
            CellReading::Name => self.names.find(text).map(Value::from).ok_or_else(|| {
                let near = self.names.near(text);
                let hint = if near.is_empty() {
                    String::new()
                } else {
                    format!("; did you mean {}?", near.join(" or "))
                };
                Failure::data(format!("no {name} is known as `{text}`{hint}"))
            }),
            CellReading::Words => {
                let wanted = fold(text);
                let found = column.words.iter().find(|(value, words)| {
                    fold(value) == wanted
                        || words
                            .iter()
                            .any(|word| fold(word) == wanted || (fold(word).is_empty() && word == text))
                });
                found.map(|(value, _)| value.as_str().into()).ok_or_else(|| {
                    let all: Vec<String> = column
                        .words
                        .iter()
                        .map(|(value, words)| {
                            words.first().map_or(value.clone(), |w| format!("{w} ({value})"))
                        })
                        .collect();
                    Failure::data(format!("`{text}` is none of {}", all.join(", ")))
                })
            }
            CellReading::Pattern => {
                let found = self
                    .patterns
                    .get(name)
                    .into_iter()
                    .flatten()
                    .find_map(|p| p.captures(text).map(|c| groups(p, &c)));
                found.ok_or_else(|| Failure::data(format!("`{text}` is not a {name}{example}")))
            }
            CellReading::Occasion => self.occasion(text).map(|id| id.into()),
        }
    }

    fn occasion(&self, text: &str) -> Result<String, Failure> {
        let calendars = self.spec.occasion.as_ref().map(|o| &o.calendars);
        let wanted = fold(text);
        let mut found = Vec::new();
        let mut near: Vec<(f32, String)> = Vec::new();
        for name in calendars.into_iter().flatten().map(|(name, _)| name) {
            for occasion in self.reference.calendars.get(name).map_or(&[][..], |c| &c.occasions) {
                let names =
                    [Some(occasion.id.clone()), occasion.field_text("label"), Some(occasion.short.clone())];
                for name in names.into_iter().flatten() {
                    if fold(&name) == wanted {
                        found.push(occasion.id.clone());
                    }
                    near.push((
                        similar::TextDiff::from_chars(fold(&name).as_str(), wanted.as_str()).ratio(),
                        format!("{} ({name})", occasion.id),
                    ));
                }
            }
        }
        found.sort();
        found.dedup();
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                near.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
                let hint = near
                    .first()
                    .filter(|(r, _)| *r >= 0.6)
                    .map_or(String::new(), |(_, id)| format!("; did you mean {id}?"));
                Err(Failure::data(format!("no calendar has `{text}`{hint}")))
            }
            many => Err(Failure::data(format!("`{text}` is the name of {}", many.join(" and of ")))),
        }
    }

    /// Makes a draft of a row. `context` holds its values and what else templates see.
    ///
    /// # Errors
    /// A template that fails, or a row whose record cannot be determined.
    pub fn draft(&self, row: &SourceRow, context: &mut Context) -> Result<Draft, Failure> {
        let whole = |text: &str| Failure::new(format!("row {}: {text}", row.line));
        for (name, template) in &self.spec.with {
            if let Some(value) = self.filler.fill(template, context)? {
                context.insert(name.clone(), value);
            }
        }
        let identity = self.identity(context).ok_or_else(|| whole("it is about no record"))?;
        let ready = Ready::new(context);
        let dated = self.filler.text_in(&self.spec.dated, &ready)?;
        let dated = dated.trim().parse::<PartialDate>().ok();
        let mut sources = Vec::new();
        if let Some(Value::Object(map)) = self.filler.fill_in(&self.spec.sources, &ready)? {
            sources.extend(map);
        }
        let names: Vec<String> = sources.iter().map(|(name, _)| name.clone()).collect();
        let place =
            SourcePlace { line: row.line, column: 1, end_line: row.line, end_column: row.cells.len() + 1 };
        let excerpt = row.cells.join(", ");
        let mut facts = Vec::new();
        for spec in &self.spec.facts {
            facts.extend(make_fact(&self.filler, spec, &ready, &names, |fact| Fact {
                place,
                excerpt: excerpt.clone(),
                reader: format!("row {}", row.line),
                ..fact
            })?);
        }
        Ok(Draft {
            identity,
            dated,
            facts,
            sources,
            not_understood: Vec::new(),
            set_aside: Vec::new(),
            faults: Vec::new(),
        })
    }

    /// The identity that a row's values name.
    pub fn identity(&self, context: &Context) -> Option<Identity> {
        let small: Context =
            context.iter().filter(|(name, _)| *name != RECORD).map(|(n, v)| (n.clone(), v.clone())).collect();
        let filled = self.filler.fill(&self.spec.identity, &small).ok()??;
        let wanted = self.spec.identity.as_object()?.len();
        let fields: Vec<(String, String)> = filled
            .as_object()?
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        (fields.len() == wanted).then_some(Identity(fields))
    }
}

/// Makes a fact from its template; `None` where it says nothing here.
///
/// # Errors
/// A template that fails.
pub fn make_fact(
    filler: &Filler,
    spec: &FactSpec,
    context: &Ready,
    sources: &[String],
    finish: impl FnOnce(Fact) -> Fact,
) -> Result<Option<Fact>, Failure> {
    if let Some(when) = &spec.when
        && !filler.holds(when, context)?
    {
        return Ok(None);
    }
    let (mode, template) = match (&spec.value, &spec.item) {
        _ if spec.clear => (Mode::Clear, None),
        (Some(value), _) => match spec.keep {
            None => (Mode::Set, Some(value)),
            Some(Keep::Earliest) => (Mode::Least, Some(value)),
            Some(Keep::Latest) => (Mode::Most, Some(value)),
        },
        (None, Some(item)) => (Mode::Merge, Some(item)),
        (None, None) => {
            return Err(Failure::new(format!("the import grammar says nothing to put at `{}`", spec.at)));
        }
    };
    let value = match template {
        Some(template) => match filler.fill_in(template, context)? {
            Some(value) => value,
            None => return Ok(None),
        },
        None => Value::Null,
    };
    let sources = match &spec.sources {
        Some(templates) => {
            let mut out = Vec::new();
            for template in templates {
                let name = filler.text_in(template, context)?;
                if !name.trim().is_empty() {
                    out.push(name.trim().to_owned());
                }
            }
            out
        }
        None => sources.to_vec(),
    };
    Ok(Some(finish(Fact {
        path: if spec.at.contains("{{") { filler.text_in(&spec.at, context)? } else { spec.at.clone() },
        value,
        mode,
        confidence: 1.0,
        reader: String::new(),
        place: SourcePlace::default(),
        excerpt: String::new(),
        notes: Vec::new(),
        sources,
        firm: spec.otherwise == Otherwise::Refuse,
    })))
}

/// The named groups of a match as fields; groups that took no part are left out.
pub fn groups(pattern: &Regex, found: &regex::Captures<'_>) -> Value {
    let fields = pattern.capture_names().flatten().filter_map(|name| {
        let text = found.name(name)?.as_str();
        (!text.is_empty()).then(|| (name.to_owned(), Value::from(text)))
    });
    Value::Object(fields.collect())
}

fn heading_is(column: &ColumnSpec, heading: &str) -> bool {
    let heading = fold(heading);
    column.headings.iter().any(|h| fold(h) == heading)
}

/// The column of a header that is meant: by the first of its headings that is there.
fn find_column(column: &ColumnSpec, header: &[String]) -> Option<usize> {
    column.headings.iter().find_map(|wanted| header.iter().position(|heading| fold(heading) == fold(wanted)))
}

/// One error that lists all.
fn one_of_all(bad: Vec<Failure>) -> Option<Failure> {
    let more = bad.len().saturating_sub(MOST_LISTED);
    let rest = if bad.len() > MOST_FAULTS { "; the rest was not looked at" } else { "" };
    let mut bad = bad.into_iter();
    let mut first = bad.next()?;
    for other in bad.take(MOST_LISTED - 1) {
        first.message.push('\n');
        first.message.push_str(&other.message);
    }
    if more > 0 {
        first.message.push_str(&format!("\nand {more} more{rest}"));
    }
    Some(first)
}
