//! A history that was walked, sorted into timelines.

use super::archive::Archive;
use super::blob_index::{BlobHead, BlobIndex, BlobSummary};
use super::items::{ItemVersion, Items};
use super::marks::{FileRevision, Mark};
use super::question::HistoryQuestion;
use super::selection::Selection;
use super::store::DocumentStore;
use super::{dated, renames, reverts, timeline};
use crate::dataset::{RecordPlace, read_head};
use crate::document::{entries_and_lines, front_matter};
use crate::git::{GitError, History, WalkMemory};
use crate::model::{Failure, Identity, ObjectId, RepoPath};
use crate::schema::{HistoryLine, NamePart, Policy};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// Reads the history reachable from a commit and sorts it into timelines.
///
/// Never fails on old content: what cannot be read becomes a problem of its revision.
///
/// # Errors
/// Only what git itself cannot answer: a missing or corrupt commit or tree.
pub fn load(asked: &HistoryQuestion<'_>) -> Result<Archive, GitError> {
    let prefix = RepoPath::from(asked.policy.root.as_str());
    let main_line = asked.policy.manifest.history == HistoryLine::FirstParent;
    let history = asked.repo.history_along(&WalkMemory::default(), asked.tip, &prefix, main_line)?;
    sort(asked, history, &mut BlobIndex::default())
}

/// Sorts a history that was walked into timelines. Reads no blob that `heads` knows, and adds to it what it
/// reads.
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
    let committed = || -> Result<HashMap<RepoPath, ObjectId>, GitError> {
        Ok(repo.tree(tip, &prefix)?.into_iter().map(|f| (f.path, f.blob)).collect())
    };
    let (mut standing, mut changed) = (committed()?, Vec::new());
    if let Some(files) = worktree {
        let at_tip = std::mem::take(&mut standing);
        for file in files {
            let blob = file.blob;
            if at_tip.get(&file.path) != Some(&blob) {
                changed.push((&file.path, blob));
            }
            standing.insert(file.path.clone(), blob);
        }
    }
    let items = Items::read(asked, &history, &changed, &standing)?;
    let (mut versions, deletions) = file_revisions(policy, &history);
    let worked = changed.iter().filter_map(|(path, blob)| {
        let kind = policy.kind_of(path).filter(|kind| policy.kinds[*kind].spec.items.is_none())?;
        let mark = Mark { commit: None, rank: (0, 0), path, blob: Some(*blob), item: None };
        Some(FileRevision::new(policy, kind, mark, *blob))
    });
    versions.extend(worked);
    versions.extend(items.versions.iter().map(|item| {
        let ItemVersion { commit, rank, path, .. } = *item;
        let mark = Mark { commit, rank, path, blob: Some(item.id), item: Some(&item.place) };
        FileRevision::new(policy, item.kind, mark, item.id)
    }));
    heads.keep_to(&versions);
    read_heads(store, policy, &versions, selection, heads);
    let ancestry = reverts::Ancestry::new(&history.commits);
    let days = if policy.kinds.iter().any(|kind| kind.spec.date.by_commit()) {
        dated::days(repo, &history)?
    } else {
        dated::Days::default()
    };
    let renames = renames::find(policy, store, &versions, &deletions);
    let found = timeline::UnsortedHistory {
        versions: &versions,
        deletions: &deletions,
        items: &items,
        heads,
        standing: &standing,
        ancestry: &ancestry,
        days: &days,
        renames: &renames,
        worktree: worktree.is_some(),
    };
    let mut archive = timeline::sort(selection, &found);
    archive.horizon = history.horizon;
    Ok(archive)
}

/// The revisions of files that are one record each, and their deletions; of all files, the deletions.
fn file_revisions<'h>(policy: &Policy, history: &'h History) -> (Vec<FileRevision<'h>>, Vec<Mark<'h>>) {
    let (mut versions, mut deletions) = (Vec::new(), Vec::new());
    let mut kinds: HashMap<&RepoPath, Option<usize>> = HashMap::default();
    for touch in &history.touches {
        let Some(kind) = *kinds.entry(touch.path()).or_insert_with(|| policy.kind_of(touch.path())) else {
            continue;
        };
        let node = &history.commits[touch.commit];
        let blob = touch.entry.map(|entry| entry.hash());
        let rank = (node.level + 1, node.order);
        let mark = Mark { commit: Some(node.hash()), rank, path: touch.path(), blob, item: None };
        match &touch.entry {
            Some(_) if policy.kinds[kind].spec.items.is_some() => {}
            Some(entry) => {
                let version = FileRevision::new(policy, kind, mark, entry.hash());
                versions.push(FileRevision { odd_mode: odd_mode(entry.mode), ..version });
            }
            None => deletions.push(mark),
        }
    }
    (versions, deletions)
}

pub(super) fn odd_mode(mode: u32) -> Option<&'static str> {
    match mode {
        0o120_000 => Some("a symbolic link, not a record"),
        0o160_000 => Some("a submodule, not a record"),
        _ => None,
    }
}

