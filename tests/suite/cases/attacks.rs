//! Edits that strangers propose: what they may not do, hide or stop.

use super::{check, found, note, notes};
use crate::support::Repo;
use std::io::Write;
use std::process::Stdio;

/// Commits bytes as they are, past every filter.
fn commit_raw(repo: &Repo, path: &str, bytes: &[u8]) {
    let mut command = crate::support::git_command(repo.path());
    let mut child = command
        .args(["hash-object", "-w", "--no-filters", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it is read");
    let output = child.wait_with_output().expect("git ends");
    let id = String::from_utf8(output.stdout).expect("an id");
    repo.git(["update-index", "--add", "--cacheinfo", &format!("100644,{},{path}", id.trim())]);
    repo.git(["commit", "-q", "-m", "raw"]);
}

/// `.gitattributes` can make the file on disk another than the one committed: the commit is judged.
#[test]
fn what_is_committed_is_judged() {
    let mut repo = notes();
    let marks = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1) + marks);
    repo.commit("record");
    repo.write(".gitattributes", "*.yaml working-tree-encoding=ASCII//TRANSLIT\n");
    repo.git(["add", ".gitattributes"]);
    // U+FF03 is `#` once it is transliterated: what is live in the commit is a comment on disk.
    let lie = "name: a\ndated: 2023-01-01\nlevel: 1\nmarks:\n  - {id: m1, at: 2020-05-01, \u{ff03}: 0, what: \
        lie, note: \"\n    what: w}\n    \u{ff03} \"}\n";
    commit_raw(&repo, "notes/a.yaml", lie.as_bytes());
    let clone = Repo::cloned_from(&repo, &[]);
    let on_disk = std::fs::read(clone.path().join("notes/a.yaml")).expect("a file");
    assert!(
        on_disk != lie.as_bytes() || cfg!(not(target_env = "gnu")),
        "the disk is made other than the commit"
    );
    for args in [&["--base", "HEAD~1", "--policy-from", "base"][..], &["--base", "HEAD~1", "--head", "HEAD"]]
    {
        let rules = found(&clone, "2024-01-01", args);
        assert!(rules.contains(&"gate-past-changed marks[m1].what".to_owned()), "{args:?}: {rules:?}");
    }
    let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
    assert!(run.stdout.contains(".gitattributes (attributes of git)"), "{}", run.stdout);
}

/// Siblings: a change that lies on disk only is not what a stranger's branch is judged by, and the other way
/// round.
#[test]
fn the_disk_is_not_the_commit() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo.write("notes/a.yaml", note("a", "2023-01-01", 2));
    repo.commit("an edit that moves no date");
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains("changes that are not committed are not"), "{}", run.stderr);
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        repo.git(["update-index", flag, "notes/a.yaml"]);
        assert_eq!(
            check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]).code,
            1,
            "{flag}"
        );
    }
}

#[test]
fn past_occasions_and_rows_are_guarded() {
    use crate::support::guard::{self, TODAY};
    let repo = guard::committed();
    let calendar = "dataset/calendars/ccm-meetings.yaml";
    let text = guard::text(&repo, calendar);
    let entry = text.lines().find(|line| line.contains("ccm-6msp")).expect("the meeting").to_owned();
    let moved = entry.replace("2016-09-05", "2018-01-05");
    assert_ne!(entry, moved);
    repo.write(calendar, text.replace(&entry, &moved));
    repo.git(["add", "-A"]);
    repo.git(["commit", "-q", "-m", "a meeting is moved"]);
    let gate = ["--base", "HEAD~1", "--policy-from", "base"];
    let run = guard::check(&repo, &gate);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("gate-calendar") && run.stdout.contains(&format!("{calendar} (calendar)")),
        "{}",
        run.stdout
    );
    // Siblings: an entry that is gone; a row of a table; what is added is free.
    repo.write(calendar, text.replace(&format!("{entry}\n"), ""));
    assert!(guard::check(&repo, &["--base", "HEAD~1"]).stdout.contains("was published and is gone"));
    repo.write(calendar, &text);
    let states = "dataset/states.yaml";
    let names = guard::text(&repo, states);
    let renamed = names.replacen("Kazakhstan", "Kazakhstania", 1);
    repo.write(states, renamed);
    let run = guard::check(&repo, &["--base", "HEAD~1"]);
    assert!(run.stdout.contains("gate-table") && run.stdout.contains("(table)"), "{}", run.stdout);
    repo.write(states, &names);
    let _ = TODAY;
}

#[test]
fn a_former_name_takes_over_no_living_record() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/b.yaml", note("b", "2023-01-01", 1));
    repo.commit("records");
    repo.write("notes/b.yaml", note("b", "2024-01-01", 2) + "formerly: [{name: a}]\n");
    let rules = found(&repo, "2024-01-01", &["--base", "HEAD"]);
    assert!(rules.contains(&"formerly-living formerly".to_owned()), "{rules:?}");
    assert!(found(&repo, "2024-01-01", &[]).contains(&"formerly-living formerly".to_owned()));
    repo.remove("notes/a.yaml");
    let rules = found(&repo, "2024-01-01", &["--base", "HEAD"]);
    assert!(rules.contains(&"gate-formerly formerly".to_owned()), "{rules:?}");
}

