//! A repository with the real tables, calendars, schema and grammars, and records of the test's own.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub struct Repo {
    pub dir: TempDir,
}

/// What a run gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Repo {
    /// A repository with these records: country, topic, text of the record behind its identity.
    pub fn with(records: &[(&str, &str, &str)]) -> Repo {
        let repo = Repo { dir: tempfile::tempdir().expect("a folder") };
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["sincewhen.yaml", "states.yaml", "treaties.yaml"] {
            repo.copy(&home.join("dataset").join(file), &format!("dataset/{file}"));
        }
        copy_tree(&home.join("dataset/calendars"), &repo.path("dataset/calendars"));
        copy_tree(&home.join("schema"), &repo.path("schema"));
        for (country, topic, text) in records {
            repo.write(&format!("dataset/countries/{country}/{topic}.yaml"), &record(country, topic, text));
        }
        repo.git(&["init", "-q", "-b", "main"]);
        repo.commit("start");
        repo
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let full = self.path(path);
        fs::create_dir_all(full.parent().expect("a folder")).expect("folders");
        fs::write(full, text).expect("a file");
    }

    pub fn write_bytes(&self, path: &str, bytes: &[u8]) {
        fs::write(self.path(path), bytes).expect("a file");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn copy(&self, from: &Path, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().expect("a folder")).expect("folders");
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }

    pub fn git(&self, args: &[&str]) -> String {
        let out = Command::new("git")
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .args(["-c", "user.name=Tester", "-c", "user.email=tester@example.org"])
            .args(args)
            .output()
            .expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "-A", "dataset", "schema"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The files below `dataset` that differ from the last commit, or are new.
    pub fn changed(&self) -> Vec<String> {
        let status = self.git(&["status", "--porcelain", "-uall", "--", "dataset"]);
        status.lines().map(|line| line[3..].to_owned()).collect()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sincewhen"));
        command
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("NO_COLOR", "1")
            .args(["--today", "2027-03-01"])
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(args).output().expect("the program runs");
        Ran {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Runs and expects success.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}\n{}", ran.err, ran.out);
        ran.out
    }

    /// Runs, expects exit code 2 and that nothing was written; gives the error.
    pub fn refused(&self, args: &[&str]) -> String {
        let before = self.changed();
        let ran = self.run(args);
        assert_eq!(ran.code, 2, "{args:?} should fail: {}\n{}", ran.err, ran.out);
        assert_eq!(self.changed(), before, "{args:?} wrote something");
        assert!(!self.path(".git/sincewhen-staging").exists(), "{args:?} left its staging folder");
        ran.err
    }

    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut all = args.to_vec();
        all.extend(["--format", "json"]);
        serde_json::from_str(&self.ok(&all)).expect("JSON")
    }
}

/// A whole record.
pub fn record(country: &str, topic: &str, text: &str) -> String {
    let body = if text.is_empty() { PLAIN } else { text };
    format!(
        "# yaml-language-server: $schema=../../../schema/position.schema.json\ncountry: {country}\ntopic: \
            {topic}\n{body}"
    )
}

/// A record that says next to nothing.
pub const PLAIN: &str = "last_updated: 2019-12-12
treaty: {status: non-signatory, sources: [untc]}
sources:
  untc: {kind: treaty-record, title: participants}
";

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folders");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
