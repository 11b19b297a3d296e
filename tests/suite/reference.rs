//! `docs/reference.md`: every annotation, key, template name and filter, written from the definitions and
//! with an example from the rules that are in use. `UPDATE=1 cargo test --test suite reference` writes it
//! anew.

use crate::support::policy::{MapFiles, identity};
use sincewhen::rules::{Engine, template_names as names};
use std::fmt::Write;
use std::path::Path;

/// The files of definitions, each with the structs whose keys a dataset writes.
const KEYS: &[(&str, &[&str])] = &[
    (
        "manifest.rs",
        &["Manifest", "RecordKind", "AssessedSpec", "TableSpec", "CalendarSpec", "EligibleSpec", "StripSpec"],
    ),
    (
        "report.rs",
        &["ReportSpec", "SectionSpec", "SaidElsewhereSpec", "TakeSpec", "TallySpec", "MapSpec", "SeriesSpec"],
    ),
    ("export.rs", &["ExportSpec", "OutcomeSpec", "PanelSpec"]),
    ("rule_files.rs", &["ChangeRule", "MatchSpec", "Example", "ObservationRule"]),
    ("lifecycle.rs", &["Lifecycle", "Frame"]),
    ("check_rules.rs", &["CheckRule"]),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The keys of a struct with their documentation; what is not read from a file is left out.
fn keys(source: &str, name: &str) -> Vec<(String, String)> {
    let start = source.find(&format!("pub struct {name} {{")).unwrap_or_else(|| panic!("no struct {name}"));
    let body = &source[start..start + source[start..].find("\n}").expect("a struct ends")];
    let (mut out, mut doc, mut renamed, mut skipped) = (Vec::new(), String::new(), None, false);
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            doc.push_str(text);
            doc.push(' ');
        } else if line.starts_with("#[serde") {
            renamed =
                line.split("rename = \"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
            skipped |= line.contains("skip");
        } else if let Some(field) = line.strip_prefix("pub ").and_then(|rest| rest.split(':').next())
            && !field.contains(' ')
        {
            let key = renamed.take().unwrap_or_else(|| field.to_owned());
            if !std::mem::take(&mut skipped) {
                out.push((key, doc.trim().to_owned()));
            }
            doc.clear();
        }
    }
    out
}

/// The first line of this repository's own policy that uses a text.
fn example(policy: &MapFiles, wanted: &dyn Fn(&str) -> bool) -> String {
    let mut lines =
        policy.0.iter().filter_map(|(path, bytes)| Some((path, std::str::from_utf8(bytes).ok()?)));
    let found = lines.find_map(|(path, text)| {
        let line = text.lines().map(str::trim).find(|line| wanted(line) && line.len() < 160)?;
        Some(format!("`{}` ({path})", line.trim_end_matches(',').replace('|', "\\|").replace('`', "'")))
    });
    found.unwrap_or_default()
}

/// The names that templates know, a table for each place where they are known.
fn names_tables() -> String {
    let mut text = String::new();
    for (title, table) in [
        ("Names in the words of an act", names::ACT),
        ("Names in the phrase of a field", names::PHRASE),
        ("Names in `each` of a frame", names::FACT),
        ("Names in `listed`", names::LISTED),
        ("Names in the words of a frame", names::FRAME),
        ("Names in the words of an observation", names::OBSERVATION),
        ("Names in every template of a rule", names::EVERYWHERE),
    ] {
        write!(text, "\n## {title}\n\n| name | meaning |\n| --- | --- |\n").expect("a string");
        for (name, meaning) in table {
            writeln!(text, "| `{name}` | {} |", meaning.replace('|', "\\|")).expect("a string");
        }
    }
    text
}

#[test]
fn the_reference_is_what_the_definitions_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut policy = MapFiles::read_from(root, &["schema"]);
    policy.0.retain(|path, _| !path.starts_with("schema/output") && !path.starts_with("schema/import"));
    policy.0.insert("dataset/sincewhen.yaml".to_owned(), read("dataset/sincewhen.yaml").into_bytes());
    let mut text = String::from(
        "# Reference\n\nWhat a dataset can say of itself, for those who write a manifest, a schema or rules. \
            Written by \
         `UPDATE=1 cargo test --test suite reference` from the definitions; examples are lines in use.\n\n\
         ## Annotations of a JSON Schema\n\n| annotation and meaning | example |\n| --- | --- |\n",
    );
    for (_, doc) in keys(&read("src/schema/shape.rs"), "Shape") {
        let Some(name) = doc.strip_prefix('`').and_then(|rest| rest.split(['`', ':']).next()) else {
            continue;
        };
        let line = example(&policy, &|line| line.contains(&format!("\"{name}\":")));
        writeln!(text, "| {} | {line} |", doc.replace('|', "\\|")).expect("writing to a string");
    }
    for (file, structs) in KEYS {
        let source = read(&format!("src/schema/{file}"));
        for name in *structs {
            write!(text, "\n## `{name}`\n\n| key | meaning | example |\n| --- | --- | --- |\n")
                .expect("a string");
            for (key, doc) in keys(&source, name) {
                assert!(!doc.is_empty(), "{file}: {name}.{key} has no documentation");
                let line = example(&policy, &|line| {
                    let inside = line.trim_start_matches(['-', ' ']);
                    inside.starts_with(&format!("{key}:")) || line.contains(&format!("{{{key}: "))
                });
                writeln!(text, "| `{key}` | {} | {line} |", doc.replace('|', "\\|")).expect("a string");
            }
        }
    }
    text.push_str(&names_tables());
    text.push_str(
        "\n## Filters\n\nBesides those of Jinja, with their usual meaning.\n\n| filter | what it does | for \
            example | gives |\n\
         | --- | --- | --- | --- |\n",
    );
    for (name, does, template, gives) in names::FILTERS {
        let shown = template.replace('|', "\\|");
        writeln!(text, "| `{name}` | {does} | `{shown}` | {gives} |").expect("a string");
    }
    let path = root.join("docs/reference.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("docs/reference.md can be written");
        return;
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == text,
        "docs/reference.md is not what the definitions say; `UPDATE=1 cargo test --test suite reference` \
            writes it"
    );
}

/// Each filter's example gives what the reference says it gives.
#[test]
fn the_examples_of_filters_work() {
    for (name, _, template, gives) in names::FILTERS {
        let manifest = format!(
            "format: sincewhen.manifest/1\nrules: rules\nrecords:\n  - {{kind: a, path: \"*.yaml\", schema: \
                a.json, identity: [b], \
             date: c, heading: {}}}\n",
            serde_json::Value::from(*template)
        );
        let files = MapFiles::default()
            .with("sincewhen.yaml", &manifest)
            .with("a.json", "{}")
            .with("rules/README.md", "");
        let (policy, reference) = files.load("");
        let engine = Engine::new(&policy, &reference).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(engine.subject(&identity(&[("b", "x")]), 0).heading, *gives, "{name}");
    }
}
