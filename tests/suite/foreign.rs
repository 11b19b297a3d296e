//! Repositories that were not made for the program: what `init` makes of their shapes, and how their fields
//! and values are worded.

use crate::support;

use support::Repo;
use support::guard::{self, run};

/// What `init` says and writes for a repository: its own check finds nothing.
fn first(repo: &mut Repo) -> (String, String) {
    let output = run(repo, &["init"]).answer();
    repo.commit("a policy");
    let check = run(repo, &["check", "--today", "2026-01-01"]);
    assert!(
        check.code == 0 && check.stdout.starts_with("nothing found"),
        "{output}\n{}{}",
        check.stdout,
        check.stderr
    );
    (output, guard::text(repo, "sincewhen.yaml"))
}

#[test]
fn folders_of_unlike_records_are_kinds_of_their_own_and_tell_equal_names_apart() {
    let mut repo = Repo::empty();
    for n in 1..7 {
        let core = format!("{{\"cve\": [\"C-{n}\"], \"patched\": \"1.{n}\", \"severity\": \"high\"}}\n");
        let package = format!("{{\"id\": {n}, \"module\": \"m{n}\", \"title\": \"T\", \"score\": 5.{n}}}\n");
        repo.write(&format!("vuln/core/{n}.json"), core.clone())
            .write(&format!("vuln/deps/{n}.json"), core)
            .write(&format!("vuln/npm/{n}.json"), package);
    }
    repo.commit("three folders");
    let (output, manifest) = first(&mut repo);
    for kind in ["core", "dep", "npm"] {
        assert!(manifest.contains(&format!("kind: {kind}\n")), "{manifest}");
    }
    assert_eq!(manifest.matches("identity: [$kind, ").count(), 3, "{output}\n{manifest}");
    let log = run(&repo, &["log", "--format", "json"]).json();
    assert_eq!(log["records"].as_array().map(Vec::len), Some(18), "{log:#}");
}

#[test]
fn files_of_one_name_in_many_folders_are_a_kind() {
    let mut repo = Repo::empty();
    for n in 1..9 {
        let group = if n % 2 == 0 { "node" } else { "apps" };
        let proposal = format!("title: P{n}\nstatus: open\nauthors: [a]\nstage: alpha\n");
        repo.write(&format!("keps/{group}/{n}-proposal/kep.yaml"), proposal);
        let review = format!("number: {n}\nalpha: {{approver: b}}\n");
        repo.write(&format!("keps/reviews/{group}/{n}.yaml"), review);
    }
    let draft = "title: T\nstatus: provisional\nauthors: []\nstage: beta\n";
    repo.write("keps/apps/NNNN-template/kep.yaml", draft).write("keps/apps/17-pod-template/kep.yaml", draft);
    repo.commit("proposals and their reviews");
    let (output, manifest) = first(&mut repo);
    assert!(output.contains("kep: 9 files at `keps/*/*/kep.yaml`"), "{output}");
    assert!(output.contains("8 files at `keps/reviews/*/*.yaml`"), "{output}");
    assert!(manifest.contains("keps/apps/NNNN-template/**") && !manifest.contains("17-pod"), "{manifest}");
}

#[test]
fn a_page_beside_the_folder_of_records_does_not_widen_their_pattern() {
    let mut repo = Repo::empty();
    let page = |n: usize| format!("---\nnumber: {n}\ntitle: P{n}\nstatus: Draft\n---\n\n# Text\n");
    (0..140).for_each(|n| {
        repo.write(&format!("proposals/p-{n}.md"), page(n));
    });
    repo.write("about.md", page(500)).write(".github/CONTRIBUTING.md", "# No front matter\n");
    repo.commit("pages");
    let (output, _) = first(&mut repo);
    assert!(output.contains("140 files at `proposals/*.md`") && output.contains("`about.md`"), "{output}");
}

#[test]
fn front_matter_is_read_from_plain_text_too() {
    let mut repo = Repo::empty();
    for name in ["mit", "isc", "zlib"] {
        let text = format!("---\ntitle: {name}\nconditions: [notice]\n---\n\nPermission is hereby granted\n");
        repo.write(&format!("_licenses/{name}.txt"), text);
    }
    repo.commit("licenses");
    let (output, _) = first(&mut repo);
    assert!(output.contains("3 files at `_licenses/*.txt`"), "{output}");
    guard::edit(&repo, "_licenses/mit.txt", "[notice]", "[notice, source]");
    repo.commit("another condition");
    let said = run(&repo, &["changelog", "mit", "--format", "csv"]).answer();
    assert!(said.contains("added: conditions: source"), "{said}");
}

