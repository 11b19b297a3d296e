//! The same faults in other forms: what holds for one way to write something holds for all.

use super::{check, fingerprint, found, note, notes};
use crate::support::Repo;

const MARKED: &str = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n";
const BY_BASE: [&str; 4] = ["--base", "HEAD~1", "--policy-from", "base"];

fn published(more: &str) -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + more);
    repo.commit("edition");
    repo
}

/// What is found in an edition that takes the place of one, compared with it.
#[track_caller]
fn edited(before: &str, after: &str) -> Vec<String> {
    let repo = published(before);
    repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + after);
    found(&repo, "2024-06-01", &["--base", "HEAD"])
}

/// Whole clones with a hole, and revisions that are no commits.
#[test]
fn a_base_that_cannot_be_read() {
    let mut origin = published(MARKED);
    origin.git(["config", "uploadpack.allowFilter", "true"]);
    origin.git(["checkout", "-q", "-b", "topic"]);
    origin.write("notes/a.yaml", note("a", "2024-01-10", 2));
    origin.commit("bad");
    for options in
        [&["--filter=tree:0"][..], &["--filter=blob:limit=10"], &["--depth=1", "--no-single-branch"]]
    {
        let clone = Repo::cloned_from(&origin, &[&["--branch", "topic"], options].concat());
        for policy in ["base", "head"] {
            let args = ["--base", "origin/main", "--policy-from", policy];
            let fault = check(&clone, "2024-06-01", &args).fault();
            assert!(fault.contains("git fetch --"), "{options:?}: {fault}");
        }
    }
    for lost in
        ["main:notes/a.yaml", "main:rules/acts/level-changed.yaml", "main:note.schema.json", "main:notes"]
    {
        let mut repo = published(MARKED);
        repo.git(["checkout", "-q", "-b", "topic"]);
        repo.write("notes/a.yaml", note("a", "2024-01-10", 2));
        repo.write("note.schema.json", super::SCHEMA.to_owned() + "\n");
        repo.write("rules/acts/level-changed.yaml", "");
        repo.git(["checkout", "-q", "main", "--", "rules"]);
        repo.commit("bad");
        let id = repo.git(["rev-parse", lost]).trim().to_owned();
        let object = repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
        std::fs::remove_file(object).expect("a loose object");
        let args = ["--base", "main", "--policy-from", "base"];
        let fault = check(&repo, "2024-06-01", &args).fault();
        assert!(fault.contains(&id) && fault.contains("is missing"), "{lost}: {fault}");
    }
    for revision in ["HEAD:notes/a.yaml", "HEAD^{tree}", "", "HEAD~50", "HEAD^2"] {
        check(&origin, "2024-06-01", &["--base", revision, "--policy-from", "base"]).fault();
    }
}

/// However the date of a past fact is written anew, or left out.
#[test]
fn the_date_of_a_past_fact_in_other_forms() {
    let dates = [
        "",
        "at: 2020-05-01T23:59:00, ",
        "at: \"2020-5-1\", ",
        "at: 20200501, ",
        "at: {from: 2020-05-01}, ",
        "at: \"2020-05\", ",
        "at: !!str 2020-05-01, ",
        "at: &x 2020-05-01, ",
        "at: 0000-00-00, ",
        "at: true, ",
        "At: 2020-05-01, ",
    ];
    for date in dates {
        let found = edited(MARKED, &format!("marks:\n  - {{id: m1, {date}what: lie}}\n"));
        let gate = found.iter().any(|one| one.starts_with("gate-past-") && one.contains("marks[m1]"));
        assert!(gate, "{date:?}: {found:?}");
    }
}

