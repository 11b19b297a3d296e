//! Records that were gone and come back, files that move, editions that are taken back one by one: what was
//! published once is held against what comes under its name, and nothing else is.

use super::{check, found, note, notes};
use crate::support::Repo;

const MARKED: &str = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
const TODAY: &str = "2024-06-01";
const BY_BASE: [&str; 6] = ["--base", "main", "--head", "HEAD", "--policy-from", "base"];

fn edition(name: &str, date: &str, level: u32) -> String {
    note(name, date, level) + MARKED
}

/// A dataset in which the record `a` was published twice and deleted, on a new branch.
fn deleted() -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", edition("a", "2024-01-10", 1))
        .write("notes/b.yaml", note("b", "2024-01-10", 1));
    repo.commit("records");
    repo.write("notes/a.yaml", edition("a", "2024-02-10", 2));
    repo.commit("the last edition of a");
    repo.remove("notes/a.yaml");
    repo.commit("a is deleted");
    repo.git(["checkout", "-q", "-b", "topic"]);
    repo
}

#[track_caller]
fn judged(repo: &mut Repo, files: &[(&str, String)], expected: &[&str]) {
    for (path, text) in files {
        repo.write(path, text);
    }
    repo.commit("topic");
    assert_eq!(found(repo, TODAY, &BY_BASE), expected, "{files:?}");
}

/// What was published last under a name is the past of whatever comes back under it, in whichever file, and
/// through whichever record that says it was called so.
#[test]
fn a_record_that_comes_back_is_held_against_what_was_published() {
    let lie = || edition("a", "2024-05-01", 2).replace("what: w", "what: LIE");
    judged(&mut deleted(), &[("notes/a.yaml", lie())], &["gate-past-changed marks[m1].what"]);
    judged(&mut deleted(), &[("notes/x/a.yaml", lie())], &["gate-past-changed marks[m1].what"]);
    judged(
        &mut deleted(),
        &[("notes/a.yaml", note("a", "2024-01-01", 2))],
        &["gate-past-removed marks[m1]", "gate-backwards dated"],
    );
    let heir = lie().replace("name: a", "name: c") + "formerly: [{name: a}]\n";
    judged(&mut deleted(), &[("notes/c.yaml", heir)], &["gate-past-changed marks[m1].what"]);
    // Siblings: a commit before the last brings the lie, and a file that holds another record now.
    let mut repo = deleted();
    repo.write("notes/a.yaml", lie());
    repo.commit("a lie");
    judged(
        &mut repo,
        &[("notes/a.yaml", edition("a", "2024-05-02", 2))],
        &["gate-past-changed marks[m1].what", "gate-past-changed marks[m1].what"],
    );
}

/// A record that comes back as it was, or with its past, is called out and no fault; so is a new name.
#[test]
fn an_honest_return_passes_and_is_called_out() {
    let mut repo = deleted();
    repo.write("notes/a.yaml", edition("a", "2024-02-10", 2));
    repo.commit("as it was");
    let run = check(&repo, TODAY, &BY_BASE);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("notes/a.yaml (the record a comes back; commit"), "{}", run.stdout);
    judged(&mut deleted(), &[("notes/a.yaml", edition("a", "2024-05-01", 3))], &[]);
    judged(&mut deleted(), &[("notes/new.yaml", edition("new", "2023-05-01", 3))], &[]);
}

/// A record that stands takes over no history of one that had ended, unless one commit made it that record.
#[test]
fn a_record_that_ended_is_taken_over_by_none_that_stood_beside_it() {
    let heir = note("b", "2024-05-01", 2) + "formerly: [{name: a}]\n";
    judged(&mut deleted(), &[("notes/b.yaml", heir)], &["gate-formerly formerly"]);
    // One that stands is reported as that, once.
    let mut repo = deleted();
    let taker = note("new", "2024-05-01", 2) + "formerly: [{name: b}]\n";
    judged(&mut repo, &[("notes/new.yaml", taker)], &["formerly-living formerly"]);
    let run = check(&repo, TODAY, &BY_BASE);
    assert!(!run.stdout.contains("comes back"), "{}", run.stdout);
    let mut repo = notes();
    repo.write("notes/a.yaml", edition("a", "2024-01-10", 1));
    repo.commit("record");
    repo.remove("notes/a.yaml");
    repo.write("notes/z.yaml", edition("z", "2024-01-10", 1));
    repo.commit("a is called z from now on, and does not say so");
    repo.git(["checkout", "-q", "-b", "topic"]);
    let says = edition("z", "2024-01-10", 1) + "formerly: [{name: a}]\n";
    judged(&mut repo, &[("notes/z.yaml", says)], &[]);
}

const BY_PATH: &str = r#"format: sincewhen.manifest/1
title: Notes
rules: rules
records:
  - {kind: note, path: "notes/*.yaml", schema: note.schema.json, identity: [$stem], date: dated, formerly: renames, corrections: corrections}
