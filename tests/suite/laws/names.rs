//! Names of types: each stands once in the crate, and failures and object ids have one type each.

use crate::support::{files_below, own_repository};
use std::collections::BTreeMap;

/// Names that may stand in more than one file, each with the reason.
const TWICE: &[(&str, &str)] = &[];

/// The type that a line defines: `pub(super) struct Name`, `enum Name`, `trait Name`, and `type Name` outside
/// of traits and impls.
fn defined(line: &str) -> Option<&str> {
    let is_inner = line.starts_with(' ');
    let line = line.trim_start();
    let line = match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ")?.1,
        None => line.strip_prefix("pub ").unwrap_or(line),
    };
    let kinds = ["struct ", "enum ", "trait ", "union ", "type "];
    let kind = kinds.into_iter().find(|kind| line.starts_with(kind))?;
    let name = &line[kind.len()..];
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    (end > 0 && !(is_inner && kind == "type ")).then_some(&name[..end])
}

/// Lines of `src/` with their files, comments left out.
fn lines() -> Vec<(String, usize, String)> {
    let mut out = Vec::new();
    for (path, bytes) in files_below(&own_repository().join("src")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".rs") {
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
            out.extend(lines.map(|(at, line)| (path.clone(), at + 1, line.to_owned())));
        }
    }
    out
}

/// Names that are defined more than once, with their places.
fn repeated(lines: &[(String, usize, String)]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (path, at, line) in lines {
        if let Some(name) = defined(line) {
            places.entry(name).or_default().push(format!("src/{path}:{at}"));
        }
    }
    let several =
        places.into_iter().filter(|(name, at)| at.len() > 1 && TWICE.iter().all(|(n, _)| n != name));
    several.map(|(name, at)| format!("`{name}` is defined at {}", at.join(", "))).collect()
}

#[test]
fn each_type_has_a_name_of_its_own() {
    let found = repeated(&lines());
    assert!(found.is_empty(), "name each after what it is:\n{}", found.join("\n"));
}

#[test]
fn failures_and_object_ids_have_one_type() {
    let mut found = Vec::new();
    for (path, at, line) in lines() {
        let is_text = line.contains("Result<") && line.contains(", String>");
        let library = line.replace("git2::Oid::", "").contains("git2::Oid") && path != "git/oid.rs";
        if is_text || library {
            found.push(format!("src/{path}:{at}: {}", line.trim()));
        }
    }
    let what =
        "failures are `model::Failure` or an error type of the module, ids of objects `model::ObjectId`";
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

/// The tests above can fail.
#[test]
fn a_second_type_of_a_name_is_found() {
    assert_eq!(defined("pub(super) struct Row<'r> {"), Some("Row"));
    assert_eq!(defined("    enum Kind {"), Some("Kind"));
    assert_eq!(defined("type Cells = Vec<String>;"), Some("Cells"));
    assert_eq!(defined("    type Error = Failure;"), None);
    assert_eq!(defined("let structure = 1;"), None);
    let line = |path: &str, text: &str| (path.to_owned(), 1, text.to_owned());
    let twice = [line("a.rs", "struct Row;"), line("b.rs", "pub enum Row {"), line("b.rs", "struct Cell;")];
    assert_eq!(repeated(&twice), ["`Row` is defined at src/a.rs:1, src/b.rs:1"]);
}
