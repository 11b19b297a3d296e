//! CSV and spreadsheets → rows of texts that know their place.
//!
//! Owns delimiters, sheets, and the finding of a header. What the columns mean is the business of `rows`.

use super::extent::{self, CellSpan, MOST_CELLS};
use super::source::{self, FileKind};
use crate::model::Failure;
use calamine::{Data, Reader, Sheets};
use std::io::Cursor;

/// How many rows may stand above the header of a spreadsheet: titles and remarks.
const HEADER_WITHIN: usize = 20;
/// The delimiters tried where the one that was sniffed does not show the wanted columns.
const COMMON: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Refuses a sheet whose cells lie so far apart that the rectangle around them would not fit into memory.
fn refuse_vast<R: std::io::Read + std::io::Seek>(book: &mut Sheets<R>, name: &str) -> Result<(), Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::new(format!("sheet `{name}`: {error}"));
    let mut span = CellSpan::default();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
                span.add(cell.get_position());
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
            while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
                span.add(cell.get_position());
            }
        }
        // The library reads these whole when it opens them, so they were looked at before.
        Sheets::Xls(_) | Sheets::Ods(_) => {}
    }
    if span.cells() > MOST_CELLS { Err(extent::too_large(name, span.cells())) } else { Ok(()) }
}

/// A table.
#[derive(Clone, Debug)]
pub struct SourceTable {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows below the header that hold anything.
    pub rows: Vec<SourceRow>,
    /// The sheet, for a spreadsheet with several.
    pub sheet: Option<String>,
    /// How it was read, in words: "CSV, `;`, windows-1252".
    pub read_as: String,
    /// Whether places are cells of a sheet (`C7`) rather than rows and columns of a text.
    pub cells: bool,
}

/// A row.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// Its 1-based line in the text, or its number in the sheet.
    pub line: usize,
    /// The number of the sheet's column that comes first; 0 for a text.
    pub first: usize,
    /// The cells, trimmed.
    pub cells: Vec<String>,
}

impl SourceTable {
    /// Names the place of a cell: `row 14, column 3 (vote)`, `cell C14 (vote)`.
    pub fn place(&self, row: &SourceRow, column: usize) -> String {
        let name = self.header.get(column).map_or(String::new(), |name| format!(" (`{name}`)"));
        if self.cells {
            return format!("cell {}{}{name}", letters(row.first + column), row.line);
        }
        format!("row {}, column {}{name}", row.line, column + 1)
    }
}

/// A spreadsheet's column in letters: 0 is `A`, 26 is `AA`.
fn letters(mut column: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or(0)));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    out.iter().rev().collect()
}

/// Reads a table. `fits` says whether a row can be the header: it decides between sheets, delimiters and rows
/// of titles.
///
/// # Errors
/// What is no table, with the row and column where that shows.
pub fn read(bytes: &[u8], fits: &dyn Fn(&[String]) -> bool) -> Result<SourceTable, Failure> {
    match source::kind_of(bytes) {
        FileKind::Spreadsheet => read_sheets(bytes, fits),
        _ => read_text(bytes, fits),
    }
}

fn read_text(bytes: &[u8], fits: &dyn Fn(&[String]) -> bool) -> Result<SourceTable, Failure> {
    let decoded = source::decode(bytes, None)?;
    let text = decoded.text;
    check_quotes(&text)?;
    let sniffed =
        csv_nose::Sniffer::new().sniff_bytes(text.as_bytes()).map_or(b',', |found| found.dialect.delimiter);
    let mut delimiters = vec![sniffed];
    delimiters.extend(COMMON.into_iter().filter(|d| *d != sniffed));
    let mut first = None;
    for delimiter in delimiters {
        let lines = read_lines(&text, delimiter)?;
        if let Some(at) = lines.iter().take(HEADER_WITHIN).position(|row| fits(&row.cells)) {
            let shown =
                if delimiter == b'\t' { "tab".to_owned() } else { format!("`{}`", char::from(delimiter)) };
            let read_as = format!("CSV, {shown}, {}", decoded.encoding);
            return finish(lines, at, None, read_as, false);
        }
        first.get_or_insert(lines);
    }
    let lines = first.unwrap_or_default();
    Ok(SourceTable {
        header: lines.first().map(|row| row.cells.clone()).unwrap_or_default(),
        rows: Vec::new(),
        sheet: None,
        read_as: format!("CSV, {}", decoded.encoding),
        cells: false,
    })
}

