//! What of the findings is accepted: by comments, by the baseline, by a maintainer's fingerprints.

use super::state::{Dataset, JudgedState};
use super::{CheckedFile, Checker, sort, suppress};
use crate::model::finding::Accepted;
use crate::model::{Finding, RepoPath};
use std::collections::{HashMap, HashSet};

/// Takes out the findings whose fingerprints a maintainer hands over, and gives them with the others.
pub fn accept(
    checker: &Checker<'_>,
    findings: Vec<Finding>,
    prints: &[String],
) -> (Vec<Finding>, Vec<Accepted>) {
    let may =
        |finding: &Finding| prints.contains(&finding.fingerprint) && checker.can_be_accepted(&finding.rule);
    let (taken, kept): (Vec<Finding>, Vec<Finding>) = findings.into_iter().partition(may);
    let reason = "accepted by `--accept`".to_owned();
    (
        kept,
        taken
            .into_iter()
            .map(|finding| Accepted { finding, reason: reason.clone(), in_source: false })
            .collect(),
    )
}

/// Findings, and those that are accepted.
pub struct Sifted {
    /// What remains.
    pub findings: Vec<Finding>,
    /// What a comment or the baseline accepts.
    pub accepted: Vec<Accepted>,
}

/// Takes out what comments and the baseline accept, and adds what is wrong with these.
pub fn sift(
    checker: &Checker<'_>,
    dataset: &Dataset,
    judged: &JudgedState,
    findings: Vec<Finding>,
    (steps, whole): (bool, bool),
) -> Sifted {
    let ran = |rule: &str| {
        let gate = checker.compares(rule) && !steps;
        let partial = rule == "twin-records" && !whole;
        !gate && !partial
    };
    let mut by_file: HashMap<RepoPath, Vec<Finding>> = HashMap::new();
    for finding in findings {
        by_file.entry(finding.file.clone()).or_default().push(finding);
    }
    let mut sifted = Sifted { findings: Vec::new(), accepted: Vec::new() };
    for records in judged.sources.chunk_by(|a, b| a.file == b.file) {
        let source = &of_file(records);
        let own = by_file.remove(&source.file).unwrap_or_default();
        let (kept, accepted) = suppress::apply(checker, source, own, ran);
        sifted.findings.extend(kept);
        sifted.accepted.extend(accepted);
    }
    for source in &judged.beside {
        let own = by_file.remove(&source.file).unwrap_or_default();
        let rules: HashSet<String> = own.iter().map(|finding| finding.rule.clone()).collect();
        let (kept, accepted) = suppress::apply(checker, source, own, |_| false);
        sifted.findings.extend(kept.into_iter().filter(|finding| rules.contains(&finding.rule)));
        sifted.accepted.extend(accepted);
    }
    sifted.findings.extend(by_file.into_values().flatten());
    if let Some(baseline) = &dataset.baseline {
        let (kept, accepted) = baseline.apply(checker, std::mem::take(&mut sifted.findings));
        sifted.findings = kept;
        if whole && !steps {
            sifted.findings.extend(baseline.stale(checker, &accepted));
        }
        sifted.accepted.extend(accepted);
    }
    sort(&mut sifted.findings);
    sifted
}

/// A file's source: of a file of many records, with the comments of all of them.
fn of_file(records: &[CheckedFile]) -> CheckedFile {
    let mut source = records[0].clone();
    source.reading.comments = records.iter().flat_map(|record| record.reading.comments.clone()).collect();
    source
}
