//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.
//!
//! GitHub draws ten annotations of each level and no more, so the worst come first. A value that holds a line
//! break or `::` must not become a command of its own: message and properties are escaped as the runner's own
//! toolkit does it.

use super::{acceptance, acceptance_line, in_short};
use crate::model::Level;
use crate::model::finding::{Finding, FindingsView};
use crate::render::plain;

/// The most files and acceptances that one annotation names.
const MOST_NAMED: usize = 20;

/// The answer of `check`.
pub fn write(view: &FindingsView) -> String {
    let mut findings: Vec<&Finding> = view.findings.iter().collect();
    findings.sort_by_key(|finding| finding.level);
    let mut out = String::new();
    if !view.policy_changes.is_empty() {
        let list = first(&view.policy_changes, MOST_NAMED);
        out.push_str(&format!(
            "::warning title=rules changed::{}\n",
            data(&format!("look at these first:\n{list}"))
        ));
    }
    if let Some(line) = acceptance_line(view) {
        let list: Vec<String> = view.own_acceptances.iter().map(acceptance).collect();
        let list = first(&list, MOST_NAMED);
        out.push_str(&format!(
            "::warning title=accepted by this change::{}\n",
            data(&format!("{line}:\n{list}"))
        ));
    }
    for finding in findings {
        out.push_str(&command(finding));
        out.push('\n');
    }
    out.push_str(&in_short(view));
    out.push('\n');
    out
}

/// The first of some lines, and how many there are besides.
fn first(lines: &[String], most: usize) -> String {
    let mut out = lines.iter().take(most).cloned().collect::<Vec<_>>().join("\n");
    if lines.len() > most {
        out.push_str(&format!("\n… and {} more", lines.len() - most));
    }
    out
}

fn command(finding: &Finding) -> String {
    let name = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = vec![format!("file={}", property(&finding.file.to_string()))];
    if let Some(place) = &finding.place {
        properties.push(format!("line={}", place.start.line));
        properties.push(format!("endLine={}", place.end.line));
        // GitHub takes columns only within one line.
        if place.start.line == place.end.line {
            properties.push(format!("col={}", place.start.column));
            properties.push(format!("endColumn={}", place.end.column));
        }
    }
    properties.push(format!("title={}", property(&finding.rule)));
    let mut message = finding.message.clone();
    for words in finding.help.iter() {
        message.push_str(&format!("\n{words}"));
    }
    format!("::{name} {}::{}", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    plain(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
