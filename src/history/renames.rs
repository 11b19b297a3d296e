//! Files that one commit moved, for records that their paths name.

use super::marks::{FileRevision, Mark};
use super::store::DocumentStore;
use crate::model::ObjectId;
use crate::model::RepoPath;
use crate::schema::{Policy, RENAMES};
use foldhash::{HashMap, HashSet};

/// A file that was moved: where it had been, and the revision at its new place, by its position.
pub(super) struct Rename<'t> {
    pub from: &'t RepoPath,
    pub to: usize,
}

/// Finds, for each deleted file of a kind whose renames are to be followed, the file that the same commit
/// brought and that has the same content, or shares most of its lines.
pub(super) fn find<'t>(
    policy: &Policy,
    store: &DocumentStore,
    versions: &[FileRevision<'t>],
    deletions: &[Mark<'t>],
) -> Vec<Rename<'t>> {
    let follows = |kind: usize| policy.kinds[kind].spec.formerly.as_deref() == Some(RENAMES);
    if !(0..policy.kinds.len()).any(follows) {
        return Vec::new();
    }
    let mut by_commit: HashMap<Option<ObjectId>, Vec<usize>> = HashMap::default();
    let mut by_path: HashMap<&RepoPath, Vec<usize>> = HashMap::default();
    for (at, version) in versions.iter().enumerate().filter(|(_, version)| follows(version.kind)) {
        by_commit.entry(version.mark.commit).or_default().push(at);
        by_path.entry(version.mark.path).or_default().push(at);
    }
    let before = |path: &RepoPath, rank: (u32, u32)| {
        let here = by_path.get(path).map_or(&[][..], Vec::as_slice);
        here.iter()
            .filter(|at| versions[**at].mark.rank.0 > rank.0)
            .min_by_key(|at| versions[**at].mark.rank)
            .copied()
    };
    let mut taken = HashSet::default();
    let mut out = Vec::new();
    for gone in deletions {
        let Some(old) = before(gone.path, gone.rank) else { continue };
        let new = by_commit.get(&gone.commit).map_or(&[][..], Vec::as_slice).iter().copied();
        let candidates: Vec<usize> = new
            .filter(|at| {
                versions[*at].kind == versions[old].kind
                    && before(versions[*at].mark.path, gone.rank).is_none()
            })
            .collect();
        let same =
            candidates.iter().find(|at| versions[**at].blob == versions[old].blob && !taken.contains(*at));
        let alike = || {
            candidates
                .iter()
                .find(|at| !taken.contains(*at) && are_alike(store, &versions[old], &versions[**at]))
        };
        if let Some(to) = same.or_else(alike).copied() {
            taken.insert(to);
            out.push(Rename { from: gone.path, to });
        }
    }
    out
}

fn are_alike(store: &DocumentStore, old: &FileRevision<'_>, new: &FileRevision<'_>) -> bool {
    let text = |version: &FileRevision<'_>| store.bytes(&version.blob).unwrap_or_default();
    share_most_lines(&text(old), &text(new))
}

/// Whether two files share more than half of their lines: by this a file that was moved and edited at once
/// is known.
pub fn share_most_lines(old: &[u8], new: &[u8]) -> bool {
    let lines = |text: &'_ [u8]| -> HashSet<Vec<u8>> {
        text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let shared = old.intersection(&new).count();
    shared * 2 > old.len().max(new.len())
}
