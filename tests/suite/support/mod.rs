//! What the integration tests share: repositories made by the real `git` program, and runs of the real
//! binary.
//!
//! Nothing here reads the user's git configuration, the network or the clock.
#![allow(dead_code, reason = "each test binary uses its own part of the helpers")]

pub mod guard;
pub mod notes;
pub mod own_dataset;
pub mod policy;
pub mod random;
pub mod stream;

use serde_json::Value as Json;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The seconds since the epoch of the first commit that [`Repo::commit`] makes; each further one is a day
/// later.
const FIRST_COMMIT: i64 = 1_500_000_000;
const DAY: i64 = 86_400;

/// A repository in a temporary folder, removed when it goes out of scope.
pub struct Repo {
    folder: TempDir,
    path: PathBuf,
    commits: i64,
}

/// What a run of the binary gave back.
#[derive(Debug)]
pub struct Run {
    /// The exit code; -1 if a signal ended the run.
    pub code: i32,
    /// Standard output as text.
    pub stdout: String,
    /// Standard error as text.
    pub stderr: String,
}

impl Run {
    /// The answer of a run that went well.
    #[track_caller]
    pub fn answer(self) -> String {
        assert_eq!(self.code, 0, "exit code\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }

    /// The answer as JSON, without its citation: that names the question and the commit, so that no two are
    /// alike.
    #[track_caller]
    pub fn json(self) -> Json {
        let mut json = self.cited_json();
        json.as_object_mut().map(|fields| fields.shift_remove("cite"));
        json
    }

    /// The answer as JSON, as it was printed.
    #[track_caller]
    pub fn cited_json(self) -> Json {
        let text = self.answer();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("not JSON: {error}\n{text}"))
    }

    /// The message of a run that could not be done: exit code 2, nothing on standard output.
    #[track_caller]
    pub fn fault(self) -> String {
        assert_eq!(self.code, 2, "exit code\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "", "standard output belongs to answers");
        assert!(self.stderr.contains("error: "), "no message: {}", self.stderr);
        self.stderr
    }
}

/// Runs `git` in a folder, free of any configuration but the repository's own.
pub fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command.envs([
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "A. Keeper"),
        ("GIT_AUTHOR_EMAIL", "keeper@example.org"),
        ("GIT_COMMITTER_NAME", "A. Keeper"),
        ("GIT_COMMITTER_EMAIL", "keeper@example.org"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("LC_ALL", "C.UTF-8"),
        ("TZ", "UTC"),
    ]);
    command
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A run of the binary in a folder.
pub fn binary(folder: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_sincewhen"));
    command.current_dir(folder);
    for name in [
        "SINCEWHEN_DATASET",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "PAGER",
    ] {
        command.env_remove(name);
    }
    // Tests of the cache name a folder of their own.
    command.env("SINCEWHEN_NO_CACHE", "1").env_remove("SINCEWHEN_CACHE_DIR");
    // Text as a terminal of this width gets it; tests of pipes take the variable away.
    command.env("COLUMNS", "80");
    command.env("HOME", folder).env("XDG_CONFIG_HOME", folder).env("TERM", "xterm-256color");
    command
}

/// Runs the binary in a folder.
pub fn run_in<S: AsRef<OsStr>>(folder: &Path, args: &[S]) -> Run {
    ran(binary(folder).args(args))
}

/// Runs a command that is ready to run.
pub fn ran(command: &mut assert_cmd::Command) -> Run {
    let output = command.output().expect("because the binary was built for these tests");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("because answers are UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("because messages are UTF-8"),
    }
}

/// This repository, whose own dataset and history are a test's input.
pub fn own_repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    own_repository().join("tests/fixtures").join(name)
}

impl Repo {
    /// An empty repository on the branch `main`.
    pub fn empty() -> Repo {
        let folder = TempDir::new().expect("because the system has a temporary folder");
        let path = folder.path().join("repo");
        std::fs::create_dir(&path).expect("because the temporary folder is ours");
        let repo = Repo { folder, path, commits: 0 };
        repo.git(["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// A bare clone, shallow clone and so on of another repository.
    pub fn cloned_from(other: &Repo, options: &[&str]) -> Repo {
        let folder = TempDir::new().expect("because the system has a temporary folder");
        let path = folder.path().join("repo");
        let source = format!("file://{}", other.path.display());
        succeed(git_command(folder.path()).args(["clone", "--quiet"]).args(options).arg(source).arg(&path));
        Repo { folder, path, commits: 0 }
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder beside it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `git`, which must succeed, and gives its output without the last line break.
    #[track_caller]
    pub fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let output = succeed(git_command(&self.path).args(args));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Writes a file, with the folders above it.
    #[track_caller]
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Repo {
        let full = self.path.join(path);
        std::fs::create_dir_all(full.parent().expect("because a file has a folder"))
            .expect("because the folder is ours");
        std::fs::write(&full, content).unwrap_or_else(|error| panic!("{}: {error}", full.display()));
        self
    }

    /// Removes a file.
    #[track_caller]
    pub fn remove(&self, path: &str) -> &Repo {
        std::fs::remove_file(self.path.join(path)).expect("because the test wrote it");
        self
    }

    /// Copies a folder's files into the repository.
    #[track_caller]
    pub fn copy(&self, from: &Path) -> &Repo {
        for (relative, bytes) in files_below(from) {
            self.write(&relative, bytes);
        }
        self
    }

    /// Commits all that differs, a day after the commit before it. Gives the commit's id.
    #[track_caller]
    pub fn commit(&mut self, message: &str) -> String {
        let at = FIRST_COMMIT + DAY * self.commits;
        self.commit_at(message, at)
    }

    /// Commits all that differs, at a moment given in seconds since the epoch.
    #[track_caller]
    pub fn commit_at(&mut self, message: &str, seconds: i64) -> String {
        self.commits += 1;
        self.git(["add", "--all"]);
        let when = format!("{seconds} +0000");
        let mut command = git_command(&self.path);
        command.env("GIT_AUTHOR_DATE", &when).env("GIT_COMMITTER_DATE", &when);
        succeed(command.args(["commit", "--quiet", "--allow-empty", "--message", message]));
        self.git(["rev-parse", "HEAD"])
    }

    /// Runs the binary here.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Run {
        run_in(&self.path, args)
    }
}

/// The files below a folder with their paths relative to it, sorted.
pub fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        let entries = std::fs::read_dir(&at).unwrap_or_else(|error| panic!("{}: {error}", at.display()));
        for entry in entries {
            let path = entry.expect("because the folder can be read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let relative =
                    path.strip_prefix(folder).expect("because it lies below").to_string_lossy().into_owned();
                out.push((relative, std::fs::read(&path).expect("because it can be read")));
            }
        }
    }
    out.sort();
    out
}

/// Masks commit ids, short and long. Fingerprints, which have twelve digits, stay.
pub fn mask_commits(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_hex = word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        out.push_str(if is_hex && matches!(word.len(), 10 | 40) { "COMMIT" } else { &word });
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// The values of a field in a list of JSON objects.
pub fn column<'j>(list: &'j Json, field: &str) -> Vec<&'j str> {
    let items = list.as_array().expect("because it is a list");
    items.iter().map(|item| item[field].as_str().expect("because the field is text")).collect()
}

/// An answer in JSON without its citation, which names the commit it was given as of; any other answer as it
/// is.
pub fn uncited(answer: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Json>(answer) else { return answer.to_owned() };
    json.as_object_mut().map(|fields| fields.shift_remove("cite"));
    format!("{json:#}")
}

/// The id that 40 hexadecimal digits write.
pub fn object_id(digits: &str) -> sincewhen::model::ObjectId {
    sincewhen::model::ObjectId::from_hex(digits.as_bytes()).expect("40 hexadecimal digits")
}
