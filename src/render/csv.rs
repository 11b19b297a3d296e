//! CSV (RFC 4180) for tables: one row a line, with the columns of `rows`.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"): text in records is a
//! stranger's.

use super::rows::{Row, Rows};
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

/// The cells of an answer's rows, as they stand in a table, under the names of their columns.
pub(super) fn table(view: &impl Rows) -> Vec<Vec<String>> {
    let rows = view.rows();
    // Kinds of record differ in their identity fields: a row has an empty cell for what its kind does not have.
    let mut all = Row::default();
    for row in &rows {
        let known = |list: &[(String, String)], column: &str| list.iter().any(|(name, _)| name == column);
        let new = |list: &[(String, String)], own: &[(String, String)]| -> Vec<(String, String)> {
            own.iter().filter(|(column, _)| !known(list, column)).cloned().collect()
        };
        all.identity.extend(new(&all.identity, &row.identity));
        all.more.extend(new(&all.more, &row.more));
    }
    let Row { identity, more, .. } = &mut all;
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
