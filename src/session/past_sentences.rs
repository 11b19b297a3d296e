//! What was said of a record before its editions were amended: each commit of its history is replayed, oldest
//! first, and what was said after each is compared with what is said now.
//!
//! A site could have been published at any commit, so every sentence that any of them gave has an address to
//! keep.

use crate::document::DocumentSeries;
use crate::history::{DocumentStore, Edition, Revision, Timeline};
use crate::model::published::{AmendedSentences, NamedCommit, PastSentence, PublishedEdition};
use crate::model::results::{EditionRef, Observation, ObservationState, StepReport};
use crate::model::{Document, Failure, FieldPath, ObjectId, PartialDate};
use crate::rules::{Edited, Engine, OnRecord, Sighting, Subject};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What a replay works with.
pub(super) struct Replay<'r> {
    /// The rules.
    pub engine: &'r Engine<'r>,
    /// The documents.
    pub store: &'r DocumentStore,
    /// The record.
    pub subject: &'r Subject<'r>,
    /// The commits of the record's history.
    pub commits: &'r HashMap<ObjectId, NamedCommit>,
}

/// A sentence as it was said of an edition.
#[derive(Clone)]
struct EarlierSentence {
    rule: String,
    message: String,
    reason: Option<String>,
    /// Whether it is more than wording, sources, a review or silence.
    is_news: bool,
    /// The edition it was said of.
    edition: PartialDate,
    /// What it is about: fields of a change, or what an observation shares with itself over editions.
    about: Vec<String>,
}

/// An edition as it stood after some commit.
struct StandingEdition<'e> {
    date: PartialDate,
    name: EditionRef,
    document: Arc<Document>,
    on_record: OnRecord,
    seen: Vec<Sighting<'e>>,
    /// What was said of it and of the step to it.
    said: SaidOfEdition,
}

/// By fingerprint, what was said of an edition and of the step to it.
type SaidOfEdition = BTreeMap<String, EarlierSentence>;

/// A sentence with the last edition that it was said of.
type DatedSentence<'s> = (&'s PartialDate, &'s EarlierSentence);

/// What a replay gives: sentences of the past, and the amendments that replaced sentences.
type PastAndAmended = (Vec<PastSentence>, Vec<AmendedSentences>);

