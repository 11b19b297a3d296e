//! `explain`: the proof of a sentence by its fingerprint, or the page of a rule by its id.

use super::edition::heading_of;
use super::memo::{Asked, StoredAnswer};
use super::{Session, nearest};
use crate::check::pages;
use crate::history::{DocumentStore, Timeline};
use crate::model::Failure;
use crate::model::results::Observation;
use crate::model::view::{ProofView, ProvenSentence, RuleView};
use crate::report::{ReadEdition, RecordReader, subject_as_of};
use crate::rules::{Engine, Sighting, title_and_why};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Where a sentence comes from, or what a rule is for.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainQuestion {
    /// A fingerprint, its first digits, or a rule's id.
    pub name: String,
    /// The records in which to look; all if there are none.
    pub records: Vec<String>,
}

/// The answer.
pub enum Explained {
    /// The page of a rule.
    Rule(Box<RuleView>),
    /// The sentences of a fingerprint with their proof.
    Sentences(ProofView),
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A name that is neither a rule nor the fingerprint of any sentence.
    pub fn explain(&self, question: &ExplainQuestion) -> Result<Explained, Failure> {
        match pages::page(&self.policy, &question.name) {
            Some(page) => Ok(Explained::Rule(Box::new(page))),
            None => Ok(Explained::Sentences(proofs(self, question)?)),
        }
    }
}

fn proofs(session: &Session, question: &ExplainQuestion) -> Result<ProofView, Failure> {
    let wanted = question.name.to_lowercase();
    if wanted.len() < 4 || !wanted.chars().all(|c| c.is_ascii_hexdigit()) {
        let error = Failure::new(format!("`{}` is neither a rule nor a fingerprint", question.name));
        let of_kind = session.policy.rules.observations.iter().filter(|rule| rule.kind.as_str() == wanted);
        let of_kind: Vec<String> = of_kind.map(|rule| format!("`{}`", rule.id)).collect();
        if !of_kind.is_empty() {
            return Err(Failure::new(format!("`{wanted}` is a kind of rule, not a rule"))
                .hint(format!("its rules: {}", of_kind.join(", "))));
        }
        let error = match nearest(&question.name, pages::ids(&session.policy).iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean the rule `{near}`?")),
            None => error.hint(format!("the rules are the files in `{}`", session.policy.rules_folder)),
        };
        return Err(
            error.hint("`sincewhen changelog -v` and `since -v` show fingerprints (twelve digits of 0-9a-f)")
        );
    }
    let engine = &session.engine()?;
    session.store.keep_texts();
    let archive = session.archive(&question.records)?;
    let timelines: Vec<&Timeline> = archive.timelines.values().filter(|t| !t.editions.is_empty()).collect();
    let store = &session.store;
    let found = with_fingerprint(session, engine, &timelines, &wanted)?
        .into_par_iter()
        .map(|timeline| search(engine, store, timeline, &wanted))
        .collect::<Result<Vec<_>, _>>()?;
    let sentences: Vec<ProvenSentence> = found.into_iter().flatten().collect();
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
    Ok(ProofView { format: "sincewhen.proof/1", sentences })
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

fn search(
    engine: &Engine<'_>,
    store: &DocumentStore,
    timeline: &Timeline,
    wanted: &str,
) -> Result<Vec<ProvenSentence>, Failure> {
    let subject = subject_as_of(engine, store, timeline, timeline.editions.last())?;
    let heading = |page: &ReadEdition| heading_of(timeline, &subject, Some(page.edited()));
    let mut out = Vec::new();
    let mut standing: BTreeMap<String, ProvenSentence> = BTreeMap::new();
    let mut earlier: Option<(ReadEdition, Vec<Sighting<'_>>)> = None;
    let mut reader = RecordReader::new(engine, store, &subject, timeline);
    for edition in &timeline.editions {
        let later = reader.page(edition)?;
        let mut observations = engine.observations(&subject, later.in_context());
        let seen = engine.sightings(&subject, later.in_context());
        let step = earlier.as_ref().map(|(earlier, seen_before)| {
            let (from, to) = ((earlier.in_context(), &seen_before[..]), (later.in_context(), &seen[..]));
            (earlier, engine.step_between(&subject, from, to, true))
        });
        if let Some((_, step)) = &step {
            // A turn of an earlier year no longer stands by itself.
            let events = step.observations.iter().filter(|o| o.is_event());
            let is_new =
                |o: &&Observation| observations.iter().all(|known| known.fingerprint != o.fingerprint);
            let new: Vec<Observation> = events.filter(is_new).cloned().collect();
            observations.extend(new);
        }
        for observation in observations {
            if !observation.fingerprint.starts_with(wanted) {
                continue;
            }
            let known = standing.remove(&observation.fingerprint);
            let mut held_in = known.map(|proof| proof.held_in).unwrap_or_default();
            held_in.push(edition.date.clone());
            let (title, why) = title_and_why(engine.policy(), &observation.rule);
            let proof = ProvenSentence {
                heading: heading(&later),
                rule: observation.rule.clone(),
                title,
                why,
                from: None,
                to: later.name.clone(),
                held_in,
                change: None,
                observation: Some(observation.clone()),
            };
            standing.insert(observation.fingerprint, proof);
        }
        if let Some((earlier, step)) = step {
            for change in step.changes {
                if change.fingerprint.starts_with(wanted) {
                    let (title, why) = title_and_why(engine.policy(), &change.rule);
                    let (from, to) = (Some(earlier.name.clone()), later.name.clone());
                    let rule = change.rule.clone();
                    out.push(ProvenSentence {
                        heading: heading(&later),
                        rule,
                        title,
                        why,
                        from,
                        to,
                        held_in: Vec::new(),
                        change: Some(change),
                        observation: None,
                    });
                }
            }
        }
        earlier = Some((later, seen));
    }
    out.extend(standing.into_values());
    Ok(out)
}
