//! `--since-commit`: what it writes, applied to a copy, gives the new export.

use super::{Row, TABLES, cell, export, rows};
use crate::second_dataset::lights;
use crate::support::Repo;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns of each table's key, as `export.json` has them.
fn keys(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(folder.join("export.json")).expect("an export says what it is");
    let about: Json = serde_json::from_str(&text).expect("JSON");
    let table = |table: &Json| {
        let key = table["key"]
            .as_array()
            .expect("a key")
            .iter()
            .map(|name| name.as_str().expect("a name").to_owned());
        (table["name"].as_str().expect("a name").to_owned(), key.collect())
    };
    about["tables"].as_array().expect("tables").iter().map(table).collect()
}

/// A table as a mapping from its key.
fn keyed(rows: Vec<Row>, key: &[String]) -> BTreeMap<Vec<String>, Row> {
    let count = rows.len();
    let of = |row: &Row| key.iter().map(|name| cell(row, name).to_owned()).collect::<Vec<_>>();
    let all: BTreeMap<_, _> = rows.into_iter().map(|row| (of(&row), row)).collect();
    assert_eq!(all.len(), count, "two rows have one key: {key:?}");
    all
}

/// Exports as of an earlier commit with the policy of then, applies the difference, and compares with the
/// export of now. Gives how many rows the difference has, and how many a whole export.
#[track_caller]
fn brought_up_to_date(repo: &Repo, commit: &str) -> (usize, usize) {
    let then = Repo::cloned_from(repo, &["--no-checkout"]);
    then.git(["checkout", "--quiet", "--detach", commit]);
    let (old, new) = (export(&then, "old", &[]), export(repo, "new", &[]));
    let news = export(repo, "news", &["--since-commit", commit]);
    let (mut changed, mut whole) = (0, 0);
    for table in TABLES {
        let key = &keys(&new)[table];
        let mut copy = keyed(rows(&old, table), key);
        for mut row in rows(&news, table) {
            changed += 1;
            let operation = row.remove("operation").expect("an operation");
            let at: Vec<String> = key.iter().map(|name| cell(&row, name).to_owned()).collect();
            let had = copy.remove(&at).is_some();
            assert_eq!(had, operation != "insert", "{table}: {operation} {at:?}");
            if operation != "delete" {
                copy.insert(at, row);
            }
        }
        let wanted = keyed(rows(&new, table), key);
        whole += wanted.len();
        assert_eq!(copy, wanted, "{table} since {commit}");
    }
    (changed, whole)
}

#[test]
fn a_copy_of_any_commit_is_brought_up_to_date() {
    let repo = lights();
    for back in 0..=5 {
        let (changed, whole) = brought_up_to_date(&repo, &format!("HEAD~{back}"));
        assert_eq!(changed == 0, back == 0, "{changed} of {whole} rows since HEAD~{back}");
    }
}

#[test]
fn so_is_one_from_before_a_removal_a_correction_and_a_rewording() {
    let mut repo = lights();
    let removal = repo.git(["rev-parse", "HEAD"]);
    repo.remove("lights/holm.yaml");
    repo.commit("holm is dark");
    brought_up_to_date(&repo, &removal);
    let path = "lights/skerry.yaml";
    let text = std::fs::read_to_string(repo.path().join(path)).expect("a record");
    let amendment = repo.git(["rev-parse", "HEAD"]);
    // The same date with other content amends the edition.
    repo.write(path, text.replace("result: passed", "result: failed"));
    repo.commit("a round failed");
    brought_up_to_date(&repo, &amendment);
    let rewording = repo.git(["rev-parse", "HEAD"]);
    let rule = "rules/observations/no-pass.yaml";
    let words = std::fs::read_to_string(repo.path().join(rule)).expect("a rule");
    repo.write(rule, words.replace("no ", "not one "));
    repo.commit("other words");
    let (changed, _) = brought_up_to_date(&repo, &rewording);
    assert!(changed > 0, "the words are other ones");
}

#[test]
fn a_copy_that_cannot_be_brought_up_to_date_is_refused() {
    let mut repo = lights();
    let before = repo.git(["rev-parse", "HEAD"]);
    let manifest = std::fs::read_to_string(repo.path().join("sincewhen.yaml")).expect("a manifest");
    repo.write("sincewhen.yaml", manifest.replace("name: inspections", "name: visits"));
    repo.commit("other columns");
    let out = repo.beside("news");
    let out = out.to_string_lossy();
    let fault = repo.run(&["export", "--out", &out, "--since-commit", &before]).fault();
    assert!(fault.contains("other columns"), "{fault}");
    let fault = repo.run(&["export", "--out", &out, "--since-commit", "nowhere"]).fault();
    assert!(fault.contains("--since-commit"), "{fault}");
    assert!(!repo.beside("news").exists());
}
