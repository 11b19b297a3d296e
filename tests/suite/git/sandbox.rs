//! Real repositories in temporary folders, made by the `git` program, away from the user's configuration.

use sincewhen::git::Repository;
use sincewhen::model::ObjectId;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a repository in it, `repo`, and room for clones beside it.
pub struct Sandbox {
    pub folder: tempfile::TempDir,
}

impl Sandbox {
    pub fn empty() -> Self {
        Sandbox { folder: tempfile::tempdir().expect("ours") }
    }

    pub fn new() -> Self {
        let sandbox = Sandbox::empty();
        sandbox.git(&["init", "-q", "-b", "main", "repo"]);
        sandbox
    }

    pub fn imported(stream: &Stream) -> Self {
        let sandbox = Sandbox::new();
        sandbox.import(stream);
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn open(&self) -> Repository {
        Repository::open(&self.path("repo")).expect("ours")
    }

    /// Runs git beside the repository.
    pub fn git(&self, arguments: &[&str]) -> String {
        git_in(self.folder.path(), arguments)
    }

    /// Runs git in the repository.
    pub fn run(&self, arguments: &[&str]) -> String {
        git_in(&self.path("repo"), arguments)
    }

    pub fn import(&self, stream: &Stream) {
        feed(&self.path("repo"), &["fast-import", "--quiet", "--force"], &stream.bytes);
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path("repo").join(path);
        std::fs::create_dir_all(path.parent().expect("ours")).expect("ours");
        std::fs::write(path, text).expect("ours");
    }

    pub fn commit_all(&self, message: &str) -> ObjectId {
        self.run(&["add", "-A"]);
        self.run(&["commit", "-q", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    pub fn id(&self, revision: &str) -> ObjectId {
        let object = self.run(&["rev-parse", revision]);
        crate::support::object_id(self.run(&["rev-parse", &format!("{}^{{commit}}", object.trim())]).trim())
    }
}

pub fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").expect("ours"));
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "An Author").env(format!("GIT_{who}_EMAIL"), "a@example.org");
        command.env(format!("GIT_{who}_DATE"), "1600000000 +0200");
    }
    command.args([
        "-c",
        "protocol.file.allow=always",
        "-c",
        "advice.graftFileDeprecated=false",
        "-c",
        "core.quotePath=false",
    ]);
    command
}

pub fn git_bytes(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = command(folder).args(arguments).output().expect("ours");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub fn git_in(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(git_bytes(folder, arguments)).expect("ours")
}

pub fn feed(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = command(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ours");
    child.stdin.take().expect("ours").write_all(input).expect("ours");
    let output = child.wait_with_output().expect("ours");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A `git fast-import` stream; commits are named by marks.
#[derive(Default)]
pub struct Stream {
    pub bytes: Vec<u8>,
    marks: usize,
}

pub enum Edit<'a> {
    Put(&'a [u8], &'a [u8]),
    PutAs(&'a str, &'a [u8], &'a [u8]),
    Delete(&'a [u8]),
}

impl Stream {
    /// A commit on `branch` with these parents (marks; none makes a root), at this time.
    pub fn commit(&mut self, branch: &str, parents: &[usize], time: i64, edits: &[Edit]) -> usize {
        self.marks += 1;
        let mark = self.marks;
        if parents.is_empty() {
            writeln!(self.bytes, "reset refs/heads/{branch}").expect("ours");
        }
        let message = format!("commit {mark}");
        writeln!(self.bytes, "commit refs/heads/{branch}\nmark :{mark}").expect("ours");
        writeln!(self.bytes, "committer C <c@example.org> {time} +0100\ndata {}\n{message}", message.len())
            .expect("ours");
        for (index, parent) in parents.iter().enumerate() {
            writeln!(self.bytes, "{} :{parent}", if index == 0 { "from" } else { "merge" }).expect("ours");
        }
        for edit in edits {
            match edit {
                Edit::Put(path, content) => self.put("100644", path, content),
                Edit::PutAs(mode, path, content) if *mode == "160000" => {
                    self.line(&[b"M 160000 ", *content, b" ", &quoted(path)]);
                }
                Edit::PutAs(mode, path, content) => self.put(mode, path, content),
                Edit::Delete(path) => self.line(&[b"D ", &quoted(path)]),
            }
        }
        mark
    }

    pub fn put(&mut self, mode: &str, path: &[u8], content: &[u8]) {
        self.line(&[b"M ", mode.as_bytes(), b" inline ", &quoted(path)]);
        self.line(&[b"data ", content.len().to_string().as_bytes()]);
        self.line(&[content]);
    }

    pub fn line(&mut self, parts: &[&[u8]]) {
        self.bytes.extend(parts.concat());
        self.bytes.push(b'\n');
    }
}

pub fn quoted(path: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => quoted.push(*byte),
            other => quoted.extend(format!("\\{other:03o}").bytes()),
        }
    }
    quoted.push(b'"');
    quoted
}

/// Random numbers without a crate: good enough to shuffle with, the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}