/// However a list loses its items.
#[test]
fn a_list_that_loses_its_items_in_other_forms() {
    let two = "marks:\n  - {id: m1, at: 2020-05-01, what: w}\n  - {id: m2, at: 2021-05-01, what: v}\n";
    let doubled = format!("marks: []\n{two}");
    let forms = [
        "marks: ~\n",
        "marks: false\n",
        "marks: 0\n",
        "marks: [null, null]\n",
        "marks: [[]]\n",
        "marks: '[{id: m1}, {id: m2}]'\n",
        "marks: [{id: m1}, {id: m2}]\n",
        "marks: [{}, {}]\n",
        "marks: [m1, m2]\n",
        "text: &t x\nmarks: *t\n",
        "marks: !!set {m1, m2}\n",
        "Marks:\n  - {id: m1, at: 2020-05-01, what: w}\n",
        doubled.as_str(),
    ];
    for form in forms {
        let found = edited(two, form);
        let gate =
            |item: &str| found.iter().any(|one| one.starts_with("gate-past-removed") && one.contains(item));
        assert!(gate("marks[m1]") && gate("marks[m2]"), "{form:?}: {found:?}");
    }
}

/// Whatever is known to be a date is held to be one.
#[test]
fn dates_in_other_places_and_forms() {
    for (more, wanted) in [
        ("reviewed: 2031-01-01\n", "date-future reviewed"),
        ("reviewed: 2024-02-30\n", "date-impossible reviewed"),
        ("loose: [{at: 2024-02-30}]\n", "date-impossible loose[#0].at"),
        ("loose: [{at: 2031-01-01}]\n", "date-future loose[#0].at"),
        ("marks: [{id: m, at: {from: \"2020\"}}]\n", "schema-date marks[m].at"),
        ("marks: [{id: m, at: [2020-05-01]}]\n", "schema-date marks[m].at"),
        (
            "corrections: [{date: 2031-01-01, path: level, what: x, why: it was}]\n",
            "date-future corrections[#0].date",
        ),
        (
            "corrections: [{date: 2024-02-31, path: level, what: x, why: it was}]\n",
            "date-impossible corrections[#0].date",
        ),
        (
            "corrections: [{date: soon, path: level, what: x, why: it was}]\n",
            "schema-date corrections[#0].date",
        ),
    ] {
        let repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + more);
        assert_eq!(found(&repo, "2024-06-01", &[]), [wanted], "{more}");
    }
}

/// Names that a file among the records gets by a slip, a merge or an editor.
#[test]
fn files_that_no_pattern_takes_in_other_forms() {
    let slips = [
        "notes/a.yaml.orig",
        "notes/b.yaml.bak",
        "notes/b.ymal",
        "notes/b.yaml ",
        "notes/b.yaml.j2",
        "notes/sub.yaml/b.yml",
        "Notes/b.yaml",
        "NOTES/deep/b.yml",
        "notes/a.json",
        "notes/b.JSON",
        "notes/deep/b.toml",
    ];
    for name in slips {
        let repo = notes();
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write(name, note("b", "2023-01-01", 1));
        if std::fs::read_dir(repo.path()).expect("a folder").count() > 5 || name.starts_with("notes/") {
            assert_eq!(found(&repo, "2024-01-01", &[]), [format!("file-unclaimed {name}")]);
        }
    }
}

/// What one value has of oddness, another keeps of portability.
#[test]
fn odd_values_in_other_forms() {
    let odd = [
        "x: !!binary aGk=\n",
        "x: !custom {a: 1}\n",
        "x: .nan\n",
        "x: 0x1F\n",
        "x: \"\\0\"\n",
        "x: &a [1]\n",
        "? {a: 1}\n: 2\n",
        "? |\n  k\n: 1\n",
        "x: !!int '1'\n",
        "x: *nothing\n",
        "...\n---\nname: z\n",
    ];
    for more in odd {
        let repo = notes();
        repo.write("notes/a.yaml", format!("name: NO\ndated: 2023-01-01\nlevel: 010\n{more}"));
        let all = found(&repo, "2024-01-01", &[]);
        let portability = all.iter().filter(|one| one.starts_with("yaml-portability")).count();
        assert!(portability >= 2, "{more:?}: {all:?}");
    }
}

