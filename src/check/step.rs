//! What a branch changes: findings that its base does not have, and the date gate.

use super::acceptance::{accept, sift};
use super::branch_gate::BranchSides;
use super::state::{self, Dataset, JudgedState, entries};
use crate::check::{Checker, gate, policy_faults};
use crate::files::{Files, FilesState, join};
use crate::git::{Against, EntryKind, FileChange, Repository};
use crate::model::finding::{Acceptance, Accepted};
use crate::model::{Failure, Finding, Identity, ObjectId, RepoPath};
use crate::schema::{Policy, Role, manifest};
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
pub struct CheckedStep<'r> {
    /// The repository.
    pub repo: &'r Repository,
    /// The folder of the manifest.
    pub root: &'r str,
    /// The base.
    pub base: ObjectId,
    /// The state that is checked.
    pub head: FilesState,
    /// Whose rules judge.
    pub policy_from: PolicyFrom,
    /// The day that counts as the present.
    pub today: NaiveDate,
    /// Fingerprints of findings that a maintainer accepts.
    pub accept: &'r [String],
    /// What finds the faults of grammars.
    pub grammar_faults: policy_faults::GrammarFaults,
    /// What finds the fault of the manifest's section `export`.
    pub export_fault: policy_faults::ExportFault,
}

/// What was found in a step.
pub struct StepFindings {
    /// What the base does not have.
    pub findings: Vec<Finding>,
    /// What is accepted.
    pub accepted: Vec<Accepted>,
    /// How many findings the base has too.
    pub older: usize,
    /// How many files were looked at.
    pub files: usize,
    /// The files that differ and should hold a record, and of which none can be read.
    pub unread: Vec<RepoPath>,
    /// The policy's own changes.
    pub policy_changes: Vec<String>,
    /// What the change itself accepts: findings that the base does not have and does not accept.
    pub own_acceptances: Vec<Acceptance>,
    /// What qualifies the answer.
    pub notes: Vec<String>,
    /// The dataset it was judged with.
    pub dataset: Dataset,
    /// The base's dataset, if it has one.
    pub base: Option<Dataset>,
    /// The records whose files differ; `None` where something differs that may concern all of them.
    pub edited: Option<Vec<Identity>>,
}

/// The two sides of a step, read.
struct StepSides<'r> {
    before: Box<dyn Files + 'r>,
    after: Box<dyn Files + 'r>,
    old: Option<Dataset>,
    new: Dataset,
    changes: Vec<FileChange>,
    notes: Vec<String>,
}

impl StepSides<'_> {
    /// What the side to be judged holds by itself.
    fn judge_head(
        &self,
        checker: &Checker<'_>,
        wanted: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<JudgedState, Failure> {
        let (files, new) = (self.after.as_ref(), &self.new);
        let mut judged = state::judge(checker, new, entries(files, &new.policy, wanted)?);
        state::across(checker, &mut judged, files, new, false)?;
        state::strays(checker, &mut judged, files, new, wanted)?;
        Ok(judged)
    }
}

