//! Comments that accept a finding: `# sincewhen: ignore[rule-id, rule-id] reason`, behind the line it is
//! about or on a line of its own above it. A reason is required; a comment that accepts nothing is itself
//! reported.

use super::words::{did_you_mean, nearest};
use super::{CheckBasis, CheckedFile, words};
use crate::model::finding::Accepted;
use crate::model::{ByteSpan, Finding};
use crate::schema::CheckRule;
use serde_json::json;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// The most misspelt rules of a file for which the nearest is looked for.
const MOST_SUGGESTED: usize = 20;

/// An ignore comment.
struct Ignore {
    span: ByteSpan,
    /// The 1-based line it is about.
    line: usize,
    /// The rules that it names, each once.
    rules: Vec<String>,
    reason: String,
}

/// The comments by line and rule: of several the first.
type ByLine<'i> = HashMap<(usize, &'i str), usize>;

/// The findings of one file that no comment accepts, those that one does, and what is wrong with the
/// comments. `ran` says whether a rule was run at all: a comment for one that was not is not useless.
pub fn apply(
    checker: &CheckBasis<'_>,
    source: &CheckedFile,
    findings: Vec<Finding>,
    ran: impl Fn(&str) -> bool,
) -> (Vec<Finding>, Vec<Accepted>) {
    let (ignores, mut out) = read(checker, source);
    if ignores.is_empty() {
        out.extend(findings);
        return (out, Vec::new());
    }
    let mut by_line = ByLine::new();
    for (at, ignore) in ignores.iter().enumerate() {
        for rule in &ignore.rules {
            by_line.entry((ignore.line, rule)).or_insert(at);
        }
    }
    let mut used: HashSet<(usize, String)> = HashSet::new();
    let mut accepted = Vec::new();
    for mut finding in findings {
        let Some(at) = accepting(&by_line, &finding) else {
            out.push(finding);
            continue;
        };
        used.insert((at, finding.rule.clone()));
        match checker.rule(&finding.rule).filter(|rule| !checker.comment_counts(rule)) {
            Some(rule) => {
                finding.help = Some(refusal(rule, finding.help.take()));
                out.push(finding);
            }
            None => accepted.push(Accepted { finding, reason: ignores[at].reason.clone(), in_source: true }),
        }
    }
    for (at, ignore) in ignores.iter().enumerate() {
        let is_unused = |rule: &&String| !used.contains(&(at, (*rule).clone())) && ran(rule);
        for rule in ignore.rules.iter().filter(is_unused) {
            let message =
                format!("this comment accepts `{}`, and there is no such finding here", words::shown(rule));
            out.extend(about(checker, source, ("ignore-unused", rule), ignore.span, message));
        }
    }
    super::sort(&mut out);
    (out, accepted)
}

/// Why a comment does not accept a finding, after what else is to be done about it.
fn refusal(rule: &CheckRule, help: Option<String>) -> String {
    let words = format!("the comment here does not count: {}", rule.accept.in_words());
    help.map_or_else(|| words.clone(), |help| format!("{help}; {words}"))
}

/// The first comment that accepts a finding, on the line where it begins or ends.
fn accepting(by_line: &ByLine<'_>, finding: &Finding) -> Option<usize> {
    let place = finding.place.as_ref()?;
    let on = |line: usize| by_line.get(&(line, finding.rule.as_str())).copied();
    [on(place.start.line), on(place.end.line)].into_iter().flatten().min()
}

fn marker(text: &str) -> Option<&str> {
    let at = text.find("sincewhen:")?;
    let standing = at == 0 || text[..at].ends_with("# ") || text[..at].ends_with('#');
    standing.then(|| text[at + "sincewhen:".len()..].trim())
}

fn read(checker: &CheckBasis<'_>, source: &CheckedFile) -> (Vec<Ignore>, Vec<Finding>) {
    let (mut ignores, mut faults) = (Vec::new(), Vec::new());
    let below = OnceCell::new();
    let mut suggested = 0;
    for comment in &source.reading.comments {
        let Some(words) = marker(&comment.text) else { continue };
        let parts = words.strip_prefix("ignore[").and_then(|rest| rest.split_once(']'));
        let Some((list, reason)) = parts else {
            let message = "this comment is meant for sincewhen and cannot be understood".to_owned();
            faults.extend(about(checker, source, ("ignore-malformed", ""), comment.span, message));
            continue;
        };
        let rules: Vec<String> =
            list.split(',').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
        let unknown = rules.iter().filter(|rule| checker.rule(rule).is_none());
        for rule in unknown {
            let message = format!("there is no rule `{}`", words::shown(rule));
            suggested += 1;
            let near = match suggested {
                ..=MOST_SUGGESTED => nearest(rule, checker.rules().map(|rule| rule.id.as_str())),
                _ => None,
            };
            faults.extend(about(checker, source, ("ignore-malformed", rule), comment.span, message).map(
                |mut found| {
                    found.help = did_you_mean(near).or(found.help);
                    found
                },
            ));
        }
        if !reason.chars().any(char::is_alphanumeric) {
            let message = "this comment gives no reason, so it accepts nothing".to_owned();
            faults.extend(about(checker, source, ("ignore-malformed", list), comment.span, message));
            continue;
        }
        let mut named = HashSet::new();
        let known = rules.iter().filter(|rule| checker.rule(rule).is_some() && named.insert(*rule));
        let known: Vec<String> = known.cloned().collect();
        let line = if comment.trailing {
            source.reading.place(comment.span.start).line
        } else {
            let own = source.reading.place(comment.span.start).line;
            let lines = below.get_or_init(|| lines_below(source));
            lines.get(own).copied().unwrap_or(own + 1)
        };
        ignores.push(Ignore { span: comment.span, line, rules: known, reason: reason.trim().to_owned() });
    }
    (ignores, faults)
}

/// By the number of a line, that of the next one that is neither blank nor a comment.
fn lines_below(source: &CheckedFile) -> Vec<usize> {
    let first = source.reading.place(0).line;
    let lines: Vec<&str> = source.reading.text.lines().collect();
    let mut out = vec![0; first + lines.len()];
    let mut next = first + lines.len();
    for (at, line) in lines.iter().enumerate().rev() {
        out[first + at] = next;
        let passes = line.trim().is_empty() || line.trim_start().starts_with('#');
        next = if passes { next } else { first + at };
    }
    out
}

fn about(
    checker: &CheckBasis<'_>,
    source: &CheckedFile,
    (rule, argument): (&str, &str),
    span: ByteSpan,
    message: String,
) -> Option<Finding> {
    let identity = checker.identity(source);
    let mut found = checker.file(source, identity.as_ref()).by_id(
        rule,
        (Some(span), None),
        json!([argument]),
        message,
    )?;
    found.ignore_hint = None;
    Some(found)
}
