//! The smallest dataset that can have a history: notes with a name, a date and a level.

use super::Repo;

/// The manifest, to be written to `sincewhen.yaml`.
pub const MANIFEST: &str = r#"format: sincewhen.manifest/1
title: Notes
rules: rules
records:
  - {kind: note, path: "notes/**/*.yaml", schema: note.schema.json, identity: [name], date: dated, formerly: formerly}
"#;

const SCHEMA: &str = r#"{"type": "object", "properties": {
  "dated": {"x-nature": "review"},
  "level": {"title": "Level"},
  "marks": {"items": {"type": "object"}, "x-key": ["id"]}
}}
"#;

const LEVEL_CHANGED: &str = "title: A level moved
significance: minor
match: [{field: level}]
words: {any: 'level now {{ after }}, was {{ before }}'}
why: The level is what a note is about.
no_mirror: It is its own opposite.
";

const LEVEL_KNOWN: &str = "kind: standing
title: The level
significance: minor
field: level
words: {plain: 'level {{ value }}'}
why: The level is what a note is about.
";

/// A repository with the policy committed and no record yet.
pub fn repo() -> Repo {
    let mut repo = Repo::empty();
    policy(&repo);
    repo.commit("policy");
    repo
}

/// Writes the policy's files.
pub fn policy(repo: &Repo) {
    for (path, text) in policy_files() {
        repo.write(path, text);
    }
}

/// The policy's files.
pub fn policy_files() -> [(&'static str, &'static str); 4] {
    [
        ("sincewhen.yaml", MANIFEST),
        ("note.schema.json", SCHEMA),
        ("rules/acts/level-changed.yaml", LEVEL_CHANGED),
        ("rules/observations/level-known.yaml", LEVEL_KNOWN),
    ]
}

/// A record.
pub fn note(name: &str, dated: &str, level: i64) -> String {
    format!("name: {name}\ndated: {dated}\nlevel: {level}\n")
}

/// The editions of the only record that `log` names: date, amendments, problems.
pub fn editions(log: &serde_json::Value) -> Vec<(String, usize, usize)> {
    let editions = log["records"][0]["editions"].as_array().expect("because the log has a record");
    let count = |value: &serde_json::Value| value.as_array().map_or(0, Vec::len);
    editions
        .iter()
        .map(|e| {
            (
                e["last_updated"].as_str().expect("a date").to_owned(),
                count(&e["amendments"]),
                count(&e["problems"]),
            )
        })
        .collect()
}

/// The dates of the editions, newest first.
pub fn dates(log: &serde_json::Value) -> Vec<String> {
    editions(log).into_iter().map(|(date, _, _)| date).collect()
}

/// The level that the edition in force shows.
pub fn level(repo: &Repo, name: &str, as_of: &str) -> i64 {
    let shown = repo.run(&["show", name, "--as-of", as_of, "--format", "json"]).json();
    shown["content"]["level"].as_i64().expect("because every note has a level")
}

/// A note `a` with editions of 2018, 2019 and 2020 at levels 1, 2 and 3.
pub fn three_editions() -> Repo {
    let mut repo = repo();
    for (year, at) in [(2018, 1), (2019, 2), (2020, 3)] {
        repo.write("notes/a.yaml", note("a", &format!("{year}-05-01"), at));
        repo.commit(&format!("edition of {year}"));
    }
    repo
}