impl<'r> CheckedStep<'r> {
    /// Runs the checks on what differs; on everything if the policy, a calendar or a table differs.
    ///
    /// # Errors
    /// Whatever stands in the way of reading either side: a base that cannot be read is no reason to pass.
    pub fn run(&self, wanted: &dyn Fn(&RepoPath) -> bool) -> Result<StepFindings, Failure> {
        let sides = self.read()?;
        let old_policy = sides.old.as_ref().map(|old| &old.policy);
        let touched = TouchedPolicy::of(&sides.changes, &sides.new.policy, old_policy);
        let mut policy_changes = touched.policy;
        let paths: HashSet<&RepoPath> = sides.changes.iter().map(|change| &change.path).collect();
        let everything = touched.everything || sides.old.is_none();
        let concerns = |path: &RepoPath| everything || paths.contains(path);
        let new = &sides.new;
        let checker = self.checker(new)?;
        let head_wants = |path: &RepoPath| wanted(path) && concerns(path);
        let mut judged = sides.judge_head(&checker, &head_wants)?;
        let mut findings = std::mem::take(&mut judged.findings);
        let mut published = BaseFindings::default();
        let mut edited = edited_in(&judged, &paths);
        if touched.everything {
            findings.extend(self.policy_findings(&checker, &sides, &mut published));
        }
        if touched.grammars {
            findings.extend(self.findings_of_other_commands(&checker, &sides, &mut published));
        }
        if let Some(old) = &sides.old {
            let base = self.judge_base(&sides, old, &concerns, &mut published)?;
            edited.extend(edited_in(&base, &paths));
            let sides = BranchSides {
                repo: self.repo,
                commits: (self.base, &self.head),
                datasets: (old, new),
                files: (sides.before.as_ref(), sides.after.as_ref()),
                judged: (&base, &judged),
                paths: &paths,
                wanted,
            };
            let gated = sides.gate(&checker, &findings)?;
            findings.extend(gated.findings);
            policy_changes.extend(gated.called_out);
            gate::supersede(&checker, &mut findings);
        }
        let sifted = sift(&checker, new, &judged, findings, (true, false));
        let (findings, by_hand) = accept(&checker, sifted.findings, self.accept);
        let mut accepted = sifted.accepted;
        let own_acceptances = published.not_accepted_there(&accepted);
        accepted.extend(by_hand);
        let (fresh, older) = published.fresh(findings);
        let mut notes = sides.notes;
        notes.extend(state::sparse_note(sides.after.as_ref(), &sides.new.policy)?);
        Ok(StepFindings {
            findings: fresh,
            accepted,
            older,
            files: judged.files,
            unread: judged.unread.into_iter().filter(|path| paths.contains(path)).collect(),
            policy_changes,
            own_acceptances,
            notes,
            dataset: sides.new,
            base: sides.old,
            edited: (!everything).then(|| edited.into_iter().collect()),
        })
    }

