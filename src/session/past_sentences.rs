//! What was said of a record before its editions were amended: each commit of its history is replayed, oldest
//! first, and what was said after each is compared with what is said now.
//!
//! A site could have been published at any commit, so every sentence that any of them gave has an address to
//! keep.

use super::amended_editions::{AmendedEditions, Amendment, Sentences};
use super::stated_revisions::{DatedRevision, in_order, is_plain, taken_back};
use crate::diff::diff;
use crate::document::DocumentSeries;
use crate::history::{DocumentStore, Revision, Timeline};
use crate::model::published::{AmendedSentences, NamedCommit, PastSentence, PublishedEdition};
use crate::model::results::{Change, EditionRef, Observation, ObservationState, StepReport};
use crate::model::{Document, Failure, FieldPath, NatureKind, Node, ObjectId, PartialDate};
use crate::rules::{Edited, Engine, InContext, KnownChange, OnRecord, Sighting, Subject};
use crate::schema::Op;
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
    /// How it came about, of a change.
    nature: Option<NatureKind>,
    reason: Option<String>,
    /// Whether it is more than wording, sources, a review or silence.
    is_news: bool,
    /// The edition it was said of.
    edition: PartialDate,
    /// What it is about: fields of a change, or what an observation shares with itself over editions.
    about: Vec<String>,
}

impl EarlierSentence {
    /// As what is known of a change.
    fn as_change(&self) -> KnownChange<'_> {
        KnownChange { rule: &self.rule, message: &self.message, is_quiet: !self.is_news }
    }
}

/// An edition as it stood after some commit.
struct StandingEdition<'e> {
    /// Its place among all editions that the record ever had.
    slot: usize,
    date: PartialDate,
    name: EditionRef,
    revision: &'e Revision,
    document: Arc<Document>,
    on_record: OnRecord,
    /// What it shows and what stands as of it, once that was asked for.
    shown: Option<ShownByEdition<'e>>,
    /// What is new in it, once that was asked for.
    added: Option<Vec<FieldPath>>,
    /// What was said of it and of the step to it.
    said: Arc<SaidOfEdition>,
}

/// What an edition shows by itself, with what is on record as of it.
struct ShownByEdition<'e> {
    seen: Vec<Sighting<'e>>,
    standing: SaidOfEdition,
}

/// By fingerprint, what was said of an edition and of the step to it.
type SaidOfEdition = BTreeMap<String, Arc<EarlierSentence>>;

/// The editions that stand in the end, with what is said of each now.
struct EndOfReplay<'n> {
    revisions: Vec<&'n Revision>,
    said: Vec<Arc<SaidOfEdition>>,
    /// What is said now of any of them.
    all: SaidOfEdition,
}

impl EndOfReplay<'_> {
    /// What is said now under a fingerprint.
    fn named(&self, print: String) -> (String, Arc<EarlierSentence>) {
        let said = Arc::clone(&self.all[&print]);
        (print, said)
    }

    /// How many of the editions, the oldest first, stand as they do in the end: what is said of those is
    /// known.
    fn alike(&self, states: &[StandingEdition<'_>]) -> usize {
        let pairs = states.iter().zip(&self.revisions);
        pairs.take_while(|(state, revision)| is_same_content(state.revision, revision)).count()
    }
}

/// A sentence with the last edition that it was said of.
type DatedSentence<'s> = (&'s PartialDate, &'s EarlierSentence);

/// What a replay gives: sentences of the past, and the amendments that replaced sentences.
type PastAndAmended = (Vec<PastSentence>, Vec<AmendedSentences>);

/// An edition of which other things were said until now: its place, if it still stands, and its date.
type ReplacedEdition = (Option<usize>, PartialDate, Arc<SaidOfEdition>);

/// What a revision did to the editions that stood before it.
struct AppliedRevision<'e> {
    /// The place of the revision's edition among those that stand now.
    at: usize,
    /// The content that it replaced.
    was: Option<Arc<Document>>,
    /// What was said of editions until now, with their places; of those that stand no longer, no place.
    replaced: Vec<ReplacedEdition>,
    /// Whether editions were taken back.
    takes_back: bool,
    /// Whether an edition stands after it.
    is_late: bool,
    revision: &'e DatedRevision<'e>,
}

