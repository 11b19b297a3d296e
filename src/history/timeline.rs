//! Sorting revisions into records and editions.

use super::archive::{Archive, Edition, RevisionProblem, Timeline};
use super::blob_index::{BlobHead, BlobIndex, BlobSummary};
use super::dated::Days;
use super::endings::Endings;
use super::items::{Items, Uncut};
use super::lines::{FormerNames, IdentityLines};
use super::marks::{Alive, FileRevision, Mark};
use super::renames::Rename;
use super::reverts::{Ancestry, Reverts};
use super::{Selection, date_key, removals};
use crate::model::ObjectId;
use crate::model::{Identity, LineColumn, PartialDate, RepoPath};
use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use std::collections::BTreeMap;

#[derive(Default)]
struct RecordHistory<'h> {
    pub(super) kind: usize,
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

/// What was found in a history, to be sorted.
pub(super) struct UnsortedHistory<'h> {
    pub versions: &'h [FileRevision<'h>],
    pub deletions: &'h [Mark<'h>],
    pub items: &'h Items<'h>,
    pub heads: &'h BlobIndex,
    pub standing: &'h HashMap<RepoPath, ObjectId>,
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
            ends: HashMap::default(),
            items: HashMap::default(),
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

/// What the versions of all files say, by record.
struct Gathered<'h> {
    records: HashMap<&'h Identity, RecordHistory<'h>>,
    claims: FormerNames<'h>,
    alive: Alive<'h>,
    endings: Endings<'h>,
    /// Problems of files that are no record's.
    orphans: Vec<RevisionProblem>,
}

impl<'h> Gathered<'h> {
    fn of(found: &UnsortedHistory<'h>) -> Self {
        let heads: Vec<Option<&BlobHead>> =
            found.versions.iter().map(|version| found.heads.get(&version.key())).collect();
        let owners = owners_by_path(found.versions, &heads);
        let mut gathered = Gathered {
            records: HashMap::default(),
            claims: FormerNames::default(),
            alive: Alive::default(),
            endings: found.endings(),
            orphans: found.uncut().collect(),
        };
        for (version, head) in found.versions.iter().zip(&heads) {
            if head.is_some() || version.odd_mode.is_some() {
                gathered.add(found, &owners, (version, *head));
            }
        }
        for rename in found.renames {
            let new = heads[rename.to].and_then(|head| head.as_ref().ok()?.identity.as_deref());
            if let (Some(old), Some(new)) = (owners.get(rename.from), new) {
                gathered.claims.add(old, new, found.versions[rename.to].mark.rank);
            }
        }
        gathered
    }

    fn add(
        &mut self,
        found: &UnsortedHistory<'h>,
        owners: &HashMap<&'h RepoPath, &'h Identity>,
        (version, head): (&FileRevision<'h>, Option<&'h BlobHead>),
    ) {
        let known = head.and_then(|head| head.as_ref().ok());
        let owner = known
            .and_then(|head| head.identity.as_deref())
            .or_else(|| owners.get(version.mark.path).copied().filter(|_| version.mark.item.is_none()));
        if let (Some(head), None) = (known, version.mark.item) {
            let owner = head.identity.as_deref();
            self.endings.ends.entry(version.mark.path).or_default().push((version.mark, owner));
        }
        let faults = faults_of(version, head);
        let Some(owner) = owner else {
            self.orphans.extend(faults);
            return;
        };
        let record = self.records.entry(owner).or_default();
        record.take_kind(version.kind, Some(version.mark.rank));
        record.problems.extend(faults);
        if let Some(head) = known {
            record.by_commit |= head.by_commit;
            record.dated.extend(found.date(version, head).map(|date| (date, version.mark)));
            head.formerly.iter().for_each(|old| self.claims.add(old, owner, version.mark.rank));
            if found.stands(version) {
                self.alive.entry(owner).or_default().push(version.mark);
            }
        }
    }

