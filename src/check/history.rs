//! Every revision of every record that was ever committed, judged by today's rules.
//!
//! A problem that stands in many revisions of a record is reported once, at the newest of them.

use super::state::Dataset;
use crate::check::{CheckedFile, Checker, sort, suppress};
use crate::document::{self, ReadOptions};
use crate::git::{EntryKind, Repository};
use crate::model::finding::{Accepted, Related};
use crate::model::{Failure, Finding, ObjectId, RepoPath};
use crate::schema::Role;
use std::collections::{HashMap, HashSet};

/// What was found in history.
pub struct HistoryFindings {
    /// The findings.
    pub findings: Vec<Finding>,
    /// What is accepted.
    pub accepted: Vec<Accepted>,
    /// How many revisions were looked at.
    pub revisions: usize,
}

struct CheckedRevision {
    commit: ObjectId,
    path: RepoPath,
    kind: usize,
    blob: ObjectId,
}

/// Checks all revisions reachable from `tip`.
///
/// # Errors
/// A history of which a part is missing or damaged, as in a partial clone.
pub fn run(
    repo: &Repository,
    checker: &Checker<'_>,
    dataset: &Dataset,
    tip: &ObjectId,
    wanted: &dyn Fn(&RepoPath) -> bool,
) -> Result<HistoryFindings, Failure> {
    let history = repo.history(tip, &RepoPath::from(dataset.policy.root.as_str()))?;
    let (mut seen, mut revisions) = (HashSet::new(), Vec::new());
    for touch in &history.touches {
        let (path, Some(entry)) = (touch.path(), &touch.entry) else { continue };
        let Some(kind) = dataset.policy.kind_of(path).filter(|_| wanted(path)) else { continue };
        let plain = matches!(entry.kind(), EntryKind::File | EntryKind::Executable);
        if plain && seen.insert((path.clone(), entry.hash())) {
            let commit = history.commits[touch.commit].id();
            revisions.push(CheckedRevision { commit, path: path.clone(), kind, blob: entry.blob() });
        }
    }
    let blobs: Vec<ObjectId> = revisions.iter().map(|revision| revision.blob).collect();
    // An object that is missing is no fault of the data: what cannot be read cannot be judged.
    let results =
        repo.read_many(&blobs, |at, bytes| bytes.map(|bytes| judge(checker, &revisions[at], &bytes)));
    let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut past = HistoryFindings { findings: Vec::new(), accepted: Vec::new(), revisions: revisions.len() };
    let mut by_print: HashMap<String, usize> = HashMap::new();
    let mut oldest: HashMap<usize, (usize, ObjectId)> = HashMap::new();
    for (revision, (findings, accepted)) in revisions.iter().zip(results) {
        past.accepted.extend(accepted);
        for finding in findings {
            match by_print.get(&finding.fingerprint) {
                Some(at) => {
                    let slot = oldest.entry(*at).or_insert((0, revision.commit));
                    *slot = (slot.0 + 1, revision.commit);
                }
                None => {
                    by_print.insert(finding.fingerprint.clone(), past.findings.len());
                    past.findings.push(finding);
                }
            }
        }
    }
    for (at, (count, commit)) in oldest {
        let file = past.findings[at].file.clone();
        let revisions =
            if count == 1 { "1 older revision".to_owned() } else { format!("{count} older revisions") };
        let message = format!("the same in {revisions}, first in commit {}", commit.short());
        past.findings[at].related.push(Related {
            file,
            place: None,
            message,
            commit: Some(commit),
            text: None,
        });
    }
    if let Some(baseline) = &dataset.baseline {
        let (kept, accepted) = baseline.apply(checker, std::mem::take(&mut past.findings));
        past.findings = kept;
        past.accepted.extend(accepted);
    }
    sort(&mut past.findings);
    Ok(past)
}

fn judge(checker: &Checker<'_>, revision: &CheckedRevision, bytes: &[u8]) -> (Vec<Finding>, Vec<Accepted>) {
    let mark = |mut finding: Finding| {
        finding.commit = Some(revision.commit);
        finding.fix = None;
        finding.ignore_hint = None;
        finding
    };
    let reading = document::read(bytes, &ReadOptions::lenient());
    let source =
        CheckedFile { file: revision.path.clone(), key: None, role: Role::Record(revision.kind), reading };
    let found = checker.check(&source).findings;
    let (kept, accepted) = suppress::apply(checker, &source, found, |_| false);
    (kept.into_iter().map(mark).collect(), accepted)
}
