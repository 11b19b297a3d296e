//! What else a stranger could propose: each a kind of its own, with the safe outcome.

use super::{check, found, note, notes};
use crate::support::Repo;
use crate::support::guard;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const MARKED: &str = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
const BY_BASE: [&str; 4] = ["--base", "HEAD~1", "--policy-from", "base"];
const PATIENCE: Duration = Duration::from_secs(60);

/// A note with a past fact, published.
fn published() -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + MARKED);
    repo.commit("edition");
    repo
}

/// What an edit of the published note is answered.
#[track_caller]
fn edit(text: impl AsRef<[u8]>, today: &str) -> Vec<String> {
    let mut repo = published();
    repo.write("notes/a.yaml", text);
    repo.commit("an edit");
    found(&repo, today, &BY_BASE)
}

/// A correction that was published covers the change it was published with, and no later one.
#[test]
fn an_old_correction_covers_no_new_change() {
    let log = "corrections: [{date: 2024-02-10, path: \"marks[m1].what\", what: was x, why: a slip}]\n";
    let mut repo = published();
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &MARKED.replace("what: w", "what: x") + log);
    assert_eq!(found(&repo, "2024-02-10", &["--base", "HEAD"]), [""; 0]);
    repo.commit("a correction");
    for lie in ["what: lie", "what: ''"] {
        repo.write("notes/a.yaml", note("a", "2024-03-10", 1) + &MARKED.replace("what: w", lie) + log);
        assert_eq!(found(&repo, "2024-03-10", &["--base", "HEAD"]), ["gate-past-changed marks[m1].what"]);
    }
    repo.write("notes/a.yaml", note("a", "2024-03-10", 1) + log);
    assert_eq!(found(&repo, "2024-03-10", &["--base", "HEAD"]), ["gate-past-removed marks[m1]"]);
}

/// A correction says why, and stands in the record that it corrects.
#[test]
fn a_correction_elsewhere_covers_nothing() {
    let mut repo = published();
    let log = "corrections: [{date: 2024-02-10, path: \"marks[m1]\", what: gone, why: a slip}]\n";
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1));
    repo.write("notes/b.yaml", note("b", "2024-02-10", 1) + log);
    repo.commit("two edits");
    assert_eq!(found(&repo, "2024-02-10", &BY_BASE), ["gate-past-removed marks[m1]"]);
}

/// Joining and splitting end a history: nothing guards its past facts any more, so it is called out.
#[test]
fn histories_that_end_are_called_out() {
    let heirs: [&[&str]; 2] = [&["b", "c"], &["b"]];
    for heirs in heirs {
        let mut repo = published();
        repo.write("notes/z.yaml", note("z", "2024-01-10", 1));
        repo.commit("another");
        repo.remove("notes/a.yaml").remove("notes/z.yaml");
        for heir in heirs {
            let former = if heirs.len() == 1 {
                "formerly: [{name: a}, {name: z}]\n"
            } else {
                "formerly: [{name: a}]\n"
            };
            repo.write(&format!("notes/{heir}.yaml"), note(heir, "2024-02-10", 7) + former);
        }
        repo.commit("past facts are gone");
        let run = check(&repo, "2024-02-10", &BY_BASE);
        assert!(run.stdout.contains("the history of a ends"), "{heirs:?}: {}", run.stdout);
    }
}

/// A second edit on one day amends the edition; it does not free the past.
#[test]
fn an_amendment_frees_no_past_fact() {
    let lie = note("a", "2024-01-10", 1) + &MARKED.replace("what: w", "what: lie");
    assert_eq!(edit(lie, "2024-01-10"), ["gate-past-changed marks[m1].what"]);
}