    /// Whether `heir` had begun before the last revision of `old`.
    fn lived_beside(&self, ancestry: &Ancestry<'_>, heir: &Identity, old: &Identity) -> bool {
        let marks = |identity: &Identity| {
            self.records.get(identity).into_iter().flat_map(|r| &r.dated).map(|(_, mark)| mark)
        };
        let Some(last) = marks(old).min_by_key(|mark| mark.rank) else { return false };
        let before = marks(heir).filter(|mark| mark.rank.0 >= last.rank.0).min_by_key(|mark| mark.rank);
        before.is_some_and(|before| {
            ancestry.has(last.commit, before.commit) && !self.endings.left_between(heir, before, last.rank)
        })
    }
}

pub(super) fn sort(selection: &Selection, found: &UnsortedHistory<'_>) -> Archive {
    let ancestry = found.ancestry;
    let gathered = Gathered::of(found);
    let lines = IdentityLines::follow(&gathered.claims, &gathered.alive, |heir, old| {
        gathered.lived_beside(ancestry, heir, old)
    });
    let Gathered { mut records, alive, endings, orphans, .. } = gathered;
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
    let timelines = built.collect::<Vec<_>>().into_iter().map(|timeline| (timeline.id.clone(), timeline));
    let mut archive = Archive { timelines: timelines.collect(), orphans, ..Archive::default() };
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
    let mut best: HashMap<&RepoPath, ((u32, u32), &Identity)> = HashMap::default();
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
        (None, Some(Err(failure))) => vec![fault(None, failure.message.clone())],
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

/// Of several records whose fields differ and whose names read alike, leaves one, and says so there: the one
/// that stands at the tip, and the newest of those.
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
    let written = record.by_commit.then(|| record.dated.clone());
    if record.by_commit {
        keep_what_is_new(&mut record.dated);
    }
    let reverts = Reverts::of(identity, &record.dated, endings, ancestry);
    // Stamps among themselves are ordered by the moment; beside a day, by the civil time as written.
    let by_moment = record.dated.iter().all(|(date, _)| date.moment().is_some());
    let mut groups: BTreeMap<_, Vec<(&PartialDate, Mark<'_>)>> = BTreeMap::new();
    let revisions = record.dated;
    for (date, revision) in revisions.iter().copied() {
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
    let written = written.as_ref().unwrap_or(&revisions);
    let removals = removals::find(identity, (&revisions, written), endings, ancestry);
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
        removals,
        problems,
    }
}

/// Of revisions that commits date, those that bring content: a file that merely moved has no new edition.
fn keep_what_is_new(dated: &mut Vec<(&PartialDate, Mark<'_>)>) {
    dated.sort_by(|(_, a), (_, b)| (b.rank, b.path).cmp(&(a.rank, a.path)));
    dated.dedup_by(|(_, newer), (_, older)| newer.blob == older.blob);
}

/// Of several revisions with one date: the content that stands at the tip if it is among them, else the
/// newest. The commit named is the one that brought that content, not a later one that only moved the file.
fn make_edition(mut revisions: Vec<(&PartialDate, Mark<'_>)>, tip: Option<ObjectId>) -> Edition {
    revisions.sort_by(|(_, a), (_, b)| (a.rank, a.path).cmp(&(b.rank, b.path)));
    let newest = revisions.iter().position(|(_, r)| r.blob == tip).unwrap_or(0);
    let (date, blob) = (revisions[newest].0.clone(), revisions[newest].1.blob);
    let run = revisions[newest..].iter().take_while(|(_, r)| r.blob == blob).count();
    let revision = revisions[newest + run - 1].1.revision();
    let mut seen = HashSet::from_iter([blob]);
    let (amendments, restated): (Vec<_>, Vec<_>) =
        revisions.iter().map(|(_, mark)| mark).partition(|mark| seen.insert(mark.blob));
    let restated = restated.into_iter().map(Mark::revision).filter(|other| *other != revision);
    Edition {
        date,
        by_commit: false,
        restated: restated.collect(),
        revision,
        amendments: amendments.into_iter().map(Mark::revision).collect(),
    }
}
