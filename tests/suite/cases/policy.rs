//! A policy that guards less than it says, or that keeps commands from working, is an error of `check`.

use super::{MANIFEST, SCHEMA, check, found, note, notes};
use crate::support::Repo;

const BY_BASE: [&str; 4] = ["--base", "HEAD~1", "--policy-from", "base"];

/// A note, and a commit with another file of the policy.
fn with(file: &str, text: &str) -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1));
    repo.commit("record");
    repo.write(file, text);
    repo.commit("the policy");
    repo
}

/// An annotation that is misspelt, or of a form that nothing understands, guards nothing.
#[test]
fn annotations_without_effect_are_reported() {
    let edits = [
        ("\"x-key\": [\"id\"]", "\"x-key\": 1", "`x-key` is a field or a list of fields"),
        ("\"x-key\": [\"id\"]", "\"x-key\": []", "`x-key` is a field or a list of fields"),
        ("\"x-key\": [\"id\"]", "\"x-kye\": [\"id\"]", "did you mean `x-key`?"),
        ("\"x-date\": \"at\"", "\"x-dat\": \"at\"", "did you mean `x-date`?"),
        ("\"x-date\": \"at\"", "\"x-date\": [\"at\"]", "`x-date` is a property"),
        ("\"x-date\": \"at\"", "\"xdate\": \"at\"", "did you mean `x-date`?"),
        ("\"x-nature\": \"editorial\"", "\"x-nature\": \"editoral\"", "`x-nature` is a nature"),
        // Texts have no fields to tell them by.
        (
            "\"items\": {\"type\": \"object\", \"x-date\": \"at\", \"properties\": {\"at\": \
                {\"title\": \"Day\"}, \"what\": {\"title\": \"What\"}}}",
            "\"items\": {\"type\": \"string\"}",
            "its items have no field `id`",
        ),
        (
            "\"type\": \"object\", \"x-date\": \"at\"",
            "\"type\": \"object\", \"additionalProperties\": false, \"x-date\": \"day\"",
            "no property is called `day`",
        ),
    ];
    for (find, put, says) in edits {
        assert!(SCHEMA.contains(find), "{find}");
        let repo = with("note.schema.json", &SCHEMA.replacen(find, put, 1));
        for args in [&[][..], &BY_BASE, &["--base", "HEAD~1"]] {
            let run = check(&repo, "2024-06-01", args);
            let found = run.stdout.contains("schema-annotation") && run.stdout.contains(says);
            assert!(run.code == 1 && found, "{put} {args:?}: {}{}", run.stdout, run.stderr);
        }
    }
    // What other programs annotate is theirs, and a property may be called as it likes.
    let theirs = SCHEMA
        .replacen("\"title\": \"Level\"", "\"title\": \"Level\", \"x-widget\": 3", 1)
        .replacen("\"properties\": {", "\"properties\": { \"x-kye\": {\"enum\": [{\"x-key\": 1}]}, ", 1);
    assert_eq!(found(&with("note.schema.json", &theirs), "2024-06-01", &[]), [""; 0]);
}

/// What the manifest names must be there: a calendar or table that is not counts as empty.
#[test]
fn files_that_the_manifest_names_are_there() {
    let calendar = "{path: days.yaml, entries: days, id: id, start: on}";
    for (more, says) in [
        ("tables: {t: {path: none.yaml}}\n".to_owned(), "manifest-missing-file"),
        (format!("calendars: {{c: {calendar}}}\n"), "manifest-missing-file"),
        ("imports: none\n".to_owned(), "there is no grammar in none"),
    ] {
        let repo = with("sincewhen.yaml", &(MANIFEST.to_owned() + &more));
        for args in [&[][..], &BY_BASE] {
            let run = check(&repo, "2024-06-01", args);
            assert!(
                run.code == 1 && run.stdout.contains(says),
                "{more} {args:?}: {}{}",
                run.stdout,
                run.stderr
            );
        }
    }
}

/// A name in the manifest that nothing has: the strip is drawn for no record, the section stays empty.
#[test]
fn names_that_the_manifest_gives_and_nothing_has_are_reported() {
    let strip = |calendar: &str| {
        let fields = "list: marks, key: id, value: what, marks: {w: x}";
        let calendars = "calendars: {days: {path: days.yaml}}";
        format!("{calendars}\nstrips:\n  - {{label: days, calendar: {calendar}, {fields}}}\n")
    };
    let take = |rule: &str| {
        format!("report:\n  sections:\n    - {{id: one, title: One, take: [{{rules: {rule}}}]}}\n")
    };
    let lead = "report: {lead: [{take: [{rules: gone}], one: one went, many: several}]}\n".to_owned();
    let fold = "report: {fold: [{take: [{rules: gone}], many: notes}]}\n".to_owned();
    let days = "entries: [{id: m1, label: M1, start: 2020-05-01}]\n";
    for (more, says) in [
        (strip("day"), "strips: `days`: no calendar is named `day`"),
        (take("level-chnged"), "report: sections: `one`: no rule is named `level-chnged`"),
        (take("[level-changed, \"levle*\"]"), "no rule is named `levle*`"),
        (lead, "report: lead: no rule is named `gone`"),
        (fold, "report: fold: no rule is named `gone`"),
    ] {
        let repo = with("sincewhen.yaml", &(MANIFEST.to_owned() + &more));
        repo.write("days.yaml", days);
        for args in [&[][..], &BY_BASE] {
            let run = check(&repo, "2024-06-01", args);
            assert!(
                run.code == 1 && run.stdout.contains(says),
                "{more} {args:?}: {}{}",
                run.stdout,
                run.stderr
            );
        }
    }
    for more in [strip("days"), take("[level-changed, standing, level-*, \"level/*\"]")] {
        let repo = with("sincewhen.yaml", &(MANIFEST.to_owned() + &more));
        repo.write("days.yaml", days);
        let said = check(&repo, "2024-06-01", &[]).stdout;
        assert!(!said.contains("manifest-unknown-name"), "{more}: {said}");
    }
}

