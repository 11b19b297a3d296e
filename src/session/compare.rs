//! `changelog BASE...HEAD`: what a branch would make the tool say, as a comment on a pull request.
//!
//! Three dots compare with the merge base, as git does: what the other branch gained meanwhile is not this
//! branch's doing.

use super::branch_sentences::{BranchSentences, in_force};
use super::{Options, Progress, find_dataset};
use crate::check::state::{Dataset, merge_base};
use crate::check::step::{CheckedStep, PolicyFrom};
use crate::check::views::step_view;
use crate::files::FilesState;
use crate::git::{History, Repository, WalkMemory};
use crate::history::{
    self, Archive, BlobIndex, DocumentStore, Edition, HistoryQuestion, Selection, Timeline,
};
use crate::model::finding::{PullRequestView, RecordEdit, Rewritten, StepSummary};
use crate::model::{Failure, Identity, ObjectId, PartialDate, RecordId, RepoPath};
use crate::report::subject_as_of;
use crate::rules::{Engine, Subject};
use crate::schema::{HistoryLine, Policy};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a branch would make the tool say.
#[derive(Clone, Debug)]
pub struct CompareQuestion {
    /// The revision that the branch is to be merged into.
    pub base: String,
    /// The branch.
    pub head: String,
    /// Which side's rules, schema and manifest to use.
    pub policy_from: PolicyFrom,
    /// The day that counts as the present.
    pub today: NaiveDate,
}

/// Compares a branch with its merge base: the findings it adds, and the sentences it would add or rewrite.
///
/// # Errors
/// A revision that is not known, revisions without a common ancestor, or a dataset whose policy cannot be
/// used.
pub fn compare(
    options: &Options,
    question: &CompareQuestion,
    progress: &Progress<'_>,
) -> Result<PullRequestView, Failure> {
    let repo = &Repository::discover(&options.start)?.as_committed()?;
    let head = repo.resolve(&question.head)?;
    let base = merge_base(repo, &question.base, &head)?;
    let head_state = FilesState::Commit(head);
    let root = find_dataset(options, repo, head_state.files(repo)?.as_ref())?;
    let step = CheckedStep {
        repo,
        root: &root,
        base,
        head: head_state,
        policy_from: question.policy_from,
        today: question.today,
        accept: &[],
        grammar_faults: super::grammars::faults,
        export_fault: crate::export::export_fault,
    };
    let mut outcome = step.run(&|_| true)?;
    let mut notes = outcome.notes.clone();
    let records = match outcome.base.take() {
        Some(old) => {
            let both = BothSides {
                repo,
                store: &DocumentStore::new(repo)?,
                old: &old,
                new: &outcome.dataset,
                step: &step,
            };
            if both.moved() {
                notes.push(MOVED.to_owned());
            }
            both.edits(&head, outcome.edited.as_deref(), progress)?
        }
        None => {
            notes.push("the base has no dataset to compare sentences with".to_owned());
            Vec::new()
        }
    };
    let unread = outcome.unread.iter().map(ToString::to_string).collect();
    let check = step_view(&step, outcome);
    Ok(PullRequestView { format: "sincewhen.pull-request/1", base, head, check, records, unread, notes })
}

/// What a move of the dataset costs.
const MOVED: &str = "once this is merged, `log` and the other commands read the history of the dataset \
                     from its new folder on: editions from before the move are compared with here, and not \
                     read afterwards";

/// Both sides of a comparison.
struct BothSides<'b> {
    repo: &'b Repository,
    store: &'b DocumentStore,
    old: &'b Dataset,
    new: &'b Dataset,
    step: &'b CheckedStep<'b>,
}

