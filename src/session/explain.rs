//! `explain`: the proof of a sentence by its fingerprint, or the page of a rule by its id.

use super::edition::heading_of;
use super::filter::{Filter, FilterQuestion};
use super::memo::{Asked, StoredAnswer};
use super::{Session, nearest};
use crate::check::pages;
use crate::history::{DocumentStore, Timeline};
use crate::model::Failure;
use crate::model::results::{Change, EditionRef, Observation};
use crate::model::view::{ProofView, ProvenSentence, RuleView};
use crate::report::{ReadEdition, RecordReader, subject_as_of};
use crate::rules::{Engine, Sighting, Subject, title_and_why};
use crate::schema::Policy;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Where a sentence comes from, or what a rule is for.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainQuestion {
    /// A fingerprint, its first digits, or a rule's id; or, with a rule among `records`, a record.
    pub name: String,
    /// The records in which to look; all if there are none. With a rule: those whose sentences are proved.
    pub records: Vec<String>,
}

/// The answer.
pub enum Explained {
    /// The page of a rule.
    Rule(Box<RuleView>),
    /// The sentences of a fingerprint, or of a rule about some records, with their proof.
    Sentences(ProofView),
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A name that is neither a rule nor the fingerprint of any sentence.
    pub fn explain(&self, question: &ExplainQuestion) -> Result<Explained, Failure> {
        if let Some(page) = pages::page(&self.policy, &in_one_word(question)) {
            return Ok(Explained::Rule(Box::new(page)));
        }
        if let Some((rule, records)) = rule_among(&self.policy, question) {
            return Ok(Explained::Sentences(of_rule(self, rule, &records)?));
        }
        Ok(Explained::Sentences(of_fingerprint(self, question)?))
    }
}

/// Which sentences are to be proved.
enum SoughtSentences<'w> {
    /// Those whose fingerprint begins so.
    Fingerprint(&'w str),
    /// Those of a rule or kind.
    Rule(&'w Filter),
}

impl SoughtSentences<'_> {
    fn has_observation(&self, observation: &Observation) -> bool {
        match self {
            SoughtSentences::Fingerprint(start) => observation.fingerprint.starts_with(start),
            SoughtSentences::Rule(filter) => filter.keeps(observation),
        }
    }

    fn has_change(&self, change: &Change) -> bool {
        match self {
            SoughtSentences::Fingerprint(start) => change.fingerprint.starts_with(start),
            SoughtSentences::Rule(filter) => filter.keeps_change(change, None),
        }
    }
}

/// All words of a question as the id of a rule is written: `vote turned` is `vote-turned`.
fn in_one_word(question: &ExplainQuestion) -> String {
    let words = std::iter::once(&question.name).chain(&question.records);
    words.map(String::as_str).collect::<Vec<_>>().join("-")
}

/// The rule or kind of observation among the words of a question, where the other words can name records.
fn rule_among<'q>(policy: &Policy, question: &'q ExplainQuestion) -> Option<(&'q str, Vec<String>)> {
    let words: Vec<&String> = std::iter::once(&question.name).chain(&question.records).collect();
    if words.len() < 2 {
        return None;
    }
    let is_kind = |word: &str| policy.rules.observations.iter().any(|rule| rule.kind.as_str() == word);
    let ids = pages::ids(policy);
    let at = words.iter().position(|word| is_kind(word) || ids.contains(word))?;
    let records = words.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, word)| (*word).clone());
    Some((words[at], records.collect()))
}

/// The sentences of a rule about some records: of observations those that stand, or all that ever stood where
/// none does.
fn of_rule(session: &Session, rule: &str, records: &[String]) -> Result<ProofView, Failure> {
    let question = FilterQuestion { rules: vec![rule.to_owned()], ..FilterQuestion::default() };
    let filter = &Filter::read(&question, &session.policy)?;
    let sentences = search_all(session, records, &SoughtSentences::Rule(filter), None)?;
    if sentences.is_empty() {
        return Err(Failure::new(format!("no sentence of the rule `{rule}` about {}", records.join(", ")))
            .hint("`sincewhen since REC -v` and `changelog REC -v` show the rule of each sentence")
            .hint(format!("`sincewhen explain {rule}` says what the rule is for")));
    }
    Ok(ProofView { format: FORMAT, sentences })
}

const FORMAT: &str = "sincewhen.proof/1";

fn of_fingerprint(session: &Session, question: &ExplainQuestion) -> Result<ProofView, Failure> {
    let wanted = question.name.to_lowercase();
    if wanted.len() < 4 || !wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(unknown_name(session, &question.name));
    }
    let sentences =
        search_all(session, &question.records, &SoughtSentences::Fingerprint(&wanted), Some(&wanted))?;
    if sentences.is_empty() {
        return Err(Failure::new(format!("no sentence has the fingerprint `{}`", question.name)).hint(
            "a fingerprint changes with the facts it stands for; `sincewhen changelog -v` and `since -v` \
                show those of today",
        ));
    }
    let mut distinct: Vec<&str> = sentences.iter().filter_map(fingerprint).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() > 1 {
        return Err(Failure::new(format!(
            "`{}` begins {} fingerprints: {}",
            question.name,
            distinct.len(),
            distinct.join(", ")
        ))
        .hint("give more digits"));
    }
    Ok(ProofView { format: FORMAT, sentences })
}

