//! `init`: a first manifest for a folder of YAML files; what it guesses is right on the datasets of these
//! tests.

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
        "entries of lists are distinguished by `",
        "`statements` by `id`",
        "`meetings` by `meeting`",
        "tables of named entries: `sources`",
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
    assert!(output.contains("position.supports_aims: no (previously: yes)"), "{output}");
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
fn records_in_the_manifests_own_folder_are_distinguished_from_it() {
    let mut repo = Repo::empty();
    let product = |title: &str, modified: &str, eol: &str| {
        format!(
            "title: {title}\ncategory: app\nlast_modified: {modified}\nreleases:\n  - {{releaseCycle: \"2\", \
                releaseDate: 2024-01-31, eol: 2029-01-31}}\n  \
             - {{releaseCycle: \"1\", releaseDate: 2022-12-31, eol: {eol}}}\n"
        )
    };
    repo.write("products/alpha.yaml", product("Alpha", "2024-12-13", "false"));
    repo.write("products/beta.yaml", product("Beta", "2024-10-07", "2028-10-31"));
    repo.commit("two products");
    let output = clean(&mut repo, "products");
    assert!(
        output.contains("named by `$stem`") && output.contains("`releases` by `releaseCycle`"),
        "{output}"
    );
    assert!(output.contains("sincewhen --dataset products check"), "{output}");
    repo.write("products/alpha.yaml", product("Alpha", "2024-12-14", "2024-12-31"));
    let base = ["check", "--dataset", "products", "--base", "HEAD", "--today", "2024-12-14"];
    assert_eq!(run(&repo, &base).code, 0, "{}", run(&repo, &base).stdout);
    repo.commit("the end of 1 is known");
    let said = run(&repo, &["changelog", "alpha", "--dataset", "products"]).answer();
    assert!(said.contains("2024-12-31") && !said.contains("correction"), "{said}");
    // What its dates say of other years is no reason to report it apart.
    let dated = product("Alpha", "2024-12-15", "2024-12-31").replace("2022-12-31", "2022-12-30");
    repo.write("products/alpha.yaml", dated);
    repo.commit("a release was a day earlier");
    let report = run(&repo, &["report", "2024", "--dataset", "products", "--format", "json"]).json();
    assert!(report["parts"].to_string().contains("30 December 2022"), "{report:#}");
    assert_eq!(report["other_years"].as_array().map(Vec::len), Some(0), "{report:#}");
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

/// The lines of the shortest manifest that says where records are, for tests of what `init` finds.
fn kinds_of(repo: &Repo, folder: &str) -> String {
    guard::text(repo, &format!("{folder}/sincewhen.yaml"))
}

#[test]
fn many_records_in_one_file_are_found() {
    let mut repo = Repo::empty();
    let person = |id: &str, start: &str| {
        format!(
            "  - id: {{own: {id}, other: x}}\n    name: {{first: A, last: B}}\n    terms:\n      - {{start: \
                {start}, party: Red}}\n"
        )
    };
    let list = [("ada", "2016-03-01"), ("ben", "2018-03-01"), ("cleo", "2020-03-01")];
    let all: String = list.iter().map(|(id, start)| person(id, start)).collect();
    repo.write("list/people.yaml", format!("updated: 2020-01-01\npeople:\n{all}"));
    repo.write(
        "root/people.json",
        r#"[{"id": "ada", "n": 1}, {"id": "ben", "n": 2}, {"id": "cleo", "n": 2}]"#,
    );
    repo.write(
        "keyed/states.yaml",
        "A: {name: Aland, size: 1}\nB: {name: Bland, size: 2}\nC: {name: Cland, size: 3}\n",
    );
    repo.commit("people");
    let output = clean(&mut repo, "list");
    assert!(output.contains("person: 3 records in 1 file at `people.yaml`, below `people`"), "{output}");
    assert!(output.contains("named by `id.own`") && output.contains("dated by `commit`"), "{output}");
    assert!(output.contains("`max(terms[].start)` would take the newest"), "{output}");
    let output = clean(&mut repo, "root");
    assert!(
        output.contains("3 records in 1 file at `people.json`") && output.contains("named by `id`"),
        "{output}"
    );
    let output = clean(&mut repo, "keyed");
    assert!(output.contains("named by `$key`"), "{output}");
    guard::edit(&repo, "keyed/states.yaml", "size: 2", "size: 4");
    repo.commit("B grew");
    let said = run(&repo, &["changelog", "B", "--dataset", "keyed"]).answer();
    assert!(said.contains("changed     size: 4 (previously: 2)"), "{said}");
}

#[test]
fn one_kind_a_shape_however_deep_its_files_lie() {
    let mut repo = Repo::empty();
    let advisory = |id: &str| format!("id: {id}\nmodified: 2023-01-01T10:00:00Z\nversions: [\"1.0\"]\n");
    for (path, id) in [("a/x", "x"), ("a/b/y", "y"), ("c/z", "z")] {
        repo.write(&format!("vulns/{path}.yaml"), advisory(id));
    }
    repo.write("vulns/.github/settings.yml", "on: push\n");
    repo.write("config/site.yml", "theme: dark\n");
    repo.commit("advisories");
    // From the repository's root what stands alone is no record.
    let output = run(&repo, &["init", "--dry-run"]).answer();
    assert!(
        output.contains("left out, as they stand alone or differ from the rest: `config/site.yml`"),
        "{output}"
    );
    assert!(output.contains("vuln: 3 files at `vulns/**/*.yaml`"), "{output}");
    let output = clean(&mut repo, "vulns");
    assert!(output.contains("vuln: 3 files at `**/*.yaml`"), "{output}");
    assert!(kinds_of(&repo, "vulns").matches("kind:").count() == 1, "{output}");
    // A folder with a manifest is a dataset of its own.
    let output = run(&repo, &["init", "--dry-run"]).answer();
    assert!(output.contains("config: 1 file") && !output.contains("vuln"), "{output}");
}

#[test]
fn what_init_says_is_short_and_names_what_is_least_certain() {
    let mut repo = Repo::empty();
    for kind in ["lamps", "buoys", "docks", "masts", "piers", "ropes", "sails", "tides"] {
        for n in 1..4 {
            let text = format!(
                "{kind}_id: {n}\n{kind}_size: {n}\nchecked: 2020-01-0{n}\n{kind}_text: some words here\n"
            );
            repo.write(&format!("harbour/{kind}/{n}.yaml"), text);
        }
    }
    repo.commit("a harbour");
    let output = clean(&mut repo, "harbour");
    assert!(output.lines().count() <= 14, "{output}");
    assert!(output.contains("look first at `date:` of buoy: the name of `checked` does not say"), "{output}");
}

#[test]
fn facts_without_dates_have_neutral_natures() {
    let mut repo = Repo::empty();
    repo.write("p/one.yaml", "id: one\nupdated: 2020-01-01\nsize: 1\n");
    repo.write("p/two.yaml", "id: two\nupdated: 2020-01-01\nsize: 1\n");
    repo.write("q/one.yaml", "id: one\nupdated: 2020-01-01\nevents: [{on: 2019-01-01, what: a}]\n");
    repo.write("q/two.yaml", "id: two\nupdated: 2020-01-01\nevents: [{on: 2019-02-01, what: b}]\n");
    repo.commit("two sets");
    clean(&mut repo, "p");
    clean(&mut repo, "q");
    assert!(kinds_of(&repo, "p").contains("natures: neutral") && !kinds_of(&repo, "q").contains("natures:"));
}

#[test]
fn files_that_lie_among_records_and_are_none_are_excepted() {
    let mut repo = Repo::empty();
    for n in 1..4 {
        let page = format!("---\ntitle: P{n}\ndate: 2020-01-0{n} 10:00:00 +0100\n---\ntext\n");
        repo.write(&format!("blog/posts/p{n}.md"), page);
    }
    repo.write("blog/posts/README.md", "# How to write\n").write("blog/_config.yml", "title: blog\n");
    repo.commit("a blog");
    let output = clean(&mut repo, "blog");
    assert!(
        output.contains("post: 3 files at `posts/*.md`") && output.contains("dated by `date`"),
        "{output}"
    );
    assert!(kinds_of(&repo, "blog").contains("except: [posts/README.md]"), "{}", kinds_of(&repo, "blog"));
    repo.write("blog/posts/p1.md", "no front matter any more\n");
    let check = run(&repo, &["check", "--dataset", "blog", "--today", "2026-01-01"]);
    assert!(check.stdout.contains("posts/p1.md") && !check.stdout.contains("README"), "{}", check.stdout);
}

#[test]
fn lists_tables_and_catalogues_in_one_folder_are_kinds_of_their_own() {
    let mut repo = Repo::empty();
    let list = |what: &str| {
        (1..4).map(|n| format!("- {what}: {n}\n  url: https://{n}.example.org\n")).collect::<String>()
    };
    repo.write("data/links.yml", list("title")).write("data/feeds.yaml", list("name"));
    repo.write("data/texts.yml", "en: {hello: Hello}\nfr: {hello: Salut}\nde: {hello: Hallo}\n");
    let known = |n: usize| format!("{{\"cve\": \"C-{n}\", \"added\": \"2023-01-0{n}\", \"notes\": []}}");
    let all: Vec<String> = (1..7).map(known).collect();
    repo.write("data/known.json", format!("{{\"title\": \"Known\", \"entries\": [{}]}}", all.join(",")));
    repo.commit("lists");
    let output = clean(&mut repo, "data");
    let manifest = kinds_of(&repo, "data");
    assert_eq!(manifest.matches("kind:").count(), 4, "{output}\n{manifest}");
    assert!(manifest.contains("items: entries") && manifest.contains("identity: [$key]"), "{manifest}");
}

#[test]
fn a_date_that_does_not_move_dates_no_edition() {
    let mut repo = Repo::empty();
    for n in 1..4 {
        repo.write(
            &format!("a/{n}.yaml"),
            format!("id: {n}\npublished: 2020-01-0{n}\nborn: 1990-01-01\nsize: 1\n"),
        );
        let modified = if n > 1 { "modified: 2021-01-01\n" } else { "" };
        repo.write(&format!("b/{n}.yaml"), format!("id: {n}\npublished: 2020-01-0{n}\n{modified}size: 1\n"));
    }
    repo.commit("two sets");
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `commit`: no field"), "{output}");
    let output = clean(&mut repo, "b");
    assert!(output.contains("dated by `modified`, else `published`: no one of them"), "{output}");
}

#[test]
fn both_endings_of_yaml_are_one_kind() {
    let mut repo = Repo::empty();
    repo.write("a/b/x.yaml", "name: x\nsize: 1\ntags: [a, b]\n")
        .write("a/y.yml", "name: y\nsize: 2\ntags: []\n");
    repo.write("a/z.yaml", "name: z\nsize: 3\n");
    repo.commit("three");
    let output = clean(&mut repo, "a");
    assert!(output.contains("a: 3 files at `**/*.{yaml,yml}`"), "{output}");
}

#[test]
fn lists_of_one_shape_in_several_folders_may_lie_among_others() {
    let mut repo = Repo::empty();
    let person = |n: u8| format!("- id: {{own: p{n}}}\n  name: P{n}\n  terms: []\n");
    repo.write("all/current.yaml", (0..5).map(person).collect::<String>());
    // A draft of one record, deeper, is none of them.
    repo.write("all/misc/new.yaml", person(9));
    let office = |n: u8| format!("- office: o{n}\n  street: S\n  phone: \"{n}\"\n");
    repo.write("all/offices.yaml", (0..4).map(office).collect::<String>());
    repo.write("all/former-offices.yaml", (4..8).map(office).collect::<String>());
    repo.commit("people and offices in lists");
    let output = clean(&mut repo, "all");
    let manifest = kinds_of(&repo, "all");
    assert!(manifest.contains("path: current.yaml") && manifest.contains("path: \"*.yaml\""), "{manifest}");
    assert!(output.contains("differ from the rest: `misc/new.yaml`"), "{output}");
}

#[test]
fn files_of_tools_tests_and_hidden_folders_are_passed_over_and_excepted() {
    let mut repo = Repo::empty();
    for n in 1..12 {
        let page = format!("---\ntitle: P{n}\ncategory: app\nreleases: [{{cycle: \"1\"}}]\n---\ntext\n");
        repo.write(&format!("products/{}/p{n}.md", n % 2), page.clone())
            .write(&format!("products/p{n}b.md"), page);
    }
    repo.write(".github/ISSUE_TEMPLATE/new.md", "---\nname: New\nabout: a thing\n---\ntext\n");
    repo.write("index.md", "---\nlayout: home\n---\ntext\n")
        .write("CONTRIBUTING.md", "---\nlayout: doc\n---\n");
    repo.write("products/tests/p0.md", "---\nbroken: yes\n---\n");
    repo.write("package.json", "{\"name\": \"site\", \"scripts\": {}}\n").write("other.json", "{\"x\": 1}\n");
    repo.commit("a site");
    let output = clean(&mut repo, ".");
    assert!(output.contains("product: 22 files at `products/**/*.md`"), "{output}");
    let manifest = guard::text(&repo, "sincewhen.yaml");
    assert!(manifest.matches("kind:").count() == 1 && manifest.contains("products/tests/**"), "{manifest}");
}

#[test]
fn two_things_of_one_title_are_distinguished_by_the_name_one_of_them_has() {
    let mut repo = Repo::empty();
    let icon = |title: &str, more: &str| format!("{{\"title\": \"{title}\", \"hex\": \"000000\"{more}}}");
    let all =
        [icon("Hive", ""), icon("Hive", ", \"slug\": \"hive_blockchain\""), icon("Rust", ""), icon("Go", "")];
    repo.write("data/icons.json", format!("[\n  {}\n]\n", all.join(",\n  ")));
    repo.commit("icons");
    let output = clean(&mut repo, "data");
    assert!(output.contains("named by `slug | title`"), "{output}");
}

#[test]
fn records_in_toml_are_found_read_and_guarded() {
    let mut repo = Repo::empty();
    let person = |name: &str, github: u32| {
        format!("name = \"{name}\" # said\ngithub-id = {github}\n\n[funding]\nkind = \"none\"\n")
    };
    for (stem, n) in [("ann", 1), ("bob", 2), ("cyd", 3)] {
        repo.write(&format!("people/{stem}.toml"), person(&stem.to_uppercase(), n));
        let page = format!(
            "```toml\n[advisory]\nid = \"R-{n}\"\ndate = \"2024-01-0{n}\"\n\
                patched = [\"1.{n}\"]\n```\n\n# Text\n"
        );
        repo.write(&format!("advisories/R-{n}.md"), page);
    }
    repo.commit("people and advisories");
    let output = clean(&mut repo, "people");
    assert!(output.contains("3 files at `*.toml`") && output.contains("named by `$stem`"), "{output}");
    let output = clean(&mut repo, "advisories");
    assert!(output.contains("named by `advisory.id`"), "{output}");
    repo.write("people/ann.toml", person("ANN", 1).replace("none", "grant"));
    repo.commit("a grant");
    let said = run(&repo, &["changelog", "ann", "--dataset", "people"]).answer();
    assert!(said.contains("kind: grant (previously: none)"), "{said}");
    let blame =
        run(&repo, &["blame", "ann", "funding.kind", "--dataset", "people", "--format", "json"]).answer();
    assert!(blame.contains("\"line\": 5") || blame.contains("\"line\":5"), "{blame}");
    // Findings have places; what would be written is refused.
    repo.write("people/bob.toml", "name = \"BOB\"\ngithub-id = \"two\"\nmore = 1\n");
    let check = run(&repo, &["check", "--dataset", "people", "--today", "2026-01-01"]);
    assert!(
        check.stdout.contains("people/bob.toml:2:13") && check.stdout.contains("people/bob.toml:3:1"),
        "{}",
        check.stdout
    );
    let fmt = run(&repo, &["fmt", "--dataset", "people"]);
    assert!(
        fmt.code == 2 && fmt.stderr.contains("it is TOML, which is read and not written"),
        "{}",
        fmt.stderr
    );
    repo.write("people/bob.toml", "name = \"BOB\n");
    let check = run(&repo, &["check", "--dataset", "people", "--today", "2026-01-01"]);
    assert!(check.stdout.contains("not TOML: "), "{}", check.stdout);
}

/// Three records with two dates, changed eight times: `text` gives what a record holds after so many changes.
fn changed_eight_times(text: impl Fn(usize, usize) -> String) -> Repo {
    let mut repo = Repo::empty();
    for record in 1..=3 {
        repo.write(&format!("a/{record}.yaml"), text(record, 0));
    }
    repo.commit("three records");
    for change in 1..=8 {
        let record = change % 3 + 1;
        repo.write(&format!("a/{record}.yaml"), text(record, change));
        repo.commit("a change");
    }
    repo
}

#[test]
fn a_date_is_tried_on_the_history() {
    // A name that promises it, and a day that never moves; another that does.
    let mut repo = changed_eight_times(|record, change| {
        format!("id: {record}\nupdated: 2020-01-01\nlooked_at: 2021-01-0{}\nsize: {change}\n", change + 1)
    });
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `looked_at`: 8 of the last 8 changes of records moved it"), "{output}");
    assert!(!output.contains("look first at `date:`"), "{output}");
    // A day that never moves may still date what was not changed since, as `created` may.
    let mut repo = changed_eight_times(|record, change| {
        let modified = if change > 0 { format!("modified: 2021-01-0{change}\n") } else { String::new() };
        format!("id: {record}\ndate: 2020-01-01\n{modified}size: {change}\n")
    });
    repo.write("a/4.yaml", "id: 4\ndate: 2021-02-01\nsize: 1\n");
    repo.commit("another");
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `modified`, else `date`: no one of them"), "{output}");
    // No other: the commit.
    let mut repo =
        changed_eight_times(|record, change| format!("id: {record}\nupdated: 2020-01-01\nsize: {change}\n"));
    let output = clean(&mut repo, "a");
    let why = "dated by `commit`: `updated` does not follow the records: 0 of the last 8 changes of records";
    assert!(output.contains(why), "{output}");
    // `date` alone may be that of what the record is about, unless history shows that it moves.
    let mut repo = changed_eight_times(|record, change| {
        format!("id: {record}\ndate: 2020-01-0{}\nsize: {change}\n", change + 1)
    });
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `date`: 8 of the last 8"), "{output}");
    assert!(!output.contains("look first"), "{output}");
    // Commits that touch all files, as those that lay them out anew, are changes of none.
    let dated = |record: usize, change: usize| format!("id: {record}\ndate: 2020-01-0{}\n", change + 1);
    let mut repo = changed_eight_times(dated);
    for layout in 1..=6 {
        for record in 1..=3 {
            repo.write(&format!("a/{record}.yaml"), format!("{}layout: {layout}\n", dated(record, 8)));
        }
        repo.commit("a new layout of all");
    }
    let output = clean(&mut repo, "a");
    assert!(output.contains("dated by `date`: 8 of the last 8"), "{output}");
}
