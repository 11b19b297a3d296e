//! The days that the commits of a branch give to editions, for records without dates of their own
//! (`date: commit`): a committer can write any day, so an edition could be dated back behind those that it
//! follows, or ahead of the present.

use super::branch::BranchCommits;
use super::moves::Moves;
use super::past::PublishedPast;
use super::state::DatasetFile;
use super::{CheckBasis, KnownRecord};
use crate::dataset;
use crate::files::Content;
use crate::git::{Repository, Snapshot, Touch};
use crate::model::{Failure, Finding, ObjectId, RepoPath};
use crate::rules::fingerprint;
use crate::schema::{DateChoice, Role};
use chrono::{DateTime, FixedOffset};
use serde_json::json;
use std::collections::HashMap;

/// Judges the days of a branch's commits.
pub struct CommitDays<'i> {
    /// The repository.
    pub repo: &'i Repository,
    /// What checks judge by.
    pub basis: &'i CheckBasis<'i>,
    /// The merge base.
    pub base: &'i ObjectId,
    /// What was published before.
    pub past: &'i PublishedPast<'i>,
    /// The branch, commit by commit.
    pub branch: &'i BranchCommits,
    /// The files that it moves.
    pub moves: &'i Moves,
}

type CommitMoment = DateTime<FixedOffset>;

/// What a walk along first parents does next.
enum LineTurn {
    Enter(usize),
    Leave(usize),
}

/// The files that each commit dates.
type DatedFiles<'b> = Vec<Vec<&'b RepoPath>>;

