//! CSV (RFC 4180): one file a table, UTF-8, a header, commas, CRLF; an empty cell for null.
//!
//! A cell of text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
//! Injection"), and so does one that begins with an apostrophe: who takes one leading apostrophe away has the
//! text as it was.

use super::cell::Cell;
use super::record::RecordRows;
use super::tables::{ExportTable, Tables};
use super::writer::{TableWriter, WrittenTable};
use crate::model::Failure;
use csv::{Terminator, WriterBuilder};
use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Writes the tables of a dataset as CSV.
pub(super) struct CsvFiles<'t> {
    tables: &'t Tables,
    files: Vec<CsvFile>,
}

struct CsvFile {
    path: PathBuf,
    name: String,
    writer: csv::Writer<File>,
    rows: usize,
}

impl<'t> CsvFiles<'t> {
    pub fn new(tables: &'t Tables, folder: &Path) -> Result<CsvFiles<'t>, Failure> {
        let open = |table: &super::tables::ExportTable| {
            let name = format!("{}.csv", table.name.as_str());
            let path = folder.join(&name);
            let file = File::create(&path).map_err(|error| Failure::system(path.display(), error))?;
            let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(file);
            let head = table.columns.iter().map(|column| &column.name);
            writer.write_record(head).map_err(|error| refused(&path, error))?;
            Ok(CsvFile { path, name, writer, rows: 0 })
        };
        Ok(CsvFiles { tables, files: tables.tables.iter().map(open).collect::<Result<_, Failure>>()? })
    }
}

impl TableWriter for CsvFiles<'_> {
    fn write(&mut self, rows: &RecordRows) -> Result<(), Failure> {
        for (file, rows) in self.files.iter_mut().zip(&rows.rows) {
            for row in rows {
                let cells = row.iter().map(written);
                for cell in cells {
                    file.writer.write_field(cell.as_bytes()).map_err(|error| refused(&file.path, error))?;
                }
                let end: [&[u8]; 0] = [];
                file.writer.write_record(end).map_err(|error| refused(&file.path, error))?;
            }
            file.rows += rows.len();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<WrittenTable>, Failure> {
        let end = |(table, mut file): (&ExportTable, CsvFile)| {
            file.writer.flush().map_err(|error| Failure::system(file.path.display(), error))?;
            Ok(WrittenTable { table: table.name, rows: file.rows, files: vec![file.name] })
        };
        self.tables.tables.iter().zip(self.files).map(end).collect()
    }
}

fn refused(path: &Path, error: csv::Error) -> Failure {
    Failure::of(crate::model::FailureKind::System, format!("{}: {error}", path.display())).caused_by(error)
}

fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => {
            Cow::Owned(format!("'{text}"))
        }
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Integer(number) => Cow::Owned(number.to_string()),
        Cell::Day(day) => Cow::Owned(day.to_string()),
        Cell::Truth(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula_and_all_of_it_comes_back() {
        for text in ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "'a", "''", "a=1", "", "é"] {
            let cell = Cell::text(text);
            let out = written(&cell);
            assert!(!out.starts_with(['=', '+', '-', '@', '\t', '\r']), "{out:?}");
            assert_eq!(out.strip_prefix('\'').unwrap_or(&out), text);
        }
        assert_eq!(written(&Cell::Integer(-1)), "-1");
    }
}
