//! Values that are written in several ways, and lists without keys: what counts as a difference, and how it
//! is said.

use crate::support;

use support::Repo;
use support::notes;

/// Commits a note with one content, then another with a later date, and gives what `diff` says between them.
fn difference(before: &str, after: &str) -> serde_json::Value {
    let mut repo = notes::repo();
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-01-10\n{before}"));
    repo.commit("before");
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-02-10\n{after}"));
    repo.commit("after");
    let mut diff = repo.run(&["diff", "a", "--format", "json"]).json();
    let deltas = diff["records"][0]["deltas"].as_array_mut().expect("a list");
    deltas.retain(|delta| delta["path"] != "dated");
    diff["records"][0]["deltas"].take()
}

fn paths(deltas: &serde_json::Value) -> Vec<String> {
    let deltas = deltas.as_array().expect("a list");
    deltas
        .iter()
        .map(|d| format!("{} {}", d["op"].as_str().unwrap_or("?"), d["path"].as_str().unwrap_or("?")))
        .collect()
}

#[test]
fn equal_numbers_are_equal_however_they_are_written() {
    for (a, b) in
        [("1173.0", "1173"), ("0.0", "-0.0"), ("1e3", "1000"), ("1.0", "1.00"), ("+5", "5"), ("0x10", "16")]
    {
        assert_eq!(
            paths(&difference(&format!("value: {a}\n"), &format!("value: {b}\n"))),
            [""; 0],
            "{a} and {b}"
        );
    }
    for (a, b) in [
        ("3.10", "3.1"),
        ("\"1\"", "1"),
        ("1.5", "1.50"),
        ("9007199254740993", "9007199254740992.0"),
        ("true", "1"),
    ] {
        assert_eq!(
            paths(&difference(&format!("value: {a}\n"), &format!("value: {b}\n"))),
            ["changed value"],
            "{a} and {b}"
        );
    }
}

/// Where both values read alike, the sentence says what differs.
#[test]
fn a_text_that_becomes_a_number_is_said_to_be_one() {
    for (before, after, said) in [
        ("\"1\"", "1", "value: 1 (a number, previously a text)"),
        ("1", "\"1\"", "value: 1 (a text, previously a number)"),
        ("\"yes\"", "true", "value: yes (a truth value, previously a text)"),
        ("\"true\"", "true", "value: yes (previously: true)"),
        ("1", "2", "value: 2 (previously: 1)"),
    ] {
        let mut repo = notes::repo();
        for (date, value) in [("2024-01-10", before), ("2024-02-10", after)] {
            repo.write("notes/a.yaml", format!("name: a\ndated: {date}\nvalue: {value}\n"));
            repo.commit(value);
        }
        let output = repo.run(&["changelog", "a", "--format", "csv"]).answer();
        assert!(output.contains(said), "{before} to {after}: {output}");
    }
}

#[test]
fn a_version_that_ends_in_a_zero_keeps_it() {
    let mut repo = notes::repo();
    for (date, version) in [("2024-01-10", "3.9"), ("2024-02-10", "3.10")] {
        repo.write("notes/a.yaml", format!("name: a\ndated: {date}\nversion: {version}\n"));
        repo.commit(version);
    }
    let output = repo.run(&["changelog", "a"]).answer();
    assert!(output.contains("3.10") && output.contains("3.9"), "{output}");
}

#[test]
fn scalars_without_a_key_are_a_set() {
    let list = |items: &[&str]| format!("tags: [{}]\n", items.join(", "));
    let found = |a: &[&str], b: &[&str]| paths(&difference(&list(a), &list(b)));
    assert_eq!(found(&["x", "y"], &["y", "x"]), [""; 0], "order says nothing");
    assert_eq!(found(&["x", "y"], &["y", "z"]), ["added tags[z]", "removed tags[x]"]);
    assert_eq!(found(&["1", "2"], &["1", "\"2\""]), ["changed tags[2]"]);
    assert_eq!(found(&["x", "x"], &["x"]), ["removed tags[#1 before]"], "with an item twice, a sequence");
    assert_eq!(found(&["x"], &[]), ["changed tags"]);
}

#[test]
fn one_more_item_of_many_is_one_short_sentence() {
    let mut repo = notes::repo();
    let tags: String = (0..300).map(|n| format!("  - \"3.{}.{}\"\n", n / 10, n % 10)).collect();
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-01-10\ntags:\n{tags}"));
    repo.commit("before");
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-02-10\ntags:\n{tags}  - \"3.9.4rc0\"\n"));
    repo.commit("after");
    let output = repo.run(&["changelog", "a"]).answer();
    assert!(output.contains("3.9.4rc0") && output.len() < 300, "{output}");
    let blame = repo.run(&["blame", "a"]).answer();
    assert!(blame.lines().filter(|line| line.contains("2024-02-10")).count() <= 3, "{blame}");
}

