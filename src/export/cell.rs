//! The cells of rows, whatever they are written as.

use crate::model::{ObjectId, PartialDate};
use chrono::NaiveDate;

/// What stands in a column of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Cell {
    /// Not known, or does not apply.
    #[default]
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A civil day.
    Day(NaiveDate),
    /// True or false.
    Truth(bool),
}

/// The cells of a row, in the order of its table's columns.
pub type ExportRow = Vec<Cell>;

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A number of things.
    pub fn count(number: usize) -> Cell {
        Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// A commit's id; null for the working tree.
    pub fn commit(id: &ObjectId) -> Cell {
        if id.is_worktree() { Cell::Null } else { Cell::text(id.to_string()) }
    }

    /// A date as it is written, and the first and last day it can mean.
    pub fn dated(date: Option<&PartialDate>) -> [Cell; 3] {
        match date {
            Some(date) => [
                Cell::text(date.as_str()),
                Cell::Day(date.range().start.date()),
                Cell::Day(date.range().end.date()),
            ],
            None => [Cell::Null, Cell::Null, Cell::Null],
        }
    }

    /// Names as a JSON array; null where there are none.
    pub fn names<'n>(names: impl IntoIterator<Item = &'n String>) -> Cell {
        let names: Vec<&String> = names.into_iter().collect();
        match names.is_empty() {
            true => Cell::Null,
            false => {
                Cell::Text(serde_json::Value::from_iter(names.into_iter().map(String::as_str)).to_string())
            }
        }
    }

    /// A JSON value: text as it is, anything else as JSON.
    pub fn json(value: Option<&serde_json::Value>) -> Cell {
        match value {
            Some(serde_json::Value::String(text)) => Cell::text(text.clone()),
            Some(value) => Cell::Text(value.to_string()),
            None => Cell::Null,
        }
    }

    /// Whether nothing stands here.
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Null, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::text(text)
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Cell {
        Cell::Truth(truth)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Cell {
        Cell::Day(day)
    }
}
