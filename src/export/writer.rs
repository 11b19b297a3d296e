//! What writes tables: one file of this folder a format.

use super::csv_files::CsvFiles;
use super::record::RecordRows;
use super::tables::{TableName, Tables};
use crate::model::Failure;
use std::path::Path;

/// What tables are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A text file a table, with a Frictionless data package.
    Csv,
    /// One database.
    Sqlite,
    /// A folder a table, split by the values of one column.
    Parquet,
}

impl ExportFormat {
    /// Its name on the command line and in `export.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Csv => "csv",
            ExportFormat::Sqlite => "sqlite",
            ExportFormat::Parquet => "parquet",
        }
    }
}

/// A table that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The table.
    pub table: TableName,
    /// How many rows it has.
    pub rows: usize,
    /// Its files, from the folder of the export, `/` between their parts.
    pub files: Vec<String>,
}

/// Writes tables into a folder, record by record.
pub trait TableWriter {
    /// Writes the rows of a record.
    ///
    /// # Errors
    /// What the system or the format refuses.
    fn write(&mut self, rows: &RecordRows) -> Result<(), Failure>;

    /// Ends all tables.
    ///
    /// # Errors
    /// As [`TableWriter::write`].
    fn finish(self: Box<Self>) -> Result<Vec<Written>, Failure>;
}

/// The writer of a format, into an empty folder. `is_difference` says that the tables hold what changed, not all that there is.
///
/// # Errors
/// A format that this program was built without, or what the system refuses.
pub fn writer<'t>(
    format: ExportFormat,
    tables: &'t Tables,
    folder: &Path,
    is_difference: bool,
) -> Result<Box<dyn TableWriter + 't>, Failure> {
    match format {
        ExportFormat::Csv => Ok(Box::new(CsvFiles::new(tables, folder)?)),
        #[cfg(feature = "sqlite")]
        ExportFormat::Sqlite => {
            Ok(Box::new(super::sqlite_file::SqliteFile::new(tables, folder, is_difference)?))
        }
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => Ok(Box::new(super::parquet_files::ParquetFiles::new(tables, folder))),
        #[cfg(not(all(feature = "sqlite", feature = "parquet")))]
        absent => {
            let _ = is_difference;
            let name = absent.as_str();
            Err(Failure::new(format!(
                "this program was built without the feature `{name}`, so it cannot write {name}"
            ))
            .hint("released programs and wheels have it")
            .hint(format!("or build it: `cargo install --locked --features {name} --path .` in a clone"))
            .hint("`--format csv` is always there, and databases load it"))
        }
    }
}