/// Reads the heads of all blobs that can belong to the selection, following declared former identities until
/// no new one turns up.
fn read_heads(
    store: &DocumentStore,
    policy: &Policy,
    versions: &[FileRevision<'_>],
    selection: &Selection,
    heads: &mut BlobIndex,
) {
    let mut wanted = selection.clone();
    loop {
        let open = unread(store, versions.iter().filter(|version| !heads.passes_over(&version.key())), heads);
        let read = store.heads(&open, |version, bytes| {
            // A name that is not in the text cannot be looked for there.
            if version.named_in_text && !wanted.could_name(bytes) {
                return None;
            }
            Some(head_of(store, policy, version, bytes))
        });
        let mut former: Vec<Identity> = Vec::new();
        for (version, head) in open.into_iter().zip(read) {
            let key = version.key();
            let Some(head) = head else {
                heads.pass_over(key);
                continue;
            };
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
        heads.pass_over_none();
    }
    if versions.iter().all(|c| c.odd_mode.is_some() || heads.knows(&c.key())) {
        return;
    }
    // What else stood at the chosen records' paths, so that an answer does not depend on how many records
    // were asked for.
    let is_wanted = |c: &&FileRevision<'_>| match heads.get(&c.key()) {
        Some(Ok(head)) => head.identity.as_ref().is_some_and(|id| wanted.names(id)),
        _ => false,
    };
    let paths: HashSet<&RepoPath> = versions.iter().filter(is_wanted).map(|c| c.mark.path).collect();
    let rest = unread(store, versions.iter().filter(|c| paths.contains(c.mark.path)), heads);
    let read = store.heads(&rest, |version, bytes| Some(head_of(store, policy, version, bytes)));
    for (version, head) in rest.into_iter().zip(read) {
        if let Some(head) = head {
            heads.insert(version.key(), head);
        }
    }
}

/// So many texts are read in any order.
const FEW: usize = 64;

/// The regular files whose heads are not known yet, each content once, in the order in which they are read
/// fastest. Those that lie in no pack stand by path, the newest first.
fn unread<'c, 't>(
    store: &DocumentStore,
    versions: impl Iterator<Item = &'c FileRevision<'t>>,
    heads: &BlobIndex,
) -> Vec<&'c FileRevision<'t>>
where
    't: 'c,
{
    let mut wanted: Vec<&FileRevision<'_>> =
        versions.filter(|c| c.odd_mode.is_none() && !heads.knows(&c.key())).collect();
    wanted.sort_by(|a, b| (a.mark.path, a.mark.rank).cmp(&(b.mark.path, b.mark.rank)));
    let mut seen = HashSet::default();
    wanted.retain(|version| seen.insert(version.key()));
    if wanted.len() > FEW {
        store.put_in_order(&mut wanted, |version| version.blob);
    }
    wanted
}

/// What a file says of itself.
///
/// # Errors
/// Why it cannot be read.
pub fn read_one_head(
    (store, policy): (&DocumentStore, &Policy),
    kind: usize,
    path: &RepoPath,
    blob: &ObjectId,
) -> BlobHead {
    let mark = Mark { commit: None, rank: (0, 0), path, blob: Some(*blob), item: None };
    let version = FileRevision::new(policy, kind, mark, *blob);
    head_of(store, policy, &version, &store.bytes(blob)?)
}

fn head_of(store: &DocumentStore, policy: &Policy, version: &FileRevision<'_>, bytes: &[u8]) -> BlobHead {
    let kind = &policy.kinds[version.kind];
    let spec = &kind.spec;
    let mut names: Vec<&str> = spec.identity.iter().flat_map(NamePart::root_fields).collect();
    names.extend(spec.date.root_fields());
    names.extend(spec.formerly.as_deref().map(|field| field.split('.').next().unwrap_or(field)));
    let bytes = if spec.is_front_matter() {
        front_matter(bytes).ok_or_else(|| Failure::data("it has no front matter"))?
    } else {
        bytes
    };
    let (document, problems, lines) = entries_and_lines(bytes, &names, store.hashing());
    if let Some(lines) = lines {
        store.lay_lines(version.blob, lines);
    }
    let Some(doc) = document else {
        let first = problems.into_iter().next();
        return Err(Failure::data(first.map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message)));
    };
    let key = version.mark.item.and_then(|place| place.key.as_deref());
    let file = version.mark.path.as_str().unwrap_or_default();
    let head = read_head(kind, &doc.root, RecordPlace { file, key });
    let mut problems: Vec<_> =
        problems.iter().map(|p| (doc.place(p.span.start), p.message.clone())).collect();
    problems.extend(head.problems.iter().map(|p| (doc.place(p.span.start), p.message.clone())));
    Ok(BlobSummary {
        identity: head.identity.map(Arc::new),
        formerly: head.formerly.into_iter().map(Arc::new).collect(),
        date: head.date.map(Arc::new),
        by_commit: head.by_commit,
        problems,
    })
}
