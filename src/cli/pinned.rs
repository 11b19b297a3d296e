//! Options that pin an answer, the citation of an answer, and reading one back.

use super::args::{Cli, Command};

use crate::model::Failure;
use crate::model::cite::AnswerCitation;
use crate::render::{self};
use crate::session::{self, Question};
use clap::FromArgMatches;
use serde_json::Value;

/// The question that a command line in normal form asks. Options that say where and how are not part of it.
///
/// # Errors
/// A text that is no such command line.
pub fn read_question(line: &str) -> Result<Question, Failure> {
    let shown = render::plain(line);
    let unknown = || Failure::new(format!("the citation's question cannot be read: `{shown}`"));
    let words = shlex::split(line).ok_or_else(unknown)?;
    if words.first().map(String::as_str) != Some("sincewhen") {
        return Err(unknown());
    }
    let matches = super::args::command().try_get_matches_from(&words).map_err(|_| unknown())?;
    let cli = Cli::from_arg_matches(&matches).map_err(|_| unknown())?;
    Ok(match &cli.command {
        Command::Log(args) => Question::Log(super::log::question(args)),
        Command::Show(args) => Question::Show(super::show::question(args)?),
        Command::Diff(args) => Question::Diff(super::diff::question(args)?),
        Command::Changelog(args) => Question::Changelog(super::changelog::question(args)?),
        Command::Since(args) => Question::Since(super::since::question(args)?),
        Command::Report(args) => Question::Report(super::report::question(args)?),
        Command::Blame(args) => Question::Blame(super::blame::question(args)),
        Command::Explain(args) => Question::Explain(super::explain::question(args)),
        _ => return Err(unknown()),
    })
}

/// A citation out of a file, and the answer beside it: a JSON answer, CSL-JSON, BibTeX, or lines of text.
///
/// # Errors
/// There is no citation in it, or a part of it is missing.
pub fn read_citation(text: &str) -> Result<(AnswerCitation, Option<Value>), Failure> {
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let item = value.as_array().and_then(|items| items.first()).unwrap_or(&value);
        let (cite, answer) = match (value.get(session::CITE_FIELD), item.pointer("/custom/sincewhen")) {
            // A citation by itself has no answer beside it.
            (Some(cite), _) => (cite, value.get("format").map(|_| value.clone())),
            (None, Some(cite)) => (cite, None),
            (None, None) => return Err(no_citation()),
        };
        let cite = serde_json::from_value(cite.clone())
            .map_err(|error| Failure::new(format!("the citation is incomplete: {error}")))?;
        return Ok((cite, answer));
    }
    let mut found = serde_json::Map::new();
    for line in text.lines() {
        if let Some((name, value)) = pin(line.trim()) {
            found.entry(name).or_insert(Value::String(value));
        }
    }
    if found.is_empty() {
        return Err(no_citation());
    }
    let cite = serde_json::from_value(Value::Object(found))
        .map_err(|error| Failure::new(format!("the citation is incomplete: {error}")))?;
    Ok((cite, None))
}

fn no_citation() -> Failure {
    Failure::new("no citation found").hint(
        "`--cite`, `--cite=bibtex` and `--cite=csl-json` print one; every answer of `--format json` has one",
    )
}

/// One line of a citation: `name: value`, or `name = {value},`.
fn pin(line: &str) -> Option<(String, String)> {
    const NAMES: [&str; 8] =
        ["dataset", "question", "as-of", "known-at", "known-on", "policy-from", "tool", "sha256"];
    let (name, value) = match line.split_once(" = {") {
        Some((name, rest)) => (name, rest.strip_suffix("},").or_else(|| rest.strip_suffix('}'))?),
        None => line.split_once(": ")?,
    };
    let known = NAMES.contains(&name) || name == "licence";
    known.then(|| (name.replace('-', "_"), decoded(value)))
}

/// Text in which `%XX` stands for a byte.
fn decoded(text: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%');
        let byte = digits.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        out.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}
