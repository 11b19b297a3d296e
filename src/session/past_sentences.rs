//! What was said of a record before its editions were amended: each commit of its history is replayed, oldest
//! first, and what was said after each is compared with what is said now.
//!
//! A site could have been published at any commit, so every sentence that any of them gave has an address to
//! keep.

use crate::diff::diff;
use crate::document::DocumentSeries;
use crate::history::{DocumentStore, Edition, Revision, Timeline};
use crate::model::published::{AmendedSentences, NamedCommit, PastSentence, PublishedEdition};
use crate::model::results::{EditionRef, Observation, ObservationState, StepReport};
use crate::model::{Document, Failure, FieldPath, Node, ObjectId, PartialDate};
use crate::rules::{Edited, Engine, OnRecord, Sighting, Subject};
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
    /// Its place among all editions that the record ever had.
    slot: usize,
    date: PartialDate,
    name: EditionRef,
    revision: &'e Revision,
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

/// A revision with the place of its edition among all that the record ever had.
struct DatedRevision<'t> {
    slot: usize,
    edition: &'t Edition,
    revision: &'t Revision,
}

/// What a revision did to the editions that stood before it.
struct AppliedRevision<'e> {
    /// The place of the revision's edition among those that stand now.
    at: usize,
    /// The content that it replaced.
    was: Option<Arc<Document>>,
    /// What was said of editions until now, with their places; of those that stand no longer, no place.
    replaced: Vec<(Option<usize>, PartialDate, SaidOfEdition)>,
    /// Whether editions were taken back.
    takes_back: bool,
    /// Whether an edition stands after it.
    is_late: bool,
    revision: &'e DatedRevision<'e>,
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
        let said_now = said_of_editions(now);
        let mut series = DocumentSeries::default();
        let mut states: Vec<StandingEdition<'_>> = Vec::new();
        let mut past: Vec<(PastSentence, Vec<String>)> = Vec::new();
        let mut gone = HashSet::new();
        let mut amended = Vec::new();
        for (order, revision) in revisions.iter().enumerate() {
            let Ok(document) = self.store.edition_in(&mut series, revision.revision) else { continue };
            let Some(turn) = self.turn(&mut states, &revisions, order, document) else { continue };
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
                    edition: (*edition).clone(),
                    replaced_by: Vec::new(),
                    until: commit.clone(),
                    cause: turn.cause(*is_there, edition),
                    reason: None,
                };
                past.push((sentence, said.about.clone()));
            }
            // What only words, cites or orders anew is no correction that subscribers need to hear of.
            let news = lost.iter().filter(|(_, (_, said, _))| said.is_news);
            let before: Vec<_> =
                news.map(|(print, (_, said, _))| ((*print).clone(), said.message.clone())).collect();
            if turn.was.is_some() && turn.is_late && !turn.takes_back && !before.is_empty() {
                let news = new.iter().filter(|(_, (_, said))| said.is_news);
                amended.push(AmendedSentences {
                    commit: commit.clone(),
                    edition: revision.edition.date.clone(),
                    before,
                    after: news.map(|(print, (_, said))| ((*print).clone(), said.message.clone())).collect(),
                });
            }
        }
        self.add_withdrawn(&states, &said_now, &mut gone, &mut past);
        let past = past.into_iter().map(|(sentence, about)| replaced(sentence, &about, &said_now));
        Ok((past.collect(), amended))
    }

    /// Takes a revision among the editions that stand, takes back those that it takes back, and says anew
    /// what may be said otherwise then. Nothing where the content stands already.
    fn turn<'e>(
        &'e self,
        states: &mut Vec<StandingEdition<'e>>,
        revisions: &'e [DatedRevision<'e>],
        order: usize,
        document: Arc<Document>,
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
                    seen: Vec::new(),
                    said: BTreeMap::new(),
                };
                states.insert(at, state);
                (None, SaidOfEdition::new())
            }
        };
        let mut turn = AppliedRevision { at, was, replaced, takes_back, is_late, revision };
        self.say_again(states, &mut turn);
        if turn.was.is_some() {
            turn.replaced.push((Some(at), states[at].date.clone(), own));
        }
        Some(turn)
    }

    /// Says what is said of the edition that a turn is about, given those before it, and of those after it as
    /// far as it may be another thing than before; notes what was said of them until now.
    fn say_again<'e>(&'e self, states: &mut [StandingEdition<'e>], turn: &mut AppliedRevision<'_>) {
        let mut was_alike = false;
        let is_corrected = turn.takes_back || self.has_corrections(states, turn.was.as_deref());
        for at in turn.at..states.len() {
            let (earlier, rest) = states.split_at_mut(at);
            let (previous, state) = (earlier.last(), &mut rest[0]);
            if at > turn.at && was_alike && !is_corrected {
                // Its text and the edition before it say what they said. It speaks of older editions besides.
                let changed = &earlier[turn.at];
                match turn.was.is_some() {
                    true => state.on_record.replace_edition(turn.at, &changed.name, &changed.document),
                    false => state.on_record.insert_edition(turn.at, &changed.name, &changed.document),
                }
                let previous = previous.expect("because a state before it was looked at");
                if !self.looks_up(previous, state, (turn.was.as_deref(), &changed.document)) {
                    continue;
                }
            } else {
                let mut on_record = previous.map_or_else(OnRecord::default, |p| p.on_record.clone());
                on_record.add(self.engine, self.subject, &state.document, &state.name);
                let is_alike = at > turn.at && on_record.is_alike(&state.on_record);
                state.on_record = on_record;
                was_alike = is_alike;
            }
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
            let said_before = std::mem::replace(&mut state.said, said);
            if at > turn.at {
                turn.replaced.push((Some(at), state.date.clone(), said_before));
            }
        }
    }

    /// Whether any of the editions, or a content that one had until now, logs corrections: a later step asks
    /// all of them whether something was taken out.
    fn has_corrections(&self, states: &[StandingEdition<'_>], was: Option<&Document>) -> bool {
        let Some(log) = self.subject.kind.spec.corrections.as_deref() else { return false };
        let mut documents = states.iter().map(|state| &*state.document).chain(was);
        documents.any(|document| {
            document.root.at_keys(log.split('.')).is_some_and(|list| !list.items().is_empty())
        })
    }

    /// Whether something that is new in an edition may have been looked up in an older one whose content is
    /// another one now.
    fn looks_up(
        &self,
        previous: &StandingEdition<'_>,
        state: &StandingEdition<'_>,
        (was, is): (Option<&Document>, &Document),
    ) -> bool {
        let shape = &self.subject.kind.shape;
        let keys = |path: &FieldPath| shape.key_at(path);
        let node = |document: &Document, path: &FieldPath| document.root.at(path, &keys).map(Node::to_json);
        diff(&previous.document.root, &state.document.root, shape).iter().any(|delta| {
            delta.op == Op::Added
                && node(is, &delta.path) != was.and_then(|document| node(document, &delta.path))
        })
    }

    /// Adds what was said of editions that do not stand in the end.
    fn add_withdrawn(
        &self,
        states: &[StandingEdition<'_>],
        said_now: &BTreeMap<String, EarlierSentence>,
        gone: &mut HashSet<String>,
        past: &mut Vec<(PastSentence, Vec<String>)>,
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
                past.push((sentence, said.about.clone()));
            }
        }
    }
}

