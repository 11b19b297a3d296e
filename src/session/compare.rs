//! `changelog BASE...HEAD`: what a branch would make the tool say, as a comment on a pull request.
//!
//! Three dots compare with the merge base, as git does: what the other branch gained meanwhile is not this
//! branch's doing.

use super::{Options, Progress, find_dataset};
use crate::check::state::{Dataset, merge_base};
use crate::check::step::{CheckedStep, PolicyFrom};
use crate::check::views::step_view;
use crate::dataset::{RecordPlace, identity_of};
use crate::document::{self, ReadOptions};
use crate::files::FilesState;
use crate::git::{Against, Repository};
use crate::history::{self, Archive, DocumentStore, Edition, HistoryQuestion, Selection, Timeline};
use crate::model::finding::{PullRequestView, RecordEdit, Rewritten, StepSummary};
use crate::model::results::{Observation, ObservationState, StepReport};
use crate::model::{Failure, Identity, ObjectId, PartialDate, RecordId, RepoPath};
use crate::report::{ReadEdition, RecordReader, subject_as_of};
use crate::rules::{Engine, Subject};
use crate::schema::{Kind, Policy, Role};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    let repo = &Repository::discover(&options.start)?;
    let head = repo.resolve(&question.head)?;
    let base = merge_base(repo, &question.base, &head)?;
    let head_state = FilesState::Commit(head);
    let (before, after) = (FilesState::Commit(base).files(repo)?, head_state.files(repo)?);
    let root = find_dataset(options, repo, after.as_ref())?;
    let step = CheckedStep {
        repo,
        root: &root,
        base,
        head: head_state,
        policy_from: question.policy_from,
        today: question.today,
        accept: &[],
    };
    let outcome = step.run(&|_| true)?;
    let mut notes = outcome.notes.clone();
    let old = Dataset::load(before.as_ref(), &root);
    let new = match (&old, question.policy_from) {
        (Ok(old), PolicyFrom::Base) => Dataset::with_policy(after.as_ref(), old.policy.clone())?,
        _ => Dataset::load(after.as_ref(), &root)?,
    };
    let records = match old {
        Ok(old) => {
            let store = DocumentStore::new(repo)?;
            let names = touched(repo, &store, &base, &head, &old.policy, &new.policy)?;
            let sides = ComparedSides {
                old: ComparedSide::open(repo, &store, &old, &base, &names)?,
                new: ComparedSide::open(repo, &store, &new, &head, &names)?,
                same_words: names.is_some(),
            };
            sides.edits(progress)?
        }
        Err(_) => {
            notes.push("the base has no dataset to compare sentences with".to_owned());
            Vec::new()
        }
    };
    let check = step_view(&step, outcome);
    Ok(PullRequestView { format: "sincewhen.pull-request/1", base, head, check, records, notes })
}

/// The names of the records whose files differ; none of them if a calendar, a table or a rule differs, which
/// may concern all.
fn touched(
    repo: &Repository,
    store: &DocumentStore,
    base: &ObjectId,
    head: &ObjectId,
    old: &Policy,
    new: &Policy,
) -> Result<Option<Vec<Identity>>, Failure> {
    let mut names = HashSet::new();
    for change in repo.changes(base, &Against::Commit(*head))? {
        match new.role_of(&change.path).or_else(|| old.role_of(&change.path)) {
            Some(Role::Record(kind)) => {
                let after = repo.file_at(head, &change.path)?.map(|file| file.blob);
                for blob in change.before.map(|(_, blob)| blob).into_iter().chain(after) {
                    let Some(kind) = new.kinds.get(kind) else { continue };
                    names.extend(names_in(kind, &change.path, &store.bytes(&blob)?));
                }
            }
            Some(_) => return Ok(None),
            None => {}
        }
    }
    Ok(Some(names.into_iter().collect()))
}

/// The names of the records that a file holds.
fn names_in(kind: &Kind, path: &RepoPath, bytes: &[u8]) -> Vec<Identity> {
    let options = ReadOptions::lenient();
    let reading = match kind.spec.is_front_matter() {
        true => document::read_front_matter(bytes, &options),
        false => document::read(bytes, &options),
    };
    let read = match kind.spec.items_route() {
        Some(route) => reading.items(&route.keys().unwrap_or_default()),
        None => vec![(None, reading)],
    };
    let name = |(key, reading): (Option<String>, document::Reading)| {
        let standing = RecordPlace { file: path.as_str().unwrap_or_default(), key: key.as_deref() };
        identity_of(kind, &reading.document?.root, standing)
    };
    read.into_iter().filter_map(name).collect()
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

impl<'s> ComparedSide<'s> {
    fn open(
        repo: &Repository,
        store: &'s DocumentStore,
        dataset: &'s Dataset,
        tip: &ObjectId,
        names: &Option<Vec<Identity>>,
    ) -> Result<Self, Failure> {
        let selection = match names {
            Some(names) if names.is_empty() => {
                return Ok(ComparedSide { store, dataset, archive: Archive::default() });
            }
            Some(names) => Selection::of(names),
            None => Selection::all(),
        };
        let policy = &dataset.policy;
        let asked = HistoryQuestion { repo, store, policy, tip, selection: &selection, worktree: None };
        let archive = history::load(&asked)?;
        Ok(ComparedSide { store, dataset, archive })
    }
}

/// A record of one side as it is read: each edition once, whatever is asked about it.
struct SideReader<'a> {
    engine: &'a Engine<'a>,
    subject: &'a Subject<'a>,
    timeline: &'a Timeline,
    reading: RecordReader<'a, 'a, Failure>,
}

