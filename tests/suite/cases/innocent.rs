//! Who did nothing is blamed for nothing.

use super::{check, found, note, notes};

/// GitHub's merge commit compares with its first parent: what others did to the branch's base is not the
/// branch's doing.
#[test]
fn a_merge_commit_compares_with_its_first_parent() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/b.yaml", note("b", "2023-01-01", 1));
    repo.commit("records");
    repo.git(["checkout", "-q", "-b", "topic"]);
    repo.write("notes/a.yaml", note("a", "2024-01-02", 2));
    repo.commit("topic edits a, rightly");
    repo.git(["checkout", "-q", "main"]);
    repo.write("notes/b.yaml", note("b", "2023-01-01", 2));
    repo.commit("somebody else edits b, wrongly");
    repo.git(["checkout", "-q", "--detach", "main"]);
    repo.git(["merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic"]);
    for args in [&["--base", "HEAD^1"][..], &["--base", "HEAD^1", "--policy-from", "base"]] {
        assert_eq!(found(&repo, "2024-01-02", args), [""; 0]);
    }
    let output = repo.run(&["changelog", "HEAD^1...HEAD"]).answer();
    assert!(!output.contains("b  b") && output.contains("a  a"), "{output}");
}

#[test]
fn a_sparse_checkout_deletes_nothing() {
    let mut repo = notes();
    repo.write("notes/x/a.yaml", note("a", "2023-01-01", 1))
        .write("notes/y/b.yaml", note("b", "2023-01-01", 1));
    repo.commit("records");
    repo.git(["sparse-checkout", "set", "--cone", "rules", "notes/x"]);
    repo.write("notes/x/a.yaml", note("a", "2024-01-02", 2));
    let run = check(&repo, "2024-01-02", &["--base", "HEAD"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stderr.contains("1 file outside the sparse checkout is judged as the index has it"),
        "{}",
        run.stderr
    );
    let whole = check(&repo, "2024-01-02", &[]);
    assert!(whole.stdout.contains("2 files"), "{}", whole.stdout);
    let output = repo.run(&["changelog", "--worktree"]).answer();
    assert!(!output.contains("ended"), "{output}");
    // Siblings: the policy itself outside the cone, and the whole run from a folder of its own.
    repo.git(["stash", "-q"]);
    repo.git(["sparse-checkout", "set", "--cone", "notes/x"]);
    assert_eq!(found(&repo, "2024-01-02", &[]), [""; 0]);
    assert_eq!(found(&repo, "2024-01-02", &["--base", "HEAD"]), [""; 0]);
    repo.git(["sparse-checkout", "reapply", "--sparse-index"]);
    let fault = check(&repo, "2024-01-02", &[]).fault();
    assert!(fault.contains("git sparse-checkout reapply --no-sparse-index"), "{fault}");
}

#[test]
fn line_ends_that_git_converts_are_no_change() {
    let crlf = |repo: &crate::support::Repo| {
        std::fs::read(repo.path().join("notes/a.yaml")).expect("a file").contains(&b'\r')
    };
    for how in ["autocrlf", "attributes", "auto"] {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1))
            .write("notes/b.yaml", note("b", "2023-01-01", 1));
        match how {
            "attributes" => repo.write(".gitattributes", "*.yaml text eol=crlf\n"),
            "auto" => repo.write(".gitattributes", "* text=auto eol=crlf\n"),
            _ => &repo,
        };
        repo.commit("records");
        if how == "autocrlf" {
            repo.git(["config", "core.autocrlf", "true"]);
        }
        repo.remove("notes/a.yaml").remove("notes/b.yaml");
        repo.git(["checkout", "-q", "--", "notes"]);
        assert!(crlf(&repo), "{how}: the working tree has CRLF");
        assert_eq!(repo.git(["status", "--short"]), "", "{how}");
        assert_eq!(found(&repo, "2023-01-01", &["--base", "HEAD"]), [""; 0], "{how}");
        assert_eq!(repo.run(&["fmt", "--check"]).answer(), "", "{how}");
        let log = repo.run(&["log", "--worktree"]).answer();
        assert!(!log.contains("worktree"), "{how}: {log}");
        // An edit and its fix keep the line ends of the disk.
        repo.write("notes/a.yaml", "name: a\r\ndated:   2023-02-01\r\nlevel: 2\r\n");
        assert_eq!(found(&repo, "2023-02-01", &["--base", "HEAD"]), [""; 0], "{how}");
        repo.run(&["fmt"]).answer();
        let text = std::fs::read_to_string(repo.path().join("notes/a.yaml")).expect("a file");
        assert_eq!(text, "name: a\r\ndated: 2023-02-01\r\nlevel: 2\r\n", "{how}");
        repo.write("notes/a.yaml", "name: a\r\ndated: 2023-01-01\r\nlevel: 2\r\n");
        repo.run(&["check", "--base", "HEAD", "--fix", "--today", "2023-03-01"]);
        let text = std::fs::read_to_string(repo.path().join("notes/a.yaml")).expect("a file");
        assert_eq!(text, "name: a\r\ndated: 2023-03-01\r\nlevel: 2\r\n", "{how}");
    }
}