impl StandingEdition<'_> {
    /// The edition with what is on record as of it.
    fn in_context(&self) -> InContext<'_> {
        Edited { document: &self.document, edition: &self.name }.with(&self.on_record)
    }
}

impl AppliedRevision<'_> {
    fn cause(&self, is_there: bool, of: &PartialDate) -> &'static str {
        match (self.was.is_some(), self.revision.edition.date == *of) {
            _ if !is_there => "the edition was taken back: a later commit went back to what stood before it",
            _ if self.takes_back => "an edition before it was taken back",
            (true, true) => "the edition was amended under its own date",
            (true, false) => "an earlier edition was amended",
            (false, _) => "an edition of an earlier date was added",
        }
    }
}

impl Replay<'_> {
    /// What was said once and is not said now.
    ///
    /// # Errors
    /// An old content that cannot be read.
    pub fn past(&self, timeline: &Timeline, now: &[PublishedEdition]) -> Result<PastAndAmended, Failure> {
        let revisions = in_order(timeline);
        if is_plain(timeline, &revisions) {
            return Ok(PastAndAmended::default());
        }
        let end = EndOfReplay {
            revisions: timeline.editions.iter().map(|edition| &edition.revision).collect(),
            said: now.iter().map(|edition| Arc::new(said_of(std::slice::from_ref(edition)))).collect(),
            all: said_of(now),
        };
        let said_now = &end.all;
        let mut series = DocumentSeries::default();
        let mut states: Vec<StandingEdition<'_>> = Vec::new();
        let mut past: Vec<(PastSentence, Vec<String>)> = Vec::new();
        let mut gone = HashSet::new();
        let mut amended = AmendedEditions::default();
        for (order, revision) in revisions.iter().enumerate() {
            let Ok(document) = self.store.edition_in(&mut series, revision.revision) else { continue };
            let Some(turn) = self.turn(&mut states, (&revisions, order), document, &end) else { continue };
            if turn.replaced.is_empty() {
                continue;
            }
            let commit = self.commits.get(&revision.revision.commit).expect("because all commits were read");
            let (lost, new) = lost_and_new(&states, &turn.replaced);
            for (print, (edition, said, is_there)) in &lost {
                if said_now.contains_key(*print) || !gone.insert((*print).clone()) {
                    continue;
                }
                let sentence = PastSentence {
                    fingerprint: (*print).clone(),
                    rule: said.rule.clone(),
                    message: said.message.clone(),
                    news: said.nature.filter(|_| said.is_news),
                    edition: (*edition).clone(),
                    replaced_by: Vec::new(),
                    until: commit.clone(),
                    cause: turn.cause(*is_there, edition),
                    reason: None,
                };
                past.push((sentence, said.about.clone()));
            }
            if let Some(was) = turn.was.as_deref().filter(|_| turn.is_late && !turn.takes_back) {
                let lost = lost.iter().map(|(print, (_, said, _))| (*print, *said));
                let new = new.iter().map(|(print, (_, said))| (*print, *said));
                let amendment = Amendment {
                    commit,
                    slot: revision.slot,
                    date: &revision.edition.date,
                    is_newest: turn.at + 1 == states.len(),
                    was,
                    is: &states[turn.at].document,
                    lost: news(lost),
                    new: news(new),
                };
                amended.add(self.subject, amendment);
            }
        }
        self.add_withdrawn(&states, said_now, &mut gone, &mut past);
        let past = past.into_iter().map(|(sentence, about)| replaced(sentence, &about, said_now));
        Ok((past.collect(), amended.finish()))
    }

    /// Takes a revision among the editions that stand, takes back those that it takes back, and says anew
    /// what may be said otherwise then. Nothing where the content stands already.
    fn turn<'e>(
        &'e self,
        states: &mut Vec<StandingEdition<'e>>,
        (revisions, order): (&'e [DatedRevision<'e>], usize),
        document: Arc<Document>,
        end: &EndOfReplay<'_>,
    ) -> Option<AppliedRevision<'e>> {
        let revision = &revisions[order];
        let mut replaced = Vec::new();
        for slot in taken_back(revisions, order) {
            if let Some(at) = states.iter().position(|state| state.slot == slot) {
                let state = states.remove(at);
                replaced.push((None, state.date, state.said));
            }
        }
        let takes_back = !replaced.is_empty();
        let at = states.partition_point(|state| state.slot < revision.slot);
        let is_late = at < states.len();
        let stood = states.get(at).filter(|state| state.slot == revision.slot);
        if stood.is_some_and(|state| state.revision.blob == revision.revision.blob) && !takes_back {
            return None;
        }
        let name = EditionRef {
            last_updated: revision.edition.date.clone(),
            dated_by_commit: revision.edition.by_commit,
            commit: revision.revision.commit,
            file: revision.revision.path.to_string(),
        };
        let (was, own) = match stood.is_some() {
            true => {
                let own = std::mem::take(&mut states[at].said);
                states[at].name = name;
                states[at].revision = revision.revision;
                (Some(std::mem::replace(&mut states[at].document, document)), own)
            }
            false => {
                let state = StandingEdition {
                    slot: revision.slot,
                    date: revision.edition.date.clone(),
                    name,
                    revision: revision.revision,
                    document,
                    on_record: OnRecord::default(),
                    shown: None,
                    added: None,
                    said: Arc::default(),
                };
                states.insert(at, state);
                (None, Arc::default())
            }
        };
        let mut turn = AppliedRevision { at, was, replaced, takes_back, is_late, revision };
        self.say_again(states, &mut turn, end);
        if turn.was.is_some() {
            turn.replaced.push((Some(at), states[at].date.clone(), own));
        }
        Some(turn)
    }

    /// Says what is said of the edition that a turn is about, given those before it, and of those after it as
    /// far as it may be another thing than before; notes what was said of them until now.
    fn say_again<'e>(
        &'e self,
        states: &mut [StandingEdition<'e>],
        turn: &mut AppliedRevision<'_>,
        end: &EndOfReplay<'_>,
    ) {
        let mut was_alike = false;
        let is_corrected = turn.takes_back || self.logs_otherwise(states, turn);
        let known = end.alike(states);
        for at in turn.at..states.len() {
            let (earlier, rest) = states.split_at_mut(at);
            let state = &mut rest[0];
            if at > turn.at && was_alike && !is_corrected {
                // Its text and the edition before it say what they said. It speaks of older editions besides.
                let changed = &earlier[turn.at];
                match turn.was.is_some() {
                    true => state.on_record.replace_edition(turn.at, &changed.name, &changed.document),
                    false => state.on_record.insert_edition(turn.at, &changed.name, &changed.document),
                }
                let previous = earlier.last().expect("because a state before it was looked at");
                if !self.looks_up(previous, state, (turn.was.as_deref(), &changed.document)) {
                    continue;
                }
            } else {
                let mut on_record = earlier.last().map_or_else(OnRecord::default, |p| p.on_record.clone());
                on_record.add(self.engine, self.subject, &state.document, &state.name);
                let is_alike = at > turn.at && on_record.is_alike(&state.on_record);
                state.on_record = on_record;
                was_alike = is_alike;
                if !is_alike {
                    state.shown = None;
                }
                if at <= turn.at + 1 || turn.takes_back {
                    state.added = None;
                }
            }
            let said = match end.said.get(at).filter(|_| at < known) {
                Some(said) => Arc::clone(said),
                None => Arc::new(self.say(earlier.last_mut(), state, end)),
            };
            let said_before = std::mem::replace(&mut state.said, said);
            if at > turn.at {
                turn.replaced.push((Some(at), state.date.clone(), said_before));
            }
        }
    }

    /// What is said of an edition and of the step to it from the one before. What is said now, too, is known
    /// by its fingerprint and needs no words.
    fn say<'e>(
        &'e self,
        previous: Option<&mut StandingEdition<'e>>,
        state: &mut StandingEdition<'e>,
        end: &EndOfReplay<'_>,
    ) -> SaidOfEdition {
        self.look(state, end);
        let after = state.shown.as_ref().expect("because it was looked at");
        let mut said = after.standing.clone();
        let Some(previous) = previous else { return said };
        self.look(previous, end);
        let before = previous.shown.as_ref().expect("because it was looked at");
        let (from, to) = (previous.in_context(), state.in_context());
        let known = |print: &str| end.all.get(print).map(|said| said.as_change());
        let partly = self.engine.unknown_changes(self.subject, from.edition, to, &known);
        let (from, to) = ((from, &before.seen[..]), (to, &after.seen[..]));
        if let Some(partly) = partly {
            let observed = match self.engine.are_alike(&before.seen, &after.seen) {
                true => Vec::new(),
                false => self.engine.observed(self.subject, from, to),
            };
            if !observed.iter().any(Observation::may_repeat_a_change) {
                said.extend(partly.known.into_iter().map(|print| end.named(print)));
                add_changes(&partly.changes, &state.date, &mut said);
                add_observed(&observed, &state.date, &mut said);
                return said;
            }
        }
        add_step(&self.engine.step_between(self.subject, from, to, false), &mut said);
        said
    }

    /// Finds what an edition shows, where that is not known.
    fn look<'e>(&'e self, state: &mut StandingEdition<'e>, end: &EndOfReplay<'_>) {
        if state.shown.is_some() {
            return;
        }
        let seen = self.engine.sightings(self.subject, state.in_context());
        let is_known = |print: &str| end.all.contains_key(print);
        let in_context = state.in_context();
        let (known, unknown) = self.engine.unknown_observations(self.subject, in_context, &seen, &is_known);
        let unknown = unknown.iter().map(|one| {
            let said = Arc::new(of_observation(one, &state.date));
            (one.fingerprint.clone(), said)
        });
        let standing = known.into_iter().map(|print| end.named(print)).chain(unknown).collect();
        state.shown = Some(ShownByEdition { seen, standing });
    }

    /// Whether the log of corrections says other things about the edition that a turn is about than it did: a
    /// later step asks all of them whether something was taken out.
    fn logs_otherwise(&self, states: &[StandingEdition<'_>], turn: &AppliedRevision<'_>) -> bool {
        let Some(log) = self.subject.kind.spec.corrections.as_deref() else { return false };
        let logged = |document: &Document| {
            let list = document.root.at_keys(log.split('.'));
            list.map(Node::items).unwrap_or_default().to_vec()
        };
        let was = match &turn.was {
            Some(was) => logged(was),
            None => turn.at.checked_sub(1).map(|at| logged(&states[at].document)).unwrap_or_default(),
        };
        let is = logged(&states[turn.at].document);
        was.len() != is.len() || !was.iter().zip(&is).all(|(one, other)| one.same_value(other))
    }

    /// Whether something that is new in an edition may have been looked up in an older one whose content is
    /// another one now.
    fn looks_up(
        &self,
        previous: &StandingEdition<'_>,
        state: &mut StandingEdition<'_>,
        (was, is): (Option<&Document>, &Document),
    ) -> bool {
        let shape = &self.subject.kind.shape;
        let added = state.added.get_or_insert_with(|| {
            let deltas = diff(&previous.document.root, &state.document.root, shape).into_iter();
            deltas.filter(|delta| delta.op != Op::Removed).map(|delta| delta.path).collect()
        });
        let keys = |path: &FieldPath| shape.key_at(path);
        added.iter().any(|path| {
            let was = was.and_then(|document| document.root.at(path, &keys));
            match (is.root.at(path, &keys), was) {
                (Some(is), Some(was)) => !is.same_value(was),
                (is, was) => is.is_some() != was.is_some(),
            }
        })
    }

    /// Adds what was said of editions that do not stand in the end.
    fn add_withdrawn(
        &self,
        states: &[StandingEdition<'_>],
        said_now: &SaidOfEdition,
        gone: &mut HashSet<String>,
        past: &mut Vec<(PastSentence, Vec<String>)>,
    ) {
        for state in states {
            for (print, said) in state.said.iter() {
                if said_now.contains_key(print) || !gone.insert(print.clone()) {
                    continue;
                }
                let Some(commit) = self.commits.get(&state.name.commit) else { continue };
                let sentence = PastSentence {
                    fingerprint: print.clone(),
                    rule: said.rule.clone(),
                    message: said.message.clone(),
                    news: said.nature.filter(|_| said.is_news),
                    edition: state.date.clone(),
                    replaced_by: Vec::new(),
                    until: commit.clone(),
                    cause: "the edition was taken back later, or the record goes on without it",
                    reason: None,
                };
                past.push((sentence, said.about.clone()));
            }
        }
    }
}

fn of_observation(observation: &Observation, edition: &PartialDate) -> EarlierSentence {
    EarlierSentence {
        edition: edition.clone(),
        rule: observation.rule.clone(),
        message: observation.message.clone(),
        nature: None,
        reason: None,
        is_news: true,
        about: vec![observation.identity.clone()],
    }
}

fn add_step(step: &StepReport, said: &mut SaidOfEdition) {
    add_changes(&step.changes, &step.to.last_updated, said);
    add_observed(&step.observations, &step.to.last_updated, said);
}

/// Adds what changed in a step to an edition.
fn add_changes(changes: &[Change], edition: &PartialDate, said: &mut SaidOfEdition) {
    for change in changes {
        let about = change.explains.iter().chain([&change.path]).map(FieldPath::to_string);
        let one = EarlierSentence {
            edition: edition.clone(),
            rule: change.rule.clone(),
            message: change.message.clone(),
            nature: Some(change.nature.kind),
            reason: change.reason.clone(),
            is_news: !change.is_quiet(),
            about: about.collect(),
        };
        said.insert(change.fingerprint.clone(), Arc::new(one));
    }
}

/// Adds what became of observations in a step to an edition.
fn add_observed(observed: &[Observation], edition: &PartialDate, said: &mut SaidOfEdition) {
    let is_news = |o: &&Observation| o.state.is_some_and(|state| state != ObservationState::Continues);
    for observation in observed.iter().filter(is_news) {
        said.entry(observation.fingerprint.clone())
            .or_insert_with(|| Arc::new(of_observation(observation, edition)));
    }
}

/// What no edition says any more, and whether the edition that it was said of stands; what none said until
/// now.
type LostAndNew<'s> = (
    BTreeMap<&'s String, (&'s PartialDate, &'s EarlierSentence, bool)>,
    BTreeMap<&'s String, DatedSentence<'s>>,
);

