//! How a run ends when it is treated roughly, and what it may not be made to do.
#![cfg(unix)]

use super::{refused, three_editions};
use crate::support::notes::note;
use crate::support::{Repo, binary, files_below, own_repository};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// An account that owns nothing.
const NOBODY: u32 = 65_534;
const INTERRUPT: i32 = 2;

fn shell(command: &str, args: &[&Path]) -> bool {
    Command::new("sh").args(["-c", command, "sh"]).args(args).status().is_ok_and(|status| status.success())
}

fn interrupt(child: &Child, pause: Duration) {
    std::thread::sleep(pause);
    let mut kill = Command::new("kill");
    kill.args(["-INT", &child.id().to_string()]).status().expect("because `kill` is everywhere");
}

#[test]
fn an_interrupt_ends_the_run_and_leaves_nothing_behind() {
    let cache = tempfile::tempdir().expect("because the system has a temporary folder");
    let ask = |folder: &Path, records: &[&str], pause: Option<Duration>| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sincewhen"))
            .args(["changelog", "--format", "json", "--cache-dir"])
            .arg(cache.path().join("kept"))
            .args(records)
            .env_remove("SINCEWHEN_NO_CACHE")
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("because it was built");
        if let Some(pause) = pause {
            interrupt(&child, pause);
        }
        let mut said = String::new();
        child
            .stderr
            .take()
            .expect("because it is piped")
            .read_to_string(&mut said)
            .expect("because it is text");
        (child.wait().expect("because it was started"), said)
    };
    let mut ended = 0;
    for pause in [1, 5, 20, 60, 150, 300] {
        let (status, said) = ask(&own_repository(), &[], Some(Duration::from_millis(pause)));
        let by_interrupt = status.signal() == Some(INTERRUPT) || status.code() == Some(130);
        assert!(by_interrupt || status.success(), "{pause} ms: {status:?} {said}");
        assert!(!said.contains("panicked") && !said.contains("error"), "{pause} ms: {said}");
        ended += u32::from(by_interrupt);
    }
    assert!(ended > 0, "no run was slow enough to be interrupted");
    let (status, said) = ask(&own_repository(), &["KAZ"], None);
    assert!(status.success(), "after all that: {said}");
}

