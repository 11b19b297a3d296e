//! Sorting revisions into records and editions.

use super::heads::{BlobHead, HeadKey, Heads};
use super::{Selection, date_key};
use crate::git::{Horizon, ObjectHash};
use crate::model::{BlobId, CommitId, Identity, LineColumn, PartialDate, RecordId, RepoPath};
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

/// A revision at a record's path, before it is known whose it is.
pub(super) struct Carrier {
    pub kind: usize,
    pub revision: Revision,
    /// The revision's blob in its compact form.
    pub blob: ObjectHash,
    pub odd_mode: Option<&'static str>,
}

impl Carrier {
    /// What its head is found under.
    pub fn key(&self) -> HeadKey {
        (self.kind, self.blob)
    }
}

#[derive(Default)]
struct Pile {
    kind: usize,
    dated: Vec<(PartialDate, Revision)>,
    problems: Vec<RevisionProblem>,
}

pub(super) fn sort(
    selection: &Selection,
    carriers: &[Carrier],
    deletions: &[Revision],
    heads: &Heads,
    standing: &HashMap<RepoPath, BlobId>,
    worktree: bool,
) -> Archive {
    let mut archive = Archive::default();
    let owners = owners_by_path(carriers, heads);
    let mut fates = Fates { worktree, standing, ends: HashMap::new() };
    for deletion in deletions {
        fates.ends.entry(&deletion.path).or_default().push((deletion, None));
    }
    let mut piles: HashMap<Identity, Pile> = HashMap::new();
    let mut formerly: HashMap<Identity, Identity> = HashMap::new();
    let mut alive: HashMap<Identity, Vec<&Revision>> = HashMap::new();
    for carrier in carriers {
        let head = heads.get(&carrier.key());
        if head.is_none() && carrier.odd_mode.is_none() {
            continue;
        }
        let owner = match head {
            Some(Ok((head, _))) if head.identity.is_some() => head.identity.clone(),
            _ => owners.get(&carrier.revision.path).map(|owner| (*owner).clone()),
        };
        if let Some(Ok((head, _))) = head {
            fates.ends.entry(&carrier.revision.path).or_default().push((&carrier.revision, head.identity.clone()));
        }
        let faults = faults_of(carrier, head);
        let Some(owner) = owner else {
            archive.orphans.extend(faults);
            continue;
        };
        let pile = piles.entry(owner.clone()).or_default();
        pile.kind = carrier.kind;
        pile.problems.extend(faults);
        if let Some(Ok((head, _))) = head {
            if let Some(date) = &head.date {
                pile.dated.push((date.clone(), carrier.revision.clone()));
            }
            for old in &head.formerly {
                formerly.insert(old.clone(), owner.clone());
            }
            if standing.get(&carrier.revision.path) == Some(&carrier.revision.blob) {
                alive.entry(owner).or_default().push(&carrier.revision);
            }
        }
    }
    adopt_former(&mut piles, &formerly, &alive);
    for (identity, mut pile) in piles {
        if !selection.names(&identity) {
            continue;
        }
        note_twins(&mut pile, alive.get(&identity));
        let now = alive.get(&identity).and_then(|revisions| revisions.iter().min_by_key(|r| (r.rank, &r.path)).copied());
        let timeline = build(identity, pile, now, &fates);
        archive.timelines.insert(timeline.id.clone(), timeline);
    }
    archive.orphans.sort_by(|a, b| (a.revision.rank, &a.revision.path).cmp(&(b.revision.rank, &b.revision.path)));
    archive
}

/// The identity that was last told at each path: whose an unreadable revision there must be.
fn owners_by_path<'h>(
    carriers: &'h [Carrier],
    heads: &'h Heads,
) -> HashMap<&'h RepoPath, &'h Identity> {
    let mut best: HashMap<&RepoPath, ((u32, u32), &Identity)> = HashMap::new();
    for carrier in carriers {
        if let Some(Ok((head, _))) = heads.get(&carrier.key())
            && let Some(identity) = &head.identity
        {
            let slot = best.entry(&carrier.revision.path).or_insert((carrier.revision.rank, identity));
            if carrier.revision.rank < slot.0 {
                *slot = (carrier.revision.rank, identity);
            }
        }
    }
    best.into_iter().map(|(path, (_, identity))| (path, identity)).collect()
}

fn faults_of(carrier: &Carrier, head: Option<&BlobHead>) -> Vec<RevisionProblem> {
    let fault =
        |place: Option<LineColumn>, message: String| RevisionProblem { revision: carrier.revision.clone(), place, message };
    match (carrier.odd_mode, head) {
        (Some(odd), _) => vec![fault(None, odd.to_owned())],
        (None, Some(Err(message))) => vec![fault(None, message.clone())],
        (None, Some(Ok((_, problems)))) => problems.iter().map(|(place, message)| fault(Some(*place), message.clone())).collect(),
        (None, None) => Vec::new(),
    }
}

