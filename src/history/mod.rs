//! Revisions → editions → timelines.
//!
//! Owns which revision is which record, which edition stands, and which document a blob holds. Must not classify or word.

pub mod blame;
mod blob_index;
mod lines;
mod pick;
mod reverts;
mod selection;
mod store;
mod timeline;

/// Reads the editions of a record one after another.
pub use crate::document::Series;
pub use pick::{Moment, Pick, PickError};
pub use selection::Selection;
pub use store::Store;
pub use timeline::{Archive, Edition, Revision, RevisionProblem, Timeline};

use crate::dataset::read_head;
use crate::git::{GitError, History, ObjectHash, Repository};
use crate::model::{BlobId, CommitId, Identity, PartialDate, RepoPath};
use crate::schema::Policy;
pub use blob_index::{BlobHead, BlobIndex, BlobSummary, HeadKey};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use timeline::{FileRevision, Mark};

/// A file of the working tree that stands in for a newest revision.
#[derive(Clone, Debug)]
pub struct WorkFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// The id its bytes would have as a blob.
    pub blob: BlobId,
}

/// What a history is read from, and which records of it are wanted.
#[derive(Clone, Copy)]
pub struct HistoryQuestion<'q> {
    /// The repository.
    pub repo: &'q Repository,
    /// Its documents.
    pub store: &'q Store,
    /// Which files are records.
    pub policy: &'q Policy,
    /// The commit whose history is read.
    pub tip: &'q CommitId,
    /// The records.
    pub selection: &'q Selection,
    /// Every record file of the working tree, to be read as the newest revision; `None` to read commits only.
    pub worktree: Option<&'q [WorkFile]>,
}

/// Reads the history reachable from a commit and sorts it into timelines.
///
/// Never fails on old content: what cannot be read becomes a problem of its revision.
///
/// # Errors
/// Only what git itself cannot answer: a missing or corrupt commit or tree.
pub fn load(asked: &HistoryQuestion<'_>) -> Result<Archive, GitError> {
    let history = asked.repo.history(asked.tip, &RepoPath::from(asked.policy.root.as_str()))?;
    sort(asked, history, &mut BlobIndex::default())
}

/// Sorts a history that was walked into timelines. Reads no blob that `heads` knows, and adds to it what it reads.
///
/// # Errors
/// As [`load`].
pub fn sort(
    asked: &HistoryQuestion<'_>,
    history: History,
    heads: &mut BlobIndex,
) -> Result<Archive, GitError> {
    let HistoryQuestion { repo, store, policy, tip, selection, worktree } = *asked;
    let prefix = RepoPath::from(policy.root.as_str());
    let mut versions = Vec::new();
    let mut deletions = Vec::new();
    let mut kinds: HashMap<&RepoPath, Option<usize>> = HashMap::new();
    for touch in &history.touches {
        let Some(kind) = *kinds.entry(touch.path()).or_insert_with(|| policy.kind_of(touch.path())) else {
            continue;
        };
        let node = &history.commits[touch.commit];
        let blob = touch.entry.map(|entry| entry.hash());
        let mark =
            Mark { commit: Some(node.hash()), rank: (node.level + 1, node.order), path: touch.path(), blob };
        match &touch.entry {
            Some(entry) => {
                versions.push(FileRevision { kind, mark, blob: entry.hash(), odd_mode: odd_mode(entry.mode) })
            }
            None => deletions.push(mark),
        }
    }
    let mut standing: HashMap<RepoPath, ObjectHash> = HashMap::new();
    match worktree {
        Some(files) => {
            for file in files {
                standing.insert(file.path.clone(), ObjectHash::try_from(&file.blob)?);
            }
            add_worktree(&mut versions, repo, policy, tip, files, &prefix)?;
        }
        None => {
            for file in repo.tree(tip, &prefix)? {
                standing.insert(file.path, ObjectHash::try_from(&file.blob)?);
            }
        }
    }
    heads.keep_to(&versions);
    read_heads(store, policy, &versions, selection, heads);
    let ancestry = reverts::Ancestry::new(&history.commits);
    let mut archive =
        timeline::sort(selection, &versions, &deletions, heads, &standing, &ancestry, worktree.is_some());
    archive.horizon = history.horizon;
    Ok(archive)
}

fn odd_mode(mode: u32) -> Option<&'static str> {
    match mode {
        0o120_000 => Some("a symbolic link, not a record"),
        0o160_000 => Some("a submodule, not a record"),
        _ => None,
    }
}

