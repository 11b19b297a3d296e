//! Names of columns, and the pages and packages that are made from the definitions of the tables.

use super::{TABLES, export, rows};
use crate::docs::kept_true;
use crate::second_dataset::lights;
use crate::support::own_repository;
use serde_json::Value as Json;
use sincewhen::export::{ColumnKind, TableName, is_reserved};
use sincewhen::session::{Options, Session};
use std::fmt::Write;

/// What stands before the dictionary in `docs/export.md`.
const MARK: &str =
    "<!-- Below this line the page is written by `UPDATE=1 cargo test --test suite export::names`. -->\n";

#[test]
fn no_column_needs_quotes() {
    let options = |start: &std::path::Path| Options { start: start.to_owned(), ..Options::default() };
    let lights = lights();
    for start in [own_repository().as_path(), lights.path()] {
        let tables =
            Session::open(&options(start)).and_then(|session| session.export_tables()).expect("tables");
        for table in &tables.tables {
            assert!(!is_reserved(table.name.as_str()), "{:?}", table.name);
            let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            for name in &names {
                assert!(!is_reserved(name), "{:?}: `{name}` is reserved", table.name);
                assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
                assert!(
                    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
                    "{name}"
                );
                assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
            }
            let key: Vec<&str> = table.name.key().to_vec();
            assert!(key.iter().all(|name| names.contains(name)), "{key:?} of {names:?}");
        }
        let order: Vec<&str> = tables.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(order, TABLES);
        assert!(tables.get(TableName::Records).position(&tables.partition).is_some());
    }
}

/// A reserved word among the identity fields gets the table's name in front; every field is there.
#[test]
fn fields_of_a_dataset_keep_their_names_where_they_can() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let berth =
        rows(&out, "records").into_iter().find(|row| row["record_id"] == "Vell/east/4").expect("a berth");
    assert_eq!((berth["port"].as_str(), berth["record_number"].as_str()), ("Vell", "4"));
}

#[test]
fn the_data_package_describes_every_column() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let text = std::fs::read_to_string(out.join("datapackage.json")).expect("a package");
    let package: Json = serde_json::from_str(&text).expect("JSON");
    for resource in package["resources"].as_array().expect("resources") {
        let path = out.join(resource["path"].as_str().expect("a path"));
        let mut reader = csv::Reader::from_path(&path).expect("a file");
        let head: Vec<&str> = reader.headers().expect("a head").iter().collect();
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().expect("a name")).collect();
        assert_eq!(names, head);
        assert!(
            fields.iter().all(|field| field["description"].as_str().is_some_and(|text| text.ends_with('.')))
        );
    }
}

/// The data dictionary of this repository's own dataset.
fn dictionary() -> String {
    let options = Options { start: own_repository(), ..Options::default() };
    let tables = Session::open(&options).and_then(|session| session.export_tables()).expect("tables");
    let mut page = String::new();
    let write = "because writing to a string cannot fail";
    for table in &tables.tables {
        let name = table.name.as_str();
        let key = table.name.key().join("`, `");
        write!(
            page,
            "\n### `{name}`\n\n{}\n\nKey: `{key}`.\n\n| column | type | meaning |\n|---|---|---|\n",
            table.name.meaning()
        )
        .expect(write);
        for column in &table.columns {
            let kind = match column.kind {
                ColumnKind::Text => "text",
                ColumnKind::Integer => "integer",
                ColumnKind::Day => "day",
                ColumnKind::Truth => "truth",
            };
            writeln!(page, "| `{}` | {kind} | {} |", column.name, column.meaning.replace('|', "\\|"))
                .expect(write);
        }
    }
    page
}

#[test]
fn the_data_dictionary_is_true() {
    let path = own_repository().join("docs/export.md");
    let page = std::fs::read_to_string(&path).expect("the manual").replace("\r\n", "\n");
    let (before, _) = page.split_once(MARK).expect("the mark before the dictionary");
    kept_true(&path, &format!("{before}{MARK}{}", dictionary()));
}