#[test]
fn json_hides_nothing_and_steers_nothing() {
    let repo = notes();
    repo.write(
        "notes/a.yaml",
        "name: \"\u{9b}31m\u{202e}##[stop-commands]x\"\ndated: once\nlevel: 1\n".replace('\u{9b}', "\\x9b"),
    );
    let run = check(&repo, "2024-01-01", &["--format", "json"]);
    let raw = |c: char| run.stdout.contains(c);
    assert!(!raw('\u{9b}') && !raw('\u{202e}') && !run.stdout.contains("##["), "{}", run.stdout);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("because it is JSON");
    let findings = json["findings"].as_array().expect("a list");
    let record = findings.iter().find_map(|one| one["record"].as_str());
    assert!(
        record.is_some_and(|name| name.contains("\u{9b}31m\u{202e}##[stop-commands]")),
        "the value is the same"
    );
}

#[test]
fn invisible_characters_are_found_and_shown() {
    for hidden in ['\u{200b}', '\u{2060}', '\u{ad}', '\u{3164}', '\u{e0041}', '\u{202e}'] {
        let repo = notes();
        repo.write("notes/a.yaml", format!("name: a\ndated: 2023-01-01\nlevel: 1\ntext: so{hidden}me\n"));
        assert_eq!(
            found(&repo, "2024-01-01", &[]),
            ["invisible-character notes/a.yaml"],
            "{:x}",
            u32::from(hidden)
        );
        let output = check(&repo, "2024-01-01", &[]).stdout;
        assert!(!output.contains(hidden), "{output}");
    }
}

/// A runner of GitHub Actions takes `##[command]` anywhere in a line of either stream.
#[test]
fn a_runner_is_given_no_command() {
    let repo = notes();
    repo.write("notes/a.yaml", "name: a\ndated: \"##[add-mask]x\"\nlevel: 1\n");
    repo.write(
        "sincewhen.yaml",
        super::MANIFEST.replace("sincewhen.manifest/1", "\"##[stop-commands]token\""),
    );
    let by_runner = |args: &[&str]| {
        let output = crate::support::binary(repo.path())
            .args(args)
            .env("GITHUB_ACTIONS", "true")
            .env_remove("GITHUB_STEP_SUMMARY")
            .output()
            .expect("the program runs");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    // A runner may take a lone carriage return for the end of a line, too.
    let lines = "name: \"a\\r::stop-commands::x\"\ndated: \"b\\r::error::##[add-mask]x\"\nlevel: \
        1\n\"c\\r##[group]x\": 1\n";
    repo.write("notes/b\r::warning::x.yaml", lines);
    let output = by_runner(&["check"]);
    assert!(!output.contains('\r'), "{output:?}");
    assert!(output.contains("stop-commands") && !output.contains("##["), "{output}");
    repo.write("sincewhen.yaml", super::MANIFEST);
    for format in ["text", "json", "markdown", "junit", "sarif"] {
        let output = by_runner(&["check", "--today", "2024-01-01", "--format", format]);
        assert!(output.contains("add-mask") && !output.contains("##["), "{format}: {output}");
        assert!(!output.contains('\r'), "{format}: {output:?}");
        assert!(output.lines().all(|line| !line.starts_with("::")), "{format}: {output}");
    }
}

/// What the schema does not allow is an error of `check`; the sentences about it have a gap, and no words of
/// the program's own.
#[test]
fn a_value_without_words_is_shown_as_unknown() {
    use crate::support::guard::{self, LTU};
    let mut repo = guard::files();
    guard::edit(&repo, LTU, "kind: ratification", "kind: sideways");
    repo.commit("a kind that is none");
    let output = repo.run(&["since", "LTU/cluster-munitions"]).answer();
    assert!(!output.contains("cannot be written"), "{output}");
    let state = guard::text(&repo, LTU).replace("country: LTU", "country: QQQ");
    repo.write("dataset/countries/QQQ/cluster-munitions.yaml", state);
    repo.commit("a state that is none");
    let output = repo.run(&["since", "QQQ/cluster-munitions"]).answer();
    assert!(output.contains("(unknown)") && !output.contains("cannot be written"), "{output}");
}

/// An entry of the baseline accepts what it names, and nothing else that has its fingerprint.
#[test]
fn a_baseline_entry_accepts_no_other_rule() {
    let mut repo = notes();
    repo.write("notes/a.yaml", "name: a\ndated: 2018-05-01\nlevel: 1\nmarks:\n  - {id: b}\n  - {id: b}\n");
    repo.commit("an item stated twice");
    let print = super::fingerprint(&repo, "2024-01-01", &[], "repeated-key");
    for (rest, accepted) in [
        ("", true),
        (", rule: repeated-key, record: a", true),
        (", rule: schema-form", false),
        (", rule: repeated-key, record: b", false),
        (", file: notes/b.yaml", false),
    ] {
        let text =
            format!("format: sincewhen.baseline/1\nfindings:\n  - {{fingerprint: \"{print}\"{rest}}}\n");
        repo.write("baseline.yaml", text);
        let rules = found(&repo, "2024-01-01", &[]);
        assert_eq!(!rules.iter().any(|one| one.starts_with("repeated-key")), accepted, "{rest}: {rules:?}");
    }
}

/// Zero is no.
#[test]
fn a_zero_forces_no_colour() {
    let repo = notes();
    repo.write("notes/a.yaml", "name: a\ndated: soon\nlevel: 1\n");
    for (value, coloured) in [("0", false), ("1", true)] {
        let mut command = crate::support::binary(repo.path());
        let output = command.args(["check"]).env("CLICOLOR_FORCE", value).output().expect("the program runs");
        assert_eq!(output.stdout.contains(&0x1b), coloured, "{value}");
    }
}
