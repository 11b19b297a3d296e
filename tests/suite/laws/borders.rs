//! The borders between modules: imports go one way, and each outside thing has one user.

use crate::support::{files_below, own_repository};

/// Which module may import which (DESIGN: "Shape of the code").
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("cache", &[]),
    ("model", &[]),
    ("document", &["model"]),
    ("git", &["model"]),
    ("files", &["model", "git"]),
    ("schema", &["model", "document", "files"]),
    ("dataset", &["model", "document", "schema", "files"]),
    ("history", &["model", "document", "schema", "git", "dataset", "diff"]),
    ("diff", &["model", "schema"]),
    ("rules", &["model", "document", "schema", "dataset", "diff"]),
    ("check", &["model", "document", "schema", "files", "git", "dataset", "diff", "history", "rules"]),
    ("report", &["model", "document", "schema", "history", "diff", "rules"]),
    ("import", &["model", "document", "schema", "dataset"]),
    ("export", &["model", "schema", "dataset", "history", "diff", "rules", "report"]),
    ("render", &["model"]),
    (
        "session",
        &[
            "model", "document", "schema", "files", "git", "dataset", "history", "diff", "rules", "check",
            "report", "import", "export", "cache",
        ],
    ),
    (
        "cli",
        &[
            "model", "document", "schema", "files", "git", "dataset", "rules", "check", "render", "cache",
            "session", "site",
        ],
    ),
    ("site", &["model", "session", "render"]),
];

/// What only some modules may use, and why.
const KEPT_TO: &[(&str, &[&str], &str)] = &[
    ("git2::", &["git"], "one module speaks to repositories"),
    ("granit_parser::", &["document"], "one module reads YAML"),
    ("serde_yaml::", &["document"], "one module reads YAML"),
    ("toml::", &["document"], "one module reads TOML"),
    ("clap::", &["cli"], "the command line is one module's"),
    ("std::env", &["cli"], "the environment is the command line's"),
    ("env!(", &["cli", "model"], "the environment is the command line's"),
    ("::now()", &["cli"], "the clock is the command line's"),
    ("SystemTime", &["cli"], "the clock is the command line's"),
    ("std::process::", &["cli"], "only the command line starts programs and exits"),
    (
        "std::fs",
        &["cache", "check", "cli", "export", "files", "git", "session", "site"],
        "files are read at the edges",
    ),
    ("redb::", &["cache"], "one module keeps what was learned"),
    ("println!", &["cli"], "only the command line prints"),
    (
        "minijinja::",
        &["rules", "render", "import", "site"],
        "one module words sentences, one writes pages and a reader's own templates, one fills the templates \
            of its grammars, one writes a site",
    ),
    ("jsonschema::", &["check"], "one module holds data to schemas"),
    ("annotate_snippets::", &["render"], "drawing is the renderers'"),
    ("regex::", &["check", "import"], "patterns are grammars', and grammars are the imports'"),
    ("regex_syntax::", &["import"], "patterns are grammars', and grammars are the imports'"),
    ("rusqlite::", &["export"], "databases are the exports'"),
    ("parquet::", &["export"], "columns are the exports'"),
    ("calamine::", &["import"], "tables of others are the imports'"),
    ("quick_xml::", &["import"], "tables of others are the imports'"),
    ("zip::", &["import"], "tables of others are the imports'"),
    ("html5gum::", &["import"], "pages of others are the imports'"),
];

/// The Rust files with their module, their depth in it, and their lines without comments.
fn sources() -> Vec<(String, String, usize, Vec<String>)> {
    let mut out = Vec::new();
    for (path, bytes) in files_below(&own_repository().join("src")) {
        if matches!(path.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let text = String::from_utf8(bytes).expect("because sources are UTF-8");
        let steps: Vec<&str> =
            path.trim_end_matches(".rs").split('/').filter(|step| *step != "mod").collect();
        let module = steps[0].to_owned();
        let lines = text.lines().map(code).collect();
        out.push((path.clone(), module, steps.len(), lines));
    }
    out
}

fn code(line: &str) -> String {
    let line = if line.trim_start().starts_with("//") { "" } else { line };
    line.split_once(" // ").map_or(line, |(code, _)| code).to_owned()
}

/// The crate's modules that a line names: `crate::a::…`, `crate::{a, b::c}`, or `super::…` that climbs out of
/// the own module.
fn named(line: &str, depth: usize) -> Vec<String> {
    let mut out = Vec::new();
    let climbing = "super::".repeat(depth);
    for start in ["crate::", climbing.as_str()] {
        for (at, _) in line.match_indices(start) {
            let is_word = line[..at]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$'));
            if is_word {
                continue;
            }
            let rest = &line[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(list) => {
                    let mut nested = 0;
                    for part in list.split_inclusive(['{', '}', ',']) {
                        let name = word(part.trim_start());
                        if nested == 0 && !name.is_empty() {
                            out.push(name);
                        }
                        nested += part.matches('{').count() as i64 - part.matches('}').count() as i64;
                    }
                }
                None => out.push(word(rest)),
            }
        }
    }
    out
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_go_one_way() {
    let modules: Vec<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    let mut found = Vec::new();
    for (path, module, depth, lines) in sources() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            found.push(format!(
                "src/{path}: the module `{module}` has no row in the table of tests/laws/borders.rs"
            ));
            continue;
        };
        for (at, line) in lines.iter().enumerate() {
            for name in named(line, depth) {
                if modules.contains(&name.as_str()) && name != module && !allowed.contains(&name.as_str()) {
                    found.push(format!(
                        "src/{path}:{}: `{module}` may not import `{name}`: {}",
                        at + 1,
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_outside_thing_has_its_users() {
    let mut found = Vec::new();
    for (path, module, _, lines) in sources() {
        for (at, line) in lines.iter().enumerate() {
            for (thing, users, why) in KEPT_TO {
                if line.contains(thing) && !users.contains(&module.as_str()) {
                    found.push(format!(
                        "src/{path}:{}: `{thing}` in `{module}`, but {why}: {}",
                        at + 1,
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The tests above can fail.
#[test]
fn the_border_tests_see_imports() {
    assert_eq!(named("use crate::rules::{self, words};", 2), ["rules"]);
    assert_eq!(
        named("use crate::{model::{FieldPath, Node}, rules, git::Repository};", 2),
        ["model", "rules", "git"]
    );
    assert_eq!(named("    let x = crate::history::load(crate::git::open());", 2), ["history", "git"]);
    assert_eq!(named("use super::super::rules::Engine;", 2), ["rules"]);
    assert_eq!(named("use super::rules::Engine;", 2), Vec::<String>::new());
    assert_eq!(named("pub(crate) fn f() {}", 2), Vec::<String>::new());
    assert_eq!(code("    /// See [`crate::rules`]."), "");
}
