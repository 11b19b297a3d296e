//! A gate that cannot look says so: it never passes because it did not see.

use super::{check, found, note, notes};
use crate::support::Repo;

const MARKED: &str = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";

#[test]
fn a_base_whose_objects_are_not_here_is_an_error() {
    let mut origin = notes();
    origin.git(["config", "uploadpack.allowFilter", "true"]);
    origin.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    origin
        .write("notes/a.yaml", note("a", "2023-01-01", 1) + MARKED)
        .write("notes/b.yaml", note("b", "2023-01-01", 1));
    origin.commit("records");
    origin.git(["checkout", "-q", "-b", "topic"]);
    origin.write("notes/a.yaml", note("a", "2023-01-01", 2) + "marks: []\n").remove("notes/b.yaml");
    origin.commit("content moves, the date does not; a past fact and a record go");
    let whole = Repo::cloned_from(&origin, &["--branch", "topic"]);
    let rules = found(&whole, "2024-01-02", &["--base", "origin/main"]);
    assert_eq!(rules, ["gate-not-moved dated", "gate-past-removed marks[m1]", "gate-deleted notes/b.yaml"]);
    let part = Repo::cloned_from(&origin, &["--branch", "topic", "--filter=blob:none"]);
    for args in [&["--base", "origin/main"][..], &["--base", "origin/main", "--policy-from", "base"]] {
        let fault = check(&part, "2024-01-02", args).fault();
        assert!(fault.contains("is missing") && fault.contains("git fetch --refetch --no-filter"), "{fault}");
    }
    let fault = check(&part, "2024-01-02", &["--history"]).fault();
    assert!(fault.contains("is missing") && fault.contains("git fetch --refetch --no-filter"), "{fault}");
}

/// The folder of a dataset moves: the gate follows it. Siblings: by the rules of either side, to the root,
/// and out of it.
#[test]
fn a_dataset_that_moves_is_followed() {
    let moves = [("data", "elsewhere/data"), ("data", ""), ("", "data")];
    for (from, to) in moves {
        let at = |folder: &str, path: &str| {
            if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
        };
        let mut repo = Repo::empty();
        let mut files: Vec<(String, String)> = vec![
            ("sincewhen.yaml".into(), super::MANIFEST.into()),
            ("note.schema.json".into(), super::SCHEMA.into()),
        ];
        let rules = crate::support::notes::policy_files().into_iter();
        files.extend(
            rules
                .filter(|(path, _)| path.starts_with("rules/"))
                .map(|(path, text)| (path.into(), text.into())),
        );
        files.push(("notes/a.yaml".into(), note("a", "2023-01-01", 1) + MARKED));
        files.push(("notes/b.yaml".into(), note("b", "2023-01-01", 1)));
        files.push(("notes/c.yaml".into(), note("c", "2023-01-01", 1)));
        for (path, text) in &files {
            repo.write(&at(from, path), text);
        }
        repo.commit("a dataset");
        for (path, text) in &files {
            repo.remove(&at(from, path));
            repo.write(&at(to, path), text);
        }
        repo.write(&at(to, "notes/a.yaml"), note("a", "2023-01-01", 2)).remove(&at(to, "notes/b.yaml"));
        repo.write(&at(to, "notes/c.yaml"), note("c", "2023-06-01", 7));
        repo.commit("it moves; content changes without the date, a past fact and a record go");
        let own = if to.is_empty() { "." } else { to };
        for from in ["head", "base"] {
            let args = ["--base", "HEAD~1", "--policy-from", from, "--dataset", own];
            let run = check(&repo, "2024-01-02", &args);
            for rule in ["gate-not-moved", "gate-past-removed", "gate-deleted"] {
                assert!(run.stdout.contains(rule), "{to} {from} {rule}: {}{}", run.stdout, run.stderr);
            }
            assert!(run.stderr.contains("the dataset was in"), "{}", run.stderr);
            let comment = ["changelog", "HEAD~1...HEAD", "--policy-from", from, "--dataset", own];
            let shown = repo.run(&comment).answer();
            let compared = shown.contains("2023-01-01 → 2023-06-01") && shown.contains("the record ends");
            assert!(compared && shown.contains("editions from before the move"), "{to} {from}: {shown}");
        }
    }
}

