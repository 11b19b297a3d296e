//! The formats of findings: each by its own standard, all saying the same.

use crate::support;

use serde_json::Value as Json;
use support::guard::{self, FIN, KAZ, TODAY, check, edit, text};
use support::{Repo, mask_commits, own_repository};

/// The dataset with an error, a warning and a note, each with something to say beside it.
fn faulty() -> Repo {
    let repo = guard::committed();
    edit(
        &repo,
        KAZ,
        "participation: observer, sources: [p2016]",
        "participation: observers, sources: [p2016]",
    );
    edit(&repo, KAZ, "title: Letter to the Monitor", "title: yes");
    edit(&repo, KAZ, "resolution: A/RES/74/62, vote: in-favour", "resolution: A/RES/74/62, vote: abstained");
    edit(
        &repo,
        FIN,
        "participation: participant,",
        "participation: participant, reported: {date: 2014-09, sources: [p2014]},",
    );
    repo
}

fn answer(repo: &Repo, format: &str) -> String {
    let run = check(repo, &["--format", format]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    run.stdout
}

fn valid(schema: &str, answer: &Json) {
    let path = own_repository().join(schema);
    let schema: Json = serde_json::from_slice(&std::fs::read(&path).expect("because it is here"))
        .expect("because it is JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}"));
    let faults: Vec<String> =
        validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn text_is_drawn_over_the_lines() {
    insta::assert_snapshot!("text", answer(&faulty(), "text"));
}

#[test]
fn text_shows_edits_when_asked_for_more() {
    let run = check(&faulty(), &["-v", KAZ]);
    assert!(
        run.stdout.contains("write `observer`") && run.stdout.contains("put it in quotes"),
        "{}",
        run.stdout
    );
}

#[test]
fn markdown_is_a_table() {
    insta::assert_snapshot!("markdown", answer(&faulty(), "markdown"));
}

#[test]
fn github_draws_the_worst_first() {
    let out = answer(&faulty(), "github");
    insta::assert_snapshot!("github", out);
    let levels: Vec<&str> =
        out.lines().filter_map(|line| line.strip_prefix("::")?.split(' ').next()).collect();
    assert_eq!(levels, ["error", "error", "warning", "notice"]);
}

#[test]
fn github_writes_a_job_summary() {
    let repo = faulty();
    let summary = repo.beside("summary.md");
    std::fs::write(&summary, "before\n").expect("because the folder is ours");
    let run = support::binary(repo.path())
        .args(["check", "--format", "github"])
        .env("SINCEWHEN_TODAY", TODAY)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .expect("because the binary was built");
    assert_eq!(run.status.code(), Some(1));
    let written = std::fs::read_to_string(&summary).expect("because it was written");
    assert!(written.starts_with("before\n### Checks\n") && written.contains("`schema-value`"), "{written}");
}

#[test]
fn json_keeps_to_its_schema() {
    let repo = faulty();
    let json: Json = serde_json::from_str(&answer(&repo, "json")).expect("because it is JSON");
    valid("schema/output/findings.schema.json", &json);
    assert_eq!(json["findings"][0]["file"], FIN);
    let run = check(&repo, &["--base", "HEAD", "--format", "json"]);
    valid(
        "schema/output/findings.schema.json",
        &serde_json::from_str(&run.stdout).expect("because it is JSON"),
    );
    let run = check(&repo, &["--list-rules", "--format", "json"]);
    valid(
        "schema/output/check-rules.schema.json",
        &serde_json::from_str(&run.stdout).expect("because it is JSON"),
    );
    let run = check(&repo, &["--history", "--format", "json"]);
    valid(
        "schema/output/findings.schema.json",
        &serde_json::from_str(&run.stdout).expect("because it is JSON"),
    );
}

#[test]
fn sarif_keeps_to_the_standard() {
    let repo = faulty();
    edit(
        &repo,
        KAZ,
        "date: 2012-04-17",
        "date: 2021-04-17 # sincewhen: ignore[date-after-edition] the page says so",
    );
    let json: Json = serde_json::from_str(&answer(&repo, "sarif")).expect("because it is JSON");
    valid("tests/fixtures/guard/sarif-2.1.0.schema.json", &json);
    let run = &json["runs"][0];
    let results = run["results"].as_array().expect("because there are results");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("because there are rules");
    for result in results {
        let at = result["ruleIndex"].as_u64().expect("because every rule is listed") as usize;
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    let value = results.iter().find(|r| r["ruleId"] == "schema-value").expect("because it was planted");
    let place = &value["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], KAZ);
    let line =
        text(&repo, KAZ).lines().position(|line| line.contains("observers")).expect("because it was planted")
            + 1;
    assert_eq!(
        place["region"],
        serde_json::json!({"startLine": line, "startColumn": 39, "endLine": line, "endColumn": 48})
    );
    assert_eq!(
        value["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"],
        "observer"
    );
    let suppressed: Vec<&Json> = results.iter().filter(|r| r["suppressions"].is_array()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "the page says so");
}

#[test]
fn junit_counts_failures_and_not_notes() {
    let out = answer(&faulty(), "junit");
    insta::assert_snapshot!("junit", out);
    assert!(
        out.contains(
            "<testsuites name=\"sincewhen check\" tests=\"5\" skipped=\"0\" failures=\"3\" errors=\"0\">"
        ),
        "{out}"
    );
}

#[test]
fn all_formats_say_the_same() {
    let repo = faulty();
    let json: Json = serde_json::from_str(&answer(&repo, "json")).expect("because it is JSON");
    for finding in json["findings"].as_array().expect("because there are findings") {
        let rule = finding["rule"].as_str().expect("a text");
        for format in ["text", "sarif", "github", "junit", "markdown"] {
            // Text counts notes, and shows them when it is asked to.
            let output = if format == "text" { check(&repo, &["-v"]).stdout } else { answer(&repo, format) };
            assert!(output.contains(rule), "{format} leaves out {rule}");
        }
    }
}

#[test]
fn formats_that_make_no_sense_are_refused_before_any_work() {
    let repo = guard::committed();
    assert!(guard::run(&repo, &["log", "--format", "sarif"]).fault().contains("invalid value 'sarif'"));
    assert!(guard::run(&repo, &["fmt", "--format", "json"]).fault().contains("does not write json"));
}

/// The comment on a pull request.
mod comment {
    use super::*;

    fn branch(change: impl Fn(&Repo)) -> Repo {
        let mut repo = guard::committed();
        repo.git(["checkout", "--quiet", "-b", "edit"]);
        change(&repo);
        repo.commit("an edit");
        repo
    }

    fn comment(repo: &Repo, range: &str) -> String {
        let run = guard::run(repo, &["changelog", range, "--format", "markdown"]);
        mask_commits(&run.answer())
    }

    #[test]
    fn one_quiet_line_where_nothing_changes() {
        let repo = branch(|repo| edit(repo, KAZ, "treaty:\n", "# by hand\ntreaty:\n"));
        let quiet = "<!-- sincewhen:pull-request -->\nNo published sentence would read differently, and the \
            checks found nothing new.\n";
        assert_eq!(comment(&repo, "main...edit"), quiet);
        assert_eq!(comment(&repo, "main...main"), quiet);
    }

    #[test]
    fn a_new_edition_adds_sentences() {
        let repo = branch(|repo| {
            edit(repo, KAZ, "last_updated: 2020-09-04", "last_updated: 2021-09-13");
            edit(
                repo,
                KAZ,
                "  - {meeting: ccm-9msp",
                "  - {meeting: ccm-2rc-part1, participation: observer, sources: [p2020]}\n  - {meeting: \
                    ccm-9msp",
            );
        });
        insta::assert_snapshot!("comment_new_edition", comment(&repo, "main...HEAD"));
    }

    #[test]
    fn a_rewritten_past_is_shown_with_what_it_changes() {
        let repo = branch(|repo| {
            edit(repo, KAZ, "ccm-6msp, participation: observer", "ccm-6msp, participation: absent")
        });
        insta::assert_snapshot!("comment_rewritten", comment(&repo, "main..."));
    }

    /// An answer that knows nothing of a record does not look like one that found nothing in it.
    #[test]
    fn a_record_that_cannot_be_read_is_counted() {
        for (find, with) in [
            ("  supports_aims: true", "  supports_aims: [true"),
            ("last_updated: 2020-09-04\n", ""),
            ("topic: cluster-munitions\n", "topic:\n"),
            ("country: KAZ", "<<<<<<< main\ncountry: KAZ\n=======\n>>>>>>> edit"),
        ] {
            let repo = branch(|repo| {
                edit(repo, KAZ, find, with);
                edit(repo, FIN, "participation: participant", "participation: observer");
            });
            let said = comment(&repo, "main...edit");
            assert!(said.contains(", 1 file cannot be read: "), "{find}: {said}");
            assert!(said.contains(&format!("No record can be read of `{KAZ}`")), "{find}: {said}");
            let json = guard::run(&repo, &["changelog", "main...edit", "--format", "json"]).json();
            valid("schema/output/pull-request.schema.json", &json);
            assert_eq!(json["unread"], serde_json::json!([KAZ]), "{find}");
        }
    }

    #[test]
    fn what_others_did_meanwhile_is_left_out() {
        let mut repo = branch(|repo| edit(repo, KAZ, "supports_aims: true", "supports_aims: false"));
        repo.git(["checkout", "--quiet", "main"]);
        repo.remove(FIN);
        repo.commit("meanwhile");
        let output = comment(&repo, "main...edit");
        assert!(output.contains("KAZ/cluster-munitions") && !output.contains("FIN"), "{output}");
    }

    #[test]
    fn a_rule_that_changes_rewrites_sentences_of_records_that_do_not() {
        let repo = branch(|repo| {
            edit(
                repo,
                "schema/rules/observations/status.yaml",
                "non-signatory: has not acceded to the",
                "non-signatory: has never acceded to the",
            );
        });
        let output = comment(&repo, "main...edit");
        assert!(output.contains("look at these changes first"), "{output}");
    }

    /// An occasion more or less changes the grounds of sentences that stand, though none of them begins or
    /// ends.
    #[test]
    fn a_calendar_that_changes_rewrites_the_grounds_of_sentences() {
        let calendar = "dataset/calendars/ccm-meetings.yaml";
        let invented = "  - {id: ccm-8bis, kind: msp, ordinal: 8, short: 8bis, \
                        label: Another Meeting of States Parties, \
                        start: 2018-02-03, end: 2018-02-05, place: Geneva, sources: [s19]}\n";
        let line = "  - {id: ccm-9msp,";
        for (find, with) in [
            (line, &format!("{invented}{line}")),
            ("id: ccm-8msp,", &"id: ccm-8msp, planned: true,".to_owned()),
        ] {
            let repo = branch(|repo| edit(repo, calendar, find, with));
            let output = comment(&repo, "main...edit");
            assert!(
                output.contains("KAZ") && output.contains("*grounds*") && output.contains("missed: 7MSP"),
                "{with}: {output}"
            );
            assert!(!output.contains("No published sentence"), "{output}");
        }
    }

    #[test]
    fn the_json_keeps_to_its_schema() {
        let repo = branch(|repo| {
            edit(repo, KAZ, "ccm-6msp, participation: observer", "ccm-6msp, participation: absent")
        });
        let json = guard::run(&repo, &["changelog", "main...edit", "--format", "json"]).json();
        valid("schema/output/pull-request.schema.json", &json);
        assert!(guard::run(&repo, &["changelog", "main...edit", "KAZ"]).fault().contains("whole branch"));
        assert!(guard::run(&repo, &["changelog", "nothing...edit"]).fault().contains("unknown revision"));
    }
}
