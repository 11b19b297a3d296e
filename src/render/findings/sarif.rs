//! SARIF 2.1.0 (OASIS standard, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>), as far as findings need
//! it.
//!
//! Columns count Unicode code points (§3.14.17), regions end just past their last character (§3.30), paths
//! are percent-encoded and relative to the repository's root (§3.4.4).

use crate::model::finding::{Finding, FindingsView, Fix, Related};
use crate::model::{Level, Place, RepoPath};
use crate::render::plain;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'v> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'v>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'v> {
    tool: Tool<'v>,
    column_kind: &'static str,
    results: Vec<SarifResult<'v>>,
}

#[derive(Serialize)]
struct Tool<'v> {
    driver: Driver<'v>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'v> {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule<'v>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'v> {
    id: &'v str,
    short_description: Message,
    full_description: Message,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'v> {
    rule_id: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, &'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Message,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<SarifReplacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifReplacement {
    deleted_region: Region,
    inserted_content: Message,
}

/// The answer of `check`.
pub fn write(view: &FindingsView) -> String {
    let rules: Vec<Rule<'_>> = view
        .rules
        .iter()
        .map(|rule| Rule {
            id: &rule.id,
            short_description: message(&rule.title),
            full_description: message(&rule.why),
            default_configuration: Configuration { level: level(rule.level) },
        })
        .collect();
    let open = view.findings.iter().map(|finding| result(view, finding, Vec::new()));
    let accepted = view.accepted.iter().map(|one| {
        let kind = if one.in_source { "inSource" } else { "external" };
        result(view, &one.finding, vec![Suppression { kind, justification: plain(&one.reason) }])
    });
    let results = open.chain(accepted).collect();
    let driver = Driver { name: "sincewhen", version: crate::model::VERSION, rules };
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [SarifRun { tool: Tool { driver }, column_kind: "unicodeCodePoints", results }],
    };
    crate::render::json::write(&log)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// Plain text: brackets that would make a link of it are escaped (§3.11.6).
fn message(text: &str) -> Message {
    let clean = plain(text);
    let text = if clean.contains("](") {
        clean.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        clean
    };
    Message { text }
}

fn result<'v>(
    view: &'v FindingsView,
    finding: &'v Finding,
    suppressions: Vec<Suppression>,
) -> SarifResult<'v> {
    let words = match &finding.help {
        Some(help) => format!("{}. Help: {help}", finding.message),
        None => finding.message.clone(),
    };
    let related = finding
        .related
        .iter()
        .enumerate()
        .filter(|(_, related)| related.commit.is_none())
        .map(related_location);
    SarifResult {
        rule_id: &finding.rule,
        rule_index: view.rules.iter().position(|rule| rule.id == finding.rule),
        level: level(finding.level),
        message: message(&words),
        locations: [Location {
            id: None,
            physical_location: physical(&finding.file, finding.place.as_ref()),
            message: None,
        }],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([("sincewhen/v1", finding.fingerprint.as_str())]),
        baseline_state: finding.new.then_some("new"),
        suppressions,
        fixes: finding.fix.iter().map(|fix| sarif_fix(&finding.file, fix)).collect(),
    }
}

fn related_location((at, related): (usize, &Related)) -> Location {
    let physical_location = physical(&related.file, related.place.as_ref());
    Location { id: Some(at), physical_location, message: Some(message(&related.message)) }
}

fn sarif_fix(file: &RepoPath, fix: &Fix) -> SarifFix {
    let replacement = |edit: &crate::model::finding::Replacement| SarifReplacement {
        deleted_region: region(&edit.place),
        inserted_content: Message { text: edit.with.clone() },
    };
    let change = ArtifactChange {
        artifact_location: location(file),
        replacements: fix.replacements.iter().map(replacement).collect(),
    };
    SarifFix { description: message(&fix.title), artifact_changes: [change] }
}

fn physical(file: &RepoPath, place: Option<&Place>) -> PhysicalLocation {
    PhysicalLocation { artifact_location: location(file), region: place.map(region) }
}

fn region(place: &Place) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

/// A path as a relative URI (RFC 3986): everything but unreserved characters and `/` is percent-encoded, byte
/// by byte.
fn location(file: &RepoPath) -> ArtifactLocation {
    let mut uri = String::new();
    for byte in &file.0 {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(*byte))
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    ArtifactLocation { uri, uri_base_id: "%SRCROOT%" }
}
