//! `init`: a first manifest for a folder of YAML files; what it guesses is right on the datasets of these tests.

use crate::support;

use support::guard::{self, run};
use support::{Repo, fixture};

/// The records of the tests' dataset, without anything that says what they are.
fn bare() -> Repo {
    let repo = Repo::empty();
    for (path, bytes) in support::files_below(&fixture("guard/countries")) {
        repo.write(&format!("data/countries/{path}"), bytes);
    }
    repo
}

#[test]
fn guesses_identity_date_and_keys() {
    let mut repo = bare();
    let told = run(&repo, &["init", "data"]).answer();
    for wanted in [
        "country: 3 files at `countries/*/*.yaml`",
        "dated by `last_updated`",
        "named by `country`, `topic`: the same words stand in the paths",
        "entries of `statements` are told apart by `id`",
        "entries of `meetings` are told apart by `meeting`",
        "`sources` is a table of named entries",
        "wrote sincewhen.yaml",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    let check = run(&repo, &["check", "--dataset", "data"]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    repo.commit("first");
    let log = run(&repo, &["log", "--dataset", "data", "--format", "json"]).json();
    assert_eq!(
        support::column(&log["records"], "record"),
        ["FIN/mine-ban", "KAZ/cluster-munitions", "LTU/cluster-munitions"]
    );
    // A second edition is told field by field.
    guard::edit(
        &repo,
        "data/countries/KAZ/cluster-munitions.yaml",
        "last_updated: 2020-09-04",
        "last_updated: 2021-09-04",
    );
    guard::edit(
        &repo,
        "data/countries/KAZ/cluster-munitions.yaml",
        "supports_aims: true",
        "supports_aims: false",
    );
    repo.commit("second");
    let told = run(&repo, &["changelog", "KAZ", "--dataset", "data"]).answer();
    assert!(told.contains("supports aims: no (previously: yes)"), "{told}");
    // The date gate holds here, too.
    guard::edit(
        &repo,
        "data/countries/KAZ/cluster-munitions.yaml",
        "supports_aims: false",
        "supports_aims: true",
    );
    let gate = run(&repo, &["check", "--dataset", "data", "--base", "HEAD"]);
    assert!(gate.code == 1 && gate.stdout.contains("gate-not-moved"), "{}", gate.stdout);
}

#[test]
fn guesses_several_kinds_and_instants() {
    let repo = Repo::empty();
    repo.copy(&fixture("second/history/01-first-survey"));
    let told = run(&repo, &["init"]).answer();
    assert!(told.contains("light") && told.contains("berth"), "{told}");
    assert_eq!(run(&repo, &["check"]).code, 0, "{told}");
}

#[test]
fn says_what_it_would_do_and_overwrites_nothing() {
    let repo = bare();
    let told = run(&repo, &["init", "data", "--dry-run"]).answer();
    assert!(told.contains("would write sincewhen.yaml") && !repo.path().join("data/sincewhen.yaml").exists());
    repo.write("data/sincewhen.yaml", "mine\n");
    assert!(run(&repo, &["init", "data"]).fault().contains("sincewhen.yaml is there already"));
    assert_eq!(guard::text(&repo, "data/sincewhen.yaml"), "mine\n");
    assert!(!repo.path().join("data/schema").exists(), "nothing is half written");
}

#[test]
fn says_what_is_missing() {
    let repo = Repo::empty();
    repo.write("notes/readme.txt", "nothing");
    assert!(run(&repo, &["init", "notes"]).fault().contains("no YAML file here holds a record"));
    repo.write("notes/a.yaml", "name: a\ntext: b\n");
    let fault = run(&repo, &["init", "notes"]).fault();
    assert!(fault.contains("no field dates the records") && fault.contains("hint:"), "{fault}");
    assert!(run(&repo, &["init", "nowhere"]).fault().contains("nowhere"));
}