fn add_worktree<'t>(
    versions: &mut Vec<FileRevision<'t>>,
    repo: &Repository,
    policy: &Policy,
    tip: &CommitId,
    files: &'t [WorkFile],
    prefix: &RepoPath,
) -> Result<(), GitError> {
    let committed: HashMap<RepoPath, BlobId> =
        repo.tree(tip, prefix)?.into_iter().map(|f| (f.path, f.blob)).collect();
    for file in files {
        let Some(kind) = policy.kind_of(&file.path) else { continue };
        if committed.get(&file.path) == Some(&file.blob) {
            continue;
        }
        let blob = ObjectHash::try_from(&file.blob)?;
        let mark = Mark { commit: None, rank: (0, 0), path: &file.path, blob: Some(blob) };
        versions.push(FileRevision { kind, mark, blob, odd_mode: None });
    }
    Ok(())
}

/// Reads the heads of all blobs that can belong to the selection, following declared former identities until no new one turns up.
fn read_heads(
    store: &Store,
    policy: &Policy,
    versions: &[FileRevision<'_>],
    selection: &Selection,
    heads: &mut BlobIndex,
) {
    let mut wanted = selection.clone();
    loop {
        let open = unread(versions.iter(), heads);
        let read = store.heads(&open, |kind, bytes| {
            if !wanted.could_name(bytes) {
                return None;
            }
            Some(head_of(policy, kind, bytes))
        });
        let mut former: Vec<Identity> = Vec::new();
        for (key, head) in open.into_iter().zip(read) {
            let Some(head) = head else { continue };
            if let Ok(head) = &head
                && head.identity.as_ref().is_some_and(|id| wanted.names(id))
            {
                former.extend(head.formerly.iter().map(|id| Identity::clone(id)));
            }
            heads.insert(key, head);
        }
        if !wanted.extend(former) {
            break;
        }
    }
    if versions.iter().all(|c| c.odd_mode.is_some() || heads.knows(&c.key())) {
        return;
    }
    // What else stood at the chosen records' paths, so that an answer does not depend on how many records were asked for.
    let is_wanted = |c: &&FileRevision<'_>| match heads.get(&c.key()) {
        Some(Ok(head)) => head.identity.as_ref().is_some_and(|id| wanted.names(id)),
        _ => false,
    };
    let paths: HashSet<&RepoPath> = versions.iter().filter(is_wanted).map(|c| c.mark.path).collect();
    let rest = unread(versions.iter().filter(|c| paths.contains(c.mark.path)), heads);
    let read = store.heads(&rest, |kind, bytes| Some(head_of(policy, kind, bytes)));
    for (key, head) in rest.into_iter().zip(read) {
        if let Some(head) = head {
            heads.insert(key, head);
        }
    }
}

/// The blobs of regular files whose heads are not known yet, each once. Those of one path stand together, the newest first: as git
/// packs them, so that they are read fastest.
fn unread<'c>(versions: impl Iterator<Item = &'c FileRevision<'c>>, heads: &BlobIndex) -> Vec<HeadKey> {
    let mut wanted: Vec<&FileRevision<'_>> =
        versions.filter(|c| c.odd_mode.is_none() && !heads.knows(&c.key())).collect();
    wanted.sort_by(|a, b| (a.mark.path, a.mark.rank).cmp(&(b.mark.path, b.mark.rank)));
    let mut seen = HashSet::new();
    wanted.into_iter().map(|c| c.key()).filter(|key| seen.insert(*key)).collect()
}

fn head_of(policy: &Policy, kind: usize, bytes: &[u8]) -> BlobHead {
    let spec = &policy.kinds[kind].spec;
    let names: Vec<&str> =
        spec.identity.iter().chain([&spec.date]).chain(&spec.formerly).map(String::as_str).collect();
    let (document, problems) = crate::document::entries(bytes, &names);
    let Some(doc) = document else {
        return Err(problems
            .into_iter()
            .next()
            .map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message));
    };
    let head = read_head(spec, &doc);
    let mut problems: Vec<_> =
        problems.iter().map(|p| (doc.place(p.span.start), p.message.clone())).collect();
    problems.extend(head.problems.iter().map(|(span, message)| (doc.place(span.start), message.clone())));
    let formerly = head.formerly.into_iter().map(Arc::new).collect();
    Ok(BlobSummary {
        identity: head.identity.map(Arc::new),
        formerly,
        date: head.date.map(Arc::new),
        problems,
    })
}

/// A date as editions are grouped by. Where all dates of a record are stamps (`by_moment`), equal moments are one edition however they
/// are written.
fn date_key(date: &PartialDate, by_moment: bool) -> (chrono::NaiveDateTime, chrono::NaiveDateTime) {
    match date.moment().filter(|_| by_moment) {
        Some(moment) => (moment, moment),
        None => (date.range().start, date.range().end),
    }
}