/// A manifest under which nothing is a record any more fails by the base's rules, too: after the merge
/// nothing would be checked.
#[test]
fn a_manifest_without_records_is_refused() {
    for (find, put) in [
        ("identity: [name]", "identity: [nmae]"),
        ("date: dated", "date: day"),
        ("notes/**/*.yaml", "note/**/*.yaml"),
        ("notes/**/*.yaml", "notes/**/*.yml"),
    ] {
        let repo = with("sincewhen.yaml", &MANIFEST.replacen(find, put, 1));
        let run = check(&repo, "2024-06-01", &BY_BASE);
        assert!(
            run.code == 1 && run.stdout.contains("policy-unusable"),
            "{put}: {}{}",
            run.stdout,
            run.stderr
        );
        assert_eq!(check(&repo, "2024-06-01", &[]).code, 1, "{put}");
    }
    // Where the base has no record either, nothing is lost.
    let mut repo = notes();
    repo.write("sincewhen.yaml", MANIFEST.replacen("date: dated", "date: day", 1));
    repo.commit("the policy");
    let run = check(&repo, "2024-06-01", &BY_BASE);
    assert!(!run.stdout.contains("policy-unusable"), "{}", run.stdout);
}

/// A filter or test that is none would show in a sentence, once there is one.
#[test]
fn words_that_call_what_is_not_there_are_refused() {
    let rule = |words: &str| {
        format!(
            "title: A level moved\nsignificance: minor\nmatch: [{{field: level}}]\n\
             words: {{any: \"{words}\"}}\n\
             why: It is.\nno_mirror: It is its own opposite.\n"
        )
    };
    for (words, says) in [
        ("level {{ after|nofilter }}", "there is no filter `nofilter`"),
        ("level {{ after | upper | yeer }}", "there is no filter `yeer`"),
        ("{% if after is sometest %}x{% endif %}", "there is no test `sometest`"),
        ("{% if after is not odder %}x{% endif %}", "there is no test `odder`"),
    ] {
        let repo = with("rules/acts/level-changed.yaml", &rule(words));
        for args in [&[][..], &BY_BASE] {
            let run = check(&repo, "2024-06-01", args);
            let found = run.stdout.contains("policy-unusable") && run.stdout.contains(says);
            assert!(run.code == 1 && found, "{words} {args:?}: {}{}", run.stdout, run.stderr);
        }
    }
    for words in
        ["a | b is what {{ after }}", "{{ 'x|y is z' ~ after|upper }}", "{{ after if after is defined }}"]
    {
        let repo = with("rules/acts/level-changed.yaml", &rule(words));
        assert_eq!(found(&repo, "2024-06-01", &[]), [""; 0], "{words}");
    }
}

/// A file in the folder of the rules from which no rule is read.
#[test]
fn rules_that_nothing_reads_are_reported() {
    for file in ["rules/act/x.yaml", "rules/acts/x.yml", "rules/x.yaml", "rules/Checks/x.yaml"] {
        let repo = with(file, "title: X\n");
        assert_eq!(found(&repo, "2024-06-01", &[]), [format!("file-unclaimed {file}")]);
    }
    for file in ["rules/README.md", "rules/.hidden.yaml"] {
        assert_eq!(found(&with(file, "x\n"), "2024-06-01", &[]), [""; 0], "{file}");
    }
}

/// A merge conflict in the policy says so, wherever git left it.
#[test]
fn a_merge_conflict_in_the_policy_says_so() {
    let both = "<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> topic\n";
    for file in ["sincewhen.yaml", "note.schema.json", "rules/acts/level-changed.yaml", "baseline.yaml"] {
        let repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1));
        repo.write(file, both);
        let run = check(&repo, "2024-06-01", &[]);
        let found = run.stdout + &run.stderr;
        assert!(run.code > 0 && found.contains("a merge conflict is not resolved here"), "{file}: {found}");
        assert!(found.contains(&format!("{file}:1:1")), "{file}: {found}");
    }
}

/// A folder of rules that is not there would leave every sentence and every check of the dataset's own out.
#[test]
fn a_folder_of_rules_that_is_not_there_is_an_error() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1));
    repo.commit("record");
    repo.write("sincewhen.yaml", super::MANIFEST.replace("rules: rules", "rules: nowhere"));
    let said = "sincewhen.yaml:3:8: rules: the folder nowhere is not there, or holds no file";
    let fault = check(&repo, "2024-06-01", &[]).fault();
    assert!(fault.contains(said), "{fault}");
    repo.commit("no rules");
    for command in [&["since"][..], &["log"], &["changelog"], &["check", "--base", "HEAD~1"]] {
        let fault = repo.run(command).fault();
        assert!(fault.contains(said), "{command:?}: {fault}");
    }
    let run = check(&repo, "2024-06-01", &["--base", "HEAD~1", "--policy-from", "base"]);
    assert!(run.code == 1 && run.stdout.contains("policy-unusable"), "{}{}", run.stdout, run.stderr);
}
