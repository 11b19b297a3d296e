//! What the commits of a branch publish besides its last one. A merge brings them all.

use super::{found, note, notes};
use crate::support::Repo;

const MARKED: &str = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
const BY_BASE: [&str; 6] = ["--base", "main", "--head", "HEAD", "--policy-from", "base"];
const TODAY: &str = "2024-06-01";

fn edition(date: &str, level: u32) -> String {
    note("a", date, level) + MARKED
}

/// A published note, and a branch with these texts of it, a commit each; without a text the file is removed.
fn branch(path: &str, texts: &[Option<String>]) -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", edition("2024-01-10", 1));
    repo.commit("edition");
    repo.git(["checkout", "-q", "-b", "topic"]);
    commits(&mut repo, path, texts);
    repo
}

fn commits(repo: &mut Repo, path: &str, texts: &[Option<String>]) {
    for (at, text) in texts.iter().enumerate() {
        match text {
            Some(text) => drop(repo.write(path, text)),
            None => std::fs::remove_file(repo.path().join(path)).expect("ours"),
        }
        repo.commit(&format!("step {at}"));
    }
}

#[track_caller]
fn judged(texts: &[String], expected: &[&str]) {
    let texts: Vec<_> = texts.iter().cloned().map(Some).collect();
    assert_eq!(found(&branch("notes/a.yaml", &texts), TODAY, &BY_BASE), expected, "{texts:?}");
}

/// An edition that stands in the middle of a branch is published with it, whatever its last commit says.
#[test]
fn a_lie_that_the_last_commit_takes_back_is_reported() {
    let published = edition("2024-01-10", 1);
    let lie = |date| edition(date, 1).replace("what: w", "what: LIE");
    judged(&[lie("2024-02-01"), published.clone()], &["gate-past-changed marks[m1].what"]);
    judged(
        &[lie("2021-01-01"), published.clone()],
        &["gate-backwards dated", "gate-past-changed marks[m1].what"],
    );
    judged(&[edition("2030-01-01", 2), published.clone()], &["gate-future dated"]);
    judged(&[note("a", "2024-02-01", 1), edition("2024-03-01", 2)], &["gate-past-removed marks[m1]"]);
    // What only an edition of the branch reports, and the next one takes away without a word.
    let more = edition("2024-02-01", 1) + "  - {id: m2, at: 2020-06-01, what: LIE}\n";
    judged(&[more, edition("2024-03-01", 2)], &["gate-past-removed marks[m2]"]);
    // Content that moves ahead of its date amends the published edition.
    judged(&[edition("2024-01-10", 2), published], &["gate-not-moved dated"]);
}

/// A record that no tree has would be published with its end.
#[test]
fn a_record_that_comes_and_goes_is_reported() {
    let repo = branch("notes/z.yaml", &[Some(note("z", "2022-01-01", 9)), None]);
    assert_eq!(found(&repo, TODAY, &BY_BASE), ["gate-deleted notes/z.yaml"]);
    let moved = branch("notes/y.yaml", &[Some(note("z", "2022-01-01", 9)), None]);
    moved.write("notes/z.yaml", note("z", "2022-01-01", 9));
    let mut moved = moved;
    moved.commit("under its own name");
    assert_eq!(found(&moved, TODAY, &BY_BASE), [""; 0]);
}

/// Work in several commits is no fault: dates first, several editions, several attempts at one, what others
/// merged meanwhile.
#[test]
fn honest_work_in_several_commits_passes() {
    judged(&[edition("2024-02-01", 1), edition("2024-02-01", 2), edition("2024-02-01", 3)], &[]);
    judged(&[edition("2024-02-01", 2), edition("2024-03-01", 3), edition("2024-04-01", 4)], &[]);
    let more = edition("2024-02-01", 1) + "  - {id: m2, at: 2020-06-01, what: x}\n";
    judged(&[more.clone(), more.replace("what: x", "what: y"), edition("2024-02-01", 2)], &[]);
    let mut repo = branch("notes/a.yaml", &[Some(edition("2024-02-01", 2))]);
    repo.git(["checkout", "-q", "main"]);
    commits(&mut repo, "notes/a.yaml", &[Some(edition("2024-03-01", 3)), Some(edition("2024-04-01", 4))]);
    repo.git(["checkout", "-q", "topic"]);
    repo.git(["merge", "-q", "-X", "theirs", "-m", "main", "main"]);
    commits(&mut repo, "notes/a.yaml", &[Some(edition("2024-05-01", 5))]);
    assert_eq!(found(&repo, TODAY, &BY_BASE), [""; 0]);
}
