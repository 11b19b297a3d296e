//! A small dataset without faults, with this repository's own schema, rules, tables and calendars: for tests
//! that plant faults.

use super::{Repo, Run, binary, fixture, own_repository};
use serde_json::Value as Json;

/// The day on which these tests take place.
pub const TODAY: &str = "2026-11-23";
/// A record that is outside the treaty.
pub const KAZ: &str = "dataset/countries/KAZ/cluster-munitions.yaml";
/// A record that has left it.
pub const LTU: &str = "dataset/countries/LTU/cluster-munitions.yaml";
/// A party.
pub const FIN: &str = "dataset/countries/FIN/mine-ban.yaml";

/// The dataset, not yet committed.
pub fn files() -> Repo {
    let repo = Repo::empty();
    let own = own_repository();
    for file in ["dataset/sincewhen.yaml", "dataset/states.yaml", "dataset/treaties.yaml"] {
        repo.write(file, std::fs::read(own.join(file)).expect("because it is part of this repository"));
    }
    for folder in ["schema", "dataset/calendars"] {
        for (path, bytes) in super::files_below(&own.join(folder)) {
            repo.write(&format!("{folder}/{path}"), bytes);
        }
    }
    for (path, bytes) in super::files_below(&fixture("guard/countries")) {
        repo.write(&format!("dataset/countries/{path}"), bytes);
    }
    repo
}

/// The dataset in one commit.
pub fn committed() -> Repo {
    let mut repo = files();
    repo.commit("the dataset");
    repo
}

/// A file's text.
#[track_caller]
pub fn text(repo: &Repo, file: &str) -> String {
    std::fs::read_to_string(repo.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Replaces a part of a file that stands there exactly once.
#[track_caller]
pub fn edit(repo: &Repo, file: &str, find: &str, with: &str) {
    let before = text(repo, file);
    assert_eq!(before.matches(find).count(), 1, "{find:?} stands once in {file}");
    repo.write(file, before.replacen(find, with, 1));
}

/// Runs `check` on the day of these tests.
#[track_caller]
pub fn check(repo: &Repo, args: &[&str]) -> Run {
    run(repo, &[&["check"], args].concat())
}

/// Runs the binary on the day of these tests.
#[track_caller]
pub fn run(repo: &Repo, args: &[&str]) -> Run {
    let output = binary(repo.path())
        .args(args)
        .env("SINCEWHEN_TODAY", TODAY)
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .expect("because the binary was built for these tests");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("because answers are UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("because messages are UTF-8"),
    }
}

/// The findings as JSON.
#[track_caller]
pub fn findings(repo: &Repo, args: &[&str]) -> Vec<Json> {
    let run = check(repo, &[args, &["--format", "json"]].concat());
    assert!(run.code < 2, "{}", run.stderr);
    let json: Json =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{}", run.stdout));
    json["findings"].as_array().expect("because the format has them").clone()
}

/// `rule line:column-line:column message`, one finding a line.
pub fn lines(findings: &[Json]) -> Vec<String> {
    let line = |f: &Json| {
        let at = ["line", "column", "end_line", "end_column"].map(|name| f[name].as_u64().unwrap_or(0));
        format!(
            "{} {}:{}-{}:{} {}",
            f["rule"].as_str().unwrap_or("?"),
            at[0],
            at[1],
            at[2],
            at[3],
            f["message"].as_str().unwrap_or("?")
        )
    };
    findings.iter().map(line).collect()
}
