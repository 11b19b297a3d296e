//! Findings for comments and job summaries.

use super::{in_short, policy_line};
use crate::model::Level;
use crate::model::finding::{Finding, FindingsView, RuleListView};
use crate::render::markdown::{code, escape};

/// Words in which backticks mark code: each marked part as code, all else escaped. Whatever a stranger's backtick does to the
/// pairing, no part is left as it is.
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

/// The most findings of one table: a comment on GitHub has at most 65,536 characters.
const MOST: usize = 150;

/// The answer of `check`.
pub fn write(view: &FindingsView) -> String {
    let mut out = String::from("### Checks\n\n");
    out.push_str(&body(view));
    out
}

/// The answer without a heading.
pub fn body(view: &FindingsView) -> String {
    let mut out = String::new();
    if let Some(line) = policy_line(view) {
        out.push_str(&format!("> **{}**\n", escape(&line)));
        for change in &view.policy_changes {
            out.push_str(&format!("> - {}\n", code(change)));
        }
        out.push('\n');
    }
    if !view.findings.is_empty() {
        out.push_str("| | where | finding |\n|---|---|---|\n");
        let mut findings: Vec<&Finding> = view.findings.iter().collect();
        findings.sort_by_key(|finding| finding.level);
        for finding in findings.iter().take(MOST) {
            out.push_str(&row(finding));
        }
        if findings.len() > MOST {
            out.push_str(&format!("\n… and {} more\n", findings.len() - MOST));
        }
        out.push('\n');
    }
    out.push_str(&format!("{}\n", escape(&in_short(view))));
    out
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
