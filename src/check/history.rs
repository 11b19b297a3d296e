//! Every revision of every record that was ever committed, judged by today's rules.
//!
//! A problem that stands in many revisions of a record is reported once, at the newest of them.

use super::state::{Dataset, DatasetFile};
use crate::check::{Checker, sort, suppress};
use crate::document;
use crate::files::Content;
use crate::git::{EntryKind, Repository};
use crate::model::finding::{Accepted, Related};
use crate::model::{Failure, Finding, ObjectId, RepoPath};
use crate::schema::Role;
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

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
    /// The commit that put another content, or none, in its place; none where it stands.
    ended_by: Option<ObjectId>,
}

/// Items of files of many records in which nothing was found, by kind and text: most of a file is the
/// same in all of its revisions.
#[derive(Default)]
struct CleanItems(Mutex<HashSet<(usize, String)>>);

impl CleanItems {
    fn has(&self, kind: usize, text: &str) -> bool {
        self.0.lock().is_ok_and(|clean| clean.contains(&(kind, text.to_owned())))
    }

    fn add(&self, kind: usize, text: String) {
        if let Ok(mut clean) = self.0.lock() {
            clean.insert((kind, text));
        }
    }
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
    let mut newer: HashMap<RepoPath, ObjectId> = HashMap::new();
    for touch in &history.touches {
        let path = touch.path();
        let Some(kind) = dataset.policy.kind_of(path).filter(|_| wanted(path)) else { continue };
        let ended_by = newer.insert(path.clone(), history.commits[touch.commit].id());
        let Some(entry) = &touch.entry else { continue };
        let plain = matches!(entry.kind(), EntryKind::File | EntryKind::Executable);
        if plain && seen.insert((path.clone(), entry.hash())) {
            let commit = history.commits[touch.commit].id();
            revisions.push(CheckedRevision {
                commit,
                path: path.clone(),
                kind,
                blob: entry.blob(),
                ended_by,
            });
        }
    }
    let blobs: Vec<ObjectId> = revisions.iter().map(|revision| revision.blob).collect();
    // An object that is missing is no fault of the data: what cannot be read cannot be judged.
    let clean = CleanItems::default();
    let results =
        repo.read_many(&blobs, |at, bytes| bytes.map(|bytes| judge(checker, &revisions[at], bytes, &clean)));
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

/// What is found in a revision, in each of its records.
fn judge(
    checker: &Checker<'_>,
    revision: &CheckedRevision,
    bytes: Vec<u8>,
    clean: &CleanItems,
) -> (Vec<Finding>, Vec<Accepted>) {
    let mark = |mut finding: Finding| {
        finding.commit = Some(revision.commit);
        finding.ended_by = revision.ended_by;
        finding.fix = None;
        finding.ignore_hint = None;
        finding
    };
    let route = checker.policy().kinds[revision.kind].spec.items_route();
    let texts: Vec<String> = match &route {
        Some(route) => document::items(&bytes, &route.keys().unwrap_or_default())
            .map(|items| items.into_iter().map(|item| item.text).collect())
            .unwrap_or_default(),
        None => Vec::new(),
    };
    let is_clean = |text: &String| clean.has(revision.kind, text);
    if !texts.is_empty() && texts.iter().all(is_clean) {
        return (Vec::new(), Vec::new());
    }
    let (path, role) = (revision.path.clone(), Role::Record(revision.kind));
    let file = DatasetFile { path, role, content: Content::Bytes(bytes) };
    let sources = file.sources(checker.policy(), false);
    let mut out = (Vec::new(), Vec::new());
    let aligned = texts.len() == sources.len();
    for (at, source) in sources.iter().enumerate() {
        let text = texts.get(at).filter(|_| aligned);
        if text.is_some_and(is_clean) {
            continue;
        }
        let found = checker.check(source).findings;
        if let (true, Some(text)) = (found.is_empty(), text) {
            clean.add(revision.kind, text.clone());
        }
        let (kept, accepted) = suppress::apply(checker, source, found, |_| false);
        out.0.extend(kept.into_iter().map(mark));
        out.1.extend(accepted);
    }
    out
}
