//! Writing many files is all or nothing, wherever the power goes out.

use crate::support::files_below;
use crate::support::notes::{self, note};
use sincewhen::files::write::{FileWrite, Recovered, WriteError, WriteTarget, recover, write_all};
use std::fs;
use std::path::Path;
use std::process::Command;

const CRASH: &str = "CRASH_AFTER";
const ROOT: &str = "CRASH_ROOT";

/// A working tree with a git folder beside the files.
fn target(root: &Path) -> WriteTarget {
    fs::create_dir_all(root.join(".git")).expect("a folder");
    WriteTarget::new(root, &root.join(".git"))
}

fn changes() -> Vec<FileWrite> {
    let change = |path: &str, before: Option<&str>, after: &str| FileWrite {
        path: path.to_owned(),
        before: before.map(|text| text.as_bytes().to_vec()),
        after: after.as_bytes().to_vec(),
    };
    vec![
        change("a.yaml", Some("a: old\n"), "a: new\n"),
        change("deep/b.yaml", Some("b: old\n"), "b: new\n"),
        change("made/by/this/c.yaml", None, "c: new\n"),
        change("d.yaml", Some("d: old\n"), "d: new\n"),
    ]
}

fn before(root: &Path) {
    fs::create_dir_all(root.join("deep")).expect("a folder");
    for name in ["a", "deep/b", "d"] {
        let key = name.rsplit('/').next().expect("a name");
        fs::write(root.join(format!("{name}.yaml")), format!("{key}: old\n")).expect("a file");
    }
}

fn is_old(root: &Path) -> bool {
    changes().iter().all(|c| fs::read(root.join(&c.path)).ok() == c.before) && !root.join("made").exists()
}

fn is_new(root: &Path) -> bool {
    changes().iter().all(|c| fs::read(root.join(&c.path)).ok() == Some(c.after.clone()))
}

/// The child of the next test: writes, and dies after so many files.
#[test]
fn child() {
    let (Ok(after), Ok(root)) = (std::env::var(CRASH), std::env::var(ROOT)) else { return };
    let after: usize = after.parse().expect("a number");
    let die = &mut |done: usize| {
        if done == after {
            std::process::abort();
        }
    };
    write_all(&target(Path::new(&root)), &changes(), die).expect("it is written");
}

#[test]
fn a_crash_after_any_number_of_files_is_undone() {
    for after in 0..=4 {
        let dir = tempfile::tempdir().expect("a folder");
        before(dir.path());
        let status = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "import_writing::child", "--nocapture"])
            .env(CRASH, after.to_string())
            .env(ROOT, dir.path())
            .output()
            .expect("the child runs")
            .status;
        assert!(!status.success(), "the child must die");
        if after > 0 {
            assert!(!is_old(dir.path()), "the crash came after {after} files");
        }
        assert_eq!(recover(&target(dir.path())).expect("recovered"), Recovered::Undone(4), "after {after}");
        assert!(is_old(dir.path()), "after {after} files the old ones are back");
        assert_eq!(recover(&target(dir.path())).expect("recovered"), Recovered::Clean);
        write_all(&target(dir.path()), &changes(), &mut |_| {}).expect("the next run writes");
        assert!(is_new(dir.path()));
        assert!(!dir.path().join(".git/sincewhen-staging").exists());
    }
}

#[test]
fn a_crash_during_the_recovery_is_recovered() {
    let dir = tempfile::tempdir().expect("a folder");
    before(dir.path());
    Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "import_writing::child"])
        .env(CRASH, "3")
        .env(ROOT, dir.path())
        .output()
        .expect("the child runs");
    // As if a first recovery had put one file back and died.
    let staging = dir.path().join(".git/sincewhen-staging");
    fs::rename(staging.join("0.old"), dir.path().join("a.yaml")).expect("put back");
    assert_eq!(recover(&target(dir.path())).expect("recovered"), Recovered::Undone(4));
    assert!(is_old(dir.path()));
}

