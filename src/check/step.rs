//! What a branch changes: findings that its base does not have, and the date gate.

use super::state::{self, Dataset, Judged, entries};
use crate::check::{Checker, Known, gate, moved, suppress};
use crate::files::State;
use crate::git::{Against, Change, Repository};
use crate::history::{self, HistoryQuestion, Selection, Store};
use crate::model::{CommitId, Failure, Finding, RepoPath};
use crate::schema::{Policy, Role};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};

/// Whose rules judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyFrom {
    /// The rules, schema and manifest of the base
    Base,
    /// Those of the state that is checked
    Head,
}

/// What is compared.
pub struct Step<'r> {
    /// The repository.
    pub repo: &'r Repository,
    /// The folder of the manifest.
    pub root: &'r str,
    /// The base.
    pub base: CommitId,
    /// The state that is checked.
    pub head: State,
    /// Whose rules judge.
    pub policy_from: PolicyFrom,
    /// The day that counts as the present.
    pub today: NaiveDate,
}

/// What was found in a step.
pub struct Outcome {
    /// What the base does not have.
    pub findings: Vec<Finding>,
    /// What is accepted.
    pub accepted: Vec<crate::model::finding::Accepted>,
    /// How many findings the base has too.
    pub older: usize,
    /// How many files were looked at.
    pub files: usize,
    /// The policy's own changes.
    pub policy_changes: Vec<String>,
    /// What qualifies the answer.
    pub notes: Vec<String>,
    /// The dataset it was judged with.
    pub dataset: Dataset,
}