/// Two datasets of which one goes: nothing says which of them the other was.
#[test]
fn two_datasets_that_become_one_are_refused() {
    let mut repo = Repo::empty();
    for folder in ["a", "b"] {
        repo.write(&format!("{folder}/sincewhen.yaml"), super::MANIFEST);
        repo.write(&format!("{folder}/note.schema.json"), super::SCHEMA);
        repo.write(&format!("{folder}/notes/{folder}.yaml"), note(folder, "2023-01-01", 1));
    }
    repo.commit("two datasets");
    for folder in ["a", "b"] {
        for file in
            ["sincewhen.yaml".to_owned(), "note.schema.json".to_owned(), format!("notes/{folder}.yaml")]
        {
            repo.remove(&format!("{folder}/{file}"));
        }
    }
    repo.write("c/sincewhen.yaml", super::MANIFEST).write("c/note.schema.json", super::SCHEMA);
    repo.commit("neither");
    let fault = check(&repo, "2024-01-02", &["--base", "HEAD~1", "--dataset", "c"]).fault();
    assert!(fault.contains("a/sincewhen.yaml, b/sincewhen.yaml"), "{fault}");
}

/// A manifest beside the one that counts is called out where a branch adds it, and mentioned where it lies in
/// the way.
#[test]
fn another_manifest_is_mentioned() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo.write("dataset/sincewhen.yaml", super::MANIFEST).write("other/deep/sincewhen.yaml", super::MANIFEST);
    repo.commit("two more");
    let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
    for path in ["dataset/sincewhen.yaml", "other/deep/sincewhen.yaml"] {
        assert!(run.stdout.contains(&format!("{path} (another manifest)")), "{}", run.stdout);
    }
    let run = check(&repo, "2024-01-01", &[]);
    assert!(run.stderr.contains("dataset/sincewhen.yaml is another manifest"), "{}", run.stderr);
}

/// Siblings: a base whose rules cannot be used keeps the gate on; a policy whose objects are missing stops
/// the run.
#[test]
fn a_base_whose_policy_is_broken_keeps_the_gate_on() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1) + MARKED);
    repo.write("rules/acts/level-changed.yaml", "title: [");
    repo.commit("a rule that nobody can read");
    repo.git(["checkout", "-q", "HEAD~1", "--", "rules"]);
    repo.write("notes/a.yaml", note("a", "2023-06-01", 1));
    let run = check(&repo, "2024-01-02", &["--base", "HEAD"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("gate-past-removed"), "{}", run.stdout);
    assert!(check(&repo, "2024-01-02", &["--base", "HEAD", "--policy-from", "base"]).code == 2);
}

#[test]
fn a_list_that_is_emptied_in_any_way_frees_none_of_its_items() {
    let two = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n  - {id: m2, at: 2021-05-01, what: v}\n";
    let gone = ["gate-past-removed marks[m1]", "gate-past-removed marks[m2]"];
    let forms: [(&str, &[&str]); 11] = [
        ("", &gone),
        ("marks: []\n", &gone),
        ("marks:\n", &gone),
        ("marks: null\n", &gone),
        ("marks: {}\n", &gone),
        ("marks: \"\"\n", &gone),
        // Siblings: a value of another kind, one key lost, one key doubled, the items under another key.
        ("marks: none\n", &gone),
        ("marks: {m1: {at: 2020-05-01, what: w}}\n", &gone),
        (
            "marks:\n  - {at: 2020-05-01, what: w}\n  - {id: m2, at: 2021-05-01, what: changed}\n",
            &["gate-past-removed marks[m1]", "gate-past-changed marks[m2].what"],
        ),
        (
            "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n  - {id: m1, at: 2020-05-01, what: w}\n",
            &["gate-past-removed marks[m2]", "repeated-key marks[m1]"],
        ),
        (
            "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n  - {id: m9, at: 2021-05-01, what: v}\n",
            &["gate-past-removed marks[m2]"],
        ),
    ];
    for (form, says) in forms {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + two);
        repo.commit("edition");
        repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + form);
        let mut rules = found(&repo, "2024-02-10", &["--base", "HEAD"]);
        rules.sort();
        let mut says: Vec<&str> = says.to_vec();
        says.sort_unstable();
        assert_eq!(rules, says, "{form:?}");
    }
}

