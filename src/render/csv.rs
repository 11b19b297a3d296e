//! CSV (RFC 4180) for tables: one row a line, with the columns of `rows`.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"):
//! text in records is untrusted.

use super::rows::{AnswerRow, Rows};
use csv::{Terminator, WriterBuilder};
use std::collections::HashMap;

/// The rows of an answer.
pub fn rows(view: &impl Rows) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let write = "because writing to memory cannot fail";
    for line in table(view) {
        writer.write_record(line).expect(write);
    }
    String::from_utf8(writer.into_inner().expect(write)).expect("because only text was written")
}

/// Tables as one: the names of the columns above the first only. Tables of records of different kinds differ
/// in their columns; then each row has all of them, and an empty cell for what its kind does not have.
pub fn joined(tables: Vec<String>) -> Vec<String> {
    let head = |table: &str| table.split_once('\n').map_or_else(String::new, |(head, _)| head.to_owned());
    let heads: Vec<String> = tables.iter().map(|table| head(table)).collect();
    if heads.windows(2).all(|pair| pair[0] == pair[1]) {
        let rest =
            |table: String| table.split_once('\n').map_or_else(String::new, |(_, rows)| rows.to_owned());
        return tables
            .into_iter()
            .enumerate()
            .map(|(at, table)| if at == 0 { table } else { rest(table) })
            .collect();
    }
    let read = "because these tables were written here";
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<HashMap<String, String>> = Vec::new();
    for table in &tables {
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let head: Vec<String> = reader.headers().expect(read).iter().map(str::to_owned).collect();
        let mut place = 0;
        for name in &head {
            place = match columns.iter().position(|known| known == name) {
                Some(known) => known + 1,
                None => {
                    columns.insert(place, name.clone());
                    place + 1
                }
            };
        }
        let named =
            |row: csv::StringRecord| head.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
        rows.extend(reader.records().map(|row| named(row.expect(read))));
    }
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let write = "because writing to memory cannot fail";
    writer.write_record(&columns).expect(write);
    for row in rows {
        let cells = columns.iter().map(|name| row.get(name).map(String::as_str).unwrap_or_default());
        writer.write_record(cells).expect(write);
    }
    vec![String::from_utf8(writer.into_inner().expect(write)).expect("because only text was written")]
}

/// The cells of an answer's rows, as they stand in a table, under the names of their columns.
pub(super) fn table(view: &impl Rows) -> Vec<Vec<String>> {
    let rows = view.rows();
    // Kinds of record differ in their identity fields: a row has an empty cell for what its kind does not
    // have.
    let mut all = AnswerRow::default();
    for row in &rows {
        let known = |list: &[(String, String)], column: &str| list.iter().any(|(name, _)| name == column);
        let new = |list: &[(String, String)], own: &[(String, String)]| -> Vec<(String, String)> {
            own.iter().filter(|(column, _)| !known(list, column)).cloned().collect()
        };
        all.identity.extend(new(&all.identity, &row.identity));
        all.more.extend(new(&all.more, &row.more));
    }
    let AnswerRow { identity, more, .. } = &mut all;
    more.retain(|(column, _)| identity.iter().all(|(own, _)| own != column));
    let head: Vec<String> = all.columns().into_iter().map(str::to_owned).collect();
    let body = rows.iter().map(|row| {
        let cells: HashMap<&str, &str> = row.columns().into_iter().zip(row.cells()).collect();
        head.iter().map(|column| cell(cells.get(column.as_str()).copied().unwrap_or_default())).collect()
    });
    let body: Vec<Vec<String>> = body.collect();
    std::iter::once(head).chain(body).collect()
}

/// Text that no spreadsheet runs, and that cannot steer a terminal.
fn cell(text: &str) -> String {
    let clean = super::plain(text);
    if clean
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
    {
        format!("'{clean}")
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_in_a_cell_is_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell("-1+cmd|'/c calc'!A0"), "'-1+cmd|'/c calc'!A0");
        assert_eq!(cell("in favour"), "in favour");
        assert_eq!(cell("a\u{1b}[2J"), "a\\u{1b}[2J");
    }
}