    /// What judges, by the policy of the dataset given.
    fn checker<'d>(&self, dataset: &'d Dataset) -> Result<Checker<'d>, Failure> {
        let mut checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        if self.policy_from == PolicyFrom::Base {
            checker.distrust_comments();
        }
        Ok(checker)
    }

    fn read(&self) -> Result<StepSides<'r>, Failure> {
        let against = match &self.head {
            FilesState::Work => Against::WorkingTree,
            FilesState::Index => Against::Index,
            FilesState::Commit(commit) => Against::Commit(*commit),
        };
        let changes = self.repo.changes(&self.base, &against)?;
        let (before, after) = (FilesState::Commit(self.base).files(self.repo)?, self.head.files(self.repo)?);
        let mut notes = Vec::new();
        let moved_from = self.moved_from(before.as_ref(), after.as_ref())?;
        if let Some(folder) = &moved_from {
            let here = |folder: &str| {
                if folder.is_empty() { "the repository's root".to_owned() } else { folder.to_owned() }
            };
            notes.push(format!(
                "the dataset was in {} at the base and is in {} now",
                here(folder),
                here(self.root)
            ));
        }
        let base_root = moved_from.as_deref().unwrap_or(self.root);
        let (old, new) = match (Dataset::load(before.as_ref(), base_root), self.policy_from) {
            (Ok(old), PolicyFrom::Base) => {
                let mut new = Dataset::with_policy(after.as_ref(), old.policy.moved_to(self.root)?)?;
                new.baseline.clone_from(&old.baseline);
                (Some(old), new)
            }
            (Ok(old), PolicyFrom::Head) => (Some(old), Dataset::load(after.as_ref(), self.root)?),
            (Err(error), PolicyFrom::Base) => {
                self.readable()?;
                return Err(Failure::new(format!("the base's own rules cannot be used: {error}"))
                    .hint("`--policy-from head` judges with the rules of the branch"));
            }
            (Err(error), PolicyFrom::Head) => {
                self.readable()?;
                let new = Dataset::load(after.as_ref(), self.root)?;
                let manifest = new.policy.path(manifest::FILE_NAME);
                if before.read(&manifest).is_ok_and(|found| found.is_none()) {
                    notes.push(format!("the base has no {manifest}, so that everything counts as new"));
                    (None, new)
                } else {
                    notes.push(format!(
                        "the base's own rules cannot be used, so those of the branch read it: {error}"
                    ));
                    (Some(Dataset::with_policy(before.as_ref(), new.policy.clone())?), new)
                }
            }
        };
        Ok(StepSides { before, after, old, new, changes, notes })
    }

    /// The folder in which the base has the dataset, where it is another one: that of the only manifest that
    /// the change removes.
    ///
    /// # Errors
    /// Several manifests are removed, so that nothing says which of them this dataset was.
    fn moved_from(&self, before: &dyn Files, after: &dyn Files) -> Result<Option<String>, Failure> {
        let own = join(self.root, manifest::FILE_NAME);
        if before.read(&own)?.is_some() {
            return Ok(None);
        }
        let mut gone = Vec::new();
        for path in before.list("")? {
            if file_name(&path) == manifest::FILE_NAME && after.read(&path)?.is_none() {
                gone.push(path);
            }
        }
        match gone.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned()))),
            several => Err(Failure::new(format!(
                "the base has no {own}, and several manifests are gone since: {}",
                several.join(", ")
            ))
            .hint("move one dataset at a time, so that its records can be compared")),
        }
    }

    /// Whether every object of the base that can matter is here.
    fn readable(&self) -> Result<(), Failure> {
        for file in self.repo.tree(&self.base, &RepoPath::from(""))? {
            let matters =
                file.path.as_str().is_some_and(|path| path.ends_with(".yaml") || path.ends_with(".json"));
            if matters && file.kind() != EntryKind::Submodule {
                self.repo.blob_size(&file.blob)?;
            }
        }
        Ok(())
    }

    /// What is wrong with the rules: what would keep every command from working once this is merged, and what
    /// names fields that no schema has. The latter are published if the base has them, too.
    fn policy_findings(
        &self,
        checker: &Checker<'_>,
        sides: &StepSides<'_>,
        published: &mut BaseFindings,
    ) -> Vec<Finding> {
        let (before, after) = (sides.before.as_ref(), sides.after.as_ref());
        if let Ok((policy, reference)) = state::usable(before, self.root, self.today) {
            let found = policy_faults::of_policy(checker, &policy, &reference, before);
            let lasting = |finding: &Finding| finding.rule != "policy-unusable";
            for finding in found.into_iter().filter(lasting) {
                *published.findings.entry(finding.fingerprint).or_default() += 1;
            }
        }
        if self.policy_from == PolicyFrom::Head {
            let Dataset { policy, reference, .. } = &sides.new;
            return policy_faults::of_policy(checker, policy, reference, after);
        }
        match state::usable(after, self.root, self.today) {
            Ok((policy, reference)) => {
                let mut found = policy_faults::of_policy(checker, &policy, &reference, after);
                let had = |old: &Dataset| policy_faults::without_records(checker, &old.policy, before);
                if let Some(Ok(None)) = sides.old.as_ref().map(had) {
                    found.extend(policy_faults::without_records(checker, &policy, after).ok().flatten());
                }
                found
            }
            Err(fault) => state::policy_finding(checker, &fault, after).into_iter().collect(),
        }
    }

    /// What is wrong with the grammars of imports and with what `export` is to write; what the base has, too,
    /// is published.
    fn findings_of_other_commands(
        &self,
        checker: &Checker<'_>,
        sides: &StepSides<'_>,
        published: &mut BaseFindings,
    ) -> Vec<Finding> {
        let (find, find_export) = (self.grammar_faults, self.export_fault);
        let (before, after) = (sides.before.as_ref(), sides.after.as_ref());
        if let Some(Dataset { policy, reference, .. }) = &sides.old {
            let known = policy_faults::of_grammars(checker, find, (policy, reference), before);
            let of_export = policy_faults::of_export(checker, find_export, (policy, reference), before);
            for finding in known.into_iter().chain(of_export) {
                *published.findings.entry(finding.fingerprint).or_default() += 1;
            }
        }
        // A manifest that no command can use is reported as that.
        let Ok((policy, reference)) = state::usable(after, self.root, self.today) else { return Vec::new() };
        let mut found = policy_faults::of_grammars(checker, find, (&policy, &reference), after);
        found.extend(policy_faults::of_export(checker, find_export, (&policy, &reference), after));
        found
    }

    /// Judges what the base has of the files that are concerned, and keeps what was found and accepted there.
    fn judge_base(
        &self,
        sides: &StepSides<'_>,
        old: &Dataset,
        concerns: &dyn Fn(&RepoPath) -> bool,
        published: &mut BaseFindings,
    ) -> Result<JudgedState, Failure> {
        let checker = Checker::new(&old.policy, &old.reference, self.today)?;
        // Renames pair by name: the base's side of a path that was asked for may lie elsewhere.
        let mut base = state::judge(&checker, old, entries(sides.before.as_ref(), &old.policy, concerns)?);
        state::across(&checker, &mut base, sides.before.as_ref(), old, false)?;
        state::strays(&checker, &mut base, sides.before.as_ref(), old, concerns)?;
        let found = std::mem::take(&mut base.findings);
        let sifted = sift(&checker, old, &base, found, (true, false));
        for finding in sifted.findings {
            *published.findings.entry(finding.fingerprint).or_insert(0_usize) += 1;
        }
        for accepted in sifted.accepted {
            *published.accepted.entry(accepted.finding.fingerprint).or_insert(0_usize) += 1;
        }
        Ok(base)
    }
}

