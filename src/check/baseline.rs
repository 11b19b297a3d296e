//! The baseline: findings that are accepted for now, by fingerprint.

use super::Checker;
use crate::document::{self, ReadOptions, Reading};
use crate::model::finding::Accepted;
use crate::model::{Finding, Node, RepoPath};
use crate::schema::{PolicyError, refuse_conflict};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// The name every baseline states under `format`.
pub const FORMAT: &str = "sincewhen.baseline/1";
/// The file's name, in the folder of the manifest.
pub use crate::schema::manifest::BASELINE_NAME as FILE_NAME;

/// Accepted findings.
#[derive(Clone, Debug)]
pub struct Baseline {
    file: RepoPath,
    reading: Reading,
    /// Fingerprint → the entry's place in the list.
    entries: HashMap<String, usize>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A file that is no baseline of this format, with its place.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Baseline, PolicyError> {
        refuse_conflict(file, bytes)?;
        let reading = document::read(bytes, &ReadOptions::strict());
        let problem = reading.problems.first();
        if let Some(problem) = problem {
            let place = Some(reading.place(problem.span.start));
            return Err(PolicyError { file: file.to_owned(), place, message: problem.message.clone() });
        }
        let root = reading.document.as_ref().map(|doc| doc.root.clone());
        let format = root.as_ref().and_then(|root| root.get("format")).and_then(Node::scalar_text);
        if format.as_deref() != Some(FORMAT) {
            let message =
                format!("`format` must be `{FORMAT}`; `sincewhen check --write-baseline` writes such a file");
            return Err(PolicyError::whole(file, message));
        }
        let items = root.as_ref().and_then(|root| root.get("findings")).map_or(&[][..], Node::items);
        let entries = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Some((item.get("fingerprint")?.scalar_text()?, at)));
        Ok(Baseline { file: file.into(), entries: entries.collect(), reading: reading.clone() })
    }

    /// The findings that the baseline does not accept, and those it does.
    pub fn apply(&self, checker: &Checker<'_>, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Accepted>) {
        let (mut kept, mut accepted) = (Vec::new(), Vec::new());
        for finding in findings {
            if self.accepts(&finding) && checker.can_be_accepted(&finding.rule) {
                accepted.push(Accepted {
                    finding,
                    reason: "accepted by the baseline".to_owned(),
                    in_source: false,
                });
            } else {
                kept.push(finding);
            }
        }
        (kept, accepted)
    }

    /// Whether an entry names a finding: its fingerprint, and its rule, record and file where the entry has
    /// them. A fingerprint has 48 bits, which somebody who can choose the words of a finding could meet on
    /// purpose; the rest cannot be chosen so.
    fn accepts(&self, finding: &Finding) -> bool {
        let Some(item) = self.entries.get(&finding.fingerprint).and_then(|at| self.items().get(*at)) else {
            return false;
        };
        let agrees = |field: &str, value: Option<String>| {
            item.get(field).and_then(Node::scalar_text).is_none_or(|stated| Some(stated) == value)
        };
        agrees("rule", Some(finding.rule.clone()))
            && agrees("record", finding.record.as_ref().map(|record| record.0.clone()))
            && agrees("file", Some(finding.file.to_string()))
    }

    fn items(&self) -> &[Node] {
        let root = self.reading.document.as_ref().map(|doc| &doc.root);
        root.and_then(|root| root.get("findings")).map_or(&[][..], Node::items)
    }

    /// Entries that accept nothing any more, given all findings that were accepted. Only right if everything
    /// was checked.
    pub fn stale(&self, checker: &Checker<'_>, accepted: &[Accepted]) -> Vec<Finding> {
        let used: HashSet<&str> = accepted.iter().map(|one| one.finding.fingerprint.as_str()).collect();
        let items = self.items();
        // What only a comparison with a base can find is not gone because this run compared nothing.
        let of_gate = |at: usize| {
            let rule = items.get(at).and_then(|item| item.get("rule")).and_then(Node::scalar_text);
            rule.is_some_and(|rule| super::gate::RULES.contains(&rule.as_str()))
        };
        let stale =
            self.entries.iter().filter(|(print, at)| !used.contains(print.as_str()) && !of_gate(**at));
        let found = stale.filter_map(|(print, at)| {
            let message = format!("the baseline accepts {print}, and there is no such finding any more");
            let mut found = checker.about_file("baseline-stale", &self.file, message, None)?;
            found.fingerprint = crate::rules::fingerprint(&serde_json::json!(["baseline-stale", print]));
            found.place = items.get(*at).map(|item| super::record::place_in(&self.reading, item.span));
            found.text = Some(self.reading.text.clone());
            Some(found)
        });
        let mut found: Vec<Finding> = found.collect();
        super::sort(&mut found);
        found
    }
}

impl Baseline {
    /// The lines of the entries that only a comparison with a base can find: kept when the rest is written
    /// anew.
    pub fn of_gate(&self) -> Vec<String> {
        let of_gate = self.items().iter().filter(|item| {
            let rule = item.get("rule").and_then(Node::scalar_text);
            rule.is_some_and(|rule| super::gate::RULES.contains(&rule.as_str()))
        });
        let text =
            |key: &str, value: &Node| Some(format!("{key}: {}", document::scalar(&value.scalar_text()?)));
        let line = |item: &Node| {
            let fields =
                item.entries().iter().filter_map(|entry| text(&entry.key, &entry.value)).collect::<Vec<_>>();
            format!("  - {{{}}}\n", fields.join(", "))
        };
        of_gate.map(line).collect()
    }
}

/// A baseline that accepts some findings, as text; `kept` are lines of entries that stay.
pub fn write(findings: &[Finding], kept: &[String]) -> String {
    let mut out = String::from(
        "# Findings that are accepted for now, by fingerprint: written by `sincewhen check \
            --write-baseline`.\n\
         # `check` reports an entry that no longer accepts anything; remove it then.\n",
    );
    push(&mut out, format_args!("format: {FORMAT}\nfindings:"));
    let mut seen = HashSet::new();
    let distinct: Vec<&Finding> = findings.iter().filter(|f| seen.insert(f.fingerprint.as_str())).collect();
    if distinct.is_empty() && kept.is_empty() {
        out.push_str(" []");
    }
    out.push('\n');
    for finding in distinct {
        let name = match &finding.record {
            Some(record) => format!("record: {}", document::scalar(&record.0)),
            None => format!("file: {}", document::scalar(&finding.file.to_string())),
        };
        let path = finding
            .path
            .as_ref()
            .map_or_else(String::new, |path| format!(", path: {}", document::scalar(&path.to_string())));
        let print = document::scalar(&finding.fingerprint);
        push(&mut out, format_args!("  - {{fingerprint: {print}, rule: {}, {name}{path}}}\n", finding.rule));
    }
    let known: HashSet<&str> = findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    out.extend(
        kept.iter().filter(|line| !known.iter().any(|print| line.contains(print))).map(String::as_str),
    );
    out
}

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("because writing to a string cannot fail");
}
