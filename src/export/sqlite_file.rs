//! SQLite: one database, with keys, indexes and views. Days are text, `2013-04-15`; truth is 1 or 0.
//!
//! All rows go into one transaction of one connection in one order, so that the same rows make the same
//! bytes.

use super::cell::Cell;
use super::columns::{ColumnKind, TableName};
use super::record::RecordRows;
use super::tables::{Column, ExportTable, Tables};
use super::writer::{TableWriter, WrittenTable};
use crate::model::{Failure, FailureKind};
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, params_from_iter};
use std::path::Path;

/// The database, from the folder of the export.
pub(super) const FILE_NAME: &str = "export.sqlite";

/// Columns by which rows are looked for, besides the keys.
const INDEXES: [(TableName, &[&str]); 8] = [
    (TableName::Statements, &["field", "record_id"]),
    (TableName::Statements, &["held_from", "held_until"]),
    (TableName::Changes, &["rule_id"]),
    (TableName::Changes, &["fingerprint"]),
    (TableName::Observations, &["rule_id"]),
    (TableName::Observations, &["fingerprint"]),
    (TableName::Outcomes, &["occasion_id"]),
    (TableName::Panel, &["calendar_year"]),
];

/// Every day from the first edition on, as `as_of_day`. The last edition's day stands for all later ones.
const DAYS: &str = "WITH RECURSIVE days(as_of_day) AS (
  SELECT min(held_from) FROM editions
  UNION ALL
  SELECT date(as_of_day, '+1 day') FROM days WHERE as_of_day < (SELECT max(held_from) FROM editions)
)";

/// The views with the tables whose rows they give as of a day.
const AS_OF: [(&str, &str); 3] =
    [("as_of", "statements"), ("as_of_observations", "observations"), ("as_of_editions", "editions")];

/// The views with the tables whose newest rows they give.
const CURRENT: [(&str, &str); 2] =
    [("current_statements", "statements"), ("current_observations", "observations")];

/// Writes the tables of a dataset as one database.
pub(super) struct SqliteFile<'t> {
    tables: &'t Tables,
    database: Connection,
    inserts: Vec<String>,
    rows: Vec<usize>,
    is_difference: bool,
}

impl<'t> SqliteFile<'t> {
    pub fn new(tables: &'t Tables, folder: &Path, is_difference: bool) -> Result<SqliteFile<'t>, Failure> {
        let database = Connection::open(folder.join(FILE_NAME)).map_err(refused)?;
        // The folder is taken into use only when all of it is written, so nothing is kept for a way back.
        let settings = "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
            PRAGMA user_version = 1; BEGIN;";
        database.execute_batch(settings).map_err(refused)?;
        for table in &tables.tables {
            database.execute_batch(&definition(table, is_difference)).map_err(refused)?;
        }
        let inserts = tables.tables.iter().map(insertion).collect();
        Ok(SqliteFile { tables, database, inserts, rows: vec![0; tables.tables.len()], is_difference })
    }
}

impl TableWriter for SqliteFile<'_> {
    fn write(&mut self, rows: &RecordRows) -> Result<(), Failure> {
        for ((insert, rows), count) in self.inserts.iter().zip(&rows.rows).zip(&mut self.rows) {
            let mut insert = self.database.prepare(insert).map_err(refused)?;
            for row in rows {
                insert.execute(params_from_iter(row)).map_err(refused)?;
            }
            *count += rows.len();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<WrittenTable>, Failure> {
        if !self.is_difference {
            for (table, columns) in INDEXES {
                let (table, columns) = (table.as_str(), columns.to_vec());
                let name = format!("{table}_by_{}", columns.join("_"));
                let sql = format!("CREATE INDEX {name} ON {table} ({})", columns.join(", "));
                self.database.execute_batch(&sql).map_err(refused)?;
            }
            views().iter().try_for_each(|view| self.database.execute_batch(view).map_err(refused))?;
        }
        self.database.execute_batch("COMMIT").map_err(refused)?;
        let files = || vec![FILE_NAME.to_owned()];
        let written = self.tables.tables.iter().zip(&self.rows);
        let written =
            written.map(|(table, rows)| WrittenTable { table: table.name, rows: *rows, files: files() });
        let written = written.collect();
        self.database.close().map_err(|(_, error)| refused(error))?;
        Ok(written)
    }
}

fn views() -> Vec<String> {
    let as_of = AS_OF.iter().map(|(view, table)| {
        format!(
            "CREATE VIEW {view} AS {DAYS}\nSELECT days.as_of_day, {table}.* FROM days JOIN {table}\n  ON \
             {table}.held_from <= days.as_of_day AND ({table}.held_until IS NULL OR {table}.held_until > \
             days.as_of_day)"
        )
    });
    let current = CURRENT.iter().map(|(view, table)| {
        format!("CREATE VIEW {view} AS SELECT * FROM {table} WHERE superseded_by IS NULL")
    });
    as_of.chain(current).collect()
}

fn definition(table: &ExportTable, is_difference: bool) -> String {
    let name = table.name.as_str();
    let mut parts: Vec<String> = table.columns.iter().map(column).collect();
    if !is_difference {
        parts.push(format!("PRIMARY KEY ({})", table.name.key().join(", ")));
        if table.name != TableName::Records {
            parts.push("FOREIGN KEY (record_id) REFERENCES records (record_id)".to_owned());
        }
        if table.name.has_edition() {
            parts
                .push("FOREIGN KEY (record_id, edition) REFERENCES editions (record_id, edition)".to_owned());
        }
    }
    format!("CREATE TABLE {name} (\n  {}\n)", parts.join(",\n  "))
}

fn column(column: &Column) -> String {
    let kind = match column.kind {
        ColumnKind::Text | ColumnKind::Day => "TEXT",
        ColumnKind::Integer | ColumnKind::Truth => "INTEGER",
    };
    format!("{} {kind}", column.name)
}

fn insertion(table: &ExportTable) -> String {
    let marks = vec!["?"; table.columns.len()].join(", ");
    format!("INSERT INTO {} VALUES ({marks})", table.name.as_str())
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Cell::Null => Ok(ToSqlOutput::from(rusqlite::types::Null)),
            Cell::Text(text) => text.to_sql(),
            Cell::Integer(number) => number.to_sql(),
            Cell::Day(day) => Ok(ToSqlOutput::from(day.to_string())),
            Cell::Truth(truth) => truth.to_sql(),
        }
    }
}

fn refused(error: rusqlite::Error) -> Failure {
    Failure::of(FailureKind::System, format!("{FILE_NAME}: {error}")).caused_by(error)
}
