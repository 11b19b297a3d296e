//! Records and all that is said of them → tables, for databases, spreadsheets and statistics.
//!
//! Owns which tables there are, what their columns mean, the rows of one record, the difference between the
//! rows of two moments, and the writers of SQLite, Parquet and CSV. A value of a path is one row from the
//! edition that states it to the one that states it no longer. Must not look at git or a clock, or name a
//! field of any dataset: columns that are a dataset's own come from its manifest and schema.

mod cell;
mod columns;
mod context;
mod csv_files;
mod difference;
mod formats;
mod names;
mod outcomes;
mod package;
mod panel;
#[cfg(feature = "parquet")]
mod parquet_files;
mod record;
mod sentences;
mod sources;
#[cfg(feature = "sqlite")]
mod sqlite_file;
mod stages;
mod statements;
mod tables;
mod writer;

pub use cell::{Cell, ExportRow};
pub use columns::{ColumnKind, TableName};
pub use context::{Committed, RecordExport, Wanted};
pub use difference::{OPERATION, changed_rows};
pub use formats::writer;
pub use names::{RESERVED, is_reserved};
pub use package::{ABOUT_NAME, DATASETTE_NAME, PACKAGE_NAME, Provenance};
pub use record::RecordRows;
pub use tables::{Column, ExportTable, Tables, check, export_fault};
pub use writer::{ExportFormat, TableWriter, WrittenTable};