/// Moves the revisions of a former identity to the record that declares it, unless the former one is a record of its own at the tip.
fn adopt_former(
    piles: &mut HashMap<Identity, Pile>,
    formerly: &HashMap<Identity, Identity>,
    alive: &HashMap<Identity, Vec<&Revision>>,
) {
    let mut olds: Vec<&Identity> = formerly.keys().collect();
    olds.sort_by_key(|identity| identity.record_id());
    for old in olds {
        if alive.contains_key(old) {
            continue;
        }
        let mut heir = &formerly[old];
        let mut seen = HashSet::from([old.clone()]);
        while let Some(next) = formerly.get(heir).filter(|_| seen.insert(heir.clone())) {
            heir = next;
        }
        if heir == old {
            continue;
        }
        if let Some(mut pile) = piles.remove(old) {
            let target = piles.entry(heir.clone()).or_default();
            target.kind = pile.kind;
            target.dated.append(&mut pile.dated);
            target.problems.append(&mut pile.problems);
        }
    }
}

fn note_twins(pile: &mut Pile, alive: Option<&Vec<&Revision>>) {
    let mut paths: Vec<&RepoPath> = alive.into_iter().flatten().map(|r| &r.path).collect();
    paths.sort();
    paths.dedup();
    if paths.len() > 1 {
        let shown: Vec<String> = paths.iter().map(|p| format!("`{p}`")).collect();
        if let Some(newest) = alive.into_iter().flatten().min_by_key(|r| (r.rank, &r.path)) {
            pile.problems.push(RevisionProblem {
                revision: (*newest).clone(),
                place: None,
                message: format!("two files are one record: {}; the newest is read", shown.join(", ")),
            });
        }
    }
}

fn build(identity: Identity, pile: Pile, now: Option<&Revision>, fates: &Fates<'_>) -> Timeline {
    let mut groups: BTreeMap<_, Vec<(PartialDate, Revision)>> = BTreeMap::new();
    for (date, revision) in pile.dated {
        groups.entry(date_key(&date)).or_default().push((date, revision));
    }
    let own_date = match now {
        Some(now) => groups.iter().find(|(_, revisions)| revisions.iter().any(|(_, r)| r == now)).map(|(key, _)| *key),
        None => groups.iter().min_by_key(|(_, revisions)| revisions.iter().map(|(_, r)| r.rank).min()).map(|(key, _)| *key),
    };
    let ended = if now.is_none() { fates.end_of(&identity, groups.values().flatten().map(|(_, r)| r)) } else { None };
    let (mut editions, mut withdrawn) = (Vec::new(), Vec::new());
    for (key, revisions) in groups {
        let later = own_date.is_some_and(|own| key > own);
        let edition = make_edition(revisions, now.map(|r| &r.blob));
        if later { withdrawn.push(edition) } else { editions.push(edition) }
    }
    let mut problems = pile.problems;
    problems.sort_by(|a, b| {
        (a.revision.rank, &a.revision.path, a.place, &a.message).cmp(&(b.revision.rank, &b.revision.path, b.place, &b.message))
    });
    Timeline { id: identity.record_id(), identity, kind: pile.kind, editions, withdrawn, ended, problems }
}

/// Of several revisions with one date: the content that stands at the tip if it is among them, else the newest.
/// The commit named is the one that brought that content, not a later one that only moved the file.
fn make_edition(mut revisions: Vec<(PartialDate, Revision)>, tip: Option<&BlobId>) -> Edition {
    revisions.sort_by(|(_, a), (_, b)| (a.rank, &a.path).cmp(&(b.rank, &b.path)));
    let newest = revisions.iter().position(|(_, r)| Some(&r.blob) == tip).unwrap_or(0);
    let (date, blob) = (revisions[newest].0.clone(), revisions[newest].1.blob.clone());
    let run = revisions[newest..].iter().take_while(|(_, r)| r.blob == blob).count();
    let revision = revisions[newest + run - 1].1.clone();
    let mut seen = HashSet::from([blob]);
    let amendments = revisions.into_iter().map(|(_, r)| r).filter(|r| seen.insert(r.blob.clone())).collect();
    Edition { date, revision, amendments }
}

/// What became of the files at paths that once held records.
struct Fates<'s> {
    worktree: bool,
    standing: &'s HashMap<RepoPath, BlobId>,
    /// By path, the revisions that deleted the file (no identity) or wrote it, with the identity they wrote.
    ends: HashMap<&'s RepoPath, Vec<(&'s Revision, Option<Identity>)>>,
}

impl Fates<'_> {
    /// The commit after which a record was no more: the first after its newest revision that deleted the file, or made it another
    /// record. `None` while the file stands and nobody can say whose it is.
    fn end_of<'r>(&self, identity: &Identity, revisions: impl Iterator<Item = &'r Revision>) -> Option<CommitId> {
        let newest = revisions.min_by_key(|r| (r.rank, &r.path))?;
        let other =
            |end: &&(&Revision, Option<Identity>)| end.0.blob.0.is_empty() || end.1.as_ref().is_some_and(|id| id != identity);
        let here = self.ends.get(&newest.path).map_or(&[][..], Vec::as_slice);
        let after = here.iter().filter(|end| end.0.rank < newest.rank).filter(other).max_by_key(|end| end.0.rank);
        let stands = self.standing.contains_key(&newest.path);
        match after {
            Some((end, _)) => Some(end.commit.clone()),
            None if stands => None,
            // Gone in the working tree only.
            None if self.worktree => Some(CommitId::worktree()),
            // Deleted on a branch that lies no nearer to the tip than the newest revision.
            None => here.iter().filter(other).min_by_key(|end| end.0.rank).map(|(end, _)| end.commit.clone()),
        }
    }
}
