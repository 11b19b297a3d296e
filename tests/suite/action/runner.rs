//! Runs the steps of `action.yml` as GitHub's runner does: its contexts, its files for outputs, its shell,
//! and nothing else of the machine than the programs that every runner has. There is no cargo.

use super::server::Server;
use crate::support::{Repo, own_repository};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What the scripts may use.
const TOOLS: [&str; 18] = [
    "bash",
    "git",
    "curl",
    "jq",
    "tar",
    "gzip",
    "awk",
    "sed",
    "tr",
    "cut",
    "head",
    "tail",
    "cat",
    "rm",
    "mkdir",
    "dirname",
    "basename",
    "sha256sum",
];

/// A job with this action as its only step.
pub struct Job<'s> {
    /// What stands at the address of the API and of releases.
    pub server: &'s Server,
    folder: TempDir,
    event: Json,
    event_name: String,
    inputs: BTreeMap<String, String>,
    actor: String,
}

/// What one step did.
#[derive(Debug)]
pub struct Step {
    pub name: String,
    /// The exit status, or none if the step was skipped.
    pub code: Option<i32>,
    /// Both streams, standard output first.
    pub log: String,
}

/// What the job did.
#[derive(Debug)]
pub struct Outcome {
    pub steps: Vec<Step>,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
}

impl Outcome {
    /// A step by its name.
    #[track_caller]
    pub fn step(&self, name: &str) -> &Step {
        self.steps.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no step {name}"))
    }

    /// The exit status of each step, skipped ones left out.
    pub fn codes(&self) -> Vec<(&str, i32)> {
        self.steps.iter().filter_map(|s| Some((s.name.as_str(), s.code?))).collect()
    }

    /// The job went through.
    #[track_caller]
    pub fn passed(self) -> Outcome {
        assert!(self.steps.iter().all(|s| s.code == Some(0)), "{self:#?}");
        self
    }

    /// The step ended with status 2 and an annotation that holds the text; the steps after it were not run,
    /// but for the comment.
    #[track_caller]
    pub fn refused(self, name: &str, text: &str) -> Outcome {
        let step = self.step(name);
        assert_eq!(step.code, Some(2), "{self:#?}");
        let shown = step.log.lines().any(|l| l.starts_with("::error ") && l.contains(text));
        assert!(shown, "no annotation with {text:?}: {self:#?}");
        let after = self.steps.iter().skip_while(|s| s.name != name).skip(1);
        assert!(after.filter(|s| s.name != "Comment").all(|s| s.code.is_none()), "{self:#?}");
        self
    }
}

impl<'s> Job<'s> {
    /// A job for an event. The action's folder holds a table with the program under test as release 0.1.0.
    pub fn new(server: &'s Server, event_name: &str, event: Json) -> Job<'s> {
        let folder = TempDir::new().expect("because the system has a temporary folder");
        let job = Job {
            server,
            folder,
            event,
            event_name: event_name.to_owned(),
            inputs: BTreeMap::new(),
            actor: "editor".to_owned(),
        };
        let scripts = job.action().join("scripts/action");
        for folder in [scripts.clone(), job.temp(), job.below("bin")] {
            std::fs::create_dir_all(folder).expect("because the folder is ours");
        }
        let own = own_repository();
        std::fs::copy(own.join("action.yml"), job.action().join("action.yml"))
            .expect("because it is part of this repository");
        for file in std::fs::read_dir(own.join("scripts/action"))
            .expect("because it is part of this repository")
            .flatten()
        {
            std::fs::copy(file.path(), scripts.join(file.file_name())).expect("because the folder is ours");
        }
        for tool in TOOLS {
            symlink(which(tool), job.below("bin").join(tool)).expect("because the folder is ours");
        }
        job.release("0.1.0", "x86_64-unknown-linux-gnu", None);
        job
    }

    /// Sets an input.
    pub fn with(mut self, input: &str, value: &str) -> Job<'s> {
        self.inputs.insert(input.to_owned(), value.to_owned());
        self
    }

