//! Comments that accept a finding: `# sincewhen: ignore[rule-id, rule-id] reason`, behind the line it is
//! about or on a line of its own above it. A reason is required; a comment that accepts nothing is itself
//! reported.

use super::words::{did_you_mean, nearest};
use super::{CheckBasis, CheckedFile, words};
use crate::model::finding::Accepted;
use crate::model::{ByteSpan, Finding};
use crate::schema::CheckRule;
use serde_json::json;

/// An ignore comment.
struct Ignore {
    span: ByteSpan,
    /// The 1-based line it is about.
    line: usize,
    rules: Vec<String>,
    reason: String,
}

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
    let mut used = vec![Vec::new(); ignores.len()];
    let mut accepted = Vec::new();
    for mut finding in findings {
        let Some(at) = ignores.iter().position(|ignore| accepts(ignore, &finding)) else {
            out.push(finding);
            continue;
        };
        used[at].push(finding.rule.clone());
        match checker.rule(&finding.rule).filter(|rule| !checker.comment_counts(rule)) {
            Some(rule) => {
                finding.help = Some(refusal(rule, finding.help.take()));
                out.push(finding);
            }
            None => accepted.push(Accepted { finding, reason: ignores[at].reason.clone(), in_source: true }),
        }
    }
    for (ignore, used) in ignores.iter().zip(used) {
        for rule in ignore.rules.iter().filter(|rule| !used.contains(rule) && ran(rule)) {
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

fn accepts(ignore: &Ignore, finding: &Finding) -> bool {
    let place = finding.place.as_ref();
    ignore.rules.contains(&finding.rule)
        && place.is_some_and(|p| p.start.line == ignore.line || p.end.line == ignore.line)
}

fn marker(text: &str) -> Option<&str> {
    let at = text.find("sincewhen:")?;
    let standing = at == 0 || text[..at].ends_with("# ") || text[..at].ends_with('#');
    standing.then(|| text[at + "sincewhen:".len()..].trim())
}

fn read(checker: &CheckBasis<'_>, source: &CheckedFile) -> (Vec<Ignore>, Vec<Finding>) {
    let (mut ignores, mut faults) = (Vec::new(), Vec::new());
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
            let near = nearest(rule, checker.rules().map(|rule| rule.id.as_str()));
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
        let known = rules.into_iter().filter(|rule| checker.rule(rule).is_some()).collect();
        let line = if comment.trailing {
            source.reading.place(comment.span.start).line
        } else {
            line_below(&source.reading.text, comment.span, source.reading.place(comment.span.start).line)
        };
        ignores.push(Ignore { span: comment.span, line, rules: known, reason: reason.trim().to_owned() });
    }
    (ignores, faults)
}

/// The number of the next line that is neither blank nor a comment.
fn line_below(text: &str, comment: ByteSpan, own: usize) -> usize {
    let rest = text.get(comment.end..).unwrap_or("").lines().skip(1);
    let passed = rest.take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#')).count();
    own + 1 + passed
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
