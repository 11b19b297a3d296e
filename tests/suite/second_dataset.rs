//! Generality: lights and berths, another subject with other fields, keys, calendars and dates, tracked by
//! manifest and rule files alone; and nothing in the program that names the subject of this repository's own
//! dataset.

use crate::support;

use support::{Repo, column, fixture, mask_commits, own_repository};

/// The policy, then one commit for each folder of `history`.
pub fn lights() -> Repo {
    let mut repo = Repo::empty();
    repo.copy(&fixture("second/policy"));
    repo.commit("manifest, schemas, rules");
    let mut folders: Vec<_> = std::fs::read_dir(fixture("second/history"))
        .expect("because it is part of the repository")
        .map(|entry| entry.expect("because it can be read").path())
        .collect();
    folders.sort();
    for folder in folders {
        repo.copy(&folder);
        repo.commit(&folder.file_name().expect("because it has a name").to_string_lossy());
    }
    repo
}

fn answer(args: &[&str]) -> String {
    mask_commits(&lights().run(args).answer())
}

#[test]
fn log_lists_editions_amendments_and_strips() {
    insta::assert_snapshot!("log", answer(&["log"]));
}

#[test]
fn show_gives_the_edition_in_force() {
    insta::assert_snapshot!("show", answer(&["show", "skerry", "--as-of", "2017"]));
}

#[test]
fn a_composite_identity_with_a_number_names_a_record() {
    let repo = lights();
    let shown = repo.run(&["show", "Vell/east/4", "--as-of", "2018-08-31", "--format", "json"]).json();
    assert_eq!(shown["content"]["depth_m"], 7.5);
    assert_eq!(shown["record"], "Vell/east/4");
    let log = repo.run(&["log", "Vell", "--format", "json"]).json();
    assert_eq!(log["records"].as_array().map(Vec::len), Some(1));
}

#[test]
fn diff_names_items_by_their_composite_keys() {
    insta::assert_snapshot!("diff", answer(&["diff", "skerry", "2018-12-31..2019"]));
}

#[test]
fn changelog_says_what_changed() {
    insta::assert_snapshot!("changelog", answer(&["changelog"]));
}

#[test]
fn changelog_in_markdown() {
    insta::assert_snapshot!("changelog-markdown", answer(&["changelog", "skerry", "--format", "markdown"]));
}

#[test]
fn since_says_what_has_stayed_so() {
    insta::assert_snapshot!("since-2018", answer(&["since", "--as-of", "2018-06-15"]));
    insta::assert_snapshot!("since-last", answer(&["since"]));
}

/// Each of the five kinds of observation speaks of this dataset somewhere.
#[test]
fn every_kind_of_observation_is_at_work() {
    let repo = lights();
    let mut kinds = std::collections::BTreeSet::new();
    for as_of in ["2017", "2018", "2019"] {
        let seen = repo.run(&["since", "--as-of", as_of, "--format", "json"]).json();
        kinds.extend(column(&seen["observations"], "kind").into_iter().map(str::to_owned));
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["absence", "pending", "silence", "standing", "streak"]
    );
}

/// What was pending and is done has ended by an event: the change says so, and no observation says it again.
#[test]
fn an_observation_that_an_event_ended_is_left_to_the_event() {
    let repo = lights();
    let pending = |as_of: &str| {
        let seen = repo.run(&["since", "skerry", "--as-of", as_of, "--format", "json"]).json();
        column(&seen["observations"], "rule").contains(&"licence-pending")
    };
    assert!(pending("2018") && !pending("last"), "the licence came");
    let steps = repo.run(&["changelog", "skerry", "--from", "2018-12-31", "--format", "json"]).json();
    let step = &steps["records"][0]["steps"][0];
    let seen = step["observations"].as_array().expect("a list");
    assert!(seen.iter().all(|o| o["rule"] != "licence-pending"), "{seen:#?}");
    let changes = step["changes"].as_array().expect("a list");
    let granted = |c: &&serde_json::Value| c["path"].as_str().is_some_and(|path| path.contains("licence"));
    assert_eq!(changes.iter().find(granted).expect("the grant")["nature"], "development");
}

