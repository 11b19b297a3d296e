//! The files: the same bytes every time, whole or not at all, and harmless whatever a record says.

use super::{cell, export, rows};
use crate::second_dataset::lights;
use crate::support::{Repo, binary, files_below, notes};
use std::path::Path;

/// The formats that this program writes.
fn formats() -> Vec<&'static str> {
    let mut out = vec!["csv"];
    if cfg!(feature = "sqlite") {
        out.push("sqlite");
    }
    if cfg!(feature = "parquet") {
        out.push("parquet");
    }
    out
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = files_below(folder);
    assert!(!files.is_empty());
    files
}

#[test]
fn the_same_rows_make_the_same_bytes() {
    let repo = lights();
    for format in formats() {
        let first = files(&export(&repo, "first", &["--format", format]));
        let run = |name: &str, threads: &str, today: &str| {
            let out = repo.beside(name);
            let run = binary(repo.path())
                .env("RAYON_NUM_THREADS", threads)
                .args(["export", "--format", format, "--today", today, "--out"])
                .arg(&out)
                .output()
                .expect("because the binary was built for these tests");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
            files(&out)
        };
        for (threads, today) in [("1", "2026-01-01"), ("2", "2031-07-09"), ("3", "2026-01-01")] {
            let again = run("again", threads, today);
            let names =
                |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            assert_eq!(names(&again), names(&first));
            assert!(again == first, "{format} with {threads} threads on {today} is another");
        }
    }
}

#[test]
fn an_earlier_export_is_replaced_and_nothing_else() {
    let repo = lights();
    let out = repo.beside("out");
    let text = out.to_string_lossy().into_owned();
    std::fs::create_dir(&out).expect("a folder");
    repo.run(&["export", "--out", &text]).answer();
    let whole = files(&out);
    // What an earlier export wrote is replaced; what it did not write is somebody's.
    repo.run(&["export", "skerry", "--out", &text]).answer();
    assert!(files(&out) != whole);
    std::fs::write(out.join("mine.csv"), "mine").expect("a file");
    let fault = repo.run(&["export", "--out", &text]).fault();
    assert!(fault.contains("mine.csv") && out.join("mine.csv").exists(), "{fault}");
    std::fs::remove_file(out.join("mine.csv")).expect("a file");
    let before = files(&out);
    let fault = repo.run(&["export", "nowhere", "--out", &text]).fault();
    assert!(fault.contains("nowhere"), "{fault}");
    assert!(files(&out) == before, "a failed run leaves the folder as it was");
    let fault = repo.run(&["export", "--sort", "since", "--out", &text]).fault();
    assert!(fault.contains("--sort"), "{fault}");
    std::fs::remove_file(out.join("export.json")).expect("a file");
    let fault = repo.run(&["export", "--out", &text]).fault();
    assert!(fault.contains("not empty"), "{fault}");
    let beside: Vec<_> = std::fs::read_dir(out.parent().expect("a folder")).expect("a folder").collect();
    assert_eq!(beside.len(), 2, "only the repository and the export: {beside:?}");
}

#[test]
fn nothing_is_written_through_a_link() {
    let repo = lights();
    let out = repo.beside("out");
    repo.run(&["export", "--out", &out.to_string_lossy()]).answer();
    let whole = files(&out);
    repo.write("docs/keep", "");
    std::os::unix::fs::symlink(&out, repo.path().join("tables")).expect("a link");
    std::os::unix::fs::symlink(out.parent().expect("a folder"), repo.path().join("docs/up")).expect("a link");
    for folder in ["tables", "docs/up/out", "docs/up/new"] {
        let fault = repo.run(&["export", "skerry", "--out", folder]).fault();
        assert!(fault.contains("is a link"), "{folder}: {fault}");
    }
    assert!(files(&out) == whole && !repo.beside("new").exists());
}

/// Text that spreadsheets, SQL, paths and readers of CSV stumble over.
const HOSTILE: [&str; 8] = [
    "=HYPERLINK(\"http://example.org\")",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "'quoted'",
    "a\"b,c\r\nd",
    "'); DROP TABLE records; --",
    "\u{202e}\u{0}é",
];

fn hostile() -> Repo {
    let mut repo = notes::repo();
    for (at, text) in HOSTILE.iter().enumerate() {
        let text = serde_json::Value::String((*text).to_owned());
        repo.write(
            &format!("notes/{at}.yaml"),
            format!("name: n{at}\ndated: 2020-01-0{}\nlevel: {text}\n", at + 1),
        );
    }
    repo.write("notes/name.yaml", "name: '../../=x'\ndated: 2020-01-01\nlevel: 1\n");
    repo.commit("odd texts");
    repo
}

