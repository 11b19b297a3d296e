//! Clones that show another history than was committed, or have no working tree.

use super::{check, found, note, notes};
use crate::support::Repo;

const TODAY: &str = "2024-06-01";
const BY_BASE: [&str; 6] = ["--base", "main", "--head", "HEAD", "--policy-from", "base"];

fn with_lie() -> Repo {
    let mut repo = notes();
    let marks = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + marks);
    repo.commit("record");
    repo.git(["checkout", "-q", "-b", "topic"]);
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &marks.replace("what: w", "what: LIE"));
    repo.commit("a lie");
    repo
}

/// Replacements and grafts are the clone's own, and no part of what is merged: the judgement sees what was
/// committed, and says so.
#[test]
fn replacements_and_grafts_change_no_judgement() {
    let expected = ["gate-past-changed marks[m1].what"];
    let id = |repo: &Repo, name: &str| repo.git(["rev-parse", name]).trim().to_owned();
    let judged = |repo: &Repo| {
        assert_eq!(found(repo, TODAY, &BY_BASE), expected);
        let run = check(repo, TODAY, &BY_BASE);
        assert!(run.stderr.contains("what was committed is judged"), "{}", run.stderr);
        let comment = repo.run(&[
            "changelog",
            "main...HEAD",
            "--policy-from",
            "base",
            "--format",
            "markdown",
            "--today",
            TODAY,
        ]);
        assert!(comment.stdout.contains("gate-past-changed"), "{}{}", comment.stdout, comment.stderr);
    };
    // The blob, the commit, the tree: another in their place.
    for (what, with) in
        [("topic:notes/a.yaml", "main:notes/a.yaml"), ("topic", "main"), ("topic^{tree}", "main^{tree}")]
    {
        let repo = with_lie();
        repo.git(["replace", &id(&repo, what), &id(&repo, with)]);
        judged(&repo);
    }
    // The base as a child of the lie, so that the branch adds nothing.
    let repo = with_lie();
    std::fs::create_dir_all(repo.path().join(".git/info")).expect("ours");
    let graft = format!("{} {}\n", id(&repo, "main"), id(&repo, "topic"));
    std::fs::write(repo.path().join(".git/info/grafts"), graft).expect("ours");
    judged(&repo);
}

/// A bare clone has no working tree: the current commit is checked, and what needs files says so.
#[test]
fn a_bare_clone_is_checked() {
    let repo = with_lie();
    let bare = Repo::cloned_from(&repo, &["--bare"]);
    assert_eq!(found(&bare, TODAY, &[]), [""; 0]);
    for args in [&BY_BASE[..], &["--base", "main"]] {
        assert_eq!(found(&bare, TODAY, args), ["gate-past-changed marks[m1].what"], "{args:?}");
    }
    assert_eq!(check(&bare, TODAY, &["--history"]).code, 0);
    let fault = check(&bare, TODAY, &["--staged"]).fault();
    assert!(fault.contains("a bare repository has no index") && fault.contains("--base"), "{fault}");
    for args in [&["--fix"][..], &["--write-baseline"]] {
        let fault = check(&bare, TODAY, args).fault();
        assert!(fault.contains("a bare repository has no working tree"), "{fault}");
    }
}
