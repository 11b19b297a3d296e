//! Words that people try and this program does not have, and what they are called here: hints for a command
//! line that cannot be read.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Commands of other programs, and ours.
const COMMANDS: &[(&[&str], &str)] = &[
    (
        &["list", "ls", "records", "history", "editions"],
        "`sincewhen log` lists the records and their editions",
    ),
    (
        &["compare", "changes", "what", "between"],
        "`sincewhen changelog NAME 2018..2020` says what changed, `diff` shows the fields",
    ),
    (&["status", "stands", "standing", "current"], "`sincewhen since NAME` says what stands, and since when"),
    (
        &["get", "cat", "view", "print", "profile", "open", "read"],
        "`sincewhen show NAME` prints a record to read",
    ),
    (
        &["search", "find", "grep", "query"],
        "`sincewhen changelog --field FIELD` and `--rule RULE` choose sentences; in a pipe `grep` finds \
            words",
    ),
    (&["year", "annual", "yearly", "summary"], "`sincewhen report 2019` says what a year brought"),
    (&["validate", "lint", "test"], "`sincewhen check` finds what is wrong with the data"),
    (&["who", "annotate"], "`sincewhen blame NAME FIELD` says in which edition a fact was first recorded"),
    (&["version", "about"], "`sincewhen --version` says which program this is"),
    (&["why", "prove"], "`sincewhen explain FINGERPRINT` proves a sentence"),
];

/// Options of other programs, and ours.
const OPTIONS: &[(&[&str], &str)] = &[
    (
        &["--csv", "--json", "--html", "--markdown", "--md", "--yaml", "-f", "-o"],
        "formats are chosen with `--format`, and `> FILE` writes to a file",
    ),
    (&["--output", "--out", "--file"], "`> FILE` writes the answer to a file"),
    (&["--date", "--on", "--at", "--asof"], "`--as-of DATE`, or the date alone, names the edition"),
    (&["--start", "--begin", "--after"], "a range begins with `--from`"),
    (&["--end", "--before"], "a range ends with `--to`"),
    (&["--kind", "--type"], "`--rule` takes rules and kinds of observation; `--nature` natures"),
    (&["--region", "--name", "--topic"], "records are named without an option: `sincewhen since NAME`"),
    (&["-n", "--limit", "--max", "--head"], "in a pipe an answer is a row a line: `| head`"),
];

/// Formats of other programs, and ours.
const FORMATS: &[(&[&str], &str)] = &[
    (&["excel", "xlsx", "xls", "ods", "tsv", "table"], "a spreadsheet opens `--format csv`"),
    (
        &["pdf", "docx", "word", "doc"],
        "`report --format html` prints to PDF; `--format markdown` can be pasted into a text",
    ),
    (&["md"], "Markdown is `--format markdown`"),
    (&["yml", "ndjson", "txt", "plain"], "formats are yaml, jsonl and text by their full names"),
];

/// Adds what is meant to an error, in place of a guess by spelling. Returns the hint to print after it.
pub(super) fn hint(error: &mut clap::Error) -> Option<String> {
    let given = |error: &clap::Error, kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = given(error, ContextKind::InvalidSubcommand)?;
            let known = known(COMMANDS, &word);
            let is_near = error.get(ContextKind::SuggestedSubcommand).is_some();
            if known.is_none() && is_near {
                return None;
            }
            error.remove(ContextKind::SuggestedSubcommand);
            Some(known.map_or_else(|| of_a_name(&word), str::to_owned))
        }
        ErrorKind::UnknownArgument => {
            let word = given(error, ContextKind::InvalidArg)?;
            let hint = known(OPTIONS, word.split('=').next().unwrap_or(&word))?;
            // The guess stands in the usage, too.
            for kind in [ContextKind::SuggestedArg, ContextKind::Suggested, ContextKind::Usage] {
                error.remove(kind);
            }
            Some(hint.to_owned())
        }
        ErrorKind::InvalidValue => {
            let word = given(error, ContextKind::InvalidValue)?;
            let hint = known(FORMATS, &word)?;
            error.remove(ContextKind::SuggestedValue);
            Some(hint.to_owned())
        }
        _ => None,
    }
}

/// What to ask of a name that stands where a command is expected.
fn of_a_name(word: &str) -> String {
    format!(
        "a command comes first: `sincewhen since {word}` says what stands, `changelog {word}` what changed, \
            `show {word}` all of it"
    )
}

fn known(table: &'static [(&'static [&'static str], &'static str)], word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    table.iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, hint)| *hint)
}
