//! What a branch can write takes bounded time and room.

use super::{check, note, notes};
use crate::support::Repo;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Far more than any of these take, and far less than what they took without bounds.
const PATIENCE: Duration = Duration::from_secs(30);

fn with_record() -> Repo {
    let mut repo = notes();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("record");
    repo
}

/// Forty definitions, each of which applies the one before it twice.
fn doubling() -> String {
    let mut defs = String::from("\"d0\": {\"type\": \"object\"}");
    for at in 1..40 {
        let before = at - 1;
        write!(
            defs,
            ", \"d{at}\": {{\"allOf\": [{{\"$ref\": \"#/$defs/d{before}\"}}, \
            {{\"$ref\": \"#/$defs/d{before}\"}}]}}"
        )
        .expect("text");
    }
    format!("{{\"$defs\": {{{defs}}}, \"$ref\": \"#/$defs/d39\"}}")
}

#[test]
fn schemas_that_double_are_refused() {
    let again = r##"{"$defs": {"a": {"properties": {"x": {"$ref": "#"}}}}, "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}"##;
    for schema in [doubling(), again.to_owned()] {
        let mut repo = with_record();
        repo.write("note.schema.json", &schema);
        let start = Instant::now();
        let fault = check(&repo, "2024-01-01", &[]).fault();
        assert!(fault.contains("the schema cannot be used"), "{fault}");
        repo.commit("a schema without end");
        let run = check(&repo, "2024-01-01", &["--base", "HEAD~1", "--policy-from", "base"]);
        assert!(run.code == 1 && run.stdout.contains("policy-unusable"), "{}{}", run.stdout, run.stderr);
        assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    }
    // A tree is no such thing.
    let repo = with_record();
    repo.write(
        "note.schema.json",
        r##"{"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}"##,
    );
    assert_eq!(check(&repo, "2024-01-01", &[]).code, 0);
}

#[test]
fn templates_that_nest_without_end_are_refused() {
    for deep in ["1+".repeat(20_000), "not ".repeat(20_000), "- ".repeat(20_000)] {
        let repo = with_record();
        let heading = format!("kind: note, heading: \"{{{{ {deep}1 }}}}\",");
        repo.write("sincewhen.yaml", super::MANIFEST.replace("kind: note,", &heading));
        let run = check(&repo, "2024-01-01", &[]);
        assert!(run.code == 1 && run.stdout.contains("policy-unusable"), "{}{}", run.stdout, run.stderr);
        let fault = repo.run(&["since", "--worktree"]).fault();
        assert!(fault.contains("at most"), "{fault}");
    }
}

#[test]
fn many_unknown_fields_take_little_time() {
    let repo = with_record();
    let schema = super::SCHEMA.replacen(
        "\"type\": \"object\",",
        "\"type\": \"object\", \"additionalProperties\": false,",
        1,
    );
    repo.write("note.schema.json", schema);
    let mut text = note("a", "2023-01-01", 1);
    for number in 0..20_000 {
        writeln!(text, "key_that_nobody_knows_{number}: 1").expect("text");
    }
    repo.write("notes/a.yaml", text);
    let start = Instant::now();
    let run = check(&repo, "2024-01-01", &[]);
    assert!(run.stdout.contains("19800 more fields here are unknown to the schema"), "{}", run.stdout.len());
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn a_very_long_text_is_shown_whole() {
    let mut repo = with_record();
    let words = |step: usize| {
        (0..40_000).map(|at| format!("w{}", (at * step) % 40_000)).collect::<Vec<_>>().join(" ")
    };
    repo.write("notes/a.yaml", note("a", "2023-02-01", 1) + &format!("text: {}\n", words(1)));
    repo.commit("a long text");
    repo.write("notes/a.yaml", note("a", "2023-03-01", 1) + &format!("text: {}\n", words(7)));
    let start = Instant::now();
    repo.run(&["diff", "a", "--worktree"]).answer();
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

/// A year in which three editions change the same two thousand items: the time of its report grew with their
/// cube.
#[test]
fn a_report_on_thousands_of_items_of_one_record_takes_little_time() {
    let mut repo = notes();
    for (month, what) in [(1, None), (5, Some("x")), (9, Some("y")), (12, Some("z"))] {
        let line = |at: usize| {
            let day = format!("2024-{:02}-{:02}", 1 + at % 4, 1 + at % 28);
            format!("  - {{id: m{at}, at: {day}, what: {}}}\n", what.expect("items"))
        };
        let marks: String = what.map_or(String::new(), |_| (0..2_000).map(line).collect());
        let marks = if marks.is_empty() { marks } else { format!("marks:\n{marks}") };
        repo.write("notes/a.yaml", note("a", &format!("2024-{month:02}-10"), 1) + &marks);
        repo.commit("edition");
    }
    let start = Instant::now();
    let report = repo.run(&["report", "2024"]).answer();
    assert!(report.lines().count() >= 2_000, "{}", report.lines().count());
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

/// What a branch can write by the thousand: corrections, findings, comments, names. Each took minutes here
/// when its time grew with its square.
#[test]
fn thousands_of_anything_take_little_time() {
    const MANY: usize = 3_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..MANY).map(line).collect::<String>();
    let marks = |word: &str| {
        format!("marks:\n{}", lines(&|at| format!("  - {{id: m{at}, at: 2020-05-01, what: {word}}}\n")))
    };
    let log = |word: &str| {
        format!(
            "corrections:\n{}",
            lines(&|at| format!("  - {{path: \"marks[m{at}].what\", what: {word}}}\n"))
        )
    };
    let loose = |word: &str| {
        format!("loose:\n{}", lines(&|at| format!("  - {{at: 2020-05-01, what: {word}{at}}}\n")))
    };
    let above = "# sincewhen: ignore[yaml-portability] because it is\n".repeat(MANY);
    let accepted = lines(&|_| "  - no # sincewhen: ignore[yaml-portability] because it is\n".to_owned());
    let unknown: String = lines(&|at| format!("yaml-portabilitx{at}, "));
    let cases = [
        (marks("x"), marks("y") + &log("a")),
        (log("a"), log("b")),
        (loose("x"), loose("y")),
        (String::new(), above + "text: a\n"),
        (String::new(), format!("list:\n{accepted}")),
        (String::new(), format!("list: [no] # sincewhen: ignore[{unknown}] because it is\n")),
        (String::new(), format!("formerly:\n{}", lines(&|at| format!("  - {{name: b{at}}}\n")))),
        (String::new(), format!("marks:\n{}", "  - {id: m, at: 2031-01-01}\n".repeat(MANY))),
    ];
    for (before, after) in cases {
        let mut repo = notes();
        repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + &before);
        repo.commit("record");
        repo.write("notes/a.yaml", note("a", "2024-02-10", 1) + &after);
        repo.commit("edit");
        let start = Instant::now();
        let run = check(&repo, "2024-06-01", &["--base", "HEAD~1", "--policy-from", "base"]);
        assert!(run.code < 2, "{}", run.stderr);
        let words: String = after.chars().take(60).collect();
        assert!(start.elapsed() < PATIENCE, "{words}: {:?}", start.elapsed());
    }
}
