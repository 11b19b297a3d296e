//! What the commits of a branch publish besides its last one: a merge brings every commit, and each date that
//! a record had in one of them becomes an edition.
//!
//! A commit is held against what was published where the branch left: so work in several commits is free, as
//! long as nothing in it would be refused as the last commit. What had a date of its own is held against what
//! follows it, too.

use super::branch::BranchCommits;
use super::moves::Moves;
use super::past::PublishedPast;
use super::returns::Returns;
use super::revert::Reverting;
use super::state::{Dataset, JudgedState, entries, judge};
use super::{Checker, KnownRecord, gate, moved};
use crate::dataset;
use crate::files::FilesState;
use crate::git::{CommitBetween, Repository, Snapshot, Touch};
use crate::model::finding::Level;
use crate::model::{DateRange, Failure, Finding, Identity, ObjectId, RecordId, RepoPath};
use crate::rules::fingerprint;
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};

/// From how many files on a commit's tree is listed once, and not searched file by file.
const MANY: usize = 8;

/// The commits of a branch, between a base and a tip that is judged by itself.
pub struct InterimCommits<'i> {
    /// The repository.
    pub repo: &'i Repository,
    /// The merge base.
    pub base: &'i ObjectId,
    /// The branch's last commit.
    pub tip: &'i ObjectId,
    /// The dataset of the base, whose calendars say what is past.
    pub old: &'i Dataset,
    /// The dataset that judges.
    pub new: &'i Dataset,
    /// Its checks.
    pub checker: &'i Checker<'i>,
    /// What was published before.
    pub past: &'i PublishedPast<'i>,
    /// The branch, commit by commit.
    pub branch: &'i BranchCommits,
    /// The files that it moves.
    pub moves: &'i Moves,
}

/// One commit: the records in the files that it changes, on all sides.
struct InterimStep<'i> {
    commit: &'i CommitBetween,
    fork: ObjectId,
    /// Where the branch left.
    published: Vec<KnownRecord>,
    /// In the commit before.
    before: Vec<KnownRecord>,
    now: Vec<KnownRecord>,
}

type NameOf<'k> = (usize, &'k Identity);

fn name(known: &KnownRecord) -> NameOf<'_> {
    (known.kind, &known.identity)
}

fn by_name(records: &[KnownRecord]) -> HashMap<NameOf<'_>, &KnownRecord> {
    records.iter().rev().map(|known| (name(known), known)).collect()
}

