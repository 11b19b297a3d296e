//! What a copy lacks: the rows of a record at two moments → the rows to insert, to replace and to delete.

use super::cell::{Cell, ExportRow};
use super::columns::ColumnKind;
use super::record::RecordRows;
use super::tables::{Column, ExportTable, Tables};
use std::collections::{HashMap, HashSet};

/// The column that says what to do with a row: `insert`, `replace` or `delete`.
pub const OPERATION: &str = "operation";

impl Tables {
    /// The tables of a difference: each with [`OPERATION`] in front.
    #[must_use]
    pub fn with_operations(&self) -> Tables {
        let mut tables = self.clone();
        for table in &mut tables.tables {
            let meaning = "What a copy must do: `insert` the row, `replace` the row of its key, or \
                `delete` it (the other columns are null).";
            let column =
                Column { name: OPERATION.to_owned(), kind: ColumnKind::Text, meaning: meaning.to_owned() };
            table.columns.insert(0, column);
        }
        tables
    }
}

/// What changed in the rows of a record; `None` stands for a record that is not there. `tables` are those
/// without operations.
pub fn changed_rows(tables: &Tables, before: Option<&RecordRows>, after: Option<&RecordRows>) -> RecordRows {
    let partition = after.or(before).map(|rows| rows.partition.clone()).unwrap_or_default();
    let mut out = RecordRows { partition, rows: Default::default() };
    for (at, table) in tables.tables.iter().enumerate() {
        let before = before.map_or(&[][..], |rows| &rows.rows[at]);
        let after = after.map_or(&[][..], |rows| &rows.rows[at]);
        out.rows[at] = changed(table, before, after);
    }
    out
}

fn changed(table: &ExportTable, before: &[ExportRow], after: &[ExportRow]) -> Vec<ExportRow> {
    let positions = table.key_positions();
    let key = |row: &ExportRow| -> Vec<Cell> { positions.iter().map(|at| row[*at].clone()).collect() };
    let marked = |operation: &str, row: &ExportRow| -> ExportRow {
        std::iter::once(Cell::text(operation)).chain(row.iter().cloned()).collect()
    };
    let known: HashMap<Vec<Cell>, &ExportRow> = before.iter().map(|row| (key(row), row)).collect();
    let kept: HashSet<Vec<Cell>> = after.iter().map(key).collect();
    let new = after.iter().filter_map(|row| match known.get(&key(row)) {
        None => Some(marked("insert", row)),
        Some(old) if *old != row => Some(marked("replace", row)),
        Some(_) => None,
    });
    let gone = before.iter().filter(|row| !kept.contains(&key(row))).map(|row| {
        let cells = row.iter().enumerate();
        let key_only =
            cells.map(|(at, cell)| if positions.contains(&at) { cell.clone() } else { Cell::Null });
        marked("delete", &key_only.collect())
    });
    new.chain(gone).collect()
}
