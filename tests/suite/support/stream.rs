//! Histories of any shape, written by `git fast-import`: each commit states its time, its parents and its
//! whole tree.

use super::{Repo, git_command};
use std::collections::BTreeMap;
use std::io::Write;
use std::process::Stdio;

/// The files of a commit.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// A history to be written.
#[derive(Default)]
pub struct Stream {
    bytes: Vec<u8>,
    marks: usize,
}

/// A commit of a [`Stream`], to be named as a parent of later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(usize);

impl Stream {
    /// Adds a commit on `main`, which moves there.
    pub fn commit(&mut self, message: &str, seconds: i64, parents: &[Mark], tree: &Tree) -> Mark {
        self.marks += 1;
        self.line(if parents.is_empty() {
            "reset refs/heads/main\n\ncommit refs/heads/main"
        } else {
            "commit refs/heads/main"
        });
        self.line(&format!("mark :{}", self.marks));
        self.line(&format!("committer A. Keeper <keeper@example.org> {seconds} +0000"));
        self.data(message.as_bytes());
        for (at, parent) in parents.iter().enumerate() {
            self.line(&format!("{} :{}", if at == 0 { "from" } else { "merge" }, parent.0));
        }
        self.line("deleteall");
        for (path, content) in tree {
            self.line(&format!("M 100644 inline {path}"));
            self.data(content);
        }
        Mark(self.marks)
    }

    fn line(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'\n');
    }

    fn data(&mut self, content: &[u8]) {
        self.line(&format!("data {}", content.len()));
        self.bytes.extend_from_slice(content);
        self.bytes.push(b'\n');
    }

    /// Writes it to a new repository, whose `main` is the last commit added.
    #[track_caller]
    pub fn write(self) -> Repo {
        let repo = Repo::empty();
        let mut child = git_command(repo.path())
            .args(["fast-import", "--quiet", "--force"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("because git is installed");
        child
            .stdin
            .take()
            .expect("because it is piped")
            .write_all(&self.bytes)
            .expect("because git reads it");
        assert!(child.wait().expect("because it was started").success());
        repo.git(["reset", "--quiet", "--hard", "main"]);
        repo
    }
}