impl InterimCommits<'_> {
    /// The findings of the date gate about commits other than the last, each with its commit. `last` has the
    /// records of the last commit as far as they differ from the base.
    ///
    /// # Errors
    /// What stands in the way of reading a commit.
    pub fn findings(
        &self,
        last: &[KnownRecord],
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<Finding>, Failure> {
        // The last commit is judged by itself.
        if self.branch.commits.len() < 2 {
            return Ok(Vec::new());
        }
        let steps = self.steps(wanted)?;
        let returns = self.returns(&steps)?;
        let stays: HashSet<NameOf<'_>> = last.iter().map(name).collect();
        let (at_tip, at_base) = (self.repo.snapshot(self.tip)?, self.repo.snapshot(self.base)?);
        let mut passing: HashSet<RecordId> = HashSet::new();
        let mut out = Vec::new();
        for step in &steps {
            let published = by_name(&step.published);
            if step.commit.id != *self.tip {
                out.extend(self.step(&step.fork, (&step.published, &step.now), Some(&returns), step)?);
                for known in &step.now {
                    let is_new = !stays.contains(&name(known))
                        && !published.contains_key(&name(known))
                        && !self.moves.leave(&known.file);
                    if is_new
                        && !stands_at_tip(&at_tip, &at_base, known)
                        && passing.insert(known.identity.record_id())
                    {
                        out.extend(self.passing(known, &step.commit.id));
                    }
                }
            }
            let now = by_name(&step.now);
            let own = step.before.iter().filter(|known| self.is_own_edition(known, &published, &now));
            let before: Vec<KnownRecord> = own.cloned().collect();
            let parent = step.commit.parents[0];
            out.extend(self.step(&parent, (&before, &step.now), None, step)?);
        }
        Ok(out)
    }

    /// The commits that change records, with these records.
    fn steps(&self, wanted: &dyn Fn(&RepoPath) -> bool) -> Result<Vec<InterimStep<'_>>, Failure> {
        let mut forks: HashMap<ObjectId, ObjectId> = HashMap::new();
        let mut out = Vec::new();
        for (commit, touches) in self.branch.iter() {
            let fork = self.fork(commit, &forks)?;
            forks.insert(commit.id, fork);
            let paths = self.records_in(touches, wanted);
            let (false, Some(parent)) = (paths.is_empty(), commit.parents.first()) else { continue };
            let published = self.known(&fork, &paths)?;
            let before = if *parent == fork { published.clone() } else { self.known(parent, &paths)? };
            out.push(InterimStep { commit, fork, published, before, now: self.known(&commit.id, &paths)? });
        }
        Ok(out)
    }

    /// Where a commit's line left the base: known from its parents, unless these left it at different places.
    fn fork(&self, commit: &CommitBetween, forks: &HashMap<ObjectId, ObjectId>) -> Result<ObjectId, Failure> {
        let of = |parent: &ObjectId| forks.get(parent).copied().unwrap_or(*parent);
        let places: HashSet<ObjectId> = commit.parents.iter().map(of).collect();
        match places.len() {
            _ if places.contains(self.base) => Ok(*self.base),
            1 => Ok(places.into_iter().next().unwrap_or(*self.base)),
            _ => Ok(self.repo.merge_base(self.base, &commit.id)?.unwrap_or(*self.base)),
        }
    }

    fn records_in(&self, touches: &[Touch], wanted: &dyn Fn(&RepoPath) -> bool) -> BTreeSet<RepoPath> {
        let paths = touches.iter().map(Touch::path);
        paths.filter(|path| wanted(path) && self.new.policy.kind_of(path).is_some()).cloned().collect()
    }

    /// The records that a commit has in some files.
    fn known(&self, commit: &ObjectId, paths: &BTreeSet<RepoPath>) -> Result<Vec<KnownRecord>, Failure> {
        let files = FilesState::Commit(*commit).files(self.repo)?;
        let policy = &self.new.policy;
        let found = if paths.len() < MANY {
            super::state::entries_at(files.as_ref(), policy, paths)?
        } else {
            entries(files.as_ref(), policy, &|path| paths.contains(path))?
        };
        let JudgedState { known, .. } = judge(self.checker, self.new, found);
        Ok(known)
    }

    /// What was published under the names that the commits bring.
    fn returns(&self, steps: &[InterimStep<'_>]) -> Result<Returns<'_>, Failure> {
        let new = steps.iter().filter(|step| step.commit.id != *self.tip).flat_map(|step| {
            let there: HashSet<NameOf<'_>> = step.published.iter().map(name).collect();
            step.now.iter().filter(move |known| !there.contains(&name(known)))
        });
        Returns::of(self.checker, self.past, &self.old.reference, new)
    }

    /// The dates that a record has.
    fn date(&self, known: &KnownRecord) -> Option<DateRange> {
        let spec = &self.new.policy.kinds[known.kind].spec;
        dataset::date_of(spec, &known.document.as_deref()?.root).map(|date| date.range())
    }

    /// Whether a record has a date that neither was published nor is that of the commit after it, unless that
    /// one goes back to what was published: what is taken back does not stand.
    fn is_own_edition(
        &self,
        known: &KnownRecord,
        published: &HashMap<NameOf<'_>, &KnownRecord>,
        after: &HashMap<NameOf<'_>, &KnownRecord>,
    ) -> bool {
        let (old, next) = (published.get(&name(known)), after.get(&name(known)));
        let own = self.date(known);
        let root = |one: &KnownRecord| one.document.as_ref().map(|document| document.root.clone());
        let goes_back = old.zip(next).is_some_and(|(old, next)| {
            root(old).zip(root(next)).is_some_and(|(old, next)| old.same_value(&next))
        });
        let date = |one: Option<&&KnownRecord>| one.and_then(|one| self.date(one));
        own.is_some() && own != date(old) && own != date(next) && !goes_back
    }

    /// The date gate between two states, without records that are gone: the last commit says which those are.
    fn step(
        &self,
        from: &ObjectId,
        (before, after): (&[KnownRecord], &[KnownRecord]),
        returns: Option<&Returns<'_>>,
        step: &InterimStep<'_>,
    ) -> Result<Vec<Finding>, Failure> {
        let at = &step.commit.id;
        let stood = gate::Base { commit: *from, reference: &self.old.reference };
        let places = self.moves.former(before);
        let former = |known: &KnownRecord| self.checker.formerly(known).into_iter().chain(places.of(known));
        let pairs = moved(before, after, |known| former(known).collect());
        let reverting = Reverting { repo: self.repo, past: self.past, branch: self.branch };
        let mut out = Vec::new();
        for (old, now) in &pairs.same {
            let Some(source) = gate::source_of(now) else { continue };
            let found = gate::edited(self.checker, old, now, &source, &stood);
            let spec = &self.new.policy.kinds[now.kind].spec;
            out.extend(reverting.pass(spec, (old, &source), Some(at), found)?.0);
        }
        for (old, now) in &pairs.renamed {
            let source = gate::source_of(now);
            out.extend(source.and_then(|source| gate::renamed(self.checker, old, now, &source, &stood)));
        }
        for (returns, now) in
            returns.iter().flat_map(|returns| pairs.new.iter().map(move |now| (returns, now)))
        {
            let source = gate::source_of(now);
            out.extend(source.map(|source| returns.judge(now, &source).0).into_iter().flatten());
        }
        // A date that moves ahead of the content, in the commit before it, is no fault: the last commit has
        // both.
        out.retain(|finding| finding.rule != "gate-unchanged");
        Ok(out.into_iter().map(|finding| mark(finding, at)).collect())
    }

    /// A record that the branch adds and removes again.
    fn passing(&self, known: &KnownRecord, at: &ObjectId) -> Option<Finding> {
        let id = known.identity.record_id();
        let message = format!("the record {id} comes and goes within the branch");
        let mut found = self.checker.about_file("gate-deleted", &known.file, message, None)?;
        found.fingerprint = fingerprint(&json!(["gate-deleted", id, "within the branch"]));
        found.record = Some(id);
        Some(mark(found, at))
    }
}

/// Whether the last commit has the file of a record that did not change since the base.
fn stands_at_tip(tip: &Snapshot<'_>, base: &Snapshot<'_>, known: &KnownRecord) -> bool {
    let at = |commit: &Snapshot<'_>| commit.file(&known.file).ok().flatten().map(|file| file.blob);
    at(tip).is_some_and(|blob| Some(blob) == at(base))
}

/// A finding about a commit that is not the last. Content ahead of its date is usual in work that goes on,
/// and only a warning.
fn mark(mut finding: Finding, commit: &ObjectId) -> Finding {
    if finding.rule == "gate-not-moved" {
        finding.level = Level::Warning;
    }
    finding.commit = Some(*commit);
    (finding.fix, finding.ignore_hint) = (None, None);
    finding.help = Some(format!(
        "a merge publishes commit {} with the branch's last one: make one commit of them",
        commit.short()
    ));
    finding
}