impl Replay<'_> {
    /// What was said once and is not said now.
    ///
    /// # Errors
    /// An old content that cannot be read.
    pub fn past(&self, timeline: &Timeline, now: &[PublishedEdition]) -> Result<PastAndAmended, Failure> {
        let said_now = said_of_editions(now);
        let revisions = in_order(timeline);
        if is_plain(timeline, &revisions) {
            return Ok(PastAndAmended::default());
        }
        let mut series = DocumentSeries::default();
        let mut states: Vec<StandingEdition<'_>> = Vec::new();
        let mut past: Vec<(String, PastSentence, Vec<String>)> = Vec::new();
        let mut gone = HashSet::new();
        let mut amended = Vec::new();
        for (date, revision) in revisions {
            let Ok(document) = self.store.edition_in(&mut series, revision) else { continue };
            let start = date.range().start;
            let at = states.partition_point(|state| state.date.range().start < start);
            let is_amendment = states.get(at).is_some_and(|state| state.date.range().start == start);
            let is_late = at < states.len();
            let name = EditionRef {
                last_updated: date.clone(),
                dated_by_commit: timeline.editions.iter().any(|one| one.by_commit && one.date == date),
                commit: revision.commit,
                file: revision.path.to_string(),
            };
            let state = StandingEdition {
                date: date.clone(),
                name,
                document,
                on_record: OnRecord::default(),
                seen: Vec::new(),
                said: BTreeMap::new(),
            };
            let was = match is_amendment {
                true => std::mem::replace(&mut states[at], state).said,
                false => {
                    states.insert(at, state);
                    SaidOfEdition::new()
                }
            };
            let mut replaced = self.say_again(&mut states, at);
            replaced[0] = was;
            if !is_late {
                continue;
            }
            let commit = self.commits.get(&revision.commit).expect("because all commits were read");
            let (lost, new) = lost_and_new(&states, at, &replaced);
            for (print, (edition, said)) in &lost {
                if said_now.contains_key(*print) || !gone.insert((*print).clone()) {
                    continue;
                }
                let sentence = PastSentence {
                    fingerprint: (*print).clone(),
                    rule: said.rule.clone(),
                    message: said.message.clone(),
                    edition: (*edition).clone(),
                    replaced_by: Vec::new(),
                    until: commit.clone(),
                    cause: cause(is_amendment, &date, edition),
                    reason: None,
                };
                past.push(((*print).clone(), sentence, said.about.clone()));
            }
            // What only words, cites or orders anew is no correction to tell subscribers of.
            let is_news = |(_, (_, said)): &(&&String, &DatedSentence<'_>)| said.is_news;
            let pair =
                |(print, (_, said)): (&&String, &DatedSentence<'_>)| ((*print).clone(), said.message.clone());
            let before: Vec<_> = lost.iter().filter(is_news).map(pair).collect();
            if is_amendment && !before.is_empty() {
                let after = new.iter().filter(is_news).map(pair).collect();
                amended.push(AmendedSentences {
                    commit: commit.clone(),
                    edition: date.clone(),
                    before,
                    after,
                });
            }
        }
        self.add_withdrawn(&states, &said_now, &mut gone, &mut past);
        let past = past.into_iter().map(|(_, sentence, about)| replaced(sentence, &about, &said_now));
        Ok((past.collect(), amended))
    }

    /// Says what is said of the editions from one on, given those before it, until it is as before. Gives
    /// what was said of each of them until now.
    fn say_again<'e>(&'e self, states: &mut [StandingEdition<'e>], from: usize) -> Vec<SaidOfEdition> {
        let mut replaced = Vec::new();
        let mut was_alike = false;
        for at in from..states.len() {
            let (earlier, rest) = states.split_at_mut(at);
            let (previous, state) = (earlier.last(), &mut rest[0]);
            let mut on_record = previous.map_or_else(OnRecord::default, |p| p.on_record.clone());
            on_record.add(self.engine, self.subject, &state.document, &state.name);
            let is_alike = at > from && on_record.is_alike(&state.on_record);
            if is_alike && was_alike {
                // Its text and what is on record are as before, and the edition before it says what it said
                // before.
                break;
            }
            state.on_record = on_record;
            let context = Edited { document: &state.document, edition: &state.name }.with(&state.on_record);
            state.seen = self.engine.sightings(self.subject, context);
            let mut said = BTreeMap::new();
            for observation in self.engine.observations(self.subject, context) {
                said.insert(observation.fingerprint.clone(), of_observation(&observation, &state.date));
            }
            if let Some(previous) = previous {
                let before = Edited { document: &previous.document, edition: &previous.name }
                    .with(&previous.on_record);
                let step = self.engine.step_between(
                    self.subject,
                    (before, &previous.seen[..]),
                    (context, &state.seen[..]),
                    false,
                );
                add_step(&step, &mut said);
            }
            was_alike = is_alike && said.keys().eq(state.said.keys());
            replaced.push(std::mem::replace(&mut state.said, said));
        }
        replaced
    }

    /// Adds what was said of editions that were taken back later.
    fn add_withdrawn(
        &self,
        states: &[StandingEdition<'_>],
        said_now: &BTreeMap<String, EarlierSentence>,
        gone: &mut HashSet<String>,
        past: &mut Vec<(String, PastSentence, Vec<String>)>,
    ) {
        for state in states {
            for (print, said) in &state.said {
                if said_now.contains_key(print) || !gone.insert(print.clone()) {
                    continue;
                }
                let Some(commit) = self.commits.get(&state.name.commit) else { continue };
                let sentence = PastSentence {
                    fingerprint: print.clone(),
                    rule: said.rule.clone(),
                    message: said.message.clone(),
                    edition: state.date.clone(),
                    replaced_by: Vec::new(),
                    until: commit.clone(),
                    cause: "the edition was taken back later, or the record goes on without it",
                    reason: None,
                };
                past.push((print.clone(), sentence, said.about.clone()));
            }
        }
    }
}

/// The revisions of a record that are dated, oldest first by ancestry.
fn in_order(timeline: &Timeline) -> Vec<(PartialDate, &Revision)> {
    let of = |edition: &'_ Edition| edition.date.clone();
    let mut out: Vec<(PartialDate, &Revision)> = Vec::new();
    for edition in timeline.editions.iter().chain(&timeline.withdrawn) {
        out.extend(edition.amendments.iter().chain([&edition.revision]).map(|r| (of(edition), r)));
    }
    out.sort_by(|(a, x), (b, y)| {
        y.rank
            .cmp(&x.rank)
            .then_with(|| a.range().start.cmp(&b.range().start))
            .then_with(|| x.path.cmp(&y.path))
    });
    out
}

/// Whether each commit only added the newest edition, so that nothing was ever said otherwise.
fn is_plain(timeline: &Timeline, revisions: &[(PartialDate, &Revision)]) -> bool {
    timeline.withdrawn.is_empty()
        && timeline.editions.iter().all(|edition| edition.amendments.is_empty())
        && revisions.windows(2).all(|pair| pair[0].0.range().start < pair[1].0.range().start)
}

fn cause(is_amendment: bool, amended: &PartialDate, of: &PartialDate) -> &'static str {
    match (is_amendment, amended == of) {
        (true, true) => "the edition was amended under its own date",
        (true, false) => "an earlier edition was amended",
        (false, _) => "an edition of an earlier date was added",
    }
}

fn of_observation(observation: &Observation, edition: &PartialDate) -> EarlierSentence {
    EarlierSentence {
        edition: edition.clone(),
        rule: observation.rule.clone(),
        message: observation.message.clone(),
        reason: None,
        is_news: true,
        about: vec![observation.identity.clone()],
    }
}

fn add_step(step: &StepReport, said: &mut BTreeMap<String, EarlierSentence>) {
    for change in &step.changes {
        let about = change.explains.iter().chain([&change.path]).map(FieldPath::to_string);
        let one = EarlierSentence {
            edition: step.to.last_updated.clone(),
            rule: change.rule.clone(),
            message: change.message.clone(),
            reason: change.reason.clone(),
            is_news: !change.is_quiet(),
            about: about.collect(),
        };
        said.insert(change.fingerprint.clone(), one);
    }
    let is_news = |o: &&Observation| o.state.is_some_and(|state| state != ObservationState::Continues);
    for observation in step.observations.iter().filter(is_news) {
        said.entry(observation.fingerprint.clone())
            .or_insert_with(|| of_observation(observation, &step.to.last_updated));
    }
}

/// By fingerprint, what no edition says any more, and what none of those from `at` on said until now, given
/// what was said of the first few of them until now.
fn lost_and_new<'s>(
    states: &'s [StandingEdition<'_>],
    at: usize,
    replaced: &'s [SaidOfEdition],
) -> (BTreeMap<&'s String, DatedSentence<'s>>, BTreeMap<&'s String, DatedSentence<'s>>) {
    let (mut lost, mut new) = (BTreeMap::new(), BTreeMap::new());
    let is_said = |print: &String| states.iter().any(|state| state.said.contains_key(print));
    let unchanged = &states[(at + replaced.len()).min(states.len())..];
    let was_said = |print: &String| {
        replaced.iter().any(|said| said.contains_key(print))
            || unchanged.iter().any(|state| state.said.contains_key(print))
    };
    for (state, before) in states[at..].iter().zip(replaced) {
        for (print, said) in before {
            if !state.said.contains_key(print) && !is_said(print) {
                lost.insert(print, (&state.date, said));
            }
        }
        for (print, said) in &state.said {
            if !before.contains_key(print) && !was_said(print) {
                new.insert(print, (&state.date, said));
            }
        }
    }
    (lost, new)
}

