//! Sorting revisions into records and editions.

use super::blob_index::{BlobHead, BlobIndex, HeadKey};
use super::{Selection, date_key};
use crate::git::{Horizon, ObjectHash};
use crate::model::{BlobId, CommitId, Identity, LineColumn, PartialDate, RecordId, RepoPath};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One committed version of a record's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit, or the working tree.
    pub commit: CommitId,
    /// Distance from the tip: by ancestry first, then first parents first. Smaller is newer. Commit times play no part.
    pub rank: (u32, u32),
    /// The file's path at that commit.
    pub path: RepoPath,
    /// The file's content.
    pub blob: BlobId,
}

/// A record as of one date.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The record's own date.
    pub date: PartialDate,
    /// The revision whose content stands: the commit that brought the newest content of that date.
    pub revision: Revision,
    /// Earlier contents of the same date, newest first.
    pub amendments: Vec<Revision>,
}

/// A revision that could not be read, or not wholly.
#[derive(Clone, Debug)]
pub struct RevisionProblem {
    /// The revision.
    pub revision: Revision,
    /// Where in the file, if a place is known.
    pub place: Option<LineColumn>,
    /// What is wrong.
    pub message: String,
}

/// A record's editions in the order of their dates.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The record's name.
    pub id: RecordId,
    /// Its identity fields.
    pub identity: Identity,
    /// Its kind: an index into the policy's kinds.
    pub kind: usize,
    /// The editions that stand, oldest first.
    pub editions: Vec<Edition>,
    /// Editions dated later than the record's own date at the tip: reverted edits, not used.
    pub withdrawn: Vec<Edition>,
    /// The commit that deleted the record, if it is gone at the tip.
    pub ended: Option<CommitId>,
    /// Revisions that could not be read, newest first.
    pub problems: Vec<RevisionProblem>,
}

/// All timelines that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// The timelines by name.
    pub timelines: BTreeMap<RecordId, Timeline>,
    /// Revisions at record paths that belong to no record anybody can name.
    pub orphans: Vec<RevisionProblem>,
    /// How far back the repository's history reaches.
    pub horizon: Horizon,
}

/// A revision while it is sorted: small, so that it can be copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark<'t> {
    /// `None` for the working tree.
    pub commit: Option<ObjectHash>,
    pub rank: (u32, u32),
    pub path: &'t RepoPath,
    /// `None` where the file was deleted.
    pub blob: Option<ObjectHash>,
}

impl Mark<'_> {
    fn revision(&self) -> Revision {
        let blob = self.blob.map_or_else(|| BlobId(String::new()), |hash| hash.blob_id());
        Revision { commit: self.commit_id(), rank: self.rank, path: self.path.clone(), blob }
    }

    fn commit_id(&self) -> CommitId {
        self.commit.map_or_else(CommitId::worktree, |hash| hash.commit_id())
    }
}

/// A revision at a record's path, before it is known whose it is.
pub(super) struct Carrier<'t> {
    pub kind: usize,
    pub mark: Mark<'t>,
    pub blob: ObjectHash,
    pub odd_mode: Option<&'static str>,
}

impl Carrier<'_> {
    /// What its head is found under.
    pub fn key(&self) -> HeadKey {
        (self.kind, self.blob)
    }
}

#[derive(Default)]
struct Pile<'h> {
    kind: usize,
    /// The rank of the revision that `kind` is that of: the newest.
    newest: Option<(u32, u32)>,
    dated: Vec<(&'h PartialDate, Mark<'h>)>,
    problems: Vec<RevisionProblem>,
}

impl Pile<'_> {
    /// The newest revision says which kind of record this is.
    fn take_kind(&mut self, kind: usize, of: Option<(u32, u32)>) {
        if self.newest.is_none_or(|known| of.is_some_and(|of| of < known)) {
            (self.kind, self.newest) = (kind, of);
        }
    }
}

/// Which revisions stand at the tip, by identity.
type Alive<'h> = HashMap<&'h Identity, Vec<Mark<'h>>>;

