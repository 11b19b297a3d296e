//! Parquet: a folder a table, with one folder in it for each value of the partitioning column, in Hive's way
//! (`topic=a/part-0.parquet`): DuckDB, Spark, DataFusion and pyarrow read the folder as one table that has
//! that column. The files do not repeat it.

use super::cell::{Cell, ExportRow};
use super::columns::ColumnKind;
use super::record::RecordRows;
use super::tables::{Column, ExportTable, Tables};
use super::writer::{TableWriter, WrittenTable};
use crate::model::{Failure, FailureKind, VERSION};
use chrono::{Datelike, NaiveDate};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many rows are held before they are written as one row group.
const GROUP: usize = 20_000;

/// The most values that may split a table: as many files are open at a time for each of eight tables.
const MAX_PARTITIONS: usize = 64;

/// What Hive calls the folder of rows that have no value.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// Writes the tables of a dataset as folders of Parquet files.
pub(super) struct ParquetFiles<'t> {
    tables: &'t Tables,
    folder: PathBuf,
    /// By table and the value that splits it.
    files: BTreeMap<(usize, String), ParquetFile>,
}

struct ParquetFile {
    name: String,
    writer: SerializedFileWriter<File>,
    /// The positions and kinds of the columns that the file has.
    columns: Vec<(usize, ColumnKind)>,
    held: Vec<ExportRow>,
    rows: usize,
}

impl<'t> ParquetFiles<'t> {
    pub fn new(tables: &'t Tables, folder: &Path) -> ParquetFiles<'t> {
        ParquetFiles { tables, folder: folder.to_owned(), files: BTreeMap::new() }
    }

    fn open(&self, table: &ExportTable, partition: &str) -> Result<ParquetFile, Failure> {
        let column = &self.tables.partition;
        let name = format!("{}/{column}={}/part-0.parquet", table.name.as_str(), in_path(partition));
        let path = self.folder.join(&name);
        let refused_here = |error| Failure::system(path.display(), error);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(refused_here)?;
        let file = File::create(&path).map_err(refused_here)?;
        let kept = |(_, own): &(usize, &Column)| own.name != *column;
        let columns: Vec<(usize, &Column)> = table.columns.iter().enumerate().filter(kept).collect();
        let fields =
            columns.iter().map(|(_, own)| field(own)).collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let schema =
            Type::group_type_builder(table.name.as_str()).with_fields(fields).build().map_err(refused)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("sincewhen {VERSION}"))
            .build();
        let writer =
            SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(refused)?;
        let columns = columns.into_iter().map(|(at, own)| (at, own.kind)).collect();
        Ok(ParquetFile { name, writer, columns, held: Vec::new(), rows: 0 })
    }

    fn file(&mut self, table: usize, partition: &str) -> Result<&mut ParquetFile, Failure> {
        let key = (table, partition.to_owned());
        if !self.files.contains_key(&key) {
            if self.files.keys().filter(|(own, _)| *own == table).count() >= MAX_PARTITIONS {
                let column = &self.tables.partition;
                return Err(Failure::new(format!(
                    "`{column}` has more than {MAX_PARTITIONS} values, too many to split tables by"
                ))
                .hint("name another field under `export: partition:` in the manifest, or none"));
            }
            let file = self.open(&self.tables.tables[table], partition)?;
            self.files.insert(key.clone(), file);
        }
        Ok(self.files.get_mut(&key).expect("because it was put there"))
    }
}