#[test]
fn an_interrupted_command_that_writes_leaves_files_as_before_or_as_they_shall_be() {
    let mut repo = three_editions();
    let (loose, tidy) =
        ("name:   a\ndated:   2020-05-01\nlevel:    3\n", "name: a\ndated: 2020-05-01\nlevel: 3\n");
    for pause in [0, 2, 4, 8, 12] {
        repo.write("notes/a.yaml", loose);
        repo.commit("loose");
        let mut child = Command::new(env!("CARGO_BIN_EXE_sincewhen"))
            .arg("fmt")
            .current_dir(repo.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("because it was built");
        interrupt(&child, Duration::from_millis(pause));
        child.wait().expect("because it was started");
        let left =
            fs::read_to_string(repo.path().join("notes/a.yaml")).expect("because a file is never away");
        assert!(left == loose || left == tidy, "{pause} ms: {left:?}");
        assert_eq!(repo.run(&["log"]).code, 0);
    }
}

#[test]
fn a_pipe_closed_at_once_is_no_fault() {
    for args in [&["changelog", "KAZ", "--format", "json"][..], &["since", "KAZ"], &["check"], &["--help"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sincewhen"))
            .args(args)
            .env("SINCEWHEN_NO_CACHE", "1")
            .current_dir(own_repository())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("because it was built");
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .expect("because it is piped")
            .read_to_string(&mut said)
            .expect("because it is text");
        let status = child.wait().expect("because it was started");
        assert!(status.code().is_some_and(|code| code < 2), "{args:?}: {status:?} {said}");
        assert!(!said.contains("panicked") && !said.contains("error: "), "{args:?}: {said}");
    }
}

/// What every command answers: exit code, output, messages.
fn answers(run: &dyn Fn(&[&str]) -> Command) -> Vec<(Option<i32>, String, String)> {
    let commands: [&[&str]; 12] = [
        &["log"],
        &["changelog"],
        &["since"],
        &["show", "a"],
        &["diff", "a"],
        &["blame", "a"],
        &["report", "2019"],
        &["check"],
        &["check", "--staged"],
        &["check", "--base", "HEAD~1"],
        &["log", "--worktree"],
        &["fmt", "--check"],
    ];
    let answer = |args: &&[&str]| {
        let output = run(args).output().expect("because it was built");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    commands.iter().map(answer).collect()
}

fn is_root(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|meta| meta.uid() == 0)
}

#[test]
fn a_read_only_repository_and_home_are_enough() {
    let repo = three_editions();
    let above = repo.path().parent().expect("because it lies in a folder of ours").to_owned();
    let (home, tool) = (repo.beside("home"), repo.beside("tool"));
    fs::create_dir(&home).expect("because the folder is ours");
    fs::copy(env!("CARGO_BIN_EXE_sincewhen"), &tool).expect("because it was built");
    let root = is_root(&above);
    if root {
        // Root may write anywhere; so somebody else asks.
        assert!(shell("chown -R 65534:65534 \"$1\"", &[&above]));
    }
    let run = |args: &[&str]| {
        let mut command = Command::new(&tool);
        command.args(args).current_dir(repo.path()).env("HOME", &home).stdin(Stdio::null());
        for name in [
            "SINCEWHEN_NO_CACHE",
            "SINCEWHEN_CACHE_DIR",
            "SINCEWHEN_DATASET",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
        ] {
            command.env_remove(name);
        }
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    };
    let before = answers(&|args| {
        let mut command = run(args);
        command.env("SINCEWHEN_NO_CACHE", "1");
        command
    });
    assert!(before.iter().all(|(code, _, _)| *code == Some(0)), "{before:?}");
    assert!(shell("chmod -R a-w \"$1\" \"$2\"", &[repo.path(), &home]));
    let after = answers(&run);
    let unwritten = files_below(&home);
    assert!(shell("chmod -R u+w \"$1\" \"$2\"", &[repo.path(), &home]));
    assert_eq!(after, before);
    assert_eq!(unwritten, []);
}

#[test]
fn another_owners_repository_gets_gits_own_hint() {
    let repo = three_editions();
    if !is_root(repo.path()) || !shell("chown -R 12345 \"$1\"", &[repo.path()]) {
        return; // Only root can give a folder away.
    }
    for command in [&["log"][..], &["changelog"], &["check"], &["fmt", "--check"], &["init"]] {
        refused(
            repo.run(command),
            &["belongs to another user", "git config --global --add safe.directory /"],
        );
    }
    let home = repo.beside("home");
    fs::create_dir(&home).expect("because the folder is ours");
    let folder = repo.path().canonicalize().expect("because it is there");
    fs::write(home.join(".gitconfig"), format!("[safe]\n\tdirectory = {}\n", folder.display()))
        .expect("because it is ours");
    let trusted = binary(repo.path()).arg("log").env("HOME", &home).output().expect("because it was built");
    assert!(trusted.status.success(), "the hint repairs it: {}", String::from_utf8_lossy(&trusted.stderr));
}

/// A repository whose configuration names a program wherever one can be named, and hooks.
fn trapped() -> (Repo, PathBuf) {
    let mut repo = three_editions();
    repo.write(".gitattributes", "* text ident filter=trap diff=trap merge=trap\n");
    repo.commit("attributes");
    let (trap, mark) = (repo.beside("trap.sh"), repo.beside("mark"));
    fs::write(&trap, format!("#!/bin/sh\necho \"$0 $*\" >> {}\ncat\n", mark.display()))
        .expect("because it is ours");
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).expect("because it is ours");
    let program = trap.to_str().expect("because temporary folders have plain names").to_owned();
    let hooks = repo.beside("hooks");
    fs::create_dir(&hooks).expect("because the folder is ours");
    for hook in
        ["pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"]
    {
        fs::copy(&trap, hooks.join(hook)).expect("because it is ours");
    }
    let keys = "core.fsmonitor core.pager core.editor core.sshCommand core.askPass core.gitProxy \
        credential.helper \
        core.alternateRefsCommand filter.trap.clean filter.trap.smudge filter.trap.process \
        diff.trap.textconv diff.trap.command \
        diff.external merge.trap.driver gpg.program gpg.ssh.program uploadpack.packObjectsHook alias.log \
        alias.diff \
        pager.log pager.diff pager.show interactive.diffFilter sequence.editor web.browser trailer.x.command";
    let mut config = String::new();
    for key in keys.split_whitespace() {
        let (section, name) = key.rsplit_once('.').expect("because every key has a section");
        let section = section.split_once('.').map_or(section.to_owned(), |(a, b)| format!("{a} \"{b}\""));
        config.push_str(&format!("[{section}]\n\t{name} = {program}\n"));
    }
    config.push_str(&format!(
        "[filter \"trap\"]\n\trequired = true\n[core]\n\thooksPath = {}\n",
        hooks.display()
    ));
    let file = repo.path().join(".git/config");
    let own = fs::read_to_string(&file).expect("because git wrote it");
    fs::write(file, own + &config).expect("because it is ours");
    (repo, mark)
}

#[test]
fn nothing_in_the_configuration_runs() {
    let (repo, mark) = trapped();
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sincewhen"));
        command.args(args).current_dir(repo.path()).env("HOME", repo.path()).env("SINCEWHEN_NO_CACHE", "1");
        command.env_remove("PAGER").env_remove("SINCEWHEN_DATASET");
        command
    };
    let before = files_below(&repo.path().join(".git"));
    for (code, _, said) in answers(&run) {
        assert!(code.is_some_and(|code| code < 2), "{said}");
    }
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap_or_default());
    assert_eq!(files_below(&repo.path().join(".git")), before, "and nothing was written");
    // The commands that write do not run any of it either.
    for args in [&["fmt"][..], &["check", "--fix"], &["init"]] {
        run(args).output().expect("because it was built");
    }
    assert!(!mark.exists(), "{}", fs::read_to_string(&mark).unwrap_or_default());
}
