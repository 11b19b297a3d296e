//! How far the cells of a spreadsheet lie apart, read from its bytes.
//!
//! ODS and XLS files are read whole when they are opened, empty cells and all, so a file of a kilobyte could
//! ask for more memory than there is. Owns this look ahead; what the cells hold is the business of `table`.

use super::compound;
use crate::model::Failure;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufReader, Cursor, Read};

/// The most cells that a sheet may span, from its first to its last: a sheet is read as a rectangle, empty
/// cells and all.
pub const MOST_CELLS: u64 = 1_000_000;

/// The most bytes that the sheets of an ODS file may have once they are inflated.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// The most columns that the library reads of a row of an ODS sheet.
const MOST_COLUMNS: u64 = 16_384;

/// The most cells that an XLS sheet can have: 65,536 rows of 256 columns.
const MOST_OF_XLS: u64 = 65_536 * 256;

/// Refuses a spreadsheet that would not fit into memory once it is opened. What is wrong with it otherwise is
/// for the library to say.
///
/// # Errors
/// A sheet with cells that lie too far apart, or a file too broken to say.
pub fn refuse_vast(bytes: &[u8]) -> Result<(), Failure> {
    if compound::is_compound(bytes) { xls(bytes) } else { ods(bytes) }
}

/// What is said of a sheet whose rectangle is too large.
pub fn too_large(name: &str, cells: u64) -> Failure {
    let sheet = if name.is_empty() { "a sheet".to_owned() } else { format!("sheet `{name}`") };
    Failure::new(format!("{sheet} spans {cells} cells, more than {MOST_CELLS}"))
        .hint("delete what lies far away from the table, and save it again")
}

/// What is said of a file whose structure cannot be followed.
fn unreadable(why: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the spreadsheet cannot be read: {why}"))
        .hint("the file may have been cut short, or be no spreadsheet; save it again as XLSX or CSV")
}

/// The rectangle around the cells of a sheet, by row and column.
#[derive(Default)]
pub struct CellSpan {
    corners: Option<((u32, u32), (u32, u32))>,
}

impl CellSpan {
    /// Takes in a cell.
    pub fn add(&mut self, (row, column): (u32, u32)) {
        let (first, last) = self.corners.get_or_insert(((row, column), (row, column)));
        *first = (first.0.min(row), first.1.min(column));
        *last = (last.0.max(row), last.1.max(column));
    }

    /// How many cells the rectangle has.
    pub fn cells(&self) -> u64 {
        let length = |from: u32, to: u32| u64::from(to - from) + 1;
        self.corners
            .map_or(0, |(first, last)| length(first.0, last.0).saturating_mul(length(first.1, last.1)))
    }
}

/// A sheet of an ODS file, as far as it was looked at.
#[derive(Default)]
struct OdsSheet {
    name: String,
    /// The cells that its rows hold, each row once, up to the last that is not empty.
    held: u64,
    /// Rows since the last that is not empty; none before the first.
    below: u64,
    /// Rows from the first to the last that is not empty, repeated ones as often as they are repeated.
    rows: u64,
    /// The columns of its widest row.
    width: u64,
}

impl OdsSheet {
    fn cells(&self) -> u64 {
        self.held.max(self.rows.saturating_mul(self.width))
    }

    fn add(&mut self, row: &OdsRow) {
        if row.width > 0 {
            self.rows = self.rows.saturating_add(self.below).saturating_add(row.repeats);
            self.below = 0;
            self.held = self.held.saturating_add(row.width);
            self.width = self.width.max(row.width);
        } else if self.rows > 0 {
            self.below = self.below.saturating_add(row.repeats);
        }
    }
}

/// A row of an ODS sheet.
struct OdsRow {
    repeats: u64,
    /// Its columns up to the last that is not empty.
    width: u64,
    /// The empty columns behind that.
    empty: u64,
}

impl OdsRow {
    fn add(&mut self, cell: &BytesStart<'_>) -> Result<(), Failure> {
        let repeats = repeats(cell, "table:number-columns-repeated")?;
        if has_content(cell)? {
            self.width = (self.width + self.empty).saturating_add(repeats).min(MOST_COLUMNS);
            self.empty = 0;
        } else {
            self.empty = self.empty.saturating_add(repeats).min(MOST_COLUMNS);
        }
        Ok(())
    }
}

