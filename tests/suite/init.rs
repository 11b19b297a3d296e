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
    let output = run(&repo, &["init", "data"]).answer();
    for wanted in [
        "country: 3 files at `countries/*/*.yaml`",
        "dated by `last_updated`",
        "named by `country`, `topic`: the same words stand in the paths",
        "entries of `statements` are distinguished by `id`",
        "entries of `meetings` are distinguished by `meeting`",
        "`sources` is a table of named entries",
        "wrote sincewhen.yaml",
    ] {
        assert!(output.contains(wanted), "{wanted}\n{output}");
    }
    let check = run(&repo, &["check", "--dataset", "data"]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    repo.commit("first");
    let log = run(&repo, &["log", "--dataset", "data", "--format", "json"]).json();
    assert_eq!(
        support::column(&log["records"], "record"),
        ["FIN/mine-ban", "KAZ/cluster-munitions", "LTU/cluster-munitions"]
    );
    // A second edition is reported field by field.
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
    let output = run(&repo, &["changelog", "KAZ", "--dataset", "data"]).answer();
    assert!(output.contains("supports aims: no (previously: yes; undated)"), "{output}");
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
    let output = run(&repo, &["init"]).answer();
    assert!(output.contains("light") && output.contains("berth"), "{output}");
    assert_eq!(run(&repo, &["check"]).code, 0, "{output}");
}

#[test]
fn says_what_it_would_do_and_overwrites_nothing() {
    let repo = bare();
    let output = run(&repo, &["init", "data", "--dry-run"]).answer();
    assert!(
        output.contains("would write sincewhen.yaml") && !repo.path().join("data/sincewhen.yaml").exists()
    );
    repo.write("data/sincewhen.yaml", "mine\n");
    assert!(run(&repo, &["init", "data"]).fault().contains("sincewhen.yaml is there already"));
    assert_eq!(guard::text(&repo, "data/sincewhen.yaml"), "mine\n");
    assert!(!repo.path().join("data/schema").exists(), "nothing is half written");
}

#[test]
fn says_what_is_missing() {
    let repo = Repo::empty();
    repo.write("notes/readme.txt", "nothing");
    assert!(run(&repo, &["init", "notes"]).fault().contains("no file here holds a record"));
    assert!(run(&repo, &["init", "nowhere"]).fault().contains("nowhere"));
}

/// What `init` makes of a folder: its own check finds nothing, and an answer can be had at once.
fn clean(repo: &mut Repo, folder: &str) -> String {
    let output = run(repo, &["init", folder]).answer();
    repo.commit("a policy");
    let check = run(repo, &["check", "--dataset", folder, "--today", "2026-01-01"]);
    assert_eq!(check.code, 0, "{output}\n{}{}", check.stdout, check.stderr);
    assert_eq!(run(repo, &["changelog", "--dataset", folder]).code, 0, "{output}");
    output
}

#[test]
fn records_in_the_manifests_own_folder_are_told_from_it() {
    let mut repo = Repo::empty();
    let product = |title: &str, modified: &str, eol: &str| {
        format!(
            "title: {title}\ncategory: app\nlast_modified: {modified}\nreleases:\n  - {{releaseCycle: \"2\", releaseDate: 2024-01-31, eol: 2029-01-31}}\n  \
             - {{releaseCycle: \"1\", releaseDate: 2022-12-31, eol: {eol}}}\n"
        )
    };
    repo.write("products/alpha.yaml", product("Alpha", "2024-12-13", "false"));
    repo.write("products/beta.yaml", product("Beta", "2024-10-07", "2028-10-31"));
    repo.commit("two products");
    let output = clean(&mut repo, "products");
    assert!(
        output.contains("named by `$stem`") && output.contains("distinguished by `releaseCycle`"),
        "{output}"
    );
    assert!(output.contains("sincewhen --dataset products check"), "{output}");
    repo.write("products/alpha.yaml", product("Alpha", "2024-12-14", "2024-12-31"));
    let base = ["check", "--dataset", "products", "--base", "HEAD", "--today", "2024-12-14"];
    assert_eq!(run(&repo, &base).code, 0, "{}", run(&repo, &base).stdout);
    repo.commit("the end of 1 is known");
    let said = run(&repo, &["changelog", "alpha", "--dataset", "products"]).answer();
    assert!(said.contains("2024-12-31") && !said.contains("correction"), "{said}");
}

#[test]
fn a_date_that_some_files_lack_is_filled_in_by_another_or_by_the_commit() {
    let mut repo = Repo::empty();
    repo.write("a/one.yaml", "id: one\nupdated: 2020-01-01\ntext: t\n");
    repo.write("a/two.yaml", "id: two\ncreated: 2019-01-01\ntext: t\n");
    repo.write("a/three.yaml", "id: three\nupdated: 2021-01-01\ntext: t\n");
    repo.write("a/four.yaml", "id: four\ntext: t\n");
    repo.commit("four");
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `updated`, else `created`, else `commit`"), "{output}");
    assert!(run(&repo, &["log", "four", "--dataset", "a"]).answer().contains("(dated by commit)"));
    assert!(run(&repo, &["log", "two", "--dataset", "a"]).answer().contains("2019-01-01"));
}

#[test]
fn json_and_front_matter_are_records_too() {
    let mut repo = Repo::empty();
    let page =
        |n: u8| format!("---\ntitle: Page {n}\ntags: [a, b]\n---\n\n# Text: \"of {n}\"\n\n- it's: free\n");
    repo.write("site/one.md", page(1)).write("site/two.md", page(2));
    repo.write(
        "api/one.json",
        "{\n\t\"id\": \"one\",\n\t\"meta\": {\"updated\": \"2020-01-01T10:00:00Z\"}\n}\n",
    );
    repo.write("api/two.json", "{\"id\": \"two\", \"meta\": {\"updated\": \"2020-02-01T10:00:00Z\"}}\n");
    repo.commit("pages and data");
    let output = clean(&mut repo, "site");
    assert!(output.contains("dated by `commit`") && output.contains("at `*.md`"), "{output}");
    let output = clean(&mut repo, "api");
    assert!(output.contains("dated by `meta.updated`") && output.contains("at `*.json`"), "{output}");
    repo.write("site/one.md", page(1).replace("[a, b]", "[a, c]"));
    repo.commit("another tag");
    let said = run(&repo, &["changelog", "one", "--dataset", "site"]).answer();
    assert!(said.contains("tags: c"), "{said}");
}