impl CommitDays<'_> {
    /// Commits that date an edition before the one of the same record that they follow, or after the last day
    /// that is no future. `published` are the records of the base, as far as the branch changes their files.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn findings(
        &self,
        published: &[KnownRecord],
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Vec<Finding>, Failure> {
        let kinds = &self.basis.policy().kinds;
        if kinds.iter().all(|kind| !kind.spec.date.choices().contains(&DateChoice::Commit)) {
            return Ok(Vec::new());
        }
        let mut dated: DatedFiles<'_> = Vec::new();
        for touches in &self.branch.touches {
            let mut files = Vec::new();
            for touch in touches.iter().filter(|touch| wanted(touch.path())) {
                if self.is_dated_by_commit(touch)? {
                    files.push(touch.path());
                }
            }
            dated.push(files);
        }
        let files_of: HashMap<_, &RepoPath> =
            published.iter().map(|one| ((one.kind, &one.identity), &one.file)).collect();
        let places: HashMap<ObjectId, usize> =
            self.branch.commits.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect();
        let first_parent = |at: usize| self.branch.commits[at].parents.first();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
        let mut open = Vec::new();
        for at in 0..places.len() {
            match first_parent(at).and_then(|parent| places.get(parent)) {
                Some(parent) => children[*parent].push(at),
                None => open.push(LineTurn::Enter(at)),
            }
        }
        let mut out = Vec::new();
        // By file, the editions of the commits between the base and the one that is looked at.
        let mut line: HashMap<&RepoPath, Vec<CommitMoment>> = HashMap::new();
        let mut fork: Option<ObjectId> = None;
        while let Some(turn) = open.pop() {
            match turn {
                LineTurn::Leave(at) => {
                    for path in &dated[at] {
                        line.get_mut(path).map(Vec::pop);
                    }
                }
                LineTurn::Enter(at) => {
                    let parent = first_parent(at).copied();
                    if parent.is_none_or(|parent| !places.contains_key(&parent)) {
                        fork = parent;
                    }
                    let commit = self.branch.commits[at].id;
                    let moment = self.repo.commit_info(&commit)?.committer_time;
                    for path in &dated[at] {
                        let last = match line.get(path).and_then(|moments| moments.last()) {
                            Some(moment) => Some(*moment),
                            None => self.before_branch(fork.as_ref(), path, &commit, &files_of)?,
                        };
                        out.extend(self.finding(path, &commit, moment, last));
                        line.entry(path).or_default().push(moment);
                    }
                    open.push(LineTurn::Leave(at));
                    open.extend(children[at].iter().map(|child| LineTurn::Enter(*child)));
                }
            }
        }
        Ok(out)
    }

    /// Whether the record in a file has no date but its commit's; of a file of many, any of them.
    fn is_dated_by_commit(&self, touch: &Touch) -> Result<bool, Failure> {
        let policy = self.basis.policy();
        let Some(kind) = policy.kind_of(touch.path()) else { return Ok(false) };
        let choices = policy.kinds[kind].spec.date.choices();
        if touch.entry.is_none() || !choices.contains(&DateChoice::Commit) {
            return Ok(false);
        }
        if choices.len() == 1 {
            return Ok(true);
        }
        let by_commit = |source: super::CheckedFile| {
            let document = source.reading.document.as_ref();
            document.is_some_and(|doc| {
                let head = dataset::read_head(&policy.kinds[kind], &doc.root, source.standing());
                head.by_commit && head.date.is_none()
            })
        };
        Ok(self.file(touch, kind)?.sources(policy, false).into_iter().any(by_commit))
    }

    fn file(&self, touch: &Touch, kind: usize) -> Result<DatasetFile, Failure> {
        let bytes = match touch.entry {
            Some(entry) => self.repo.read_blob(&entry.blob())?,
            None => Vec::new(),
        };
        let content = Content::Bytes(bytes);
        Ok(DatasetFile { path: touch.path().clone(), role: Role::Record(kind), content })
    }

    /// When the edition was committed that a file, or the record in it, had where the branch left.
    fn before_branch(
        &self,
        fork: Option<&ObjectId>,
        path: &RepoPath,
        commit: &ObjectId,
        files_of: &HashMap<(usize, &crate::model::Identity), &RepoPath>,
    ) -> Result<Option<CommitMoment>, Failure> {
        let Some(fork) = fork else { return Ok(None) };
        let there = self.repo.snapshot(fork)?;
        let found = self.published(fork, &there, path)?;
        if found.is_some() {
            return Ok(found);
        }
        for origin in self.moves.origins(path) {
            let found = self.published(fork, &there, origin)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        // A record that names itself may stand in another file now.
        let policy = self.basis.policy();
        let Some(kind) = policy.kind_of(path).filter(|kind| !policy.kinds[*kind].spec.is_named_by_path())
        else {
            return Ok(None);
        };
        let Some(file) = self.repo.file_at(commit, path)? else { return Ok(None) };
        let content = Content::Bytes(self.repo.read_blob(&file.blob)?);
        let file = DatasetFile { path: path.clone(), role: Role::Record(kind), content };
        for source in file.sources(policy, false) {
            let Some(identity) = self.basis.identity(&source) else { continue };
            if let Some(old) = files_of.get(&(kind, &identity)) {
                return self.published(fork, &there, old);
            }
        }
        Ok(None)
    }

    /// When the text was committed that a file has where the branch left.
    fn published(
        &self,
        fork: &ObjectId,
        there: &Snapshot<'_>,
        path: &RepoPath,
    ) -> Result<Option<CommitMoment>, Failure> {
        let Some(file) = there.file(path)? else { return Ok(None) };
        let is_it = |blob: Option<ObjectId>| match fork == self.base {
            true => blob.is_some(),
            false => blob == Some(file.blob),
        };
        let Some((commit, _)) = self.past.changes_of(path)?.find(|(_, blob)| is_it(*blob)) else {
            return Ok(None);
        };
        Ok(Some(self.repo.commit_info(&commit)?.committer_time))
    }

    fn finding(
        &self,
        path: &RepoPath,
        commit: &ObjectId,
        moment: CommitMoment,
        last: Option<CommitMoment>,
    ) -> Option<Finding> {
        let (day, short) = (moment.date_naive(), commit.short());
        let (rule, message) = if day > self.basis.last_day().end.date() {
            let today = self.basis.today();
            ("gate-future", format!("commit {short} dates this edition {day}; today is {today}"))
        } else {
            // A later moment can fall on an earlier day, further to the west.
            let last = last.filter(|last| moment < *last && day < last.date_naive())?.date_naive();
            let words = format!(
                "commit {short} dates this edition {day}, before the edition of {last} that it follows"
            );
            ("gate-backwards", words)
        };
        let help = "a commit dates this record: `git rebase --force-rebase BASE` dates the commits of the \
                    branch anew";
        let mut found = self.basis.about_file(rule, path, message, Some(help.to_owned()))?;
        found.fingerprint = fingerprint(&json!([rule, path.to_string(), "commit", day.to_string()]));
        found.commit = Some(*commit);
        Some(found)
    }
}