pub(super) fn sort<'h>(
    selection: &Selection,
    carriers: &[Carrier<'h>],
    deletions: &[Mark<'h>],
    heads: &'h BlobIndex,
    standing: &'h HashMap<RepoPath, ObjectHash>,
    worktree: bool,
) -> Archive {
    let mut archive = Archive::default();
    let heads: Vec<Option<&BlobHead>> = carriers.iter().map(|carrier| heads.get(&carrier.key())).collect();
    let owners = owners_by_path(carriers, &heads);
    let mut fates = Fates { worktree, standing, ends: HashMap::new() };
    for deletion in deletions {
        fates.ends.entry(deletion.path).or_default().push((*deletion, None));
    }
    let mut piles: HashMap<&Identity, Pile<'_>> = HashMap::new();
    let mut formerly: HashMap<&Identity, &Identity> = HashMap::new();
    let mut alive = Alive::new();
    for (carrier, head) in carriers.iter().zip(heads) {
        if head.is_none() && carrier.odd_mode.is_none() {
            continue;
        }
        let known = head.and_then(|head| head.as_ref().ok());
        let owner = known
            .and_then(|head| head.identity.as_deref())
            .or_else(|| owners.get(carrier.mark.path).copied());
        if let Some(head) = known {
            fates.ends.entry(carrier.mark.path).or_default().push((carrier.mark, head.identity.as_deref()));
        }
        let faults = faults_of(carrier, head);
        let Some(owner) = owner else {
            archive.orphans.extend(faults);
            continue;
        };
        let pile = piles.entry(owner).or_default();
        pile.take_kind(carrier.kind, Some(carrier.mark.rank));
        pile.problems.extend(faults);
        if let Some(head) = known {
            pile.dated.extend(head.date.as_deref().map(|date| (date, carrier.mark)));
            formerly.extend(head.formerly.iter().map(|old| (old.as_ref(), owner)));
            if standing.get(carrier.mark.path) == Some(&carrier.blob) {
                alive.entry(owner).or_default().push(carrier.mark);
            }
        }
    }
    adopt_former(&mut piles, &formerly, &alive);
    let mut chosen: Vec<(&Identity, Pile<'_>)> =
        piles.into_iter().filter(|(identity, _)| selection.names(identity)).collect();
    leave_out_namesakes(&mut chosen, &alive);
    let built = chosen.into_par_iter().map(|(identity, mut pile)| {
        let standing = alive.get(identity).map_or(&[][..], Vec::as_slice);
        note_twins(&mut pile, standing);
        let now = standing.iter().min_by_key(|mark| (mark.rank, mark.path)).copied();
        build(identity, pile, now, &fates)
    });
    archive.timelines =
        built.collect::<Vec<_>>().into_iter().map(|timeline| (timeline.id.clone(), timeline)).collect();
    archive
        .orphans
        .sort_by(|a, b| (a.revision.rank, &a.revision.path).cmp(&(b.revision.rank, &b.revision.path)));
    archive
}

/// The identity that was last told at each path: whose an unreadable revision there must be.
fn owners_by_path<'h>(
    carriers: &[Carrier<'h>],
    heads: &[Option<&'h BlobHead>],
) -> HashMap<&'h RepoPath, &'h Identity> {
    let mut best: HashMap<&RepoPath, ((u32, u32), &Identity)> = HashMap::new();
    for (carrier, head) in carriers.iter().zip(heads) {
        if let Some(Ok(head)) = head
            && let Some(identity) = head.identity.as_deref()
        {
            let slot = best.entry(carrier.mark.path).or_insert((carrier.mark.rank, identity));
            if carrier.mark.rank < slot.0 {
                *slot = (carrier.mark.rank, identity);
            }
        }
    }
    best.into_iter().map(|(path, (_, identity))| (path, identity)).collect()
}

fn faults_of(carrier: &Carrier<'_>, head: Option<&BlobHead>) -> Vec<RevisionProblem> {
    let fault = |place: Option<LineColumn>, message: String| RevisionProblem {
        revision: carrier.mark.revision(),
        place,
        message,
    };
    match (carrier.odd_mode, head) {
        (Some(odd), _) => vec![fault(None, odd.to_owned())],
        (None, Some(Err(message))) => vec![fault(None, message.clone())],
        (None, Some(Ok(head))) => {
            head.problems.iter().map(|(place, message)| fault(Some(*place), message.clone())).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// Moves the revisions of a former identity to the record that declares it, unless the former one is a record of its own at the tip.
fn adopt_former<'h>(
    piles: &mut HashMap<&'h Identity, Pile<'h>>,
    formerly: &HashMap<&'h Identity, &'h Identity>,
    alive: &Alive<'h>,
) {
    let mut olds: Vec<&Identity> = formerly.keys().copied().collect();
    olds.sort_by_cached_key(|identity| (identity.record_id(), &identity.0));
    for old in olds {
        if alive.contains_key(old) {
            continue;
        }
        let mut heir = formerly[old];
        let mut seen = HashSet::from([old]);
        while let Some(next) = formerly.get(heir).filter(|_| seen.insert(heir)) {
            heir = next;
        }
        if heir == old {
            continue;
        }
        if let Some(mut pile) = piles.remove(old) {
            let target = piles.entry(heir).or_default();
            target.take_kind(pile.kind, pile.newest);
            target.dated.append(&mut pile.dated);
            target.problems.append(&mut pile.problems);
        }
    }
}

/// Of several records whose fields differ and whose names read alike, leaves one, and says so there: the one that stands at the tip,
/// and the newest of those.
fn leave_out_namesakes(piles: &mut Vec<(&Identity, Pile<'_>)>, alive: &Alive<'_>) {
    piles.sort_by_cached_key(|(identity, pile)| {
        (identity.record_id(), !alive.contains_key(identity), pile.newest, &identity.0)
    });
    piles.dedup_by(|(other, left), (identity, first)| {
        if other.record_id() != identity.record_id() {
            return false;
        }
        let dated = left.dated.iter().map(|(_, mark)| mark.revision());
        let newest = dated
            .chain(left.problems.iter().map(|p| p.revision.clone()))
            .min_by_key(|r| (r.rank, r.path.clone()));
        let fields: Vec<String> = other.0.iter().map(|(field, value)| format!("{field}: {value}")).collect();
        first.problems.extend(newest.map(|revision| RevisionProblem {
            revision,
            place: None,
            message: format!("another record has this name, too, and is left out: `{}`", fields.join("`, `")),
        }));
        true
    });
}

fn note_twins(pile: &mut Pile<'_>, alive: &[Mark<'_>]) {
    let mut paths: Vec<&RepoPath> = alive.iter().map(|mark| mark.path).collect();
    paths.sort();
    paths.dedup();
    if paths.len() > 1 {
        let shown: Vec<String> = paths.iter().map(|p| format!("`{p}`")).collect();
        if let Some(newest) = alive.iter().min_by_key(|mark| (mark.rank, mark.path)) {
            pile.problems.push(RevisionProblem {
                revision: newest.revision(),
                place: None,
                message: format!("two files are one record: {}; the newest is read", shown.join(", ")),
            });
        }
    }
}

fn build(identity: &Identity, pile: Pile<'_>, now: Option<Mark<'_>>, fates: &Fates<'_>) -> Timeline {
    let mut groups: BTreeMap<_, Vec<(&PartialDate, Mark<'_>)>> = BTreeMap::new();
    for (date, revision) in pile.dated {
        groups.entry(date_key(date)).or_default().push((date, revision));
    }
    let own_date = match now {
        Some(now) => {
            groups.iter().find(|(_, revisions)| revisions.iter().any(|(_, r)| *r == now)).map(|(key, _)| *key)
        }
        None => groups
            .iter()
            .min_by_key(|(_, revisions)| revisions.iter().map(|(_, r)| r.rank).min())
            .map(|(key, _)| *key),
    };
    let ended =
        if now.is_none() { fates.end_of(identity, groups.values().flatten().map(|(_, r)| *r)) } else { None };
    let (mut editions, mut withdrawn) = (Vec::new(), Vec::new());
    for (key, revisions) in groups {
        let later = own_date.is_some_and(|own| key > own);
        let edition = make_edition(revisions, now.and_then(|r| r.blob));
        if later { withdrawn.push(edition) } else { editions.push(edition) }
    }
    let mut problems = pile.problems;
    problems.sort_by(|a, b| {
        (a.revision.rank, &a.revision.path, a.place, &a.message).cmp(&(
            b.revision.rank,
            &b.revision.path,
            b.place,
            &b.message,
        ))
    });
    Timeline {
        id: identity.record_id(),
        identity: identity.clone(),
        kind: pile.kind,
        editions,
        withdrawn,
        ended,
        problems,
    }
}

/// Of several revisions with one date: the content that stands at the tip if it is among them, else the newest.
/// The commit named is the one that brought that content, not a later one that only moved the file.
fn make_edition(mut revisions: Vec<(&PartialDate, Mark<'_>)>, tip: Option<ObjectHash>) -> Edition {
    revisions.sort_by(|(_, a), (_, b)| (a.rank, a.path).cmp(&(b.rank, b.path)));
    let newest = revisions.iter().position(|(_, r)| r.blob == tip).unwrap_or(0);
    let (date, blob) = (revisions[newest].0.clone(), revisions[newest].1.blob);
    let run = revisions[newest..].iter().take_while(|(_, r)| r.blob == blob).count();
    let revision = revisions[newest + run - 1].1.revision();
    let mut seen = HashSet::from([blob]);
    let others = revisions.iter().filter(|(_, r)| seen.insert(r.blob));
    let amendments = others.map(|(_, r)| r.revision()).collect();
    Edition { date, revision, amendments }
}

/// What became of the files at paths that once held records.
struct Fates<'s> {
    worktree: bool,
    standing: &'s HashMap<RepoPath, ObjectHash>,
    /// By path, the revisions that deleted the file or wrote it, with the identity they wrote.
    ends: HashMap<&'s RepoPath, Vec<(Mark<'s>, Option<&'s Identity>)>>,
}

impl Fates<'_> {
    /// The commit after which a record was no more: the first after its newest revision that deleted the file, or made it another
    /// record. `None` while the file stands and nobody can say whose it is.
    fn end_of<'r>(&self, identity: &Identity, revisions: impl Iterator<Item = Mark<'r>>) -> Option<CommitId> {
        let newest = revisions.min_by_key(|mark| (mark.rank, mark.path))?;
        let other = |end: &&(Mark<'_>, Option<&Identity>)| {
            end.0.blob.is_none() || end.1.is_some_and(|id| id != identity)
        };
        let here = self.ends.get(newest.path).map_or(&[][..], Vec::as_slice);
        let after =
            here.iter().filter(|end| end.0.rank < newest.rank).filter(other).max_by_key(|end| end.0.rank);
        let stands = self.standing.contains_key(newest.path);
        match after {
            Some((end, _)) => Some(end.commit_id()),
            None if stands => None,
            // Gone in the working tree only.
            None if self.worktree => Some(CommitId::worktree()),
            // Deleted on a branch that lies no nearer to the tip than the newest revision.
            None => here.iter().filter(other).min_by_key(|end| end.0.rank).map(|(end, _)| end.commit_id()),
        }
    }
}
