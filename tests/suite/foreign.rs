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
fn what_dates_names_and_reviews_a_record_is_no_fact_whatever_its_schema_leaves_out() {
    let mut repo = two_records();
    let manifest = guard::text(&repo, "sincewhen.yaml");
    let manifest = manifest.replace("natures: neutral", "reviewed: seen, formerly: once");
    repo.write("sincewhen.yaml", manifest);
    repo.write("thing.json", r#"{"type": "object", "properties": {"id": {"type": "string"}}}"#);
    repo.write("things/c.yaml", "id: c\nupdated: 2023-01-01\nsize: 1\n");
    repo.commit("three");
    let next = "id: c\nupdated: 2024-01-01\nseen: 2024-01-01\nonce: [{id: k}]\nsize: 2\n";
    repo.write("things/c.yaml", next);
    repo.commit("four");
    let said = run(&repo, &["changelog", "c", "--format", "jsonl"]).answer();
    let news: Vec<&str> = said.lines().filter(|line| line.contains("\"development\"")).collect();
    assert!(news.len() == 1 && news[0].contains("size: 2"), "{said}");
    assert!(!said.contains("late-report"), "{said}");
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

/// Products that commits date, with a side branch that is merged.
fn with_a_side_branch() -> Repo {
    let mut repo = Repo::empty();
    for n in 1..5 {
        repo.write(&format!("products/p{n}.yaml"), format!("title: P{n}\nsize: 1\n"));
    }
    repo.commit("products");
    repo.git(["checkout", "-q", "-b", "side"]);
    repo.write("products/p1.yaml", "title: P1\nsize: 2\n");
    repo.commit("half of it");
    repo.write("products/p1.yaml", "title: P1\nsize: 3\n");
    repo.commit("the rest");
    repo.git(["checkout", "-q", "main"]);
    repo.git(["merge", "-q", "--no-ff", "-m", "size 3", "side"]);
    repo
}

/// What commits date is what stood on the main line; not where the line leaves out a history of its own, and
/// not where records date themselves.
#[test]
fn history_goes_along_the_main_line_where_commits_date_it() {
    let mut repo = with_a_side_branch();
    let (output, manifest) = first(&mut repo);
    assert!(manifest.contains("history: first-parent\n"), "{manifest}");
    assert!(output.contains("history along `first-parent`"), "{output}");

    let mut repo = with_a_side_branch();
    repo.git(["checkout", "-q", "--orphan", "other"]);
    repo.write("products/p9.yaml", "title: P9\nsize: 1\n");
    repo.commit("a history of its own");
    repo.git(["checkout", "-q", "main"]);
    repo.git(["merge", "-q", "--allow-unrelated-histories", "-X", "ours", "-m", "both", "other"]);
    let (_, manifest) = first(&mut repo);
    assert!(!manifest.contains("history:"), "two beginnings: {manifest}");

    let mut repo = with_a_side_branch();
    for n in 1..5 {
        repo.write(&format!("products/p{n}.yaml"), format!("title: P{n}\nsize: 1\nupdated: 2020-01-0{n}\n"));
    }
    repo.commit("dates");
    let (_, manifest) = first(&mut repo);
    assert!(!manifest.contains("history:"), "dated by a field: {manifest}");
}

/// Fields of other names are found by what they are called, at the root or one level down, if they hold
/// texts.
#[test]
fn fields_of_other_names_are_found() {
    let names = |field: &str| {
        let mut repo = Repo::empty();
        for n in 1..5 {
            let text = format!("id: r{n}\nsize: {n}\n{}\n", field.replace('#', &n.to_string()));
            repo.write(&format!("records/r{n}.yaml"), text);
        }
        repo.commit("records");
        let (_, manifest) = first(&mut repo);
        if !manifest.contains("aliases:") {
            return None;
        }
        let log = run(&repo, &["log", "Old-3"]);
        assert!(log.stderr.contains("`Old-3` is another name of r3"), "{field}: {}", log.stderr);
        manifest.split("aliases: ").nth(1).and_then(|rest| rest.lines().next()).map(str::to_owned)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(names("aliases: [old-#]"), some("aliases"));
    assert_eq!(names("also_known_as: old-#"), some("also_known_as"));
    assert_eq!(names("names: {full: R#, other_names: [old-#, x#]}"), some("names.other_names"));
    assert_eq!(names("aliases: {aka: [old-#], dup: [{title: x}]}"), some("aliases.aka"));
    assert_eq!(names("aliases: [{title: old-#}]"), None);
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

/// A record may be called as a file of a tool is, and may have a list where its neighbours have none; a table
/// of which only some entries are named is none of sources.
#[test]
fn what_has_the_fields_of_its_neighbours_is_one_of_them() {
    let mut repo = Repo::empty();
    for name in ["alpha", "beta", "gamma", "delta", "clippy", "cargo", ".github"] {
        let text = format!("name = '{name}'\nabout = 'team {name}'\n\n[people]\nleads = ['x', 'y']\n");
        repo.write(&format!("teams/{name}.toml"), text);
    }
    let lists: String = (0..6).map(|n| format!("[[lists]]\naddress = 'a{n}'\n")).collect();
    repo.write(
        "teams/mails.toml",
        format!("name = 'mails'\nabout = 'addresses'\n[people]\nleads = []\n{lists}"),
    );
    repo.write("teams/rustfmt.toml", "max_width = 100\n");
    for n in 1..6 {
        let used = if n < 3 { "place = 'pages'\n" } else { "" };
        let text = format!("id = {n}\n{used}[places.pages]\nsize = 1\n[places.x{n}]\nsize = 2\n");
        repo.write(&format!("sites/s{n}.toml"), text);
    }
    repo.commit("teams and sites");
    let (output, manifest) = first(&mut repo);
    assert!(output.contains("team: 8 files at `teams/*.toml`"), "{output}");
    assert!(manifest.contains("except: [teams/rustfmt.toml]") && !manifest.contains("items:"), "{manifest}");
    assert!(!guard::text(&repo, "schema/site.schema.json").contains("x-ref"), "{output}");
}

/// Where lists hold names in some records and mappings in others, what comes and goes is said, not all of a
/// list.
#[test]
fn a_list_of_names_in_some_records_has_no_key() {
    let mut repo = Repo::empty();
    for n in 1..5 {
        let members = if n < 4 { "[a, b, c]" } else { "[{user: d, role: lead}, {user: e, role: none}]" };
        repo.write(&format!("teams/t{n}.yaml"), format!("id: t{n}\nmembers: {members}\n"));
    }
    repo.commit("teams");
    first(&mut repo);
    repo.write("teams/t1.yaml", "id: t1\nmembers: [a, c, x]\n");
    repo.commit("another day");
    let answer = run(&repo, &["changelog", "t1"]).answer();
    assert!(answer.contains("x") && !answer.contains("previously"), "{answer}");
}