/// The revisions of a record that are dated, oldest first by ancestry.
fn in_order(timeline: &Timeline) -> Vec<DatedRevision<'_>> {
    let mut editions: Vec<&Edition> = timeline.editions.iter().chain(&timeline.withdrawn).collect();
    let by_moment = editions.iter().all(|edition| edition.date.moment().is_some());
    editions.sort_by_key(|edition| match edition.date.moment().filter(|_| by_moment) {
        Some(moment) => (moment, moment),
        None => (edition.date.range().start, edition.date.range().end),
    });
    let mut out: Vec<DatedRevision<'_>> = Vec::new();
    for (slot, edition) in editions.into_iter().enumerate() {
        out.extend(edition.revisions().map(|revision| DatedRevision { slot, edition, revision }));
    }
    out.sort_by(|a, b| {
        let (x, y) = (a.revision, b.revision);
        y.rank.cmp(&x.rank).then_with(|| a.slot.cmp(&b.slot)).then_with(|| x.path.cmp(&y.path))
    });
    out
}

/// The editions that a revision takes back, as the history sorts them: it brings a content that had stood
/// before they were first stated, under an earlier date, and none of them is stated after it so far.
fn taken_back<'t>(revisions: &'t [DatedRevision<'t>], order: usize) -> Vec<usize> {
    let back = &revisions[order];
    let same = |one: &DatedRevision<'_>| one.revision.blob == back.revision.blob;
    let Some(oldest) = revisions[..order].iter().position(same) else { return Vec::new() };
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    let mut newest: BTreeMap<usize, &Revision> = BTreeMap::new();
    for (at, one) in revisions[..order].iter().enumerate().filter(|(_, one)| one.slot > back.slot) {
        first.entry(one.slot).or_insert(at);
        newest.insert(one.slot, one.revision);
    }
    let is_back = |(slot, at): (usize, usize)| {
        (at > oldest && newest[&slot].path == back.revision.path).then_some(slot)
    };
    first.into_iter().filter_map(is_back).collect()
}

/// Whether each commit only added the newest edition, so that nothing was ever said otherwise.
fn is_plain(timeline: &Timeline, revisions: &[DatedRevision<'_>]) -> bool {
    timeline.withdrawn.is_empty() && revisions.windows(2).all(|pair| pair[0].slot < pair[1].slot)
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

/// What no edition says any more, and whether the edition that it was said of stands; what none said until
/// now.
type LostAndNew<'s> = (
    BTreeMap<&'s String, (&'s PartialDate, &'s EarlierSentence, bool)>,
    BTreeMap<&'s String, DatedSentence<'s>>,
);

/// What a turn made of sentences, given what was said until then of some editions by their places.
fn lost_and_new<'s>(
    states: &'s [StandingEdition<'_>],
    replaced: &'s [(Option<usize>, PartialDate, SaidOfEdition)],
) -> LostAndNew<'s> {
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
            lost.insert(print, (date, said, place.is_some()));
        }
    }
    for state in places.iter().map(|at| &states[*at]) {
        for (print, said) in state.said.iter().filter(|(print, _)| !was_said(print)) {
            new.insert(print, (&state.date, said));
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
