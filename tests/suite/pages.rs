//! Pages for people that name files, tests, commands and answers: what they name exists, and what they show
//! is what the program says. `UPDATE=1 cargo test --test suite pages` writes the answers in README anew.

use crate::support::{files_below, own_repository};
use std::collections::BTreeSet;
use std::path::Path;

fn page(name: &str) -> String {
    std::fs::read_to_string(own_repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What stands between backticks, outside of code blocks.
fn quoted(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    prose.split('`').skip(1).step_by(2).map(|part| part.replace('\n', " ")).collect()
}

/// `a/{b,c}.yaml` → `a/b.yaml`, `a/c.yaml`.
fn unfolded(path: &str) -> Vec<String> {
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) if open < close => path[open + 1..close]
            .split(',')
            .map(|part| format!("{}{part}{}", &path[..open], &path[close + 1..]))
            .collect(),
        _ => vec![path.to_owned()],
    }
}

/// Whether a path is there: from the top, or from where the sources and the tests lie. `<id>` and `*` stand
/// for any name.
fn is_there(path: &str) -> bool {
    ["", "src", "tests/suite"].iter().any(|from| {
        let root = own_repository().join(from);
        match path.find(['<', '*']) {
            None => root.join(path).exists(),
            Some(at) => {
                let folder = path[..at].rsplit_once('/').map_or("", |(folder, _)| folder);
                let end = path.rsplit(['>', '*']).next().unwrap_or("");
                let folder = root.join(folder);
                folder.is_dir() && files_below(&folder).iter().any(|(file, _)| file.ends_with(end))
            }
        }
    })
}

fn is_path(text: &str) -> bool {
    let ends_as_one = text.ends_with('/') || Path::new(text).extension().is_some();
    text.contains('/')
        && ends_as_one
        && !text.starts_with(['-', '/', '.'])
        && !text.contains([' ', '"', '(', '$', '=', ':'])
}

/// The texts of the tests, by their paths below `tests/suite`.
fn tests() -> Vec<(String, String)> {
    let files = files_below(&own_repository().join("tests/suite"));
    let text = |bytes| String::from_utf8(bytes).ok();
    files.into_iter().filter_map(|(path, bytes)| Some((path, text(bytes)?))).collect()
}

/// Whether `laws::claims::some_test` is a test of the suite.
fn is_test(name: &str, tests: &[(String, String)]) -> bool {
    let Some((modules, function)) = name.rsplit_once("::") else { return false };
    let place = modules.replace("::", "/");
    tests.iter().any(|(path, text)| {
        let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
        (place == module || place.starts_with(&format!("{module}/")))
            && text.contains(&format!("fn {function}("))
    })
}

#[test]
fn every_path_that_a_page_names_is_there() {
    let mut missing = Vec::new();
    let mut looked_at = 0;
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        for path in quoted(&page(name)).iter().filter(|text| is_path(text)).flat_map(|text| unfolded(text)) {
            looked_at += 1;
            if !is_there(&path) {
                missing.push(format!("{name}: {path}"));
            }
        }
    }
    assert!(looked_at > 40, "only {looked_at} paths were found in the pages");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_command_that_a_page_names_can_be_typed() {
    let tests = tests();
    let modules: BTreeSet<&str> =
        tests.iter().filter_map(|(path, _)| path.split(['/', '.']).next()).collect();
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for name in ["CONTRIBUTING.md", "README.md", "ARCHITECTURE.md"] {
        for text in quoted(&page(name)) {
            let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "UPDATE=1").collect();
            match words.as_slice() {
                ["sincewhen", _, ..] if !text.contains('<') => {
                    looked_at += 1;
                    if let Err(error) = sincewhen::cli::command().try_get_matches_from(&words)
                        && error.use_stderr()
                    {
                        faults.push(format!("{name}: {text}: {error}"));
                    }
                }
                ["cargo", "test", "--test", "suite", filters @ ..] => {
                    looked_at += 1;
                    for filter in filters.iter().filter(|word| **word != "--") {
                        if !modules.contains(filter.trim_end_matches("::")) {
                            faults.push(format!("{name}: {text}: no test is named `{filter}`"));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(looked_at > 8, "only {looked_at} commands were found in the pages");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Each invariant of ARCHITECTURE names a test that holds it.
#[test]
fn every_invariant_has_its_test() {
    let text = page("ARCHITECTURE.md");
    let start = text.find("## What must stay true").expect("the section");
    let section = text[start..].split("\n## ").next().expect("a section");
    let tests = tests();
    let invariants: Vec<&str> = section.split("\n- ").skip(1).collect();
    assert!(invariants.len() > 8, "{section}");
    let mut faults = Vec::new();
    for invariant in invariants {
        let named: Vec<String> = quoted(invariant).into_iter().filter(|name| name.contains("::")).collect();
        if named.is_empty() {
            faults.push(format!("no test is named: {invariant}"));
        }
        faults.extend(
            named.iter().filter(|name| !is_test(name, &tests)).map(|name| format!("no such test: {name}")),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a shell answers to the command of an example: laid out as for a terminal of 80 columns, or, in a
/// pipe, by rows.
fn answer(command: &str) -> String {
    let program = env!("CARGO_BIN_EXE_sincewhen");
    let mut run = std::process::Command::new("sh");
    run.current_dir(own_repository()).arg("-c").arg(command.replacen("sincewhen", "\"$PROGRAM\"", 1));
    run.env("PROGRAM", program).env("SINCEWHEN_NO_CACHE", "1").env("NO_COLOR", "1");
    run.env_remove("SINCEWHEN_DATASET").env_remove("COLUMNS");
    if !command.contains(" | ") {
        run.env("COLUMNS", "80");
    }
    let out = run.output().expect("because a shell starts");
    assert_eq!(out.status.code(), Some(0), "{command}: {}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).expect("because answers are UTF-8");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// README with the answers of its examples, each a block that begins with `$ sincewhen`.
fn answered(text: &str) -> (String, usize) {
    let mut examples = 0;
    let parts = text.split("```").enumerate().map(|(at, part)| {
        let Some(command) = part.trim_start().strip_prefix("$ sincewhen ").filter(|_| at % 2 == 1) else {
            return part.to_owned();
        };
        examples += 1;
        let typed = format!("sincewhen {}", command.lines().next().expect("a command"));
        format!("\n$ {typed}\n{}\n", answer(&typed))
    });
    let parts: Vec<String> = parts.collect();
    (parts.join("```"), examples)
}

#[test]
fn the_examples_in_readme_are_what_the_program_says() {
    let found = page("README.md");
    let (wanted, examples) = answered(&found);
    assert!(examples > 2, "README has {examples} examples");
    if std::env::var_os("UPDATE").is_some() {
        return std::fs::write(own_repository().join("README.md"), wanted)
            .expect("because the repository can be written");
    }
    let differs = found.lines().zip(wanted.lines()).position(|(a, b)| a != b);
    assert!(
        found == wanted,
        "README.md, line {:?}: `UPDATE=1 cargo test --test suite pages` writes it anew\n{wanted}",
        differs.map(|at| at + 1)
    );
}
