//! Records without dates of their own are dated by their commits, and a committer can write any day.

use super::{check, found, notes};
use crate::support::Repo;

const TODAY: &str = "2024-06-01";
const BY_BASE: [&str; 6] = ["--base", "main", "--head", "HEAD", "--policy-from", "base"];
const JANUARY: i64 = 1_705_000_000;
const DAY: i64 = 86_400;

fn text(level: u32) -> String {
    format!("name: a\nlevel: {level}\n")
}

/// A record that commits date, published twice in January 2024, on a new branch.
fn dated_by_commits() -> Repo {
    let mut repo = notes();
    repo.write("sincewhen.yaml", super::MANIFEST.replace("date: dated", "date: commit"));
    for (at, level) in [(0, 1), (3, 2)] {
        repo.write("notes/a.yaml", text(level));
        repo.write("notes/b.yaml", text(level).replace("name: a", "name: b"));
        repo.commit_at("edition", JANUARY + at * DAY);
    }
    repo.git(["checkout", "-q", "-b", "topic"]);
    repo
}

#[track_caller]
fn judged(commits: &[(i64, u32)], expected: &[&str]) {
    let mut repo = dated_by_commits();
    for (day, level) in commits {
        repo.write("notes/a.yaml", text(*level));
        repo.commit_at("topic", JANUARY + day * DAY);
    }
    assert_eq!(found(&repo, TODAY, &BY_BASE), expected, "{commits:?}");
}

#[test]
fn a_commit_dates_no_edition_before_the_one_that_it_follows() {
    judged(&[(2, 3)], &["gate-backwards notes/a.yaml"]);
    judged(&[(10, 3), (2, 4)], &["gate-backwards notes/a.yaml"]);
    judged(&[(2, 3), (10, 4)], &["gate-backwards notes/a.yaml"]);
    // Nor ahead of the present, but for the day by which an editor's calendar can be ahead.
    judged(&[(900, 3)], &["gate-future notes/a.yaml"]);
    judged(&[(10, 3), (20, 4)], &[]);
    judged(&[(3, 3)], &[]);
    let june = 142;
    judged(&[(june + 1, 3)], &[]);
    judged(&[(june + 2, 3)], &["gate-future notes/a.yaml"]);
}

/// Siblings: a side line that is merged in, a record that moves to another file at once, one that was
/// published later than the branch began, and a maintainer's consent.
#[test]
fn days_are_held_against_the_line_that_they_follow() {
    let mut repo = dated_by_commits();
    repo.git(["checkout", "-q", "-b", "side", "main~1"]);
    repo.write("notes/b.yaml", "name: b\nlevel: 9\n");
    repo.commit_at("dated before its parent", JANUARY - 5 * DAY);
    repo.git(["checkout", "-q", "topic"]);
    repo.git(["merge", "-q", "-X", "theirs", "--no-edit", "side"]);
    assert_eq!(found(&repo, TODAY, &BY_BASE), ["gate-backwards notes/b.yaml"]);

    let mut repo = dated_by_commits();
    repo.remove("notes/a.yaml");
    repo.write("notes/x/a.yaml", text(3));
    repo.commit_at("moved", JANUARY + DAY);
    assert_eq!(found(&repo, TODAY, &BY_BASE), ["gate-backwards notes/x/a.yaml"]);
    let print = super::fingerprint(&repo, TODAY, &BY_BASE, "gate-backwards");
    let run = check(&repo, TODAY, &[&BY_BASE[..], &["--accept", &print]].concat());
    assert_eq!(run.code, 0, "{}", run.stdout);

    let mut repo = dated_by_commits();
    repo.write("notes/a.yaml", text(3));
    repo.commit_at("topic", JANUARY + 10 * DAY);
    repo.git(["checkout", "-q", "main"]);
    repo.write("notes/a.yaml", text(4));
    repo.commit_at("another edit, merged first", JANUARY + 20 * DAY);
    repo.git(["checkout", "-q", "topic"]);
    repo.git(["merge", "-q", "-X", "ours", "--no-edit", "main"]);
    assert_eq!(found(&repo, TODAY, &BY_BASE), [""; 0]);
}

/// A committer's clock, or a branch that was merged late, can have a removal before the last edition.
#[test]
fn no_record_ends_before_its_last_edition() {
    let mut repo = dated_by_commits();
    repo.remove("notes/a.yaml");
    repo.commit_at("a is removed", JANUARY + DAY);
    let answer = repo.run(&["changelog", "a"]).answer();
    let said = "record removed on 14 January 2024; its last edition is of 14 January 2024";
    assert!(answer.split_whitespace().collect::<Vec<_>>().join(" ").contains(said), "{answer}");
}