/// What a turn made of sentences, given what was said until then of some editions by their places.
fn lost_and_new<'s>(states: &'s [StandingEdition<'_>], replaced: &'s [ReplacedEdition]) -> LostAndNew<'s> {
    let (mut lost, mut new) = (BTreeMap::new(), BTreeMap::new());
    let is_said = |print: &String| states.iter().any(|state| state.said.contains_key(print));
    let places: BTreeSet<usize> = replaced.iter().filter_map(|(place, _, _)| *place).collect();
    let unchanged = || states.iter().enumerate().filter(|(at, _)| !places.contains(at));
    let was_said = |print: &String| {
        replaced.iter().any(|(_, _, said)| said.contains_key(print))
            || unchanged().any(|(_, state)| state.said.contains_key(print))
    };
    for (place, date, before) in replaced {
        for (print, said) in before.iter().filter(|(print, _)| !is_said(print)) {
            lost.insert(print, (date, &**said, place.is_some()));
        }
    }
    for state in places.iter().map(|at| &states[*at]) {
        for (print, said) in state.said.iter().filter(|(print, _)| !was_said(print)) {
            new.insert(print, (&state.date, &**said));
        }
    }
    (lost, new)
}

/// What is more than wording, sources, a review or silence.
fn news<'s>(said: impl Iterator<Item = (&'s String, &'s EarlierSentence)>) -> Sentences {
    said.filter(|(_, said)| said.is_news).map(|(print, said)| (print.clone(), said.message.clone())).collect()
}

/// What is said now of some editions and of the steps to them.
fn said_of(editions: &[PublishedEdition]) -> SaidOfEdition {
    let mut out = SaidOfEdition::new();
    for edition in editions {
        for observation in &edition.profile.standing {
            let said = of_observation(observation, &edition.edition.last_updated);
            out.insert(observation.fingerprint.clone(), Arc::new(said));
        }
        if let Some(step) = &edition.step {
            add_step(step, &mut out);
        }
    }
    out
}

/// Whether two revisions have the same text.
fn is_same_content(one: &Revision, other: &Revision) -> bool {
    one.blob == other.blob && one.path == other.path
}

/// Finds what stands in the place of a sentence: what is said now of the same fields or of the same standing
/// fact, in the same edition and by the same rule where there is such a sentence.
fn replaced(mut sentence: PastSentence, about: &[String], now: &SaidOfEdition) -> PastSentence {
    let fields: BTreeSet<&String> = about.iter().collect();
    let mut alike: Vec<(&String, &Arc<EarlierSentence>)> =
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