/// The same day written in another way is the same day.
#[test]
fn a_date_that_is_only_written_otherwise_has_not_moved() {
    for same in ["2024-01-10T23:00:00Z", "2024-01-10T00:00:00+14:00", "2024-01-10 12:00:00", "\"2024-01-10\""]
    {
        let edited = note("a", same, 2) + MARKED;
        assert_eq!(edit(edited, "2024-06-01"), ["gate-not-moved dated"], "{same}");
    }
}

/// A past fact that is restated under another field, another key, or in the free text is gone from where it
/// was.
#[test]
fn a_past_fact_that_moves_is_gone() {
    let moved = [
        "loose:\n  - {id: m1, at: 2020-05-01, what: w}\n",
        "text: '{id: m1, at: 2020-05-01, what: w}'\n",
        // The letter is a Cyrillic one.
        "marks:\n  - {id: \u{43c}1, at: 2020-05-01, what: w}\n",
        "marks:\n  - {id: m1\u{a0}, at: 2020-05-01, what: w}\n",
        "marks:\n  - {id: [m1], at: 2020-05-01, what: w}\n",
        "marks:\n  - - {id: m1, at: 2020-05-01, what: w}\n",
        "#marks:\n#  - {id: m1, at: 2020-05-01, what: w}\n",
    ];
    for form in moved {
        let answer = edit(note("a", "2024-02-10", 1) + form, "2024-02-10");
        assert!(
            answer.iter().any(|one| one.starts_with("gate-past-") && one.contains("marks[m1]")),
            "{form}: {answer:?}"
        );
    }
}

/// A record that is none any more is reported, whatever it became.
#[test]
fn a_record_that_becomes_something_else_is_reported() {
    let forms: [&[u8]; 8] = [
        b"",
        b"# nothing\n",
        b"[]\n",
        b"- name: a\n",
        b"text\n",
        b"name: a\n---\nname: a\n",
        b"\xff\xfe",
        b"null\n",
    ];
    for form in forms {
        let answer = edit(form, "2024-02-10");
        assert!(!answer.is_empty(), "{}", String::from_utf8_lossy(form));
    }
}

/// One name in two normal forms is two names.
#[test]
fn a_name_in_another_normal_form_is_another_name() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("caf\u{e9}", "2024-01-10", 1) + MARKED);
    repo.commit("record");
    repo.write("notes/a.yaml", note("cafe\u{301}", "2024-02-10", 1));
    let answer = found(&repo, "2024-02-10", &["--base", "HEAD"]);
    assert!(answer.iter().any(|one| one.starts_with("gate-renamed")), "{answer:?}");
}

/// Records that name each other as their former selves end no command in a loop.
#[test]
fn former_names_in_a_circle() {
    let mut repo = published();
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + MARKED + "formerly: [{name: b}, {name: a}]\n");
    repo.write("notes/b.yaml", note("b", "2024-02-10", 1) + "formerly: [{name: a}, {name: b}]\n");
    repo.commit("a circle");
    let answer = found(&repo, "2024-02-10", &BY_BASE);
    assert!(answer.iter().any(|one| one.starts_with("formerly-living")), "{answer:?}");
    for args in [&["log"][..], &["changelog", "HEAD~1...HEAD"], &["since"], &["blame", "a"]] {
        assert!(repo.run(args).code < 2, "{args:?}");
    }
}

/// A comment within a text is a part of the text and accepts nothing.
#[test]
fn a_comment_within_a_text_accepts_nothing() {
    let hidden = "text: |\n  # sincewhen: ignore[schema-date] all is well\ndated: soon\nname: a\nlevel: 1\n";
    let answer = edit(hidden, "2024-02-10");
    assert!(answer.iter().any(|one| one.ends_with(" dated")), "{answer:?}");
}

fn commit_index(repo: &Repo, entries: &[(&str, &str, &str)]) {
    for (mode, id, path) in entries {
        repo.git(["update-index", "--add", "--cacheinfo", &format!("{mode},{id},{path}")]);
    }
    repo.git(["commit", "-q", "-m", "an odd tree"]);
}

