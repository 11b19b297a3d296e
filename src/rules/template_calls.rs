//! The filters and tests that a template calls, found in its text: the library notices an unknown one only
//! when it comes to it, which may be years later, in a sentence that is published.

use minijinja::{Environment, ErrorKind};

/// A filter or test that a template calls and that is none, in words.
pub fn unknown(env: &Environment<'_>, template: &str) -> Option<String> {
    let calls = code(template).iter().flat_map(|part| calls(part)).collect::<Vec<_>>();
    calls.into_iter().find_map(|(what, name)| {
        let (probe, kind) = match what {
            "filter" => (format!("none|{name}"), ErrorKind::UnknownFilter),
            _ => (format!("none is {name}"), ErrorKind::UnknownTest),
        };
        let found = env.compile_expression(&probe).and_then(|probe| probe.eval(()));
        let is_unknown = found.is_err_and(|error| error.kind() == kind);
        is_unknown.then(|| format!("there is no {what} `{name}`"))
    })
}

/// What stands between the delimiters of a template, without the texts in quotation marks.
fn code(template: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let mut part = String::new();
        let mut quote = None;
        let mut end = rest.len();
        let mut chars = rest[start + 2..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match (quote, c) {
                (Some(_), '\\') => {
                    chars.next();
                }
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '}' | '%') if chars.peek().is_some_and(|(_, next)| *next == '}') => {
                    end = start + 2 + at + 2;
                    break;
                }
                (None, c) => part.push(c),
            }
        }
        out.push(part);
        rest = &rest[end..];
    }
    out
}

/// The names behind `|` and `is`.
fn calls(code: &str) -> Vec<(&'static str, String)> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let filters = code.split('|').skip(1).map(|rest| ("filter", name(rest)));
    let words: Vec<&str> = code.split_whitespace().collect();
    let tests = words.windows(3).chain(words.windows(2)).filter_map(|words| match words {
        ["is", "not", name] | ["is", name] if *name != "not" => Some(*name),
        _ => None,
    });
    let tests = tests.map(|text| ("test", name(text)));
    filters.chain(tests).filter(|(_, name)| !name.is_empty()).collect()
}