/// What to say of a name that is neither a rule nor a fingerprint.
fn unknown_name(session: &Session, name: &str) -> Failure {
    let lower = name.to_lowercase();
    let of_kind = session.policy.rules.observations.iter().filter(|rule| rule.kind.as_str() == lower);
    let of_kind: Vec<String> = of_kind.map(|rule| format!("`{}`", rule.id)).collect();
    if !of_kind.is_empty() {
        return Failure::new(format!("`{lower}` is a kind of rule, not a rule"))
            .hint(format!("its rules: {}", of_kind.join(", ")));
    }
    let error = Failure::new(format!("`{name}` is neither a rule nor a fingerprint"));
    let error = match nearest(name, pages::ids(&session.policy).iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean the rule `{near}`?")),
        None => error.hint(format!("the rules are the files in `{}`", session.policy.rules_folder)),
    };
    error
        .hint("`sincewhen explain REC RULE` proves what a rule says of a record")
        .hint("`sincewhen changelog -v` and `since -v` show fingerprints (twelve digits of 0-9a-f)")
}

/// The sentences that are wanted, in some records; with a fingerprint, only the records that can have it are
/// put into words.
fn search_all(
    session: &Session,
    records: &[String],
    wanted: &SoughtSentences<'_>,
    print: Option<&str>,
) -> Result<Vec<ProvenSentence>, Failure> {
    let engine = &session.engine()?;
    session.store.keep_texts();
    let archive = session.archive(records)?;
    let timelines: Vec<&Timeline> = archive.timelines.values().filter(|t| !t.editions.is_empty()).collect();
    let store = &session.store;
    let search = |timelines: Vec<&Timeline>| -> Result<Vec<ProvenSentence>, Failure> {
        let found = timelines.into_par_iter().map(|one| search(engine, store, one, wanted));
        Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    };
    let Some(print) = print else { return search(timelines) };
    if print.len() == WHOLE {
        // A sentence that an earlier answer showed is looked for where it was.
        let shown = session.shown_sentences();
        let known = timelines.iter().copied().filter(|one| shown.has(&one.id, print)).collect();
        let found = search(known)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    search(with_fingerprint(session, engine, &timelines, print)?)
}

/// How many digits a whole fingerprint has.
const WHOLE: usize = 12;

/// How many records each thread reads before it is asked whether the fingerprint was among them.
const AT_ONCE: usize = 4;

/// The records that have a sentence whose fingerprint begins so, by what is remembered of each record's
/// fingerprints; those of which nothing is remembered are read once, and of a whole fingerprint no more of
/// them than it takes to find its record.
fn with_fingerprint<'t>(
    session: &Session,
    engine: &Engine<'_>,
    timelines: &[&'t Timeline],
    wanted: &str,
) -> Result<Vec<&'t Timeline>, Failure> {
    let (cache, words, store) = (&session.cache, &session.words, &session.store);
    let asked = Asked::new("fingerprints", &"", "");
    let place = |timeline: &Timeline| {
        let editions = timeline.editions.iter().map(|edition| (timeline, edition));
        StoredAnswer::new(cache, words, (&asked, &timeline.id.0), editions, &[])
    };
    let is_among = |known: &str| known.lines().any(|one| one.starts_with(wanted));
    let mut found: Vec<&Timeline> = Vec::new();
    let mut unread: Vec<&Timeline> = Vec::new();
    for timeline in timelines {
        match place(timeline).get() {
            Some(known) => found.extend(Some(*timeline).filter(|_| is_among(&known))),
            None => unread.push(timeline),
        }
    }
    for some in unread.chunks(AT_ONCE * rayon::current_num_threads()) {
        if wanted.len() == WHOLE && !found.is_empty() {
            break;
        }
        let has = |timeline: &&'t Timeline| -> Result<Option<&'t Timeline>, Failure> {
            let known = fingerprints(engine, store, timeline)?.into_iter().collect::<Vec<_>>().join("\n");
            place(timeline).put(&known);
            Ok(is_among(&known).then_some(*timeline))
        };
        let read: Vec<Option<&Timeline>> = some.par_iter().map(has).collect::<Result<_, _>>()?;
        found.extend(read.into_iter().flatten());
    }
    Ok(found)
}

