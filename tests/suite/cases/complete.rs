//! Output is complete, or says what it left out and how to have it.

use super::{check, note, notes};
use crate::support::Repo;

/// 400 records, all edited in one branch, each with a past fact that changes.
fn four_hundred() -> Repo {
    let mut repo = notes();
    let text = |number: usize, (dated, level, what): (&str, u32, &str)| {
        let what = what.repeat(80);
        note(&format!("r{number}"), dated, level)
            + &format!("marks: [{{id: m, at: 2020-01-01, what: {what}}}]\n")
    };
    for number in 100..500 {
        repo.write(&format!("notes/r{number}.yaml"), text(number, ("2023-01-01", 1, "w")));
    }
    repo.commit("records");
    for number in 100..500 {
        repo.write(&format!("notes/r{number}.yaml"), text(number, ("2023-04-01", 2, "v")));
    }
    repo.commit("all of them change");
    repo
}

#[test]
fn a_change_of_four_hundred_records_is_shown_whole() {
    let repo = four_hundred();
    let text = repo.run(&["changelog", "HEAD~1...HEAD"]).answer();
    assert_eq!(text.matches("level now 2").count(), 400, "the text has all sentences");
    let comment = repo.run(&["changelog", "HEAD~1...HEAD", "--format", "markdown"]).answer();
    assert!(
        comment.len() <= 65_536 && comment.contains("prints all of them"),
        "the comment says how to have the rest"
    );
    assert!(comment.contains("400"), "the comment counts all");

    let summary = repo.beside("summary.md");
    let output = crate::support::binary(repo.path())
        .args(["check", "--base", "HEAD~1", "--format", "github", "--today", "2023-05-01"])
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .expect("the program runs");
    let answer = String::from_utf8_lossy(&output.stdout);
    let findings = answer.lines().filter(|line| line.starts_with("::error ")).count();
    let written = std::fs::read_to_string(&summary).expect("the summary is written");
    assert!(written.len() < 1024 * 1024, "GitHub takes no more");
    let lines =
        written.lines().filter(|line| line.contains("gate-past-changed") && line.contains("notes/r")).count();
    assert_eq!(findings, 400, "one finding a record");
    assert_eq!(lines, 400, "the summary has each");
}

#[test]
fn a_clean_run_is_one_line() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    for args in [&[][..], &["--base", "HEAD"], &["--history"], &["--staged"]] {
        let run = check(&repo, "2024-01-01", args);
        assert_eq!(run.code, 0, "{args:?}");
        assert_eq!(run.stdout.lines().count(), 1, "{args:?}: {}", run.stdout);
        assert_eq!(run.stderr, "", "{args:?}");
    }
}