    /// Sets who started the workflow.
    pub fn by(mut self, actor: &str) -> Job<'s> {
        actor.clone_into(&mut self.actor);
        self
    }

    /// The folder of the action.
    pub fn action(&self) -> PathBuf {
        self.below("action")
    }

    /// The runner's temporary folder.
    pub fn temp(&self) -> PathBuf {
        self.below("temp")
    }

    fn below(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a program on the PATH.
    pub fn install(&self, name: &str, script: &str) {
        executable(&self.below("bin").join(name), script);
    }

    /// Publishes the program under test and lists it, with a SHA-256 of its own or a given one.
    pub fn release(&self, version: &str, target: &str, sum: Option<&str>) {
        let name = format!("sincewhen-{version}-{target}");
        let stage = TempDir::new().expect("because the system has a temporary folder");
        std::fs::create_dir(stage.path().join(&name)).expect("because the folder is ours");
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_sincewhen"));
        executable(&stage.path().join(&name).join("sincewhen"), &script);
        let archive = stage.path().join("archive.tar.gz");
        let packed =
            Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(stage.path()).arg(&name).status();
        assert!(packed.expect("because tar is there").success());
        let bytes = std::fs::read(&archive).expect("because tar wrote it");
        let own: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let address = self.server.offer(&format!("/releases/{name}.tar.gz"), bytes);
        let table = self.action().join("scripts/action/releases.tsv");
        let mut rows = std::fs::read_to_string(&table).unwrap_or_default();
        rows.push_str(&format!("{version}\tprogram\t{target}\t{}\t{address}\n", sum.unwrap_or(&own)));
        std::fs::write(table, rows).expect("because the folder is ours");
    }

    /// Runs the steps in a checkout.
    pub fn run(&self, checkout: &Repo) -> Outcome {
        let text =
            std::fs::read_to_string(self.action().join("action.yml")).expect("because the test copied it");
        let action: Json = serde_yaml::from_str(&text).expect("because the action is YAML");
        let mut contexts = self.contexts(&action, checkout);
        let mut outcome = Outcome { steps: Vec::new(), outputs: BTreeMap::new(), summary: String::new() };
        for step in action["runs"]["steps"].as_array().expect("because a composite action has steps") {
            let failed = outcome.steps.iter().any(|s| s.code != Some(0));
            let condition = step.get("if").map_or("", |c| c.as_str().expect("a condition is text"));
            let go = match condition {
                "" => !failed,
                "${{ !cancelled() }}" => true,
                other => panic!("the condition {other} is new to this test"),
            };
            let done = if go { self.run_step(step, &mut contexts, checkout) } else { skipped(step) };
            outcome.steps.push(done);
        }
        for (name, output) in action["outputs"].as_object().into_iter().flatten() {
            outcome.outputs.insert(name.clone(), expand(&output["value"], &contexts));
        }
        outcome.summary = std::fs::read_to_string(self.below("summary")).unwrap_or_default();
        outcome
    }

    fn contexts(&self, action: &Json, checkout: &Repo) -> Json {
        let mut contexts = json!({
            "github": {
                "action_path": self.action(), "event_name": self.event_name, "event": self.event,
                "token": "secret",
                "repository": "owner/data", "actor": self.actor, "workspace": checkout.path(),
            },
            "inputs": {}, "steps": {},
        });
        for (name, input) in action["inputs"].as_object().expect("because the action has inputs") {
            let value =
                self.inputs.get(name).cloned().unwrap_or_else(|| expand(&input["default"], &contexts));
            contexts["inputs"][name] = Json::from(value);
        }
        let unknown = self.inputs.keys().find(|name| action["inputs"].get(name).is_none());
        assert_eq!(unknown, None, "the action has no such input");
        contexts
    }

    fn run_step(&self, step: &Json, contexts: &mut Json, checkout: &Repo) -> Step {
        let script = self.below("step.sh");
        let output = self.below("output");
        std::fs::write(&script, expand(&step["run"], contexts)).expect("because the folder is ours");
        std::fs::write(&output, "").expect("because the folder is ours");
        let folder = checkout.path().join(expand(&step["working-directory"], contexts));
        assert_eq!(step["shell"], "bash", "a composite action names the shell of each step");
        let mut command = Command::new(which("bash"));
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script)
            .current_dir(folder)
            .env_clear();
        command.env("PATH", self.below("bin")).env("HOME", self.temp()).env("LC_ALL", "C.UTF-8");
        command.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", self.below("summary"));
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_API_URL", &self.server.url)
            .env("RUNNER_TEMP", self.temp());
        command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").env("GITHUB_SHA", self.sha(checkout));
        command.env("SINCEWHEN_TODAY", "2024-01-02").env("SINCEWHEN_NO_CACHE", "1");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, expand(value, contexts));
        }
        let done = command.output().expect("because bash is there");
        let log =
            [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        if let Some(id) = step["id"].as_str() {
            let written = std::fs::read_to_string(&output).expect("because the test wrote it");
            for (name, value) in written.lines().filter_map(|line| line.split_once('=')) {
                contexts["steps"][id]["outputs"][name] = Json::from(value);
            }
        }
        Step { code: done.status.code(), log, ..skipped(step) }
    }

    /// `GITHUB_SHA`: by default what is checked out.
    fn sha(&self, checkout: &Repo) -> String {
        match self.event["sha"].as_str() {
            Some(sha) => sha.to_owned(),
            None => checkout.git(["rev-parse", "HEAD"]),
        }
    }
}

fn skipped(step: &Json) -> Step {
    Step {
        name: step["name"].as_str().expect("because every step has a name").to_owned(),
        code: None,
        log: String::new(),
    }
}

/// Replaces each `${{ a.b.c }}` by what stands there in the contexts, or by nothing.
fn expand(text: &Json, contexts: &Json) -> String {
    let mut out = String::new();
    let mut rest = text.as_str().unwrap_or("");
    while let Some((before, after)) = rest.split_once("${{") {
        let (path, tail) = after.split_once("}}").expect("because an expression ends");
        let plain = path.trim().chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        assert!(plain, "the expression {path} is new to this test");
        let found = path.trim().split('.').try_fold(contexts, |at, name| at.get(name));
        out.push_str(before);
        match found {
            Some(Json::String(value)) => out.push_str(value),
            Some(Json::Null) | None => {}
            Some(other) => out.push_str(&other.to_string()),
        }
        rest = tail;
    }
    out + rest
}

fn executable(path: &Path, script: &str) {
    std::fs::write(path, script).expect("because the folder is ours");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("because the file is ours");
}

fn which(tool: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("because a test has a PATH");
    let found = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("the tests of the action need {tool}; .ci/run installs it"))
}
