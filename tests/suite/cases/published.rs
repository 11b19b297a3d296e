//! What was published is past by the date that it was published with.

use super::{check, found, note, notes};

fn marked(at: &str, what: &str) -> String {
    format!("marks:\n  - {{id: m1, at: {at}, what: {what}}}\n")
}

#[test]
fn a_past_date_that_moves_is_a_correction_wherever_it_moves() {
    // Siblings: far ahead, to the edition's own day, to a wider date, to nothing.
    for at in
        ["2024-02-09", "tbd", "2020-13-41", "2031-01-01", "2024-02-10", "\"2020\"", "null", "[2020-05-01]"]
    {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + &marked("2020-05-01", "w"));
        repo.commit("edition");
        repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &marked(at, "rewritten"));
        let rules = found(&repo, "2024-02-10", &["--base", "HEAD"]);
        assert!(rules.iter().any(|rule| rule.starts_with("gate-past-changed marks[m1]")), "{at}: {rules:?}");
    }
}

#[test]
fn the_changelog_calls_it_a_correction() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + &marked("2020-05-01", "w"));
    repo.commit("edition");
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &marked("2024-02-09", "v"));
    let output = repo.run(&["changelog", "a", "--from", "previous", "--worktree"]).answer();
    assert!(output.contains("correction") && !output.contains("development"), "{output}");
}

#[test]
fn one_correction_covers_what_it_names_and_no_more() {
    let three = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n  - {id: m2, at: 2021-05-01, what: v}\n";
    let changed = three.replace("what: w", "what: x").replace("what: v", "what: z");
    let both = ["gate-past-changed marks[m1].what", "gate-past-changed marks[m2].what"];
    let cases: [(&str, &[&str]); 6] = [
        ("marks", &both),
        ("marks[]", &both),
        ("marks[].what", &both),
        ("**", &both),
        ("marks[m1]", &both[1..]),
        ("marks[m2].what", &both[..1]),
    ];
    for (path, says) in cases {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + three);
        repo.commit("edition");
        let log = format!("corrections: [{{date: 2024-02-10, path: \"{path}\", what: tidy, why: tidy}}]\n");
        repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &changed + &log);
        assert_eq!(found(&repo, "2024-02-10", &["--base", "HEAD"]), says, "{path}");
    }
}

#[test]
fn a_correction_gives_a_reason_that_can_be_read() {
    for (why, covers) in [("tidy", true), ("\u{200b}", false), ("\u{3164}", false), ("…", false), ("", false)]
    {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + &marked("2020-05-01", "w"));
        repo.commit("edition");
        let log = format!("corrections: [{{date: 2024-02-10, path: \"marks[m1]\", why: \"{why}\"}}]\n");
        repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &marked("2020-05-01", "v") + &log);
        let found = found(&repo, "2024-02-10", &["--base", "HEAD"]);
        let is_covered = !found.iter().any(|rule| rule.starts_with("gate-past-changed"));
        assert_eq!(is_covered, covers, "{why:?}: {found:?}");
    }
}

#[test]
fn an_edition_can_be_taken_back_and_no_further() {
    let mut repo = notes();
    for (dated, level) in [("2023-01-01", 1), ("2023-06-01", 9), ("2023-09-01", 2)] {
        repo.write("notes/a.yaml", note("a", dated, level));
        repo.commit("edition");
    }
    repo.write("notes/a.yaml", note("a", "2023-06-01", 9));
    let run = check(&repo, "2024-01-01", &["--base", "HEAD"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("the edition of 2023-09-01 is taken back"), "{}", run.stdout);
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    assert_eq!(found(&repo, "2024-01-01", &["--base", "HEAD"]), ["gate-backwards dated"]);
    repo.write("notes/a.yaml", note("a", "2023-06-01", 8));
    assert_eq!(found(&repo, "2024-01-01", &["--base", "HEAD"]), ["gate-backwards dated"]);
}
