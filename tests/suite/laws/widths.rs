//! Lines of source and tests are at most 110 columns wide: rustfmt breaks neither comments nor texts.

use crate::support::{files_below, own_repository};

const WIDTH: usize = 110;

/// The lines that are too wide, by number. A row of a table in a comment cannot be broken, and what stands in
/// a raw text is data.
fn too_wide(text: &str) -> Vec<usize> {
    let (mut out, mut raw) = (Vec::new(), None::<String>);
    for (at, line) in text.lines().enumerate() {
        let was_raw = raw.is_some();
        let mut rest = line;
        loop {
            rest = match &raw {
                Some(end) => match rest.split_once(end.as_str()) {
                    Some((_, after)) => {
                        raw = None;
                        after
                    }
                    None => break,
                },
                None => {
                    let Some(start) =
                        rest.find("r#").filter(|at| !rest[..*at].ends_with(char::is_alphanumeric))
                    else {
                        break;
                    };
                    let after = &rest[start + 1..];
                    let marks = after.len() - after.trim_start_matches('#').len();
                    let Some(inside) = after[marks..].strip_prefix('"') else { break };
                    raw = Some(format!("\"{}", "#".repeat(marks)));
                    inside
                }
            };
        }
        let is_row = ["//! |", "/// |", "// |"].iter().any(|row| line.trim_start().starts_with(row));
        let has_raw = was_raw || raw.is_some() || line.contains("r#\"") || line.contains("r##\"");
        if line.chars().count() > WIDTH && !is_row && !has_raw {
            out.push(at + 1);
        }
    }
    out
}

#[test]
fn lines_are_not_too_wide() {
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        for (path, bytes) in files_below(&own_repository().join(folder)) {
            if path.ends_with(".rs") {
                let lines = too_wide(&String::from_utf8_lossy(&bytes));
                found.extend(lines.into_iter().map(|at| format!("{folder}/{path}:{at}")));
            }
        }
    }
    assert!(found.is_empty(), "more than {WIDTH} columns:\n{}", found.join("\n"));
}

/// The test above can fail.
#[test]
fn wide_lines_are_found() {
    let wide = "x".repeat(WIDTH + 1);
    assert_eq!(too_wide(&format!("let a = 1;\n// {wide}\n//! | {wide} |\nlet b = \"{wide}\";\n")), [2, 4]);
    assert_eq!(too_wide(&format!("let a = r#\"\n{wide}\n\"#;\n{wide}\n")), [4]);
}
