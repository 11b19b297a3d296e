//! What a branch does to what was published: the date gate over its records, calendars and tables, in its
//! last commit and in those before it.

use super::branch::BranchCommits;
use super::commit_days::CommitDays;
use super::interim::InterimCommits;
use super::moves::Moves;
use super::past::PublishedPast;
use super::returns::Returns;
use super::revert::Reverting;
use super::state::{self, Dataset, JudgedState};
use super::{CheckedFile, Checker, KnownRecord, gate, look_alikes, moved, reference_gate};
use crate::files::{Files, FilesState};
use crate::git::Repository;
use crate::model::{Document, Failure, Finding, Identity, ObjectId, RecordId, RepoPath};
use std::collections::{HashMap, HashSet};

/// Both sides of a branch, each read and judged by itself.
pub struct BranchSides<'j> {
    /// The repository.
    pub repo: &'j Repository,
    /// The base, and the state that is checked.
    pub commits: (ObjectId, &'j FilesState),
    /// The dataset of each.
    pub datasets: (&'j Dataset, &'j Dataset),
    /// Their files.
    pub files: (&'j dyn Files, &'j dyn Files),
    /// What was found in the files that are concerned.
    pub judged: (&'j JudgedState, &'j JudgedState),
    /// The files that differ.
    pub paths: &'j HashSet<&'j RepoPath>,
    /// The files that were asked for.
    pub wanted: &'j dyn Fn(&RepoPath) -> bool,
}

/// What the gate finds.
#[derive(Default)]
pub struct Gated {
    /// The findings.
    pub findings: Vec<Finding>,
    /// What is no fault and is called out: editions that are taken back, records that come back, histories
    /// that end.
    pub called_out: Vec<String>,
}

/// What the history around the branch says.
struct BranchHistory<'j> {
    past: PublishedPast<'j>,
    branch: BranchCommits,
    moves: Moves,
}

impl<'j> BranchSides<'j> {
    /// Judges the step from the base; `last` are the findings so far, which commits before the last do not
    /// repeat.
    ///
    /// # Errors
    /// A commit, or a history, that cannot be read.
    pub fn gate(&self, checker: &Checker<'_>, last: &[Finding]) -> Result<Gated, Failure> {
        let ((base, head), (old, _)) = (self.commits, self.datasets);
        let past = PublishedPast::new(self.repo, base, &old.policy);
        let branch = BranchCommits::read(self.repo, &base, head)?;
        let moves = match head {
            FilesState::Commit(_) => Moves::in_commits(self.repo, checker.policy(), &past, &branch)?,
            _ => {
                let sources = (&self.judged.0.sources[..], &self.judged.1.sources[..]);
                Moves::uncommitted(self.repo, checker.policy(), &past, sources)?
            }
        };
        let history = BranchHistory { past, branch, moves };
        let mut out = self.records(checker, &history)?;
        out.findings.extend(self.references(checker));
        let (before, after) = self.judged;
        out.findings.extend(state::takeovers(checker, before, after, self.files.0, old)?);
        out.findings.extend(self.look_alikes(checker)?);
        out.findings.extend(self.commits(checker, &history, last, &out.findings)?);
        Ok(out)
    }