fn blob(repo: &Repo, text: &str) -> String {
    let path = repo.beside("blob");
    std::fs::write(&path, text).expect("the folder is ours");
    repo.git(["hash-object", "-w", "--", path.to_str().expect("a path")]).trim().to_owned()
}

/// The whole folder of the records is another thing: nothing that was in it is overlooked.
#[test]
fn a_folder_that_becomes_a_link_or_another_repository() {
    for (mode, with_blob) in [("120000", true), ("160000", false), ("100644", true)] {
        let repo = published();
        let head = repo.git(["rev-parse", "HEAD"]).trim().to_owned();
        let id = if with_blob { blob(&repo, "../elsewhere") } else { head };
        repo.git(["rm", "-q", "-r", "--cached", "notes"]);
        commit_index(&repo, &[(mode, &id, "notes")]);
        let answer = found(&repo, "2024-02-10", &BY_BASE);
        assert!(answer.iter().any(|one| one.starts_with("gate-deleted")), "{mode}: {answer:?}");
    }
}

/// A calendar or table that goes takes its past entries with it.
#[test]
fn a_calendar_or_table_that_goes_is_reported() {
    for (file, rule) in
        [("dataset/calendars/ccm-meetings.yaml", "gate-calendar"), ("dataset/states.yaml", "gate-table")]
    {
        let mut repo = guard::committed();
        repo.remove(file);
        repo.commit("gone");
        let run = guard::check(&repo, &["--base", "HEAD~1", "--policy-from", "base", "--fail-on", "warning"]);
        assert!(run.code == 1 && run.stdout.contains(rule), "{file}: {}{}", run.stdout, run.stderr);
    }
}

/// Without its manifest, or with one in other letters, a dataset cannot be checked; that is no reason to
/// pass.
#[test]
fn a_manifest_that_goes_stops_the_check() {
    for other in [None, Some("Sincewhen.yaml"), Some("sincewhen.yml"), Some("sincewhen.yaml ")] {
        let mut repo = published();
        repo.remove("sincewhen.yaml");
        if let Some(other) = other {
            repo.write(other, super::MANIFEST);
        }
        repo.commit("without");
        check(&repo, "2024-02-10", &BY_BASE).fault();
    }
}

/// A branch that shares no commit with the base cannot be compared with it.
#[test]
fn an_unrelated_branch_is_no_reason_to_pass() {
    let repo = published();
    repo.git(["checkout", "-q", "--orphan", "stranger"]);
    repo.git(["commit", "-q", "-m", "everything is new"]);
    let fault = check(&repo, "2024-02-10", &["--base", "main", "--policy-from", "base"]).fault();
    assert!(fault.contains("no common ancestor"), "{fault}");
}

