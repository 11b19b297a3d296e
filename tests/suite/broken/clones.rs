//! Clones that do not hold everything, or hold something else.

use super::{log, qualified, refused, three_editions};
use crate::support::notes::dates;
use crate::support::{Repo, git_command, run_in};

#[test]
fn a_deeper_shallow_clone_says_how_far_back_it_knows() {
    let full = three_editions();
    let shallow = Repo::cloned_from(&full, &["--depth", "2"]);
    assert_eq!(dates(&log(&shallow, &["a"])), ["2020-05-01", "2019-05-01"]);
    let boundary = &shallow.git(["rev-parse", "HEAD~1"])[..10];
    let words = ["shallow", boundary, "git fetch --unshallow"];
    let changelog = qualified(shallow.run(&["changelog", "a"]), &words);
    assert!(changelog.contains("level now 3, was 2") && !changelog.contains("was 1"), "{changelog}");
    qualified(shallow.run(&["since", "a"]), &words);
    refused(shallow.run(&["diff", "a", "rev:HEAD~3..last"]), &["HEAD~3", "--unshallow"]);
    shallow.git(["fetch", "--quiet", "--unshallow"]);
    assert_eq!(log(&shallow, &["a"]), log(&full, &["a"]), "the hint repairs it");
}

#[test]
fn replaced_parents_are_followed_and_said() {
    let repo = three_editions();
    repo.git(["replace", "--graft", "HEAD", "HEAD~2"]);
    let words = ["grafts or replacement objects", "git replace --delete"];
    let changelog = qualified(repo.run(&["changelog", "a"]), &words);
    assert!(changelog.contains("level now 3, was 1"), "as git shows it: {changelog}");
    assert_eq!(dates(&log(&repo, &["a"])), ["2020-05-01", "2018-05-01"]);
    repo.git(["replace", "--delete", &repo.git(["rev-parse", "HEAD"])]);
    assert_eq!(dates(&log(&repo, &["a"])).len(), 3);
}

#[test]
fn a_partial_clone_says_what_it_left_out_and_the_hint_repairs_it() {
    let full = three_editions();
    full.git(["config", "uploadpack.allowFilter", "true"]);
    let part = Repo::cloned_from(&full, &["--filter=blob:none", "--no-checkout"]);
    for command in [&["log"][..], &["changelog", "a"], &["show", "a"]] {
        refused(part.run(command), &["sincewhen.yaml", "partial clone", "git fetch --refetch --no-filter"]);
    }
    // The policy and the newest edition are fetched, as a checkout would.
    for line in full.git(["ls-tree", "-r", "HEAD"]).lines() {
        part.git(["cat-file", "-e", &line[12..52]]);
    }
    assert_eq!(dates(&log(&part, &["a"])), ["2020-05-01"]);
    let words = ["2 revisions are left out", "`sincewhen log -v` says why"];
    qualified(part.run(&["changelog", "a"]), &words);
    qualified(part.run(&["since", "a"]), &words);
    assert_eq!(part.run(&["log", "a"]).answer().matches("is missing (this is a partial clone)").count(), 2);
    part.git(["fetch", "--quiet", "--refetch", "--no-filter"]);
    assert_eq!(log(&part, &["a"]), log(&full, &["a"]), "the hint repairs it");
}

#[test]
fn kinds_of_repositories_that_cannot_be_read_are_refused() {
    let beside = three_editions();
    for (name, option, word) in
        [("sha256", "--object-format=sha256", "SHA-256"), ("reftable", "--ref-format=reftable", "reftable")]
    {
        let folder = beside.beside(name);
        let made = git_command(beside.path())
            .args(["init", "--quiet", option])
            .arg(&folder)
            .status()
            .expect("git is installed");
        if made.success() {
            for command in ["log", "changelog", "check"] {
                refused(run_in(&folder, &[command]), &[word, "not supported by the git library"]);
            }
        }
    }
}