    /// The date gate over the records that differ.
    fn records(&self, checker: &Checker<'_>, history: &BranchHistory<'j>) -> Result<Gated, Failure> {
        let ((base, head), (old_dataset, _)) = (self.commits, self.datasets);
        let stood = gate::Base { commit: base, reference: &old_dataset.reference };
        let (old, now) = (self.differing(self.judged.0), self.differing(self.judged.1));
        let places = history.moves.former(&old);
        let former = |known: &KnownRecord| checker.formerly(known).into_iter().chain(places.of(known));
        let pairs = moved(&old, &now, |known| former(known).collect());
        let mut out = Gated::default();
        let sources = FilesByPath::of(self.judged.1);
        let reverting = Reverting { repo: self.repo, past: &history.past, branch: &history.branch };
        let at = if let FilesState::Commit(commit) = head { Some(commit) } else { None };
        for (old, now) in &pairs.same {
            let Some(source) = sources.of_record(now) else { continue };
            let found = gate::edited(checker, old, now, source, &stood);
            let spec = &checker.policy().kinds[now.kind].spec;
            let (left, reverted) = reverting.pass(spec, (old, source), at, found)?;
            out.findings.extend(left);
            out.called_out.extend(reverted);
        }
        for (old, now) in &pairs.renamed {
            let source = sources.of_record(now);
            out.findings.extend(source.and_then(|s| gate::renamed(checker, old, now, s, &stood)));
        }
        self.returning(checker, history, (&pairs.same, &pairs.new), &mut out)?;
        out.called_out.extend(pairs.ended.iter().map(|(old, heirs)| ended(old, heirs)));
        let mut files: HashMap<(usize, &Identity), Vec<&RepoPath>> = HashMap::new();
        for one in &self.judged.0.known {
            files.entry((one.kind, &one.identity)).or_default().push(&one.file);
        }
        for gone in &pairs.gone {
            // A file that cannot be read, or has lost its name, is reported as that.
            let still_there = sources.0.contains_key(&gone.file) && !checker.has_items(gone.kind);
            let places = files.get(&(gone.kind, &gone.identity)).map_or(&[][..], Vec::as_slice);
            let elsewhere = places.iter().any(|file| **file != gone.file);
            if !still_there && !elsewhere && (self.wanted)(&gone.file) {
                out.findings.extend(gate::deleted(checker, gone, &stood));
            }
        }
        Ok(out)
    }

    /// Records that come back, under their own name or by way of a record that declares it.
    fn returning(
        &self,
        checker: &Checker<'_>,
        history: &BranchHistory<'j>,
        (same, new): (&[(&KnownRecord, &KnownRecord)], &[&KnownRecord]),
        out: &mut Gated,
    ) -> Result<(), Failure> {
        let standing: HashSet<(usize, &Identity)> =
            self.judged.0.known.iter().map(|one| (one.kind, &one.identity)).collect();
        // A record that is paired with one of the base: the former names that it declares anew, and that no
        // record of the base has. The gate has those that have one.
        let mut declared: Vec<(&KnownRecord, Vec<Identity>)> = Vec::new();
        for (old, now) in same {
            let known: HashSet<Identity> = checker.formerly(old).into_iter().collect();
            let fresh = checker.formerly(now).into_iter();
            let fresh = fresh.filter(|former| {
                !known.contains(former) && *former != old.identity && !standing.contains(&(now.kind, former))
            });
            let fresh: Vec<Identity> = fresh.collect();
            if !fresh.is_empty() {
                declared.push((*now, fresh));
            }
        }
        if new.is_empty() && declared.is_empty() {
            return Ok(());
        }
        let asked = new.iter().copied().chain(declared.iter().map(|(now, _)| *now));
        let returns = Returns::of(checker, &history.past, &self.datasets.0.reference, asked)?;
        let sources = FilesByPath::of(self.judged.1);
        for now in new {
            let Some(source) = sources.of_record(now) else { continue };
            let (findings, words) = returns.judge(now, source);
            out.findings.extend(findings);
            out.called_out.extend(words);
        }
        for (now, former) in &declared {
            out.findings.extend(returns.taken_over(now, former)?);
        }
        Ok(())
    }

    /// The records in the files that differ.
    fn differing(&self, judged: &JudgedState) -> Vec<KnownRecord> {
        judged.known.iter().filter(|known| self.paths.contains(&known.file)).cloned().collect()
    }

    /// What a change does to entries of calendars and tables that records refer to.
    fn references(&self, checker: &Checker<'_>) -> Vec<Finding> {
        let (old, (base, head)) = (self.datasets.0, self.judged);
        let stood = gate::Base { commit: self.commits.0, reference: &old.reference };
        let mut out = Vec::new();
        for source in base.sources.iter().filter(|source| self.paths.contains(&source.file)) {
            let now = head.sources.iter().find(|other| other.role == source.role);
            out.extend(reference_gate::edited(checker, (source, &old.policy), now, &stood));
        }
        out
    }

