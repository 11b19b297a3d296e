//! `check --fix` and `fmt`: edits that touch only what they must, written at once or not at all.

use crate::support;

use support::guard::{self, FIN, KAZ, check, edit, run, text};

#[test]
fn a_fix_touches_its_own_bytes_only() {
    let repo = guard::committed();
    let clean = text(&repo, KAZ);
    let faulty = clean
        .replace("started: \"2012\"", "started: 2012   # from the page")
        .replace("title: Letter to the Monitor", "title: yes")
        .replace(
            "summary: Not at this stage; values the aims.",
            "summary:   Not at this stage;   values the aims. # kept",
        );
    repo.write(KAZ, &faulty);
    let diff = check(&repo, &["--fix", "--diff"]);
    assert_eq!(diff.code, 1);
    assert_eq!(text(&repo, KAZ), faulty, "--diff writes nothing");
    assert!(
        diff.stdout
            .contains("-    started: 2012   # from the page\n+    started: \"2012\"   # from the page"),
        "{}",
        diff.stdout
    );
    assert_eq!(check(&repo, &["--fix"]).code, 0);
    assert_eq!(
        text(&repo, KAZ),
        faulty.replace("started: 2012 ", "started: \"2012\" ").replace("title: yes", "title: \"yes\"")
    );
    assert_eq!(check(&repo, &["--fix", "--diff"]).stdout, "");
}

#[test]
fn a_fix_keeps_line_ends_and_the_mark_goes() {
    let repo = guard::committed();
    let faulty = format!("\u{feff}{}", text(&repo, KAZ).replace("started: \"2012\"", "started: 2012"))
        .replace('\n', "\r\n");
    repo.write(KAZ, &faulty);
    check(&repo, &["--fix"]);
    let after = text(&repo, KAZ);
    assert_eq!(
        after,
        faulty.trim_start_matches('\u{feff}').replace("started: 2012\r", "started: \"2012\"\r")
    );
}

#[test]
fn unsafe_edits_are_left_to_people() {
    let repo = guard::committed();
    edit(
        &repo,
        KAZ,
        "participation: observer, sources: [p2016]",
        "participation: observers, sources: [p2016]",
    );
    let before = text(&repo, KAZ);
    assert_eq!(check(&repo, &["--fix"]).code, 1);
    assert_eq!(text(&repo, KAZ), before);
}

#[test]
fn a_missing_modeline_is_put_in() {
    let repo = guard::committed();
    let whole = text(&repo, FIN);
    let (first, rest) = whole.split_once('\n').expect("because the file has lines");
    assert!(first.starts_with("# yaml-language-server"));
    repo.write(FIN, rest);
    assert_eq!(check(&repo, &["--fix"]).code, 0);
    assert_eq!(text(&repo, FIN), whole);
}

#[cfg(unix)]
#[test]
fn permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let repo = guard::committed();
    edit(&repo, KAZ, "started: \"2012\"", "started: 2012");
    let path = repo.path().join(KAZ);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640))
        .expect("because the file is ours");
    check(&repo, &["--fix"]);
    assert_eq!(std::fs::metadata(&path).expect("because it is there").permissions().mode() & 0o777, 0o640);
    let left: Vec<_> =
        std::fs::read_dir(path.parent().expect("a folder")).expect("because it can be read").collect();
    assert_eq!(left.len(), 1, "no temporary file stays behind");
}

#[test]
fn fmt_makes_layouts_alike_and_changes_no_meaning() {
    let repo = guard::committed();
    let json = |repo: &support::Repo| {
        run(repo, &["show", "KAZ/cluster-munitions", "--worktree", "--format", "json"]).json()["content"]
            .clone()
    };
    let (clean, meaning) = (text(&repo, KAZ), json(&repo));
    let messy = clean
        .replace(
            "treaty:\n  status: non-signatory\n",
            "treaty:\n      # outside\n      status:    'non-signatory'   # kept\n",
        )
        .replace("  sources: [untc]\nposition", "      sources: [ untc ]\nposition")
        .replace("topic: cluster-munitions\n", "topic: cluster-munitions   \n\n\n\n");
    repo.write(KAZ, &messy);
    assert_eq!(run(&repo, &["fmt", "--check"]).code, 1);
    assert_eq!(text(&repo, KAZ), messy, "--check writes nothing");
    let diff = run(&repo, &["fmt", "--diff"]);
    assert_eq!(diff.code, 1);
    for line in ["\n-      sources: [ untc ]\n", "\n+  sources: [untc]\n"] {
        assert!(diff.stdout.contains(line), "{}", diff.stdout);
    }
    assert_eq!(run(&repo, &["fmt"]).answer(), format!("{KAZ}\n"));
    let after = text(&repo, KAZ);
    assert!(after.contains("  # outside\n") && after.contains("# kept"), "{after}");
    assert_eq!(json(&repo), meaning);
    assert_eq!(run(&repo, &["fmt"]).answer(), "", "formatting twice is the same as once");
    assert_eq!(run(&repo, &["fmt", "--check"]).code, 0);
    assert_eq!(check(&repo, &["--base", "HEAD"]).code, 0, "layout is free");
}

#[test]
fn fmt_leaves_what_it_cannot_read_and_goes_on() {
    let repo = guard::committed();
    repo.write(FIN, "a: [1, 2\n");
    edit(&repo, KAZ, "topic: cluster-munitions\n", "topic:   cluster-munitions\n");
    let run = run(&repo, &["fmt"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("dataset/countries/FIN/mine-ban.yaml:1:4"), "{}", run.stderr);
    assert_eq!(text(&repo, FIN), "a: [1, 2\n");
    assert!(text(&repo, KAZ).contains("\ntopic: cluster-munitions\n"));
}

#[test]
fn fmt_takes_paths() {
    let repo = guard::committed();
    edit(&repo, KAZ, "topic: cluster-munitions\n", "topic:   cluster-munitions\n");
    edit(&repo, FIN, "topic: mine-ban\n", "topic:   mine-ban\n");
    assert_eq!(run(&repo, &["fmt", "dataset/countries/FIN"]).answer(), format!("{FIN}\n"));
    assert!(text(&repo, KAZ).contains("topic:   cluster"));
}