"#;

fn by_path() -> Repo {
    let mut repo = notes();
    repo.write("sincewhen.yaml", BY_PATH);
    let lines: String = (0..9).map(|at| format!("  - {{id: k{at}, at: 2020-05-01, what: w}}\n")).collect();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + "marks:\n" + &lines);
    repo.write("notes/b.yaml", note("b", "2024-01-10", 7));
    repo.commit("records that their paths name");
    repo.git(["checkout", "-q", "-b", "topic"]);
    repo
}

/// `formerly: renames`: a file that one commit moves is the same record, as `log` has it.
#[test]
fn a_file_that_moves_is_the_same_record_where_renames_are_followed() {
    let text = |repo: &Repo| std::fs::read_to_string(repo.path().join("notes/a.yaml")).expect("a file");
    let log = |repo: &Repo, name: &str| repo.run(&["log", name]).answer();
    for edit in [false, true] {
        let mut repo = by_path();
        let old = text(&repo);
        let new =
            if edit { old.replace("2024-01-10", "2024-05-01").replace("level: 1", "level: 2") } else { old };
        repo.remove("notes/a.yaml");
        repo.write("notes/c.yaml", &new);
        assert_eq!(found(&repo, TODAY, &["--base", "main"]), [""; 0], "not committed");
        repo.commit("moved");
        assert_eq!(found(&repo, TODAY, &BY_BASE), [""; 0], "edited: {edit}");
        assert!(log(&repo, "c").contains("2024-01-10"), "the history goes on: {}", log(&repo, "c"));
        // What it says of the past is held against what was published.
        repo.write(
            "notes/c.yaml",
            new.replace("{id: k3, at: 2020-05-01, what: w}", "{id: k3, at: 2020-05-01, what: LIE}"),
        );
        repo.commit("and a lie");
        let rules = found(&repo, TODAY, &BY_BASE);
        assert!(rules.contains(&"gate-past-changed marks[k3].what".to_owned()), "{rules:?}");
    }
    // Siblings: two moves in a row; and a file that one commit removes and another brings: its history ends.
    let mut repo = by_path();
    for (from, to) in [("notes/a.yaml", "notes/c.yaml"), ("notes/c.yaml", "notes/d.yaml")] {
        repo.git(["mv", from, to]);
        repo.commit("moved");
    }
    assert_eq!(found(&repo, TODAY, &BY_BASE), [""; 0]);
    assert!(log(&repo, "d").contains("2024-01-10"));
    let mut repo = by_path();
    let old = text(&repo);
    repo.remove("notes/a.yaml");
    repo.commit("gone");
    repo.write("notes/c.yaml", old);
    repo.commit("there");
    let run = check(&repo, TODAY, &BY_BASE);
    assert!(run.code == 1 && run.stdout.contains("gate-renamed"), "{}", run.stdout);
    assert!(run.stdout.contains("one commit that moves the file"), "{}", run.stdout);
}

/// Each revert goes back to the edition before; going back further at once is for a maintainer to accept.
#[test]
fn editions_are_taken_back_one_by_one() {
    let text = |at: usize| edition("a", ["2024-01-10", "2024-02-10", "2024-03-10"][at], at as u32);
    let published = || {
        let mut repo = notes();
        for at in 0..3 {
            repo.write("notes/a.yaml", text(at));
            repo.commit("edition");
        }
        repo.git(["checkout", "-q", "-b", "topic"]);
        repo
    };
    // The second revert follows the first in another branch, or in the same.
    let mut repo = published();
    judged(&mut repo, &[("notes/a.yaml", text(1))], &[]);
    judged(&mut repo, &[("notes/a.yaml", text(0))], &[]);
    repo.git(["checkout", "-q", "-B", "main", "HEAD~1"]);
    repo.git(["checkout", "-q", "-b", "second"]);
    judged(&mut repo, &[("notes/a.yaml", text(0))], &[]);
    let run = check(&repo, TODAY, &BY_BASE);
    assert!(run.stdout.contains("taken back"), "{}", run.stdout);
    // Two at once, a text that was never published, and one that was taken back itself.
    judged(&mut published(), &[("notes/a.yaml", text(0))], &["gate-backwards dated"]);
    let other = text(1).replace("level: 1", "level: 9");
    judged(&mut published(), &[("notes/a.yaml", other)], &["gate-backwards dated"]);
    let mut repo = published();
    repo.write("notes/a.yaml", text(0));
    repo.commit("back to the first");
    repo.git(["checkout", "-q", "-B", "main"]);
    repo.write("notes/a.yaml", edition("a", "2024-04-10", 4));
    repo.commit("and on");
    repo.git(["checkout", "-q", "-B", "main"]);
    repo.git(["checkout", "-q", "-b", "third"]);
    judged(&mut repo, &[("notes/a.yaml", text(2))], &["gate-backwards dated"]);
}
