//! The rows against the answers of the commands: `show`, `changelog`, `since`, `log`.

use super::{Row, cell, export, holds, ordered, record_of, rows};
use crate::second_dataset::lights;
use crate::support::{Repo, own_repository, run_in};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Days on which an edition begins, and the days before and after.
fn days(editions: &[Row]) -> BTreeSet<String> {
    let day = |row: &Row| cell(row, "held_from").parse::<chrono::NaiveDate>().expect("a day");
    let around = |day: chrono::NaiveDate| [day.pred_opt(), Some(day), day.succ_opt()];
    editions.iter().flat_map(|row| around(day(row))).flatten().map(|day| day.to_string()).collect()
}

/// Compares the statements as of a day with what `show` prints; whether the record had an edition by then.
#[track_caller]
fn shows_alike(folder: &Path, statements: &[Row], record: &str, day: &str) -> bool {
    let run = run_in(folder, &["show", record, "--as-of", day, "--format", "json"]);
    let held = statements.iter().filter(|row| cell(row, "record_id") == record && holds(row, day));
    let made = record_of(held);
    if run.code != 0 {
        assert_eq!(made, serde_json::Value::Null, "{record} as of {day}: {}", run.stderr);
        return false;
    }
    assert_eq!(made, ordered(run.json()["content"].clone()), "{record} as of {day}");
    true
}

#[test]
fn the_statements_as_of_a_day_are_what_show_prints() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let statements = rows(&out, "statements");
    let records = rows(&out, "records");
    let mut compared = 0;
    for day in days(&rows(&out, "editions")) {
        for record in &records {
            compared += usize::from(shows_alike(repo.path(), &statements, cell(record, "record_id"), &day));
        }
    }
    assert!(compared > 20, "{compared} editions were compared");
}

#[test]
fn so_they_are_in_this_repository() {
    let own = own_repository();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let record = "KAZ/cluster-munitions";
    run_in(&own, &["export", record, "--out", &out.to_string_lossy()]).answer();
    let statements = rows(&out, "statements");
    for day in ["2013-04-15", "2018-01-01", "2020-09-03", "2020-09-04", "2026-11-28"] {
        assert!(shows_alike(&own, &statements, record, day), "{day}");
    }
    // All leaves of all editions would be many times as many rows.
    let editions = rows(&out, "editions");
    let repeated: usize = editions
        .iter()
        .map(|edition| statements.iter().filter(|row| holds(row, cell(edition, "held_from"))).count())
        .sum();
    assert!(repeated > 5 * statements.len(), "{repeated} leaves, {} rows", statements.len());
    let outcomes = rows(&out, "outcomes");
    // A claim of coverage makes silence mean: missed.
    let silent = outcomes.iter().find(|row| cell(row, "occasion_id") == "ccm-4msp").expect("a meeting");
    assert_eq!(["outcome", "value_text", "basis"].map(|name| cell(silent, name)), ["missed", "", "coverage"]);
    let met = outcomes.iter().find(|row| cell(row, "occasion_id") == "ccm-6msp").expect("a meeting");
    assert_eq!((cell(met, "outcome"), cell(met, "value_text")), ("met", "observer"));
    let of_2020 =
        rows(&out, "panel").into_iter().find(|row| cell(row, "calendar_year") == "2020").expect("2020");
    let codes =
        ["iso3", "iso2", "m49", "cow_code", "gw_code", "votes_value"].map(|name| cell(&of_2020, name));
    assert_eq!(codes, ["KAZ", "KZ", "398", "705", "705", "in-favour"]);
}

/// What the rows of a table say by edition, as sorted texts.
fn said(rows: &[Row], columns: &[&str]) -> BTreeSet<String> {
    let text = |row: &Row| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" | ");
    rows.iter().map(text).collect()
}

#[test]
fn the_changes_are_those_of_the_changelog() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let log = repo.run(&["changelog", "--format", "json"]).json();
    let (mut changes, mut begun) = (BTreeSet::new(), Vec::new());
    for record in log["records"].as_array().expect("records") {
        for step in record["steps"].as_array().expect("steps") {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let (id, from, to) = (
                text(&record["record"]),
                text(&step["from"]["last_updated"]),
                text(&step["to"]["last_updated"]),
            );
            for change in step["changes"].as_array().expect("changes") {
                let cells = ["rule", "nature", "significance", "message", "path", "fingerprint"];
                let cells = cells.map(|name| text(&change[name])).join(" | ");
                changes.insert(format!("{id} | {from} | {to} | {cells}"));
            }
            let observations = step["observations"].as_array().expect("observations");
            for one in observations.iter().filter(|one| one["state"] == "began" || one["state"] == "changed")
            {
                begun.push(format!("{id} | {to} | {}", text(&one["fingerprint"])));
            }
        }
    }
    let columns = [
        "record_id",
        "from_edition",
        "edition",
        "rule_id",
        "nature",
        "significance",
        "sentence",
        "field_path",
    ];
    let own = rows(&out, "changes");
    assert_eq!(said(&own, &[&columns[..], &["fingerprint"]].concat()), changes);
    assert!(!begun.is_empty());
    let observed = said(&rows(&out, "observations"), &["record_id", "edition", "fingerprint"]);
    for one in begun {
        assert!(observed.contains(&one), "{one} is in no row");
    }
}

