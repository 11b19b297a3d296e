//! Sorting revisions into records and editions.

use super::blob_index::{BlobHead, BlobIndex, BlobSummary, HeadKey};
use super::dated::Days;
use super::items::{ItemPlace, Items, Uncut};
use super::lines::{FormerNames, IdentityLines};
use super::renames::Rename;
use super::reverts::{Ancestry, Reverts};
use super::{Selection, date_key};
use crate::git::{Horizon, ObjectHash};
use crate::model::{BlobId, CommitId, Identity, LineColumn, PartialDate, RecordId, RepoPath};
use crate::schema::{NameSource, Policy};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;

/// One committed version of a record's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commit, or the working tree.
    pub commit: CommitId,
    /// Distance from the tip: by ancestry first, then first parents first. Smaller is newer. Commit times play no part.
    pub rank: (u32, u32),
    /// The file's path at that commit.
    pub path: RepoPath,
    /// The file's content; of an item, its text by itself.
    pub blob: BlobId,
    /// Where many records share a file, where in it this one stands.
    pub item: Option<ItemPlace>,
}

/// A record as of one date.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The record's own date.
    pub date: PartialDate,
    /// Whether the record has no date of its own, and the commit dates it.
    pub by_commit: bool,
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
    /// Editions that were taken back, oldest first, not used: the record's content went back to what it was before them, or they are
    /// dated later than the record's own date at the tip.
    pub withdrawn: Vec<Edition>,
    /// The records in which this one is continued, where it was split, or joined with others: its own history ends there.
    pub heirs: Vec<RecordId>,
    /// The records that this one continues where their histories are not its own: several that were joined, or one that was split.
    pub origins: Vec<RecordId>,
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
    /// Of an item, its place.
    pub item: Option<&'t ItemPlace>,
}

impl Mark<'_> {
    fn revision(&self) -> Revision {
        let blob = self.blob.map_or_else(|| BlobId(String::new()), |hash| hash.blob_id());
        Revision {
            commit: self.commit_id(),
            rank: self.rank,
            path: self.path.clone(),
            blob,
            item: self.item.cloned(),
        }
    }

    fn commit_id(&self) -> CommitId {
        self.commit.map_or_else(CommitId::worktree, |hash| hash.commit_id())
    }
}

/// A revision at a record's path, before it is known whose it is.
pub(super) struct FileRevision<'t> {
    pub kind: usize,
    pub mark: Mark<'t>,
    pub blob: ObjectHash,
    pub odd_mode: Option<&'static str>,
    /// A number for the path where that names the record, else 0.
    pub path_number: u64,
    /// Whether all parts of the record's name stand in its text.
    pub named_in_text: bool,
}

impl<'t> FileRevision<'t> {
    pub fn new(policy: &Policy, kind: usize, mark: Mark<'t>, blob: ObjectHash) -> Self {
        let spec = &policy.kinds[kind].spec;
        let from_path = spec.is_named_by_path();
        let path_number = if from_path { FixedState::default().hash_one(&mark.path.0) } else { 0 };
        let by_key = spec.identity.iter().any(|part| part.sources.contains(&NameSource::Key));
        FileRevision { kind, mark, blob, odd_mode: None, path_number, named_in_text: !from_path && !by_key }
    }

    /// What its head is found under.
    pub fn key(&self) -> HeadKey {
        (self.kind, self.blob, self.path_number)
    }
}

#[derive(Default)]
struct RecordHistory<'h> {
    kind: usize,
    /// The rank of the revision that `kind` is that of: the newest.
    newest: Option<(u32, u32)>,
    dated: Vec<(&'h PartialDate, Mark<'h>)>,
    /// Whether commits date some of its revisions.
    by_commit: bool,
    problems: Vec<RevisionProblem>,
}

impl RecordHistory<'_> {
    /// The newest revision says which kind of record this is.
    fn take_kind(&mut self, kind: usize, of: Option<(u32, u32)>) {
        if self.newest.is_none_or(|known| of.is_some_and(|of| of < known)) {
            (self.kind, self.newest) = (kind, of);
        }
    }
}

/// Which revisions stand at the tip, by identity.
pub(super) type Alive<'h> = HashMap<&'h Identity, Vec<Mark<'h>>>;

