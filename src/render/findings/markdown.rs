//! Findings for comments and job summaries.

use super::{acceptance, acceptance_line, in_short, policy_line};
use crate::model::Level;
use crate::model::finding::{Finding, FindingsView, RuleListView};
use crate::render::markdown::{code, escape};

/// Words in which backticks mark code: each marked part as code, all else escaped. Whatever a stray
/// backtick does to the pairing, no part is left as it is.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let marked = |(at, part): (usize, &&str)| match (at % 2, part.is_empty()) {
        (0, _) => escape(part),
        (_, true) => String::new(),
        (_, false) => cell(part),
    };
    parts.iter().enumerate().map(marked).collect()
}

/// The longest text for a job's summary, in bytes: GitHub drops a summary of more than 1 MiB.
pub const SUMMARY: usize = 1_000_000;
/// The most acceptances and changed files that are listed before the rest is counted.
const MOST_NAMED: usize = 50;

/// The answer of `check`: all of it, up to the size of a job's summary.
pub fn write(view: &FindingsView) -> String {
    let mut out = String::from("### Checks\n\n");
    out.push_str(&body(view, SUMMARY));
    out
}

/// The answer without a heading, in at most about `longest` bytes: what is left out is counted.
pub fn body(view: &FindingsView, longest: usize) -> String {
    let mut out = String::new();
    if let Some(line) = policy_line(view) {
        out.push_str(&format!("> **{}**\n", escape(&line)));
        named(&mut out, view.policy_changes.iter().map(|change| code(change)), view.policy_changes.len());
        out.push('\n');
    }
    if !view.findings.is_empty() {
        out.push_str("| | where | finding |\n|---|---|---|\n");
        let mut findings: Vec<&Finding> = view.findings.iter().collect();
        findings.sort_by_key(|finding| finding.level);
        let mut left = findings.len();
        for finding in findings {
            let row = row(finding);
            if out.len() + row.len() > longest {
                break;
            }
            out.push_str(&row);
            left -= 1;
        }
        if left > 0 {
            let words = if left == 1 { "1 finding is".to_owned() } else { format!("{left} findings are") };
            out.push_str(&format!("\n{words} left out here; `sincewhen check` prints all of them\n"));
        }
        out.push('\n');
    }
    if let Some(line) = acceptance_line(view) {
        out.push_str(&format!("> **{}**\n", escape(&line)));
        named(
            &mut out,
            view.own_acceptances.iter().map(|one| escape(&acceptance(one))),
            view.own_acceptances.len(),
        );
        out.push('\n');
    }
    out.push_str(&format!("{}\n", escape(&in_short(view))));
    out
}

fn named(out: &mut String, lines: impl Iterator<Item = String>, count: usize) {
    for line in lines.take(MOST_NAMED) {
        out.push_str(&format!("> - {line}\n"));
    }
    if count > MOST_NAMED {
        out.push_str(&format!(
            "> - … and {} more; `sincewhen check --format json` lists all of them\n",
            count - MOST_NAMED
        ));
    }
}

/// The answer of `check --list-rules`.
pub fn rules(view: &RuleListView) -> String {
    let mut out = String::from("| rule | level | about |\n|---|---|---|\n");
    for rule in &view.rules {
        out.push_str(&format!(
            "| {} | {} | {} |\n",
            cell(&rule.id),
            rule.level.as_str(),
            escape(&rule.title)
        ));
    }
    out
}

fn row(finding: &Finding) -> String {
    let mark = match finding.level {
        Level::Error => "🔴 error",
        Level::Warning => "🟡 warning",
        Level::Note => "🔵 note",
    };
    let at = finding
        .place
        .map_or_else(String::new, |place| format!(":{}:{}", place.start.line, place.start.column));
    let help = finding.help.as_ref().map_or_else(String::new, |help| format!("<br>*help:* {}", prose(help)));
    let (place, rule) = (cell(&format!("{}{at}", finding.file)), cell(&finding.rule));
    format!("| {mark} | {place} | {} ({rule}){help} |\n", prose(&finding.message))
}

/// Code in a table, where a bar would end the cell even between backticks.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}