fn ods(bytes: &[u8]) -> Result<(), Failure> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let Ok(content) = archive.by_name("content.xml") else { return Ok(()) };
    let mut reader = Reader::from_reader(BufReader::new(content.take(MOST_BYTES + 1)));
    reader.config_mut().expand_empty_elements = true;
    // Of tables within tables each has its own; the first is for rows that stand in none.
    let mut sheets = vec![OdsSheet::default()];
    let mut row: Option<OdsRow> = None;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(unreadable)?;
        if reader.buffer_position() > MOST_BYTES {
            return Err(unreadable(format_args!("its sheets have more than {MOST_BYTES} bytes")));
        }
        match event {
            Event::Start(tag) => match tag.name().into_inner() {
                "table:table" => sheets.push(OdsSheet { name: name_of(&tag)?, ..OdsSheet::default() }),
                "table:table-row" => {
                    let repeats = repeats(&tag, "table:number-rows-repeated")?;
                    row = Some(OdsRow { repeats, width: 0, empty: 0 });
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    if let Some(row) = &mut row {
                        row.add(&tag)?;
                    }
                }
                _ => {}
            },
            Event::End(tag) => match (tag.name().into_inner(), sheets.as_mut_slice()) {
                ("table:table", [_, .., _]) => sheets.truncate(sheets.len() - 1),
                ("table:table-row", [.., sheet]) => {
                    row.take().iter().for_each(|row| sheet.add(row));
                    if sheet.cells() > MOST_CELLS {
                        return Err(too_large(&sheet.name, sheet.cells()));
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Failure> {
    let found = tag.try_get_attribute(name).map_err(unreadable)?;
    Ok(found.map(|attribute| attribute.value.into_owned()))
}

fn name_of(tag: &BytesStart<'_>) -> Result<String, Failure> {
    Ok(attribute(tag, "table:name")?.unwrap_or_default())
}

/// How often a row or cell is repeated.
fn repeats(tag: &BytesStart<'_>, name: &str) -> Result<u64, Failure> {
    match attribute(tag, name)? {
        Some(text) => text.parse().map_err(|_| unreadable(format_args!("`{name}=\"{text}\"` is no number"))),
        None => Ok(1),
    }
}

/// Whether a cell holds a value or a formula. Style alone is no content.
fn has_content(cell: &BytesStart<'_>) -> Result<bool, Failure> {
    for attribute in cell.attributes().with_checks(false) {
        let key = attribute.map_err(unreadable)?.key.into_inner();
        if key == "table:formula" || key.starts_with("office:") || key == "calcext:value-type" {
            return Ok(true);
        }
    }
    Ok(false)
}

fn xls(bytes: &[u8]) -> Result<(), Failure> {
    let stream = compound::stream(bytes, &["Workbook", "Book"]).map_err(unreadable)?;
    // What holds no workbook is some other document.
    let Some(stream) = stream else { return Ok(()) };
    let sheets = records(&stream).take_while(|record| record.0 != END).filter(|record| record.0 == SHEET);
    for start in sheets.filter_map(|(_, data)| compound::u32_at(data, 0)) {
        let cells = xls_sheet(stream.get(start as usize..).unwrap_or_default());
        if cells > MOST_CELLS {
            return Err(too_large("", cells));
        }
    }
    Ok(())
}

// Records of BIFF, by MS-XLS 2.3: the substream of a sheet begins and ends, its rectangle, and its cells.
const SHEET: u16 = 0x0085;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const DIMENSIONS: u16 = 0x0200;
const SEVERAL_NUMBERS: u16 = 0x00BD;
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x0006];

/// How many cells an XLS sheet spans, or says that it does where that is more than any can have.
fn xls_sheet(stream: &[u8]) -> u64 {
    let (mut span, mut said, mut depth) = (CellSpan::default(), 0, 0_usize);
    for (kind, data) in records(stream) {
        match kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // A chart within the sheet.
            _ if depth > 1 => {}
            DIMENSIONS => said = said.max(dimensions(data)),
            SEVERAL_NUMBERS => {
                for column in 0..(data.len().saturating_sub(6) / 6).max(1) {
                    span.extend(data, u32::try_from(column).unwrap_or(u32::MAX));
                }
            }
            kind if CELLS.contains(&kind) => span.extend(data, 0),
            _ => {}
        }
    }
    if said > MOST_OF_XLS { said } else { span.cells() }
}

impl CellSpan {
    /// Takes in the cell of a record of BIFF, or one that stands some columns further.
    fn extend(&mut self, data: &[u8], further: u32) {
        let half =
            |at: usize| data.get(at..at + 2).map(|two| u32::from(u16::from_le_bytes([two[0], two[1]])));
        if let (Some(row), Some(column)) = (half(0), half(2)) {
            self.add((row, column.saturating_add(further)));
        }
    }
}

/// The cells for which the library makes room by what the sheet says of itself: a rectangle that ends before
/// it begins is one without end.
fn dimensions(data: &[u8]) -> u64 {
    let whole = |at: usize| compound::u32_at(data, at).unwrap_or_default();
    let half = |at: usize| whole(at) & 0xFFFF;
    let (rows, columns) = match data.len() {
        14 | 16 => ((whole(0), whole(4)), (half(8), half(10))),
        10 => ((half(0), half(2)), (half(4), half(6))),
        _ => return 0,
    };
    let length = |(from, to): (u32, u32)| u64::from(to.saturating_sub(1).wrapping_sub(from)) + 1;
    match (rows, columns) {
        ((_, 0), _) | (_, (_, 0)) => 1,
        (rows, (from, to)) if from > 0xFF || to < from => length(rows).saturating_mul(length((0, to))),
        (rows, columns) => length(rows).saturating_mul(length(columns)),
    }
}

/// The records of a stream of BIFF: kind and data, as far as they are whole.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = stream.split_at_checked(4)?;
        let (data, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([head[2], head[3]])))?;
        stream = rest;
        Some((u16::from_le_bytes([head[0], head[1]]), data))
    })
}
