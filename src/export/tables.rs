//! The tables and what their columns mean: what writers, the data dictionary and packages are made from.

use super::cell::Cell;
use super::columns::{ColumnKind, ColumnRow, TableName, fixed};
use super::names::column_name;
use crate::dataset::Reference;
use crate::model::{Failure, FieldPath};
use crate::schema::{Kind, ObservationKind, OutcomeSpec, PanelSpec, Policy, PolicyError, Shape};
use indexmap::IndexMap;
use std::collections::HashSet;

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it means.
    pub meaning: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportTable {
    /// Its name.
    pub name: TableName,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl ExportTable {
    /// Where a column stands.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// Where the columns of its key stand.
    pub fn key_positions(&self) -> Vec<usize> {
        self.name.key().iter().filter_map(|name| self.position(name)).collect()
    }
}

/// A field of a source, as the schema has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceField {
    pub key: String,
    pub is_date: bool,
}

/// The tables of one dataset.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The tables, in the order of [`TableName::ALL`].
    pub tables: Vec<ExportTable>,
    /// Which column splits the folders of Parquet tables.
    pub partition: String,
    /// The identity field whose values split them; `None` for the kind of record.
    pub(super) partition_field: Option<String>,
    pub(super) identity: Vec<String>,
    pub(super) source_fields: Vec<SourceField>,
    pub(super) outcomes: Vec<OutcomeSpec>,
    pub(super) panel: Option<PanelSpec>,
    /// The look-up table's rows by subject.
    rows: serde_json::Value,
}

fn made(written: &ColumnRow) -> Column {
    Column { name: written.0.to_owned(), kind: written.1, meaning: written.2.to_owned() }
}

impl Tables {
    /// The tables of a dataset.
    ///
    /// # Errors
    /// The manifest's section `export` names an identity field, a table, a calendar or a rule that there is
    /// not.
    pub fn new(policy: &Policy, reference: &Reference) -> Result<Tables, Failure> {
        let spec = &policy.manifest.export;
        check(policy, reference)?;
        let mut tables = Tables {
            tables: Vec::new(),
            partition: "record_kind".to_owned(),
            partition_field: spec.partition.clone(),
            identity: identity_fields(policy),
            source_fields: source_fields(&policy.kinds),
            outcomes: spec.outcomes.clone(),
            panel: spec.panel.clone(),
            rows: lookup(spec.panel.as_ref(), reference),
        };
        tables.tables = TableName::ALL.iter().map(|name| tables.table(*name)).collect();
        if let Some(field) = &tables.partition_field {
            let at = tables.identity.iter().position(|known| known == field).unwrap_or_default();
            tables.partition =
                tables.get(TableName::Records).columns[fixed(TableName::Records).len() + at].name.clone();
        }
        Ok(tables)
    }

    /// A table.
    pub fn get(&self, name: TableName) -> &ExportTable {
        let at = TableName::ALL.iter().position(|known| *known == name).unwrap_or_default();
        &self.tables[at]
    }

    fn table(&self, name: TableName) -> ExportTable {
        let mut columns: Vec<Column> = fixed(name).iter().map(made).collect();
        let mut taken: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
        let noun = name.as_str().trim_end_matches('s');
        let mut add = |field: &str, kind: ColumnKind, meaning: String| {
            let name = column_name(field, noun, &mut taken);
            columns.push(Column { name, kind, meaning });
        };
        match name {
            TableName::Records => {
                self.add_identity(&mut add);
                self.add_subject(&mut add);
                let written: [ColumnRow; 5] = [
                    ("first_edition", ColumnKind::Text, "Its first edition, as written."),
                    ("last_edition", ColumnKind::Text, "Its newest edition, as written."),
                    ("edition_count", ColumnKind::Integer, "How many editions it has."),
                    (
                        "ended_day",
                        ColumnKind::Day,
                        "The day on which the record was removed; null while it stands.",
                    ),
                    ("ended_commit_id", ColumnKind::Text, "The commit that removed it."),
                ];
                written.into_iter().for_each(|(field, kind, meaning)| add(field, kind, meaning.to_owned()));
            }
            TableName::Panel => {
                self.add_identity(&mut add);
                self.add_subject(&mut add);
                self.add_years(&mut add);
            }
            TableName::Sources => {
                for field in &self.source_fields {
                    add(&field.key, ColumnKind::Text, format!("The source's `{}`, as written.", field.key));
                    if field.is_date {
                        add(
                            &format!("{}_from", field.key),
                            ColumnKind::Day,
                            "The first day it can mean.".to_owned(),
                        );
                        add(
                            &format!("{}_until", field.key),
                            ColumnKind::Day,
                            "The last day it can mean.".to_owned(),
                        );
                    }
                }
            }
            _ => {}
        }
        ExportTable { name, columns }
    }