/// A rule whose pattern is a bomb is a rule that no command can use.
#[test]
fn patterns_without_end_are_refused() {
    let mut repo = published();
    let bomb = format!(
        "title: A bomb\nlevel: error\nkind: wording\nwhy: None.\nparameters: {{field: text, cases: [{{where: \
            level, absent: true, forbids: \"{}\"}}]}}\n",
        "((((a{99}){99}){99}){99}){99}"
    );
    repo.write("rules/checks/bomb.yaml", bomb);
    repo.commit("a bomb");
    let start = Instant::now();
    let answer = found(&repo, "2024-02-10", &BY_BASE);
    assert!(answer.iter().any(|one| one.starts_with("policy-unusable")), "{answer:?}");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

/// Rules of the new kinds with parameters that make no sense are refused with their place.
#[test]
fn rules_that_make_no_sense_are_refused() {
    let rules = [
        ("other-record", "{other: {}, fields: [level]}", "`other` names no field"),
        ("other-record", "{other: {name: b}, fields: [level]}", "`applies` does not say for which values"),
        ("table-date", "{field: name, table: notes, fields: [dated]}", "must name a column"),
        ("stage", "{list: marks}", "missing field"),
        ("own-occasion", "{list: marks, key: id, member: name, field: x, forbid: {}}", "unknown field"),
        ("condition", "{field: level, demand: {}}", "unknown field"),
    ];
    for (kind, parameters, says) in rules {
        let repo = published();
        let rule = format!("title: One\nlevel: error\nkind: {kind}\nwhy: None.\nparameters: {parameters}\n");
        repo.write("rules/checks/one.yaml", rule);
        let fault = check(&repo, "2024-02-10", &[]).fault();
        assert!(fault.contains(says) && fault.contains("rules/checks/one.yaml"), "{kind}: {fault}");
    }
}

/// Many records under other names, none of which says what it was called.
#[test]
fn many_renamed_records_take_little_time() {
    let mut repo = notes();
    let lines = |number: usize| {
        (0..20).fold(String::new(), |text, line| text + &format!("# note {number}, line {line}\n"))
    };
    for number in 0..400 {
        repo.write(
            &format!("notes/a{number}.yaml"),
            lines(number) + &note(&format!("a{number}"), "2024-01-10", 1),
        );
    }
    repo.commit("records");
    for number in 0..400 {
        repo.remove(&format!("notes/a{number}.yaml"));
        repo.write(
            &format!("notes/b{number}.yaml"),
            lines(number) + &note(&format!("b{number}"), "2024-02-10", 1),
        );
    }
    repo.commit("all of them renamed");
    let start = Instant::now();
    let answer = found(&repo, "2024-02-10", &BY_BASE);
    let renamed = answer.iter().filter(|one| one.starts_with("gate-renamed")).count();
    assert_eq!(renamed, 400);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

/// Names of sources that are not there, and sources that nothing names, by the thousand.
#[test]
fn many_unknown_names_take_little_time() {
    let repo = guard::files();
    let mut text = guard::text(&repo, guard::KAZ);
    let cited: Vec<String> = (0..3000).map(|number| format!("x{number}")).collect();
    text = text.replace("sources: [p2016]", &format!("sources: [p2016, {}]", cited.join(", ")));
    for number in 0..3000 {
        writeln!(text, "  y{number}: {{kind: letter, title: Letter}}").expect("text");
    }
    repo.write(guard::KAZ, text);
    let start = Instant::now();
    let run = guard::check(&repo, &["--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

/// Folders in folders without end.
#[test]
fn deep_folders_are_answered() {
    let repo = published();
    let id = blob(&repo, "deep\n");
    let path = "d/".repeat(900) + "x.yaml";
    commit_index(&repo, &[("100644", &id, &path), ("100644", &id, &format!("notes/{path}"))]);
    let run = check(&repo, "2024-02-10", &BY_BASE);
    assert!(run.code == 1 && run.stdout.contains("notes/d/d/d"), "{} {}", run.code, run.stderr);
    assert!(repo.run(&["log"]).code < 2);
}

/// What a branch says of itself in names of branches and messages of commits is shown, and steers nothing.
#[test]
fn names_and_messages_steer_nothing() {
    let repo = published();
    repo.write("notes/a.yaml", note("a", "2024-02-10", 2) + MARKED);
    repo.git(["add", "-A"]);
    let message = "::error::owned\n##[add-mask]a\u{1b}[2J\n<!-- sincewhen:pull-request -->";
    repo.git(["-c", "user.name=\u{1b}[31m::stop-commands::x", "commit", "-q", "-m", message]);
    for args in [&["log", "a"][..], &["changelog", "HEAD~1...HEAD", "--format", "markdown"], &["blame", "a"]]
    {
        let mut command = crate::support::binary(repo.path());
        let output = command.args(args).env("GITHUB_ACTIONS", "true").output().expect("the program runs");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !shown.contains('\u{1b}') && !shown.contains("##["), "{shown}");
        assert!(shown.lines().all(|line| !line.starts_with("::")), "{shown}");
    }
}