impl BothSides<'_> {
    /// Whether the dataset lies in another folder now.
    fn moved(&self) -> bool {
        self.old.policy.root != self.new.policy.root
    }

    /// What the branch does to the sentences about the records that it edits, or about all of them.
    fn edits(
        &self,
        head: &ObjectId,
        edited: Option<&[Identity]>,
        progress: &Progress<'_>,
    ) -> Result<Vec<RecordEdit>, Failure> {
        let selection = match edited {
            Some([]) => return Ok(Vec::new()),
            Some(names) => Selection::of(names),
            None => Selection::all(),
        };
        self.store.keep_texts();
        let (old, new) = self.archives(head, &selection, edited.is_some())?;
        let sides = ComparedSides {
            old: ComparedSide { store: self.store, dataset: self.old, archive: old },
            new: ComparedSide { store: self.store, dataset: self.new, archive: new },
            same_words: edited.is_some(),
        };
        sides.edits(progress)
    }

    /// The histories of both sides. That of the head holds that of the base, so it is read first, and what it
    /// taught is not read again.
    fn archives(
        &self,
        head: &ObjectId,
        selection: &Selection,
        same_policy: bool,
    ) -> Result<(Archive, Archive), Failure> {
        let (old, new) = (&self.old.policy, &self.new.policy);
        let same_walk = !self.moved() && old.manifest.history == new.manifest.history;
        let ours = self.walk(&WalkMemory::default(), head, new)?;
        let known = if same_walk { WalkMemory::of(&ours) } else { WalkMemory::default() };
        let mut heads = BlobIndex::of_one_selection();
        let after = self.sort(ours, (new, head), selection, &mut heads)?;
        if !same_policy && (self.moved() || self.step.policy_from == PolicyFrom::Head) {
            heads = BlobIndex::of_one_selection();
        }
        let theirs = self.walk(&known, &self.step.base, old)?;
        let before = self.sort(theirs, (old, &self.step.base), selection, &mut heads)?;
        let after = if self.moved() { continued(&before, after) } else { after };
        Ok((before, after))
    }

    fn walk(&self, known: &WalkMemory, tip: &ObjectId, policy: &Policy) -> Result<History, Failure> {
        let main_line = policy.manifest.history == HistoryLine::FirstParent;
        Ok(self.repo.history_along(known, tip, &RepoPath::from(policy.root.as_str()), main_line)?)
    }

    fn sort(
        &self,
        history: History,
        (policy, tip): (&Policy, &ObjectId),
        selection: &Selection,
        heads: &mut BlobIndex,
    ) -> Result<Archive, Failure> {
        let (repo, store) = (self.repo, self.store);
        let asked = HistoryQuestion { repo, store, policy, tip, selection, worktree: None };
        Ok(history::sort(&asked, history, heads)?)
    }
}

/// Of a dataset that lies in another folder now: what its records were before, and what the branch makes of
/// them.
fn continued(before: &Archive, mut after: Archive) -> Archive {
    for (id, timeline) in &mut after.timelines {
        let Some(known) = before.timelines.get(id) else { continue };
        let own = std::mem::replace(&mut timeline.editions, known.editions.clone());
        for edition in own {
            if timeline.editions.last().is_some_and(|last| last.revision.blob == edition.revision.blob) {
                continue;
            }
            timeline.editions.retain(|earlier| earlier.date.range() != edition.date.range());
            timeline.editions.push(edition);
        }
    }
    after
}

/// One side of the comparison.
struct ComparedSide<'s> {
    store: &'s DocumentStore,
    dataset: &'s Dataset,
    archive: Archive,
}

struct ComparedSides<'s> {
    old: ComparedSide<'s>,
    new: ComparedSide<'s>,
    /// Whether no rule, schema, calendar or table differs: then an edition says the same on both sides.
    same_words: bool,
}

/// How many of the first editions two timelines share.
fn shared_editions(old: Option<&Timeline>, new: Option<&Timeline>) -> usize {
    let (Some(old), Some(new)) = (old, new) else { return 0 };
    let same = |(a, b): &(&Edition, &Edition)| {
        a.date.as_str() == b.date.as_str() && a.revision.blob == b.revision.blob
    };
    old.editions.iter().zip(&new.editions).take_while(same).count()
}

