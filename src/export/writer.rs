//! What a writer of tables does, whatever it writes.

use super::columns::TableName;
use super::record::RecordRows;
use crate::model::Failure;

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
pub struct WrittenTable {
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
    fn finish(self: Box<Self>) -> Result<Vec<WrittenTable>, Failure>;
}