impl TableWriter for ParquetFiles<'_> {
    fn write(&mut self, rows: &RecordRows) -> Result<(), Failure> {
        for (table, own) in rows.rows.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            let file = self.file(table, &rows.partition)?;
            file.held.extend(own.iter().cloned());
            if file.held.len() >= GROUP {
                file.flush()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<WrittenTable>, Failure> {
        // A table without rows is a table all the same.
        for table in 0..self.tables.tables.len() {
            if !self.files.keys().any(|(own, _)| *own == table) {
                self.file(table, "")?;
            }
        }
        let named = self.tables.tables.iter().map(|table| table.name);
        let mut out: Vec<WrittenTable> =
            named.map(|table| WrittenTable { table, rows: 0, files: Vec::new() }).collect();
        for ((table, _), mut file) in std::mem::take(&mut self.files) {
            file.flush()?;
            file.writer.close().map_err(refused)?;
            out[table].rows += file.rows;
            out[table].files.push(file.name);
        }
        Ok(out)
    }
}

impl ParquetFile {
    /// Writes the rows that are held as one row group.
    fn flush(&mut self) -> Result<(), Failure> {
        if self.held.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.held);
        self.rows += rows.len();
        self.group(&rows).map_err(refused)
    }

    fn group(&mut self, rows: &[ExportRow]) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        let mut columns = self.columns.iter();
        while let Some(mut column) = group.next_column()? {
            let (at, _) = columns.next().expect("because the schema was made from these columns");
            let cells = rows.iter().map(|row| &row[*at]);
            let levels: Vec<i16> = cells.clone().map(|cell| i16::from(!cell.is_null())).collect();
            match column.untyped() {
                ColumnWriter::BoolColumnWriter(writer) => {
                    writer.write_batch(&cells.filter_map(truth).collect::<Vec<_>>(), Some(&levels), None)?
                }
                ColumnWriter::Int32ColumnWriter(writer) => {
                    writer.write_batch(&cells.filter_map(day).collect::<Vec<_>>(), Some(&levels), None)?
                }
                ColumnWriter::Int64ColumnWriter(writer) => {
                    writer.write_batch(&cells.filter_map(number).collect::<Vec<_>>(), Some(&levels), None)?
                }
                ColumnWriter::ByteArrayColumnWriter(writer) => {
                    writer.write_batch(&cells.filter_map(text).collect::<Vec<_>>(), Some(&levels), None)?
                }
                _ => return Err(ParquetError::General("a column of another type".to_owned())),
            };
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Day => (Physical::INT32, Some(LogicalType::Date)),
        ColumnKind::Truth => (Physical::BOOLEAN, None),
    };
    let built = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(built))
}

fn truth(cell: &Cell) -> Option<bool> {
    if let Cell::Truth(truth) = cell { Some(*truth) } else { None }
}

/// Days since 1 January 1970.
fn day(cell: &Cell) -> Option<i32> {
    let epoch = NaiveDate::default().num_days_from_ce();
    if let Cell::Day(day) = cell { Some(day.num_days_from_ce() - epoch) } else { None }
}

fn number(cell: &Cell) -> Option<i64> {
    if let Cell::Integer(number) = cell { Some(*number) } else { None }
}

fn text(cell: &Cell) -> Option<ByteArray> {
    if let Cell::Text(text) = cell { Some(ByteArray::from(text.as_str())) } else { None }
}

/// A value as part of a path: all but letters, digits and a few marks as `%` and two digits, as Hive writes
/// it.
fn in_path(value: &str) -> String {
    if value.is_empty() {
        return NO_VALUE.to_owned();
    }
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(byte).collect()
}

fn refused(error: ParquetError) -> Failure {
    Failure::of(FailureKind::System, format!("Parquet: {error}")).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_cannot_be_left_by_a_value() {
        assert_eq!(in_path("a-b_1"), "a-b_1");
        assert_eq!(in_path("../../x"), "%2E%2E%2F%2E%2E%2Fx");
        assert_eq!(in_path(""), NO_VALUE);
        assert_eq!(in_path("é="), "%C3%A9%3D");
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(day(&Cell::Day(NaiveDate::from_ymd_opt(1970, 1, 2).expect("a day"))), Some(1));
        assert_eq!(day(&Cell::Day(NaiveDate::from_ymd_opt(1969, 12, 31).expect("a day"))), Some(-1));
    }
}
