//! Findings → bytes, one file a format.
//!
//! Everything in a finding may be untrusted text: messages quote values, paths are file names, excerpts
//! are lines of files. Each format makes it harmless in its own way.

pub mod github;
pub mod junit;
pub mod markdown;
pub mod pull_request;
pub mod sarif;
mod snippet;
pub mod text;

use crate::model::finding::{Acceptance, FindingsView, Summary};

/// `1 error`, `2 errors`.
fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The last line of an answer: how much was found, and in what.
fn in_short(view: &FindingsView) -> String {
    let Summary { errors, warnings, notes, files, ignored, baselined, older } = view.summary;
    let levels = [(errors, "error"), (warnings, "warning"), (notes, "note")];
    let found: Vec<String> = levels.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what)).collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let beside = [
        (ignored, "accepted by comments"),
        (baselined, "accepted by the baseline"),
        (older, "in the base, too"),
    ];
    let beside: Vec<String> =
        beside.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join(", ")) };
    let files = count(files, "file");
    if view.summary.total() == 0 {
        return format!("{found} in {files}{beside}");
    }
    // Not `in 4 files`: of these some have no finding, and a removed file has one and is not among them.
    let new = if view.base.is_some() { "new: " } else { "" };
    format!("{new}{found}{beside}; {files} checked")
}

/// What stands above the findings where a change is called out, such as one of the rules.
fn policy_line(view: &FindingsView) -> Option<String> {
    if view.policy_changes.is_empty() {
        return None;
    }
    let whose = if view.policy_from == "base" { "the base's rules" } else { "the changed rules" };
    Some(format!("look at these changes first (checked by {whose})"))
}

/// What stands above the findings that the change itself accepts.
fn acceptance_line(view: &FindingsView) -> Option<String> {
    match view.own_acceptances.len() {
        0 => None,
        1 => Some("this change accepts a finding itself, look at it first".to_owned()),
        more => Some(format!("this change accepts {more} findings itself, look at these first")),
    }
}

/// One acceptance on a line.
fn acceptance(one: &Acceptance) -> String {
    let line = one.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{line}: {}: {} (reason given: {})", one.file, one.rule, one.message, one.reason)
}