/// The records in files that differ.
fn edited_in(judged: &JudgedState, paths: &HashSet<&RepoPath>) -> HashSet<Identity> {
    let known = judged.known.iter().filter(|known| paths.contains(&known.file));
    known.map(|known| known.identity.clone()).collect()
}

/// What was found and accepted at the base, by fingerprint, with how often.
#[derive(Default)]
struct BaseFindings {
    findings: HashMap<String, usize>,
    accepted: HashMap<String, usize>,
}

impl BaseFindings {
    /// The findings that the base does not have, and how many it has.
    fn fresh(&mut self, findings: Vec<Finding>) -> (Vec<Finding>, usize) {
        let (mut fresh, mut older) = (Vec::new(), 0);
        for mut finding in findings {
            if take(&mut self.findings, &finding.fingerprint) {
                older += 1;
            } else {
                finding.new = true;
                fresh.push(finding);
            }
        }
        (fresh, older)
    }

    /// What is accepted now and was neither accepted nor reported at the base: each by its place, since the
    /// words of a comment can be copied.
    fn not_accepted_there(&mut self, accepted: &[Accepted]) -> Vec<Acceptance> {
        let own = accepted.iter().filter(|one| !take(&mut self.accepted, &one.finding.fingerprint));
        own.map(|one| Acceptance {
            file: one.finding.file.clone(),
            line: one.finding.place.map(|place| place.start.line),
            rule: one.finding.rule.clone(),
            level: one.finding.level,
            message: one.finding.message.clone(),
            reason: one.reason.clone(),
            fingerprint: one.finding.fingerprint.clone(),
        })
        .collect()
    }
}

fn take(counts: &mut HashMap<String, usize>, print: &str) -> bool {
    match counts.get_mut(print) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

/// What a change touches besides records.
struct TouchedPolicy {
    /// Whether records that did not change must be judged, too.
    everything: bool,
    /// Files of the policy itself.
    policy: Vec<String>,
    /// Whether grammars of imports are among them, or what says where these are.
    grammars: bool,
}

impl TouchedPolicy {
    fn of(changes: &[FileChange], new: &Policy, old: Option<&Policy>) -> TouchedPolicy {
        let mut touched = TouchedPolicy { everything: false, policy: Vec::new(), grammars: false };
        for change in changes {
            let Some(path) = change.path.as_str() else { continue };
            let roles = [Some(new), old].into_iter().flatten();
            let role =
                roles.clone().find_map(|policy| policy.role_of(&change.path).filter(|role| !is_record(role)));
            let grammar = roles.filter_map(|policy| Some(policy.path(policy.manifest.imports.as_ref()?)));
            let grammar = { grammar }.any(|folder| path.starts_with(&format!("{folder}/")));
            let what = match &role {
                Some(role) => role.in_words(),
                None if grammar => "grammar of imports",
                None if file_name(path) == ".gitattributes" => "attributes of git",
                None if file_name(path) == manifest::FILE_NAME => "another manifest",
                None => continue,
            };
            touched.policy.push(format!("{path} ({what})"));
            touched.everything |= role.is_some();
            touched.grammars |= grammar || file_name(path) == manifest::FILE_NAME;
        }
        touched
    }
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn is_record(role: &Role) -> bool {
    matches!(role, Role::Record(_))
}