/// A record and a rule, in either order, stand for the sentences of the rule about the record.
#[test]
fn explain_proves_what_a_rule_says_of_a_record() {
    let repo = lights();
    let prints = |args: &[&str]| -> Vec<String> {
        let json = repo.run(&[&["explain"], args, &["--format", "json"]].concat()).json();
        let all = json["sentences"].as_array().expect("because there is a list").iter();
        let print = |one: &serde_json::Value| {
            let sentence = if one["change"].is_null() { &one["observation"] } else { &one["change"] };
            sentence["fingerprint"].as_str().expect("because sentences have one").to_owned()
        };
        all.map(print).collect()
    };
    let since = repo.run(&["since", "--format", "json"]).json();
    let one = &since["observations"][0];
    let word = |key: &str| one[key].as_str().expect("because observations have it");
    let (record, rule) = (word("record"), word("rule"));
    for args in [[record, rule], [rule, record], [record, word("kind")]] {
        assert!(prints(&args).contains(&word("fingerprint").to_owned()), "{args:?}");
    }
    let fault = repo.run(&["explain", record, "watch-withdrawn"]).fault();
    assert!(fault.contains("no sentence of the rule `watch-withdrawn`"), "{fault}");
    let fault = repo.run(&["explain", record]).fault();
    assert!(fault.contains("explain REC RULE"), "{fault}");
}

/// What an earlier answer showed is found where it was; an index that knows nothing, or something else,
/// changes no answer.
#[test]
fn explain_begins_where_a_sentence_was_shown() {
    let repo = lights();
    let folder = tempfile::tempdir().expect("because a folder can be made");
    let cache = folder.path().to_str().expect("because it is UTF-8");
    let answer = |args: &[&str]| {
        let mut command = support::binary(repo.path());
        command.env_remove("SINCEWHEN_NO_CACHE").args(args).args(["--format", "json", "--cache-dir", cache]);
        command.output().expect("because the binary was built for these tests").stdout
    };
    let json: serde_json::Value =
        serde_json::from_slice(&answer(&["changelog"])).expect("because it is JSON");
    let mut fingerprints = Vec::new();
    for record in json["records"].as_array().expect("a list") {
        for step in record["steps"].as_array().expect("a list") {
            fingerprints.extend(
                step["changes"]
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|one| one["fingerprint"].as_str().expect("because changes have one").to_owned()),
            );
        }
    }
    assert!(fingerprints.len() > 3);
    for print in &fingerprints {
        let alone = repo.run(&["explain", print, "--format", "json"]).stdout;
        assert_eq!(String::from_utf8_lossy(&answer(&["explain", print])), alone, "{print}");
    }
}

#[test]
fn explain_proves_a_sentence() {
    let repo = lights();
    let seen =
        repo.run(&["since", "skerry", "--as-of", "2018", "--rule", "absence", "--format", "json"]).json();
    let fingerprint = column(&seen["observations"], "fingerprint")[0];
    insta::assert_snapshot!("explain-absence", mask_commits(&repo.run(&["explain", fingerprint]).answer()));
    let changes =
        repo.run(&["changelog", "skerry", "--from", "first", "--to", "2018", "--format", "json"]).json();
    let changes = &changes["records"][0]["steps"][0]["changes"];
    let change = changes
        .as_array()
        .expect("a list")
        .iter()
        .find(|c| c["rule"] == "watch-withdrawn")
        .expect("the keeper left");
    let fingerprint = change["fingerprint"].as_str().expect("a text");
    insta::assert_snapshot!("explain-change", mask_commits(&repo.run(&["explain", fingerprint]).answer()));
    insta::assert_snapshot!("explain-rule", repo.run(&["explain", "no-pass"]).answer());
}

/// A sentence that an answer shows can be asked about by its fingerprint alone, whether its record was looked
/// at before or not.
#[test]
fn each_sentence_is_found_by_its_fingerprint() {
    let repo = lights();
    let cache = repo.beside("cache");
    let cache = cache.to_str().expect("a name");
    let seen = repo.run(&["since", "--format", "json"]).json();
    let mut prints: Vec<String> =
        column(&seen["observations"], "fingerprint").into_iter().map(str::to_owned).collect();
    let steps = repo.run(&["changelog", "--format", "json"]).json();
    let records = steps["records"].as_array().expect("a list").iter();
    for step in records.flat_map(|record| record["steps"].as_array().expect("a list")) {
        prints.extend(column(&step["changes"], "fingerprint").into_iter().map(str::to_owned));
        prints.extend(column(&step["observations"], "fingerprint").into_iter().map(str::to_owned));
    }
    prints.sort();
    prints.dedup();
    assert!(prints.len() > 20, "{}", prints.len());
    for print in prints.iter().step_by(3) {
        let alone = repo.run(&["explain", print, "--format", "json"]).json();
        assert!(alone.to_string().contains(print), "{print}");
        let mut remembering = support::binary(repo.path());
        remembering.env_remove("SINCEWHEN_NO_CACHE");
        remembering.args(["explain", print, "--format", "json", "--cache-dir", cache]);
        let remembered = remembering.output().expect("because the binary was built for these tests");
        let remembered: serde_json::Value = serde_json::from_slice(&remembered.stdout).expect("JSON");
        assert_eq!(alone["sentences"], remembered["sentences"], "{print}");
    }
}