    fn add_identity(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        for field in &self.identity {
            add(field, ColumnKind::Text, format!("The record's identity field `{field}`."));
        }
    }

    fn add_subject(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        let Some(panel) = &self.panel else { return };
        let table = panel.table.as_deref().unwrap_or_default();
        for (what, columns) in
            [("A code that other datasets join on", &panel.keys), ("Of the subject", &panel.columns)]
        {
            for (name, field) in columns {
                let meaning = match field.as_str() {
                    KEY => format!("{what}: the subject itself, `{}`.", panel.subject),
                    field => format!("{what}: `{field}` of the table `{table}`."),
                };
                add(name, self.kind_of(field), format!("{meaning} Null where that has none."));
            }
        }
    }

    fn add_years(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        use ColumnKind::{Integer, Text};
        if self.panel.as_ref().is_some_and(|panel| panel.status.is_some()) {
            add(
                "status",
                Text,
                "What it was at the end of the year, by the newest edition that can say so: one that \
                 dates it to that year or before, or was in force at its end. Null where none can."
                    .to_owned(),
            );
            add("status_since", Text, "Since when, as written; null where no date is recorded.".to_owned());
            add("status_edition", Text, "The edition that says so.".to_owned());
        }
        for spec in &self.outcomes {
            let name = &spec.name;
            add(
                &format!("{name}_value"),
                Text,
                format!(
                    "What was done at the year's occasion of `{name}`; with several, those recorded, in \
                     their order, joined by `; `."
                ),
            );
            let count = |what: &str| {
                format!(
                    "Of the year's occasions of `{name}`, how many it {what}; null where none of them is \
                     known."
                )
            };
            add(&format!("{name}_met"), Integer, count("took part in"));
            add(&format!("{name}_missed"), Integer, count("stayed away from"));
            add(
                &format!("{name}_unknown"),
                Integer,
                format!(
                    "Of how many of the year's occasions of `{name}` the record says nothing; null where \
                     there was none."
                ),
            );
        }
    }

    /// Whether the look-up table has whole numbers only in a field.
    fn kind_of(&self, field: &str) -> ColumnKind {
        let rows = self.rows.as_object().into_iter().flat_map(|rows| rows.values());
        let mut values = rows.filter_map(|row| row.get(field)).filter(|value| !value.is_null()).peekable();
        match values.peek().is_some() && values.all(serde_json::Value::is_i64) {
            true => ColumnKind::Integer,
            false => ColumnKind::Text,
        }
    }

    /// What the look-up table has of a subject, in the order of the columns.
    pub(super) fn of_subject(&self, subject: Option<&str>) -> Vec<Cell> {
        let Some(panel) = &self.panel else { return Vec::new() };
        let row = subject.and_then(|subject| self.rows.get(subject));
        let cell = |field: &String| match field.as_str() {
            KEY => Cell::from(subject),
            field => match (row.and_then(|row| row.get(field)), self.kind_of(field)) {
                (Some(value), ColumnKind::Integer) => value.as_i64().map_or(Cell::Null, Cell::Integer),
                (Some(serde_json::Value::Null), _) => Cell::Null,
                (value, _) => Cell::json(value),
            },
        };
        panel.keys.values().chain(panel.columns.values()).map(cell).collect()
    }
}

/// What the manifest writes for the subject itself.
const KEY: &str = "$key";

fn lookup(panel: Option<&PanelSpec>, reference: &Reference) -> serde_json::Value {
    let table = panel.and_then(|panel| panel.table.as_deref());
    table.and_then(|table| reference.tables.get(table)).cloned().unwrap_or_default()
}

/// The identity fields of all kinds of record.
fn identity_fields(policy: &Policy) -> Vec<String> {
    let parts = policy.kinds.iter().flat_map(|kind| kind.spec.name_parts());
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        if !out.iter().any(|known| known == part) {
            out.push(part.to_owned());
        }
    }
    out
}

/// Holds the manifest's section `export` to the rest of the dataset's policy.
///
/// # Errors
/// It names an identity field, a field of records, a table or its column, a calendar or a rule that there is
/// not.
pub fn check(policy: &Policy, reference: &Reference) -> Result<(), Failure> {
    export_fault(policy, reference).map_or(Ok(()), |fault| Err(fault.into()))
}

/// What keeps `export` from using the manifest.
pub fn export_fault(policy: &Policy, reference: &Reference) -> Option<PolicyError> {
    check_spec(policy, reference).err()
}