#[test]
fn items_without_keys_are_held_one_by_one() {
    let two = "loose:\n  - {at: 2020-05-01, what: w}\n  - {at: 2021-05-01, what: v}\n";
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + two);
    repo.commit("edition");
    let second = "loose:\n  - {at: 2021-05-01, what: v}\n  - {at: 2020-05-01, what: w}\n  - {at: 2023-05-01, \
        what: u}\n";
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + second);
    assert_eq!(
        found(&repo, "2024-02-10", &["--base", "HEAD"]),
        [""; 0],
        "the order is free, and so is an addition"
    );
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &two.replace("what: w", "what: rewritten"));
    let rules = found(&repo, "2024-02-10", &["--base", "HEAD"]);
    assert!(
        rules.iter().any(|rule| rule.starts_with("gate-past-") && rule.contains("loose[#0]")),
        "{rules:?}"
    );
}

#[test]
fn dates_known_by_the_manifest_or_by_x_date_are_dates() {
    let mut repo = notes();
    let marks = "marks:\n  - {id: m1, at: 2022-06-31, what: w}\n  - {id: m2, at: next summer, what: w}\n";
    repo.write("notes/rec.yaml", note("rec", "2031-01-01", 1) + marks);
    let wanted = ["date-future dated", "date-impossible marks[m1].at", "schema-date marks[m2].at"];
    assert_eq!(found(&repo, "2024-01-01", &[]), wanted);
    repo.commit("it was merged all the same");
    repo.write("notes/rec.yaml", note("rec", "2031-01-02", 1) + &marks.replacen("what: w", "what: other", 1));
    let rules = found(&repo, "2031-01-02", &["--base", "HEAD"]);
    assert_eq!(rules, ["gate-past-changed marks[m1].what"], "a date that cannot be read frees nothing");
}

/// Siblings: the field for reviews, and the record's own date, which ends no comparison when it is broken.
#[test]
fn a_date_that_is_broken_turns_nothing_off() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + "reviewed: someday\n");
    assert_eq!(found(&repo, "2024-02-01", &[]), ["schema-date reviewed"]);
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + MARKED);
    repo.commit("edition");
    for broken in ["2024-02-30", "soon", "2024-02"] {
        let ignored = "# sincewhen: ignore[date-impossible, schema-date, record-head] it is so";
        repo.write("notes/a.yaml", format!("name: a\n{ignored}\ndated: {broken}\nlevel: 1\n"));
        let rules = found(&repo, "2024-02-10", &["--base", "HEAD"]);
        assert!(
            rules.contains(&"gate-past-removed marks".to_owned())
                || rules.contains(&"gate-past-removed marks[m1]".to_owned()),
            "{broken}: {rules:?}"
        );
        // A month is a date of a record that has no day: that is reported in its own right.
        let refused = if broken == "2024-02" { "record-head dated" } else { "gate-backwards dated" };
        assert!(rules.contains(&refused.to_owned()), "{broken}: {rules:?}");
    }
}

#[test]
fn files_among_the_records_that_no_pattern_takes_are_reported() {
    let repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    for name in ["notes/b.yml", "notes/c.YAML", "notes/d.yaml.txt", "notes/deep/e.yml", "notes/f.yaml~"] {
        repo.write(name, note("x", "2023-01-01", 1));
        assert_eq!(found(&repo, "2024-01-01", &[]), [format!("file-unclaimed {name}")]);
        repo.remove(name);
    }
    repo.write("notes/README.md", "# Notes\n").write("notes/.hidden.yml", "a: 1\n");
    assert_eq!(found(&repo, "2024-01-01", &[]), [""; 0]);
}