#[test]
fn objects_without_a_key_are_compared_item_by_item() {
    let item = |what: &str, at: &str| format!("  - {{what: {what}, at: {at}, by: them}}\n");
    let [a, b, c] = [item("a", "2001-01-01"), item("b", "2002-01-01"), item("c", "2003-01-01")];
    let other = item("b", "2002-02-02");
    let found = |before: &[&String], after: &[&String]| {
        let list = |items: &[&String]| {
            format!("things:\n{}", items.iter().map(|item| item.as_str()).collect::<String>())
        };
        paths(&difference(&list(before), &list(after)))
    };
    assert_eq!(found(&[&a, &b], &[&a, &b, &c]), ["added things[#2]"]);
    assert_eq!(found(&[&a, &b, &c], &[&b, &c]), ["removed things[#0 before]"]);
    assert_eq!(found(&[&a, &b, &c], &[&a, &other, &c]), ["changed things[#1].at"]);
    assert_eq!(found(&[&a, &b], &[&c, &a, &other]), ["added things[#0]", "changed things[#2].at"]);
}

/// A dataset whose notes have marks without a key, each with a date.
fn unkeyed() -> Repo {
    let mut repo = notes::repo();
    let schema = r#"{"type": "object", "properties": {"dated": {"x-nature": "review"},
      "marks": {"items": {"type": "object", "x-date": "at"}}}}"#;
    repo.write("note.schema.json", schema);
    repo.commit("marks without a key");
    repo
}

#[test]
fn a_past_fact_in_a_list_without_a_key_is_guarded() {
    let mut repo = unkeyed();
    let marks = |first: &str| {
        format!(
            "marks:\n  - {{id: m1, at: 2020-05-01, what: {first}}}\n  - {{id: m2, at: 2021-05-01, what: v}}\n"
        )
    };
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-01-10\n{}", marks("w")));
    repo.commit("before");
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-02-10\n{}", marks("rewritten")));
    let found = repo.run(&["check", "--base", "HEAD", "--today", "2024-02-10"]);
    assert!(found.code == 1 && found.stdout.contains("gate-past-changed"), "{}", found.stdout);
    let gone = "marks:\n  - {id: m2, at: 2021-05-01, what: v}\n";
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-02-10\n{gone}"));
    let found = repo.run(&["check", "--base", "HEAD", "--today", "2024-02-10"]);
    assert!(found.code == 1 && found.stdout.contains("gate-past-removed"), "{}", found.stdout);
    let new = format!("{}  - {{id: m3, at: 2024-02-01, what: u}}\n", marks("w"));
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-02-10\n{new}"));
    assert_eq!(repo.run(&["check", "--base", "HEAD", "--today", "2024-02-10"]).code, 0);
}

#[test]
fn keys_may_be_paths_and_parts_of_them_may_be_missing() {
    let mut repo = notes::repo();
    let schema = r#"{"type": "object", "properties": {"dated": {"x-nature": "review"},
      "affected": {"x-key": ["package.name", "package.system?"], "items": {"type": "object"}},
      "ranges": {"x-set": true, "items": {"type": "object"}}}}"#;
    repo.write("note.schema.json", schema);
    repo.commit("keys by path");
    let content = |fixed: &str, range: &str| {
        format!(
            "affected:\n  - {{package: {{name: one, system: x}}, fixed: 1}}\n  - {{package: {{name: one}}, \
                fixed: {fixed}}}\n\
             ranges:\n  - {{from: 1}}\n  - {{from: {range}, to: 9}}\n"
        )
    };
    for (date, content) in [("2024-01-10", content("2", "3")), ("2024-02-10", content("4", "5"))] {
        repo.write("notes/a.yaml", format!("name: a\ndated: {date}\n{content}"));
        repo.commit(date);
    }
    let diff = repo.run(&["diff", "a", "--format", "json"]).json();
    let mut found = paths(&diff["records"][0]["deltas"]);
    found.retain(|path| !path.contains("dated"));
    assert_eq!(
        found,
        [
            "changed affected[one,\"\"].fixed",
            "added ranges[\"{\\\"from\\\":5,\\\"to\\\":9}\"]",
            "removed ranges[\"{\\\"from\\\":3,\\\"to\\\":9}\"]"
        ]
    );
}

#[test]
fn a_stamp_stands_for_its_civil_day_as_written() {
    let mut repo = unkeyed();
    repo.write("notes/b.yaml", "name: b\ndated: 2024-02-28\nlevel: 1\n");
    repo.write("notes/a.yaml", "name: a\ndated: 2024-02-28T20:00:00Z\nlevel: 1\n");
    repo.commit("before");
    let marks = "marks:\n  - {at: 2024-03-01, what: that day}\n";
    repo.write("notes/a.yaml", format!("name: a\ndated: 2024-03-01T09:30:00+13:00\nlevel: 2\n{marks}"));
    let found = repo.run(&["check", "--base", "HEAD", "--today", "2024-03-01"]);
    assert_eq!(found.code, 0, "{}", found.stdout);
    repo.write("notes/b.yaml", "name: b\ndated: 2024-02-29T20:00:00-10:00\nlevel: 2\n");
    let found = repo.run(&["check", "--base", "HEAD", "--today", "2024-02-29"]);
    assert!(!found.stdout.contains("notes/b.yaml"), "{}", found.stdout);
    repo.commit("after");
    assert_eq!(notes::level(&repo, "a", "2024-02"), 1);
    assert_eq!(notes::level(&repo, "b", "2024-02"), 2);
}

