//! Shapes of histories: who follows whom, and what lies where.

use super::{log, three_editions};
use crate::support::notes::{self, dates, level, note};
use crate::support::{Repo, column, git_command};
use std::io::Write;
use std::process::Stdio;

#[test]
fn two_records_that_swap_files_stay_themselves() {
    let mut repo = notes::repo();
    repo.write("notes/a.yaml", note("a", "2018-05-01", 1)).write("notes/b.yaml", note("b", "2018-05-01", 5));
    repo.commit("both");
    let before = log(&repo, &[]);
    repo.write("notes/a.yaml", note("b", "2018-05-01", 5)).write("notes/b.yaml", note("a", "2018-05-01", 1));
    repo.commit("swapped");
    assert_eq!(log(&repo, &[]), before, "nothing was said, nobody is gone");
    repo.write("notes/b.yaml", note("a", "2019-05-01", 2));
    repo.commit("went on");
    let after = log(&repo, &[]);
    assert_eq!(column(&after["records"], "record"), ["a", "b"]);
    assert_eq!(dates(&after), ["2019-05-01", "2018-05-01"]);
    assert_eq!(after["records"][1], before["records"][1]);
}

#[test]
fn unrelated_histories_are_one_timeline() {
    let mut repo = three_editions();
    repo.git(["checkout", "--quiet", "--orphan", "other"]);
    repo.git(["rm", "-rfq", "."]);
    repo.write("notes/a.yaml", note("a", "2017-02-01", 9)).write("notes/b.yaml", note("b", "2017-01-01", 5));
    repo.commit("from elsewhere");
    repo.git(["checkout", "--quiet", "main"]);
    repo.git(["merge", "--quiet", "--allow-unrelated-histories", "--strategy=ours", "--no-edit", "other"]);
    let log = log(&repo, &[]);
    assert_eq!(dates(&log), ["2020-05-01", "2019-05-01", "2018-05-01", "2017-02-01"]);
    assert_eq!(column(&log["records"], "record"), ["a", "b"]);
    assert_eq!(level(&repo, "a", "2017"), 9);
    // A base without a common commit leaves nothing to compare with but the base itself.
    repo.git(["checkout", "--quiet", "--orphan", "third"]);
    repo.commit("a root of its own");
    let check = repo.run(&["check", "--base", "main"]);
    assert!([0, 2].contains(&check.code), "{check:?}");
}

#[test]
fn criss_cross_merges_lose_and_double_nothing() {
    let mut repo = three_editions();
    repo.git(["checkout", "--quiet", "-b", "side"]);
    repo.write("notes/a.yaml", note("a", "2021-05-01", 40));
    let side = repo.commit("a on the side");
    repo.git(["checkout", "--quiet", "main"]);
    repo.write("notes/b.yaml", note("b", "2021-05-01", 1));
    let main = repo.commit("b on main");
    repo.git(["merge", "--quiet", "--no-edit", &side]);
    repo.git(["checkout", "--quiet", "side"]);
    repo.git(["merge", "--quiet", "--no-edit", &main]);
    repo.write("notes/a.yaml", note("a", "2022-05-01", 41));
    repo.commit("a went on");
    repo.git(["checkout", "--quiet", "main"]);
    repo.write("notes/b.yaml", note("b", "2022-05-01", 2));
    repo.commit("b went on");
    repo.git(["merge", "--quiet", "--no-edit", "side"]);
    assert_eq!(repo.git(["merge-base", "--all", "HEAD^1", "HEAD^2"]).lines().count(), 2, "criss-cross");
    let log = log(&repo, &[]);
    assert_eq!(dates(&log), ["2022-05-01", "2021-05-01", "2020-05-01", "2019-05-01", "2018-05-01"]);
    let of_b = &log["records"][1]["editions"];
    assert_eq!(column(of_b, "last_updated"), ["2022-05-01", "2021-05-01"]);
    assert_eq!(column(of_b, "subject"), ["b went on", "b on main"], "merges brought nothing of their own");
    for base in ["HEAD^1", "HEAD^2"] {
        assert_eq!(repo.run(&["check", "--base", base]).code, 0, "{base}");
    }
}

#[test]
fn empty_commits_change_nothing() {
    let mut repo = three_editions();
    let before = log(&repo, &[]);
    for _ in 0..3 {
        repo.commit("nothing at all");
    }
    assert_eq!(log(&repo, &[]), before);
    assert_eq!(repo.run(&["check", "--base", "HEAD~2"]).code, 0);
}

