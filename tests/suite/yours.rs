//! Datasets of other shapes, each built by a script from git commands: advisories with stamps, people in one
//! list file, products as pages that commits date.

use crate::support;

use std::path::Path;
use std::process::Command;
use support::{fixture, mask_commits, run_in};
use tempfile::TempDir;

fn build(name: &str) -> TempDir {
    let folder = TempDir::new().expect("because the system has a temporary folder");
    let script = fixture("yours").join(format!("{name}.sh"));
    let mut command = Command::new("bash");
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("GIT_") {
            command.env_remove(variable);
        }
    }
    let output = command.arg(&script).arg(folder.path()).output().expect("because bash is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

fn answer(folder: &Path, args: &[&str]) -> String {
    mask_commits(&run_in(folder, args).answer())
}

fn clean(folder: &Path) {
    let check = run_in(folder, &["check", "--today", "2026-01-01"]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
}

#[test]
fn advisories_one_file_each_dated_by_stamps() {
    let folder = build("advisories");
    clean(folder.path());
    insta::assert_snapshot!("advisories", answer(folder.path(), &["changelog"]));
    let log = answer(folder.path(), &["log", "A-2023-1"]);
    let dates: Vec<&str> =
        log.lines().filter(|line| line.starts_with("  2023")).map(|line| line[2..12].trim()).collect();
    assert_eq!(
        dates,
        ["2023-02-01", "2023-02-01", "2023-01-10"],
        "by the moment: 10:30 before 23:30 in the west\n{log}"
    );
}

#[test]
fn a_record_can_be_asked_for_by_its_other_names() {
    let folder = build("advisories");
    let run = run_in(folder.path(), &["log", "x-77"]);
    assert!(run.stderr.contains("`x-77` is another name of A-2023-1"), "{}", run.stderr);
    assert!(run.answer().starts_with("A-2023-1  A-2023-1"));
    let unknown = run_in(folder.path(), &["log", "X-78"]).fault();
    assert!(unknown.contains("no record named `X-78`"), "{unknown}");
}

#[test]
fn neutral_natures_say_what_became_of_a_value() {
    let folder = build("advisories");
    let answer = run_in(folder.path(), &["changelog", "A-2023-1", "--format", "json"]).json();
    let steps = answer["records"][0]["steps"].as_array().expect("steps");
    let natures: Vec<&str> =
        steps.iter().flat_map(|step| support::column(&step["changes"], "nature")).collect();
    assert_eq!(natures, ["removed", "added", "added", "added"]);
    let undated = steps.iter().filter_map(|step| step["changes"].as_array()).flatten();
    assert!(
        undated.clone().count() == 4 && undated.clone().all(|one| one["undated"].is_null()),
        "{answer:#}"
    );
    // What a filter names by them is found, and a report lists them.
    let only = run_in(folder.path(), &["changelog", "A-2023-1", "--nature", "removed"]).answer();
    assert!(only.contains("1.0") && !only.contains("X-77"), "{only}");
    let report = run_in(folder.path(), &["report", "2023"]).answer();
    assert!(report.contains("added: aliases: X-77") && !report.contains("undated"), "{report}");
}

#[test]
fn answers_mark_the_editions_that_commits_date() {
    let folder = build("products");
    for (name, args) in [
        ("changelog", &["changelog", "mallet"][..]),
        ("diff", &["diff", "mallet"]),
        ("observations", &["since", "mallet"]),
        ("record", &["show", "mallet"]),
        ("blame", &["blame", "mallet"]),
        ("log", &["log", "mallet"]),
    ] {
        for format in [None, Some("markdown")] {
            let args: Vec<&str> =
                args.iter().copied().chain(format.map(|_| "--format")).chain(format).collect();
            let answer = run_in(folder.path(), &args).answer();
            assert!(answer.contains("(dated by commit)"), "{args:?}: {answer}");
        }
        let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
        let answer = run_in(folder.path(), &args).cited_json();
        // Nothing stands in this dataset, so `since` has no sentence that could name an edition.
        let marked = answer.to_string().contains("\"dated_by_commit\":true");
        assert!(marked || name == "observations", "{args:?}: {answer:#}");
        let path = support::own_repository().join(format!("schema/output/{name}.schema.json"));
        let schema: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path).expect("ours")).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let faults: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{args:?}: {faults:#?}");
    }
    let page = run_in(folder.path(), &["report", "2024", "--format", "html"]).answer();
    assert!(page.contains("2024-02-05 (dated by commit)"), "the proof of a sentence names its editions");
}

#[test]
fn headings_and_groups_may_use_any_field_of_an_edition() {
    let folder = build("products");
    let log = run_in(folder.path(), &["log", "mallet"]).answer();
    assert!(log.starts_with("Hammer  mallet"), "{log}");
    let report = run_in(folder.path(), &["report", "2024", "--by", "market"]).answer();
    assert!(report.contains("Europe") && report.contains("Hammer"), "{report}");
    let page = folder.path().join("products/mallet.md");
    let text = std::fs::read_to_string(&page).expect("ours");
    std::fs::write(&page, text.replace("title: Hammer", "title: Mallet")).expect("ours");
    let now = run_in(folder.path(), &["show", "mallet", "--worktree"]).answer();
    assert!(now.starts_with("Mallet  mallet"), "{now}");
}

#[test]
fn a_template_that_names_no_field_is_refused() {
    let folder = build("products");
    let manifest = folder.path().join("sincewhen.yaml");
    let text = std::fs::read_to_string(&manifest).expect("ours");
    std::fs::write(&manifest, text.replace("{{ sold_in }}", "{{ sold_at }}")).expect("ours");
    let fault = run_in(folder.path(), &["log", "--worktree"]).fault();
    assert!(fault.contains("nothing defines `sold_at` here"), "{fault}");
}

#[test]
fn people_in_one_list_file_have_histories_of_their_own() {
    let folder = build("people");
    clean(folder.path());
    insta::assert_snapshot!("people", answer(folder.path(), &["changelog"]));
    let log = run_in(folder.path(), &["log", "--format", "json"]).json();
    let editions = |at: usize| log["records"][at]["editions"].as_array().map(Vec::len);
    assert_eq!([editions(0), editions(1), editions(2)], [Some(2), Some(1), Some(1)]);
    assert!(log["records"][1]["ended"].is_string(), "ben was taken out of the list");
    let said = answer(folder.path(), &["changelog", "ben"]);
    assert!(
        said.contains("removed on 1 March 2022"),
        "not by the merge that brought another change of his: {said}"
    );
    assert_eq!(
        log["records"][2]["editions"][0]["amendments"].as_array().map(Vec::len),
        Some(1),
        "from the side branch"
    );
    // Places are those of the file.
    let blame = run_in(folder.path(), &["changelog", "ada", "--format", "json"]).json();
    let evidence = &blame["records"][0]["steps"][0]["changes"][0]["evidence"];
    let last = evidence.as_array().and_then(|list| list.last()).expect("evidence");
    assert_eq!((last["file"].as_str(), last["line"].as_i64()), (Some("people.yaml"), Some(7)), "{last:#}");
}

#[test]
fn each_record_of_a_list_file_is_guarded_checked_and_can_be_excused() {
    let folder = build("people");
    let people = folder.path().join("people.yaml");
    let text = std::fs::read_to_string(&people).expect("ours");
    std::fs::write(
        &people,
        text.replace(
            "start: 2016-03-01, end: 2020-03-01, party: Red",
            "start: 2016-03-01, end: 2020-03-01, party: Pink",
        ),
    )
    .expect("ours");
    let gate = run_in(folder.path(), &["check", "--base", "HEAD", "--today", "2026-01-01"]);
    assert!(gate.stdout.contains("gate-") && gate.stdout.contains("people.yaml:"), "{}", gate.stdout);
    assert!(!gate.stdout.contains("cleo"), "only the record that was edited: {}", gate.stdout);
    std::fs::write(
        &people,
        text.replace("name: Cleopatra", "name: 7 # sincewhen: ignore[schema-type] her own choice"),
    )
    .expect("ours");
    let check = run_in(folder.path(), &["check", "--today", "2026-01-01"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
    // A comment on a line of its own is about what follows, be it the first line of the next record.
    let above = "  # sincewhen: ignore[schema-type] a number\n  - id: {own: 8}";
    std::fs::write(&people, text.replace("  - id: {own: cleo}", above)).expect("ours");
    let check = run_in(folder.path(), &["check", "--today", "2026-01-01"]);
    assert_eq!(check.code, 0, "{}", check.stdout);
    std::fs::write(&people, text.replace("name: Cleopatra", "name: 7")).expect("ours");
    let check = run_in(folder.path(), &["check", "--today", "2026-01-01"]);
    assert!(check.stdout.contains("people.yaml:10:"), "{}", check.stdout);
}

#[test]
fn products_as_pages_dated_by_commit_on_the_main_line() {
    let folder = build("products");
    clean(folder.path());
    insta::assert_snapshot!("products", answer(folder.path(), &["changelog"]));
    let log = answer(folder.path(), &["log"]);
    assert!(log.contains("2024-02-20 (dated by commit)") && !log.contains("a draft"), "{log}");
    assert!(
        log.contains("2024-02-05") && log.contains("2024-01-05"),
        "the days as the committer wrote them: {log}"
    );
    assert!(!log.contains("hammer  hammer"), "the page that moved is one record: {log}");
}

#[test]
fn the_history_of_a_list_file_is_checked_record_by_record() {
    let folder = build("people");
    let args = ["check", "--history", "--today", "2026-01-01"];
    let clean_history = run_in(folder.path(), &args);
    assert_eq!(clean_history.code, 0, "{}", clean_history.stdout);
    let people = folder.path().join("people.yaml");
    let text = std::fs::read_to_string(&people).expect("ours");
    let commit = |text: String, message: &str| {
        std::fs::write(&people, text).expect("ours");
        support::git_command(folder.path()).args(["commit", "-qam", message]).status().expect("git");
    };
    commit(text.replace("name: Cleopatra", "name: 7"), "a slip");
    commit(text, "mended");
    let found = run_in(folder.path(), &args);
    assert!(
        found.stdout.contains("people.yaml:10:") && found.stdout.contains("schema-type"),
        "{}",
        found.stdout
    );
    let json = run_in(folder.path(), &[&args[..], &["--format", "json"]].concat());
    let view: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let findings = view["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 1, "{view:#}");
    assert_eq!(findings[0]["record"], "cleo");
    assert!(findings[0]["ended_by"].as_str().is_some_and(|commit| commit.len() == 40), "{view:#}");
}

#[test]
fn what_one_commit_ended_in_many_files_is_one_finding_in_text() {
    let folder = build("products");
    let place = folder.path().join("products");
    let git = |args: &[&str]| {
        support::git_command(folder.path()).args(args).status().expect("git");
    };
    let page = |name: &str, title: &str| format!("---\ntitle: {title}\nsold-in: {name}\n---\n");
    for name in ["a", "b", "c", "d"] {
        std::fs::write(place.join(format!("{name}.md")), page(name, "1")).expect("ours");
    }
    git(&["add", "-A"]);
    git(&["commit", "-qm", "titles were numbers once"]);
    for name in ["a", "b", "c", "d"] {
        std::fs::write(place.join(format!("{name}.md")), page(name, "One")).expect("ours");
    }
    git(&["commit", "-qam", "titles are texts"]);
    let args = ["check", "--history", "--today", "2026-01-01"];
    let text = run_in(folder.path(), &args).stdout;
    assert_eq!(text.matches("schema-type").count(), 1, "{text}");
    assert!(
        text.contains("in 3 other files, which commit") && text.contains("3 findings that one commit"),
        "{text}"
    );
    let all = run_in(folder.path(), &[&args[..], &["--verbose"]].concat()).stdout;
    assert_eq!(all.matches("schema-type").count(), 4, "{all}");
    assert!(text.contains("4 errors"), "the count is of all: {text}");
}

#[test]
fn the_working_tree_is_read_with_what_is_kept_of_history() {
    let folder = build("people");
    let cache = TempDir::new().expect("ours");
    let run = |args: &[&str]| {
        let mut command = support::binary(folder.path());
        let output =
            command.env("SINCEWHEN_CACHE_DIR", cache.path()).args(args).output().expect("the program");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    run(&["log"]);
    let people = folder.path().join("people.yaml");
    let text = std::fs::read_to_string(&people).expect("ours");
    std::fs::write(&people, text.replace("party: Green", "party: Grey")).expect("ours");
    for args in
        [&["changelog", "ada", "--worktree"][..], &["report", "2020", "--worktree"], &["log", "--worktree"]]
    {
        let plain: Vec<&str> = args.iter().copied().chain(["--no-cache"]).collect();
        assert_eq!(run(args), run(&plain), "{args:?}");
        assert!(run(args).contains("Grey") || args[0] == "log", "{args:?}");
    }
    std::fs::write(&people, text).expect("ours");
    assert_eq!(run(&["report", "2020"]), run(&["report", "2020", "--no-cache"]));
    assert_eq!(run(&["report", "2020"]), run(&["report", "2020", "--no-cache"]), "from the memo");
}

#[test]
fn a_list_file_is_read_twice_and_mended_record_by_record() {
    let folder = build("people");
    let people = folder.path().join("people.yaml");
    let text = std::fs::read_to_string(&people).expect("ours");
    std::fs::write(
        &people,
        text.replace("name: Cleopatra", "name: No\u{200b}").replace("name: Ada", "name: off"),
    )
    .expect("ours");
    let args = ["check", "--today", "2026-01-01", "--format", "json"];
    let view: serde_json::Value = serde_json::from_str(&run_in(folder.path(), &args).stdout).expect("JSON");
    let found: Vec<(&str, &str)> = view["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| (one["rule"].as_str().unwrap_or_default(), one["record"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [("yaml-portability", "ada"), ("invisible-character", "ada")],
        "each once: what is one record's with that record, what is the file's with its first: {view:#}"
    );
    run_in(folder.path(), &["check", "--today", "2026-01-01", "--fix"]);
    let mended = std::fs::read_to_string(&people).expect("ours");
    assert!(mended.contains("name: \"off\""), "{mended}");
}