#[test]
fn stamps_are_read_as_yaml_and_people_write_them() {
    let written = [
        "2021-05-03 10:00:00",
        "2021-05-03 10:00:00 +02:00",
        "2021-05-03T10:00:00+0200",
        "2021-05-03T10:00Z",
        "2021-05-03 9:30:00",
        "2021-05-03t10:00:00.25z",
        "2021-05-03T10:00:00 -5",
        "\"2021-05-03T10:00:00\"",
    ];
    for stamp in written {
        let mut repo = notes::repo();
        repo.write("notes/a.yaml", format!("name: a\ndated: {stamp}\nlevel: 9\n"));
        repo.commit(stamp);
        let log = repo.run(&["log", "a", "--format", "json"]).json();
        assert_eq!(notes::dates(&log), [stamp.trim_matches('"')]);
        assert_eq!(notes::level(&repo, "a", "2021-05-03"), 9, "{stamp}");
    }
    for other in
        ["2021-05-03 noon", "2021-05-03T10", "2021-05-03T10:00+1", "2021-05-03T10:00:00Q", "3 May 2021"]
    {
        let mut repo = notes::three_editions();
        repo.write("notes/a.yaml", format!("name: a\ndated: {other}\nlevel: 9\n"));
        repo.commit(other);
        let log = repo.run(&["log", "a"]).answer();
        if other != "2021-05-03T10:00+1" {
            assert!(log.contains("write 2013"), "{other}: {log}");
        }
    }
}

/// The moment decides among stamps, whatever their zones.
#[test]
fn stamps_are_ordered_by_the_moment() {
    let mut repo = notes::repo();
    for (stamp, at) in
        [("2024-03-01T09:30:00+13:00", 1), ("2024-02-29T22:00:00-10:00", 2), ("2024-03-01T08:00:00Z", 3)]
    {
        repo.write("notes/a.yaml", notes::note("a", stamp, at));
        repo.commit(stamp);
    }
    let log = repo.run(&["log", "a", "--format", "json"]).json();
    let found = notes::editions(&log);
    assert_eq!(found.len(), 2, "two of them are one moment: {found:?}");
    assert_eq!(notes::level(&repo, "a", "last"), 3);
    assert_eq!(notes::level(&repo, "a", "first"), 1);
}

#[test]
fn quantities_have_groups_of_digits_and_a_unit() {
    use sincewhen::model::text::{counted, grouped};
    for (text, words) in [
        ("1568167", "1,568,167 mines"),
        ("114", "114 mines"),
        ("1995", "1,995 mines"),
        ("about 108000", "about 108,000 mines"),
        ("74000 to 78000", "74,000 to 78,000 mines"),
        ("800000-1000000", "800,000–1,000,000 mines"),
        ("under 5000000, it is thought", "under 5,000,000 mines, it is thought"),
        ("some 1.36 million", "some 1.36 million mines"),
        ("4104 destroyed of 8091 once held", "4,104 mines destroyed of 8,091 once held"),
        ("9786 destroyed in 2005 (said in 2009)", "9,786 mines destroyed in 2005 (said in 2009)"),
        ("3364 mines and 12500 fuzes", "3,364 mines and 12,500 fuzes"),
        ("large", "large"),
    ] {
        assert_eq!(counted(text, "mines"), words);
    }
    assert_eq!(counted("1170 cluster bombs", "cluster munitions"), "1,170 cluster bombs");
    assert_eq!(counted("1170 in a cluster", "cluster munitions"), "1,170 cluster munitions in a cluster");
    for text in ["2004-2005", "A/RES/73/54", "2020-09-04", "007", "12.5.2004", "in 1999"] {
        assert_eq!(grouped(text), text);
    }
}

#[test]
fn a_remark_stands_in_the_brackets_that_are_there_and_brings_none_of_its_own() {
    use sincewhen::model::text::aside;
    for (text, remark, words) in [
        ("attended 9MSP", "first recorded here", "attended 9MSP (first recorded here)"),
        ("attended 9MSP (Geneva)", "first recorded here", "attended 9MSP (Geneva; first recorded here)"),
        ("denied (2021)", "previously: alleged (2013)", "denied (2021; previously: alleged, 2013)"),
        ("denied", "previously: alleged (2013) by two", "denied (previously: alleged, 2013, by two)"),
        ("denied", "previously: alleged (2013); denied", "denied (previously: alleged, 2013; denied)"),
    ] {
        assert_eq!(aside(text, remark), words);
    }
}
