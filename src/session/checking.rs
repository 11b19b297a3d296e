//! `check`: what is wrong with a dataset, in the working tree, the index, the history, or against a base.

use super::{Options, find_dataset, repo_path};
use crate::check::acceptance::{accept, sift};
use crate::check::state::{self, Dataset, across, entries, judge, merge_base};
use crate::check::step::{CheckedStep, PolicyFrom};
use crate::check::views::{findings_view, rule_line, step_view};
use crate::check::{Checker, all_rules, baseline, fix, history, policy_faults};
use crate::files::{FilesState, join, write};
use crate::git::Repository;
use crate::model::finding::{Accepted, FindingsView, RuleListView, Summary};
use crate::model::{Failure, Finding, ObjectId, RepoPath};
use crate::schema::{Policy, manifest};
use chrono::NaiveDate;
use std::path::PathBuf;

/// What is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckScope {
    /// The working tree.
    Everything,
    /// What the working tree, or a commit, adds since its merge base with a revision.
    Since {
        /// The revision.
        base: String,
        /// The commit that is judged; by default the working tree, and the current commit where the base's
        /// policy judges.
        head: Option<String>,
    },
    /// What is staged, compared with the current commit.
    Staged,
    /// Every revision that was ever committed, by the rules of today.
    History,
}

/// What is checked, and by whose rules.
#[derive(Clone, Debug)]
pub struct CheckQuestion {
    /// Files and folders as the user names them; the whole dataset if there are none.
    pub paths: Vec<PathBuf>,
    /// What is checked.
    pub scope: CheckScope,
    /// Which side's rules, schema and manifest to use in a comparison.
    pub policy_from: PolicyFrom,
    /// Fingerprints of findings that a maintainer accepts.
    pub accept: Vec<String>,
    /// The day that counts as the present.
    pub today: NaiveDate,
    /// Another index than the repository's own, as a hook is given one.
    pub index: Option<PathBuf>,
}

/// A dataset that is being checked. Unlike a [`super::Session`] it needs no commit.
pub struct Checking {
    repo: Repository,
    root: String,
    wanted: Vec<RepoPath>,
    question: CheckQuestion,
    on_note: Option<fn(&str)>,
}

impl Checking {
    /// Opens what is to be checked.
    ///
    /// # Errors
    /// There is no repository or dataset here, or a path that does not exist.
    pub fn open(options: &Options, question: CheckQuestion) -> Result<Checking, Failure> {
        let repo = Repository::discover(&options.start)?;
        if let (true, Some(hear)) = (repo.is_altered(), options.on_note) {
            hear("replacements and grafts of this clone are not obeyed: what was committed is judged");
        }
        let repo = repo.as_committed()?;
        if let Some(index) = &question.index {
            repo.use_index(index)?;
        }
        let files = open_state(&repo, &question.scope)?.files(&repo)?;
        let root = find_dataset(options, &repo, files.as_ref())?;
        if let (None, Some(hear)) = (&options.dataset, options.on_note) {
            let other = join(&root, &format!("dataset/{}", manifest::FILE_NAME));
            if files.read(&other)?.is_some() {
                let own = join(&root, manifest::FILE_NAME);
                hear(&format!(
                    "{other} is another manifest; {own} is the one that counts, and `--dataset` names the \
                        other"
                ));
            }
        }
        drop(files);
        let wanted = question.paths.iter().map(|path| repo_path(&repo, &options.start, path));
        let wanted = wanted.collect::<Result<_, _>>()?;
        Ok(Checking { repo, root, wanted, question, on_note: options.on_note })
    }

    /// What was found.
    ///
    /// # Errors
    /// Rules or schemas that cannot be used, or a base that cannot be read.
    pub fn findings(&self) -> Result<FindingsView, Failure> {
        match &self.question.scope {
            CheckScope::History => self.past(),
            CheckScope::Staged => match self.repo.head() {
                Ok(head) => self.step(head, FilesState::Index),
                // Before the first commit there is nothing to compare with.
                Err(_) => self.whole(FilesState::Index),
            },
            CheckScope::Since { base, head } => {
                let commit = match head {
                    Some(revision) => self.repo.resolve(revision)?,
                    None => self.repo.head()?,
                };
                let base = merge_base(&self.repo, base, &commit)?;
                if !self.judges_commit() {
                    return self.step(base, self.here()?);
                }
                if head.is_none() && !self.repo.is_bare() && self.is_dirty() {
                    self.note("the commit is judged; changes that are not committed are not");
                }
                self.step(base, FilesState::Commit(commit))
            }
            CheckScope::Everything => self.whole(self.here()?),
        }
    }

    /// Whether a commit is judged and not what lies on disk. Where the base's policy judges, the branch is a
    /// stranger's, and the files on disk can be made other than those committed.
    pub fn judges_commit(&self) -> bool {
        let CheckScope::Since { head, .. } = &self.question.scope else { return false };
        head.is_some() || self.question.policy_from == PolicyFrom::Base
    }

    fn is_dirty(&self) -> bool {
        let prefix = RepoPath::from(self.root.as_str());
        self.repo.cleanliness().is_some_and(|clean| clean.is_dirty(&prefix).unwrap_or(false))
    }

    /// The rules.
    ///
    /// # Errors
    /// A policy that cannot be read.
    pub fn rules(&self) -> Result<RuleListView, Failure> {
        let policy = Policy::load(self.here()?.files(&self.repo)?.as_ref(), &self.root)?;
        let rules = all_rules(&policy).iter().map(rule_line).collect();
        Ok(RuleListView { format: "sincewhen.check-rules/1", rules })
    }