#[test]
fn no_text_of_a_record_is_a_formula_and_all_of_it_comes_back() {
    let repo = hostile();
    let out = export(&repo, "out", &[]);
    let text = std::fs::read(out.join("statements.csv")).expect("a table");
    let mut reader = csv::Reader::from_reader(&text[..]);
    for record in reader.records() {
        for cell in record.expect("a row").iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
    let statements = rows(&out, "statements");
    let levels = |record: &str| {
        let own =
            statements.iter().find(|row| cell(row, "record_id") == record && cell(row, "field") == "level");
        own.map(|row| cell(row, "value_text").to_owned())
    };
    for (at, text) in HOSTILE.iter().enumerate() {
        assert_eq!(levels(&format!("n{at}")).as_deref(), Some(*text), "{text:?}");
    }
    assert_eq!(levels("../../=x").as_deref(), Some("1"));
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::super::TABLES;
    use super::*;
    use rusqlite::Connection;

    fn texts(database: &Connection, sql: &str) -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let read = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        read.map(|text| text.expect("text")).collect()
    }

    fn open(repo: &Repo, args: &[&str]) -> Connection {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "sqlite"]).collect();
        let out = export(repo, "database", &args);
        Connection::open(out.join("export.sqlite")).expect("a database")
    }

    #[test]
    fn a_database_holds_the_rows_of_the_csv_files() {
        for repo in [lights(), hostile()] {
            let database = open(&repo, &[]);
            assert_eq!(texts(&database, "PRAGMA integrity_check"), ["ok"]);
            assert!(texts(&database, "SELECT \"table\" FROM pragma_foreign_key_check").is_empty());
            let out = export(&repo, "csv", &[]);
            for table in TABLES {
                let own = rows(&out, table);
                let count = texts(&database, &format!("SELECT CAST(count(*) AS TEXT) FROM {table}"));
                assert_eq!(count, [own.len().to_string()], "{table}");
            }
            let values = "SELECT ifnull(value_text, '') FROM statements ORDER BY rowid";
            let wanted: Vec<String> =
                rows(&out, "statements").iter().map(|row| cell(row, "value_text").to_owned()).collect();
            assert_eq!(texts(&database, values), wanted);
        }
    }

    #[test]
    fn its_views_answer_as_of_a_day() {
        let repo = lights();
        let database = open(&repo, &[]);
        let out = export(&repo, "csv", &[]);
        for (view, table) in
            [("as_of", "statements"), ("as_of_observations", "observations"), ("as_of_editions", "editions")]
        {
            for day in ["2015-01-01", "2017-07-09", "2017-07-10", "2018-06-15"] {
                let sql = format!("SELECT CAST(count(*) AS TEXT) FROM {view} WHERE as_of_day = '{day}'");
                let held = rows(&out, table).iter().filter(|row| super::super::holds(row, day)).count();
                assert_eq!(texts(&database, &sql), [held.to_string()], "{view} on {day}");
            }
        }
        let current =
            texts(&database, "SELECT field_path FROM current_statements WHERE record_id = 'skerry'");
        assert!(current.contains(&"lamp.source".to_owned()), "{current:?}");
    }

    /// What `docs/export.md` says to run.
    #[test]
    fn a_difference_is_applied_by_the_statements_of_the_manual() {
        let repo = lights();
        let manual = std::fs::read_to_string(crate::support::own_repository().join("docs/export.md"))
            .expect("the manual");
        let then = Repo::cloned_from(&repo, &[]);
        then.git(["checkout", "--quiet", "--detach", "HEAD~3"]);
        let copy = export(&then, "copy", &["--format", "sqlite"]).join("export.sqlite");
        let news =
            export(&repo, "news", &["--format", "sqlite", "--since-commit", "HEAD~3"]).join("export.sqlite");
        let whole = export(&repo, "whole", &["--format", "sqlite"]).join("export.sqlite");
        let database = Connection::open(copy).expect("the copy");
        for (name, path) in [("news", news), ("whole", whole)] {
            database.execute(&format!("ATTACH ?1 AS {name}"), [path.to_string_lossy()]).expect("a database");
        }
        let script = manual.split("```sql bring a copy up to date\n").nth(1).expect("the statements");
        let script = script.split("```").next().expect("their end");
        for table in TABLES {
            let key =
                texts(&database, &format!("SELECT name FROM pragma_table_info('{table}') WHERE pk > 0"));
            let columns = texts(&database, &format!("SELECT name FROM pragma_table_info('{table}')"));
            let filled = script
                .replace("TABLE_NAME", table)
                .replace("KEY_COLUMNS", &key.join(", "))
                .replace("ALL_COLUMNS", &columns.join(", "));
            database.execute_batch(&filled).unwrap_or_else(|error| panic!("{filled}: {error}"));
        }
        for table in TABLES {
            for (one, other) in [("main", "whole"), ("whole", "main")] {
                let sql = format!(
                    "SELECT CAST(count(*) AS TEXT) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM \
                     {other}.{table})"
                );
                assert_eq!(texts(&database, &sql), ["0"], "{table}: rows of {one} that {other} has not");
            }
        }
    }
}

#[cfg(feature = "parquet")]
mod parquet_files {
    use super::super::TABLES;
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use std::collections::BTreeMap;