#[test]
fn what_looks_like_a_misplaced_record_is_excepted() {
    let mut repo = Repo::empty();
    for n in 1..6 {
        repo.write(&format!("features/f{n}.yml"), format!("name: F{n}\nspec: s{n}\n"))
            .write(&format!("features/f{n}.yml.dist"), "status: {}\n");
    }
    repo.write(
        "features/schema.yml",
        "$schema: https://json-schema.org/draft/2020-12/schema\ntype: object\n",
    );
    // What stands for a thing of that name is a record.
    repo.write("features/template.yml", "name: Template\nspec: t\n");
    repo.write("features/feature-template.yml", "name: \"\"\nspec: \"\"\n");
    repo.write("_config.yml", "title: A site\n");
    repo.commit("features and what was built of them");
    let (output, manifest) = first(&mut repo);
    assert!(manifest.contains("**/*.dist") && manifest.contains("features/schema.yml"), "{manifest}");
    assert!(output.contains("6 files at") && manifest.contains("features/feature-template.yml"), "{output}");
}

#[test]
fn the_day_a_record_was_made_does_not_date_its_changes() {
    let mut repo = Repo::empty();
    let text = |n: usize, change: usize| {
        let updated = if n == 1 { "last-updated: 2020-02-02\n" } else { "" };
        format!("title: P{n}\ncreation-date: 2020-01-0{n}\n{updated}size: {change}\n")
    };
    for change in 0..8 {
        for n in 1..=3 {
            repo.write(&format!("a/{n}.yaml"), text(n, if change % 3 == n - 1 { change + 1 } else { 0 }));
        }
        repo.commit("a change");
    }
    let (output, _) = first(&mut repo);
    assert!(
        output.contains("dated by `commit`") || output.contains("`last-updated`, else `commit`"),
        "{output}"
    );
}

#[test]
fn what_earlier_versions_are_dated_by_is_a_choice_too() {
    let mut repo = Repo::empty();
    for n in 1..4 {
        repo.write(&format!("a/{n}.yaml"), format!("id: {n}\npublished: 2020-01-0{n}\nsize: 1\n"));
    }
    repo.commit("three");
    for (dated, year) in [("published", 2020), ("modified", 2021)] {
        for n in 1..4 {
            repo.write(&format!("a/{n}.yaml"), format!("id: {n}\n{dated}: {year}-01-0{n}\nsize: {year}\n"));
            repo.commit("a change");
        }
    }
    let (output, _) = first(&mut repo);
    assert!(output.contains("dated by `modified`, else `published`"), "{output}");
    assert!(!run(&repo, &["log"]).stderr.contains("left out"), "{output}");
}

#[test]
fn a_list_with_nothing_beside_it_holds_records_however_few() {
    let mut repo = Repo::empty();
    let person = |name: &str| format!("  - id: {{own: {name}}}\n    terms: [{{start: 2016-03-01}}]\n");
    let two = format!("people:\n{}{}", person("ada"), person("cleo"));
    repo.write("people.yaml", two);
    repo.commit("two people");
    let (output, manifest) = first(&mut repo);
    assert!(manifest.contains("items: people") && manifest.contains("identity: [id.own]"), "{output}");
}

/// How long `check` takes for a mapping of so many records in one line of JSON.
fn checked(count: usize) -> std::time::Duration {
    let repo = Repo::empty();
    let text = "t ".repeat(200);
    let record = |n: usize| format!("\"r{n}\": {{\"cvss\": \"AV=N/AC=L\", \"text\": \"{text}\"}}");
    let all: Vec<String> = (0..count).map(record).collect();
    repo.write("all.json", format!("{{{}}}\n", all.join(", ")));
    run(&repo, &["init"]).answer();
    let best = (0..3).map(|_| {
        let start = std::time::Instant::now();
        assert_eq!(run(&repo, &["check", "--worktree"]).code, 0);
        start.elapsed()
    });
    best.min().expect("because there are three")
}

#[test]
fn records_that_share_a_line_are_checked_in_even_time() {
    // Four times the records may take ten times as long, for the machine's sake; a square takes sixteen.
    let (small, large) = (checked(400), checked(1600));
    assert!(large < 10 * small + std::time::Duration::from_millis(300), "{small:?} and {large:?}");
}