fn said_of_editions(editions: &[PublishedEdition]) -> BTreeMap<String, EarlierSentence> {
    let mut out = BTreeMap::new();
    for edition in editions {
        for observation in &edition.profile.standing {
            out.insert(
                observation.fingerprint.clone(),
                of_observation(observation, &edition.edition.last_updated),
            );
        }
        if let Some(step) = &edition.step {
            add_step(step, &mut out);
        }
    }
    out
}

/// Finds what stands in the place of a sentence: what is said now of the same fields or of the same standing
/// fact, in the same edition and by the same rule where there is such a sentence.
fn replaced(
    mut sentence: PastSentence,
    about: &[String],
    now: &BTreeMap<String, EarlierSentence>,
) -> PastSentence {
    let fields: BTreeSet<&String> = about.iter().collect();
    let mut alike: Vec<(&String, &EarlierSentence)> =
        now.iter().filter(|(_, said)| said.about.iter().any(|field| fields.contains(field))).collect();
    let is_near = |said: &EarlierSentence| (said.edition == sentence.edition, said.rule == sentence.rule);
    for keeps in [|(edition, _): (bool, bool)| edition, |(_, rule): (bool, bool)| rule] {
        if alike.iter().any(|(_, said)| keeps(is_near(said))) {
            alike.retain(|(_, said)| keeps(is_near(said)));
        }
    }
    sentence.reason = alike.iter().find_map(|(_, said)| said.reason.clone());
    sentence.replaced_by =
        alike.into_iter().take(MOST_REPLACEMENTS).map(|(print, _)| print.clone()).collect();
    sentence
}

/// The most sentences that are named as standing in the place of one.
const MOST_REPLACEMENTS: usize = 3;
