//! Every revision of every record that was ever committed, judged by today's rules.
//!
//! A problem that stands in many revisions of a record is reported once, at the newest of them.

use super::state::{Dataset, DatasetFile};
use crate::check::{CheckedFile, Checker, sort, suppress};
use crate::document::{self, Item, ReadOptions};
use crate::files::Content;
use crate::git::{EntryKind, Repository};
use crate::model::finding::{Accepted, Related};
use crate::model::text::is_invisible;
use crate::model::{Failure, Finding, ObjectId, RepoPath};
use crate::schema::Role;
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Texts in which nothing was found: items of files of many records, and what stands around them. Most of a
/// file is the same in all of its revisions.
#[derive(Default)]
struct CleanTexts {
    known: Mutex<HashSet<(u64, u64)>>,
    states: (RandomState, RandomState),
}

impl CleanTexts {
    /// A text's key; a kind's texts are not another's.
    fn key(&self, kind: usize, text: impl Hash) -> (u64, u64) {
        (self.states.0.hash_one((kind, &text)), self.states.1.hash_one((kind, &text)))
    }

    fn has(&self, key: (u64, u64)) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&key)
    }

    fn add(&self, key: (u64, u64)) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
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
    let clean = CleanTexts::default();
    let results =
        repo.read_many(&blobs, |at, bytes| bytes.map(|bytes| judge(checker, &revisions[at], bytes, &clean)));
    let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut past = each_once(&revisions, results);
    if let Some(baseline) = &dataset.baseline {
        let (kept, accepted) = baseline.apply(checker, std::mem::take(&mut past.findings));
        past.findings = kept;
        past.accepted.extend(accepted);
    }
    sort(&mut past.findings);
    Ok(past)
}

/// What was found in all revisions, newest first: each finding once, at its newest place, with a remark on
/// how many older revisions have it.
fn each_once(revisions: &[CheckedRevision], results: Vec<(Vec<Finding>, Vec<Accepted>)>) -> HistoryFindings {
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
    past
}

/// What is found in a revision, in each of its records.
fn judge(
    checker: &Checker<'_>,
    revision: &CheckedRevision,
    bytes: Vec<u8>,
    clean: &CleanTexts,
) -> (Vec<Finding>, Vec<Accepted>) {
    let route = checker.policy().kinds[revision.kind].spec.items_route();
    let cut = route.and_then(|route| {
        let cut = document::items(&bytes, &route.keys().unwrap_or_default(), None).ok()?;
        Some((clean.key(revision.kind, ("around", around(&bytes, &cut.items))), cut.items))
    });
    // A comment between two items may be about either.
    let is_about_items = |items: &[Item]| {
        around(&bytes, items).iter().any(|part| memchr::memmem::find(part, b"sincewhen:").is_some())
    };
    let by_item = cut.as_ref().filter(|(around, items)| clean.has(*around) && !is_about_items(items));
    let sources = match by_item.and_then(|(_, items)| new_items(revision, &bytes, items, clean)) {
        Some(sources) => sources,
        None => {
            let items = cut.as_ref().map_or(&[][..], |(_, items)| items);
            let keys =
                items.iter().map(|item| clean.key(revision.kind, item.name(&bytes))).collect::<Vec<_>>();
            let (path, role) = (revision.path.clone(), Role::Record(revision.kind));
            let file = DatasetFile { path, role, content: Content::Bytes(bytes) };
            let sources = file.sources(checker.policy(), false);
            if let Some((around, _)) = &cut
                && sources.iter().all(|source| source.reading.problems.is_empty())
            {
                clean.add(*around);
            }
            let keys = if keys.len() == sources.len() { keys } else { Vec::new() };
            let keys = keys.into_iter().map(Some).chain(std::iter::repeat(None));
            sources.into_iter().zip(keys).map(|(source, key)| (key, source)).collect()
        }
    };
    let mut out = (Vec::new(), Vec::new());
    for (key, source) in sources {
        if key.is_some_and(|key| clean.has(key)) {
            continue;
        }
        let found = checker.check(&source).findings;
        if let (true, Some(key)) = (found.is_empty(), key) {
            clean.add(key);
        }
        let (kept, accepted) = suppress::apply(checker, &source, found, |_| false);
        out.0.extend(kept.into_iter().map(|finding| of_revision(finding, revision)));
        out.1.extend(accepted);
    }
    out
}

fn of_revision(mut finding: Finding, revision: &CheckedRevision) -> Finding {
    finding.commit = Some(revision.commit);
    finding.ended_by = revision.ended_by;
    finding.fix = None;
    finding.ignore_hint = None;
    finding
}

/// What stands before, between and after the items of a text.
fn around<'t>(bytes: &'t [u8], items: &[Item]) -> Vec<&'t [u8]> {
    let mut at = 0;
    let mut out = Vec::new();
    for item in items {
        out.push(bytes.get(at..item.span.start).unwrap_or_default());
        at = item.span.end;
    }
    out.push(bytes.get(at..).unwrap_or_default());
    out
}

/// A file to be checked, and what it is remembered by where nothing is found in it.
type KeyedSource = (Option<(u64, u64)>, CheckedFile);

/// The items in which something may be found, each read by itself, in the places it has in the file; `None`
/// where the file must be read as a whole.
fn new_items(
    revision: &CheckedRevision,
    bytes: &[u8],
    items: &[Item],
    clean: &CleanTexts,
) -> Option<Vec<KeyedSource>> {
    let text = std::str::from_utf8(bytes).ok()?;
    // What is wrong with a text as a whole is found in the whole.
    if document::conflict(text).is_some() || (!text.is_ascii() && text.chars().any(is_invisible)) {
        return None;
    }
    let mut whole: Option<Arc<str>> = None;
    let mut out = Vec::new();
    for item in items {
        let key = clean.key(revision.kind, item.name(bytes));
        if clean.has(key) {
            continue;
        }
        let (own, blanks) = (item.text(bytes), item.blanks()?);
        let reading = document::read(own.as_bytes(), &ReadOptions::lenient());
        let whole = whole.get_or_insert_with(|| Arc::from(text));
        let source = CheckedFile {
            file: revision.path.clone(),
            role: Role::Record(revision.kind),
            key: item.key.as_deref().map(str::to_owned),
            leads: false,
            reading: reading.moved(whole, blanks, item.span.start)?,
        };
        out.push((Some(key), source));
    }
    Some(out)
}
