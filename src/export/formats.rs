//! Which formats there are: one file of this folder each.

use super::csv_files::CsvFiles;
use super::tables::Tables;
use super::writer::{ExportFormat, TableWriter};
use crate::model::Failure;
use std::path::Path;

/// The writer of a format, into an empty folder. `is_difference` says that the tables hold what changed, not
/// all that there is.
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