#[test]
fn one_folder_too_deep_is_reported() {
    let repo = notes();
    repo.write("sincewhen.yaml", super::MANIFEST.replace("notes/**/*.yaml", "notes/*.yaml"));
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1))
        .write("notes/deep/b.yaml", note("b", "2023-01-01", 1));
    assert_eq!(found(&repo, "2024-01-01", &[]), ["file-unclaimed notes/deep/b.yaml"]);
}

#[test]
#[cfg(unix)]
fn links_among_the_records_are_reported() {
    let repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1))
        .write("elsewhere/b.yaml", note("b", "2023-01-01", 1));
    std::os::unix::fs::symlink("../elsewhere", repo.path().join("notes/linked")).expect("a link");
    assert_eq!(found(&repo, "2024-01-01", &[]), ["file-kind notes/linked"]);
}

#[test]
fn paths_that_differ_in_letters_only_are_reported() {
    let repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/A.yaml", note("b", "2023-01-01", 1));
    if repo.path().join("notes/a.yaml").metadata().is_ok()
        && std::fs::read_dir(repo.path().join("notes")).expect("a folder").count() == 2
    {
        assert_eq!(found(&repo, "2024-01-01", &[]), ["file-letters notes/a.yaml"]);
    }
}

#[test]
fn a_dataset_without_records_is_reported() {
    let repo = notes();
    repo.write("sincewhen.yaml", super::MANIFEST.replace("notes/**/*.yaml", "note/**/*.yaml"));
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    assert_eq!(found(&repo, "2024-01-01", &[]), ["no-records sincewhen.yaml"]);
}

#[test]
fn one_odd_value_silences_no_other() {
    let trap = "name: NO\ndated: 2023-01-01\nlevel: 010\n";
    let wanted = ["yaml-portability", "yaml-portability"];
    for more in [
        "",
        "x: &x 1\nz: *x\n",
        "x: &x 1\nz: *x # sincewhen: ignore[yaml-alias] wanted here\n",
        "x: !!str 1\n",
        "x: 123456789012345678901234567890\n",
        // Siblings: a merge key, a key that stands twice, a key that is a list.
        "x: {<<: {a: 1}}\n",
        "k: 1\nk: 2\n",
        "? [a]\n: 1\n",
    ] {
        for mark in ["", "\u{feff}", "%YAML 1.2\n---\n"] {
            let repo = notes();
            repo.write("notes/a.yaml", format!("{mark}{trap}{more}"));
            let rules = found(&repo, "2024-02-10", &[]);
            let old = rules
                .iter()
                .filter_map(|rule| rule.starts_with("yaml-portability").then_some("yaml-portability"));
            assert_eq!(old.collect::<Vec<_>>(), wanted, "{mark:?} {more:?}: {rules:?}");
        }
    }
}

#[test]
fn a_merge_conflict_says_so() {
    let repo = notes();
    let both = "name: a\ndated: 2023-01-01\n<<<<<<< HEAD\nlevel: 1\n=======\nlevel: 2\n>>>>>>> topic\n";
    repo.write("notes/a.yaml", both);
    assert_eq!(found(&repo, "2024-01-01", &[]), ["merge-conflict notes/a.yaml"]);
    // In a comment, or indented in a text, the signs are no conflict.
    repo.write(
        "notes/a.yaml",
        note("a", "2023-01-01", 1) + "text: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> topic\n",
    );
    assert_eq!(found(&repo, "2024-01-01", &[]), [""; 0]);
}

