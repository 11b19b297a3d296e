//! Contents and names that are odd.

use super::{log, qualified, three_editions};
use crate::support::notes::{self, dates, level, note};
use crate::support::{Repo, column};

#[test]
fn a_revision_left_out_is_said_by_every_command() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", "name: a\nlevel: 9\n");
    let undated = repo.commit("no date");
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    repo.commit("dated again");
    let words = ["a: the revision of commit", &undated[..10], "no `dated`"];
    for command in [&["changelog", "a"][..], &["since", "a"], &["show", "a"], &["diff", "a"], &["blame", "a"]]
    {
        qualified(repo.run(command), &words);
        assert_eq!(repo.run(&[command, &["--quiet"]].concat()).stderr, "", "{command:?}");
    }
}

#[test]
fn a_record_of_fifty_megabytes_is_left_out_and_said() {
    let mut repo = three_editions();
    let mut large = note("a", "2021-05-01", 9).into_bytes();
    large.extend_from_slice(b"text: |\n");
    while large.len() < 50_000_000 {
        large.extend_from_slice(b"  one line of a text that nobody can have written by hand\n");
    }
    repo.write("notes/a.yaml", &large);
    repo.commit("large");
    let standing = repo.run(&["check"]);
    assert_eq!(standing.code, 1, "{standing:?}");
    assert!(standing.stdout.contains("bytes"), "{}", standing.stdout);
    repo.write("notes/a.yaml", note("a", "2022-05-01", 10));
    repo.commit("small again");
    let changelog = qualified(repo.run(&["changelog", "a"]), &["is left out", "bytes", "are read"]);
    assert!(changelog.contains("level now 10, was 3"), "{changelog}");
    assert_eq!(dates(&log(&repo, &["a"])), ["2022-05-01", "2020-05-01", "2019-05-01", "2018-05-01"]);
    assert_eq!(repo.run(&["check"]).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn file_names_of_any_bytes_hold_records() {
    use std::os::unix::ffi::OsStrExt;
    let mut repo = three_editions();
    let file = repo.path().join("notes").join(std::ffi::OsStr::from_bytes(b"caf\xe9 \x01.yaml"));
    for (year, at) in [(2018, 5), (2019, 6)] {
        std::fs::write(&file, note("b", &format!("{year}-06-01"), at))
            .expect("because any bytes are a name here");
        repo.commit("an odd name");
    }
    let log = log(&repo, &[]);
    assert_eq!(column(&log["records"], "record"), ["a", "b"]);
    assert_eq!(log["records"][1]["editions"].as_array().map(Vec::len), Some(2));
    let changelog = repo.run(&["changelog", "b", "-v"]).answer();
    assert!(changelog.contains("level now 6, was 5") && !changelog.contains('\u{1}'), "{changelog:?}");
    assert_eq!(level(&repo, "b", "2018"), 5);
    assert_eq!(repo.run(&["check"]).code, 0);
}

/// In git's index they are two files, whatever a file system makes of them.
#[test]
fn names_that_differ_in_case_only_are_two_files() {
    let repo = three_editions();
    let put = |text: String| {
        let file = repo.beside("other.yaml");
        std::fs::write(&file, text).expect("because it is ours");
        let blob = repo.git(["hash-object", "-w", "--", file.to_str().expect("a path of ours")]);
        repo.git(["update-index", "--add", "--cacheinfo", &format!("100644,{blob},notes/A.yaml")]);
        repo.git(["commit", "--quiet", "--message", "a name that collides"]);
    };
    put(note("b", "2020-06-01", 7));
    let two = log(&repo, &[]);
    assert_eq!(column(&two["records"], "record"), ["a", "b"]);
    assert_eq!((level(&repo, "a", "last"), level(&repo, "b", "last")), (3, 7));
    put(note("a", "2021-05-01", 8));
    let twins = repo.run(&["log", "a"]).answer();
    assert!(twins.contains("two files are one record: `notes/A.yaml`, `notes/a.yaml`"), "{twins}");
    assert_eq!(level(&repo, "a", "last"), 8, "the newest is read");
}

#[test]
fn a_flip_of_all_line_ends_says_nothing_new() {
    let mut repo = notes::repo();
    let text =
        "name: a\ndated: 2020-05-01\nlevel: 3\ntext: |\n  two\n  lines\nmarks:\n  - {id: x, said: yes}\n";
    repo.write("notes/a.yaml", note("a", "2019-05-01", 2));
    repo.commit("edition of 2019");
    repo.write("notes/a.yaml", text);
    let first = repo.commit("edition of 2020");
    let answers = |repo: &Repo| {
        let runs: [&[&str]; 3] =
            [&["changelog", "a", "--no-pager"], &["since", "a"], &["show", "a", "--format", "json"]];
        runs.map(|args| crate::support::mask_commits(&crate::support::uncited(&repo.run(args).answer())))
    };
    let before = answers(&repo);
    for flipped in [text.replace('\n', "\r\n"), text.to_owned(), text.replace('\n', "\r\n")] {
        repo.write("notes/a.yaml", flipped.as_bytes());
        repo.commit("another machine's line ends");
        assert_eq!(answers(&repo), before);
        assert_eq!(dates(&log(&repo, &["a"])), ["2020-05-01", "2019-05-01"]);
        assert_eq!(repo.run(&["check", "--fail-on", "error"]).code, 0);
    }
    let steps = repo.run(&["diff", "a", "--from", &format!("rev:{first}"), "--to", "last", "--exit-code"]);
    assert_eq!(steps.code, 0, "{steps:?}");
}

#[test]
fn filters_and_attributes_change_no_committed_byte() {
    let mut repo = three_editions();
    let expected = [log(&repo, &["a"]), repo.run(&["changelog", "a", "--format", "json"]).json()];
    let mark = repo.beside("mark");
    let program = format!("sh -c 'touch {}; tr a-z A-Z'", mark.display());
    repo.write(
        ".gitattributes",
        "*.yaml text eol=crlf ident filter=loud diff=loud merge=loud export-ignore\n",
    );
    repo.commit("attributes");
    for key in ["filter.loud.clean", "filter.loud.smudge", "diff.loud.textconv", "merge.loud.driver"] {
        repo.git(["config", key, &program]);
    }
    repo.git(["config", "filter.loud.required", "true"]);
    repo.git(["config", "core.autocrlf", "true"]);
    let asked = || [log(&repo, &["a"]), repo.run(&["changelog", "a", "--format", "json"]).json()];
    assert_eq!(asked(), expected);
    // The working tree as git would write it here: line ends turned, which is no change.
    repo.write("notes/a.yaml", note("a", "2020-05-01", 3).replace('\n', "\r\n"));
    assert_eq!(asked(), expected);
    assert_eq!(level(&repo, "a", "last"), 3);
    assert_eq!(dates(&log(&repo, &["a", "--worktree"])).len(), 3);
    assert_eq!(repo.run(&["check", "--fail-on", "error"]).code, 0);
    assert!(!mark.exists(), "a filter ran");
}
