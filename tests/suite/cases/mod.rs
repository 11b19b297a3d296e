//! Faults that people met in other tools and datasets, and the right answer to each: one file a kind.

mod acceptance;
mod attacks;
mod clones;
mod commits;
mod complete;
mod contradictions;
mod coverage;
mod days;
mod formatting;
mod forms;
mod heads;
mod innocent;
mod limits;
mod names;
mod page;
mod policy;
mod published;
mod returns;
mod silence;
mod strangers;

use crate::support::{Repo, Run};
use serde_json::Value as Json;

const MANIFEST: &str = r#"format: sincewhen.manifest/1
title: Notes
rules: rules
records:
  - {kind: note, path: "notes/**/*.yaml", schema: note.schema.json, identity: [name], date: dated, formerly: formerly, reviewed: reviewed, corrections: corrections}
"#;

const SCHEMA: &str = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
 "properties": {
  "name": {"type": "string"},
  "dated": {"x-nature": "review"},
  "reviewed": {"x-nature": "review"},
  "level": {"title": "Level"},
  "text": {"title": "Text", "x-nature": "editorial"},
  "corrections": {"type": "array", "x-nature": "editorial"},
  "marks": {"title": "Marks", "items": {"type": "object", "x-date": "at", "properties": {"at": {"title": "Day"}, "what": {"title": "What"}}}, "x-key": ["id"]},
  "loose": {"title": "Loose", "items": {"type": "object", "x-date": "at"}}
 }}
"#;

/// A dataset of notes whose marks are past facts; nothing but the manifest and `x-date` says which fields are
/// dates.
fn notes() -> Repo {
    let mut repo = Repo::empty();
    repo.write("sincewhen.yaml", MANIFEST).write("note.schema.json", SCHEMA);
    for (path, text) in
        crate::support::notes::policy_files().into_iter().filter(|(path, _)| path.starts_with("rules/"))
    {
        repo.write(path, text);
    }
    repo.commit("policy");
    repo
}

fn note(name: &str, dated: &str, level: u32) -> String {
    format!("name: {name}\ndated: {dated}\nlevel: {level}\n")
}

/// Runs `check` as of a day.
fn check(repo: &Repo, today: &str, args: &[&str]) -> Run {
    repo.run(&[&["check", "--today", today], args].concat())
}

/// What `check` finds: the rule and the path, or the file where there is none.
#[track_caller]
fn found(repo: &Repo, today: &str, args: &[&str]) -> Vec<String> {
    let run = check(repo, today, &[args, &["--format", "json"]].concat());
    assert!(run.code < 2, "{}", run.stderr);
    let json: Json = serde_json::from_str(&run.stdout).expect("because it is JSON");
    let list = json["findings"].as_array().expect("because there is a list").iter();
    list.map(|one| {
        let place = one["path"].as_str().or(one["file"].as_str()).unwrap_or_default();
        format!("{} {place}", one["rule"].as_str().unwrap_or_default())
    })
    .collect()
}

/// The fingerprint of the first finding of a rule.
#[track_caller]
fn fingerprint(repo: &Repo, today: &str, args: &[&str], rule: &str) -> String {
    let run = check(repo, today, &[args, &["--format", "json"]].concat());
    let json: Json = serde_json::from_str(&run.stdout).expect("because it is JSON");
    let list = json["findings"].as_array().expect("because there is a list");
    let one = list.iter().find(|one| one["rule"] == rule).unwrap_or_else(|| panic!("{rule}: {json:#}"));
    one["fingerprint"].as_str().expect("because findings have one").to_owned()
}
