//! What the commits of a branch publish besides its last one: a merge brings every commit, and each date that
//! a record had in one of them becomes an edition.
//!
//! A commit is held against what was published where the branch left: so work in several commits is free, as
//! long as nothing in it would be refused as the last commit. What had a date of its own is held against what
//! follows it, too.

use super::state::{Dataset, JudgedState, entries, judge};
use super::{Checker, KnownRecord, gate, moved};
use crate::dataset;
use crate::files::FilesState;
use crate::git::{Against, CommitBetween, Repository};
use crate::model::finding::Level;
use crate::model::{DateRange, Failure, Finding, ObjectId, RecordId, RepoPath};
use crate::rules::fingerprint;
use serde_json::json;
use std::collections::{BTreeSet, HashSet};

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
        let mut out = Vec::new();
        let stays: HashSet<_> = last.iter().map(|known| (known.kind, &known.identity)).collect();
        let mut passing: HashSet<RecordId> = HashSet::new();
        for commit in self.repo.commits_between(self.base, self.tip)? {
            let paths = self.changed(&commit, wanted)?;
            let (false, Some(parent)) = (paths.is_empty(), commit.parents.first()) else { continue };
            let fork = self.repo.merge_base(self.base, &commit.id)?.unwrap_or(*self.base);
            let published = self.known(&fork, &paths)?;
            let now = self.known(&commit.id, &paths)?;
            if commit.id != *self.tip {
                out.extend(self.step(&fork, &published, &now, &commit.id));
                let is_passing = |known: &&KnownRecord| {
                    let name = (known.kind, &known.identity);
                    let has =
                        |others: &[KnownRecord]| others.iter().any(|one| (one.kind, &one.identity) == name);
                    !stays.contains(&name) && !has(&published) && !self.stands_at_tip(known)
                };
                for known in now.iter().filter(is_passing) {
                    if passing.insert(known.identity.record_id()) {
                        out.extend(self.passing(known, &commit.id));
                    }
                }
            }
            let before = self.own_editions(self.known(parent, &paths)?, &published, &now);
            out.extend(self.step(parent, &before, &now, &commit.id));
        }
        Ok(out)
    }

    /// The records' files in which a commit differs from each of its parents.
    fn changed(
        &self,
        commit: &CommitBetween,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<BTreeSet<RepoPath>, Failure> {
        let mut out: Option<BTreeSet<RepoPath>> = None;
        for parent in &commit.parents {
            let changes = self.repo.changes(parent, &Against::Commit(commit.id))?;
            let paths: BTreeSet<RepoPath> = changes.into_iter().map(|change| change.path).collect();
            out = Some(match out {
                None => paths,
                Some(others) => others.intersection(&paths).cloned().collect(),
            });
        }
        let mut out = out.unwrap_or_default();
        out.retain(|path| wanted(path) && self.new.policy.kind_of(path).is_some());
        Ok(out)
    }

    /// The records that a commit has in some files.
    fn known(&self, commit: &ObjectId, paths: &BTreeSet<RepoPath>) -> Result<Vec<KnownRecord>, Failure> {
        let files = FilesState::Commit(*commit).files(self.repo)?;
        let found = entries(files.as_ref(), &self.new.policy, &|path| paths.contains(path))?;
        let JudgedState { known, .. } = judge(self.checker, self.new, found);
        Ok(known)
    }

    /// Whether the last commit has the file of a record that did not change since the base.
    fn stands_at_tip(&self, known: &KnownRecord) -> bool {
        let at = |commit| self.repo.file_at(commit, &known.file).ok().flatten().map(|file| file.blob);
        at(self.tip).is_some_and(|blob| Some(blob) == at(self.base))
    }

    /// The dates that a record has.
    fn date(&self, known: &KnownRecord) -> Option<DateRange> {
        let spec = &self.new.policy.kinds[known.kind].spec;
        dataset::date_of(spec, &known.document.as_deref()?.root).map(|date| date.range())
    }

    /// The records of a commit whose date neither was published nor is that of the commit after it, unless
    /// that one goes back to what was published: what is taken back does not stand.
    fn own_editions(
        &self,
        records: Vec<KnownRecord>,
        published: &[KnownRecord],
        after: &[KnownRecord],
    ) -> Vec<KnownRecord> {
        let is_own = |known: &KnownRecord| {
            let same = |one: &&KnownRecord| one.kind == known.kind && one.identity == known.identity;
            let (old, next) = (published.iter().find(same), after.iter().find(same));
            let own = self.date(known);
            let goes_back = old.zip(next).is_some_and(|(old, next)| {
                let root = |one: &KnownRecord| one.document.as_ref().map(|document| document.root.clone());
                root(old).zip(root(next)).is_some_and(|(old, next)| old.same_value(&next))
            });
            let date = |one: Option<&KnownRecord>| one.and_then(|one| self.date(one));
            own.is_some() && own != date(old) && own != date(next) && !goes_back
        };
        records.into_iter().filter(is_own).collect()
    }

    /// The date gate between two states, without records that are gone: the last commit says which those are.
    fn step(
        &self,
        from: &ObjectId,
        before: &[KnownRecord],
        after: &[KnownRecord],
        at: &ObjectId,
    ) -> Vec<Finding> {
        let stood = gate::Base { commit: *from, reference: &self.old.reference };
        let pairs = moved(before, after, |known| self.checker.formerly(known));
        let mut out = Vec::new();
        for (old, now) in &pairs.same {
            let source = gate::source_of(now);
            out.extend(source.iter().flat_map(|source| gate::edited(self.checker, old, now, source, &stood)));
        }
        for (old, now) in &pairs.renamed {
            let source = gate::source_of(now);
            out.extend(source.and_then(|source| gate::renamed(self.checker, old, now, &source, &stood)));
        }
        // A date that moves ahead of the content, in the commit before it, is no fault: the last commit has
        // both.
        out.retain(|finding| finding.rule != "gate-unchanged");
        out.into_iter().map(|finding| mark(finding, at)).collect()
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