    /// New names that look like others.
    fn look_alikes(&self, checker: &Checker<'_>) -> Result<Vec<Finding>, Failure> {
        let (base, head) = self.judged;
        let known: HashSet<(usize, &Identity)> =
            base.known.iter().map(|one| (one.kind, &one.identity)).collect();
        let new = head.known.iter().filter(|one| !known.contains(&(one.kind, &one.identity)));
        let new: Vec<&KnownRecord> = new.collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = look_alikes::names(head.known.iter());
        let seen: HashSet<&RepoPath> = head.sources.iter().map(|source| &source.file).collect();
        all.extend(state::names_beside(checker, self.files.1, &seen)?);
        Ok(look_alikes::among(checker, &new, &all))
    }

    /// What the commits of the branch would publish, where a commit is judged: the days that they give to
    /// editions, and what those before the last one say. What is not committed is no part of a branch yet.
    fn commits(
        &self,
        checker: &Checker<'_>,
        history: &BranchHistory<'j>,
        last: &[Finding],
        own: &[Finding],
    ) -> Result<Vec<Finding>, Failure> {
        let ((base, head), (old, new)) = (self.commits, self.datasets);
        let FilesState::Commit(tip) = head else { return Ok(Vec::new()) };
        let BranchHistory { past, branch, moves } = history;
        let days = CommitDays { repo: self.repo, basis: checker, base: &base, past, branch, moves };
        let mut found = days.findings(&self.judged.0.known, self.wanted)?;
        let commits =
            InterimCommits { repo: self.repo, base: &base, tip, old, new, checker, past, branch, moves };
        let mut seen: HashSet<String> =
            last.iter().chain(own).map(|finding| finding.fingerprint.clone()).collect();
        let interim = commits.findings(&self.judged.1.known, self.wanted)?;
        found.extend(interim);
        found.retain(|finding| seen.insert(finding.fingerprint.clone()));
        Ok(found)
    }
}

/// The files of a state, by path.
struct FilesByPath<'s>(HashMap<&'s RepoPath, Vec<&'s CheckedFile>>);

impl<'s> FilesByPath<'s> {
    fn of(judged: &'s JudgedState) -> FilesByPath<'s> {
        let mut by_file: HashMap<&RepoPath, Vec<&CheckedFile>> = HashMap::new();
        for source in &judged.sources {
            by_file.entry(&source.file).or_default().push(source);
        }
        FilesByPath(by_file)
    }

    /// The source of a record: of several in one file, the one whose tree stands at the same place.
    fn of_record(&self, known: &KnownRecord) -> Option<&'s CheckedFile> {
        let place = |document: Option<&Document>| document.map(|document| document.root.span);
        let wanted = place(known.document.as_deref());
        let in_file = self.0.get(&known.file)?;
        // Items stand in the order of their places.
        let start = |source: &CheckedFile| place(source.reading.document.as_ref()).map(|span| span.start);
        let at = in_file.partition_point(|source| start(source) < wanted.map(|span| span.start));
        let here =
            in_file[at..].iter().copied().take_while(|source| start(source) == wanted.map(|span| span.start));
        { here }.find(|source| place(source.reading.document.as_ref()) == wanted)
    }
}

/// What is called out where a record is joined with others, or split: nothing holds its past facts any more.
fn ended(old: &KnownRecord, heirs: &[RecordId]) -> String {
    let heirs: Vec<&str> = heirs.iter().map(|id| id.0.as_str()).collect();
    format!(
        "{} (the history of {} ends, and no past fact of it is guarded any more: {} {} it as `formerly`)",
        old.file,
        old.identity.record_id(),
        heirs.join(", "),
        if heirs.len() == 1 { "names" } else { "name" }
    )
}
