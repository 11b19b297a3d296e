//! Revisions → editions → timelines.
//!
//! Owns which revision is which record, which edition stands, and which document a blob holds. Must not classify or word.

pub mod blame;
mod heads;
mod pick;
mod selection;
mod shelf;
mod store;
mod timeline;

/// Reads the editions of a record one after another.
pub use crate::document::Series;
pub use pick::{Moment, Pick, PickError};
pub use selection::Selection;
pub use shelf::Shelf;
pub use store::Store;
pub use timeline::{Archive, Edition, Revision, RevisionProblem, Timeline};

use crate::dataset::read_head;
use crate::git::{GitError, History, ObjectHash, Repository};
use crate::model::{BlobId, CommitId, Identity, PartialDate, RepoPath};
use crate::schema::Policy;
use heads::{BlobHead, HeadKey, Heads};
use std::collections::{HashMap, HashSet};
use timeline::Carrier;

/// A file of the working tree that stands in for a newest revision.
#[derive(Clone, Debug)]
pub struct WorkFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// The id its bytes would have as a blob.
    pub blob: BlobId,
}

/// Reads the history reachable from `tip` and sorts it into timelines.
///
/// Never fails on old content: what cannot be read becomes a problem of its revision. `worktree`, where given, holds every record
/// file of the working tree, read as the newest revision. `shelf` is where earlier runs kept what they learned, if any did: then all
/// records are read once, whichever are asked for, and of a history that has grown only new commits and new blobs.
///
/// # Errors
/// Only what git itself cannot answer: a missing or corrupt commit or tree.
pub fn load(
    repo: &Repository,
    store: &Store,
    policy: &Policy,
    tip: &CommitId,
    selection: &Selection,
    worktree: Option<&[WorkFile]>,
    shelf: &Shelf<'_>,
) -> Result<Archive, GitError> {
    let prefix = RepoPath::from(policy.root.as_str());
    if worktree.is_some() || !shelf.is_on() {
        let history = repo.history(tip, &prefix)?;
        return read(repo, store, policy, tip, selection, worktree, history, &mut Heads::default());
    }
    if let Some(archive) = shelf.archive(tip, selection) {
        return Ok(archive);
    }
    let mut learned = shelf.learned();
    let history = repo.history_beyond(&learned.walk, tip, &prefix)?;
    learned.take(&history);
    shelf.keep_walk(&learned);
    let mut archive = read(repo, store, policy, tip, &Selection::all(), None, history, &mut learned.heads)?;
    if !store.has_gaps() {
        shelf.keep_heads(&mut learned);
        shelf.keep_archive(tip, &archive);
    }
    archive.timelines.retain(|_, timeline| selection.names(&timeline.identity));
    Ok(archive)
}

