//! Objects that are not there, or are not what they should be.

use super::{log, qualified, refused, three_editions};
use crate::support::Repo;
use crate::support::notes::{dates, level};
use std::fs;
use std::path::PathBuf;

/// Where a loose object lies.
fn object(repo: &Repo, name: &str) -> PathBuf {
    let id = repo.git(["rev-parse", name]);
    repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// Runs a check with an object spoilt, and puts it back.
fn with_spoilt(name: &str, spoil: &dyn Fn(&PathBuf), check: &dyn Fn(&Repo)) {
    let repo = three_editions();
    let file = object(&repo, name);
    let whole = fs::read(&file).expect("because new objects are loose");
    let before = log(&repo, &[]);
    fs::remove_file(&file).expect("because it is ours");
    spoil(&file);
    check(&repo);
    let _ = fs::remove_file(&file);
    fs::write(&file, whole).expect("because it is ours");
    assert_eq!(log(&repo, &[]), before, "put back");
}

/// Every sort of object, spoilt in one way.
fn each_sort(said: &str, spoil: &dyn Fn(&PathBuf)) {
    with_spoilt("HEAD~1:notes/a.yaml", spoil, &|repo| {
        let words = ["a: the revision of commit", "is left out", said];
        let changelog = qualified(repo.run(&["changelog", "a"]), &words);
        assert!(changelog.contains("level now 3, was 1"), "{changelog}");
        qualified(repo.run(&["since", "a"]), &words);
        assert_eq!(dates(&log(repo, &["a"])), ["2020-05-01", "2018-05-01"]);
        assert!(repo.run(&["log", "a"]).answer().contains(said), "and `log` says where");
    });
    with_spoilt("HEAD:notes/a.yaml", spoil, &|repo| {
        qualified(repo.run(&["show", "a"]), &["a: the revision of commit", said]);
        assert_eq!(level(repo, "a", "last"), 2, "the newest that can be read");
    });
    for tree_or_commit in ["HEAD~1", "HEAD~1^{tree}", "HEAD~1:notes"] {
        with_spoilt(tree_or_commit, spoil, &|repo| {
            for command in [&["log"][..], &["changelog", "a"], &["since"]] {
                refused(repo.run(command), &[said, "git fsck --full"]);
            }
        });
    }
    with_spoilt("HEAD:sincewhen.yaml", spoil, &|repo| {
        refused(repo.run(&["log"]), &["sincewhen.yaml: ", said, "git fsck --full"])
    });
}

#[test]
fn a_missing_object_is_a_gap_that_is_said_or_a_fault() {
    each_sort("is missing", &|_| {});
}

#[test]
fn a_damaged_object_is_a_gap_that_is_said_or_a_fault() {
    each_sort("damaged", &|file| fs::write(file, "not what it was").expect("because it is ours"));
}
