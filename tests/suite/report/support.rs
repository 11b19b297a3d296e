//! A dataset of clubs and what they decide, committed with the real git.

use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

pub struct Repo {
    pub dir: TempDir,
    day: std::cell::Cell<u32>,
}

const MANIFEST: &str = r#"format: sincewhen.manifest/1
title: Clubs and the charter
rules: rules
records:
  - kind: stance
    path: clubs/*/*.yaml
    schema: stance.schema.json
    identity: [club, subject_matter]
    date: last_updated
    corrections: corrections
    assessed:
      - {fields: [talks], through: assessed}
    subject: "{{ tables.clubs[club].name }}"
    heading: "{{ tables.clubs[club].name }}"
tables:
  clubs: {path: clubs.yaml, rows: clubs}
calendars:
  ballots: {path: ballots.yaml}
  gatherings: {path: gatherings.yaml}
strips:
  - {label: ballots, title: Ballots, calendar: ballots, list: ballots, key: ballot, value: cast, marks: {yes-vote: "+", no-vote: "-"}}
report:
  groups: {area: "{{ tables.clubs[club].area }}", club: "{{ tables.clubs[club].name }}"}
  sections:
    - {id: charter, title: The charter, take: [{rules: signed-up}]}
    - {id: turned, title: Ballots that turned, take: [{rules: streak, states: ended}]}
    - {id: gatherings, title: Gatherings, take: [{rules: ["gather*", absence]}]}
    - {id: ballots, title: Ballots cast, take: [{rules: ballot-cast}], tally: {by: area, value: cast}}
  maps:
    - {title: The charter, field: charter.status, code: "{{ club }}", tones: {inside: 1, outside: 3}}
  series: {title: Ballots by area, strips: [ballots], by: area}
  heat: [ballots]
  tones: {"+": 1, "-": 3}
"#;

const SCHEMA: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
  "properties": {
    "club": {"type": "string"}, "subject_matter": {"type": "string"},
    "last_updated": {"type": "string", "x-nature": "review"},
    "assessed": {"type": "string", "x-nature": "review"},
    "remark": {"type": "string"},
    "summary": {"type": "string", "x-nature": "editorial"},
    "charter": {"type": "object", "properties": {
      "status": {"type": "string", "x-companion-date": "1/on", "x-words": {"inside": "inside", "outside": "outside"}},
      "on": {"type": "string", "x-date": "."}}},
    "ballots": {"type": "array", "x-key": ["ballot"], "items": {"type": "object", "properties": {
      "ballot": {"type": "string", "x-occasion": ["ballots"]},
      "cast": {"type": "string", "x-scale": ["no-vote", "yes-vote"], "x-words": {"yes-vote": "for", "no-vote": "against"}},
      "reported": {"type": "string", "x-nature": "correction"}}}},
    "talks": {"type": "array", "x-key": ["gathering"], "items": {"type": "object", "properties": {
      "gathering": {"type": "string", "x-occasion": ["gatherings"]}, "came": {"type": "string"}}}},
    "corrections": {"type": "array", "x-key": ["date", "path"], "x-nature": "correction", "items": {"type": "object"}}
  }
}"#;

const RULES: &[(&str, &str)] = &[
    (
        "acts/signed-up",
        "title: Joined\nsignificance: major\nmatch: [{field: charter.status, to: inside}]\nalso: \
            [charter.on]\nwords: {any: \"signed the charter on {{ record.charter.on | in_words }}\"}\nwhy: \
            It binds.\n",
    ),
    (
        "acts/ballot-cast",
        "title: A ballot\nsignificance: minor\nmatch: [{field: \"ballots[]\", op: added}]\nwords: \
            {any: \"cast {{ item.cast }} in {{ occasion.short }}\", late-report: \"{{ item.cast }} in {{ \
            occasion.short }}, recorded late\"}\nwhy: It counts.\n",
    ),
    (
        "acts/ballot-otherwise",
        "title: A ballot recorded otherwise\nsignificance: major\nmatch: \
            [{field: \"ballots[].cast\"}]\nwords: {any: \"{{ occasion.short }} is now recorded as {{ \
            said_after }}; was recorded as {{ said_before }}\"}\nwhy: No ballot is cast twice.\n",
    ),
    (
        "acts/ballot-account",
        "title: Another account\nsignificance: minor\nmatch: [{field: \"ballots[].reported\"}]\nwords: \
            {any: \"a source reports {{ occasion.short }} otherwise: {{ after }}\"}\nwhy: The fact stays.\n",
    ),
    (
        "acts/gathered",
        "title: Came\nsignificance: minor\nmatch: [{field: \"talks[]\", op: added}]\nwords: {any: \"came to \
            {{ occasion.short }}\", late-report: \"{{ occasion.short }}, recorded for the first \
            time\"}\nwhy: It matters.\n",
    ),
    (
        "acts/ungathered",
        "title: No longer recorded\nsignificance: minor\nmatch: [{field: \"talks[]\", op: removed}]\nwords: \
            {any: \"no longer recorded: {{ occasion.short }}\"}\nwhy: It matters.\n",
    ),
    (
        "observations/ballot-run",
        "kind: streak\ntitle: Ballots\nsignificance: minor\nlist: ballots\ncalendar: ballots\nkey: \
            ballot\nvalue: cast\nwords: {running: \"cast {{ said }} every time since {{ first.year }} ({{ n \
            }})\", once: \"cast {{ said }} in {{ last.short }}\"}\nwhy: A turn is news.\n",
    ),
];

impl Repo {
    pub fn new() -> Repo {
        let repo = Repo { dir: tempfile::tempdir().expect("a folder"), day: std::cell::Cell::new(0) };
        repo.git(&["init", "-q", "-b", "main"]);
        repo.write("dataset/sincewhen.yaml", MANIFEST);
        repo.write("dataset/stance.schema.json", SCHEMA);
        for (name, text) in RULES {
            repo.write(&format!("dataset/rules/{name}.yaml"), text);
        }
        let clubs = [
            ("AUT", "Rowers", "North"),
            ("BEL", "Skaters", "North"),
            ("CHL", "Divers", "South"),
            ("DNK", "Climbers", "South"),
            ("EST", "Singers", "South"),
            ("FIN", "Walkers", "North"),
        ];
        let rows: String = clubs
            .iter()
            .map(|(id, name, area)| format!("  {id}: {{name: {name}, area: {area}}}\n"))
            .collect();
        repo.write("dataset/clubs.yaml", &format!("clubs:\n{rows}"));
        let entry = |kind: &str, id: &str, short: &str, day: &str| {
            format!("  - {{id: {id}, kind: {kind}, short: {short}, start: {day}}}\n")
        };
        let years = 2014..=2021;
        let ballots: String = years
            .clone()
            .map(|y| entry("ballot", &format!("b{y}"), &format!("B{y}"), &format!("{y}-11-20")))
            .collect();
        repo.write("dataset/ballots.yaml", &format!("entries:\n{ballots}"));
        let talks: String =
            years.map(|y| entry("talk", &format!("t{y}"), &format!("T{y}"), &format!("{y}-06-10"))).collect();
        repo.write("dataset/gatherings.yaml", &format!("entries:\n{talks}"));
        repo.commit("the dataset");
        repo
    }

    pub fn write(&self, path: &str, text: &str) {
        let full = self.dir.path().join(path);
        std::fs::create_dir_all(full.parent().expect("a parent")).expect("folders");
        std::fs::write(full, text).expect("a file");
    }

    pub fn git(&self, args: &[&str]) -> String {
        let stamp = format!("2022-01-{:02}T12:00:00Z", 1 + self.day.get() % 28);
        let out = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", &stamp)
            .env("GIT_COMMITTER_DATE", &stamp)
            .output()
            .expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    pub fn commit(&self, message: &str) -> String {
        self.day.set(self.day.get() + 1);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Commits an edition of a club's record: its date and the fields after it.
    pub fn edition(&self, club: &str, date: &str, fields: &str) -> String {
        self.write(
            &format!("dataset/clubs/{club}/charter.yaml"),
            &format!("club: {club}\nsubject_matter: charter\nlast_updated: {date}\n{fields}"),
        );
        self.commit(&format!("{club}: edition of {date}"))
    }

    pub fn try_run(&self, args: &[&str]) -> Output {
        run_in(self.dir.path(), args)
    }

    pub fn run(&self, args: &[&str]) -> String {
        let out = self.try_run(args);
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("answers are UTF-8")
    }

    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut all = args.to_vec();
        all.extend(["--format", "json"]);
        serde_json::from_str(&self.run(&all)).expect("an answer in JSON")
    }
}

pub fn run_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sincewhen"))
        .env("COLUMNS", "80")
        .env("SINCEWHEN_NO_CACHE", "1")
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("NO_COLOR", "1")
        .env_remove("SINCEWHEN_DATASET")
        .output()
        .expect("the program runs")
}

/// The sentences of a report's sections, `section: heading: message`, and of what comes after them.
pub fn sentences(report: &serde_json::Value) -> Vec<String> {
    let items = report["parts"].as_array().expect("parts").iter().flat_map(|part| {
        part["sections"]
            .as_array()
            .expect("sections")
            .iter()
            .flat_map(|section| section["items"].as_array().expect("items"))
    });
    let rest =
        ["late_reports", "corrections"].into_iter().flat_map(|name| report[name].as_array().expect("a list"));
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    items
        .chain(rest)
        .map(|one| format!("{}: {}: {}", text(&one["section"]), text(&one["heading"]), text(&one["message"])))
        .collect()
}