/// The fingerprints of all that is said of a record's editions and of the steps between them; some may be of
/// sentences that are left out beside others. Nothing is put into words.
fn fingerprints(
    engine: &Engine<'_>,
    store: &DocumentStore,
    timeline: &Timeline,
) -> Result<BTreeSet<String>, Failure> {
    let subject = subject_as_of(engine, store, timeline, timeline.editions.last())?;
    let mut out = BTreeSet::new();
    // What two editions show alike has one fingerprint.
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let mut earlier: Option<ReadEdition> = None;
    let mut reader = RecordReader::new(engine, store, &subject, timeline);
    for edition in &timeline.editions {
        let later = reader.page(edition)?;
        for sighting in engine.sightings(&subject, later.in_context()) {
            if seen.insert((sighting.identity(), sighting.content())) {
                out.insert(sighting.fingerprint());
            }
        }
        if let Some(earlier) = &earlier {
            out.extend(engine.change_fingerprints(&subject, earlier.edited(), later.in_context()));
        }
        earlier = Some(later);
    }
    Ok(out)
}

fn fingerprint(proof: &ProvenSentence) -> Option<&str> {
    let change = proof.change.as_ref().map(|c| c.fingerprint.as_str());
    change.or(proof.observation.as_ref().map(|o| o.fingerprint.as_str()))
}

/// A record's sentences that are wanted.
struct Proofs<'s> {
    engine: &'s Engine<'s>,
    timeline: &'s Timeline,
    subject: &'s Subject<'s>,
    wanted: &'s SoughtSentences<'s>,
    changes: Vec<ProvenSentence>,
    /// Observations by fingerprint, each as the last edition that has it says it.
    observed: BTreeMap<String, ProvenSentence>,
}

fn search(
    engine: &Engine<'_>,
    store: &DocumentStore,
    timeline: &Timeline,
    wanted: &SoughtSentences<'_>,
) -> Result<Vec<ProvenSentence>, Failure> {
    let subject = &subject_as_of(engine, store, timeline, timeline.editions.last())?;
    let (changes, observed) = (Vec::new(), BTreeMap::new());
    let mut proofs = Proofs { engine, timeline, subject, wanted, changes, observed };
    let mut earlier: Option<(ReadEdition, Vec<Sighting<'_>>)> = None;
    let mut reader = RecordReader::new(engine, store, subject, timeline);
    for edition in &timeline.editions {
        let later = reader.page(edition)?;
        let mut observations = engine.observations(subject, later.in_context());
        let seen = engine.sightings(subject, later.in_context());
        if let Some((earlier, seen_before)) = &earlier {
            let (from, to) = ((earlier.in_context(), &seen_before[..]), (later.in_context(), &seen[..]));
            let step = engine.step_between(subject, from, to, true);
            // A turn of an earlier year no longer stands by itself.
            let events = step.observations.into_iter().filter(Observation::is_event);
            let is_new =
                |o: &Observation| observations.iter().all(|known| known.fingerprint != o.fingerprint);
            let new: Vec<Observation> = events.filter(is_new).collect();
            observations.extend(new);
            proofs.changes(step.changes, earlier, &later);
        }
        proofs.observations(observations, &later);
        earlier = Some((later, seen));
    }
    Ok(proofs.chosen())
}

impl Proofs<'_> {
    fn observations(&mut self, observations: Vec<Observation>, page: &ReadEdition) {
        for observation in observations.into_iter().filter(|one| self.wanted.has_observation(one)) {
            let known = self.observed.remove(&observation.fingerprint);
            let mut held_in = known.map(|proof| proof.held_in).unwrap_or_default();
            held_in.push(page.name.last_updated.clone());
            let proof = self.proof(&observation.rule, None, page);
            let print = observation.fingerprint.clone();
            self.observed.insert(print, ProvenSentence { held_in, observation: Some(observation), ..proof });
        }
    }

    fn changes(&mut self, changes: Vec<Change>, earlier: &ReadEdition, page: &ReadEdition) {
        for change in changes.into_iter().filter(|one| self.wanted.has_change(one)) {
            let proof = self.proof(&change.rule, Some(earlier.name.clone()), page);
            self.changes.push(ProvenSentence { change: Some(change), ..proof });
        }
    }

    /// What the proofs of both have.
    fn proof(&self, rule: &str, from: Option<EditionRef>, page: &ReadEdition) -> ProvenSentence {
        let (title, why) = title_and_why(self.engine.policy(), rule);
        ProvenSentence {
            heading: heading_of(self.timeline, self.subject, Some(page.edited())),
            rule: rule.to_owned(),
            title,
            why,
            from,
            to: page.name.clone(),
            held_in: Vec::new(),
            change: None,
            observation: None,
        }
    }

    /// All changes, and the observations: of a rule's only those of the last edition, if there are any.
    fn chosen(mut self) -> Vec<ProvenSentence> {
        let last = self.timeline.editions.last().map(|edition| &edition.date);
        let stands = |proof: &ProvenSentence| proof.held_in.last() == last;
        if matches!(self.wanted, SoughtSentences::Rule(_)) && self.observed.values().any(stands) {
            self.observed.retain(|_, proof| stands(proof));
        }
        self.changes.extend(self.observed.into_values());
        self.changes
    }
}