    #[test]
    fn folders_hold_the_rows_of_the_csv_files() {
        for repo in [lights(), hostile()] {
            let out = export(&repo, "parquet", &["--format", "parquet"]);
            let plain = export(&repo, "csv", &[]);
            let mut counts: BTreeMap<String, i64> = BTreeMap::new();
            let mut values = Vec::new();
            for (name, _) in files_below(&out).into_iter().filter(|(name, _)| name.ends_with(".parquet")) {
                let parts: Vec<&str> = name.split('/').collect();
                assert_eq!(parts.len(), 3, "{name}");
                assert!(parts[1].contains('=') && !parts[1].contains(".."), "{name}");
                let file = std::fs::File::open(out.join(&name)).expect("a file");
                let reader = SerializedFileReader::new(file).expect("Parquet");
                *counts.entry(parts[0].to_owned()).or_default() +=
                    reader.metadata().file_metadata().num_rows();
                if parts[0] == "statements" {
                    for row in reader.get_row_iter(None).expect("rows") {
                        let row = row.expect("a row").to_json_value_text();
                        values.push(row);
                    }
                }
            }
            for table in TABLES {
                let own = i64::try_from(rows(&plain, table).len()).expect("a number");
                assert_eq!(counts.get(table), Some(&own), "{table}");
            }
            let mut wanted: Vec<String> =
                rows(&plain, "statements").iter().map(|row| cell(row, "value_text").to_owned()).collect();
            wanted.sort();
            values.sort();
            assert_eq!(values, wanted);
        }
    }

    trait ValueText {
        fn to_json_value_text(&self) -> String;
    }

    impl ValueText for parquet::record::Row {
        fn to_json_value_text(&self) -> String {
            let field =
                self.get_column_iter().find(|(name, _)| *name == "value_text").map(|(_, field)| field);
            match field {
                Some(parquet::record::Field::Str(text)) => text.clone(),
                _ => String::new(),
            }
        }
    }
}

#[cfg(not(feature = "sqlite"))]
#[test]
fn a_program_without_a_format_says_how_to_get_it() {
    let repo = lights();
    let out = repo.beside("out");
    let fault = repo.run(&["export", "--format", "sqlite", "--out", &out.to_string_lossy()]).fault();
    assert!(fault.contains("--features sqlite") && fault.contains("--format csv"), "{fault}");
    assert!(!out.exists());
}

/// What a copy was made with can be named again: a later commit that words a rule otherwise changes no byte.
#[test]
fn the_policy_of_another_commit_gives_the_bytes_of_then() {
    let mut repo = lights();
    let first = files(&super::export(&repo, "first", &[]));
    let commit = repo.git(["rev-parse", "HEAD"]).trim().to_owned();
    let rules = files_below(&repo.path().join("rules/acts"));
    let (path, text) = rules.first().expect("there are rules");
    let text = String::from_utf8(text.clone()).expect("UTF-8");
    repo.write(&format!("rules/acts/{path}"), text.replacen("title: ", "title: Otherwise ", 1));
    let manifest = std::fs::read_to_string(repo.path().join("sincewhen.yaml")).expect("a manifest");
    repo.write("sincewhen.yaml", manifest.replacen("title: ", "title: Otherwise ", 1));
    repo.commit("other words");
    let pinned = files(&super::export(&repo, "pinned", &["--known-at", &commit, "--policy-from", &commit]));
    assert!(pinned == first, "the same commit and policy, other bytes");
    let now = files(&super::export(&repo, "now", &["--known-at", &commit]));
    assert!(now != first, "today's policy");
}

/// `check` holds the manifest's section `export` to what it names, before anybody exports.
#[test]
fn check_finds_names_of_the_export_section_that_lead_nowhere() {
    for (find, with, says) in [
        ("calendar: fog-trials, key", "calendar: fog-trails, key", "no calendar `fog-trails`"),
        ("list: trials, calendar", "list: trails, calendar", "no schema of a record has the field `trails`"),
        ("value: heard, missed", "value: herd, missed", "entries of `trials` have no field `herd`"),
        (
            "coverage: read.rounds\n      coverage_match",
            "coverage: read.round\n      coverage_match",
            "`read.round`",
        ),
        ("subject: light", "subject: lamp", "`lamp` is no identity field"),
        ("table: harbours\n    keys", "table: harbour\n    keys", "no table `harbour`"),
        ("waters: water}", "waters: watter}", "no row of the table `harbours` has a field `watter`"),
    ] {
        let repo = lights();
        let before = std::fs::read_to_string(repo.path().join("sincewhen.yaml")).expect("a manifest");
        assert_eq!(before.matches(find).count(), 1, "{find:?} stands once");
        repo.write("sincewhen.yaml", before.replacen(find, with, 1));
        let fault = repo.run(&["check"]).fault();
        assert!(fault.contains("sincewhen.yaml: export: ") && fault.contains(says), "{with}: {fault}");
    }
}
