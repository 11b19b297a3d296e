//! Time grows with the size of what is compared, not with its square.
//!
//! Each shape is worded at one size and at four times that size. Four times the work may take ten times as
//! long, for the machine's sake; a square takes sixteen times as long.

use crate::support::policy::{Held, MapFiles, identity};
use sincewhen::model::results::Change;
use sincewhen::rules::Engine;
use std::fmt::Write;
use std::time::{Duration, Instant};

const MANIFEST: &str = "format: sincewhen.manifest/1
title: Notes
rules: rules
records:
  - {kind: note, path: 'notes/*.yaml', schema: note.schema.json, identity: [name], date: dated}
";

const SCHEMA: &str = r#"{"type": "object", "properties": {
  "dated": {"x-nature": "review"},
  "marks": {"x-key": ["id"], "x-date": "date", "items": {"type": "object", "x-date": "date", "properties": {
    "id": {}, "level": {"title": "Level"}, "date": {"x-date": "."}}}},
  "steps": {"items": {"type": "object"}},
  "words": {"items": {}},
  "open": {"type": "object"}
}}
"#;

/// How long it takes to word the differences of two editions of some shape, and how much that explains: paths
/// and values, in characters. Of many items the words name the first ones only.
fn worded(shape: &dyn Fn(usize, usize) -> String, size: usize) -> (Duration, usize) {
    let files = MapFiles::default()
        .with("sincewhen.yaml", MANIFEST)
        .with("note.schema.json", SCHEMA)
        .with("rules/README.md", "");
    let (policy, reference) = files.load("");
    let engine = Engine::new(&policy, &reference).unwrap_or_else(|error| panic!("{error}"));
    let identity = identity(&[("name", "a")]);
    let subject = engine.subject(&identity, 0);
    let text = |edition: usize| format!("name: a\ndated: 2020-01-0{edition}\n{}", shape(size, edition));
    let (from, to) = (Held::new(&text(1), "2020-01-01"), Held::new(&text(2), "2020-01-02"));
    let start = Instant::now();
    let changes = engine.changes(&subject, from.edited(), to.edited());
    let taken = start.elapsed();
    let explained = |change: &Change| format!("{:?}{:?}{:?}", change.explains, change.before, change.after);
    (taken, changes.iter().map(|change| explained(change).len()).sum())
}

fn is_even(name: &str, shape: &dyn Fn(usize, usize) -> String) {
    is_even_from(200, name, shape);
}

fn is_even_from(size: usize, name: &str, shape: &dyn Fn(usize, usize) -> String) {
    let best = |size: usize| (0..3).map(|_| worded(shape, size)).min().expect("because there are three");
    let ((small, few), (large, many)) = (best(size), best(4 * size));
    assert!(many > 3 * few, "{name}: {many} characters explained, where a fourth of it gives {few}");
    let limit = 10 * small + Duration::from_millis(200);
    assert!(large < limit, "{name}: {small:?} for {size}, and {large:?} for {}", 4 * size);
}

fn lines(head: &str, size: usize, line: impl Fn(usize) -> String) -> String {
    let mut out = format!("{head}:\n");
    for at in 0..size {
        writeln!(out, "{}", line(at)).expect("because writing to a string cannot fail");
    }
    out
}

#[test]
fn items_with_keys_that_change() {
    is_even("marks", &|size, edition| {
        lines("marks", size, |at| format!("  - {{id: k{at}, level: {}, date: 2019-01-01}}", at + edition))
    });
}

#[test]
fn items_with_keys_that_come_and_go() {
    is_even("other marks", &|size, edition| {
        lines("marks", size, |at| format!("  - {{id: k{edition}-{at}, level: {at}, date: 2019-01-01}}"))
    });
}

#[test]
fn items_without_keys() {
    is_even("steps", &|size, edition| {
        lines("steps", size, |at| format!("  - {{name: s{at}, level: {}, width: {at}}}", at + edition))
    });
}

#[test]
fn words_in_another_order() {
    // Multiplying by a number that shares no factor with the size is a shuffle.
    // One word stands twice, so that the list is no set.
    is_even("words", &|size, edition| {
        let factor = [7, 11][edition - 1];
        lines("words", size + 1, |at| format!("  - word {}", (at * factor) % size))
    });
}

/// Outlines of maps: long lists of pairs, of which an edition has others throughout.
#[test]
fn items_that_are_lists() {
    is_even_from(1000, "as many", &|size, edition| {
        lines("words", size, |at| format!("  - [{}, {at}]", 10 * at + edition))
    });
    is_even_from(1000, "more", &|size, edition| {
        lines("words", size + edition, |at| format!("  - [{}, {at}]", 10 * at + edition))
    });
    is_even_from(1000, "every second", &|size, edition| {
        lines("words", size, |at| format!("  - [{}, {at}]", 10 * at + at % 2 * edition))
    });
    is_even_from(1000, "in another order", &|size, edition| {
        let factor = [7, 11][edition - 1];
        lines("words", size, |at| format!("  - [{}, 1]", (at * factor) % size))
    });
    is_even_from(100, "in lists of lists", &|size, edition| {
        lines("words", size, |at| {
            let pairs: Vec<String> = (0..10).map(|one| format!("[{}, {one}]", 10 * at + edition)).collect();
            format!("  - [[{}]]", pairs.join(", "))
        })
    });
}

#[test]
fn fields_that_change() {
    is_even_from(1000, "open", &|size, edition| {
        lines("open", size, |at| format!("  k{at}: {}", at + edition))
    });
}

#[test]
fn fields_that_come_and_go() {
    is_even_from(1000, "other fields", &|size, edition| {
        lines("open", size, |at| format!("  k{edition}-{at}: {at}"))
    });
}

/// Who said each item of a list without keys: what moves in it is not followed, so all of it is recorded
/// once.
#[test]
fn blame_of_items_without_keys() {
    let taken = |size: usize| {
        let mut repo = crate::support::notes::repo();
        for edition in 1..=2 {
            let head = format!("name: a\ndated: 2020-01-0{edition}\nlevel: 1\n");
            let steps = lines("steps", size, |at| format!("  - {{name: s{at}, level: {}}}", at + edition));
            repo.write("notes/a.yaml", head + &steps);
            repo.commit("edition");
        }
        let start = Instant::now();
        repo.run(&["blame", "a", "name", "--no-cache"]).answer();
        start.elapsed()
    };
    let best = |size: usize| (0..3).map(|_| taken(size)).min().expect("because there are three");
    let (small, large) = (best(500), best(2000));
    assert!(large < 8 * small, "{small:?} for 500, and {large:?} for 2000");
}