/// Other words of a rule and other lines of a record leave the names of all sentences as they are.
#[test]
fn a_fingerprint_depends_neither_on_wording_nor_on_lines() {
    let mut repo = lights();
    let steps = |repo: &support::Repo| repo.run(&["changelog", "skerry", "--format", "json"]).json();
    let all = |steps: &serde_json::Value, field: &str| -> Vec<String> {
        let steps = steps["records"][0]["steps"].as_array().expect("a list").iter();
        let changes = steps.flat_map(|step| step["changes"].as_array().expect("a list"));
        changes.map(|change| change[field].as_str().expect("a text").to_owned()).collect()
    };
    let before = steps(&repo);
    let files = support::files_below(repo.path());
    let file = |end: &str| files.iter().find(|(path, _)| path.ends_with(end)).expect("a file").clone();
    let (rule, words) = file("acts/watch-withdrawn.yaml");
    let words = String::from_utf8(words).expect("because rules are UTF-8");
    repo.write(&rule, words.replace("no longer manned", "without a keeper"));
    let (record, text) = file("skerry.yaml");
    repo.write(&record, [b"# A line more.\n", text.as_slice()].concat());
    repo.commit("Other words, other lines");
    let after = steps(&repo);
    assert_ne!(all(&before, "message"), all(&after, "message"));
    assert_eq!(all(&before, "fingerprint"), all(&after, "fingerprint"));
}

/// Words of this repository's own dataset that the program's code must not know: its subject, its fields, its
/// values.
const OWN_WORDS: &[&str] = &[
    "countr",
    "treat",
    "vote",
    "voting",
    "meeting",
    "participa",
    "resolution",
    "statement",
    "munition",
    "landmine",
    "mine-ban",
    "mine_ban",
    "kaz",
    "unga",
    "united nations",
    "ratif",
    "acced",
    "accession",
    "signator",
    "stockpile",
    "moratori",
    "convention",
    "practice",
    "instrument",
    "abstain",
    "in-favour",
    "roll_call",
    "iso3",
    "diplomat",
    "oslo",
    "geneva",
    "retained",
    "transparency",
    "intersession",
    "msp",
    "ccm",
    "mbt",
    "monitor",
    "policy position",
    "government",
];

/// English words that hold one of them, and mean something else.
const OTHER_WORDS: &[&str] = &[
    "treated",
    "treats",
    "treat ",
    "instrumented",
    // The name that users of this dataset look for; the option itself is called `--subject`.
    "visible_alias = \"country\"",
];

#[test]
fn the_code_knows_nothing_of_the_own_dataset() {
    let root = own_repository().join("src");
    let mut found = Vec::new();
    // A map of the world names the countries of the world, not those of a dataset.
    for (path, bytes) in support::files_below(&root).into_iter().filter(|(path, _)| !path.ends_with(".json"))
    {
        let text = String::from_utf8(bytes).expect("because sources are UTF-8");
        for (at, line) in text.lines().enumerate() {
            let code = code_of(&path, line);
            if let Some(word) = OWN_WORDS.iter().find(|word| code.contains(**word)) {
                found.push(format!("src/{path}:{}: `{word}` in: {}", at + 1, line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "what a field is called is data, in the schema, the manifest or a rule file:\n{}",
        found.join("\n")
    );
}

/// A line without its comment.
fn code_of(path: &str, line: &str) -> String {
    let mut code = if line.trim_start().starts_with("//") { String::new() } else { line.to_lowercase() };
    if let Some(at) = code.find(" // ") {
        code.truncate(at);
    }
    for word in OTHER_WORDS {
        code = code.replace(word, "");
    }
    if path.starts_with("export/") {
        // What a record states, in the sense of PROV and RDF: the name of a table that every dataset has.
        code = code.replace("statements", "");
    }
    code
}

/// The test above can fail.
#[test]
fn the_word_test_sees_words() {
    let holds = |path: &str, line: &str| OWN_WORDS.iter().any(|word| code_of(path, line).contains(word));
    assert!(holds("rules/mod.rs", r#"    if field == "Votes" {"#));
    assert!(holds("cli/args.rs", r#"const HELP: &str = "Records: `KAZ`";"#));
    assert!(!holds("rules/mod.rs", "    /// Such as `votes[].vote`."));
    assert!(holds("cli/args.rs", r#"after_help = "Example:\n  sincewhen log KAZ/mine-ban")"#));
}