#[test]
fn a_hundred_thousand_foreign_commits_change_nothing() {
    let repo = three_editions();
    let before = log(&repo, &[]);
    let mut stream = b"feature done\n".to_vec();
    for number in 0..100_000 {
        let from = if number == 0 { "from refs/heads/main^0\n" } else { "" };
        let text = number.to_string();
        write!(
            stream,
            "commit refs/heads/main\ncommitter A. Keeper <keeper@example.org> {} +0000\ndata 1\nx\n{from}M \
                100644 inline code/main.txt\ndata {}\n{text}\n",
            1_510_000_000 + number,
            text.len()
        )
        .expect("because it is written to memory");
    }
    stream.extend_from_slice(b"done\n");
    let mut import = git_command(repo.path())
        .args(["fast-import", "--quiet", "--force"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("because git is installed");
    import.stdin.take().expect("because it is piped").write_all(&stream).expect("because git reads it");
    assert!(import.wait().expect("because it was started").success());
    repo.git(["reset", "--quiet", "--hard", "main"]);
    assert_eq!(repo.git(["rev-list", "--count", "HEAD"]), "100004");
    assert_eq!(log(&repo, &[]), before);
    assert!(repo.run(&["changelog", "a"]).answer().contains("level now 3, was 2"));
    assert_eq!(repo.run(&["check", "--base", "HEAD~50000"]).code, 0);
}

/// A dataset in the folder `dataset`, with one note of two editions.
fn in_a_folder() -> Repo {
    let mut repo = Repo::empty();
    for (path, text) in notes::policy_files() {
        repo.write(&format!("dataset/{path}"), text);
    }
    for year in [2018, 2019] {
        repo.write("dataset/notes/a.yaml", note("a", &format!("{year}-05-01"), year));
        repo.commit(&format!("edition of {year}"));
    }
    repo
}

/// Puts a submodule in a folder's place.
fn submodule(repo: &mut Repo, folder: &str) {
    let commit = repo.git(["rev-parse", "HEAD"]);
    repo.git(["rm", "-rq", folder]);
    repo.git(["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{folder}")]);
    repo.git(["commit", "--quiet", "--message", "a submodule"]);
}

/// Puts a symbolic link to a folder outside in a folder's place, which holds what the folder held.
#[cfg(unix)]
fn link(repo: &mut Repo, folder: &str) {
    let outside = repo.beside("outside");
    std::fs::rename(repo.path().join(folder), &outside).expect("because it is ours");
    std::fs::write(outside.join("notes.yaml"), note("stolen", "2020-01-01", 1)).expect("because it is ours");
    std::os::unix::fs::symlink(&outside, repo.path().join(folder)).expect("because it is ours");
    repo.commit("a link");
}

#[cfg(unix)]
const PUT: [fn(&mut Repo, &str); 2] = [submodule, link];
#[cfg(not(unix))]
const PUT: [fn(&mut Repo, &str); 1] = [submodule];

#[test]
fn what_takes_the_place_of_a_folder_of_records_ends_them() {
    for put in PUT {
        let mut repo = in_a_folder();
        put(&mut repo, "dataset/notes");
        let tip = repo.git(["rev-parse", "HEAD"]);
        for args in [&[][..], &["--worktree"]] {
            let log = log(&repo, args);
            assert_eq!(column(&log["records"], "record"), ["a"], "{args:?}: nothing was read behind it");
            assert_eq!(log["records"][0]["ended"], tip.as_str(), "{args:?}: {log:#}");
            assert_eq!(dates(&log), ["2019-05-01", "2018-05-01"], "{args:?}");
        }
        let check = repo.run(&["check"]);
        assert!(check.stdout.contains("error[no-records]"), "{check:?}");
        assert_eq!(check.code, 1, "{check:?}");
    }
}

#[test]
fn what_takes_the_place_of_the_dataset_is_not_followed() {
    for put in PUT {
        let mut repo = in_a_folder();
        put(&mut repo, "dataset");
        for args in [&["log"][..], &["changelog"], &["check"], &["log", "--worktree"]] {
            let run = repo.run(args);
            assert!(!run.stdout.contains("stolen"), "{args:?}: {run:?}");
            assert!(run.fault().contains("sincewhen.yaml"), "{args:?}");
        }
        // The history before it can be asked for.
        repo.git(["checkout", "--quiet", "--force", "--detach", "HEAD~1"]);
        assert_eq!(dates(&log(&repo, &[])).len(), 2);
    }
}