impl<'a> SideReader<'a> {
    fn new(
        engine: &'a Engine<'a>,
        store: &'a DocumentStore,
        subject: &'a Subject<'a>,
        timeline: &'a Timeline,
    ) -> SideReader<'a> {
        let reading = RecordReader::new(engine, store, subject, timeline).whole();
        SideReader { engine, subject, timeline, reading }
    }

    /// Every sentence about the record, step by step, but for the steps between its first editions that both
    /// sides share.
    fn sentences(&mut self, shared: usize) -> Result<Vec<StepSummary>, Failure> {
        let (engine, subject, timeline) = (self.engine, self.subject, self.timeline);
        let mut out = Vec::new();
        // Nothing is said of editions that both sides share.
        if shared > 0 && timeline.editions.len() == shared {
            return Ok(out);
        }
        let mut earlier: Option<(ReadEdition, Vec<crate::rules::Sighting<'_>>)> = None;
        for (at, edition) in timeline.editions.iter().enumerate() {
            if at + 1 < shared {
                continue;
            }
            let later = self.reading.page(edition)?;
            let seen = engine.sightings(subject, later.in_context());
            match &earlier {
                None if shared > 0 => {}
                Some((from, before)) => {
                    let (from, to) = ((from.in_context(), &before[..]), (later.in_context(), &seen[..]));
                    out.extend(spoken(engine.step_between(subject, from, to, true)));
                }
                // The first edition is compared with nothing; what it observes stands.
                None => out.extend(engine.observations(subject, later.in_context()).into_iter().map(
                    |observation| StepSummary {
                        from: None,
                        to: edition.date.clone(),
                        label: "stands".to_owned(),
                        significance: observation.significance,
                        message: observation.message,
                        fingerprint: observation.fingerprint,
                    },
                )),
            }
            earlier = Some((later, seen));
        }
        Ok(out)
    }

    /// What the report of a year says of the record, by the editions of a timeline.
    fn report(&mut self, timeline: &Timeline, year: i32) -> Result<Vec<String>, Failure> {
        let (Some(from), Some(to)) = (in_force(timeline, year - 1), in_force(timeline, year)) else {
            return Ok(in_force(timeline, year)
                .map(|edition| edition.date.to_string())
                .into_iter()
                .collect());
        };
        if from.revision.blob == to.revision.blob {
            return Ok(Vec::new());
        }
        let (from, to) = (self.reading.page(from)?, self.reading.page(to)?);
        let step = self.engine.step(self.subject, from.in_context(), to.in_context());
        Ok(spoken(step).into_iter().map(|sentence| sentence.message).collect())
    }
}

/// How many of the first editions two timelines share.
fn shared_editions(old: Option<&Timeline>, new: Option<&Timeline>) -> usize {
    let (Some(old), Some(new)) = (old, new) else { return 0 };
    let same = |(a, b): &(&Edition, &Edition)| {
        a.date.as_str() == b.date.as_str() && a.revision.blob == b.revision.blob
    };
    old.editions.iter().zip(&new.editions).take_while(same).count()
}

/// The edition in force at the end of a year.
fn in_force(timeline: &Timeline, year: i32) -> Option<&Edition> {
    timeline.editions.iter().rev().find(|edition| edition.date.year() <= year)
}

fn spoken(step: StepReport) -> Vec<StepSummary> {
    let (from, to) = (step.from.last_updated, step.to.last_updated);
    let sentence = |label: String, significance, message: String, fingerprint: String| StepSummary {
        from: Some(from.clone()),
        to: to.clone(),
        label,
        significance,
        message,
        fingerprint,
    };
    let changes = step
        .changes
        .into_iter()
        .map(|c| sentence(c.nature.kind.to_string(), c.significance, c.message, c.fingerprint));
    let is_news = |o: &Observation| o.state.is_some_and(|state| state != ObservationState::Continues);
    let news = step.observations.into_iter().filter(is_news);
    let observations = news.map(|o| sentence(o.label().to_owned(), o.significance, o.message, o.fingerprint));
    changes.chain(observations).collect()
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
            (Some(old), Some(subject)) => Some(SideReader::new(old_engine, self.old.store, subject, old)),
            _ => None,
        };
        let mut after = match (new, &new_subject) {
            (Some(new), Some(subject)) => Some(SideReader::new(new_engine, self.new.store, subject, new)),
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
        let said = |account: &mut Option<SideReader<'_>>| {
            account.as_mut().map_or(Ok(Vec::new()), |account| account.sentences(shared))
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
        mut before: Option<&mut SideReader<'_>>,
        mut after: Option<&mut SideReader<'_>>,
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
            let said =
                |account: Option<&mut SideReader<'_>>, timeline: Option<&Timeline>| match (account, timeline)
                {
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
