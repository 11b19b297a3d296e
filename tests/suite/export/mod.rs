//! `export`: the tables hold what the other commands say, in the same bytes every time, and a copy can be
//! brought up to date.

mod answers;
mod copies;
mod files;
mod names;

use crate::support::Repo;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;

/// A row by the names of its columns; an empty cell is left out, and the apostrophe in front of a formula is
/// taken away.
pub type Row = BTreeMap<String, String>;

/// The tables in whose folders an export lies.
pub const TABLES: [&str; 8] =
    ["records", "editions", "statements", "changes", "observations", "outcomes", "panel", "sources"];

/// Exports a dataset to a folder beside it.
#[track_caller]
pub fn export(repo: &Repo, name: &str, args: &[&str]) -> std::path::PathBuf {
    let out = repo.beside(name);
    let out_text = out.to_string_lossy().into_owned();
    let all: Vec<&str> = ["export", "--out", &out_text].into_iter().chain(args.iter().copied()).collect();
    repo.run(&all).answer();
    out
}

/// The rows of a table.
#[track_caller]
pub fn rows(folder: &Path, table: &str) -> Vec<Row> {
    let path = folder.join(format!("{table}.csv"));
    let mut reader =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let head = reader.headers().expect("a head").clone();
    let row = |record: csv::StringRecord| -> Row {
        let cells = head.iter().zip(record.iter()).filter(|(_, text)| !text.is_empty());
        let plain = |text: &str| text.strip_prefix('\'').unwrap_or(text).to_owned();
        cells.map(|(name, text)| (name.to_owned(), plain(text))).collect()
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// A cell; empty where it is null.
pub fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).map_or("", String::as_str)
}

/// Whether a row of interval form holds as of a day.
pub fn holds(row: &Row, day: &str) -> bool {
    let until = cell(row, "held_until");
    cell(row, "held_from") <= day && (until.is_empty() || until > day)
}

/// One step of a path as `field_path` writes it.
#[derive(Debug, PartialEq)]
enum Step {
    Key(String),
    Item(String),
}

/// The steps of a path.
fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            // Quoted parts may hold brackets.
            let (mut quoted, mut escaped) = (false, false);
            let end = inner.find(|c| {
                let ends = c == ']' && !quoted;
                quoted ^= c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            let end = end.expect("because an item ends");
            out.push(Step::Item(inner[..end].to_owned()));
            rest = &inner[end + 1..];
        } else if rest.starts_with('"') {
            let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let key = texts.next().expect("a key").expect("a quoted key");
            let end = texts.byte_offset();
            out.push(Step::Key(key));
            rest = &rest[end..];
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            out.push(Step::Key(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    out
}

/// What a path leads to, made where it is not there yet. Items are values of a mapping until [`listed`] makes
/// lists of them.
fn place<'j>(root: &'j mut Json, steps: &[Step]) -> &'j mut Json {
    steps.iter().fold(root, |node, step| {
        let (mark, name) = match step {
            Step::Key(key) => ("k", key),
            Step::Item(item) => ("i", item),
        };
        if !node.is_object() {
            *node = Json::Object(serde_json::Map::new());
        }
        let fields = node.as_object_mut().expect("because it was made one");
        fields.entry(format!("{mark}{name}")).or_insert(Json::Null)
    })
}

fn listed(node: Json) -> Json {
    let Json::Object(fields) = node else { return node };
    if fields.keys().any(|name| name.starts_with('i')) {
        return Json::Array(fields.into_values().map(listed).collect());
    }
    Json::Object(fields.into_iter().map(|(name, value)| (name[1..].to_owned(), listed(value))).collect())
}

/// The record that some statements make.
pub fn record_of<'r>(statements: impl Iterator<Item = &'r Row>) -> Json {
    let mut root = Json::Null;
    for row in statements {
        let text = cell(row, "value_text");
        let value = match cell(row, "value_type") {
            "text" | "date" => Json::String(text.to_owned()),
            "integer" | "decimal" => Json::Number(text.parse::<f64>().map(number).expect("a number")),
            "boolean" => Json::Bool(text == "true"),
            "null" => Json::Null,
            "list" => Json::Array(Vec::new()),
            "mapping" => Json::Object(serde_json::Map::new()),
            other => panic!("a value of type {other}"),
        };
        *place(&mut root, &steps(cell(row, "field_path"))) = value;
    }
    ordered(listed(root))
}

fn number(number: f64) -> serde_json::Number {
    serde_json::Number::from_f64(number).expect("a number that JSON can hold")
}

/// A value with all numbers written alike and all lists in one order: what keyed lists and sets are equal by.
pub fn ordered(node: Json) -> Json {
    match node {
        Json::Number(one) => Json::Number(number(one.as_f64().expect("a number"))),
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(ordered).collect();
            items.sort_by_key(Json::to_string);
            Json::Array(items)
        }
        Json::Object(fields) => {
            let mut fields: Vec<(String, Json)> =
                fields.into_iter().map(|(name, value)| (name, ordered(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(fields.into_iter().collect())
        }
        other => other,
    }
}

#[test]
fn paths_are_read_as_they_are_written() {
    let item = |text: &str| Step::Item(text.to_owned());
    let key = |text: &str| Step::Key(text.to_owned());
    assert_eq!(steps("votes[A/RES/1].vote"), [key("votes"), item("A/RES/1"), key("vote")]);
    assert_eq!(steps("a[\"x]\\\"y\"][#0]"), [key("a"), item("\"x]\\\"y\""), item("#0")]);
    assert_eq!(steps("\"a.b\".c"), [key("a.b"), key("c")]);
}