#[test]
fn merge_conflicts_in_other_forms() {
    let conflicts = [
        "<<<<<<< HEAD\nlevel: 1\n||||||| base\nlevel: 0\n=======\nlevel: 2\n>>>>>>> topic\n",
        "<<<<<<< HEAD\r\nlevel: 1\r\n=======\r\nlevel: 2\r\n>>>>>>> topic\r\n",
        "level: 1\nmarks:\n<<<<<<< HEAD\n  - {id: m1}\n=======\n  - {id: m2}\n>>>>>>> t\n",
        "level: 1\ntext: |\n<<<<<<< HEAD\n  x\n=======\n  y\n>>>>>>> t\n",
        "<<<<<<<\nlevel: 1\n=======\n>>>>>>>\n",
    ];
    for both in conflicts {
        let repo = notes();
        repo.write("notes/a.yaml", format!("name: a\ndated: 2023-01-01\n{both}"));
        assert_eq!(found(&repo, "2024-01-01", &[]), ["merge-conflict notes/a.yaml"], "{both}");
    }
}

/// However a branch takes in what others did, that is not its doing.
#[test]
fn branches_that_take_in_the_work_of_others() {
    let diverged = || {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1))
            .write("notes/b.yaml", note("b", "2023-01-01", 1));
        repo.commit("records");
        repo.git(["checkout", "-q", "-b", "topic"]);
        repo.write("notes/a.yaml", note("a", "2024-01-02", 2));
        repo.commit("rightly");
        repo.git(["checkout", "-q", "main"]);
        repo.write("notes/b.yaml", note("b", "2023-01-01", 2));
        repo.commit("wrongly");
        repo.git(["checkout", "-q", "topic"]);
        repo
    };
    let base = ["--base", "main", "--policy-from", "base"];
    let ways: [&[&[&str]]; 3] = [
        &[&["merge", "-q", "-m", "back", "main"]],
        &[&["rebase", "-q", "main"]],
        &[
            &["checkout", "-q", "main"],
            &["merge", "-q", "-m", "x", "topic"],
            &["checkout", "-q", "topic"],
            &["merge", "-q", "-m", "y", "main~1"],
        ],
    ];
    for way in ways {
        let repo = diverged();
        way.iter().for_each(|args| drop(repo.git(args.iter())));
        assert_eq!(found(&repo, "2024-06-01", &base), [""; 0], "{way:?}");
    }
    // A merge of several branches at once.
    let mut repo = diverged();
    repo.git(["checkout", "-q", "-b", "second", "main~1"]);
    repo.write("notes/c.yaml", note("c", "2024-01-02", 1));
    repo.commit("another");
    repo.git(["checkout", "-q", "-b", "all", "main"]);
    repo.git(["merge", "-q", "-m", "all", "topic", "second"]);
    assert_eq!(found(&repo, "2024-06-01", &["--base", "HEAD^1", "--policy-from", "base"]), [""; 0]);
}

/// However a checkout leaves files out.
#[test]
fn sparse_checkouts_in_other_forms() {
    let two = || {
        let mut repo = notes();
        repo.write("notes/x/a.yaml", note("a", "2023-01-01", 1));
        repo.write("notes/y/b.yaml", note("b", "2023-01-01", 1));
        repo.commit("records");
        repo
    };
    let repo = two();
    repo.git(["sparse-checkout", "set", "--no-cone", "/*", "!/notes/y/"]);
    assert_eq!(found(&repo, "2024-06-01", &["--base", "HEAD"]), [""; 0], "patterns");
    assert_eq!(found(&repo, "2024-06-01", &["--staged"]), [""; 0], "patterns, staged");
    let repo = two();
    repo.git(["update-index", "--skip-worktree", "notes/y/b.yaml"]);
    repo.remove("notes/y/b.yaml");
    assert_eq!(found(&repo, "2024-06-01", &["--base", "HEAD"]), [""; 0], "by hand");
    // What is new outside is not left out.
    let repo = two();
    repo.git(["sparse-checkout", "set", "--cone", "notes/x"]);
    repo.write("notes/y/c.yaml", note("c", "2031-01-01", 1));
    assert_eq!(found(&repo, "2024-06-01", &["--base", "HEAD"]), ["date-future dated"]);
}