impl Step<'_> {
    /// Runs the checks on what differs; on everything if the policy, a calendar or a table differs.
    pub fn run(&self, wanted: &dyn Fn(&RepoPath) -> bool) -> Result<Outcome, Failure> {
        let against = match &self.head {
            State::Work => Against::WorkingTree,
            State::Index => Against::Index,
            State::Commit(commit) => Against::Commit(commit.clone()),
        };
        let changes = self.repo.changes(&self.base, &against)?;
        let old_files = State::Commit(self.base.clone()).files(self.repo)?;
        let new_files = self.head.files(self.repo)?;
        let mut notes = Vec::new();
        let old = match Dataset::load(old_files.as_ref(), self.root) {
            Ok(old) => Some(old),
            Err(error) if self.policy_from == PolicyFrom::Base => {
                return Err(Failure::new(format!("the base's own rules cannot be used: {error}"))
                    .hint("`--policy-from head` judges with the rules of the branch"));
            }
            Err(error) => {
                notes.push(format!(
                    "the base's own rules cannot be used, so that everything counts as new: {error}"
                ));
                None
            }
        };
        let new = match (&old, self.policy_from) {
            (Some(old), PolicyFrom::Base) => {
                let mut new = Dataset::with_policy(new_files.as_ref(), old.policy.clone())?;
                new.baseline.clone_from(&old.baseline);
                new
            }
            _ => Dataset::load(new_files.as_ref(), self.root)?,
        };
        let touched = Touched::of(&changes, &new.policy, old.as_ref().map(|old| &old.policy));
        let paths: HashSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        let everything = touched.everything || old.is_none();
        let judge_head = |path: &RepoPath| wanted(path) && (everything || paths.contains(path));
        let checker = Checker::new(&new.policy, &new.reference, self.today)?;
        let mut judged = state::judge(&checker, &new, entries(new_files.as_ref(), &new.policy, &judge_head)?);
        state::across(&checker, &mut judged, new_files.as_ref(), &new, false)?;
        let mut known_prints = HashMap::new();
        let mut base_comments = HashSet::new();
        let mut findings = std::mem::take(&mut judged.findings);
        if let Some(old) = &old {
            let old_checker = Checker::new(&old.policy, &old.reference, self.today)?;
            // Renames pair by name: the base's side of a path that was asked for may lie elsewhere.
            let judge_base = |path: &RepoPath| everything || paths.contains(path);
            let mut base =
                state::judge(&old_checker, old, entries(old_files.as_ref(), &old.policy, &judge_base)?);
            state::across(&old_checker, &mut base, old_files.as_ref(), old, false)?;
            let base_findings = std::mem::take(&mut base.findings);
            let base_left = state::sift(&old_checker, old, &base, base_findings, true, false).findings;
            for finding in base_left {
                *known_prints.entry(finding.fingerprint).or_insert(0_usize) += 1;
            }
            base_comments.extend(base.sources.iter().flat_map(suppress::comments));
            findings.extend(self.gate(&checker, &base, &judged, &paths, wanted));
            gate::supersede(&checker, &mut findings);
        }
        let sifted = state::sift(&checker, &new, &judged, findings, true, false);
        let (mut fresh, mut older) = (Vec::new(), 0);
        for mut finding in sifted.findings {
            match known_prints.get_mut(&finding.fingerprint) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    older += 1;
                }
                _ => {
                    finding.new = true;
                    fresh.push(finding);
                }
            }
        }
        let mut policy_changes = touched.policy;
        policy_changes.extend(new_comments(&judged, &base_comments, &paths));
        let files = judged.files;
        Ok(Outcome {
            findings: fresh,
            accepted: sifted.accepted,
            older,
            files,
            policy_changes,
            notes,
            dataset: new,
        })
    }

    /// Whether the base's history has an edition, or an amendment of one, that says what a record says now.
    fn was_published(&self, checker: &Checker<'_>, old: &Known, now: &Known) -> bool {
        let Some(now) = &now.document else { return false };
        let policy = checker.policy();
        let shape = &policy.kinds[old.kind].shape;
        let selection = Selection::of(std::slice::from_ref(&old.identity));
        let Ok(store) = Store::new(self.repo) else { return false };
        let (repo, tip) = (self.repo, &self.base);
        let asked =
            HistoryQuestion { repo, store: &store, policy, tip, selection: &selection, worktree: None };
        let loaded = history::load(&asked);
        let timelines = loaded.map(|archive| archive.timelines).unwrap_or_default();
        let editions =
            timelines.values().flat_map(|timeline| timeline.editions.iter().chain(&timeline.withdrawn));
        let mut revisions = editions.flat_map(|edition| edition.amendments.iter().chain([&edition.revision]));
        revisions.any(|revision| {
            store.document(&revision.blob).is_ok_and(|then| crate::diff::same(&then.root, &now.root, shape))
        })
    }

    /// The date gate over the records that differ.
    fn gate(
        &self,
        checker: &Checker<'_>,
        base: &Judged,
        head: &Judged,
        paths: &HashSet<&RepoPath>,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Vec<Finding> {
        let old: Vec<_> = base.known.iter().filter(|known| paths.contains(&known.file)).cloned().collect();
        let now: Vec<_> = head.known.iter().filter(|known| paths.contains(&known.file)).cloned().collect();
        let source = |file: &RepoPath| head.sources.iter().find(|source| source.file == *file);
        let pairs = moved(&old, &now, |known| checker.formerly(known));
        let mut out = Vec::new();
        for (old, now) in &pairs.same {
            // An edition that is taken back, by a commit that gives the record content it had before, is no new edition.
            if gate::goes_back(checker, old, now) && self.was_published(checker, old, now) {
                continue;
            }
            out.extend(
                source(&now.file).into_iter().flat_map(|s| gate::edited(checker, old, now, s, &self.base)),
            );
        }
        for (old, now) in &pairs.renamed {
            out.extend(source(&now.file).and_then(|s| gate::renamed(checker, old, now, s, &self.base)));
        }
        for gone in &pairs.gone {
            // A file that cannot be read, or has lost its name, is told as that.
            let still_there =
                source(&gone.file).is_some() || head.findings.iter().any(|f| f.file == gone.file);
            let elsewhere = base.known.iter().any(|k| k.identity == gone.identity && k.file != gone.file);
            if !still_there && !elsewhere && wanted(&gone.file) {
                out.extend(gate::deleted(checker, gone, &self.base));
            }
        }
        out
    }
}

/// Ignore comments that the base does not have.
fn new_comments(judged: &Judged, base: &HashSet<String>, paths: &HashSet<&RepoPath>) -> Vec<String> {
    let changed = judged.sources.iter().filter(|source| paths.contains(&source.file));
    let added = changed.flat_map(|source| {
        let fresh = suppress::comments(source).into_iter().filter(|text| !base.contains(text));
        fresh.map(|text| format!("{}: # {text}", source.file)).collect::<Vec<_>>()
    });
    added.collect()
}

/// What a change touches besides records.
struct Touched {
    /// Whether records that did not change must be judged, too.
    everything: bool,
    /// Files of the policy itself.
    policy: Vec<String>,
}

impl Touched {
    fn of(changes: &[Change], new: &Policy, old: Option<&Policy>) -> Touched {
        let mut touched = Touched { everything: false, policy: Vec::new() };
        for change in changes {
            let roles = [Some(new), old].map(|policy| policy.and_then(|policy| policy.role_of(&change.path)));
            let is_policy = roles.iter().flatten().any(|role| matches!(role, Role::Policy(_)));
            let is_reference =
                roles.iter().flatten().any(|role| matches!(role, Role::Calendar(_) | Role::Table(_)));
            if is_policy {
                touched.policy.push(change.path.to_string());
            }
            touched.everything |= is_policy || is_reference;
        }
        touched
    }
}
