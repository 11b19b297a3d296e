//! Nothing is written to a repository, and nothing in its configuration makes the library run a program.

use crate::git::history::random_history;
use crate::git::sandbox::Sandbox;
use sincewhen::git::Repository;
use sincewhen::model::RepoPath;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Puts every question to the repository.
fn ask_everything(folder: &Path) {
    let repository = Repository::discover(folder).expect("ours");
    let root = RepoPath::from("");
    let tip = repository.head().expect("ours");
    let history = repository.history(&tip, &root).expect("ours");
    let ids: Vec<_> =
        history.touches.iter().filter_map(|touch| touch.entry).map(|entry| entry.blob()).collect();
    repository.read_many(&ids, |_, bytes| bytes.expect("ours").len());
    repository.tree(&tip, &root).expect("ours");
    repository.commit_info(&tip).expect("ours");
    repository.merge_base(&tip, &repository.resolve("HEAD~1").expect("ours")).expect("ours");
    repository.staged_files(&root).expect("ours");
    assert!(repository.cleanliness().expect("ours").is_dirty(&root).expect("ours"));
    for file in repository.worktree_files(&root).expect("ours") {
        file.read(u64::MAX).expect("ours");
    }
    repository.hash_file(&folder.join("data/new.txt")).expect("ours");
}

/// A repository whose configuration names a program wherever one can be named; running it leaves a mark.
fn trapped() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::imported(&random_history(4, 30));
    sandbox.run(&["checkout", "-q", "-f", "main"]);
    let mark = sandbox.path("mark");
    let trap = sandbox.path("trap.sh");
    std::fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", mark.display())).expect("ours");
    #[cfg(unix)]
    std::fs::set_permissions(&trap, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("ours");
    let trap = trap.to_str().expect("ours");
    // After the checkout, so that no git program has a reason to run the traps either.
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "credential.helper",
    ] {
        sandbox.run(&["config", key, trap]);
    }
    for key in [
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "diff.trap.textconv",
        "diff.trap.command",
    ] {
        sandbox.run(&["config", key, trap]);
    }
    for key in [
        "diff.external",
        "merge.trap.driver",
        "gpg.program",
        "uploadpack.packObjectsHook",
        "core.gitProxy",
        "alias.log",
    ] {
        sandbox.run(&["config", key, trap]);
    }
    sandbox.run(&["config", "filter.trap.required", "true"]);
    let hooks = sandbox.path("repo/.git/hooks");
    std::fs::create_dir_all(&hooks).expect("ours");
    for hook in
        ["post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-commit", "post-checkout"]
    {
        std::fs::copy(trap, hooks.join(hook)).expect("ours");
    }
    sandbox.write(".gitattributes", "* filter=trap diff=trap merge=trap text ident\n");
    sandbox.write("data/new.txt", "new $Id$\r\n");
    for entry in
        std::fs::read_dir(sandbox.path("repo")).expect("ours").map(|entry| entry.expect("ours").path())
    {
        // The same bytes at another time: each must be read again to know whether it changed.
        if entry.symlink_metadata().expect("ours").is_file() {
            let bytes = std::fs::read(&entry).expect("ours");
            std::fs::write(&entry, bytes).expect("ours");
        }
    }
    (sandbox, mark)
}

fn snapshot(folder: &Path, into: &mut BTreeMap<PathBuf, (Vec<u8>, Option<SystemTime>)>) {
    for entry in std::fs::read_dir(folder).expect("ours").map(|entry| entry.expect("ours").path()) {
        let metadata = entry.symlink_metadata().expect("ours");
        if metadata.is_dir() {
            into.insert(entry.clone(), (Vec::new(), metadata.modified().ok()));
            snapshot(&entry, into);
        } else {
            let bytes = if metadata.is_file() { std::fs::read(&entry).expect("ours") } else { Vec::new() };
            into.insert(entry, (bytes, metadata.modified().ok()));
        }
    }
}

#[test]
fn no_program_runs_and_nothing_is_written() {
    let (sandbox, mark) = trapped();
    let look = || {
        let mut files = BTreeMap::new();
        snapshot(sandbox.folder.path(), &mut files);
        files
    };
    let before = look();
    ask_everything(&sandbox.path("repo"));
    assert!(!mark.exists(), "{}", std::fs::read_to_string(&mark).expect("ours"));
    assert!(look() == before, "something was written");
}

#[test]
#[cfg(unix)]
fn a_read_only_repository_answers_everything() {
    let (sandbox, _) = trapped();
    let mode = |mode: &str| {
        let done = std::process::Command::new("chmod")
            .args(["-R", mode])
            .arg(sandbox.path("repo"))
            .status()
            .expect("ours");
        assert!(done.success());
    };
    mode("a-w");
    ask_everything(&sandbox.path("repo"));
    mode("u+w");
}
