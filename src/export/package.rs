//! What an export says of itself: `export.json`, and what readers of each format look for beside the tables.

use super::columns::{ColumnKind, TableName};
use super::tables::{Column, ExportTable, Tables};
use super::writer::{ExportFormat, WrittenTable};
use crate::model::VERSION;
use serde_json::{Map, Value as Json, json};

/// The file that says what an export was made from. A folder that has it may be written anew.
pub const ABOUT_NAME: &str = "export.json";

/// The description of a CSV export as a Frictionless data package.
pub const PACKAGE_NAME: &str = "datapackage.json";

/// The description of a database for Datasette.
pub const DATASETTE_NAME: &str = "metadata.json";

/// What an export was made from.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// The dataset's title.
    pub title: String,
    /// The commit that it was made as of; `worktree` for the working tree.
    pub known_at: String,
    /// The commit whose manifest, schemas and rules it was made with, or `worktree`.
    pub policy: String,
    /// Of a difference, the commit at which the copy was made.
    pub since_commit: Option<String>,
    /// The records that were asked for; none for all.
    pub selection: Vec<String>,
    /// Whether a filter left sentences or statements out.
    pub filtered: bool,
}

impl Provenance {
    /// The files that describe the tables of an export, each with its name and text.
    pub fn files(
        &self,
        format: ExportFormat,
        tables: &Tables,
        written: &[WrittenTable],
    ) -> Vec<(&'static str, String)> {
        let mut out = vec![(ABOUT_NAME, pretty(&self.about(format, tables, written)))];
        match format {
            ExportFormat::Csv => out.push((PACKAGE_NAME, pretty(&self.package(tables, written)))),
            ExportFormat::Sqlite => out.push((DATASETTE_NAME, pretty(&self.datasette(tables)))),
            ExportFormat::Parquet => {}
        }
        out
    }

    fn about(&self, format: ExportFormat, tables: &Tables, written: &[WrittenTable]) -> Json {
        let table = |(table, written): (&ExportTable, &WrittenTable)| {
            json!({
                "name": table.name.as_str(),
                "rows": written.rows,
                "key": table.name.key(),
                "files": written.files,
            })
        };
        json!({
            "format": "sincewhen.export/1",
            "written_as": format.as_str(),
            "tool": format!("sincewhen {VERSION}"),
            "dataset": self.title,
            "known_at": self.known_at,
            "policy": self.policy,
            "since_commit": self.since_commit,
            "records": self.selection,
            "filtered": self.filtered,
            "tables": tables.tables.iter().zip(written).map(table).collect::<Vec<_>>(),
        })
    }

    /// A Frictionless Tabular Data Package (specs.frictionlessdata.io, version 1).
    fn package(&self, tables: &Tables, written: &[WrittenTable]) -> Json {
        let resource = |(table, written): (&ExportTable, &WrittenTable)| {
            json!({
                "name": table.name.as_str(),
                "path": written.files.first(),
                "profile": "tabular-data-resource",
                "description": table.name.meaning(),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": self.schema(table),
            })
        };
        json!({
            "profile": "tabular-data-package",
            "name": "sincewhen-export",
            "title": self.title,
            "description": format!("{DESCRIPTION} {APOSTROPHES}"),
            "resources": tables.tables.iter().zip(written).map(resource).collect::<Vec<_>>(),
        })
    }

    fn schema(&self, table: &ExportTable) -> Json {
        let mut schema = Map::new();
        schema.insert("fields".to_owned(), table.columns.iter().map(field).collect());
        schema.insert("missingValues".to_owned(), json!([""]));
        // In a difference, a key may be deleted in one row and the tables it refers to are elsewhere.
        if self.since_commit.is_none() {
            schema.insert("primaryKey".to_owned(), json!(table.name.key()));
            let mut foreign = Vec::new();
            if table.name != TableName::Records {
                let reference = json!({"resource": "records", "fields": ["record_id"]});
                foreign.push(json!({"fields": ["record_id"], "reference": reference}));
            }
            if table.name.has_edition() {
                let reference = json!({"resource": "editions", "fields": ["record_id", "edition"]});
                foreign.push(json!({"fields": ["record_id", "edition"], "reference": reference}));
            }
            schema.insert("foreignKeys".to_owned(), Json::Array(foreign));
        }
        Json::Object(schema)
    }

    /// Titles and descriptions as Datasette shows them (`datasette export.sqlite --metadata metadata.json`).
    fn datasette(&self, tables: &Tables) -> Json {
        let table = |table: &ExportTable| {
            let columns: Map<String, Json> =
                table.columns.iter().map(|column| (column.name.clone(), json!(column.meaning))).collect();
            (table.name.as_str().to_owned(), json!({"description": table.name.meaning(), "columns": columns}))
        };
        let all: Map<String, Json> = tables.tables.iter().map(table).collect();
        json!({"title": self.title, "description": DESCRIPTION, "databases": {"export": {"tables": all}}})
    }
}

const DESCRIPTION: &str =
    "Records, their editions, what they state, and the sentences that follow from them, as of one commit.";

const APOSTROPHES: &str = "A text cell that begins with an apostrophe is the text after it: no cell is a \
    formula for a spreadsheet.";

fn field(column: &Column) -> Json {
    let kind = match column.kind {
        ColumnKind::Text => "string",
        ColumnKind::Integer => "integer",
        ColumnKind::Day => "date",
        ColumnKind::Truth => "boolean",
    };
    json!({"name": column.name, "type": kind, "description": column.meaning})
}

fn pretty(json: &Json) -> String {
    let text = serde_json::to_string_pretty(json).expect("because JSON values can be written");
    text + "\n"
}