/// A quotation mark that is never closed would swallow the rest of the text.
fn check_quotes(text: &str) -> Result<(), Failure> {
    if text.matches('"').count().is_multiple_of(2) {
        return Ok(());
    }
    let at = text.rfind('"').unwrap_or(0);
    let line = 1 + text[..at].matches('\n').count();
    Err(Failure::new(format!("row {line}: a quotation mark is opened and never closed"))
        .hint("the file may have been cut short; a mark inside a quoted cell is written twice"))
}

fn read_lines(text: &str, delimiter: u8) -> Result<Vec<SourceRow>, Failure> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut out = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for record in reader.records() {
        let record = record.map_err(|error| Failure::new(format!("not a table: {error}")))?;
        // The reader's own count is one behind where lines end in CR LF.
        let byte = record
            .position()
            .map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0))
            .min(text.len());
        let start = byte + text[byte..].find(|c| c != '\r' && c != '\n').unwrap_or(0);
        line += text[counted..start].matches('\n').count();
        counted = start;
        out.push(SourceRow { line, first: 0, cells: record.iter().map(clean).collect() });
    }
    Ok(out)
}

/// A cell without the blanks around it and without no-break spaces.
fn clean(cell: &str) -> String {
    cell.replace(['\u{a0}', '\u{202f}'], " ").trim().to_owned()
}

fn finish(
    lines: Vec<SourceRow>,
    header: usize,
    sheet: Option<String>,
    read_as: String,
    cells: bool,
) -> Result<SourceTable, Failure> {
    let mut rows = lines.into_iter().skip(header);
    let names = rows.next().map(|row| row.cells).unwrap_or_default();
    let mut table = SourceTable { header: names, rows: Vec::new(), sheet, read_as, cells };
    for row in rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())) {
        let wide = row.cells.len();
        if !cells && wide < table.header.len() {
            return Err(Failure::new(format!(
                "row {}, column {}: the row ends after {wide} of {} columns",
                row.line,
                wide + 1,
                table.header.len()
            ))
            .hint("the file may have been cut short"));
        }
        if let Some(beyond) = row.cells.iter().skip(table.header.len()).position(|cell| !cell.is_empty()) {
            let place = table.place(&row, table.header.len() + beyond);
            return Err(Failure::new(format!(
                "{place}: the row has more columns than the header ({})",
                table.header.len()
            ))
            .hint("a cell that holds the delimiter must stand in quotation marks"));
        }
        table.rows.push(row);
    }
    if table.rows.is_empty() {
        return Err(Failure::new("the table has a header and no rows"));
    }
    Ok(table)
}

fn read_sheets(bytes: &[u8], fits: &dyn Fn(&[String]) -> bool) -> Result<SourceTable, Failure> {
    let broken = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the spreadsheet cannot be read: {error}"))
            .hint("the file may have been cut short, or be no spreadsheet; save it again as XLSX or CSV")
    };
    extent::refuse_vast(bytes)?;
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let names = book.sheet_names();
    let mut seen = Vec::new();
    for name in &names {
        refuse_vast(&mut book, name)?;
        let range = book.worksheet_range(name).map_err(|error| broken(&error))?;
        let Some((top, left)) = range.start() else { continue };
        let mut lines = Vec::new();
        for (down, cells) in range.rows().enumerate() {
            let line = usize::try_from(top).unwrap_or(0) + down + 1;
            let first = usize::try_from(left).unwrap_or(0);
            let mut row = SourceRow { line, first, cells: Vec::with_capacity(cells.len()) };
            for (column, cell) in cells.iter().enumerate() {
                let text = cell_text(cell).map_err(|error| {
                    Failure::new(format!("sheet `{name}`, cell {}{line}: {error}", letters(first + column)))
                })?;
                row.cells.push(text);
            }
            lines.push(row);
        }
        if let Some(at) = lines.iter().take(HEADER_WITHIN).position(|row| fits(&row.cells)) {
            return finish(lines, at, Some(name.clone()), format!("spreadsheet, sheet `{name}`"), true);
        }
        seen.push(lines.first().map(|row| row.cells.clone()).unwrap_or_default());
    }
    let header = seen.into_iter().next().unwrap_or_default();
    Ok(SourceTable {
        header,
        rows: Vec::new(),
        sheet: names.first().cloned(),
        read_as: "spreadsheet".to_owned(),
        cells: true,
    })
}

fn cell_text(cell: &Data) -> Result<String, Failure> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) => clean(text),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(at) => match at.as_datetime() {
            Some(at) if at.time() == chrono::NaiveTime::MIN => at.date().to_string(),
            Some(at) => at.to_string(),
            None => return Err(Failure::data(format!("`{at}` is no date"))),
        },
        Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => return Err(Failure::data(format!("holds the error {error}"))),
    })
}