/// Sorts a history into timelines; of blobs whose heads are known it reads nothing.
#[expect(clippy::too_many_arguments, reason = "what is asked and what is known, each by itself")]
fn read(
    repo: &Repository,
    store: &Store,
    policy: &Policy,
    tip: &CommitId,
    selection: &Selection,
    worktree: Option<&[WorkFile]>,
    history: History,
    heads: &mut Heads,
) -> Result<Archive, GitError> {
    let prefix = RepoPath::from(policy.root.as_str());
    let mut carriers = Vec::new();
    let mut deletions = Vec::new();
    let mut kinds: HashMap<&RepoPath, Option<usize>> = HashMap::new();
    for touch in &history.touches {
        let Some(kind) = *kinds.entry(touch.path()).or_insert_with(|| policy.kind_of(touch.path())) else { continue };
        let node = &history.commits[touch.commit];
        let revision =
            |blob: BlobId| Revision { commit: node.id(), rank: (node.level + 1, node.order), path: touch.path().clone(), blob };
        match &touch.entry {
            Some(entry) => {
                carriers.push(Carrier { kind, revision: revision(entry.blob()), blob: entry.hash(), odd_mode: odd_mode(entry.mode) });
            }
            None => deletions.push(revision(BlobId(String::new()))),
        }
    }
    let mut standing: HashMap<RepoPath, BlobId> = HashMap::new();
    match worktree {
        Some(files) => {
            standing.extend(files.iter().map(|f| (f.path.clone(), f.blob.clone())));
            add_worktree(&mut carriers, repo, policy, tip, files, &prefix)?;
        }
        None => standing.extend(repo.tree(tip, &prefix)?.into_iter().map(|file| (file.path, file.blob))),
    }
    heads.keep_to(&carriers);
    read_heads(store, policy, &carriers, selection, heads);
    let mut archive = timeline::sort(selection, &carriers, &deletions, heads, &standing, worktree.is_some());
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

fn add_worktree(
    carriers: &mut Vec<Carrier>,
    repo: &Repository,
    policy: &Policy,
    tip: &CommitId,
    files: &[WorkFile],
    prefix: &RepoPath,
) -> Result<(), GitError> {
    let committed: HashMap<RepoPath, BlobId> = repo.tree(tip, prefix)?.into_iter().map(|f| (f.path, f.blob)).collect();
    for file in files {
        let Some(kind) = policy.kind_of(&file.path) else { continue };
        if committed.get(&file.path) == Some(&file.blob) {
            continue;
        }
        let revision = Revision { commit: CommitId::worktree(), rank: (0, 0), path: file.path.clone(), blob: file.blob.clone() };
        carriers.push(Carrier { kind, revision, blob: ObjectHash::try_from(&file.blob)?, odd_mode: None });
    }
    Ok(())
}

/// Reads the heads of all blobs that can belong to the selection, following declared former identities until no new one turns up.
fn read_heads(
    store: &Store,
    policy: &Policy,
    carriers: &[Carrier],
    selection: &Selection,
    heads: &mut Heads,
) {
    let mut wanted = selection.clone();
    loop {
        let open = unread(carriers.iter(), heads);
        let read = store.heads(&open, |kind, bytes| {
            if !wanted.could_name(bytes) {
                return None;
            }
            Some(head_of(policy, kind, bytes))
        });
        let mut former: Vec<Identity> = Vec::new();
        for (key, head) in open.into_iter().zip(read) {
            let Some(head) = head else { continue };
            if let Ok((head, _)) = &head
                && head.identity.as_ref().is_some_and(|id| wanted.names(id))
            {
                former.extend(head.formerly.iter().cloned());
            }
            heads.insert(key, head);
        }
        if !wanted.extend(former) {
            break;
        }
    }
    // What else stood at the chosen records' paths, so that an answer does not depend on how many records were asked for.
    let is_wanted = |c: &&Carrier| match heads.get(&c.key()) {
        Some(Ok((head, _))) => head.identity.as_ref().is_some_and(|id| wanted.names(id)),
        _ => false,
    };
    let paths: HashSet<&RepoPath> = carriers.iter().filter(is_wanted).map(|c| &c.revision.path).collect();
    let rest = unread(carriers.iter().filter(|c| paths.contains(&c.revision.path)), heads);
    let read = store.heads(&rest, |kind, bytes| Some(head_of(policy, kind, bytes)));
    for (key, head) in rest.into_iter().zip(read) {
        if let Some(head) = head {
            heads.insert(key, head);
        }
    }
}

/// The blobs of regular files whose heads are not known yet, each once. Those of one path stand together, the newest first: as git
/// packs them, so that they are read fastest.
fn unread<'c>(carriers: impl Iterator<Item = &'c Carrier>, heads: &Heads) -> Vec<HeadKey> {
    let mut wanted: Vec<&Carrier> = carriers.filter(|c| c.odd_mode.is_none() && !heads.knows(&c.key())).collect();
    wanted.sort_by(|a, b| (&a.revision.path, a.revision.rank).cmp(&(&b.revision.path, b.revision.rank)));
    let mut seen = HashSet::new();
    wanted.into_iter().map(Carrier::key).filter(|key| seen.insert(*key)).collect()
}

fn head_of(policy: &Policy, kind: usize, bytes: &[u8]) -> BlobHead {
    let spec = &policy.kinds[kind].spec;
    let names: Vec<&str> = spec.identity.iter().chain([&spec.date]).chain(&spec.formerly).map(String::as_str).collect();
    let (document, problems) = crate::document::entries(bytes, &names);
    let Some(doc) = document else {
        return Err(problems.into_iter().next().map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message));
    };
    let head = read_head(spec, &doc);
    let mut problems: Vec<_> = problems.iter().map(|p| (doc.place(p.span.start), p.message.clone())).collect();
    problems.extend(head.problems.iter().map(|(span, message)| (doc.place(span.start), message.clone())));
    Ok((head, problems))
}

/// A date as editions are grouped by: equal instants are one edition however they are written.
pub(crate) fn date_key(date: &PartialDate) -> (chrono::NaiveDateTime, chrono::NaiveDateTime) {
    (date.range().start, date.range().end)
}