#[test]
fn a_policy_that_no_command_can_use_fails_under_the_rules_of_the_base() {
    let breakers = [
        ("note.schema.json", "{not json"),
        ("sincewhen.yaml", "format: nonsense\nrecords: []\nrules: rules\n"),
        ("rules/acts/level-changed.yaml", "title: only this\n"),
        (
            "rules/observations/level-known.yaml",
            "kind: standing\ntitle: T\nsignificance: minor\nfield: level\nwords: {plain: '{{ nothing \
                }}'}\nwhy: W\n",
        ),
        ("rules/checks/odd.yaml", "title: T\nlevel: error\nkind: no-such-kind\nwhy: W\n"),
        ("baseline.yaml", "format: another\n"),
    ];
    for (file, text) in breakers {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
        repo.commit("record");
        repo.write(file, text);
        repo.commit("nothing works any more");
        let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
        assert!(run.code > 0, "{file}: {}{}", run.stdout, run.stderr);
        assert!(run.code == 2 || run.stdout.contains("policy-unusable"), "{file}: {}", run.stdout);
        assert!(check(&repo, "2024-01-01", &[]).code > 0, "{file}");
    }
}

#[test]
fn words_that_cannot_be_written_fail_a_plain_check() {
    let repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.write(
        "sincewhen.yaml",
        super::MANIFEST.replace("kind: note,", "kind: note, heading: \"{{ nothing }}\","),
    );
    assert_eq!(found(&repo, "2024-01-01", &[]), ["policy-unusable sincewhen.yaml"]);
}

/// A grammar that `import` refuses is an error, by the rules of either side, and its file is named.
#[test]
fn a_grammar_that_import_cannot_use_fails_the_check() {
    let broken: [(&str, &str, &str, &str); 7] = [
        ("profile", "reads: pages", "reads: pages\nreadz: pages", "unknown field"),
        ("profile", "\nknown: ", "\nknown: '(' # ", "pattern of `known`"),
        ("profile", "\nfile: ", "\nfile: '{{ country' # ", "template"),
        ("votes", "reads: tables", "reads: tables\nreads: tables", "reads"),
        ("votes", "record: ", "records: ", "field"),
        ("dates", "months:", "month:", "field"),
        ("names", "table: ", "tables: ", "field"),
    ];
    for (grammar, find, with, says) in broken {
        let mut repo = crate::support::guard::committed();
        let path = format!("schema/import/{grammar}.yaml");
        let text = crate::support::guard::text(&repo, &path);
        assert!(text.contains(find), "{grammar}: {find}");
        repo.write(&path, text.replacen(find, with, 1));
        repo.commit("a grammar");
        let by_base = ["--base", "HEAD~1", "--policy-from", "base"];
        let args: &[&[&str]] = if grammar == "votes" { &[&[], &by_base] } else { &[&[]] };
        for args in args {
            let run = crate::support::guard::check(&repo, args);
            assert_eq!(run.code, 1, "{grammar} {find} {args:?}: {}{}", run.stdout, run.stderr);
            let said = run.stdout.contains("`import` cannot use this") && run.stdout.contains(says);
            assert!(
                said && run.stdout.contains("policy-unusable"),
                "{grammar} {find} {args:?}: {}",
                run.stdout
            );
        }
        if grammar == "names" {
            // What was broken before is not held against the next edit of it.
            repo.write(&path, crate::support::guard::text(&repo, &path) + "\n# a remark\n");
            repo.commit("a remark");
            let run = crate::support::guard::check(&repo, &by_base);
            assert_eq!(run.code, 0, "{grammar}: {}", run.stdout);
        }
    }
    // A pattern without end is refused as quickly.
    let repo = crate::support::guard::committed();
    let text = crate::support::guard::text(&repo, "schema/import/profile.yaml");
    let bomb = text.replacen("\nknown: ", "\nknown: '((((a{99}){99}){99}){99})' # ", 1);
    repo.write("schema/import/profile.yaml", bomb);
    let start = std::time::Instant::now();
    let run = crate::support::guard::check(&repo, &[]);
    assert!(run.stdout.contains("pattern of `known` is too large"), "{}", run.stdout);
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
}