#[test]
fn a_failure_in_the_middle_changes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    before(dir.path());
    let mut all = changes();
    all.push(FileWrite {
        path: "e.yaml".to_owned(),
        before: Some(b"not what stands there".to_vec()),
        after: Vec::new(),
    });
    fs::write(dir.path().join("e.yaml"), "e: 1\n").expect("a file");
    let written = write_all(&target(dir.path()), &all, &mut |_| {});
    assert!(matches!(written, Err(WriteError::Changed(path)) if path == "e.yaml"));
    assert!(is_old(dir.path()));
    // A folder where a file shall go.
    all.pop();
    all.push(FileWrite { path: "deep".to_owned(), before: None, after: Vec::new() });
    assert!(write_all(&target(dir.path()), &all, &mut |_| {}).is_err());
    assert!(is_old(dir.path()));
    for path in ["../outside.yaml", "/etc/x", "a/../../b", ".git/hooks/post-checkout", "deep/.GIT/config"] {
        let change = FileWrite { path: path.to_owned(), before: None, after: Vec::new() };
        assert!(
            matches!(write_all(&target(dir.path()), &[change], &mut |_| {}), Err(WriteError::NotAFile(_))),
            "{path}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_modes_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    before(dir.path());
    let other = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(other.path(), dir.path().join("out")).expect("a link");
    let change = FileWrite { path: "out/x.yaml".to_owned(), before: None, after: Vec::new() };
    assert!(matches!(write_all(&target(dir.path()), &[change], &mut |_| {}), Err(WriteError::NotAFile(_))));
    fs::set_permissions(dir.path().join("a.yaml"), fs::Permissions::from_mode(0o640)).expect("a mode");
    write_all(&target(dir.path()), &changes()[..1], &mut |_| {}).expect("written");
    let mode = fs::metadata(dir.path().join("a.yaml")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

/// What a branch can carry into a working tree, in the place of the journal of an interrupted run.
#[test]
fn a_journal_that_a_commit_carries_is_nobodys_order() {
    for command in [&["log", "alpha"][..], &["since"], &["changelog"], &["check"], &["show", "alpha"]] {
        let mut repo = notes::repo();
        let precious = tempfile::NamedTempFile::new().expect("a file");
        repo.write("notes/alpha.yaml", note("alpha", "2018-05-01", 1));
        for folder in [".sincewhen-staging", "sincewhen-staging"] {
            let path = precious.path().display();
            let entries = format!(
                r#"[{{"path":".git/hooks/post-checkout","existed":true}},{{"path":"{path}","existed":false}}]"#
            );
            repo.write(&format!("{folder}/journal.json"), format!(r#"{{"entries":{entries},"folders":[]}}"#));
            repo.write(&format!("{folder}/0.old"), "#!/bin/sh\n");
        }
        repo.commit("harmless");
        let before = files_below(repo.path());
        repo.run(command);
        assert!(precious.path().exists(), "{command:?} removed a file that a branch named");
        assert!(files_below(repo.path()) == before, "{command:?} changed files");
    }
}

/// A journal is held to the same rules as what is written, even in the git folder.
#[test]
fn a_journal_that_leads_elsewhere_is_refused() {
    let other = tempfile::tempdir().expect("a folder");
    fs::write(other.path().join("x"), "precious").expect("a file");
    for path in ["../x", ".git/hooks/post-checkout", "/etc/x", "out/x", ".GIT/config"] {
        let dir = tempfile::tempdir().expect("a folder");
        before(dir.path());
        #[cfg(unix)]
        std::os::unix::fs::symlink(other.path(), dir.path().join("out")).expect("a link");
        let target = target(dir.path());
        let staging = dir.path().join(".git/sincewhen-staging");
        fs::create_dir_all(&staging).expect("a folder");
        fs::write(staging.join("0.old"), "#!/bin/sh").expect("a file");
        for existed in [true, false] {
            let journal = format!(r#"{{"entries":[{{"path":"{path}","existed":{existed}}}],"folders":[]}}"#);
            fs::write(staging.join("journal.json"), journal).expect("a file");
            assert!(matches!(recover(&target), Err(WriteError::NotAFile(_))), "{path}");
            assert!(is_old(dir.path()) && other.path().join("x").exists());
            assert!(!dir.path().join(".git/hooks").exists());
        }
    }
}