impl ComparedSides<'_> {
    fn edits(&self, progress: &Progress<'_>) -> Result<Vec<RecordEdit>, Failure> {
        let old_engine = Engine::new(&self.old.dataset.policy, &self.old.dataset.reference)?;
        let new_engine = Engine::new(&self.new.dataset.policy, &self.new.dataset.reference)?;
        let ids: BTreeSet<&RecordId> =
            self.old.archive.timelines.keys().chain(self.new.archive.timelines.keys()).collect();
        let ids: Vec<&RecordId> = ids.into_iter().collect();
        let (done, all) = (AtomicUsize::new(0), ids.len());
        let edits = ids.into_par_iter().map(|id| {
            let edit = self.edit(&old_engine, &new_engine, id);
            progress("records", done.fetch_add(1, Ordering::Relaxed) + 1, all);
            edit
        });
        let mut edits = edits.collect::<Result<Vec<RecordEdit>, Failure>>()?;
        edits.retain(|edit| {
            let silent = edit.added.is_empty() && edit.rewritten.is_empty() && edit.reports.is_empty();
            !silent || edit.standing.is_some()
        });
        Ok(edits)
    }

    fn edit(
        &self,
        old_engine: &Engine<'_>,
        new_engine: &Engine<'_>,
        id: &RecordId,
    ) -> Result<RecordEdit, Failure> {
        let (old, new) = (self.old.archive.timelines.get(id), self.new.archive.timelines.get(id));
        let shared = if self.same_words { shared_editions(old, new) } else { 0 };
        let old_subject = named(old_engine, self.old.store, old)?;
        let new_subject = named(new_engine, self.new.store, new)?;
        let mut before = match (old, &old_subject) {
            (Some(old), Some(subject)) => {
                Some(BranchSentences::new(old_engine, self.old.store, subject, old))
            }
            _ => None,
        };
        let mut after = match (new, &new_subject) {
            (Some(new), Some(subject)) => {
                Some(BranchSentences::new(new_engine, self.new.store, subject, new))
            }
            _ => None,
        };
        let ended = |timeline: Option<&Timeline>| {
            timeline.is_none_or(|timeline| timeline.ended.is_some() || timeline.editions.is_empty())
        };
        let standing = match (ended(old), ended(new)) {
            (true, false) => Some("begins"),
            (false, true) => Some("ends"),
            _ => None,
        };
        // The years come first: they ask for earlier editions, and a reader passes over what nobody has asked
        // for. Where the branch only adds editions, what it has of a record holds all that the base has.
        let adds = shared > 0 && old.is_some_and(|old| old.editions.len() == shared);
        let reports = self.reports(if adds { None } else { before.as_mut() }, after.as_mut(), (old, new))?;
        let said = |account: &mut Option<BranchSentences<'_>>| {
            let Some(account) = account else { return Ok(Vec::new()) };
            let mut said = account.all(shared)?;
            if !self.same_words {
                said.extend(account.grounds()?);
            }
            Ok::<_, Failure>(said)
        };
        let dates: Vec<&PartialDate> =
            old.into_iter().flat_map(|timeline| timeline.editions.iter().map(|e| &e.date)).collect();
        let (added, rewritten) = differences(said(&mut before)?, said(&mut after)?, &dates);
        let heading = new_subject.or(old_subject).map(|subject| subject.heading);
        Ok(RecordEdit {
            record: id.clone(),
            heading: heading.unwrap_or_default(),
            added,
            rewritten,
            reports,
            standing,
        })
    }

    /// The years whose report would say something else of a record. Without an account of the base, the
    /// branch's holds its editions, too.
    fn reports(
        &self,
        mut before: Option<&mut BranchSentences<'_>>,
        mut after: Option<&mut BranchSentences<'_>>,
        (old, new): (Option<&Timeline>, Option<&Timeline>),
    ) -> Result<Vec<i32>, Failure> {
        let years: BTreeSet<i32> = old
            .into_iter()
            .chain(new)
            .flat_map(|timeline| timeline.editions.iter().map(|edition| edition.date.year()))
            .collect();
        let mut out = Vec::new();
        for year in years {
            let pair = |timeline: Option<&Timeline>| {
                timeline
                    .map(|t| [year - 1, year].map(|y| in_force(t, y).map(|edition| edition.revision.blob)))
            };
            if self.same_words && pair(old) == pair(new) {
                continue;
            }
            let said = |account: Option<&mut BranchSentences<'_>>, timeline: Option<&Timeline>| match (
                account, timeline,
            ) {
                (Some(account), Some(timeline)) => account.report(timeline, year),
                _ => Ok(Vec::new()),
            };
            let then = match before.as_deref_mut() {
                Some(before) => said(Some(before), old)?,
                None => said(after.as_deref_mut(), old)?,
            };
            if then != said(after.as_deref_mut(), new)? {
                out.push(year);
            }
        }
        Ok(out)
    }
}

/// Sentences that are new with a new edition, and published ones that are said otherwise, no more, or for the
/// first time.
fn differences(
    before: Vec<StepSummary>,
    after: Vec<StepSummary>,
    published: &[&PartialDate],
) -> (Vec<StepSummary>, Vec<Rewritten>) {
    let mut left: HashMap<(String, String), Vec<StepSummary>> = HashMap::new();
    for sentence in after {
        left.entry((sentence.fingerprint.clone(), sentence.label.clone())).or_default().push(sentence);
    }
    let mut rewritten = Vec::new();
    for old in before {
        let slot = left.get_mut(&(old.fingerprint.clone(), old.label.clone()));
        let same = slot.and_then(|list| {
            let at = list.iter().position(|new| new.message == old.message).or(if list.is_empty() {
                None
            } else {
                Some(0)
            })?;
            Some(list.remove(at))
        });
        match same {
            Some(new) if new.message == old.message => {}
            after => rewritten.push(Rewritten { before: Some(old), after }),
        }
    }
    let mut rest: BTreeMap<(PartialDateKey, String), StepSummary> = BTreeMap::new();
    for (at, sentence) in left.into_values().flatten().enumerate() {
        rest.insert((key(&sentence.to), format!("{}{at:06}", sentence.message)), sentence);
    }
    let (mut added, mut found) = (Vec::new(), Vec::new());
    for sentence in rest.into_values() {
        if published.iter().any(|date| date.range() == sentence.to.range()) {
            found.push(Rewritten { before: None, after: Some(sentence) });
        } else {
            added.push(sentence);
        }
    }
    rewritten.extend(found);
    (added, rewritten)
}

type PartialDateKey = (chrono::NaiveDateTime, chrono::NaiveDateTime);

fn key(date: &PartialDate) -> PartialDateKey {
    (date.range().start, date.range().end)
}

/// What one side calls a record, if it has it.
fn named<'s>(
    engine: &'s Engine<'_>,
    store: &DocumentStore,
    timeline: Option<&'s Timeline>,
) -> Result<Option<Subject<'s>>, Failure> {
    timeline.map(|one| subject_as_of(engine, store, one, one.editions.last())).transpose()
}