/// However git makes the disk other than the commit, what it calls unchanged is no change.
#[test]
fn conversions_of_git_in_other_forms() {
    let ways: [(&str, &[(&str, &str)]); 4] = [
        ("*.yaml text\n", &[("core.eol", "crlf")]),
        ("*.yaml ident\n", &[]),
        ("*.yaml -text\n", &[("core.autocrlf", "true")]),
        (
            "*.yaml filter=x\n",
            &[("filter.x.smudge", "sed s/level/LEVEL/"), ("filter.x.clean", "sed s/LEVEL/level/")],
        ),
    ];
    for (attributes, settings) in ways {
        let mut repo = notes();
        repo.write(".gitattributes", attributes);
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1) + "text: $Id$\n");
        settings.iter().for_each(|(name, value)| drop(repo.git(["config", name, value])));
        repo.commit("record");
        repo.remove("notes/a.yaml");
        repo.git(["checkout", "-q", "--", "notes"]);
        assert_eq!(repo.git(["status", "--short"]), "", "{attributes}");
        assert_eq!(found(&repo, "2024-06-01", &["--base", "HEAD"]), [""; 0], "{attributes}");
        assert_eq!(repo.run(&["fmt", "--check"]).answer(), "", "{attributes}");
        assert!(!repo.run(&["log", "--worktree"]).answer().contains("(not committed)"), "{attributes}");
    }
}

/// A calendar a day ahead, in every date of a record.
#[test]
fn a_day_of_grace_in_other_forms() {
    for more in [
        "dated: 2024-06-02\nmarks: [{id: m, at: 2024-06-02}]\n",
        "dated: 2024-06-02T10:00:00+14:00\n",
        "dated: 2024-06-02\nreviewed: 2024-06-02\n",
        "dated: 2024-06-02\ncorrections: [{date: 2024-06-02, path: level, what: x, why: it was}]\n",
    ] {
        let repo = notes();
        repo.write("notes/a.yaml", format!("name: a\nlevel: 1\n{more}"));
        assert_eq!(found(&repo, "2024-06-01", &[]), [""; 0], "{more}");
        assert!(!found(&repo, "2024-05-31", &[]).is_empty(), "{more}");
    }
}

/// Each finding of the gate can be accepted by itself, and nothing else with it.
#[test]
fn right_edits_are_accepted_one_by_one() {
    let mut repo = published(MARKED);
    repo.write("notes/b.yaml", note("b", "2024-01-10", 1));
    repo.commit("another");
    repo.remove("notes/b.yaml").write("notes/a.yaml", note("a", "2024-02-10", 1));
    repo.commit("both were wrong");
    let gate = |accept: &[&str]| found(&repo, "2024-06-01", &[&BY_BASE[..], accept].concat());
    let print = |rule: &str| fingerprint(&repo, "2024-06-01", &BY_BASE, rule);
    let (deleted, removed) = (print("gate-deleted"), print("gate-past-removed"));
    assert_eq!(gate(&["--accept", &deleted]), ["gate-past-removed marks[m1]"]);
    assert_eq!(gate(&["--accept", &removed]), ["gate-deleted notes/b.yaml"]);
    assert_eq!(gate(&["--accept", &deleted, "--accept", &removed]), [""; 0]);
    assert_eq!(gate(&["--accept", &format!("{deleted},{removed}")]), [""; 0]);
}

/// However an edition is taken back.
#[test]
fn editions_taken_back_in_other_forms() {
    let two = || {
        let mut repo = notes();
        for (dated, level) in [("2023-01-01", 1), ("2023-06-01", 9)] {
            repo.write("notes/a.yaml", note("a", dated, level));
            repo.commit(dated);
        }
        repo
    };
    let mut repo = two();
    for what in ["a revert", "a revert of the revert"] {
        repo.git(["revert", "--no-edit", "HEAD"]);
        assert_eq!(found(&repo, "2024-06-01", &BY_BASE), [""; 0], "{what}");
    }
    assert_eq!(repo.run(&["log", "a", "--format", "jsonl"]).answer().lines().count(), 2, "both stand");
    repo.remove("notes/a.yaml");
    repo.commit("deleted");
    repo.git(["revert", "--no-edit", "HEAD"]);
    assert_eq!(found(&repo, "2024-06-01", &BY_BASE), [""; 0], "a record comes back");
    // Half a revert is none.
    let mut repo = two();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 9));
    repo.commit("half");
    assert_eq!(found(&repo, "2024-06-01", &BY_BASE), ["gate-backwards dated"]);
}