/// What git only means to add, and what it is asked to take for unchanged, is as git has it.
#[test]
fn the_index_says_what_is_there() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo.write("notes/b.yaml", note("b", "2023-01-01", 1));
    repo.git(["add", "--intent-to-add", "notes/b.yaml"]);
    assert_eq!(found(&repo, "2023-01-01", &["--staged"]), [""; 0]);
    assert_eq!(found(&repo, "2023-01-01", &["--base", "HEAD"]), [""; 0]);
    repo.git(["update-index", "--assume-unchanged", "notes/a.yaml"]);
    repo.write("notes/a.yaml", note("a", "2023-01-01", 2));
    assert_eq!(repo.git(["status", "--short", "notes/a.yaml"]), "");
    assert_eq!(found(&repo, "2023-01-01", &["--base", "HEAD"]), [""; 0]);
}

#[test]
fn an_editor_may_be_a_day_ahead_of_the_clock() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo.write("notes/a.yaml", note("a", "2024-03-01", 2));
    for today in ["2024-03-01", "2024-02-29"] {
        assert_eq!(found(&repo, today, &["--base", "HEAD"]), [""; 0], "{today}");
        assert_eq!(found(&repo, today, &[]), [""; 0], "{today}");
    }
    assert_eq!(found(&repo, "2024-02-28", &["--base", "HEAD"]), ["gate-future dated"]);
    // A second edit of the same day is an amendment on both sides of the date line.
    repo.commit("edition of 1 March");
    repo.write("notes/a.yaml", note("a", "2024-03-01", 3));
    assert_eq!(found(&repo, "2024-02-29", &["--base", "HEAD"]), [""; 0]);
    assert_eq!(found(&repo, "2024-03-02", &["--base", "HEAD"]), ["gate-not-moved dated"]);
}

#[test]
fn records_that_are_joined_or_split_are_not_deleted() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/b.yaml", note("b", "2023-02-01", 2));
    repo.commit("records");
    let joined = note("m", "2024-01-02", 3) + "formerly: [{name: a}, {name: b}]\n";
    repo.remove("notes/a.yaml").remove("notes/b.yaml").write("notes/m.yaml", joined);
    assert_eq!(found(&repo, "2024-01-02", &["--base", "HEAD"]), [""; 0]);
    repo.git(["checkout", "-q", "--", "notes"]);
    repo.remove("notes/m.yaml").remove("notes/a.yaml");
    for (name, level) in [("a1", 1), ("a2", 2)] {
        let heir = note(name, "2024-01-02", level) + "formerly: [{name: a}]\n";
        repo.write(&format!("notes/{name}.yaml"), heir);
    }
    let rules = found(&repo, "2024-01-02", &["--base", "HEAD"]);
    assert!(
        !rules.iter().any(|rule| rule.starts_with("gate-deleted") || rule.starts_with("gate-renamed")),
        "{rules:?}"
    );
}