#[test]
fn the_observations_as_of_a_day_are_those_of_since() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let observations = rows(&out, "observations");
    let mut compared = 0;
    for day in days(&rows(&out, "editions")) {
        let run = repo.run(&["since", "--as-of", &day, "--format", "json"]);
        if run.code != 0 {
            continue;
        }
        let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
        for one in run.json()["observations"].as_array().expect("observations") {
            let cells = ["record", "rule", "message", "fingerprint"]
                .map(|name| one[name].as_str().unwrap_or_default());
            *wanted.entry(cells.join(" | ")).or_default() += 1;
        }
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for row in observations.iter().filter(|row| holds(row, &day)) {
            let cells = ["record_id", "rule_id", "sentence", "fingerprint"].map(|name| cell(row, name));
            *found.entry(cells.join(" | ")).or_default() += 1;
        }
        assert_eq!(found, wanted, "as of {day}");
        compared += wanted.len();
    }
    assert!(compared > 30, "{compared} sentences were compared");
}

#[test]
fn what_is_not_known_is_null_and_never_0() {
    let repo = lights();
    let out = export(&repo, "out", &[]);
    let outcomes = rows(&out, "outcomes");
    let panel = rows(&out, "panel");
    let mut unknown = 0;
    for year in panel.iter().filter(|row| cell(row, "record_id") == "holm") {
        let of_year: Vec<&Row> = outcomes
            .iter()
            .filter(|row| {
                cell(row, "record_id") == "holm"
                    && cell(row, "outcome_of") == "inspections"
                    && cell(row, "calendar_year") == cell(year, "calendar_year")
            })
            .collect();
        let known = of_year.iter().any(|row| matches!(cell(row, "outcome"), "met" | "missed"));
        if !known {
            assert_eq!(
                (cell(year, "inspections_met"), cell(year, "inspections_missed")),
                ("", ""),
                "{year:?}"
            );
            unknown += 1;
        }
    }
    assert!(unknown > 1, "no year of which nothing is known");
    let outside = outcomes.iter().find(|row| cell(row, "outcome") == "not-eligible").expect("one not called");
    assert_eq!((cell(outside, "record_id"), cell(outside, "occasion_id")), ("skerry", "fog-2"));
}

#[test]
fn filters_narrow_the_sentences_and_fields_the_statements() {
    let repo = lights();
    let all = export(&repo, "all", &[]);
    let some = export(&repo, "some", &["--field", "lamp", "--nature", "development"]);
    let few = rows(&some, "changes");
    assert!(!few.is_empty() && few.len() < rows(&all, "changes").len());
    assert!(few.iter().all(|row| cell(row, "nature") == "development"));
    let statements = rows(&some, "statements");
    assert!(!statements.is_empty() && statements.iter().all(|row| cell(row, "field").starts_with("lamp")));
    assert_eq!(rows(&some, "editions"), rows(&all, "editions"));
    let one = export(&repo, "one", &["skerry"]);
    assert!(rows(&one, "records").iter().all(|row| cell(row, "record_id") == "skerry"));
}

#[test]
fn an_earlier_state_of_the_repository_has_its_own_tables() {
    let repo = lights();
    let then = export(&repo, "then", &["--known-at", "HEAD~3"]);
    let now = export(&repo, "now", &[]);
    assert!(rows(&then, "editions").len() < rows(&now, "editions").len());
}

#[test]
fn editions_of_which_a_part_was_never_assessed_say_so() {
    let repo = lights();
    let editions = rows(&export(&repo, "out", &[]), "editions");
    let holm: Vec<&Row> = editions.iter().filter(|row| cell(row, "record_id") == "holm").collect();
    assert!(holm.iter().all(|row| cell(row, "assessed_through").is_empty()), "{holm:?}");
    let skerry = editions.iter().find(|row| cell(row, "edition") == "2018-06-15T12:00:00+02:00");
    assert_eq!(skerry.map(|row| cell(row, "assessed_through")), Some("2018-05-31"));
    assert_eq!(skerry.map(|row| cell(row, "held_from")), Some("2018-06-15"));
}

/// A removed record keeps its rows, as `show --as-of` keeps answering.
#[test]
fn a_record_that_was_removed_keeps_its_rows() {
    let mut repo: Repo = lights();
    repo.remove("lights/holm.yaml");
    let commit = repo.commit("holm is dark");
    let out = export(&repo, "out", &[]);
    let records = rows(&out, "records");
    let holm = records.iter().find(|row| cell(row, "record_id") == "holm").expect("a row");
    assert_eq!(cell(holm, "ended_commit_id"), commit);
    assert!(!cell(holm, "ended_day").is_empty());
    assert!(shows_alike(repo.path(), &rows(&out, "statements"), "holm", "2026-01-01"));
}