/// What was found in a history, to be sorted.
pub(super) struct UnsortedHistory<'h> {
    pub versions: &'h [FileRevision<'h>],
    pub deletions: &'h [Mark<'h>],
    pub items: &'h Items<'h>,
    pub heads: &'h BlobIndex,
    pub standing: &'h HashMap<RepoPath, ObjectHash>,
    pub ancestry: &'h Ancestry<'h>,
    pub days: &'h Days,
    pub renames: &'h [Rename<'h>],
    pub worktree: bool,
}

impl<'h> UnsortedHistory<'h> {
    /// Whether a revision's content stands at the tip.
    fn stands(&self, version: &FileRevision<'h>) -> bool {
        match version.mark.item {
            Some(_) => {
                self.items.standing.get(version.mark.path).is_some_and(|ids| ids.contains(&version.blob))
            }
            None => self.standing.get(version.mark.path) == Some(&version.blob),
        }
    }

    /// The date of a revision: its own, or the commit's day.
    fn date(&self, version: &FileRevision<'h>, head: &'h BlobSummary) -> Option<&'h PartialDate> {
        match &head.date {
            Some(date) => Some(date),
            None if head.by_commit => self.days.of(version.mark.commit),
            None => None,
        }
    }

    /// What became of files and items.
    fn endings(&self) -> Endings<'h> {
        let mut endings = Endings {
            worktree: self.worktree,
            standing: self.standing,
            ends: HashMap::new(),
            items: HashMap::new(),
        };
        for deletion in self.deletions {
            endings.ends.entry(deletion.path).or_default().push((*deletion, None));
        }
        for end in &self.items.ends {
            let Some(Ok(head)) = self.heads.get(&(end.kind, end.id, 0)) else { continue };
            let Some(identity) = head.identity.as_deref() else { continue };
            let mark = Mark { commit: end.commit, rank: end.rank, path: end.path, blob: None, item: None };
            endings.items.entry(identity).or_default().push(mark);
        }
        endings
    }

    /// Files of many records that could not be cut.
    fn uncut(&self) -> impl Iterator<Item = RevisionProblem> {
        self.items.uncut.iter().map(|uncut| {
            let Uncut { commit, rank, path, blob, message } = uncut;
            let mark = Mark { commit: *commit, rank: *rank, path, blob: Some(*blob), item: None };
            RevisionProblem { revision: mark.revision(), place: None, message: message.clone() }
        })
    }
}