/// A dataset of two records, of which one begins later.
fn two_records() -> Repo {
    let mut repo = Repo::empty();
    let manifest = "format: sincewhen.manifest/1\ntitle: Things\nrecords:\n  \
        - {kind: thing, path: things/*.yaml, schema: thing.json, identity: [id], date: updated, \
        natures: neutral}\n";
    let schema = r#"{"type": "object", "properties": {
        "id": {"type": "string"}, "updated": {"type": "string", "x-nature": "review"},
        "url": {"type": "string"}, "pattern": {"type": "string"}, "code": {"type": "string"},
        "score": {"type": ["null", "number"]}, "capital": {},
        "related": {"type": "object", "properties": {"url": {"type": "array", "items": {"type": "string"}}}},
        "license": {"type": "object", "properties": {"type": {"type": "string"}}}}}"#;
    repo.write("sincewhen.yaml", manifest).write("thing.json", schema);
    repo.write(
        "things/a.yaml",
        "id: a\nupdated: 2020-01-01\nurl: u\npattern: ^(?!x)y\ncode: \"\"\nscore: null\ncapital: Rome\n",
    );
    repo.commit("one");
    let later = "id: a\nupdated: 2021-01-01\nurl: u\npattern: ^(?:z)$\ncode: Iron\nscore: 5.1\n\
        related: {url: [v]}\nlicense: {type: MIT}\ncapital: [Rome]\n";
    repo.write("things/a.yaml", later);
    repo.write("things/b.yaml", "id: b\nupdated: 2023-01-01\n");
    repo.commit("two");
    repo
}

#[test]
fn a_field_without_a_title_has_its_path_and_a_value_is_quoted_as_it_is() {
    let said = run(&two_records(), &["changelog", "a", "--format", "csv"]).answer();
    for wanted in [
        "added: related.url: v",
        "added: license.type: MIT",
        "pattern: “^(?:z)$”; previously: “^(?!x)y”",
        "code: Iron (previously: empty)",
        "score: 5.1 (previously: no value)",
        "capital: Rome (a list, previously a text)",
    ] {
        assert!(said.contains(wanted), "{wanted}\n{said}");
    }
}

#[test]
fn records_that_begin_after_a_range_have_no_part_in_it() {
    let repo = two_records();
    let said = run(&repo, &["changelog", "--since", "2021", "--until", "2021"]).answer();
    assert!(said.contains("MIT") && !said.contains("b  b"), "{said}");
    let none = run(&repo, &["changelog", "--until", "2019"]).fault();
    assert!(
        none.contains("no record has an edition of 2019 or before: the first is of 2020-01-01"),
        "{none}"
    );
    let one = run(&repo, &["changelog", "b", "--until", "2021"]).fault();
    assert!(one.contains("b has no edition in force at the end of 2021"), "{one}");
}

#[test]
fn a_dataset_without_rules_about_standing_facts_says_so() {
    let since = run(&two_records(), &["since", "a"]);
    assert!(since.stderr.contains("no rules about standing facts"), "{}", since.stderr);
}

/// A wildcard that stands for no folder says nothing, and is no part of a name.
#[test]
fn a_name_has_no_part_of_a_folder_that_is_not_there() {
    let mut repo = Repo::empty();
    for n in 1..5 {
        for folder in ["", "draft/", "draft/late/"] {
            repo.write(&format!("features/{folder}f{n}.yaml"), format!("title: same\nsize: {n}\n"));
        }
    }
    repo.commit("features");
    let (output, _) = first(&mut repo);
    assert!(output.contains("named by `$1`, `$2`"), "{output}");
    let log = run(&repo, &["log", "--format", "json"]).json();
    let names = support::column(&log["records"], "record");
    assert!(
        names.contains(&"f1") && names.contains(&"draft/f1") && names.contains(&"draft/late/f1"),
        "{names:?}"
    );
    for (asked, found) in [("f1", 1), ("draft/f1", 1), ("draft/late/f4", 1)] {
        let log = run(&repo, &["log", asked, "--format", "json"]).json();
        assert_eq!(log["records"].as_array().map(Vec::len), Some(found), "{asked}: {log:#}");
    }
}

/// What a pattern in braces ends with is no part of what its wildcard stands for.
#[test]
fn records_of_two_endings_are_named_by_their_files() {
    let mut repo = Repo::empty();
    for n in 1..5 {
        for folder in ["a", "b"] {
            let ending = if n % 2 == 0 { "yaml" } else { "yml" };
            repo.write(&format!("data/{folder}/f{n}.{ending}"), format!("title: same\nsize: {n}\n"));
        }
    }
    repo.commit("files");
    let (_, manifest) = first(&mut repo);
    assert!(manifest.contains(".{yaml,yml}"), "{manifest}");
    let log = run(&repo, &["log", "--format", "json"]).json();
    let names = support::column(&log["records"], "record");
    assert!(names.len() == 8 && names.contains(&"a/f1") && names.contains(&"b/f2"), "{names:?}");
}