    /// Accepts everything that is found in the working tree now. Gives the file that was written and how many
    /// findings it accepts.
    ///
    /// # Errors
    /// As [`Checking::findings`], and a file that cannot be written.
    pub fn write_baseline(&self) -> Result<(String, usize), Failure> {
        let files = FilesState::Work.files(&self.repo)?;
        let mut dataset = Dataset::load(files.as_ref(), &self.root)?;
        let kept = dataset.baseline.take().map_or_else(Vec::new, |old| old.of_gate());
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.question.today)?;
        let mut judged = judge(&checker, &dataset, entries(files.as_ref(), &dataset.policy, &|_| true)?);
        across(&checker, &mut judged, files.as_ref(), &dataset, true)?;
        let findings = std::mem::take(&mut judged.findings);
        let mut left = sift(&checker, &dataset, &judged, findings, (false, true)).findings;
        left.retain(|finding| checker.can_be_accepted(&finding.rule));
        let path = dataset.policy.path(baseline::FILE_NAME);
        let workdir =
            self.repo.workdir().ok_or_else(|| Failure::new("a bare repository has no working tree"))?;
        write::replace(&workdir.join(&path), baseline::write(&left, &kept).as_bytes())
            .map_err(|error| Failure::system(&path, error))?;
        Ok((path, left.len()))
    }

    /// The safe edits that findings propose, as files before and after.
    ///
    /// # Errors
    /// A file that cannot be read, or a bare repository.
    pub fn safe_edits(&self, findings: &[Finding]) -> Result<Vec<fix::FixedFile>, Failure> {
        let workdir =
            self.repo.workdir().ok_or_else(|| Failure::new("a bare repository has no working tree"))?;
        fix::safe_edits(workdir, findings)
    }

    /// What is here: the working tree, and in a bare repository the current commit.
    fn here(&self) -> Result<FilesState, Failure> {
        open_state(&self.repo, &CheckScope::Everything)
    }

    fn wants(&self, path: &RepoPath) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|prefix| prefix.is_at_or_above(path))
    }

    /// Everything there is, or what was asked for by path.
    fn whole(&self, state: FilesState) -> Result<FindingsView, Failure> {
        let files = state.files(&self.repo)?;
        let dataset = Dataset::load(files.as_ref(), &self.root)?;
        if dataset.faults.is_empty() {
            crate::export::check(&dataset.policy, &dataset.reference)?;
        }
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.question.today)?;
        let all = self.wanted.is_empty();
        let found = entries(files.as_ref(), &dataset.policy, &|path| self.wants(path))?;
        let mut judged = judge(&checker, &dataset, found);
        across(&checker, &mut judged, files.as_ref(), &dataset, all)?;
        state::strays(&checker, &mut judged, files.as_ref(), &dataset, &|path| self.wants(path))?;
        let mut findings = std::mem::take(&mut judged.findings);
        findings.extend(policy_faults::of_policy(
            &checker,
            &dataset.policy,
            &dataset.reference,
            files.as_ref(),
        ));
        let policy = (&dataset.policy, &dataset.reference);
        findings.extend(policy_faults::of_grammars(
            &checker,
            super::grammars::faults,
            policy,
            files.as_ref(),
        ));
        if all {
            findings.extend(state::no_records(&checker, &judged, &dataset.policy));
        }
        let sifted = sift(&checker, &dataset, &judged, findings, (false, all));
        if judged.files == 0 && !all {
            self.note("none of these files belongs to the dataset");
        }
        state::sparse_note(files.as_ref(), &dataset.policy)?.iter().for_each(|note| self.note(note));
        let summary = Summary { files: judged.files, ..Summary::default() };
        let (findings, by_hand) = accept(&checker, sifted.findings, &self.question.accept);
        let accepted = sifted.accepted.into_iter().chain(by_hand).collect();
        Ok(view(&checker, findings, accepted, summary))
    }

    fn past(&self) -> Result<FindingsView, Failure> {
        let files = self.here()?.files(&self.repo)?;
        let dataset = Dataset::load(files.as_ref(), &self.root)?;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.question.today)?;
        let head = self.repo.head()?;
        let past = history::run(&self.repo, &checker, &dataset, &head, &|path| self.wants(path))?;
        let summary = Summary { files: past.revisions, ..Summary::default() };
        Ok(view(&checker, past.findings, past.accepted, summary))
    }

    fn step(&self, base: ObjectId, head: FilesState) -> Result<FindingsView, Failure> {
        let step = CheckedStep {
            repo: &self.repo,
            root: &self.root,
            base,
            head,
            policy_from: self.question.policy_from,
            today: self.question.today,
            accept: &self.question.accept,
            grammar_faults: super::grammars::faults,
            export_fault: crate::export::export_fault,
        };
        let outcome = step.run(&|path| self.wants(path))?;
        outcome.notes.iter().for_each(|note| self.note(note));
        Ok(step_view(&step, outcome))
    }

    fn note(&self, text: &str) {
        if let Some(hear) = self.on_note {
            hear(text);
        }
    }
}

/// The files from which a dataset is opened.
fn open_state(repo: &Repository, scope: &CheckScope) -> Result<FilesState, Failure> {
    match (repo.is_bare(), scope) {
        (true, CheckScope::Staged) => {
            Err(Failure::new("a bare repository has no index, so nothing is staged")
                .hint("`sincewhen check --base REV` judges what the current commit adds since REV"))
        }
        (true, _) => Ok(FilesState::Commit(repo.head()?)),
        (false, CheckScope::Staged) => Ok(FilesState::Index),
        (false, _) => Ok(FilesState::Work),
    }
}

fn view(
    checker: &Checker<'_>,
    findings: Vec<Finding>,
    accepted: Vec<Accepted>,
    summary: Summary,
) -> FindingsView {
    findings_view(checker.rules().map(rule_line).collect(), findings, accepted, summary)
}