fn fault(policy: &Policy, message: &str) -> Result<(), PolicyError> {
    let file = policy.path(crate::schema::manifest::FILE_NAME);
    Err(PolicyError::whole(&file, format!("export: {message}")))
}

fn check_spec(policy: &Policy, reference: &Reference) -> Result<(), PolicyError> {
    let spec = &policy.manifest.export;
    let identity = identity_fields(policy);
    let fields = spec.partition.iter().chain(spec.panel.iter().map(|panel| &panel.subject));
    let fields = fields.chain(spec.outcomes.iter().filter_map(|outcome| outcome.per.as_ref()));
    if let Some(field) = fields.into_iter().find(|field| !identity.contains(field)) {
        let message = format!("`{field}` is no identity field; those are `{}`", identity.join("`, `"));
        return fault(policy, &message);
    }
    for outcome in &spec.outcomes {
        check_outcome(policy, reference, outcome)?;
    }
    spec.panel.as_ref().map_or(Ok(()), |panel| check_panel(policy, reference, panel))
}

fn check_outcome(policy: &Policy, reference: &Reference, outcome: &OutcomeSpec) -> Result<(), PolicyError> {
    let names = outcome.calendar.names();
    if let Some(name) = names.into_iter().find(|name| !reference.calendars.contains_key(*name)) {
        return fault(policy, &format!("the manifest names no calendar `{name}`"));
    }
    let at = |path: &str| -> Vec<&Shape> {
        let path = path.split('.').fold(FieldPath::root(), |path, key| path.key(key));
        policy.kinds.iter().filter_map(|kind| kind.shape.at(&path)).collect()
    };
    for path in std::iter::once(&outcome.list).chain(&outcome.coverage) {
        if at(path).is_empty() {
            return fault(policy, &format!("no schema of a record has the field `{path}`"));
        }
    }
    let items: Vec<&Shape> = at(&outcome.list).into_iter().filter_map(|list| list.items.as_deref()).collect();
    for field in [&outcome.key, &outcome.value] {
        // Of items that no schema describes, nothing is known.
        let describes = |item: &&Shape| item.properties.is_empty() || item.properties.contains_key(field);
        if !items.is_empty() && !items.iter().any(describes) {
            return fault(policy, &format!("entries of `{}` have no field `{field}`", outcome.list));
        }
    }
    Ok(())
}

fn check_panel(policy: &Policy, reference: &Reference, panel: &PanelSpec) -> Result<(), PolicyError> {
    if let Some(table) = panel.table.as_ref().filter(|table| !policy.manifest.tables.contains_key(*table)) {
        return fault(policy, &format!("the manifest names no table `{table}`"));
    }
    let rows = lookup(Some(panel), reference);
    let has = |field: &String| {
        field == KEY || rows.as_object().is_none_or(|rows| rows.values().any(|row| row.get(field).is_some()))
    };
    if let Some(field) = panel.keys.values().chain(panel.columns.values()).find(|field| !has(field)) {
        let table = panel.table.as_deref().unwrap_or_default();
        return fault(policy, &format!("no row of the table `{table}` has a field `{field}`"));
    }
    let is_status = |id: &&String| {
        policy.rules.observations.iter().any(|rule| rule.id == **id && rule.kind == ObservationKind::Status)
    };
    match panel.status.as_ref().filter(|id| !is_status(id)) {
        Some(id) => fault(policy, &format!("there is no observation rule `{id}` of kind `status`")),
        None => Ok(()),
    }
}

/// The mappings of a record in which it describes its sources: those to which other fields refer by name.
pub(super) fn source_lists(kind: &Kind) -> Vec<String> {
    let mut out = Vec::new();
    referred(&kind.shape, &mut out);
    out
}

fn referred(shape: &Shape, out: &mut Vec<String>) {
    if let Some(table) = shape.reference.as_ref().filter(|table| !out.contains(table)) {
        out.push(table.clone());
    }
    let inner = shape.properties.values().chain(shape.additional.as_deref()).chain(shape.items.as_deref());
    inner.for_each(|inner| referred(inner, out));
}

/// The fields of sources over all kinds of record, in the order of the schemas.
fn source_fields(kinds: &[Kind]) -> Vec<SourceField> {
    let mut out: IndexMap<String, bool> = IndexMap::new();
    for kind in kinds {
        for list in source_lists(kind) {
            let source = kind.shape.properties.get(&list).and_then(|list| list.additional.as_deref());
            for (key, shape) in source.into_iter().flat_map(|source| &source.properties) {
                *out.entry(key.clone()).or_default() |= shape.is_date();
            }
        }
    }
    out.into_iter().map(|(key, is_date)| SourceField { key, is_date }).collect()
}
