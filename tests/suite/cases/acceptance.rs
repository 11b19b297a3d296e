//! Who may accept what: nobody, a maintainer, or whoever edits.

use super::{check, fingerprint, found, note, notes};
use crate::support::Repo;

fn deleted() -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/b.yaml", note("b", "2023-01-01", 1));
    repo.commit("records");
    repo.remove("notes/b.yaml");
    repo.commit("b was filed by mistake");
    repo
}

#[test]
fn a_maintainer_accepts_a_deletion_in_one_pull_request() {
    let mut repo = deleted();
    let gate = ["--base", "HEAD~1", "--policy-from", "base"];
    assert_eq!(found(&repo, "2023-04-01", &gate), ["gate-deleted notes/b.yaml"]);
    let print = fingerprint(&repo, "2023-04-01", &gate, "gate-deleted");
    let accept = [&gate[..], &["--accept", &print]].concat();
    assert_eq!(check(&repo, "2023-04-01", &accept).code, 0);
    assert_eq!(check(&repo, "2023-04-01", &[&gate[..], &["--accept", "000000000000"]].concat()).code, 1);
    // The branch's own entry counts where its policy does; under the base's it does not.
    repo.write(
        "baseline.yaml",
        format!(
            "format: sincewhen.baseline/1\nfindings:\n  - {{fingerprint: \
        {print}, rule: gate-deleted, record: b}}\n"
        ),
    );
    repo.commit("the baseline, by hand");
    assert_eq!(check(&repo, "2023-04-01", &["--base", "HEAD~2"]).code, 0);
    assert_eq!(check(&repo, "2023-04-01", &["--base", "HEAD~2", "--policy-from", "base"]).code, 1);
    // Once it is merged, the entry is not stale, and is kept.
    assert_eq!(found(&repo, "2023-04-01", &["--fail-on", "note"]), [""; 0]);
    repo.run(&["check", "--write-baseline"]);
    let text = std::fs::read_to_string(repo.path().join("baseline.yaml")).expect("a baseline");
    assert!(text.contains(&print), "{text}");
}

#[test]
fn a_comment_of_the_branch_does_not_open_the_gate() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo.write(
        "notes/a.yaml",
        "name: a\ndated: 2023-01-01 # sincewhen: ignore[gate-not-moved] it is nothing\nlevel: 2\n",
    );
    repo.commit("an edit");
    let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("the comment here does not count: a maintainer can accept"),
        "{}",
        run.stdout
    );
    let run = check(&repo, "2024-01-01", &["--base", "HEAD~1"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("this change accepts a finding itself"), "{}", run.stdout);
}

#[test]
fn nobody_accepts_what_cannot_be_read() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    let text =
        "name: a\ndated: 2023-01-01\n# sincewhen: ignore[yaml-syntax, merge-conflict] later\nlevel: [1\n";
    repo.write("notes/a.yaml", text);
    let print = fingerprint(&repo, "2024-01-01", &[], "yaml-syntax");
    repo.write(
        "baseline.yaml",
        format!("format: sincewhen.baseline/1\nfindings:\n  - {{fingerprint: {print}, rule: yaml-syntax}}\n"),
    );
    assert_eq!(check(&repo, "2024-01-01", &["--accept", &print]).code, 1);
}

/// A comment in the words of one that the base has somewhere is called out by its place all the same.
#[test]
fn a_copied_comment_is_no_hiding_place() {
    let mut repo = notes();
    let comment = "# sincewhen: ignore[schema-date] agreed with the editors";
    let marks = |second: &str| {
        format!("marks:\n  - {{id: m1, at: once, what: w}} {comment}\n  - {{id: m2, at: {second}}}\n")
    };
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1) + &marks("2020-01-01"));
    repo.commit("record");
    let second = marks(&format!("later, what: v}} {comment}\n  - {{id: m3, at: 2020-01-01"));
    repo.write("notes/a.yaml", note("a", "2023-02-01", 2) + &second);
    let run = check(&repo, "2023-02-01", &["--base", "HEAD", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("because it is JSON");
    let own = json["own_acceptances"].as_array().expect("a list");
    assert_eq!(own.len(), 1, "{json:#}");
    assert_eq!(
        (own[0]["file"].as_str(), own[0]["line"].as_u64()),
        (Some("notes/a.yaml"), Some(6)),
        "{json:#}"
    );
}

#[test]
fn a_flood_of_comments_hides_no_finding() {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    let mut text = note("a", "2023-01-01", 2) + "marks:\n";
    for number in 0..600 {
        text +=
            &format!("  - {{id: m{number}, at: once}} # sincewhen: ignore[schema-date] reason {number}\n");
    }
    repo.write("notes/a.yaml", text);
    let output = check(&repo, "2024-01-01", &["--base", "HEAD"]).stdout;
    let finding = output.find("gate-not-moved").expect("the finding");
    assert!(finding < output.find("accepts 600 findings itself").expect("the line"), "{output}");
    assert!(output.contains("… and 550 more; `--format json` lists all of them"), "{output}");
    repo.commit("a flood");
    let comment = repo.run(&["changelog", "HEAD~1...HEAD", "--format", "markdown"]).answer();
    assert!(comment.contains("gate-not-moved") && comment.len() < 60_000, "{}", comment.len());
}

#[test]
fn the_way_to_accept_is_not_advertised_under_each_finding() {
    let repo = notes();
    repo.write("notes/a.yaml", "name: a\ndated: soon\nlevel: 1\nmarks: [{id: m, at: once}]\n");
    let plain = check(&repo, "2024-01-01", &[]).stdout;
    assert!(!plain.contains("to accept") && !plain.contains("sincewhen: ignore"), "{plain}");
    let verbose = check(&repo, "2024-01-01", &["-v"]).stdout;
    assert!(
        verbose.contains("# sincewhen: ignore[schema-date] REASON") && verbose.contains("--accept "),
        "{verbose}"
    );
}

#[test]
fn a_reason_is_more_than_a_blank() {
    for reason in ["", "\u{200b}", "…", "-"] {
        let repo = notes();
        repo.write(
            "notes/a.yaml",
            note("a", "2023-01-01", 1)
                + &format!("marks: [{{id: m, at: once}}] # sincewhen: ignore[schema-date] {reason}\n"),
        );
        assert!(
            found(&repo, "2024-01-01", &[]).iter().any(|rule| rule.starts_with("ignore-malformed")),
            "{reason:?}"
        );
    }
}