pub(super) fn sort(selection: &Selection, found: &UnsortedHistory<'_>) -> Archive {
    let mut archive = Archive::default();
    let heads: Vec<Option<&BlobHead>> =
        found.versions.iter().map(|version| found.heads.get(&version.key())).collect();
    let owners = owners_by_path(found.versions, &heads);
    let mut endings = found.endings();
    let mut records: HashMap<&Identity, RecordHistory<'_>> = HashMap::new();
    let mut claims = FormerNames::default();
    let mut alive = Alive::new();
    archive.orphans.extend(found.uncut());
    for (version, head) in found.versions.iter().zip(&heads) {
        if head.is_none() && version.odd_mode.is_none() {
            continue;
        }
        let known = head.and_then(|head| head.as_ref().ok());
        let owner = known
            .and_then(|head| head.identity.as_deref())
            .or_else(|| owners.get(version.mark.path).copied().filter(|_| version.mark.item.is_none()));
        if let (Some(head), None) = (known, version.mark.item) {
            let owner = head.identity.as_deref();
            endings.ends.entry(version.mark.path).or_default().push((version.mark, owner));
        }
        let faults = faults_of(version, *head);
        let Some(owner) = owner else {
            archive.orphans.extend(faults);
            continue;
        };
        let record = records.entry(owner).or_default();
        record.take_kind(version.kind, Some(version.mark.rank));
        record.problems.extend(faults);
        if let Some(head) = known {
            record.by_commit |= head.by_commit;
            record.dated.extend(found.date(version, head).map(|date| (date, version.mark)));
            head.formerly.iter().for_each(|old| claims.add(old, owner, version.mark.rank));
            if found.stands(version) {
                alive.entry(owner).or_default().push(version.mark);
            }
        }
    }
    for rename in found.renames {
        let new = heads[rename.to].and_then(|head| head.as_ref().ok()?.identity.as_deref());
        if let (Some(old), Some(new)) = (owners.get(rename.from), new) {
            claims.add(old, new, found.versions[rename.to].mark.rank);
        }
    }
    let ancestry = found.ancestry;
    let lived_beside = |heir: &Identity, old: &Identity| {
        let marks = |identity: &Identity| {
            records.get(identity).into_iter().flat_map(|r| &r.dated).map(|(_, mark)| mark)
        };
        let Some(last) = marks(old).min_by_key(|mark| mark.rank) else { return false };
        let before = marks(heir).filter(|mark| mark.rank.0 >= last.rank.0).min_by_key(|mark| mark.rank);
        before.is_some_and(|before| {
            ancestry.has(last.commit, before.commit) && !endings.left_between(heir, before, last.rank)
        })
    };
    let lines = IdentityLines::follow(&claims, &alive, lived_beside);
    adopt_former(&mut records, &lines);
    let mut chosen: Vec<(&Identity, RecordHistory<'_>)> =
        records.into_iter().filter(|(identity, _)| selection.names(identity)).collect();
    leave_out_namesakes(&mut chosen, &alive);
    let built = chosen.into_par_iter().map(|(identity, mut record)| {
        let standing = alive.get(identity).map_or(&[][..], Vec::as_slice);
        note_twins(&mut record, standing);
        let now = standing.iter().min_by_key(|mark| (mark.rank, mark.path)).copied();
        let mut timeline = build(identity, record, now, &endings, ancestry);
        timeline.heirs = lines.heirs_of(identity);
        timeline.origins = lines.origins_of(identity);
        timeline
    });
    archive.timelines =
        built.collect::<Vec<_>>().into_iter().map(|timeline| (timeline.id.clone(), timeline)).collect();
    archive
        .orphans
        .sort_by(|a, b| (a.revision.rank, &a.revision.path).cmp(&(b.revision.rank, &b.revision.path)));
    archive
}

/// The identity that was last read at each path: whose an unreadable revision there must be.
fn owners_by_path<'h>(
    versions: &[FileRevision<'h>],
    heads: &[Option<&'h BlobHead>],
) -> HashMap<&'h RepoPath, &'h Identity> {
    let mut best: HashMap<&RepoPath, ((u32, u32), &Identity)> = HashMap::new();
    for (version, head) in versions.iter().zip(heads) {
        if let Some(Ok(head)) = head
            && let Some(identity) = head.identity.as_deref()
        {
            let slot = best.entry(version.mark.path).or_insert((version.mark.rank, identity));
            if version.mark.rank < slot.0 {
                *slot = (version.mark.rank, identity);
            }
        }
    }
    best.into_iter().map(|(path, (_, identity))| (path, identity)).collect()
}

fn faults_of(version: &FileRevision<'_>, head: Option<&BlobHead>) -> Vec<RevisionProblem> {
    let fault = |place: Option<LineColumn>, message: String| RevisionProblem {
        revision: version.mark.revision(),
        place,
        message,
    };
    match (version.odd_mode, head) {
        (Some(odd), _) => vec![fault(None, odd.to_owned())],
        (None, Some(Err(message))) => vec![fault(None, message.clone())],
        (None, Some(Ok(head))) => {
            let before = version.mark.item.map_or(0, |item| item.lines_before);
            let place = |at: &LineColumn| LineColumn { line: at.line + before, column: at.column };
            head.problems.iter().map(|(at, message)| fault(Some(place(at)), message.clone())).collect()
        }
        (None, None) => Vec::new(),
    }
}

/// Moves the revisions of a former identity to the record that continues it.
fn adopt_former<'h>(records: &mut HashMap<&'h Identity, RecordHistory<'h>>, lines: &IdentityLines<'h>) {
    for (old, heir) in lines.continued() {
        if let Some(mut record) = records.remove(old) {
            let target = records.entry(heir).or_default();
            target.take_kind(record.kind, record.newest);
            target.by_commit |= record.by_commit;
            target.dated.append(&mut record.dated);
            target.problems.append(&mut record.problems);
        }
    }
}

/// Of several records whose fields differ and whose names read alike, leaves one, and says so there: the one that stands at the tip,
/// and the newest of those.
fn leave_out_namesakes(records: &mut Vec<(&Identity, RecordHistory<'_>)>, alive: &Alive<'_>) {
    records.sort_by_cached_key(|(identity, record)| {
        (identity.record_id(), !alive.contains_key(identity), record.newest, &identity.0)
    });
    records.dedup_by(|(other, left), (identity, first)| {
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

fn note_twins(record: &mut RecordHistory<'_>, alive: &[Mark<'_>]) {
    let mut paths: Vec<&RepoPath> = alive.iter().map(|mark| mark.path).collect();
    paths.sort();
    paths.dedup();
    if paths.len() > 1 {
        let shown: Vec<String> = paths.iter().map(|p| format!("`{p}`")).collect();
        if let Some(newest) = alive.iter().min_by_key(|mark| (mark.rank, mark.path)) {
            record.problems.push(RevisionProblem {
                revision: newest.revision(),
                place: None,
                message: format!("two files are one record: {}; the newest is read", shown.join(", ")),
            });
        }
    }
}

fn build(
    identity: &Identity,
    record: RecordHistory<'_>,
    now: Option<Mark<'_>>,
    endings: &Endings<'_>,
    ancestry: &Ancestry<'_>,
) -> Timeline {
    let mut record = record;
    if record.by_commit {
        keep_what_is_new(&mut record.dated);
    }
    let reverts = Reverts::of(identity, &record.dated, endings, ancestry);
    // Stamps among themselves are ordered by the moment; beside a day, by the civil time as written.
    let by_moment = record.dated.iter().all(|(date, _)| date.moment().is_some());
    let mut groups: BTreeMap<_, Vec<(&PartialDate, Mark<'_>)>> = BTreeMap::new();
    for (date, revision) in record.dated {
        groups.entry(date_key(date, by_moment)).or_default().push((date, revision));
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
    let ended = if now.is_none() {
        endings.end_of(identity, groups.values().flatten().map(|(_, r)| *r))
    } else {
        None
    };
    let (mut editions, mut withdrawn) = (Vec::new(), Vec::new());
    for (key, revisions) in groups {
        let later = own_date.is_some_and(|own| key > own);
        let taken_back = later || (own_date != Some(key) && reverts.take_back(&revisions));
        let mut edition = make_edition(revisions, now.and_then(|r| r.blob));
        edition.by_commit = record.by_commit;
        if taken_back { withdrawn.push(edition) } else { editions.push(edition) }
    }
    let mut problems = record.problems;
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
        kind: record.kind,
        editions,
        withdrawn,
        heirs: Vec::new(),
        origins: Vec::new(),
        ended,
        problems,
    }
}

/// Of revisions that commits date, those that bring content: a file that merely moved has no new edition.
fn keep_what_is_new(dated: &mut Vec<(&PartialDate, Mark<'_>)>) {
    dated.sort_by(|(_, a), (_, b)| (b.rank, b.path).cmp(&(a.rank, a.path)));
    dated.dedup_by(|(_, newer), (_, older)| newer.blob == older.blob);
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
    Edition { date, by_commit: false, revision, amendments }
}

/// What became of the files at paths that once held records.
pub(super) struct Endings<'s> {
    worktree: bool,
    standing: &'s HashMap<RepoPath, ObjectHash>,
    /// By path, the revisions that deleted the file or wrote it, with the identity they wrote.
    ends: HashMap<&'s RepoPath, Vec<(Mark<'s>, Option<&'s Identity>)>>,
    /// By record, the commits that took its item away or replaced it.
    items: HashMap<&'s Identity, Vec<Mark<'s>>>,
}

impl Endings<'_> {
    /// Whether a record's file was deleted, or became another record's, after one of its revisions and by another one.
    pub fn left_between(&self, identity: &Identity, after: &Mark<'_>, until: (u32, u32)) -> bool {
        let here = self.ends.get(after.path).map_or(&[][..], Vec::as_slice);
        let other = |end: &Option<&Identity>| end.is_some_and(|id| id != identity);
        here.iter().any(|(mark, owner)| {
            (mark.blob.is_none() || other(owner)) && mark.rank.0 < after.rank.0 && mark.rank.0 >= until.0
        })
    }

    /// The commit after which a record was no more: the first after its newest revision that deleted the file, or made it another
    /// record. `None` while the file stands and nobody can say whose it is.
    fn end_of<'r>(&self, identity: &Identity, revisions: impl Iterator<Item = Mark<'r>>) -> Option<CommitId> {
        let newest = revisions.min_by_key(|mark| (mark.rank, mark.path))?;
        if newest.item.is_some() {
            let ends = self.items.get(identity).map_or(&[][..], Vec::as_slice);
            let after = ends.iter().filter(|end| end.rank < newest.rank).max_by_key(|end| end.rank);
            return after.map(|end| end.commit_id());
        }
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
