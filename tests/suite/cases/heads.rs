//! A record that loses what makes it a record, its name or its date: that cannot be accepted.

use super::{MANIFEST, check, found, note, notes};
use crate::support::Repo;

/// A dataset whose schema demands name and date, as most do.
fn demanding() -> Repo {
    let mut repo = notes();
    let schema = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
 "required": ["name", "dated"], "properties": {
  "name": {"title": "Name", "type": "string", "pattern": "^[a-z]+$"},
  "dated": {"title": "Dated", "type": "string", "format": "date"},
  "reviewed": {"type": "string", "format": "date"},
  "level": {"title": "Level"},
  "corrections": {"type": "array", "x-nature": "editorial"},
  "marks": {"items": {"type": "object", "x-date": "at"}, "x-key": ["id"]}}}"#;
    repo.write("sincewhen.yaml", MANIFEST).write("note.schema.json", schema);
    repo.write("notes/a.yaml", note("a", "2024-01-10", 1) + "marks:\n  - {id: m1, at: 2020-05-01}\n");
    repo.commit("edition");
    repo
}

/// A comment that accepts what the schema demands opened the gate: the record was gone, and nothing compared
/// it with what was published.
#[test]
fn a_comment_makes_no_record_of_what_is_none() {
    let accept = "# sincewhen: ignore[schema-required, schema-type, schema-form, schema-date, schema-other, \
                  record-head] as agreed";
    for (text, path) in [
        (format!("{{}} {accept}\n"), "name"),
        (format!("name: {accept}\ndated: 2024-02-10\nlevel: 1\n"), "name"),
        (format!("name: [a] {accept}\ndated: 2024-02-10\nlevel: 1\n"), "name"),
        (format!("name: {{a: b}} {accept}\ndated: 2024-02-10\n"), "name"),
        (format!("level: 1 {accept}\ndated: 2024-02-10\n"), "name"),
        (format!("name: a {accept}\nlevel: 1\n"), "dated"),
        (format!("name: a\ndated: {accept}\nlevel: 1\n"), "dated"),
        (format!("name: a\ndated: [2024-02-10] {accept}\nlevel: 1\n"), "dated"),
        (format!("name: a\ndated: soon {accept}\nlevel: 1\n"), "dated"),
        (format!("name: a\ndated: \"2024-02\" {accept}\nlevel: 1\n"), "dated"),
    ] {
        let mut repo = demanding();
        repo.write("notes/a.yaml", text.as_str());
        assert!(found(&repo, "2024-06-01", &[]).contains(&format!("record-head {path}")), "{text}");
        repo.commit("a branch");
        for policy in ["base", "head"] {
            let all = found(&repo, "2024-06-01", &["--base", "HEAD~1", "--policy-from", policy]);
            let refused = |one: &String| *one == format!("record-head {path}");
            assert!(all.iter().any(refused), "{policy}, {text}: {all:?}");
            assert!(!all.iter().any(|one| *one == format!("schema-required {path}")), "once: {all:?}");
        }
    }
}

/// No source says the days that editors set themselves.
#[test]
fn what_to_write_for_a_day_that_does_not_exist() {
    for (more, advice) in [
        ("dated: 2024-02-31\n", "set `dated: 2024-06-01`, or the day as of which the record speaks"),
        ("dated: 2024-02-10\nreviewed: 2024-02-31\n", "set it to the day of the review"),
        (
            "dated: 2024-02-10\ncorrections: [{date: 2024-02-31, path: level, what: x, why: it was}]\n",
            "set it to the day of the correction",
        ),
        ("dated: 2024-02-10\nmarks: [{id: m, at: 2020-02-31}]\n", "look the date up in the source"),
    ] {
        for repo in [notes(), demanding()] {
            repo.write("notes/b.yaml", format!("name: b\nlevel: 1\n{more}"));
            let text = check(&repo, "2024-06-01", &["notes/b.yaml"]).stdout;
            let said = text.contains("error[date-impossible]") || text.contains("error[record-head]");
            assert!(said && text.contains(advice), "{more}: {text}");
        }
    }
    let repo = demanding();
    repo.write("notes/a.yaml", note("a", "2024-13-01", 1));
    let text = check(&repo, "2024-06-01", &["--base", "HEAD"]).stdout;
    assert_eq!(text.matches("set `dated: 2024-06-01`").count(), 2, "{text}");
}
